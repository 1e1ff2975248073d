-- The functions of the tables' modules, with two tenants: hostile-input.md, Service 1.
--
-- Each function that takes a tenant is called in another tenant's name, with what is in the first one's rows. Those that go across
-- tenants are named, with what they are for. A function that is added later is to be added here, or this fails.
local accesses = require "mailseal.store.accesses"
local databases = require "spec.support.databases"
local events = require "mailseal.store.events"
local gates = require "mailseal.store.gates"
local health = require "mailseal.store.health"
local holds = require "mailseal.store.holds"
local keys = require "mailseal.store.keys"
local deliveries = require "mailseal.store.deliveries"
local domains = require "mailseal.store.domains"
local owners = require "mailseal.store.owners"
local publications = require "mailseal.store.publications"
local repeatable = require "mailseal.store.repeatable"
local store = require "mailseal.store"
local tenancy = require "spec.support.tenancy"
local uses = require "mailseal.store.uses"
local webhooks = require "mailseal.store.webhooks"
local zone_names = require "mailseal.store.zone_names"

local NOW = 1800000000
local A, B, DOMAIN = "VICTIM", "stranger", "example.com"

local modules = {
  accesses = accesses, deliveries = deliveries, domains = domains, events = events, gates = gates, health = health, holds = holds,
  keys = keys, owners = owners, publications = publications, repeatable = repeatable, uses = uses, webhooks = webhooks,
  zone_names = zone_names,
}

local key = {
  selector = "s1", version = 1, type = "ed25519", bits = 256, public = "VICTIM-public", sealed = "VICTIM-sealed", state = "active",
  state_since = NOW, next_at = NOW, created_at = NOW, target = "VICTIM.example",
}
local new_key = {}
for name, value in pairs(key) do
  new_key[name] = value
end
new_key.public, new_key.sealed, new_key.target, new_key.selector = "b", "b", nil, "s2"

