--- The database under the registry of domains: SQLite by default, PostgreSQL by the same code.
--
--     local store = require "mailseal.store"
--     local db = assert(store.open "sqlite:mailseal.db")        -- "postgresql://user@host:5432/name"
--     local count = assert(db:write(function(tx)
--       return tx:run("UPDATE domains SET enabled = ? WHERE tenant_id = ? AND domain = ?", 1, "acme", "example.com")
--     end))
--
-- A database is made ready by numbered migrations when it is opened. The tables are read and written by the modules
-- of this directory, one a table. Functions that can fail return nil, a sentence for people and a code:
--
-- - `store_busy`: another process holds what is needed; nothing was changed, and later may go well
-- - `store_full`: no room on the disk; nothing was changed
-- - `store_unreachable`: no database there, or the connection went; only where it went while a change was being
--   committed may that change have been kept, and the message says so
-- - `store_corrupt`: the file is no database, or a damaged one
-- - `store_readonly`: the file or the server takes no writes
-- - `store_too_new`: a later mailseal made this database
-- - `store_foreign`: another program made it
-- - `store_missing_package`: lua-dbi is not installed
-- - `conflict`: there is such a row already
-- - `bad_text`: a text with a NUL, or one that is no UTF-8
-- - `store_error`: anything else that the database says
-- @module mailseal.store
local connection = require "mailseal.store.connection"
local fail = require "mailseal.store.failure"
local migrations = require "mailseal.store.migrations"
local transaction = require "mailseal.store.transaction"

local unpack = table.unpack or unpack -- luacheck: ignore

local M = {}

local DRIVERS = {
  sqlite = "mailseal.store.sqlite",
  postgresql = "mailseal.store.postgresql",
  postgres = "mailseal.store.postgresql",
}
local OPTIONS = { busy_timeout = "number", cache = "number", make = "boolean" }
-- How often one transaction is run before its failure is the caller's.
local ATTEMPTS = 5

--- A database, as `open` returns it. It belongs to one Lua state, and does one transaction at a time.
-- @type db
local Db = { __name = "mailseal.store.db" }
Db.__index = Db

--- What stands for NULL where a nil cannot stand.
Db.null = connection.null

-- ---- one attempt at a transaction

local function connect(self)
  local opened, failure = self.driver.connect(self.url, self.options, self.dbd)
  self.connection = opened
  return failure
end

local function disconnect(self)
  self.connection:close()
  self.connection = nil
end

local function roll_back(self, tx, cause)
  tx.ended = true
  if tx.alone then
    if cause and cause.lost then
      disconnect(self)
    end
    return
  end
  local ok, failure = pcall(self.connection.execute, self.connection, "ROLLBACK")
  -- SQLite has rolled back by itself where the disk is full.
  if not ok and failure.lost then
    disconnect(self)
  end
end

-- What became of it: `results`, or `failure` of the database, or `raised`, an error of the program.
local function outcome_of(tx, work)
  local results = { n = 0 }
  local function keep(...)
    results = { n = select("#", ...), ... }
  end
  local ok, raised = pcall(function()
    keep(work(tx))
    if not tx.failed and not (not results[1] and results[2]) then
      transaction.finish(tx)
    end
  end)
  local failure = tx.failed or (not ok and raised)
  if failure then
    return fail.is(failure) and { failure = failure } or { raised = raised or failure }
  end
  return { results = results }
end

local function commit(self, tx)
  if tx.alone then
    tx.ended = true
    return
  end
  local ok, failure = pcall(self.connection.execute, self.connection, "COMMIT")
  tx.ended = true
  if ok then
    return
  elseif failure.lost then
    disconnect(self)
    return fail.new(failure.code, failure.message .. "; whether the change was kept is not known")
  end
  roll_back(self, tx)
  return failure
end

-- Begins it, where it is one of several statements. Returns what the database says against it.
local function begin(self, mode)
  local astray, failure = self.driver.astray, nil
  if not self.connection then
    failure = connect(self)
  elseif astray then
    failure = astray(self.connection)
  end
  if failure or not self.driver.begin[mode] then
    return failure
  end
  local ok, refused = pcall(self.connection.execute, self.connection, self.driver.begin[mode])
  if not ok and refused.lost then
    disconnect(self)
  end
  return not ok and refused
end

local function attempt(self, mode, work, whose)
  local failure = begin(self, mode)
  if failure then
    return { failure = failure }
  end
  local tx = transaction.new(self.connection, mode, whose)
  local outcome = outcome_of(tx, work)
  local results = outcome.results
  if results and (results[1] or not results[2]) then
    return { results = results, failure = commit(self, tx) }
  end
  roll_back(self, tx, outcome.failure)
  return outcome
