--- Looks at expected records, whatever they are: asks for all of them side by side, and tells what is told of each in one order.
--
-- What is particular to a kind of them is its rules, a table of functions:
--
-- - `type(expect)`: the type to ask for, where CNAMEs are followed;
-- - `fits(case, answer)`: is an answer as expected?
-- - `holds(case, answer, strict)`: does an answer from another name hold the record, though perhaps not as it should? `strict` where
--   something alike may rightly be there;
-- - `judge(case)`: tells what is wrong by the answer that counts, which there is; returns how it stands with the record, and what of
--   it is worth keeping.
--
-- @module mailseal.check.publication.verdict
local alias = require "mailseal.check.publication.alias"
local async = require "mailseal.async"
local cases = require "mailseal.check.publication.case"
local name_servers = require "mailseal.check.publication.name_servers"

local M = {}

--- Tells all that is to be told of a case.
-- @tparam table case
-- @treturn string how it stands with the record
-- @treturn any what of it is worth keeping, as the rules' `judge` returns it
function M.judge(case)
  local rules = case.rules
  local function fits(answer) return rules.fits(case, answer) end
  local unknown = case:temporary()
  if name_servers.disagree(case, fits) then
    return "propagating"
  elseif not case.truth then
    return "unknown"
  elseif alias.conflict(case) then
    return "conflicting"
  end
  local remembered = name_servers.remembered(case, fits)
  if remembered and not fits(case.truth) then
    return remembered
  end
  local state, kept = rules.judge(case)
  if state == "found" then
    state = unknown and "unknown" or remembered or state
  end
  return state, kept
end

--- Looks at some of a check's expectations.
-- @tparam table context see `mailseal.check.context`
-- @tparam function rules_of called with an expectation: the rules of its kind, nil where it is somebody else's
-- @tparam function found called with a case that was judged: what was found, for the report
-- @treturn {table,...} the cases (see `mailseal.check.publication.case`), in the order of their expectations, each
--   with `state` and `kept`, which is what its judge returned
function M.look(context, rules_of, found)
  local mine = {}
  for _, expect in ipairs(context.expect) do
    if rules_of(expect) then
      mine[#mine + 1] = expect
    end
  end
  local function look_at(expect)
    local rules = rules_of(expect)
    local case = cases.open(context, expect, rules.type(expect), rules)
    case.state, case.kept = M.judge(case)
    return case
  end
  local list = #mine == 1 and { look_at(mine[1]) } or async.each(mine, look_at) -- most domains have one
  for _, case in ipairs(list) do
    case:close(case.state, found(case))
  end
  return list
end

return M
