-- mailseal.onboard.publishing.settling: publications that nobody has ended are ended by what they have done.
local databases = require "spec.support.databases"
local shell = require "spec.support.shell"
local stage_of = require "spec.support.publishing"

local AFTER = 900

databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
  describe("A publication that nobody has ended", function()
    local stage, tenant, directory, undo

    before_each(function()
      directory = shell.new_directory()
      stage = stage_of.open { db = new_database(), master_key_file = directory .. "/master.key" }
      tenant, undo = stage.registry:tenant("acme", "anna"), stage_of.host(stage)
      assert(tenant:create { domain = "example.com", provider = "test-cname" })
    end)
    after_each(function()
      undo()
      stage:close()
      shell.remove_directory(directory)
    end)

    local WAY = { via = "memory", token = "secret-token" }

    -- One that dies when its changes are made, or before.
    local function die(is_made, way)
      local apply = stage.zones.apply
      function stage.zones.apply(...)
        stage.zones.apply = apply
        if is_made then assert(apply(...)) end
        error("dead", 0)
      end
      local plan = assert(tenant:plan("example.com", way or WAY))
      assert.has_error(function() plan:apply() end, "dead")
    end

    local function state() return tenant:publications "example.com"[1] end

    local function last(kind)
      local found
      for _, one in ipairs(tenant:events { limit = 100 }) do found = one.kind == kind and one or found end
      return found
    end

    it("is settled by the worker, by what DNS shows: what was done is ours, and can be taken back", function()
      die(true)
      stage_of.pass(stage, AFTER - 1)
      assert.equal("under_way", state().state)
      stage_of.pass(stage, 1)
      assert.same({ "settled", 4 }, { state().state, #state().records })
      assert.same({ true, "anna" }, { last "published".data.settled, last "published".actor })
      assert(stage.registry:tenant("acme"):unpublish("example.com", WAY))
      assert.is_nil(next(stage.zones.sets["example.com"]))
    end)

    it("is settled by an access that is kept, where there is one", function()
      assert(tenant:keep_access("example.com", WAY))
      stage.hidden = true
      die(true)
      stage.opened_with = {}
      stage_of.pass(stage, AFTER)
      assert.same({ "settled", 4 }, { state().state, #state().records })
      assert.equal("secret-token", stage.opened_with[1].token)
    end)

    it("is told to have failed where nothing was done", function()
      die(false)
      stage_of.pass(stage, AFTER)
      assert.same({ "settled", "interrupted", 0 }, { state().state, state().code, #state().records })
      assert.equal("interrupted", last "publish_failed".data.code)
    end)

    it("is left to whoever is at work on it, and looked at again later", function()
      die(true)
      local lease = stage.registry.policy.publishing.lease
      stage.now = stage.now + AFTER
      assert(stage.registry:perform("publishing.steps", "claim", "acme", "example.com", {
        id = "another", locks = { "domain:4:acme:example.com" },
      }))
      assert(stage.registry:work { until_idle = true })
      assert.equal("under_way", state().state)
      stage_of.pass(stage, math.max(AFTER, lease) + 60)
      assert.equal("settled", state().state)
    end)

    it("stays so while DNS does not answer", function()
      die(true)
      stage:fail "servfail"
      stage_of.pass(stage, AFTER)
      assert.equal("under_way", state().state)
      stage:fail(nil)
      stage_of.pass(stage, 2 * AFTER)
      assert.same({ "settled", 4 }, { state().state, #state().records })
    end)

    it("is ended by its maker after all, where he was only slow: what he has done is ours", function()
      local plan, apply = assert(tenant:plan("example.com", WAY)), stage.zones.apply
      function stage.zones.apply(...)
        stage.zones.apply = apply
        stage_of.pass(stage, AFTER)
        assert.equal("settled", state().state)
        return apply(...)
      end
      assert(plan:apply())
      assert.same({ "done", 4 }, { state().state, #state().records })
      assert(tenant:unpublish("example.com", WAY))
      assert.is_nil(next(stage.zones.sets["example.com"]))
    end)

    it("is given up by a maker who was not heard of for so long that others may be at work, before he does anything", function()
      local plan, read, count = assert(tenant:plan("example.com", WAY)), stage.zones.read, 0
      function stage.zones.read(...)
        stage.zones.read, count = read, count + 1
        stage.now = stage.now + 31
        return read(...)
      end
      local done, _, code = plan:apply()
      assert.same({ nil, "publish_under_way", 1 }, { done, code, count })
      assert.equal(0, stage.zones.applied)
      assert.is_true(assert(plan:apply()).changed)
    end)
  end)

  describe("A publication, while the database fails,", function()
    local problem = { "the database is full", "store_full" }

    -- One whose database fails at the n-th thing that is said to it, and where `is_gone` at all that follows. Returns the stage, and
    -- whether it has come to that.
    local function open(n, is_gone)
      local stage = stage_of.open { db = new_database() }
      assert(stage.tenant:create { domain = "example.com", provider = "test-cname" })
      local plan = assert(stage.tenant:plan("example.com", { via = stage.zones }))
      local write, count = stage.registry.db.write, 0
      function stage.registry.db.write(...)
        count = count + 1
        if count == n or is_gone and count > n then return nil, problem[1], problem[2] end
        return write(...)
      end
      local done, message, code = plan:apply()
      stage.registry.db.write = nil
      assert.is_true(done ~= nil or code == problem[2], message)
      return stage, count >= n
    end

    for title, is_gone in pairs { ["once"] = false, ["and is gone from then on"] = true } do
      it(title .. ", is brought to its end by the next one, and can be taken back whole", function()
        local n = 0
        repeat
          n = n + 1
          local stage, failed = open(n, is_gone)
          stage.now = stage.now + 60
          local way = { via = stage.zones }
          assert(assert(stage.tenant:plan("example.com", way)):apply())
          assert.is_false(assert(assert(stage.tenant:plan("example.com", way)):apply()).changed)
          for _, one in ipairs(stage.tenant:publications "example.com") do assert.is_not.equal("under_way", one.state) end
          assert(stage.tenant:unpublish("example.com", way))
          assert.is_nil(next(stage.zones.sets["example.com"]))
          stage:close()
        until not failed
        assert.is_true(n > 3)
      end)
    end
  end)

  describe("Publications", function()
    it("stand in the order in which they were begun, be it in one second, or while the clock is set back", function()
      local stage = stage_of.open { db = new_database() }
      local tenant, via = stage.tenant, stage.zones
      assert(tenant:create { domain = "example.com", provider = "test-cname" })
      local wanted = {}
      for i = 1, 8 do
        if i == 5 then stage.now = stage.now - 3600 end
        local purpose = i % 2 == 1 and "publish" or "undo"
        local done = purpose == "publish" and assert(assert(tenant:plan("example.com", { via = via })):apply())
          or assert(tenant:unpublish("example.com", { via = via }))
        table.insert(wanted, 1, done.publication)
      end
      local function ids(list)
        local found = {}
        for i, one in ipairs(list) do found[i] = one.id end
        return found
      end
      local all = tenant:publications "example.com"
      assert.same(wanted, ids(all))
      local paged, before = {}, nil
      repeat
        local page = tenant:publications("example.com", { limit = 3, before = before })
        for _, one in ipairs(page) do paged[#paged + 1] = one end
        before = page[3]
      until not before
      assert.same(wanted, ids(paged))
      stage:close()
    end)
  end)
end)
