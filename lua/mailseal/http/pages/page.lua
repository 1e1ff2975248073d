--- What all routes of the page have in common: who reads, where the page is mounted, and how it is sent.
--
-- Nothing on a page is script or style of its own, and nothing comes from elsewhere; the policy that is sent with it says so.
-- @module mailseal.http.pages.page
local assets = require "mailseal.web.assets"
local link = require "mailseal.web.link"
local problems = require "mailseal.web.problem"
local provider = require "mailseal.provider"
local reply = require "mailseal.http.reply"
local words = require "mailseal.web.words"

local M = {}

--- What is sent with a page of HTML.
M.HEADERS = {
  ["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    .. "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  -- Browsers tell where a form comes from only where they may tell that to the same host (Fetch, "append a request Origin header").
  ["Referrer-Policy"] = "same-origin", ["Cross-Origin-Opener-Policy"] = "same-origin", ["X-Frame-Options"] = "DENY",
}

--- What forms are sent as.
M.FORM = "application/x-www-form-urlencoded"

--- What is said when something was done, by the word for it in an address.
M.DONE = {
  added = "Added. Publish the records below: we look for them by ourselves.", verify = "Looked at DNS just now.",
  restart = "Started again.", enable = "Sending is switched on.", disable = "Sending is paused.",
  rotate = "A new key was made: publish its record below.", revoke = "The key was revoked.",
  published = "Published: the domain's name servers show it.", unchanged = "All was there already: nothing was changed.",
  propagating = "Published. Not every name server shows it yet: we go on looking.",
  kept = "Published as it was agreed, and the access is kept: new keys are published by themselves.",
  unpublished = "Taken back: what we had published is gone, and nothing else.", forgotten = "The access is forgotten.",
  back = "Looked at DNS just now: what it shows stands below.",
  declined = "You have not agreed at your DNS host, or it could not be done there. What DNS shows stands below.",
}

--- The path that the page is mounted at.
-- @tparam table call as of `mailseal.http.dispatch`
-- @treturn string with a slash at its end
function M.base(call) return call.service:path("page", "/") end

--- An address of the page.
-- @tparam table call
-- @tparam string ... segments
-- @treturn string
function M.to(call, ...) return link.to(M.base(call), ...) end

--- What a page is laid out with, see `mailseal.web.layout`.
-- @tparam table call
-- @tparam[opt] table more further members
-- @treturn table
function M.new(call, more)
  local done = call.query and call.query.done
  local page = {
    base = M.base(call), name = call.service.options.name or "mailseal", tenant = call.identity and call.identity.tenant,
    can_sign_out = call.identity ~= nil and call.identity.expires_at ~= nil, now = call.service:registry_of_worker():now(),
    events = call.service:path("api", "/v1/events/stream"), version = assets.version(),
    flash = done and M.DONE[done] and { tone = "ok", text = M.DONE[done] } or nil,
  }
  for name, value in pairs(more or {}) do
    page[name] = value
  end
  return page
end

--- Sends a page.
-- @tparam string text
-- @tparam[opt=200] number status
-- @tparam[opt] table headers further ones
-- @treturn table as of `mailseal.http.reply`
function M.send(text, status, headers)
  local made = reply.text(status or 200, text, "text/html; charset=utf-8", M.HEADERS)
  for name, value in pairs(headers or {}) do
    made.headers[name] = value
  end
  return made
end

--- Leads on to another page, which is read with GET (RFC 9110 §15.4.4).
-- @tparam string address
-- @tparam[opt] table headers
-- @treturn table
function M.go(address, headers)
  local made = reply.empty(303, headers)
  made.headers.Location = address
  return made
end

--- A sentence for people, of a message.
-- @tparam string message
-- @treturn string
function M.sentence(message)
  message = words.capital(message)
  return message:find "[.?!]$" and message or message .. "."
end

-- Where somebody has to say who he is: the page that asks for that, which leads back to what he wanted to read.
local function sign_in(call)
  local wanted = call.method == "GET" and call.request.target or nil
  local address = M.to(call, "sign-in")
  return M.go(wanted and wanted ~= M.base(call) and link.query(address, { { "to", wanted } }) or address)
end

--- Tells what went wrong, as a page. As `problem` of a route.
-- @tparam table call
-- @tparam number status
-- @tparam table problem as of `mailseal.http.problem`
-- @treturn table
function M.problem(call, status, problem)
  if status == 401 and not call.service.options.authenticate then
    return sign_in(call)
  end
  local text = M.sentence(problem.detail or "")
  if problem.id then
    text = ("%s It is %s."):format(text, problem.id)
  end
  local title = status == 404 and "There is nothing here" or problem.title
  return M.send(problems.draw(M.new(call), { title = title, text = text }), status)
end

-- What changes something comes from a page of this host, whoever tells who is signed in. A program that shows a token is no browser.
local function from_here(handler)
  return function(call)
    if not call.headers.authorization then
      local ok, message, code = call.service.auth:same_origin(call)
      if not ok then
        return nil, message, code
      end
    end
    return handler(call)
  end
end

--- Makes routes of the page: what they give is HTML, and so is what goes wrong.
-- @tparam {table,...} routes
-- @treturn {table,...} the same
function M.routes(routes)
  for _, route in ipairs(routes) do
    route.problem = route.problem or M.problem
    route.gives = route.gives == nil and { "text/html" } or route.gives
    if route.method == "POST" then
      route.accepts, route.limit, route.handler = M.FORM, 65536, from_here(route.handler)
    end
  end
  return routes
end

--- The names of providers.
-- @tparam table call
-- @treturn {table,...} `id` and `name`, by name
-- @treturn table names by id
function M.providers(call)
  local service = call.service
  if not service.provider_names then
    local list, by_id = {}, {}
    for i, one in ipairs(provider.list(service:providers() or {})) do
      list[i], by_id[one.id] = { id = one.id, name = one.name }, one.name
    end
    table.sort(list, function(a, b) return a.name:lower() < b.name:lower() end)
    service.provider_names = { list, by_id }
  end
  return service.provider_names[1], service.provider_names[2]
end

return M
