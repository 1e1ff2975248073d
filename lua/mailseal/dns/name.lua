--- How names are above and below each other. They are spelt as answers spell them: in lower case, without a dot at their end.
-- @module mailseal.dns.name
local M = {}

local DOT = (".").byte "."

--- A name as answers spell it.
-- @tparam string name
-- @treturn string in lower case, without a dot at its end
function M.canonical(name)
  name = name:lower()
  return name:byte(-1) == DOT and name:sub(1, -2) or name
end

--- The name that a name is directly below.
-- @tparam string name
-- @treturn ?string nil for the root
function M.parent(name) return name:match "%.(.+)$" or (name ~= "." and "." or nil) end

--- Is the name that of the zone, or below it?
-- @tparam string name
-- @tparam string zone
-- @treturn boolean
function M.is_within(name, zone)
  return zone == "." or name == zone or name:sub(-#zone - 1) == "." .. zone
end

return M
