--- Verifies a message: reads it on standard input, piece by piece, and tells what its signatures are worth.
--
--    lua5.4 examples/verify.lua < message.eml
--    lua5.4 examples/verify.lua zone.json < message.eml      keys from a zone file in place of DNS
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local authres = require "mailseal.authres"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"

local resolver = assert(dns.resolver { zone = arg[1] }) -- without a zone: the machine's name servers
local verifier = dkim.verifier { resolver = resolver }

local stream = verifier:stream()
for chunk in function() return io.read(65536) end do
  assert(stream:write(chunk))
end
local results = assert(stream:finish())

for _, result in ipairs(results) do
  -- `reason` is for programs, `text` for people. The domain came with the message, as its sender wrote it: a name that
  -- is no host name never gets as far as "pass".
  print(result.result, result.domain or "-", result.reason or "-", result.text)
end
if #results == 0 then
  results = { { method = "dkim", result = "none" } }
  print("none", "-", "-", "the message is not signed")
end
print()
print((authres.write { authserv_id = "mx.example.net", results = results }))
