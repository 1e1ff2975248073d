--- Tables of fields that are added to, while those whom they belong to keep them as they are.
-- @module mailseal.onboard.fields
local M = {}

--- A copy of a table, and of another upon it. What is within the values is shared.
-- @tparam ?table first
-- @tparam[opt] table second whose values count where both have one
-- @treturn table a new one
function M.joined(first, second)
  local all = {}
  for name, value in pairs(first or {}) do
    all[name] = value
  end
  for name, value in pairs(second or {}) do
    all[name] = value
  end
  return all
end

--- As @{joined}, and where both have a table in one place, of these tables as well.
-- @tparam ?table first tables by name, such as a policy
-- @tparam[opt] table second
-- @treturn table a new one
function M.joined_within(first, second)
  local all = M.joined(first, second)
  for name, value in pairs(all) do
    local before = first and first[name]
    if type(before) == "table" and type(value) == "table" then
      all[name] = M.joined(before, value)
    end
  end
  return all
end

return M
