local databases = require "spec.support.databases"
local owners = require "mailseal.store.owners"
local store = require "mailseal.store"

describe("the table of owners", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local db

    before_each(function() db = assert(store.open(new_database())) end)
    after_each(function() db:close() end)

    local function write(name, ...)
      local arguments = { ... }
      return db:write(function(tx) return owners[name](tx, (table.unpack or unpack)(arguments)) end) -- luacheck: ignore
    end

    it("has one owner of a domain, the first", function()
      assert.is_nil(write("of", "example.com"))
      assert.is_true(write("add", "a", "example.com", 4102444800))
      assert.is_false(write("add", "b", "example.com", 4102444801))
      assert.is_false(write("add", "a", "example.com", 4102444802))
      assert.same({ tenant_id = "a", since = 4102444800 }, write("of", "example.com"))
      assert.is_nil(write("of", "mail.example.com"))
    end)

    it("replaces the owner that is meant, and no other", function()
      write("add", "a", "example.com", 100)
      assert.is_false(write("replace", "b", "example.com", { tenant_id = "c", since = 100 }, 200))
      assert.is_false(write("replace", "b", "example.com", { tenant_id = "a", since = 99 }, 200))
      assert.is_true(write("replace", "b", "example.com", { tenant_id = "a", since = 100 }, 200))
      assert.same({ tenant_id = "b", since = 200 }, write("of", "example.com"))
    end)

    it("forgets the tenant's own domain, and no other's", function()
      write("add", "a", "example.com", 100)
      assert.is_false(write("remove", "b", "example.com"))
      assert.is_true(write("remove", "a", "example.com"))
      assert.is_false(write("remove", "a", "example.com"))
      assert.is_true(write("add", "b", "example.com", 200))
    end)
  end)
end)
