--- The routes of a tenant's tokens. A token is shown when it is made, and never again.
-- @module mailseal.http.api.tokens
local escapes = require "mailseal.http.escapes"
local json = require "mailseal.json"
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"

local function list(call)
  local tokens, message, code = call.tenant:tokens()
  if not tokens then
    return nil, message, code
  end
  local shown = {}
  for i, token in ipairs(tokens) do
    shown[i] = json.object("id", token.id, "name", token.name, "created_at", token.created_at, "yours", token.id == call.identity.token)
  end
  return reply.json(200, { tokens = shown })
end

local function make(call)
  local made, message, code = call.tenant:make_token { name = call.body.name }
  if not made then
    return nil, message, code
  end
  local shown = json.object("id", made.id, "name", made.name, "created_at", made.created_at, "token", made.token)
  return reply.json(201, shown, { Location = call.service:path("api", "/v1/tokens/" .. escapes.encode(made.id)) })
end

-- The one that asks may be that very one.
local function revoke(call)
  local done, message, code = call.tenant:revoke_token(call.path.id)
  if not done then
    return nil, message, code
  end
  return reply.empty(204)
end

return {
  { method = "GET", path = "/v1/tokens", id = "listTokens", handler = list },
  {
    method = "POST", path = "/v1/tokens", id = "createToken", handler = make, optional = true,
    body = shape.object { name = shape.text(200) },
  },
  { method = "DELETE", path = "/v1/tokens/{id}", id = "revokeToken", handler = revoke },
}
