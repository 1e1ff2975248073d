--- A record's value in the fields that DNS hosts' interfaces have for it, and back.
--
--     fields.of("MX", "10 mx.example.com.")                      --> { priority = 10, target = "mx.example.com" }
--     fields.value("MX", { priority = 10, target = "mx.example.com" })
--
-- The fields: `text`, octets (TXT, SPF); `target`, a name without a dot at its end (CNAME, NS, DNAME, PTR, ALIAS); `priority` and `target`
-- (MX); `priority`, `weight`, `port` and `target` (SRV); `flags`, `tag` and `text` (CAA); `address` (A, AAAA). Of other types `data`, as it
-- stands.
-- @module mailseal.publish.fields
local master = require "mailseal.dns.zone_master"
local printable = require "mailseal.printable"
local sets = require "mailseal.publish.sets"

local M = {}

local KINDS = {
  TXT = "text", SPF = "text", CNAME = "target", NS = "target", DNAME = "target", PTR = "target", ALIAS = "target", MX = "mx", SRV = "srv",
  CAA = "caa", A = "address", AAAA = "address",
}

-- "." is the name of the root, which says that there is none (RFC 7505, RFC 2782).
local function without_dot(name) return name == "." and name or (name:gsub("%.$", "")) end

local function with_dot(name) return name:sub(-1) == "." and name:lower() or name:lower() .. "." end

local readers = {
  text = function(value) return { text = sets.joined(value) } end,
  target = function(value) return { target = without_dot(value) } end,
  address = function(value) return { address = value } end,
  mx = function(value)
    local priority, target = value:match "^(%d+)%s+(%S+)$"
    return priority and { priority = tonumber(priority), target = without_dot(target) }
  end,
  srv = function(value)
    local priority, weight, port, target = value:match "^(%d+)%s+(%d+)%s+(%d+)%s+(%S+)$"
    return priority and {
      priority = tonumber(priority), weight = tonumber(weight), port = tonumber(port), target = without_dot(target),
    }
  end,
  caa = function(value)
    local tokens = master.tokens(value) or {}
    return tokens[3] and { flags = tonumber(tokens[1]), tag = tokens[2], text = tokens[3] }
  end,
}

--- The fields of a value.
-- @tparam string kind the record's type
-- @tparam string value as of `mailseal.publish.sets`
-- @treturn table where it is no such value: `data`
function M.of(kind, value)
  local read = readers[KINDS[kind]]
  return read and read(value) or { data = value }
end

local writers = {
  text = function(one) return one.text and sets.text(one.text) end,
  target = function(one) return one.target and with_dot(one.target) end,
  address = function(one) return one.address end,
  mx = function(one) return one.target and one.priority and ("%d %s"):format(one.priority, with_dot(one.target)) end,
  srv = function(one)
    return one.target and one.priority and one.weight and one.port
      and ("%d %d %d %s"):format(one.priority, one.weight, one.port, with_dot(one.target))
  end,
  caa = function(one) return one.flags and one.tag and one.text and ("%d %s %s"):format(one.flags, one.tag, sets.text { one.text }) end,
}

--- The value that fields make.
-- @tparam string kind the record's type
-- @tparam table one the fields; numbers in them are whole
-- @treturn string as of `mailseal.publish.sets`; where fields are missing: `data`, or nothing
function M.value(kind, one)
  local write = writers[KINDS[kind]]
  return write and write(one) or one.data or ""
end

--- Can records of that type be written by their fields?
-- @tparam string kind
-- @treturn boolean
function M.is_known(kind) return KINDS[kind] ~= nil end

--- A name below a zone, as most forms and interfaces want it.
-- @tparam string name
-- @tparam string zone
-- @tparam string apex what stands for the zone's own name: "@", or ""
-- @treturn string
-- @raise where the name is not in that zone: it would be another one there
function M.relative(name, zone, apex)
  if name == zone then return apex end
  if name:sub(-#zone - 1) ~= "." .. zone then error(("%s is not in the zone %s"):format(name, zone), 2) end
  return name:sub(1, -#zone - 2)
end

--- Can a text be told as JSON tells texts, in UTF-8, and as a line? Other octets would become others on the way.
-- @tparam ?string text octets
-- @treturn boolean
function M.is_plain(text) return text ~= nil and not text:find "%c" and printable.utf8(text) == text end

--- The name of which @{relative} is told.
-- @tparam string name
-- @tparam string zone
-- @tparam string apex
-- @treturn string in lower case
function M.absolute(name, zone, apex)
  name = without_dot(name):lower()
  return (name == apex or name == "") and zone or name .. "." .. zone
end

return M
