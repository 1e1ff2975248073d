--- The routes of a tenant's domains: their life, from being created to being removed.
-- @module mailseal.http.api.domains
local change = require "mailseal.onboard.change"
local escapes = require "mailseal.http.escapes"
local idempotency = require "mailseal.http.idempotency"
local json = require "mailseal.json"
local live = require "mailseal.http.live"
local objects = require "mailseal.onboard.objects"
local paging = require "mailseal.http.paging"
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"
local tags = require "mailseal.http.tags"

-- ---- Listing, showing.

local function place_of(domain) return domain.domain end

local function list(call)
  local found, message, code = call.tenant:list {
    status = call.query.status, search = call.query.search, after = call.query.after, limit = paging.limit(call), brief = true,
  }
  if not found then
    return nil, message, code
  end
  return paging.reply(call, "domains", found, place_of, objects.domain)
end

-- A domain's JSON, and in front of it its entity tag (RFC 9110 §8.8.3): the same as long as nothing of it is another.
local TAGGED = "^(%S+) (.*)$"

local function read_tagged(call)
  local domain, message, code = call.tenant:get(call.path.domain)
  if not domain then
    return nil, message, code
  end
  local body = json.encode(objects.domain(domain))
  return ('"%s" %s'):format(tags.of(body), body)
end

-- The same, as the workers of nginx know it for a second at most, and until it is changed.
local function known_or_read(call)
  local known = call.tenant.registry.known
  if not known then
    return read_tagged(call)
  end
  local tenant, name = call.tenant.id, change.stored(call.path.domain)
  local tagged = known:get("domain", tenant, name)
  if tagged then
    return tagged
  end
  local mark = known:mark(tenant, name) -- before it is read
  local message, code
  tagged, message, code = read_tagged(call)
  if tagged then
    known:put("domain", tenant, name, tagged, mark)
  end
  return tagged, message, code
end

local function get(call)
  local tagged, message, code = known_or_read(call)
  if not tagged then
    return nil, message, code
  end
  local tag, body = tagged:match(TAGGED)
  local headers = { ETag = tag, ["Cache-Control"] = "private, no-cache" }
  if tags.is_among(tag, call.headers["if-none-match"]) then
    return reply.empty(304, headers)
  end
  return reply.encoded(200, body, headers)
end

-- As it is when something has been done with it.
local function show(call)
  local domain, message, code = call.tenant:get(call.path.domain)
  if not domain then
    return nil, message, code
  end
  return reply.json(200, objects.domain(domain))
end

-- ---- Creating, removing.

local value = shape.text(4096)
local new_domain = shape.object({
  domain = shape.text(1000), provider = shape.text(100), vars = shape.map(shape.either(value, shape.list(value, 100))),
}, { "domain", "provider" })

local function create(call)
  local once, wrong, why = idempotency.of(call)
  if wrong then
    return nil, wrong, why
  end
  local domain, message, code, missing = idempotency.alone(call, once, function() return call.tenant:create(call.body, once) end)
  if not domain then
    return nil, message, code, missing and { missing = missing }
  end
  return reply.json(201, objects.domain(domain), {
    Location = call.service:path("api", "/v1/domains/" .. escapes.encode(domain.domain)),
    ["Idempotency-Replayed"] = once and message and "true" or nil,
  })
end

local function remove(call)
  local removed, message, code, by = call.tenant:remove(call.path.domain)
  if not removed then
    return nil, message, code, by
  end
  return reply.json(200, json.object("domain", removed.domain, "clean_up", json.plain(removed.clean_up), "published",
    json.plain(removed.published)))
end

-- ---- Starting again, sending or not.

local function restart(call)
  local domain, message, code = call.tenant:restart(call.path.domain)
  if not domain then
    return nil, message, code
  end
  return reply.json(200, objects.domain(domain))
end

local function verify(call)
  local domain, message, code, members = live.of(call.service):look(call, call.path.domain)
  if not domain then
    return nil, message, code, members
  end
  return reply.json(200, objects.domain(domain))
end

local function enable(call)
  local done, message, code = call.tenant:enable(call.path.domain)
  if not done then
    return nil, message, code
  end
  return show(call)
end

local reason = shape.object { reason = shape.text(1000) }

local function disable(call)
  local done, message, code = call.tenant:disable(call.path.domain, { reason = call.body.reason })
  if not done then
    return nil, message, code
  end
  return show(call)
end

local list_query = paging.query(shape.text(255), {
  status = shape.one_of { "pending", "verified", "failed" }, search = shape.text(255),
})

return {
  { method = "GET", path = "/v1/domains", id = "listDomains", handler = list, query = list_query },
  { method = "POST", path = "/v1/domains", id = "createDomain", handler = create, body = new_domain },
  { method = "GET", path = "/v1/domains/{domain}", id = "getDomain", handler = get },
  { method = "DELETE", path = "/v1/domains/{domain}", id = "deleteDomain", handler = remove },
  { method = "POST", path = "/v1/domains/{domain}/verify", id = "verifyDomain", handler = verify },
  { method = "POST", path = "/v1/domains/{domain}/restart", id = "restartDomain", handler = restart },
  { method = "POST", path = "/v1/domains/{domain}/enable", id = "enableDomain", handler = enable },
  { method = "POST", path = "/v1/domains/{domain}/disable", id = "disableDomain", handler = disable, body = reason, optional = true },
}
