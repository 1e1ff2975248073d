--- What publishing does on the database: see `perform` of `mailseal.onboard.registry`.
--
-- **Two at once**: whoever writes to a zone holds locks of it, and of the domain that he writes for, for as long as he is heard of.
-- **A process that dies**: what it intended is in its publication's row. Who comes next, and finds it, looks what there is in the zone
-- (`mailseal.onboard.publishing.effect`) and ends the row with that.
-- @module mailseal.onboard.publishing.steps
local accesses = require "mailseal.store.accesses"
local assess = require "mailseal.onboard.assess"
local change = require "mailseal.onboard.change"
local domains = require "mailseal.store.domains"
local events = require "mailseal.store.events"
local keys = require "mailseal.store.keys"
local ledger = require "mailseal.publish.ledger"
local line = require "mailseal.printable".line
local locks = require "mailseal.store.locks"
local store = require "mailseal.store.publications"
local utf8 = require "mailseal.core".text.utf8

local M = {}
local steps = {}

M.steps = steps

--- What is known of a domain that is to be published for.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string name the domain, as it is stored
-- @treturn[1] table `domain` (the row; nil where there is none any more, but something of it was published), `records` (those that it is
--   to have), `keys`, `ours` (by way, rows of `mailseal.publish.ledger`), `open` (publications that were not ended), `accesses` (the ways
--   that are kept)
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of `mailseal.store`
function steps.load(registry, tenant, name)
  return registry.db:read(function(tx)
    local row, ours, open = domains.get(tx, tenant, name), store.ours(tx, tenant, name), store.open(tx, tenant, name)
    if not row and not next(ours) and not open[1] then return change.not_found() end
    return {
      domain = row, records = row and assess.records(row) or {}, keys = row and keys.of_domain(tx, tenant, name) or {}, ours = ours,
      open = open, accesses = accesses.list(tx, tenant, name),
    }
  end)
end

