--- What a domain begins with: all that is made of what its customer gave, outside of any transaction.
-- @module mailseal.onboard.prepare
local flow = require "mailseal.onboard.flow"
local keys = require "mailseal.onboard.keys"
local identifier = require "mailseal.onboard.identifier"
local kinds = require "mailseal.dns.options"
local names = require "mailseal.onboard.names"
local ownership = require "mailseal.onboard.ownership"
local provider = require "mailseal.provider"

local M = {}

local text = kinds.of_type("string", "a text")
local wanted = {
  domain = text, provider = text, vars = kinds.of_type("table", "a table of the provider's values"), actor = text,
}

local function check_given(given, level)
  if type(given) ~= "table" then
    error("a table that tells a domain and its provider is wanted", level + 1)
  end
  for name, value in pairs(given) do
    if not wanted[name] then
      error(("a new domain has no \"%s\""):format(tostring(name)), level + 1)
    elseif not wanted[name][1](value) then
      error(("a new domain's %s must be %s"):format(name, wanted[name][2]), level + 1)
    end
  end
  if not given.domain or not given.provider then
    error("a new domain wants a domain and a provider", level + 1)
  end
end

-- The advice of both, each once.
local function joined(first, second)
  local list, seen = {}, {}
  for _, advice in ipairs { first, second or {} } do
    for _, one in ipairs(advice) do
      if not seen[one.code] then
        list[#list + 1], seen[one.code] = { code = one.code, text = one.text }, true
      end
    end
  end
  return list
end

--- Prepares a domain.
-- @tparam table tenant
-- @tparam table given `domain` as typed, `provider` (an id), `vars` (what the provider has issued), `actor` (who does it, for the events)
-- @tparam number now
-- @tparam[opt=1] number level where misuse is said to be, as of `error`
-- @treturn[1] table `row` for the store, `actor`; `keys` for `mailseal.onboard.keys.add`, where they are made here
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_id`, of `actor`; a code of `mailseal.onboard.names`, of `mailseal.provider` or of `mailseal.onboard.keys.make`
-- @treturn[2] ?{table,...} of `vars_missing`, which: see `mailseal.provider.records`
function M.new(tenant, given, now, level)
  check_given(given, (level or 1) + 1)
  local registry = tenant.registry
  local name, message, code = identifier.check(given.actor or "nobody", "an actor")
  if name then
    name, message, code = names.read(given.domain, registry.suffixes)
  end
  if not name then
    return nil, message, code
  end
  local rule, own, records, advice, missing
  rule, message, code = provider.find(given.provider, registry.providers)
  if not rule then
    return nil, message, code
  end
  own, message, code = keys.of_rule(tenant, rule, name.domain, given.vars)
  if not own then
    return nil, message, code
  end
  records, advice, code, missing = provider.records(rule, name.domain, own.vars, {
    org_domain = name.registrable, rules = registry.providers,
  })
  if not records then
    return nil, advice, code, missing
  end
  local row = flow.begin(now, { policy = registry.policy.schedule, window = rule.window })
  row.domain, row.provider, row.records, row.created_at = name.domain, rule.id, keys.placed(records, own, name.domain), now
  row.vars = { given = given.vars, advice = joined(name.advice, advice), registrable = name.registrable }
  row.challenge, row.challenged_at = ownership.new_challenge(), now
  return { row = row, actor = given.actor, keys = own.list }
end

--- Prepares a domain for another beginning. Where it has failed, its keys were dropped, and are not used again.
-- @tparam table tenant
-- @tparam table row of the store
-- @treturn[1] table `list`: new keys for `mailseal.onboard.keys.add`, where they are made here
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.onboard.keys.make`
function M.again(tenant, row)
  local rule = row.status == "failed" and provider.find(row.provider, tenant.registry.providers)
  if not rule then
    return {}
  end
  return keys.of_rule(tenant, rule, row.domain, row.vars.given)
end

return M
