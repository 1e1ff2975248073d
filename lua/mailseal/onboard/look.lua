--- One look at one domain, whoever wants it: outside of any transaction, as it waits for DNS.
-- @module mailseal.onboard.look
local assess = require "mailseal.onboard.assess"
local host = require "mailseal.host"

local M = {}

-- Who hosts the domain's DNS, where that can be told.
local function find_host(row, resolver)
  local found = host.detect(row.domain, { resolver = resolver, registrable = row.vars.registrable })
  return found and { zone = found.zone, dns_host = found.id }
end

-- Who hosts the zones of those records that are not in the domain's own: `_domainkey` may be delegated, `_dmarc` may be above.
local function find_other_hosts(row, look, own, again, resolver)
  local known, hosts = row.report and row.report.records or {}, {}
  for id, entry in pairs(look.records) do
    local zone, old = entry.zone, known[id]
    if zone and zone ~= own then
      if not again and old and old.zone == zone then
        entry.dns_host = old.dns_host
      else
        if hosts[zone] == nil then
          local found = host.detect(zone, { resolver = resolver, registrable = row.vars.registrable })
          hosts[zone] = found and found.zone == zone and found.id or false
        end
        entry.dns_host = hosts[zone] or nil
      end
    end
  end
end

--- Looks at a domain.
-- @tparam table registry
-- @tparam table row of the store
-- @tparam number now
-- @tparam[opt] table options `thorough`, `all`: as of `mailseal.onboard.assess.look`
-- @treturn[1] table the look; those of its `records` that are in another zone than the domain have the id of its host in `dns_host`,
--   where that is known
-- @treturn[1] ?table what was found out besides: `zone`, and `dns_host`, the id of its host, nil where nobody knows him
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
  local found = is_wanted and find_host(row, resolver) or nil
  local own = found and found.zone or row.zone
  if own then
    find_other_hosts(row, look, own, is_wanted, resolver)
  end
  return look, found
end

return M
