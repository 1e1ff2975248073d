--- The routes of a tenant's domains.
-- @module mailseal.http.api.domains
local reply = require "mailseal.http.reply"

-- The answer with a domain; nil, a message and a code where there is none.
local function domain_reply(status, domain, message, code)
  if not domain then
    return nil, message, code
  end
  return reply.json(status, domain)
end

local function list(call)
  local found, message, code = call.tenant:list { status = call.query.status }
  if not found then
    return nil, message, code
  end
  return reply.json(200, { domains = found })
end

local function create(call)
  return domain_reply(201, call.tenant:create(call.body))
end

local function get(call)
  return domain_reply(200, call.tenant:get(call.path.domain))
end

local function verify(call)
  return domain_reply(200, call.tenant:verify(call.path.domain))
end

return {
  { method = "GET", path = "/v1/domains", id = "listDomains", handler = list },
  { method = "POST", path = "/v1/domains", id = "createDomain", handler = create, accepts = "application/json" },
  { method = "GET", path = "/v1/domains/{domain}", id = "getDomain", handler = get },
  { method = "POST", path = "/v1/domains/{domain}/verify", id = "verifyDomain", handler = verify },
}
