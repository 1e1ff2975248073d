--- What comes to be due, and is taken up by one worker of several.
-- @module mailseal.onboard.publishing.due
local async = require "mailseal.async"

local M = {}

-- How many at a time, and side by side.
local MOST, SIDE_BY_SIDE = 50, 10

--- Takes up what is due, of one table. A step on the database.
-- @tparam table registry
-- @tparam table store the table's module, with `is_due`
-- @tparam function take is called with a transaction and the time; what it returns is returned
-- @treturn ?{table,...} empty where nothing is
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function M.take(registry, store, take)
  local now = registry:now()
  local due, message, code = registry.db:read(function(tx) return { store.is_due(tx, now) } end)
  if not due then
    return nil, message, code
  elseif not due[1] then
    return {}
  end
  return registry.db:write(function(tx) return take(tx, now) end)
end

--- How many are taken up at a time.
-- @tparam ?number at_most no more than that
-- @treturn number
function M.limit(at_most) return math.min(MOST, at_most or MOST) end

--- Does something for each of those that were taken up, several at once. It waits for all of them.
-- @tparam {table,...} list
-- @tparam function work is called with one; it returns nil, a message and a code where the store failed
-- @treturn ?number how many there were
-- @treturn ?string what went wrong first
-- @treturn ?string a code
function M.each(list, work)
  local failure
  local _, problems = async.map(list, SIDE_BY_SIDE, function(one)
    local ok, message, code = work(one)
    failure = failure or ok == nil and { message, code } or nil
    return true
  end)
  local _, problem = next(problems)
  if problem then return nil, tostring(problem), "failed" end
  if failure then return nil, failure[1], failure[2] end
  return #list
end

return M
