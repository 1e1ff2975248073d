local async = require "mailseal.async"
local core = require "mailseal.core".async

describe("async's own loop", function()
  it("wakes sleepers in order of time", function()
    local order, before = {}, async.now()
    async.map({ 0.06, 0.02, 0.04, 0 }, 4, function(seconds)
      async.sleep(math.max(0, before + seconds - async.now()))
      order[#order + 1] = seconds
    end)
    assert.same({ 0, 0.02, 0.04, 0.06 }, order)
    local took = async.now() - before
    assert.is_true(took >= 0.06 and took < 0.5, "took " .. took)
  end)

  it("keeps many sleepers in order", function()
    -- The first is due when all have long been started, however slow that is.
    local times, last, out_of_order, start = {}, 0, 0, async.now() + 0.5
    for i = 1, 500 do times[i] = start + (i * 7919 % 50) / 1000 end
    async.map(times, 500, function(time)
      async.sleep(math.max(0, time - async.now()))
      if time < last then out_of_order = out_of_order + 1 end
      last = time
    end)
    -- One that the system stops between its look at the clock and its sleep may come late.
    assert.is_true(out_of_order < 10, out_of_order .. " of 500")
  end)

  it("keeps no timer of what was woken before its time", function()
    async.run(function()
      local task = async.task()
      for _ = 1, 100 do
        async.within(3600, function() end)
        assert.equal(0, #task.home.timers)
      end
    end)
  end)

  it("runs a task in the coroutine of one that has ended, and keeps nothing of that", function()
    local threads, left = {}, setmetatable({}, { __mode = "k" })
    local function run_one(i)
      local mine = {}
      left[mine] = true
      async.start(function(...)
        threads[i] = coroutine.running()
        return mine, ...
      end, mine):join()
    end
    async.run(function()
      for i = 1, 3 do run_one(i) end
      async.start(function() end):join() -- whoever waits remembers what he waited for last
      collectgarbage()
      collectgarbage()
      assert.is_nil(next(left))
    end)
    assert.equal(threads[1], threads[2])
    assert.equal(threads[1], threads[3])
  end)

  it("runs no task in a coroutine that an error has ended", function()
    async.run(function()
      local failed = async.start(function() error "broken" end)
      assert.has_error(function() failed:join() end, "broken")
      assert.equal("whole", async.start(function() return "whole" end):join())
    end)
  end)

  it("does not spin while it waits", function()
    local poll, polled = core.poll, 0
    core.poll = function(...)
      polled = polled + 1
      return poll(...)
    end
    async.run(function() async.map({ 1, 2, 3 }, 3, function() async.sleep(0.1) end) end)
    core.poll = poll
    assert.is_true(polled < 10, polled .. " times")
  end)

  it("runs another in a coroutine that is not a task", function()
    async.run(function()
      local task = async.task()
      local results = coroutine.wrap(function()
        return async.map({ 1, 2 }, 2, function(item)
          async.sleep(0.001)
          return item
        end)
      end)()
      assert.same({ 1, 2 }, results)
      assert.equal(task, async.task())
      async.sleep(0)
    end)
  end)

  it("tells tasks of two loops apart", function()
    async.run(function()
      local home = async.task().home
      coroutine.wrap(function() async.run(function() assert.not_equal(home, async.task().home) end) end)()
      async.start(function() assert.equal(home, async.task().home) end):join()
    end)
  end)

  it("refuses a task that yields to somebody else", function()
    assert.has_error(function() async.run(coroutine.yield) end, "a task may wait only through mailseal.async")
  end)

  it("says so where tasks wait for each other for ever", function()
    assert.has_error(function() async.run(async.suspend) end, "every task waits for another")
    assert.is_nil(async.task())
  end)

  it("keeps nothing of tasks that are over", function()
    local seen = setmetatable({}, { __mode = "k" })
    async.run(function()
      for _ = 1, 100 do
        seen[async.start(function() async.sleep(0) end)] = true
        pcall(async.run, function()
          seen[async.task()] = true
          error "broken"
        end)
        async.within(0.0001, function()
          seen[async.task()] = true
          async.sleep(3600)
        end)
      end
      for _ = 1, 3 do
        async.sleep(0)
        collectgarbage()
      end
      local n = 0
      for _ in pairs(seen) do n = n + 1 end
      assert.is_true(n <= 3, n .. " of 300")
    end)
  end)
end)
