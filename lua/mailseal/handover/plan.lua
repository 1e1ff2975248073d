--- Records as they are to be written, whatever the format: checked, told apart, relative to their zone.
--
-- A plan's entries are records of DNS: one for each value. What is published already and only has to be kept or added to (an SPF
-- record, a DMARC record) is taken as it is, for a second one would break both.
-- @module mailseal.handover.plan
local record = require "mailseal.record"
local spf = require "mailseal.record.spf"

local M = {}

local DATA_MAX = 65535 - 257 -- octets of a text, that with a length for each 255 of them fits a record (RFC 1035 §3.2.1)

-- The relative part of a name, "" at the zone's apex; nil where it is outside.
local function relative(name, zone)
  if name == zone then
    return ""
  elseif name:sub(-#zone - 1) == "." .. zone then
    return name:sub(1, -#zone - 2)
  end
end

local function bad_value(given, words)
  return nil, ("the value of the %s record at %s is not %s"):format(given.type, given.name, words), "bad_value"
end

local function without_dot(name)
  return (name:gsub("%.$", ""))
end

local function read_target(given, value)
  if type(value) ~= "string" or not record.zone_name(value) then
    return bad_value(given, "a DNS name")
  end
  return { target = without_dot(value) }
end

-- By type, how a value is read: the fields of its data.
local readers = {
  CNAME = read_target,
  NS = read_target,
  MX = function(given, value)
    local preference, exchange = tostring(value):match "^(%d+)%s+(%S+)$"
    if not preference or tonumber(preference) > 65535 or not record.zone_name(exchange) then
      return bad_value(given, "a preference and a host, such as 10 mx.example.com")
    end
    return { preference = tonumber(preference), target = without_dot(exchange) }
  end,
  TXT = function(given, value)
    if type(value) ~= "string" or #value > DATA_MAX then
      return bad_value(given, "a text that fits a DNS record")
    end
    return { text = value }
  end,
}

-- ---- What is there already.

--- Is a record there to let mail's senders in by SPF, of which a name has one record only (RFC 7208 §3.2)?
-- @tparam table given
-- @treturn boolean
function M.is_spf(given)
  return given.match == "spf_include" or given.type == "TXT" and type(given.value) == "string" and given.value:find "^v=spf1%f[ %z]" ~= nil
end

--- Is a record any that says what the domain's DMARC policy is, of which a name has one only (RFC 9989 §4.7)?
-- @tparam table given
-- @treturn boolean
function M.is_dmarc(given)
  return given.match == "dmarc_any_valid" or given.purpose == "dmarc"
end

-- The include that an SPF record is wanted for.
local function include_of(given)
  return given.include or type(given.value) == "string" and given.value:match "%f[%w]include:(%S+)" or nil
end

-- What was found, where that is told octet by octet: what a check tells is made fit to be shown, and cut where it is long.
local function told(given)
  local found = type(given.found) == "string" and given.found or nil
  return found and not found:find "[^\32-\126]" and not found:find("\\", 1, true) and not found:find "%.%.%.$" and found or nil
end

-- Is it there, in words of its own that nobody may put others in the place of?
local function is_untold(given)
  return given.status == "found" and type(given.found) == "string" and (M.is_spf(given) or M.is_dmarc(given))
end

--- The value to publish: what is published already with what is wanted added where only one such record may be.
-- @tparam table given a record; `status` and `found` tell how it stands
-- @treturn any nil where the value is not known, or where what is there stays and cannot be told whole
-- @treturn ?string "kept" where that is what is there, "merged" where it is what is there and more
function M.value(given)
  local found = told(given)
  if M.is_spf(given) and found and record.parse("spf", found) then
    if given.status == "found" then
      return found, "kept"
    end
    local include = include_of(given)
    local merged = include and spf.add_include(found, include)
    if merged then
      return merged, "merged"
    end
  elseif M.is_dmarc(given) and found and given.status == "found" and record.parse("dmarc", found) then
    return found, "kept"
  end
  return not is_untold(given) and given.value or nil
end

-- ---- The plan.

-- The entries of one record, behind those that there are; nil, a message and a code where it cannot be written.
local function add(plan, given)
  local name = without_dot(tostring(given.name)):lower()
  local prefix = record.zone_name(name) and relative(name, plan.zone)
  if not prefix then
    return nil, ("%s is no name in the zone %s"):format(tostring(given.name), plan.zone), "outside_zone"
  end
  local read = readers[given.type]
  if not read then
    return nil, ("records of type %s are not handed over"):format(tostring(given.type)), "bad_type"
  end
  local value, state = M.value(given)
  if value == nil then
    plan.unknown[#plan.unknown + 1] = given
    return true
  end
  for _, one in ipairs(type(value) == "table" and value or { value }) do
    local data, message, code = read(given, one)
    if not data then
      return nil, message, code
    end
    plan.entries[#plan.entries + 1] = {
      given = given, id = given.id, name = name, prefix = prefix, type = given.type, data = data, state = state,
    }
  end
  return true
end

local function key_of(entry)
  local data = entry.data
  return table.concat({ entry.name, entry.type, data.text or data.target, data.preference or "" }, "\0")
end

-- The same, each once.
local function distinct(entries)
  local seen, list = {}, {}
  for _, entry in ipairs(entries) do
    local key = key_of(entry)
    if not seen[key] then
      seen[key] = true
      list[#list + 1] = entry
    end
  end
  return list
end

-- Entries of one name and type together, in the order in which the first of each comes.
local function sets_of(entries)
  local sets, by_key = {}, {}
  for _, entry in ipairs(entries) do
    local key = entry.name .. "\0" .. entry.type
    local set = by_key[key]
    if not set then
      set = { name = entry.name, prefix = entry.prefix, type = entry.type }
      by_key[key], sets[#sets + 1] = set, set
    end
    set[#set + 1] = entry
  end
  return sets
end

-- The name at which a CNAME would stand beside something else, where it must be alone (RFC 1034 §3.6.2).
local function conflict_of(sets)
  local by_name = {}
  for _, set in ipairs(sets) do
    local other = by_name[set.name]
    if other and (other.type == "CNAME" or set.type == "CNAME") or set.type == "CNAME" and #set > 1 then
      return set.name
    end
    by_name[set.name] = set
  end
end

--- Makes the plan.
-- @tparam {table,...} records
-- @tparam string zone without a dot at its end
-- @treturn[1] table `zone`; `entries`, a list of `given` (the record), `id`, `name`, `prefix` ("" at the apex), `type`, `data`
--   (`text`; `target`; `preference` and `target`) and `state` ("kept", "merged" or nil); `sets`, a list of lists of them with one
--   `name`, `prefix` and `type`; `unknown`, the records whose value is not known, or is there and cannot be told
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "outside_zone", "bad_type", "bad_value", or "conflicting" (a CNAME beside another record)
function M.make(records, zone)
  local plan = { zone = without_dot(zone):lower(), entries = {}, unknown = {} }
  for _, given in ipairs(records) do
    local added, message, code = add(plan, given)
    if not added then
      return nil, message, code
    end
  end
  plan.entries = distinct(plan.entries)
  plan.sets = sets_of(plan.entries)
  local conflict = conflict_of(plan.sets)
  if conflict then
    return nil, ("at %s a CNAME would stand beside another record"):format(conflict), "conflicting"
  end
  return plan
end

return M
