--- Texts with placeholders: `{domain}`, `{region}`, and `{tokens.2}` for the second of a list.
--
-- A placeholder is a name in braces, of lower-case letters, digits and underscores, beginning with a letter. There are no other braces
-- in such a text. What is put in is put in as it is, and never looked through for placeholders again.
-- @module mailseal.rules.template
local M = {}

local PLACEHOLDER = "{(%l[%l%d_]*)(%.?%d*)}"

-- The place in a list; nil where there is none, false where what stands there is no place.
local function place_of(written)
  if written == "" then
    return nil
  end
  return tonumber(written:match "^%.([1-9]%d?)$") or false
end

--- The placeholders of a text.
-- @tparam string text
-- @treturn[1] {table,...} in their order, as often as they stand there: `name`, and `place` in a list, where it has one
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the text's braces
function M.placeholders(text)
  local list, wrong = {}, nil
  local rest = text:gsub(PLACEHOLDER, function(name, written)
    local place = place_of(written)
    wrong = wrong or place == false and ("{%s%s} has no place from 1 to 99 behind its dot"):format(name, written) or nil
    list[#list + 1] = { name = name, place = place or nil }
    return ""
  end)
  if rest:find "[{}]" then
    return nil, "a brace belongs to no placeholder such as {domain} or {tokens.1}"
  elseif wrong then
    return nil, wrong
  end
  return list
end

-- Texts taken apart, by the text: those of rules, which are few and come again with every domain. When there are many more they are
-- forgotten.
local TEXTS_MOST = 5000
local known, count = {}, 0

-- The parts of a text: strings as they are, and of each placeholder its `name`, its `place` in a list, and both as they are `written`.
local function parts_of(text)
  local parts, at = known[text], 1
  if parts then
    return parts
  end
  parts = {}
  for first, name, written, behind in text:gmatch("()" .. PLACEHOLDER .. "()") do
    parts[#parts + 1] = text:sub(at, first - 1)
    parts[#parts + 1] = { name = name, place = place_of(written), written = name .. written }
    at = behind
  end
  parts[#parts + 1] = text:sub(at)
  if count >= TEXTS_MOST then
    known, count = {}, 0
  end
  known[text], count = parts, count + 1
  return parts
end

-- What stands for a placeholder; nil where there is nothing.
local function value_of(placeholder, values)
  local value = values[placeholder.name]
  if placeholder.place then
    value = type(value) == "table" and value[placeholder.place] or nil
  end
  return type(value) == "string" and value or nil
end

--- Puts values in place of placeholders.
-- @tparam string text
-- @tparam table values by name: a string, or a list of strings for those with a place
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] {string,...} the names that there is no value for, each once, in their order, with their places ("tokens.2")
function M.fill(text, values)
  local parts, missing = parts_of(text), {}
  local filled = {}
  for i, part in ipairs(parts) do
    local value = part
    if type(part) == "table" then
      value = value_of(part, values)
      if not value and not missing[part.written] then
        missing[#missing + 1], missing[part.written] = part.written, true
      end
    end
    filled[i] = value or ""
  end
  if missing[1] then
    return nil, { (table.unpack or unpack)(missing) } -- luacheck: ignore
  end
  return table.concat(filled)
end

return M
