local databases = require "spec.support.databases"
local events = require "mailseal.store.events"
local store = require "mailseal.store"

describe("the events of a tenant", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local url, db

    before_each(function()
      url = new_database()
      db = assert(store.open(url))
    end)
    after_each(function() db:close() end)

    local function after(tenant, id, limit, domain)
      return assert(db:read(function(tx) return events.after(tx, tenant, id, limit or 100, domain) end))
    end

    local function ids(list)
      local numbers = {}
      for i, event in ipairs(list) do
        numbers[i] = ("%s:%s"):format(tostring(event.id), event.kind)
      end
      return table.concat(numbers, " ")
    end

    local function add(tenant, ...)
      local kinds = { ... }
      return db:write(function(tx)
        for _, kind in ipairs(kinds) do
          events.add(tx, tenant, "a.example", kind, { of = kind }, { at = 4102444800, actor = "anna" })
        end
      end)
    end

    it("are numbered in order, tenant by tenant", function()
      add("acme", "one", "two", "three")
      add("other", "one")
      add("acme", "four")
      assert.equal("1:one 2:two 3:three 4:four", ids(after("acme", 0)))
      assert.equal("1:one", ids(after("other", 0)))
      assert.same({
        id = 1, domain = "a.example", at = 4102444800, kind = "one", actor = "anna", data = { of = "one" },
      }, after("other", 0)[1])
    end)

    it("are read after an id, so many, and of one domain", function()
      assert(db:write(function(tx)
        for i = 1, 6 do
          events.add(tx, "acme", i % 2 == 0 and "even.example" or nil, "n" .. i)
        end
      end))
      assert.equal("3:n3 4:n4", ids(after("acme", 2, 2)))
      assert.equal("4:n4 6:n6", ids(after("acme", 2, 100, "even.example")))
      assert.equal("", ids(after("acme", 6)))
      assert.near(os.time(), after("acme", 0)[1].at, 60)
    end)

    it("leave no gap where a transaction is undone", function()
      add("acme", "one")
      db:write(function(tx)
        events.add(tx, "acme", "a.example", "never")
        return nil, "no", "no"
      end)
      db:write(function(tx)
        events.add(tx, "acme", "a.example", "never")
        tx:run "INSERT INTO nowhere VALUES (1)"
      end)
      add("acme", "two")
      assert.equal("1:one 2:two", ids(after("acme", 0)))
    end)

    it("of several tenants are written by one transaction", function()
      assert(db:write(function(tx)
        for i = 1, 3 do
          events.add(tx, "b", nil, "b" .. i)
          events.add(tx, "a", nil, "a" .. i)
        end
      end))
      assert.equal("1:a1 2:a2 3:a3", ids(after("a", 0)))
      assert.equal("1:b1 2:b2 3:b3", ids(after("b", 0)))
    end)
  end)
end)
