local checks = require "mailseal.store.checks"
local databases = require "spec.support.databases"
local store = require "mailseal.store"

describe("the counts of looks", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local url, db

    before_each(function()
      url = new_database()
      db = assert(store.open(url))
    end)
    after_each(function() db:close() end)

    local function count(...)
      local outcomes = { ... }
      return db:write(function(tx)
        for _, outcome in ipairs(outcomes) do checks.count(tx, outcome) end
        return true
      end)
    end

    local function all() return db:read(checks.all) end

    it("begin with none", function() assert.same({}, all()) end)

    it("are added up by outcome", function()
      assert(count("found", "unsure", "found"))
      assert(count("found", "incomplete"))
      assert.same({ found = 3, unsure = 1, incomplete = 1 }, all())
    end)

    it("are kept when the database is opened again", function()
      assert(count("found"))
      db:close()
      db = assert(store.open(url))
      assert.same({ found = 1 }, all())
    end)

    it("do not count what was rolled back", function()
      db:write(function(tx)
        checks.count(tx, "found")
        return nil, "no", "no"
      end)
      assert.same({}, all())
    end)

    it("take one statement for each outcome, however many looks there were in a transaction", function()
      local statements = 0
      assert(db:write(function(tx)
        local run = tx.run
        function tx.run(...)
          statements = statements + 1
          return run(...)
        end
        for i = 1, 100 do checks.count(tx, i % 2 == 0 and "found" or "unsure") end
        return true
      end))
      assert.equal(2, statements)
      assert.same({ found = 50, unsure = 50 }, all())
    end)
  end)
end)
