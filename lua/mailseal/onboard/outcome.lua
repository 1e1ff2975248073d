--- What a look brings about: all of it in one transaction, with the domain's row as it is by then.
-- @module mailseal.onboard.outcome
local assess = require "mailseal.onboard.assess"
local changes = require "mailseal.onboard.change"
local domains = require "mailseal.store.domains"
local drift = require "mailseal.onboard.drift"
local events = require "mailseal.store.events"
local flow = require "mailseal.onboard.flow"
local keys = require "mailseal.onboard.keys"
local gate = require "mailseal.onboard.gate"
local holds = require "mailseal.store.holds"
local null = require "mailseal.store".null
local ownership = require "mailseal.onboard.ownership"
local provider = require "mailseal.provider"

local M = {}

-- The columns that a step of the flow is about.
local STEP = {
  "status", "reason", "status_since", "attempts", "negatives", "negative_since", "window_ends", "next_check_at", "lane",
}

-- Puts a step into the fields to be written: what is nil is none from now on.
local function put(fields, change)
  for _, name in ipairs(STEP) do
    fields[name] = change[name] == nil and null or change[name]
  end
  if not change.lane then -- it is due in no lane
    fields.lane = domains.PENDING
  end
end

-- What the end of a claim, or a fresh one, makes of the row.
local function claim(tx, row, fields, step, now)
  if step.claim == "ended" then
    ownership.release(tx, row.tenant_id, row.domain, now)
    fields.owned_at, fields.challenge, fields.challenged_at = null, null, null
  elseif step.claim == "fresh" then
    fields.challenge, fields.challenged_at = ownership.new_challenge(), now
  end
  if step.claim then
    fields.generation = row.generation + 1
  end
end

local function window_of(registry, row)
  local rule = provider.find(row.provider, registry.providers)
  return rule and rule.window
end

-- What becomes of the domain's keys: the first one signs from when it is verified on; where a claim has ended, none ever again.
local function settle_keys(tx, registry, row, fields, step, now)
  for _, name in ipairs { "generation", "report" } do -- as they are by now
    if fields[name] ~= nil then
      row[name] = fields[name] ~= null and fields[name] or nil
    end
  end
  if step.to == "verified" then
    keys.verified(tx, row.tenant_id, row, now, registry.policy.keys)
  elseif step.claim == "ended" then
    keys.drop(tx, row.tenant_id, row, now, registry.policy.keys)
  end
end

-- Tells of a step; of the mail that is held for now as well, where that may not be sent.
local function tell(tx, row, step, reason, now)
  local data = { from = row.status, to = step.to, reason = reason }
  if step.to ~= "verified" then
    local held = holds.count(tx, row.tenant_id, row.domain, holds.COUNTED)
    data.held = held > 0 and held or nil
  end
  events.add(tx, row.tenant_id, row.domain, step.event, data, { at = now })
end

--- Takes a step of the flow, and writes it.
-- @tparam table tx
-- @tparam table registry
-- @tparam table row of the store, as it is in this transaction
-- @tparam string input as of `flow.step`
-- @tparam number now
-- @tparam[opt] table options `by_hand`, `retry_at`: as of `flow.step`; `fields`: other columns to write
-- @treturn[1] table the step, as of `flow.step`
-- @treturn[2] nil
-- @treturn[2] string why that cannot be
-- @treturn[2] string its code
function M.step(tx, registry, row, input, now, options)
  options = options or {}
  local change, step, code = flow.step(row, input, now, {
    policy = registry.policy.schedule, window = window_of(registry, row), retry_at = options.retry_at, by_hand = options.by_hand,
  })
  if not change then
    return nil, step, code
  end
  local fields = options.fields or {}
  put(fields, change)
  claim(tx, row, fields, step, now)
  domains.update(tx, row.tenant_id, row.domain, fields)
  if step.event then
    tell(tx, row, step, change.reason, now)
  end
  if step.to == "verified" and row.status ~= "verified" then
    gate.verified(tx, registry, row.tenant_id, row.domain, now)
  end
  if step.to ~= row.status then
    settle_keys(tx, registry, row, fields, step, now)
  end
  return step
