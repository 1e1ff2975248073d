--- Reads UPDATE messages (RFC 2136), by a reading that is not the writer's, so that tests can say what is in them.
local core = require "mailseal.core".dns
local octets = require "spec.support.octets"

local M = {}

local CLASSES = { "IN", [254] = "NONE", [255] = "ANY" }

-- A reader's place in a message, and what it takes from there.
local function reader(message)
  local at = 13
  local function u16()
    at = at + 2
    return message:byte(at - 2) * 256 + message:byte(at - 1)
  end
  local function name()
    local labels, behind = {}, nil
    while message:byte(at) > 0 do
      local length = message:byte(at)
      if length >= 192 then
        behind = behind or at + 2
        at = (length - 192) * 256 + message:byte(at + 1) + 1
      else
        labels[#labels + 1] = message:sub(at + 1, at + length)
        at = at + 1 + length
      end
    end
    at = behind or at + 1
    return table.concat(labels, ".")
  end
  local function take(length)
    at = at + length
    return message:sub(at - length, at - 1)
  end
  return { u16 = u16, name = name, take = take, done = function() return at == #message + 1 end }
end

-- "a" of a name in the zone, "@" of the zone itself.
local function relative(name, zone)
  if name == zone then return "@" end
  return name:sub(-#zone - 1) == "." .. zone and name:sub(1, -#zone - 2) or name .. "."
end

--- What an UPDATE without a signature says.
-- @tparam string message
-- @treturn {string,...} a line for each prerequisite ("if") and each change ("do"): "do a TXT IN 60 0178", its data as hexadecimal; names
--   are relative to the zone
-- @treturn string the zone
function M.lines(message)
  local from, lines = reader(message), {}
  local zone = from.name()
  assert(from.u16() == 6 and from.u16() == 1, "the zone section is no SOA IN")
  local counts = { message:byte(7) * 256 + message:byte(8), message:byte(9) * 256 + message:byte(10) }
  for section, count in ipairs(counts) do
    for _ = 1, count do
      local name, kind, class = relative(from.name(), zone), from.u16(), from.u16()
      local ttl = from.u16() * 65536 + from.u16()
      lines[#lines + 1] = ("%s %s %s %s %d %s"):format(section == 1 and "if" or "do", name,
        kind == 255 and "ANY" or select(2, core.type(kind)), CLASSES[class], ttl, octets.to_hex(from.take(from.u16())))
    end
  end
  assert(from.done(), "there is something behind the records")
  return lines, zone
end

return M
