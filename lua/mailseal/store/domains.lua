--- The table domains: one row a tenant and domain, with what its records are and how they were last found.
--
-- A row is a table of the columns of the schema, `vars`, `records` and `report` decoded, `enabled` boolean.
-- `enabled`, `health` and the three columns behind it are written by `mailseal.store.gates`. Every function takes the
-- tenant first: another tenant's domain is not there.
-- @module mailseal.store.domains
local json = require "mailseal.store.json"
local null = require "mailseal.store.connection".null

local M = {}

-- How a column is kept: as it is, as JSON, or as 1 and 0.
local COLUMNS = {
  "tenant_id", "domain", "provider", "vars", "records", "status", "reason", "status_since", "enabled", "health",
  "restriction", "last_hold", "gate_at", "challenge", "challenged_at", "owned_at", "generation", "zone", "dns_host",
  "attempts", "negatives", "negative_since", "window_ends", "checked_at", "next_check_at", "lane", "lease_owner",
  "lease_until", "report", "created_at",
}
local JSON = { vars = true, records = true, report = true }
local BOOLEAN = { enabled = true }
local KNOWN = {}
for _, name in ipairs(COLUMNS) do
  KNOWN[name] = true
end

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

-- The names of a row's fields, sorted, so that the same fields give the same statement.
local function names_of(fields)
  local names = {}
  for name in pairs(fields) do
    if not KNOWN[name] then
      error(("domains have no column %q"):format(tostring(name)), 3)
    end
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- ---- one domain

local ENSURE_TENANT = "INSERT INTO tenants (id, created_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"

--- Adds a domain; and the tenant, where this is its first.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table row without `tenant_id`; what is absent is NULL or the schema's default
-- @treturn boolean false where the tenant has that domain already; nothing is changed then
function M.insert(tx, tenant, row)
  return M.insert_many(tx, tenant, { row })[1]
end

--- Adds domains; and the tenant, where these are its first.
-- @tparam table tx
-- @tparam string tenant
-- @tparam {table,...} rows as of @{insert}
-- @treturn {boolean,...} for each: false where the tenant has that domain already
function M.insert_many(tx, tenant, rows)
  local added = {}
  for i, row in ipairs(rows) do
    if i == 1 then
      tx:run(ENSURE_TENANT, tenant, row.created_at)
    end
    local names, values, marks = names_of(row), { tenant }, { "?" }
    for n, name in ipairs(names) do
      values[n + 1], marks[n + 1] = to_column(name, row[name]), "?"
    end
    local sql = ("INSERT INTO domains (tenant_id, %s) VALUES (%s) ON CONFLICT DO NOTHING"):format(
      table.concat(names, ", "), table.concat(marks, ", "))
    added[i] = tx:run(sql, (table.unpack or unpack)(values, 1, #names + 1)) == 1 -- luacheck: ignore
  end
  return added
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

--- Changes a domain.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam table fields columns and their new values; `null` of the store for NULL
-- @treturn boolean false where there is no such domain
function M.update(tx, tenant, domain, fields)
  local names = names_of(fields)
  local values, marks = {}, {}
  for n, name in ipairs(names) do
    values[n], marks[n] = to_column(name, fields[name]), name .. " = ?"
  end
  local n = #names
  values[n + 1], values[n + 2] = tenant, domain
  local sql = ("UPDATE domains SET %s WHERE tenant_id = ? AND domain = ?"):format(table.concat(marks, ", "))
  return tx:run(sql, (table.unpack or unpack)(values, 1, n + 2)) == 1 -- luacheck: ignore
end

--- Removes a domain, and with it what is kept about it in holds, uses, keys and health.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @treturn boolean false where there is no such domain
function M.remove(tx, tenant, domain)
  return tx:run("DELETE FROM domains WHERE tenant_id = ? AND domain = ?", tenant, domain) == 1
end

local LIST = SELECT .. "WHERE tenant_id = ? AND domain > ? ORDER BY domain LIMIT ?"
local LIST_STATUS = SELECT .. "WHERE tenant_id = ? AND domain > ? AND status = ? ORDER BY domain LIMIT ?"

--- A tenant's domains, by name.
-- @tparam table tx
-- @tparam string tenant
-- @tparam[opt] table options `status`; `after`, the name of the last one seen; `limit` (100)
-- @treturn {table,...} rows
function M.list(tx, tenant, options)
  options = options or {}
  local after, limit = options.after or "", options.limit or 100
  if options.status then
    return from_rows(tx:rows(LIST_STATUS, tenant, after, options.status, limit))
  end
  return from_rows(tx:rows(LIST, tenant, after, limit))
end

-- ---- leases of due domains

M.PENDING, M.ROUTINE = 0, 1

local function lease_sql(skip_locked)
  return ([[UPDATE domains SET lease_owner = ?, lease_until = ?
    WHERE (tenant_id, domain) IN (
      SELECT tenant_id, domain FROM domains
      WHERE lane = ? AND next_check_at <= ? AND (lease_until IS NULL OR lease_until <= ?)
      ORDER BY next_check_at LIMIT ?%s)
    RETURNING %s]]):format(skip_locked, ALL)
end
local LEASE = {}

local function lease_lane(tx, lease, lane, limit, into)
  local skip_locked = tx.connection.driver.skip_locked
  LEASE[skip_locked] = LEASE[skip_locked] or lease_sql(skip_locked)
  if limit > 0 then
    local rows = tx:rows(LEASE[skip_locked], lease.owner, lease.ends, lane, lease.now, lease.now, limit)
    for _, row in ipairs(from_rows(rows)) do
      into[#into + 1] = row
    end
  end
end

--- Leases domains that are due: nobody else gets them until the lease ends or they are given back.
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

local UNCHANGED = [[UPDATE domains SET checked_at = ?, next_check_at = ?, attempts = 0, lease_owner = NULL, lease_until = NULL
  WHERE tenant_id = ? AND domain = ? AND lease_owner = ? AND generation = ? AND status = 'verified' AND negatives = 0]]

--- Notes that a verified domain was found as it was, and gives it back.
-- @tparam table tx
-- @tparam table row as it was leased
-- @tparam string owner of the lease
-- @tparam number now seconds since 1970
-- @tparam number next_check_at
-- @treturn boolean false where it is not as it was when it was leased: nothing is changed then
function M.unchanged(tx, row, owner, now, next_check_at)
  return tx:run(UNCHANGED, now, next_check_at, row.tenant_id, row.domain, owner, row.generation) == 1
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

local GIVE_BACK = "UPDATE domains SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ?"

--- Gives all of an owner's leases back, as a worker does that ends.
-- @tparam table tx
-- @tparam string owner
-- @treturn number how many
function M.give_back(tx, owner)
  return tx:run(GIVE_BACK, owner)
end

return M