-- What a stranger calls behind his own id, and what he is told; without `gives`, nothing, by nil. `needs` is true where it can be
-- called only for a domain that he has, as its rows refer to that.
local of_tenant = {
  ["accesses.list"] = { { DOMAIN }, gives = {} },
  ["accesses.sealed"] = { { DOMAIN, "VICTIM-via" } },
  ["accesses.put"] = { { DOMAIN, { via = "VICTIM-via", settings = {}, sealed = "b", due_at = NOW }, NOW }, needs = true },
  ["accesses.write"] = { { DOMAIN, { via = "VICTIM-via", lease = NOW, attempts = 5 } } },
  ["accesses.remove"] = { { DOMAIN }, gives = 0 },
  ["accesses.wake"] = { { DOMAIN } },
  ["accesses.renew"] = { { DOMAIN, { via = "VICTIM-via", lease = NOW, ends = NOW + 5 } } },
  ["publications.get"] = { { "VICTIM-id" } },
  ["publications.put_off"] = { { "VICTIM-id", NOW + 5 } },
  ["publications.add"] = { {
    { id = "VICTIM-id", domain = DOMAIN, via = "b", kind = "publish", consents = {}, changes = {}, begun_at = 0, due_at = 0 },
  } },
  ["publications.finish"] = { { "VICTIM-id", { state = "done", changes = {} } }, gives = false },
  ["publications.list"] = { { DOMAIN, 100 }, gives = {} },
  ["publications.open"] = { { DOMAIN }, gives = {} },
  ["publications.ours"] = { { DOMAIN }, gives = {} },
  ["publications.replace"] = { { DOMAIN, "VICTIM-via", {} } },
  ["deliveries.add"] = { { "hook", { { id = 5, domain = DOMAIN } }, NOW }, needs = true },
  ["deliveries.begin"] = { { "hook", NOW + 5 } },
  ["deliveries.count_dead"] = { { "hook" }, gives = 0 },
  ["deliveries.dead"] = { { "hook", 10 }, gives = {} },
  ["deliveries.due_at"] = { { "hook", NOW + 5, 1 } },
  ["deliveries.event"] = { { 1 } },
  ["deliveries.forget_dead"] = { { "hook", 0 } },
  ["deliveries.get"] = { { "hook", 1 } },
  ["deliveries.give_back"] = { { "hook", "VICTIM-worker", NOW } },
  ["deliveries.is_waiting"] = { { "hook", DOMAIN }, gives = false },
  ["deliveries.lease"] = { { "hook", { owner = "b", now = NOW, ends = NOW + 9, limit = 5, at_a_time = 5 } }, gives = {} },
  ["deliveries.list"] = { { "hook", { after = 0, limit = 10 } }, gives = {} },
  ["deliveries.promote"] = { { "hook", DOMAIN, NOW + 5 } },
  ["deliveries.remove"] = { { "hook", 1 } },
  ["deliveries.write"] = { { "hook", { event = 1, state = "dead", attempts = 9 } } },
  ["domains.insert"] = { { { domain = DOMAIN, provider = "b", vars = {}, records = {}, status = "pending", status_since = 0,
    created_at = NOW } }, gives = true },
  ["domains.insert_many"] = { { {} }, gives = {} },
  ["domains.get"] = { { DOMAIN } },
  ["domains.update"] = { { DOMAIN, { status = "failed", records = {} } }, gives = false },
  ["domains.remove"] = { { DOMAIN }, gives = false },
  ["domains.count"] = { { 100 }, gives = {} },
  ["domains.list"] = { { { status = "verified" } }, gives = {} },
  ["domains.leased"] = { { DOMAIN, "VICTIM-worker" } },
  ["events.add"] = { { DOMAIN, "b", {}, { at = NOW } } },
  ["events.before"] = { { 1000, 100, DOMAIN }, gives = {} },
  ["events.after"] = { { 0, 100, DOMAIN }, gives = {} },
  ["gates.get"] = { { DOMAIN } },
  ["gates.lock"] = { { DOMAIN } },
  ["gates.set_enabled"] = { { DOMAIN, false } },
  ["gates.set_health"] = { { DOMAIN, "critical", "suspended" } },
  ["gates.set_last_hold"] = { { DOMAIN, 1000 } },
  ["gates.set_next_look"] = { { DOMAIN, NOW } },
  ["health.add"] = { { DOMAIN, NOW, { bounced = 100 } }, needs = true },
  ["health.sum"] = { { DOMAIN, 0, NOW + 1 }, gives = { delivered = 0, bounced = 0, complained = 0, released = 0 } },
  ["health.forget"] = { { DOMAIN, NOW + 1 }, gives = 0 },
  ["health.series"] = { { DOMAIN, 0, NOW + 1, 1 }, gives = {} },
  ["holds.add"] = { { DOMAIN, { "VICTIM-held" }, 1, NOW }, gives = 1, needs = true },
  ["holds.released_of"] = { { DOMAIN, { "VICTIM-released" }, 0 }, gives = {} },
  ["holds.remove"] = { { DOMAIN, { "VICTIM-held" } }, gives = 0 },
  ["holds.list"] = { { DOMAIN, 0, 100 }, gives = {} },
  ["holds.count"] = { { DOMAIN, 100 }, gives = 0 },
  ["holds.release"] = { { DOMAIN, 100, NOW }, gives = 0 },
  ["holds.released"] = { { 0, 100 }, gives = {} },
  ["holds.forget"] = { { 100, 100 }, gives = 0 },
  ["keys.of_domain"] = { { DOMAIN }, gives = {} },
  ["keys.active"] = { { DOMAIN } },
  ["keys.sealed"] = { { DOMAIN, "s1", 1 } },
  ["keys.hurry"] = { { DOMAIN, 0 } },
  ["keys.insert"] = { { DOMAIN, new_key }, needs = true },
  ["keys.refill"] = { { DOMAIN, key, new_key }, gives = false },
  ["keys.change"] = { { DOMAIN, key, { state = "revoked", state_since = NOW, erase = true } }, gives = false },
  ["owners.add"] = { { DOMAIN, NOW }, gives = false },
  ["owners.replace"] = { { DOMAIN, { tenant_id = "another", since = NOW }, NOW }, gives = false },
  ["owners.remove"] = { { DOMAIN }, gives = false },
  ["repeatable.get"] = { { "VICTIM-request", NOW } },
  ["repeatable.add"] = { { "b-request", { fingerprint = "b", answer = {}, expires_at = NOW + 1 }, NOW }, gives = true },
  ["uses.add"] = { { DOMAIN, "VICTIM-user", NOW }, gives = true, needs = true },
  ["uses.remove"] = { { DOMAIN, "VICTIM-user" }, gives = false },
  ["uses.list"] = { { DOMAIN, 100 }, gives = {} },
  ["uses.count"] = { { DOMAIN }, gives = 0 },
  ["webhooks.add"] = { { { id = "other", url = "b", sealed = "b" }, NOW } },
  ["webhooks.get"] = { { "hook" } },
  ["webhooks.list"] = { { 10 }, gives = {} },
  ["webhooks.lock"] = { { "hook" } },
  ["webhooks.lock_takers"] = { { 10 }, gives = {} },
  ["webhooks.remove"] = { { "hook" }, gives = false },
  ["webhooks.take_news"] = { {}, gives = false },
  ["webhooks.tell_news"] = { { 0 } },
  ["webhooks.write"] = { { { id = "hook", url = "b", sealed = "b", place = 0, waiting = 0, enabled = true, failures = 0, slow = false } } },
  ["zone_names.wake"] = { { DOMAIN, "VICTIM.example" } },
  ["zone_names.wake_all"] = { { DOMAIN } },
}

