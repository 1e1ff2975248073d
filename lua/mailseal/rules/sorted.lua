--- The names in a table in one order: what is told of them reads the same each time.
-- @module mailseal.rules.sorted
local next = next

local M = {}

--- The names in a table. A metatable has no say in it.
-- @tparam ?table of by name
-- @treturn {string,...} sorted, as texts; none where there is no table
function M.names(of)
  local names = {}
  for name in next, of or {} do
    names[#names + 1] = tostring(name)
  end
  table.sort(names)
  return names
end

return M
