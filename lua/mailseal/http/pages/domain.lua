--- The routes of a domain's page: what it shows, and what its buttons do.
--
-- What was done leads back to the page (303), so that loading it again does nothing again. What could not be done is told on it.
-- @module mailseal.http.pages.domain
local codes = require "mailseal.http.codes"
local draw = require "mailseal.web.domain".draw
local form = require "mailseal.http.pages.form"
local history = require "mailseal.web.history"
local host = require "mailseal.host"
local link = require "mailseal.web.link"
local live = require "mailseal.http.live"
local page = require "mailseal.http.pages.page"
local publish = require "mailseal.publish"
local removed = require "mailseal.web.removed"
local shape = require "mailseal.http.shape"

-- Events, held messages and publications that are shown; seconds of a span in the picture of health.
local EVENTS, HELD, PUBLICATIONS, STEP = 20, 20, 5, 6 * 3600

-- ---- Showing.

-- All that is shown besides the domain, by name, each with the method that tells it and its arguments. Each is asked for in turn: a
-- reader of one page takes no more than one thread at a time.
local function parts_of(name)
  return {
    { "events", "events", { newest = true, domain = name, limit = EVENTS + 1 } }, { "keys", "keys", name }, { "users", "users", name },
    { "held", "held", name, { limit = HELD + 1 } }, { "health", "health", name },
    { "all_series", "health_series", { name }, { step = STEP } },
    { "publications", "publications", name, { limit = PUBLICATIONS } }, { "accesses", "accesses", name },
  }
end

-- Leaves out what is over so many. Were there more?
local function cut(list, most)
  local is_more = #list > most
  list[most + 1] = nil
  return is_more
end

-- Events have the ids of providers; people know their names.
local function name_providers(events, names)
  for _, event in ipairs(events) do
    local id = event.kind == "created" and event.data.provider
    event.data.provider = id and names[id] or event.data.provider
  end
end

-- Is there something that was published, and not taken back? Events are in order; publications of the same second need not be.
local function is_published(data)
  for _, event in ipairs(data.events) do
    -- What stands in the operator's own zone is nobody's to take back.
    if (event.kind == "published" or event.kind == "unpublished") and not event.data.operator then
      return event.kind == "published"
    end
  end
  for _, publication in ipairs(data.publications) do
    if publication.state == "done" or publication.state == "settled" then
      return publication.purpose ~= "undo"
    end
  end
  return false
end

-- What is known of how its DNS can be written to, and was: nobody is asked for that.
local function tell_publishing(data)
  local names = {}
  for _, id in ipairs(publish.ids()) do
    local module = publish.find(id)
    names[id] = module.name
    data.is_automatic = data.is_automatic or module.host ~= nil and data.host ~= nil and module.host == data.host.id
  end
  data.way_names, data.can_publish, data.is_kept = names, next(names) ~= nil, data.accesses[1] ~= nil
  data.is_published = is_published(data)
end

local function read(call, domain)
  local data = { domain = domain }
  for _, part in ipairs(parts_of(domain.domain)) do
    local message, code
    data[part[1]], message, code = call.tenant[part[2]](call.tenant, part[3], part[4])
    if not data[part[1]] then
      return nil, message, code
    end
  end
  local series = data.all_series
  local slots = series.of[domain.domain]
  data.series = slots and { slots = slots, step = series.step, from = series.from }
  data.older, data.held_more = cut(data.events, EVENTS), cut(data.held, HELD)
  local _, names = page.providers(call)
  data.provider_name = names[domain.provider] or domain.provider
  name_providers(data.events, names)
  data.host = domain.dns_host and host.find(domain.dns_host) or nil
  data.actions = call.service.actions:offered(call, domain)
  tell_publishing(data)
  return data
end

