--- What a walk through the page begins with: the service, a Knot that a customer's DNS is at, GoDaddy's by its name servers' names, and a
-- browser.
local browsers = require "spec.support.browser"
local key = require "mailseal.key"
local knot = require "spec.support.knot"
local services = require "spec.support.service"
local shell = require "spec.support.shell"
local updates = require "spec.support.updates"

local M = {}
local Stage = {}
Stage.__index = Stage

-- The name servers of a zone are GoDaddy's, and are here; as are those of where Kraiter's CNAMEs lead to.
local PROVIDER = "@ SOA ns41.domaincontrol.com. hostmaster 1 3600 900 604800 5\n@ NS ns41.domaincontrol.com.\n"
local CUSTOMER = PROVIDER .. "@ NS ns42.domaincontrol.com.\n"
local HOST = "@ SOA ns41 hostmaster 1 3600 900 604800 5\n@ NS ns41\nns41 A 127.0.0.1\nns42 A 127.0.0.1\n"

--- What a domain of Kraiter's is created with.
M.KRAITER = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } }

--- A key as Kraiter has it at the end of its CNAMEs.
M.KEY = assert(key.generate { type = "rsa", bits = 2048 }):record()

--- Is there all that a walk wants?
function M.available() return browsers.available() and knot.available() end

--- Why there is no walk.
M.WANTED = "wants chromium, Knot DNS, and npm's playwright-core and axe-core: make test-deps"

-- The name servers of all zones listen where Knot does; and a walk may look at a domain as often as it likes.
local WITH = [[
return {
  resolver = { servers = { %q }, port = %d, timeout = 1, tries = 2 }, limits = { verify = { domain = { burst = 1000, every = 0.01 } } },
}
]]

--- Begins.
-- @tparam {string,...} zones the customers' zones
-- @treturn table `service`, `knot`, `browser`
function M.begin(zones)
  local texts = { ["domaincontrol.com"] = HOST, ["amazonses.com"] = PROVIDER }
  for _, zone in ipairs(zones) do texts[zone] = CUSTOMER end
  local server = assert(knot.start { zones = texts })
  local own = server.directory .. "/with.lua"
  shell.write(own, WITH:format(server.address, server.port))
  local ok, service = pcall(services.start, { arguments = { "--with", own } })
  if not ok then
    server:stop()
    error(service, 0)
  end
  return setmetatable({ knot = server, service = service, browser = browsers.start() }, Stage)
end

--- Ends all of it.
function Stage:close()
  self.browser:stop()
  self.service:stop()
  self.knot:stop()
end

--- Puts records into a customer's zone.
function Stage:publish(zone, records)
  assert(self.knot:update(zone, updates.add(records)))
end

--- Changes a zone by lines for knsupdate.
function Stage:update(zone, lines)
  assert(self.knot:update(zone, lines))
end

--- Creates a domain by the API.
-- @treturn table it
function Stage:create(domain, provider, vars)
  local reply = self.service:post("/v1/domains", { domain = domain, provider = provider or "own-server", vars = vars })
  assert(reply.status == 201, reply.body)
  return reply.json
end

--- Has a domain looked at by the API.
-- @treturn table it
function Stage:verify(domain)
  local reply = self.service:post("/v1/domains/" .. domain .. "/verify")
  assert(reply.status == 200, reply.body)
  return reply.json
end

--- Opens a page of the service's in a browser of its own, signed in unless told.
-- @tparam[opt] table options as of the browser's `open`; `stranger`: true for nobody who is signed in
-- @treturn table the page
function Stage:open(options)
  options = options or {}
  local stranger = options.stranger
  options.stranger = nil
  local page = self.browser:open(options)
  page.base = self.service.base
  if not stranger then M.sign_in(page, self.service.token) end
  return page
end

--- Signs in, from wherever.
function M.sign_in(page, token)
  page:go(page.base .. "/")
  page:fill({ label = "Access token" }, token)
  page:click { role = "button", name = "Sign in" }
  page:sees { role = "button", name = "Sign out" }
end

return M
