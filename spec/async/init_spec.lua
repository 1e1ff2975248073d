local async = require "mailseal.async"
local behaviour = require "spec.support.async_behaviour"
local fault_server = require "spec.support.fault_server"

describe("async in a plain script", function()
  local server

  setup(function() server = assert(fault_server.start()) end)
  teardown(function() server:stop() end)

  describe("inside run", function()
    behaviour(it, async.run, function() return server end)
  end)

  describe("outside run", function()
    it("has no task", function()
      assert.is_nil(async.task())
      assert.has_error(function() async.suspend() end)
    end)

    it("runs what is run, started, mapped or limited in place, to its end", function()
      assert.same({ n = 3, 1, nil, 3 }, { n = select("#", async.run(function(...) return ... end, 1, nil, 3)),
        async.run(function(...) async.sleep(0.001) return ... end, 1, nil, 3) })
      local task = async.start(function(...) async.sleep(0.001) return ... end, 1, 2)
      assert.is_true(task.finished)
      assert.same({ 1, 2 }, { task:join() })
      assert.same({ 2, 4 }, (async.map({ 1, 2 }, 2, function(item) async.sleep(0.001) return 2 * item end)))
      assert.same({ 1, 2 }, { async.within(60, function(...) async.sleep(0.001) return ... end, 1, 2) })
      assert.equal("timeout", select(3, async.within(0.001, async.sleep, 3600)))
    end)

    it("raises errors as they are, that of a task when it is joined", function()
      local problem = {}
      local function raise() error(problem) end
      local task = async.start(raise)
      for _, fn in ipairs { function() async.run(raise) end, function() async.within(60, raise) end, function() task:join() end } do
        local ok, found = pcall(fn)
        assert.is_false(ok)
        assert.equal(problem, found)
      end
    end)

    it("says where a task was cancelled by itself", function()
      assert.same({ nil, "the task was cancelled", "cancelled" }, { async.run(function()
        async.task():cancel()
        async.sleep(0)
      end) })
    end)

    it("sleeps in place", function()
      local before = async.now()
      async.sleep(0.03)
      assert.is_true(async.now() - before >= 0.03)
    end)

    it("sleeps on where it is woken early", function()
      local core = require "mailseal.core".async
      local poll, before = core.poll, async.now()
      core.poll = function(descriptors, seconds) poll(descriptors, math.min(seconds, 0.01)) end
      async.sleep(0.03)
      core.poll = poll
      assert.is_true(async.now() - before >= 0.03)
    end)
  end)

  it("raises where it is to wait for no time there is", function()
    for _, seconds in ipairs { 0 / 0, math.huge, -math.huge, -0.001, "1", {} } do
      assert.has_error(function() async.sleep(seconds) end, "async.sleep wants a finite number of seconds, from 0 on")
      assert.has_error(function() async.within(seconds, print) end, "async.within wants a finite number of seconds, from 0 on")
      assert.has_error(function() async.run(function() async.sleep(seconds) end) end)
    end
    assert.has_error(function() async.sleep() end)
  end)

  it("refuses a limit, a list or a function that is none", function()
    assert.has_error(function() async.map({}, 0, print) end)
    assert.has_error(function() async.map({ 1 }, 0 / 0, print) end)
    assert.has_error(function() async.map(nil, 1, print) end)
    assert.has_error(function() async.map({}, 1) end)
    assert.has_error(function() async.each(nil, print) end, "async.each wants a list and a function")
    assert.has_error(function() async.each({}) end)
    assert.has_error(function() async.start() end)
    assert.has_error(function() async.run(1) end)
    assert.has_error(function() async.within(1, "") end)
  end)
end)
