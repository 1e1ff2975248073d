local async = require "mailseal.async"

describe("async", function()
  it("runs a function as a task and returns what it returns", function()
    assert.is_nil(async.task())
    assert.same({ n = 3, 1, nil, 3 }, { n = select("#", async.run(function(...) return ... end, 1, nil, 3)),
      async.run(function(...) return ... end, 1, nil, 3) })
    assert.is_truthy(async.run(async.task))
  end)

  it("raises the error of the function that is run, as it is", function()
    local problem = {}
    local ok, found = pcall(async.run, function() error(problem) end)
    assert.is_false(ok)
    assert.equal(problem, found)
    assert.has_error(function() async.run(error, "text", 0) end, "text")
  end)

  it("runs a function within a task, too", function()
    async.run(function()
      assert.same({ 1, 2 }, { async.run(function(...) async.sleep(0) return ... end, 1, 2) })
      assert.has_error(function() async.run(error, "text", 0) end, "text")
    end)
  end)

  it("sleeps side by side in tasks, in order of time", function()
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
    local times, last, out_of_order, start = {}, 0, 0, async.now() + 0.02
    for i = 1, 500 do times[i] = start + (i * 7919 % 50) / 1000 end
    async.map(times, 500, function(time)
      async.sleep(math.max(0, time - async.now()))
      if time < last then out_of_order = out_of_order + 1 end
      last = time
    end)
    -- One that the system stops between its look at the clock and its sleep may come late.
    assert.is_true(out_of_order < 10, out_of_order .. " of 500")
  end)

  it("sleeps in place outside of tasks", function()
    local before = async.now()
    async.sleep(0.03)
    assert.is_true(async.now() - before >= 0.03)
  end)

  it("sleeps on in place where it is woken early", function()
    local core = require "mailseal.core".async
    local poll, before = core.poll, async.now()
    core.poll = function(descriptors, seconds) poll(descriptors, math.min(seconds, 0.01)) end
    async.sleep(0.03)
    core.poll = poll
    assert.is_true(async.now() - before >= 0.03)
  end)

  it("raises where it is to sleep for no time there is", function()
    local wanted = "async.sleep wants a finite number of seconds, from 0 on"
    for _, seconds in ipairs { 0 / 0, math.huge, -math.huge, -0.001, "1", {} } do
      assert.has_error(function() async.sleep(seconds) end, wanted)
      assert.has_error(function() async.run(function() async.sleep(seconds) end) end)
    end
    assert.has_error(function() async.sleep() end, wanted)
  end)

  it("maps a list to results by place, at most so many at a time", function()
    local running, most = 0, 0
    local results, errors = async.map({ "a", "b", "c", "d", "e" }, 2, function(item, place)
      running = running + 1
      most = math.max(most, running)
      async.sleep(0.005)
      running = running - 1
      return item .. place
    end)
    assert.same({ "a1", "b2", "c3", "d4", "e5" }, results)
    assert.same({}, errors)
    assert.equal(2, most)
  end)

  it("maps an empty list", function()
    assert.same({}, (async.map({}, 10, error)))
  end)

  it("keeps the other results where a call fails", function()
    local results, errors = async.map({ 1, 2, 3, 4 }, 4, function(item)
      async.sleep(0.001 * item)
      if item == 2 then error("two", 0) end
      if item == 3 then return nil, "three", "code" end
      return item
    end)
    assert.same({ [1] = 1, [4] = 4 }, results)
    assert.same({ [2] = "two", [3] = "three" }, errors)
  end)

  it("maps within maps", function()
    local results = async.map({ 1, 2, 3 }, 3, function(a)
      local inner = async.map({ 10, 20 }, 2, function(b)
        async.sleep(0.001)
        return a * b
      end)
      return inner[1] + inner[2]
    end)
    assert.same({ 30, 60, 90 }, results)
  end)

  it("runs a loop of its own in a coroutine that is not a task", function()
    async.run(function()
      local results = coroutine.wrap(function()
        return async.map({ 1, 2 }, 2, function(item)
          async.sleep(0.001)
          return item
        end)
      end)()
      assert.same({ 1, 2 }, results)
    end)
  end)

  it("refuses a task that yields to somebody else", function()
    assert.has_error(function() async.run(coroutine.yield) end, "a task may wait only through mailseal.async")
  end)

  it("refuses a limit, a list or a function that is none", function()
    assert.has_error(function() async.map({}, 0, print) end)
    assert.has_error(function() async.map(nil, 1, print) end)
    assert.has_error(function() async.map({}, 1) end)
  end)

  it("says so where tasks wait for each other for ever", function()
    assert.has_error(function() async.run(async.suspend) end, "every task waits for another")
  end)
end)
