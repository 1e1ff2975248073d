--- Many rows of one table at a time: one statement a row where that is a call of a function, as with SQLite, and one
-- statement for all where each is a journey, as with PostgreSQL, which gets the rows as one JSON text.
--
-- A table's rows are described once, by the module of that table, in a table:
--
-- - `table`, `columns`: the names; every row has these columns and no others, nil for NULL
-- - `absent` (of an insertion): a column by which one row is told from another among those of one call; rows that are
--   there already are then left alone instead of being a `conflict`
-- - `keys`, `also` (of an update): the columns that find the row, and SQL of what else is set
-- @module mailseal.store.bulk
local json = require "mailseal.store.json"

local unpack = table.unpack or unpack -- luacheck: ignore

local M = {}

-- The SQL of a description, made once.
local function sql_of(description, kind, make)
  description.sql = description.sql or {}
  description.sql[kind] = description.sql[kind] or make(description)
  return description.sql[kind]
end

local function each(names, format, separator)
  local parts = {}
  for i, name in ipairs(names) do
    parts[i] = (format:gsub("@", name))
  end
  return table.concat(parts, separator or ", ")
end

-- ---- a statement a row

local function insert_one(d)
  return ("INSERT INTO %s (%s) VALUES (%s)%s"):format(
    d.table, table.concat(d.columns, ", "), each(d.columns, "?"), d.absent and " ON CONFLICT DO NOTHING" or "")
end

local function update_one(d)
  return ("UPDATE %s SET %s, %s WHERE %s"):format(d.table, each(d.columns, "@ = ?"), d.also, each(d.keys, "@ = ?", " AND "))
end

-- The values of a row in the order of the names, behind the first n of `values`.
local function append(values, n, row, names)
  for i, name in ipairs(names) do
    values[n + i] = row[name]
  end
  return n + #names
end

local function one_by_one(tx, sql, names, more, rows)
  local changed = {}
  for i, row in ipairs(rows) do
    local values = {}
    local n = append(values, append(values, 0, row, names), row, more)
    changed[i] = tx:run(sql, unpack(values, 1, n)) == 1
  end
  return changed
end

-- ---- one statement for all

local function insert_all(d)
  return ("INSERT INTO %s (%s) SELECT %s FROM json_populate_recordset(NULL::%s, ?)%s"):format(
    d.table, table.concat(d.columns, ", "), table.concat(d.columns, ", "), d.table,
    d.absent and " ON CONFLICT DO NOTHING RETURNING " .. d.absent .. " AS name" or "")
end

local function update_all(d)
  return ([[UPDATE %s AS kept SET %s, %s
    FROM json_array_elements(?) WITH ORDINALITY AS given (item, number), json_populate_record(NULL::%s, given.item) AS new
    WHERE %s RETURNING given.number AS number]]):format(
    d.table, each(d.columns, "@ = new.@"), d.also, d.table, each(d.keys, "kept.@ = new.@", " AND "))
end

-- The rows as a JSON text, with each value as it would be bound.
local function text_of(tx, rows, names, more)
  local list = {}
  for i, row in ipairs(rows) do
    local item = {}
    for _, columns in ipairs { names, more } do
      for _, name in ipairs(columns) do
        item[name] = tx:value(row[name])
      end
    end
    list[i] = item
  end
  return json.encode(list)
end

local function insert_together(tx, description, rows)
  local returned = tx:rows(sql_of(description, "insert_all", insert_all), text_of(tx, rows, description.columns, {}))
  local new, added = {}, {}
  for _, row in ipairs(returned) do
    new[row.name] = true
  end
  for i, row in ipairs(rows) do
    local name = row[description.absent]
    added[i] = not description.absent or new[name] == true
    new[name or false] = nil
  end
  return added
end

local function update_together(tx, description, rows)
  local text = text_of(tx, rows, description.columns, description.keys)
  local changed = {}
  for i = 1, #rows do
    changed[i] = false
  end
  for _, row in ipairs(tx:rows(sql_of(description, "update_all", update_all), text)) do
    changed[row.number] = true
  end
  return changed
end

-- ---- what there is to do

--- Inserts rows.
-- @tparam table tx
-- @tparam table description see above
-- @tparam {table,...} rows columns and their values
-- @treturn {boolean,...} for each row: was it inserted? Never false without `absent`.
function M.insert(tx, description, rows)
  if #rows > 1 and tx.connection.driver.takes_json then
    return insert_together(tx, description, rows)
  end
  return one_by_one(tx, sql_of(description, "insert_one", insert_one), description.columns, {}, rows)
end

--- Changes rows. No two of them may have the same keys.
-- @tparam table tx
-- @tparam table description see above
-- @tparam {table,...} rows columns and their values, the keys' among them
-- @treturn {boolean,...} for each row: was there one with these keys?
function M.update(tx, description, rows)
  if #rows > 1 and tx.connection.driver.takes_json then
    return update_together(tx, description, rows)
  end
  return one_by_one(tx, sql_of(description, "update_one", update_one), description.columns, description.keys, rows)
end

return M
