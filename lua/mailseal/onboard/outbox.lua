--- What is to be sent to webhooks, on the database: the steps between which `mailseal.onboard.sending` sends it.
--
-- Each is safe to be killed in. What has happened is taken up for each webhook (`collect`: what is to be sent, and the webhook's place in
-- the log, in one transaction); what is due is leased (`lease`); what came of it is written (`note`). A lease whose owner is gone ends, and
-- then another sends the same again. Of one domain the next one is due when the one before it is done with.
-- @module mailseal.onboard.outbox
local deliveries = require "mailseal.store.deliveries"
local events = require "mailseal.store.events"
local json = require "mailseal.json"
local master_key = require "mailseal.onboard.master_key"
local objects = require "mailseal.onboard.objects"
local rules = require "mailseal.onboard.webhook_rules"
local store = require "mailseal.store.webhooks"
local webhooks = require "mailseal.onboard.webhooks"

local M = {}
local steps = {}

--- Steps: see `perform` of `mailseal.onboard.registry`.
M.steps = steps

-- Tenants whose events are taken up at a time, and how many events for the webhooks of each; seconds that a lease lasts beyond the time for
-- an answer.
local AT_A_TIME, EVENTS, SLACK = 50, 500, 30

-- ---- taking up what has happened

-- Takes up at most so many events for a webhook. Returns how many, and whether it can take more.
local function take_up(tx, row, policy, now, most)
  local limit = math.min(most, policy.waiting_most - row.waiting)
  local happened, wanted = events.after(tx, row.tenant_id, row.place, limit), {}
  for _, event in ipairs(happened) do
    if rules.wants(row, event) then wanted[#wanted + 1] = event end
  end
  if not happened[1] then return 0, false end
  deliveries.add(tx, row.tenant_id, row.id, wanted, now)
  row.place, row.waiting = happened[#happened].id, row.waiting + #wanted
  webhooks.write(tx, row, now, policy)
  return #happened, #happened == limit and row.waiting < policy.waiting_most
end

-- For a tenant. The webhooks are locked before him, as everywhere; and from then on nothing happens to him until it is done.
local function collect_for(tx, tenant, policy, now)
  local rows, count, is_news = store.lock_takers(tx, tenant, policy.waiting_most), 0, false
  if not store.take_news(tx, tenant) then return 0 end
  for _, row in ipairs(rows) do
    local taken, more = 0, true
    if count < EVENTS then taken, more = take_up(tx, row, policy, now, EVENTS - count) end
    count, is_news = count + taken, is_news or more
  end
  if is_news then store.tell_news(tx, tenant, 0) end
  return count
end

--- Takes up what has happened since, for some tenants. A webhook that is disabled, or at which as much waits as is kept ready, takes up
-- nothing: there is news for it when that is no longer so.
-- @tparam table registry
-- @treturn[1] number how many events
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function steps.collect(registry)
  local policy, now, count = registry.policy.webhooks, registry:now(), 0
  local list, message, code = registry.db:ask(function(tx) return store.with_news(tx, AT_A_TIME) end)
  for _, one in ipairs(list or {}) do
    local taken
    taken, message, code = registry.db:write(function(tx) return collect_for(tx, one.id, policy, now) end)
    if not taken then return nil, message, code end
    count = count + taken
  end
  if not list then return nil, message, code end
  return count
end

-- ---- what is sent

-- The same octets each time: who signs, or compares, may rely on it.
local function body_of(tenant, event)
  return json.encode(json.object(
    "type", event.kind, "timestamp", os.date("!%Y-%m-%dT%H:%M:%SZ", event.at), "tenant", tenant, "id", event.id, "domain", event.domain,
    "actor", event.actor, "data", objects.data(event)))
end

-- The secrets of a webhook, opened; nil and a code where that cannot be.
local function secrets_of(registry, row, now)
  local place, sealed = webhooks.place(row.tenant_id, row.id), { row.sealed }
  if row.sealed_before and row.before_until > now then sealed[2] = row.sealed_before end
  for i, text in ipairs(sealed) do
    local secret, message, code = registry.master_key:open(text, place)
    if not secret then return nil, message, code end
    sealed[i] = secret
  end
  return sealed
end

-- What is to be sent, whole.
local function job_of(registry, row, event, id, now)
  local secrets, message, code = secrets_of(registry, row, now)
  return {
    tenant = row.tenant_id, webhook = row.id, event = event.id, url = row.url, id = id, body = body_of(row.tenant_id, event),
    secret = secrets and secrets[1], former = secrets and secrets[2], problem = not secrets and (code or "failed") or nil,
    message = message,
  }
end

--- A message to try a webhook out with.
-- @tparam table registry
-- @tparam string tenant
-- @tparam string webhook_id
-- @tparam string id the message's
-- @treturn[1] table as `send` takes it
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_such_webhook`, `no_master_key`, `seal_broken`; a code of the store
function steps.test(registry, tenant, webhook_id, id)
  if not registry.master_key then return master_key.missing() end
  local now = registry:now()
  local row, message, code = registry.db:ask(function(tx)
    local found = store.get(tx, tenant, webhook_id)
    if not found then return webhooks.no_such() end
    return found
  end)
  if not row then return nil, message, code end
  local job = job_of(registry, row, { kind = "webhook_test", at = now, data = { webhook = row.id } }, id, now)
  if job.problem then return nil, job.message, job.problem end
  return job
end

-- ---- leasing

-- Lest two workers wait for each other's.
local function in_order(a, b)
  if a.tenant ~= b.tenant then return a.tenant < b.tenant end
  if a.webhook ~= b.webhook then return a.webhook < b.webhook end
  return a.event < b.event
end

local function lease_of(registry, one, lease, into)
  local list, row, policy = {}, nil, registry.policy.webhooks
  local ok, message, code = registry.db:write(function(tx)
    list, row = {}, store.lock(tx, one.tenant_id, one.id)
    if not row or not row.enabled or (row.pause_until or 0) > lease.now then return true end
    local ids = deliveries.lease(tx, one.tenant_id, one.id, {
      owner = lease.owner, now = lease.now, ends = lease.ends, limit = lease.room, at_a_time = rules.at_a_time(row, policy),
    })
    for i, id in ipairs(ids) do list[i] = deliveries.event(tx, one.tenant_id, id) end
    webhooks.write(tx, row, lease.now, policy)
    return true
  end)
  if not ok then return nil, message, code end
  for _, event in ipairs(list) do
    local job = job_of(registry, row, event, ("%s_%d"):format(row.id, event.id), lease.now)
    job.poor = lease.poor
    into[#into + 1] = job
  end
  lease.room = lease.room - #list
  return true
end

--- Leases what is due.
-- @tparam table registry
-- @tparam string owner a text that nobody else uses
-- @tparam number good how many at most, of webhooks that did well the last time
-- @tparam number poor how many of others
-- @treturn[1] {table,...} as `send` takes them
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_master_key`; a code of the store
function steps.lease(registry, owner, good, poor)
  if not registry.master_key then return master_key.missing() end
  local now, jobs = registry:now(), {}
  local ends = now + registry.policy.webhooks.timeout + SLACK
  for _, lease in ipairs { { room = good, poor = false }, { room = poor, poor = true } } do
    lease.owner, lease.now, lease.ends = owner, now, ends
    local due, message, code = registry.db:ask(function(tx) return store.due(tx, now, lease.poor, math.max(0, lease.room)) end)
    if not due then return nil, message, code end
    for _, one in ipairs(due) do
      local ok = lease.room <= 0
      if not ok then ok, message, code = lease_of(registry, one, lease, jobs) end
      if not ok then return nil, message, code end
    end
  end
  return jobs
end

--- Gives back what was leased and is not noted.
-- @tparam table registry
-- @tparam string owner
-- @tparam {table,...} jobs of @{lease}
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function steps.give_back(registry, owner, jobs)
  local now, policy = registry:now(), registry.policy.webhooks
  table.sort(jobs, in_order)
  return registry.db:write(function(tx)
    for _, job in ipairs(jobs) do
      local row = store.lock(tx, job.tenant, job.webhook)
      if row then
        deliveries.give_back(tx, job.tenant, job.webhook, owner, now)
        webhooks.write(tx, row, now, policy)
      end
    end
    return true
  end)
end

--- Is there anything to do?
-- @tparam table registry
-- @treturn[1] table `behind`: has something happened that was not taken up? `due`: is something to be sent?
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function steps.look(registry)
  local now = registry:now()
  return registry.db:ask(function(tx)
    return {
      behind = store.with_news(tx, 1)[1] ~= nil, due = store.due(tx, now, false, 1)[1] ~= nil or store.due(tx, now, true, 1)[1] ~= nil,
    }
  end)
end

-- ---- what came of it

local function done_with(tx, row, delivery, now, policy)
  row.waiting = row.waiting - 1
  deliveries.promote(tx, row.tenant_id, row.id, delivery.domain, now)
  -- What was left in the log as too much waited is taken up when there is room for a good deal of it.
  if row.waiting == 0 or row.waiting == math.floor(policy.waiting_most / 2) then store.tell_news(tx, row.tenant_id, row.place) end
end

local function delivered(tx, row, delivery, result, now, policy)
  row.failures, row.failing_since, row.pause_until, row.problem, row.delivered_at = 0, nil, nil, nil, now
  row.slow = result.seconds > policy.slow
  deliveries.remove(tx, row.tenant_id, row.id, delivery.event)
  done_with(tx, row, delivery, now, policy)
end

local function give_up(tx, row, delivery, now, policy)
  delivery.state, delivery.next_at = "dead", nil
  deliveries.write(tx, row.tenant_id, row.id, delivery)
  deliveries.forget_dead(tx, row.tenant_id, row.id, policy.dead_most)
  done_with(tx, row, delivery, now, policy)
  local event = deliveries.event(tx, row.tenant_id, delivery.event)
  -- Of what tells of webhooks nothing more is told: two that are dead would tell each other for ever.
  if event and not event.kind:find "^webhook_" then
    events.add(tx, row.tenant_id, event.domain, "webhook_dead_letter", {
      webhook = row.id, event = delivery.event, kind = event.kind, attempts = delivery.attempts, problem = delivery.problem,
    }, { at = now })
  end
end

local function failed(tx, row, delivery, result, now, policy)
  row.failures, row.failing_since, row.problem = row.failures + 1, row.failing_since or now, delivery.problem
  row.pause_until = math.max(row.pause_until or 0, rules.pause_until(row.failures, now, result.retry_after, policy))
  local is_too_long = rules.is_to_be_disabled(row.failing_since, now, policy)
  if rules.is_dead(delivery.first_at, now, policy) then
    give_up(tx, row, delivery, now, policy)
    -- Where nothing is left to try, nobody knows how the receiver does: what happens next begins the count anew.
    if row.waiting == 0 then row.failures, row.failing_since = 0, nil end
  else
    delivery.next_at = math.max(row.pause_until, rules.again_at(delivery.attempts, now, result.retry_after, result.chance, policy))
    deliveries.write(tx, row.tenant_id, row.id, delivery)
  end
  return is_too_long and "failing" or nil
end

-- Writes what came of one delivery. What another has leased since is his.
local function note_one(tx, result, owner, now, policy)
  local row = store.lock(tx, result.tenant, result.webhook)
  local delivery = row and deliveries.get(tx, result.tenant, result.webhook, result.event)
  if not delivery or delivery.lease_owner ~= owner then return end
  local verdict, because = rules.verdict(result.status), nil
  delivery.attempts, delivery.first_at, delivery.last_at = delivery.attempts + 1, delivery.first_at or now, now
  delivery.status, delivery.problem = result.status, result.problem
  if verdict == "delivered" then
    delivered(tx, row, delivery, result, now, policy)
  elseif verdict == "gone" then
    row.problem, because, delivery.next_at = delivery.problem, "gone", now
    deliveries.write(tx, row.tenant_id, row.id, delivery)
  else
    because = failed(tx, row, delivery, result, now, policy)
  end
  if because and row.enabled then webhooks.disable(tx, row, because, now) end
  webhooks.write(tx, row, now, policy)
end

--- Writes what came of deliveries.
-- @tparam table registry
-- @tparam string owner
-- @tparam {table,...} results of `send`
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function steps.note(registry, owner, results)
  local now, policy = registry:now(), registry.policy.webhooks
  table.sort(results, in_order)
  return registry.db:write(function(tx)
    for _, result in ipairs(results) do note_one(tx, result, owner, now, policy) end
    return true
  end)
end

return M
