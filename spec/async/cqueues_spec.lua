local async = require "mailseal.async"
local behaviour = require "spec.support.async_behaviour"
local condition = require "cqueues.condition"
local cqueues = require "cqueues"
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"
local shell = require "spec.support.shell"

describe("async under cqueues", function()
  local server

  setup(function() server = assert(fault_server.start()) end)
  teardown(function() server:stop() end)

  -- Runs functions as coroutines of a controller, until it is empty.
  local function loop(...)
    local controller, problems = cqueues.new(), {}
    for _, fn in ipairs { ... } do
      controller:wrap(function()
        local ok, problem = pcall(fn)
        if not ok then problems[#problems + 1] = problem end
      end)
    end
    assert(controller:loop())
    assert.equal(0, controller:count())
    if problems[1] then error(problems[1], 0) end
  end

  behaviour(it, loop, function() return server end)

  local function resolver_of(seconds)
    return assert(dns.resolver { servers = { server.address }, timeout = seconds or 5, tries = 1 })
  end

  it("lets hundreds of the controller's own coroutines ask by one resolver", function()
    local resolver, answered, fns = resolver_of(), 0, {}
    for i = 1, 300 do
      fns[i] = function()
        for j = 1, 3 do
          if resolver:query(("ok.c%d-%d.test"):format(i, j), "TXT").status == "ok" then answered = answered + 1 end
        end
      end
    end
    loop((table.unpack or unpack)(fns)) -- luacheck: ignore
    assert.equal(900, answered)
  end)

  it("lets the controller's other coroutines go on meanwhile", function()
    local resolver, over, beats, longest = resolver_of(1), false, 0, 0
    loop(function()
      local last = cqueues.monotime()
      while not over do
        cqueues.sleep(0.01)
        local moment = cqueues.monotime()
        beats, longest, last = beats + 1, math.max(longest, moment - last), moment
      end
    end, function()
      local waiting, all = 500, condition.new()
      for i = 1, 500 do
        cqueues.running():wrap(function()
          assert.equal("timeout", resolver:query(("silent.s%d.test"):format(i), "TXT").status)
          waiting = waiting - 1
          if waiting == 0 then all:signal() end
        end)
      end
      all:wait()
      over = true
    end)
    assert.is_true(beats > 10 and longest < 0.9, ("%d beats, %.3f s between two"):format(beats, longest))
  end)

  it("attends to a transport by one coroutine", function()
    local resolver, polled = resolver_of(0.2), 0
    local transport = resolver.transport
    local timeout = transport.timeout
    transport.timeout = function(...)
      polled = polled + 1
      return timeout(...)
    end
    loop(function()
      local names = {}
      for i = 1, 400 do names[i] = ("silent.a%d.test"):format(i) end
      async.map(names, 400, function(name) return resolver:query(name, "TXT") end)
    end)
    -- Once when each begins, and then at the ticks of 50 ms, however many wait.
    assert.is_true(polled < 600, polled .. " times")
  end)

  it("reports a transport's error, and attends to those who wait all the same where the controller is run again", function()
    local resolver, controller, statuses = resolver_of(), cqueues.new(), {}
    local process = resolver.transport.process
    function resolver.transport.process(transport)
      resolver.transport.process = nil
      process(transport)
      error("broken", 0)
    end
    for i = 1, 3 do
      controller:wrap(function() statuses[i] = resolver:query(("delay200.ok.p%d.test"):format(i), "TXT").status end)
    end
    local ok, problem = controller:loop()
    assert.same({ false, "broken" }, { ok or false, problem })
    assert(controller:loop(10))
    assert.same({ "ok", "ok", "ok" }, statuses)
  end)

  it("shares a resolver between controllers", function()
    local resolver, answered = resolver_of(), 0
    local function ask()
      for i = 1, 20 do
        if resolver:query(("ok.m%d.test"):format(i), "TXT").status == "ok" then answered = answered + 1 end
      end
    end
    loop(ask, function() loop(ask, ask) end, function() loop(ask) end)
    assert.equal(80, answered)
  end)

  it("lets its tasks wait for sockets and conditions of cqueues, too", function()
    loop(function()
      local signal = condition.new()
      local results = async.map({ 1, 2 }, 2, function(item)
        if item == 1 then return signal:wait(60) and "heard" end
        cqueues.sleep(0.002)
        signal:signal()
        return "said"
      end)
      assert.same({ "heard", "said" }, results)
    end)
  end)

  it("leaves what a coroutine of the controller starts to itself", function()
    local ended
    loop(function()
      async.start(function()
        async.sleep(0.01)
        ended = true
      end)
    end)
    assert.is_true(ended)
  end)

  it("waits in place in a coroutine that is not the controller's own", function()
    local resolver = resolver_of()
    loop(function()
      local status = coroutine.wrap(function() return resolver:query("ok.test", "TXT").status end)()
      assert.equal("ok", status)
    end)
  end)

  it("is loaded by nobody who does not use it", function()
    local result = shell.run([[LUA_PATH="lua/?.lua;lua/?/init.lua;;" \
      LUA_CPATH="build/$([ $LUA = luajit ] && echo luajit || echo lua5.4)/?.so;;" \
      $LUA -e 'local async = require "mailseal.async"
        async.run(async.sleep, 0) async.sleep(0)
        for name in pairs(package.loaded) do if name:find "cqueues" or name:find "luv" then print(name) end end']])
    assert.same({ status = 0, out = "", err = "" }, result)
  end)
end)
