local async = require "mailseal.async"
local behaviour = require "spec.support.async_behaviour"
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"
local on_luv = require "mailseal.async.luv"
local shell = require "spec.support.shell"
local uv = require "luv"

describe("async under luv", function()
  local server

  setup(function() server = assert(fault_server.start()) end)
  teardown(function() server:stop() end)

  local function handles()
    local n = 0
    uv.walk(function() n = n + 1 end)
    return n
  end

  -- Runs a function as a task on luv's loop, until there is nothing to do.
  local function run(fn)
    local before, outcome = handles(), nil
    on_luv.start(fn, function(...) outcome = { ... } end)
    uv.run()
    assert.equal(before, handles())
    assert.is_truthy(outcome, "the loop ended before the task")
    if not outcome[1] then error(outcome[2], 0) end
  end

  behaviour(it, run, function() return server end)

  it("returns at once, and tells when the task is over", function()
    local order = {}
    local task = on_luv.start(function()
      order[#order + 1] = "task"
      return 1, nil
    end, function(...)
      order[#order + 1] = select("#", ...)
      order[#order + 1] = { ... }
    end)
    order[#order + 1] = "started"
    uv.run()
    assert.same({ "started", "task", 3, { true, 1 } }, order)
    assert.is_true(task.finished)
  end)

  it("tells what is over with everything that it started", function()
    local ended, told
    on_luv.start(function()
      async.start(function()
        pcall(async.sleep, 3600)
        ended = true
      end)
      async.sleep(0)
    end, function() told = ended end)
    uv.run()
    assert.is_true(told)
  end)

  it("tells of an error, and where it was raised", function()
    local outcome
    local function raise() error("broken", 0) end
    on_luv.start(function() raise() end, function(...) outcome = { ... } end)
    uv.run()
    assert.same({ false, "broken" }, { outcome[1], outcome[2] })
    assert.matches("luv_spec.lua:%d+: in [^\n]*raise", outcome[3])
  end)

  it("keeps an error for whoever joins", function()
    local task = on_luv.start(error, nil)
    uv.run()
    assert.is_false(task.ok)
    run(function() assert.is_false(pcall(task.join, task)) end)
  end)

  it("lets timers of luv's go on while 500 names get no answer", function()
    local resolver, names = assert(dns.resolver { servers = { server.address }, timeout = 1, tries = 1 }), {}
    for i = 1, 500 do names[i] = ("silent.l%d.test"):format(i) end
    local beats, longest, last, answers = 0, 0, async.now(), nil
    local heart = uv.new_timer()
    heart:start(10, 10, function()
      local moment = async.now()
      beats, longest, last = beats + 1, math.max(longest, moment - last), moment
    end)
    on_luv.start(function() answers = resolver:query_all(names, "TXT") end, function() heart:close() end)
    uv.run()
    for i = 1, 500 do assert.equal("timeout", answers[i].status) end
    assert.is_true(beats > 10 and longest < 0.9, ("%d beats, %.3f s between two"):format(beats, longest))
    resolver:close()
  end)

  it("hears of what luv's callbacks wake and cancel", function()
    local woken, cancelled
    local sleeper
    on_luv.start(function()
      sleeper = async.task()
      return async.suspend()
    end, function(_, value) woken = value end)
    local task = on_luv.start(async.suspend, function(_, problem) cancelled = problem end)
    local timer = uv.new_timer()
    timer:start(10, 0, function()
      async.wake(sleeper, "by a timer")
      task:cancel()
      timer:close()
    end)
    uv.run()
    assert.equal("by a timer", woken)
    assert.equal(async.cancelled, cancelled)
  end)

  it("goes on after a transport's error, where luv does not end the program", function()
    local resolver, problems, statuses = assert(dns.resolver { servers = { server.address } }), {}, {}
    function resolver.transport.process()
      resolver.transport.process = nil
      error("broken", 0)
    end
    -- Collects what callbacks raise, as a program does that has set LUVF_CALLBACK_NOEXIT.
    local function caught(callback)
      return function(...)
        local ok, problem = pcall(callback, ...)
        if not ok then problems[#problems + 1] = problem end
      end
    end
    local new_timer, new_poll = uv.new_timer, uv.new_poll
    function uv.new_timer()
      local timer = new_timer()
      return {
        start = function(_, first, again, callback) return timer:start(first, again, caught(callback)) end,
        close = function() return timer:close() end,
      }
    end
    function uv.new_poll(descriptor)
      local poll = new_poll(descriptor)
      return {
        start = function(_, events, callback) return poll:start(events, caught(callback)) end,
        close = function() return poll:close() end,
      }
    end
    for i = 1, 3 do
      on_luv.start(function() statuses[i] = resolver:query(("delay200.ok.e%d.test"):format(i), "TXT").status end)
    end
    uv.run()
    uv.new_timer, uv.new_poll = new_timer, new_poll
    assert.same({ "broken" }, problems)
    assert.same({ "ok", "ok", "ok" }, statuses)
    resolver:close()
  end)

  it("shares a resolver with what waits in place", function()
    local resolver = assert(dns.resolver { servers = { server.address }, timeout = 5, tries = 1 })
    local statuses = {}
    for i = 1, 10 do
      on_luv.start(function() return resolver:query(("ok.w%d.test"):format(i), "TXT").status end, function(_, status)
        statuses[#statuses + 1] = status
      end)
    end
    local timer = uv.new_timer()
    timer:start(0, 0, function()
      statuses[#statuses + 1] = resolver:query("ok.place.test", "TXT").status
      timer:close()
    end)
    uv.run()
    assert.equal(11, #statuses)
    assert.equal(("ok "):rep(11), table.concat(statuses, " ") .. " ")
    resolver:close()
  end)

  it("lets go of a resolver's descriptor before it is closed", function()
    run(function()
      local reached
      for i = 1, 20 do
        local resolver = assert(dns.resolver { servers = { server.address }, timeout = 5, tries = 1 })
        assert.equal("ok", resolver:query(("ok.d%d.test"):format(i), "TXT").status)
        resolver:close()
        -- Takes the number of the descriptor that was just closed.
        local socket = uv.new_tcp()
        local task = async.task()
        socket:connect("127.0.0.1", server.port, function(problem)
          reached = not problem
          socket:close()
          async.wake(task)
        end)
        async.suspend()
        assert.is_true(reached)
      end
    end)
  end)

  it("refuses what is no function", function()
    assert.has_error(function() on_luv.start() end)
    assert.has_error(function() on_luv.start(print, 1) end)
  end)

  it("says in one line what it needs", function()
    local result = shell.run([[LUA_PATH="lua/?.lua;lua/?/init.lua;;" \
      LUA_CPATH="build/$([ $LUA = luajit ] && echo luajit || echo lua5.4)/?.so" \
      $LUA -e 'print(select(2, pcall(require, "mailseal.async.luv")))']])
    assert.equal("mailseal.async.luv needs luv: apt install lua-luv, or luarocks install luv\n", result.out)
  end)
end)
