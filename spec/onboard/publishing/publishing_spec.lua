-- mailseal.onboard.publishing: a domain's records are written to its zones for the customer, over any target.
local stage_of = require "spec.support.publishing"

local NAME = "s1._domainkey.example.com"

describe("tenant:plan", function()
  local stage, tenant

  local function open(options)
    stage = stage_of.open(options)
    tenant = stage.tenant
    assert(tenant:create { domain = "example.com", provider = "test-cname" })
  end

  before_each(function() open() end)
  after_each(function() stage:close() end)

  local function plan(options)
    local given = { via = stage.zones }
    for name, value in pairs(options or {}) do given[name] = value end
    return assert(tenant:plan("example.com", given))
  end

  it("tells what would be added, and changes nothing", function()
    local made = plan()
    local actions = {}
    for _, step in ipairs(made.steps) do actions[step.record] = step.action end
    assert.same({ ownership = "add", dkim = "add", bounce = "add", dmarc = "add" }, actions)
    assert.same({ "example.com" }, made.zones)
    assert.truthy(made:diff():find("+ CNAME k1.provider.example.", 1, true))
    assert.equal(0, stage.zones.applied)
    assert.same({ "created" }, stage:kinds())
  end)

  it("is applied: the records are there, DNS shows them, and the domain is verified at once", function()
    local done = assert(plan():apply())
    assert.same({ true, true, "verified" }, { done.changed, done.shown, done.domain.status })
    assert.same({ "k1.provider.example." }, stage_of.values(stage, NAME, "CNAME"))
    assert.same({ "created", "publish_begun", "published", "ownership_proven", "verified" }, stage:kinds())
  end)

  it("is applied twice: nothing is changed, and nothing is told", function()
    local made = plan()
    assert(made:apply())
    local kinds = stage:kinds()
    assert.is_false(assert(made:apply()).changed)
    assert.is_false(assert(plan():apply()).changed)
    assert.equal(1, stage.zones.applied)
    assert.same(kinds, stage:kinds())
  end)

  it("is applied once, though another has done it meanwhile; what another has done of it is left out", function()
    local first, second = plan(), plan()
    assert(first:apply())
    assert.is_false(assert(second:apply()).changed)
    assert(first:undo())
    second = plan()
    local bounce = "bounce.example.com MX"
    stage.zones.sets["example.com"][bounce] = { name = "bounce.example.com", type = "MX", ttl = 60, values = { "10 mx.provider.example." } }
    local done = assert(second:apply())
    assert.is_true(done.changed)
    for _, change in ipairs(done.changes["example.com"]) do assert.is_not.equal("bounce.example.com", change.name) end
    assert(second:undo())
    assert.same({ "10 mx.provider.example." }, stage_of.values(stage, "bounce.example.com", "MX"))
  end)

  it("is not applied to a zone that has moved: plan again", function()
    local made = plan()
    stage.zones.sets["example.com"][NAME .. " CNAME"] = { name = NAME, type = "CNAME", ttl = 60, values = { "other.example." } }
    local done, message, code, details = made:apply()
    assert.same({ nil, "zone_moved", NAME }, { done, code, details.name })
    assert.truthy(message:find("plan again", 1, true))
    assert.same({ "created" }, stage:kinds())
    assert.equal(0, stage.zones.applied)
  end)

  it("is not applied to a domain that is to have other records by then, nor to one that is gone", function()
    local made = plan()
    assert(tenant:remove "example.com")
    assert.same({ nil, "not_found" }, { (made:apply()), (select(3, made:apply())) })
    assert(tenant:create { domain = "example.com", provider = "keap", vars = { uuid = "01234567-89ab-cdef-0123-456789abcdef" } })
    local done, message, code = made:apply()
    assert.same({ nil, "changed_meanwhile" }, { done, code })
    assert.truthy(message:find("plan again", 1, true))
    assert.equal(0, stage.zones.applied)
  end)

  it("asks for consent, and does with it what was agreed to, which is written down", function()
    stage:close()
    open { zones = { ["example.com"] = { { name = NAME, type = "CNAME", ttl = 60, values = { "other.example." } } } } }
    local made = plan()
    local conflict = made.conflicts[1]
    assert.is_string(conflict.consent)
    local _, _, code, missing = made:apply()
    assert.same({ "consent_needed", { conflict.consent } }, { code, missing })
    local done = assert(made:apply { consent = { conflict.consent, "something@else" } })
    assert.same({ "k1.provider.example." }, stage_of.values(stage, NAME, "CNAME"))
    local publication = assert(tenant:publications "example.com")[1]
    assert.same({ conflict.consent }, publication.consents)
    assert.equal(done.publication, publication.id)
    local told
    for _, event in ipairs(assert(tenant:events {})) do told = event.kind == "published" and event.data or told end
    assert.same({ conflict.consent }, told.consents)
    for _, one in ipairs(told.records) do
      if one.name == NAME then
        assert.same({ { "other.example." }, { "k1.provider.example." } }, { one.before, one.after })
      end
    end
    assert(made:undo())
    assert.same({ "other.example." }, stage_of.values(stage, NAME, "CNAME"))
  end)

  it("adds no DMARC record below a domain whose policy applies, as DNS tells", function()
    stage:close()
    stage = stage_of.open { zones = { ["mail.example.com"] = {} } }
    tenant, stage.opened = stage.tenant, nil
    stage.records["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject" } }
    assert(tenant:create { domain = "mail.example.com", provider = "test-cname" })
    local found
    for _, step in ipairs(assert(tenant:plan("mail.example.com", { via = stage.zones })).steps) do
      found = step.record == "dmarc" and step or found
    end
    assert.equal("keep", found.action)
    assert.truthy(found.text:find("policy of example.com (p=reject) applies", 1, true))
  end)

  it("tells who does it, in its events and in what is kept of it", function()
    local anna = stage.registry:tenant("acme", "anna")
    assert(assert(anna:plan("example.com", { via = stage.zones })):apply())
    assert.equal("anna", assert(tenant:publications "example.com")[1].actor)
    for _, event in ipairs(assert(tenant:events { after = 1 })) do assert.equal("anna", event.actor) end
  end)

  it("tells what name servers do not show yet, and does not call the domain verified", function()
    stage.hidden = true
    local made = plan()
    local done = assert(made:apply())
    assert.same({ true, false, "pending" }, { done.changed, done.shown, done.domain.status })
    assert.equal(4, #done.not_shown)
    assert.same({ "ns1.dns.example", "ns2.dns.example" }, done.not_shown[1].servers)
    assert.truthy(done.text:find("2 of 2 name servers of example.com do not show", 1, true))
    assert.is_false(assert(tenant:publications "example.com")[1].shown)
    stage_of.show(stage)
    assert.equal("verified", assert(made:apply()).domain.status)
  end)

  it("waits until they do, for so long", function()
    stage.hidden = true
    local async = require "mailseal.async"
    local made = plan()
    local done = async.run(function()
      async.start(function()
        async.sleep(0.2)
        stage_of.show(stage)
      end)
      return assert(made:apply { wait = 60 })
    end)
    assert.same({ true, "verified" }, { done.shown, done.domain.status })
  end)

  it("is told with what DNS does not say, where no name server answers", function()
    local made = plan()
    stage:fail "timeout"
    local done = assert(made:apply())
    assert.same({ true, false }, { done.changed, done.shown })
    assert.truthy(done.not_shown[1].text:find("no name server", 1, true))
    assert.equal(#done.not_shown - 1, select(2, done.text:gsub("; no name server", "")))
  end)

  describe("that fails", function()
    local function failing(code, details, fn)
      local made = plan()
      local apply = stage.zones.apply
      function stage.zones.apply(...)
        stage.zones.apply = apply
        if fn then fn(apply, ...) end
        return nil, "as the test wants it", code, details
      end
      return made, { made:apply() }
    end

    it("before anything is changed leaves all as it was, and the next one goes on", function()
      local made, result = failing "rate_limited"
      assert.same({ nil, "as the test wants it", "rate_limited" }, result)
      assert.same({ "created", "publish_begun", "publish_failed" }, stage:kinds())
      assert.same({ "failed", "rate_limited" }, { tenant:publications("example.com")[1].state, tenant:publications("example.com")[1].code })
      assert.is_true(assert(made:apply()).changed)
    end)

    it("without saying whether it was done is looked at: done is done", function()
      local _, result = failing("timeout", { unsure = true }, function(apply, ...) assert(apply(...)) end)
      assert.is_true(result[1].changed)
      assert.same({ "created", "publish_begun", "published", "ownership_proven", "verified" }, stage:kinds())
    end)

    it("without saying whether it was done, when nothing was, has failed", function()
      local _, result = failing("timeout", { unsure = true })
      assert.same({ nil, "timeout" }, { result[1], result[3] })
      assert.equal("publish_failed", stage:kinds()[3])
    end)

    it("without anybody's knowing what was done is settled by the next one", function()
      local made, result = failing("unreachable", { unsure = true }, function(apply, ...)
        assert(apply(...))
        stage.zones.fail = { "unreachable" }
      end)
      assert.same({ nil, "unreachable" }, { result[1], result[3] })
      assert.equal("under_way", tenant:publications("example.com")[1].state)
      local again = plan()
      assert.is_false(assert(again:apply()).changed)
      assert.same({ "created", "publish_begun", "published" }, { (table.unpack or unpack)(stage:kinds(), 1, 3) }) -- luacheck: ignore
      local kept = tenant:publications("example.com")[1]
      assert.same({ "settled", 4 }, { kept.state, #kept.records })
      assert(made:undo())
      assert.is_nil(next(stage.zones.sets["example.com"]))
    end)

    it("half way tells what is in effect, which is ours", function()
      local details, undo = {}, stage.zones.undo
      function stage.zones.undo() return nil, "as the test wants it", "server_failed" end
      local made, result = failing("half_done", details, function(_, _, zone, changes)
        stage.zones.sets[zone][changes[1].name .. " " .. changes[1].type] = changes[1].after
        details.done = { changes[1] }
      end)
      stage.zones.undo = undo
      assert.same({ nil, "half_done" }, { result[1], result[3] })
      assert.equal("publish_failed", stage:kinds()[3])
      local kept = tenant:publications("example.com")[1]
      assert.same({ "failed", "half_done", 1 }, { kept.state, kept.code, #kept.records })
      assert(made:undo())
      assert.is_nil(next(stage.zones.sets["example.com"]))
    end)

    it("half way is taken back where that can be done by now", function()
      local details = {}
      local _, result = failing("half_done", details, function(_, _, zone, changes)
        stage.zones.sets[zone][changes[1].name .. " " .. changes[1].type] = changes[1].after
        details.done = { changes[1] }
      end)
      assert.same({ nil, "server_failed" }, { result[1], result[3] })
      assert.is_nil(next(stage.zones.sets["example.com"]))
    end)
  end)

  it("is undone: the zone is what it was", function()
    local made = plan()
    assert(made:apply())
    local undone = assert(made:undo())
    assert.is_true(undone.changed)
    assert.is_nil(next(stage.zones.sets["example.com"]))
    assert.is_false(assert(made:undo()).changed)
    assert.equal("unpublished", stage:kinds()[7])
  end)

  it("is undone with what others have changed since left alone", function()
    local made = plan()
    assert(made:apply())
    stage.zones.sets["example.com"]["_dmarc.example.com TXT"] = {
      name = "_dmarc.example.com", type = "TXT", ttl = 60, values = { '"v=DMARC1; p=reject"' },
    }
    assert(tenant:unpublish("example.com", { via = stage.zones }))
    assert.same({ '"v=DMARC1; p=reject"' }, stage_of.values(stage, "_dmarc.example.com", "TXT"))
    assert.is_false(assert(made:undo()).changed)
    -- What they have put there since is theirs, even where it is what we had put there.
    stage.zones.sets["example.com"]["_dmarc.example.com TXT"] = {
      name = "_dmarc.example.com", type = "TXT", ttl = 60, values = { '"v=DMARC1; p=none"' },
    }
    assert.is_false(assert(made:undo()).changed)
  end)

  it("is undone when the domain is gone here, and by nobody else", function()
    assert(plan():apply())
    local removed = assert(tenant:remove "example.com")
    assert.equal(4, #removed.published)
    assert.equal("memory", removed.published[1].via)
    local other = stage.registry:tenant "other"
    assert.equal("not_found", (select(3, other:unpublish("example.com", { via = stage.zones }))))
    assert(other:create { domain = "example.com", provider = "test-cname" })
    assert.is_false(assert(other:unpublish("example.com", { via = stage.zones })).changed)
    assert.is_true(assert(tenant:unpublish("example.com", { via = stage.zones })).changed)
    assert.is_nil(next(stage.zones.sets["example.com"]))
    assert.equal(2, #tenant:publications "example.com")
    assert.equal("not_found", (select(3, tenant:plan("example.com", { via = stage.zones }))))
  end)

  it("is not made for a domain that is not there, that has failed, or by a way that is none", function()
    assert.equal("not_found", (select(3, tenant:plan("other.example", { via = stage.zones }))))
    assert.equal("no_target", (select(3, tenant:plan("example.com", { via = "nobody" }))))
    assert.equal("bad_setting", (select(3, tenant:plan("example.com", { via = "rfc2136", sever = "192.0.2.1" }))))
    assert.equal("credentials_missing", (select(3, tenant:plan("example.com", { via = "rfc2136" }))))
    assert.has_error(function() tenant:plan("example.com", {}) end)
    stage:pass(86400 * 10)
    assert.equal("failed", (select(3, tenant:plan("example.com", { via = stage.zones }))))
  end)

  it("is told what would be undone, and nothing is", function()
    assert(plan():apply())
    local applied, kinds = stage.zones.applied, stage:kinds()
    local told = assert(tenant:unpublish("example.com", { via = stage.zones, dry_run = true }))
    assert.same({ true, false, 4 }, { told.is_dry, told.changed, #told.steps })
    assert.is_truthy(told.changes["example.com"][1])
    assert.equal(applied, stage.zones.applied)
    assert.same(kinds, stage:kinds())
  end)
end)
