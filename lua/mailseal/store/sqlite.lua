--- SQLite, by lua-dbi: the database of one machine. Several processes may share the file.
--
-- Write-ahead log, so that readers and the one writer do not wait for each other; synchronous=FULL, so that what was
-- committed survives a power failure; foreign keys are held to; what was erased, a private key above all, is overwritten
-- (secure_delete). The write-ahead log may hold it until it is begun anew, which takes the next checkpoint.
-- @module mailseal.store.sqlite
local connection = require "mailseal.store.connection"
local fail = require "mailseal.store.failure"
local file = require "mailseal.core".file

local M = {
  name = "sqlite",
  module = "dbd.sqlite3",
  package = "lua-dbi-sqlite3, or luarocks install luadbi-sqlite3",
  begin = { write = "BEGIN IMMEDIATE", read = "BEGIN" },
  -- The one writer has the database to itself.
  for_update = "",
  skip_locked = "",
  any_table = "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' LIMIT 1",
  table_exists = "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = ?",
}

-- SQLite's own words (sqlite3_errstr, and those of its constraints): they are never translated.
local MEANINGS = {
  { "database is locked", "store_busy", "another process keeps the database locked" },
  { "database table is locked", "store_busy", "another process keeps the database locked" },
  { "database or disk is full", "store_full", "the disk, or the database, is full" },
  { "file is not a database", "store_corrupt", "the file is not a database" },
  { "file is encrypted or is not a database", "store_corrupt", "the file is not a database" },
  { "database disk image is malformed", "store_corrupt", "the database is damaged" },
  { "unable to open database file", "store_unreachable", "the database file cannot be opened" },
  { "attempt to write a readonly database", "store_readonly", "the database file cannot be written" },
  { "disk I/O error", "store_error", "the disk under the database fails" },
  { "UNIQUE constraint failed", "conflict", "there is such a row already" },
}

--- What an error message of SQLite's means.
-- @tparam string message
-- @treturn table a failure
function M.failure(message)
  for _, meaning in ipairs(MEANINGS) do
    if message:find(meaning[1], 1, true) then
      return fail.new(meaning[2], ("SQLite: %s (%s)"):format(meaning[3], message))
    end
  end
  return fail.new("store_error", "SQLite: " .. message)
end

--- A number as it is bound: as it is, kept as the column's type says.
-- @tparam number value
-- @treturn number
function M.number(value)
  return value
end

-- A column that UPDATE … RETURNING gives comes as a whole number where it was declared to be floating, and of those lua-dbi
-- takes 32 bits; what was reckoned comes as it should.
local function as_reckoned(item)
  local name = item:match "^%s*([%a_][%w_.]*)%s*$"
  return name and (" CASE typeof(%s) WHEN 'real' THEN %s + 0.0 ELSE %s END AS %s"):format(name, name, name, name:match "[^.]+$")
end

--- SQL as SQLite wants it: a list of columns behind RETURNING so that large numbers come whole. A list with parentheses in
-- it stays as it is.
-- @tparam string sql
-- @treturn string
function M.sql(sql)
  local before, list = sql:match "^(.*RETURNING)%s([^()]*)$"
  return before and before .. list:gsub("[^,]+", as_reckoned) or sql
end

--- DDL as SQLite wants it: as it stands.
-- @tparam string sql
-- @treturn string
function M.ddl(sql)
  return sql
end

-- Another process that opens the file for the first time may stand in the way, and SQLite does not wait for it here.
-- Waiting for the right to write waits for it.
local function use_write_ahead_log(self)
  local done, failure
  for _ = 1, 20 do
    done, failure = pcall(self.rows, self, "PRAGMA journal_mode = WAL")
    if done or failure.code ~= "store_busy" then
      break
    end
    if pcall(self.execute, self, "BEGIN IMMEDIATE") then
      self:execute "COMMIT"
    end
  end
  if not done then
    error(failure, 0)
  end
end

-- Another program's file stays as it is: `mailseal.store.migrations` refuses it.
local function may_be_ours(self)
  return not self:rows(M.any_table)[1] or self:rows(M.table_exists, "tenants")[1] ~= nil
end

local function prepare(self, options)
  self:rows(("PRAGMA busy_timeout = %d"):format(options.busy_timeout * 1000))
  if may_be_ours(self) then
    use_write_ahead_log(self)
  end
  self:rows "PRAGMA synchronous = FULL"
  self:rows "PRAGMA foreign_keys = ON"
  self:rows "PRAGMA secure_delete = ON"
  self:rows(("PRAGMA cache_size = -%d"):format(options.cache * 1024))
  self:rows "PRAGMA journal_size_limit = 67108864"
end

local function gone(path, words)
  return fail.new("store_unreachable", ("SQLite: the database file %s: %s"):format(words, path))
end

-- Makes an empty file that nobody else may read, which SQLite then fills; its log gets the same mode.
local function make(path)
  local made, message, code = file.make_private(path)
  if not made and code ~= "exists" then
    return fail.new(code == "no_space" and "store_full" or "store_unreachable", "SQLite: " .. message)
  end
end

--- Opens the database.
-- @tparam string url `sqlite:PATH`, or `sqlite::memory:`
-- @tparam table options `busy_timeout` in seconds, `cache` in MB; `make`: whether a file that is absent is made
-- @tparam table dbd lua-dbi's module
-- @treturn ?table the connection
-- @treturn ?table the failure
function M.connect(url, options, dbd)
  local path = url:sub(#"sqlite:" + 1)
  if path ~= ":memory:" and not file.identity(path) then
    local failure = not options.make and gone(path, "is not there") or options.make and make(path)
    if failure then
      return nil, failure
    end
  end
  local handle, message = dbd.New(path)
  if not handle then
    return nil, M.failure(("%s: %s"):format(path, tostring(message):gsub("^Failed to connect to database: ", "")))
  end
  local opened, failure = connection.open(handle, M, prepare, options)
  if opened then
    opened.path, opened.identity = path, file.identity(path)
  end
  return opened, failure
end

--- Is the file that is open no more where it was? What would be written there nobody would find any more. (Nor is another that was put in
-- its place opened by itself: its log would be that of the former one.)
-- @tparam table opened the connection
-- @treturn ?table the failure
function M.astray(opened)
  if opened.identity and file.identity(opened.path) ~= opened.identity then
    return gone(opened.path, "was removed, or replaced, while it was in use")
  end
end

return M
