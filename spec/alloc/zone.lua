-- A zone of several servers, as a table and as a text, asked as a resolver asks and as its name servers are asked.
local core = require "mailseal.core".dns
local zone = require "mailseal.dns.zone"

local several = {
  ["example.com"] = {
    { type = "SOA", data = "ns1.example.com. h.example.com. 1 2 3 4 5" }, { type = "NS", data = "ns1.example.com." },
    { type = "NS", data = "ns2.example.com." },
  },
  ["ns1.example.com"] = { { type = "A", data = "192.0.2.1" } },
  ["ns2.example.com"] = { { type = "A", data = "192.0.2.2" } },
  ["a.example.com"] = {
    { type = "TXT", data = "new", servers = { "ns1.example.com" } }, { type = "TXT", data = "old", servers = { "192.0.2.2" } },
  },
}

local signed = [[
$ORIGIN example.com.
old   DNAME @
a     TXT x
      RRSIG TXT 13 3 300 20300101000000 20240101000000 1 example.com. AAAA
      HTTPS 1 . alpn=h2
]]

local function ask(try, transport, name, server)
  local query = try(core.encode(name, "TXT", { id = 1, no_recursion = server and true, dnssec_ok = true }))
  return try(core.decode(try(transport:exchange(query, server)), name, "TXT"))
end

return function(try)
  local transport = try(zone.new(several))
  assert(ask(try, transport, "a.example.com", "192.0.2.1:53").text[1] == "new")
  assert(ask(try, transport, "a.example.com", "192.0.2.2:53").text[1] == "old")
  assert(ask(try, transport, "a.example.com", false).text[1] == "new")
  assert(ask(try, transport, "b.example.com", "192.0.2.1:53").status == "nxdomain")
  transport = try(zone.read(signed))
  local answer = ask(try, transport, "a.old.example.com", false)
  assert(answer.text[1] == "x" and answer.signed and answer.chain[1] == "a.example.com")
end
