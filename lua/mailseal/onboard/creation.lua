--- A tenant's domains are created, one or many at a time. DNS is not asked.
--
-- A request to create one may come with a key of its own: then it may be repeated when its answer was lost, and is answered as it was.
-- @module mailseal.onboard.creation
local change = require "mailseal.onboard.change"
local events = require "mailseal.store.events"
local keys = require "mailseal.onboard.keys"
local prepare = require "mailseal.onboard.prepare"
local repeating = require "mailseal.onboard.repeating"
local store = require "mailseal.store.domains"
local view = require "mailseal.onboard.view"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here.
M.methods = methods

-- Adds prepared domains in one transaction. Returns for each: was it new? `last` is called at the end, with the transaction and that;
-- where it returns nil and a message, nothing is added.
local function insert(tenant, prepared, now, last)
  local rows = {}
  for i, one in ipairs(prepared) do
    rows[i] = one.row
  end
  local registry = tenant.registry
  local new, message, code = registry.db:write(function(tx)
    local added = store.insert_many(tx, tenant.id, rows)
    for i, one in ipairs(prepared) do
      if added[i] then
        events.add(tx, tenant.id, one.row.domain, "created", { provider = one.row.provider }, { at = now, actor = one.actor })
        keys.add(tx, tenant.id, one.row.domain, one.keys, now)
      end
    end
    if last then
      return last(tx, added)
    end
    return added
  end, tenant)
  for i, one in ipairs(prepared) do
    if new and new[i] then
      change.forget(registry, tenant.id, one.row.domain)
    end
  end
  return new, message, code
end

local function exists(row)
  return ("there is a domain %s already"):format(row.domain), "exists"
end

-- Keeps what is answered to a request that may be repeated, with what it has brought about.
local function keep(tenant, once, made, now)
  return function(tx, added)
    if added[1] and not repeating.keep(tx, tenant.id, once, made, now) then
      return nil, "another request with that key came first", "key_reused"
    end
    return added
  end
end

local function create(tenant, given, now, once)
  local one, message, code, missing = prepare.new(tenant, given, now, 3)
  if not one then
    return nil, message, code, missing
  end
  local made = view.domain(one.row, tenant.registry.providers)
  local added
  added, message, code = insert(tenant, { one }, now, once and keep(tenant, once, made, now))
  if not added then
    return nil, message, code
  elseif not added[1] then
    return nil, exists(one.row)
  end
  return made
end

--- Creates a domain: its records are known from then on, and awaited. DNS is not asked.
-- @tparam table tenant
-- @tparam table given
--
-- - `domain`: as it was typed
-- - `provider`: an id, see `mailseal.provider.list`
-- - `vars`: what the provider has issued for it, by name
-- - `actor`: who does it, for the events, in place of the tenant's actor: up to 255 octets
-- @tparam[opt] table once where this request may be repeated: `key`, which no other one of the tenant's has; `fingerprint`, which tells
--   what is asked for from anything else
-- @treturn[1] table the domain, see `mailseal.onboard.view`
-- @treturn[1] ?boolean true where that is the answer to a former request with that key
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `exists`; `key_reused`: something else was asked for with that key; `bad_id` (of `actor`);
--   `bad_name`, `public_suffix` and others of `mailseal.onboard.names`; `no_provider`, `vars_missing`,
--   `bad_var` and others of `mailseal.provider`; a code of `mailseal.store`
-- @treturn[2] ?{table,...} of `vars_missing`, which: see `mailseal.provider.records`
function methods.create(tenant, given, once)
  local now = tenant.registry:now()
  if not once then
    return create(tenant, given, now)
  end
  local found, message, code = repeating.steps.answered(tenant.registry, tenant.id, once)
  if found == false then
    local made, wrong, why, missing = create(tenant, given, now, once)
    if made or why ~= "exists" and why ~= "key_reused" then
      return made, wrong, why, missing
    end
    -- It may be the same request that was done meanwhile.
    found, message, code = repeating.steps.answered(tenant.registry, tenant.id, once)
    if found == false then
      return nil, wrong, why
    end
  end
  if not found then
    return nil, message, code
  end
  return found, true
end

--- Creates many domains at once, in one transaction: all that can be are there afterwards, or, where the store fails, none.
-- @tparam table tenant
-- @tparam {table,...} list each as of @{create}
-- @treturn[1] table by place in the list, the domain as @{create} returns it, but without `records`; false where there is none
-- @treturn[1] table by place, why not: `message`, `code` and, of `vars_missing`, `missing`
-- @treturn[2] nil
-- @treturn[2] string what went wrong
-- @treturn[2] string a code of `mailseal.store`
function methods.create_many(tenant, list)
  if type(list) ~= "table" then
    error("a list of domains is wanted", 2)
  end
  local now, created, problems, prepared, places = tenant.registry:now(), {}, {}, {}, {}
  for i, given in ipairs(list) do
    local one, message, code, missing = prepare.new(tenant, given, now, 2)
    created[i] = false
    if one then
      prepared[#prepared + 1], places[#places + 1] = one, i
    else
      problems[i] = { message = message, code = code, missing = missing }
    end
  end
  local added, message, code = insert(tenant, prepared, now)
  if not added then
    return nil, message, code
  end
  for n, one in ipairs(prepared) do
    if added[n] then
      created[places[n]] = view.domain(one.row, tenant.registry.providers, true)
    else
      message, code = exists(one.row)
      problems[places[n]] = { message = message, code = code }
    end
  end
  return created, problems
end

return M
