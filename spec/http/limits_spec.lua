local dictionary = require "mailseal.http.dictionary"
local limits = require "mailseal.http.limits"

describe("limits", function()
  local now, dict, made

  before_each(function()
    now = 1000
    local function clock() return now end
    dict = dictionary.new(clock)
    made = limits.new(dict, clock)
  end)

  local function bucket(key, burst, every) return { key = key, burst = burst, every = every } end

  local function taken(buckets, times)
    local count = 0
    for _ = 1, times do
      if made:take(buckets) then count = count + 1 end
    end
    return count
  end

  it("let through as many at once as a bucket holds", function()
    assert.equal(3, taken({ bucket("a", 3, 10) }, 50))
  end)

  it("say when the next one may come, and let one through then", function()
    local one = { bucket("a", 2, 10) }
    taken(one, 2)
    local ok, wait, which = made:take(one)
    assert.is_false(ok)
    assert.is_near(10, wait, 0.01)
    assert.equal(one[1], which)
    now = now + 9.9
    assert.is_false((made:take(one)))
    now = now + 0.1
    assert.equal(1, taken(one, 5))
  end)

  it("fill a bucket no higher than it is", function()
    local one = { bucket("a", 3, 10) }
    taken(one, 3)
    now = now + 100000
    assert.equal(3, taken(one, 50))
  end)

  it("are refilled one by one", function()
    local one = { bucket("a", 3, 10) }
    taken(one, 3)
    now = now + 21
    assert.equal(2, taken(one, 50))
  end)

  it("are kept apart by their keys", function()
    assert.equal(1, taken({ bucket("a", 1, 10) }, 5))
    assert.equal(1, taken({ bucket("b", 1, 10) }, 5))
  end)

  it("take nothing where one of several buckets is empty", function()
    local domain, tenant = bucket("domain", 10, 10), bucket("tenant", 2, 10)
    assert.equal(2, taken({ domain, tenant }, 50))
    assert.equal(8, taken({ domain }, 50))
  end)

  it("leave nothing behind of a bucket that is full", function()
    taken({ bucket("a", 2, 10) }, 2)
    assert.is_not_nil(dict:get "a")
    now = now + 20
    assert.is_nil(dict:get "a")
  end)

  it("let through where the dictionary has no room", function()
    function dict.incr() return nil, "no memory" end
    assert.equal(5, taken({ bucket("a", 1, 10) }, 5))
  end)
end)
