-- Private keys: made, written, read, told as records, and used.
local key = require "mailseal.key"

local digest = ("\1\2\3\4"):rep(8)
local rsa = assert(key.generate { type = "rsa", bits = 1024, force = true })
local rsa_pem, rsa_record = assert(rsa:pem()), rsa:record()
local path = os.tmpname()

return function(try)
  local made = try(key.generate { type = "ed25519" })
  local again = try(key.load(try(made:pem())))
  assert(again:record() == made:record())
  assert(try(again:sign(digest)) == try(made:sign(digest)))
  assert(try(made:save(path, { force = true })))
  assert(try(key.load_file(path)):record() == made:record())

  local loaded = try(key.load(rsa_pem))
  assert(try(loaded:matches(rsa_record)))
  assert(try(loaded:sign(digest)) == rsa:sign(digest))
  assert(os.remove(path)) -- a call that succeeds is always the last
end
