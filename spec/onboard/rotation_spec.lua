-- mailseal.onboard.rotation: a new key in the place of the one that signs, step by step.
local databases = require "spec.support.databases"
local record = require "mailseal.record"
local key_steps = require "mailseal.onboard.key_steps"
local stage = require "spec.support.keys"

local HOUR, DAY = 3600, 86400

local ALL = {
  "key_made 1", "key_activated 1", "key_made 2", "key_published 2", "key_retired 1", "key_switched 2", "key_revoked 1",
  "key_withdrawn 1", "key_removed 1",
}

local function begin(options)
  local registry = stage.registry(options)
  local tenant = registry:tenant "acme"
  stage.add(tenant, "example.com", { status = "verified" })
  registry.moment = registry.moment + HOUR
  return registry, tenant, tenant:keys("example.com")[1].selector
end

-- The record of a selector among the domain's, and its state.
local function record_of(tenant, selector)
  for _, entry in ipairs(stage.row(tenant, "example.com").records) do
    if entry.name == selector .. "._domainkey.example.com" then
      return entry
    end
  end
end

local function states(tenant)
  local list = {}
  for i, key in ipairs(tenant:keys "example.com") do
    list[i] = key.state
  end
  return table.concat(list, " ")
end

describe("A rotation", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    it("goes from one key to the next, each step an event, when everybody does what he is told", function()
      local registry, tenant = begin { db = new_database() }
      assert(tenant:rotate "example.com")
      stage.run(tenant, "example.com")
      assert.same(ALL, stage.told(tenant, "example.com"))
      assert.equal("removed active", states(tenant))
      registry.db:close()
    end)
  end)

  it("tells its owner what to publish at each step", function()
    local registry, tenant, old = begin()
    local new = assert(tenant:rotate "example.com").selector
    local seen, last = {}, nil
    stage.run(tenant, "example.com", function()
      local one, other = record_of(tenant, old), record_of(tenant, new)
      local now = ("%s; %s"):format(one and one.rotation or one and "in use" or "-", other.rotation or "in use")
      assert.is_true(other.required ~= (other.rotation ~= nil))
      if now ~= last then
        seen[#seen + 1] = now
      end
      last = now
    end)
    assert.same({
      "in use; awaited", "in use; spreading", "retiring; in use", "revoked; in use", "withdrawn; in use", "-; in use",
    }, seen)
    registry.db:close()
  end)

  -- Requirement 19: an empty p= is a key that was revoked.
  it("revokes the old key by an empty p= (requirement 19)", function()
    local _, tenant, old = begin()
    assert(tenant:rotate "example.com")
    stage.run(tenant, "example.com", function() return states(tenant) == "revoked active" end)
    local _, _, code = record.parse("dkim", record_of(tenant, old).value)
    assert.equal("key_revoked", code)
    assert.is_truthy(record_of(tenant, old).note:find "no longer valid")
  end)

  it("waits until every name server shows the new key", function()
    local registry, tenant, old = begin()
    local new = assert(tenant:rotate "example.com").selector
    local zone = stage.published(tenant, "example.com")
    local name = new .. "._domainkey.example.com"
    zone[name][1].servers = { "ns1.example.com" }
    for _ = 1, 3 do
      registry.moment = registry.moment + HOUR
      stage.serve(registry, zone)
      assert(key_steps.advance(registry, "acme", "example.com"))
      assert.equal("active awaited", states(tenant))
    end
    zone[name][1].servers = nil
    stage.serve(registry, zone)
    assert(key_steps.advance(registry, "acme", "example.com"))
    assert.equal("active spreading", states(tenant))
    assert.is_truthy(tenant:keys("example.com")[1].selector == old)
  end)

  it("does not take the old key, nor another, for the new one", function()
    local registry, tenant, old = begin()
    local new = assert(tenant:rotate "example.com").selector
    local zone = stage.published(tenant, "example.com")
    zone[new .. "._domainkey.example.com"] = zone[old .. "._domainkey.example.com"]
    stage.serve(registry, zone)
    assert(key_steps.advance(registry, "acme", "example.com"))
    assert.equal("active awaited", states(tenant))
  end)

  it("waits until caches have forgotten that it was not there", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    assert(key_steps.advance(registry, "acme", "example.com")) -- not there: remembered for 300 seconds
    stage.serve(registry, stage.published(tenant, "example.com"))
    registry.moment = registry.moment + 100
    assert(key_steps.advance(registry, "acme", "example.com"))
    assert.equal(registry.moment + 300, tenant:keys("example.com")[2].wait_until)
    registry.moment = registry.moment + 299
    assert.equal(0, key_steps.advance(registry, "acme", "example.com"))
    registry.moment = registry.moment + 1
    assert.equal(1, key_steps.advance(registry, "acme", "example.com"))
    assert.equal("retiring active", states(tenant))
  end)

  it("gives a name server that does not answer a day", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    local zone = stage.published(tenant, "example.com")
    zone["example.com"] = { { error = "timeout", servers = { "ns2.example.com" } } }
    stage.serve(registry, zone)
    assert(key_steps.advance(registry, "acme", "example.com"))
    assert.equal(registry.moment + DAY, tenant:keys("example.com")[2].wait_until)
  end)

  it("is not lost where its servers say one thing and another: it goes back, and waits anew", function()
    local registry, tenant, old = begin()
    local new = assert(tenant:rotate "example.com").selector
    local here = stage.published(tenant, "example.com")
    local name = new .. "._domainkey.example.com"
    for turn = 1, 6 do
      here[name][1].servers = turn % 2 == 0 and { "ns2.example.com" } or nil
      stage.serve(registry, here)
      registry.moment = registry.moment + 4 * HOUR
      assert(key_steps.advance(registry, "acme", "example.com"))
      assert.equal(turn % 2 == 0 and "active awaited" or "active spreading", states(tenant))
    end
    assert.equal(old, tenant:keys("example.com")[1].selector)
    stage.run(tenant, "example.com")
    assert.equal("removed active", states(tenant))
  end)

  it("stays where it is as long as DNS does not answer, for days on end", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    stage.serve(registry, { ["example.com"] = { { error = "timeout", servers = { "ns1.example.com", "ns2.example.com" } } } })
    for _ = 1, 10 do
      registry.moment = registry.moment + DAY
      assert.equal(1, key_steps.work(registry))
    end
    assert.equal("active awaited", states(tenant))
    assert.equal(3, #stage.events(tenant, "example.com"))
  end)

  it("does not switch to a key that was taken away meanwhile", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    stage.serve(registry, stage.published(tenant, "example.com"))
    assert(key_steps.advance(registry, "acme", "example.com"))
    stage.serve(registry)
    registry.moment = registry.moment + DAY
    assert(key_steps.advance(registry, "acme", "example.com"))
    assert.equal("active awaited", states(tenant))
    assert.equal("key_unpublished 2", stage.told(tenant, "example.com")[5])
  end)

  it("goes on while its domain is disabled, or suspended", function()
    local _, tenant = begin()
    stage.set(tenant, "example.com", { enabled = false, restriction = "suspended" })
    assert(tenant:rotate "example.com")
    stage.run(tenant, "example.com")
    assert.same(ALL, stage.told(tenant, "example.com"))
  end)

  it("ends with its domain, whether that fails or is removed in the middle of a look", function()
    for _, ends in ipairs { "failed", "removed" } do
      local registry, tenant = begin()
      assert(tenant:rotate "example.com")
      stage.serve(registry, stage.published(tenant, "example.com"))
      local asked, ask = registry.asked, registry.asked.authoritative
      function asked.authoritative(...)
        asked.authoritative = ask
        if ends == "failed" then
          stage.set(tenant, "example.com", { status = "failed" })
        else
          assert(registry.db:write(function(tx) return require("mailseal.store.domains").remove(tx, "acme", "example.com") end))
        end
        return ask(...)
      end
      assert.equal(0, key_steps.advance(registry, "acme", "example.com"))
      assert.equal(ends == "failed" and "dropped dropped" or nil, ends == "failed" and states(tenant) or nil)
      assert.equal(0, key_steps.work(registry))
    end
  end)

  it("is not hurried by a clock that was set back, nor does it forget", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    stage.serve(registry, stage.published(tenant, "example.com"))
    assert(key_steps.advance(registry, "acme", "example.com"))
    local wait_until = tenant:keys("example.com")[2].wait_until
    registry.moment = registry.moment - 30 * DAY
    assert.equal(0, key_steps.advance(registry, "acme", "example.com"))
    assert.same({ "active spreading", wait_until }, { states(tenant), tenant:keys("example.com")[2].wait_until })
    registry.moment = wait_until
    assert.equal(1, key_steps.advance(registry, "acme", "example.com"))
  end)

  it("of one domain fails alone: the others of the same turn are looked at, and whose it was is told", function()
    local registry, tenant = begin()
    stage.add(tenant, "bad.example", { status = "verified" })
    for _, domain in ipairs { "bad.example", "example.com" } do
      assert(tenant:rotate(domain))
    end
    registry.moment = registry.moment + HOUR
    stage.serve(registry, stage.published(tenant, "example.com"))
    local asked, ask = registry.asked, registry.asked.authoritative
    function asked.authoritative(self, name, ...)
      if name:find("bad.example", 1, true) then
        error "a fault of the program's own"
      end
      return ask(self, name, ...)
    end
    local looked, message, code = key_steps.work(registry)
    assert.same({ nil, "failed" }, { looked, code })
    assert.is_truthy(message:find("bad.example of acme", 1, true) and message:find("a fault of the program's own", 1, true))
    assert.equal("active spreading", states(tenant))
    -- It is left alone for some minutes, and then taken up again.
    assert.equal(0, key_steps.work(registry))
    asked.authoritative = ask
    registry.moment = registry.moment + 300
    assert.equal(1, key_steps.work(registry))
  end)

  it("waits while its domain is in doubt, and goes on afterwards", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    stage.set(tenant, "example.com", { status = "pending" })
    stage.serve(registry, stage.published(tenant, "example.com"))
    for _ = 1, 5 do
      registry.moment = registry.moment + DAY
      assert.equal(1, key_steps.work(registry))
    end
    assert.equal("active awaited", states(tenant))
    stage.set(tenant, "example.com", { status = "verified" })
    stage.run(tenant, "example.com")
    assert.same(ALL, stage.told(tenant, "example.com"))
  end)

  it("is one at a time", function()
    local _, tenant = begin()
    assert(tenant:rotate "example.com")
    local key, message, code = tenant:rotate "example.com"
    assert.same({ nil, "rotation_under_way" }, { key, code })
    assert.is_truthy(message:find "under way")
    assert.equal("active awaited", states(tenant))
  end)

  it("may begin anew while the key before the last is still being withdrawn", function()
    local _, tenant = begin()
    for _ = 1, 3 do
      assert(tenant:rotate "example.com")
      stage.run(tenant, "example.com", function() return states(tenant):find "retiring active$" ~= nil end)
    end
    assert.equal("retiring retiring retiring active", states(tenant))
    stage.run(tenant, "example.com")
    assert.equal("removed removed removed active", states(tenant))
  end)

  it("is refused where there is nothing to rotate", function()
    local registry, tenant = begin()
    local function refused(code, domain)
      local key, message, got = tenant:rotate(domain)
      assert.same({ nil, code }, { key, got })
      assert.is_truthy(message:find "%a+ %a+")
    end
    refused("not_found", "other.example")
    stage.add(tenant, "pending.example")
    refused("not_verified", "pending.example")
    assert(registry.db:write(function(tx) tx:run "DELETE FROM keys WHERE domain = 'pending.example'" end))
    refused("not_applicable", "pending.example")
    registry.master_key = nil
    refused("no_master_key", "example.com")
    tenant = registry:tenant "other"
    refused("not_found", "example.com")
  end)

  it("takes the options that it knows, and no others", function()
    local _, tenant = begin()
    for _, options in ipairs { { type = "dsa" }, { bits = "2048" }, { bits = 2048.5, type = "rsa" }, { bits = 2048 }, { kind = "rsa" } } do
      assert.has_error(function() tenant:rotate("example.com", options) end)
    end
    assert.has_error(function() tenant:revoke("example.com", "x", { forced = true }) end)
    assert.has_error(function() tenant:revoke("example.com", "x", true) end)
    assert.has_error(function() tenant:signer("example.com", "x") end)
    assert.equal("active", states(tenant))
  end)

  -- Requirement 20.
  it("makes no key that is too small (requirement 20)", function()
    local _, tenant = begin()
    local key, _, code = tenant:rotate("example.com", { type = "rsa", bits = 1024 })
    assert.same({ nil, "key_too_small" }, { key, code })
    key = assert(tenant:rotate("example.com", { type = "rsa" }))
    assert.equal(2048, key.bits)
    assert.equal(392, #key.text:match "p=(.*)")
  end)
end)
