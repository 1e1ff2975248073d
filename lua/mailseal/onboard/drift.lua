--- What has changed of a domain's records between two looks: told before it has any consequence.
-- @module mailseal.onboard.drift
local M = {}

-- A status that says how it is, not that DNS did not.
local definite = { found = true, missing = true, mismatch = true, conflicting = true, migrating = true }

local as_wanted = { found = true, migrating = true }

-- The words for what has become of a record, by codes of findings.
local words = {
  dkim_wrong_key = "key_replaced", dkim_revoked = "key_revoked", dkim_leftover_key = "key_replaced", dkim_two_keys = "key_replaced",
  cname_target_missing = "target_dead", cname_dangling = "target_dead", record_gone = "record_missing",
}

local by_status = {
  missing = "record_missing", migrating = "record_migrating", mismatch = "record_changed", conflicting = "record_changed",
}

local function word_for(entry)
  for _, code in ipairs(entry.findings or {}) do
    if words[code] then
      return words[code]
    end
  end
  return by_status[entry.status]
end

-- How a record is by now, as far as a look has told.
local function state_of(entry, old)
  if not definite[entry.status] then
    return {
      status = entry.status, findings = entry.findings, known = old and (old.known or definite[old.status] and old.status),
      found = entry.found or old and old.found,
    }
  end
  local is_as_before = not entry.findings and old and old.status == entry.status
  return { status = entry.status, found = entry.found, findings = is_as_before and old.findings or entry.findings }
end

-- What is known of a record by now.
local function known_of(entry, old)
  if not entry then
    return old
  end
  local known = state_of(entry, old)
  local place = (entry.zone or not old) and entry or old
  known.zone, known.dns_host = place.zone, place.dns_host
  return known
end

--- Puts together what is known of the records after a look: what it did not look at, or could not see, is as it was before.
-- @tparam {table,...} records those that the domain has
-- @tparam ?table before by the record's id `status`, `found`, `findings`; `known`: how it was when DNS last said; and where that was seen
--   once `zone`, which it is in, and `dns_host`, whose that is
-- @tparam table after the same as the look has it, without `known`; without `findings` where it has not looked into it
-- @treturn table the same of all those records
function M.merge(records, before, after)
  local all = {}
  for _, record in ipairs(records) do
    all[record.id] = known_of(after[record.id], before and before[record.id])
  end
  return all
end

local function told(record, entry, what, before)
  return {
    record = record.id, name = record.name, type = record.type, required = record.required, what = what, status = entry.status,
    before = before, found = entry.found, findings = entry.findings,
  }
end

--- What is to be told of a look.
-- @tparam {table,...} records of the domain
-- @tparam ?table before as of @{merge}
-- @tparam table after what the look has seen
-- @treturn {table,...} in the order of the records: `record` (its id), `name`, `type`, `required`, `status`, `before` (the status that it
--   had), `found`, `findings`, and `what`:
--
-- - "record_missing", "record_changed", "record_migrating", "key_replaced", "key_revoked", "target_dead": it was there, and is no more
--   as it was
-- - "recovered": it is there again
function M.compare(records, before, after)
  local list = {}
  for _, record in ipairs(records) do
    local entry, old = after[record.id], before and before[record.id]
    local was = old and (old.known or old.status)
    if entry and was and definite[entry.status] and definite[was] then
      if as_wanted[was] and entry.status ~= was and entry.status ~= "found" then
        list[#list + 1] = told(record, entry, word_for(entry), was)
      elseif was ~= "found" and entry.status == "found" then
        list[#list + 1] = told(record, entry, "recovered", was)
      elseif was == "found" and entry.status == "found" and old.found ~= entry.found and old.found and entry.found then
        list[#list + 1] = told(record, entry, record.match == "dkim_key" and "key_replaced" or "record_changed", was)
      end
    end
  end
  return list
end

--- Has a glance seen nothing that is not known already?
-- @tparam ?table before as of @{merge}
-- @tparam table after what it has seen
-- @treturn boolean
function M.is_same(before, after)
  for id, entry in pairs(after) do
    local old = before and before[id]
    if not old or old.status ~= entry.status or old.found ~= entry.found or old.known then
      return false
    end
  end
  return true
end

return M
