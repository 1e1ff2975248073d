--- The routes of the keys that sign for a tenant's domains: seen, rotated, revoked. Nothing of their private halves is told.
-- @module mailseal.http.api.keys
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"

local function list(call)
  local keys, message, code = call.tenant:keys(call.path.domain)
  if not keys then
    return nil, message, code
  end
  return reply.json(200, { keys = keys })
end

local function rotate(call)
  local given = call.body
  if given.bits and given.type ~= "rsa" then
    return nil, 'body.bits is of keys of RSA: body.type must be "rsa" with it', "bad_body"
  end
  local key, message, code = call.tenant:rotate(call.path.domain, { type = given.type, bits = given.bits })
  if not key then
    return nil, message, code
  end
  return reply.json(201, key)
end

local function revoke(call)
  local keys, message, code = call.tenant:revoke(call.path.domain, call.path.selector, { force = call.body.force })
  if not keys then
    return nil, message, code
  end
  return reply.json(200, { keys = keys })
end

return {
  { method = "GET", path = "/v1/domains/{domain}/keys", id = "listKeys", handler = list },
  {
    method = "POST", path = "/v1/domains/{domain}/rotate", id = "rotateKey", handler = rotate, optional = true, at_most = 4,
    body = shape.object { type = shape.one_of { "rsa", "ed25519" }, bits = shape.count(1, 65536) },
  },
  {
    method = "POST", path = "/v1/domains/{domain}/keys/{selector}/revoke", id = "revokeKey", handler = revoke, optional = true,
    body = shape.object { force = shape.flag() },
  },
}
