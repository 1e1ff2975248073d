local databases = require "spec.support.databases"
local store = require "mailseal.store"

describe("a transaction", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local db

    before_each(function()
      db = assert(store.open(new_database()))
      assert(db:write(function(tx)
        tx:run "CREATE TABLE things (name TEXT PRIMARY KEY, number DOUBLE PRECISION, count INTEGER)"
      end))
    end)
    after_each(function() db:close() end)

    local function insert(name, number, count)
      return db:write(function(tx)
        return tx:run("INSERT INTO things (name, number, count) VALUES (?, ?, ?)", name, number, count)
      end)
    end

    local function all()
      return assert(db:read(function(tx) return tx:rows "SELECT name, number, count FROM things ORDER BY name" end))
    end

    it("is kept when its function returns, with what that returned", function()
      assert.equal(1, insert("a", 1, 2))
      assert.same({ { name = "a", number = 1, count = 2 } }, all())
    end)

    it("returns true where its function returned nothing, and nil where that returned nil alone", function()
      assert.is_true(db:write(function() end))
      assert.is_nil(db:read(function(tx) return tx:row("SELECT name FROM things WHERE name = ?", "none") end))
    end)

    it("is undone where its function returns nil and a message, which are returned", function()
      local result, message, code = db:write(function(tx)
        tx:run "INSERT INTO things (name) VALUES ('a')"
        return nil, "not so", "no"
      end)
      assert.same({ nil, "not so", "no" }, { result, message, code })
      assert.same({}, all())
    end)

    it("is undone where its function raises, and the error goes on as it is", function()
      local thrown = {}
      local ok, caught = pcall(db.write, db, function(tx)
        tx:run "INSERT INTO things (name) VALUES ('a')"
        error(thrown)
      end)
      assert.is_false(ok)
      assert.equal(thrown, caught)
      assert.same({}, all())
      assert.equal(1, insert("b"))
    end)

    it("is undone whole where a statement of it fails, even where its function goes on", function()
      assert.equal(1, insert("a"))
      local result, message, code = db:write(function(tx)
        tx:run "INSERT INTO things (name) VALUES ('b')"
        pcall(tx.run, tx, "INSERT INTO things (name) VALUES ('a')")
        return "done"
      end)
      assert.same({ nil, "conflict" }, { result, code })
      assert.matches("there is such a row already", message, 1, true)
      assert.equal(1, #all())
    end)

    it("takes and gives numbers, texts and NULL the same on every database and every Lua", function()
      insert("seconds", 4102444800, 1)
      insert("large", 2 ^ 53 - 1, nil)
      insert("fraction", 0.1, 0)
      insert("negative", -3000000000, -5)
      insert("naïve ☃", nil, true)
      local rows = all()
      local seen = {}
      for _, row in ipairs(rows) do
        seen[row.name] = ("%s %s"):format(tostring(row.number), tostring(row.count))
      end
      assert.same({
        seconds = "4102444800 1",
        large = jit and "9.007199254741e+15 nil" or "9007199254740991 nil", -- luacheck: ignore
        fraction = "0.1 0",
        negative = "-3000000000 -5",
        ["naïve ☃"] = "nil 1",
      }, seen)
      assert.equal(2 ^ 53 - 1, rows[2].number)
    end)

    it("gives large numbers by RETURNING too, of columns that were changed and of those that were not", function()
      insert("a", 4102444800, 1)
      local function returned(sql, ...)
        local values = { ... }
        local row = assert(db:write(function(tx) return tx:row(sql, (table.unpack or unpack)(values)) end)) -- luacheck: ignore
        return ("%s %s %s"):format(row.name, tostring(row.number), tostring(row.count))
      end
      assert.equal("a 4102444800 2", returned "UPDATE things SET count = count + 1 RETURNING name, number, count")
      assert.equal("a 4102444801 2", returned "UPDATE things SET number = number + 1 RETURNING name,number, count + 0 AS count")
      assert.equal("b 4102444802 nil", returned(
        "INSERT INTO things (name, number) VALUES (?, ?) RETURNING name, number , things.count", "b", 4102444802))
      assert.equal("a 4102444801 2", returned "DELETE FROM things WHERE name = 'a' RETURNING name, number, count")
    end)

    it("forgets the value of the call before where nil or null stands in its place", function()
      insert("a", 1, 1)
      insert("b", nil, 2)
      insert("c", 3, db.null)
      assert.same({ { name = "a", number = 1, count = 1 }, { name = "b", count = 2 }, { name = "c", number = 3 } }, all())
    end)

    it("refuses a text with a NUL, and one that is no UTF-8", function()
      for _, text in ipairs { "a\0b", "\255", "\237\160\128" } do
        local result, _, code = insert(text)
        assert.same({ nil, "bad_text" }, { result, code })
      end
    end)

    it("prepares each statement once, and keeps no more than so many", function()
      local prepared, handle = 0, db.connection.handle
      local counting = setmetatable({}, { __index = function(_, name)
        return function(_, ...)
          prepared = prepared + (name == "prepare" and 1 or 0)
          return handle[name](handle, ...)
        end
      end })
      db.connection.handle = counting
      for i = 1, 50 do
        insert("a" .. i, i, i)
      end
      assert.equal(1, prepared)
      -- Statements that differ, as they do where somebody builds them.
      for i = 1, 1200 do
        local text = ("SELECT name FROM things WHERE count = %d"):format(i)
        assert(db:read(function(tx) return tx:rows(text) end))
      end
      assert.is_true(db.connection.count <= 500)
      assert.equal(50, #all())
      assert.equal(1, insert("b"))
      db.connection.handle = handle
    end)

    it("does not nest", function()
      assert.has_error(function()
        db:write(function() db:read(function() end) end)
      end, "a transaction is open on this database: transactions neither nest nor wait")
      assert.equal(1, insert("a"))
    end)

    it("does not write where it was to read", function()
      assert.has_error(function()
        db:read(function(tx) tx:run "DELETE FROM things" end)
      end, "a transaction of read does not write")
    end)

    it("is none where a question is asked alone, which sees what is there by then", function()
      insert("a", 1)
      local other = assert(store.open(db.url))
      local seen = assert(db:ask(function(tx)
        local first = tx:row "SELECT COUNT(*) AS n FROM things".n
        assert.equal(1, other:write(function(writing) return writing:run("INSERT INTO things (name) VALUES (?)", "b") end))
        return { first, tx:row "SELECT COUNT(*) AS n FROM things".n }
      end))
      other:close()
      assert.same({ 1, 2 }, seen)
      assert.has_error(function()
        db:ask(function(tx) tx:run "DELETE FROM things" end)
      end, "a transaction of read does not write")
      local none, _, code = db:ask(function(tx) return tx:row "SELECT nothing FROM nowhere" end)
      assert.is_nil(none)
      assert.equal("store_error", code)
      assert.equal(2, #all())
    end)
  end)
end)
