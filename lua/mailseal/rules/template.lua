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

--- Puts values in place of placeholders.
-- @tparam string text
-- @tparam table values by name: a string, or a list of strings for those with a place
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] {string,...} the names that there is no value for, each once, in their order, with their places ("tokens.2")
function M.fill(text, values)
  local missing = {}
  local filled = text:gsub(PLACEHOLDER, function(name, written)
    local value, place = values[name], place_of(written)
    if place then
      value = type(value) == "table" and value[place] or nil
    end
    if type(value) == "string" then
      return value
    end
    local full = name .. written
    if not missing[full] then
      missing[#missing + 1], missing[full] = full, true
    end
  end)
  if missing[1] then
    return nil, { (table.unpack or unpack)(missing) } -- luacheck: ignore
  end
  return filled
end

return M
