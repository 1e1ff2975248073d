local timers = require "mailseal.async.timers"

describe("async.timers", function()
  -- A heap is one where nobody is earlier than who stands above him, and everybody knows where he stands.
  local function check(heap)
    for place = 1, #heap do
      assert.equal(place, heap[place].place)
      local above = math.floor(place / 2)
      assert.is_true(above == 0 or heap[above].at <= heap[place].at)
    end
  end

  it("gives the earliest first", function()
    local heap, times = {}, {}
    for i = 1, 200 do timers.add(heap, {}, i * 7919 % 101) end
    while heap[1] do
      check(heap)
      times[#times + 1] = heap[1].at
      timers.remove(heap, heap[1])
    end
    assert.equal(200, #times)
    for i = 2, 200 do assert.is_true(times[i - 1] <= times[i]) end
  end)

  it("gives back any of them", function()
    local heap, all = {}, {}
    for i = 1, 200 do
      all[i] = { number = i }
      timers.add(heap, all[i], i * 7919 % 101)
    end
    for i = 1, 200 do
      local task = all[i * 37 % 200 + 1] -- each once
      timers.remove(heap, task)
      assert.is_nil(task.place)
      check(heap)
      assert.equal(200 - i, #heap)
    end
  end)

  it("takes one again that it gave back", function()
    local heap, task = {}, {}
    for moment = 3, 1, -1 do
      timers.add(heap, task, moment)
      assert.equal(task, heap[1])
      timers.remove(heap, task)
    end
    assert.same({}, heap)
  end)
end)
