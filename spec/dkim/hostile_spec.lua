--- The lines of the hostile input that signing and verifying must withstand, each through the public functions, from a message to
-- its results. A line is covered in depth where its part is: keys in spec/key, records in spec/record, messages in spec/mail,
-- Authentication-Results in spec/authres_spec.lua.
local authres = require "mailseal.authres"
local canonical = require "spec.support.canonical"
local cube_root = require "spec.support.cube_root"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local linear = require "spec.support.linear"
local message_module = require "mailseal.message"
local octets = require "spec.support.octets"
local public_key = require "spec.support.public_key"
local shell = require "spec.support.shell"
local signed = require "spec.support.signed"

local NOW, MESSAGE = signed.NOW, signed.MESSAGE
local verdict, forge, field, say, result_of = signed.verdict, signed.forge, signed.field, signed.say, signed.result

local function record(text)
  return { zone = signed.zone(text) }
end

-- The verdict on a sound signature whose key record is `text`.
local function under(text)
  return verdict({}, record(text))
end

-- The verdict on a message for which nothing may be asked in DNS.
local function unasked(message)
  local resolver = signed.resolver()
  local said = signed.say_all(signed.results(message, { resolver = resolver }))
  assert.equal(0, resolver.asked, said)
  return said
end

describe("Engine 0: a sound signature", function()
  it("passes, so that what follows fails for its own reason", function()
    assert.equal("pass", verdict({}))
    assert.equal("pass", say(result_of(forge { key = signed.rsa }, record(signed.rsa:record()))))
  end)
end)

describe("Engine 1: l=", function()
  local size = #canonical.body(MESSAGE:match("\r\n\r\n(.*)$"), "relaxed")
  local function with(l, options)
    return result_of(forge { tags = { l = l } }, options)
  end

  it("that leaves octets unsigned is policy, and says how many", function()
    for _, l in ipairs { 0, 1, 10, size - 1 } do
      local result = with(tostring(l))
      assert.equal("policy body_partly_signed", say(result))
      assert.equal(size - l, result.octets_unsigned)
      assert.equal(l, result.body_length)
    end
  end)

  it("that covers the whole body passes, until something is appended", function()
    local whole = forge { tags = { l = tostring(size) } }
    assert.equal("pass", say(result_of(whole)))
    assert.equal(0, result_of(whole).octets_unsigned)
    local longer = result_of(whole .. "\r\nBuy now!\r\n")
    assert.equal("policy body_partly_signed", say(longer))
    assert.is_true(longer.octets_unsigned > 0)
  end)

  it("greater than the body never passes, accepted or not", function()
    for _, l in ipairs { tostring(size + 1), "1000000", "18446744073709551616", ("9"):rep(76) } do
      assert.equal("fail body_shorter_than_signed", say(with(l)))
      assert.equal("fail body_shorter_than_signed", say(with(l, { accept_body_length = true })))
    end
  end)

  it("passes where the receiver says that it may, and still tells how much is unsigned", function()
    local result = with("10", { accept_body_length = true })
    assert.equal("pass", say(result))
    assert.equal(size - 10, result.octets_unsigned)
  end)
end)

describe("Engine 2: the signer", function()
  local function sign(options)
    options.domain, options.selector, options.key = "example.com", "s1", signed.ed25519
    return assert(assert(dkim.signer(options)):sign(MESSAGE, { now = NOW })) .. MESSAGE
  end

  it("oversigns From by default, so that a second From breaks the signature", function()
    local message = sign {}
    assert.equal("pass", say(result_of(message)))
    assert.equal("fail signature_mismatch", say(result_of("From: other@example.net\r\n" .. message)))
    assert.equal("fail signature_mismatch", say(result_of((message:gsub("To: ", "fROM : other@example.net\r\nTo: ", 1)))))
  end)

  it("oversigns what it is told to, present or not", function()
    local message = sign { oversign = { "Subject", "Reply-To" } }
    for _, added in ipairs { "Subject: other\r\n", "Reply-To: other@example.net\r\n", "From: other@example.net\r\n" } do
      assert.equal("fail signature_mismatch", say(result_of(added .. message)))
    end
    assert.equal("pass", say(result_of("X-Other: not covered\r\n" .. message)))
  end)
end)

