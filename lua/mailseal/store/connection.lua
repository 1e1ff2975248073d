--- One connection to a database: statements prepared once, values taken and given the same way by both databases.
--
-- lua-dbi reads whole numbers in 32 bits, so the schema keeps whatever may grow beyond as DOUBLE PRECISION, exact to
-- 2^53; what has no fraction comes back as an integer where Lua tells the two apart. Text is UTF-8 without NULs: the
-- one database would cut at a NUL, the other refuse what is no UTF-8.
-- @module mailseal.store.connection
local fail = require "mailseal.store.failure"
local core = require "mailseal.core".text

local unpack = table.unpack or unpack -- luacheck: ignore
local to_integer = math.tointeger -- luacheck: ignore

local M = {}

--- What stands for NULL where a nil cannot stand, in a list of values.
M.null = setmetatable({}, { __name = "mailseal.store.null", __tostring = function() return "NULL" end })

-- More statements than mailseal has; a bound for whoever builds SQL from changing parts.
local STATEMENTS_MOST = 500

local Connection = { __name = "mailseal.store.connection" }
Connection.__index = Connection

--- A connection over lua-dbi's, set up; it is closed where that fails.
-- @tparam table handle of lua-dbi
-- @tparam table driver `mailseal.store.sqlite` or `mailseal.store.postgresql`
-- @tparam function prepare gets the connection and the options, and runs the statements that it begins with
-- @tparam table options
-- @treturn ?table
-- @treturn ?table the failure
-- @raise what `prepare` raises and is no failure
function M.open(handle, driver, prepare, options)
  -- Transactions are begun by their statements, not by lua-dbi.
  handle:autocommit(true)
  local self = setmetatable({ handle = handle, driver = driver, statements = {}, count = 0 }, Connection)
  local ok, failure = pcall(prepare, self, options)
  if ok then
    return self
  end
  self:close()
  if not fail.is(failure) then
    error(failure, 0)
  end
  return nil, failure
end

-- ---- values

local function text(value)
  if value:find("[%z\128-\255]") and (value:find("%z") or core.utf8(value) ~= value) then
    error(fail.new("bad_text", "a text to store or to look for holds a NUL or is no UTF-8"), 0)
  end
  return value
end

local function plain(value, driver)
  local kind = type(value)
  if kind == "string" then
    return text(value)
  elseif kind == "number" then
    return driver.number(value)
  elseif kind == "boolean" then
    return driver.number(value and 1 or 0)
  elseif value ~= nil and value ~= M.null then
    error("a " .. kind .. " is nothing that a database stores", 0)
  end
end

local function whole(row)
  if to_integer and row then
    for name, value in pairs(row) do
      if type(value) == "number" then
        row[name] = to_integer(value) or value
      end
    end
  end
  return row
end

-- ---- statements

-- A message of lua-dbi's, without the words before the database's own, and of those the first line: what follows may
-- quote values.
local function essence(message)
  message = tostring(message):gsub("^Execute failed ", ""):gsub("^Error [%a ]+: ", ""):gsub("^Fetch failed ", "")
  return (message:gsub("^%s+", ""):match("^[^\r\n]*"):gsub("^ERROR:%s*", ""):gsub("^FATAL:%s*", ""))
end

local function prepare(self, sql)
  local statement, message = self.handle:prepare(self.driver.sql(sql))
  if not statement then
    error(self:failure(message), 0)
  end
  if self.count == STATEMENTS_MOST then
    self:forget_statements()
  end
  self.statements[sql], self.count = statement, self.count + 1
  return statement
end

--- What a message of lua-dbi's means.
-- @tparam string message
-- @treturn table a failure
function Connection:failure(message)
  return self.driver.failure(essence(message), not self.handle:ping())
end

-- A statement that failed would tell the same error again: it is prepared anew the next time.
local function failed(self, sql, message)
  local statement = self.statements[sql]
  self.statements[sql], self.count = nil, self.count - 1
  local failure = self:failure(message)
  if not failure.lost then
    statement:close()
  end
  error(failure, 0)
end

--- A value as it is bound. Raises a failure where it is no text that both databases take.
-- @tparam any value
-- @treturn ?string|number nil for NULL
function Connection:value(value)
  return plain(value, self.driver)
end

--- Runs a statement. Raises a failure where the database does not take it.
-- @tparam string sql with `?` for each value
-- @tparam any ... the values: strings, numbers, booleans (kept as 1 and 0), nil or `null`
-- @treturn table lua-dbi's statement
function Connection:execute(sql, ...)
  local n, values = select("#", ...), { ... }
  for i = 1, n do
    values[i] = plain(values[i], self.driver)
  end
  local statement = self.statements[sql] or prepare(self, sql)
  local returned, ok, message = pcall(statement.execute, statement, unpack(values, 1, n))
  if not (returned and ok) then
    failed(self, sql, returned and message or ok)
  end
  return statement
end

--- Runs a statement that returns rows, and fetches them all.
-- @tparam string sql
-- @tparam any ... as of @{execute}
-- @treturn {table,...} each with its columns by name
function Connection:rows(sql, ...)
  local statement, rows = self:execute(sql, ...), {}
  while true do
    local ok, row = pcall(statement.fetch, statement, true)
    if not ok then
      failed(self, sql, row)
    elseif not row then
      return rows
    end
    rows[#rows + 1] = whole(row)
  end
end

--- Gives up all prepared statements.
function Connection:forget_statements()
  for _, statement in pairs(self.statements) do
    statement:close()
  end
  self.statements, self.count = {}, 0
end

--- Ends the connection; what was not committed is gone.
function Connection:close()
  -- A statement that outlives its connection would reach into freed memory.
  self:forget_statements()
  self.handle:close()
end

return M
