--- The cube root of a large number, rounded down: what forges a PKCS#1 signature for e = 3 under verifiers that do not look at the
-- whole padding. Numbers are octets, big-endian, and inside lists of limbs of 20 bits, the lowest first.

local LIMB = 2 ^ 20

local function limbs_of(octets)
  local digits = octets:gsub(".", function(octet) return ("%02x"):format(octet:byte()) end)
  local limbs = {}
  for stop = #digits, 1, -5 do
    limbs[#limbs + 1] = tonumber(digits:sub(math.max(stop - 4, 1), stop), 16)
  end
  return limbs
end

local function octets_of(limbs, size)
  local digits = {}
  for i = #limbs, 1, -1 do
    digits[#digits + 1] = ("%05x"):format(limbs[i])
  end
  local text = ("0"):rep(2 * size) .. table.concat(digits)
  return (text:sub(-2 * size):gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

local function multiply(a, b)
  local product, carry = {}, 0
  for i = 1, #a + #b do
    product[i] = 0
  end
  for i, limb in ipairs(a) do
    if limb ~= 0 then
      for j = 1, #b do
        product[i + j - 1] = product[i + j - 1] + limb * b[j]
      end
    end
  end
  for i = 1, #product do
    local sum = product[i] + carry
    carry = math.floor(sum / LIMB)
    product[i] = sum - carry * LIMB
  end
  return product
end

local function is_greater(a, b)
  for i = math.max(#a, #b), 1, -1 do
    local x, y = a[i] or 0, b[i] or 0
    if x ~= y then
      return x > y
    end
  end
  return false
end

--- @tparam string octets
-- @treturn string as many octets
return function(octets)
  local target, root = limbs_of(octets), {}
  for i = 1, math.ceil(#target / 3) do
    root[i] = 0
  end
  for i = #root, 1, -1 do
    for bit = 19, 0, -1 do
      root[i] = root[i] + 2 ^ bit
      if is_greater(multiply(multiply(root, root), root), target) then
        root[i] = root[i] - 2 ^ bit
      end
    end
  end
  return octets_of(root, #octets)
end