-- What DMARC makes of them is DMARC's issue; here is the one parse of the header that it will read.
describe("Engine 3: From", function()
  local rest = "Date: Tue, 17 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\nbody\r\n"
  local signer = assert(dkim.signer { domain = "example.com", selector = "s1", key = signed.ed25519 })

  local function refused(header)
    local made, _, code = signer:sign(header .. rest, { now = NOW })
    return made == nil and code
  end

  it("twice, or not at all, is not signed", function()
    assert.equal("multiple_from", refused "From: a@example.com\r\nFrom: b@example.net\r\n")
    assert.equal("multiple_from", refused "From: a@example.com\r\nfrom : b@example.net\r\n")
    assert.equal("no_from", refused "To: a@example.com\r\n")
  end)

  it("is read in every place where a reader may look for it", function()
    local function authors(header)
      local domains, _, code = message_module.author_domains(header .. rest)
      return domains and table.concat(domains, " ") or code
    end
    assert.equal("multiple_from", authors "From: a@example.com\r\nFrom : b@example.net\r\n")
    assert.equal("malformed_from", authors "From: a@example.com\nFrom: b@example.net\r\n")
    assert.equal("malformed_from", authors "From: a@example.com\rFrom: b@example.net\r\n")
    assert.equal("malformed_from", authors "From: user@d>\r\n")
    assert.equal("multiple_from", authors "Fr\r\n om: a@example.com\r\nFrom: b@\r\n")
    assert.equal("a.example b.example", authors "From: x@a.example, y@b.example\r\n")
    local many = {}
    for i = 1, 1000 do
      many[i] = ("x@d%d.example"):format(i)
    end
    local domains = assert(message_module.author_domains("From: " .. table.concat(many, ",\r\n ") .. "\r\n" .. rest))
    assert.equal(16, #domains)
    assert.is_true(domains.more)
  end)
end)

describe("Engine 4: a bare CR, a bare LF or a NUL", function()
  local rest = "Date: Tue, 17 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\nbody\r\n"
  local broken = {
    bare_cr = "From: a@example.com\r\nSubject: a\rSubject: b\r\n",
    bare_lf = "From: a@example.com\r\nSubject: a\nSubject: b\r\n",
    nul = "From: a@example.com\r\nSubject: a\0b\r\n",
  }

  it("is refused by the signer, which names the line", function()
    local signer = assert(dkim.signer { domain = "example.com", selector = "s1", key = signed.ed25519 })
    for wanted, header in pairs(broken) do
      local made, text, code = signer:sign(header .. rest, { now = NOW })
      assert.is_nil(made)
      assert.equal(wanted, code)
      assert.matches("line 2", text)
    end
  end)

  it("is mended where the signer is told to, and then what is signed verifies", function()
    local signer = assert(dkim.signer { domain = "example.com", selector = "s1", key = signed.ed25519, normalize = true })
    for _, header in pairs(broken) do
      local made, _, mended = assert(signer:sign(header .. rest, { now = NOW }))
      assert.equal("pass", say(result_of(made .. mended)))
    end
  end)

  it("never starts a field, for DKIM as for whoever looks for authors", function()
    local function hidden(separator)
      return field { tags = { h = "from" } } .. "Subject: a" .. separator .. "From: Sender <sender@example.com>\r\n\r\n" ..
        MESSAGE:match("\r\n\r\n(.*)$")
    end
    assert.equal("pass", say(result_of(hidden "\r\n")))
    for _, separator in ipairs { "\r", "\n", "\0", "\r\r", "\n\n" } do
      local message = hidden(separator)
      assert.equal("fail signature_mismatch", say(result_of(message)))
      assert.is_nil((message_module.author_domains(message)))
    end
  end)
end)

describe("Engine 5: d= and s=", function()
  local label = ("a"):rep(64)
  it("that are no names are a permerror, and nothing is asked", function()
    for _, wrong in ipairs {
      "exam(ple.com", 'exam"ple.com', "'example.com", "exam ple.com", "example..com", ".example.com", "example.com.", label .. ".com",
      "com", "-", ("a."):rep(127) .. "com", "example.com/x", "*.example.com", "example.com\\", "exam\tple.com", "\255.com", "a@example.com",
    } do
      assert.equal("permerror domain_invalid", unasked(forge { tags = { d = wrong } }), wrong)
    end
    for _, wrong in ipairs { "s(1", '"s1"', "s 1", "s..1", ".s", "s1.", label, "*", "s\\1", "\255", "s/1" } do
      assert.equal("permerror selector_invalid", unasked(forge { tags = { s = wrong } }), wrong)
    end
  end)

  it("that are empty or hold control characters are a permerror, and nothing is asked", function()
    assert.equal("permerror domain_invalid", unasked(forge { tags = { d = "" } }))
    assert.equal("permerror selector_invalid", unasked(forge { tags = { s = "" } }))
    for _, wrong in ipairs { "\0", "a\0.com", "\rexample.com", "exam\nple.com", "\127.com" } do
      assert.equal("permerror signature_syntax", unasked(forge { tags = { d = wrong } }))
      assert.equal("permerror signature_syntax", unasked(forge { tags = { s = wrong } }))
    end
  end)

  it("of too many octets together are a permerror, and nothing is asked", function()
    local long = (("a"):rep(60) .. "."):rep(4) .. "com"
    assert.equal("permerror domain_invalid", unasked(forge { tags = { d = long } }))
    assert.is_nil((dkim.signer { domain = long, selector = "s1", key = signed.ed25519 }))
  end)

  it("are not taken by the signer", function()
    for _, wrong in ipairs { "", "a b.com", "a\0.com", "a..com", label .. ".com", "(.com", "a;b.com" } do
      local _, _, code = dkim.signer { domain = wrong, selector = "s1", key = signed.ed25519 }
      assert.equal("bad_domain", code, wrong)
      _, _, code = dkim.signer { domain = "example.com", selector = wrong, key = signed.ed25519 }
      assert.equal("bad_selector", code, wrong)
    end
  end)
end)

describe("Engine 6:", function()
  it("a tag that occurs twice makes the whole list invalid", function()
    for _, extra in ipairs { "d=example.com", "v=1", "x_unknown=1; x_unknown=2", "l=1; l=1" } do
      assert.equal("permerror signature_syntax", unasked(forge { tags = { extra = extra } }))
    end
    assert.equal("permerror key_syntax", under(signed.ed25519:record() .. "; k=ed25519"))
  end)

  it("h= without From is a permerror", function()
    assert.equal("permerror from_not_signed", unasked(forge { tags = { h = "to:subject:xfrom:fro:fromm" } }))
    assert.equal("pass", verdict { h = "to : FROM\r\n : subject" })
  end)

  it("i= outside d= is a permerror, compared label by label", function()
    for _, outside in ipairs { "a@fexample.com", "@com", "a@example.com.evil.example", "@example.org", "a@sub.example.com@example.net" } do
      assert.equal("permerror identity_outside_domain", unasked(forge { tags = { i = outside } }), outside)
    end
    for _, malformed in ipairs { "example.com", "", "a" } do
      assert.equal("permerror identity_invalid", unasked(forge { tags = { i = malformed } }), malformed)
    end
    for _, inside in ipairs { "@example.com", "a@EXAMPLE.com", "@sub.Example.Com", "a@b@c.example.com" } do
      assert.equal("pass", verdict { i = inside }, inside)
    end
  end)
end)

describe("Engine 7: many signatures", function()
  local one = field()

  it("are evaluated to the tenth, from the top", function()
    local results = signed.results(one:rep(15) .. MESSAGE)
    assert.equal(10, #results)
    assert.equal(5, results.ignored)
    assert.equal(("pass, "):rep(9) .. "pass", signed.say_all(results))
  end)

  it("are capped before anything is asked", function()
    local parts = {}
    for i = 1, 50 do
      parts[i] = field { tags = { s = "s" .. i } }
    end
    local resolver = signed.resolver()
    local results = signed.results(table.concat(parts) .. MESSAGE, { resolver = resolver })
    assert.equal(10, #results)
    assert.equal(10, resolver.asked)
    for i, name in ipairs(resolver.names) do
      assert.equal(("s%d._domainkey.example.com"):format(i), name)
    end
  end)

  it("take no more time than reading them does", function()
    local body = MESSAGE .. ("text\r\n"):rep(10000)
    assert.equal(10, #signed.results(one:rep(2000) .. body))
    assert.is_true(linear(function(size) signed.results(one:rep(size) .. body) end, 500))
  end)

  it("that are malformed are capped too", function()
    local results = signed.results(field { tags = { d = "(" } }:rep(2000) .. one .. MESSAGE)
    assert.equal(51, #results)
    assert.equal("pass", say(results[51]))
    assert.equal(1950, results.ignored)
  end)
end)

describe("Engine 8: a header section", function()
  local function outcome(message)
    local results, _, code = dkim.verify(message, { resolver = signed.resolver(), now = NOW })
    return results and signed.say_all(results) or code
  end

  it("of 50,000 fields is refused", function()
    local message = field() .. ("A: b\r\n"):rep(50000) .. MESSAGE
    assert.equal("header_too_large", outcome(message))
    local signer = assert(dkim.signer { domain = "example.com", selector = "s1", key = signed.ed25519 })
    local made, _, code = signer:sign(message, { now = NOW })
    assert.is_nil(made)
    assert.equal("header_too_large", code)
  end)

  it("of more than 1 MB is refused, be it one field", function()
    assert.equal("header_too_large", outcome("Subject: " .. ("a"):rep(2 ^ 21)))
    assert.equal("header_too_large", outcome("Subject: a\r\n" .. (" a\r\n"):rep(2 ^ 19) .. MESSAGE))
  end)

  it("of as many fields as are read is verified in linear time", function()
    assert.is_true(linear(function(size) assert.equal("pass", outcome(field() .. ("A: b\r\n"):rep(size) .. MESSAGE)) end, 2000))
    assert.is_true(linear(function(size)
      local names = "from" .. (":to"):rep(500)
      local many = field { tags = { h = names } } .. ("To: b\r\n"):rep(size) .. MESSAGE
      assert.equal("fail signature_mismatch", outcome(many))
    end, 2000))
  end)

  it("with a signature of 100,000 tags is told malformed", function()
    assert.equal("permerror signature_syntax", outcome(forge { tags = { extra = ("x=1; "):rep(100000) } }))
    local tags = {}
    for i = 1, 100000 do
      tags[i] = "x" .. i .. "="
    end
    assert.equal("permerror signature_syntax", outcome(forge { tags = { extra = table.concat(tags, ";") } }))
  end)

  it("with 100,000 names in h= is told malformed", function()
    assert.equal("permerror headers_too_many", outcome(forge { tags = { h = "from" .. (":a"):rep(100000) } }))
    assert.equal("pass", outcome(forge { tags = { h = "from" .. (":a"):rep(511) } }))
    assert.equal("permerror headers_too_many", outcome(forge { tags = { h = "from" .. (":a"):rep(512) } }))
  end)

  it("with 20,000 folds is verified in linear time", function()
    local function folded(size)
      return "Subject: a" .. ("\r\n \t"):rep(size) .. "\r\n" .. MESSAGE:gsub("Subject: a  subject", "X: b")
    end
    assert.equal("pass", say(result_of(forge { message = folded(20000) })))
    assert.is_true(linear(function(size) assert.equal("fail signature_mismatch", outcome(field() .. folded(size))) end, 20000))
    assert.is_true(linear(function(size) assert.equal("permerror signature_syntax",
      outcome(field { tags = { extra = ("\r\n "):rep(size) .. ";" } } .. MESSAGE)) end, 20000))
  end)
end)

describe("Engine 9: bh= and b=", function()
  local digest = ("d"):rep(32)

  it("bh= is exactly one digest", function()
    for _, wrong in ipairs { "", "=", signed.encode(digest:sub(1, 31)), signed.encode(digest .. "d"), signed.encode(digest:sub(1, 20)) } do
      assert.equal("permerror body_hash_malformed", unasked(forge { tags = { bh = wrong } }))
    end
    assert.equal("fail body_hash_mismatch", verdict { bh = signed.encode(digest) })
  end)

  it("base64 is strict, folding white space aside", function()
    local good = signed.encode(digest)
    for _, wrong in ipairs {
      good:sub(1, -2), good .. "=", good .. "A", "=" .. good, good:gsub("Z", "_", 1), good:gsub("Z", "-", 1), good:gsub("Z", "%%", 1),
      good:sub(1, 10) .. "=" .. good:sub(11), good:gsub("Q=$", "R="), good:gsub(".=$", "/="), good .. good,
    } do
      assert.equal("permerror body_hash_malformed", unasked(forge { tags = { bh = wrong } }), wrong)
    end
    assert.equal("fail body_hash_mismatch", verdict { bh = good:gsub("(...)", "%1\r\n\t ") })
    for _, wrong in ipairs { "", "A", "AA", "AAA", "AAAA=", "AA==AA==", "\128AAA", "A A*" } do
      assert.equal("permerror signature_malformed", unasked(forge { b = wrong }), wrong)
    end
  end)

  it("b= may be folded anywhere", function()
    local message = forge()
    local b = message:match("b=(%S+)\r\n")
    assert.equal("pass", say(result_of((message:gsub(b:gsub("%p", "%%%0"), (b:gsub("(.)", "%1\r\n "):gsub("%%", "%%%%")), 1)))))
  end)
end)

describe("Engine 10: an RSA key", function()
  local function rsa(der)
    local result = result_of(forge { key = signed.rsa }, record("v=DKIM1; k=rsa; p=" .. signed.encode(der)))
    return say(result)
  end

  it("under 1024 bits, or over 8192, is a permerror (requirement 20)", function()
    assert.equal("permerror key_too_small", rsa(public_key.rsa(1016)))
    assert.equal("permerror key_too_small", rsa(public_key.rsa(512)))
    assert.equal("fail signature_mismatch", rsa(public_key.rsa(1024)))
    assert.equal("fail signature_mismatch", rsa(public_key.rsa(8192)))
    assert.equal("permerror key_too_large", rsa(public_key.rsa(8200)))
    assert.equal("permerror key_too_large", rsa(public_key.rsa(100000)))
  end)

  it("is too large by its modulus alone: whatever is long without being a key is malformed", function()
    assert.equal("permerror key_malformed", rsa(("x"):rep(5000)))
    assert.equal("permerror key_malformed", rsa(("x"):rep(48000)))
    assert.equal("permerror key_malformed", rsa(public_key.rsa(2048) .. ("\0"):rep(5000)))
    assert.equal("permerror key_malformed", under("v=DKIM1; k=ed25519; p=" .. signed.encode(("x"):rep(5000))))
    assert.equal("permerror key_malformed", under("v=DKIM1; k=ed25519; p=" .. ("A"):rep(8001)))
  end)

  it("has an odd exponent of 3 to 64 bits", function()
    for _, exponent in ipairs { "\1", "\2", "\4", "\1\0\0", "\1\0\0\0\0\0\0\0\1", ("\197"):rep(200) .. "\1" } do
      assert.equal("permerror key_bad_exponent", rsa(public_key.rsa(2048, exponent)))
    end
    assert.equal("fail signature_mismatch", rsa(public_key.rsa(2048, "\3")))
    assert.equal("fail signature_mismatch", rsa(public_key.rsa(2048, ("\255"):rep(8))))
  end)
end)

describe("Engine 11: a key's DER", function()
  local function rsa(der)
    return say(result_of(forge { key = signed.rsa }, record("v=DKIM1; p=" .. signed.encode(der))))
  end

  it("is consumed whole", function()
    assert.equal("permerror key_malformed", rsa(public_key.rsa(2048) .. "\0"))
    assert.equal("permerror key_malformed", rsa(public_key.rsa(2048):sub(1, -2)))
    assert.equal("permerror key_malformed", rsa(public_key.pkcs1(2048) .. "\5\0"))
  end)

  it("is read as SubjectPublicKeyInfo and as PKCS#1", function()
    assert.equal("fail signature_mismatch", rsa(public_key.rsa(2048)))
    assert.equal("fail signature_mismatch", rsa(public_key.pkcs1(2048)))
  end)

  it("is never put to OpenSSL's own tests of a key, which take an attacker's time (CVE-2023-6237)", function()
    assert.equal("", shell.output "grep -rnE 'EVP_PKEY_(public_|param_|pairwise_)?check|d2i_' csrc --include='*.c' | grep -v '/\\*'")
    assert.matches("EVP_PKEY_verify", shell.output "grep -rn EVP_PKEY_verify csrc --include='*.c'")
  end)
end)

describe("Engine 12: an Ed25519 key", function()
  local function ed25519(key)
    return under("v=DKIM1; k=ed25519; p=" .. signed.encode(key))
  end

  it("is 32 octets, and one in a SubjectPublicKeyInfo is told so", function()
    assert.equal("permerror key_malformed", ed25519(public_key.ed25519:sub(1, 31)))
    assert.equal("permerror key_malformed", ed25519(public_key.ed25519 .. "\0"))
    local result = result_of(forge(), record("v=DKIM1; k=ed25519; p=" .. signed.encode(public_key.ed25519_spki)))
    assert.equal("permerror key_is_spki", say(result))
    assert.matches("32 octets alone", result.text)
  end)

  it("of small order is refused, for anything verifies under it", function()
    assert.equal("permerror key_small_order", ed25519("\1" .. ("\0"):rep(31)))
    assert.equal("permerror key_small_order", ed25519(("\0"):rep(32)))
    local everything = signed.encode("\1" .. ("\0"):rep(63)) -- R the identity, S zero
    assert.equal("permerror key_small_order",
      say(result_of(forge { b = everything }, record("v=DKIM1; k=ed25519; p=" .. signed.encode("\1" .. ("\0"):rep(31))))))
    assert.equal("fail signature_mismatch", say(result_of(forge { b = everything })))
  end)

  it("verifies no signature with S >= L", function()
    local message = forge()
    local encoded = message:match("b=(%S+)\r\n")
    -- The order L of the group, little-endian, is added to S: the same signature to a careless verifier.
    local order = octets.hex "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"
    local carry, raw = 0, signed.decode(encoded)
    local added = { raw:sub(1, 32) }
    for i = 1, 32 do
      local sum = raw:byte(32 + i) + order:byte(i) + carry
      added[#added + 1] = string.char(sum % 256)
      carry = math.floor(sum / 256)
    end
    assert.equal(0, carry)
    assert.equal("pass", say(result_of(field { b = encoded } .. MESSAGE)))
    assert.equal("fail signature_mismatch", say(result_of(field { b = signed.encode(table.concat(added)) } .. MESSAGE)))
  end)
end)

describe("Engine 13: an RSA signature", function()
  local zone = record(signed.rsa:record())

  local function with(raw, options)
    return say(result_of(field { key = signed.rsa, b = signed.encode(raw) } .. MESSAGE, options or zone))
  end

  local good = signed.decode(forge { key = signed.rsa }:match("b=(%S+)\r\n"))

  it("is as long as the modulus", function()
    assert.equal("pass", with(good))
    for _, wrong in ipairs { good:sub(1, -2), good:sub(2), good .. "\0", "\0" .. good, good:sub(1, 128), good .. good } do
      assert.equal("fail signature_mismatch", with(wrong))
    end
    assert.equal("permerror signature_malformed", with(("\1"):rep(1025)))
  end)

  it("is smaller than the modulus", function()
    assert.equal("fail signature_mismatch", with(("\255"):rep(256)))
  end)

  it("whose padding is forged for e = 3 fails", function()
    local digest_info = octets.hex "3031300d060960864801650304020105000420"
    local under_three = record("v=DKIM1; p=" .. signed.encode(public_key.rsa(3072, "\3")))
    -- A number whose cube begins like the padded digest: far below the modulus, it takes no private key to find.
    local message = forge { key = signed.rsa, b = function(digest)
      local wanted = "\0\1" .. ("\255"):rep(8) .. "\0" .. digest_info .. digest
      return signed.encode(cube_root(wanted .. ("\255"):rep(384 - #wanted)))
    end }
    assert.equal("fail signature_mismatch", say(result_of(message, under_three)))
  end)
end)

describe("Engine 14: the key record", function()
  local p = "p=" .. signed.ed25519:public()

  it("has its tags enforced", function()
    for text, wanted in pairs {
      ["v=DKIM1; k=ed25519; h=sha1; " .. p] = "permerror key_hash_not_allowed",
      ["v=DKIM1; k=ed25519; h=sha1 : sha256; " .. p] = "pass",
      ["v=DKIM1; k=ed25519; s=other; " .. p] = "permerror key_not_for_email",
      ["v=DKIM1; k=ed25519; s=other:email; " .. p] = "pass",
      ["v=DKIM1; k=ed25519; s=*; " .. p] = "pass",
      ["v=DKIM1; k=rsa; p=" .. signed.rsa:public()] = "permerror key_type_mismatch",
      ["v=DKIM1; k=ed448; " .. p] = "permerror key_type_unknown",
      ["v=DKIM1; k=ed25519; p="] = "permerror key_revoked",
      ["v=DKIM1; k=ed25519"] = "permerror key_no_p",
      ["v=DKIM2; k=ed25519; " .. p] = "permerror key_version",
      ["k=ed25519; v=DKIM1; " .. p] = "permerror key_version",
      ["v=DKIM1; k=ed25519; " .. p .. "; n=unused; t=s:unknown; other=1"] = "pass",
    } do
      assert.equal(wanted, under(text), text)
    end
  end)

  it("with t=s wants the very domain in i=", function()
    local strict = record(signed.ed25519:record { strict = true })
    assert.equal("permerror key_identity_strict", verdict({ i = "@sub.example.com" }, strict))
    assert.equal("pass", verdict({ i = "a@EXAMPLE.com" }, strict))
    assert.equal("pass", verdict({}, strict))
  end)

  it("says so where it is for testing, which changes nothing", function()
    local testing = record(signed.ed25519:record { testing = true })
    assert.is_true(result_of(forge(), testing).testing)
    assert.equal("fail body_hash_mismatch", say(result_of(forge() .. "more", testing)))
  end)

  it("goes with c= and a= of the signature, not with what would fit better", function()
    assert.equal("permerror key_type_mismatch", verdict { a = "rsa-sha256" })
    assert.equal("neutral algorithm_unknown", verdict { a = "ed25519-sha512" })
    local relaxed = forge { tags = { c = "relaxed/relaxed" } }
    assert.equal("fail body_hash_mismatch", say(result_of((relaxed:gsub("c=relaxed/relaxed", "c=relaxed/simple")))))
    assert.equal("fail signature_mismatch", say(result_of((relaxed:gsub("c=relaxed/relaxed", "c=simple/relaxed")))))
  end)

  it("is one: two at a name are a permerror", function()
    local text = signed.ed25519:record()
    local function several(...)
      return verdict({}, { resolver = signed.answering { status = "ok", text = { ... }, ttl = 60 } })
    end
    assert.equal("permerror key_records_several", several(text, text))
    assert.equal("pass", several("v=spf1 -all", text, "verification=abc"))
    assert.equal("permerror key_not_a_key", several("v=spf1 -all"))
  end)

  it("is never joined out of two TXT records, but of a record's strings, without a space (requirement 19)", function()
    local text = signed.ed25519:record()
    local function at(data)
      return verdict({}, { zone = { [signed.KEY_NAME] = data } })
    end
    local first, second = text:sub(1, 30), text:sub(31)
    assert.equal("pass", at { { type = "TXT", data = { first, second } } })
    local apart = at { { type = "TXT", data = first }, { type = "TXT", data = second } }
    assert.is_true(apart ~= "pass", apart)
    assert.equal("pass", at { { type = "TXT", data = { first, "", second } } })
  end)
end)

describe("Engine 15: rsa-sha1", function()
  it("is a permerror, and nothing is asked (requirement 20)", function()
    assert.equal("permerror algorithm_sha1", unasked(forge { key = signed.rsa, tags = { a = "rsa-sha1" } }))
    assert.equal("permerror algorithm_sha1", unasked(forge { tags = { a = "RSA-SHA1" } }))
  end)

  -- Only LuaJIT can ask OpenSSL itself for such a policy.
  if jit then -- luacheck: ignore jit
    it("or what a crypto policy refuses: policy, not a bad signature", function()
      local ffi = require "ffi"
      ffi.cdef "int EVP_set_default_properties(void *context, const char *properties);"
      local crypto = ffi.load "libcrypto.so.3"
      local ed25519, rsa = forge(), forge { key = signed.rsa }
      finally(function() crypto.EVP_set_default_properties(nil, "") end)
      crypto.EVP_set_default_properties(nil, "fips=yes")
      assert.equal("policy algorithm_refused", say(result_of(ed25519)))
      assert.equal("policy algorithm_refused", say(result_of(rsa, record(signed.rsa:record()))))
    end)
  end
end)

describe("Engine 16: x=, t= and l=", function()
  it("of 40 to 76 digits do not wrap", function()
    for _, digits in ipairs { 19, 20, 21, 40, 76 } do
      local large = ("9"):rep(digits)
      assert.equal("pass", verdict { x = large })
      local future = result_of(forge { tags = { t = large } })
      assert.is_true(future.in_future)
      assert.equal("fail body_shorter_than_signed", verdict { l = large })
      assert.equal("permerror expired", verdict { x = ("0"):rep(digits - 1) .. "9" })
      assert.equal("policy body_partly_signed", verdict { l = ("0"):rep(digits - 1) .. "9" })
    end
    -- 2^64 + 1 and 2^32 + 1, which would be 1
    assert.equal("pass", verdict { x = "18446744073709551617" })
    assert.equal("pass", verdict { x = "4294967297" })
    assert.equal("fail body_shorter_than_signed", verdict { l = "18446744073709551617" })
  end)

  it("that cannot be read are a permerror, never as if they were not there", function()
    for _, wrong in ipairs { "", "-1", "+1", "1.5", "1e9", "0x10", "1 2", "a", "\194\178", ("9"):rep(77) } do
      assert.equal("permerror expiration_malformed", unasked(forge { tags = { x = wrong } }), wrong)
      assert.equal("permerror timestamp_malformed", unasked(forge { tags = { t = wrong } }), wrong)
      assert.equal("permerror body_length_malformed", unasked(forge { tags = { l = wrong } }), wrong)
    end
  end)

  it("x= that is not after t= is a permerror", function()
    assert.equal("permerror expiration_before_timestamp", verdict { t = "1795000100", x = "1795000099" })
    assert.equal("permerror expiration_before_timestamp", verdict { t = "1795000100", x = "1795000100" })
    assert.equal("pass", verdict { t = "1795000100", x = "1795000101" })
    assert.equal("permerror expiration_before_timestamp", verdict { t = ("9"):rep(40), x = ("9"):rep(39) })
  end)

  it("t= in the future, beyond a slack, is reported", function()
    local near = result_of(forge { tags = { t = tostring(NOW + 300) } })
    assert.equal("pass", say(near))
    assert.is_nil(near.in_future)
    assert.is_true(result_of(forge { tags = { t = tostring(NOW + 301) } }).in_future)
  end)
end)

describe("Engine 17: a message fed octet by octet", function()
  it("gives what the whole gives (spec/dkim/stream_spec.lua tries every place)", function()
    local message = field { tags = { l = "10" } } .. forge { key = signed.rsa }
    local verifier = assert(dkim.verifier { resolver = assert(dns.resolver { zone = signed.zone() }), key_cache = false })
    local whole = assert(verifier:verify(message, { now = NOW }))
    local stream = verifier:stream { now = NOW }
    for at = 1, #message do
      stream:write(message:sub(at, at))
    end
    assert.same(whole, stream:finish())
    assert.equal("policy body_partly_signed, permerror key_type_mismatch", signed.say_all(whole))
  end)
end)

describe("Engine 18: what goes into Authentication-Results", function()
  local function written(results)
    local text = authres.write { authserv_id = "mx.example.org", results = results }
    for line in text:sub(1, -3):gmatch("\r\n(.?)") do
      assert.matches("^[ \t]", line)
    end
    assert.is_nil(text:find("[%z\1-\8\11\12\14-\31\127-\255]"))
    assert.is_nil(text:gsub("\r\n", ""):find("[\r\n]"))
    return text
  end

  it("is quoted or filtered, whatever d=, i= and s= hold", function()
    for _, value in ipairs {
      'a"b.com', "a;dkim=pass", "a.com (x", "a.com\r\n dkim=pass", "a\\.com", "\255\254.com", "a=b.com", 'x"; dkim=pass header.d="y',
    } do
      for _, tags in ipairs { { d = value }, { s = value }, { i = value .. "@example.com" }, { i = "@" .. value } } do
        local text = written(signed.results(forge { tags = tags }))
        local parsed = assert(authres.parse(text))
        assert.equal(1, #parsed.results, text)
        assert.is_true(parsed.results[1].result ~= "pass" or tags.i ~= nil)
      end
    end
  end)

  it("is quoted or filtered, whatever DNS says", function()
    for _, text in ipairs { "v=DKIM1; k=x\r\nEvil: field; p=AAAA", "v=DKIM1; p=\r\n\r\nbody", '";dkim=pass', "v=DKIM1; k=(; p=" } do
      local results = signed.results(forge(), { resolver = signed.answering { status = "ok", text = { text }, ttl = 1 } })
      assert.is_true(results[1].result == "permerror")
      assert.is_nil(results[1].text:find("%c"))
      assert.equal(1, #assert(authres.parse(written(results))).results)
    end
  end)

  it("is said in sentences without control characters", function()
    for _, tags in ipairs { { d = "\27[31m.com" }, { a = "\255\27x" }, { c = "\200\r\n x" }, { q = "\r\n\tx" }, { v = "\194\133" } } do
      local text = result_of(forge { tags = tags }).text
      assert.is_nil(text:find("[%c\127-\255]"), text)
    end
  end)
end)

-- SPF has an issue of its own. What a resolver answers for its record is read here all the same: it is no key.
describe("Engine 19: an SPF record at a key's name", function()
  it("is no key", function()
    assert.equal("permerror key_not_a_key", under "v=spf1 include:example.net -all")
    assert.equal("permerror key_not_a_key", under "v=spf10 -all")
  end)
end)

describe("Engine 20: replay", function()
  it("is hindered by oversigning and by a short x=", function()
    local signer = assert(dkim.signer {
      domain = "example.com", selector = "s1", key = signed.ed25519, oversign = { "To", "Cc", "Subject", "Date" }, expire = 3600,
    })
    local message = assert(signer:sign(MESSAGE, { now = NOW })) .. MESSAGE
    assert.equal("pass", say(result_of(message)))
    for _, added in ipairs { "To: x@example.net", "Cc: x@example.net", "Subject: other", "Date: Thu, 19 Nov 2026 10:00:00 +0000" } do
      assert.equal("fail signature_mismatch", say(result_of(added .. "\r\n" .. message)))
    end
    assert.equal("pass", say(result_of(message, { now = NOW + 3600 + 300 })))
    assert.equal("permerror expired", say(result_of(message, { now = NOW + 3600 + 301 })))
  end)

  it("is written of in the documentation", function()
    local source = assert(io.open("lua/mailseal/dkim.lua")):read("*a")
    assert.matches("RFC 6376 §8%.6", source)
  end)
end)

describe("Engine 21: a malformed signature", function()
  it("among good ones never hides them", function()
    local malformed = {
      "DKIM-Signature: \r\n", "DKIM-Signature:;;;\r\n", "DKIM-Signature\r\n", "DKIM-Signature: v=1; a=\r\n",
      "DKIM-Signature: " .. ("x"):rep(9000) .. "\r\n",
      field { tags = { v = "2" } }, field { tags = { bh = "!" } }, field { b = false }, field { tags = { extra = "\1=2" } },
    }
    for _, one in ipairs(malformed) do
      local good = field()
      for _, message in ipairs { one .. good .. MESSAGE, good .. one .. MESSAGE, one .. one .. good .. one .. MESSAGE } do
        local passed = 0
        for _, result in ipairs(signed.results(message)) do
          passed = passed + (result.result == "pass" and 1 or 0)
        end
        assert.equal(1, passed, one:sub(1, 60))
      end
    end
  end)

  it("or one that is not understood has a result of its own, never silence", function()
    assert.equal("neutral algorithm_unknown", unasked(forge { tags = { a = "rsa-sha512" } }))
    assert.equal("neutral canonicalization_unknown", unasked(forge { tags = { c = "nowsp" } }))
    assert.equal("neutral canonicalization_unknown", unasked(forge { tags = { c = "relaxed/nowsp" } }))
    assert.equal("neutral query_method_unknown", unasked(forge { tags = { q = "http/get" } }))
    assert.equal("permerror version_unknown", unasked(forge { tags = { v = "2" } }))
    assert.equal("neutral algorithm_unknown, pass", signed.say_all(signed.results(field { tags = { a = "x" } } .. forge())))
  end)
end)

describe("Engine 22: DNS", function()
  it("that says no is definitive", function()
    assert.equal("permerror key_name_missing", verdict({}, { zone = {} }))
    assert.equal("permerror key_record_missing", verdict({}, { zone = { [signed.KEY_NAME] = { { type = "A", data = "192.0.2.1" } } } }))
  end)

  it("that does not say is temporary", function()
    for fault, wanted in pairs {
      timeout = "dns_timeout", servfail = "dns_servfail", refused = "dns_refused", bogus = "dnssec_bogus",
    } do
      assert.equal("temperror " .. wanted, verdict({}, { zone = { [signed.KEY_NAME] = { { error = fault } } } }))
    end
    assert.equal("temperror dnssec_bogus", verdict({}, { resolver = signed.answering { status = "bogus" } }))
  end)
end)
