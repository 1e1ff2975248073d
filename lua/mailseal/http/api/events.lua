--- The routes of what has happened, in order.
-- @module mailseal.http.api.events
local objects = require "mailseal.onboard.objects"
local paging = require "mailseal.http.paging"
local shape = require "mailseal.http.shape"

local function place_of(event) return event.id end

local function read(call, domain)
  local asked = call.query
  if asked.after and (asked.newest or asked.before) then
    return nil, "query.after is for the oldest first; for the newest first there is query.before", "bad_query"
  elseif asked.before and not asked.newest then
    return nil, "query.before is for the newest first: query.newest must be true with it", "bad_query"
  end
  return call.tenant:events {
    after = asked.after, before = asked.before, newest = asked.newest, limit = paging.limit(call), domain = domain,
  }
end

local function page(call, found)
  return paging.reply(call, "events", found, place_of, objects.event, call.query.newest and "before" or "after")
end

local function list(call)
  local found, message, code = read(call, call.query.domain)
  if not found then
    return nil, message, code
  end
  return page(call, found)
end

-- What happened to a domain is told after it is gone; of one that there never was there is nothing.
local function is_known(call)
  local there, message, code = call.tenant:get(call.path.domain)
  if not there and code == "not_found" and (call.query.after or call.query.before) then
    local any = call.tenant:events { limit = 1, domain = call.path.domain }
    there = any and any[1]
  end
  return there and true, message, code
end

local function of_domain(call)
  local found, message, code = read(call, call.path.domain)
  if found and not found[1] then
    local known
    known, message, code = is_known(call)
    found = known and found
  end
  if not found then
    return nil, message, code
  end
  return page(call, found)
end

local id = shape.count(0, 2 ^ 53)
local function query(more)
  local fields = paging.query(id, more)
  fields.newest, fields.before = shape.flag(), id
  return fields
end

return {
  { method = "GET", path = "/v1/events", id = "listEvents", handler = list, query = query { domain = shape.text(255) } },
  { method = "GET", path = "/v1/domains/{domain}/events", id = "listDomainEvents", handler = of_domain, query = query() },
}
