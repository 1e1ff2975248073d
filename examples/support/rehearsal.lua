--- The customer's part in examples/onboard.lua, where no real domain is given: a DNS server on loopback into which the
-- records are put late, and wrongly at first, as it happens.
local key = require "mailseal.key"
local record = require "mailseal.record"
local knot = require "support.knot"

local M = {}

local Rehearsal = { __name = "rehearsal" }
Rehearsal.__index = Rehearsal

local function add(one, text)
  return ("add %s._domainkey 60 TXT %s"):format(one.selector, record.quote(record.split(text)))
end

local function delete(one)
  return ("delete %s._domainkey TXT"):format(one.selector)
end

--- What the customer does, and after how many seconds.
local function script(keys)
  local rsa, ed25519 = keys[1], keys[2]
  local another = assert(key.generate { type = "rsa", bits = 2048 }):record()
  return {
    {
      at = 2,
      says = "the customer publishes a key, but not this one",
      changes = { add(rsa, another) },
    },
    {
      at = 4,
      says = "the customer tries again: the value was too long for the form, and became two records",
      changes = { delete(rsa), add(rsa, rsa.value:sub(1, 255)), add(rsa, rsa.value:sub(256)), add(ed25519, ed25519.value) },
    },
    {
      at = 6.5,
      says = "the customer publishes one record with two strings",
      changes = { delete(rsa), add(rsa, rsa.value) },
    },
  }
end

--- Starts the name server.
-- @tparam string domain
-- @return a rehearsal; or nil, message
function M.start(domain)
  local server, cause = knot.start { zones = { [domain] = knot.EMPTY } }
  if not server then
    return nil, cause
  end
  return setmetatable({ server = server, address = server.address, domain = domain }, Rehearsal)
end

--- Sets out what will be done with the keys' records.
function Rehearsal:prepare(keys)
  self.script = script(keys)
end

--- Does what is due.
-- @tparam number elapsed seconds since the waiting began
-- @treturn string|nil what the customer has just done
function Rehearsal:play(elapsed)
  local act = self.script[1]
  if act and elapsed >= act.at then
    table.remove(self.script, 1)
    assert(self.server:update(self.domain, act.changes))
    return act.says
  end
end

--- Ends the name server.
function Rehearsal:stop()
  self.server:stop()
end

return M
