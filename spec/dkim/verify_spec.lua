--- Verifying (RFC 6376 §6): what is evaluated, in which order, under which policy, and what a result tells.
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local key = require "mailseal.key"
local public_key = require "spec.support.public_key"
local signed = require "spec.support.signed"

local NOW, MESSAGE = signed.NOW, signed.MESSAGE
local field, forge, say, say_all = signed.field, signed.forge, signed.say, signed.say_all

describe("a result", function()
  it("tells all that is known of a signature", function()
    local result = signed.result(forge { tags = {
      i = "a=20b@mail.example.com", t = tostring(NOW - 10), x = tostring(NOW + 10), h = "from :\r\n\tTo : subject", q = "dns/txt", l = "29",
    } })
    assert.same({
      result = "pass", text = "the signature is good", domain = "example.com", selector = "s1", identity = "a=20b@mail.example.com",
      algorithm = "ed25519-sha256", canonicalization = "relaxed/relaxed", headers = "from:To:subject", timestamp = NOW - 10,
      expiration = NOW + 10, body_length = 29, signature = result.signature, key_name = "s1._domainkey.example.com", key_bits = 256,
      testing = false, authenticated_data = false, header_intact = true, octets_unsigned = 0,
    }, result)
    assert.matches("^[%w+/]+$", result.signature)
    assert.equal(16, #result.signature)
  end)

  it("leaves out what a signature does not have", function()
    local result = signed.result(forge())
    for _, name in ipairs { "identity", "timestamp", "expiration", "body_length", "reason", "in_future" } do
      assert.is_nil(result[name])
    end
    assert.equal("simple/simple", signed.result(forge { tags = { c = false } }).canonicalization)
    assert.equal("relaxed/simple", signed.result(forge { tags = { c = "relaxed" } }).canonicalization)
  end)

  it("says whose a broken signature is, as far as it can be read", function()
    local result = signed.result(forge { tags = { bh = "!" } })
    assert.equal("example.com", result.domain)
    assert.equal("s1", result.selector)
    assert.equal("ed25519-sha256", result.algorithm)
    assert.is_nil(result.key_bits)
    assert.is_nil(result.header_intact)
    local nothing = signed.result("DKIM-Signature: nothing\r\n" .. MESSAGE)
    assert.equal("permerror signature_syntax", say(nothing))
    assert.is_nil(nothing.domain)
    assert.is_nil(nothing.signature)
  end)

  it("names the name, the domain, the identity or the tag at fault in its sentence", function()
    assert.matches("s1%._domainkey%.example%.com", signed.result(forge(), { zone = {} }).text)
    assert.matches("a=x is not", signed.result(forge { tags = { a = "x" } }).text)
    assert.matches("no bh= tag", signed.result(forge { tags = { bh = false } }).text)
    assert.matches("identity @example%.net .* domain example%.com", signed.result(forge { tags = { i = "@example.net" } }).text)
    local long = signed.result(forge { tags = { a = ("x"):rep(10000) } }).text
    assert.is_true(#long < 500)
    assert.matches("xxx%.%.%.", long)
  end)

  it("tells whether the header is as it was signed, whatever became of the body", function()
    local other_body = signed.result(forge() .. "more\r\n")
    assert.equal("fail body_hash_mismatch", say(other_body))
    assert.is_true(other_body.header_intact)
    local other_header = signed.result((forge():gsub("Hello", "Bye"):gsub("a  subject", "none")))
    assert.equal("fail body_hash_mismatch", say(other_header))
    assert.is_false(other_header.header_intact)
    assert.is_nil(signed.result(forge(), { zone = {} }).header_intact)
  end)

  it("tells what the resolver says of DNSSEC", function()
    local function with(authentic)
      local answer = { status = "ok", text = { signed.ed25519:record() }, ttl = 60, authentic = authentic }
      return signed.result(forge(), { resolver = signed.answering(answer) }).authenticated_data
    end
    assert.is_true(with(true))
    assert.is_false(with(false))
    assert.is_false(with(nil))
  end)
end)

describe("a message", function()
  it("without a signature has no results", function()
    for _, message in ipairs { MESSAGE, "", "\r\n", "\r\n" .. forge(), "Subject: a\r\n b", "X-DKIM-Signature: v=1\r\n\r\n" } do
      local resolver = signed.resolver()
      assert.same({}, signed.results(message, { resolver = resolver }))
      assert.equal(0, resolver.asked)
    end
  end)

  it("has its signature field wherever it stands, whatever the case of its name", function()
    local one = field()
    assert.equal("pass", say(signed.result((MESSAGE:gsub("Subject: ", one .. "Subject: ", 1)))))
    local upper = one:gsub("DKIM%-Signature", "dkim-SIGNATURE")
    assert.equal("pass", say(signed.result(upper .. MESSAGE)))
    assert.equal("pass", say(signed.result(one:gsub("DKIM%-Signature:", "DKIM-Signature :") .. MESSAGE)))
  end)

  it("has the results of several signatures in their order, each for itself", function()
    local zone = signed.zone()
    zone["rsa._domainkey.example.com"] = { { type = "TXT", data = signed.rsa:record() } }
    local message = field { key = signed.rsa, tags = { s = "rsa" } } .. field { tags = { bh = signed.encode(("x"):rep(32)) } } ..
      field { tags = { s = "gone" } } .. field() .. field { b = signed.encode(("x"):rep(64)) } .. field { tags = { d = "(" } } .. MESSAGE
    assert.equal("pass, fail body_hash_mismatch, permerror key_name_missing, pass, fail signature_mismatch, permerror domain_invalid",
      say_all(signed.results(message, { zone = zone })))
  end)

  it("has its body hashed for every canonicalization and every l= that its signatures name", function()
    local fields, wanted = {}, {}
    for _, c in ipairs { "simple/simple", "relaxed/relaxed", "relaxed/simple" } do
      for _, l in ipairs { "0", "5", "20", false } do
        fields[#fields + 1] = field { tags = { c = c, l = l } }
        wanted[#wanted + 1] = l and "policy body_partly_signed" or "pass"
      end
    end
    assert.equal(table.concat(wanted, ", "), say_all(signed.results(table.concat(fields) .. MESSAGE, { maximum_signatures = 12 })))
  end)

  it("may have signatures that cover one another (§5.4.2)", function()
    local inner = field()
    local outer = field { message = inner .. MESSAGE, tags = { h = "from:dkim-signature" } }
    assert.equal("pass, pass", say_all(signed.results(outer .. inner .. MESSAGE)))
    local changed = outer .. inner:gsub("s=s1", "s=s2") .. MESSAGE
    assert.equal("fail signature_mismatch, permerror key_name_missing", say_all(signed.results(changed)))
  end)

  it("is asked one name once, however many signatures want it", function()
    local resolver = signed.resolver()
    assert.equal("pass, pass, pass", say_all(signed.results(field() .. field { tags = { s = "S1" } } .. forge(), { resolver = resolver })))
    assert.equal(1, resolver.asked)
    assert.equal("s1._domainkey.example.com", resolver.names[1])
  end)

  it("may hold A-labels or U-labels: the key is at the A-labels (RFC 8616)", function()
    local name = "xn--schlssel-95a._domainkey.xn--bcher-kva.example"
    for _, tags in ipairs {
      { d = "b\195\188cher.example", s = "schl\195\188ssel" }, { d = "B\195\188cher.Example", s = "XN--schlssel-95a" },
      { d = "xn--bcher-kva.example", s = "xn--schlssel-95a" },
    } do
      local result = signed.result(forge { tags = tags }, { zone = signed.zone(nil, name) })
      assert.equal("pass", say(result))
      assert.equal(name, result.key_name)
      assert.equal(tags.d, result.domain)
    end
  end)
end)

describe("option maximum_signatures", function()
  it("caps what is evaluated, and the rest is counted", function()
    local one = field()
    for most = 1, 5 do
      local results = signed.results(one:rep(5) .. MESSAGE, { maximum_signatures = most })
      assert.equal(most, #results)
      assert.equal(most < 5 and 5 - most or nil, results.ignored)
    end
  end)

  it("does not count those that cannot be evaluated", function()
    local results = signed.results(field { tags = { v = "2" } }:rep(3) .. field():rep(3) .. MESSAGE, { maximum_signatures = 2 })
    assert.equal("permerror version_unknown, permerror version_unknown, permerror version_unknown, pass, pass", say_all(results))
    assert.equal(1, results.ignored)
  end)
end)

describe("option minimum_key_bits", function()
  it("does not wrap where it is larger than any key could be", function()
    for _, bits in ipairs { 2 ^ 31, 2 ^ 32, 2 ^ 32 + 1, 2 ^ 60, 0 / 0 } do
      assert.has_error(function()
        dkim.verifier { resolver = { query = function() end }, minimum_key_bits = bits }
      end, nil)
    end
  end)

  it("refuses smaller RSA keys by policy", function()
    local small = assert(key.generate { type = "rsa", bits = 1024, force = true })
    local message, zone = forge { key = small }, signed.zone(small:record())
    local function with(bits)
      return say(signed.result(message, { zone = zone, minimum_key_bits = bits }))
    end
    assert.equal("pass", with(nil))
    assert.equal("pass", with(0))
    assert.equal("pass", with(1024))
    assert.equal("policy key_below_policy", with(1025))
    assert.equal("policy key_below_policy", with(2048))
    assert.equal(1024, signed.result(message, { zone = zone, minimum_key_bits = 2048 }).key_bits)
  end)

  it("says nothing of Ed25519", function()
    assert.equal("pass", signed.verdict({}, { minimum_key_bits = 4096 }))
  end)
end)

describe("option clock_slack", function()
  it("lets x= be past by so much", function()
    local message = forge { tags = { x = tostring(NOW) } }
    for _, row in ipairs { { nil, 300 }, { 0, 0 }, { 10, 10 } } do
      assert.equal("pass", say(signed.result(message, { clock_slack = row[1], now = NOW + row[2] })))
      assert.equal("permerror expired", say(signed.result(message, { clock_slack = row[1], now = NOW + row[2] + 1 })))
    end
  end)

  it("lets t= be ahead by so much", function()
    local message = forge { tags = { t = tostring(NOW + 10) } }
    assert.is_nil(signed.result(message, { clock_slack = 10 }).in_future)
    assert.is_true(signed.result(message, { clock_slack = 9 }).in_future)
    assert.equal("pass", say(signed.result(message, { clock_slack = 0 })))
  end)
end)

describe("option normalize", function()
  it("takes the line ends of a file kept on Unix for CRLF", function()
    local unix = forge():gsub("\r\n", "\n")
    assert.equal("pass", say(signed.result(unix, { normalize = true })))
    assert.equal("pass", say(signed.result(forge(), { normalize = true })))
    assert.is_true(say_all(signed.results(unix)) ~= "pass")
  end)
end)

describe("what DNS answers", function()
  local function answered(answer)
    return say(signed.result(forge(), { resolver = signed.answering(answer) }))
  end

  it("is told apart", function()
    for status, wanted in pairs {
      nodata = "permerror key_record_missing", nxdomain = "permerror key_name_missing", servfail = "temperror dns_servfail",
      refused = "temperror dns_refused", timeout = "temperror dns_timeout", bogus = "temperror dnssec_bogus",
      strange = "temperror dns_unavailable",
    } do
      assert.equal(wanted, answered { status = status })
    end
    assert.equal("permerror key_record_missing", answered { status = "ok", text = {} })
    assert.equal("permerror key_record_missing", answered { status = "ok" })
    assert.equal("temperror dns_unavailable", answered {})
    assert.equal("temperror dns_unavailable", answered(nil))
  end)

  it("changes nothing for a body that is not the one signed: temporary faults aside, it fails", function()
    local message = forge() .. "more"
    assert.equal("fail body_hash_mismatch", say(signed.result(message, { resolver = signed.answering { status = "timeout" } })))
    assert.equal("permerror key_name_missing", say(signed.result(message, { zone = {} })))
  end)

  it("may be several TXT records: those that are no key are passed over", function()
    local good = signed.ed25519:record()
    for _, row in ipairs {
      { "pass", "v=spf1 -all", good, "", "random text", "v=DMARC1; p=none" },
      { "permerror key_records_several", good, "v=DKIM1; p=" },
      { "permerror key_not_a_key", "", "x" },
      { "permerror key_revoked", "v=spf1", "v=DKIM1; p=" },
    } do
      local text = { select(2, (table.unpack or unpack)(row)) } -- luacheck: ignore
      assert.equal(row[1], answered { status = "ok", text = text, ttl = 1 })
    end
    local many = {}
    for i = 1, 5000 do
      many[i] = "text " .. i
    end
    many[2500] = good
    assert.equal("pass", answered { status = "ok", text = many, ttl = 1 })
  end)

  it("may be an error raised: the caller's, and the verifier verifies on", function()
    local fail = true
    local resolver = signed.resolver()
    local query = resolver.query
    resolver.query = function(...)
      if fail then
        error "no network"
      end
      return query(...)
    end
    local verifier = assert(dkim.verifier { resolver = resolver })
    for _ = 1, 3 do
      local ok, message = pcall(verifier.verify, verifier, forge(), { now = NOW })
      assert.is_false(ok)
      assert.matches("no network", message)
    end
    fail = false
    assert.equal("pass", say_all(assert(verifier:verify(forge(), { now = NOW }))))
  end)

  it("may take its time: the resolver yields, and other messages are verified meanwhile", function()
    local resolver = signed.resolver()
    local query = resolver.query
    resolver.query = function(...)
      coroutine.yield()
      return query(...)
    end
    local verifier = assert(dkim.verifier { resolver = resolver, key_cache = false })
    local messages = { forge(), forge() .. "more", MESSAGE, forge { tags = { s = "s2" } }, forge { tags = { l = "3" } } }
    local jobs, said = {}, {}
    for i, message in ipairs(messages) do
      jobs[i] = coroutine.wrap(function() said[i] = say_all(assert(verifier:verify(message, { now = NOW }))) end)
      jobs[i]()
    end
    for _, i in ipairs { 4, 2, 5, 1 } do
      jobs[i]()
    end
    assert.same({ "pass", "fail body_hash_mismatch", "", "permerror key_name_missing", "policy body_partly_signed" }, said)
  end)
end)

describe("a verifier", function()
  it("verifies on after an error", function()
    local verifier = assert(dkim.verifier { resolver = assert(dns.resolver { zone = signed.zone() }) })
    for _, bad in ipairs { ("a: b\r\n"):rep(9000) .. "\r\n", ("x"):rep(2 ^ 21) } do
      local results, text, code = verifier:verify(bad, { now = NOW })
      assert.is_nil(results)
      assert.equal("header_too_large", code)
      assert.matches("header section", text)
      local stream = verifier:stream { now = NOW }
      local ok, _, again = stream:write(bad)
      if ok then
        ok, _, again = stream:finish()
      end
      assert.is_nil(ok)
      assert.equal("header_too_large", again)
      assert.equal("pass", say_all(assert(verifier:verify(forge(), { now = NOW }))))
    end
  end)

  it("remembers nothing of the message before", function()
    local verifier = assert(dkim.verifier { resolver = assert(dns.resolver { zone = signed.zone() }) })
    local rows = {
      { forge(), "pass" }, { MESSAGE, "" }, { forge { tags = { l = "3" } }, "policy body_partly_signed" }, { forge(), "pass" },
      { field():rep(12) .. MESSAGE, ("pass, "):rep(9) .. "pass" }, { forge { tags = { x = "5" } }, "permerror expired" },
      { forge(), "pass" },
    }
    for _ = 1, 3 do
      for _, row in ipairs(rows) do
        local results = assert(verifier:verify(row[1], { now = NOW }))
        assert.equal(row[2], say_all(results))
        assert.equal(#results == 10 and 2 or nil, results.ignored)
      end
    end
    local result = assert(verifier:verify(forge(), { now = NOW }))[1]
    assert.equal(nil, result.body_length)
    assert.equal(0, result.octets_unsigned)
  end)

  it("has its own clock where no time is given", function()
    local message = forge { tags = { x = tostring(os.time() - 400) } }
    local verifier = assert(dkim.verifier { resolver = assert(dns.resolver { zone = signed.zone() }) })
    assert.equal("permerror expired", say_all(assert(verifier:verify(message))))
    assert.equal("pass", say_all(assert(verifier:verify(forge { tags = { x = tostring(os.time() + 60) } }))))
  end)

  it("tells which keys are in use by others: the wrong key fails", function()
    assert.equal("fail signature_mismatch", signed.verdict({}, { zone = signed.zone(assert(key.generate { type = "ed25519" }):record()) }))
    local other = signed.zone("v=DKIM1; p=" .. signed.encode(public_key.rsa(2048)))
    assert.equal("fail signature_mismatch", say(signed.result(forge { key = signed.rsa }, { zone = other })))
  end)
end)

describe("wrong use of verifying", function()
  local function blames_caller(wanted, misuse)
    local ok, message = pcall(misuse)
    assert.is_false(ok)
    assert.matches("verify_spec%.lua:%d+: .*" .. wanted, message)
  end

  it("raises where the caller stands", function()
    local resolver = signed.resolver()
    for wanted, options in pairs {
      ["unknown option 'resolvr'"] = { resolvr = resolver }, ["needs a resolver"] = {}, ["'resolver' is to be a table"] = { resolver = 1 },
      ["'maximum_signatures'"] = { resolver = resolver, maximum_signatures = 0 },
      ["'clock_slack'"] = { resolver = resolver, clock_slack = -1 },
      ["'minimum_key_bits'"] = { resolver = resolver, minimum_key_bits = 1.5 }, ["'normalize'"] = { resolver = resolver, normalize = 1 },
      ["'accept_body_length'"] = { resolver = resolver, accept_body_length = "yes" },
    } do
      blames_caller(wanted, function() return (dkim.verifier(options)) end)
      blames_caller(wanted, function() return (dkim.verify(MESSAGE, options)) end)
    end
    blames_caller("table", function() return (dkim.verifier()) end)
    blames_caller("table", function() return (dkim.verify(MESSAGE)) end)
    blames_caller("'now'", function() return (dkim.verify(MESSAGE, { resolver = resolver, now = -1 })) end)
    blames_caller("a message", function() return (dkim.verify(nil, { resolver = resolver })) end)
  end)

  it("raises for what is no message, no chunk and no time", function()
    local verifier = assert(dkim.verifier { resolver = signed.resolver() })
    blames_caller("a message", function() return (verifier:verify(nil)) end)
    blames_caller("a message", function() return (verifier:verify {}) end)
    blames_caller("a chunk", function() return (verifier:stream():write(nil)) end)
    blames_caller("'now'", function() return (verifier:verify(MESSAGE, { now = "1" })) end)
    blames_caller("'now'", function() return (verifier:stream { now = 0 / 0 }) end)
    blames_caller("unknown option", function() return (verifier:verify(MESSAGE, { resolver = signed.resolver() })) end)
  end)
end)
