local cjson = require "cjson"
local databases = require "spec.support.databases"
local receivers = require "spec.support.receiver"
local webhook = require "mailseal.webhook"
local webhooks = require "spec.support.webhooks"

local told = webhooks.told
local DAY = 86400
local POLICY = { timeout = 1.5, retry_for = 2 * DAY }

describe("Webhooks", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local stage, receiver, url

    setup(function() receiver = receivers.start() end)
    teardown(function() receiver:stop() end)
    before_each(function()
      url = new_database()
      stage = webhooks.open(url, POLICY)
    end)
    after_each(function()
      stage:close()
      receiver:forget()
    end)

    it("get what happens from then on, signed, each with an id of its own", function()
      stage:happen "a.example created"
      local hook = stage:hook(receiver, { path = "/mail?x=y" })
      stage:happen "a.example verified, - token_made"
      assert.equal(2, stage:send())
      local requests = receiver:requests()
      table.sort(requests, function(a, b) return a.headers["webhook-id"] < b.headers["webhook-id"] end) -- of two domains the order is open
      assert.same({ "a.example verified", "- token_made" }, told(requests))
      local ids = {}
      for i, request in ipairs(requests) do
        assert.same({ "POST", "/mail?x=y", "application/json" }, { request.method, request.path, request.headers["content-type"] })
        ids[i] = assert(webhook.verify(request.headers, request.body, hook.secret, { now = stage.stage.now })).id
      end
      assert.same({ hook.id .. "_3", hook.id .. "_4" }, ids)
      local body = cjson.decode(requests[1].body)
      assert.same({
        type = "verified", timestamp = "2027-01-15T08:00:00Z", tenant = "acme", id = 3, domain = "a.example", data = { reason = "test" },
      }, body)
      assert.equal(0, stage:send())
      assert.equal(0, assert(stage.tenant:webhook(hook.id)).waiting)
    end)

    it("get the kinds of events that they want, each his own", function()
      stage:hook(receiver, { kinds = { "lost", "key_*" }, path = "/some" })
      stage:hook(receiver, { path = "/all" })
      stage:happen("a.example verified, a.example key_made, b.example lost", stage.registry:tenant "other")
      stage:happen "a.example verified, a.example key_made, b.example lost"
      stage:send()
      local some = told(receiver:requests "/some")
      table.sort(some)
      assert.same({ "a.example key_made", "b.example lost" }, some)
      assert.equal(3 + 0, #receiver:requests "/all")
    end)

    it("get a domain's events in order, while other domains' go on", function()
      stage:hook(receiver)
      receiver:behave { ["*"] = { when = { { '"a.example"', { status = 500 } } } } }
      stage:happen "a.example created, a.example verified, b.example created, a.example lost, b.example verified, c.example created"
      stage:send()
      stage:send(6)
      local list = table.concat(told(receiver:requests()), ", ")
      assert.is_nil(list:find "a.example verified" or list:find "a.example lost")
      assert.truthy(list:find "b.example created.*b.example verified")
      assert.truthy(list:find "c.example created")
      stage:happen "a.example failed, b.example lost"
      stage:send(6)
      receiver:behave {}
      stage:pass(600, 60)
      local of_a = {}
      for _, one in ipairs(told(receiver:requests())) do
        if one:find "^a" and one ~= of_a[#of_a] then of_a[#of_a + 1] = one end
      end
      assert.same({ "a.example created", "a.example verified", "a.example lost", "a.example failed" }, of_a)
    end)

    it("are tried again with the same id, after longer and longer, and given up after two days: a dead letter, which is told", function()
      local hook = stage:hook(receiver)
      local other = stage:hook(receiver, { kinds = { "webhook_*" }, path = "/other" })
      receiver:behave { ["/"] = { status = 503 } }
      stage:happen "a.example verified, a.example lost"
      stage:send()
      local waiting = assert(stage.tenant:deliveries(hook.id))
      assert.same({ "waiting", 1, 503, "http_503" }, { waiting[2].state, waiting[2].attempts, waiting[2].status, waiting[2].problem })
      assert.is_nil(waiting[3].next_at)
      stage:send(3)
      stage:pass(2 * DAY + 6 * 3600, 1800)
      local dead = assert(stage.tenant:deliveries(hook.id, { state = "dead" }))
      assert.equal("verified", dead[#dead].kind)
      local attempts = {}
      for _, request in ipairs(receiver:requests "/") do
        local id = request.headers["webhook-id"]
        if request.body:find('"verified"', 1, true) then attempts[id] = (attempts[id] or 0) + 1 end
      end
      assert.same({ [hook.id .. "_" .. dead[#dead].event] = dead[#dead].attempts }, attempts)
      assert.is_true(dead[#dead].attempts >= 10 and dead[#dead].attempts <= 25)
      local events = assert(stage.tenant:events { domain = "a.example", after = 4 })
      assert.equal("webhook_dead_letter", events[1].kind)
      assert.same({ hook.id, dead[#dead].event, "verified", "http_503" },
        { events[1].data.webhook, events[1].data.event, events[1].data.kind, events[1].data.problem })
      assert.truthy(table.concat(told(receiver:requests "/other"), " "):find("webhook_dead_letter", 1, true))
      assert.equal(0, assert(stage.tenant:webhook(other.id)).dead)

      receiver:behave {}
      local before = #receiver:requests "/"
      assert.is_true(stage.tenant:replay(hook.id, dead[#dead].event))
      stage:pass(DAY, 3600)
      assert.is_true(#receiver:requests "/" > before)
      assert.equal(#dead - 1, #assert(stage.tenant:deliveries(hook.id, { state = "dead" })))
      assert.equal(#dead - 1, assert(stage.tenant:replay_dead(hook.id)))
      stage:pass(3600, 600)
      assert.same({}, assert(stage.tenant:deliveries(hook.id)))
    end)

    it("are not tried again before the receiver's Retry-After", function()
      stage:hook(receiver)
      receiver:behave { ["*"] = { status = 429, headers = { ["Retry-After"] = "3600" } } }
      stage:happen "a.example verified, b.example verified"
      stage:send()
      local before = #receiver:requests()
      stage:pass(3500, 100)
      assert.equal(before, #receiver:requests())
      receiver:behave {}
      stage:send(200)
      assert.is_true(#receiver:requests() >= before + 1)
    end)

    it("are disabled by 410, and go on where they stopped when they are enabled", function()
      local hook = stage:hook(receiver)
      receiver:behave { ["*"] = { status = 410 } }
      stage:happen "a.example verified"
      stage:send()
      stage:happen "a.example lost"
      stage:send(DAY)
      assert.equal(1, #receiver:requests())
      local found = assert(stage.tenant:webhook(hook.id))
      assert.same({ false, "gone", "http_410" }, { found.enabled, found.disabled_reason, found.problem })
      local events = assert(stage.tenant:events { after = 2 })
      assert.same({ "webhook_disabled", hook.id, "gone" }, { events[1].kind, events[1].data.webhook, events[1].data.reason })
      receiver:behave {}
      assert.is_true(assert(stage.tenant:change_webhook(hook.id, { enabled = true })).enabled)
      stage:send()
      assert.same({ "a.example verified", "a.example verified", "a.example lost" }, told(receiver:requests()))
    end)

    it("are disabled when they have failed for days, which is told; nothing is lost", function()
      local hook = stage:hook(receiver)
      receiver:stop()
      for i = 1, 6 do
        stage:happen(("d%d.example verified"):format(i))
        stage:pass(DAY, 7200)
      end
      local found = assert(stage.tenant:webhook(hook.id))
      assert.same({ false, "failing", "unreachable" }, { found.enabled, found.disabled_reason, found.problem })
      local kinds = {}
      for _, event in ipairs(assert(stage.tenant:events())) do kinds[#kinds + 1] = event.kind end
      assert.truthy(table.concat(kinds, " "):find("webhook_disabled", 1, true))
      receiver = receivers.start { port = receiver.port }
      assert(stage.tenant:change_webhook(hook.id, { enabled = true }))
      assert(stage.tenant:replay_dead(hook.id))
      stage:pass(3600, 600)
      local got = told(receiver:requests())
      table.sort(got)
      local all = {}
      for _, one in ipairs(got) do
        if one:find "^d" and one:find "verified" then all[#all + 1] = one end
      end
      assert.equal(6, #all)
    end)

    it("are sent a bounded number at a time", function()
      stage:hook(receiver)
      receiver:behave { ["*"] = { delay = 0.5 } }
      local words = {}
      for i = 1, 12 do words[i] = ("d%d.example verified"):format(i) end
      stage:happen(table.concat(words, ", "))
      assert.equal(12, stage:send())
      local requests, most = receiver:requests(), 0
      for _, one in ipairs(requests) do
        local n = 0
        for _, other in ipairs(requests) do n = n + (other.at >= one.at and other.at < one.at + 0.5 and 1 or 0) end
        most = math.max(most, n)
      end
      assert.is_true(most > 1 and most <= 4, most)
    end)

    it("that are slow hold up no others", function()
      local slow = receivers.start()
      stage:hook(slow)
      stage:hook(receiver)
      slow:behave { ["*"] = { delay = 30 } }
      local words = {}
      for i = 1, 40 do words[i] = ("d%d.example verified"):format(i) end
      stage:happen(table.concat(words, ", "))
      stage:send()
      local last = receiver:requests()[40].at
      local before = 0
      for _, request in ipairs(slow:requests()) do before = before + (request.at < last and 1 or 0) end
      assert.is_true(before <= 4, before)
      slow:stop()
    end)

    it("are signed with the former secret, too, for a day", function()
      local hook = stage:hook(receiver)
      local changed = assert(stage.tenant:change_webhook(hook.id, { new_secret = true }))
      stage:happen "a.example verified"
      stage:send()
      stage:happen "a.example lost"
      stage:send(DAY)
      local requests = receiver:requests()
      local function is_signed_by(request, secret)
        return webhook.verify(request.headers, request.body, secret, { now = tonumber(request.headers["webhook-timestamp"]) }) ~= nil
      end
      assert.is_true(is_signed_by(requests[1], hook.secret) and is_signed_by(requests[1], changed.secret))
      assert.is_true(is_signed_by(requests[2], changed.secret))
      assert.is_false(is_signed_by(requests[2], hook.secret))
    end)

    it("are never sent to a private address, unless that is allowed", function()
      stage:close()
      stage = webhooks.open(new_database(), { allow_private = false })
      local hook = assert(stage.tenant:make_webhook { url = "https://hooks.example:" .. receiver.port })
      stage:happen "a.example verified"
      stage:send()
      assert.equal("forbidden_address", assert(stage.tenant:deliveries(hook.id))[1].problem)
      assert.same({}, receiver:requests())
    end)

    it("wait for what it takes to send them, which is told once", function()
      local hook = stage:hook(receiver)
      stage:happen "a.example verified"
      local transport, lines = require "mailseal.fetch.cqueues", {}
      local ready = transport.ready
      transport.ready = function() return nil, "cqueues is not there", "no_module" end
      assert(stage.registry:work { until_idle = true, tell = function(line) lines[#lines + 1] = line end })
      assert.equal("no_module", (select(3, stage.tenant:test_webhook(hook.id))))
      transport.ready = ready
      assert.same({ "sending: cqueues is not there" }, lines)
      assert.equal(0, assert(stage.tenant:deliveries(hook.id))[1].attempts)
      assert.equal(1, stage:send())
    end)

    it("can be tried out", function()
      local hook = stage:hook(receiver)
      local found = assert(stage.tenant:test_webhook(hook.id))
      assert.is_true(found.delivered)
      local request = receiver:requests()[1]
      assert.equal("webhook_test", cjson.decode(request.body).type)
      assert.truthy(webhook.verify(request.headers, request.body, hook.secret, { now = stage.stage.now }))
      receiver:behave { ["*"] = { status = 302 } }
      found = assert(stage.tenant:test_webhook(hook.id))
      assert.same({ false, 302, "http_302" }, { found.delivered, found.status, found.problem })
    end)
  end)
end)
