--- Every reason that a signature can have for not passing: what brings it about, and that nothing is left out here.
local dkim = require "mailseal.dkim"
local public_key = require "spec.support.public_key"
local signed = require "spec.support.signed"

local NOW = signed.NOW
local field = signed.field

-- What the field itself brings about.
local TAGS = {
  signature_syntax = { extra = "d=example.com" },
  version_missing = { v = false },
  version_unknown = { v = "2" },
  tag_missing = { bh = false },
  algorithm_unknown = { a = "ecdsa-sha256" },
  algorithm_sha1 = { a = "rsa-sha1" },
  canonicalization_unknown = { c = "nofws" },
  query_method_unknown = { q = "http" },
  domain_invalid = { d = "exam ple.com" },
  selector_invalid = { s = "s 1" },
  identity_invalid = { i = "nobody" },
  identity_outside_domain = { i = "@example.net" },
  headers_invalid = { h = "from::to" },
  headers_too_many = { h = "from" .. (":to"):rep(512) },
  from_not_signed = { h = "to" },
  body_hash_malformed = { bh = "AAAA" },
  body_length_malformed = { l = "all" },
  timestamp_malformed = { t = "now" },
  expiration_malformed = { x = "never" },
  expiration_before_timestamp = { t = tostring(NOW), x = tostring(NOW - 1) },
  expired = { x = tostring(NOW - 1000) },
  body_shorter_than_signed = { l = "1000" },
  body_partly_signed = { l = "1" },
  body_hash_mismatch = { bh = signed.encode(("x"):rep(32)) },
}

-- What DNS brings about: its answer.
local ANSWERS = {
  key_name_missing = { status = "nxdomain" },
  key_record_missing = { status = "nodata" },
  dns_timeout = { status = "timeout" },
  dns_servfail = { status = "servfail" },
  dns_refused = { status = "refused" },
  dns_unavailable = { status = "none of these" },
  dnssec_bogus = { status = "bogus" },
}

local function ed25519(octets)
  return "v=DKIM1; k=ed25519; p=" .. signed.encode(octets)
end

local function rsa(der)
  return "v=DKIM1; k=rsa; p=" .. signed.encode(der)
end

local OURS = signed.ed25519:public()

-- What the TXT records at the key's name bring about.
local RECORDS = {
  key_not_a_key = { "v=spf1 -all" },
  key_records_several = { signed.ed25519:record(), signed.ed25519:record() },
  key_syntax = { "v=DKIM1; k=ed25519; k=ed25519; p=" .. OURS },
  key_version = { "v=DKIM2; k=ed25519; p=" .. OURS },
  key_no_p = { "v=DKIM1; k=ed25519" },
  key_revoked = { "v=DKIM1; k=ed25519; p=" },
  key_type_unknown = { "v=DKIM1; k=ecdsa; p=" .. OURS },
  key_type_mismatch = { "v=DKIM1; k=rsa; p=" .. signed.rsa:public() },
  key_hash_not_allowed = { "v=DKIM1; k=ed25519; h=sha1; p=" .. OURS },
  key_not_for_email = { "v=DKIM1; k=ed25519; s=tlsrpt; p=" .. OURS },
  key_malformed = { ed25519 "short" },
  key_is_spki = { ed25519(public_key.ed25519_spki) },
  key_too_small = { rsa(public_key.rsa(512)) },
  key_too_large = { rsa(public_key.rsa(8200)) },
  key_bad_exponent = { rsa(public_key.rsa(2048, "\1")) },
  key_small_order = { ed25519(("\0"):rep(32)) },
  signature_mismatch = { ed25519(public_key.ed25519:reverse()) },
}

-- The rest: a message, and how it is verified.
local OTHERS = {
  signature_malformed = { field { b = "!" } },
  key_identity_strict = { field { tags = { i = "@sub.example.com" } }, { zone = signed.zone(signed.ed25519:record { strict = true }) } },
  key_below_policy = { field { key = signed.rsa }, { zone = signed.zone(signed.rsa:record()), minimum_key_bits = 4096 } },
}

-- What cannot be brought about from here: memory that runs out and an OpenSSL that is broken are the allocation sweep's, and a
-- crypto policy is another OpenSSL's (spec/dkim/hostile_spec.lua, Engine 15, asks for one where it can).
local ELSEWHERE = { internal = "temperror", algorithm_refused = "policy" }

-- RFC 8601 §2.7.1: what is not permerror.
local WORDS = {
  body_hash_mismatch = "fail", body_shorter_than_signed = "fail", signature_mismatch = "fail",
  algorithm_unknown = "neutral", canonicalization_unknown = "neutral", query_method_unknown = "neutral",
  body_partly_signed = "policy", key_below_policy = "policy",
  dns_timeout = "temperror", dns_servfail = "temperror", dns_refused = "temperror", dns_unavailable = "temperror",
  dnssec_bogus = "temperror",
}

-- Every message here, by the reason that it is to have.
local function examples()
  local list = {}
  for code, tags in pairs(TAGS) do
    list[code] = { field { tags = tags }, {} }
  end
  for code, answer in pairs(ANSWERS) do
    list[code] = { field(), { resolver = signed.answering(answer) } }
  end
  for code, texts in pairs(RECORDS) do
    list[code] = { field(), { resolver = signed.answering { status = "ok", text = texts, ttl = 60 } } }
  end
  for code, row in pairs(OTHERS) do
    list[code] = { row[1], row[2] or {} }
  end
  return list
end

describe("a reason", function()
  local list = examples()
  for _, reason in ipairs(dkim.reasons()) do
    local code = reason.code
    local word = ELSEWHERE[code] or WORDS[code] or "permerror"

    it(code .. " makes the result " .. word, function()
      assert.equal(word, reason.result)
      if ELSEWHERE[code] then
        assert.is_nil(list[code])
        return
      end
      assert.is_table(list[code], "no test brings it about")
      local result = signed.result(list[code][1] .. signed.MESSAGE, list[code][2])
      assert.equal(word .. " " .. code, signed.say(result))
    end)
  end

  it("has a sentence of its own, in which every place is filled", function()
    local seen = {}
    for _, reason in ipairs(dkim.reasons()) do
      assert.is_nil(seen[reason.text])
      seen[reason.text] = true
      assert.is_nil(reason.text:gsub("%%[ndit]", ""):find("%", 1, true), reason.text)
    end
    for code, row in pairs(list) do
      local text = signed.result(row[1] .. signed.MESSAGE, row[2]).text
      assert.is_nil(text:find("%", 1, true), code)
      assert.is_true(#text > 20)
    end
  end)

  it("is a reason that there is: nothing is tested here that is none", function()
    local known = {}
    for _, reason in ipairs(dkim.reasons()) do
      assert.is_nil(known[reason.code])
      assert.matches("^[%l%d_]+$", reason.code)
      known[reason.code] = true
    end
    for code in pairs(list) do
      assert.is_true(known[code], code)
    end
    for code in pairs(WORDS) do
      assert.is_true(known[code], code)
    end
  end)
end)

describe("a pass", function()
  it("has no reason", function()
    local result = signed.result(signed.forge())
    assert.equal("pass", result.result)
    assert.is_nil(result.reason)
    assert.is_string(result.text)
  end)
end)
