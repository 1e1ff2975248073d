--- Text that came from outside, made fit to show.
--
-- A domain in a signature, a TXT record, a file's name: any octets may stand there, among them those that move a
-- terminal's cursor or turn the direction of writing round.
-- @module mailseal.printable
local M = {}

--- The ranges of each leading octet's second octet (RFC 3629 §4), and how many octets follow in all.
local function sequence(lead)
  if lead < 0x80 then
    return 0
  elseif lead >= 0xc2 and lead <= 0xdf then
    return 1, 0x80, 0xbf
  elseif lead >= 0xe0 and lead <= 0xef then
    return 2, lead == 0xe0 and 0xa0 or 0x80, lead == 0xed and 0x9f or 0xbf
  elseif lead >= 0xf0 and lead <= 0xf4 then
    return 3, lead == 0xf0 and 0x90 or 0x80, lead == 0xf4 and 0x8f or 0xbf
  end
end

--- How many octets the character at `position` has; nil where there is no UTF-8.
local function character_size(s, position)
  local following, low, high = sequence(s:byte(position))
  if not following or following == 0 then
    return following and 1
  end
  local second = s:byte(position + 1)
  if not second or second < low or second > high then
    return nil
  end
  for i = position + 2, position + following do
    local octet = s:byte(i)
    if not octet or octet < 0x80 or octet > 0xbf then
      return nil
    end
  end
  return following + 1
end

--- Goes through `s` a character at a time; `valid(character)` and `invalid(octet)` say what each becomes.
local function map_characters(s, valid, invalid)
  local out, position = {}, 1
  while position <= #s do
    local size = character_size(s, position)
    local piece = s:sub(position, position + (size or 1) - 1)
    out[#out + 1] = size and valid(piece) or invalid(piece)
    position = position + #piece
  end
  return table.concat(out)
end

--- The same text with U+FFFD for each octet that is no UTF-8.
-- @tparam string s
-- @treturn string
function M.utf8(s)
  if not s:find("[\128-\255]") then
    return s
  end
  return map_characters(s, function(character)
    return character
  end, function()
    return "\239\191\189"
  end)
end

local function octets_escaped(s)
  return (s:gsub(".", function(octet)
    return ("\\%03d"):format(octet:byte())
  end))
end

--- Controls of C1 (U+0080 to U+009F), and those that change the direction of writing.
local function is_harmful(character)
  return character:find("^\194[\128-\159]$")
    or character:find("^\226\128[\142\143\168-\174]$")
    or character:find("^\226\129[\166-\169]$")
    or character == "\216\156"
end

--- One line fit for a terminal: control characters, bidirectional controls and octets that are no UTF-8 become `\DDD`.
-- @tparam string s
-- @treturn string
function M.line(s)
  if s:find "%c" then
    s = s:gsub("%c", octets_escaped)
  end
  if not s:find("[\128-\255]") then
    return s
  end
  return map_characters(s, function(character)
    return is_harmful(character) and octets_escaped(character) or character
  end, octets_escaped)
end

return M