-- Of a domain that is not there: whether it was removed.
local function show_removed(call, message, code)
  local name = call.path.domain
  for _, event in ipairs(code == "not_found" and call.tenant:events { newest = true, domain = name, limit = 5 } or {}) do
    if event.kind == "removed" then
      return page.send(removed.draw(page.new(call), { domain = event.domain, at = event.at, clean_up = event.data.clean_up }))
    end
  end
  return nil, message, code
end

-- The page; with `told`, what was done or what stood against it: `flash`, or `problem` and `retry_at`; `status`.
local function show_with(call, told)
  local domain, message, code = call.tenant:get(call.path.domain)
  if not domain then
    return show_removed(call, message, code)
  end
  local data
  data, message, code = read(call, domain)
  if not data then
    return nil, message, code
  end
  data.problem, data.retry_at = told.problem, told.retry_at
  local events = call.service:path("api", "/v1/events/stream")
  local shown = page.new(call, { events = events and link.query(events, { { "domain", domain.domain } }), flash = told.flash })
  return page.send(draw(shown, data), told.status, told.headers)
end

local function show(call) return show_with(call, {}) end

local function show_history(call)
  local domain, message, code = call.tenant:get(call.path.domain)
  if not domain then
    return nil, message, code
  end
  local events
  events, message, code = call.tenant:events {
    newest = true, domain = domain.domain, before = call.query.before, limit = EVENTS * 5 + 1,
  }
  if not events then
    return nil, message, code
  end
  local _, names = page.providers(call)
  name_providers(events, names)
  local older = cut(events, EVENTS * 5)
  return page.send(history.draw(page.new(call), { domain = domain, events = events, older = older }))
end

-- ---- Doing.

-- What could not be done is told on the page; what is nobody's fault here is the service's to tell.
local function refuse(call, message, code, members)
  local known = codes[code]
  if code == "not_found" or known and not known.tells then
    return nil, message, code, members
  end
  return show_with(call, {
    problem = page.sentence(message), retry_at = members and members.retry_at, status = known and known.status or 400,
    headers = members and members.headers,
  })
end

-- A handler of something that is done: `act` returns something, or nil, a message, a code and members.
local function doing(word, act)
  return function(call)
    local given, wrong, why = form.read(call.body)
    if not given then
      return nil, wrong, why
    end
    local done, message, code, members = act(call, call.path.domain, given)
    if not done then
      return refuse(call, message, code, members)
    end
    return page.go(link.query(page.to(call, "domains", call.path.domain), { { "done", word } }))
  end
end

local function verify(call, domain) return live.of(call.service):look(call, domain) end

local function disable(call, domain, given) return call.tenant:disable(domain, { reason = form.one(given, "reason") }) end

local function method(name)
  return function(call, domain) return call.tenant[name](call.tenant, domain) end
end

local function revoke(call, domain) return call.tenant:revoke(domain, call.path.selector) end

-- What an embedder lets be done says itself what was done.
local function run(call)
  local done, message, code, members = call.service.actions:run(call)
  if not done then
    return refuse(call, message, code, members)
  end
  return show_with(call, { flash = { tone = "ok", text = page.sentence(done) } })
end

local routes = {
  { method = "GET", path = "/domains/{domain}", id = "pageDomain", handler = show, query = { done = shape.text(20) } },
  {
    method = "GET", path = "/domains/{domain}/history", id = "pageHistory", handler = show_history,
    query = { before = shape.count(0, 2 ^ 53) },
  },
  { method = "POST", path = "/domains/{domain}/keys/{selector}/revoke", id = "pageRevoke", handler = doing("revoke", revoke) },
  { method = "POST", path = "/domains/{domain}/actions/{action}", id = "pageAction", handler = run },
}
for word, act in pairs {
  verify = verify, restart = method "restart", enable = method "enable", disable = disable, rotate = method "rotate",
  delete = method "remove",
} do
  routes[#routes + 1] = {
    method = "POST", path = "/domains/{domain}/" .. word, id = "page" .. word:gsub("^%l", string.upper), handler = doing(word, act),
  }
end

return page.routes(routes)
