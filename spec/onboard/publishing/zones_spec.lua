-- mailseal.onboard.publishing: records of several zones, several tenants at one zone, and zones that are somebody else's by DNS.
local stage_of = require "spec.support.publishing"

local NAME = "s1._domainkey.example.com"
local SOA = "ns1.dns.example. hostmaster.dns.example. 1 3600 600 86400 300"

describe("A plan of several zones", function()
  local stage, tenant

  before_each(function()
    stage = stage_of.open {
      domains = { "example.com", "_domainkey.example.com" }, zones = { ["example.com"] = {}, ["_domainkey.example.com"] = {} },
    }
    tenant = stage.tenant
    assert(tenant:create { domain = "example.com", provider = "test-cname" })
  end)
  after_each(function() stage:close() end)

  it("writes each record to the zone that it is in, and takes all of it back", function()
    local plan = assert(tenant:plan("example.com", { via = stage.zones }))
    assert.same({ "_domainkey.example.com", "example.com" }, plan.zones)
    local done = assert(plan:apply())
    assert.equal("verified", done.domain.status)
    assert.truthy(stage.zones.sets["_domainkey.example.com"][NAME .. " CNAME"])
    assert.is_nil(stage.zones.sets["example.com"][NAME .. " CNAME"])
    assert(plan:undo())
    assert.same({ ["example.com"] = {}, ["_domainkey.example.com"] = {} }, stage.zones.sets)
  end)

  it("that fails in one of them is taken back in the others", function()
    local plan, calls = assert(tenant:plan("example.com", { via = stage.zones })), 0
    local apply = stage.zones.apply
    function stage.zones.apply(...)
      calls = calls + 1
      if calls == 2 then return nil, "as the test wants it", "not_allowed" end
      return apply(...)
    end
    assert.equal("not_allowed", (select(3, plan:apply())))
    assert.same({ ["example.com"] = {}, ["_domainkey.example.com"] = {} }, stage.zones.sets)
    assert.same({}, tenant:publications("example.com")[1].records)
  end)

  it("that fails in one of them, and cannot be taken back, tells what is there, which is ours", function()
    local plan, calls = assert(tenant:plan("example.com", { via = stage.zones })), 0
    local apply = stage.zones.apply
    function stage.zones.apply(...)
      calls = calls + 1
      if calls > 1 then return nil, "as the test wants it", "server_failed" end
      return apply(...)
    end
    local _, _, code, details = plan:apply()
    assert.same({ "half_done", "server_failed" }, { code, details.cause })
    stage.zones.apply = apply
    assert.is_true(assert(plan:undo()).changed)
    assert.same({ ["example.com"] = {}, ["_domainkey.example.com"] = {} }, stage.zones.sets)
  end)

  it("goes no further where its maker was not heard of for so long that others may be at work; the next one settles it", function()
    local plan, apply, count = assert(tenant:plan("example.com", { via = stage.zones })), stage.zones.apply, 0
    function stage.zones.apply(...)
      count = count + 1
      if count == 1 then stage.now = stage.now + 31 end
      return apply(...)
    end
    local done, _, code = plan:apply()
    assert.same({ nil, "publish_under_way", 1 }, { done, code, count })
    assert.equal("under_way", tenant:publications "example.com"[1].state)
    assert.is_true(assert(plan:apply()).changed)
    local list = tenant:publications "example.com"
    assert.same({ "done", "settled" }, { list[1].state, list[2].state })
    assert(plan:undo())
    assert.same({ ["example.com"] = {}, ["_domainkey.example.com"] = {} }, stage.zones.sets)
  end)

  it("is of one alone where that is wanted", function()
    local plan = assert(tenant:plan("example.com", { via = stage.zones, zone = "_domainkey.example.com" }))
    assert.same({ "_domainkey.example.com" }, plan.zones)
    assert.equal("pending", assert(plan:apply()).domain.status)
    assert.equal("other_zone", (select(3, tenant:plan("example.com", { via = stage.zones, zone = "example.net" }))))
  end)

  it("leaves to others what the DNS host has no zone of", function()
    stage.zones.sets["example.com"] = nil
    local plan = assert(tenant:plan("example.com", { via = stage.zones }))
    local left = 0
    for _, step in ipairs(plan.steps) do left = left + (step.action == "leave" and 1 or 0) end
    assert.equal(3, left)
    assert(plan:apply())
    stage.zones.sets = {}
    assert.equal("no_zone", (select(3, tenant:plan("example.com", { via = stage.zones }))))
  end)
end)

describe("A zone that several tenants write to", function()
  it("is written to by one at a time", function()
    local stage = stage_of.open()
    local other = stage.registry:tenant "other"
    assert(stage.tenant:create { domain = "example.com", provider = "test-cname" })
    assert(other:create { domain = "news.example.com", provider = "test-cname" })
    local first = assert(stage.tenant:plan("example.com", { via = stage.zones }))
    local second = assert(other:plan("news.example.com", { via = stage.zones }))
    local apply, refused = stage.zones.apply, nil
    function stage.zones.apply(...)
      stage.zones.apply = apply
      refused = { second:apply() }
      return apply(...)
    end
    assert.is_true(assert(first:apply()).changed)
    assert.same({ nil, "publish_under_way" }, { refused[1], refused[3] })
    assert.equal(stage.now + 30, refused[4].retry_at)
    assert.same({ "created" }, stage:kinds(other))
    assert.is_true(assert(second:apply()).changed)
    stage:close()
  end)
end)

