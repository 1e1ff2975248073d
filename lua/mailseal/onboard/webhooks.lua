--- A tenant's webhooks: where his events are sent to, and what has become of them.
--
--     local made = assert(tenant:make_webhook { url = "https://hooks.example.com/mail", kinds = { "verified", "lost", "key_*" } })
--     print(made.secret)                                        -- whsec_…, told this once: what the receiver verifies with
--     for _, one in ipairs(assert(tenant:deliveries(made.id, { state = "dead" }))) do tenant:replay(made.id, one.event) end
--
-- A webhook has a place in the tenant's events, which have no gaps: each event after it is delivered, at least once, always with the same
-- id; of one domain in order. What is still to be delivered: `mailseal.onboard.deliveries`; how it is sent: `mailseal.onboard.sending`;
-- what becomes of what fails: `mailseal.onboard.webhook_rules`. Whoever gets it verifies it by `mailseal.webhook`.
-- @module mailseal.onboard.webhooks
local addresses = require "mailseal.fetch.address"
local deliveries = require "mailseal.store.deliveries"
local events = require "mailseal.store.events"
local identifier = require "mailseal.onboard.identifier"
local letters = require "mailseal.onboard.letters"
local master_key = require "mailseal.onboard.master_key"
local options = require "mailseal.dns.options"
local rules = require "mailseal.onboard.webhook_rules"
local store = require "mailseal.store.webhooks"
local urls = require "mailseal.fetch.url"
local webhook = require "mailseal.webhook"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here.
M.methods = methods

-- Seconds for which a secret that was replaced is signed with, too; kinds of events that a webhook may name.
local BOTH, KINDS = 86400, 100

