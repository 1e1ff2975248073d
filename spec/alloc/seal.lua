-- Secrets sealed and opened, keys to seal with written and read.
local key = require "mailseal.key"
local seal = require "mailseal.core".seal

local sealer = seal.key(("\1\2\3\4"):rep(8))
local rsa = assert(key.generate { type = "rsa", bits = 1024, force = true })
local sealed = assert(sealer:seal_key(rsa, "a"))
local path = os.tmpname()
os.remove(path)

return function(try)
  assert(try(sealer:open(try(sealer:seal("secret", "a")), "a")) == "secret")
  assert(try(sealer:open_key(sealed, "a")):record() == rsa:record())
  assert(#try(sealer:seal_key(rsa, "b")) == #sealed)
  assert(#try(sealer:code("a")) == 32 and #try(seal.sha256("a")) == 32 and #try(seal.hmac_sha256("k", "a")) == 32)
  os.remove(path)
  assert(try(sealer:save(path)))
  assert(try(seal.read_key(path)):code("a") == sealer:code("a"))
  assert(os.remove(path)) -- a call that succeeds is always the last
end