describe("A publication that takes long", function()
  it("is left to whoever makes it, for as long as he is heard of", function()
    local async = require "mailseal.async"
    local stage = stage_of.open { policy = { publishing = { wait = 0, lease = 3 } } }
    assert(stage.tenant:create { domain = "example.com", provider = "test-cname" })
    local first = assert(stage.tenant:plan("example.com", { via = stage.zones }))
    local second = assert(stage.tenant:plan("example.com", { via = stage.zones }))
    local apply, refused = stage.zones.apply, nil
    function stage.zones.apply(...)
      stage.zones.apply = apply
      stage.now = stage.now + 2
      local function until_when()
        return stage.registry.db:read(function(tx) return tx:row("SELECT max(lease_until) AS ends FROM locks").ends end)
      end
      local before = until_when()
      repeat async.sleep(0.05) until until_when() > before -- it has been heard of
      stage.now = stage.now + 2
      refused = { second:apply() }
      return apply(...)
    end
    assert.is_true(assert(first:apply()).changed)
    assert.equal("publish_under_way", refused[3])
    stage:close()
  end)
end)

describe("Who is patient", function()
  local async = require "mailseal.async"

  local function stage_with_plans()
    local stage = stage_of.open()
    assert(stage.tenant:create { domain = "example.com", provider = "test-cname" })
    local way = { via = stage.zones }
    return stage, assert(stage.tenant:plan("example.com", way)), assert(stage.tenant:plan("example.com", way))
  end

  it("waits until another has done it", function()
    local stage, first, second = stage_with_plans()
    local apply, begun = stage.zones.apply, false
    function stage.zones.apply(...)
      stage.zones.apply, begun = apply, true
      async.sleep(0.1)
      return apply(...)
    end
    local done = async.run(function()
      local task = async.start(function()
        while not begun do async.sleep(0.01) end
        return assert(second:apply { patience = 60 })
      end)
      assert.is_true(assert(first:apply()).changed)
      return task:join()
    end)
    assert.is_false(done.changed)
    stage:close()
  end)

  it("goes on when one who was killed is not heard of any more", function()
    local stage, first = stage_with_plans()
    assert(stage.registry:perform("publishing.steps", "claim", "acme", "example.com", {
      id = "dead", locks = { "domain:4:acme:example.com" },
    }))
    assert.equal("publish_under_way", (select(3, first:apply())))
    local done = async.run(function()
      async.start(function()
        async.sleep(0.1)
        stage.now = stage.now + 30
      end)
      return assert(first:apply { patience = 60 })
    end)
    assert.is_true(done.changed)
    stage:close()
  end)

  it("is not kept waiting by an error of a target's", function()
    local stage, first = stage_with_plans()
    function stage.zones.apply() error("a mistake", 0) end
    assert.has_error(function() first:apply() end, "a mistake")
    stage:close()
  end)
end)

describe("A zone that is served by others than who is written to", function()
  local stage, tenant

  local function open(host, ns)
    local sets = { { name = "example.com", type = "NS", ttl = 300, values = ns } }
    stage = stage_of.open { zones = { ["example.com"] = ns and sets or {} } }
    stage.zones.module = { id = "memory", name = "a table", atomic = true, least_ttl = 0, settings = {}, credentials = {}, host = host }
    stage.records["example.com"] = {
      { type = "SOA", data = SOA }, { type = "NS", data = "ns1.dns.example." }, { type = "NS", data = "ns2.dns.example." },
    }
    stage.opened, tenant = nil, stage.tenant
    assert(tenant:create { domain = "example.com", provider = "test-cname" })
    return assert(tenant:plan("example.com", { via = stage.zones }))
  end
  after_each(function() stage:close() end)

  it("is a conflict, by the DNS host that the name servers are of", function()
    local plan = open "cloudflare"
    assert.equal("record_at_wrong_host@example.com", plan.conflicts[1].consent)
    assert.truthy(plan:diff():find("ns1.dns.example, ns2.dns.example", 1, true))
    assert.same({ "consent_needed", { "record_at_wrong_host@example.com" } }, { select(3, plan:apply()) })
    assert(plan:apply { consent = { "record_at_wrong_host@example.com" } })
    assert.same({ "record_at_wrong_host@example.com" }, tenant:publications("example.com")[1].consents)
    assert.same({}, assert(tenant:plan("example.com", { via = stage.zones, consent = { "record_at_wrong_host@example.com" } })).conflicts)
  end)

  it("is a conflict, by the name servers that it names itself there", function()
    assert.equal("record_at_wrong_host@example.com", open(nil, { "ns1.old.example." }).conflicts[1].consent)
  end)

  it("is none where one of them is the same, or nobody can tell", function()
    assert.same({}, open(nil, { "ns1.old.example.", "ns2.dns.example." }).conflicts)
    stage:close()
    assert.same({}, open().conflicts)
  end)

  it("is a conflict where DNS has the domain in another zone", function()
    stage = stage_of.open { zones = { ["mail.example.com"] = {} } }
    assert(stage.tenant:create { domain = "mail.example.com", provider = "test-cname" })
    local plan = assert(stage.tenant:plan("mail.example.com", { via = stage.zones }))
    assert.equal("record_zone_delegated@mail.example.com", plan.conflicts[1].consent)
  end)
end)
