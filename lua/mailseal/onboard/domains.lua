--- A tenant's domains: looked up, looked at, started again. (`mailseal.onboard.creation` creates them.)
--
-- Each method reads what there is, asks DNS where that is wanted, and writes what has come of it: no transaction waits for DNS, and
-- what reads and writes for one that does is a step. Where there is no such domain, or it is another tenant's, a method returns nil, a
-- message and `not_found`.
-- @module mailseal.onboard.domains
local checks = require "mailseal.store.checks"
local events = require "mailseal.store.events"
local host = require "mailseal.host"
local joined = require "mailseal.onboard.fields".joined
local keys = require "mailseal.onboard.keys"
local kinds = require "mailseal.dns.options"
local looks = require "mailseal.onboard.look"
local names = require "mailseal.onboard.change"
local null = require "mailseal.store".null
local outcome = require "mailseal.onboard.outcome"
local prepare = require "mailseal.onboard.prepare"
local store = require "mailseal.store.domains"
local to_ascii = require "mailseal.domain".to_ascii
local view = require "mailseal.onboard.view"

local M = {}
local methods = {}

local steps = {}

--- The methods of a tenant that are defined here; those that wait for DNS; and their steps, see `perform` of
-- `mailseal.onboard.registry`.
M.methods = methods
M.waiting = { verify = true, dns_host = true }
M.steps = steps

local LIST_MOST = 1000

local function read(registry, tenant, name)
  return registry.db:read(function(tx)
    local row = store.get(tx, tenant, name)
    if not row then
      return names.not_found()
    end
    return row
  end)
end

-- The domain as callers get it.
local function get(registry, tenant, name)
  local row, message, code = read(registry, tenant, name)
  if not row then
    return nil, message, code
  end
  return view.domain(row, registry.providers)
end

--- Reads a domain.
-- @function steps.load
-- @tparam table registry
-- @tparam string tenant
-- @tparam string name the domain, as it is stored
-- @treturn[1] table the row
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of `mailseal.store`
steps.load = read

-- ---- Looking up.

--- A domain.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] table see `mailseal.onboard.view`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of `mailseal.store`
function methods.get(tenant, domain)
  return get(tenant.registry, tenant.id, names.stored(domain))
end

local list_options = {
  status = { function(value) return value == "pending" or value == "verified" or value == "failed" end, "pending, verified or failed" },
  search = kinds.of_type("string", "a part of a domain's name"),
  after = kinds.of_type("string", "a domain's name"), limit = kinds.count(1, LIST_MOST), brief = kinds.flag,
}

-- What is looked for in names as they are stored; nil for what is a part of none.
local function sought(text)
  local ascii = text:find "^[%w._-]*$" and text or to_ascii(text)
  return ascii and ascii:find "^[%w._-]*$" and ascii:lower() or nil
end

--- The tenant's domains, by name.
-- @tparam table tenant
-- @tparam[opt] table options `status`: only those; `search`: only those that have this text in their names; `after`: the name of the
--   last one that was seen; `limit`: how many at most (100, at most 1000); `brief`: true for domains without `records`
-- @treturn[1] {table,...} each as of @{get}
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`
function methods.list(tenant, options)
  kinds.check("tenant:list", options or {}, list_options)
  if options and options.search then
    local search = sought(options.search)
    if not search then
      return {}
    end
    options = joined(options, { search = search })
  end
  local rows, message, code = tenant.registry.db:read(function(tx) return store.list(tx, tenant.id, options) end)
  if not rows then
    return nil, message, code
  end
  for i, row in ipairs(rows) do
    rows[i] = view.domain(row, tenant.registry.providers, options and options.brief)
  end
  return rows
end

-- Domains that are counted, at most.
local COUNTED = 1000

--- How many domains there are, where they are no more than a thousand.
-- @tparam table tenant
-- @treturn[1] table `all`, `pending`, `verified`, `failed`; of more than a thousand, `more` is true, and nothing else is there
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`
function methods.count(tenant)
  local counts, message, code = tenant.registry.db:read(function(tx) return store.count(tx, tenant.id, COUNTED + 1) end)
  if not counts then
    return nil, message, code
  end
  local all = 0
  for _, count in pairs(counts) do
    all = all + count
  end
  if all > COUNTED then
    return { more = true }
  end
  return { all = all, pending = counts.pending or 0, verified = counts.verified or 0, failed = counts.failed or 0 }
end

--- The records of a domain.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] {table,...} `records` of the domain, see `mailseal.onboard.view`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of `mailseal.store`
function methods.records(tenant, domain)
  names.want_name(domain)
  local found, message, code = tenant:get(domain)
  if not found then
    return nil, message, code
  end
  return found.records
end

local event_options = {
  after = kinds.count(0, 2 ^ 53), before = kinds.count(0, 2 ^ 53), newest = kinds.flag, limit = kinds.count(1, LIST_MOST),
  domain = kinds.of_type("string", "a domain's name"),
}

