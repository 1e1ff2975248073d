-- mailseal.onboard.rotation: rotations of several processes, and of such as are killed.
local databases = require "spec.support.databases"
local key_steps = require "mailseal.onboard.key_steps"
local shell = require "spec.support.shell"
local stage = require "spec.support.keys"

local HOUR = 3600

local ALL = {
  "key_made 1", "key_activated 1", "key_made 2", "key_published 2", "key_retired 1", "key_switched 2", "key_revoked 1",
  "key_withdrawn 1", "key_removed 1",
}

local function begin(url, who)
  local registry = stage.registry { db = url }
  local tenant = registry:tenant(who)
  stage.add(tenant, "example.com", { status = "verified" })
  registry.moment = registry.moment + HOUR
  return registry, tenant
end

databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
  describe("A rotation of several processes", function()
    it("takes each step once, though another took it between a look and what comes of it", function()
      local registry, tenant = begin(new_database(), "acme")
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
          assert(key_steps.advance(other, "acme", "example.com"))
          return ask(...)
        end
        assert(key_steps.advance(registry, "acme", "example.com"))
        registry.moment = registry.moment + 12 * HOUR
      end
      assert.same(ALL, stage.told(tenant, "example.com"))
      registry.db:close()
      other.db:close()
    end)

    it("is begun by one of them, though another begins it while its key is made", function()
      for _, zone in ipairs { "", "keys.example" } do
        local registry = stage.registry { db = new_database() }
        local tenant = registry:tenant "acme"
        stage.add(tenant, "example.com", { status = "verified", zone = zone ~= "" and zone or nil })
        local other = stage.registry { db = registry.db.url }
        local master_key = registry.master_key
        registry.master_key = {
          seal_key = function(_, ...)
            assert(other:tenant "acme":rotate "example.com")
            return master_key:seal_key(...)
          end,
        }
        local key, _, code = tenant:rotate "example.com"
        assert.same({ nil, "rotation_under_way" }, { key, code })
        local awaited = 0
        for _, one in ipairs(tenant:keys "example.com") do
          awaited = awaited + (one.state == "awaited" and 1 or 0)
        end
        assert.equal(1, awaited)
        registry.db:close()
        other.db:close()
      end
    end)
  end)

  -- Programs of their own run without the sanitizers, so on the plain build.
  if not os.getenv "MAILSEAL_BUILD" then
    describe("A rotation that is killed", function()
      local directory, url
      setup(function() url = new_database() end)
      before_each(function() directory = shell.new_directory() end)
      after_each(function() shell.remove_directory(directory) end)

      local function run(who, when, n, done)
        return shell.run(("LUA_PATH=%s LUA_CPATH=%s $LUA spec/support/rotate.lua %s %s %s %d %s"):format(
          shell.quote(package.path), shell.quote(package.cpath), shell.quote(url), who, when, n, done))
      end

      for _, when in ipairs { "before", "after" } do
        it(("%s a transaction is committed, any of them, goes on where it was"):format(when), function()
          local n, killed = 1, 0
          repeat
            local who, done = when .. n, ("%s/%d.done"):format(directory, n)
            local registry, tenant = begin(url, who)
            local first = run(who, when, n, done)
            if not shell.exists(done) then
              killed = killed + 1
              assert.is_true(first.status > 128, first.err)
              local second = run(who, "never", 0, done)
              assert.equal(0, second.status, second.err)
            end
            assert.same(ALL, stage.told(tenant, "example.com"))
            local states = tenant:keys "example.com"
          assert.same({ "removed", "active" }, { states[1].state, states[2].state })
            registry.db:close()
            n = n + 1
          until first.status == 0
          assert.is_true(killed >= 7, "it was killed " .. killed .. " times")
        end)
      end
    end)
  end
end)
