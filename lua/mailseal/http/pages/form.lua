--- What a form has sent (application/x-www-form-urlencoded).
-- @module mailseal.http.pages.form
local escapes = require "mailseal.http.escapes"

local M = {}

-- Names and values that a form may have.
local MOST = 200

-- An end of a line, as a field of several lines has it, is a space like any other.
local function decoded(text)
  return escapes.decode((text:gsub("+", " "):gsub("%%0[dD]%%0[aA]", " "):gsub("%%0[aAdD]", " "):gsub("%%09", " ")))
end

--- Takes it apart.
-- @tparam string body
-- @treturn[1] table by name, lists of the texts that were given, without white space around them
-- @treturn[2] nil
-- @treturn[2] string what is wrong with it
-- @treturn[2] string `bad_text`
function M.read(body)
  local given, count = {}, 0
  for part in body:gmatch "[^&]+" do
    local name, value = part:match "^([^=]*)=?(.*)$"
    count = count + 1
    name = decoded(name)
    value = decoded(value)
    if not name or not value or count > MOST then
      return nil, "what was typed has something in it that is no text", "bad_text"
    end
    given[name] = given[name] or {}
    table.insert(given[name], (value:gsub("^%s+", ""):gsub("%s+$", "")))
  end
  return given
end

--- The first text of a name.
-- @tparam table given as of @{read}
-- @tparam string name
-- @treturn ?string nil where there is none, or it is empty
function M.one(given, name)
  local text = given[name] and given[name][1]
  return text ~= "" and text or nil
end

return M
