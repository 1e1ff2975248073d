local databases = require "spec.support.databases"
local onboarding = require "spec.support.onboarding"
local shell = require "spec.support.shell"
local tenancy = require "spec.support.tenancy"
local webhooks = require "spec.support.webhooks"

describe("A tenant's webhooks", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local stage, tenant

    before_each(function()
      stage = webhooks.open(new_database(), { allow_private = false, most = 3 })
      tenant = stage.registry:tenant("acme", "jane")
    end)
    after_each(function() stage:close() end)

    local function make(given)
      given.url = given.url or "https://hooks.example/mail"
      return tenant:make_webhook(given)
    end

    local function last_event()
      local list = assert(tenant:events { limit = 1000 })
      return list[#list]
    end

    it("are made, with a secret that is told once", function()
      local made = assert(make { kinds = { "verified", "key_*" }, description = "to the CRM" })
      assert.truthy(made.id:find "^wh_[a-z2-7]+$")
      assert.truthy(made.secret:find "^whsec_")
      local secret = made.secret
      made.secret = nil
      assert.same(made, assert(tenant:webhook(made.id)))
      assert.same({ made }, assert(tenant:webhooks()))
      assert.same({ "https://hooks.example/mail", { "verified", "key_*" }, "to the CRM", true, 0, 0 },
        { made.url, made.kinds, made.description, made.enabled, made.waiting, made.dead })
      local event = last_event()
      assert.same({ "webhook_made", "jane", { webhook = made.id, host = "hooks.example" } }, { event.kind, event.actor, event.data })
      local rows = tenancy.rows(stage.registry.db, "acme")
      assert.is_nil(rows:find(secret, 1, true) or rows:find(secret:sub(7), 1, true))
    end)

    it("are refused where they could reach what they should not, or name no kinds of events", function()
      for _, url in ipairs {
        "http://hooks.example/", "https://127.0.0.1/", "https://[::1]/", "https://user@hooks.example/", "ftp://hooks.example/",
        "hooks.example", "",
      } do
        local made, message, code = make { url = url }
        assert.same({ nil, "bad_webhook" }, { made, code }, url)
        assert.is_string(message)
      end
      for _, kinds in ipairs { {}, { "" }, { "Verified" }, { 1 }, "verified", { ("a"):rep(100) } } do
        assert.equal("bad_webhook", (select(3, make { kinds = kinds })))
      end
      assert.equal("bad_id", (select(3, make { description = "a\nb" })))
      assert.has_error(function() tenant:make_webhook {} end, "tenant:make_webhook wants a URL")
      assert.same({}, assert(tenant:webhooks()))
    end)

    it("are so many at most", function()
      for _ = 1, 3 do assert(make {}) end
      assert.equal("too_many", (select(3, make {})))
    end)

    it("need a master key, for their secrets are sealed with it", function()
      local without = onboarding.open { db = new_database() }
      assert.equal("no_master_key", (select(3, without.tenant:make_webhook { url = "https://hooks.example/" })))
      without:close()
    end)

    it("are changed, disabled and enabled", function()
      local made = assert(make { kinds = { "lost" }, description = "first" })
      local changed = assert(tenant:change_webhook(made.id, { url = "https://other.example/", description = "second", kinds = false }))
      assert.same({ "https://other.example/", "second" }, { changed.url, changed.description })
      assert.is_nil(changed.kinds)
      assert.is_nil(changed.secret)
      assert.equal("webhook_changed", last_event().kind)
      changed = assert(tenant:change_webhook(made.id, { enabled = false }))
      assert.same({ false, "by_hand" }, { changed.enabled, changed.disabled_reason })
      assert.same({ "webhook_disabled", "jane" }, { last_event().kind, last_event().actor })
      stage:happen "a.example verified"
      assert.equal(0, stage:send())
      assert.is_true(assert(tenant:change_webhook(made.id, { enabled = true })).enabled)
      local new = assert(tenant:change_webhook(made.id, { new_secret = true })).secret
      assert.truthy(new:find "^whsec_")
      assert.are_not.equal(made.secret, new)
      assert.is_nil(assert(tenant:webhook(made.id)).secret)
      assert.equal("bad_webhook", (select(3, tenant:change_webhook(made.id, { url = "http://x.example/" }))))
    end)

    it("are removed, with what they have not delivered", function()
      local made = assert(make {})
      stage:happen "a.example verified"
      assert(stage.registry:perform("outbox", "collect"))
      assert.equal(1, #assert(tenant:deliveries(made.id)))
      assert.is_true(tenant:remove_webhook(made.id))
      assert.equal("no_such_webhook", (select(3, tenant:webhook(made.id))))
      assert.same({ "webhook_removed", "jane" }, { last_event().kind, last_event().actor })
      assert.equal(0, tenancy.counts(stage.registry.db, "acme").deliveries)
    end)

    it("that are not there are told so by every method", function()
      for method, arguments in pairs {
        webhook = {}, change_webhook = { {} }, remove_webhook = {}, deliveries = {}, replay = { 1 }, replay_dead = {}, test_webhook = {},
      } do
        assert.equal("no_such_webhook", (select(3, tenant[method](tenant, "wh_none", (table.unpack or unpack)(arguments)))), method) -- luacheck: ignore
      end
    end)

    it("take up no more than is kept ready, and leave the rest in the log", function()
      stage:close()
      stage = webhooks.open(new_database(), { allow_private = false, waiting_most = 5 })
      tenant = stage.tenant
      local made = assert(make {})
      for _ = 1, 12 do stage:happen "a.example verified" end
      for _ = 1, 5 do assert(stage.registry:perform("outbox", "collect")) end
      assert.equal(5, assert(tenant:webhook(made.id)).waiting)
      assert.equal(5, #assert(tenant:deliveries(made.id)))
    end)

    it("have deliveries that are listed a page at a time, and replayed where they are the webhook's", function()
      local made = assert(make { kinds = { "verified" } })
      for i = 1, 5 do stage:happen(("d%d.example verified, d%d.example lost"):format(i, i)) end
      assert(stage.registry:perform("outbox", "collect"))
      local page = assert(tenant:deliveries(made.id, { limit = 2 }))
      assert.same({ "d1.example", "d2.example" }, { page[1].domain, page[2].domain })
      page = assert(tenant:deliveries(made.id, { after = page[2].event, limit = 10 }))
      assert.same({ 3, "d3.example" }, { #page, page[1].domain })
      assert.same({}, assert(tenant:deliveries(made.id, { state = "dead" })))
      assert.is_true(tenant:replay(made.id, page[1].event))
      assert.equal("no_such_delivery", (select(3, tenant:replay(made.id, page[1].event + 1)))) -- of another kind
      assert.equal("no_such_delivery", (select(3, tenant:replay(made.id, 1000))))
      assert.equal("no_such_delivery", (select(3, tenant:replay(made.id, 0))))
      assert.equal(5, assert(tenant:webhook(made.id)).waiting)
      assert.has_error(function() tenant:replay(made.id, "1") end, "tenant:replay wants the id of an event")
    end)

    it("keep a secret that opens in no other webhook's row", function()
      local first, second = assert(make {}), assert(make {})
      assert(stage.registry.db:write(function(tx)
        tx:run([[UPDATE webhooks SET sealed = (SELECT sealed FROM webhooks WHERE id = ?) WHERE id = ?]], first.id, second.id)
      end))
      assert.equal("seal_broken", (select(3, stage.registry:perform("outbox", "test", "acme", second.id, "x"))))
      stage:happen "a.example verified"
      stage:send()
      assert.equal("seal_broken", assert(tenant:deliveries(second.id))[1].problem)
    end)
  end)
end)

describe("The master key of webhooks' secrets", function()
  it("is wanted where they are sent, too", function()
    local directory = shell.new_directory()
    local stage = webhooks.open("sqlite:" .. directory .. "/a.db")
    assert(stage.tenant:make_webhook { url = "https://hooks.example/" })
    stage:happen "a.example verified"
    local without = onboarding.open { db = "sqlite:" .. directory .. "/a.db" }
    assert(without.registry:perform("outbox", "collect"))
    assert.equal("no_master_key", (select(3, require "mailseal.onboard.sending".work(without.registry))))
    without:close()
    stage:close()
    shell.remove_directory(directory)
  end)
end)
