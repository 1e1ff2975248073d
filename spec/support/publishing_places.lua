--- Where publishing is walked through: a customer's zone at a server that is real, and all else of DNS that the walk meets.
--
--     local place = places.at_primary "Knot"
--
-- A place is a table:
--
-- - `server`: `address`, `port`, of whom DNS is asked
-- - `way`: options of `tenant:plan`
-- - `zone()`: all records of the customers' zones, in order, but for the serials; `serial()`: those
-- - `stop()`
local dns_hosts = require "spec.support.dns_hosts"
local primaries = require "spec.support.primaries"
local sets = require "mailseal.publish.sets"
local shell = require "spec.support.shell"

local M = {}

--- The customer's zone; one with next to nothing in it; and one whose keys are in a zone of their own.
M.ZONE, M.BARE, M.SPLIT = "shop.test", "bare.test", "split.test"

--- A key that somebody else has: where CNAMEs lead, and in records that a provider issues.
M.KEY = "v=DKIM1; k=rsa; p="
  .. "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA8tPAPNOAJhyhSFvFWf7ikfKJWo92IZeOmtCV5dZJ2cOwr5D9VhBtBk8ncTqsfZpHPJ"
  .. "ZWrBxGoeb9A04mHuSq3rhJta9XekL6387ZQODBRYB34IzIAk5bUkgpeW/i0SbO5+GEKk2SxHWUopH0DmiNJB/5GNsmM/2LuBVpZCyqmEVzrnsA"
  .. "pTQ9bBDWN//8LRRj+siF+kF7NKv2/v5NJs1di4gtPLJ/rc3Z1kO1YQnZdyHUB8rKc+OTDdHJ05O7cT3b63lpewITXl9cuwWH4ovp29StNmUCao"
  .. "NXdZ6dXJ0WEUCQu0Z4gFO5Mr2JMcaHRdgKZxLjx5hyjOSPgYgI03IMeQIDAQAB"

-- ---- zones

-- A long text, cut where nobody would cut it.
local CUT = ('"%s" "%s" "%s"'):format(M.KEY:sub(1, 7), M.KEY:sub(8, 207), M.KEY:sub(208))

-- What a customer has: %TTL stands for a time, which grows where a host takes none that short; $(" ") for a place at which a text is cut in
-- two, where a host tells that.
local CUSTOMER = [[
@ %3600 SOA $first hostmaster 1 3600 900 604800 5
@ %14400 A 192.0.2.10
@ %14400 AAAA 2001:db8::10
@ %7201 MX 10 mx1
@ %7201 MX 20 backup.mx.example.net.
@ %1799 TXT "v=spf1 ip4:192.0.2.0/28 include:_spf.example.net include:$(" ")spf.example.org ?include:other.example.net -all"
@ %1799 TXT "site-verification=Zx81_\"quoted\"; and \\ more"
@ %1799 TXT "a text $(" ")in pieces$(" ") of its own"
@ %3600 CAA 0 issue "ca.example.net"
_dmarc %613 TXT "v=DMARC1; p=quarantine; sp=reject; rua=mailto:dmarc@shop.test"
* %301 A 192.0.2.11
*.promo %3600 CNAME www
www %300 CNAME shop.test.
mx1 %86400 A 192.0.2.25
old._domainkey %4000 TXT $cut
_sip._tcp %3600 SRV 10 5 5060 sip.example.net.
_mta-sts %77 TXT "v=STSv1; id=20261122"
mta-sts %3600 A 192.0.2.12
empty.non.terminal %3600 TXT "deep"
taken %1234 A 192.0.2.40
taken %777 TXT "in the $(" ")way"
s2._domainkey %901 CNAME former.example.net.
]]

local BARE = [[
@ %3600 SOA $first hostmaster 1 3600 900 604800 5
@ %1801 TXT "site-verification=bare"
@ %300 A 192.0.2.20
www %3600 CNAME @
]]

local KEYS_ALONE = [[
@ %3600 SOA $first hostmaster.shop.test. 1 3600 900 604800 5
former %4000 TXT "v=DKIM1; p="
]]

local OWN_SERVERS = { "ns1.shop.test", "ns2.shop.test" }

-- A zone in which names have their addresses here, by its name server.
local function holder(lines)
  return "@ 3600 SOA ns hostmaster 1 3600 900 604800 5\n@ NS ns\nns A 127.0.0.1\n" .. table.concat(lines, "\n")
end

