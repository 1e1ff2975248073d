-- octets.lua: octets written as hex, and the DER that key tests build, right and wrong.
local M = {}

-- "00 ff" -> the two octets. White space is passed over.
function M.hex(text)
  return (text:gsub("%s", ""):gsub("%x%x", function(pair)
    return string.char(tonumber(pair, 16))
  end))
end

function M.to_hex(octets)
  return (octets:gsub(".", function(octet)
    return ("%02x"):format(octet:byte())
  end))
end

-- One DER element; `length` in place of the shortest form of the length, where a test wants a wrong one.
function M.element(tag, content, length)
  local n = #content
  if length then
    return string.char(tag) .. length .. content
  elseif n < 0x80 then
    length = string.char(n)
  elseif n < 0x100 then
    length = string.char(0x81, n)
  else
    length = string.char(0x82, math.floor(n / 256), n % 256)
  end
  return string.char(tag) .. length .. content
end

function M.sequence(...)
  return M.element(0x30, table.concat({ ... }))
end

-- An INTEGER that is not negative, from its big-endian octets.
function M.integer(octets)
  if octets:byte(1) >= 0x80 then
    octets = "\0" .. octets
  end
  return M.element(0x02, octets)
end

M.OID = {
  rsa = M.hex "06 09 2a864886f70d010101",
  rsa_pss = M.hex "06 09 2a864886f70d01010a",
  ec = M.hex "06 07 2a8648ce3d0201",
  ed25519 = M.hex "06 03 2b6570",
}
M.NULL = "\5\0"

-- A SubjectPublicKeyInfo of an AlgorithmIdentifier's inside and the key's octets.
function M.spki(algorithm, key)
  return M.sequence(M.sequence(algorithm), M.element(0x03, "\0" .. key))
end

-- The octets of an odd number of so many bits, a multiple of 8.
function M.modulus(bits)
  return "\197" .. ("Z"):rep(bits / 8 - 2) .. "["
end

return M
