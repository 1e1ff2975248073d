--- A record's text as its callers may give it: whole, or as the list of its character-strings.
-- @module mailseal.record.strings
local M = {}

--- The character-strings of a record.
-- @tparam string|{string,...} text its text, or the list of them
-- @tparam[opt=1] number level whose mistake anything else is, as of `error`, seen from the caller
-- @treturn {string,...}
function M.list(text, level)
  level = (level or 1) + 1
  if type(text) == "string" then
    return { text }
  elseif type(text) ~= "table" then
    error("a record's text or its list of character-strings expected, got " .. type(text), level)
  end
  for _, part in ipairs(text) do
    if type(part) ~= "string" then
      error("a list of character-strings expected, got one with a " .. type(part), level)
    end
  end
  return text
end

--- The text of a record: its strings joined as readers join them, without a space (RFC 6376 §3.6.2.2).
-- @tparam string|{string,...} text its text, or the list of them
-- @tparam[opt=1] number level as of @{list}
-- @treturn string
function M.join(text, level)
  return table.concat(M.list(text, (level or 1) + 1))
end

return M
