--- Handing a domain's records over to whoever runs its DNS: `mailseal.handover`, told all that the registry knows.
-- @module mailseal.onboard.export
local handover = require "mailseal.handover"
local host = require "mailseal.host"
local names = require "mailseal.onboard.names"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here.
M.methods = methods

local own_options = { ttl = true, provider = true, asked_by = true, answer_to = true }

-- Whose Terraform resources are written for a zone at a DNS host, unless the options name another.
local terraform_providers = {
  ["azure-dns"] = "azure", cloudflare = "cloudflare", ["google-cloud-dns"] = "google", route53 = "route53",
}

-- The zone that the records go into: that which was found, else that of the domain that was registered.
local function zone_of(tenant, domain)
  local name = not domain.zone and names.read(domain.domain, tenant.registry.suffixes)
  return domain.zone or name and name.registrable or domain.domain
end

--- Writes a domain's records in a format.
-- @tparam table tenant
-- @tparam string domain
-- @tparam string format see `mailseal.handover`
-- @tparam[opt] table options `ttl`; `provider` (of Terraform: that of the DNS host, where it is known and there is one, unless it is
--   named); of letters, `asked_by` and `answer_to`
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of `mailseal.handover` or of `mailseal.store`
-- @raise where an option is none
function methods.export(tenant, domain, format, options)
  local found, message, code = tenant:get(domain)
  if not found then
    return nil, message, code
  end
  local rule = found.dns_host and host.find(found.dns_host)
  local about = {
    domain = found.domain, zone = zone_of(tenant, found), host_name = rule and rule.name or nil,
    provider = terraform_providers[found.dns_host], deadline = found.status == "pending" and found.window_ends or nil,
  }
  for name, value in pairs(options or {}) do
    if not own_options[name] then
      error(("tenant:export has no option \"%s\""):format(tostring(name)), 2)
    end
    about[name] = value
  end
  return handover.write(format, found.records, about)
end

return M
