--- TSIG records and signed messages, packed by hand after RFC 8945: what a server would send, right or wrong in whatever way.
local made = require "spec.support.packet"
local seal = require "mailseal.core".seal

local M = {}

local name, u16, u32 = made.name, made.u16, made.u32

--- A time as it is sent.
function M.u48(number) return u16(math.floor(number / 2 ^ 32)) .. u32(number % 2 ^ 32) end

--- A record.
-- @tparam table of `key`, `algorithm` (names; or as octets `key_octets`, `algorithm_octets`), `time`, `fudge`, `mac`, `mac_size`, `id`,
--   `error`, `other`, `other_size`, `class`, `ttl`, `behind` (what follows in its data)
-- @treturn string
function M.record(of)
  local other = of.other or ""
  local data = (of.algorithm_octets or name(of.algorithm)) .. M.u48(of.time) .. u16(of.fudge) .. u16(of.mac_size or #of.mac) .. of.mac
    .. u16(of.id) .. u16(of.error or 0) .. u16(of.other_size or #other) .. other .. (of.behind or "")
  return made.record(of.key_octets or name(of.key), 250, data, of.ttl or 0, of.class or 255)
end

--- A message with one record more in its additional section.
function M.with(message, record)
  local count = message:byte(11) * 256 + message:byte(12) + 1
  return message:sub(1, 10) .. u16(count) .. message:sub(13) .. record
end

--- The code of a message that has no TSIG record (§4.3).
-- @tparam string message
-- @tparam table of as of `record`, and `secret` (octets), `prior` (the code that goes before), `between` (unsigned messages),
--   `continued` (the timers alone)
-- @treturn string
function M.code(message, of)
  local octets = u16(of.id) .. message:sub(3)
  local timers = M.u48(of.time) .. u16(of.fudge)
  if of.continued then
    octets = octets .. timers
  else
    local other = of.other or ""
    octets = octets .. name(of.key:lower()) .. u16(255) .. u32(0) .. name(of.algorithm:lower()) .. timers .. u16(of.error or 0)
      .. u16(#other) .. other
  end
  local before = (of.prior and u16(#of.prior) .. of.prior or "") .. (of.between or "")
  return seal.hmac(of.algorithm:lower():match "sha%d+", of.secret, before .. octets)
end

--- A message, signed.
-- @tparam string message
-- @tparam table of as of `code`, and `cut`, octets that are left of the code
-- @treturn string
-- @treturn string the code
function M.signed(message, of)
  local copy = {}
  for field, value in pairs(of) do copy[field] = value end
  copy.mac = M.code(message, of)
  if of.cut then copy.mac = copy.mac:sub(1, of.cut) end
  return M.with(message, M.record(copy)), copy.mac
end

return M
