--- The routes of who uses a domain, and of whether its mail may go.
-- @module mailseal.http.api.uses
local json = require "mailseal.json"
local reply = require "mailseal.http.reply"

local function list(call)
  local users, message, code = call.tenant:users(call.path.domain)
  if not users then
    return nil, message, code
  end
  return reply.json(200, { users = users })
end

local function add(call)
  local is_new, message, code = call.tenant:use(call.path.domain, call.path.user)
  if is_new == nil then
    return nil, message, code
  end
  return reply.empty(is_new and 201 or 204)
end

local function remove(call)
  local was, message, code = call.tenant:release(call.path.domain, call.path.user)
  if was == nil then
    return nil, message, code
  elseif not was then
    return nil, "the domain is not used by that", "not_found"
  end
  return reply.empty(204)
end

local function decide(call)
  local decision, code, text = call.tenant:decide(call.path.domain)
  if not decision then
    return nil, code, text
  elseif code == "not_found" then
    return nil, text, code
  end
  return reply.json(200, json.object("decision", decision, "code", code, "text", text))
end

return {
  { method = "GET", path = "/v1/domains/{domain}/decision", id = "getDecision", handler = decide },
  { method = "GET", path = "/v1/domains/{domain}/uses", id = "listUses", handler = list },
  { method = "PUT", path = "/v1/domains/{domain}/uses/{user}", id = "addUse", handler = add },
  { method = "DELETE", path = "/v1/domains/{domain}/uses/{user}", id = "removeUse", handler = remove },
}
