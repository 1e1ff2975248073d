--- What is told of each answer that a name server may give, and what is made of answers that no good server gives.
local core = require "mailseal.core".dns
local reading = require "mailseal.publish.rfc2136.reading"
local told = require "mailseal.publish.rfc2136.told"
local writing = require "mailseal.publish.rfc2136.writing"

local PEER = { text = "ns.test", key = { name = "k.test", algorithm = "hmac-sha256" } }

local function failure(result, message, code, details)
  assert.is_nil(result)
  return code, message, details
end

describe("an error of a name server", function()
  for rcode, wanted in pairs {
    FORMERR = "refused_record", SERVFAIL = "server_failed", NOTIMP = "not_allowed", REFUSED = "not_allowed", NOTAUTH = "no_zone",
    NOTZONE = "no_zone", YXRRSET = "zone_moved", NXRRSET = "zone_moved", YXDOMAIN = "zone_moved", NXDOMAIN = "zone_moved",
    RCODE12 = "bad_answer",
  } do
    it(("%s is told as %s, with the server and the zone in words"):format(rcode, wanted), function()
      local code, message = failure(told.rcode(PEER, rcode, "a\27.test"))
      assert.equal(wanted, code)
      assert.matches("ns.test", message, 1, true)
      assert.is_nil(message:find "%c")
      assert.is_nil(message:find "\n")
    end)
  end

  it("of a signature says what to look at", function()
    local function of(error_name, seconds)
      return failure(told.unverified(PEER, { zone = "a.test", changes = {} }, "…", error_name == "BADTIME" and "clock_off" or "bad_key",
        { tsig = error_name, seconds = seconds }))
    end
    for name, words in pairs { BADKEY = "name and algorithm", BADSIG = "secret", BADTRUNC = "longer", BADMODE = "BADMODE" } do
      local code, message = of(name)
      assert.equal("bad_credentials", code)
      assert.matches(words, message)
    end
    local code, message, details = of("BADTIME", 600)
    assert.same({ "clock_off", { seconds = 600 } }, { code, details })
    assert.matches("600 seconds ahead", message)
    assert.matches("600 seconds behind", (select(2, of("BADTIME", -600))))
    code, message = of "BADTIME"
    assert.equal("clock_off", code)
    assert.matches("clocks differ", message)
  end)

  it("is believed without a signature where no server could sign it, and nothing else is", function()
    for rcode, wanted in pairs {
      FORMERR = "refused_record", SERVFAIL = "server_failed", NOTIMP = "not_allowed", REFUSED = "not_allowed", NOTAUTH = "no_zone",
      YXRRSET = "bad_answer", NXDOMAIN = "bad_answer", NOERROR = "bad_answer", NOTZONE = "bad_answer",
    } do
      assert.equal(wanted, (failure(told.unverified(PEER, { zone = "a.test", changes = {} }, "…", "not_signed", { rcode = rcode }))), rcode)
    end
    local question = { name = "a.test", type = "A" }
    assert.equal("bad_credentials", (failure(told.unverified(PEER, question, "…", "not_signed", { rcode = "NOTAUTH" }))))
    assert.equal("bad_answer", (failure(told.unverified(PEER, question, "…", "bad_signature"))))
  end)
end)

-- A session whose server answers each message as `fn` says: with an rcode, or octets.
local function session(fn)
  return {
    peer = PEER,
    ask = function(_, messages)
      local replies = {}
      for i, one in ipairs(messages) do
        local rcode, octets = fn(one)
        if not rcode then return nil, "gone", "closed" end
        replies[i] = { rcode = rcode, octets = octets }
      end
      return replies
    end,
  }
end

local function text(name, value, ttl) return { name = name, type = "TXT", ttl = ttl or 60, values = { value } } end

local function is_about(one, name)
  for _, change in ipairs(one.changes) do
    if change.name == name then return true end
  end
end

