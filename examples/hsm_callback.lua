--- Signs with a key that this program never sees: another process keeps it. Here that is the command openssl; it might
-- as well be a module of hardware, or a service in the cloud.
--
--    lua5.4 examples/hsm_callback.lua example.com s1 s1.pem < message.eml > signed.eml
--
-- In a key's place stands a table with the key's type and a function, which gets the octets to sign and returns the
-- signature. It may yield (in OpenResty: send the octets over a cosocket), for nothing of C waits for it.
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local dkim = require "mailseal.dkim"

local domain, selector, path = arg[1], arg[2], arg[3]
if not path then
  io.stderr:write("usage: hsm_callback.lua DOMAIN SELECTOR RSA-KEYFILE < message > signed message\n")
  os.exit(64)
end

local function quote(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- RSA with PKCS#1 v1.5 over SHA-256, by another process. (Ed25519 would get the digest, to be signed as it is.)
local function sign_elsewhere(octets, info)
  assert(info.algorithm == "rsa-sha256")
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  file:write(octets)
  file:close()
  local pipe = io.popen(("openssl dgst -sha256 -binary -sign %s %s 2>/dev/null"):format(quote(path), quote(name)))
  local signature = pipe:read("*a")
  pipe:close()
  os.remove(name)
  if signature == "" then
    return nil, "openssl has not signed with " .. path, "hsm_failed"
  end
  return signature
end

--- The value, or the end of the program with a word on why.
local function want(value, cause)
  if not value then
    io.stderr:write("hsm_callback: ", cause, "\n")
    os.exit(65)
  end
  return value
end

local signer = want(dkim.signer {
  domain = domain,
  selector = selector,
  key = { type = "rsa", sign = sign_elsewhere },
})

local message = want(io.read("*a"))
local header = want(signer:sign(message))
io.write(header, message)
