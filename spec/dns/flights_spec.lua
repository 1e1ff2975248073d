local async = require "mailseal.async"
local flights = require "mailseal.dns.flights"
local side_by_side = require "spec.support.dns_stage".side_by_side

describe("dns.flights", function()
  local set, led, held

  before_each(function()
    set, led, held = flights.new(), 0, {}
  end)

  -- Brings an answer when it is released, by its number among all that were led.
  local function fly()
    led = led + 1
    local number = led
    held[number] = async.task()
    local problem = async.suspend()
    if problem == "no error, but a time-out" then return { number = number, status = "timeout" } end
    if problem then error(problem, 0) end
    return { number = number }
  end

  local function release(number, problem) async.wake(held[number], problem) end

  -- Joins or leads, as a resolver does; within so many seconds.
  local function ask(seconds)
    local deadline = async.now() + (seconds or 60)
    local joined = set:join("key", deadline)
    if joined then return joined.number, "joined" end
    local result, is_latest = set:lead("key", deadline, fly)
    return result.number, is_latest and "latest" or "late"
  end

  -- Lets all others go on as far as they can.
  local function let_others()
    for _ = 1, 5 do async.sleep(0) end
  end

  local function wait_until_led(number)
    while led < number do async.sleep(0.01) end
  end

  -- One leads, another waits for it, each within so many seconds, but has to lead himself; `meanwhile` releases both.
  local function leads_in_the_end(first, second, meanwhile)
    local answers = side_by_side(function() return ask(first) end, function() return ask(second) end, meanwhile)
    assert.same({ 1, 2 }, { answers[1], answers[2] })
  end

  it("has nobody to wait for at first, nor when all have landed", function()
    assert.is_nil(set:join("key", async.now() + 60))
    assert.same({ "an answer" }, (set:lead("key", async.now() + 60, function() return { "an answer" } end)))
    assert.is_nil(set:join("key", async.now() + 60))
  end)

  it("lets nobody wait for one that is forgotten, whose leader learns that it is old", function()
    local late
    side_by_side(
      function() late = select(2, ask()) end,
      function()
        set:forget "key"
        assert.is_nil(set:join("key", async.now() + 60))
        release(1)
      end
    )
    assert.equal("late", late)
  end)

  it("brings the leader's answer to all, and to each once it is there", function()
    local answers = side_by_side(ask, ask, ask, function() release(1) end)
    assert.same({ 1, 1, 1 }, { answers[1], answers[2], answers[3] })
    assert.equal(1, led)
  end)

  it("keeps keys apart", function()
    side_by_side(
      function() set:lead("one", async.now() + 60, fly) end,
      function() set:lead("two", async.now() + 60, fly) end,
      function()
        assert.equal(2, led)
        release(1)
        release(2)
      end
    )
  end)

  it("lets the next one lead where the leader raises, and the error be his alone", function()
    local answers, errors = side_by_side(
      ask, ask, ask,
      function()
        release(1, "broken")
        let_others()
        assert.equal(2, led)
        release(2)
      end
    )
    assert.same({ "broken" }, errors)
    assert.same({ 2, 2 }, { answers[2], answers[3] })
  end)

  it("lets the next one lead where the leader is cancelled", function()
    async.run(function()
      local first, second, third = async.start(ask), async.start(ask), async.start(ask)
      let_others()
      first:cancel()
      let_others()
      assert.equal(2, led)
      release(2)
      assert.equal("cancelled", select(3, first:join()))
      assert.equal(2, (second:join()))
      assert.equal(2, (third:join()))
    end)
  end)

  it("leads on when a whole row of leaders is cancelled", function()
    async.run(function()
      local row = {}
      for i = 1, 20 do row[i] = async.start(ask) end
      let_others()
      for i = 1, 19 do
        row[i]:cancel()
        if i % 2 == 0 then let_others() end
      end
      let_others()
      release(led)
      assert.equal(led, (row[20]:join()))
    end)
  end)

  it("forgets who is cancelled while he waits, and does not wake him later", function()
    async.run(function()
      local slept = false
      local leader = async.start(ask)
      local waiter = async.start(function()
        local ok, problem = pcall(ask)
        assert.is_false(ok)
        error(problem, 0)
      end)
      let_others()
      waiter:cancel()
      let_others()
      release(1)
      assert.equal(1, (leader:join()))
      assert.equal("cancelled", select(3, waiter:join()))
      local other = async.start(function()
        async.sleep(0.01)
        slept = true
      end)
      other:join()
      assert.is_true(slept)
    end)
  end)

  it("lets those who lead anew not be waited for with what is old", function()
    local results = {}
    side_by_side(
      function() results[1] = { ask() } end,
      function()
        -- As a fresh query does, which joins nobody.
        local result, is_latest = set:lead("key", async.now() + 60, fly)
        results[2] = { result.number, is_latest and "latest" or "late" }
      end,
      function() results[3] = { ask() } end,
      function()
        release(2)
        let_others()
        release(1)
      end
    )
    assert.same({ { 1, "late" }, { 2, "latest" }, { 2, "joined" } }, results)
  end)

  it("lets nobody wait for more than half of his time", function()
    leads_in_the_end(60, 0.2, function()
      wait_until_led(2)
      release(2)
      release(1)
    end)
  end)

  it("lets nobody wait for one in a hurry for more than half of that one's time", function()
    leads_in_the_end(0.2, 60, function()
      wait_until_led(2)
      release(1)
      release(2)
    end)
  end)

  it("takes no time-out for an answer while half of the time is left", function()
    leads_in_the_end(60, 60, function()
      release(1, "no error, but a time-out")
      let_others()
      assert.equal(2, led)
      release(2)
    end)
  end)

  it("asks a server that keeps silent twice at most, however many wait", function()
    local asking = {}
    for i = 1, 50 do asking[i] = function() return ask(2) end end
    asking[51] = function()
      wait_until_led(2)
      async.sleep(0.05)
      release(1)
      release(2)
    end
    local answers = side_by_side((table.unpack or unpack)(asking)) -- luacheck: ignore
    assert.equal(2, led)
    assert.equal(1, answers[1])
    for i = 2, 50 do assert.equal(2, answers[i]) end
  end)

  it("is not stranded by a leader who vanishes", function()
    local lost
    local answers = side_by_side(
      function()
        -- One that never comes back: nginx drops coroutines like this.
        lost = coroutine.create(function() set:lead("key", async.now() + 0.4, coroutine.yield) end)
        coroutine.resume(lost)
        set.latest.key.home = async.task().home
      end,
      function() return ask(60) end,
      function() return ask(60) end,
      function()
        wait_until_led(1)
        let_others()
        release(1)
      end
    )
    assert.equal("suspended", coroutine.status(lost))
    assert.same({ 1, 1 }, { answers[2], answers[3] })
    assert.equal(1, led)
  end)

  it("keeps no flight whose leader has vanished", function()
    coroutine.wrap(function() set:lead("key", async.now() + 60, coroutine.yield) end)()
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(set.latest))
  end)

  it("lets no task wait for one of another loop, which could not run meanwhile", function()
    local numbers = {}
    async.run(function()
      local outer = async.start(ask)
      let_others()
      coroutine.wrap(function()
        async.run(function()
          local inner = async.start(ask)
          let_others()
          assert.equal(2, led)
          release(2)
          numbers[2] = inner:join()
        end)
      end)()
      release(1)
      numbers[1] = outer:join()
    end)
    assert.same({ 1, 2 }, numbers)
  end)

  it("lets who cannot wait ask himself", function()
    async.run(function()
      local leader = async.start(ask)
      let_others()
      coroutine.wrap(function() assert.is_nil(set:join("key", async.now() + 60)) end)()
      release(1)
      leader:join()
    end)
  end)
end)
