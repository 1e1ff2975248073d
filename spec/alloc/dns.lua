-- A name asked over c-ares, and in a zone.
local dns = require "mailseal.dns"

local zone = {
  ["s1._domainkey.example.com"] = { { type = "TXT", data = { "v=DKIM1; ", "p=" }, ttl = 300 } },
  ["alias.example.com"] = { { type = "CNAME", data = "s1._domainkey.example.com." } },
}

-- The answer's text. c-ares drops a reply that it has no memory for, and the query then times out.
local function ask(try, resolver, name)
  local answer = try(resolver:query(name, "TXT"))
  if answer.status ~= "ok" then
    try(nil, answer.status, answer.reason == "timeout" and "no_memory" or answer.reason)
  end
  return answer.text[1]
end

return function(try)
  local network = try(dns.resolver { servers = { "127.0.0.1:" .. server_port }, timeout = 1, tries = 1 })
  assert(ask(try, network, "s1._domainkey.example.com") == "here")
  assert(ask(try, network, "other.example.com") == "here")
  local resolver = try(dns.resolver { zone = zone })
  assert(ask(try, resolver, "alias.example.com") == "v=DKIM1; p=")
end
