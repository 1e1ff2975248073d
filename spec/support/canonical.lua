--- What a signature covers, worked out the plain way from RFC 6376 §3.4 and §5.4.2: an oracle for the properties, slow and
-- short where the C core is fast and long.

local M = {}

local function relaxed_body(body)
  local text = body:gsub("[ \t]+", " "):gsub(" \r\n", "\r\n"):gsub(" $", "")
  while text:sub(-2) == "\r\n" do
    text = text:sub(1, -3)
  end
  return text == "" and "" or text .. "\r\n"
end

local function simple_body(body)
  local text = body
  while text:sub(-2) == "\r\n" do
    text = text:sub(1, -3)
  end
  return text .. "\r\n"
end

local function relaxed_field(name, field)
  local value = field:match(":(.*)$"):gsub("\r\n", ""):gsub("[ \t]+", " ")
  return name .. ":" .. value:match("^ ?(.-) ?$") .. "\r\n"
end

--- The canonical form of a body (§3.4.3, §3.4.4).
-- @tparam string body
-- @tparam string way "simple" or "relaxed"
-- @treturn string
function M.body(body, way)
  return (way == "relaxed" and relaxed_body or simple_body)(body)
end

--- The canonical form of a header field (§3.4.1, §3.4.2).
-- @tparam string field with or without its line end
-- @tparam string way "simple" or "relaxed"
-- @treturn string
function M.field(field, way)
  field = field:gsub("\r\n$", "")
  return way == "relaxed" and relaxed_field(field:match("^([^:]-)[ \t]*:"):lower(), field) or field .. "\r\n"
end

--- The canonical form of a signature field that ends with an empty b= (§3.7).
-- @tparam string field without its line end
-- @tparam string way "simple" or "relaxed"
-- @treturn string
function M.signature(field, way)
  return (M.field(field, way):gsub("\r\n$", ""))
end

-- The fields of a header section, each without its last line end.
local function fields_of(header)
  local fields = {}
  for line in (header .. "\r\n"):gmatch("(.-)\r\n") do
    if line:find("^[ \t]") and #fields > 0 then
      fields[#fields] = fields[#fields] .. "\r\n" .. line
    else
      fields[#fields + 1] = line
    end
  end
  return fields
end

local function name_of(field)
  return (field:match("^([^:]-)[ \t]*:") or ""):lower()
end

-- The lowest field of that name that was not taken yet (§5.4.2).
local function take_lowest(fields, taken, wanted)
  for at = #fields, 1, -1 do
    if not taken[at] and name_of(fields[at]) == wanted then
      taken[at] = true
      return fields[at]
    end
  end
end

--- The fields that a list of names covers, canonicalised (§5.4.2).
-- @tparam string header the header section
-- @tparam string names what h= says
-- @tparam string way "simple" or "relaxed"
-- @treturn string
function M.header(header, names, way)
  local fields, taken, out = fields_of((header:gsub("\r\n$", ""))), {}, {}
  for wanted in names:gmatch("[^%s:]+") do
    local field = take_lowest(fields, taken, wanted:lower())
    if field then
      out[#out + 1] = M.field(field, way)
    end
  end
  return table.concat(out)
end

--- A message's header section, with its last line end, and its body.
-- @tparam string message
-- @treturn string
-- @treturn string
function M.cut(message)
  local stop = assert(("\r\n" .. message):find("\r\n\r\n", 1, true), "no empty line")
  return message:sub(1, math.max(stop - 1, 0)), message:sub(stop + 2)
end

--- All that the signature of a signed message covers but the signature field itself, canonicalised: two messages under the
-- same signature verify alike exactly if these are equal.
-- @tparam string message the message, without the signature field
-- @tparam string signed_names what h= says
-- @tparam string canonicalization "simple/relaxed" and so on
-- @treturn string
function M.covered(message, signed_names, canonicalization)
  local header_way, body_way = canonicalization:match("(%a+)/(%a+)")
  local header, body = M.cut(message)
  return M.header(header, signed_names, header_way) .. "\r\n" .. M.body(body, body_way)
end

return M
