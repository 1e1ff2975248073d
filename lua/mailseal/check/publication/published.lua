--- Do all name servers of a record's own zone have it, and do caches see what they have?
--
-- For records of which a check wants no more than what `mailseal.check.publication.case` does with an expected one.
-- @module mailseal.check.publication.published
local agreement = require "mailseal.dns.agreement"
local cases = require "mailseal.check.publication.case"
local name_servers = require "mailseal.check.publication.name_servers"

local M = {}

local function is_expected(context, name, type)
  for _, expectation in ipairs(context.expect) do
    if expectation.name == name and expectation.type == type then
      return true
    end
  end
  return false
end

--- Asks the name servers of a record, and tells whether they differ, of a record that nobody expects.
-- @tparam table context see `mailseal.check.context`
-- @tparam string name
-- @tparam string type
function M.look(context, name, type)
  if context.options.name_servers == false then
    return
  end
  local case = cases.open(context, { name = name, type = type }, type)
  if not is_expected(context, name, type) then
    local key = agreement.key(case.answer, true)
    name_servers.disagree(case, function(answer) return agreement.key(answer, true) == key end)
  end
end

--- Tells whether an expected record is seen by some only.
-- @tparam table context
-- @tparam table expectation
-- @tparam function fits called with an answer: is it as expected?
-- @treturn ?string how that leaves the record: "propagating", or "missing" where only caches still have it; nil where all see the
--   same, or name servers are not asked
function M.state(context, expectation, fits)
  if context.options.name_servers == false then
    return nil
  end
  local case = cases.open(context, expectation, expectation.type)
  if name_servers.disagree(case, fits) then
    return "propagating"
  end
  return name_servers.remembered(case, fits)
end

return M
