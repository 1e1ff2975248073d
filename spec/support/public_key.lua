--- Public keys made up for tests: of any size and exponent, and of types that DKIM does not have, in DER and base64.
-- They belong to no private key; that a number is no product of two primes, nobody who reads it can tell.

local M = {}

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

--- RFC 4648 §4.
-- @tparam string octets
-- @treturn string
function M.base64(octets)
  local out = {}
  for at = 1, #octets, 3 do
    local a, b, c = octets:byte(at, at + 2)
    local bits = a * 65536 + (b or 0) * 256 + (c or 0)
    for place, power in ipairs { 262144, 4096, 64, 1 } do
      local value = math.floor(bits / power) % 64 + 1
      out[#out + 1] = (place > 2 and not (place == 3 and b or c)) and "=" or ALPHABET:sub(value, value)
    end
  end
  return table.concat(out)
end

local function element(tag, content)
  local size = #content
  if size < 128 then
    return string.char(tag, size) .. content
  elseif size < 256 then
    return string.char(tag, 0x81, size) .. content
  end
  return string.char(tag, 0x82, math.floor(size / 256), size % 256) .. content
end

local function integer(octets)
  return element(0x02, octets:byte() >= 128 and "\0" .. octets or octets)
end

local RSA_ENCRYPTION = "\42\134\72\134\247\13\1\1\1" -- 1.2.840.113549.1.1.1
local ED25519 = "\43\101\112" -- 1.3.101.112
local EC_PUBLIC_KEY = "\42\134\72\206\61\2\1" -- 1.2.840.10045.2.1

local function spki(algorithm, parameters, key)
  return element(0x30, element(0x30, element(0x06, algorithm) .. parameters) .. element(0x03, "\0" .. key))
end

-- An odd number of so many bits.
local function modulus(bits)
  local octets = math.ceil(bits / 8)
  local top = bits % 8 == 0 and 0xc3 or 2 ^ (bits % 8 - 1)
  return string.char(top) .. ("\167"):rep(octets - 1)
end

--- An RSAPublicKey (PKCS#1).
-- @tparam integer bits
-- @tparam[opt] string exponent big-endian; 65537 by default
function M.pkcs1(bits, exponent)
  return element(0x30, integer(modulus(bits)) .. integer(exponent or "\1\0\1"))
end

--- The same as a SubjectPublicKeyInfo, which is what key records hold.
function M.rsa(bits, exponent)
  return spki(RSA_ENCRYPTION, "\5\0", M.pkcs1(bits, exponent))
end

--- The 32 octets of RFC 8463's Ed25519 key.
M.ed25519 = "\215\90\152\1\130\177\10\183\213\75\254\211\201\100\7\58\14\225\114\243\218\166\35\37\175\2\26\104\247\7\81\26"

--- The same as a SubjectPublicKeyInfo (RFC 8410).
M.ed25519_spki = spki(ED25519, "", M.ed25519)

--- A key on an elliptic curve, P-256, which DKIM does not know.
M.p256_spki = spki(EC_PUBLIC_KEY, element(0x06, "\42\134\72\206\61\3\1\7"), "\4" .. ("\167"):rep(64))

--- What stands at the start of a PKCS#8 or PKCS#1 private key: a version.
M.private = element(0x30, integer("\0") .. ("\167"):rep(300))

return M
