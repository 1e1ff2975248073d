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
local kinds = require "mailseal.dns.options"
local resolver = require "mailseal.dns.resolver"
local resty = require "mailseal.dns.resty"
local system = require "mailseal.dns.system"

local M = {}

-- Is it something that answers may be kept in?
local function is_cache(value)
  if type(value) ~= "table" then return false end
  return type(value.get) == "function" and type(value.put) == "function" and type(value.delete) == "function"
end

-- What each option must be; the servers are judged by who asks them.
local known = {
  servers = kinds.any,
  timeout = kinds.seconds(1000),
  tries = kinds.count(1, 100),
  deadline = kinds.seconds(86400),
  rotate = kinds.flag,
  in_flight = kinds.count(1, 1000000),
  port = kinds.count(1, 65535),
  cache = kinds.either {
    kinds.flag, kinds.count(2, 1000000000), kinds.of_type("string", "the name of a lua_shared_dict"), { is_cache, "a cache" },
  },
  now = kinds.of_type("function", "a function"),
  zone = kinds.either { kinds.of_type("table", "a table"), kinds.of_type("string", "a path") },
  zone_text = kinds.of_type("string", "a text"),
  resolv_conf = kinds.of_type("string", "a path"),
  observe = kinds.of_type("function", "a function"),
}

-- Of these a resolver takes one, for it has one source of answers.
local SOURCES = { "servers", "zone", "zone_text", "resolv_conf" }

-- Raises, in the name of the caller's caller, where there are two of them.
local function check_source(options)
  local source
  for _, name in ipairs(SOURCES) do
    if options[name] ~= nil then
      if source then error(("dns.resolver wants %s or %s, not both"):format(source, name), 3) end
      source = name
    end
  end
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
-- - `observe`: a function that is told of each question that was put to servers, the name servers of a zone among them: called with the
--   answer, which it only reads (`status`, `reason`, `server`, …), and the seconds that it took, tries and waits for a turn among them.
--   What the cache knew, and what somebody else was asking already, is none. It must neither wait nor raise.
-- @treturn ?table a resolver, see `mailseal.dns.resolver`
-- @treturn ?string what is wrong with a server's address, with the zone, or with the cache
-- @treturn ?string `bad_server`, `bad_cache`, `bad_zone`, `unreadable` or `no_module` (a JSON zone without lua-cjson, a
--   lua_shared_dict without LuaJIT's string.buffer)
-- @raise where an option is none, or not of its kind; where there is more than one of `servers`, `zone`, `zone_text`, `resolv_conf`
function M.resolver(options)
  options = options or {}
  kinds.check("dns.resolver", options, known)
  check_source(options)
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
    cache = kept, observe = options.observe,
  })
end

return M