--- What has happened, in order. Who goes on after the last id that he has seen misses nothing.
-- @tparam table tenant
-- @tparam[opt] table options `after`: an id (0); `limit`: how many at most (100, at most 1000); `domain`: of that one alone; `newest`: true
--   for the newest first, then `before`, an id, in place of `after`
-- @treturn[1] {table,...} each with `id`, `domain`, `at` (seconds since 1970), `kind`, `actor`, `data`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`
function methods.events(tenant, options)
  options = options or {}
  kinds.check("tenant:events", options, event_options)
  if options.after and (options.newest or options.before) or options.before and not options.newest then
    error("tenant:events: before goes with newest, and after does not", 2)
  end
  return tenant.registry.db:read(function(tx)
    if options.newest then
      return events.before(tx, tenant.id, options.before or 2 ^ 53, options.limit or 100, options.domain and names.stored(options.domain))
    end
    return events.after(tx, tenant.id, options.after or 0, options.limit or 100, options.domain and names.stored(options.domain))
  end)
end

-- ---- Looking.

--- Writes what was seen of a domain. The row may have changed since it was looked at.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string name the domain, as it is stored
-- @tparam table look as of `mailseal.onboard.look`
-- @tparam ?table found likewise
-- @tparam ?string actor at whose request
-- @treturn[1] table the domain as it is now, as of @{get}
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; of `mailseal.onboard.outcome.apply`; a code of `mailseal.store`
function steps.write(registry, tenant, name, look, found, actor)
  local row
  local result, message, code = registry.db:write(function(tx)
    row = store.get(tx, tenant, name)
    if not row then
      return names.not_found()
    end
    checks.count(tx, look.seen)
    return outcome.apply(tx, registry, row, look, registry:now(), { by_hand = true, found = found })
  end, { id = tenant, actor = actor })
  if not result then
    return nil, message, code
  end
  outcome.after(registry, row, result)
  return get(registry, tenant, name)
end

local ATTEMPTS = 3

--- Looks at a domain's records now, as the worker does when it is due, and asks the name servers of each zone.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] table the domain as it is now, as of @{get}
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; `failed`: it has to be started again first; a code of `mailseal.store` or of `mailseal.dns`
function methods.verify(tenant, domain)
  local registry, name = tenant.registry, names.stored(domain)
  local row, result, message, code
  for _ = 1, ATTEMPTS do
    row, message, code = registry:perform("domains", "load", tenant.id, name)
    if not row then
      return nil, message, code
    elseif row.status == "failed" then
      return nil, outcome.has_failed()
    end
    local look, found
    look, found, code = looks.look(registry, row, registry:now(), { thorough = true })
    if not look then
      return nil, found, code
    end
    result, message, code = registry:perform("domains", "write", tenant.id, name, look, found, tenant.actor)
    if code ~= "changed_meanwhile" then
      break
    end
  end
  return result, message, code
end

-- Starts again, once. A domain that has come to fail meanwhile has no keys made for it yet: `changed_meanwhile`.
local function start_again(tenant, name)
  local registry = tenant.registry
  local before, message, code = read(registry, tenant.id, name)
  if not before then
    return nil, message, code
  end
  local own
  own, message, code = prepare.again(tenant, before)
  if not own then
    return nil, message, code
  end
  local row
  local step, text, why = registry.db:write(function(tx)
    row = store.get(tx, tenant.id, name)
    if not row then
      return names.not_found()
    elseif row.status == "failed" and before.status ~= "failed" then
      return nil, "the domain has come to fail meanwhile", "changed_meanwhile"
    end
    local fields = row.status == "failed" and { report = null } or nil
    local taken, refused, reason = outcome.step(tx, registry, row, "restart", registry:now(), {
      fields = fields, retry_at = row.report and row.report.retry_at,
    })
    if taken and taken.claim == "fresh" and own.list then
      keys.add(tx, tenant.id, name, own.list, registry:now(), row)
    end
    return taken, refused, reason
  end, tenant)
  if not step then
    return nil, text, why
  end
  outcome.after(registry, row, { status = step.to })
  return true
end

--- Starts again with a domain that has failed, or gives one whose records are still awaited its whole time again. After a failure whose
-- domain it is has to be proven anew, with a fresh challenge.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] table the domain as it is now, as of @{get}
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`, `already_verified`; a code of `mailseal.onboard.keys.make` or of `mailseal.store`
function methods.restart(tenant, domain)
  local name = names.stored(domain)
  local done, message, code
  for _ = 1, ATTEMPTS do
    done, message, code = start_again(tenant, name)
    if code ~= "changed_meanwhile" then
      break
    end
  end
  if not done then
    return nil, message, code
  end
  return tenant:get(name)
end

--- Keeps who hosts the DNS of a domain.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string name the domain, as it is stored
-- @tparam string zone that it is in
-- @tparam ?string host_id of the zone's host, where it is known
-- @treturn ?boolean whether there is such a domain
-- @treturn ?string a message
-- @treturn ?string a code of `mailseal.store`
function steps.place(registry, tenant, name, zone, host_id)
  local written, message, code = registry.db:write(function(tx)
    return store.update(tx, tenant, name, { zone = zone, dns_host = host_id or null })
  end)
  names.forget(registry, tenant, name)
  return written, message, code
end

--- Looks who hosts the DNS of a domain, and keeps that: its records are rendered for that host from then on.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] table as of `mailseal.host.detect`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of `mailseal.host.detect`, of `mailseal.store` or of `mailseal.dns`
function methods.dns_host(tenant, domain)
  local registry, name = tenant.registry, names.stored(domain)
  local row, message, code = registry:perform("domains", "load", tenant.id, name)
  if not row then
    return nil, message, code
  end
  local resolver, found
  resolver, message, code = registry:resolver()
  if not resolver then
    return nil, message, code
  end
  found, message, code = host.detect(name, { resolver = resolver, registrable = row.vars.registrable })
  if not found then
    return nil, message, code
  end
  local written
  written, message, code = registry:perform("domains", "place", tenant.id, name, found.zone, found.id)
  if written == nil then
    return nil, message, code
  end
  return found
end

return M
