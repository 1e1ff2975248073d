--- What is to be said of an access that `mailseal publish --keep` keeps: whoever runs this command may have it connect to wherever he
-- likes, and those who are to use the access later connect to private networks only where they are told to.
-- @module mailseal.cli.publish_kept
local output = require "mailseal.cli.output"

local M = {}

-- What stands against a connection without that option.
local FORBIDDEN = { forbidden_address = true, not_https = true }

-- Is its server one that a worker without the option does not connect to? Asked as the worker asks, whether the server is named by an
-- address, by a name, or by the zone.
local function is_private(registry, module, values, zone)
  local resolver = registry:resolver()
  local options = { resolver = resolver, fetch = {} }
  for name, value in pairs(values) do options[name] = value end
  local target = resolver and module.open(options)
  if not target then return false end
  local _, _, code = target:read(zone, { zone })
  target:close()
  return FORBIDDEN[code] or false
end

--- Says on standard error what those who are to use the access have to be told, where that is anything.
-- @tparam table registry
-- @tparam table module of the target
-- @tparam table values its settings and credentials, by name
-- @tparam string zone one that it writes to
function M.tell(registry, module, values, zone)
  if zone and module.open and is_private(registry, module, values, zone) then
    output.complain("mailseal publish", "the access is kept; its server is in a private network or asked by http://: "
      .. "`mailseal worker` and `mailseal serve` connect to it with --allow-private-dns-hosts alone")
  end
end

return M
