--- Messages that others signed: the examples of the RFCs, and the suite of ../shared/data/suites/dkim, which is read from there.
local canonical = require "spec.support.canonical"
local core = require "mailseal_test"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local key = require "mailseal.key"
local sha256 = require "spec.support.sha256"
local signed = require "spec.support.signed"
local suite = require "spec.support.suite"
local vectors = require "spec.dkim.vectors"

local NOW = 1800000000

local function verify(message, zone)
  return assert(dkim.verify(message, { resolver = assert(dns.resolver { zone = zone }), now = NOW }))
end

describe("RFC 6376 §A.2", function()
  it("verifies", function()
    local results = verify(vectors.rfc6376, vectors.zone)
    assert.equal("pass", signed.say_all(results))
    local result = results[1]
    assert.equal("example.com", result.domain)
    assert.equal("brisbane", result.selector)
    assert.equal("joe@football.example.com", result.identity)
    assert.equal("rsa-sha256", result.algorithm)
    assert.equal("simple/simple", result.canonicalization)
    assert.equal("Received:From:To:Subject:Date:Message-ID", result.headers)
    assert.equal(1024, result.key_bits)
    assert.equal("brisbane._domainkey.example.com", result.key_name)
    assert.equal("AuUoFEfDxTDkHlLX", result.signature)
  end)

  it("fails with another body, and with another header", function()
    local body = vectors.rfc6376:gsub("hungry", "thirsty")
    assert.equal("fail body_hash_mismatch", signed.say_all(verify(body, vectors.zone)))
    local header = vectors.rfc6376:gsub("dinner", "lunch")
    assert.equal("fail signature_mismatch", signed.say_all(verify(header, vectors.zone)))
  end)
end)

describe("RFC 8463 §A.3", function()
  it("verifies, both signatures", function()
    local results = verify(vectors.rfc8463, vectors.zone)
    assert.equal("pass, pass", signed.say_all(results))
    assert.equal("ed25519-sha256", results[1].algorithm)
    assert.equal(256, results[1].key_bits)
    assert.equal("rsa-sha256", results[2].algorithm)
    assert.equal("@football.example.com", results[2].identity)
    assert.equal(1528637909, results[2].timestamp)
  end)

  local fields, message = {}, vectors.rfc8463
  for _ = 1, 2 do
    fields[#fields + 1] = message:match("^DKIM%-Signature:.-\r\n%f[%u]")
    message = message:sub(#fields[#fields] + 1)
  end

  -- What a signature field of the example signs, canonicalised by the core.
  local function digest(field)
    local header = canonical.cut(message)
    local names = field:match("h=([^;]*)"):gsub("%s", "")
    local octets, times = {}, {}
    for name in names:gmatch("[^:]+") do
      times[name] = (times[name] or 0) + 1
      local line = times[name] == 1 and ("\r\n" .. header):lower():match("\r\n()" .. name:gsub("%-", "%%-") .. ":")
      if line then
        octets[#octets + 1] = core.canonical_field(header:sub(line - 2):match("^.-\r\n"), "relaxed")
      end
    end
    return sha256(table.concat(octets) .. core.canonical_signature(field, "relaxed"))
  end

  it("is what our keys sign, octet by octet", function()
    assert.equal("brisbane", fields[1]:match("s=(%w+)"))
    for i, pem in ipairs { vectors.ed25519_key, vectors.rsa_key } do
      local b = fields[i]:match("[ ;]b=(.*)$"):gsub("%s", "")
      assert.equal(b, signed.encode(assert(assert(key.load(pem)):sign(digest(fields[i])))))
    end
  end)

  it("has our keys in its records", function()
    assert.is_true(key.load(vectors.ed25519_key):matches(vectors.zone["brisbane._domainkey.football.example.com"][1].data))
    assert.is_true(key.load(vectors.rsa_key):matches(vectors.zone["test._domainkey.football.example.com"][1].data))
  end)
end)

describe("the suite of signed messages", function()
  local cases, why = suite.dkim()
  if not cases then
    pending("is not read: " .. why)
    return
  end

  -- The best result of a message stands for the message.
  local RANK = { pass = 1, policy = 2, fail = 3, neutral = 4, temperror = 5, permerror = 6 }

  local function best(results)
    local word = "none"
    for _, result in ipairs(results) do
      word = (RANK[result.result] < (RANK[word] or 9)) and result.result or word
    end
    return word
  end

  for _, case in ipairs(cases) do
    it(case.id .. ": " .. case.expect, function()
      local results = verify(case.message, case.zone)
      assert.equal(case.expect, best(results), signed.say_all(results))
    end)
  end
end)
