--- Messages in pieces: however a message is cut, it is signed and verified alike.
local corpus = require "spec.support.corpus"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local signed = require "spec.support.signed"
local suite = require "spec.support.suite"
local vectors = require "spec.dkim.vectors"

local NOW = 1800000000
local WAYS = { "simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed" }

-- What a result says, in one string that two results share exactly if they are alike.
local function render(results)
  local out = {}
  for i, result in ipairs(results) do
    local words = {}
    for name, value in pairs(result) do
      words[#words + 1] = name .. "=" .. tostring(value)
    end
    table.sort(words)
    out[i] = table.concat(words, "; ")
  end
  return #results .. " results: " .. table.concat(out, "\n")
end

-- `write` the text cut behind each of the places `cuts`.
local function feed(stream, text, cuts)
  local at = 1
  for _, cut in ipairs(cuts) do
    assert(stream:write(text:sub(at, cut)))
    at = cut + 1
  end
  assert(stream:write(text:sub(at)))
  return assert(stream:finish())
end

local function every_place(text)
  local cuts = {}
  for at = 1, #text - 1 do
    cuts[at] = at
  end
  return cuts
end

local function random_places(random, text)
  local cuts, at = {}, 0
  while true do
    at = at + random(random(2) == 1 and 5 or 90) - 1
    if at >= #text then
      return cuts
    end
    cuts[#cuts + 1] = at
  end
end

-- Every way to cut a text: in two at each place, into single octets, and at random; with nothing in it here and there.
local function each_cutting(text, random, check)
  for at = 0, #text do
    check({ at }, "cut at " .. at)
  end
  check(every_place(text), "octet by octet")
  for number = 1, 5 do
    check(random_places(random, text), "in random pieces, " .. number)
  end
end

-- Names to verify under, and the verifier of a zone.
local function verifier_of(zone, options)
  options = options or {}
  options.resolver = assert(dns.resolver { zone = zone })
  return assert(dkim.verifier(options))
end

local function verifies_alike(name, message, verifier, random)
  local whole = render(assert(verifier:verify(message, { now = NOW })))
  each_cutting(message, random, function(cuts, how)
    local results = feed(verifier:stream { now = NOW }, message, cuts)
    local found = render(results)
    if found ~= whole then -- an assertion for each would take longer than the work
      assert.equal(whole, found, name .. ", " .. how)
    end
  end)
end

describe("a message in pieces is verified like the whole:", function()
  it("the examples of the RFCs", function()
    local verifier, random = verifier_of(vectors.zone), corpus.random(3)
    verifies_alike("RFC 6376", vectors.rfc6376, verifier, random)
    verifies_alike("RFC 8463", vectors.rfc8463, verifier, random)
  end)

  local cases, why = suite.dkim()
  if not cases then
    pending("the suite is not read: " .. why)
  else
    it("the suite's messages", function()
      local random, seen = corpus.random(7), {}
      for _, case in ipairs(cases) do
        if not seen[case.message] then
          seen[case.message] = true
          verifies_alike(case.id, case.message, verifier_of(case.zone), random)
        end
      end
      assert.is_truthy(next(seen))
    end)
  end

  -- Signed with both keys, verified with one of them spoilt or none.
  it("odd messages, signed every way", function()
    local zone = signed.zone()
    local verifier, random = verifier_of(zone), corpus.random(11)
    for number = 1, 48 do
      local odd = corpus.odd(number)
      if #odd.message < 1500 then
        local signer = assert(dkim.signer {
          domain = "example.com", selector = "s1", key = signed.ed25519, canonicalization = WAYS[number % 4 + 1], lint = "off",
        })
        verifies_alike(odd.title, assert(signer:sign(odd.message, { now = NOW })) .. odd.message, verifier, random)
      end
    end
  end)

  it("messages with l=, malformed signatures, and without an empty line", function()
    local verifier, random = verifier_of(signed.zone()), corpus.random(13)
    verifies_alike("l=", signed.forge { tags = { l = "8" } }, verifier, random)
    verifies_alike("l= too long", signed.forge { tags = { l = "800" } }, verifier, random)
    verifies_alike("malformed", signed.field { tags = { d = "(" } } .. signed.field { b = "!" } .. signed.forge(), verifier, random)
    verifies_alike("no empty line", signed.field() .. "From: a@example.com", verifier, random)
    verifies_alike("no header", "\r\n" .. signed.forge(), verifier, random)
    verifies_alike("nothing", "", verifier, random)
    verifies_alike("bare CR and LF", signed.field() .. "From: a\r\r\n\rb\n\nc\r\n\r\nd\r\r\n\n\r\r\n\r", verifier, random)
  end)

  it("messages of Unix files, which are mended first", function()
    local verifier, random = verifier_of(signed.zone(), { normalize = true }), corpus.random(17)
    verifies_alike("LF", (signed.forge():gsub("\r\n", "\n")), verifier, random)
    verifies_alike("CR", (signed.forge():gsub("\r\n", "\r")), verifier, random)
    verifies_alike("CR CR LF", (signed.forge():gsub("\r\n", "\r\r\n")), verifier, random)
    verifies_alike("no last line end", (signed.forge():gsub("\r\n$", "\r")), verifier, random)
  end)
end)

describe("a message in pieces is signed like the whole:", function()
  local function signs_alike(name, message, signer, random)
    local whole = assert(signer:sign(message, { now = NOW }))
    each_cutting(message, random, function(cuts, how)
      local header = feed(signer:stream { now = NOW }, message, cuts)
      if header ~= whole then
        assert.equal(whole, header, name .. ", " .. how)
      end
    end)
  end

  it("odd messages, every way, with everything that a signature can have", function()
    local random = corpus.random(19)
    for number = 1, 48 do
      local odd = corpus.odd(number)
      if #odd.message < 1500 then
        local signer = assert(dkim.signer {
          domain = "example.com", selector = "s1", key = signed.ed25519, canonicalization = WAYS[number % 4 + 1], lint = "off",
          body_length = true, copy_headers = true, oversign = { "Subject", "Cc" },
        })
        signs_alike(odd.title, odd.message, signer, random)
      end
    end
  end)

  it("with two keys", function()
    local signer = assert(dkim.signer {
      domain = "example.com", signatures = { { selector = "rsa", key = signed.rsa }, { selector = "s1", key = signed.ed25519 } },
    })
    local whole, random = assert(signer:sign(signed.MESSAGE, { now = NOW })), corpus.random(23)
    for _ = 1, 20 do
      assert.equal(whole, (feed(signer:stream { now = NOW }, signed.MESSAGE, random_places(random, signed.MESSAGE))))
    end
  end)

  it("with the same findings, and the same message mended", function()
    local broken = (signed.MESSAGE .. "\0a\rb\nc\r\r\nd"):gsub("Subject: a  subject\r\n", "Subject: a\n")
    for _, normalize in ipairs { true, false } do
      local signer = assert(dkim.signer {
        domain = "example.com", selector = "s1", key = signed.ed25519, lint = "report", normalize = normalize,
      })
      local header, findings, mended = assert(signer:sign(broken, { now = NOW }))
      each_cutting(broken, corpus.random(29), function(cuts, how)
        local stream, parts, at = signer:stream { now = NOW }, {}, 1
        for _, cut in ipairs(cuts) do
          parts[#parts + 1] = assert(stream:write(broken:sub(at, cut)))
          at = cut + 1
        end
        parts[#parts + 1] = assert(stream:write(broken:sub(at)))
        local same_header, same_findings, rest = assert(stream:finish())
        assert.equal(header, same_header, how)
        assert.same(findings, same_findings)
        assert.equal(normalize and mended or broken, table.concat(parts) .. (rest or ""))
      end)
    end
  end)
end)

describe("a stream", function()
  local function signer_of()
    return assert(dkim.signer { domain = "example.com", selector = "s1", key = signed.ed25519 })
  end

  it("is finished once", function()
    for _, maker in ipairs { signer_of(), verifier_of(signed.zone()) } do
      local stream = maker:stream { now = NOW }
      stream:write(signed.MESSAGE)
      assert(stream:finish())
      for _, method in ipairs { "write", "finish" } do
        local ok, message = pcall(function() stream[method](stream, "more") end)
        assert.is_false(ok)
        assert.matches("stream_spec%.lua:%d+: the stream is finished", message)
      end
    end
  end)

  it("has its own time", function()
    local signer = signer_of()
    local one, two = signer:stream { now = 1000 }, signer:stream { now = 2000 }
    one:write(signed.MESSAGE)
    two:write(signed.MESSAGE)
    assert.matches("%st=2000;", (assert(two:finish())))
    assert.matches("%st=1000;", (assert(one:finish())))
  end)

  it("does not disturb others of the same signer or verifier", function()
    local signer, verifier = signer_of(), verifier_of(signed.zone())
    local messages, streams = {}, {}
    for i = 1, 5 do
      messages[i] = corpus.odd(i).message
      streams[i] = signer:stream { now = NOW }
    end
    for at = 1, 2000, 10 do
      for i, message in ipairs(messages) do
        streams[i]:write(message:sub(at, at + 9))
      end
    end
    for i, message in ipairs(messages) do
      streams[i]:write(message:sub(2001))
      local header = assert(streams[i]:finish())
      assert.equal(assert(signer:sign(message, { now = NOW })), header)
      streams[i], messages[i] = verifier:stream { now = NOW }, header .. message
    end
    for at = 1, 3000, 10 do
      for i, message in ipairs(messages) do
        streams[i]:write(message:sub(at, at + 9))
      end
    end
    for i, message in ipairs(messages) do
      streams[i]:write(message:sub(3001))
      assert.equal("pass", signed.say_all(assert(streams[i]:finish())))
    end
  end)

  it("may be left unfinished, and its signer is as good as new", function()
    local signer, verifier = signer_of(), verifier_of(signed.zone())
    for _ = 1, 20 do
      signer:stream { now = NOW }:write "From: a"
      verifier:stream { now = NOW }:write "From: a"
    end
    collectgarbage()
    local header = assert(signer:sign(signed.MESSAGE, { now = NOW }))
    assert.equal("pass", signed.say_all(assert(verifier:verify(header .. signed.MESSAGE, { now = NOW }))))
  end)

  it("keeps alive what it needs when its maker is collected", function()
    local zone = signed.zone()
    local function abandoned()
      local keys = require "mailseal.key".load(signed.ed25519:pem())
      local signer = assert(dkim.signer { domain = "example.com", selector = "s1", key = keys })
      return signer:stream { now = NOW }, verifier_of(zone):stream { now = NOW }
    end
    local signing, verifying = abandoned()
    collectgarbage()
    collectgarbage()
    signing:write(signed.MESSAGE)
    local header = assert(signing:finish())
    verifying:write(header .. signed.MESSAGE)
    collectgarbage()
    assert.equal("pass", signed.say_all(assert(verifying:finish())))
  end)

  it("works while the collector works at every step", function()
    finally(function()
      collectgarbage "restart"
      collectgarbage("setpause", 200)
      collectgarbage("setstepmul", 200)
    end)
    collectgarbage("setpause", 1)
    collectgarbage("setstepmul", 10000)
    local random = corpus.random(31)
    for number = 1, 12 do
      local odd = corpus.odd(number)
      local signer = assert(dkim.signer {
        domain = "example.com", lint = "off", copy_headers = true,
        signatures = { { selector = "rsa", key = signed.rsa }, { selector = "s1", key = signed.ed25519 } },
      })
      local header = feed(signer:stream { now = NOW }, odd.message, random_places(random, odd.message))
      local zone = signed.zone()
      zone["rsa._domainkey.example.com"] = { { type = "TXT", data = signed.rsa:record() } }
      local message = header .. odd.message
      collectgarbage("step", 1)
      local results = feed(verifier_of(zone):stream { now = NOW }, message, random_places(random, message))
      collectgarbage "collect"
      assert.equal("pass, pass", signed.say_all(results), odd.title)
    end
  end)
end)
