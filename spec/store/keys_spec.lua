local databases = require "spec.support.databases"
local domains = require "mailseal.store.domains"
local keys = require "mailseal.store.keys"
local store = require "mailseal.store"

describe("the table of keys", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local db

    local function write(work) return assert(db:write(work)) end

    local function row(more)
      local all = {
        selector = "s1", version = 1, type = "ed25519", bits = 256, public = "p", sealed = "secret", state = "awaited",
        state_since = 5000000000, created_at = 5000000000,
      }
      for name, value in pairs(more or {}) do all[name] = value end
      return all
    end

    local function add(tenant, domain, more)
      write(function(tx)
        domains.insert(tx, tenant, {
          domain = domain, provider = "own", vars = {}, records = {}, status = "verified", status_since = 0, created_at = 0,
        })
        keys.insert(tx, tenant, domain, row(more))
        return true
      end)
    end

    local function all(tenant, domain)
      return assert(db:read(function(tx) return keys.of_domain(tx, tenant, domain) end))
    end

    before_each(function() db = assert(store.open(new_database())) end)
    after_each(function() db:close() end)

    it("gives what was put in, but for what is sealed", function()
      add("acme", "example.com", { wait_until = 5000000001, ttl = 300, target = "x.example", next_at = 5000000002 })
      local want = row { wait_until = 5000000001, ttl = 300, target = "x.example", next_at = 5000000002 }
      want.sealed = nil
      assert.same({ want }, all("acme", "example.com"))
      assert.same({}, all("other", "example.com"))
      local function sealed(...)
        local names = { ... }
        return db:read(function(tx) return keys.sealed(tx, (table.unpack or unpack)(names)) end) -- luacheck: ignore
      end
      assert.same({ sealed = "secret", public = "p" }, sealed("acme", "example.com", "s1", 1))
      assert.is_nil(sealed("other", "example.com", "s1", 1))
      assert.is_nil(sealed("acme", "example.com", "s1", 2))
    end)

    it("changes a key once, from the state that it was read in, and erases what is sealed where that is wanted", function()
      add("acme", "example.com")
      local before = all("acme", "example.com")[1]
      local after = { state = "revoked", state_since = 5000000003, erase = true }
      local function change() return db:write(function(tx) return { keys.change(tx, "acme", "example.com", before, after) } end)[1] end
      assert.is_true(change())
      assert.is_false(change())
      assert.equal("revoked", all("acme", "example.com")[1].state)
      assert.same({ public = "p" }, db:read(function(tx) return keys.sealed(tx, "acme", "example.com", "s1", 1) end))
    end)

    it("has one active key of a domain at most", function()
      add("acme", "example.com", { state = "active" })
      add("other", "example.com", { state = "active" })
      add("acme", "example.net", { state = "active" })
      local done, _, code = db:write(function(tx) keys.insert(tx, "acme", "example.com", row { selector = "s2", state = "active" }) end)
      assert.same({ nil, "conflict" }, { done, code })
      assert.same({ selector = "s1", version = 1 }, db:read(function(tx) return keys.active(tx, "acme", "example.com") end))
    end)

    it("lets those that are due be taken up once, domain by domain, until the lease ends", function()
      for i = 1, 5 do
        add("acme", ("d%d.example"):format(i), { next_at = 1000 + i })
      end
      write(function(tx)
        keys.insert(tx, "acme", "d1.example", row { selector = "s2", next_at = 1000 })
        return true
      end)
      local function lease(now, limit)
        local names = {}
        for i, one in ipairs(write(function(tx) return keys.lease(tx, { now = now, ends = now + 300, limit = limit }) end)) do
          names[i] = one.tenant_id .. " " .. one.domain
        end
        table.sort(names)
        return names
      end
      local function is_due(now) return db:read(function(tx) return { keys.is_due(tx, now) } end)[1] end
      assert.is_false(is_due(999))
      assert.same({}, lease(999, 10))
      assert.is_true(is_due(1003))
      assert.same({ "acme d1.example", "acme d2.example" }, lease(1003, 3))
      assert.same({ "acme d3.example" }, lease(1003, 3))
      assert.same({}, lease(1003, 3))
      assert.is_false(is_due(1003))
      assert.same({ "acme d1.example", "acme d2.example", "acme d3.example", "acme d4.example", "acme d5.example" }, lease(1303, 10))
    end)

    it("goes with its domain", function()
      add("acme", "example.com")
      write(function(tx) return domains.remove(tx, "acme", "example.com") end)
      assert.same({}, all("acme", "example.com"))
    end)
  end)
end)