-- For whoever runs the whole, and never for a tenant: what is due, of whomever, and whose a domain is.
local across = {
  ["accesses.is_due"] = true, ["accesses.lease"] = true, ["publications.is_due"] = true, ["publications.lease"] = true,
  ["domains.lease"] = true, ["domains.next_due"] = true, ["domains.unchanged"] = true, ["domains.give_back"] = true,
  ["domains.give_back_all"] = true, ["gates.due"] = true, ["keys.is_due"] = true, ["keys.lease"] = true,
  ["keys.in_zone"] = true, ["events.last"] = true, ["owners.of"] = true, ["webhooks.with_news"] = true, ["webhooks.due"] = true,
  ["zone_names.wake_zone"] = true, ["zone_names.is_due"] = true, ["zone_names.due"] = true, ["zone_names.list"] = true,
  ["zone_names.intend"] = true, ["zone_names.failed"] = true, ["zone_names.well"] = true, ["zone_names.remove"] = true,
  ["zone_names.pause_of"] = true, ["zone_names.pause"] = true, ["zone_names.resume"] = true,
}

describe("The tables", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local db

    local function write(work) return assert(db:write(function(tx) return { work(tx) } end))[1] end

    local function add_domain(tx, tenant, more)
      local row = { domain = DOMAIN, provider = tenant, vars = {}, records = {}, status = "verified", status_since = NOW, created_at = NOW,
        challenge = tenant .. "-challenge", next_check_at = NOW }
      for name, value in pairs(more or {}) do
        row[name] = value
      end
      assert(domains.insert(tx, tenant, row))
      webhooks.add(tx, tenant, { id = "hook", url = tenant .. "-url", sealed = tenant .. "-sealed" }, NOW)
    end

    setup(function()
      db = assert(store.open(new_database()))
      write(function(tx)
        add_domain(tx, A)
        owners.add(tx, A, DOMAIN, NOW)
        keys.insert(tx, A, DOMAIN, key)
        uses.add(tx, A, DOMAIN, "VICTIM-user", NOW)
        accesses.put(tx, A, DOMAIN, { via = "VICTIM-via", settings = {}, sealed = "VICTIM-sealed", due_at = NOW }, NOW)
        publications.add(tx, A, { id = "VICTIM-id", domain = DOMAIN, via = "VICTIM-via", kind = "publish", consents = {}, changes = {},
          begun_at = NOW, due_at = NOW })
        publications.replace(tx, A, DOMAIN, "VICTIM-via", {
          { zone = DOMAIN, name = DOMAIN, type = "TXT", added = { "VICTIM" }, taken = {} },
        })
        repeatable.add(tx, A, "VICTIM-request", { fingerprint = "VICTIM-asked", answer = {}, expires_at = NOW + 1 }, NOW)
        holds.add(tx, A, DOMAIN, { "VICTIM-released" }, 1, NOW)
        holds.release(tx, A, DOMAIN, 1, NOW)
        holds.add(tx, A, DOMAIN, { "VICTIM-held" }, 2, NOW)
        gates.set_next_look(tx, A, DOMAIN, NOW)
        health.add(tx, A, DOMAIN, NOW, { delivered = 54321 })
        events.add(tx, A, DOMAIN, "VICTIM-kind", {}, { at = NOW })
        deliveries.add(tx, A, "hook", { { id = 1, domain = DOMAIN }, { id = 2, domain = "VICTIM.example" }, { id = 3 } }, NOW)
        deliveries.write(tx, A, "hook", { event = 3, state = "dead", attempts = 1, problem = "VICTIM-problem" })
      end)
      write(function(tx) domains.lease(tx, { owner = "VICTIM-worker", now = NOW, ends = NOW + 900, limit = 8 }) end)
    end)
    teardown(function() db:close() end)

    it("have no function that is not looked at here", function()
      for module, functions in pairs(modules) do
        for name, value in pairs(functions) do
          local id = module .. "." .. name
          assert.is_true(type(value) ~= "function" or (of_tenant[id] ~= nil) ~= (across[id] == true), id)
        end
      end
      for _, list in ipairs { of_tenant, across } do
        for id in pairs(list) do
          local module, name = id:match "([%w_]+)%.([%w_]+)"
          assert.is_function(modules[module][name], id)
        end
      end
    end)

    -- Calls a function in the stranger's name, in a transaction that is undone. Returns what it gives, and the rows of both by then.
    local function attack(id, case, with_domain)
      local module, name = id:match "([%w_]+)%.([%w_]+)"
      local got = {}
      local before = tenancy.rows(db, A)
      local _, message = db:write(function(tx)
        if with_domain then
          add_domain(tx, B)
        end
        got.result = modules[module][name](tx, B, (table.unpack or unpack)(case[1])) -- luacheck: ignore
        if id == "events.add" or id == "webhooks.tell_news" then -- which write at the end
          require("mailseal.store.transaction").finish(tx)
        end
        got.rows = tenancy.rows({ read = function(_, work) return work(tx) end }, A)
        return nil, "undone"
      end)
      assert.equal("undone", message)
      assert.equal(before, got.rows)
      return got.result
    end

    for id, case in pairs(of_tenant) do
      it("give a stranger nothing by " .. id, function()
        if not case.needs then
          local result = attack(id, case)
          assert.is_nil(tenancy.text(result):find "VICTIM")
          assert.same(case.gives, result)
        end
        if id:match "^domains.insert" == nil then
          local result = attack(id, case, true)
          assert.is_nil(tenancy.text(result):find "VICTIM")
          if case.needs then
            assert.same(case.gives, result)
          end
        end
      end)
    end

    it("keep what is written by a lease from whoever does not hold it", function()
      local before = tenancy.rows(db, A)
      local row = write(function(tx) return domains.get(tx, A, DOMAIN) end)
      row.status, row.checked_at = "failed", 1
      for _, name in ipairs { "unchanged", "give_back" } do
        local result = write(function(tx) return domains[name](tx, "another", { row }) end)
        assert.same(name == "give_back" and 0 or { false }, result)
      end
      local none = write(function(tx) return domains.lease(tx, { owner = "another", now = NOW + 1, ends = NOW + 901, limit = 8 }) end)
      assert.same({}, none)
      assert.equal(before, tenancy.rows(db, A))
    end)

    it("take an owner's place for one who knew him as he was, and once", function()
      local former = write(function(tx) return owners.of(tx, DOMAIN) end)
      assert.same({ tenant_id = A, since = NOW }, former)
      local _, message = db:write(function(tx)
        assert.is_false(owners.replace(tx, B, DOMAIN, { tenant_id = A, since = NOW - 1 }, NOW + 1))
        assert.is_true(owners.replace(tx, B, DOMAIN, former, NOW + 1))
        assert.is_false(owners.replace(tx, "third", DOMAIN, former, NOW + 2))
        assert.is_false(owners.remove(tx, A, DOMAIN))
        return nil, "undone"
      end)
      assert.equal("undone", message)
    end)
  end)
end)
