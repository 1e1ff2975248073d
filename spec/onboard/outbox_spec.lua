local databases = require "spec.support.databases"
local outbox = require "mailseal.onboard.outbox".steps
local webhooks = require "spec.support.webhooks"

local HOOKS = { port = 443 } -- which nobody connects to here

describe("What is to be sent to webhooks", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local stage

    local function open(policy) stage = webhooks.open(new_database(), policy) end
    local function collect() while assert(outbox.collect(stage.registry)) > 0 do end end
    local function lease(owner, good, poor) return assert(outbox.lease(stage.registry, owner, good or 8, poor or 8)) end
    local function deliveries(hook, state) return assert(stage.tenant:deliveries(hook.id, { state = state, limit = 1000 })) end

    -- Notes what became of what was leased.
    local function note(owner, jobs, status)
      local results = {}
      for i, job in ipairs(jobs) do
        results[i] = { tenant = job.tenant, webhook = job.webhook, event = job.event, status = status, chance = 0.5, seconds = 0.1,
          problem = status ~= 204 and "http_" .. status or nil, retry_after = status == 429 and stage.stage.now + 3600 or nil }
      end
      assert(outbox.note(stage.registry, owner, results))
    end

    local function happen(n, kind)
      local words = {}
      for i = 1, n do words[i] = ("d%d.example %s"):format(i, kind or "verified") end
      stage:happen(table.concat(words, ", "))
      collect()
    end

    after_each(function() stage:close() end)

    it("is leased from another webhook where one has as much under way as it may, or waits to be tried again", function()
      open { at_a_time = 2 }
      local full = stage:hook(HOOKS)
      happen(5)
      local first = lease "a"
      assert.equal(2, #first)
      local other = stage:hook(HOOKS)
      stage.stage.now = stage.stage.now + 1
      happen(1)
      local found = lease("b", 1, 1)
      assert.same({ 1, other.id }, { #found, found[1] and found[1].webhook })
      note("a", first, 503)
      note("b", found, 204)
      assert.same({}, lease "a")
      assert.is_false(outbox.look(stage.registry).due)
      stage.stage.now = stage.stage.now + 60
      found = lease "a"
      assert.same({ 1, full.id }, { #found, found[1].webhook }) -- who has failed is asked by one
    end)

    it("is noted, too, where the webhook was disabled while it was under way", function()
      open()
      local hook = stage:hook(HOOKS)
      stage:happen "a.example verified, a.example lost, b.example verified"
      collect()
      local jobs = lease "a"
      assert(stage.tenant:change_webhook(hook.id, { enabled = false }))
      note("a", jobs, 204)
      assert.same({}, lease "a")
      local left = deliveries(hook)
      assert.same({ 1, "lost", 1 }, { #left, left[1].kind, assert(stage.tenant:webhook(hook.id)).waiting })
      assert.is_nil(left[1].next_at)
      assert(stage.tenant:change_webhook(hook.id, { enabled = true }))
      assert.equal(left[1].event, lease "a"[1].event)
    end)

    it("is not sent a second time while it is under way, where the webhook is disabled and enabled meanwhile", function()
      open()
      local hook = stage:hook(HOOKS)
      happen(1)
      local jobs = lease "a"
      for _, enabled in ipairs { false, true } do assert(stage.tenant:change_webhook(hook.id, { enabled = enabled })) end
      assert.same({}, lease "b")
      note("a", jobs, 204)
      assert.equal(0, assert(stage.tenant:webhook(hook.id)).waiting)
    end)

    it("goes to another URL at once, whatever the former receiver has said", function()
      open()
      local hook = stage:hook(HOOKS)
      happen(3)
      note("a", lease "a", 429)
      stage.stage.now = stage.stage.now + 60
      assert.same({}, lease "a")
      assert(stage.tenant:change_webhook(hook.id, { description = "the same place" }))
      assert.same({}, lease "a")
      assert.equal(0, assert(stage.tenant:change_webhook(hook.id, { url = "https://other.example/" })).failures)
      assert.equal(3, #lease "a")
    end)

    it("is sent at once where somebody has it replayed", function()
      open()
      local hook = stage:hook(HOOKS)
      happen(1)
      note("a", lease "a", 429)
      assert.same({}, lease "a")
      local waiting = deliveries(hook)[1]
      assert.equal(stage.stage.now + 3600, waiting.next_at)
      assert(stage.tenant:replay(hook.id, waiting.event))
      assert.equal(1, #lease "a")
    end)

    it("is of dead letters so many as are kept, and the others' events can be replayed still", function()
      open { retry_for = 1, retry_most = 1, pause_most = 1, dead_most = 3, disable_after = 86400 * 300 }
      local hook = stage:hook(HOOKS)
      happen(6)
      local first = deliveries(hook)[1].event
      for _ = 1, 30 do
        note("a", lease "a", 503)
        stage.stage.now = stage.stage.now + 60
      end
      local dead = deliveries(hook, "dead")
      assert.same({ 3, first + 3, 0 }, { #dead, dead[1].event, assert(stage.tenant:webhook(hook.id)).waiting })
      assert.is_true(stage.tenant:replay(hook.id, first))
      assert.equal(first, lease "a"[1].event)
    end)

    it("that failed days ago, and nothing since, counts for nothing: one failure does not disable", function()
      open { retry_for = 1, retry_most = 1, pause_most = 1, disable_after = 86400 }
      local hook = stage:hook(HOOKS)
      for _ = 1, 3 do -- each is given up before the next one happens
        happen(1)
        for _ = 1, 2 do
          note("a", lease "a", 503)
          stage.stage.now = stage.stage.now + 60
        end
        stage.stage.now = stage.stage.now + 86400
      end
      assert.equal(3, #deliveries(hook, "dead"))
      assert.is_true(assert(stage.tenant:webhook(hook.id)).enabled)
    end)

    it("is taken up to the end of the log, however few of its events a webhook wants, and as room is made", function()
      open { waiting_most = 2, at_a_time = 10 }
      local hook = stage:hook(HOOKS, { kinds = { "lost" } })
      happen(30)
      happen(5, "lost")
      local count = 0
      for _ = 1, 10 do
        local jobs = lease "a"
        count = count + #jobs
        assert.is_true(#jobs <= 2)
        note("a", jobs, 204)
        collect()
      end
      assert.same({ 5, 0 }, { count, assert(stage.tenant:webhook(hook.id)).waiting })
      assert.is_false(outbox.look(stage.registry).behind)
    end)

    it("begins with what happens after a webhook was made, however much there was before", function()
      open()
      for _ = 1, 20 do happen(100) end
      local before = #assert(stage.tenant:events { limit = 1000 })
      assert.is_true(before >= 1000)
      local hook = stage:hook(HOOKS)
      assert.is_false(outbox.look(stage.registry).due)
      happen(1, "lost")
      assert.same({ "lost" }, { deliveries(hook)[1].kind })
      assert.equal(1, #deliveries(hook))
    end)

    it("is given back where its sender can send nothing", function()
      open()
      stage:hook(HOOKS)
      happen(3)
      local jobs = lease "a"
      assert.is_true(outbox.give_back(stage.registry, "another", jobs))
      assert.same({}, lease "b")
      assert.is_true(outbox.give_back(stage.registry, "a", jobs))
      assert.equal(3, #lease "b")
    end)
  end)
end)
