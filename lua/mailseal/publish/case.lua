--- One record of a plan: where it belongs, what stands there, and the step that comes of it.
--
-- Whoever judges a case ends it by one of `keep`, `leave`, `put` and `conflict`.
-- @module mailseal.publish.case
local canonical = require "mailseal.dns.name".canonical
local catalogue = require "mailseal.record.catalogue"
local hidden = require "mailseal.publish.hidden"
local meaning = require "mailseal.publish.meaning"
local sets = require "mailseal.publish.sets"
local to_ascii = require "mailseal.domain".to_ascii

local M = {}
local Case = { __name = "mailseal.publish.case" }
Case.__index = Case

-- States of a key whose record is to be there, though the domain is verified without it (`mailseal.onboard.key_records`).
local ASKED = { awaited = true, spreading = true, retiring = true, revoked = true }

local function as_keys(list)
  local keys = {}
  for _, item in ipairs(list or {}) do
    keys[item] = true
  end
  return keys
end

--- A name as sets have it: lower-case A-labels without a dot at the end.
-- @tparam string name
-- @treturn string one that cannot be brought into that form is only put into lower case
function M.name(name)
  return canonical(name:find "[\128-\255]" and to_ascii(name) or name)
end

-- What was published at a name from here: the meanings of those values, as keys.
local function ours_at(given, zone, name, kind)
  local ours = {}
  for _, row in ipairs(given.ours or {}) do
    if row.name == name and row.type == kind and (not row.zone or row.zone == zone) then
      for _, value in ipairs(row.added) do
        ours[meaning.of(kind, value)] = true
      end
    end
  end
  return ours
end

--- Makes it.
-- @tparam table given as of `mailseal.publish.plan.make`
-- @tparam table scene see `mailseal.publish.scene`
-- @tparam table record
-- @treturn table `record`, `name`, `type`, `zone` (nil where none is known); where that zone is known, `values` (of the type at the name)
--   and `types` at the name; `is_wanted`: is it worth asking people about it? `step`, the step as far as it is known
function M.new(given, scene, record)
  local name, kind = M.name(record.name), record.type
  local zone = given.zone_of[record.name] or given.zone_of[name]
  zone = zone and canonical(zone)
  local self = setmetatable({
    given = given, scene = scene, record = record, name = name, type = kind, zone = zone, consents = as_keys(given.consents),
    is_wanted = record.required or ASKED[record.rotation] or false,
    step = { record = record.id, name = name, type = kind, zone = zone },
  }, Case)
  if zone and scene:has(zone) then
    self.values, self.types = scene:values(zone, name, kind), scene:types(zone, name)
  end
  return self
end

-- ---- What stands there.

--- Does a type stand at the name?
-- @tparam string kind
-- @treturn boolean
function Case:has_type(kind)
  for _, one in ipairs(self.types) do
    if one == kind then
      return true
    end
  end
  return false
end

