-- What happens to a domain while it is being looked at; on both databases.
local databases = require "spec.support.databases"
local domains = require "mailseal.store.domains"
local onboard = require "mailseal.onboard"
local onboarding = require "spec.support.onboarding"

local HOUR, DAY = 3600, 86400

databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
  describe("while a domain is being looked at", function()
    local stage, tenant, url, second

    before_each(function()
      url = new_database()
      stage = onboarding.open { db = url }
      tenant = stage.tenant
    end)
    after_each(function()
      stage:close()
      if second then
        second:close()
        second = nil
      end
    end)

    local function create(provider)
      return assert(tenant:create { domain = "example.com", provider = provider or "test-cname" })
    end

    local function row(name) return stage:row(name) end

    local function work() return assert(stage.registry:work { until_idle = true }) end

    -- Whoever looks, what he has seen of what is no more comes to nothing.
    for _, who in ipairs { "the worker", "somebody himself" } do
      local function look()
        if who == "the worker" then
          stage.now = row().next_check_at
          return work()
        end
        return tenant:verify "example.com"
      end

      it("by " .. who .. ", it can be removed", function()
        stage:publish(create().records).meanwhile = function() assert(tenant:remove "example.com") end
        look()
        assert.is_nil((tenant:get "example.com"))
        assert.same({ "created", "removed" }, stage:kinds())
      end)

      it("by " .. who .. ", it can be removed and created again, and what proved the one before proves nothing", function()
        stage:publish(create().records).meanwhile = function()
          assert(tenant:remove "example.com")
          create()
        end
        look()
        assert.equal("pending", tenant:get "example.com".status)
        assert.is_false(tenant:get "example.com".owned)
        assert.same({ "created", "removed", "created" }, stage:kinds())
      end)

      it("by " .. who .. ", it can be disabled, and stays so", function()
        stage:publish(create().records).meanwhile = function() assert(tenant:disable "example.com") end
        look()
        assert.equal("verified", tenant:get "example.com".status)
        assert.is_false(tenant:get "example.com".enabled)
        assert.equal("hold", (tenant:decide "example.com"))
      end)

      it("by " .. who .. ", it can be taken over by another tenant", function()
        stage:publish(create().records)
        stage:pass(60)
        local other = stage.registry:tenant "other"
        stage:replace("_mailseal-challenge.example.com", nil)
        local theirs = assert(other:create { domain = "example.com", provider = "test-cname" })
        stage.now = stage.now + 5
        stage.meanwhile = function()
          stage:publish(theirs.records)
          assert.equal("verified", other:verify "example.com".status)
        end
        look()
        assert.equal("failed", tenant:get "example.com".status)
        assert.equal("taken_over", tenant:get "example.com".reason)
        assert.is_true(other:get "example.com".owned)
        assert.equal("refuse", (tenant:decide "example.com"))
        assert.same({ "created", "ownership_proven", "verified", "ownership_lost", "taken_over" }, stage:kinds())
      end)

      it("by " .. who .. ", it can fail and be started again, and the challenge before counts no more", function()
        local before = create()
        stage:publish(before.records).meanwhile = function()
          stage.now = before.window_ends
          assert(stage.registry.db:write(function(tx)
            require "mailseal.onboard.outcome".step(tx, stage.registry, domains.get(tx, "acme", "example.com"), "incomplete", stage.now)
          end))
          assert(tenant:restart "example.com")
        end
        look()
        assert.equal("pending", tenant:get "example.com".status)
        assert.is_false(tenant:get "example.com".owned)
        assert.same({ "created", "failed", "restarted" }, stage:kinds())
      end)
    end

    -- Another worker's registry, over the same database and the same clock.
    local function open_second()
      second = assert(onboard.open {
        db = url, resolver = stage.registry:resolver(), clock = function() return stage.now end, providers = onboarding.rules,
      })
      return second
    end

    it("a lease that ends is taken over, and what the late one brings is dropped", function()
      local domain = create()
      open_second()
      stage.now = domain.next_check_at
      stage.meanwhile = function() -- the first worker's look has begun, and takes a quarter of an hour
        assert.equal(0, second:work { until_idle = true })
        stage.now = stage.now + 900
        stage:publish(domain.records)
        assert.equal(1, second:work { until_idle = true })
      end
      work()
      assert.equal("verified", tenant:get "example.com".status)
      assert.equal(stage.now, tenant:get "example.com".checked_at)
      assert.is_nil(row().lease_owner)
      assert.same({ "created", "ownership_proven", "verified" }, stage:kinds())
    end)

    it("a lease that ends, and that nobody has taken over, is good still", function()
      local domain = create()
      stage:publish(domain.records)
      stage.now = domain.next_check_at
      stage.meanwhile = function() stage.now = stage.now + HOUR end
      work()
      assert.equal("verified", tenant:get "example.com".status)
      assert.is_nil(row().lease_owner)
    end)

    it("two workers do not look at it both", function()
      for i = 1, 40 do
        assert(tenant:create { domain = ("d%02d.example.com"):format(i), provider = "test-cname" })
      end
      open_second()
      stage.now = stage.now + 30
      local theirs = 0
      stage.meanwhile = function() theirs = second:work { until_idle = true } end
      assert.equal(40, work() + theirs)
      for i = 1, 40 do assert.equal(1, row(("d%02d.example.com"):format(i)).attempts) end
    end)

    it("the clock can jump by days, to and fro, and no verified domain is lost for it", function()
      stage:publish(create().records)
      stage:pass(60)
      for _, jump in ipairs { 10 * DAY, -9 * DAY, 30 * DAY, -30 * DAY } do
        stage.now = math.max(stage.now, row().next_check_at)
        stage.meanwhile = function() stage.now = stage.now + jump end
        work()
        assert.equal("verified", tenant:get "example.com".status)
        assert.is_nil(row().lease_owner)
      end
      stage:pass(2 * DAY)
      assert.same({ "created", "ownership_proven", "verified" }, stage:kinds())
    end)
  end)
end)
