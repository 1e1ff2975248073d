local public_key = require "spec.support.public_key"
local record = require "mailseal.record"

local RSA = public_key.base64(public_key.rsa(2048))
local ED25519 = public_key.base64(public_key.ed25519)

local function code_of(text)
  local key, message, code = record.parse("dkim", text)
  if key then
    return "OK"
  end
  assert.matches("%a", message)
  return code
end

describe("a DKIM key record (RFC 6376 section 3.6.1)", function()
  it("is read with all its tags", function()
    local key = assert(record.parse("dkim", "v=DKIM1; h=sha1:sha256; k=rsa; n=a note; s=email:x-y; t=y:s:z; x=1; p=" .. RSA .. ";"))
    assert.same({
      version = "DKIM1",
      type = "rsa",
      key = RSA,
      bits = 2048,
      hashes = { "sha1", "sha256" },
      services = { "email", "x-y" },
      flags = { "y", "s", "z" },
      sha256_allowed = true,
      email_allowed = true,
      testing = true,
      strict = true,
      notes = "a note",
      tags = { v = "DKIM1", h = "sha1:sha256", k = "rsa", n = "a note", s = "email:x-y", t = "y:s:z", x = "1", p = RSA },
    }, key)
  end)

  it("has defaults for every tag but p=", function()
    local key = assert(record.parse("dkim", "p=" .. RSA))
    assert.same({ "rsa", 2048, true, true, false, false, "" },
      { key.type, key.bits, key.sha256_allowed, key.email_allowed, key.testing, key.strict, key.notes })
    assert.is_nil(key.version)
    assert.is_nil(key.hashes)
    assert.same({ "*" }, key.services)
    assert.same({}, key.flags)
  end)

  it("holds the keys of RFC 6376 appendix C and RFC 8463 appendix A.2", function()
    local football = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byY"
      .. "zCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
    local brisbane = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcT"
      .. "Nh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
    assert.equal(1024, assert(record.parse("dkim", "v=DKIM1; p=" .. brisbane)).bits)
    assert.equal(1024, assert(record.parse("dkim", "v=DKIM1; k=rsa; p=" .. football)).bits)
    local key = assert(record.parse("dkim", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="))
    assert.same({ "ed25519", 256 }, { key.type, key.bits })
  end)

  it("may hold the key as PKCS#1, and with folding white space inside", function()
    assert.equal(2048, assert(record.parse("dkim", "v=DKIM1;p=" .. public_key.base64(public_key.pkcs1(2048)))).bits)
    local key = assert(record.parse("dkim", "v=DKIM1; k=ed25519; p=11qYAYKx CrfVS/7TyW\r\n QHOg7hcvPapiMlrwIaaPcHURo ="))
    assert.equal(ED25519, key.key)
  end)

  it("is joined from its character-strings without a space (requirement 19)", function()
    local text = "v=DKIM1; k=rsa; p=" .. RSA
    assert.equal(RSA, assert(record.parse("dkim", record.split(text))).key)
  end)

  it("begins with v=DKIM1 where it has v= at all, in exactly these octets", function()
    for _, text in ipairs {
      "v=DKIM2; p=", "v=dkim1; p=", "v=DKIM1.0; p=", "v=DKIM; p=", "k=rsa; v=DKIM1; p=", "p=" .. RSA .. "; v=DKIM1", "v=1; k=rsa; p=",
      "v=DKIM1 k=rsa p=",
    } do
      assert.equal("key_version", code_of(text .. (text:match("p=$") and RSA or "")), text)
    end
    assert.equal("OK", code_of(" v =\tDKIM1 ;p=" .. RSA))
  end)

  it("is revoked where p= is empty, and malformed where there is none (requirement 19)", function()
    assert.equal("key_revoked", code_of("v=DKIM1; p="))
    assert.equal("key_revoked", code_of("v=DKIM1; k=rsa; p= ;"))
    assert.equal("key_no_p", code_of("v=DKIM1; k=rsa"))
    assert.equal("key_no_p", code_of("k=rsa; t=s"))
    assert.equal("key_no_p", code_of("v=DKIM1; P=" .. RSA))
  end)

  it("is of type rsa or ed25519, whatever the case of the word", function()
    assert.equal("OK", code_of("k=RSA; p=" .. RSA))
    assert.equal("OK", code_of("k=Ed25519; p=" .. ED25519))
    assert.equal("key_type_unknown", code_of("k=rsa-sha256; p=" .. RSA))
    assert.equal("key_syntax", code_of("k=; p=" .. RSA))
    assert.equal("key_syntax", code_of("k=rsa:ed25519; p=" .. RSA))
  end)

  it("allows what h= and s= name, and nothing where they are empty", function()
    local function allowed(tags)
      local key = assert(record.parse("dkim", "v=DKIM1; " .. tags .. "; p=" .. RSA))
      return key.sha256_allowed, key.email_allowed
    end
    assert.same({ true, true }, { allowed("h= sha1 : SHA256 ; s=x:Email") })
    assert.same({ true, true }, { allowed("s=tlsrpt:*") })
    assert.same({ false, true }, { allowed("h=sha1:sha2560") })
    assert.same({ true, false }, { allowed("s=tlsrpt") })
    assert.same({ false, false }, { allowed("h=; s=") })
  end)

  it("sets the flags of t= that are known", function()
    local function flags(value)
      local key = assert(record.parse("dkim", "v=DKIM1; t=" .. value .. "; p=" .. RSA))
      return { key.testing, key.strict }
    end
    assert.same({ true, false }, flags("y"))
    assert.same({ false, true }, flags("s"))
    assert.same({ true, true }, flags("x : S\r\n : Y"))
    assert.same({ false, false }, flags("ys:x"))
    assert.same({ false, false }, flags(""))
  end)

  it("is malformed where a list is none, a tag occurs twice, or p= is not base64", function()
    for _, tags in ipairs { "h=sha1,sha256", "s=email:", "t=y::s", "t=y-", "n=a; n=b", "hello", "a=\1", "t=y s" } do
      assert.equal("key_syntax", code_of("v=DKIM1; " .. tags .. "; p=" .. RSA), tags)
    end
    for _, p in ipairs { RSA .. "!", RSA .. "-", "=" .. RSA, RSA .. "===", RSA .. "=A", "\"" .. RSA, RSA .. "\195\164" } do
      assert.equal("key_syntax", code_of("v=DKIM1; p=" .. p), p)
    end
    assert.equal("key_malformed", code_of("v=DKIM1; p=" .. RSA .. "A"))
    assert.equal("key_malformed", code_of("v=DKIM1; k=ed25519; p=" .. ED25519:gsub("=", "")))
  end)

  it("may hold any octet over 0x7f in n= and in tags that are not known", function()
    assert.equal("gr\252n \226\152\131", assert(record.parse("dkim", "v=DKIM1; n=gr\252n \226\152\131; x=\255; p=" .. RSA)).notes)
  end)

  it("is not what another record or a verification token is", function()
    for _, text in ipairs {
      "", " ", "v=spf1 include:_spf.example.com -all", "v=DMARC1; p=none", "v=DMARC1;p=reject;sp=none", "v=BIMI1; l=; a=",
      "google-site-verification=Qp8dpk", "MS=ms12345678", "o=~; r=postmaster@example.com", "t=y; o=-", "hello", "k", "v", "v=spf1 p=x",
    } do
      assert.equal("key_not_a_key", code_of(text), text)
    end
  end)

  it("is one, however broken, with v=DKIM1, k= or p=", function()
    for _, text in ipairs { "v=DKIM1", "v=DKIM1;;", "\"v=DKIM1; p=A\"", "k=rsa;;", "hello; p=A", "a; v=DKIM1" } do
      assert.not_equal("key_not_a_key", code_of(text), text)
      assert.not_equal("OK", code_of(text), text)
    end
  end)

  it("holds a key that can be used", function()
    assert.equal("key_too_small", code_of("v=DKIM1; p=" .. public_key.base64(public_key.rsa(1023))))
    assert.equal("key_too_large", code_of("v=DKIM1; p=" .. public_key.base64(public_key.rsa(8193))))
    assert.equal("key_bad_exponent", code_of("v=DKIM1; p=" .. public_key.base64(public_key.rsa(2048, "\1"))))
    assert.equal("key_is_spki", code_of("v=DKIM1; k=ed25519; p=" .. public_key.base64(public_key.ed25519_spki)))
    assert.equal("key_small_order", code_of("v=DKIM1; k=ed25519; p=" .. public_key.base64("\1" .. ("\0"):rep(31))))
    assert.equal("key_malformed", code_of("v=DKIM1; p=" .. public_key.base64(public_key.rsa(2048) .. "\0")))
  end)

  it("of hostile size costs no time", function()
    local started = os.clock()
    assert.equal("key_syntax", code_of("v=DKIM1;" .. ("a=1;"):rep(100000) .. "p=" .. RSA))
    assert.equal("key_not_a_key", code_of(("x;"):rep(100000)))
    assert.equal("OK", code_of("v=DKIM1; h=sha256" .. (":sha1"):rep(100000) .. "; p=" .. RSA))
    assert.equal("key_malformed", code_of("v=DKIM1; p=" .. ("A"):rep(400000)))
    assert.equal("key_malformed", code_of("v=DKIM1; p=A" .. (" "):rep(400000) .. "A"))
    assert.is_true(os.clock() - started < 0.4)
  end)

  it("must be given as a string or a list of strings", function()
    assert.has_error(function() record.parse("dkim", nil) end)
    assert.has_error(function() record.parse("dkim", 12) end)
    assert.has_error(function() record.parse("nonsense", "v=DKIM1") end)
  end)

  describe("and another one", function()
    local dkim, texts = require "mailseal.record.dkim", require "spec.support.dkim_texts"

    local function same(a, b)
      return dkim.same_key(assert(dkim.parse(a)), assert(dkim.parse(b)))
    end

    it("hold one key, however that is written", function()
      assert.is_true(same(texts.good, texts.good))
      assert.is_true(same(texts.good, texts.bare))
      assert.is_true(same(texts.bare, (texts.good:gsub("(%w%w%w%w%w%w%w%w)", "%1 ", 3))))
      assert.is_true(same(texts.ed25519, "v=DKIM1; t=s; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="))
    end)

    it("hold two", function()
      for _, other in ipairs { texts.other, texts.short, texts.ed25519 } do
        assert.is_false(same(texts.good, other))
        assert.is_false(same(other, texts.bare))
      end
    end)
  end)
end)
