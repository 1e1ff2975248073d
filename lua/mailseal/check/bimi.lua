--- The BIMI record: does it name a logo, and does DMARC let receivers show it (draft-brand-indicators-for-message-identification)?
-- @module mailseal.check.bimi
local discovery = require "mailseal.check.dmarc".discovery
local dmarc = require "mailseal.dmarc"
local text_record = require "mailseal.check.text_record"

local M = {}

local enforced = { quarantine = true, reject = true }

local function look_at(context, domain)
  return text_record.look(context, { name = "default._bimi." .. domain, kind = "bimi", version = "BIMI1", two = "bimi_two_records" })
end

-- The policy for the organizational domain, where that is another one.
local function organization_policy(context, found)
  local organization = found.organizational_domain
  if not organization or organization == context.domain then
    return nil
  end
  return dmarc.discover(organization, { resolver = context.resolver }), organization
end

-- Tells what is missing of the policies that receivers ask for. Nil where DNS does not say.
local function judge_policy(context)
  local found = discovery(context)
  if found.result == "temperror" then
    return nil
  elseif not enforced[found.policy] then
    context:find("bimi_needs_policy", { name = context.domain, found = found.policy or "nothing" })
    return false
  end
  local above, organization = organization_policy(context, found)
  if above and above.result ~= "temperror" and not enforced[above.policy] then
    context:find("bimi_needs_organization_policy", { name = organization, found = above.policy or "nothing" })
    return false
  end
  return true
end

--- Looks at the domain's BIMI record for the selector `default`, or where there is none at that of its organizational domain.
-- @tparam table context see `mailseal.check.context`
-- @treturn table as of `look` of `mailseal.check.text_record`, and `enforced`: do the DMARC policies let receivers show a logo? nil where
--   there is no record, it names no logo, or DNS does not say
function M.look(context)
  local result = look_at(context, context.domain)
  local organization = result.state == "none" and discovery(context).organizational_domain
  if organization and organization ~= context.domain then
    result = look_at(context, organization)
  end
  if result.state == "ok" and not result.parsed.declined then
    result.enforced = judge_policy(context)
  end
  return result
end

return M
