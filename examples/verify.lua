--- Verifies a message: reads it on standard input, piece by piece, and tells what its signatures are worth.
--
--    lua5.4 examples/verify.lua < message.eml
--    lua5.4 examples/verify.lua zone.json < message.eml      keys from a zone file in place of DNS
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local authres = require "mailseal.authres"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"

--- The value, or the end of the program with a word on why.
local function want(value, cause)
  if not value then
    io.stderr:write("verify: ", cause, "\n")
    os.exit(65)
  end
  return value
end

local resolver = want(dns.resolver { zone = arg[1] }) -- without a zone: the machine's name servers
local verifier = dkim.verifier { resolver = resolver }

local stream = verifier:stream()
while true do
  local chunk, cause = io.read(65536)
  if not chunk then
    want(not cause, cause)
    break
  end
  want(stream:write(chunk))
end
local results = want(stream:finish())

local all_pass = #results > 0
for _, result in ipairs(results) do
  all_pass = all_pass and result.result == "pass"
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
os.exit(all_pass and 0 or 1, true)
