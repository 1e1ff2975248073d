--- Asking DNS.
--
--     local dns = require "mailseal.dns"
--     local resolver = dns.resolver {}                                             -- the system's servers
--     local resolver = dns.resolver { servers = { "192.0.2.1", "[2001:db8::1]:5353" }, timeout = 2, tries = 2 }
--     local resolver = assert(dns.resolver { zone = "example.zone" })              -- no network: a file, or a table
--     local answer = assert(resolver:query("s1._domainkey.example.com", "TXT"))
--     if answer.status == "ok" then print(answer.text[1]) end
--
-- The wire format, the transports and the resolver are modules of their own below this one.
-- @module mailseal.dns
local resolver = require "mailseal.dns.resolver"
local resty = require "mailseal.dns.resty"
local system = require "mailseal.dns.system"

local M = {}

local known = {
  servers = true, timeout = true, tries = true, deadline = true, zone = true, zone_text = true, resolv_conf = true,
  port = true,
}

local function check_options(options)
  if type(options) ~= "table" then error("dns.resolver wants a table of options", 3) end
  for name in pairs(options) do
    if not known[name] then error("dns.resolver knows no option \"" .. tostring(name) .. "\"", 3) end
  end
  for _, name in ipairs { "timeout", "tries", "deadline" } do
    local value = options[name]
    if value ~= nil and not (type(value) == "number" and value > 0) then
      error("dns.resolver: " .. name .. " must be a number above 0", 3)
    end
  end
  local port = options.port
  if port ~= nil and not (type(port) == "number" and port >= 1 and port <= 65535 and port % 1 == 0) then
    error("dns.resolver: port must be a whole number from 1 to 65535", 3)
  end
  local zone, text = options.zone, options.zone_text
  if zone ~= nil and type(zone) ~= "table" and type(zone) ~= "string" then
    error("dns.resolver: zone must be a table or a path", 3)
  end
  if text ~= nil and type(text) ~= "string" then error("dns.resolver: zone_text must be a text", 3) end
  if zone and text then error("dns.resolver wants a zone or a zone_text, not both", 3) end
end

-- The transport over the zone that the options name; nil and no message where they name none.
local function zone_transport(options)
  if options.zone_text then return require "mailseal.dns.zone".read(options.zone_text) end
  if type(options.zone) == "string" then return require "mailseal.dns.zone".open(options.zone) end
  if options.zone then return require "mailseal.dns.zone".new(options.zone) end
end

-- The transport that asks the servers that the options or the system name; what the system says goes into the settings.
local function network_transport(options, settings)
  local servers = options.servers
  if not servers then
    local found = system.read(options.resolv_conf)
    servers = found.servers
    settings.timeout = settings.timeout or found.timeout
    settings.tries = settings.tries or found.tries
  end
  -- The sockets of c-ares cannot wait within nginx's loop.
  if resty.available() then return resty.new(servers) end
  return require "mailseal.dns.cares".new(servers, settings.timeout)
end

--- Makes a resolver.
-- @tparam[opt] table options
--
-- - `servers`: list of servers to ask, in this order: "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353".
--   Without it those of /etc/resolv.conf are asked, with its `timeout` and `attempts`.
-- - `timeout`: seconds that a server is given for one try (2); `tries`: how often the list is gone through (2).
-- - `deadline`: seconds after which a query ends in any case (timeout × tries × number of servers).
-- - `zone`: in place of servers: the path of a zone file (JSON or BIND's master format), or a table as the JSON file
--   holds one. See `mailseal.dns.zone`.
-- - `zone_text`: in place of servers: what such a file holds.
-- - `port`: where the name servers listen that `resolver:authoritative` finds (53).
-- - `resolv_conf`: another path than /etc/resolv.conf.
-- @treturn ?table a resolver, see `mailseal.dns.resolver`
-- @treturn ?string what is wrong with a server's address or with the zone
-- @treturn ?string `bad_server`, `bad_zone`, `unreadable` or `no_module` (a JSON zone without lua-cjson)
function M.resolver(options)
  options = options or {}
  check_options(options)
  local settings = { timeout = options.timeout, tries = options.tries, deadline = options.deadline, port = options.port }
  local transport, message, code = zone_transport(options)
  if not transport and not message then transport, message, code = network_transport(options, settings) end
  if not transport then return nil, message, code end
  return resolver.new(transport, settings)
end

return M
