--- Publishing at any name server that takes dynamic updates (RFC 2136), signed (TSIG, RFC 8945): BIND, Knot, PowerDNS, and what else a
-- zone's primary server may be.
--
--     local target = assert(publish.open("rfc2136", { server = "192.0.2.53", key = "hmac-sha256:mailseal:…", resolver = resolver }))
--
-- Where no server is named, a zone's primary is the one that its SOA names. Everything goes over TCP, questions too, and is signed both
-- ways. Changes are made by one update, all or nothing.
--
-- Reading goes by prerequisites of updates, too (`mailseal.publish.rfc2136.reading`): so most servers refuse a key that may not update the
-- zone already when it reads.
-- @module mailseal.publish.via.rfc2136
local async = require "mailseal.async"
local core = require "mailseal.core".dns
local kinds = require "mailseal.dns.options"
local names = require "mailseal.dns.name"
local place = require "mailseal.publish.rfc2136.place"
local printable = require "mailseal.printable".line
local reading = require "mailseal.publish.rfc2136.reading"
local session = require "mailseal.publish.rfc2136.session"
local targets = require "mailseal.publish.target"
local tsig = require "mailseal.dns.tsig"
local writing = require "mailseal.publish.rfc2136.writing"

local M = {
  id = "rfc2136", name = "a name server (RFC 2136)", atomic = true, least_ttl = 0,
  settings = {
    { name = "server", text = "the zone's primary name server, an address or a name (without it: the one that the zone names)",
      environment = "MAILSEAL_DNS_SERVER", required = false },
    { name = "port", text = "its port (53)", environment = "MAILSEAL_DNS_PORT", required = false,
      also_in = { name = "server", test = place.has_port } },
    { name = "zone", text = "the zone (without it: the one that the name is in)", environment = "MAILSEAL_DNS_ZONE", required = false },
  },
  credentials = {
    { name = "key", text = "the TSIG key: algorithm:name:secret, or as BIND's or Knot's configuration has it",
      environment = "MAILSEAL_TSIG_KEY", required = true, file = true },
  },
}

local Server = targets.class "mailseal.publish.via.rfc2136"

local PORT = 53

-- Seconds for all of a call; and of them those that are kept to find out what became of an update.
local TIMEOUT, SETTLING = 20, 0.35

-- ---- opening

local known = {
  server = kinds.of_type("string", "a string"), zone = kinds.of_type("string", "a name"), key = kinds.any, port = kinds.any,
  resolver = kinds.of_type("table", "a resolver"), now = kinds.of_type("function", "a function"), fetch = kinds.of_type("table", "a table"),
  timeout = kinds.seconds(600),
}

-- What is typed into forms, and files, has white space around it.
local function trimmed(given)
  if type(given) ~= "string" then return given end
  given = given:match "^%s*(.-)%s*$"
  return given ~= "" and given or nil
end

-- Forms, and the environment, give numbers as text.
local function port_of(given)
  local port = tonumber(given)
  if port and port >= 1 and port <= 65535 and port % 1 == 0 then return port end
  return nil, ("\"%s\" is no port: a number from 1 to 65535"):format(printable(tostring(given):sub(1, 40))), "bad_setting"
end

local function key_of(given)
  if given == nil then
    return nil, "a TSIG key is wanted (key, or MAILSEAL_TSIG_KEY): algorithm:name:secret", "credentials_missing"
  elseif type(given) == "table" and given.sign then
    return given
  end
  local key, message, code = (type(given) == "string" and tsig.read_key or tsig.key)(given)
  if key then return key end
  return nil, message, code == "weak_key" and code or "bad_credentials"
end

--- Opens it.
-- @tparam table options `server`, an address or a name, with or without a port; `port`; `zone`; `key`, text or a table
--   (`mailseal.dns.tsig`); `resolver` (`mailseal.dns`), which may be left out where `server` is an address; `now`, a clock (`os.time`);
--   `timeout`, seconds for each call (20); `fetch`, of which `allow_private` lets the server be on this machine or in a private network
-- @treturn[1] table see `mailseal.publish.target`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `credentials_missing`, `bad_credentials`, `weak_key`, `bad_setting`
function M.open(options)
  kinds.check("rfc2136.open", options, known)
  local self = setmetatable({
    module = M, resolver = options.resolver, now = options.now or os.time, timeout = options.timeout or TIMEOUT,
    allow_private = options.fetch and options.fetch.allow_private or false, peers = {},
  }, Server)
  local message, code
  self.key, message, code = key_of(trimmed(options.key))
  if not self.key then return nil, message, code end
  local server, port, zone = trimmed(options.server), trimmed(options.port), trimmed(options.zone)
  if server then
    self.server, message, code = place.parse(server)
    if not self.server then return nil, message, code end
  end
  self.port, message, code = port_of(port or self.server and self.server.port or PORT)
  if not self.port then return nil, message, code end
  if not (self.resolver or self.server and self.server.address) then
    return nil, "without a resolver the server is to be named by its address", "bad_setting"
  end
  if zone then
    self.zone = core.name(zone)
    if not self.zone then return nil, ("\"%s\" is no zone's name"):format(printable(zone:sub(1, 80))), "bad_setting" end
  end
  return self
