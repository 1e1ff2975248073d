--- Publishing: a domain's records are written to its zones for the customer.
--
--     local plan = assert(tenant:plan("mail.example.com", { via = "rfc2136", server = "192.0.2.53", key = key }))
--     print(plan:diff())
--     local done = assert(plan:apply { consent = { "record_other_value@…" } })
--     print(done.text, done.domain.status)
--     assert(tenant:unpublish("mail.example.com", { via = "rfc2136", server = "192.0.2.53", key = key }))
--
-- The zones are read where they are written (`mailseal.publish.target`); what is to be done is found by `mailseal.publish.plan`; it is
-- done by `mailseal.onboard.publishing.applying`. What waits for the network waits between steps.
-- @module mailseal.onboard.publishing
local access = require "mailseal.onboard.publishing.access"
local applying = require "mailseal.onboard.publishing.applying"
local change = require "mailseal.onboard.change"
local connecting = require "mailseal.onboard.publishing.connecting"
local hosts = require "mailseal.onboard.publishing.host"
local kinds = require "mailseal.dns.options"
local ledger = require "mailseal.publish.ledger"
local outcome = require "mailseal.onboard.outcome"
local plans = require "mailseal.onboard.publishing.plans"
local publish_steps = require "mailseal.onboard.publishing.steps"
local reading = require "mailseal.onboard.publishing.reading"
local relying = require "mailseal.onboard.publishing.relying"
local WAIT = require "mailseal.onboard.publishing.policy".WAIT
local store = require "mailseal.store.publications"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here; and those that wait.
M.methods = methods
M.waiting = { plan = true, unpublish = true }

local LIST_MOST = 1000

local function is_list(value)
  if type(value) ~= "table" then return false end
  for _, one in ipairs(value) do
    if type(one) ~= "string" then return false end
  end
  return true
end

local own = {
  via = true, fetch = true, consent = true, ttl = true, zone = true, keep = true, wait = true, patience = true, dry_run = true,
  agrees = true,
}

local own_kinds = {
  via = kinds.either { kinds.of_type("string", "the name of a way"), kinds.of_type("table", "a target") },
  fetch = kinds.of_type("table", "options of mailseal.fetch"), consent = { is_list, "a list of texts" }, ttl = kinds.count(0, 2 ^ 31 - 1),
  zone = kinds.of_type("string", "a zone's name"), keep = kinds.flag, wait = WAIT, patience = WAIT, dry_run = kinds.flag,
  agrees = kinds.of_type("function", "a function"),
}

local function check(method, options)
  if type(options) ~= "table" or not options.via then error(("tenant:%s wants the way, via"):format(method), 3) end
  if options.via == connecting.VIA then return end
  local mine = {}
  for name in pairs(own) do mine[name] = options[name] end
  kinds.check("tenant:" .. method, mine, own_kinds)
end

-- What is known of the domain, and a way into its zones. Returns nil, a message and a code where one is not to be had.
local function begin(tenant, name, options)
  local known, message, code = tenant.registry:perform("publishing.steps", "load", tenant.id, name)
  if not known then return nil, message, code end
  if options.via == connecting.VIA then return known, nil end
  local way
  way, message, code = access.way(tenant, name, options, own)
  if not way then return nil, message, code end
  return known, way
end

-- Rows of what is ours by one way, with what publications that were cut short have done.
local function rows_of(known, via, done) return ledger.add(known.ours[via] or {}, done or {}) end

-- ---- a plan

local function plan_with(target, tenant, name, known, way, options)
  local given, message, code, details = reading.read(target, tenant.registry, {
    domain = name, known = known, way = way, zone = options.zone, ttl = options.ttl,
  })
  if not given then return nil, message, code, details end
  given.consents = options.consent or {}
  local again = { via = options.via }
  for option, value in pairs(options) do again[option] = option ~= "keep" and option ~= "ttl" and value or nil end
  return plans.new {
    domain = name, tenant = tenant, way = way, pure = require "mailseal.publish.plan".make(given),
    own = hosts.conflicts(target, way, given, tenant.registry, known.domain), consents = given.consents, keep = options.keep,
    wait = options.wait, patience = options.patience, is_verified = known.domain.status == "verified",
    undo = function() return tenant:unpublish(name, again) end,
  }
end

--- Plans to publish a domain's records: reads its zones where they are written, and changes nothing.
-- @tparam table tenant
-- @tparam string domain
-- @tparam table options
--
-- - `via`: the way, an id of `mailseal.publish`; or a target of `mailseal.publish.target` that is open. And the settings and credentials of
--   that way; without any credentials those that are kept are used. Or "domain-connect", with the options of
--   `mailseal.onboard.publishing.connecting.plan`: then the customer is led to the plan's `url`, and `apply` and `undo` say what is to be
--   done
-- - `consent`: a list of what is agreed to beforehand
-- - `ttl`: of new records, seconds
-- - `zone`: only what goes into that one
-- - `keep`: true: once it was applied, the access is kept, see `tenant:keep_access`
-- - `wait`, `patience`: of `plan:apply`, where that is given none
-- - `fetch`: options of `mailseal.fetch`, in place of the policy's
-- @treturn[1] table `domain`, `via`, `zones` (names), `steps`, `conflicts`, `changes` (as of `mailseal.publish.plan`); `diff()`, `apply()`,
--   `undo()`: see `mailseal.onboard.publishing.plans`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; `failed`: the domain has to be started again first; `no_target`, `bad_setting`, `credentials_missing`,
--   `no_master_key`; a code of `mailseal.publish.target`, of `mailseal.dns` or of `mailseal.store`
-- @treturn[2] ?table details, as of `mailseal.publish.target`
function methods.plan(tenant, domain, options)
  check("plan", options)
  local name = change.stored(domain)
  local known, way, code = begin(tenant, name, options)
  if not known then return nil, way, code end
  if not known.domain then return change.not_found() end
  if known.domain.status == "failed" then return nil, outcome.has_failed() end
  if options.via == connecting.VIA then return connecting.plan(tenant, name, known, options) end
  local target, message, why = way.open()
  if not target then return nil, message, why end
  local plan, text, kind, details = plan_with(target, tenant, name, known, way, options)
  way.close(target)
  return plan, text, kind, details
