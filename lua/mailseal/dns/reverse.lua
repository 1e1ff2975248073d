--- The names of an address, each confirmed by asking the name for its addresses (RFC 1035 §3.5, RFC 3596 §2.5, RFC 8601 §2.7.3).
--
-- Whoever holds an address may write any name into its PTR record. A name counts where it has the address among its own: mail
-- servers refuse senders that have none. Behind `resolver:reverse`, which tells what comes of it.
-- @module mailseal.dns.reverse
local definitive = require "mailseal.dns.answer".definitive
local async = require "mailseal.async"
local core = require "mailseal.core".dns
local inquiry = require "mailseal.dns.inquiry"

local M = {}

-- Of so many names the rest is not looked at (as RFC 7208 §4.6.4 has it for SPF).
local NAMES_MAX = 10

-- The names are asked for, and then all of them for their addresses.
local STEPS = 2

local MAPPED = ("\0"):rep(10) .. "\255\255"

--- An address as octets. An IPv4 address in IPv6's clothes (RFC 4291 §2.5.5.2) is one of IPv4.
-- @tparam string address such as "192.0.2.1" or "2001:db8::1"
-- @treturn ?string 4 or 16 of them; nil where it is no address
function M.octets(address)
  local octets = core.rdata(address:find(":", 1, true) and "AAAA" or "A", { address })
  if octets and #octets == 16 and octets:sub(1, 12) == MAPPED then octets = octets:sub(13) end
  return octets
end

local octets_of = M.octets

--- The name under which an address has its PTR records.
-- @tparam string address such as "192.0.2.1" or "2001:db8::1"
-- @treturn ?string such as "1.2.0.192.in-addr.arpa"
-- @treturn ?string what is wrong
-- @treturn ?string `bad_address`
function M.name(address)
  local octets = octets_of(address)
  if not octets then return nil, ("\"%s\" is not an IPv4 or IPv6 address"):format(address), "bad_address" end
  if #octets == 4 then return ("%d.%d.%d.%d.in-addr.arpa"):format(octets:reverse():byte(1, 4)) end
  local digits = octets:gsub(".", function(octet) return ("%02x"):format(octet:byte()) end)
  return (digits:reverse():gsub("%x", "%0.")) .. "ip6.arpa"
end

-- Does one of the answer's addresses have these octets?
local function has_address(answer, octets)
  for _, record in ipairs(answer.records) do
    if octets_of(record.address) == octets then return true end
  end
  return false
end

local function confirm(asking, name, octets)
  local answer = assert(asking:query(name, #octets == 4 and "A" or "AAAA"))
  local state = has_address(answer, octets) and "confirmed" or definitive[answer.status] and "unconfirmed" or "unknown"
  return { name = name, state = state, answer = answer }
end

-- The names of the PTR records, each once, in the order of the alphabet; and whether there were more than are looked at.
local function names_of(answer)
  local names, seen = {}, {}
  for _, record in ipairs(answer.records) do
    if not seen[record.target] then names[#names + 1] = record.target end
    seen[record.target] = true
  end
  table.sort(names)
  local capped = #names > NAMES_MAX
  for i = #names, NAMES_MAX + 1, -1 do names[i] = nil end
  return names, capped
end

-- The status of the whole: of the PTR records where there are none, and otherwise of what the names say.
local function judge(result, answer)
  result.status, result.reason = answer.status, answer.reason
  local unknown
  for _, name in ipairs(result.names) do
    if name.state == "confirmed" then result.confirmed[#result.confirmed + 1] = name.name end
    if name.state == "unknown" then unknown = unknown or name.answer end
  end
  if answer.status ~= "ok" or result.confirmed[1] then return result end
  result.status, result.reason = "unconfirmed", nil
  if unknown then result.status, result.reason = unknown.status, unknown.reason end
  return result
end

--- Asks for the names of an address, and each of them for its addresses. See `resolver:reverse`.
-- @tparam table resolver see `mailseal.dns.resolver`
-- @tparam string address such as "192.0.2.1" or "2001:db8::1"
-- @tparam[opt] table options as of `resolver:reverse`
-- @treturn ?table what was found; nil for misuse alone
-- @treturn ?string what is wrong with the address
-- @treturn ?string `bad_address`
function M.ask(resolver, address, options)
  local name, message, code = M.name(address)
  if not name then return nil, message, code end
  local octets, asking = octets_of(address), inquiry.new(resolver, options, STEPS)
  local answer = assert(asking:query(name, "PTR"))
  local names, capped = names_of(answer)
  local result = { address = address, name = name, type = "PTR", answer = answer, confirmed = {}, capped = capped }
  result.names = async.each(names, function(host) return confirm(asking, host, octets) end)
  return judge(result, answer)
end

return M
