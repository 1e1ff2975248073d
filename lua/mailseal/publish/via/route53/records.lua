--- Record sets as Route 53 has them ("Supported DNS record types", Amazon Route 53 Developer Guide): in names and texts octets that are no
-- printable ASCII stand as three octal digits behind a backslash, where zone files have decimal ones.
-- @module mailseal.publish.via.route53.records
local sets = require "mailseal.publish.sets"
local xml = require "mailseal.publish.xml"

local M = {}

local function each_escape(text, change)
  return (text:gsub("\\(.)(%d?%d?)", function(first, digits)
    return #digits == 2 and first:find "%d" and change(first .. digits) or "\\" .. first .. digits
  end))
end

local function to_decimal(digits)
  local octet = tonumber(digits, 8)
  return octet and octet < 256 and ("\\%03d"):format(octet)
end

local function to_octal(digits) return ("\\%03o"):format(tonumber(digits)) end

--- A name as it tells it: "\052.example.com." is *.example.com.
-- @tparam string text
-- @treturn string in lower case, without a dot at its end
function M.name(text)
  local plain = text:gsub("\\([0-3][0-7][0-7])", function(digits) return string.char(tonumber(digits, 8)) end)
  return (plain:lower():gsub("%.$", ""))
end

local TEXTS = { TXT = true, SPF = true }

local function value_of(kind, told)
  local value = TEXTS[kind] and each_escape(told, to_decimal) or told
  return sets.spelled(kind, value) or value
end

-- What no plain set of records is: it leads to something of Amazon's, or is one of several, of which each asker gets another.
local function policy_of(told)
  if xml.find(told, "AliasTarget") then return "an alias" end
  return xml.find(told, "SetIdentifier") and "one of several, chosen by a routing policy" or nil
end

-- Reads one; nil where it is none.
local function read_one(told)
  local name, kind, ttl = xml.text(told, "Name"), xml.text(told, "Type"), tonumber((xml.text(told, "TTL") or "0"):match "^%d+$")
  if not (name and kind and ttl) then return nil end
  local set = { name = M.name(name), type = kind, ttl = ttl, values = {}, told = {}, policy = policy_of(told) }
  for i, one in ipairs(xml.all(told, "ResourceRecords", "ResourceRecord")) do
    set.told[i] = xml.text(one, "Value") or ""
    set.values[i] = value_of(kind, set.told[i])
  end
  -- It has no value of its own, but there is something.
  if not set.values[1] then set.values[1] = xml.text(told, "AliasTarget", "DNSName") or "" end
  return set
end

--- Reads the sets of an answer.
-- @tparam {table,...} list elements `ResourceRecordSet`
-- @treturn ?{table,...} as of `mailseal.publish.sets`, with `told`, the values as they were told, and `policy`, which says what is
--   special about one that cannot be changed here; nil where they are none
function M.read(list)
  local found, by_key = {}, {}
  for _, told in ipairs(list) do
    local set = read_one(told)
    if not set then return nil end
    local key = set.name .. " " .. set.type
    if by_key[key] then
      for _, value in ipairs(set.values) do table.insert(by_key[key].values, value) end
    else
      by_key[key], found[#found + 1] = set, set
    end
  end
  return found
end

-- The set of a change's side, written; `told`: its values as Route 53 has told them.
local function write_set(set, told)
  local records = {}
  for i, value in ipairs(told or set.values) do
    if not told and TEXTS[set.type] then value = each_escape(value, to_octal) end
    records[i] = xml.write("ResourceRecord", { xml.write("Value", value) })
  end
  return xml.write("ResourceRecordSet", {
    xml.write("Name", set.name .. "."), xml.write("Type", set.type), xml.write("TTL", ("%d"):format(set.ttl)),
    xml.write("ResourceRecords", records),
  })
end

local REQUEST = "ChangeResourceRecordSetsRequest"

local function write_change(action, set, told)
  return xml.write("Change", { xml.write("Action", action), write_set(set, told) })
end

--- The request that makes changes: each set that was there is removed exactly as it was told, so that all is refused where it is another
-- by then, and what is to be there is created, which is refused where there is one.
-- @tparam {table,...} changes
-- @tparam function now as of `mailseal.publish.all_at_once`
-- @treturn string
function M.batch(changes, now)
  local list = {}
  for _, change in ipairs(changes) do
    local set = now(change)
    if set then list[#list + 1] = write_change("DELETE", set, set.told) end
  end
  for _, change in ipairs(changes) do
    if change.after then list[#list + 1] = write_change("CREATE", change.after) end
  end
  return ('%s\n<%s xmlns="https://route53.amazonaws.com/doc/2013-04-01/">%s</%s>'):format(
    '<?xml version="1.0" encoding="UTF-8"?>', REQUEST, xml.write("ChangeBatch", { xml.write("Changes", list) }), REQUEST)
end

return M
