--- Which addresses a name may lead to that somebody else has chosen.
--
-- Whoever names a host for us to connect to must not reach by it what only this machine, or this network, should (hostile-input.md,
-- Service 11). So nothing is taken for public but what is known to be: of IPv4 what no registry of RFC 6890 sets aside, of IPv6 the
-- global unicast addresses without those set aside. An address that holds another one (mapped, NAT64, 6to4) is what that one is.
-- @module mailseal.fetch.address
local rdata = require "mailseal.core".dns.rdata

local M = {}

local A, AAAA = 1, 28

-- First octets, how many bits of them count, and what that is. The first that fits counts.
local V4 = {
  { { 0 }, 8, "unspecified" }, { { 10 }, 8, "private" }, { { 100, 64 }, 10, "shared" }, { { 127 }, 8, "loopback" },
  { { 169, 254 }, 16, "link_local" }, { { 172, 16 }, 12, "private" }, { { 192, 0, 0 }, 24, "reserved" },
  { { 192, 0, 2 }, 24, "documentation" }, { { 192, 88, 99 }, 24, "reserved" }, { { 192, 168 }, 16, "private" },
  { { 198, 18 }, 15, "reserved" }, { { 198, 51, 100 }, 24, "documentation" }, { { 203, 0, 113 }, 24, "documentation" },
  { { 224 }, 4, "multicast" }, { { 240 }, 4, "reserved" }, { {}, 0, "public" },
}

-- A number in the place of a word: the address of IPv4 that is behind so many octets.
local V6 = {
  { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 128, "unspecified" },
  { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, 128, "loopback" },
  { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255 }, 96, 12 }, -- IPv4-mapped
  { { 0, 100, 255, 155, 0, 0, 0, 0, 0, 0, 0, 0 }, 96, 12 }, -- NAT64, RFC 6052
  { { 32, 2 }, 16, 2 }, -- 6to4, RFC 3056
  { { 32, 1, 13, 184 }, 32, "documentation" }, { { 63, 255, 0 }, 20, "documentation" },
  { { 32, 1, 0 }, 23, "reserved" }, -- Teredo, ORCHID, benchmarks: RFC 2928
  { { 32 }, 3, "public" },
  { { 252 }, 7, "unique_local" }, { { 254, 128 }, 10, "link_local" }, { { 254, 192 }, 10, "private" }, { { 255 }, 8, "multicast" },
  { {}, 0, "reserved" }, -- IPv4-compatible ones among them
}

-- Do the octets begin with these bits?
local function begins(octets, first, bits)
  local place = 1
  while bits > 0 do
    local unit = 2 ^ (8 - math.min(bits, 8))
    if math.floor(octets:byte(place) / unit) ~= math.floor((first[place] or 0) / unit) then return false end
    place, bits = place + 1, bits - 8
  end
  return true
end

local function kind_of(octets, ranges)
  for _, range in ipairs(ranges) do
    if begins(octets, range[1], range[2]) then
      local what = range[3]
      return type(what) == "number" and kind_of(octets:sub(what + 1, what + 4), V4) or what
    end
  end
end

--- What an address is for.
-- @tparam string address of IPv4 or IPv6, as text
-- @treturn ?string "public"; "loopback", "private" (RFC 1918), "shared" (RFC 6598), "unique_local" (RFC 4193), "link_local",
--   "multicast", "unspecified", "documentation", "reserved"; nil where that is no address
function M.kind(address)
  local octets = rdata(A, { address })
  if octets then return kind_of(octets, V4) end
  octets = rdata(AAAA, { address })
  return octets and kind_of(octets, V6)
end

-- What may be connected to where private addresses are allowed. Not link_local: there clouds hand out their machines' credentials.
local PRIVATE = { public = true, loopback = true, private = true, shared = true, unique_local = true }

--- May an address be connected to?
-- @tparam string address
-- @tparam[opt] boolean allow_private are those of this machine and of private networks allowed, too?
-- @treturn boolean
-- @treturn ?string as of @{kind}
function M.is_allowed(address, allow_private)
  local kind = M.kind(address)
  return kind == "public" or allow_private and PRIVATE[kind] or false, kind
end

return M
