--- Writes what the worker has seen of the domains that it had leased, many in one transaction.
-- @module mailseal.onboard.results
local checks = require "mailseal.store.checks"
local drift = require "mailseal.onboard.drift"
local leases = require "mailseal.onboard.leases"
local outcome = require "mailseal.onboard.outcome"
local schedule = require "mailseal.onboard.schedule"
local store = require "mailseal.store.domains"

local M = {}

--- The step of the worker, see `perform` of `mailseal.onboard.registry`.
M.steps = {}

-- Was a verified domain found just as it was, so that there is nothing to write of it but the time?
local function is_as_it_was(row, look)
  return row.status == "verified" and row.negatives == 0 and look.seen == "found" and not look.findings and
    drift.is_same(row.report and row.report.records, look.records)
end

-- Writes what was seen of a domain, if its lease is held still: whoever has changed the domain meanwhile has ended it.
local function write(tx, registry, owner, seen)
  local row, look = seen.row, seen.look
  if not store.leased(tx, row.tenant_id, row.domain, owner) then
    return nil
  elseif not look then -- DNS could not even be asked
    local next_check_at = schedule.fault(1, seen.now, nil, registry.policy.schedule)
    return nil, store.update(tx, row.tenant_id, row.domain, { next_check_at = next_check_at })
  end
  return (outcome.apply(tx, registry, row, look, seen.now, { found = seen.found }))
end

-- Those of which there is nothing to write but the times.
local function as_they_were(registry, done)
  local list = {}
  for _, seen in ipairs(done) do
    if seen.look and is_as_it_was(seen.row, seen.look) then
      seen.is_old = true
      list[#list + 1] = {
        tenant_id = seen.row.tenant_id, domain = seen.row.domain, checked_at = seen.now,
        next_check_at = schedule.routine(seen.row.domain, seen.now, registry.policy.schedule),
      }
    end
  end
  return list
end

local function seen_in_order(a, b) return leases.in_order(a.row, b.row) end

-- Writes what was seen in one transaction.
local function write_together(registry, owner, done)
  local old, changed = as_they_were(registry, done), nil
  local ok, message, code = registry.db:write(function(tx)
    changed = {}
    store.unchanged(tx, owner, old)
    for i, seen in ipairs(done) do
      checks.count(tx, seen.look and seen.look.seen or "fault")
      changed[i] = not seen.is_old and write(tx, registry, owner, seen)
    end
    return true
  end)
  if not ok then
    return nil, message, code
  end
  for i, seen in ipairs(done) do
    if changed[i] then
      outcome.after(registry, seen.row, changed[i])
    end
  end
  return true
end

-- The same; what raises is a failure like others, with the code `raised`.
local function try(registry, owner, done)
  local ran, ok, message, code = pcall(write_together, registry, owner, done)
  if not ran then
    return nil, tostring(ok), "raised"
  end
  return ok, message, code
end

-- Failures that may come of what one domain has, and need not be the store's.
local of_one = { raised = true, store_error = true, bad_text = true, conflict = true }

-- Writes each by itself. One of which nothing can be written holds up no other: it is told, and put off.
local function write_apart(registry, owner, done, lines)
  for _, seen in ipairs(done) do
    local ok, message, code = try(registry, owner, { seen })
    if not ok and of_one[code] then
      lines[#lines + 1] = ("%s of %s: %s"):format(seen.row.domain, seen.row.tenant_id, message)
      ok, message, code = try(registry, owner, { { row = seen.row, now = seen.now } })
    end
    if not ok then
      return nil, message, code
    end
  end
  return true
end

--- Writes what was seen, and all that follows. What belongs to a lease that another has taken over, or that was ended since, is
-- dropped.
-- @tparam table registry
-- @tparam string owner of the leases
-- @tparam {table,...} done for each domain `row` as it was leased, `now`, and what `mailseal.onboard.look` returned: `look`, nil where
--   DNS could not even be asked, and `found`
-- @treturn[1] {string,...} lines about domains of which nothing could be written
-- @treturn[2] nil not all was written: it may be tried again with the same
-- @treturn[2] string what went wrong
-- @treturn[2] string a code of `mailseal.store`
function M.steps.write(registry, owner, done)
  local lines = {}
  table.sort(done, seen_in_order)
  local ok, message, code = try(registry, owner, done)
  if not ok and of_one[code] then
    ok, message, code = write_apart(registry, owner, done, lines)
  end
  if not ok then
    return nil, message, code
  end
  return lines
end

return M
