--- Requests that came with a key of their own, and may be repeated when their answer was lost: they are answered as they were.
-- @module mailseal.onboard.repeating
local store = require "mailseal.store.repeatable"

local M = {}
local steps = {}

--- Steps on the database, see `perform` of `mailseal.onboard.registry`.
M.steps = steps

-- Seconds for which a request may be repeated.
local REPEATED = 86400

local function reused() return nil, "that key came with something else before", "key_reused" end

--- What was answered to a request before.
-- @tparam table registry
-- @tparam string tenant
-- @tparam table once `key`; `fingerprint`, which tells what is asked for from anything else
-- @treturn[1] table what @{keep} was told
-- @treturn[2] boolean false where there was no such request, or its time is over
-- @treturn[3] nil
-- @treturn[3] string a message
-- @treturn[3] string `key_reused`: something else was asked for with that key; a code of `mailseal.store`
function steps.answered(registry, tenant, once)
  local now = registry:now()
  local kept, message, code = registry.db:ask(function(tx) return store.get(tx, tenant, once.key, now) or false end)
  if not kept then
    return kept, message, code
  elseif kept.fingerprint ~= once.fingerprint then
    return reused()
  end
  return kept.answer
end

--- Keeps what is answered, in the transaction of what was done.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table once as of @{steps.answered}
-- @tparam table answer plain data
-- @tparam number now
-- @treturn boolean false where another request with that key came first
function M.keep(tx, tenant, once, answer, now)
  return store.add(tx, tenant, once.key, { fingerprint = once.fingerprint, answer = answer, expires_at = now + REPEATED }, now)
end

--- Keeps what is answered, where what was done is no matter of the database's.
-- @tparam table registry
-- @tparam string tenant
-- @tparam table once as of @{steps.answered}
-- @tparam table answer plain data
-- @treturn[1] boolean true; false where another request with that key came first
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`
function steps.keep(registry, tenant, once, answer)
  return registry.db:write(function(tx) return M.keep(tx, tenant, once, answer, registry:now()) end)
end

return M
