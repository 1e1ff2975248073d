--- The DMARC policy that applies at a name without a record of its own: that of a domain above (RFC 9989 §4.10.1), or of a wildcard; and
-- one below that a record here would take the place of.
-- @module mailseal.publish.judge.dmarc_above
local is_within = require "mailseal.dns.name".is_within
local parent = require "mailseal.dns.name".parent
local record_of = require "mailseal.record"
local sets = require "mailseal.publish.sets"

local M = {}

-- The one record among values that can be used.
local function usable(values)
  local found, count = nil, 0
  for _, value in ipairs(values) do
    local parsed, _, code = record_of.parse("dmarc", sets.joined(value) or "")
    if code ~= "dmarc_not_a_record" then
      found, count = parsed, count + 1
    end
  end
  return count == 1 and found or nil
end

-- The record that DNS shows of a domain, its own or that of a wildcard.
local function shown(case, domain)
  local name = "_dmarc." .. domain
  local wildcard = case.scene:wildcard(case.zone, name)
  return usable(case.scene:values(case.zone, wildcard or name, "TXT"))
end

-- In the zone itself, as it is now: the highest record counts, for that is the organization's; the name's own is there only by a wildcard.
local function in_zone(case, domain)
  local found = shown(case, domain)
  found = found and { record_domain = domain, policy = found.policy }
  local at = not found and parent(domain)
  while at and is_within(at, case.zone) do
    local parsed = shown(case, at)
    if parsed then
      found = { record_domain = at, policy = parsed.subdomain_policy or parsed.policy }
    end
    at = parent(at)
  end
  return found
end

-- A domain below, as far as it is known, that has a record of its own: with none above, it is the organization's for what is below it in
-- turn, and one above would take its place there (RFC 9989 §4.10.2).
local function below(case, domain)
  for _, set in ipairs(case.scene:below(case.zone, domain)) do
    local owner = set.type == "TXT" and set.name ~= case.name and set.name:match "^_dmarc%.(.+)$"
    local parsed = owner and usable(set.values)
    if parsed then
      return { record_domain = owner, policy = parsed.policy }
    end
  end
end

-- What DNS said: of a domain above, or of one below for which this record is wanted, and which has its own. That of the name itself is
-- known better: there is none.
local function in_dns(told, domain)
  if not told then
    return {}
  elseif told.result == "temperror" then
    return { unknown = true }
  elseif told.result == "found" and told.record_domain ~= domain
    and (is_within(domain, told.record_domain) or is_within(told.record_domain, domain)) then
    return { record_domain = told.record_domain, policy = told.policy }
  end
  return {}
end

--- Finds it.
-- @tparam table case see `mailseal.publish.case`; of what the plan is made of, `dmarc`
-- @treturn table `record_domain` and `policy` ("none", …) of the record that applies; `unknown` is true where DNS does not say; empty
--   where none applies
function M.find(case)
  local domain = case.name:match "^_dmarc%.(.+)$"
  if not domain then
    return {}
  end
  return in_zone(case, domain) or below(case, domain) or in_dns(case.given.dmarc, domain)
end

return M
