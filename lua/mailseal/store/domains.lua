--- The table domains: one row a tenant and domain, with what its records are and how they were last found.
--
-- A row is a table of the columns of the schema, `vars`, `records` and `report` decoded, `enabled` boolean.
-- `enabled`, `health` and the three columns behind it are written by `mailseal.store.gates`. Every function takes the
-- tenant first: another tenant's domain is not there.
-- @module mailseal.store.domains
local bulk = require "mailseal.store.bulk"
local json = require "mailseal.store.json"
local null = require "mailseal.store.connection".null
local zone_names = require "mailseal.store.zone_names"

local unpack = table.unpack or unpack -- luacheck: ignore

local M = {}

--- The lane of domains that are not verified yet.
M.PENDING = 0
--- The lane of those that are looked at now and then.
M.ROUTINE = 1

-- How a column is kept: as it is, as JSON, or as 1 and 0.
local COLUMNS = {
  "tenant_id", "domain", "provider", "vars", "records", "status", "reason", "status_since", "enabled", "health",
  "restriction", "last_hold", "gate_at", "challenge", "challenged_at", "owned_at", "generation", "zone", "dns_host",
  "attempts", "negatives", "negative_since", "window_ends", "checked_at", "next_check_at", "lane", "lease_owner",
  "lease_until", "report", "created_at",
}
local JSON = { vars = true, records = true, report = true }
local BOOLEAN = { enabled = true }
local function set(names)
  local is = {}
  for _, name in ipairs(names) do
    is[name] = true
  end
  return is
end

local IS_COLUMN = set(COLUMNS)

local ALL = table.concat(COLUMNS, ", ")
local SELECT = "SELECT " .. ALL .. " FROM domains "

local function to_column(name, value)
  if value == nil or value == null then
    return nil
  elseif JSON[name] then
    return json.encode(value)
  end
  return value
end

local function from_row(row)
  if row then
    for name in pairs(JSON) do
      row[name] = json.decode(row[name])
    end
    for name in pairs(BOOLEAN) do
      row[name] = row[name] == 1
    end
  end
  return row
end

local function from_rows(rows)
  for _, row in ipairs(rows) do
    from_row(row)
  end
  return rows
end

local function check_names(fields, known)
  for name in pairs(fields) do
    if not known[name] then
      error(("there is no column %q of domains to set here"):format(tostring(name)), 3)
    end
  end
end

-- ---- one domain

