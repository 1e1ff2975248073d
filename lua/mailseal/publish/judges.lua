--- What comes of each record that is to be published: whose judge it is, and what holds for all of them.
-- @module mailseal.publish.judges
local alias = require "mailseal.publish.judge.alias"
local delegation = require "mailseal.publish.judge.delegation"
local dmarc = require "mailseal.publish.judge.dmarc"
local handover = require "mailseal.handover.plan"
local key = require "mailseal.publish.judge.key"
local leftover = require "mailseal.publish.judge.leftover"
local mx = require "mailseal.publish.judge.mx"
local spf = require "mailseal.publish.judge.spf"
local text = require "mailseal.publish.judge.text"

local M = {}

local by_type = { CNAME = alias, MX = mx, NS = delegation, TXT = text }

local function judge_of(record)
  if record.type ~= "TXT" then
    return by_type[record.type]
  elseif record.match == "dkim_key" or record.purpose == "dkim" then
    return key
  elseif handover.is_spf(record) then
    return spf
  end
  return handover.is_dmarc(record) and dmarc or text
end

-- Where nothing can be done whatever the record says: ends the case.
local function judge_place(case)
  if not case.values then
    return case:leave("record_outside_zones", { where = case.zone })
  end
  local cut, kind = case.scene:cut(case.zone, case.name)
  if kind == "DNAME" then
    return case:leave("record_below_dname", { where = cut, found = case.scene:values(case.zone, cut, "DNAME") })
  elseif cut and not (case.type == "NS" and cut == case.name) then
    return case:leave("record_zone_delegated", { where = cut, found = case.scene:values(case.zone, cut, "NS") })
  end
end

-- A CNAME where something else is to stand: ends the case.
local function judge_alias(case, judge)
  if case.type == "CNAME" or not case:has_type "CNAME" then
    return nil
  end
  local target = case:values_of "CNAME"
  if case.record.status == "found" then
    return case:keep(("What is needed at %s is there, at the end of a CNAME."):format(case.name))
  end
  local value, step = judge.value(case.record), judge.judge_behind and judge.judge_behind(case)
  if step then
    return step
  elseif not value then
    return case:leave(nil, "What its value is to be is not known.")
  elseif case:are_ours { "CNAME" } then
    return case:put({ value }, { others = { "CNAME" } })
  end
  local code = case.type == "NS" and "delegation_replaced" or "cname_in_the_way"
  return case:conflict(code, { found = target, expected = value }, { value }, { others = { "CNAME" } })
end

--- Judges a case, which ends it.
-- @tparam table case see `mailseal.publish.case`
-- @treturn table the step
function M.judge(case)
  local judge = judge_of(case.record)
  if not judge then
    return case:leave(nil, ("Records of type %s are not published from here."):format(case.type))
  end
  return judge_place(case) or judge_alias(case, judge) or judge.judge(case)
end

--- Judges a record that is not wanted any more.
-- @tparam table case
-- @treturn ?table the step; nil where nothing is there
function M.judge_left(case)
  if not case.values then
    return judge_place(case)
  end
  return leftover.judge(case)
end

return M
