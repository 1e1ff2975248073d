--- A zone as DNS shows it to everybody, with the methods of a target (`mailseal.publish.target`) that read: for whoever cannot ask its DNS
-- host.
-- @module mailseal.onboard.publishing.seen
local async = require "mailseal.async"
local relations = require "mailseal.dns.name"
local sets = require "mailseal.publish.sets"
local zone_cut = require "mailseal.dns.zone_cut"

local M = {}

local Seen = { __name = "mailseal.onboard.publishing.seen" }
Seen.__index = Seen

-- Types of sets that matter beside our records; names that are asked for side by side.
local TYPES, SIDE_BY_SIDE = { "TXT", "MX", "NS", "A", "AAAA" }, 8

--- The zone of a name, see `mailseal.publish.target`: that which the DNS host has, unless the name is delegated to others.
-- @tparam string name
-- @treturn ?string
-- @treturn ?string a message
-- @treturn ?string `no_zone`, `dns_failed`
function Seen:zone_of(name)
  if not relations.is_within(name, self.zone) then return nil, ("%s is not in the zone %s"):format(name, self.zone), "no_zone" end
  local zone, message, code = zone_cut.find(self.resolver, name)
  if not zone and code ~= "no_zone" then return nil, message, "dns_failed" end
  if zone and relations.canonical(zone) ~= self.zone then
    return nil, ("%s is in the zone %s, which is another one than %s"):format(name, zone, self.zone), "no_zone"
  end
  return self.zone
end

local gone = { nodata = true, nxdomain = true }

-- The set of one name and type, as most of the zone's name servers have it, past all caches; false where there is none, nil where DNS does
-- not say. What a wildcard says there is not there.
local function ask(resolver, name, kind)
  local found, message, code = resolver:authoritative(name, kind)
  if not found then return nil, message, code end
  local group = found.groups[1]
  if group and group.alias then
    return kind == "CNAME" and { name = name, type = kind, ttl = 3600, values = { group.alias .. "." } } or false
  end
  local status = group and group.answer.status or found.status
  if gone[status] then return false end
  if status ~= "ok" then return nil, ("%s: DNS does not answer for now (%s)"):format(name, found.summary or status), "dns_failed" end
  if resolver:synthesized(name, kind) then return false end
  return sets.of_records(name, kind, group.answer.records) or false
end

-- A name's sets. Where it is an alias, that is all.
local function ask_all(resolver, name)
  local alias, message, code = ask(resolver, name, "CNAME")
  if alias == nil then return nil, message, code end
  if alias then return { alias } end
  local list = {}
  for _, kind in ipairs(TYPES) do
    local set
    set, message, code = ask(resolver, name, kind)
    if set == nil then return nil, message, code end
    list[#list + 1] = set or nil
  end
  return list
end

--- What DNS shows at some names.
-- @tparam string _ the zone
-- @tparam {string,...} names
-- @treturn ?{table,...} sets
-- @treturn ?string a message
-- @treturn ?string `dns_failed`; a code of `mailseal.dns`
function Seen:read(_, names)
  local list, failure = {}, nil
  async.map(names, SIDE_BY_SIDE, function(name)
    if name:find("*", 1, true) then return true end -- a wildcard does not answer for what is about to be there
    local found, message, code = ask_all(self.resolver, name)
    failure = failure or not found and { message, code } or nil
    for _, set in ipairs(found or {}) do list[#list + 1] = set end
    return true
  end)
  if failure then return nil, failure[1], failure[2] end
  return list
end

--- Opens it.
-- @tparam string zone the one that the DNS host has, in lower-case A-labels
-- @tparam table resolver see `mailseal.dns`
-- @treturn table
function M.open(zone, resolver) return setmetatable({ zone = zone, resolver = resolver }, Seen) end

return M
