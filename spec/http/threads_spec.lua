--- The queue in front of nginx's threads, with a nginx in which the moment comes that in the real one comes by chance.
local async = require "mailseal.async"

describe("the queue in front of nginx's threads", function()
  local threads, bells, refused, dropped

  -- A semaphore of nginx: whose time was over is told so, also where it is posted before he goes on.
  local function new_bell()
    local bell = { count = 0 }
    function bell:post() self.count = self.count + 1
      if self.waiting then async.wake(self.waiting) end
    end
    function bell:wait()
      if self.count == 0 then
        self.waiting, self.is_over = async.task(), false
        async.suspend()
        self.waiting = nil
        if self.is_over then return nil, "timeout" end
      end
      self.count = self.count - 1
      return true
    end
    function bell:let_time_pass()
      self.is_over = true
      async.wake(self.waiting)
    end
    bells[#bells + 1] = bell
    return bell
  end

  before_each(function()
    bells, refused, dropped = {}, 0, 0
    package.loaded["ngx.semaphore"] = { new = new_bell }
    rawset(_G, "ngx", {
      timer = { at = function(_, fn, ...)
        dropped = dropped - 1
        return dropped >= 0 or async.start(fn, false, ...) ~= nil
      end },
      run_worker_thread = function(_, _, entry, value) return true, true, nil, entry .. " " .. value end,
      worker = { exiting = function() return false end },
    })
    threads = require "mailseal.http.threads".new {
      name = "pool", slots = 1, queue = 10, changed = function() end, refused = function() refused = refused + 1 end,
    }
  end)

  after_each(function()
    rawset(_G, "ngx", nil)
    package.loaded["ngx.semaphore"] = nil
  end)

  it("brings what a call returns", function()
    async.run(function()
      assert.equal("perform 1", threads:call("perform", 1))
      bells[1]:let_time_pass()
    end)
  end)

  it("has somebody see to a call, though one was called whose time was over in that moment", function()
    async.run(function()
      threads:call("perform", 1)
      async.sleep(0)
      bells[1]:let_time_pass()
      assert.equal("perform 2", threads:call("perform", 2))
      async.sleep(0)
      bells[1]:let_time_pass()
      async.sleep(0)
      assert.equal("perform 3", threads:call("perform", 3))
      assert.equal(0, refused)
      bells[2]:let_time_pass()
    end)
  end)

  it("asks for another where nginx has dropped the timers of those who were to come, as too many run", function()
    dropped = 2
    async.run(function()
      assert.equal("perform 1", threads:call("perform", 1))
      assert.equal(0, refused)
      assert.equal(1, threads.porters)
      assert.equal(0, threads.coming)
      async.sleep(0)
      bells[1]:let_time_pass()
    end)
  end)

  it("has no more of them than slots, however late those come who were not reckoned with any more", function()
    local late
    local at = ngx.timer.at -- luacheck: ignore
    ngx.timer.at = function(_, fn, ...) -- luacheck: ignore
      local given, n = { ... }, select("#", ...)
      late = function() at(0, fn, (table.unpack or unpack)(given, 1, n)) end -- luacheck: ignore
      ngx.timer.at = at -- luacheck: ignore
      return true
    end
    async.run(function()
      assert.equal("perform 1", threads:call("perform", 1))
      late()
      async.sleep(0)
      assert.equal(1, threads.porters)
      assert.equal("perform 2", threads:call("perform", 2))
      async.sleep(0)
      assert.equal(1, #bells)
      bells[1]:let_time_pass()
    end)
  end)
end)
