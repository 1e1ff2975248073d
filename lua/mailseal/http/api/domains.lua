--- The routes of a tenant's domains.
-- @module mailseal.http.api.domains
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"

-- The answer with a domain; nil, a message and a code where there is none.
local function domain_reply(status, domain, message, code, missing)
  if not domain then
    return nil, message, code, missing and { missing = missing }
  end
  return reply.json(status, domain)
end

local list_query = {
  status = shape.one_of { "pending", "verified", "failed" }, after = shape.text(255), limit = shape.count(1, 1000),
}

local function list(call)
  local found, message, code = call.tenant:list(call.query)
  if not found then
    return nil, message, code
  end
  return reply.json(200, { domains = found })
end

local value = shape.text(4096)
local new_domain = shape.object({
  domain = shape.text(1000), provider = shape.text(100), vars = shape.map(shape.either(value, shape.list(value, 100))),
}, { "domain", "provider" })

local function create(call)
  call.body.actor = call.identity.actor
  return domain_reply(201, call.tenant:create(call.body))
end

local function get(call)
  return domain_reply(200, call.tenant:get(call.path.domain))
end

local function verify(call)
  return domain_reply(200, call.tenant:verify(call.path.domain))
end

return {
  { method = "GET", path = "/v1/domains", id = "listDomains", handler = list, query = list_query },
  { method = "POST", path = "/v1/domains", id = "createDomain", handler = create, body = new_domain },
  { method = "GET", path = "/v1/domains/{domain}", id = "getDomain", handler = get },
  { method = "POST", path = "/v1/domains/{domain}/verify", id = "verifyDomain", handler = verify },
}
