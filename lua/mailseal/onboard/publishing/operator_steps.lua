--- What is done on the database to keep operators' zones: see `perform` of `mailseal.onboard.registry`.
-- @module mailseal.onboard.publishing.operator_steps
local events = require "mailseal.store.events"
local keys = require "mailseal.store.keys"
local locks = require "mailseal.store.locks"
local operator_changes = require "mailseal.onboard.publishing.operator_changes"
local publishing_steps = require "mailseal.onboard.publishing.steps"
local store = require "mailseal.store.zone_names"

local M = {}
local steps = {}

M.steps = steps

-- ---- who does it

--- Is there anything to do in a zone?
-- @tparam table registry
-- @tparam string zone
-- @treturn ?boolean not where it is left alone for a while, as it could not be written to
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.is_due(registry, zone)
  local now = registry:now()
  local found, message, code = registry.db:read(function(tx)
    local pause = store.pause_of(tx, zone)
    return { due = not (pause and pause.due_at > now) and store.is_due(tx, zone, now) }
  end)
  if not found then return nil, message, code end
  return found.due
end

--- Takes locks, for as long as their holder is heard of.
-- @tparam table registry
-- @tparam string id the holder
-- @tparam {string,...} names of the locks
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `publish_under_way`: somebody else has one; a code of `mailseal.store`
function steps.claim(registry, id, names)
  local now = registry:now()
  return registry.db:write(function(tx)
    local lease = { owner = id, now = now, ends = now + registry.policy.publishing.lease }
    if locks.take(tx, names, lease) then return true end
    return nil, "somebody is writing to that zone just now", "publish_under_way"
  end)
end

-- ---- what there is to do

local function with_wanted(rows)
  for _, row in ipairs(rows) do row.wanted = operator_changes.wanted(row) end
  return rows
end

--- Names that are due.
-- @tparam table registry
-- @tparam string zone
-- @tparam number limit
-- @treturn ?{table,...} as of `mailseal.store.zone_names.due`, and `wanted`, the text that is to stand there
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.due(registry, zone, limit)
  return registry.db:read(function(tx) return with_wanted(store.due(tx, zone, registry:now(), limit)) end)
end

--- Names of a zone, in their order.
-- @tparam table registry
-- @tparam string zone
-- @tparam string after
-- @tparam number limit
-- @treturn ?{table,...} as of @{due}
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.list(registry, zone, after, limit)
  return registry.db:read(function(tx) return with_wanted(store.list(tx, zone, after, limit)) end)
end

--- Has all names of a zone looked at.
-- @tparam table registry
-- @tparam string zone
-- @treturn ?number how many there are
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.wake(registry, zone)
  return registry.db:write(function(tx) return store.wake_zone(tx, zone) end)
end

--- Writes what is intended, before anything is done.
-- @tparam table registry
-- @tparam {table,...} rows as of @{due}
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.intend(registry, rows)
  return registry.db:write(function(tx)
    for _, row in ipairs(rows) do store.intend(tx, row, row.wanted or "") end
    return true
  end)
end

-- ---- what came of it

-- When what has failed is tried again.
local function again_at(registry, attempts, retry_at)
  local policy = registry.policy.publishing
  local span = math.min(policy.retry_first * 2 ^ math.min(attempts, 30), policy.retry_most)
  return math.max(math.floor(registry:now() + span), retry_at or 0)
end

-- What is told of a domain's names, of those that were changed.
local function tell_published(tx, way, list, now)
  local changes, settled, mended = {}, nil, nil
  for _, one in ipairs(list) do
    changes[#changes + 1] = one.change
    settled = settled or one.row.intended ~= nil and not one.is_ours or nil
    mended = mended or one.row.held ~= nil and one.row.held == one.row.wanted or nil
  end
  local first = list[1].row
  events.add(tx, first.tenant_id, first.domain, "published", {
    via = way.via, purpose = "keys", operator = true, consents = {}, records = publishing_steps.told { [way.zone] = changes },
    settled = settled, mended = mended,
  }, { at = now })
  keys.hurry(tx, first.tenant_id, first.domain, now)
end

local function tell_failed(tx, way, row, failure, now)
  events.add(tx, row.tenant_id, row.domain, "publish_failed", {
    via = way.via, purpose = "keys", operator = true, name = row.name, code = failure.code, problem = failure.problem,
    retry_at = failure.due_at,
  }, { at = now })
end

local function note_failed(tx, registry, way, one, now)
  local row = one.row
  local failure = {
    attempts = row.attempts + 1, code = one.code, problem = publishing_steps.problem(one.message),
    due_at = again_at(registry, row.attempts, one.retry_at),
  }
  store.failed(tx, row, failure)
  if one.code ~= row.code then tell_failed(tx, way, row, failure, now) end
end

-- Nothing more is to come of a name at which nothing stands, nor is to. As long as its domain is there it may be used again.
local function note_well(tx, registry, row, now)
  if not row.wanted and not row.target then return store.remove(tx, row) end
  store.well(tx, row, row.wanted, row.wanted and now + registry.policy.publishing.zone_look or nil)
end

-- Those of outcomes by which something was changed, a list for each domain.
local function changed_by_domain(outcomes)
  local lists, of_domain = {}, {}
  for _, one in ipairs(outcomes) do
    if one.change then
      local key = #one.row.tenant_id .. ":" .. one.row.tenant_id .. one.row.domain
      if not of_domain[key] then
        of_domain[key] = {}
        lists[#lists + 1] = of_domain[key]
      end
      table.insert(of_domain[key], one)
    end
  end
  return lists
end

--- Notes what came of names, and tells it.
-- @tparam table registry
-- @tparam table way `via`; `zone`, in which the names are there
-- @tparam {table,...} outcomes `row` (as of @{due}); `change`, what was done, nil where nothing was to be; `is_ours`, true where that was
--   done just now, and not by one who was killed; or `message`, `code` and `retry_at` of what went wrong
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.note(registry, way, outcomes)
  local now = registry:now()
  return registry.db:write(function(tx)
    -- Keys before their names, as whoever changes a key does: lest two wait for each other's.
    for _, list in ipairs(changed_by_domain(outcomes)) do tell_published(tx, way, list, now) end
    for _, one in ipairs(outcomes) do
      if one.code then
        note_failed(tx, registry, way, one, now)
      else
        note_well(tx, registry, one.row, now)
      end
    end
    return true
  end)
end

--- Leaves a zone that could not be written to alone for a while.
-- @tparam table registry
-- @tparam string zone
-- @tparam table failure `message`, `code`, `retry_at`
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.pause(registry, zone, failure)
  return registry.db:write(function(tx)
    local before = store.pause_of(tx, zone)
    local attempts = before and before.attempts or 0
    store.pause(tx, zone, {
      due_at = again_at(registry, attempts, failure.retry_at), attempts = attempts + 1, code = failure.code,
      problem = publishing_steps.problem(failure.message),
    })
    return true
  end)
end

--- Ends that, where it was so.
-- @tparam table registry
-- @tparam string zone
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`
function steps.resume(registry, zone)
  local found, message, code = registry.db:read(function(tx) return { pause = store.pause_of(tx, zone) } end)
  if not found or not found.pause then return found and true, message, code end
  return registry.db:write(function(tx)
    store.resume(tx, zone)
    return true
  end)
end

return M