--- What a secret is sealed for: no two webhooks have the same text, and none has that of a domain's key.
-- @tparam string tenant
-- @tparam string id
-- @treturn string
function M.place(tenant, id) return ("webhook:%d:%s%s"):format(#tenant, tenant, id) end

--- What is answered where a tenant has no such webhook.
-- @treturn nil
-- @treturn string a message
-- @treturn string `no_such_webhook`
function M.no_such() return nil, "there is no such webhook", "no_such_webhook" end

-- ---- what is told of one

local function shown(tx, row)
  return {
    id = row.id, url = row.url, kinds = row.kinds, description = row.description, enabled = row.enabled,
    disabled_reason = row.disabled_reason, created_at = row.created_at, delivered_at = row.delivered_at, problem = row.problem,
    failures = row.failures, failing_since = row.failing_since, paused_until = row.pause_until, waiting = row.waiting,
    dead = tx and deliveries.count_dead(tx, row.tenant_id, row.id) or 0,
  }
end

--- A tenant's webhooks, the oldest first.
-- @tparam table tenant
-- @treturn[1] {table,...} as of @{webhook}
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function methods.webhooks(tenant)
  return tenant.registry.db:read(function(tx)
    local list = store.list(tx, tenant.id, tenant.registry.policy.webhooks.most)
    for i, row in ipairs(list) do list[i] = shown(tx, row) end
    return list
  end)
end

--- A webhook.
-- @tparam table tenant
-- @tparam string id
-- @treturn[1] table `id`, `url`, `kinds` (nil: all), `description`, `enabled`; `disabled_reason`: "by_hand", "gone" (its receiver answered
--   410), "failing"; `created_at`, `delivered_at` (the last time), `problem` (of the last attempt, where it failed), `failures` (in a row),
--   `failing_since`, `paused_until`; `waiting`, `dead`: how many deliveries
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_such_webhook`; a code of the store
function methods.webhook(tenant, id)
  return tenant.registry.db:read(function(tx)
    local row = store.get(tx, tenant.id, id)
    if not row then return M.no_such() end
    return shown(tx, row)
  end)
end

-- ---- making and changing

local function bad(why) return nil, why, "bad_webhook" end

local function check_url(text, policy)
  local url, message = urls.parse(text)
  if not url then return bad(message) end
  if url.scheme ~= "https" and not policy.allow_private then return bad "a webhook's URL begins with https://" end
  if url.scheme == "https" and url.is_address then return bad "of https:// the host is a name, for certificates are made out to names" end
  if url.is_address and not addresses.is_allowed(url.host, policy.allow_private) then
    return bad(url.host .. " is no address that webhooks are sent to")
  end
  return url
end

local function check_kinds(kinds)
  if type(kinds) ~= "table" or #kinds == 0 or #kinds > KINDS then return bad(("1 to %d kinds of events are wanted"):format(KINDS)) end
  for _, kind in ipairs(kinds) do
    if not rules.is_kind(kind) then return bad "a kind of events is a word such as verified, or the beginning of some, such as key_*" end
  end
  return true
end

local function check(given, policy)
  if given.description ~= nil then
    local ok, message, code = identifier.check(given.description, "a webhook's description")
    if not ok then return nil, message, code end
  end
  if given.kinds then
    local ok, message, code = check_kinds(given.kinds)
    if not ok then return nil, message, code end
  end
  if given.url == nil then return true end
  return check_url(given.url, policy)
end

-- A new secret, and how the database has it.
local function new_secret(tenant, id)
  local key = tenant.registry.master_key
  if not key then return master_key.missing() end
  local secret = webhook.new_secret()
  local sealed, message, code = key:seal(secret, M.place(tenant.id, id))
  if not sealed then return nil, message, code end
  return secret, sealed
end

local new_options = { url = options.of_type("string", "a URL"), kinds = options.any, description = options.any }

--- Makes a webhook, for the events that come from now on.
-- @tparam table tenant
-- @tparam table given `url`: https://, of a host with a name; `kinds`: a list of kinds of events (all), `key_*` being all that begin so;
--   `description`
-- @treturn[1] table as of @{webhook}, and `secret`, which is told this once
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `bad_webhook` (its URL, or a kind), `bad_id` (of the description), `too_many`, `no_master_key`; a code of the store
function methods.make_webhook(tenant, given)
  options.check("tenant:make_webhook", given, new_options)
  if not given.url then error("tenant:make_webhook wants a URL", 2) end
  local policy, now = tenant.registry.policy.webhooks, tenant.registry:now()
  local url, message, code = check(given, policy)
  if not url then return nil, message, code end
  local id = "wh_" .. letters.new(16)
  local secret, sealed
  secret, sealed, code = new_secret(tenant, id)
  if not secret then return nil, sealed, code end
  local made
  made, message, code = tenant.registry.db:write(function(tx)
    if #store.list(tx, tenant.id, policy.most) >= policy.most then
      return nil, ("a tenant has at most %d webhooks"):format(policy.most), "too_many"
    end
    store.add(tx, tenant.id, { id = id, url = url.text, kinds = given.kinds, description = given.description, sealed = sealed }, now)
    events.add(tx, tenant.id, nil, "webhook_made", { webhook = id, host = url.host }, { at = now })
    return shown(tx, store.get(tx, tenant.id, id))
  end, tenant)
  if made then made.secret = secret end
  return made, message, code
end

--- Changes a webhook, or what it has to deliver, nobody else doing so meanwhile.
-- @tparam table tenant
-- @tparam string id
-- @tparam function fn gets the transaction, the row of `mailseal.store.webhooks`, and the present moment; it may be called again. It
--   changes the row and what is to be delivered, and writes it by @{write}
-- @treturn[1] any what it returned
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_such_webhook`, or a code of fn's or of the store's
function M.change(tenant, id, fn)
  local now = tenant.registry:now()
  return tenant.registry.db:write(function(tx)
    local row = store.lock(tx, tenant.id, id)
    if not row then return M.no_such() end
    return fn(tx, row, now)
  end, tenant)
end

--- Writes the row of a webhook that is locked, after all that has changed of what is to be delivered by it: when it is due is found anew.
-- @tparam table tx
-- @tparam table row
-- @tparam number now
-- @tparam table policy
function M.write(tx, row, now, policy)
  local at = row.enabled and deliveries.due_at(tx, row.tenant_id, row.id, now, rules.at_a_time(row, policy)) or nil
  row.due_at = at and math.max(at, row.pause_until or 0)
  store.write(tx, row.tenant_id, row)
end

-- What was wrong with the former receiver, or until it was disabled, says nothing of the one that there is.
local function begin(tx, row, now)
  row.failures, row.failing_since, row.pause_until, row.problem, row.slow = 0, nil, nil, nil, false
  deliveries.begin(tx, row.tenant_id, row.id, now)
end

local function enable(tx, row, now)
  row.enabled, row.disabled_reason = true, nil
  begin(tx, row, now)
  events.add(tx, row.tenant_id, nil, "webhook_enabled", { webhook = row.id }, { at = now })
end

--- Disables a webhook whose row is locked: what waits keeps waiting, and what happens from now on is kept for it in the log. What is
-- under way is noted still. The row is to be written.
-- @tparam table tx
-- @tparam table row
-- @tparam string reason "by_hand", "gone", "failing"
-- @tparam number now
function M.disable(tx, row, reason, now)
  row.enabled, row.disabled_reason = false, reason
  events.add(tx, row.tenant_id, nil, "webhook_disabled", { webhook = row.id, reason = reason, problem = row.problem }, { at = now })
end

local change_options = {
  url = options.of_type("string", "a URL"), kinds = options.any, description = options.any, enabled = options.flag,
  new_secret = options.flag,
}

local function put(row, given, url, sealed, now)
  row.url, row.description = url and url.text or row.url, given.description or row.description
  if given.kinds ~= nil then row.kinds = given.kinds or nil end
  if sealed then row.sealed_before, row.before_until, row.sealed = row.sealed, now + BOTH, sealed end
end

--- Changes a webhook. What it has not delivered yet goes to the new place, at once where the former one had failed.
-- @tparam table tenant
-- @tparam string id
-- @tparam table given what is to be another: `url`, `kinds` (false: all), `description`; `enabled`: one that was disabled goes on where it
--   stopped; `new_secret`: true for another secret, beside which the former one is signed with for a day
-- @treturn[1] table as of @{webhook}; with `secret`, where that is new
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_such_webhook`; as of @{make_webhook}
function methods.change_webhook(tenant, id, given)
  options.check("tenant:change_webhook", given, change_options)
  local url, message, code = check(given, tenant.registry.policy.webhooks)
  if not url then return nil, message, code end
  local secret, sealed
  if given.new_secret then
    secret, sealed, code = new_secret(tenant, id)
    if not secret then return nil, sealed, code end
  end
  local changed
  changed, message, code = M.change(tenant, id, function(tx, row, now)
    local moves = given.url and url.text ~= row.url
    put(row, given, given.url and url, sealed, now)
    if given.enabled and not row.enabled then enable(tx, row, now) elseif moves then begin(tx, row, now) end
    events.add(tx, tenant.id, nil, "webhook_changed", { webhook = id, new_secret = given.new_secret }, { at = now })
    if given.enabled == false and row.enabled then M.disable(tx, row, "by_hand", now) end
    M.write(tx, row, now, tenant.registry.policy.webhooks)
    return shown(tx, row)
  end)
  if changed then changed.secret = secret end
  return changed, message, code
end

--- Removes a webhook, with what it has not delivered.
-- @tparam table tenant
-- @tparam string id
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_such_webhook`; a code of the store
function methods.remove_webhook(tenant, id)
  return M.change(tenant, id, function(tx, row, now)
    store.remove(tx, tenant.id, row.id)
    events.add(tx, tenant.id, nil, "webhook_removed", { webhook = id }, { at = now })
    return true
  end)
end

return M
