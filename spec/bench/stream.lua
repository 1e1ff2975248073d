--- Signs, then verifies, a large message as a stream, and tells the most memory this process ever held.
-- `lua spec/bench/stream.lua MEGABYTES` prints a line each: what, TAB, kilobytes.

local corpus = require "spec.support.corpus"
local dkim, dns, key = require "mailseal.dkim", require "mailseal.dns", require "mailseal.key"

local megabytes = tonumber(arg[1])
local HEADER = corpus.marketing { size = 2048 }:match("^(.-\r\n\r\n)")
local LINES = corpus.attachment { size = 65536 }:match("\r\n\r\n.*$"):sub(-32768)

local function peak()
  local file = assert(io.open("/proc/self/status"))
  local kilobytes = file:read("*a"):match("VmHWM:%s*(%d+)")
  file:close()
  return kilobytes
end

local function write_message(stream)
  assert(stream:write(HEADER))
  for _ = 1, megabytes * 1024 * 1024 / #LINES do
    assert(stream:write(LINES))
  end
end

local loaded = assert(key.generate { type = "rsa" })
local signer = assert(dkim.signer { domain = "example.com", selector = "s", key = loaded })
local stream = signer:stream { now = os.time() }
write_message(stream)
local field = assert(stream:finish())
print("sign\t" .. peak())

local zone = { ["s._domainkey.example.com"] = { { type = "TXT", data = loaded:record() } } }
local verifier = assert(dkim.verifier { resolver = assert(dns.resolver { zone = zone }) })
stream = verifier:stream { now = os.time() }
assert(stream:write(field))
write_message(stream)
local results = assert(stream:finish())
assert(results[1].result == "pass", results[1].text)
print("sign, then verify\t" .. peak())
