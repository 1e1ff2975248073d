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

--- All that the signature of a signed message covers but the signature field itself, canonicalised: two messages under the
-- same signature verify alike exactly if these are equal.
-- @tparam string message the message, without the signature field
-- @tparam string signed_names what h= says
-- @tparam string canonicalization "simple/relaxed" and so on
-- @treturn string
function M.covered(message, signed_names, canonicalization)
  local header_way, body_way = canonicalization:match("(%a+)/(%a+)")
  local stop = assert(("\r\n" .. message):find("\r\n\r\n", 1, true), "no empty line")
  local fields, taken, out = fields_of(message:sub(1, math.max(stop - 3, 0))), {}, {}
  for wanted in signed_names:gmatch("[^%s:]+") do
    local field = take_lowest(fields, taken, wanted:lower())
    if field then
      out[#out + 1] = header_way == "relaxed" and relaxed_field(wanted:lower(), field) or field .. "\r\n"
    end
  end
  out[#out + 1] = "\r\n"
  out[#out + 1] = (body_way == "relaxed" and relaxed_body or simple_body)(message:sub(stop + 2))
  return table.concat(out)
end

return M
