--- The Internet of the demo: the name servers of some DNS hosts, and what stands at two mail services. All of it is made up but the
-- names of the hosts' servers, by which mailseal knows a host, and those of the services' targets, which its rules ask for.
local M = {}

--- The name servers of each DNS host, by the id of its rule (`mailseal.host`); those of `corner` no rule knows.
M.HOSTS = {
  godaddy = { "ns41.domaincontrol.com", "ns42.domaincontrol.com" },
  cloudflare = { "ada.ns.cloudflare.com", "bob.ns.cloudflare.com" },
  namecheap = { "dns1.registrar-servers.com", "dns2.registrar-servers.com" },
  route53 = { "ns-21.awsdns-02.com", "ns-742.awsdns-28.net", "ns-1101.awsdns-09.org", "ns-1954.awsdns-52.co.uk" },
  digitalocean = { "ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com" },
  ionos = { "ns1051.ui-dns.com", "ns1051.ui-dns.de", "ns1051.ui-dns.org", "ns1051.ui-dns.biz" },
  ovh = { "dns12.ovh.net", "ns12.ovh.net" },
  gandi = { "ns-12-a.gandi.net", "ns-33-b.gandi.net", "ns-201-c.gandi.net" },
  bluehost = { "ns1.bluehost.com", "ns2.bluehost.com" },
  porkbun = { "curitiba.ns.porkbun.com", "fortaleza.ns.porkbun.com" },
  corner = { "ns1.corner-hosting.example", "ns2.corner-hosting.example" },
  sleepy = { "ns1.sleepy-hosting.example", "ns2.sleepy-hosting.example" },
}

--- The name server to which changes come late.
M.LATE = "ns3.digitalocean.com"

--- The host whose name servers keep silent.
M.SILENT = "sleepy"

-- The zones that all that is not a customer's stands in: the root, and top-level domains.
local TOP = { "", "com", "net", "org", "uk", "de", "biz", "test", "example" }

-- What no host or customer has: mail services. $key stands for the record of some public key, as a zone file has it.
local SERVICES = [[
feedback-smtp.eu-west-1.amazonses.com A 192.0.2.10
amazonses.com TXT "v=spf1 ip4:192.0.2.0/24 -all"
*.dkim.amazonses.com TXT $key
dkim.infusionmail.com TXT $key
infusionmail.com TXT $key
]]

local HEAD = "@ SOA $first hostmaster.invalid. 1 3600 600 86400 $negative\n"

--- How long a name that is not there may be remembered, in seconds: short, so that a demo is.
M.NEGATIVE = 5

local function head(servers)
  local lines = { (HEAD:gsub("%$(%a+)", { first = servers[1] .. ".", negative = tostring(M.NEGATIVE) })) }
  for _, server in ipairs(servers) do
    lines[#lines + 1] = ("@ NS %s.\n"):format(server)
  end
  return table.concat(lines)
end

-- Adds a line of a zone file to the zone that its name is in.
local function add(zones, name, rest)
  local top = assert(name:match "([^.]+)$")
  zones[top] = assert(zones[top], "no zone for " .. name) .. ("%s. %s\n"):format(name, rest)
end

local function sorted_ids()
  local ids = {}
  for id in pairs(M.HOSTS) do
    ids[#ids + 1] = id
  end
  table.sort(ids)
  return ids
end

--- The address of each name server: another one on loopback for each.
-- @treturn table by their names
function M.addresses()
  local addresses = {}
  for i, id in ipairs(sorted_ids()) do
    for n, server in ipairs(M.HOSTS[id]) do
      addresses[server] = ("127.53.%d.%d"):format(i, n)
    end
  end
  return addresses
end

--- The zones of top-level domains, in which everything is but what is the customers'.
-- @tparam {table,...} customers each with `zone` and `host`
-- @tparam string text the record of a public key
-- @treturn table texts of zone files by the zones' names
function M.tops(customers, text)
  local zones, registry = {}, { "ns.registry.example" }
  for _, top in ipairs(TOP) do
    zones[top] = head(registry)
  end
  add(zones, registry[1], "A 127.0.0.1")
  for server, address in pairs(M.addresses()) do
    add(zones, server, "A " .. address)
  end
  for _, customer in ipairs(customers) do
    for _, server in ipairs(M.HOSTS[customer.host]) do
      add(zones, customer.zone, ("NS %s."):format(server))
    end
  end
  for name, rest in SERVICES:gsub("%$key", function() return text end):gmatch "(%S+) ([^\n]+)\n" do
    add(zones, name, rest)
  end
  return zones
end

--- The zone of a customer who has no mail records yet, but a web site and a mail server.
-- @tparam string host the id of his DNS host
-- @treturn string the text of a zone file
function M.customer(host)
  return head(M.HOSTS[host]) .. "@ A 192.0.2.80\nwww A 192.0.2.80\nmail A 192.0.2.25\n@ MX 10 mail\n"
end

return M
