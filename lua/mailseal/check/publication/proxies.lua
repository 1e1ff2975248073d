--- Addresses that stand for somebody else: those of proxies that answer in the place of the names behind them.
--
-- Where one of them is found at a name that is to hold a CNAME, the DNS host did not publish the CNAME but put its proxy before it.
-- @module mailseal.check.publication.proxies
local octets_of = require "mailseal.dns.reverse".octets

local M = {}

-- Each with its source, and when that was looked at.
local proxies = {
  { -- https://www.cloudflare.com/ips/, 2026-11-22
    name = "Cloudflare",
    "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "104.16.0.0/13", "104.24.0.0/14", "108.162.192.0/18", "131.0.72.0/22",
    "141.101.64.0/18", "162.158.0.0/15", "172.64.0.0/13", "173.245.48.0/20", "188.114.96.0/20", "190.93.240.0/20",
    "197.234.240.0/22", "198.41.128.0/17",
    "2400:cb00::/32", "2405:8100::/32", "2405:b500::/32", "2606:4700::/32", "2803:f800::/32", "2a06:98c0::/29", "2c0f:f248::/32",
  },
}

local function read(network)
  local address, bits = network:match "^(.*)/(%d+)$"
  return { octets = octets_of(address), bits = tonumber(bits) }
end

for _, proxy in ipairs(proxies) do
  for i, network in ipairs(proxy) do
    proxy[i] = read(network)
  end
end

local function is_in(octets, network)
  local whole, rest = math.floor(network.bits / 8), network.bits % 8
  if #octets ~= #network.octets or octets:sub(1, whole) ~= network.octets:sub(1, whole) then
    return false
  elseif rest == 0 then
    return true
  end
  local unit = 2 ^ (8 - rest)
  return math.floor(octets:byte(whole + 1) / unit) == math.floor(network.octets:byte(whole + 1) / unit)
end

--- Whose proxy has the address?
-- @tparam string address
-- @treturn ?string such as "Cloudflare"; nil where it is nobody's that is known
function M.of(address)
  local octets = octets_of(address)
  for _, proxy in ipairs(octets and proxies or {}) do
    for _, network in ipairs(proxy) do
      if is_in(octets, network) then
        return proxy.name
      end
    end
  end
end

return M