end

-- ---- talking

-- Where the zone has named a server that is of no use.
local UNFIT = { unreachable = true, no_such_host = true, forbidden_address = true }

-- A failure, with what may be done about it.
local function with_advice(self, zone, message, code, details)
  if self.server or not UNFIT[code] then return nil, message, code, details end
  return nil, ("%s; it is what the SOA of %s names as its primary: where that is another server, name it (server)"):format(
    message, printable(zone)), code, details
end

-- Talks with the server of a zone; `zone` may be nil where the server is named.
local function talk(self, zone, seconds, fn)
  local began, where = async.now(), self.server and "" or zone
  local peer, message, code = self.peers[where]
  if not peer then
    peer, message, code = async.within(seconds, place.peer, self, zone)
    if not peer then return with_advice(self, zone, message, code) end
    self.peers[where] = peer
  end
  local result, details
  result, message, code, details = session.run(peer, math.max(0.1, seconds - (async.now() - began)), fn)
  if code == "closed" then message, code = ("%s: %s"):format(peer.text, message), "unreachable" end
  if result == nil then return with_advice(self, zone, message, code, details) end
  return result
end

local function outside(name, zone)
  return nil, ("%s is not in the zone %s"):format(printable(name), printable(zone)), "no_zone"
end

--- See `mailseal.publish.target`.
-- @tparam string name
-- @treturn ?string the zone
-- @treturn ?string what went wrong
-- @treturn ?string a code
-- @treturn ?table details
function Server:zone_of(name)
  name = names.canonical(name)
  if self.zone then
    if names.is_within(name, self.zone) then return self.zone end
    return outside(name, self.zone)
  elseif not self.server then
    return async.within(self.timeout, place.zone, self.resolver, name)
  end
  return talk(self, nil, self.timeout, function(open) return reading.zone(open, name) end)
end

--- See `mailseal.publish.target`.
-- @tparam string zone
-- @tparam {string,...} list names
-- @treturn ?{table,...} the sets
-- @treturn ?string what went wrong
-- @treturn ?string a code
-- @treturn ?table details
function Server:read(zone, list)
  zone = names.canonical(zone)
  local seen, wanted = {}, {}
  for _, name in ipairs(list) do
    name = names.canonical(name)
    if not names.is_within(name, zone) then return outside(name, zone) end
    if not seen[name] then wanted[#wanted + 1] = name end
    seen[name] = true
  end
  if not wanted[1] then return {} end
  return talk(self, zone, self.timeout, function(open) return reading.read(open, zone, wanted) end)
end

-- ---- changing

-- What may have come of an update that was sent, and had no answer that tells.
local DOUBTFUL = { unreachable = true, timeout = true, server_failed = true, bad_answer = true }

-- Finds out, and says so.
local function settle(self, zone, changes, seconds, message, code)
  local state = talk(self, zone, seconds, function(open) return writing.settle(open, zone, changes) end)
  if state == "done" then return true end
  -- Who is only slow may make it yet.
  if state == "not done" and code ~= "timeout" then return nil, message .. "; the zone is as it was", code end
  local words = state == "not done" and "the zone is as it was until now, and may yet be changed"
    or state == "neither" and "the zone is neither as it was nor as it was to be" or "whether the zone was changed is not known"
  return nil, ("%s; %s"):format(message, words), code, { unsure = true }
end

--- See `mailseal.publish.target`.
-- @tparam string zone
-- @tparam {table,...} changes
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string a code; beside those of all targets `too_large`: the changes do not fit one message of 64 KB; nothing was changed
-- @treturn ?table details; with `zone_moved`: `sets`, the name and type of each set that is not what was read
function Server:apply(zone, changes)
  zone = names.canonical(zone)
  for _, change in ipairs(changes) do
    if not names.is_within(change.name, zone) then return outside(change.name, zone) end
  end
  if not changes[1] then return true end
  local sending, ends = {}, async.now() + self.timeout
  local done, message, code, details = talk(self, zone, self.timeout * (1 - SETTLING), function(open)
    return writing.apply(open, zone, changes, sending)
  end)
  if done or not (sending.sent and DOUBTFUL[code]) then return done, message, code, details end
  return settle(self, zone, changes, math.max(0.1, ends - async.now()), message, code)
end

return M