end

-- The former owner's domain, once another tenant has proven it to be his.
local function take_over(tx, registry, former, domain, now)
  local row = domains.get(tx, former, domain)
  if row then
    M.step(tx, registry, row, "taken_over", now)
  end
end

-- Settles whose the domain is. Returns what the look has seen in the light of that, and the tenant who has lost it, if one has.
local function settle(tx, registry, row, look, fields, now)
  local verdict, former = ownership.settle(tx, {
    tenant = row.tenant_id, domain = row.domain, seen = look.ownership, challenged_at = row.challenged_at,
  }, now)
  if verdict == "renew" then -- what was seen is not what is asked for from now on
    fields.challenge, fields.challenged_at, fields.generation = ownership.new_challenge(), now, row.generation + 1
    fields.report.records[ownership.ID] = nil
  end
  if verdict == "wait" or verdict == "renew" then
    return look.seen == "found" and "incomplete" or look.seen
  end
  fields.owned_at = now
  if former then
    take_over(tx, registry, former, row.domain, now)
  end
  return look.seen, former
end

--- What is answered where a domain that has failed is looked at.
-- @treturn string a message
-- @treturn string `failed`
function M.has_failed()
  local step = flow.TABLE.failed.found
  return step.text, step.refused
end

local function tell_drift(tx, row, look, now)
  if row.status == "verified" then
    for _, change in ipairs(drift.compare(row.records, row.report and row.report.records, look.records)) do
      events.add(tx, row.tenant_id, row.domain, change.what == "recovered" and "recovered" or "drift", change, { at = now })
    end
  end
end

-- What is kept of a look, with what is known from those before.
local function report_of(row, look)
  local before = row.report and row.report.records
  return {
    records = drift.merge(assess.records(row), before, look.records), findings = look.findings or {}, retry_at = look.retry_at,
  }
end

--- Writes what a look has seen, and all that follows.
-- @tparam table tx
-- @tparam table registry
-- @tparam table row of the store, as it is in this transaction
-- @tparam table look as of `mailseal.onboard.assess.look`
-- @tparam number now
-- @tparam[opt] table options `by_hand`: as of `flow.step`; `found`: `zone` and `dns_host`, as of
--   `mailseal.onboard.look`, to be written
-- @treturn[1] table `status` where that is another now; `former`, a tenant who has lost the domain
-- @treturn[2] nil the row is no longer about the records that were looked at, or has failed; nothing was written
-- @treturn[2] string why
-- @treturn[2] string `changed_meanwhile`, or a code of `flow.step`
function M.apply(tx, registry, row, look, now, options)
  options = options or {}
  -- A domain that was removed and created again begins with the same generation, and never with the same challenge.
  if row.generation ~= look.generation or row.challenge ~= look.challenge then
    return nil, "the domain's records were changed meanwhile", "changed_meanwhile"
  elseif row.status == "failed" then
    return nil, M.has_failed()
  end
  local fields, seen, former = { checked_at = now }, look.seen, nil
  if options.found then
    fields.zone, fields.dns_host = options.found.zone, options.found.dns_host or null
  end
  fields.report = report_of(row, look)
  if not row.owned_at then
    seen, former = settle(tx, registry, row, look, fields, now)
  end
  tell_drift(tx, row, look, now)
  local was = row.status
  local step, message, code = M.step(tx, registry, row, seen, now, {
    by_hand = options.by_hand, retry_at = look.retry_at, fields = fields,
  })
  if not step then
    return nil, message, code
  end
  return { status = step.to ~= was and step.to or nil, former = former }
end

--- What is to be done when that is committed.
-- @tparam table registry
-- @tparam table row
-- @tparam table result as of @{apply}
function M.after(registry, row, result)
  changes.forget(registry, row.tenant_id, row.domain)
  if result.former then
    changes.forget(registry, result.former, row.domain)
  end
end

return M
