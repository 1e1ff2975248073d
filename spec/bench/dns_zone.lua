--- The zone that the benchmarks of DNS and of checks ask for, and the server: many domains of one provider's customers, each with
-- MX, SPF, DMARC and a DKIM key that is a CNAME into the provider's zone.

local key = require "mailseal.key"
local knot = require "spec.support.knot"

local M = {}

M.DOMAINS = tonumber(os.getenv("DOMAINS") or "") or 100000

--- A server's receive buffer holds some 270 queries; so it listens on several addresses.
M.ADDRESSES = 8

local KEYS = 1000 -- the provider's

local HEAD = "@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A 127.0.0.1\n"

local function customers()
  local lines = { HEAD }
  for i = 1, M.DOMAINS do
    local domain = ("d%06d"):format(i)
    lines[#lines + 1] = ([[
%s MX 10 mx.provider.test.
%s TXT "v=spf1 include:_spf.provider.test ~all"
_dmarc.%s TXT "v=DMARC1; p=none; rua=mailto:dmarc@provider.test"
s1._domainkey.%s CNAME k%03d.dkim.provider.test.
]]):format(domain, domain, domain, domain, i % KEYS)
  end
  return table.concat(lines)
end

local function provider()
  local text = assert(key.generate { type = "rsa", bits = 2048 }):record()
  local lines = { HEAD, [[
mx A 192.0.2.1
_spf TXT "v=spf1 include:_netblocks.provider.test ~all"
_netblocks TXT "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all"
*._report._dmarc TXT "v=DMARC1"
]] }
  for i = 0, KEYS - 1 do
    lines[#lines + 1] = ('k%03d.dkim TXT "%s" "%s"\n'):format(i, text:sub(1, 255), text:sub(256))
  end
  return table.concat(lines)
end

-- What is above them, which DMARC asks for, too.
local top = HEAD .. "customers NS ns.customers\nprovider NS ns.provider\n"

--- Starts the server.
-- @treturn ?table see `spec.support.knot`
-- @treturn ?string why there is none
function M.serve()
  local listen = {}
  for i = 1, M.ADDRESSES do
    listen[i] = "127.0.0." .. i
  end
  return knot.start {
    zones = { ["customers.test"] = customers(), ["provider.test"] = provider(), test = top }, listen = listen,
    patience = 10 + M.DOMAINS / 5000,
  }
end

--- What is asked: a title, the record's type, and the name's form.
M.questions = {
  { title = "SPF", type = "TXT", form = "d%06d.customers.test", goals = true },
  { title = "MX", type = "MX", form = "d%06d.customers.test" },
  { title = "DMARC", type = "TXT", form = "_dmarc.d%06d.customers.test" },
  { title = "DKIM key behind a CNAME, two queries", type = "TXT", form = "s1._domainkey.d%06d.customers.test", queries = 2 },
}

--- So many names of a question, those of the `part`-th part of the zone.
function M.names(question, count, part)
  local names = {}
  for i = 1, count do
    names[i] = question.form:format((part * count + i) % M.DOMAINS + 1)
  end
  return names
end

return M
