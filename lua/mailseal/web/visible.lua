--- Text from outside, so that a reader of the page sees each of its characters.
--
-- `mailseal.printable` makes control characters, bidirectional controls and octets that are no UTF-8 visible, as `\DDD`. A page has to
-- fear characters as well that are simply not drawn: a record with a zero-width space in its name looks as the right one does.
-- @module mailseal.web.visible
local line = require "mailseal.printable".line

local M = {}

-- By the first octet of a character, those of its others that nobody would see: soft hyphen, Arabic letter mark, fillers of Hangul,
-- separators, zero-width space and joiners, invisible operators, variation selectors, the byte order mark, tags.
local unseen = {
  { "\194", { "\173" } },
  { "\205", { "\143" } },
  { "\216", { "\156" } },
  { "\225", { "\133[\159\160]", "\158[\180\181]", "\160[\139-\143]" } },
  { "\226", { "\128[\139-\143\168-\175]", "\129[\160-\175]" } },
  { "\227", { "\133\164" } },
  { "\239", { "\184[\128-\143]", "\187\191", "\190\160", "\191[\176-\187]" } },
  { "\243", { "\160[\128-\135][\128-\191]" } },
}

local function octets(character)
  return (character:gsub(".", function(octet) return ("\\%03d"):format(octet:byte()) end))
end

--- The text, with what cannot be seen written as `\DDD`, octet by octet.
-- @tparam string text whatever octets it holds
-- @treturn string one line of UTF-8
function M.text(text)
  text = line(text)
  if not text:find "[\128-\255]" then
    return text
  end
  for _, group in ipairs(unseen) do
    if text:find(group[1], 1, true) then
      for _, rest in ipairs(group[2]) do
        text = text:gsub(group[1] .. rest, octets)
      end
    end
  end
  return text
end

return M
