--- The cache of public keys: by name, until the record's TTL ends, the least recently used going first.
local dkim = require "mailseal.dkim"
local key = require "mailseal.key"
local signed = require "spec.support.signed"

local NOW = signed.NOW
local RECORD = signed.ed25519:record()

-- A resolver that has the key at every name, with a TTL; it counts.
local function resolver_of(ttl, text)
  return signed.answering { status = "ok", text = text or { RECORD }, ttl = ttl }
end

local function at(selector)
  return signed.forge { tags = { s = selector } }
end

local function verifier_of(options)
  return assert(dkim.verifier(options))
end

local function pass(verifier, message, now)
  assert.equal("pass", signed.say_all(assert(verifier:verify(message, { now = now or NOW }))))
end

describe("a key cache", function()
  it("asks for a key once, and then no more", function()
    local resolver, cache = resolver_of(300), dkim.key_cache()
    local verifier = verifier_of { resolver = resolver, key_cache = cache }
    for _ = 1, 10 do
      pass(verifier, at "s1")
    end
    assert.equal(1, resolver.asked)
    assert.equal(1, cache:count())
    pass(verifier, at "s2")
    assert.equal(2, resolver.asked)
    assert.equal(2, cache:count())
  end)

  it("gives the same results as DNS does", function()
    local answer = { status = "ok", text = { signed.ed25519:record { testing = true, strict = true } }, ttl = 60, authentic = true }
    local verifier = verifier_of { resolver = signed.answering(answer), key_cache = dkim.key_cache() }
    for _, message in ipairs { signed.forge(), signed.forge() .. "more", signed.forge { tags = { i = "@sub.example.com" } } } do
      verifier.key_cache:clear()
      local first = assert(verifier:verify(message, { now = NOW }))
      assert.same(first, assert(verifier:verify(message, { now = NOW })))
      assert.is_true(first[1].testing)
      assert.is_true(first[1].authenticated_data)
    end
  end)

  it("keeps a key until its TTL ends", function()
    local resolver = resolver_of(300)
    local verifier = verifier_of { resolver = resolver, key_cache = dkim.key_cache() }
    for _, row in ipairs { { 0, 1 }, { 270, 1 }, { 30, 2 }, { 270, 2 }, { 30, 3 }, { 100000, 4 } } do
      verifier.key_cache:advance(row[1])
      pass(verifier, at "s1")
      assert.equal(row[2], resolver.asked, row[1] .. " seconds later")
    end
  end)

  it("runs by the clock, whatever time messages are verified at", function()
    local answer, cache = { status = "ok", text = { RECORD }, ttl = 60 }, dkim.key_cache()
    local verifier = verifier_of { resolver = signed.answering(answer), key_cache = cache, clock_slack = 1e9 }
    pass(verifier, at "s1", NOW + 1e8)
    answer.status = "nxdomain"
    cache:advance(60)
    assert.equal("permerror key_name_missing", signed.say_all(assert(verifier:verify(at "s1", { now = NOW }))))
  end)

  it("drops a key whose TTL has ended when it is asked for", function()
    local answer, cache = { status = "ok", text = { RECORD }, ttl = 10 }, dkim.key_cache()
    local verifier = verifier_of { resolver = signed.answering(answer), key_cache = cache }
    pass(verifier, at "s1")
    assert.equal(1, cache:count())
    answer.status = "nxdomain"
    cache:advance(10)
    assert.equal("permerror key_name_missing", signed.say_all(assert(verifier:verify(at "s1", { now = NOW }))))
    assert.equal(0, cache:count())
  end)

  it("does not keep what has no TTL", function()
    for _, ttl in ipairs { 0, -1, false } do
      local resolver, cache = resolver_of(ttl or nil), dkim.key_cache()
      local verifier = verifier_of { resolver = resolver, key_cache = cache }
      pass(verifier, at "s1")
      pass(verifier, at "s1")
      assert.equal(2, resolver.asked)
      assert.equal(0, cache:count())
    end
  end)

  it("keeps good keys only", function()
    for _, text in ipairs { { "v=DKIM1; p=" }, { "v=spf1" }, { RECORD, RECORD }, { "v=DKIM1; k=ed25519; p=AAAA" }, {} } do
      local resolver, cache = resolver_of(300, text), dkim.key_cache()
      local verifier = verifier_of { resolver = resolver, key_cache = cache }
      verifier:verify(at "s1", { now = NOW })
      verifier:verify(at "s1", { now = NOW })
      assert.equal(2, resolver.asked)
      assert.equal(0, cache:count())
    end
  end)

  it("is bounded: the least recently used goes first", function()
    local resolver, cache = resolver_of(300), dkim.key_cache(3)
    local verifier = verifier_of { resolver = resolver, key_cache = cache }
    local asked = 0
    local function looked_up(selector, expected)
      pass(verifier, at(selector))
      asked = asked + (expected and 1 or 0)
      assert.equal(asked, resolver.asked, selector)
    end
    for _, selector in ipairs { "a", "b", "c" } do
      looked_up(selector, true)
    end
    looked_up("a", false)
    looked_up("d", true) -- b goes
    assert.equal(3, cache:count())
    looked_up("a", false)
    looked_up("c", false)
    looked_up("b", true) -- d goes
    looked_up("a", false)
    looked_up("d", true) -- c goes
    looked_up("b", false)
    looked_up("c", true)
    assert.equal(3, cache:count())
  end)

  it("holds a single key, or thousands", function()
    local one = dkim.key_cache(1)
    local verifier = verifier_of { resolver = resolver_of(300), key_cache = one }
    for _, selector in ipairs { "a", "b", "a" } do
      pass(verifier, at(selector))
      assert.equal(1, one:count())
    end
    local many, resolver = dkim.key_cache(500), resolver_of(300)
    verifier = verifier_of { resolver = resolver, key_cache = many }
    for round = 1, 2 do
      for i = 1, 700 do
        pass(verifier, at("s" .. (round == 1 and i or 200 + (i - 1) % 500 + 1))) -- those of the second round are still there
      end
    end
    assert.equal(700, resolver.asked)
    assert.equal(500, many:count())
  end)

  it("is emptied by clear", function()
    local resolver, cache = resolver_of(300), dkim.key_cache()
    local verifier = verifier_of { resolver = resolver, key_cache = cache }
    pass(verifier, at "s1")
    cache:clear()
    assert.equal(0, cache:count())
    pass(verifier, at "s1")
    assert.equal(2, resolver.asked)
    cache:clear()
    cache:clear()
    assert.equal(0, cache:count())
  end)

  it("is shared by verifiers that are given the same one", function()
    local one, two, cache = resolver_of(300), resolver_of(300), dkim.key_cache()
    pass(verifier_of { resolver = one, key_cache = cache }, at "s1")
    pass(verifier_of { resolver = two, key_cache = cache }, at "s1")
    assert.equal(1, one.asked)
    assert.equal(0, two.asked)
  end)

  it("belongs to its resolver where none is given", function()
    local one, two = resolver_of(300), resolver_of(300)
    for _ = 1, 2 do
      for _, resolver in ipairs { one, two } do
        assert.equal("pass", signed.say_all(assert(dkim.verify(at "s1", { resolver = resolver, now = NOW }))))
        assert.equal(1, resolver.asked)
      end
    end
  end)

  it("is none where key_cache is false", function()
    local resolver = resolver_of(300)
    local verifier = verifier_of { resolver = resolver, key_cache = false }
    pass(verifier, at "s1")
    pass(verifier, at "s1")
    assert.equal(2, resolver.asked)
  end)

  it("goes by the name that is asked, whatever the case in which it was written", function()
    local resolver = resolver_of(300)
    local verifier = verifier_of { resolver = resolver, key_cache = dkim.key_cache() }
    pass(verifier, at "s1")
    pass(verifier, signed.forge { tags = { s = "S1", d = "EXAMPLE.com" } })
    pass(verifier, signed.forge { tags = { s = "s1", d = "example.net" } })
    assert.equal(2, resolver.asked)
  end)

  it("takes a new key for an old one", function()
    local other = assert(key.generate { type = "ed25519" })
    local answer = { status = "ok", text = { RECORD }, ttl = 10 }
    local verifier = verifier_of { resolver = signed.answering(answer), key_cache = dkim.key_cache() }
    pass(verifier, at "s1")
    answer.text = { other:record() }
    pass(verifier, at "s1")
    verifier.key_cache:advance(10)
    assert.equal("fail signature_mismatch", signed.say_all(assert(verifier:verify(at "s1", { now = NOW }))))
    pass(verifier, signed.forge { key = other })
  end)

  it("may be collected before its verifier's answer has come", function()
    local verifier = verifier_of { resolver = resolver_of(300), key_cache = dkim.key_cache() }
    local query = verifier.resolver.query
    verifier.resolver.query = function(...)
      verifier.key_cache = nil
      collectgarbage()
      collectgarbage()
      return query(...)
    end
    assert.equal("pass, pass", signed.say_all(assert(verifier:verify(signed.field() .. at "s2", { now = NOW }))))
  end)

  it("raises for a size that is none", function()
    for _, size in ipairs { 0, -1, 2 ^ 40, "x" } do
      assert.has_error(function() dkim.key_cache(size) end)
    end
    assert.has_error(function() dkim.verifier { resolver = resolver_of(1), key_cache = {} }:verify(at "s1") end)
  end)
end)
