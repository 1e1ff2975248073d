--- What a tenant's webhooks have still to deliver, and what was given up: looked at, replayed; and a webhook tried out.
-- @module mailseal.onboard.deliveries
local async = require "mailseal.async"
local letters = require "mailseal.onboard.letters"
local options = require "mailseal.dns.options"
local rows = require "mailseal.store.webhooks"
local rules = require "mailseal.onboard.webhook_rules"
local sending = require "mailseal.onboard.sending"
local store = require "mailseal.store.deliveries"
local webhooks = require "mailseal.onboard.webhooks"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here; and those that wait.
M.methods = methods
M.waiting = { test_webhook = true }

-- Rows of a page, and of a transaction that replays.
local PAGE, BATCH = 1000, 500

local page_options = {
  state = { function(value) return value == "waiting" or value == "dead" end, "waiting or dead" },
  after = options.count(0, 2 ^ 53), limit = options.count(1, PAGE),
}

--- What a webhook has still to deliver, and what was given up, in order. What was delivered is not kept; what happened since the webhook
-- has as much waiting as is kept ready for it is in the log still.
-- @tparam table tenant
-- @tparam string id
-- @tparam[opt] table page `state`: "waiting" or "dead" alone; `after`: an event's id; `limit` (100, at most 1000)
-- @treturn[1] {table,...} `event` (its id), `kind`, `domain`, `at`; `state`, `attempts`, `first_at`, `last_at`, `next_at` (nil: when what
--   comes before it is done with, or when the webhook is enabled), `status` and `problem` of the last attempt
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_such_webhook`; a code of the store
function methods.deliveries(tenant, id, page)
  page = page or {}
  options.check("tenant:deliveries", page, page_options)
  return tenant.registry.db:read(function(tx)
    local row = rows.get(tx, tenant.id, id)
    if not row then return webhooks.no_such() end
    local list = store.list(tx, tenant.id, id, { state = page.state, after = page.after or 0, limit = page.limit or 100 })
    local pause = row.pause_until or 0
    for _, one in ipairs(list) do
      one.domain = one.domain ~= "" and one.domain or nil
      one.next_at = row.enabled and one.next_at and math.max(one.next_at, pause) or nil
    end
    return list
  end)
end

-- Has an event sent again, behind what of its domain is under way.
local function again(tx, row, event, now)
  local found = store.get(tx, row.tenant_id, row.id, event.id)
  local waits = store.is_waiting(tx, row.tenant_id, row.id, event.domain or "")
  if not found then
    store.add(tx, row.tenant_id, row.id, { event }, now)
  elseif found.state == "waiting" then -- the sooner the better, unless it is being sent, or waits for another
    if found.next_at and not found.lease_owner then
      found.next_at = now
      store.write(tx, row.tenant_id, row.id, found)
    end
    return
  else
    found.state, found.attempts, found.first_at, found.next_at = "waiting", 0, nil, not waits and now or nil
    store.write(tx, row.tenant_id, row.id, found)
  end
  row.waiting = row.waiting + 1
end

-- Who has something replayed does not want to wait until the webhook's pause is over.
local function settle(tenant, tx, row, now)
  row.pause_until = nil
  webhooks.write(tx, row, now, tenant.registry.policy.webhooks)
end

--- Has an event delivered again: one that was given up, one that waits, at once, or one that was delivered.
-- @tparam table tenant
-- @tparam string id
-- @tparam number event its id
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_such_webhook`; `no_such_delivery` (no event of the webhook's, or one whose turn has not come yet); a code of the
--   store
function methods.replay(tenant, id, event)
  if not options.count(0, 2 ^ 53)[1](event) then error("tenant:replay wants the id of an event", 2) end
  return webhooks.change(tenant, id, function(tx, row, now)
    local found = event <= row.place and store.event(tx, tenant.id, event)
    if not found or not rules.wants(row, found) and not store.get(tx, tenant.id, id, event) then
      return nil, "there is no such delivery", "no_such_delivery"
    end
    again(tx, row, found, now)
    settle(tenant, tx, row, now)
    return true
  end)
end

--- Has all that was given up delivered again.
-- @tparam table tenant
-- @tparam string id
-- @treturn[1] number how many there were
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_such_webhook`; a code of the store
function methods.replay_dead(tenant, id)
  local total = 0
  while true do
    local count, message, code = webhooks.change(tenant, id, function(tx, row, now)
      local list = store.dead(tx, tenant.id, id, BATCH)
      for _, one in ipairs(list) do again(tx, row, { id = one.event, domain = one.domain }, now) end
      settle(tenant, tx, row, now)
      return #list
    end)
    if not count then return nil, message, code end
    total = total + count
    if count < BATCH then return total end
  end
end

--- Sends a message of the kind webhook_test, now, whether the webhook is enabled or not, and tells what came of it. Nothing is kept of it.
-- @tparam table tenant
-- @tparam string id
-- @treturn[1] table `delivered`: did the receiver answer with a status of 2xx? `status`; `problem`, where it did not: "http_503", or a code
--   of `mailseal.fetch`; `message`: that in words; `seconds`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_such_webhook`, `no_master_key`; `no_module` (see `mailseal.fetch`); a code of the store
function methods.test_webhook(tenant, id)
  local registry = tenant.registry
  local job, message, code = registry:perform("outbox", "test", tenant.id, id, "test_" .. letters.new(16))
  if not job then return nil, message, code end
  local began = async.now()
  local result
  result, message, code = sending.send(registry, job)
  if not result then return nil, message, code end
  return {
    delivered = rules.verdict(result.status) == "delivered", status = result.status, problem = result.problem, message = result.message,
    seconds = async.now() - began,
  }
end

return M
