--- Requests that may be repeated when their answer was lost: the field Idempotency-Key (draft-ietf-httpapi-idempotency-key-header).
--
-- What was answered is kept by whoever does it, in the same transaction as what was done. Here is only told who asks for the same while it
-- is still under way.
-- @module mailseal.http.idempotency
local core = require "mailseal.core".seal
local json = require "mailseal.json"
local letters = require "mailseal.onboard.letters"
local live = require "mailseal.http.live"

local M = {}

-- Seconds after which nothing is taken to be under way any more, whatever has become of it.
local FORGOTTEN = 60

--- The key of a request, and what tells it from another one: who asks for the same may write it in another order.
-- @tparam table call as of `mailseal.http.dispatch`, whose body is JSON
-- @treturn[1] table `key`, `fingerprint`; nil where the request has no key
-- @treturn[2] nil
-- @treturn[2] string what is wrong with it
-- @treturn[2] string `bad_id`
function M.of(call)
  local key = call.headers["idempotency-key"]
  if not key then
    return nil
  elseif not key:find "^[ -~]+$" or #key > 255 then
    return nil, "Idempotency-Key must be 1 to 255 printable characters of ASCII", "bad_id"
  end
  local asked = ("%s %s"):format(call.route.id, json.encode(json.plain(call.body)))
  return { key = key, fingerprint = letters.hexadecimal(core.sha256(asked)) }
end

local function finish(dict, name, ok, ...)
  dict:delete(name)
  if not ok then
    error((...), 0)
  end
  return ...
end

--- Does something, unless a request with the same key is under way.
-- @tparam table call
-- @tparam ?table once as of @{of}
-- @tparam function fn
-- @treturn any what that returns
-- @treturn ?any
-- @treturn ?string `under_way`, or a code of its own
function M.alone(call, once, fn)
  if not once then
    return fn()
  end
  -- Whoever gives up waiting asks again: then it is to be over.
  if call.request.stay then
    call.request:stay()
  end
  local dict, name = live.of(call.service).dict, ("request %s %s"):format(call.tenant.id, once.key)
  local ok, why = dict:add(name, true, FORGOTTEN)
  if not ok and why == "exists" then
    return nil, "a request with that Idempotency-Key is under way", "under_way"
  end
  return finish(dict, name, pcall(fn))
end

return M
