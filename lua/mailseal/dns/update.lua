--- Messages that change a zone (RFC 2136), made of changes as `mailseal.publish.sets` has them.
--
--     local update = require "mailseal.dns.update"
--     local message = assert(update.write { zone = "example.com", changes = {
--       { name = "example.com", type = "TXT", before = set, after = other },
--     } })
--     local told = assert(update.read(reply))        -- told.rcode: "NOERROR", "NXRRSET", …
--
-- Each change asks that its set is still what it was (`before`): all changes of a message happen, or none. A set that changes is deleted
-- and added whole, for servers differ in what they make of a record whose TTL is another than its set's.
--
-- One with `loosely` asks only that there is such a set, whatever it holds: PowerDNS compares values as texts, as somebody has once typed
-- them, so that none that is spelled otherwise is ever what it was.
--
-- A server says nothing where it leaves out what cannot stand beside a CNAME (RFC 2136 §3.4.2.2). So an addition asks beforehand that no
-- CNAME is there, and the addition of a CNAME that nothing is, so far as that can be asked for.
-- @module mailseal.dns.update
local core = require "mailseal.core"
local master = require "mailseal.dns.zone_master"
local rcode = require "mailseal.dns.rcode"

local dns = core.dns

local M = {}

local OPCODE_UPDATE = 5

--- The types beside CNAME of records that people have in zones. SOA, which every change changes, and what DNSSEC has a server write by
-- itself (RRSIG, NSEC, NSEC3, DNSKEY and their like) are not among them.
M.TYPES = {
  "TXT", "MX", "NS", "A", "AAAA", "SRV", "CAA", "DNAME", "PTR", "SPF", "TLSA", "DS", "HTTPS", "SVCB", "NAPTR", "SSHFP", "URI", "HINFO",
  "LOC", "CERT", "SMIMEA", "OPENPGPKEY",
}

local TTL_MOST = 2147483647 -- RFC 2181 §8

-- ---- Changes, looked at before anything is made of them.

local function fail(change, what, code)
  return nil, ("%s %s: %s"):format(core.text.line(tostring(change.name)), core.text.line(tostring(change.type)), what), code
end

local function values_of(set) return set and set.values or {} end

