--- What became of a header that is not the one that was signed.
--
-- What lists, relays and gateways are known to do is taken back, field by field, and the signature tried again: where it
-- holds, that and nothing else was changed. A change is a table with `kind`:
--
-- - `subject_prefix`: with `found`, what was put in front
-- - `fields_added`: with `fields`, names; they are signed, but were not there
-- - `fields_changed`: with `fields`
-- - `encoding`: Content-Transfer-Encoding was another; with `from` and `to`
-- - `white_space`: with `what`
-- - `other_key`: the key that is published did not make the signature
-- - `unknown`: with `fields`, those that the signature covers; the key that is published did make it
-- - `unknown_or_key`: the same where nobody can tell whether it did (Ed25519)
-- @module mailseal.check.message.header
local mime = require "mailseal.check.message.mime"
local variants = require "mailseal.check.message.field_variants"

local M = {}

-- Fields tried one by one.
local SINGLES = 40

-- The fields with others in the place of some; false removes one.
local function replaced(fields, by)
  local list = {}
  for _, field in ipairs(fields) do
    local other = by[field]
    if other == nil then
      list[#list + 1] = field
    elseif other then
      list[#list + 1] = other
    end
  end
  return list
end

local function covered_field(trial, name)
  for _, field in ipairs(trial.covered) do
    if field.name:lower() == name then
      return field
    end
  end
end

local function distinct_names(fields)
  local list, seen = {}, {}
  for _, field in ipairs(fields) do
    local name = field.name:lower()
    if not seen[name] then
      seen[name] = true
      list[#list + 1] = field.name
    end
  end
  return list
end

-- ---- What lists do, alone and together: a step is a set of replacements and the change it undoes.

local function subject_steps(trial)
  local steps, field = {}, covered_field(trial, "subject")
  for _, variant in ipairs(field and variants.subjects(field) or {}) do
    steps[#steps + 1] = { by = { [field] = variant.field }, change = { kind = "subject_prefix", found = variant.prefix } }
  end
  return steps
end

local of_lists = {
  ["reply-to"] = true, sender = true, ["errors-to"] = true, precedence = true, ["mailing-list"] = true, ["x-list"] = true,
}

local function list_steps(trial)
  local by, fields = {}, {}
  for _, field in ipairs(trial.covered) do
    local name = field.name:lower()
    if of_lists[name] or name:find "^list%-" then
      by[field], fields[#fields + 1] = false, field
    end
  end
  if #fields == 0 then
    return {}
  end
  return { { by = by, change = { kind = "fields_added", fields = distinct_names(fields) } } }
end

-- Those of the part that lists put the message into.
local function content_of_part(trial, part_fields)
  local by, names = {}, {}
  for _, field in ipairs(trial.covered) do
    local name = field.name:lower()
    if name:find "^content%-" then
      local _, original = mime.field(part_fields, name)
      by[field], names[#names + 1] = original or false, field.name
    end
  end
  return #names > 0 and { { by = by, change = { kind = "fields_changed", fields = names } } } or {}
end

local encodings = { "8bit", "7bit", "quoted-printable", "base64", "binary" }

local function encoding_steps(trial)
  local field, steps = covered_field(trial, "content-transfer-encoding"), {}
  if not field then
    return steps
  end
  local now = mime.field({ field }, "content-transfer-encoding")
  for _, encoding in ipairs(encodings) do
    if encoding ~= now then
      steps[#steps + 1] = {
        by = { [field] = variants.with_value(field, " " .. encoding) }, change = { kind = "encoding", from = encoding, to = now },
      }
    end
  end
  return steps
end

-- Where lists that put their own address into From keep the author's, and others what they rewrite.
local kept_authors = { "reply-to", "cc", "x-original-from", "original-from", "x-google-original-from", "old-from" }

local function author_steps(trial)
  local steps, field = {}, covered_field(trial, "from")
  for _, name in ipairs(kept_authors) do
    local value = field and mime.field(trial.fields, name)
    if value then
      steps[#steps + 1] = {
        by = { [field] = variants.with_value(field, " " .. value) }, change = { kind = "fields_changed", fields = { field.name } },
      }
    end
  end
  return steps
end

local nothing = { by = {} }

local function with_nothing(steps)
  table.insert(steps, 1, nothing)
  return steps
end

local function holds_together(trial, ...)
  local by, changes = {}, {}
  for _, step in ipairs { ... } do
    for field, other in pairs(step.by) do
      by[field] = other
    end
    changes[#changes + 1] = step.change
  end
  return #changes > 0 and trial:header_holds(replaced(trial.fields, by)) and changes or nil
end

local function listed(trial, part_fields)
  local contents = with_nothing(part_fields and content_of_part(trial, part_fields) or encoding_steps(trial))
  local lists, subjects = with_nothing(list_steps(trial)), with_nothing(subject_steps(trial))
  for _, author in ipairs(with_nothing(author_steps(trial))) do
    for _, content in ipairs(contents) do
      for _, list in ipairs(lists) do
        for _, subject in ipairs(subjects) do
          local changes = holds_together(trial, subject, author, list, content)
          if changes then
            return changes
          end
        end
      end
    end
  end
end

-- ---- One thing at a time.

local function from_copies(trial)
  if not trial:affords_header() then
    return nil
  end
  local copied, by, names = variants.copies(trial.tags.z or ""), {}, {}
  for _, field in ipairs(trial.covered) do
    local values = copied[field.name:lower()]
    local value = values and table.remove(values)
    if value and value:gsub("%s+", " ") ~= field.value:gsub("%s+", " ") then
      by[field], names[#names + 1] = variants.with_value(field, value), field.name
    end
  end
  if #names > 0 and trial:header_holds(replaced(trial.fields, by)) then
    return { { kind = "fields_changed", fields = names } }
  end
end

local function added(trial)
  for place, field in ipairs(trial.covered) do
    if place > SINGLES then
      return nil
    elseif trial:header_holds(replaced(trial.fields, { [field] = false })) then
      return { { kind = "fields_added", fields = { field.name } } }
    end
  end
end

-- Some of those who rewrite a field keep what it said.
local function kept_elsewhere(trial)
  for _, name in ipairs { "subject", "to", "reply-to" } do
    local field = covered_field(trial, name)
    for _, start in ipairs { "x-original-", "original-", "old-" } do
      local value = field and mime.field(trial.fields, start .. name)
      if value and trial:header_holds(replaced(trial.fields, { [field] = variants.with_value(field, " " .. value) })) then
        return { { kind = "fields_changed", fields = { field.name } } }
      end
    end
  end
end

local function requoted(trial)
  for _, name in ipairs { "from", "to", "cc", "reply-to", "sender" } do
    local field = covered_field(trial, name)
    for _, variant in ipairs(field and variants.addresses(field) or {}) do
      if trial:header_holds(replaced(trial.fields, { [field] = variant })) then
        return { { kind = "fields_changed", fields = { field.name } } }
      end
    end
  end
end

-- A simple canonicalization covers the signature's own field as it is written, too.
local function white_space(trial)
  if trial.relaxed_header then
    return nil
  end
  for _, change in ipairs(variants.white_space) do
    if not trial:affords_header() then
      return nil
    end
    local by, alone = {}, {}
    for _, field in ipairs(trial.covered) do
      by[field] = variants.mended(field, change.mend)
      alone[field] = by[field]
    end
    by[trial.own] = variants.mended({ whole = trial.own.whole, name = trial.own.name, own = true }, change.mend)
    if trial:header_holds(replaced(trial.fields, by)) or trial:header_holds(replaced(trial.fields, alone)) then
      return { { kind = "white_space", what = change.what } }
    end
  end
end

--- What was done to the header.
-- @tparam table trial see `mailseal.check.message.trial`
-- @tparam string key_record the text of the key record that the signature was held against
-- @tparam[opt] {table,...} part_fields those of the part that holds what was signed
-- @treturn {table,...} the changes, one or more
function M.explain(trial, key_record, part_fields)
  local whose = trial:made_by(key_record)
  if whose == "another" then
    return { { part = "header", kind = "other_key" } }
  end
  local unknown = whose == "this" and "unknown" or "unknown_or_key"
  local changes = from_copies(trial) or listed(trial, part_fields) or white_space(trial) or added(trial) or kept_elsewhere(trial)
    or requoted(trial) or { { kind = unknown, fields = distinct_names(trial.covered) } }
  for _, change in ipairs(changes) do
    change.part = "header"
  end
  return changes
end

return M
