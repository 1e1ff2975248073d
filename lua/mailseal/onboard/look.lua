--- One look at one domain, whoever wants it: outside of any transaction, as it waits for DNS.
-- @module mailseal.onboard.look
local assess = require "mailseal.onboard.assess"
local host = require "mailseal.host"
local null = require "mailseal.store".null

local M = {}

-- Who hosts the domain's DNS, where that is wanted and can be told.
local function find_host(row, resolver)
  local found = host.detect(row.domain, { resolver = resolver, registrable = row.vars.registrable })
  return found and { zone = found.zone, dns_host = found.id or null }
end

--- Looks at a domain.
-- @tparam table registry
-- @tparam table row of the store
-- @tparam number now
-- @tparam[opt] table options `thorough`, `all`: as of `mailseal.onboard.assess.look`
-- @treturn[1] table the look
-- @treturn[1] ?table columns that were found out besides
-- @treturn[2] nil
-- @treturn[2] string why DNS cannot be asked
-- @treturn[2] string its code
function M.look(registry, row, now, options)
  local resolver, message, code = registry:resolver()
  if not resolver then
    return nil, message, code
  end
  local look
  look, message, code = assess.look(row, {
    resolver = resolver, now = now, policy = registry.policy.schedule, thorough = options and options.thorough,
    all = options and options.all,
  })
  if not look then
    return nil, message, code
  end
  local is_wanted = options and options.thorough or not row.zone and look.findings
  return look, is_wanted and find_host(row, resolver) or nil
end

return M
