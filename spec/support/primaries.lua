--- The name servers that publishing by RFC 2136 is tested against, each with the same zones and keys.
--
--     local server = primaries.start("Knot", { zones = { ["example.test"] = text } })
--     local target = primaries.open(server, { key = primaries.key "idle" })
local assert = require "luassert"
local async = require "mailseal.async"
local knot = require "spec.support.knot"
local named = require "spec.support.named"
local name_server = require "spec.support.name_server"
local pdns = require "spec.support.pdns"
local publish = require "mailseal.publish"

local M = {}

--- What they are called.
M.NAMES = { "Knot", "BIND", "PowerDNS" }

local KINDS = { Knot = knot, BIND = named, PowerDNS = pdns }

-- Of no worth to anybody.
local SECRET = "bWFpbHNlYWwgdGVzdHMga25vdyBubyBzZWNyZXRzICEh"

--- The keys that all of them know: one that may change zones, and one that may not.
M.KEYS = {
  { name = "good.keys.test", algorithm = "hmac-sha256", secret = SECRET },
  { name = "idle.keys.test", algorithm = "hmac-sha512", secret = SECRET, idle = true },
}

--- A key as people write it.
-- @tparam string name "good", "idle", or one that no server knows
-- @tparam[opt] string algorithm
-- @tparam[opt] string secret
-- @treturn string
function M.key(name, algorithm, secret)
  return ("%s:%s.keys.test:%s"):format(algorithm or (name == "idle" and "hmac-sha512" or "hmac-sha256"), name, secret or SECRET)
end

--- Starts one.
-- @tparam string name
-- @tparam table options `zones`, zone files' texts; `signed`: a table from names of zones that are to be signed to true
-- @treturn table `address`, `host`, `port`, `pid`, `stop`
function M.start(name, options)
  return assert(KINDS[name].start { zones = options.zones, signed = options.signed, keys = M.KEYS, patience = 30 })
end

--- Opens a target that writes there.
-- @tparam table server
-- @tparam[opt] table options in place of the target's usual ones
-- @treturn table
function M.open(server, options)
  local all = { server = server.address, key = M.key "good", fetch = { allow_private = true }, timeout = 30 }
  for name, value in pairs(options or {}) do all[name] = value end
  return assert(publish.open("rfc2136", all))
end

--- All that a zone holds, in order, but for its serial, and what DNSSEC adds to it.
-- @tparam table server
-- @tparam string zone
-- @treturn string
function M.zone(server, zone)
  local text = name_server.zone(server, zone)
  return (("\n" .. text):gsub("\n%S+ %d+ IN %u+SIG [^\n]*", ""):gsub("\n%S+ %d+ IN NSEC%d?%u* [^\n]*", ""))
end

--- Calls a function that is to leave a zone as it was.
-- @tparam table server
-- @tparam string zone
-- @tparam function fn
function M.leaves_alone(server, zone, fn)
  local before = M.zone(server, zone)
  fn()
  assert.equal(before, M.zone(server, zone))
end

--- How long a function takes.
-- @tparam function fn
-- @treturn number seconds
function M.seconds(fn)
  local began = async.now()
  fn()
  return async.now() - began
end

return M
