-- mailseal.onboard.publishing.operator_zone: the zone to which customers' CNAMEs lead is kept as the keys want it.
local databases = require "spec.support.databases"
local stages = require "spec.support.operator_stage"

local DAY = 86400
local ZONE = stages.ZONE

databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
  describe("The operator's zone", function()
    local stage, tenant

    before_each(function()
      stage = stages.open { db = new_database() }
      tenant = stage.tenant
    end)
    after_each(function() stages.close(stage) end)

    local function work() return assert(stage.registry:work { until_idle = true }) end

    -- What the worker says of what goes wrong.
    local function work_and_tell()
      local lines = {}
      assert(stage.registry:work { until_idle = true, tell = function(line) lines[#lines + 1] = line end })
      return table.concat(lines, "\n")
    end

    local function verified()
      stages.create(stage)
      stage:publish(assert(tenant:records "example.com"))
      stages.pass(stage, 60)
      assert.equal("verified", tenant:get("example.com").status)
    end

    local function put(name, kind, values)
      stage.zones.sets[ZONE][name .. " " .. kind] = values and { name = name, type = kind, ttl = 60, values = values } or nil
    end

    it("gets the key of a new domain, which is verified when its owner has published what is his", function()
      verified()
      assert.same(stages.wanted(stage), stages.held(stage))
      assert.is_truthy(next(stages.held(stage)))
      assert.is_true(stages.has_others(stage))
      local told = stages.told(stage, "published")
      assert.equal(1, #told)
      local key = tenant:keys("example.com")[1]
      assert.same({ "memory", "keys", true, ZONE, key.target }, {
        told[1].via, told[1].purpose, told[1].operator, told[1].records[1].zone, told[1].records[1].name,
      })
      assert.is_nil(told[1].records[1].before)
    end)

    it("is what is wanted at each moment of a rotation, which goes to its end without a hand (piece 6)", function()
      verified()
      local old = tenant:keys("example.com")[1]
      local new = assert(tenant:rotate "example.com")
      local seen = {}
      for _ = 1, 20 do
        stages.pass(stage, DAY)
        assert.same(stages.wanted(stage), stages.held(stage))
        assert.equal("verified", tenant:get("example.com").status)
        seen[stages.held(stage)[old.target] or "nothing"] = true
      end
      assert.same({ [old.text] = true, ["v=DKIM1; p="] = true, nothing = true }, seen)
      assert.same({ [new.target] = new.text }, stages.held(stage))
      assert.is_true(stages.has_others(stage))
      assert.equal(4, #stages.told(stage, "published"))
      assert.equal(0, #stages.told(stage, "publish_failed"))
    end)

    it("gets the next key in the place of one that was revoked", function()
      verified()
      for _ = 1, 3 do
        local key = assert(tenant:rotate "example.com")
        stages.pass(stage, 9 * DAY)
        assert.equal(key.text, stages.held(stage)[key.target])
        assert.same(stages.wanted(stage), stages.held(stage))
      end
    end)

    it("loses what stands there of a domain that is removed, of one whose time is over, and of nobody else", function()
      verified()
      local other = stage.registry:tenant "other"
      assert(other:create { domain = "late.example.com", provider = "own", vars = { cname_zone = ZONE } })
      work()
      assert.equal(2, #assert(stage.registry:zone_records()))
      assert(tenant:remove "example.com")
      work()
      local key = other:keys("late.example.com")[1]
      assert.same({ [key.target] = key.text }, stages.held(stage))
      stages.pass(stage, 4 * DAY)
      assert.equal("failed", other:get("late.example.com").status)
      assert.same({}, stages.held(stage))
      assert.is_true(stages.has_others(stage))
      assert.equal(0, assert(stage.registry.db:read(function(tx)
        return tx:row("SELECT count(*) AS n FROM zone_names WHERE domain = 'example.com'").n
      end)))
    end)

    it("is written to once: what is there already is left as it is", function()
      verified()
      local applied = stage.zones.applied
      stages.pass(stage, 2 * DAY)
      assert(stage.registry:reconcile_zone(ZONE))
      assert.equal(applied, stage.zones.applied)
      assert.equal(1, #stages.told(stage, "published"))
    end)

    it("keeps what others have put at a key's name, which is told once, and gets the key when that is gone", function()
      local key = stages.create(stage) and tenant:keys("example.com")[1]
      for _, case in ipairs { { "TXT", '"something else"' }, { "CNAME", "elsewhere.example." } } do
        put(key.target, case[1], { case[2] })
        stages.pass(stage, DAY / 2)
        assert.same({ case[2] }, stage.zones.sets[ZONE][key.target .. " " .. case[1]].values)
        put(key.target, case[1], nil)
      end
      local told = stages.told(stage, "publish_failed")
      assert.same({ 1, "record_other_value", key.target }, { #told, told[1].code, told[1].name })
      stages.pass(stage, DAY / 2)
      assert.equal(key.text, stages.held(stage)[key.target])
    end)

    it("is written to at no name but those that were drawn by chance", function()
      stages.create(stage)
      assert(stage.registry.db:write(function(tx)
        tx:run("UPDATE keys SET target = ? WHERE state = 'awaited'", "www." .. ZONE)
        tx:run("UPDATE zone_names SET name = ?", "www." .. ZONE)
        return true
      end))
      work()
      assert.is_true(stages.has_others(stage))
      assert.equal("not_ours", stages.told(stage, "publish_failed")[1].code)
      assert.equal(0, stage.zones.applied)
    end)

    it("of which no way is known is nobody's to write to", function()
      assert(tenant:create { domain = "example.com", provider = "own", vars = { cname_zone = "sub." .. ZONE } })
      work()
      assert.equal(0, stage.zones.applied)
    end)

    describe("that cannot be written to", function()
      local read, fails

      before_each(function()
        read, fails = stage.zones.read, 0
        function stage.zones.read()
          fails = fails + 1
          return nil, "the server is gone", "unreachable", stage.details
        end
      end)

      it("is tried again, later each time, which the worker says, and gets all when it is there again", function()
        stages.create(stage)
        assert.matches("publishing.operator_zone: the zone keys%.example: the server is gone", work_and_tell())
        assert.equal(1, fails)
        work()
        assert.equal(1, fails)
        stages.pass(stage, DAY, 1)
        assert.is_true(fails > 4 and fails < 13, fails)
        assert.equal(0, #stages.told(stage, "publish_failed"))
        stage.zones.read = read
        stages.pass(stage, 6 * 3600)
        assert.same(stages.wanted(stage), stages.held(stage))
        assert.equal(1, #stages.told(stage, "published"))
      end)

      it("is left alone for as long as its server wants it", function()
        stage.details = { retry_at = stage.now + 10000 }
        stages.create(stage)
        work()
        stage.now = stage.now + 9000
        work()
        assert.equal(1, fails)
        stage.now = stage.now + 1001
        work()
        assert.equal(2, fails)
      end)
    end)

    it("gets all keys but the one that its server does not take", function()
      local apply, calls = stage.zones.apply, 0
      for i = 1, 20 do stages.create(stage, ("d%d.example.com"):format(i)) end
      local bad = tenant:keys("d7.example.com")[1].target
      function stage.zones.apply(self, zone, changes)
        calls = calls + 1
        for _, change in ipairs(changes) do
          if change.name == bad then return nil, "I do not like it", "refused_record" end
        end
        return apply(self, zone, changes)
      end
      work()
      local held = stages.held(stage)
      for name in pairs(stages.wanted(stage)) do assert.equal(name == bad, held[name] == nil) end
      assert.is_true(calls <= 12, calls)
      assert.equal(19, #stages.told(stage, "published"))
      assert.equal(1, #stages.told(stage, "publish_failed"))
      stage.zones.apply = apply
      stages.pass(stage, 3600)
      assert.same(stages.wanted(stage), stages.held(stage))
    end)

    it("of which some was changed, and some was not, gets the rest", function()
      local apply = stage.zones.apply
      for i = 1, 4 do stages.create(stage, ("d%d.example.com"):format(i)) end
      function stage.zones.apply(self, zone, changes)
        stage.zones.apply = apply
        assert(apply(self, zone, { changes[1], changes[2] }))
        return nil, "it broke", "half_done", { done = { changes[1], changes[2] } }
      end
      work()
      assert.same(stages.wanted(stage), stages.held(stage))
      assert.equal(4, #stages.told(stage, "published"))
    end)

    it("gets what comes to be wanted while it is written to", function()
      verified()
      local apply, key = stage.zones.apply, nil
      function stage.zones.apply(self, zone, changes)
        stage.zones.apply = apply
        assert(apply(self, zone, changes))
        assert(tenant:revoke("example.com", key.selector))
        return true
      end
      key = assert(tenant:rotate "example.com")
      work()
      assert.equal("v=DKIM1; p=", stages.held(stage)[key.target])
      assert.same(stages.wanted(stage), stages.held(stage))
    end)

    it("is written to by one at a time", function()
      stages.create(stage)
      local read, turns = stage.zones.read, 0
      function stage.zones.read(...)
        turns = turns + 1
        if turns == 1 then
          local result, _, code = stage.registry:reconcile_zone(ZONE)
          assert.same({ nil, "publish_under_way" }, { result, code })
          assert.equal(0, require "mailseal.onboard.publishing.operator_zone".work(stage.registry))
        end
        return read(...)
      end
      work()
      assert.equal(1, turns)
      assert.equal(1, stage.zones.applied)
      assert.same(stages.wanted(stage), stages.held(stage))
    end)

    describe("in which somebody has changed something", function()
      local key

      before_each(function()
        verified()
        key = tenant:keys("example.com")[1]
      end)

      it("is told how it differs, without being changed, and is mended", function()
        put(key.target, "TXT", nil)
        local found = assert(stage.registry:reconcile_zone(ZONE, { dry_run = true }))
        assert.same({ 1, 1, "acme", "example.com", key.target }, {
          found.names, #found.differences, found.differences[1].tenant, found.differences[1].domain, found.differences[1].name,
        })
        assert.same({}, stages.held(stage))
        found = assert(stage.registry:reconcile_zone(ZONE))
        assert.equal(1, #found.differences)
        assert.same(stages.wanted(stage), stages.held(stage))
        assert.is_true(stages.told(stage, "published")[2].mended)
        assert.same({ names = 1, differences = {} }, assert(stage.registry:reconcile_zone(ZONE)))
      end)

      it("is mended within a day by the worker", function()
        put(key.target, "TXT", { '"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="' })
        stages.pass(stage, DAY)
        assert.same(stages.wanted(stage), stages.held(stage))
      end)

      it("says what cannot be mended", function()
        put(key.target, "TXT", { '"something else"' })
        for _, dry_run in ipairs { true, false } do
          local found = assert(stage.registry:reconcile_zone(ZONE, { dry_run = dry_run }))
          assert.same({ 1, "record_other_value" }, { #found.differences, found.differences[1].code })
        end
      end)

      it("is not compared where there is no way into it", function()
        assert.equal("no_zone", select(3, stage.registry:reconcile_zone "elsewhere.example"))
      end)
    end)
  end)
end)
