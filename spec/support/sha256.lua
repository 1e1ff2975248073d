--- SHA-256 (FIPS 180-4), written out for the tests' oracle, in whatever words the Lua that runs has for bits. Slow.

-- On LuaJIT the numbers are signed, on Lua 5.4 they have 64 bits: either way only the low 32 count.
local operations = [[
  return function(a, n) a = a & 0xffffffff return a >> n | a << 32 - n & 0xffffffff end,
    function(a, b) return (a ~ b) & 0xffffffff end, function(a, b) return a & b & 0xffffffff end,
    function(a, n) return (a & 0xffffffff) >> n end
]]
local unpack = table.unpack or unpack -- luacheck: ignore
local rotate, xor, both, shift
if jit then -- luacheck: ignore jit
  local bit = require "bit"
  rotate, xor, both, shift = bit.ror, bit.bxor, bit.band, bit.rshift
else
  rotate, xor, both, shift = assert(load(operations))()
end

-- The first 32 bits of the fractional parts of roots of the first primes.
local function fraction(root)
  return math.floor((root - math.floor(root)) * 4294967296)
end

local K, START = {}, {}
do
  local candidate = 2
  while #K < 64 do
    local prime = true
    for divisor = 2, math.floor(math.sqrt(candidate)) do
      prime = prime and candidate % divisor ~= 0
    end
    if prime then
      K[#K + 1] = fraction(candidate ^ (1 / 3))
      if #START < 8 then
        START[#START + 1] = fraction(math.sqrt(candidate))
      end
    end
    candidate = candidate + 1
  end
end

local function word(number)
  return number % 4294967296
end

local function schedule(block)
  local w = {}
  for i = 1, 16 do
    local a, b, c, d = block:byte(i * 4 - 3, i * 4)
    w[i] = ((a * 256 + b) * 256 + c) * 256 + d
  end
  for i = 17, 64 do
    local x, y = w[i - 15], w[i - 2]
    local s0 = xor(xor(rotate(x, 7), rotate(x, 18)), shift(x, 3))
    local s1 = xor(xor(rotate(y, 17), rotate(y, 19)), shift(y, 10))
    w[i] = word(w[i - 16] + word(s0) + w[i - 7] + word(s1))
  end
  return w
end

local function compress(state, block)
  local w = schedule(block)
  local a, b, c, d, e, f, g, h = unpack(state, 1, 8)
  for i = 1, 64 do
    local s1 = xor(xor(rotate(e, 6), rotate(e, 11)), rotate(e, 25))
    local choice = xor(g, both(e, xor(f, g)))
    local t1 = h + word(s1) + word(choice) + K[i] + w[i]
    local s0 = xor(xor(rotate(a, 2), rotate(a, 13)), rotate(a, 22))
    local majority = xor(both(a, b), both(c, xor(a, b)))
    a, b, c, d, e, f, g, h = word(t1 + word(s0) + word(majority)), a, b, c, word(d + t1), e, f, g
  end
  for i, value in ipairs { a, b, c, d, e, f, g, h } do
    state[i] = word(state[i] + value)
  end
end

local function big_endian(number, octets)
  local out = {}
  for i = octets, 1, -1 do
    out[i] = string.char(number % 256)
    number = math.floor(number / 256)
  end
  return table.concat(out)
end

--- @tparam string text
-- @treturn string 32 octets
return function(text)
  local state = { unpack(START) }
  local padded = text .. "\128" .. ("\0"):rep((55 - #text) % 64) .. big_endian(#text * 8, 8)
  for at = 1, #padded, 64 do
    compress(state, padded:sub(at, at + 63))
  end
  local out = {}
  for i = 1, 8 do
    out[i] = big_endian(state[i], 4)
  end
  return table.concat(out)
end
