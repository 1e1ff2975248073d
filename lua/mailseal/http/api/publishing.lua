--- The routes of publishing a domain's records: the ways that there are, what would be changed, doing it and taking it back, what was done,
-- and accesses that are kept.
-- @module mailseal.http.api.publishing
local costly = require "mailseal.http.costly"
local idempotency = require "mailseal.http.idempotency"
local json = require "mailseal.json"
local objects = require "mailseal.onboard.publishing.objects"
local paging = require "mailseal.http.paging"
local publishing = require "mailseal.http.publishing"
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"

-- How many may be under way in a worker: each waits for others' servers.
local AT_MOST = 40

-- ---- what may be asked for

local setting, secret = shape.setting(1000), shape.text(16384)
local how = {
  via = shape.text(50), settings = shape.map(setting, 20), credentials = shape.map(secret, 20), zone = shape.text(255),
}

local function with(more)
  local fields = {}
  for name, field in pairs(how) do fields[name] = field end
  for name, field in pairs(more) do fields[name] = field end
  return fields
end

local ttl = shape.count(0, 2147483647)
local to_plan = shape.object(with { ttl = ttl }, { "via" })
local to_publish = shape.object(with {
  ttl = ttl, consent = shape.list(shape.text(400), 100), keep = shape.flag(), digest = shape.text(64),
}, { "via" })
local to_unpublish = shape.object(with { dry_run = shape.flag(), digest = shape.text(64) }, { "via" })

local deadline = { deadline = shape.count(1, costly.LONGEST) }

-- ---- asking

local function show_setup(call)
  local domain, message, code = call.tenant:get(call.path.domain)
  if not domain then return nil, message, code end
  local ways
  ways, message, code = publishing.ways(call, domain, true)
  if not ways then return nil, message, code end
  local told = {}
  for i, way in ipairs(ways) do told[i] = objects.way(way) end
  return reply.json(200, json.object("domain", domain.domain, "dns_host", domain.dns_host, "zone", domain.zone, "ways", told))
end

local function told(plan)
  return json.add(objects.plan(plan), "digest", publishing.digest(plan), "diff", plan:diff())
end

local function make_plan(call)
  local plan, message, code, members = publishing.plan(call, call.body)
  if not plan then return nil, message, code, members end
  return reply.json(200, told(plan))
end

-- ---- doing

local function publish(call)
  local plan, done, code, members, made = publishing.publish(call, call.body)
  if not plan then
    if made then
      members = members or {}
      members.plan = json.plain(told(made))
    end
    return nil, done, code, members
  end
  return reply.json(200, objects.done(plan, done))
end

local function unpublish(call)
  local done, message, code, members, found = publishing.unpublish(call, call.body)
  if not done then
    if code == "plan_changed" then members = { plan = json.plain(json.add(objects.plan(found), "digest", publishing.digest(found))) } end
    return nil, message, code, members
  end
  return reply.json(200, json.add(objects.done(done, done), "digest", publishing.digest(done)))
end

local function once(handler)
  return function(call) return idempotency.replayed(call, function() return handler(call) end) end
end

-- ---- what was done, what is kept

local function place_of(publication) return ("%.0f-%s"):format(publication.begun_at, publication.id) end

-- The place of the last one that was seen, as it was told.
local function before_of(text)
  local at, id = text:match "^(%d+)%-(pub_[%w]+)$"
  if not at or #at > 15 then return nil, "query.after is the place of a page that was told in `next`", "bad_query" end
  return { begun_at = tonumber(at), id = id }
end

local function list(call)
  local before, wrong, why
  if call.query.after then
    before, wrong, why = before_of(call.query.after)
    if not before then return nil, wrong, why end
  end
  local found, message, code = call.tenant:publications(call.path.domain, { limit = paging.limit(call), before = before })
  if not found then return nil, message, code end
  return paging.reply(call, "publications", found, place_of, objects.publication)
end

local function accesses(call)
  local found, message, code = call.tenant:accesses(call.path.domain)
  if not found then return nil, message, code end
  local shown = {}
  for i, one in ipairs(found) do shown[i] = objects.access(one) end
  return reply.json(200, { access = shown })
end

local function forget(call)
  local done, message, code = call.tenant:forget_access(call.path.domain, call.query.via)
  if not done then return nil, message, code end
  return reply.empty(204)
end

local ONE = "/v1/domains/{domain}"

return {
  { method = "GET", path = ONE .. "/setup", id = "getSetup", handler = show_setup, query = deadline, at_most = AT_MOST },
  { method = "POST", path = ONE .. "/plan", id = "planSetup", handler = make_plan, query = deadline, body = to_plan, at_most = AT_MOST },
  {
    method = "POST", path = ONE .. "/publish", id = "publishDomain", handler = once(publish), query = deadline, body = to_publish,
    at_most = AT_MOST,
  },
  {
    method = "POST", path = ONE .. "/unpublish", id = "unpublishDomain", handler = once(unpublish), query = deadline, body = to_unpublish,
    at_most = AT_MOST,
  },
  {
    method = "GET", path = ONE .. "/publications", id = "listPublications", handler = list,
    query = paging.query(shape.text(100)),
  },
  { method = "GET", path = ONE .. "/access", id = "listAccess", handler = accesses },
  { method = "DELETE", path = ONE .. "/access", id = "forgetAccess", handler = forget, query = { via = shape.text(50) } },
}
