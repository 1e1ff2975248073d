local child = require "spec.support.child"
local crash = require "spec.support.crash"
local databases = require "spec.support.databases"
local receivers = require "spec.support.receiver"
local shell = require "spec.support.shell"
local webhooks = require "spec.support.webhooks"

local told = webhooks.told

-- Another worker, whose clock stands.
local WORKER = [[
local url, key, now = ...
local webhooks = require "spec.support.webhooks"
local stage = webhooks.open(url, nil, key)
stage.stage.now = tonumber(now)
print "ready"
print("sent", (require "mailseal.onboard.sending".work(stage.registry)))
]]

describe("Webhooks, where several processes send,", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local stage, receiver, url

    setup(function() receiver = receivers.start() end)
    teardown(function() receiver:stop() end)
    before_each(function()
      url = new_database()
      stage = webhooks.open(url)
    end)
    after_each(function()
      stage:close()
      receiver:forget()
    end)

    it("are sent again, with the same id, where a worker was killed before it noted what came of it", function()
      stage:hook(receiver)
      receiver:behave { ["*"] = { delay = 4 } }
      stage:happen "a.example verified, a.example lost"
      local worker = child.start(WORKER, { url, stage.key, ("%d"):format(stage.stage.now) })
      assert.equal("ready", worker:line())
      receiver:await(1)
      worker:kill()
      worker:rest()
      receiver:behave {}
      assert.equal(0, stage:send()) -- it may be on its way still
      assert.equal(2, stage:send(60))
      local requests = receiver:requests()
      assert.same({ "a.example verified", "a.example verified", "a.example lost" }, told(requests))
      assert.equal(requests[1].headers["webhook-id"], requests[2].headers["webhook-id"])
    end)

    it("come at least once and in order, however often workers are killed", function()
      stage:hook(receiver)
      local domains, each = 4, 6
      for i = 1, each do
        for d = 1, domains do stage:happen(("d%d.example kind_%d"):format(d, i)) end
      end
      for round = 1, crash.rounds(3, 0.1) do
        local worker = child.start(WORKER, { url, stage.key, ("%d"):format(stage.stage.now) })
        worker:line()
        shell.output(("sleep %.3f"):format(0.005 * round))
        worker:kill()
        worker:rest()
        stage.stage.now = stage.stage.now + 60
      end
      stage:send(60)
      local seen = {}
      for _, one in ipairs(told(receiver:requests())) do
        local domain, n = one:match "^(%S+) kind_(%d+)$"
        n = tonumber(n)
        assert.is_true(n == (seen[domain] or 0) + 1 or n == seen[domain], one)
        seen[domain] = n
      end
      for d = 1, domains do assert.equal(each, seen[("d%d.example"):format(d)]) end
    end)

    it("come once each, where several workers send side by side and none is killed", function()
      stage:hook(receiver)
      for i = 1, 5 do
        for d = 1, 8 do stage:happen(("d%d.example kind_%d"):format(d, i)) end
      end
      local workers = {}
      for i = 1, 3 do workers[i] = child.start(WORKER, { url, stage.key, ("%d"):format(stage.stage.now) }) end
      for _, worker in ipairs(workers) do worker:rest() end
      stage:send()
      local seen = {}
      for _, one in ipairs(told(receiver:requests())) do
        local domain, n = one:match "^(%S+) kind_(%d+)$"
        assert.equal((seen[domain] or 0) + 1, tonumber(n))
        seen[domain] = tonumber(n)
      end
      for d = 1, 8 do assert.equal(5, seen[("d%d.example"):format(d)]) end
    end)
  end)
end)
