--- The texts of key records for tests. Nobody has the private keys.
local public_key = require "spec.support.public_key"

local base64 = public_key.base64

local function rsa(bits, exponent)
  return "v=DKIM1; k=rsa; p=" .. base64(public_key.rsa(bits, exponent))
end

return {
  good = rsa(2048),
  bare = "v=DKIM1; k=rsa; p=" .. base64(public_key.pkcs1(2048)), -- the same key as in `good`, as a bare RSAPublicKey
  other = rsa(2048, "\3"), -- as good, and another one
  short = rsa(1024), -- which should be longer
  weak = rsa(768), -- which receivers refuse
  ed25519 = "v=DKIM1; k=ed25519; p=" .. base64(public_key.ed25519),
}
