local databases = require "spec.support.databases"
local domains = require "mailseal.store.domains"
local events = require "mailseal.store.events"
local queues = require "mailseal.store.queues"
local store = require "mailseal.store"

local NOW = 4102444800

describe("what is due", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local db

    before_each(function() db = assert(store.open(new_database())) end)
    after_each(function() db:close() end)

    local function add(name, lane, next_check_at)
      assert(db:write(function(tx)
        return domains.insert(tx, "acme", {
          domain = name, provider = "own", vars = {}, records = {}, status = "pending", status_since = 1, challenge = "c",
          challenged_at = 1, lane = lane, next_check_at = next_check_at, created_at = 1,
        })
      end))
    end

    local function due()
      local by_name = {}
      for _, queue in ipairs(assert(db:read(function(tx) return queues.due(tx, NOW) end))) do by_name[queue.name] = queue end
      return by_name
    end

    it("is nothing at the beginning", function()
      for name, queue in pairs(due()) do assert.same({ name = name, due = 0 }, queue) end
    end)

    it("is counted by what it is, with when the first was due", function()
      add("a.example", domains.PENDING, NOW - 50)
      add("b.example", domains.PENDING, NOW - 5000)
      add("c.example", domains.PENDING, NOW + 1)
      add("d.example", domains.ROUTINE, NOW)
      add("e.example", domains.ROUTINE, nil)
      local found = due()
      assert.same({ name = "pending", due = 2, oldest = NOW - 5000 }, found.pending)
      assert.same({ name = "routine", due = 1, oldest = NOW }, found.routine)
      assert.equal(0, found.keys.due)
    end)

    it("has a backlog of deliveries", function()
      assert.same({ waiting = 0, dead = 0 }, db:read(queues.backlog))
    end)

    it("is, of events, what is behind the last one of each tenant", function()
      assert(db:write(function(tx)
        for _ = 1, 3 do events.add(tx, "acme", nil, "test") end
        events.add(tx, "other", nil, "test")
        return true
      end))
      assert.same({ acme = 3, other = 1 }, db:ask(function(tx) return events.last(tx, { "acme", "nobody", "other" }) end))
      assert.same({}, db:ask(function(tx) return events.last(tx, {}) end))
    end)
  end)
end)
