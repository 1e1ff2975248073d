local databases = require "spec.support.databases"
local domains = require "mailseal.store.domains"
local store = require "mailseal.store"

describe("a lease of domains that are due", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database, kind)
    local url, db, other

    before_each(function()
      url = new_database()
      db, other = assert(store.open(url, { busy_timeout = 0.2 })), assert(store.open(url, { busy_timeout = 0.2 }))
    end)
    after_each(function()
      db:close()
      other:close()
    end)

    -- Domains named by their lane and a number, due at that number.
    local function add(lane, from, to, tenant)
      local rows = {}
      for i = from, to do
        rows[#rows + 1] = {
          domain = ("%s%03d.example"):format(lane == domains.PENDING and "pending" or "routine", i), lane = lane, provider = "own",
          vars = {}, records = {}, status = "pending", status_since = 1, created_at = 1, next_check_at = i,
        }
      end
      assert(db:write(function(tx) return domains.insert_many(tx, tenant or "acme", rows) end))
    end

    local function lease(at, owner, now, ends, limit)
      return assert(at:write(function(tx)
        return domains.lease(tx, { owner = owner, now = now, ends = ends, limit = limit })
      end))
    end

    local function names(rows)
      local list = {}
      for i, row in ipairs(rows) do
        list[i] = row.domain:match "^[^.]*"
      end
      return table.concat(list, " ")
    end

    -- Writes that domains were found as they were, at a time.
    local function unchanged(at, owner, rows, now)
      local seen = {}
      for i, row in ipairs(rows) do
        seen[i] = { tenant_id = row.tenant_id, domain = row.domain, checked_at = now, next_check_at = now + 1000 + i }
      end
      return assert(at:write(function(tx) return domains.unchanged(tx, owner, seen) end))
    end

    local function checked_at(name)
      return db:read(function(tx) return { at = domains.get(tx, "acme", name).checked_at } end).at
    end

    it("gives what is due and nothing else, the longest due first", function()
      add(domains.ROUTINE, 1, 6)
      assert.equal("routine001 routine002 routine003", names(lease(db, "a", 5, 100, 3)))
      assert.equal("routine004 routine005", names(lease(db, "a", 5, 100, 3)))
      assert.equal("", names(lease(db, "a", 5, 100, 3)))
    end)

    it("gives nobody what another has leased, until that lease ends", function()
      add(domains.PENDING, 1, 3)
      assert.equal("pending001 pending002", names(lease(db, "a", 5, 65, 2)))
      assert.equal("pending003", names(lease(other, "b", 5, 65, 9)))
      assert.equal("", names(lease(other, "b", 64, 100, 9)))
      assert.equal("pending001 pending002 pending003", names(lease(other, "b", 65, 200, 9)))
    end)

    it("gives what was leased before the clock was put back, and not what was leased by one that is a little ahead", function()
      add(domains.PENDING, 1, 1)
      lease(db, "dead", 100000, 100900, 9)
      assert.equal("", names(lease(other, "b", 99500, 100400, 9)))
      assert.equal("pending001", names(lease(other, "b", 5, 905, 9)))
      assert.equal("", names(lease(db, "c", 5, 905, 9)))
    end)

    it("gives domains of all tenants, and tells whose they are", function()
      add(domains.PENDING, 1, 1, "acme")
      add(domains.PENDING, 1, 1, "other")
      local rows = lease(db, "a", 5, 65, 9)
      local tenants = { rows[1].tenant_id, rows[2].tenant_id }
      table.sort(tenants)
      assert.same({ "acme", "other" }, tenants)
    end)

    it("starves neither lane by a backlog of the other", function()
      add(domains.ROUTINE, 1, 40)
      add(domains.PENDING, 41, 80)
      local first = names(lease(db, "a", 100, 200, 8))
      assert.equal(
        "routine001 routine002 pending041 pending042 pending043 pending044 pending045 pending046", first)
      assert.equal(72, #lease(db, "a", 100, 200, 100))
    end)

    it("fills up from one lane where the other has none", function()
      add(domains.PENDING, 1, 10)
      assert.equal(8, #lease(db, "a", 100, 200, 8))
      add(domains.ROUTINE, 11, 20)
      assert.equal(8, #lease(db, "a", 100, 200, 8))
      assert.equal(1, #lease(db, "a", 100, 200, 1))
    end)

    it("ends with the result of the check, whether that is written of one or of many", function()
      add(domains.PENDING, 1, 4)
      local rows = lease(db, "a", 5, 65, 9)
      assert.same({ true, true }, unchanged(db, "a", { rows[1], rows[2] }, 6))
      assert.same({ true }, unchanged(db, "a", { rows[3] }, 8))
      assert(db:write(function(tx)
        assert.equal("a", domains.leased(tx, "acme", rows[4].domain, "a").lease_owner)
        return domains.update(tx, "acme", rows[4].domain, { status = "verified", lane = 1, next_check_at = 4102444800 })
      end))
      assert.equal("", names(lease(db, "b", 64, 100, 9)))
      assert.equal("pending001 pending002", names(lease(db, "b", 1008, 1100, 9)))
      assert.equal("pending001 pending002 pending003 pending004", names(lease(db, "c", 4102444800, 4102444900, 9)))
    end)

    it("drops a late result of one whose lease was taken over", function()
      add(domains.PENDING, 1, 2)
      local late = lease(db, "a", 5, 65, 9)
      local again = lease(other, "b", 65, 130, 1)
      assert.is_nil(db:write(function(tx) return { domains.leased(tx, "acme", late[1].domain, "a") } end)[1])
      assert.same({ false, true }, unchanged(db, "a", late, 66))
      assert.same({ true }, unchanged(other, "b", again, 67))
      assert.same({ false }, unchanged(db, "a", { late[1] }, 68))
      assert.same({ 67, 66 }, { checked_at(late[1].domain), checked_at(late[2].domain) })
    end)

    it("drops the result for a domain that was changed, or removed and made again, meanwhile", function()
      add(domains.PENDING, 1, 3)
      local rows = lease(db, "a", 5, 65, 9)
      assert(other:write(function(tx)
        domains.update(tx, "acme", rows[1].domain, { status = "verified" })
        domains.update(tx, "acme", rows[2].domain, { dns_host = other.null, enabled = false })
        domains.remove(tx, "acme", rows[3].domain)
      end))
      add(domains.PENDING, 3, 3)
      assert.same({ false, false, false }, unchanged(db, "a", rows, 66))
      for _, row in ipairs(rows) do
        assert.is_nil(checked_at(row.domain))
        assert.is_nil(db:write(function(tx) return { domains.leased(tx, "acme", row.domain, "a") } end)[1])
      end
    end)

    it("stays where something else than a check decides is changed", function()
      add(domains.PENDING, 1, 1)
      local rows = lease(db, "a", 5, 65, 9)
      assert(other:write(function(tx) domains.update(tx, "acme", rows[1].domain, { enabled = false }) end))
      assert.same({ true }, unchanged(db, "a", rows, 66))
      assert.is_false(db:read(function(tx) return domains.get(tx, "acme", rows[1].domain).enabled end))
    end)

    it("ends where nothing but the time is written, and a late one writes nothing", function()
      add(domains.ROUTINE, 1, 4)
      local rows = lease(db, "a", 5, 65, 9)
      assert(other:write(function(tx) return domains.update(tx, "acme", rows[2].domain, { negatives = 1 }) end))
      assert.equal("routine003", names(lease(other, "b", 65, 200, 9)):match "routine003")
      local seen = {}
      for i, row in ipairs(rows) do
        seen[i] = { tenant_id = "acme", domain = row.domain, checked_at = 70, next_check_at = 2 ^ 31 + i }
      end
      assert.same({ false, false, false, false }, assert(db:write(function(tx) return domains.unchanged(tx, "a", seen) end)))
      assert.same({ true, true, true, true }, assert(db:write(function(tx) return domains.unchanged(tx, "b", seen) end)))
      assert.same({ true }, assert(db:write(function(tx)
        tx:run("UPDATE domains SET lease_owner = 'c' WHERE domain = ?", rows[1].domain)
        return domains.unchanged(tx, "c", { seen[1] })
      end)))
      local row = db:read(function(tx) return domains.get(tx, "acme", rows[4].domain) end)
      assert.equal(70, row.checked_at)
      assert.equal(2 ^ 31 + 4, row.next_check_at)
      assert.is_nil(row.lease_owner)
      assert.is_nil(row.lease_until)
    end)

    it("is of use from when on the first of them is due", function()
      local function next_due() return db:read(function(tx) return { at = domains.next_due(tx) } end).at end
      assert.is_nil(next_due())
      add(domains.ROUTINE, 7, 9)
      assert.equal(7, next_due())
      add(domains.PENDING, 8, 8)
      assert.equal(7, next_due())
      add(domains.PENDING, 2 ^ 31, 2 ^ 31)
      add(domains.PENDING, 3, 3)
      assert.equal(3, next_due())
    end)

    it("is given back by who ends", function()
      add(domains.PENDING, 1, 3)
      local rows, others = lease(db, "a", 5, 65, 2), lease(db, "b", 5, 65, 1)
      rows[3] = others[1]
      assert.equal(2, db:write(function(tx) return domains.give_back(tx, "a", rows) end))
      assert.equal("pending001 pending002", names(lease(db, "c", 5, 65, 9)))
    end)

    if kind == "postgresql" then
      it("does not wait for a worker that is just leasing", function()
        add(domains.PENDING, 1, 4)
        assert(db:write(function(tx)
          assert.equal("pending001 pending002", names(domains.lease(tx, { owner = "a", now = 5, ends = 65, limit = 2 })))
          assert.equal("pending003 pending004", names(lease(other, "b", 5, 65, 4)))
        end))
      end)
    else
      it("waits for a worker that is just leasing, and says so where that takes too long", function()
        add(domains.PENDING, 1, 4)
        assert(db:write(function()
          local result, _, code = other:write(function() end)
          assert.same({ nil, "store_busy" }, { result, code })
        end))
      end)
    end
  end)
end)
