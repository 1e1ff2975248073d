--- What a tenant has in a database, whole: for tests that nothing of it is read or changed by others.
local M = {}

-- The table of all that is there by what is in the schema, so that one that comes later is looked at, too.
local function tables()
  local list = {}
  for _, step in ipairs(require "mailseal.store.migrations".STEPS) do
    for _, sql in ipairs(step) do
      local name = sql:match "^CREATE TABLE ([%w_]+)"
      local column = name == "tenants" and "id" or "tenant_id"
      if name and sql:find("\n%s*" .. column .. " ") then
        list[#list + 1] = { name = name, column = column, sql = sql }
      end
    end
  end
  return list
end

--- The tables of the schema that hold what is a tenant's.
-- @treturn {table,...} `name`, `column` (that of the tenant's id), `sql`
M.tables = tables

-- A value as a text in which everything is, in one order.
local function text_of(value, seen)
  if type(value) ~= "table" then
    return tostring(value)
  elseif seen[value] then
    return "..."
  end
  seen[value] = true
  local parts = {}
  for name, item in pairs(value) do
    parts[#parts + 1] = text_of(name, seen) .. "=" .. text_of(item, seen)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, "\n") .. "}"
end

--- All that is in some values, however deep, as a text.
-- @tparam any ...
-- @treturn string
function M.text(...)
  local parts = {}
  for i = 1, select("#", ...) do
    parts[i] = text_of((select(i, ...)), {})
  end
  return table.concat(parts, "\n")
end

--- All rows of a tenant in all tables, as a text.
-- @tparam table db
-- @tparam string tenant
-- @treturn string
function M.rows(db, tenant)
  return assert(db:read(function(tx)
    local parts = {}
    for i, one in ipairs(tables()) do
      local rows = tx:rows(("SELECT * FROM %s WHERE %s = ?"):format(one.name, one.column), tenant)
      local lines = {}
      for k, row in ipairs(rows) do
        lines[k] = M.text(row)
      end
      table.sort(lines)
      parts[i] = ("%s (%d)\n%s"):format(one.name, #rows, table.concat(lines, "\n"))
    end
    return table.concat(parts, "\n")
  end))
end

--- How many rows a tenant has, by table.
-- @tparam table db
-- @tparam string tenant
-- @treturn table
function M.counts(db, tenant)
  return assert(db:read(function(tx)
    local counts = {}
    for _, one in ipairs(tables()) do
      counts[one.name] = tx:row(("SELECT COUNT(*) AS n FROM %s WHERE %s = ?"):format(one.name, one.column), tenant).n
    end
    return counts
  end))
end

--- Notes the text of each statement of SQL that is prepared from now on.
-- @treturn {string,...} the texts
-- @treturn function ends it
function M.statements()
  local list, ended = {}, {}
  for _, name in ipairs { "sqlite", "postgresql" } do
    local driver = require("mailseal.store." .. name)
    local sql = driver.sql
    driver.sql = function(text) -- luacheck: ignore
      list[#list + 1] = text
      return sql(text)
    end
    ended[#ended + 1] = function() driver.sql = sql end
  end
  return list, function()
    for _, stop in ipairs(ended) do
      stop()
    end
  end
end

return M
