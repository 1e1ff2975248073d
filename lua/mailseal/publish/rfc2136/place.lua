--- Whom to talk with: the server that is named, or else the zone's primary, as its SOA tells (RFC 2136 §4.3).
--
-- Both may be named by somebody who must not reach by it what only this machine, or this network, should: so all addresses are judged
-- (`mailseal.fetch.address`), and what was judged is what is connected to.
-- @module mailseal.publish.rfc2136.place
local addresses = require "mailseal.fetch.address"
local async = require "mailseal.async"
local name_of = require "mailseal.core".dns.name
local printable = require "mailseal.printable".line
local servers = require "mailseal.dns.server"
local zone_cut = require "mailseal.dns.zone_cut"

local M = {}

local PORT = 53
local DEFINITIVE = require "mailseal.dns.answer".definitive

--- Takes a server's name apart: an address or a host, with or without a port.
-- @tparam string text
-- @treturn ?table `address` or `host`; `port`, nil where none is named
-- @treturn ?string what is wrong
-- @treturn ?string `bad_setting`
function M.parse(text)
  local address, port = servers.parse(text)
  if address and servers.is_server(text) then
    return { address = address, port = text:find(address .. "%]?:%d+$") and port or nil }
  end
  local host, number = text:match "^([%w_.-]+):(%d+)$"
  host, number = host or text:match "^[%w_.-]+$", tonumber(number)
  -- What ends in a number is an address with a mistake in it.
  if host and host:find "%a" and not host:find "%.%d+%.?$" and (not number or number >= 1 and number <= 65535) then
    host = name_of(host)
    if host then return { host = host, port = number } end
  end
  return nil, ("\"%s\" is neither an address nor the name of a server, with or without a port"):format(printable(text:sub(1, 80))),
    "bad_setting"
end

--- Does a server's name say its port?
-- @tparam string text
-- @treturn boolean
function M.has_port(text)
  local server = M.parse(text:match "^%s*(.-)%s*$")
  return server ~= nil and server.port ~= nil
end

-- The addresses of a host, those of IPv4 first.
local function look_up(resolver, host)
  local list, failed = {}, nil
  local answers, problems = async.map({ "A", "AAAA" }, 2, function(kind) return resolver:query(host, kind, { fresh = true }) end)
  for place = 1, 2 do
    local answer = answers[place]
    local status = answer and answer.status or tostring(problems[place])
    for _, record in ipairs(status == "ok" and answer.records or {}) do list[#list + 1] = record.address end
    if not DEFINITIVE[status] then failed = status end
  end
  if list[1] then return list end
  if failed then return nil, ("DNS does not say just now where %s is (%s)"):format(printable(host), failed), "dns_failed" end
  return nil, ("there is no server called %s"):format(printable(host)), "no_such_host"
end

local function judge(list, text, allow_private)
  for _, address in ipairs(list) do
    local allowed, kind = addresses.is_allowed(address, allow_private)
    if not allowed then
      local what = ("%s (%s)"):format(address, (kind or "unknown"):gsub("_", "-"))
      if text ~= address then what = ("%s is at %s, which"):format(text, what) end
      return nil, what .. " is not to be connected to", "forbidden_address"
    end
  end
  return list
end

local function spelled(text, port) return port == PORT and text or ("%s (port %d)"):format(text, port) end

local function peer_at(target, list, text, port)
  local message, code
  list, message, code = judge(list, text, target.allow_private)
  if not list then return nil, message, code end
  return { addresses = list, port = port, key = target.key, now = target.now, text = spelled(text, port) }
end

-- The name of the zone's primary server.
local function primary_of(resolver, zone)
  local answer = resolver:query(zone, "SOA", { fresh = true })
  local record = answer and answer.status == "ok" and answer.records[1]
  if not record then
    return nil, ("DNS does not say just now which server is the primary of %s"):format(printable(zone)), "dns_failed"
  elseif record.primary == "." then
    return nil, ("%s names no primary server: name it (server)"):format(printable(zone)), "bad_setting"
  end
  return record.primary
end

--- Whom to talk with about a zone.
-- @tparam table target `server` (as of @{parse}; nil where it is the zone's primary), `port`, `resolver`, `allow_private`, `key`, `now`
-- @tparam ?string zone nil where a server is named
-- @treturn[1] table see `mailseal.publish.rfc2136.session`
-- @treturn[2] nil
-- @treturn[2] string why nobody
-- @treturn[2] string `dns_failed`, `no_such_host`, `forbidden_address`, `bad_setting`
function M.peer(target, zone)
  local server, port = target.server, target.port
  if server and server.address then return peer_at(target, { server.address }, server.address, port) end
  local host, message, code = server and server.host
  if not host then
    host, message, code = primary_of(target.resolver, zone)
    if not host then return nil, message, code end
  end
  local list
  list, message, code = look_up(target.resolver, host)
  if not list then return nil, message, code end
  return peer_at(target, list, host, port)
end

--- The zone that a name is in, as DNS has it.
-- @tparam table resolver
-- @tparam string name
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string why none
-- @treturn[2] string `no_zone`, `dns_failed`
function M.zone(resolver, name)
  -- What was published a moment ago, a delegation among it, is not in caches.
  local asking = { query = function(_, at, kind) return resolver:query(at, kind, { fresh = true }) end }
  local zone, message, code = zone_cut.find(asking, name)
  if zone then return zone end
  return nil, message, code == "no_zone" and code or "dns_failed"
end

return M
