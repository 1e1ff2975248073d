--- Letters by chance, for what nobody is to guess or to meet twice: challenges, selectors, targets of CNAMEs, names of workers.
--
-- They are fit for a label of DNS: base32 in lower case (RFC 4648 §6), five random bits each.
-- @module mailseal.onboard.letters
local core = require "mailseal.core".seal

local M = {}

local ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

-- Octets in base32, five of them in eight letters.
local function base32(octets)
  local letters = {}
  for i = 1, #octets, 5 do
    local a, b, c, d, e = octets:byte(i, i + 4)
    local high, low = a * 4096 + b * 16 + math.floor(c / 16), c % 16 * 65536 + d * 256 + e -- 20 bits each
    for _, half in ipairs { high, low } do
      for place = 15, 0, -5 do
        local number = math.floor(half / 2 ^ place) % 32
        letters[#letters + 1] = ALPHABET:sub(number + 1, number + 1)
      end
    end
  end
  return table.concat(letters)
end

--- New ones.
-- @tparam number count how many
-- @treturn string
function M.new(count)
  return base32(core.random(math.ceil(count / 8) * 5)):sub(1, count)
end

return M
