local child = require "spec.support.child"
local databases = require "spec.support.databases"
local migrations = require "mailseal.store.migrations"
local shell = require "spec.support.shell"
local store = require "mailseal.store"

describe("the schema of a database", function()
  local known = #migrations.STEPS

  -- The steps of this mailseal and more.
  local function with(...)
    local steps = { (table.unpack or unpack)(migrations.STEPS) } -- luacheck: ignore
    for _, step in ipairs { ... } do
      steps[#steps + 1] = step
    end
    return steps
  end

  it("has a number for each of its files", function()
    assert.equal(known, #shell.names("lua/mailseal/store/schema"):gsub("[^.]", ""))
  end)

  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database, kind)
    local function version(db)
      return db:read(function(tx) return tx:row "SELECT value FROM meta WHERE name = 'schema'" end).value
    end

    it("is made when it is opened for the first time, and then is there", function()
      local url = new_database()
      local db = assert(store.open(url))
      assert.equal(tostring(known), version(db))
      assert(db:write(function(tx) tx:run "INSERT INTO tenants (id, created_at) VALUES ('acme', 1)" end))
      db:close()
      db = assert(store.open(url))
      assert.equal("acme", db:read(function(tx) return tx:row "SELECT id FROM tenants" end).id)
      db:close()
    end)

    it("is made once where several processes open the database at a time", function()
      local url, openers = new_database(), {}
      for i = 1, 6 do
        openers[i] = child.start([[
          local store = require "mailseal.store"
          print "ready"
          local db, message = store.open((...), { busy_timeout = 60 })
          print(db and db:write(function(tx)
            return tx:run("INSERT INTO tenants (id, created_at) VALUES (?, 1)", arg[2])
          end) or message)
        ]], { url, tostring(i) })
      end
      for _, opener in ipairs(openers) do
        assert.equal("ready", opener:line())
      end
      for _, opener in ipairs(openers) do
        assert.same({ "1" }, opener:rest())
      end
      local db = assert(store.open(url))
      assert.equal(#openers, #db:read(function(tx) return tx:rows "SELECT id FROM tenants" end))
      db:close()
    end)

    it("of a later mailseal is refused, and left alone", function()
      local url = new_database()
      local db = assert(store.open(url))
      assert(db:write(function(tx) tx:run "UPDATE meta SET value = '99' WHERE name = 'schema'" end))
      local opened, message, code = store.open(url)
      assert.same({ nil, "store_too_new" }, { opened, code })
      assert.matches(("the database has schema 99, and this mailseal knows schemas up to %d"):format(known), message, 1, true)
      assert.equal("99", version(db))
      db:close()
    end)

    it("is brought forward by the steps that are missing, and keeps what there was", function()
      local db = assert(store.open(new_database()))
      assert(db:write(function(tx) tx:run "INSERT INTO tenants (id, created_at) VALUES ('acme', 1)" end))
      local steps = with(
        { "ALTER TABLE tenants ADD COLUMN colour TEXT", "CREATE TABLE colours (name TEXT PRIMARY KEY)" },
        { "UPDATE tenants SET colour = 'red'" })
      assert.is_true(migrations.run(db, steps))
      assert.is_true(migrations.run(db, steps))
      assert.equal(tostring(known + 2), version(db))
      assert.equal("red", db:read(function(tx) return tx:row "SELECT colour FROM tenants" end).colour)
      db:close()
    end)

    it("is as before where a step fails", function()
      local db = assert(store.open(new_database()))
      local result, message, code = migrations.run(
        db, with({ "CREATE TABLE colours (name TEXT PRIMARY KEY)" }, { "CREATE TABLE tenants (id TEXT)" }))
      assert.same({ nil, "store_error" }, { result, code })
      assert.matches("exists", message)
      assert.equal(tostring(known), version(db))
      assert.equal("store_error", select(3, db:read(function(tx) tx:rows "SELECT * FROM colours" end)))
      db:close()
    end)

    it("keeps no number in a column that lua-dbi would cut", function()
      local db = assert(store.open(new_database()))
      -- What these count stays below 2^31.
      local small = {}
      local counts = "enabled generation attempts negatives lane version bits ttl waiting failures slow poor news status shown turn "
        .. "position"
      for name in counts:gmatch "%a+" do
        small[name] = true
      end
      local columns = db:read(function(tx)
        return tx:rows(kind == "sqlite"
          and "SELECT c.name AS name, c.type AS type FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'"
          or "SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = current_schema")
      end)
      assert.is_true(#columns > 50)
      for _, column in ipairs(columns) do
        local kinds = { text = true, ["double precision"] = true, integer = small[column.name] }
        assert.is_true(kinds[column.type:lower()], column.name .. " " .. column.type)
      end
      db:close()
    end)
  end)
end)