--- The lock of whoever publishes for a domain.
-- @tparam string tenant
-- @tparam string name the domain
-- @treturn string
function M.lock_of(tenant, name) return ("domain:%d:%s:%s"):format(#tenant, tenant, name) end

--- Takes locks for a publication.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string name the domain
-- @tparam table claim `id`, of the publication; `locks`, their names
-- @treturn[1] table `open`: publications of that domain that were not ended, though nobody is at work on it
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `publish_under_way`; a code of `mailseal.store`
-- @treturn[2] ?table of that, `retry_at`
function steps.claim(registry, tenant, name, claim)
  local now = registry:now()
  return registry.db:write(function(tx)
    local taken, until_when = locks.take(tx, claim.locks, {
      owner = claim.id, now = now, ends = now + registry.policy.publishing.lease,
    })
    if not taken then
      return nil, ("somebody is publishing to that zone just now: try again in %d seconds"):format(until_when - now), "publish_under_way",
        { retry_at = until_when }
    end
    return { open = store.open(tx, tenant, name) }
  end)
end

--- Has a publication's locks for longer.
-- @tparam table registry
-- @tparam string id
-- @treturn ?number how many there are still
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.renew(registry, id)
  local now = registry:now()
  return registry.db:write(function(tx) return locks.renew(tx, id, now, now + registry.policy.publishing.lease) end)
end

--- What is answered to whoever was not heard of for so long that his locks have ended.
-- @treturn nil
-- @treturn string a message
-- @treturn string `publish_under_way`
function M.lost()
  return nil, "this has taken so long that somebody else may publish to that zone by now: try again", "publish_under_way"
end

--- Gives a publication's locks up.
-- @tparam table registry
-- @tparam string id
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.release(registry, id)
  return registry.db:write(function(tx)
    locks.release(tx, id)
    return true
  end)
end

-- Octets of a problem that are kept.
local PROBLEM = 300

--- A message as it is kept: short, on one line, and whole characters alone.
-- @tparam any message
-- @treturn string
function M.problem(message) return utf8(line(tostring(message)):sub(1, PROBLEM)) end

local function values_of(set) return set and set.values or nil end

--- Changes as events tell them: before and after of every record.
-- @tparam table changes by zone
-- @treturn {table,...} `zone`, `name`, `type`, `before`, `after` (lists of values)
function M.told(changes)
  local list = {}
  for zone, of_zone in pairs(changes) do
    for _, one in ipairs(of_zone) do
      list[#list + 1] = { zone = zone, name = one.name, type = one.type, before = values_of(one.before), after = values_of(one.after) }
    end
  end
  table.sort(list, function(a, b)
    if a.name ~= b.name then return a.name < b.name end
    return a.type < b.type
  end)
  return list
end

local function add(tx, tenant, one, now)
  store.add(tx, tenant, one)
  events.add(tx, tenant, one.domain, "publish_begun", {
    publication = one.id, via = one.via, purpose = one.kind, consents = one.consents, records = M.told(one.changes),
  }, { at = now })
end

--- Writes what is intended, before anything is done.
-- @tparam table registry
-- @tparam string tenant
-- @tparam ?string actor
-- @tparam table one as of `mailseal.store.publications.add`, without `begun_at` and `due_at`; `locks`: how many it has to hold
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string `publish_under_way`: it does not hold them any more; a code of `mailseal.store`
function steps.intend(registry, tenant, actor, one)
  local now = registry:now()
  return registry.db:write(function(tx)
    if locks.count(tx, one.id, now) < (one.locks or 0) then return M.lost() end
    one.actor, one.begun_at, one.due_at = actor, now, now + registry.policy.publishing.settle_after
    add(tx, tenant, one, now)
    return true
  end, { id = tenant, actor = actor })
end

local kinds_of = { publish = "published", keys = "published", undo = "unpublished", connect = "published" }

local function event_of(one, outcome)
  local kind = outcome.state == "failed" and "publish_failed" or kinds_of[one.kind]
  local records = M.told(outcome.changes)
  if outcome.state == "settled" and not records[1] then kind = "publish_failed" end
  return kind, {
    publication = one.id, via = one.via, purpose = one.kind, consents = one.consents, records = records,
    settled = outcome.state == "settled" or nil, shown = outcome.shown, code = outcome.code, problem = outcome.problem,
  }
end

--- Notes that a domain's DNS host is asked to set records, and by whom: nothing is done from here. What it was asked before, and DNS did
-- not show yet, is asked no more.
-- @tparam table registry
-- @tparam string tenant
-- @tparam ?string actor
-- @tparam table one as of `mailseal.store.publications.add`, without `begun_at` and `due_at`
-- @treturn ?string its id
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.lead(registry, tenant, actor, one)
  local now = registry:now()
  return registry.db:write(function(tx)
    for _, former in ipairs(store.open(tx, tenant, one.domain)) do
      if former.kind == one.kind then
        store.finish(tx, tenant, former.id, { state = "failed", changes = {}, code = "superseded", ended_at = now })
      end
    end
    one.actor, one.begun_at, one.due_at = actor, now, now + registry.policy.publishing.retry_first
    add(tx, tenant, one, now)
    return one.id
  end, { id = tenant, actor = actor })
end

local function key_of(row) return ("%s %s %s"):format(row.zone, row.name, row.type) end

-- What a publication has done beside what whoever settled it had found.
local function beside(settled, changes)
  local found, list = {}, {}
  for zone, of_zone in pairs(settled) do
    for _, one in ipairs(of_zone) do found[key_of { zone = zone, name = one.name, type = one.type }] = one end
  end
  for zone, of_zone in pairs(changes) do
    list[zone] = {}
    for i, one in ipairs(of_zone) do
      local before, known = one.before, found[key_of { zone = zone, name = one.name, type = one.type }]
      if known then before = known.after end
      list[zone][i] = { name = one.name, type = one.type, before = before, after = one.after }
    end
  end
  return list
end

-- What is ours from then on. Once all is taken back (`over`, rows), what others have changed is theirs.
local function note(tx, tenant, one, changes, over)
  local rows, gone, kept = store.ours(tx, tenant, one.domain)[one.via] or {}, {}, {}
  local noted = one.kind == "undo" and ledger.undone or ledger.add
  for _, row in ipairs(over or {}) do gone[key_of(row)] = true end
  for _, row in ipairs(noted(rows, changes)) do kept[#kept + 1] = not gone[key_of(row)] and row or nil end
  store.replace(tx, tenant, one.domain, one.via, kept)
end

--- Notes that what was published is taken back, where nothing of it is there any more.
-- @tparam table registry
-- @tparam string tenant
-- @tparam table one `id`, of a publication that has the locks; `domain`, `via`, `kind`; `over`, rows of `mailseal.publish.ledger`
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.forget(registry, tenant, one)
  return registry.db:write(function(tx)
    note(tx, tenant, one, {}, one.over)
    locks.release(tx, one.id)
    return true
  end)
end

--- Ends a publication: with what it came to, what is ours by then, and the event.
-- @tparam table registry
-- @tparam string tenant
-- @tparam ?string actor
-- @tparam table one its row
-- @tparam table outcome `state`, `changes` (those that were made, by zone), `shown`, `code`, `problem`; `quiet`: true for
--   no event; `over`: rows of `mailseal.publish.ledger` that are ours no more
-- @treturn ?boolean true; false where somebody else has ended it. Whoever has begun it ends it even so, where it was only settled
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.finish(registry, tenant, actor, one, outcome)
  local now = registry:now()
  return registry.db:write(function(tx)
    outcome.ended_at = now
    locks.release(tx, one.id)
    local row = store.get(tx, tenant, one.id)
    if not store.finish(tx, tenant, one.id, outcome) then return false end
    if one.kind ~= "connect" then
      note(tx, tenant, one, row.state == "settled" and beside(row.changes, outcome.changes) or outcome.changes, outcome.over)
    end
    if not outcome.quiet then
      local kind, data = event_of(one, outcome)
      events.add(tx, tenant, one.domain, kind, data, { at = now })
    end
    return true
  end, { id = tenant, actor = actor })
end

return M
