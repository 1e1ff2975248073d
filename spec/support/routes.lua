--- Every route of the service, and a request that it takes: so that what holds for all of them is tried with all of them.
--
-- The routes are those that the service has. One that names something which nobody has told of here, or wants a body that is not
-- here, fails the tests that walk over them.
local cjson = require "cjson"
local http_client = require "spec.support.http_client"
local service_of = require "mailseal.http"

local M = {}

--- The domain that all of them are about.
M.DOMAIN = "mail.example.test"

local MESSAGE = "From: a@mail.example.test\r\nTo: b@example.net\r\nSubject: x\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
  .. "Message-ID: <1@mail.example.test>\r\n\r\nhello\r\n"

-- How a name server is written to, and the same as a form sends it: `names` has `server`, `port` and `key`.
local function how(names)
  return { via = "rfc2136", settings = { server = names.server, port = names.port }, credentials = { key = names.key } }
end

local function how_as_form(names)
  local key = names.key:gsub("[^%w]", function(octet) return ("%%%02X"):format(octet:byte()) end)
  return ("via=rfc2136&setting.server=%s&setting.port=%s&credential.key=%s"):format(names.server, names.port, key)
end

-- What is sent to a route that wants something. A text is a message, or what a form sends; a function makes either.
local bodies = {
  createDomain = { domain = M.DOMAIN, provider = "own-server" },
  disableDomain = { reason = "because" },
  checkDomainFor = { only = { "spf" } },
  holdMail = { mail = { "stranger-1" } },
  reportHealth = { bounced = 100000 },
  reportHealthOfMany = { reports = { { domain = M.DOMAIN, bounced = 100000 } } },
  rotateKey = { type = "ed25519" },
  revokeKey = { force = true },
  signMessage = MESSAGE, verifyMessage = MESSAGE,
  createWebhook = { url = "https://stranger.example/hook" },
  pageCreateDomain = "provider=own-server&domain=" .. M.DOMAIN,
  planSetup = how, publishDomain = how, unpublishDomain = how, pagePlan = how_as_form, pagePlanUndo = how_as_form,
  pagePublish = "via=rfc2136&parcel=x&digest=x", pageUnpublish = "via=rfc2136&parcel=x&digest=x", pageForget = "via=rfc2136",
  changeWebhook = { url = "https://stranger.example/hook" },
}

local queries = { forgetReleased = "?through=1000" }

-- Those that end what others look at come last.
local ORDER = { GET = 1, PUT = 2, PATCH = 3, POST = 4, DELETE = 5 }

--- All routes, as `mailseal.http.dispatch` describes them.
function M.all()
  local routes = {}
  for _, modules in pairs(service_of.ROUTES) do
    for _, module in ipairs(modules) do
      for _, route in ipairs(require(module)) do routes[#routes + 1] = route end
    end
  end
  table.sort(routes, function(a, b)
    if a.method ~= b.method then return ORDER[a.method] < ORDER[b.method] end
    return #a.path > #b.path or #a.path == #b.path and a.path < b.path
  end)
  return routes
end

-- An id is that of whatever the path is about.
local function path_of(route, names)
  local about = route.path:match "^/v1/(%a[%w-]-)s/"
  local path = route.path:gsub("{(%a+)}", function(name)
    return assert(names[name == "id" and about or name], "nothing is known that stands for {" .. name .. "} in " .. route.path)
  end)
  return path .. (queries[route.id] or "")
end

--- Asks for a route.
-- @tparam number port
-- @tparam table route
-- @tparam table names what stands for the names in braces; for ids, by what they are of
-- @tparam ?string token
-- @treturn table as of `spec.support.http_client`
function M.ask(port, route, names, token)
  local body = bodies[route.id]
  if type(body) == "function" then body = body(names) end
  local headers = { Authorization = token and "Bearer " .. token or nil }
  if body or route.accepts then headers["Content-Type"] = route.accepts or "application/json" end
  body = type(body) == "table" and cjson.encode(body) or body or route.method ~= "GET" and "" or nil
  local octets = http_client.octets(route.method, path_of(route, names), headers, body)
  -- A stream has no end: what comes of it at once is enough.
  local answer = http_client.exchange(port, octets, 1, route.id == "streamEvents" and 0.5 or nil)[1]
  return assert(answer, route.method .. " " .. route.path .. ": no answer")
end

return M
