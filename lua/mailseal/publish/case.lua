--- One record of a plan: where it belongs, what stands there, and the step that comes of it.
--
-- Whoever judges a case ends it by one of `keep`, `leave`, `put` and `conflict`.
-- @module mailseal.publish.case
local canonical = require "mailseal.dns.name".canonical
local catalogue = require "mailseal.record.catalogue"
local sets = require "mailseal.publish.sets"

local M = {}
local Case = { __name = "mailseal.publish.case" }
Case.__index = Case

-- States of a key whose record is to be there, though the domain is verified without it (`mailseal.onboard.key_records`).
local ASKED = { awaited = true, spreading = true, retiring = true, revoked = true }

local function list_of(names)
  local set = {}
  for _, name in ipairs(names or {}) do
    set[name] = true
  end
  return set
end

-- What was published before at a name: the values that are ours, as keys.
local function ours_at(given, zone, name, kind)
  for _, row in ipairs(given.ours or {}) do
    if row.name == name and row.type == kind and (not row.zone or row.zone == zone) then
      return list_of(row.added)
    end
  end
  return {}
end

--- Makes it.
-- @tparam table given as of `mailseal.publish.plan.make`
-- @tparam table scene
-- @tparam table record
-- @treturn table `record`, `name`, `type`, `zone` (nil where none is known), `values` (of its type at the name), `types` at the name,
--   `ours` (values that we have put there, as keys), `is_wanted` (whether it is worth asking people about it), and `step`
function M.new(given, scene, record)
  local name, kind = canonical(record.name), record.type
  local zone = given.zone_of[record.name] or given.zone_of[name]
  zone = zone and canonical(zone)
  local self = setmetatable({
    given = given, scene = scene, record = record, name = name, type = kind, zone = zone, consents = list_of(given.consents),
    is_wanted = record.required or ASKED[record.rotation] or false,
    step = { record = record.id, name = name, type = kind, zone = zone },
  }, Case)
  if zone and scene:has(zone) then
    self.values, self.types = scene:values(zone, name, kind), scene:types(zone, name)
    self.ours = ours_at(given, zone, name, kind)
  end
  return self
end

local function finish(self, action, text, code)
  local step = self.step
  step.action, step.text, step.code = action, text, code
  return step
end

--- What stands there is right.
-- @tparam[opt] string text
-- @treturn table the step
function Case:keep(text)
  self.step.before, self.step.after = self.values, self.values
  return finish(self, "keep", text or ("%s %s is as it should be."):format(self.name, self.type))
end

-- What a finding says of the case.
local function words(self, code, fields)
  local all = { name = self.name, type = self.type, zone = self.zone, expected = self.record.value }
  for field, value in pairs(fields or {}) do
    all[field] = value
  end
  all.shown = all.shown or all.found
  return catalogue.fill(catalogue.kind(code).cause, all)
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
    list[#list + 1] = { type = kind, values = self.scene:values(self.zone, self.name, kind) }
  end
  return list[1] and list
end

local words_of = { add = "is added", change = "is changed", remove = "is removed" }

--- Values are put in the place of what stands there.
-- @tparam {string,...} values the whole set; none where it is to go
-- @tparam[opt] table options `code` of a finding, and `fields` of it, or `text`: why; `others`: types at the name that go
-- @treturn table the step
function Case:put(values, options)
  options = options or {}
  local step = self.step
  step.before, step.after = self.values, values
  step.others = others_of(self, options.others)
  for _, other in ipairs(step.others or {}) do
    self.scene:put(self.zone, self.name, other.type, {})
  end
  self.scene:put(self.zone, self.name, self.type, values)
  local set = self.scene:set(self.zone, self.name, self.type)
  step.ttl = set and set.ttl
  local action = #values == 0 and "remove" or (#self.values == 0 and not step.others) and "add" or "change"
  local text = options.text or options.code and words(self, options.code, options.fields)
    or ("%s %s %s."):format(self.name, self.type, words_of[action])
  return finish(self, action, text, options.code)
end

--- Somebody has to agree to it, and it is done where somebody has.
-- @tparam string code of a finding
-- @tparam table fields of it
-- @tparam {string,...} values the whole set as it would be
-- @tparam[opt] table options `others`: types at the name that would go
-- @treturn table the step
function Case:conflict(code, fields, values, options)
  local consent = code .. "@" .. self.name
  if not self.is_wanted then
    return self:leave(code, fields)
  elseif self.consents[consent] then
    self:put(values, { code = code, fields = fields, others = options and options.others })
    self.step.consented = true
    return self.step
  end
  self.step.before, self.step.after, self.step.consent = self.values, values, consent
  self.step.others = others_of(self, options and options.others)
  return finish(self, "conflict", words(self, code, fields), code)
end

--- The place of the first of the values that a function says yes to.
-- @tparam function is called with a value and its text (of TXT, as readers join it)
-- @treturn ?number
function Case:find(is)
  for i, value in ipairs(self.values) do
    if is(value, sets.joined(value)) then
      return i
    end
  end
end

--- The values with one behind them.
-- @tparam string value
-- @treturn {string,...} a new list
function Case:with(value)
  local list = {}
  for i, one in ipairs(self.values) do
    list[i] = one
  end
  list[#list + 1] = value
  return list
end

return M