--- The types at the name beside the record's own.
-- @treturn {string,...}
function Case:other_types()
  local list = {}
  for _, kind in ipairs(self.types) do
    list[#list + 1] = kind ~= self.type and kind or nil
  end
  return list
end

--- The values of a type at the name.
-- @tparam string kind
-- @treturn {string,...}
function Case:values_of(kind) return self.scene:values(self.zone, self.name, kind) end

--- Is a value at the name one that was put there from here?
-- @tparam string value
-- @tparam[opt] string kind its type, where that is not the record's
-- @treturn boolean
function Case:is_ours(value, kind)
  kind = kind or self.type
  return ours_at(self.given, self.zone, self.name, kind)[meaning.of(kind, value)] or false
end

--- Are all values of some types at the name ours?
-- @tparam {string,...} kinds
-- @treturn boolean
function Case:are_ours(kinds)
  for _, kind in ipairs(kinds) do
    for _, value in ipairs(self:values_of(kind)) do
      if not self:is_ours(value, kind) then
        return false
      end
    end
  end
  return true
end

--- The texts of the values, as readers join them.
-- @treturn {string,...} in the order of the values
function Case:texts()
  local list = {}
  for i, value in ipairs(self.values) do
    list[i] = sets.joined(value) or ""
  end
  return list
end

--- The values with others in the place of some.
-- @tparam function is called with a value's place: is it one that goes?
-- @tparam ?string value what stands in the place of the first of them, or else at the end
-- @treturn {string,...} a new list
function Case:replacing(is, value)
  local list = {}
  for i, one in ipairs(self.values) do
    if not is(i) then
      list[#list + 1] = one
    elseif value then
      list[#list + 1], value = value, nil
    end
  end
  list[#list + 1] = value
  return list
end

--- The values with one text in the place of several. One that is among them already stays as it is written.
-- @tparam {table,...} records of which `place` says where they are, and `text` what they say
-- @tparam string text
-- @treturn {string,...} a new list
function Case:merged(records, text)
  local goes, kept = {}, nil
  for _, one in ipairs(records) do
    goes[one.place] = true
    kept = kept or one.text == text and one.place
  end
  goes[kept or 0] = nil
  return self:replacing(function(i) return goes[i] end, not kept and sets.text(text) or nil)
end

--- The values with one behind them.
-- @tparam string value
-- @treturn {string,...} a new list
function Case:with(value)
  return self:replacing(function() return false end, value)
end

-- ---- What comes of it.

local function finish(self, action, text, code)
  local step = self.step
  step.action, step.text, step.code = action, text, code
  return step
end

-- A field of a sentence, in which names have no dot at their end.
local function shown(value)
  if type(value) ~= "table" then
    return type(value) == "string" and value:gsub("([^%s.])%.$", "%1") or value
  end
  local list = {}
  for i, one in ipairs(value) do
    list[i] = shown(one)
  end
  return list
end

-- What a finding says of the case.
local function words(self, code, fields)
  local all = { name = self.name, type = self.type, zone = self.zone, expected = self.record.value }
  for field, value in pairs(fields or {}) do
    all[field] = shown(value)
  end
  all.shown = all.shown or all.found
  return catalogue.fill(catalogue.kind(code).cause, all)
end

--- What stands there is right.
-- @tparam[opt] string text
-- @treturn table the step
function Case:keep(text)
  self.step.before, self.step.after = self.values, self.values
  return finish(self, "keep", text or ("%s %s is as it should be."):format(self.name, self.type))
end

--- Does the DNS host's proxy answer in the place of what stands there?
-- @treturn boolean
function Case:is_proxied()
  local set = self.scene:set(self.zone, self.name, self.type)
  return set ~= nil and set.proxied == true
end

--- What stands there is right, and comes out from behind the proxy.
-- @tparam string code of a finding
-- @treturn table the step
function Case:uncover(code)
  self.step.before, self.step.after = self.values, self.values
  self.scene:uncover(self.zone, self.name, self.type)
  local text = "%s %s is as it should be, but behind the DNS host's proxy, where nobody sees it: it is taken from there."
  return finish(self, "change", text:format(self.name, self.type), code)
end

--- Nothing is to be done about it.
-- @tparam ?string code of a finding
-- @tparam string|table text a sentence; of a finding its fields
-- @treturn table the step
function Case:leave(code, text)
  self.step.before, self.step.after = self.values, self.values
  return finish(self, "leave", type(text) == "string" and text or words(self, code, text), code)
end

-- The sets of other types at the name, which go.
local function others_of(self, kinds)
  local list = {}
  for _, kind in ipairs(kinds or {}) do
    list[#list + 1] = { type = kind, values = self:values_of(kind) }
  end
  return list[1] and list
end

local words_of = { add = "is added", change = "is changed", remove = "is removed", beside = "gets another value; what is there stays" }

-- Makes the change.
local function enact(self, values, options)
  local step = self.step
  step.before, step.after, step.others = self.values, values, others_of(self, options.others)
  for _, other in ipairs(step.others or {}) do
    self.scene:put(self.zone, self.name, other.type, {})
  end
  self.scene:put(self.zone, self.name, self.type, values)
  local set = self.scene:set(self.zone, self.name, self.type)
  step.ttl = set and set.ttl
  local action = #values == 0 and "remove" or (#self.values == 0 and not step.others) and "add" or "change"
  local is_beside = action == "change" and not step.others and not meaning.without(self.type, self.values, values)[1]
  local text = options.text or options.code and words(self, options.code, options.fields)
    or ("%s %s %s."):format(self.name, self.type, words_of[is_beside and "beside" or action])
  return finish(self, action, text, options.code)
end

-- Tells that somebody has to agree, or has nothing to be asked.
local function ask(self, code, fields, at, values, others)
  if not self.is_wanted then
    return self:leave(code, fields)
  end
  self.step.before, self.step.after, self.step.consent = self.values, values, code .. "@" .. at
  self.step.others = others_of(self, others)
  return finish(self, "conflict", words(self, code, fields), code)
end

--- Values are put in the place of what stands there, unless that would end what a wildcard says: then somebody has to agree.
-- @tparam {string,...} values the whole set; none where it is to go
-- @tparam[opt] table options `code` of a finding, and `fields` of it, or `text`: why; `others`: types at the name that go
-- @treturn table the step
function Case:put(values, options)
  options = options or {}
  local lost = values[1] and hidden.by(self)
  if lost and not self.consents["record_hides_wildcard@" .. lost.hidden] then
    return ask(self, "record_hides_wildcard", lost, lost.hidden, values, options.others)
  elseif lost and not options.code then
    self.step.consented, options.code, options.fields = true, "record_hides_wildcard", lost
  end
  return enact(self, values, options)
end

--- Somebody has to agree to it, and it is done where somebody has.
-- @tparam string code of a finding
-- @tparam table fields of it
-- @tparam {string,...} values the whole set as it would be
-- @tparam[opt] table options `others`: types at the name that would go
-- @treturn table the step
function Case:conflict(code, fields, values, options)
  local others = options and options.others
  if self.is_wanted and self.consents[code .. "@" .. self.name] then
    self:put(values, { code = code, fields = fields, others = others })
    self.step.consented = self.step.action ~= "conflict" or nil
    return self.step
  end
  return ask(self, code, fields, self.name, values, others)
end

return M