-- The values of one list that are not in another, as octets: two spellings of one value are the same.
local function missing(kind, values, from)
  local function octets_of(value)
    local tokens = master.tokens(value)
    return tokens and dns.rdata(kind, tokens) or value
  end
  local there, list = {}, {}
  for _, value in ipairs(from) do there[octets_of(value)] = true end
  for _, value in ipairs(values) do
    if not there[octets_of(value)] then list[#list + 1] = value end
  end
  return list
end

-- Does a change leave the set as it is, TTL included?
local function is_condition(change)
  local before, after = change.before_values, change.after_values
  if #before > 0 and #after > 0 and change.before.ttl ~= change.after.ttl then return false end
  return not missing(change.type, before, after)[1] and not missing(change.type, after, before)[1]
end

local function is_ttl(ttl) return type(ttl) == "number" and ttl % 1 == 0 and ttl >= 0 and ttl <= TTL_MOST end

-- The change with its names as the core spells them, and values as lists; nil, message, code where it cannot be made.
local function looked_at(change, zone)
  local name, message = dns.name(change.name)
  if not name then return fail(change, message, "bad_name") end
  local number, kind = dns.type(change.type)
  if not number then return fail(change, kind, "bad_type") end
  local copy = {
    name = name, type = kind, before = change.before, after = change.after, loosely = change.loosely,
    before_values = values_of(change.before), after_values = values_of(change.after),
  }
  copy.is_condition = is_condition(copy)
  if #copy.after_values > 0 and not is_ttl(change.after.ttl) then
    return fail(change, ("the TTL is no whole number of seconds up to %d"):format(TTL_MOST), "bad_ttl")
  end
  if not copy.is_condition and kind == "SOA" then return fail(change, "a zone's SOA is the server's to change", "bad_change") end
  copy.is_apex_ns = kind == "NS" and name == zone
  if copy.is_apex_ns and #copy.after_values == 0 and not copy.is_condition then
    return fail(change, "a zone's own NS records cannot all be deleted", "bad_change")
  end
  return copy
end

local function look_at(changes, zone)
  local list, seen = {}, {}
  for i, change in ipairs(changes) do
    local copy, message, code = looked_at(change, zone)
    if not copy then return nil, message, code end
    local key = copy.name .. " " .. copy.type
    if seen[key] then return fail(change, "two changes of one set", "bad_change") end
    seen[key], list[i] = true, copy
  end
  return list
end

-- ---- Edits, which the core writes.

-- Adds an edit for each value.
local function add_values(edits, operation, change, values, ttl)
  for _, value in ipairs(values) do
    local tokens, message = master.tokens(value)
    if not tokens then return fail(change, message, "bad_rdata") end
    edits[#edits + 1] = { operation, name = change.name, type = change.type, ttl = ttl, tokens = tokens }
  end
  return true
end

-- The set is what it was.
local function add_condition(edits, change)
  local is_there = #change.before_values > 0
  if is_there and not change.loosely then return add_values(edits, "holds", change, change.before_values) end
  edits[#edits + 1] = { is_there and "exists" or "absent", name = change.name, type = change.type }
  return true
end

-- What each name holds by what the changes say: `types` that they are about; `had_cname`, `had_data`, what is there; `has_cname`,
-- `has_data`, what will be; `cname`, `data`, what is added.
local function by_name(changes)
  local names, order = {}, {}
  for _, change in ipairs(changes) do
    local one = names[change.name]
    if not one then
      one = { name = change.name, types = {} }
      names[change.name], order[#order + 1] = one, one
    end
    one.types[change.type] = true
    local what = change.type == "CNAME" and "cname" or "data"
    if #change.before_values > 0 then one["had_" .. what] = true end
    if #change.after_values > 0 then one["has_" .. what], one[what] = true, one[what] or not change.is_condition end
  end
  return order
end

-- Nothing is there that a server would silently leave out an addition for. What is known to be there may say so already.
local function add_cname_conditions(edits, changes)
  for _, one in ipairs(by_name(changes)) do
    if one.has_cname and one.has_data then
      return nil, core.text.line(one.name) .. ": nothing can stand beside a CNAME", "bad_change"
    elseif one.cname and not one.had_cname and not one.had_data then
      edits[#edits + 1] = { "unused", name = one.name }
    elseif one.cname and not one.had_cname then
      -- There is no way to ask for "nothing but this".
      for _, kind in ipairs(M.TYPES) do
        if not one.types[kind] then edits[#edits + 1] = { "absent", name = one.name, type = kind } end
      end
    elseif one.data and not one.had_data and not one.types.CNAME then
      edits[#edits + 1] = { "absent", name = one.name, type = "CNAME" }
    end
  end
  return true
end

-- All that is deleted, then all that is added: a name may change from a CNAME to other records. A zone's own NS records go one by one,
-- and last, for the deletion of all of them is passed over (RFC 2136 §3.4.2.4).
local function add_changes(edits, changes)
  for _, change in ipairs(changes) do
    if not change.is_condition and not change.is_apex_ns and #change.before_values > 0 then
      edits[#edits + 1] = { "delete_set", name = change.name, type = change.type }
    end
  end
  for _, change in ipairs(changes) do
    if not change.is_condition and #change.after_values > 0 then
      local ok, message, code = add_values(edits, "add", change, change.after_values, change.after.ttl)
      if not ok then return nil, message, code end
    end
  end
  for _, change in ipairs(changes) do
    if not change.is_condition and change.is_apex_ns then
      local ok, message, code = add_values(edits, "delete", change, missing(change.type, change.before_values, change.after_values))
      if not ok then return nil, message, code end
    end
  end
  return true
end

local function edits_of(changes)
  local edits = {}
  for _, change in ipairs(changes) do
    local ok, message, code = add_condition(edits, change)
    if not ok then return nil, message, code end
  end
  local ok, message, code = add_cname_conditions(edits, changes)
  if not ok then return nil, message, code end
  ok, message, code = add_changes(edits, changes)
  if not ok then return nil, message, code end
  return edits
end

-- ---- Messages.

local function random_id()
  local high, low = core.seal.random(2):byte(1, 2)
  return high * 256 + low
end

--- Writes the message that makes changes of a zone.
-- @tparam table options `zone`: its name; `changes`: see `mailseal.publish.sets`; `id`: the message's number (a random one)
-- @treturn[1] string the message, not signed
-- @treturn[2] nil
-- @treturn[2] string which change cannot be made, and why
-- @treturn[2] string `bad_name`, `bad_type`, `bad_rdata`, `no_presentation`, `bad_ttl`, `not_in_zone`, `bad_change` (two of one set; of the
--   SOA; all NS records of the zone deleted; something beside a CNAME), `too_large` (more than one message holds)
function M.write(options)
  if type(options.zone) ~= "string" or type(options.changes) ~= "table" then error("update.write wants a zone and changes", 2) end
  local zone, changes, edits, octets, message, code, at
  zone, message, code = dns.name(options.zone)
  if not zone then return nil, message, code end
  changes, message, code = look_at(options.changes, zone)
  if not changes then return nil, message, code end
  edits, message, code = edits_of(changes)
  if not edits then return nil, message, code end
  octets, message, code, at = dns.update(options.id or random_id(), zone, edits)
  if octets then return octets end
  if code == "too_large" then return nil, "the changes are more than one message holds", code end
  if at then return fail(edits[at], message, code) end
  return nil, message, code
end

--- What a reply to an UPDATE says. It is to be believed where its signature has been verified.
-- @tparam string reply
-- @treturn[1] table `id`; `rcode`: "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET",
--   "NOTAUTH", "NOTZONE" or "RCODE…"; `tsig`, where it has a signature: `error` ("NOERROR", "BADKEY", "BADSIG", "BADTIME", …), `key`,
--   `time`
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string `bad_message`
function M.read(reply)
  if type(reply) ~= "string" then error("a reply is a string", 2) end
  local record, message, code = dns.tsig_find(reply)
  if not record and code ~= "not_signed" then return nil, message, code end
  local first, second, flags = reply:byte(1, 3)
  if flags < 128 or math.floor(flags / 8) % 16 ~= OPCODE_UPDATE then return nil, "this is no reply to an UPDATE", "bad_message" end
  return {
    id = first * 256 + second, rcode = rcode.of(reply),
    tsig = record and { error = rcode.name(record.error), key = record.key, time = record.time },
  }
end

return M
