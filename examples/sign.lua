--- Signs a message: reads it on standard input, writes it signed to standard output.
--
--    lua5.4 examples/sign.lua example.com s1 s1.pem < message.eml > signed.eml
--
-- The message must be as it travels, with CRLF at the end of every line.
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local dkim = require "mailseal.dkim"
local key = require "mailseal.key"

local domain, selector, path = arg[1], arg[2], arg[3]
if not path then
  io.stderr:write("usage: sign.lua DOMAIN SELECTOR KEYFILE < message > signed message\n")
  os.exit(64)
end

--- The value, or the end of the program with a word on why.
local function want(value, cause)
  if not value then
    io.stderr:write("sign: ", cause, "\n")
    os.exit(65)
  end
  return value
end

local signer = want(dkim.signer {
  domain = domain,
  selector = selector,
  key = want(key.load_file(path)),
  oversign = { "to", "cc", "subject", "date" }, -- nobody shall add one of these later
  expire = 14 * 24 * 60 * 60, -- nor send the message again in a month
})

local message = want(io.read("*a"))
local header = want(signer:sign(message))
io.write(header, message)