describe("an update that a server has taken", function()
  local A = { name = "a.test", type = "TXT", after = text("a.test", '"a"') }
  local B = { name = "b.test", type = "TXT", after = text("b.test", '"b"') }

  -- Takes all that changes something, and has not got what is at the names.
  local function without(...)
    local names = { ... }
    return session(function(one)
      for _, name in ipairs(one.once and {} or names) do
        if is_about(one, name) then return "NXRRSET" end
      end
      return "NOERROR"
    end)
  end

  it("and not made is no success", function()
    assert.is_true(writing.apply(without(), "test", { A, B }, {}))
    local code, message = failure(writing.apply(without("a.test", "b.test"), "test", { A, B }, {}))
    assert.equal("refused_record", code)
    assert.matches("a.test TXT, b.test TXT", message)
  end)

  it("and made by halves is told with what is made", function()
    local code, message, details = failure(writing.apply(without "b.test", "test", { A, B }, {}))
    assert.same({ "half_done", { done = { A } } }, { code, details })
    assert.matches("b.test TXT", message)
  end)

  it("is believed where it cannot be asked any more", function()
    assert.is_true(writing.apply(session(function(one) return one.once and "NOERROR" or nil end), "test", { A }, {}))
  end)
end)

describe("an update of which nothing was heard", function()
  local CHANGE = { name = "a.test", type = "TXT", before = text("a.test", '"old"'), after = text("a.test", '"new"') }

  -- The server holds that value.
  local function holding(value)
    return session(function(one)
      if not one.changes then return "REFUSED" end
      return one.changes[1].before.values[1] == value and "NOERROR" or "NXRRSET"
    end)
  end

  it("was made, or was not, or something else was", function()
    assert.equal("done", writing.settle(holding '"new"', "test", { CHANGE }))
    assert.equal("not done", writing.settle(holding '"old"', "test", { CHANGE }))
    assert.equal("neither", writing.settle(holding '"third"', "test", { CHANGE }))
    assert.is_nil(writing.settle(session(function() return nil end), "test", { CHANGE }))
    assert.is_nil(writing.settle(session(function() return "REFUSED" end), "test", { CHANGE }))
  end)
end)

describe("a server that does not speak for the zone", function()
  -- Its answer: the question, and a header with flags.
  local function answering(flags)
    return session(function(one)
      local query = core.encode(one.name, one.type, { no_edns = true })
      return "NOERROR", query:sub(1, 2) .. string.char(flags, 0) .. query:sub(5)
    end)
  end

  it("is not read from", function()
    local code, message = failure(reading.read(answering(0x80), "a.test", { "a.test" }))
    assert.equal("no_zone", code)
    assert.matches("does not speak for a.test", message)
    assert.equal("no_zone", (failure(reading.zone(answering(0x80), "a.test"))))
  end)

  it("is read from where it does", function()
    assert.same({}, reading.read(answering(0x84), "a.test", { "a.test" }))
  end)

  it("is told by its errors", function()
    local function erring(rcode) return session(function() return rcode, ("\0"):rep(12) end) end
    for rcode, wanted in pairs {
      REFUSED = "not_allowed", SERVFAIL = "server_failed", NOTAUTH = "bad_credentials", NOTIMP = "not_allowed",
    } do
      assert.equal(wanted, (failure(reading.read(erring(rcode), "a.test", { "a.test" }))))
    end
    assert.equal("no_zone", (failure(reading.zone(erring "REFUSED", "a.test"))))
    assert.equal("server_failed", (failure(reading.zone(erring "SERVFAIL", "a.test"))))
    assert.equal("bad_answer", (failure(reading.read(session(function() return "NOERROR", "x" end), "a.test", { "a.test" }))))
  end)
end)

describe("a zone that never stands still", function()
  it("is not read for ever", function()
    local rounds = 0
    local restless = session(function(one)
      if one.changes then return "NXRRSET" end
      rounds = rounds + 1
      local query = core.encode(one.name, one.type, { no_edns = true })
      local answer = one.type == "TXT" and "\192\12\0\16\0\1\0\0\0\60\0\2\1a" or ""
      return "NOERROR", query:sub(1, 2) .. "\132\0\0\1\0" .. string.char(answer == "" and 0 or 1) .. "\0\0\0\0" .. query:sub(13) .. answer
    end)
    local code = failure(reading.read(restless, "a.test", { "a.test" }))
    assert.equal("zone_moved", code)
    assert.is_true(rounds < 100)
  end)
end)