end

-- ---- taking it back

-- The plan that takes back what no other domain of the tenant's relies on; then the rows that are over by it.
local function undo_plan(target, tenant, name, known, way, options)
  local ours = {}
  for _, row in ipairs(known.ours[way.via] or {}) do ours[#ours + 1] = row end
  local others, message, code = tenant.registry:perform("publishing.relying", "load", tenant.id, name, ours)
  if not others then return nil, message, code end
  local zones, done, why, more = reading.rows(target, known, way.via, { zone = options.zone, others = others })
  if not zones then return nil, done, why, more end
  local rows = {}
  for _, row in ipairs(rows_of(known, way.via, done)) do
    if zones[row.zone] then rows[#rows + 1] = row end
  end
  local plan = ledger.undo(rows, zones)
  local free, kept = relying.parted(rows, zones, plan.changes, others)
  if kept[1] then plan = ledger.undo(free, zones) end
  for _, step in ipairs(kept) do plan.steps[#plan.steps + 1] = step end
  return plan, free, #kept > 0
end

local function undo_with(target, tenant, name, known, way, options)
  local plan, rows, is_any_kept, more = undo_plan(target, tenant, name, known, way, options)
  if not plan then return nil, rows, is_any_kept, more end
  if options.dry_run then
    plan.changed, plan.is_dry, plan.not_shown, plan.text = false, true, {}, "Nothing was changed."
    return plan
  end
  if options.agrees and not options.agrees(plan) then
    return nil, "the zone is another since that was shown: look at what is to be taken back now", "plan_changed"
  end
  local result, message, code, details = applying.run {
    tenant = tenant, domain = name, target = target, via = way.via, scope = way.scope, kind = "undo", changes = plan.changes,
    wait = options.wait, patience = options.patience, over = rows,
  }
  if not result then return nil, message, code, details end
  result.steps, result.conflicts = plan.steps, plan.conflicts
  result.text = result.changed and "What was published is taken back." or "There is nothing to be taken back."
  if is_any_kept then result.text = result.text .. " What other domains need stays." end
  return result
end

--- Takes back what was published for a domain in one way, and only that: what others have changed since stays as it is. It goes for a
-- domain that was removed here as well.
-- @tparam table tenant
-- @tparam string domain
-- @tparam table options `via`, its settings and credentials, `zone`, `fetch`: as of @{methods.plan}; `wait`, `patience`; `dry_run`: true
--   where it is to be told what would be taken back, in `steps` and `changes`, and nothing is changed; `agrees`: a function that is told
--   that, as it is found now, and where it returns nothing that is true, nothing is changed
-- @treturn[1] table `changed`, `publication`, `changes`, `shown`, `not_shown`, `text`: as of `plan:apply`; `steps`, `conflicts` (none):
--   what became of each record, as of `mailseal.publish.ledger.undo`; `is_dry`, true where nothing was to be done
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; `not_undoable`, by Domain Connect; `plan_changed`: it is not agreed to; as of @{methods.plan} and
--   `plan:apply`
-- @treturn[2] ?table details
function methods.unpublish(tenant, domain, options)
  check("unpublish", options)
  local name = change.stored(domain)
  local known, way, code = begin(tenant, name, options)
  if not known then return nil, way, code end
  if options.via == connecting.VIA then return connecting.not_undoable(known) end
  local target, message, why = way.open()
  if not target then return nil, message, why end
  local result, text, kind, details = undo_with(target, tenant, name, known, way, options)
  way.close(target)
  return result, text, kind, details
end

-- ---- what was published

local list_options = { limit = kinds.count(1, LIST_MOST), before = kinds.of_type("table", "a publication") }

--- What was published for a domain, and taken back, the newest first. It stays when the domain is removed.
-- @tparam table tenant
-- @tparam string domain
-- @tparam[opt] table options `limit`: how many at most (100, at most 1000); `before`: the last one that was seen: those before it
-- @treturn[1] {table,...} each with `id`, `via`, `purpose` ("publish", "undo", "keys": the records of our keys, by kept access, "connect":
--   the customer was led to his DNS host by Domain Connect), `state` ("under_way", "done", "failed", "settled": it was cut short, and what
--   it had done was found out), `actor`, `consents`, `records` (a list of `zone`, `name`, `type`, `before` and `after`, values), `shown`
--   (did all name servers show it at the end?), `code`, `problem`, `begun_at`, `ended_at`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of `mailseal.store`
function methods.publications(tenant, domain, options)
  kinds.check("tenant:publications", options or {}, list_options)
  local name = change.stored(domain)
  return tenant.registry.db:read(function(tx)
    local list = store.list(tx, tenant.id, name, options and options.limit or 100, options and options.before)
    if not list[1] and not require "mailseal.store.domains".get(tx, tenant.id, name) then return change.not_found() end
    for i, one in ipairs(list) do
      list[i] = {
        id = one.id, via = one.via, purpose = one.kind, state = one.state, actor = one.actor, consents = one.consents,
        records = publish_steps.told(one.changes), shown = one.shown, code = one.code, problem = one.problem, begun_at = one.begun_at,
        ended_at = one.ended_at,
      }
    end
    return list
  end)
end

return M
