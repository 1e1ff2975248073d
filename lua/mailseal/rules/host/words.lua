--- The sentences that go with a rendered record: what its fields are called, and what to mind while typing.
-- @module mailseal.rules.host.words
local called = require "mailseal.rules.host".called
local obstacles = require "mailseal.rules.host.obstacles"

local M = {}

--- What is said of the TTL where nothing is known of the host's.
M.TTL = "automatic, or what the form proposes"

-- What most forms call their fields.
local usual = {
  type = "Type", name = "Name (or Host)", priority = "Priority", ttl = "TTL",
  value = {
    CNAME = "Target (or Points to, Value)", TXT = "Value (or Content, Text)", MX = "Mail server (or Value)", NS = "Name server (or Value)",
  },
}

local function of_type(label, kind)
  if type(label) == "table" then
    return label[kind]
  end
  return label
end

--- What a field is called.
-- @tparam table rule
-- @tparam string key `type`, `name`, `value`, `priority` or `ttl`
-- @tparam string kind the record's type
-- @treturn string
function M.label(rule, key, kind)
  return of_type(rule.labels and rule.labels[key], kind) or of_type(usual[key], kind) or "Value"
end

-- ---- The notes. Each function adds those of one matter.

local function host_of(rule)
  return called(rule) or "the form"
end

local function is_confirmed(shape, member)
  return shape.confidence(member) == "confirmed"
end

-- What stands for the zone itself.
local function note_apex(rule, shape, add)
  local name = M.label(rule, "name", shape.type)
  local form, sure = rule.apex or "@", is_confirmed(shape, "apex")
  if form == "blank" then
    add("Leave the field %s empty: the record is for %s itself.", name, shape.zone)
    add(not sure and 'If the form wants something there, type "@".' or nil)
  elseif form == "@" then
    add('"@" stands for %s itself.', shape.zone)
    add(not sure and "If the form refuses it, leave the field empty." or nil)
  else
    add("The record is for %s itself, and its name is typed.", shape.zone)
    add(not sure and 'If the form refuses it, type "@".' or nil)
  end
end

-- Who types the zone where the form adds it makes the most frequent mistake of all: its name stands there twice then.
local function note_name(rule, shape, add)
  if rule.name_form == "full" then
    add("Type the whole name: %s adds nothing to it.", host_of(rule))
  elseif shape.at_apex then
    note_apex(rule, shape, add)
  elseif rule.name_form == "either" and is_confirmed(shape, "name_form") then
    add("The part in front of .%s will do; the whole name is typed as \"%s.\", with the dot at its end.", shape.zone, shape.full)
  elseif rule.name_form == "prefix" and is_confirmed(shape, "name_form") then
    add("%s adds .%s by itself: type no more than the part in front of it.", host_of(rule), shape.zone)
  else
    add("Type the part in front of .%s alone if the form adds that by itself, as most do.", shape.zone)
    add('Where the form does not add it, type the whole name, "%s".', shape.full)
  end
end

local function note_target(rule, shape, add)
  if not shape.has_target then
    return
  elseif rule.final_dot == "always" then
    add("The dot at the end belongs to the value: without it, %s adds .%s to that, too.", host_of(rule), shape.zone)
  elseif not is_confirmed(shape, "final_dot") then
    add("If .%s stands behind the value when it is saved, type the value with a dot at its end.", shape.zone)
  end
end

local function note_priority(rule, shape, add)
  if shape.type ~= "MX" then
    return
  elseif shape.priority and not is_confirmed(shape, "mx") then
    add('If the form has no field for the priority, type "%s %s" as the value.', shape.priority, shape.values[1])
  elseif rule.mx == "joined" then
    add("The priority stands in front of the server, in the same field.")
  end
end

local function note_text(rule, shape, add)
  if not shape.text then
    return
  elseif rule.text and rule.text.form == "quoted" then
    add(shape.is_long and "Type the quotes along; the strings in quotes are one record, in one field, with a space between them."
      or "Type the quotes along.")
    add(not is_confirmed(shape, "text") and "If they stand in the record twice then, leave them out." or nil)
  elseif shape.is_long and not is_confirmed(shape, "text") then
    add("Paste it in one piece and without quotes. If the form refuses it as too long, type it as strings of at most 255 characters in "
      .. "quotes, all in one record and in one field.")
  else
    add("Paste it in one piece and without quotes" .. (shape.is_long and ": %s cuts it where it must." or "."), host_of(rule))
  end
end

-- A limit that is not sure enough to say that it cannot be.
local function note_limit(rule, shape, add)
  local count, most = obstacles.characters(rule, shape)
  if count and count > most and not is_confirmed(shape, "text") then
    add("%s may refuse a TXT record of over %d characters, and this one has %d.", host_of(rule), most, count)
  end
end

local function note_proxy(rule, shape, add)
  if shape.type ~= "CNAME" then
    return
  elseif rule.proxy then
    add('Turn proxying off (%s: "%s"): a proxied CNAME hides its target, and nothing finds the record.', rule.proxy.label, rule.proxy.off)
  elseif not rule.id then
    add("If the DNS host offers to proxy the record, turn that off.")
  end
end

local function note_ttl(rule, shape, add)
  if type(shape.ttl) == "number" and rule.ttl.default and shape.ttl < rule.ttl.default then
    add("A TTL of %d seconds in place of %d lets a mistake be mended sooner.", shape.ttl, rule.ttl.default)
  end
end

local function note_delay(rule, _, add)
  local minutes = rule.publishes_within and math.ceil(rule.publishes_within / 60)
  if minutes and minutes > 120 then
    add("It may take up to %d hours until the name servers of %s have it.", math.ceil(minutes / 60), host_of(rule))
  elseif minutes then
    add("It may take up to %d minutes until the name servers of %s have it.", minutes, host_of(rule))
  end
end

local function note_values(rule, shape, add)
  if not shape.values[1] then
    add("The value is what your provider shows for this domain.")
  end
  if rule.record_sets and shape.type ~= "CNAME" then
    add("All %s records of a name are one here, with a line for each value: where there is one already, add a line to it.", shape.type)
  elseif shape.values[2] then
    add("Each value is a record of its own, all with the same name.")
  end
end

local function is_about(pitfall, type)
  for _, one in ipairs(pitfall.types or {}) do
    if one == type then
      return true
    end
  end
  return false
end

local function note_pitfalls(rule, shape, add)
  for _, pitfall in ipairs(rule.pitfalls or {}) do
    if is_about(pitfall, shape.type) then
      add("%s", pitfall.text)
    end
  end
end

local matters = {
  note_name, note_values, note_target, note_priority, note_text, note_limit, note_proxy, note_ttl, note_delay, note_pitfalls,
}

--- What to mind while typing a record.
-- @tparam table rule
-- @tparam table shape see `mailseal.rules.host.render`
-- @tparam boolean possible can it be typed at all? What is known of its pitfalls is told in any case
-- @treturn {string,...} sentences
function M.notes(rule, shape, possible)
  local notes = {}
  local function add(sentence, ...)
    if sentence then
      notes[#notes + 1] = sentence:format(...)
    end
  end
  for _, note in ipairs(possible and matters or { note_pitfalls }) do
    note(rule, shape, add)
  end
  return notes
end

return M