-- A zone of a customer's, of a text as those above.
-- `options`: `name_servers`, names of its name servers (ns1 and ns2 of shop.test); `least_ttl`, the shortest TTL (0); `uncut`, true for a
-- host that tells texts without how they are cut into strings: at such a one they are cut in one way only, and what it writes is as it was.
local function customer_zone(text, options)
  local least, lines = options.least_ttl or 0, { text }
  local servers = options.name_servers or OWN_SERVERS
  for _, server in ipairs(servers) do lines[#lines + 1] = ("@ %%86400 NS %s."):format(server) end
  text = table.concat(lines, "\n"):gsub("%$first", servers[1] .. "."):gsub("%$%((.-)%)", options.uncut and "" or "%1")
  return (text:gsub("%$cut", function() return CUT end):gsub("%%(%d+)", function(ttl)
    return tostring(tonumber(ttl) + (tonumber(ttl) < least and least or 0))
  end)) .. "\n"
end

-- The zones of the customers. `options`: as above; `more`, lines that the first has besides; `alone`, true where there is to be that one
-- only.
local function customer_zones(options)
  local more = options.name_servers and "" or "ns1 86400 A 127.0.0.1\nns2 86400 A 127.0.0.1\n"
  local zones = { [M.ZONE] = customer_zone(CUSTOMER, options) .. more .. (options.more or "") }
  if options.alone then return zones end
  zones[M.BARE] = customer_zone(BARE, options)
  zones[M.SPLIT] = zones[M.BARE]
  for _, server in ipairs(options.name_servers or OWN_SERVERS) do
    zones[M.SPLIT] = zones[M.SPLIT] .. ("_domainkey 86400 NS %s.\n"):format(server)
  end
  zones["_domainkey." .. M.SPLIT] = customer_zone(KEYS_ALONE, options)
  return zones
end

-- All else that there is: the zone above, the name servers' names, what providers' records lead to, and where a DNS host's interface is.
local function others(servers)
  local key = sets.text(M.KEY)
  local zones = {
    ["example.net"] = holder {
      "*.dkim TXT " .. key, "mx A 192.0.2.77", "backup.mx A 192.0.2.78", "_spf TXT \"v=spf1 ip4:198.51.100.0/24 -all\"",
      "other TXT \"v=spf1 ip4:198.51.101.0/24 -all\"",
    },
    ["example.org"] = holder { "spf TXT \"v=spf1 ip4:203.0.113.0/24 -all\"" },
    ["host.example"] = holder { "api A 127.0.0.1" },
    ["sendgrid.net"] = holder { "*.domainkey.u12.wl34 TXT " .. key, "u12.wl34 A 192.0.2.80", "u12.wl34 MX 10 u12.wl34" },
    ["amazonses.com"] = holder { "*.dkim TXT " .. key, "feedback-smtp.eu-west-1 A 192.0.2.81", "@ TXT \"v=spf1 ip4:192.0.2.81 -all\"" },
    ["elasticemail.com"] = holder { "api A 192.0.2.82", "_spf TXT \"v=spf1 ip4:192.0.2.82 -all\"" },
  }
  local above = {}
  for _, server in ipairs(servers or OWN_SERVERS) do
    for _, label in ipairs { "shop", "bare", "split" } do above[#above + 1] = ("%s NS %s."):format(label, server) end
    local label, zone = server:match "^([^.]+)%.(.+)$"
    if not servers then
      above[#above + 1] = label .. ".shop A 127.0.0.1"
    elseif zones[zone] then
      zones[zone] = zones[zone] .. "\n" .. label .. " A 127.0.0.1"
    else
      zones[zone] = holder { label .. " A 127.0.0.1" }
    end
  end
  zones.test = holder(above)
  return zones
end

--- Lines of a zone that is large.
-- @tparam number count how many records
-- @treturn string
function M.many(count)
  local lines = {}
  for i = 1, count do
    local name = ("host-%05d"):format(i)
    lines[i] = i % 4 == 0 and ('%s 4000 TXT "v=%d; of host %d"'):format(name, i, i)
      or ("%s 4000 A 192.0.%d.%d"):format(name, math.floor(i / 250) % 250, i % 250)
  end
  return table.concat(lines, "\n")
end

-- ---- places

-- What a place has beside `way`: of a server, and of the names of the zones there.
local function with_zones(place, server, zones)
  local names = {}
  for name in pairs(zones) do names[#names + 1] = name end
  table.sort(names)
  function place.zone()
    local texts = {}
    for i, name in ipairs(names) do texts[i] = primaries.zone(server, name) end
    return table.concat(texts)
  end
  function place.serial()
    local serials = {}
    for i, name in ipairs(names) do
      serials[i] = shell.output(("kdig @%s -p %d +short SOA %s."):format(server.host, server.port, name)):match "^%S+ %S+ (%d+)"
    end
    return table.concat(serials, " ")
  end
  place.server = server
  return place
end

--- A name server of `spec.support.primaries`.
-- @tparam string name "Knot", "BIND" or "PowerDNS"
-- @tparam[opt] table options `more`: lines that the customer's zone has besides; `alone`: true for no other customer's zone; `besides`:
--   other zones' texts, by name; `signed`: true where all customers' zones are signed (DNSSEC)
-- @treturn table
function M.at_primary(name, options)
  options = options or {}
  local zones, customers, signed = others(), customer_zones(options), {}
  for _, list in ipairs { options.besides or {}, customers } do
    for zone, text in pairs(list) do zones[zone] = text end
  end
  for zone in pairs(customers) do signed[zone] = options.signed end
  local server = primaries.start(name, { zones = zones, signed = signed })
  return with_zones({
    way = { via = "rfc2136", server = server.host, port = tostring(server.port), key = primaries.key "good" },
    stop = function() server:stop() end,
  }, server, customers)
end

--- A DNS host's interface, of `spec.support.dns_hosts`.
-- @tparam table given `id`; `name_servers`, that domains there have; `least_ttl`, the shortest TTL; `uncut`: true for a host that tells
--   texts without how they are cut into strings; `more`, lines that the customer's zone has besides; `alone`: true for no other customer's
--   zone; `settings` of the host here; `options`, the settings and credentials that `tenant:plan` gets, or a function that
--   tells them of the host
-- @treturn table with `host`
function M.at_host(given)
  local settings = { zones = customer_zones(given), besides = others(given.name_servers) }
  for name, value in pairs(given.settings) do settings[name] = value end
  local host = dns_hosts.start(given.id, settings)
  local way = { via = given.id, endpoint = host.endpoint }
  local options = type(given.options) == "function" and given.options(host) or given.options
  for name, value in pairs(options) do way[name] = value end
  return with_zones({ way = way, host = host, stop = function() host:stop() end }, host.knot, settings.zones)
end

return M
