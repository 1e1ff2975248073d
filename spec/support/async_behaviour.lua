-- What holds of mailseal.async in every host, to be called within a `describe`:
-- `it` is busted's; `run(fn)` calls fn in the host where it may wait, returns when that is over, and raises its error; `server()` is
-- the fault server; `may_nest`: may a coroutine wait that is not the host's, but made in one of its own?
local assert = require "luassert"
local async = require "mailseal.async"

local function nothing() end

-- Waits for ever, and counts in `list` how it ended.
local function wait_for_ever(list)
  local ok, problem = pcall(async.sleep, 3600)
  list[#list + 1] = not ok and problem == async.cancelled and "cancelled" or "otherwise"
  error(problem, 0)
end

local function describe_run(it, run, may_nest)
  it("has a task where it may wait, and " .. (may_nest and "another" or "none") .. " in a coroutine within", function()
    run(function()
      local task = async.task()
      assert.is_truthy(task)
      assert.equal(task, async.task())
      local within = coroutine.wrap(function() return async.task() or false end)()
      assert.equal(may_nest or false, within and within ~= task)
    end)
  end)

  it("runs a function and returns what it returns", function()
    run(function()
      assert.same({ n = 3, 1, nil, 3 }, { n = select("#", async.run(function(...) return ... end, 1, nil, 3)),
        async.run(function(...) async.sleep(0) return ... end, 1, nil, 3) })
      assert.equal(0, select("#", async.run(nothing)))
    end)
  end)

  it("raises the error of the function that is run, as it is", function()
    local problem = {}
    run(function()
      local ok, found = pcall(async.run, function()
        async.sleep(0)
        error(problem)
      end)
      assert.is_false(ok)
      assert.equal(problem, found)
    end)
  end)

  it("wakes a task with what it is given, and one that is not suspended not at all", function()
    run(function()
      local sleeper
      local task = async.start(function()
        sleeper = async.task()
        local a, b = async.suspend()
        async.sleep(0.001)
        return a, b
      end)
      async.sleep(0.001)
      async.wake(sleeper, "a", "b")
      async.wake(sleeper, "c", "d")
      assert.same({ "a", "b" }, { task:join() })
    end)
  end)

  it("suspends for so long at most", function()
    run(function()
      local before = async.now()
      assert.same({ n = 2, nil, "timeout" }, { n = 2, async.suspend(nil, nil, 0.02) })
      assert.is_true(async.now() - before >= 0.02)
      local task = async.task()
      async.start(function() async.wake(task, "woken") end)
      assert.equal("woken", (async.suspend(nil, nil, 60)))
    end)
  end)
end

local function describe_map(it, run)
  it("maps a list to results by place, at most so many at a time", function()
    run(function()
      local running, most = 0, 0
      local results, errors = async.map({ "a", "b", "c", "d", "e" }, 2, function(item, place)
        running = running + 1
        most = math.max(most, running)
        async.sleep(0.002)
        running = running - 1
        return item .. place
      end)
      assert.same({ "a1", "b2", "c3", "d4", "e5" }, results)
      assert.same({}, errors)
      assert.equal(2, most)
    end)
  end)

  it("maps an empty list", function()
    run(function() assert.same({}, (async.map({}, 10, error))) end)
    run(function() assert.same({}, (async.each({}, error))) end)
  end)

  it("calls for each item side by side, and raises the error of the first that has one when all are over", function()
    run(function()
      assert.same({ 2, 4, 6 }, async.each({ 1, 2, 3 }, function(item)
        async.sleep(0.001 * (4 - item))
        return 2 * item
      end))
      local ended, problem = 0, { "two" }
      local ok, raised = pcall(async.each, { 1, 2, 3, 4 }, function(item)
        async.sleep(0.001 * (5 - item))
        ended = ended + 1
        if item == 2 then error(problem, 0) end
        if item == 3 then return nil, "three" end
        return item
      end)
      assert.is_false(ok)
      assert.equal(problem, raised)
      assert.equal(4, ended)
    end)
  end)

  it("keeps the other results where a call fails, and where its error was raised", function()
    run(function()
      local function raise() error("two", 0) end
      local results, errors, tracebacks = async.map({ 1, 2, 3, 4 }, 2, function(item)
        async.sleep(0.001)
        if item == 2 then raise() end
        if item == 3 then return nil, "three", "code" end
        return item
      end)
      assert.same({ [1] = 1, [4] = 4 }, results)
      assert.same({ [2] = "two", [3] = "three" }, errors)
      assert.is_nil(tracebacks[3])
      assert.matches("async_behaviour.lua:%d+: in [^\n]*raise", tracebacks[2])
    end)
  end)

  it("maps within maps", function()
    run(function()
      local results = async.map({ 1, 2, 3 }, 3, function(a)
        local inner = async.map({ 10, 20 }, 2, function(b)
          async.sleep(0.001)
          return a * b
        end)
        return inner[1] + inner[2]
      end)
      assert.same({ 30, 60, 90 }, results)
    end)
  end)

  it("keeps 10,000 sleepers at a time", function()
    run(function()
      local items, asleep, most, before = {}, 0, 0, async.now()
      for i = 1, 10000 do items[i] = i end
      local results = async.map(items, 10000, function(i)
        asleep = asleep + 1
        most = math.max(most, asleep)
        async.sleep(0.1 + i % 100 / 1000)
        asleep = asleep - 1
        return async.now() - before >= 0.1 + i % 100 / 1000
      end)
      assert.equal(10000, most)
      for i = 1, 10000 do assert.is_true(results[i]) end
    end)
  end)
end

local function describe_tasks(it, run)
  it("starts a task, and joins it", function()
    run(function()
      local task = async.start(function(...)
        async.sleep(0.001)
        return ...
      end, 1, nil)
      assert.is_false(task.finished)
      assert.equal(2, select("#", task:join()))
      assert.is_true(task.finished)
      assert.equal(1, (task:join()))
    end)
  end)

  it("lets several join one", function()
    run(function()
      local task = async.start(function()
        async.sleep(0.005)
        return "done"
      end)
      assert.same({ "done", "done", "done" }, (async.map({ 1, 2, 3 }, 3, function() return (task:join()) end)))
    end)
  end)

  it("keeps an error until it is asked for, and disturbs nobody", function()
    run(function()
      local function raise() error({ "the problem" }) end
      local bad, good = async.start(function() raise() end), async.start(function()
        async.sleep(0.002)
        return "good"
      end)
      assert.equal("good", good:join())
      local ok, problem = pcall(bad.join, bad)
      assert.is_false(ok)
      assert.same({ "the problem" }, problem)
      assert.matches("async_behaviour.lua:%d+: in [^\n]*raise", bad.traceback)
    end)
  end)

  it("cancels what a task started when its function has ended, and is over then", function()
    run(function()
      local ends = {}
      async.run(function()
        async.start(function()
          async.start(wait_for_ever, ends)
          wait_for_ever(ends)
        end)
        async.sleep(0.001)
      end)
      assert.same({ "cancelled", "cancelled" }, ends)
      pcall(async.run, function()
        async.start(wait_for_ever, ends)
        async.sleep(0.001)
        error "it fails"
      end)
      assert.equal(3, #ends)
    end)
  end)

  it("does not let a task join itself", function()
    run(function()
      local task
      task = async.start(function() return task:join() end)
      assert.has_error(function() task:join() end)
    end)
  end)
end

local function describe_cancelling(it, run)
  it("raises an error where a cancelled task waits", function()
    run(function()
      local ends = {}
      local task = async.start(wait_for_ever, ends)
      async.sleep(0.001)
      task:cancel()
      assert.same({ nil, "the task was cancelled", "cancelled" }, { task:join() })
      assert.same({ "cancelled" }, ends)
      assert.is_nil(task.traceback)
      task:cancel()
      assert.equal("the task was cancelled", tostring(async.cancelled))
    end)
  end)

  it("does not begin a task that is cancelled before", function()
    run(function()
      local begun
      local task = async.start(function() begun = true async.sleep(1) end)
      local before = begun
      task:cancel()
      assert.equal("cancelled", select(3, task:join()))
      assert.equal(before, begun)
    end)
  end)

  it("raises it again at every wait, and lets others go on all the same", function()
    run(function()
      local caught, stop = 0, false
      local stubborn = async.start(function()
        while not stop do
          if not pcall(async.sleep, 3600) then caught = caught + 1 end
        end
        return "stubborn to the end"
      end)
      async.sleep(0.001)
      stubborn:cancel()
      while caught < 3 do async.sleep(0.001) end
      stop = true
      assert.equal("stubborn to the end", stubborn:join())
    end)
  end)

  it("tells who would wake a cancelled task, and wakes it out of no later wait", function()
    run(function()
      local told, later = {}, nil
      local function forget(_, task) told[#told + 1] = task.token end
      local task = async.start(function()
        async.task().token = "first"
        pcall(async.suspend, nil, forget)
        async.task().token = "second"
        pcall(async.suspend, nil, forget)
        later = true
      end)
      async.sleep(0.001)
      task:cancel()
      task:join()
      assert.same({ "first", "second" }, told)
      assert.is_true(later)
    end)
  end)

  it("cancels the calls of a map with the task that waits for it", function()
    run(function()
      local ends, calls = {}, 0
      local task = async.start(function()
        return async.map({ 1, 2, 3, 4, 5 }, 3, function()
          calls = calls + 1
          wait_for_ever(ends)
        end)
      end)
      async.sleep(0.005)
      task:cancel()
      assert.equal("cancelled", select(3, task:join()))
      assert.same({ "cancelled", "cancelled", "cancelled" }, ends)
      assert.equal(3, calls)
    end)
  end)

  it("cancels what is run or limited within the task, and leaves alone what is joined in it", function()
    run(function()
      local ends = {}
      local joined = async.start(function()
        async.sleep(0.02)
        return "joined"
      end)
      local waiting = {
        async.start(async.run, wait_for_ever, ends), async.start(async.within, 60, wait_for_ever, ends),
        async.start(joined.join, joined),
      }
      async.sleep(0.005)
      for i = 1, 3 do
        waiting[i]:cancel()
        assert.equal("cancelled", select(3, waiting[i]:join()))
      end
      assert.same({ "cancelled", "cancelled" }, ends)
      assert.equal("joined", joined:join())
    end)
  end)
end

local function describe_within(it, run)
  it("returns what ends within its time", function()
    run(function()
      assert.same({ n = 2, 1, nil }, { n = select("#", async.within(60, function(...) return ... end, 1, nil)),
        async.within(60, function(...) async.sleep(0) return ... end, 1, nil) })
      assert.has_error(function() async.within(60, error, "text", 0) end, "text")
    end)
  end)

  it("ends what does not", function()
    run(function()
      local ends, before = {}, async.now()
      assert.same({ nil, "not over after 0.02 seconds", "timeout" }, { async.within(0.02, wait_for_ever, ends) })
      assert.same({ "cancelled" }, ends)
      assert.is_true(async.now() - before >= 0.02)
      assert.is_true(async.now() - before < 60)
      assert.equal("timeout", select(3, async.within(0, wait_for_ever, ends)))
    end)
  end)

  it("raises an error of what was to end", function()
    run(function()
      local ok, problem = pcall(async.within, 0.005, function()
        pcall(async.sleep, 3600)
        error("broken", 0)
      end)
      assert.same({ false, "broken" }, { ok, problem })
    end)
  end)

  it("keeps the nearer of two deadlines, whichever is the outer", function()
    run(function()
      local inner
      local before = async.now()
      local outer = { async.within(60, function()
        inner = { async.within(0.01, async.sleep, 3600) }
        return "outer goes on"
      end) }
      assert.same({ { "outer goes on" }, "timeout" }, { outer, inner[3] })
      inner = nil
      outer = { async.within(0.01, function() inner = { async.within(60, async.sleep, 3600) } end) }
      assert.equal("timeout", outer[3])
      assert.is_nil(inner)
      assert.is_true(async.now() - before < 60)
    end)
  end)

  it("ends a map, with all of its calls", function()
    run(function()
      local ends = {}
      assert.equal("timeout", select(3, async.within(0.01, async.map, { 1, 2, 3 }, 2, function() wait_for_ever(ends) end)))
      assert.same({ "cancelled", "cancelled" }, ends)
    end)
  end)
end

local function describe_queries(it, run, server)
  local dns = require "mailseal.dns"

  local function resolver_of(options)
    options.servers, options.tries = { server().address }, 1
    return (assert(dns.resolver(options)))
  end

  it("asks side by side", function()
    run(function()
      local resolver, names = resolver_of { timeout = 5 }, {}
      for i = 1, 300 do names[i] = ("ok.n%d.test"):format(i) end
      local answers, errors = async.map(names, 300, function(name) return resolver:query(name, "TXT") end)
      assert.same({}, errors)
      for i = 1, 300 do assert.equal("ok", answers[i].status) end
      resolver:close()
    end)
  end)

  it("asks one after the other, with a resolver for each", function()
    run(function()
      for i = 1, 20 do
        local resolver = resolver_of { timeout = 5 }
        assert.equal("ok", resolver:query(("ok.o%d.test"):format(i), "TXT").status)
        resolver:close()
      end
    end)
  end)

  it("lets a heart beat while 500 names get no answer", function()
    run(function()
      local resolver, names = resolver_of { timeout = 1 }, {}
      for i = 1, 500 do names[i] = ("silent.n%d.test"):format(i) end
      local beats, longest, last = 0, 0, async.now()
      local heart = async.start(function()
        while true do
          async.sleep(0.01)
          local moment = async.now()
          beats, longest, last = beats + 1, math.max(longest, moment - last), moment
        end
      end)
      local answers = async.map(names, 500, function(name) return resolver:query(name, "TXT") end)
      heart:cancel()
      for i = 1, 500 do assert.equal("timeout", answers[i].status) end
      assert.is_true(beats > 10 and longest < 0.9, ("%d beats, %.3f s between two"):format(beats, longest))
      resolver:close()
    end)
  end)

  it("lets those go on who wait for a resolver that is closed", function()
    run(function()
      local resolver = resolver_of { timeout = 60 }
      local tasks = {}
      for i = 1, 3 do
        tasks[i] = async.start(function() return resolver:query(("silent.x%d.test"):format(i), "TXT") end)
      end
      async.sleep(0.01)
      resolver:close()
      for i = 1, 3 do
        local answer = tasks[i]:join()
        assert.same({ "timeout", "closed" }, { answer.status, answer.reason })
      end
    end)
  end)

  it("forgets the queries of tasks that are cancelled", function()
    run(function()
      local resolver, names = resolver_of { timeout = 1 }, {}
      for i = 1, 100 do names[i] = ("silent.c%d.test"):format(i) end
      local before = async.now()
      assert.equal("timeout", select(3, async.within(0.05, function() return resolver:query_all(names, "TXT") end)))
      assert.is_true(async.now() - before < 1)
      -- What becomes of them comes when nobody waits any more, and is let go of.
      repeat
        assert.equal("timeout", resolver:query("silent.last.test", "TXT").status)
      until async.now() - before > 1.2
      local transport = resolver.transport
      if transport.channel then
        assert.same({ nil, nil }, { next(transport.waiting), next(transport.done) })
        assert.equal(0, transport.channel:outstanding())
      end
      resolver:close()
    end)
  end)
end

return function(it, run, server, may_nest)
  describe_run(it, run, may_nest)
  describe_map(it, run)
  describe_tasks(it, run)
  describe_cancelling(it, run)
  describe_within(it, run)
  describe_queries(it, run, server)
end
