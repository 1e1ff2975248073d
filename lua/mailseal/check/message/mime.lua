--- The parts of a multipart body (RFC 2046 §5.1), as far as they tell what was added to it.
-- @module mailseal.check.message.mime
local message = require "mailseal.message"

local M = {}

-- Delimiters looked at; an honest message has a handful. A boundary has at most 70 characters, a part's header a few fields.
local MOST, BOUNDARY, HEADER = 100, 200, 65536

--- What a field says, without its folds and the white space at its ends.
-- @tparam {table,...} fields as `mailseal.message.fields` has them
-- @tparam string name in lower case
-- @treturn ?string of the topmost field of that name
-- @treturn ?table the field
function M.field(fields, name)
  for _, field in ipairs(fields) do
    if #field.name == #name and field.name:lower() == name then
      local value = field.value:gsub("\r\n", "")
      local first = value:find "[^ \t]"
      return first and value:sub(first, #value - #value:reverse():match "^[ \t]*") or "", field
    end
  end
end

--- The boundary of a multipart body.
-- @tparam {table,...} fields
-- @treturn ?string nil where the message is none
function M.boundary(fields)
  local value = M.field(fields, "content-type")
  if not value or not value:lower():find "^multipart/" then
    return nil
  end
  local _, stop = value:lower():find "boundary="
  if not stop then
    return nil
  end
  local boundary = value:match('^"([^"]+)"', stop + 1) or value:match("^[^%s;\"]+", stop + 1)
  return boundary and #boundary <= BOUNDARY and boundary or nil
end

-- The rest of the line at `position` where it is nothing but white space: what stands behind it; nil where more is there.
local function line_rest(body, position)
  local behind = body:match("^[ \t]*()", position)
  if behind > #body then
    return behind
  end
  return body:match("^\r?\n()", behind)
end

--- The delimiter lines of a body.
-- @tparam string body
-- @tparam string boundary
-- @treturn {table,...} each with `at` (where its line starts), `behind` (where the next one does) and `closing`
function M.delimiters(body, boundary)
  local list, position, dashes = {}, 1, "--" .. boundary
  while #list < MOST do
    local at, stop = body:find(dashes, position, true)
    if not at then
      break
    end
    position = stop + 1
    if at == 1 or body:sub(at - 1, at - 1) == "\n" then
      local closing = body:sub(stop + 1, stop + 2) == "--"
      local behind = line_rest(body, stop + (closing and 3 or 1))
      if behind then
        list[#list + 1] = { at = at, behind = behind, closing = closing }
        position = behind
      end
    end
  end
  return list
end

--- A part of a body.
-- @tparam string body
-- @tparam number from where its header starts
-- @tparam number to where its last line end ends, which belongs to the delimiter, too
-- @treturn table with `fields`, and `from` and `to`, between which its content stands
function M.part(body, from, to)
  local fields, start = message.fields(body:sub(from, math.min(to, from + HEADER)))
  return { fields = fields, from = from + (start or 1) - 1, to = to }
end

--- The parts between delimiters, the first ones.
-- @tparam string body
-- @tparam {table,...} delimiters
-- @tparam number most
-- @treturn {table,...} see @{part}; with `at`, where their delimiters are
function M.parts(body, delimiters, most)
  local list = {}
  for i = 1, #delimiters - 1 do
    if not delimiters[i].closing and #list < most then
      local part = M.part(body, delimiters[i].behind, delimiters[i + 1].at - 1)
      part.at = delimiters[i].at
      list[#list + 1] = part
    end
  end
  return list
end

return M