local ENSURE_TENANT = "INSERT INTO tenants (id, created_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
-- What a new domain has as the schema says: nobody's lease, and an open gate.
local NOT_NEW = set { "enabled", "health", "restriction", "last_hold", "gate_at", "lease_owner", "lease_until" }
local NEW = { table = "domains", columns = {}, absent = "domain" }
for _, name in ipairs(COLUMNS) do
  if not NOT_NEW[name] then
    NEW.columns[#NEW.columns + 1] = name
  end
end
local DEFAULTS = { generation = 1, attempts = 0, negatives = 0, lane = M.PENDING }
local IS_NEW = set(NEW.columns)

--- Adds a domain; and the tenant, where this is its first.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table row without `tenant_id`, and without what `mailseal.store.gates` writes. What is absent is NULL, but
--   `generation` 1, `attempts`, `negatives` and `lane` 0.
-- @treturn boolean false where the tenant has that domain already; nothing is changed then
function M.insert(tx, tenant, row)
  return M.insert_many(tx, tenant, { row })[1]
end

--- Adds domains; and the tenant, where these are its first.
-- @tparam table tx
-- @tparam string tenant
-- @tparam {table,...} rows as of @{insert}
-- @treturn {boolean,...} for each: false where the tenant has that domain already, by an earlier row of these too
function M.insert_many(tx, tenant, rows)
  if rows[1] then
    tx:run(ENSURE_TENANT, tenant, rows[1].created_at)
  end
  local whole = {}
  for i, row in ipairs(rows) do
    check_names(row, IS_NEW)
    local values = { tenant_id = tenant }
    for _, name in ipairs(NEW.columns) do
      local value = row[name]
      if value == nil then
        value = DEFAULTS[name]
      end
      values[name] = values[name] or to_column(name, value)
    end
    whole[i] = values
  end
  return bulk.insert(tx, NEW, whole)
end

local OF_DOMAIN = SELECT .. "WHERE tenant_id = ? AND domain = ?"

--- A domain. In a transaction that writes, its row is locked until the end.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn ?table its row
function M.get(tx, tenant, domain)
  return from_row(tx:row(OF_DOMAIN .. tx.for_update, tenant, domain))
end

-- What a check of a domain finds and decides.
local IS_CHECKED = set {
  "records", "status", "reason", "status_since", "owned_at", "generation", "zone", "dns_host", "attempts", "negatives",
  "negative_since", "window_ends", "checked_at", "next_check_at", "lane", "report",
}

-- The columns to change, sorted, so that the same ones give the same statement. Where one of them is what a check
-- decides too, a check under way has looked at what is no more: it loses its lease.
local function columns_of(fields)
  check_names(fields, IS_COLUMN)
  local names, checked = {}, false
  for name in pairs(fields) do
    names[#names + 1] = name
    checked = checked or IS_CHECKED[name]
  end
  for _, name in ipairs { "lease_owner", "lease_until" } do
    if checked and fields[name] == nil then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

--- Changes a domain. Whoever changes what a check decides (`status`, `report`, `next_check_at`…) ends the lease on it,
-- so that the result of a check that is under way is dropped.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam table fields columns and their new values; `null` of the store for NULL
-- @treturn boolean false where there is no such domain
function M.update(tx, tenant, domain, fields)
  local names = columns_of(fields)
  local values, settings, n = {}, {}, #names
  for i, name in ipairs(names) do
    values[i], settings[i] = to_column(name, fields[name]), name .. " = ?"
  end
  values[n + 1], values[n + 2] = tenant, domain
  local sql = ("UPDATE domains SET %s WHERE tenant_id = ? AND domain = ?"):format(table.concat(settings, ", "))
  return tx:run(sql, unpack(values, 1, n + 2)) == 1
end

--- Removes a domain, and with it what is kept about it in holds, uses and keys. What stands of those in the operator's zone is taken away.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn boolean false where there is no such domain
function M.remove(tx, tenant, domain)
  zone_names.wake_all(tx, tenant, domain)
  return tx:run("DELETE FROM domains WHERE tenant_id = ? AND domain = ?", tenant, domain) == 1
end

local LIST = SELECT .. "WHERE tenant_id = ? AND domain > ? ORDER BY domain LIMIT ?"
local LIST_STATUS = SELECT .. "WHERE tenant_id = ? AND domain > ? AND status = ? ORDER BY domain LIMIT ?"

local LIST_NAMED = SELECT .. [[WHERE tenant_id = ? AND domain > ? AND domain LIKE ? ESCAPE '!' AND (CAST(? AS TEXT) = '' OR status = ?)
  ORDER BY domain LIMIT ?]]

--- A tenant's domains, by name.
-- @tparam table tx
-- @tparam string tenant
-- @tparam[opt] table options `status`; `search`, a part of the name; `after`, the name of the last one seen; `limit` (100)
-- @treturn {table,...} rows
function M.list(tx, tenant, options)
  options = options or {}
  local after, limit = options.after or "", options.limit or 100
  if options.search then
    local pattern, status = "%" .. options.search:gsub("[%%_!]", "!%0") .. "%", options.status or ""
    return from_rows(tx:rows(LIST_NAMED, tenant, after, pattern, status, status, limit))
  elseif options.status then
    return from_rows(tx:rows(LIST_STATUS, tenant, after, options.status, limit))
  end
  return from_rows(tx:rows(LIST, tenant, after, limit))
end

local COUNT = [[
  SELECT status, COUNT(*) AS count FROM (SELECT status FROM domains WHERE tenant_id = ? LIMIT ?) AS counted GROUP BY status]]

--- How many of a tenant's domains have which status, of so many that are counted.
-- @tparam table tx
-- @tparam string tenant
-- @tparam number most that are counted
-- @treturn table by status
function M.count(tx, tenant, most)
  local counts = {}
  for _, row in ipairs(tx:rows(COUNT, tenant, most)) do
    counts[row.status] = row.count
  end
  return counts
end

-- ---- leases of due domains

-- The rows are named once: a subquery of the UPDATE alone PostgreSQL might run again and again, leasing more each time.
local LEASE = ([[WITH due AS MATERIALIZED (
    SELECT tenant_id AS whose, domain AS which FROM domains
    WHERE lane = ? AND next_check_at <= ? AND (lease_until IS NULL OR lease_until <= ? OR lease_until > ?)
    ORDER BY next_check_at LIMIT ?@)
  UPDATE domains SET lease_owner = ?, lease_until = ? WHERE (tenant_id, domain) IN (SELECT whose, which FROM due)
  RETURNING ]]) .. ALL

local function lease_lane(tx, lease, lane, limit, into)
  if limit > 0 then
    local sql = LEASE:gsub("@", tx.connection.driver.skip_locked)
    -- Who dates a lease so far ahead did so by a clock that was put back since. Clocks that differ a little are left alone.
    local absurd = lease.ends + (lease.ends - lease.now)
    local rows = tx:rows(sql, lane, lease.now, lease.now, absurd, limit, lease.owner, lease.ends)
    for _, row in ipairs(from_rows(rows)) do
      into[#into + 1] = row
    end
  end
end

--- Leases domains that are due: nobody else gets them until the lease ends or they are given back. A lease that would end later than
-- twice a lease from now is void: the clock was put back.
-- Pending domains come first; a quarter is kept for routine checks, so that neither waits for the end of the other.
-- @tparam table tx
-- @tparam table lease `owner`: a text that no other worker uses; `now` and `ends`: seconds since 1970; `limit`
-- @treturn {table,...} rows of any tenant, `tenant_id` among their columns, the longest due first
function M.lease(tx, lease)
  local rows = {}
  local routine = math.floor(lease.limit / 4)
  lease_lane(tx, lease, M.PENDING, lease.limit - routine, rows)
  local pending = #rows
  lease_lane(tx, lease, M.ROUTINE, lease.limit - pending, rows)
  if pending == lease.limit - routine then
    lease_lane(tx, lease, M.PENDING, lease.limit - #rows, rows)
  end
  table.sort(rows, function(a, b) return a.next_check_at < b.next_check_at end)
  return rows
end

--- Is that domain still leased to that owner? In a transaction that writes, it stays so until the end.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam string owner
-- @treturn ?table the domain's row as it is now; nil where another has taken the lease over, or it is gone
function M.leased(tx, tenant, domain, owner)
  local row = M.get(tx, tenant, domain)
  return row and row.lease_owner == owner and row or nil
end

local NEXT_DUE = "SELECT next_check_at FROM domains WHERE lane = ? AND next_check_at IS NOT NULL ORDER BY next_check_at LIMIT 1"

--- When the next domain is due, whoever may have leased it.
-- @tparam table tx
-- @treturn ?number seconds since 1970; nil where none ever is
function M.next_due(tx)
  local pending, routine = tx:row(NEXT_DUE, M.PENDING), tx:row(NEXT_DUE, M.ROUTINE)
  if pending and routine then
    return math.min(pending.next_check_at, routine.next_check_at)
  end
  return pending and pending.next_check_at or routine and routine.next_check_at
end

local UNCHANGED = {
  table = "domains", columns = { "checked_at", "next_check_at" }, keys = { "tenant_id", "domain", "lease_owner" },
  also = "attempts = 0, lease_owner = NULL, lease_until = NULL",
}

--- Writes that leased domains were found as they were, of which nothing but the times is to be written, and ends their leases. What
-- belongs to a lease that another has taken over, or that was ended since, is dropped.
-- @tparam table tx
-- @tparam string owner
-- @tparam {table,...} rows `tenant_id`, `domain`, `checked_at`, `next_check_at`
-- @treturn {boolean,...} for each: false where it was dropped
function M.unchanged(tx, owner, rows)
  for _, row in ipairs(rows) do
    row.lease_owner = owner
  end
  return bulk.update(tx, UNCHANGED, rows)
end

local GIVE_BACK = [[UPDATE domains SET lease_owner = NULL, lease_until = NULL
  WHERE tenant_id = ? AND domain = ? AND lease_owner = ?]]

--- Gives leases back, as a worker does that ends before it has looked.
-- @tparam table tx
-- @tparam string owner
-- @tparam {table,...} rows `tenant_id`, `domain`; those that others have leased by now are left alone
-- @treturn number how many were his still
function M.give_back(tx, owner, rows)
  local count = 0
  for _, row in ipairs(rows) do
    count = count + tx:run(GIVE_BACK, row.tenant_id, row.domain, owner)
  end
  return count
end

--- Gives back all leases of a worker that is no more. It goes through all domains.
-- @tparam table tx
-- @tparam string owner
-- @treturn number how many there were
function M.give_back_all(tx, owner)
  return tx:run("UPDATE domains SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ?", owner)
end

return M
