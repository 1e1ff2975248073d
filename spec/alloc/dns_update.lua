-- An update written and signed, and its reply verified.
local seal = require "mailseal.core".seal
local tsig = require "mailseal.dns.tsig"
local tsig_record = require "spec.support.tsig_record"
local update = require "mailseal.dns.update"

local SECRET = ("0123456789abcdef"):rep(2)
local NOW = 1790000000

local key = assert(tsig.key { name = "k.example", secret = require "mailseal.core".text.base64(SECRET) })
local before = { ttl = 60, values = { '"a"' } }
local after = { ttl = 60, values = { '"b"', '"c" "d"' } }
local changes = { { name = "a.example.com", type = "TXT", before = before, after = after } }

-- Signed as a server does, so that no allocation of that is one that fails.
local function reply_to(state)
  return (tsig_record.signed("\0\1\168\0" .. ("\0"):rep(8), {
    key = "k.example", algorithm = "hmac-sha256", time = NOW, fudge = 300, id = 1, secret = SECRET, prior = state.mac,
  }))
end
local _, known = assert(key:sign(assert(update.write { zone = "example.com", changes = changes, id = 1 }), NOW))
local reply = reply_to(known)

return function(try)
  local message = try(update.write { zone = "example.com", changes = changes, id = 1 })
  local signed, state = try(key:sign(message, NOW))
  assert(#signed > #message and seal.same(state.mac, known.mac))
  assert(try(key:verify(reply, state, NOW)))
  assert(try(update.read(reply)).rcode == "NOERROR")
end
