--- The servers of the demo, Knot DNS all of them: one that has everything, and answers as a resolver and as nearly every name server
-- would; one to which changes come late; one that keeps silent until it is woken.
local internet = require "demo.internet"
local key = require "mailseal.key"
local knot = require "support.knot"
local record = require "mailseal.record"

local M = {}

local Servers = { __name = "servers" }
Servers.__index = Servers

-- Whoever knows it may change the zones, as a DNS host lets its customers. It is no secret: it opens nothing but the demo.
local KEY = { name = "demo", algorithm = "hmac-sha256", secret = "bWFkZSB1cCBmb3IgdGhlIGRlbW8sIGFuZCBubyBzZWNyZXQ=" }

-- A port that is free for the first may be taken at the others' addresses.
local ATTEMPTS = 5

-- The addresses that are neither the late one's nor the silent one's, the resolver's before them; those of the silent one.
local function addresses()
  local all, silent = internet.addresses(), {}
  local late = all[internet.LATE]
  all[internet.LATE] = nil
  for _, server in ipairs(internet.HOSTS[internet.SILENT]) do
    silent[#silent + 1], all[server] = all[server], nil
  end
  local prompt = { "127.0.0.1" }
  for _, address in pairs(all) do
    prompt[#prompt + 1] = address
  end
  return prompt, late, silent
end

-- Which zones each of the three has.
local function zones_of(customers)
  local text = assert(key.generate { type = "rsa", bits = 2048 }):record()
  local prompt, late, silent = internet.tops(customers, record.quote(record.split(text))), {}, {}
  for _, customer in ipairs(customers) do
    local zone = internet.customer(customer.host)
    local is_silent = customer.host == internet.SILENT
    local has_late = internet.HOSTS[customer.host][3] == internet.LATE
    local owner = is_silent and silent or prompt
    owner[customer.zone], late[customer.zone] = zone, has_late and zone or nil
  end
  return prompt, late, silent
end

local function start(customers)
  local zones, late_zones, silent_zones = zones_of(customers)
  local listen, late, silent = addresses()
  local self = setmetatable({ customers = customers }, Servers)
  local cause, code
  self.prompt, cause, code = knot.start { zones = zones, listen = listen, keys = { KEY } }
  if self.prompt then
    self.late, cause, code = knot.start { zones = late_zones, listen = { late }, port = self.prompt.port }
  end
  if self.late then
    self.silent, cause, code = knot.start { zones = silent_zones, listen = silent, port = self.prompt.port }
  end
  if self.silent then
    return self
  end
  self:stop()
  return nil, cause, code
end

--- Starts them.
-- @tparam {table,...} customers each with `zone` and `host` (an id of `internet.HOSTS`)
-- @treturn ?table
-- @treturn ?string why there are none
function M.start(customers)
  local self, cause
  for _ = 1, knot.available() and ATTEMPTS or 1 do
    self, cause = start(customers)
    if self then
      return self
    end
  end
  return nil, cause
end

--- Whom to ask, as options of `mailseal.dns.resolver`.
-- @treturn table `servers`, `port`
function Servers:resolver_options()
  return { servers = { self.prompt.address, self.silent.address }, port = self.prompt.port }
end

local function has_zone(server, zone)
  local file = io.open(("%s/%s.zone"):format(server.directory, zone))
  if file then
    file:close()
  end
  return file ~= nil
end

--- The servers that have a customer's zone.
-- @tparam string zone
-- @treturn {table,...} those that hear of a change at once, and then the late one
function Servers:of(zone)
  local list = {}
  for _, server in ipairs { self.prompt, self.silent, self.late } do
    if has_zone(server, zone) then
      list[#list + 1] = server
    end
  end
  return list
end

--- Changes a customer's zone.
-- @tparam string zone
-- @tparam {string,...} changes as of `knot`'s `update`
-- @tparam[opt] boolean not_late true where the late server is not to hear of it
function Servers:update(zone, changes, not_late)
  for i, server in ipairs(self:of(zone)) do
    if changes[1] and not (not_late and i > 1) then
      assert(server:update(zone, changes))
    end
  end
end

--- How a customer's zone is written to by who was let in: options of `tenant:keep_access`. (Not where some of its servers are late, or
-- silent.)
-- @tparam ?string zone without it those of no zone, for whom DNS tells which server that is
-- @treturn table
function Servers:access(zone)
  local server
  for _, customer in ipairs(self.customers) do
    if customer.zone == zone then
      server = internet.addresses()[internet.HOSTS[customer.host][1]]
    end
  end
  return {
    via = "rfc2136", server = server, port = tostring(self.prompt.port), key = ("%s:%s:%s"):format(KEY.algorithm, KEY.name, KEY.secret),
  }
end

--- Lets the silent servers fall silent.
function Servers:fall_silent()
  self.silent:silence(true)
end

--- What a program needs to know that is to change the zones from without: no functions.
-- @treturn table `servers`, `port`: whom to ask; `silent`, the process that keeps silent; `zones`: by name, `hosts`, the addresses to
--   send changes to, and `is_silent`, whether that process has to be woken first
function Servers:plan()
  local zones = {}
  for _, customer in ipairs(self.customers) do
    local hosts = {}
    for i, server in ipairs(self:of(customer.zone)) do
      hosts[i] = server.host
    end
    zones[customer.zone] = { hosts = hosts, is_silent = customer.host == internet.SILENT }
  end
  local asked = self:resolver_options()
  return { servers = asked.servers, port = asked.port, silent = self.silent.pid, zones = zones }
end

--- Ends them. May be called again.
function Servers:stop()
  for _, name in ipairs { "prompt", "late", "silent" } do
    if self[name] then
      self[name]:stop()
    end
  end
end

return M
