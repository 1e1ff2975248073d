-- The audit trail: at whose request something has happened stands in its events, whatever it was.
local databases = require "spec.support.databases"
local onboarding = require "spec.support.onboarding"
local shell = require "spec.support.shell"

describe("Who does something", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local directory, stage

    before_each(function()
      directory = shell.new_directory()
      stage = onboarding.open {
        db = new_database(), master_key_file = directory .. "/master.key", policy = { keys = { type = "ed25519" } },
      }
    end)
    after_each(function()
      stage:close()
      shell.remove_directory(directory)
    end)

    local function by(name, id) return stage.registry:tenant(id or "acme", name) end

    local function actors(id)
      local list = {}
      for i, event in ipairs(assert(by(nil, id):events { limit = 1000 })) do list[i] = ("%s %s"):format(event.kind, event.actor or "-") end
      return list
    end

    -- What has been told since.
    local function since(count)
      local list = actors()
      for _ = 1, count do table.remove(list, 1) end
      return list
    end

    local function verified(by_whom)
      stage:publish(assert(by(by_whom):create { domain = "example.com", provider = "own" }).records)
      assert.equal("verified", assert(by(by_whom):verify "example.com").status)
      return #actors()
    end

    it("is told of what he asks for, and of what comes of that", function()
      verified "ann"
      local found = actors()
      assert.same({ "created ann", "key_made ann" }, { found[1], found[2] })
      for _, one in ipairs(found) do assert.matches(" ann$", one) end
    end)

    it("is told of all that is done with a domain", function()
      local tenant, before = by "bob", verified "ann"
      assert(tenant:disable("example.com", { reason = "unpaid" }))
      assert(tenant:hold("example.com", { "m1", "m2" }))
      assert(tenant:unhold("example.com", "m1"))
      assert(tenant:enable "example.com")
      assert(tenant:use("example.com", "sequence 17"))
      assert(tenant:release("example.com", "sequence 17"))
      assert(tenant:report("example.com", { delivered = 1000, bounced = 900 }))
      assert(tenant:reset_health "example.com")
      local selector = assert(tenant:keys "example.com")[1].selector
      assert(tenant:rotate "example.com")
      assert(tenant:revoke("example.com", selector, { force = true }))
      assert(tenant:remove "example.com")
      local found = table.concat(since(before), "\n") .. "\n"
      for _, kind in ipairs {
        "disabled", "mail_called_off", "enabled", "mail_released", "used", "use_ended", "health", "health_reset", "key_made", "key_revoked",
        "ownership_released", "removed",
      } do
        assert.truthy(("\n" .. found):find("\n" .. kind .. " bob\n", 1, true), kind .. "\n" .. found)
      end
      assert.is_nil(found:find(" -\n", 1, true), found)
    end)

    it("is told of a beginning anew", function()
      assert(by "ann":create { domain = "example.com", provider = "test-cname" })
      local before = #actors()
      assert(by "bob":restart "example.com")
      local found = since(before)
      assert.truthy(found[1])
      for _, one in ipairs(found) do assert.matches(" bob$", one) end
    end)

    it("is nobody where the worker does it", function()
      stage:publish(assert(by "ann":create { domain = "example.com", provider = "own" }).records)
      local before = #actors()
      stage.now = stage.now + 30
      assert(stage.registry:work { until_idle = true })
      local found = since(before)
      assert.truthy(found[1])
      for _, one in ipairs(found) do assert.matches(" %-$", one) end
    end)

    it("is not told to another tenant, who loses a domain by it", function()
      stage:publish(assert(by("theirs", "other"):create { domain = "example.com", provider = "test-cname" }).records)
      assert.equal("verified", assert(by("theirs", "other"):verify "example.com").status)
      local before = #actors "other"
      stage.now = stage.now + 3600
      stage:publish(assert(by "ours":create { domain = "example.com", provider = "test-cname" }).records)
      assert(by "ours":verify "example.com")
      local found = actors "other"
      assert.is_true(#found > before)
      assert.is_nil(table.concat(found, "\n"):find("ours", 1, true))
      assert.truthy(table.concat(found, "\n"):find("ownership_lost -", 1, true))
      assert.truthy(table.concat(actors(), "\n"):find("ownership_taken ours", 1, true))
    end)

    it("is a text that can be shown", function()
      for _, name in ipairs { "", "a\nb", ("x"):rep(256), "\226\128\174", 5 } do
        assert.has_error(function() by(name) end, "an actor must be a text of 1 to 255 octets, without control characters")
      end
      assert.equal("Jürgen", by "Jürgen".actor)
    end)
  end)
end)
