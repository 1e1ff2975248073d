-- mailseal.onboard.publishing.keys: the records of our own keys are published, revoked and taken away without a hand.
local databases = require "spec.support.databases"
local sets = require "mailseal.publish.sets"
local shell = require "spec.support.shell"
local stage_of = require "spec.support.publishing"

local DAY = 86400

databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
  describe("A rotation, where access was kept,", function()
    local stage, tenant, directory, undo

    before_each(function()
      directory = shell.new_directory()
      stage = stage_of.open { db = new_database(), master_key_file = directory .. "/master.key" }
      tenant, undo = stage.tenant, stage_of.host(stage)
      assert(tenant:create { domain = "example.com", provider = "own" })
    end)
    after_each(function()
      undo()
      stage:close()
      shell.remove_directory(directory)
    end)

    local function publish()
      local done = assert(assert(tenant:plan("example.com", { via = "memory", token = "secret-token", keep = true })):apply())
      assert.equal("verified", done.domain.status)
    end

    local function text_at(selector)
      local values = stage_of.values(stage, selector .. "._domainkey.example.com", "TXT")
      assert.is_true(not values or #values == 1)
      return values and sets.joined(values[1])
    end

    local function count(kind)
      local n = 0
      for _, one in ipairs(stage:kinds()) do n = n + (one == kind and 1 or 0) end
      return n
    end

    local function others()
      local list = {}
      for name, set in pairs(stage.zones.sets["example.com"]) do
        if not name:find("._domainkey.", 1, true) then list[name] = set.values end
      end
      return list
    end

    it("goes to its end by itself: published, switched to, revoked, removed (Sure)", function()
      publish()
      local kept = others()
      stage_of.pass(stage, DAY)
      local old = tenant:keys "example.com"[1]
      local new = assert(tenant:rotate "example.com")
      stage_of.pass(stage, 60)
      assert.equal(new.text, text_at(new.selector))
      assert.equal(old.text, text_at(old.selector))
      stage_of.pass(stage, DAY)
      assert.equal("active", tenant:keys "example.com"[2].state)
      stage_of.pass(stage, 7 * DAY)
      assert.equal("v=DKIM1; p=", text_at(old.selector))
      stage_of.pass(stage, 8 * DAY)
      assert.is_nil(text_at(old.selector))
      assert.equal(new.text, text_at(new.selector))
      assert.equal("removed", tenant:keys "example.com"[1].state)
      assert.same(kept, others())
      assert.equal("verified", tenant:get "example.com".status)
      assert.equal(4, count "published")
      assert.equal(0, count "publish_failed")
      for _, one in ipairs(tenant:publications "example.com") do
        assert.is_true(one.purpose == "keys" or one.purpose == "publish")
      end
    end)

    it("is taken back whole at its end", function()
      publish()
      stage_of.pass(stage, DAY)
      assert(tenant:rotate "example.com")
      stage_of.pass(stage, 20 * DAY)
      assert(tenant:unpublish("example.com", { via = "memory" }))
      assert.is_nil(next(stage.zones.sets["example.com"]))
    end)

    it("is revoked at once where somebody wants that", function()
      publish()
      local new = assert(tenant:rotate "example.com")
      stage_of.pass(stage, 60)
      assert.equal(new.text, text_at(new.selector))
      assert(tenant:revoke("example.com", new.selector))
      stage_of.pass(stage, 60)
      assert.equal("v=DKIM1; p=", text_at(new.selector))
    end)

    it("publishes over what was entered by hand, and nothing beside our keys", function()
      publish()
      assert(stage.registry.db:write(function(tx) tx:run "DELETE FROM published" end))
      local old = tenant:keys "example.com"[1]
      stage.zones.sets["example.com"]["other._domainkey.example.com TXT"] = {
        name = "other._domainkey.example.com", type = "TXT", ttl = 60, values = { '"v=DKIM1; p=AAAA"' },
      }
      assert(tenant:rotate "example.com")
      stage_of.pass(stage, 9 * DAY)
      assert.equal("v=DKIM1; p=", text_at(old.selector))
      assert.same({ '"v=DKIM1; p=AAAA"' }, stage_of.values(stage, "other._domainkey.example.com", "TXT"))
    end)

    it("leaves alone what stands where a key is to be, and tells that once", function()
      publish()
      local new = assert(tenant:rotate "example.com")
      local name = new.selector .. "._domainkey.example.com"
      stage.zones.sets["example.com"][name .. " TXT"] = { name = name, type = "TXT", ttl = 60, values = { '"something else"' } }
      stage_of.pass(stage, DAY)
      assert.same({ '"something else"' }, stage_of.values(stage, name, "TXT"))
      assert.equal(1, count "publish_failed")
      local access = tenant:accesses "example.com"[1]
      assert.same({ "record_other_value", true }, { access.code, access.attempts > 3 })
      stage.zones.sets["example.com"][name .. " TXT"] = nil
      stage_of.pass(stage, DAY)
      assert.equal(new.text, text_at(new.selector))
      assert.is_nil(tenant:accesses "example.com"[1].code)
    end)

    it("is tried again, later each time, where the DNS host fails; that is told once for each cause", function()
      publish()
      local new = assert(tenant:rotate "example.com")
      local zone_of, calls = stage.zones.zone_of, {}
      function stage.zones.zone_of()
        calls[#calls + 1] = stage.now
        return nil, "as the test wants it", #calls < 4 and "unreachable" or "bad_credentials"
      end
      stage_of.pass(stage, DAY / 2)
      assert.same({ 60, 120, 240, 480 }, {
        calls[2] - calls[1], calls[3] - calls[2], calls[4] - calls[3], calls[5] - calls[4],
      })
      assert.equal(2, count "publish_failed")
      assert.equal("bad_credentials", tenant:accesses "example.com"[1].code)
      stage.zones.zone_of = zone_of
      stage_of.pass(stage, DAY)
      assert.equal(new.text, text_at(new.selector))
    end)

    it("goes on where it was cut short, by what there is", function()
      publish()
      stage_of.pass(stage, 60)
      local new = assert(tenant:rotate "example.com")
      local apply = stage.zones.apply
      function stage.zones.apply(...)
        stage.zones.apply = apply
        assert(apply(...))
        error("as if it were killed here", 0)
      end
      local told = {}
      assert(stage.registry:work { until_idle = true, tell = function(line) told[#told + 1] = line end })
      assert.equal(1, #told)
      assert.equal("under_way", tenant:publications "example.com"[1].state)
      stage_of.pass(stage, DAY)
      assert.equal(new.text, text_at(new.selector))
      local list = tenant:publications "example.com"
      assert.same({ "settled", "done" }, { list[1].state, list[2].state })
      for _, one in ipairs(tenant:keys "example.com") do
        assert.equal(one.selector == new.selector and "active" or "retiring", one.state)
      end
      assert(tenant:unpublish("example.com", { via = "memory" }))
      assert.is_nil(next(stage.zones.sets["example.com"]))
    end)

    it("is taken up again soon where who had it was killed, and not before", function()
      publish()
      stage_of.pass(stage, 60)
      local new = assert(tenant:rotate "example.com")
      local lease = stage.registry.policy.publishing.lease
      assert.equal(1, #assert(stage.registry:perform("publishing.keys", "lease", 50)))
      stage_of.pass(stage, lease - 1)
      assert.is_nil(text_at(new.selector))
      stage_of.pass(stage, 1)
      assert.equal(new.text, text_at(new.selector))
    end)

    it("is left to who has it for as long as he is heard of", function()
      publish()
      stage_of.pass(stage, 60)
      assert(tenant:rotate "example.com")
      local lease = stage.registry.policy.publishing.lease
      local due = assert(stage.registry:perform("publishing.keys", "lease", 50))
      stage.now = stage.now + lease - 1
      assert.equal(stage.now + lease, assert(stage.registry:perform("publishing.keys", "renew", due)))
      stage.now = stage.now + lease - 1
      assert.same({}, stage.registry:perform("publishing.keys", "lease", 50))
    end)

    it("does not begin where the domain is not its tenant's any more", function()
      publish()
      local other = stage.registry:tenant "other"
      stage_of.pass(stage, 10)
      assert(other:create { domain = "example.com", provider = "own" })
      local challenge
      for _, record in ipairs(other:records "example.com") do
        if record.purpose == "ownership" then challenge = record end
      end
      stage.zones.sets["example.com"][challenge.name .. " TXT"] = {
        name = challenge.name, type = "TXT", ttl = 60, values = { sets.text(challenge.value) },
      }
      stage_of.show(stage)
      local zone = stage.zones.applied
      assert(other:verify "example.com")
      assert.equal("failed", tenant:get "example.com".status)
      stage_of.pass(stage, DAY)
      assert.equal(zone, stage.zones.applied)
    end)

    it("is not begun by what was taken back", function()
      publish()
      assert(tenant:unpublish("example.com", { via = "memory" }))
      stage_of.pass(stage, 3600)
      assert.is_nil(next(stage.zones.sets["example.com"]))
    end)
  end)
end)
