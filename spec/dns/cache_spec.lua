local cache = require "mailseal.dns.cache"

local function answer_of(text, fields)
  local answer = {
    status = "ok", name = "a.test", type = "TXT", ttl = 60, chain = {}, extended_errors = {}, text = { text },
    records = { { name = "a.test", type = "TXT", ttl = 60, strings = { text } } },
  }
  for name, value in pairs(fields or {}) do answer[name] = value end
  return answer
end

describe("dns.cache", function()
  local moment, kept

  local function clock() return moment end

  before_each(function()
    moment = 1000
    kept = cache.new { size = 8, now = clock }
  end)

  local function holds(key) return kept:get(key) ~= nil end

  it("gives back what was put in, and how long it still holds", function()
    kept:put("a", answer_of "one", 60)
    moment = 1059.5
    local answer, left = kept:get "a"
    assert.same(answer_of "one", answer)
    assert.equal(0.5, left)
    assert.is_nil(kept:get "b")
  end)

  it("forgets an answer when its time is over", function()
    kept:put("a", answer_of "one", 60)
    moment = 1060
    assert.is_nil(kept:get "a")
    assert.equal(0, kept:count())
  end)

  it("puts the new in place of the old", function()
    kept:put("a", answer_of "one", 60)
    kept:put("a", answer_of "two", 600)
    moment = 1500
    assert.same({ "two" }, kept:get("a").text)
    assert.equal(1, kept:count())
  end)

  it("forgets on request", function()
    kept:put("a", answer_of "one", 60)
    kept:put("b", answer_of "two", 60)
    kept:delete "a"
    kept:delete "never there"
    assert.is_false(holds "a")
    assert.is_true(holds "b")
    kept:clear()
    assert.equal(0, kept:count())
  end)

  it("never holds more than its size", function()
    for size = 2, 9 do
      kept = cache.new { size = size, now = clock }
      for i = 1, 100 do
        kept:put("k" .. i, answer_of "x", 60)
        assert.is_true(kept:count() <= size)
        assert.is_true(holds("k" .. i))
      end
    end
  end)

  it("keeps what is in use when it is full", function()
    for i = 1, 1000 do
      kept:put("k" .. i, answer_of "x", 60)
      if i > 1 then assert.is_true(holds "k1") end
    end
  end)

  it("counts a large answer as several, and refuses one that would push out all others", function()
    kept = cache.new { size = 100, now = clock }
    for i = 1, 1000 do kept:put("k" .. i, answer_of(("x"):rep(20000)), 60) end
    assert.is_true(kept:count() <= 10, "holds " .. kept:count())
    assert.is_true(kept:count() >= 4, "holds " .. kept:count())
    kept:put("small", answer_of "x", 60)
    kept:put("huge", answer_of(("x"):rep(200000)), 60)
    assert.is_true(holds "small")
    assert.is_false(holds "huge")
  end)

  it("weighs many records, data without a name for its type, and what servers say of errors", function()
    local many, errors = {}, {}
    for i = 1, 1000 do
      many[i] = { name = "a.test", type = "A", ttl = 60, address = "192.0.2.1" }
      errors[i] = { code = 0, text = ("e"):rep(200) }
    end
    local heavy = {
      answer_of("x", { records = many, text = false }),
      answer_of("x", { records = { { type = "TYPE65", data = ("x"):rep(60000) } }, text = false }),
      answer_of("x", { extended_errors = errors }),
      answer_of("x", { records = { { type = "DNSKEY", flags = 257, key = ("k"):rep(80000) } }, text = false }),
      answer_of("x", { records = { { type = "RRSIG", signature = ("s"):rep(80000) } }, text = false }),
    }
    for _, answer in ipairs(heavy) do
      kept = cache.new { size = 40, now = clock }
      kept:put("a", answer, 60)
      assert.is_false(holds "a")
    end
  end)

  it("does not mind what becomes of an answer that was put in or given out", function()
    local mine = answer_of "one"
    kept:put("a", mine, 60)
    mine.status = "changed"
    local given = kept:get "a"
    given.status, given.text = "changed", {}
    assert.same(answer_of "one", kept:get "a")
  end)

  it("goes by the monotonic clock unless told otherwise", function()
    local of_itself = cache.new()
    of_itself:put("a", answer_of "one", 60)
    local real = os.time
    os.time = function() return real() + 1e6 end -- luacheck: ignore
    local answer, left = of_itself:get "a"
    os.time = real -- luacheck: ignore
    assert.is_table(answer)
    assert.is_true(left > 0 and left <= 60)
  end)
end)
