-- mailseal.onboard.rotation: a new key in the place of the one that signs, step by step.
local databases = require "spec.support.databases"
local record = require "mailseal.record"
local rotation = require "mailseal.onboard.rotation"
local shell = require "spec.support.shell"
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
      assert(rotation.advance(tenant, "example.com"))
      assert.equal("active awaited", states(tenant))
    end
    zone[name][1].servers = nil
    stage.serve(registry, zone)
    assert(rotation.advance(tenant, "example.com"))
    assert.equal("active spreading", states(tenant))
    assert.is_truthy(tenant:keys("example.com")[1].selector == old)
  end)

  it("does not take the old key, nor another, for the new one", function()
    local registry, tenant, old = begin()
    local new = assert(tenant:rotate "example.com").selector
    local zone = stage.published(tenant, "example.com")
    zone[new .. "._domainkey.example.com"] = zone[old .. "._domainkey.example.com"]
    stage.serve(registry, zone)
    assert(rotation.advance(tenant, "example.com"))
    assert.equal("active awaited", states(tenant))
  end)

  it("waits until caches have forgotten that it was not there", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    assert(rotation.advance(tenant, "example.com")) -- not there: remembered for 300 seconds
    stage.serve(registry, stage.published(tenant, "example.com"))
    registry.moment = registry.moment + 100
    assert(rotation.advance(tenant, "example.com"))
    assert.equal(registry.moment + 300, tenant:keys("example.com")[2].wait_until)
    registry.moment = registry.moment + 299
    assert.equal(0, rotation.advance(tenant, "example.com"))
    registry.moment = registry.moment + 1
    assert.equal(1, rotation.advance(tenant, "example.com"))
    assert.equal("retiring active", states(tenant))
  end)

  it("gives a name server that does not answer a day", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    local zone = stage.published(tenant, "example.com")
    zone["example.com"] = { { error = "timeout", servers = { "ns2.example.com" } } }
    stage.serve(registry, zone)
    assert(rotation.advance(tenant, "example.com"))
    assert.equal(registry.moment + DAY, tenant:keys("example.com")[2].wait_until)
  end)

  it("stays where it is as long as DNS does not answer, for days on end", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    stage.serve(registry, { ["example.com"] = { { error = "timeout", servers = { "ns1.example.com", "ns2.example.com" } } } })
    for _ = 1, 10 do
      registry.moment = registry.moment + DAY
      assert.equal(1, rotation.work(registry))
    end
    assert.equal("active awaited", states(tenant))
    assert.equal(3, #stage.events(tenant, "example.com"))
  end)

  it("does not switch to a key that was taken away meanwhile", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    stage.serve(registry, stage.published(tenant, "example.com"))
    assert(rotation.advance(tenant, "example.com"))
    stage.serve(registry)
    registry.moment = registry.moment + DAY
    assert(rotation.advance(tenant, "example.com"))
    assert.equal("active awaited", states(tenant))
    assert.equal("key_unpublished 2", stage.told(tenant, "example.com")[5])
  end)

  it("waits while its domain is in doubt, and goes on afterwards", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    stage.set(tenant, "example.com", { status = "pending" })
    stage.serve(registry, stage.published(tenant, "example.com"))
    for _ = 1, 5 do
      registry.moment = registry.moment + DAY
      assert.equal(1, rotation.work(registry))
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

describe("A rotation of several processes", function()
  it("takes each step once, though another took it between a look and what comes of it", function()
    local directory = shell.new_directory()
    local registry, tenant = begin { db = "sqlite:" .. directory .. "/mailseal.db" }
    local other = stage.registry { db = registry.db.url }
    assert(tenant:rotate "example.com")
    for _ = 1, 40 do
      local zone = stage.published(tenant, "example.com")
      stage.serve(registry, zone)
      stage.serve(other, zone)
      other.moment = registry.moment
      local ask = registry.asked.authoritative
      local asked = registry.asked
      function asked.authoritative(...)
        assert(rotation.advance(other:tenant "acme", "example.com"))
        return ask(...)
      end
      assert(rotation.advance(tenant, "example.com"))
      registry.moment = registry.moment + 12 * HOUR
    end
    assert.same(ALL, stage.told(tenant, "example.com"))
    registry.db:close()
    other.db:close()
    shell.remove_directory(directory)
  end)
end)

-- Programs of their own run without the sanitizers, so on the plain build.
if not os.getenv "MAILSEAL_BUILD" then
  describe("A rotation that is killed", function()
    local directory
    before_each(function() directory = shell.new_directory() end)
    after_each(function() shell.remove_directory(directory) end)

    local function run(url, when, n)
      return shell.run(("LUA_PATH=%s LUA_CPATH=%s $LUA spec/support/rotate.lua %s %s %d"):format(
        shell.quote(package.path), shell.quote(package.cpath), url, when, n))
    end

    for _, when in ipairs { "before", "after" } do
      it(("%s a transaction is committed, any of them, goes on where it was"):format(when), function()
        local n, killed = 1, 0
        repeat
          local path = ("%s/%s%d.db"):format(directory, when, n)
          local url = "sqlite:" .. path
          local registry = begin { db = url }
          registry.db:close()
          local first = run(url, when, n)
          if not shell.exists(path .. ".done") then
            killed = killed + 1
            assert.is_true(first.status > 128, first.err)
            assert.equal(0, run(url, "never", 0).status)
          end
          registry = stage.registry { db = url }
          local tenant = registry:tenant "acme"
          assert.same(ALL, stage.told(tenant, "example.com"))
          assert.equal("removed active", states(tenant))
          registry.db:close()
          n = n + 1
        until first.status == 0
        assert.is_true(killed >= 7, "it was killed " .. killed .. " times")
      end)
    end
  end)
end
