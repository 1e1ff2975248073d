--- Requests that may be repeated when their answer was lost: the field Idempotency-Key (draft-ietf-httpapi-idempotency-key-header).
--
-- What was answered is kept by whoever does it, in the same transaction as what was done; or, where that is done elsewhere, by
-- @{replayed}. Who asks for the same while it is still under way is told so.
-- @module mailseal.http.idempotency
local core = require "mailseal.core".seal
local hexadecimal = require "mailseal.printable".hexadecimal
local json = require "mailseal.json"
local live = require "mailseal.http.live"
local reply = require "mailseal.http.reply"

local M = {}

-- Seconds after which nothing is taken to be under way any more, whatever has become of it.
local FORGOTTEN = 60

-- What is asked for, without what is secret: of that nothing is kept, not even a digest.
local function asked_of(call)
  local asked = {}
  for name, value in pairs(call.body) do
    asked[name] = name ~= "credentials" and value or nil
  end
  return ("%s %s"):format(call.route.id, json.encode(json.plain { call.path.domain or false, asked }))
end

--- The key of a request, and what tells it from another one: who asks for the same may write it in another order. Of `credentials` it
-- does not tell: they may be others the next time.
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
  return { key = key, fingerprint = hexadecimal(core.sha256(asked_of(call))) }
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

--- Does something that is done elsewhere than in the database, once: what went well is answered to the same request for a day. A refusal
-- is not kept, and what was cut short neither: then the request is carried out anew.
-- @tparam table call
-- @tparam function fn returns a reply; or nil, a message, a code and members of the problem
-- @treturn ?table what that returns; or the answer as it was
-- @treturn ?string a message
-- @treturn ?string `under_way`, `bad_id`; `key_reused`: something else was asked for with that key; a code of its own, or of the store's
-- @treturn ?table
function M.replayed(call, fn)
  local once, wrong, why = M.of(call)
  if wrong then
    return nil, wrong, why
  elseif not once then
    return fn()
  end
  local registry, tenant = call.tenant.registry, call.tenant.id
  return M.alone(call, once, function()
    local found, message, code = registry:perform("repeating", "answered", tenant, once)
    if found then
      return reply.encoded(200, found.body, { ["Idempotency-Replayed"] = "true" })
    elseif found == nil then
      return nil, message, code
    end
    local made, problem, reason, members = fn()
    if made then
      -- Where that fails, it was done all the same.
      registry:perform("repeating", "keep", tenant, once, { body = made.body })
    end
    return made, problem, reason, members
  end)
end

return M
