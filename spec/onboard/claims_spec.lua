-- Whose a domain is, in the life of domains: hostile-input.md, Service 3 and 4.
local contest = require "spec.support.contest"
local databases = require "spec.support.databases"
local onboarding = require "spec.support.onboarding"
local shell = require "spec.support.shell"

local HOUR, DAY = 3600, 86400

describe("A claim to a domain", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local stage, acme, other, url

    before_each(function()
      url = new_database()
      stage = onboarding.open { db = url, domains = { "example.com", "mail.example.com" } }
      acme, other = stage.tenant, stage.registry:tenant "other"
    end)
    after_each(function() stage:close() end)

    local function create(tenant, domain)
      return assert(tenant:create { domain = domain or "example.com", provider = "test-cname" })
    end

    local function status(tenant, domain)
      return assert(tenant:get(domain or "example.com")).status
    end

    local function verify(tenant, domain)
      return assert(tenant:verify(domain or "example.com")).status
    end

    -- Puts the challenges of these domains beside each other, in place of those that were there.
    local function challenge(...)
      local texts = {}
      for i, domain in ipairs { ... } do
        assert.equal("ownership", domain.records[1].purpose)
        texts[i] = { type = "TXT", data = domain.records[1].value, ttl = 300 }
      end
      stage:replace(({ ... })[1].records[1].name, texts)
      stage.now = stage.now + HOUR -- what was cached is gone
    end

    -- The zone of many domains that both tenants claim, with the challenges of both.
    local function zone_of_all(count)
      local zone = {
        ["mx.provider.example"] = '{"type": "A", "data": "192.0.2.77"}',
        ["k1.provider.example"] = ('{"type": "TXT", "data": "%s"}'):format(stage.records["k1.provider.example"][1].data),
      }
      for i = 1, count do
        local domain = ("d%d.example"):format(i)
        zone[domain] = ('{"type": "SOA", "data": "ns.%s. host.%s. 1 2 3 4 5"}, {"type": "NS", "data": "ns.%s."}'):format(
          domain, domain, domain)
        zone["ns." .. domain] = '{"type": "A", "data": "192.0.2.1"}'
        zone["s1._domainkey." .. domain] = '{"type": "CNAME", "data": "k1.provider.example."}'
        zone["bounce." .. domain] = '{"type": "MX", "data": "10 mx.provider.example."}'
        zone["_mailseal-challenge." .. domain] = ('{"type": "TXT", "data": "%s"}, {"type": "TXT", "data": "%s"}'):format(
          create(acme, domain).records[1].value, create(other, domain).records[1].value)
      end
      local lines = {}
      for name, records in pairs(zone) do
        lines[#lines + 1] = ('"%s": [%s]'):format(name, records)
      end
      return "{" .. table.concat(lines, ",\n") .. "}"
    end

    it("is not proven by CNAMEs that an earlier tenant left in DNS", function()
      local mine = create(acme)
      stage:publish(mine.records)
      assert.equal("verified", verify(acme))
      assert(acme:remove "example.com")
      stage.now = stage.now + DAY
      local theirs = create(other)
      assert.equal("pending", verify(other))
      for _, record in ipairs(other:records "example.com") do
        assert.equal(record.purpose == "ownership" and "missing" or "found", record.purpose ~= "dmarc" and record.status or "found")
      end
      assert.same({ "refuse", "not_verified" }, { (select(1, other:decide "example.com")), (select(2, other:decide "example.com")) })
      challenge(theirs)
      assert.equal("verified", verify(other))
    end)

    it("is proven by its own record, and by none that the provider asks for to know the owner", function()
      local mine = assert(acme:create { domain = "example.com", provider = "mandrill", vars = { code = "abcdef" } })
      assert.same({ "_mailseal-challenge.example.com", "example.com" }, { mine.records[1].name, mine.records[4].name })
      for i, record in ipairs(mine.records) do
        if i > 1 and record.name ~= "example.com" then
          stage:publish { record }
        end
      end
      stage:replace("dkim1.mandrillapp.com", stage.records["k1.provider.example"])
      stage:replace("dkim2.mandrillapp.com", stage.records["k1.provider.example"])
      table.insert(stage.records["example.com"], { type = "TXT", data = mine.records[4].value })
      local seen = assert(acme:verify "example.com")
      assert.same({ "pending", false, "missing", "found" }, { seen.status, seen.owned, seen.records[1].status, seen.records[4].status })
      challenge(mine)
      seen = assert(acme:verify "example.com")
      assert.same({ "verified", true }, { seen.status, seen.owned })
    end)

    it("needs a fresh challenge after the domain was removed, by the same tenant, too", function()
      local first = create(acme)
      stage:publish(first.records)
      assert.equal("verified", verify(acme))
      assert(acme:remove "example.com")
      local second = create(acme)
      assert.not_equal(first.records[1].value, second.records[1].value)
      assert.is_false(second.owned)
      assert.equal("pending", verify(acme))
      challenge(second)
      assert.equal("verified", verify(acme))
    end)

    it("is not proven by a look at what was asked for before, whoever removes and creates the domain meanwhile", function()
      local first = create(acme)
      stage:publish(first.records)
      stage.now = stage.now + HOUR
      local theirs = create(other)
      challenge(first, theirs)
      assert.equal("verified", verify(other))
      stage.now = stage.now + HOUR
      function stage.meanwhile()
        assert(acme:remove "example.com")
        create(acme)
      end
      assert.equal("pending", verify(acme))
      assert.is_nil(stage.meanwhile)
      assert.is_false(acme:get("example.com").owned)
      assert.equal("verified", status(other))
    end)

    it("does not hold up another one, nor what its owner does", function()
      stage:publish(create(acme).records)
      local theirs = create(other)
      assert.equal("verified", verify(acme))
      stage:pass(HOUR)
      assert.equal("send", (acme:decide "example.com"))
      assert.equal("pending", status(other))
      assert.not_equal(theirs.records[1].value, other:get("example.com").records[1].value) -- as somebody has proven it since
    end)

    it("that is proven together with another: one has the domain, and the other is given a fresh challenge", function()
      local mine, theirs = create(acme), create(other)
      stage:publish(mine.records)
      challenge(mine, theirs)
      stage:pass(HOUR)
      local winner, loser, losing = acme, other, theirs
      if status(other) == "verified" then
        winner, loser, losing = other, acme, mine
      end
      assert.same({ "verified", "pending" }, { status(winner), status(loser) })
      local record = loser:get("example.com").records[1]
      assert.not_equal(losing.records[1].value, record.value)
      stage:pass(5 * HOUR)
      assert.same({ "verified", "pending" }, { status(winner), status(loser) })
      assert.not_equal("found", loser:get("example.com").records[1].status)
    end)

    it("that lost the domain does not get it back by the challenge that it had", function()
      local mine = create(acme)
      stage:publish(mine.records)
      assert.equal("verified", verify(acme))
      stage.now = stage.now + DAY
      local theirs = create(other)
      challenge(mine, theirs)
      assert.equal("verified", verify(other))
      assert.equal("failed", status(acme))
      stage.now = stage.now + HOUR
      local again = assert(acme:restart "example.com")
      assert.not_equal(mine.records[1].value, again.records[1].value)
      stage:pass(5 * HOUR)
      assert.same({ "pending", "verified" }, { status(acme), status(other) })
      challenge(mine, theirs, again)
      assert.equal("verified", verify(acme))
      assert.equal("failed", status(other))
      assert.same({ "created", "ownership_taken", "verified", "ownership_lost", "taken_over" }, stage:kinds(other))
    end)

    it("grants nothing over a subdomain that another tenant holds, nor the other way round", function()
      stage:publish(create(acme).records)
      assert.equal("verified", verify(acme))
      local theirs = create(other, "mail.example.com")
      stage:publish(theirs.records)
      assert.equal("verified", verify(other, "mail.example.com"))
      stage.now = stage.now + HOUR
      create(acme, "mail.example.com")
      assert.equal("pending", verify(acme, "mail.example.com"))
      create(other)
      assert.equal("pending", verify(other))
      stage:pass(2 * DAY)
      assert.same({ "verified", "verified" }, { status(acme), status(other, "mail.example.com") })
    end)

    it("that is given a fresh challenge is not shown as if that were published, nor ended by a fault of DNS", function()
      local mine, theirs = create(acme), create(other)
      stage:publish(mine.records)
      assert.equal("verified", verify(acme))
      challenge(theirs)
      local renewed = assert(other:verify "example.com").records[1]
      assert.equal("unknown", renewed.status)
      assert.not_equal(theirs.records[1].value, renewed.value)
      assert(other:remove "example.com")
      stage.now = stage.now + HOUR
      create(other)
      stage:replace(mine.records[1].name, nil)
      assert(acme:remove "example.com")
      local again = create(acme)
      challenge(again)
      assert.equal("verified", verify(acme))
      stage.now = stage.now + 4 * DAY
      stage:fail "timeout"
      assert.equal("pending", verify(other))
    end)

    it("expires, and what was to prove it counts no more", function()
      local mine = create(acme)
      stage:publish { mine.records[2], mine.records[3] }
      stage:pass(4 * DAY)
      assert.equal("failed", status(acme))
      local again = assert(acme:restart "example.com")
      challenge(mine)
      assert.equal("pending", verify(acme))
      challenge(again)
      assert.equal("verified", verify(acme))
    end)

    it("ends with its owner's once his records have been gone for too long", function()
      local mine = create(acme)
      stage:publish(mine.records)
      assert.equal("verified", verify(acme))
      stage:replace(mine.records[2].name, nil)
      stage:pass(6 * DAY)
      assert.equal("failed", status(acme))
      stage:publish { mine.records[2] }
      local theirs = create(other)
      challenge(theirs)
      assert.equal("verified", verify(other))
      assert.same({ "created", "ownership_proven", "verified" }, stage:kinds(other)) -- nothing was taken: it was nobody's
    end)

    it("of two tenants who verify it at the same moment: one of them owns it", function()
      local count, directory = 10, shell.new_directory()
      shell.write(directory .. "/zone.json", zone_of_all(count))
      assert.equal("", contest.run("spec/support/verifier.lua", url, { "acme", "other" }, count, directory))
      shell.remove_directory(directory)
      for i = 1, count do
        local domain = ("d%d.example"):format(i)
        local one, two = status(acme, domain), status(other, domain)
        assert.is_true(one == "verified" and two == "pending" or one == "pending" and two == "verified", one .. ", " .. two)
      end
    end)
  end)
end)
