--- Handing a domain's records over to whoever runs its DNS: `mailseal.handover`, told all that the registry knows.
-- @module mailseal.onboard.export
local assess = require "mailseal.onboard.assess"
local handover = require "mailseal.handover"
local host = require "mailseal.host"
local names = require "mailseal.onboard.change"
local plans = require "mailseal.handover.plan"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here.
M.methods = methods

local own_options = { zone = true, ttl = true, provider = true, asked_by = true, answer_to = true }

-- Whose Terraform resources are written for a zone at a DNS host, unless the options name another.
local terraform_providers = {
  ["azure-dns"] = "azure", cloudflare = "cloudflare", ["google-cloud-dns"] = "google", route53 = "route53",
}

-- The records by the zone that they go into, and the zones' names in the order of the records.
local function by_zone(records)
  local of, zones = {}, {}
  for _, record in ipairs(records) do
    local zone = record.host.zone
    if not of[zone] then
      of[zone], zones[#zones + 1] = {}, zone
    end
    table.insert(of[zone], record)
  end
  return of, zones
end

-- Those of one zone, and which it is. A file, or a letter, is for one; where there are several it is to be told for which.
local function choose(records, wanted)
  local of, zones = by_zone(records)
  if wanted then
    wanted = names.stored(wanted)
    if not of[wanted] then
      return nil, ("no record goes into the zone %s: they go into %s"):format(wanted, table.concat(zones, ", ")), "other_zone", zones
    end
    return of[wanted], wanted
  elseif #zones > 1 then
    return nil, ("the records go into several zones, one at a time: %s"):format(table.concat(zones, ", ")), "several_zones", zones
  end
  return of[zones[1]] or {}, zones[1]
end

-- The DNS host of a record's zone, where it is known.
local function host_of(record)
  return record and record.host.host and host.find(record.host.host) or {}
end

-- The records to hand over. Of SPF and DMARC what is there is taken over: where that was not kept to the letter, a record that is as it
-- should be is left out, and one that is to be added to is refused.
local function to_the_letter(records)
  local list = {}
  for _, record in ipairs(records) do
    local is_kept = type(record.found) ~= "string" or assess.is_whole(record.found) or
      not (plans.is_spf(record) or plans.is_dmarc(record))
    if not is_kept and record.status ~= "found" and plans.is_spf(record) and record.found:find "^v=spf1" then
      return nil, ("the SPF record at %s is too long to be added to here"):format(record.name), "not_representable"
    end
    list[#list + 1] = (is_kept or record.status ~= "found") and record or nil
  end
  return list
end

--- Writes a domain's records in a format.
-- @tparam table tenant
-- @tparam string domain
-- @tparam string format see `mailseal.handover`
-- @tparam[opt] table options `zone`: the zone whose records they are to be, where they go into several (`host.zone` of a record, see
--   `mailseal.onboard.view`, is the one that it goes into); `ttl`; `provider` (of Terraform: that of the DNS host, where it is known and
--   there is one, unless it is named); of letters, `asked_by` and `answer_to`
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; `several_zones`: the message names them; `other_zone`: none goes into that one; a code of
--   `mailseal.handover` or of `mailseal.store`
-- @treturn[2] ?table of those two, `zones`: into which the records go
-- @raise where an option is none
function methods.export(tenant, domain, format, options)
  names.want_name(domain)
  options = options or {}
  for name in pairs(options) do
    if not own_options[name] then
      error(("tenant:export has no option \"%s\""):format(tostring(name)), 2)
    end
  end
  local found, message, code = tenant:get(domain)
  if not found then
    return nil, message, code
  end
  local records, zone, zones
  records, zone, code, zones = choose(found.records, options.zone)
  if not records then
    return nil, zone, code, { zones = zones }
  end
  local rule = host_of(records[1])
  records, message, code = to_the_letter(records)
  if not records then
    return nil, message, code
  end
  return handover.write(format, records, {
    domain = found.domain, zone = zone or found.domain, host_name = rule.name, provider = options.provider or terraform_providers[rule.id],
    deadline = found.status == "pending" and found.window_ends or nil, ttl = options.ttl, asked_by = options.asked_by,
    answer_to = options.answer_to,
  })
end

return M
