--- The DKIM keys of a domain: are they published at their selectors, by themselves or by a CNAME, and as expected?
--
-- Takes the expectations of keys, and those of CNAMEs below `_domainkey`. See `mailseal.check.expect`.
-- @module mailseal.check.dkim
local alias = require "mailseal.check.publication.alias"
local dkim_key = require "mailseal.check.dkim_key"
local missing = require "mailseal.check.publication.missing"
local verdict = require "mailseal.check.publication.verdict"

local M = {}

local function type_of() return "TXT" end

-- ---- A key.

local function judge_key(case)
  if case.truth.status == "ok" then
    return dkim_key.judge(case, case.truth)
  end
  return case:target() and alias.dead_end(case) or missing.judge(case)
end

local key_rules = {
  type = type_of,
  fits = function(case, answer) return dkim_key.fits(case.expect, answer) end,
  holds = function(case, answer, strict) return dkim_key.holds(case.expect, answer, strict) end,
  judge = judge_key,
}

-- ---- A CNAME to a key that is somebody else's matter.

local function judge_alias(case)
  local state = alias.judge(case)
  if state ~= "found" then
    return state
  end
  return judge_key(case)
end

local alias_rules = { type = type_of, fits = alias.fits, holds = alias.holds, judge = judge_alias }

-- ---- Both.

--- The rules of an expectation, see `mailseal.check.publication.verdict`.
-- @tparam table expect
-- @treturn ?table nil where it is another aspect's
function M.rules_of(expect)
  return expect.match == "dkim_key" and key_rules or expect.match == "cname_target" and expect.selector and alias_rules or nil
end

--- What was found, for the report.
-- @tparam table case that was judged
-- @treturn ?string
function M.found(case)
  return case.expect.match == "cname_target" and case:target() or case.kept and case.kept.text
end

local function entry_of(case)
  local expect, answer, reading = case.expect, case.truth or case.answer, case.kept or {}
  return {
    id = expect.id, selector = expect.selector, name = expect.name, state = case.state, status = answer.status, chain = answer.chain,
    record = reading.text, key = reading.parsed, name_servers = case.own and case.own.summary or nil,
  }
end

--- Looks at the domain's selectors.
-- @tparam table context see `mailseal.check.context`
-- @treturn table `selectors`: a list, in the order of the expectations, each with `id` (the expectation's), `selector`, `name`, `state`
--   ("found", "missing", "mismatch", "migrating", "conflicting", "propagating", "unknown"), `status` (of the answer), `chain` (of the
--   CNAMEs' targets), `record` (the text found), `key` (what it says, see `mailseal.record.dkim`), and `name_servers`, what those of
--   its zone say, in words
function M.look(context)
  local selectors = verdict.look(context, M.rules_of, M.found)
  if #selectors == 0 then
    context:find("dkim_no_selector", { name = context.domain })
  end
  for i, case in ipairs(selectors) do
    selectors[i] = entry_of(case)
  end
  return { selectors = selectors }
end

return M
