--- The DKIM keys of a domain: are they published at their selectors, by themselves or by a CNAME, and as expected?
--
-- Takes the expectations of keys, and those of CNAMEs below `_domainkey`. See `mailseal.check.expect`.
-- @module mailseal.check.dkim
local alias = require "mailseal.check.alias"
local async = require "mailseal.async"
local cases = require "mailseal.check.case"
local dkim_key = require "mailseal.check.dkim_key"
local missing = require "mailseal.check.missing"
local name_servers = require "mailseal.check.name_servers"

local M = {}

-- Is an answer as expected? Where the key is somebody else's matter, a CNAME to there is all that is.
local function fits(case, answer)
  if case.expect.match == "cname_target" then
    return alias.fits(case, answer)
  end
  return dkim_key.fits(case.expect, answer)
end

-- Does an answer from another name hold the record?
local function holds(case, answer, strict)
  if case.expect.match == "cname_target" then
    return answer.status == "ok" and alias.fits(case, answer)
  end
  return dkim_key.holds(case.expect, answer, strict)
end

-- What is at the end of the CNAMEs, or at the name itself.
local function judge_end(case)
  if case.truth.status == "ok" then
    return dkim_key.judge(case, case.truth)
  elseif case:target() then
    return alias.dead_end(case)
  end
  return missing.judge(case, function(answer, strict) return holds(case, answer, strict) end)
end

-- Of a CNAME that is expected: where it leads, and what is there.
local function judge_alias(case)
  if not case:target() then
    return alias.judge_place(case) or missing.judge(case, function(answer, strict) return holds(case, answer, strict) end)
  end
  local state = alias.judge(case)
  if state ~= "found" then
    return state
  end
  return judge_end(case)
end

-- Tells all that is to be told of a case. Returns how it stands with the record, and the reading of the text that counts.
local function judge(case)
  local function is_right(answer) return fits(case, answer) end
  name_servers.states(case)
  local unknown = case:temporary()
  if name_servers.disagree(case, is_right) then
    return "propagating"
  elseif not case.truth then
    return "unknown"
  elseif alias.conflict(case) then
    return "conflicting"
  end
  local remembered = name_servers.remembered(case, is_right)
  if remembered == "missing" then
    return remembered
  end
  local state, reading = (case.expect.match == "cname_target" and judge_alias or judge_end)(case)
  if state == "found" then
    state = unknown and "unknown" or remembered or state
  end
  return state, reading
end

-- Looks at one of them. Returns the case with what is to be told of it when all are through: so that the report has them in order.
local function look_at(context, expect)
  local case = cases.open(context, expect, "TXT")
  case.state, case.reading = judge(case)
  return case
end

-- Ends a case.
local function close(case)
  local expect, answer, reading = case.expect, case.truth or case.answer, case.reading or {}
  case:close(case.state, expect.match == "cname_target" and case:target() or reading.text)
  return {
    id = expect.id, selector = expect.selector, name = expect.name, state = case.state, status = answer.status, chain = answer.chain,
    record = reading.text, key = reading.parsed, name_servers = case.own and case.own.summary or nil,
  }
end

-- Is an expectation this aspect's?
local function is_mine(expect)
  return expect.match == "dkim_key" or expect.match == "cname_target" and expect.selector ~= nil
end

--- Looks at the domain's selectors.
-- @tparam table context see `mailseal.check.context`
-- @treturn table `selectors`: a list, in the order of the expectations, each with `id` (the expectation's), `selector`, `name`, `state`
--   ("found", "missing", "mismatch", "migrating", "conflicting", "propagating", "unknown"), `status` (of the answer), `chain` (of the
--   CNAMEs' targets), `record` (the text found), `key` (what it says, see `mailseal.record.dkim`), and `name_servers`, what those of
--   its zone say, in words
function M.look(context)
  local mine = {}
  for _, expect in ipairs(context.expect) do
    if is_mine(expect) then
      mine[#mine + 1] = expect
    end
  end
  if #mine == 0 then
    context:find("dkim_no_selector", { name = context.domain })
  end
  local selectors = async.each(mine, function(expect) return look_at(context, expect) end)
  for i, case in ipairs(selectors) do
    selectors[i] = close(case)
  end
  return { selectors = selectors }
end

return M
