--- Public keys made up for tests: of any size and exponent, and of types that DKIM does not have, in DER and base64.
-- They belong to no private key; that a number is no product of two primes, nobody who reads it can tell.

local octets = require "spec.support.octets"

local M = {}

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

--- RFC 4648 §4.
-- @tparam string text
-- @treturn string
function M.base64(text)
  local out = {}
  for at = 1, #text, 3 do
    local a, b, c = text:byte(at, at + 2)
    local bits = a * 65536 + (b or 0) * 256 + (c or 0)
    for place, power in ipairs { 262144, 4096, 64, 1 } do
      local value = math.floor(bits / power) % 64 + 1
      out[#out + 1] = (place > 2 and not (place == 3 and b or c)) and "=" or ALPHABET:sub(value, value)
    end
  end
  return table.concat(out)
end

local P256 = octets.element(0x06, "\42\134\72\206\61\3\1\7") -- 1.2.840.10045.3.1.7

-- An odd number of so many bits.
local function modulus(bits)
  local top = bits % 8 == 0 and 0xc3 or 2 ^ (bits % 8 - 1)
  return string.char(top) .. ("\167"):rep(math.ceil(bits / 8) - 1)
end

--- An RSAPublicKey (PKCS#1).
-- @tparam integer bits
-- @tparam[opt] string exponent big-endian; 65537 by default
function M.pkcs1(bits, exponent)
  return octets.sequence(octets.integer(modulus(bits)), octets.integer(exponent or "\1\0\1"))
end

--- The same as a SubjectPublicKeyInfo, which is what key records hold.
function M.rsa(bits, exponent)
  return octets.spki(octets.OID.rsa .. octets.NULL, M.pkcs1(bits, exponent))
end

--- The 32 octets of RFC 8463's Ed25519 key.
M.ed25519 = "\215\90\152\1\130\177\10\183\213\75\254\211\201\100\7\58\14\225\114\243\218\166\35\37\175\2\26\104\247\7\81\26"

--- The same as a SubjectPublicKeyInfo (RFC 8410).
M.ed25519_spki = octets.spki(octets.OID.ed25519, M.ed25519)

--- A key on an elliptic curve, P-256, which DKIM does not know.
M.p256_spki = octets.spki(octets.OID.ec .. P256, "\4" .. ("\167"):rep(64))

--- What stands at the start of a PKCS#8 or PKCS#1 private key: a version.
M.private = octets.sequence(octets.integer("\0"), ("\167"):rep(300))

return M
