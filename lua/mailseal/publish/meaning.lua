--- When two values say the same: lists of values, compared by what they say.
--
-- How a text is split into strings says nothing, and DNS hosts split as they like; the case of a name's letters neither.
-- @module mailseal.publish.meaning
local sets = require "mailseal.publish.sets"

local M = {}

--- What a value says.
-- @tparam string kind its type
-- @tparam string value
-- @treturn string the same for all values that say the same
function M.of(kind, value)
  return (kind == "TXT" or kind == "SPF") and sets.joined(value) or value:lower()
end

--- Where a value stands in a list.
-- @tparam string kind its type
-- @tparam {string,...} values
-- @tparam string value
-- @treturn ?number nil where nothing says the same
function M.place(kind, values, value)
  local wanted = M.of(kind, value)
  for i, one in ipairs(values) do
    if M.of(kind, one) == wanted then
      return i
    end
  end
end

--- The values of a list that are not in another.
-- @tparam string kind their type
-- @tparam {string,...} values
-- @tparam {string,...} others
-- @treturn {string,...} a new list
function M.without(kind, values, others)
  local list = {}
  for _, value in ipairs(values) do
    if not M.place(kind, others, value) then
      list[#list + 1] = value
    end
  end
  return list
end

return M
