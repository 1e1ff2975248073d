--- The customer's part in examples/domains.lua: a DNS host of his own on loopback, into which he puts what he is sent, with a slip first.
local knot = require "support.knot"

local M = {}

local Customer = { __name = "customer" }
Customer.__index = Customer

--- Starts his name server, with a zone that has no mail records yet.
-- @tparam string zone
-- @return a customer, with `address` and `port` of his name server, and a `directory` that is gone with it; or nil, message
function M.start(zone)
  local server, cause = knot.start { zones = { [zone] = knot.EMPTY } }
  if not server then
    return nil, cause
  end
  return setmetatable({
    server = server, zone = zone, address = server.address, port = server.port, directory = server.directory,
  }, Customer)
end

-- The records of a zone fragment as lines that `knsupdate` adds; `change` makes what he types of a line.
local function additions(fragment, change)
  local lines = {}
  for line in fragment:gmatch "[^\n]+" do
    if not line:find "^;" then
      lines[#lines + 1] = "add " .. change(line)
    end
  end
  return lines
end

local function as_it_is(line)
  return line
end

--- He types the records into the form of his DNS host. It appends the zone to a DKIM key's name, which has it already.
-- @tparam string fragment a zone file's
function Customer:type(fragment)
  assert(self.server:update(self.zone, additions(fragment, function(line)
    return line:find "%._domainkey%." and line:gsub("^%S+", "%0" .. self.zone .. ".") or line
  end)))
end

--- He pastes the fragment into the zone file.
-- @tparam string fragment
function Customer:paste(fragment)
  assert(self.server:update(self.zone, additions(fragment, as_it_is)))
end

--- Ends his name server.
function Customer:stop()
  self.server:stop()
end

return M
