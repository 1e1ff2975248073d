--- Asking DNS.
--
--     local dns = require "mailseal.dns"
--     local resolver = dns.resolver {}                                             -- the system's servers
--     local resolver = dns.resolver { servers = { "192.0.2.1", "[2001:db8::1]:5353" }, timeout = 2, tries = 2 }
--     local resolver = assert(dns.resolver { zone = "example.zone" })              -- no network: a file, or a table
--     local answer = assert(resolver:query("s1._domainkey.example.com", "TXT"))
--     if answer.status == "ok" then print(answer.text[1]) end
--     print(assert(resolver:authoritative("s1._domainkey.example.com", "TXT")).summary)    -- "2 of 3 name servers have it"
--     local names = assert(resolver:reverse("192.0.2.1")).confirmed                        -- those that have that address
--
-- The wire format, the transports and the resolver are modules of their own below this one.
-- @module mailseal.dns
local cache = require "mailseal.dns.cache"
local resolver = require "mailseal.dns.resolver"
local resty = require "mailseal.dns.resty"
local system = require "mailseal.dns.system"

local M = {}

local function is_within(value, most) return type(value) == "number" and value > 0 and value <= most end
local function is_count(value, most) return is_within(value, most) and value == math.floor(value) end
local function is_boolean(value) return type(value) == "boolean" end
local function is_text(value) return type(value) == "string" end
local function is_function(value) return type(value) == "function" end

local CACHE_MOST = 1000000000

local function is_cache(value)
  if is_boolean(value) or is_text(value) then return true end
  return is_count(value, CACHE_MOST) and value >= 2
    or type(value) == "table" and is_function(value.get) and is_function(value.put) and is_function(value.delete)
end

local function seconds(most)
  return { function(value) return is_within(value, most) end, ("a number above 0, at most %d"):format(most) }
end

local function count(most)
  return { function(value) return is_count(value, most) end, ("a whole number from 1 to %d"):format(most) }
end

-- What each option must be: a test, and the words for it; the servers and the zone are judged by those who read them.
local known = {
  servers = { function() return true end },
  timeout = seconds(1000),
  tries = count(100),
  deadline = seconds(86400),
  rotate = { is_boolean, "true or false" },
  in_flight = count(1000000),
  port = count(65535),
  cache = { is_cache, "true, false, a whole number from 2 to 1000000000, the name of a lua_shared_dict, or a cache" },
  now = { is_function, "a function" },
  zone = { function(value) return type(value) == "table" or is_text(value) end, "a table or a path" },
  zone_text = { is_text, "a text" },
  resolv_conf = { is_text, "a path" },
}

local function check_options(options)
  if type(options) ~= "table" then error("dns.resolver wants a table of options", 3) end
  for name, value in pairs(options) do
    local option = known[name]
    if not option then error("dns.resolver knows no option \"" .. tostring(name) .. "\"", 3) end
    if not option[1](value) then error(("dns.resolver: %s must be %s"):format(name, option[2]), 3) end
  end
  if options.zone and options.zone_text then error("dns.resolver wants a zone or a zone_text, not both", 3) end
end

-- The transport over the zone that the options name.
local function zone_transport(options)
  local zone = require "mailseal.dns.zone"
  if options.zone_text then return zone.read(options.zone_text) end
  if type(options.zone) == "string" then return zone.open(options.zone) end
  return zone.new(options.zone)
end

-- The transport that asks the servers that the options name, or the system; and the watch of the system's.
local function network_transport(options)
  local servers, watch = options.servers, nil
  if not servers then
    watch = system.watch(options.resolv_conf)
    servers = watch.found.servers
    if #servers == 0 then
      local named = table.concat(watch.found.passed_over, ", ")
      return nil, watch.path .. " names no server that can be asked, only " .. named, "bad_server"
    end
  end
  local transport, message, code
  -- The sockets of c-ares cannot wait within nginx's loop.
  if resty.available() then
    transport, message, code = resty.new(servers, options.in_flight)
  else
    transport, message, code = require "mailseal.dns.cares".new(
      servers, options.timeout or watch and watch.found.timeout, options.in_flight)
  end
  if not transport then return nil, message, code end
  return transport, watch
end

-- The cache that the option names, or false; nil, a message and a code where there is none of that name. A zone is a cache
-- already.
local function cache_of(option, over_zone, now)
  if option == nil then option = not over_zone end
  if option == true then return cache.new { now = now } end
  if type(option) == "number" then return cache.new { size = option, now = now } end
  if type(option) == "string" then return require "mailseal.dns.shared_cache".new(option) end
  return option
end

--- Makes a resolver.
-- @tparam[opt] table options
--
-- - `servers`: list of servers to ask, in this order: "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353".
--   Without it those of /etc/resolv.conf are asked, with its options, and those that it comes to name later; see
--   `mailseal.dns.system`.
-- - `timeout`: seconds that a server is given for one try (2), at most 1000; `tries`: how often the list is gone through (2), at
--   most 100 times.
-- - `deadline`: seconds after which a query ends in any case (timeout × tries × number of servers), at most a day.
-- - `rotate`: begin with another server each time (false).
-- - `in_flight`: how many queries may be under way at a time; further ones wait for their turn, which counts to
--   their deadline (2000; in a worker of nginx 256, for each takes one of its `worker_connections`), at most 1,000,000.
-- - `cache`: how many answers to keep (10,000), or false for none: then each query is asked, even where the same one is under
--   way; or a cache (see `mailseal.dns.cache`), which several resolvers that ask the same servers may share; or, in nginx, the
--   name of a lua_shared_dict, which all workers share. Over a zone there is none unless asked for.
-- - `now`: the clock for what depends on the time of day, and for the cache: a function that returns seconds since 1970, UTC.
--   Without it the cache goes by the monotonic clock, and does not care when the time of day is set.
-- - `port`: where the name servers listen that `resolver:authoritative` finds (53).
-- - `zone`: in place of servers: the path of a zone file (JSON or BIND's master format), or a table as the JSON file
--   holds one. See `mailseal.dns.zone`.
-- - `zone_text`: in place of servers: what such a file holds.
-- - `resolv_conf`: another path than /etc/resolv.conf.
-- @treturn ?table a resolver, see `mailseal.dns.resolver`
-- @treturn ?string what is wrong with a server's address, with the zone, or with the cache
-- @treturn ?string `bad_server`, `bad_cache`, `bad_zone`, `unreadable` or `no_module` (a JSON zone without lua-cjson, a
--   lua_shared_dict without LuaJIT's string.buffer)
-- @raise where an option is none, or not of its kind
function M.resolver(options)
  options = options or {}
  check_options(options)
  local over_zone, watch = options.zone ~= nil or options.zone_text ~= nil, nil
  local kept, message, code = cache_of(options.cache, over_zone, options.now)
  if kept == nil then return nil, message, code end
  local transport
  if over_zone then
    transport, message, code = zone_transport(options)
  else
    transport, message, code = network_transport(options)
    watch = transport and message
  end
  if not transport then return nil, message, code end
  return resolver.new(transport, {
    timeout = options.timeout, tries = options.tries, deadline = options.deadline, rotate = options.rotate,
    in_flight = options.in_flight, port = options.port, now = options.now, system = watch,
    cache = kept,
  })
end

return M
