--- The expected records that are no other aspect's: CNAMEs outside of `_domainkey`, exact values, and delegations.
-- See `mailseal.check.expect`.
-- @module mailseal.check.expected
local alias = require "mailseal.check.publication.alias"
local missing = require "mailseal.check.publication.missing"
local presentation = require "mailseal.check.publication.presentation"
local verdict = require "mailseal.check.publication.verdict"

local M = {}

-- ---- A CNAME, of which it is not told here what is to be at its end, but that there must be something.

local function judge_alias(case)
  local state = alias.judge(case)
  if state == "found" and case.truth.status == "nxdomain" then
    return alias.dead_end(case)
  end
  return state
end

local alias_rules = { type = function() return "A" end, fits = alias.fits, holds = alias.holds, judge = judge_alias }

-- ---- A record with just this value.

local is_text = { TXT = true, SPF = true }

local function has_value(expect, answer)
  for _, value in ipairs(answer.status == "ok" and presentation.values(answer) or {}) do
    if expect.value and presentation.same(value, expect.value, expect.type) or expect.form and expect.form(value) then
      return true
    end
  end
  return false
end

local function fits_value(case, answer) return has_value(case.expect, answer) end

-- A text that would be the expected one but for what pasting did to it.
local function altered(case)
  local expect = case.expect
  local wanted = expect.value and presentation.bare(expect.value)
  for _, text in ipairs(expect.type == "TXT" and case.truth.text or {}) do
    local bare = presentation.bare(text)
    if bare == wanted or expect.form and expect.form(bare) then
      return text
    end
  end
end

-- A text that was right before.
local function outdated(case)
  for _, migration in ipairs(case.expect.migrations) do
    if has_value({ type = case.expect.type, value = migration.from }, case.truth) then
      return migration
    end
  end
end

local function judge_value(case)
  if fits_value(case, case.truth) then
    return "found"
  end
  local near, migration = altered(case), outdated(case)
  if migration then
    case:find("record_migrating", { found = migration.from, expected = migration.to or case.expect.value or case.expect.shown })
    return "migrating"
  elseif near then
    case:find("record_altered", { found = near })
    return "mismatch"
  elseif case.truth.chain[1] then -- nothing can be published beside a CNAME
    return alias.dead_end(case)
  end
  local values = presentation.values(case.truth)
  local state = case.truth.status == "ok" and missing.under_wildcard(case, case.type, values[1])
  if state or case.truth.status ~= "ok" or is_text[case.expect.type] then -- texts stand beside others that are none of theirs
    return state or missing.judge(case)
  end
  case:find("record_other_value", { found = table.concat(values, ", "), retry_at = case:retry_at() })
  return "mismatch"
end

local value_rules = {
  type = function(expect) return expect.type end,
  fits = fits_value, holds = fits_value, judge = judge_value,
}

-- ---- A delegation.

local function hosts_in(answer)
  return table.concat(answer.status == "ok" and presentation.values(answer) or {}, ", ")
end

local function fits_delegation(case, answer)
  return not case:target(answer) and hosts_in(answer) == table.concat(case.expect.value, ", ")
end

local function judge_delegation(case)
  if fits_delegation(case, case.truth) then
    return "found"
  end
  local alias_target = case:target()
  local state = alias_target and missing.under_wildcard(case, "CNAME", alias_target)
  if state then
    return state
  elseif alias_target then
    case:find("delegation_replaced", { found = alias_target })
  elseif case.truth.status ~= "ok" then
    return missing.judge(case)
  else
    case:find("delegation_wrong", { found = hosts_in(case.truth) })
  end
  return "mismatch"
end

local delegation_rules = {
  type = function() return "NS" end,
  fits = fits_delegation, holds = fits_delegation, judge = judge_delegation,
}

-- ---- All of them.

--- The rules of an expectation, see `mailseal.check.publication.verdict`.
-- @tparam table expect
-- @treturn ?table nil where it is another aspect's
function M.rules_of(expect)
  if expect.match == "cname_target" then
    return not expect.selector and alias_rules or nil
  end
  return expect.match == "exact" and value_rules or expect.match == "ns_delegation" and delegation_rules or nil
end

--- What was found, for the report.
-- @tparam table case that was judged
-- @treturn ?string
function M.found(case)
  if not case.truth then
    return nil
  elseif case.expect.match == "cname_target" then
    return case:target()
  end
  local values = presentation.values(case.truth)
  return #values > 0 and table.concat(values, "; ") or nil
end

--- Looks at those records.
-- @tparam table context see `mailseal.check.context`
-- @treturn table `records`: a list, in the order of the expectations, each with `id`, `name`, `type`, `state` (as the report's `records`
--   have it), `status` (of the answer), `chain` (of the CNAMEs' targets), and `found`, what is there, in words
function M.look(context)
  local list = verdict.look(context, M.rules_of, M.found)
  for i, case in ipairs(list) do
    local answer, expect = case.truth or case.answer, case.expect
    list[i] = {
      id = expect.id, name = expect.name, type = expect.type, state = case.state, status = answer.status, chain = answer.chain,
      found = M.found(case),
    }
  end
  return { records = list }
end

return M
