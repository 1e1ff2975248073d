--- PostgreSQL, by lua-dbi: the database of several workers and machines.
--
-- The URL goes to libpq as it is: host, port, a directory of sockets, sslmode and all else that its documentation
-- names may stand in it, and the environment's PGPASSWORD or a ~/.pgpass serve as ever.
-- @module mailseal.store.postgresql
local connection = require "mailseal.store.connection"
local fail = require "mailseal.store.failure"

local M = {
  name = "postgresql",
  module = "dbd.postgresql",
  package = "lua-dbi-postgresql, or luarocks install luadbi-postgresql",
  begin = { write = "BEGIN", read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" },
  -- Many rows at a time come as one JSON text, as each statement is a journey.
  takes_json = true,
  for_update = " FOR UPDATE",
  skip_locked = " FOR UPDATE SKIP LOCKED",
  -- Held to the transaction's end. The number is the octets of "mail".
  migration_lock = "SELECT pg_advisory_xact_lock(1835100524)",
  table_exists = "SELECT 1 AS found FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) AND tablename = ?",
}

-- lua-dbi tells the server's words alone, no SQLSTATE; these are the words of lc_messages = C or en_*.
local MEANINGS = {
  { "duplicate key value", "conflict", "there is such a row already" },
  { "deadlock detected", "store_busy", "two transactions waited for each other", { again = true } },
  { "could not serialize access", "store_busy", "two transactions stood in each other's way", { again = true } },
  { "due to lock timeout", "store_busy", "another transaction keeps what this one needs locked" },
  { "No space left on device", "store_full", "the disk under the database is full" },
  { "could not extend file", "store_full", "the disk under the database is full" },
  { "invalid page", "store_corrupt", "the database is damaged" },
  { "could not read block", "store_corrupt", "the database is damaged" },
  { "read-only transaction", "store_readonly", "the server takes no writes" },
  { "cached plan must not change", "store_busy", "the schema changed meanwhile", { again = true } },
}

-- What libpq says when it is gone, and a server that goes; libpq may take the connection for a good one still.
local GONE = {
  "server closed the connection", "no connection to the server", "connection not open", "terminating connection",
  "could not receive data from server", "could not send data to server", "SSL connection has been closed", "SSL SYSCALL error",
  "the database system is ",
}

local function is_gone(message)
  for _, words in ipairs(GONE) do
    if message:find(words, 1, true) then
      return true
    end
  end
  return false
end

--- What an error message of PostgreSQL's means.
-- @tparam string message
-- @tparam boolean lost is the connection gone?
-- @treturn table a failure
function M.failure(message, lost)
  if lost or is_gone(message) then
    return fail.new("store_unreachable", "PostgreSQL: the connection is gone (" .. message .. ")", { lost = true })
  end
  for _, meaning in ipairs(MEANINGS) do
    if message:find(meaning[1], 1, true) then
      return fail.new(meaning[2], ("PostgreSQL: %s (%s)"):format(meaning[3], message), meaning[4])
    end
  end
  return fail.new("store_error", "PostgreSQL: " .. message)
end

--- A number as it is bound: as text, every digit of it, and without a fraction where it has none.
-- @tparam number value
-- @treturn string
function M.number(value)
  if value % 1 == 0 and value > -2 ^ 53 and value < 2 ^ 53 then
    return ("%.0f"):format(value)
  end
  return ("%.17g"):format(value)
end

--- SQL as PostgreSQL wants it: as it stands.
-- @tparam string sql
-- @treturn string
function M.sql(sql)
  return sql
end

--- DDL as PostgreSQL wants it: names sort by their octets, whatever the database's locale.
-- @tparam string sql
-- @treturn string
function M.ddl(sql)
  return (sql:gsub("%f[%w]TEXT%f[%W]", 'TEXT COLLATE "C"'))
end

-- What the URL does not say: a server that is gone is given up after seconds, not after TCP's quarter of an hour.
local DEFAULTS = { "connect_timeout=5", "keepalives_idle=30", "keepalives_interval=5", "keepalives_count=3", "tcp_user_timeout=20000" }

local function with_defaults(url)
  local parts = { url }
  local sign = url:find("?", 1, true) and "&" or "?"
  for _, default in ipairs(DEFAULTS) do
    if not url:find(default:match("^[^=]+="), 1, true) then
      parts[#parts + 1], sign = sign .. default, "&"
    end
  end
  return table.concat(parts)
end

local function prepare(self, options)
  self:execute "SET client_encoding TO 'UTF8'"
  self:execute "SET client_min_messages TO warning"
  -- The words that errors are told by; where this user may not set them, the server's own remain.
  pcall(self.execute, self, "SET lc_messages TO 'C'")
  self:execute(("SET lock_timeout TO %d"):format(options.busy_timeout * 1000))
  -- A worker that was stopped within a transaction does not keep its locks for ever.
  self:execute "SET idle_in_transaction_session_timeout TO 60000"
end

--- Opens a connection.
-- @tparam string url `postgresql://…`
-- @tparam table options `busy_timeout` in seconds
-- @tparam table dbd lua-dbi's module
-- @treturn ?table the connection
-- @treturn ?table the failure
function M.connect(url, options, dbd)
  local handle = dbd.New(with_defaults(url))
  if not handle then
    -- lua-dbi has lost libpq's reason by now.
    return nil, fail.new(
      "store_unreachable",
      ("PostgreSQL: no connection to %s: is the server there, and do it and the database let you in?"):format(
        url:gsub("^(%w+://[^/@:]*):[^/@]*@", "%1@"):gsub("%?.*", "")
      )
    )
  end
  return connection.open(handle, M, prepare, options)
end

return M
