-- The worker, over a clock and a zone that the test moves; on both databases.
local async = require "mailseal.async"
local databases = require "spec.support.databases"
local domains = require "mailseal.store.domains"
local looks = require "mailseal.onboard.look"
local onboarding = require "spec.support.onboarding"
local worker = require "mailseal.onboard.worker"

local HOUR, DAY = 3600, 86400

databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
  describe("the worker", function()
    local stage, tenant

    before_each(function()
      stage = onboarding.open { db = new_database() }
      tenant = stage.tenant
    end)
    after_each(function() stage:close() end)

    local function create(name)
      return assert(tenant:create { domain = name or "example.com", provider = "test-cname" })
    end

    local function verified(name)
      local domain = create(name)
      stage:publish(domain.records)
      stage:pass(60)
      assert.equal("verified", tenant:get(domain.domain).status)
      return domain
    end

    local function row(name) return stage:row(name) end

    local function drifts()
      local list = {}
      for _, event in ipairs(tenant:events { limit = 1000 }) do
        if event.kind == "drift" or event.kind == "recovered" then
          list[#list + 1] = ("%s %s"):format(event.data.record, event.data.what)
        end
      end
      return list
    end

    it("looks at nothing before it is due", function()
      create()
      stage.now = stage.now + 29
      assert.equal(0, stage.registry:work { until_idle = true })
      assert.equal(0, stage.queries)
      stage.now = stage.now + 1
      assert.equal(1, stage.registry:work { until_idle = true })
    end)

    it("does what tenant:verify does: whichever looks, the domain is the same", function()
      create "a.example.com"
      create "b.example.com"
      stage:publish(tenant:records "a.example.com"):publish(tenant:records "b.example.com")
      stage:replace("bounce.a.example.com", nil):replace("bounce.b.example.com", nil)
      stage.now = stage.now + 30
      tenant:verify "a.example.com"
      assert.equal(1, stage.registry:work { until_idle = true })
      local function told(name)
        local text = {}
        for i, record in ipairs(tenant:records(name)) do
          text[i] = ("%s %s %s"):format(record.id, record.status, table.concat(record.findings, ","))
        end
        return text
      end
      assert.same({ "dkim found ", "bounce missing record_missing", "dmarc found " }, told "a.example.com")
      assert.same(told "a.example.com", told "b.example.com")
    end)

    it("leaves nothing leased", function()
      create()
      stage:pass(HOUR)
      assert.is_nil(row().lease_owner)
      assert.is_nil(row().lease_until)
    end)

    it("looks at as many as it is told to", function()
      for i = 1, 5 do create(("d%d.example.com"):format(i)) end
      stage.now = stage.now + 30
      assert.equal(3, stage.registry:work { until_idle = true, at_most = 3 })
      assert.equal(2, stage.registry:work { until_idle = true })
    end)

    it("looks at many hundreds, each once", function()
      local list = {}
      for i = 1, 600 do list[i] = { domain = ("d%03d.example.com"):format(i), provider = "test-cname" } end
      assert(tenant:create_many(list))
      stage.now = stage.now + 30
      stage:fail "servfail" -- the quickest of answers
      assert.equal(600, stage.registry:work { until_idle = true })
      assert.equal(0, stage.registry:work { until_idle = true })
      for i = 1, 600, 100 do assert.equal(1, row(("d%03d.example.com"):format(i)).attempts) end
    end)

    it("looks at no more side by side than it is told to", function()
      for i = 1, 23 do
        create(("d%d.example.com"):format(i))
      end
      stage.now = stage.now + 30
      local look, looking, most = looks.look, 0, 0
      looks.look = function(...)
        looking = looking + 1
        most = math.max(most, looking)
        async.sleep(0.02)
        looking = looking - 1
        return look(...)
      end
      local count, message = stage.registry:work { until_idle = true, at_a_time = 5 }
      looks.look = look
      assert.equal(23, count, message)
      assert.is_true(most >= 2 and most <= 5, tostring(most))
    end)

    it("asks little of a verified domain that is as it was, and writes nothing but the time", function()
      verified()
      local before, queries = row(), stage.queries
      stage.now = before.next_check_at
      assert.equal(1, stage.registry:work { until_idle = true })
      assert.equal(2, stage.queries - queries)
      local after = row()
      assert.equal(stage.now, after.checked_at)
      assert.is_true(after.next_check_at > stage.now + DAY / 2)
      before.checked_at, before.next_check_at, after.checked_at, after.next_check_at = nil, nil, nil, nil
      assert.same(before, after)
    end)

    it("drops what it sees of a domain that was looked at by somebody else meanwhile", function()
      create()
      stage.now = stage.now + 30
      local leased = assert(stage.registry.db:write(function(tx)
        return domains.lease(tx, { owner = "late", now = stage.now, ends = stage.now + 900, limit = 10 })
      end))
      assert.equal(1, #leased)
      assert.equal(0, stage.registry:work { until_idle = true })
      stage:publish(tenant:records "example.com")
      tenant:verify "example.com"
      assert.is_nil(row().lease_owner)
      assert.equal("verified", row().status)
    end)

    it("takes over what a worker that died had leased, when the lease has ended", function()
      create()
      stage.now = stage.now + 30
      assert(stage.registry.db:write(function(tx)
        return domains.lease(tx, { owner = "dead", now = stage.now, ends = stage.now + 900, limit = 10 })
      end))
      stage.now = stage.now + 899
      assert.equal(0, stage.registry:work { until_idle = true })
      stage.now = stage.now + 1
      assert.equal(1, stage.registry:work { until_idle = true })
    end)

    it("ends when it is asked to, and gives back what it had leased", function()
      for i = 1, 10 do create(("d%02d.example.com"):format(i)) end
      stage.now = stage.now + 30
      local asked = 0
      assert(stage.registry:work {
        stop = function()
          asked = asked + 1
          return asked > 1
        end,
      })
      for i = 1, 10 do assert.is_nil(row(("d%02d.example.com"):format(i)).lease_owner) end
    end)

    it("takes up what comes to be due while it has nothing to do", function()
      create()
      local asked = 0
      assert.equal(1, stage.registry:work {
        stop = function()
          asked = asked + 1
          if asked == 3 then stage.now = stage.now + 30 end
          return row().checked_at ~= nil
        end,
      })
      assert.equal(stage.now, row().checked_at)
    end)

    it("goes on over a domain that it cannot look at, tells so, and looks at it again later", function()
      create "a.example.com"
      create "b.example.com"
      local odd = { { id = "x", name = "x.example.com", type = "TXT", required = true } }
      assert(stage.registry.db:write(function(tx) return domains.update(tx, "acme", "a.example.com", { records = odd }) end))
      stage.now = stage.now + 30
      local told = {}
      assert.equal(2, stage.registry:work { until_idle = true, tell = function(line) told[#told + 1] = line end })
      assert.equal(1, #told)
      assert.matches("a.example.com of acme", told[1], 1, true)
      assert.equal(stage.now + HOUR, row "a.example.com".next_check_at)
      assert.equal(stage.now, row "b.example.com".checked_at)
    end)

    it("goes on over a domain of which nothing can be written, tells so, and looks at it again later", function()
      verified "a.example.com"
      verified "b.example.com"
      assert(stage.registry.db:write(function(tx)
        return domains.update(tx, "acme", "a.example.com", { report = { records = { dkim = 5 } } })
      end))
      stage.now = math.max(row "a.example.com".next_check_at, row "b.example.com".next_check_at)
      local told = {}
      assert.equal(2, stage.registry:work { until_idle = true, tell = function(line) told[#told + 1] = line end })
      assert.equal(1, #told)
      assert.matches("a.example.com of acme", told[1], 1, true)
      assert.equal(stage.now + HOUR, row "a.example.com".next_check_at)
      assert.equal(stage.now, row "b.example.com".checked_at)
    end)

    it("goes on where a step of another part raises, and tells so", function()
      local key_steps = require "mailseal.onboard.key_steps"
      local kept, told = key_steps.work, {}
      key_steps.work = function() error "odd key" end
      finally(function() key_steps.work = kept end)
      create()
      stage.now = stage.now + 30
      assert.equal(1, stage.registry:work { until_idle = true, tell = function(line) told[#told + 1] = line end })
      assert.matches("^key_steps: .*odd key", told[1])
    end)

    it("lets held mail go when a domain becomes verified again", function()
      verified()
      stage:replace("bounce.example.com", nil)
      stage:pass(2 * DAY)
      assert.equal("pending", tenant:get "example.com".status)
      assert.equal("lost", tenant:get "example.com".reason)
      stage:publish(create "b.example.com" and { { type = "MX", name = "bounce.example.com", value = "10 mx.provider.example" } })
      stage:pass(DAY)
      assert.equal("verified", tenant:get "example.com".status)
      assert.is_nil(row().gate_at)
    end)

    describe("over a hundred days", function()
      it("sees a domain from its creation through the loss of a record to its failure", function()
        local domain = create()
        stage:pass(2 * HOUR)
        assert.equal("pending", tenant:get "example.com".status)
        stage:publish(domain.records)
        stage:pass(HOUR)
        assert.equal("verified", tenant:get "example.com".status)
        stage:pass(30 * DAY)
        stage:replace("s1._domainkey.example.com", nil)
        stage:pass(2 * DAY)
        local lost = tenant:get "example.com"
        assert.equal("pending", lost.status)
        assert.equal("lost", lost.reason)
        assert.is_true(lost.owned)
        stage:pass(68 * DAY)
        assert.equal("failed", tenant:get "example.com".status)
        assert.same({ "created", "ownership_proven", "verified", "drift", "lost", "ownership_released", "failed" }, stage:kinds())
      end)

      it("flips no verified domain in an outage of DNS that lasts for days, whatever its kind", function()
        verified()
        for _, fault in ipairs { "timeout", "servfail", "refused" } do
          stage:pass(5 * DAY)
          stage:fail(fault)
          stage:pass(10 * DAY)
          assert.equal("verified", tenant:get "example.com".status)
          assert.equal("send", (tenant:decide "example.com"))
          stage:fail(nil)
        end
        stage:pass(2 * DAY)
        local domain = tenant:get "example.com"
        assert.equal("verified", domain.status)
        assert.equal(0, domain.negatives)
        assert.same({ "created", "ownership_proven", "verified" }, stage:kinds())
      end)

      it("flips none either where a resolver denies what the zone's name servers do not say themselves", function()
        verified()
        stage:replace("s1._domainkey.example.com", nil)
        stage.records["example.com"][4] = { error = "timeout", servers = { "ns1.dns.example", "ns2.dns.example" } }
        stage:pass(10 * DAY)
        assert.equal("verified", tenant:get "example.com".status)
      end)
    end)

    describe("of a verified domain that drifts", function()
      before_each(function() verified() end)

      local function after_a_day(name, records)
        stage:replace(name, records)
        stage:pass(1.2 * DAY)
      end

      it("tells that a record is gone, long before that has consequences", function()
        after_a_day("s1._domainkey.example.com", nil)
        assert.same({ "dkim record_missing" }, drifts())
        assert.equal("missing", tenant:records "example.com"[1].status)
        local event = tenant:events { after = 3 }[1]
        assert.equal("drift", event.kind)
        assert.equal("found", event.data.before)
        assert.is_true(event.data.required)
        assert.equal(2, #drifts() + 1)
      end)

      it("tells that a CNAME leads elsewhere, or that there is nothing at its end", function()
        after_a_day("s1._domainkey.example.com", { { type = "CNAME", data = "k2.other.example." } })
        assert.equal("dkim record_changed", drifts()[1])
      end)

      it("tells that the end of a CNAME is dead", function()
        after_a_day("k1.provider.example", nil)
        assert.equal("dkim target_dead", drifts()[1])
      end)

      it("tells of what is not required, too, within the week, and leaves the domain alone", function()
        stage:replace("_dmarc.example.com", { { type = "TXT", data = "v=DMARC1; p=reject" } })
        stage:pass(9 * DAY)
        assert.same({ "dmarc record_changed" }, drifts())
        stage:replace("_dmarc.example.com", nil)
        stage:pass(9 * DAY)
        assert.same({ "dmarc record_changed", "dmarc record_missing" }, drifts())
        assert.equal("verified", tenant:get "example.com".status)
      end)

      it("tells that all is well again, and begins to count anew", function()
        local kept = stage.records["bounce.example.com"]
        stage:replace("bounce.example.com", nil)
        stage.now = row().next_check_at
        stage.registry:work { until_idle = true }
        assert.equal(1, tenant:get "example.com".negatives)
        assert.equal("send", (tenant:decide "example.com"))
        assert.equal(stage.now + HOUR, tenant:get "example.com".next_check_at)
        stage:replace("bounce.example.com", kept)
        stage:pass(2 * HOUR)
        assert.equal(0, tenant:get "example.com".negatives)
        assert.same({ "bounce record_missing", "bounce recovered" }, drifts())
      end)
    end)
  end)
end)

it("the worker's other parts have what it calls", function()
  for _, name in ipairs(worker.STEPS) do
    assert.is_function(require("mailseal.onboard." .. name).work)
  end
end)
