--- The body of a request. nginx has a small one in memory, and a large one in a file.
-- @module mailseal.http.body
local M = {}

-- Octets that are read of a file at a time, between which others have their turn.
local PIECE = 64 * 1024

local Body = { __name = "mailseal.http.body" }
Body.__index = Body

--- Makes one.
-- @tparam table from `octets`: all of it; or `path`: the file that holds it, and `size`
-- @tparam[opt] function turn lets others have their turn
-- @treturn table `size`; `path`, where it is in a file
function M.new(from, turn)
  return setmetatable({ held = from.octets, path = from.path, size = from.size or #from.octets, turn = turn }, Body)
end

--- The body, piece by piece: `for piece in body:pieces() do`.
-- @treturn function
function Body:pieces()
  if self.held then
    local at = 1
    return function()
      if at > #self.held then return nil end
      local piece = self.held:sub(at, at + PIECE - 1)
      at = at + PIECE
      return piece
    end
  end
  local file, message = io.open(self.path, "rb")
  if not file then error("the body of a request cannot be read: " .. message, 0) end
  local first = true
  return function()
    if not first and self.turn then self.turn() end
    first = false
    local piece = file:read(PIECE)
    if not piece then file:close() end
    return piece
  end
end

--- All of the body.
-- @treturn string
function Body:octets()
  if not self.held then
    local pieces = {}
    for piece in self:pieces() do pieces[#pieces + 1] = piece end
    self.held = table.concat(pieces)
  end
  return self.held
end

return M
