--- Work for whoever asks that waits for DNS, and takes some doing: a bounded number of times for each tenant, and for a bounded time.
-- @module mailseal.http.costly
local async = require "mailseal.async"
local fields = require "mailseal.onboard.fields"
local limits = require "mailseal.http.limits"
local live = require "mailseal.http.live"

local M = {}

--- How often a tenant may ask: `burst` times at once, and once more after each `every` seconds. And all tenants together.
M.LIMITS = { tenant = { burst = 60, every = 0.5 }, all = { burst = 600, every = 0.02 } }

--- Seconds that an answer may take where nothing else is said.
M.DEADLINE = 20

--- Seconds that it may take at most.
M.LONGEST = 60

--- Takes what one costs.
-- @tparam table call as of `mailseal.http.dispatch`
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `too_often`
-- @treturn[2] table members of the problem
function M.take(call)
  local counted, given = limits.new(live.of(call.service).dict), call.service.options.limits or {}
  local most = fields.joined(M.LIMITS, given.check)
  local ok, wait = counted:take {
    { key = "costly:tenant:" .. call.identity.tenant, burst = most.tenant.burst, every = most.tenant.every },
    { key = "costly:all:", burst = most.all.burst, every = most.all.every },
  }
  if ok then
    return true
  end
  local seconds = math.max(1, math.ceil(wait))
  return nil, ("that was asked for often just now: ask again in %d seconds"):format(seconds), "too_often",
    { headers = { ["Retry-After"] = ("%d"):format(seconds) } }
end

--- Does it, in as many seconds as `deadline` of the query says, where it has one.
-- @tparam table call
-- @tparam function fn what waits for others; it is cancelled where it is not over in time
-- @treturn any what it returns
-- @treturn any or a message
-- @treturn any or a code of its own, or `timeout`
-- @treturn any
function M.within(call, fn)
  local seconds, is_over = call.query and call.query.deadline or M.DEADLINE, false
  local result, message, code, members = async.within(seconds, function()
    local found, why, what, more = fn()
    is_over = true
    return found, why, what, more
  end)
  if not is_over then
    message = ("DNS did not say enough in %d seconds"):format(seconds)
  end
  return result, message, code, members
end

--- Does it, where the tenant may have it, in as many seconds as `deadline` of the query says.
-- @tparam table call as of `mailseal.http.dispatch`
-- @tparam function fn what asks DNS; called with the resolver
-- @treturn[1] any what it returns
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `too_often`, `timeout`; a code of `mailseal.dns` or of fn's
-- @treturn[2] ?table members of the problem
function M.perform(call, fn)
  local ok, message, code, members = M.take(call)
  if not ok then
    return nil, message, code, members
  end
  local resolver
  resolver, message, code = call.service:registry_of_worker():resolver()
  if not resolver then
    return nil, message, code
  end
  local result
  result, message, code = M.within(call, function() return fn(resolver) end)
  return result, message, code
end

return M