end

local function transact(self, mode, work, whose)
  if self.closed then
    error("the database is closed", 3)
  elseif self.open_transaction then
    error("a transaction is open on this database: transactions neither nest nor wait", 3)
  elseif type(work) ~= "function" then
    error("a function is wanted, not a " .. type(work), 3)
  end
  self.open_transaction = true
  local outcome
  for _ = 1, ATTEMPTS do
    outcome = attempt(self, mode, work, whose)
    local failure = outcome.failure
    -- What was lost before it was to be committed was not done.
    if not (failure and (failure.again or failure.lost)) then
      break
    end
  end
  self.open_transaction = false
  if outcome.raised ~= nil then
    error(outcome.raised, 0)
  elseif outcome.failure then
    return nil, outcome.failure.message, outcome.failure.code
  elseif outcome.results.n == 0 then
    return true
  end
  return unpack(outcome.results, 1, outcome.results.n)
end

-- ---- what there is to do with a database

--- One transaction that may write. It is committed when the function returns; rolled back where it raises, and the
-- error goes on, or where it returns nil and a message. It may be run again after a deadlock or on a new connection,
-- so the function has no effect but on the database.
-- @tparam function work gets a transaction: see `mailseal.store.transaction`
-- @tparam[opt] table whose at whose request: `id`, a tenant's, and `actor`, which the events of that tenant have
-- @treturn any what the function returned, or true where it returned nothing
-- @treturn ?string what went wrong
-- @treturn ?string its code
function Db:write(work, whose)
  return transact(self, "write", work, whose)
end

--- One transaction that only reads, and sees one state of the database.
-- @tparam function work as of @{write}
-- @treturn any what the function returned, or true where it returned nothing
-- @treturn ?string what went wrong
-- @treturn ?string its code
function Db:read(work)
  return transact(self, "read", work)
end

--- Reads without a transaction around: each statement sees the database as it is by then. For a single statement, and where two need
-- not agree: that spares a server two of three round trips.
-- @tparam function work as of @{write}
-- @treturn any what the function returned, or true where it returned nothing
-- @treturn ?string what went wrong
-- @treturn ?string its code
function Db:ask(work)
  return transact(self, "ask", work)
end

--- Closes the database. It may be closed twice.
function Db:close()
  self.closed = true
  if self.connection then
    disconnect(self)
  end
end

-- ---- opening

local function check_options(options)
  for name, value in pairs(options) do
    if not OPTIONS[name] then
      error(("there is no option %q"):format(tostring(name)), 3)
    elseif type(value) ~= OPTIONS[name] then
      error(("option %q is a %s, not a %s"):format(name, OPTIONS[name], type(value)), 3)
    end
  end
end

local function driver_of(url)
  local module = DRIVERS[url:match("^(%a+):") or ""]
  if not module or url == "sqlite:" then
    return nil, "a database is named sqlite:PATH or postgresql://USER@HOST/NAME", "bad_url"
  end
  local driver = require(module)
  local found, dbd = pcall(require, driver.module)
  if not found then
    return nil, "mailseal.store needs lua-dbi: apt install " .. driver.package, "store_missing_package"
  end
  return driver, dbd
end

--- Opens a database, and makes or migrates its tables where that is due.
-- @tparam string url `sqlite:PATH` (the file is made where it is absent), `sqlite::memory:`, or `postgresql://…` as
-- libpq reads it
-- @tparam[opt] table options `busy_timeout`: how long to wait for others, in seconds (5); `cache`: of an SQLite file, how much of it to
-- keep in memory, in MB (32); `make`: false where an SQLite file that is absent is not to be made
-- @treturn ?table the database: see `db`
-- @treturn ?string what went wrong
-- @treturn ?string its code
function M.open(url, options)
  if type(url) ~= "string" then
    error("a database's URL is wanted, not a " .. type(url), 2)
  end
  options = options or {}
  check_options(options)
  local driver, dbd, code = driver_of(url)
  if not driver then
    return nil, dbd, code
  end
  local db = setmetatable({
    url = url,
    driver = driver,
    dbd = dbd,
    options = { busy_timeout = options.busy_timeout or 5, cache = options.cache or 32, make = options.make ~= false },
  }, Db)
  local ready, message
  ready, message, code = migrations.run(db)
  if not ready then
    db:close()
    return nil, message, code
  end
  db.options.make = false -- what is gone later is not to be made anew
  return db
end

--- What stands for NULL where a nil cannot stand.
M.null = connection.null

return M
