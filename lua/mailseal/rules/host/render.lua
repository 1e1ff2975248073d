--- Renders a record as the form of a DNS host wants it typed.
--
-- Where a fact about the host is not known, or no more than general knowledge, what is said holds for most forms, and says what to do
-- where it does not. See `host.render` for what comes of it.
-- @module mailseal.rules.host.render
local canonical = require "mailseal.dns.name".canonical
local is_within = require "mailseal.dns.name".is_within
local obstacles = require "mailseal.rules.host.obstacles"
local quote = require "mailseal.record".quote
local schema = require "mailseal.rules.host"
local split = require "mailseal.record".split
local words = require "mailseal.rules.host.words"

local M = {}

-- What a TTL is set to where the host's own is longer and may be shortened: whoever mistypes waits no longer than this, seconds.
local TTL_MOST = 3600

-- The most octets of one character-string (RFC 1035 §3.3).
local STRING_MAX = 255

-- Types whose value is the name of another host.
local has_target = { CNAME = true, MX = true, NS = true }

-- ---- The name.

-- What is in front of the zone; "" for the zone itself.
local function relative(full, zone)
  return full == zone and "" or full:sub(1, -#zone - 2)
end

local apex_symbols = { ["@"] = "@", blank = "" }

local function prefix_of(rule, full, zone)
  local front = relative(full, zone)
  return front ~= "" and front or apex_symbols[rule.apex or "@"] or zone
end

-- ---- The value.

-- A target. That of a domain without mail is the root, which is its dot alone (RFC 7505 §3).
local function target_of(rule, name)
  local target = canonical(name)
  return (name == "." or rule.final_dot == "always") and target .. "." or target
end

local function as_list(value)
  return type(value) == "table" and value or { value }
end

-- The parts of an MX record; a value that is no such thing stays whole.
local function mail_exchange(value)
  local priority, server = value:match "^%s*(%d+)%s+(%S+)%s*$"
  return priority, server or value
end

local function typed_text(rule, value)
  return rule.text and rule.text.form == "quoted" and quote(split(value)) or value
end

local function typed_mail_exchange(rule, value)
  local priority, server = mail_exchange(value)
  server = target_of(rule, server)
  if rule.mx == "joined" and priority then
    return priority .. " " .. server
  end
  return server, priority
end

local function typed_target(rule, value)
  return target_of(rule, value)
end

local typed = { TXT = typed_text, MX = typed_mail_exchange, CNAME = typed_target, NS = typed_target }

-- The values as they are typed, and the priority where it has a field of its own.
local function typed_values(rule, record)
  local list, priority = {}, nil
  for i, value in ipairs(as_list(record.value)) do
    local how = typed[record.type]
    if how then
      list[i], priority = how(rule, value)
    else
      list[i] = value
    end
  end
  return list, priority
end

-- ---- The TTL.

-- What to choose: nil where nothing is known.
local function ttl_of(rule)
  local ttl = rule.ttl or {}
  if ttl.automatic then
    return ttl.automatic
  elseif ttl.default and ttl.default > TTL_MOST and ttl.least then
    return math.max(ttl.least, TTL_MOST)
  end
  return ttl.default
end

-- ---- All of it.

local function add_field(fields, key, label, value)
  fields[#fields + 1] = { key = key, label = label, value = value }
end

local function fields_of(rule, shape)
  local fields = {}
  add_field(fields, "type", words.label(rule, "type", shape.type), shape.type)
  add_field(fields, "name", words.label(rule, "name", shape.type), shape.name)
  if shape.priority then
    add_field(fields, "priority", words.label(rule, "priority", shape.type), shape.priority)
  end
  for _, value in ipairs(shape.values) do
    add_field(fields, "value", words.label(rule, "value", shape.type), value)
  end
  if not shape.values[1] then
    add_field(fields, "value", words.label(rule, "value", shape.type))
  end
  add_field(fields, "ttl", words.label(rule, "ttl", shape.type), tostring(shape.ttl or words.TTL))
  if rule.proxy and shape.type == "CNAME" then
    add_field(fields, "proxy", rule.proxy.label, rule.proxy.off)
  end
  return fields
end

-- What is known of the record, and of how it is typed.
local function shape_of(rule, record, zone)
  local full = canonical(record.name)
  local inside = is_within(full, zone)
  local prefix = inside and prefix_of(rule, full, zone) or full
  local values, priority = typed_values(rule, record)
  local text = record.type == "TXT" and type(record.value) == "string" and record.value or nil
  return {
    type = record.type, full = full, zone = zone, inside = inside, at_apex = full == zone, prefix = prefix,
    name = rule.name_form == "full" and full or prefix, values = values, priority = priority, ttl = ttl_of(rule),
    text = text, quoted = text and quote(split(text)), is_long = text ~= nil and #text > STRING_MAX, has_target = has_target[record.type],
    confidence = function(member) return schema.confidence(rule, member) end,
  }
end

--- Renders a record. See `host.render`.
-- @tparam ?table rule nil where the host is not known
-- @tparam table record
-- @tparam string zone
-- @treturn table
function M.render(rule, record, zone)
  rule = rule or {}
  local shape = shape_of(rule, record, canonical(zone))
  local why, instead, code = obstacles.find(rule, shape)
  return {
    host = rule.id, zone = shape.zone, name = shape.name, prefix = shape.prefix, full = shape.full, type = shape.type,
    possible = not why, why = why, instead = instead, code = code,
    fields = fields_of(rule, shape), value = type(record.value) == "table" and shape.values or shape.values[1],
    priority = shape.priority, ttl = type(shape.ttl) == "number" and shape.ttl or nil, quoted = shape.quoted,
    notes = words.notes(rule, shape, not why), help = rule.help,
  }
end

return M
