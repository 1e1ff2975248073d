-- A tenant's domains: created, looked at, looked up, started again; on both databases.
local databases = require "spec.support.databases"
local onboarding = require "spec.support.onboarding"

local HOUR, DAY = 3600, 86400

databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
  describe("a tenant's domains", function()
    local stage, tenant

    before_each(function()
      stage = onboarding.open { db = new_database(), domains = { "example.com", "example.org" } }
      tenant = stage.tenant
    end)
    after_each(function() stage:close() end)

    local function create(domain)
      return assert(tenant:create { domain = domain or "example.com", provider = "test-cname", actor = "ann" })
    end

    local function ids(records)
      local list = {}
      for i, record in ipairs(records) do list[i] = record.id .. " " .. record.status end
      return list
    end

    describe("when created", function()
      it("are pending, with all that is to be published, and how the form wants it", function()
        local domain = create " Mail.Example.COM. "
        assert.equal("mail.example.com", domain.domain)
        assert.equal("pending", domain.status)
        assert.equal("Pending validation", domain.provider_status)
        assert.is_false(domain.owned)
        assert.is_true(domain.enabled)
        assert.equal("healthy", domain.health)
        assert.equal(stage.now + 30, domain.next_check_at)
        assert.equal(stage.now + 3 * DAY, domain.window_ends)
        assert.same({ "ownership unknown", "dkim unknown", "bounce unknown", "dmarc unknown" }, ids(domain.records))
        local dkim = domain.records[2]
        assert.equal("CNAME", dkim.type)
        assert.equal("s1._domainkey.mail.example.com", dkim.host.full)
        assert.equal("s1._domainkey.mail", dkim.host.prefix)
        assert.equal("k1.provider.example", dkim.value)
        assert.is_true(dkim.required)
        assert.is_true(dkim.host.assumed)
      end)

      it("ask nothing of DNS", function()
        create()
        assert.equal(0, stage.queries)
      end)

      it("are told in the events, with who did it", function()
        create()
        local events = assert(tenant:events())
        assert.equal("created", events[1].kind)
        assert.equal("ann", events[1].actor)
        assert.equal("example.com", events[1].domain)
        assert.equal(stage.now, events[1].at)
      end)

      it("are the same when they are read again", function()
        local domain = create()
        assert.same(domain, assert(tenant:get "EXAMPLE.com"))
        assert.same(domain.records, assert(tenant:records "example.com"))
      end)

      it("are there once", function()
        create()
        local again, message, code = tenant:create { domain = "example.com", provider = "test-cname" }
        assert.is_nil(again)
        assert.equal("exists", code)
        assert.matches("example.com", message, 1, true)
        assert.equal(1, #tenant:events())
      end)

      it("are refused where they are none, or strangers have names below them, or nobody knows the provider", function()
        for typed, wanted in pairs { ["no domain"] = "bad_name", ["ann@example.com"] = "bad_name", ["co.uk"] = "public_suffix" } do
          local domain, message, code = tenant:create { domain = typed, provider = "test-cname" }
          assert.is_nil(domain)
          assert.is_string(message)
          assert.equal(wanted, code)
        end
        local _, _, code = tenant:create { domain = "example.com", provider = "nobody" }
        assert.equal("no_provider", code)
        assert.same({}, tenant:events())
      end)

      it("raise where the program is wrong", function()
        assert.error_matches(function() tenant:create { domain = "example.com" } end, "wants a domain and a provider")
        assert.error_matches(function() tenant:create { domain = "example.com", provider = "test-cname", colour = 1 } end, "colour")
        for _, method in ipairs { "get", "records", "export", "enable", "hold", "unhold", "release_holds", "use", "release", "verify" } do
          local _, message = pcall(function()
            local result = tenant[method](tenant, 5)
            return result
          end)
          assert.matches("domains_spec%.lua:%d+: a domain's name expected, got number", message)
        end
        assert.error_matches(function() stage.registry:tenant "" end, "tenant's id")
      end)

      it("can be many at once, each by itself", function()
        create "b.example.com"
        local list, problems = assert(tenant:create_many {
          { domain = "a.example.com", provider = "test-cname" }, { domain = "b.example.com", provider = "test-cname" },
          { domain = "no domain", provider = "test-cname" }, { domain = "c.example.com", provider = "test-cname" },
          { domain = "C.example.com", provider = "test-cname" },
        })
        assert.equal("a.example.com", list[1].domain)
        assert.is_false(list[2])
        assert.equal("exists", problems[2].code)
        assert.is_false(list[3])
        assert.equal("bad_name", problems[3].code)
        assert.equal("c.example.com", list[4].domain)
        assert.is_false(list[5])
        assert.equal("exists", problems[5].code)
        assert.same({ "created", "created", "created" }, stage:kinds())
      end)
    end)

    it("are not there under what is no name at all", function()
      for _, odd in ipairs { "", ".", "a\0b", "\255", ("a"):rep(300), "_x.example.com", "-" } do
        for _, method in ipairs { "get", "verify", "restart", "dns_host", "enable", "remove", "health" } do
          local found, _, code = tenant[method](tenant, odd)
          assert.is_nil(found)
          assert.equal("not_found", code)
        end
      end
    end)

    describe("of several tenants", function()
      it("are nobody else's to see", function()
        create()
        local other = stage.registry:tenant "other"
        for _, method in ipairs { "get", "records", "verify", "restart", "dns_host" } do
          local found, message, code = other[method](other, "example.com")
          assert.is_nil(found, method)
          assert.is_string(message)
          assert.equal("not_found", code, method)
        end
        assert.same({}, other:list())
        assert.same({}, other:events())
      end)

      it("may have one name", function()
        create()
        assert(stage.registry:tenant "other":create { domain = "example.com", provider = "test-cname" })
        assert.not_equal(tenant:get "example.com".records[1].value, stage.registry:tenant "other":get "example.com".records[1].value)
      end)
    end)

    describe("when listed", function()
      local function names(list)
        local all = {}
        for i, domain in ipairs(list) do all[i] = domain.domain end
        return all
      end

      it("come by name, page by page, and by status", function()
        for _, name in ipairs { "c.example.com", "a.example.com", "b.example.com" } do create(name) end
        assert.same({ "a.example.com", "b.example.com", "c.example.com" }, names(tenant:list()))
        assert.same({ "b.example.com" }, names(tenant:list { after = "a.example.com", limit = 1 }))
        assert.same({}, tenant:list { status = "verified" })
        assert.equal(3, #tenant:list { status = "pending" })
        assert.error_matches(function() tenant:list { status = "odd" } end, "status must be pending, verified or failed")
      end)

      it("can be searched for a part of their names, in which nothing stands for anything else", function()
        for _, name in ipairs { "shop.example.com", "news.example.com", "news.example.org", "m\195\188nchen.example.com" } do
          create(name)
        end
        assert.same({ "news.example.com", "news.example.org" }, names(tenant:list { search = "NEWS" }))
        assert.same({ "news.example.org" }, names(tenant:list { search = "news", after = "news.example.com" }))
        assert.same({ "news.example.com" }, names(tenant:list { search = "s.ex", status = "pending", limit = 1 }))
        assert.same({ "xn--mnchen-3ya.example.com" }, names(tenant:list { search = "m\195\188nchen" }))
        for _, sought in ipairs { "%", "_", "s_ex", "\\", "'", "\255", "\0", "nowhere" } do
          assert.same({}, names(tenant:list { search = sought }), sought)
        end
        assert.same({}, tenant:list { search = "news", status = "failed" })
      end)

      it("are counted by status, as long as they are not too many to be", function()
        assert.same({ all = 0, pending = 0, verified = 0, failed = 0 }, tenant:count())
        create "a.example.com"
        create "b.example.com"
        stage:publish(tenant:records "a.example.com")
        assert.equal("verified", tenant:verify("a.example.com").status)
        assert.same({ all = 2, pending = 1, verified = 1, failed = 0 }, tenant:count())
        local many = {}
        for i = 1, 999 do many[i] = { domain = ("d%d.example.org"):format(i), provider = "test-cname" } end
        assert(tenant:create_many(many))
        assert.same({ more = true }, tenant:count())
      end)
    end)

    describe("have events", function()
      it("that come the newest first as well, page by page", function()
        create "a.example.com"
        create "b.example.com"
        tenant:disable "a.example.com"
        local function told(options)
          local list = {}
          for i, event in ipairs(assert(tenant:events(options))) do list[i] = event.id .. " " .. event.kind end
          return list
        end
        assert.same({ "3 disabled", "2 created", "1 created" }, told { newest = true })
        assert.same({ "3 disabled", "1 created" }, told { newest = true, domain = "a.example.com" })
        assert.same({ "3 disabled" }, told { newest = true, limit = 1 })
        assert.same({ "2 created" }, told { newest = true, limit = 1, before = 3 })
        assert.same({ "1 created" }, told { newest = true, domain = "a.example.com", before = 3 })
        assert.error_matches(function() tenant:events { before = 3 } end, "before goes with newest")
        assert.error_matches(function() tenant:events { newest = true, after = 3 } end, "before goes with newest")
      end)
    end)

    describe("when looked at", function()
      it("say of each record what is missing, from when on looking again is of use, and are pending still", function()
        create()
        local domain = assert(tenant:verify "example.com")
        assert.equal("pending", domain.status)
        assert.same({ "ownership missing", "dkim missing", "bounce missing", "dmarc missing" }, ids(domain.records))
        assert.same({ "record_missing" }, domain.records[2].findings)
        assert.equal(stage.now, domain.checked_at)
        assert.equal(stage.now + 300, domain.retry_at)
        assert.equal(stage.now + 300, domain.next_check_at)
        assert.is_true(#domain.findings >= 3)
        assert.equal("pending", domain.findings[1].severity)
      end)

      it("know the zone then", function()
        create "mail.example.com"
        local domain = assert(tenant:verify "mail.example.com")
        assert.equal("example.com", domain.zone)
        assert.is_nil(domain.records[1].host.assumed)
      end)

      it("know who hosts their DNS, and notice when that is another", function()
        create()
        local function serve(first, second)
          stage.records["example.com"] = {
            { type = "SOA", data = first .. ". h.dns.example. 1 3600 600 86400 300" },
            { type = "NS", data = first .. "." }, { type = "NS", data = second .. "." },
          }
          stage.records[first], stage.records[second] = { { type = "A", data = "192.0.2.1" } }, { { type = "A", data = "192.0.2.2" } }
          stage.opened = nil
        end
        serve("ns01.domaincontrol.com", "ns02.domaincontrol.com")
        local domain = assert(tenant:verify "example.com")
        assert.equal("godaddy", domain.dns_host)
        assert.equal("godaddy", domain.records[1].host.host)
        serve("amy.ns.cloudflare.com", "bob.ns.cloudflare.com")
        assert.equal("cloudflare", assert(tenant:verify "example.com").dns_host)
        assert.equal("cloudflare", assert(tenant:dns_host "example.com").id)
        serve("ns1.dns.example", "ns2.dns.example")
        assert.is_nil(assert(tenant:verify "example.com").dns_host)
      end)

      it("are verified when everything that is required is there, and say so in the events", function()
        local domain = create()
        stage:publish { domain.records[1], domain.records[2], domain.records[3] }
        domain = assert(tenant:verify "example.com")
        assert.equal("verified", domain.status)
        assert.equal("Connected", domain.provider_status)
        assert.is_true(domain.owned)
        assert.same({ "dkim found", "bounce found", "dmarc missing" }, ids(domain.records))
        assert.equal("Valid", domain.records[1].provider_status)
        assert.equal("missing", domain.records[3].provider_status)
        assert.is_nil(domain.window_ends)
        assert.same({ "created", "ownership_proven", "verified" }, stage:kinds())
        assert.equal("send", (tenant:decide "example.com"))
      end)

      it("are not verified before it is proven whose they are, whatever else is there", function()
        local domain = create()
        stage:publish { domain.records[2], domain.records[3], domain.records[4] }
        domain = assert(tenant:verify "example.com")
        assert.equal("pending", domain.status)
        assert.is_false(domain.owned)
        assert.equal("refuse", (tenant:decide "example.com"))
      end)

      it("are owned when the challenge is seen, though a record is missing, and are not asked for it again", function()
        local domain = create()
        stage:publish { domain.records[1], domain.records[2] }
        domain = assert(tenant:verify "example.com")
        assert.is_true(domain.owned)
        assert.equal("pending", domain.status)
        assert.same({ "dkim found", "bounce missing", "dmarc missing" }, ids(domain.records))
        stage:replace(("_mailseal-challenge.example.com"), nil):publish { domain.records[2] }
        assert.equal("verified", assert(tenant:verify "example.com").status)
      end)

      it("are not failed, and nothing is told to be missing, where DNS does not say", function()
        create()
        stage:fail "timeout"
        local domain = assert(tenant:verify "example.com")
        assert.equal("pending", domain.status)
        for _, record in ipairs(domain.records) do assert.equal("unknown", record.status) end
      end)

      it("are propagating, neither verified nor failed, while the name servers differ", function()
        local domain = create()
        stage:publish(domain.records)
        stage:replace("s1._domainkey.example.com", {
          { type = "CNAME", data = "k1.provider.example.", servers = { "ns1.dns.example" } },
        })
        domain = assert(tenant:verify "example.com")
        assert.equal("pending", domain.status)
        assert.equal("propagating", domain.records[1].status)
        stage:pass(3 * DAY - 1)
        assert.equal("pending", assert(tenant:get "example.com").status)
        stage:pass(1)
        domain = assert(tenant:get "example.com")
        assert.equal("failed", domain.status)
        assert.equal("servers_differ", domain.reason)
        assert.equal("propagating", domain.records[1].status)
      end)

      it("are given up where DNS says nothing for twice their time, and nothing is told to be missing then either", function()
        create()
        stage:fail "timeout"
        stage:pass(6 * DAY - 1)
        assert.equal("pending", assert(tenant:get "example.com").status)
        stage:pass(1)
        local domain = assert(tenant:get "example.com")
        assert.equal("failed", domain.status)
        assert.equal("no_answer", domain.reason)
        for _, record in ipairs(domain.records) do assert.not_equal("missing", record.status) end
        assert.same({ "created", "failed" }, stage:kinds())
        assert.equal("no_answer", tenant:events { after = 1 }[1].data.reason)
      end)

      it("can no more when they have failed", function()
        create()
        stage:pass(3 * DAY)
        local domain, message, code = tenant:verify "example.com"
        assert.is_nil(domain)
        assert.is_string(message)
        assert.equal("failed", code)
      end)
    end)

    describe("when started again", function()
      it("have a fresh challenge and their whole time, where they had failed", function()
        local before = create()
        stage:publish { before.records[1] }
        stage:pass(3 * DAY)
        local failed = tenant:get "example.com"
        assert.equal("failed", failed.status)
        assert.equal("window_over", failed.reason)
        assert.is_nil(failed.next_check_at)
        local domain = assert(tenant:restart "example.com")
        assert.equal("pending", domain.status)
        assert.equal("restarted", domain.reason)
        assert.equal(stage.now + 3 * DAY, domain.window_ends)
        assert.not_equal(before.records[1].value, domain.records[1].value)
        assert.equal("unknown", domain.records[1].status)
        stage:publish(domain.records)
        assert.equal("verified", assert(tenant:verify "example.com").status)
        assert.same({ "created", "ownership_proven", "ownership_released", "failed", "restarted", "ownership_proven", "verified" },
          stage:kinds())
      end)

      it("keep their challenge where they are pending", function()
        local before = create()
        stage:pass(2 * DAY)
        local domain = assert(tenant:restart "example.com")
        assert.equal(stage.now + 3 * DAY, domain.window_ends)
        assert.equal(before.records[1].value, domain.records[1].value)
      end)

      it("are not looked at before a cached answer of the last look can have expired", function()
        create()
        local seen = assert(tenant:verify "example.com")
        assert.equal(stage.now + 300, seen.retry_at)
        assert.equal(seen.retry_at, assert(tenant:restart "example.com").next_check_at)
        stage.now = seen.retry_at - 10
        assert.equal(stage.now + 30, assert(tenant:restart "example.com").next_check_at)
      end)

      it("are not, where they are verified", function()
        stage:publish(create().records)
        tenant:verify "example.com"
        local _, _, code = tenant:restart "example.com"
        assert.equal("already_verified", code)
      end)
    end)

    describe("claimed by two tenants", function()
      local other

      before_each(function() other = stage.registry:tenant "other" end)

      it("go to who proves it later, and the one before has failed, and knows", function()
        stage:publish(create().records)
        assert.equal("verified", tenant:verify "example.com".status)
        stage.now = stage.now + HOUR
        local theirs = assert(other:create { domain = "example.com", provider = "test-cname" })
        stage.now = stage.now + HOUR
        stage:publish { theirs.records[1] }
        assert.equal("verified", other:verify "example.com".status)
        local mine = tenant:get "example.com"
        assert.equal("failed", mine.status)
        assert.equal("taken_over", mine.reason)
        assert.is_false(mine.owned)
        local verdict, code = tenant:decide "example.com"
        assert.same({ "refuse", "taken_over" }, { verdict, code })
        assert.same({ "created", "ownership_proven", "verified", "ownership_lost", "taken_over" }, stage:kinds())
        assert.same({ "created", "ownership_taken", "verified" }, stage:kinds(other))
      end)

      it("need another challenge where somebody proved it since they got theirs", function()
        local mine = create()
        local theirs = assert(other:create { domain = "example.com", provider = "test-cname" })
        stage.now = stage.now + HOUR
        stage:publish(mine.records)
        assert.equal("verified", tenant:verify "example.com".status)
        stage.now = stage.now + HOUR
        stage:publish { theirs.records[1] }
        local again = assert(other:verify "example.com")
        assert.equal("pending", again.status)
        assert.not_equal(theirs.records[1].value, again.records[1].value)
        assert.equal("unknown", again.records[1].status)
        assert.equal("verified", tenant:get "example.com".status)
        stage.now = stage.now + HOUR
        stage:publish { again.records[1] }
        assert.equal("verified", other:verify "example.com".status)
        assert.equal("failed", tenant:get "example.com".status)
      end)
    end)
  end)
end)
