-- mailseal.store.locks: what one at a time does.
local databases = require "spec.support.databases"
local locks = require "mailseal.store.locks"
local store = require "mailseal.store"

describe("Locks", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local db
    setup(function() db = assert(store.open(new_database())) end)
    teardown(function() db:close() end)
    before_each(function() assert(db:write(function(tx) tx:run "DELETE FROM locks" end)) end)

    local function take(owner, names, now, ends)
      return db:write(function(tx)
        local taken, until_when = locks.take(tx, names, { owner = owner, now = now, ends = ends })
        return taken, taken and "" or ("until %d"):format(until_when)
      end)
    end

    it("are one's, all that he wants or none", function()
      assert.is_true((take("a", { "x", "y" }, 100, 130)))
      assert.same({ nil, "until 130" }, { take("b", { "w", "y" }, 110, 140) })
      assert.is_true((take("c", { "w" }, 110, 140)))
    end)

    it("are his again, and longer as he says so", function()
      assert.is_true((take("a", { "x" }, 100, 130)))
      assert.is_true((take("a", { "x" }, 110, 140)))
      assert.equal(1, (db:write(function(tx) return locks.renew(tx, "a", 120, 150) end)))
      assert.same({ nil, "until 150" }, { take("b", { "x" }, 145, 175) })
    end)

    it("are another's when the lease is over, or he gives them up; then he cannot have them for longer", function()
      assert.is_true((take("a", { "x" }, 100, 130)))
      assert.is_true((take("b", { "x" }, 130, 160)))
      assert.equal(0, (db:write(function(tx) return locks.renew(tx, "a", 131, 200) end)))
      assert(db:write(function(tx) locks.release(tx, "b") end))
      assert.is_true((take("c", { "x" }, 132, 160)))
    end)
  end)
end)
