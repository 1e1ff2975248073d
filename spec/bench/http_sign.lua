--- What a processor signs without any service: a plain loop of the library. `luajit spec/bench/http_sign.lua KEY MESSAGE SECONDS` prints
-- how many messages a second, and how many in all.

local async = require "mailseal.async"
local dkim = require "mailseal.dkim"
local key = require "mailseal.key"
local shell = require "spec.support.shell"

local BATCH = 100

local message, seconds = shell.read(arg[2]), tonumber(arg[3])
local signer = assert(dkim.signer { domain = "mail.example.com", selector = "s1", key = assert(key.load(shell.read(arg[1]))) })
assert(signer:sign(message))

local begun, count = async.now(), 0
repeat
  for _ = 1, BATCH do
    assert(signer:sign(message))
  end
  count = count + BATCH
  local taken = async.now() - begun
until taken >= seconds
print(("%.1f %d"):format(count / (async.now() - begun), count))
