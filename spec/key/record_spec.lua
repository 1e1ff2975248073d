-- key:record, key:public and key:matches: a key and the record that stands for it in DNS (RFC 6376 §3.6.1, RFC 8463 §4).
local key = require "mailseal.key"
local shell = require "spec.support.shell"
local vectors = require "spec.dkim.vectors"

-- The keys of RFC 8463 appendix A.
local ED25519, RSA = assert(key.load(vectors.ed25519_key)), assert(key.load(vectors.rsa_key))
local ED25519_P = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
local RSA_P = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzC"
  .. "Nb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"

describe("key:record", function()
  it("is RFC 8463's for its keys", function()
    assert.are.equal("v=DKIM1; k=ed25519; p=" .. ED25519_P, ED25519:record())
    assert.are.equal("v=DKIM1; k=rsa; p=" .. RSA_P, RSA:record())
    assert.are.equal(ED25519_P, ED25519:public())
    assert.are.equal(RSA_P, RSA:public())
  end)

  it("takes flags, notes, service and hash", function()
    local function tags(options)
      return (ED25519:record(options):gsub("; p=.*", ""))
    end
    assert.are.equal("v=DKIM1; k=ed25519; t=y", tags { testing = true })
    assert.are.equal("v=DKIM1; k=ed25519; t=s", tags { strict = true })
    assert.are.equal("v=DKIM1; k=ed25519", tags { testing = false, strict = false })
    assert.are.equal("v=DKIM1; k=ed25519; h=sha256; s=email; t=y:s; n=ask postmaster",
      tags { hash = "sha256", service = "email", testing = true, strict = true, notes = "ask postmaster" })
    assert.are.equal("v=DKIM1; k=ed25519; s=*", tags { service = "*" })
  end)

  it("quotes notes, so that they end no tag", function()
    local function notes(text)
      return ED25519:record({ notes = text }):match("; n=(.*); p=")
    end
    assert.are.equal("a=3Bb=3Dc", notes "a;b=c")
    assert.are.equal("=20 x =20", notes "  x  ")
    assert.are.equal("=20", notes " ")
    assert.are.equal("caf=C3=A9=0D=0A=09=00=7F", notes "caf\195\169\r\n\t\0\127")
    assert.is_true(ED25519:matches(ED25519:record { notes = "v=DKIM1; p=; x" }))
  end)

  it("raises on wrong use", function()
    for _, options in ipairs {
      { hash = "sha1" }, { hash = "sha256; p=" }, { service = "web" }, { note = "x" }, { notes = 1 }, { testing = "y" }, 1,
    } do
      assert.has_error(function()
        ED25519:record(options)
      end)
    end
  end)
end)

describe("key:matches", function()
  local function differs(code, k, text)
    local ok, message, got = k:matches(text)
    assert.is_nil(ok)
    assert.are.equal(code, got)
    assert.is_truthy(message:find "^%l[%w ]+")
  end

  it("is true of the key's own record, however it is written", function()
    assert.is_true(ED25519:matches(ED25519:record()))
    assert.is_true(RSA:matches(RSA:record { testing = true, notes = "x" }))
    assert.is_true(RSA:matches("v=DKIM1;p=" .. RSA_P))
    assert.is_true(RSA:matches("v=DKIM1; k=rsa; p=" .. RSA_P:sub(1, 100) .. " \t" .. RSA_P:sub(101)))
  end)

  it("is true of a record with the key in PKCS#1", function()
    local p = shell.output("openssl rsa -RSAPublicKey_out -outform DER <<'E' | openssl base64 -A\n" .. RSA:pem() .. "E\n")
    assert.are_not.equal(RSA_P, p)
    assert.is_true(RSA:matches("v=DKIM1; k=rsa; p=" .. p))
  end)

  it("tells another key", function()
    differs("key_mismatch", ED25519, assert(key.generate { type = "ed25519" }):record())
    differs("key_mismatch", RSA, assert(key.generate()):record())
  end)

  it("tells a key of the other type", function()
    differs("key_type_mismatch", ED25519, RSA:record())
    differs("key_type_mismatch", RSA, ED25519:record())
  end)

  it("tells a record that holds no usable key, and why", function()
    differs("key_revoked", RSA, "v=DKIM1; k=rsa; p=")
    differs("key_no_p", RSA, "v=DKIM1; k=rsa")
    differs("key_not_a_key", RSA, "v=spf1 -all")
    differs("key_not_a_key", RSA, "")
    differs("key_version", RSA, "v=DKIM2; p=" .. RSA_P)
    differs("key_type_unknown", RSA, "v=DKIM1; k=dsa; p=" .. RSA_P)
    differs("key_syntax", RSA, "v=DKIM1; k=rsa; k=rsa; p=" .. RSA_P)
  end)

  it("tells a key that is broken in the record", function()
    differs("key_malformed", RSA, "v=DKIM1; p=" .. RSA_P:sub(1, -6))
    differs("key_malformed", RSA, "v=DKIM1; p=" .. RSA_P:sub(1, -5))
    differs("key_is_spki", ED25519, "v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA" .. ED25519_P)
    differs("key_wrong_type", ED25519, "v=DKIM1; k=ed25519; p=" .. RSA_P)
    differs("key_small_order", ED25519, "v=DKIM1; k=ed25519; p=" .. ("A"):rep(43) .. "=")
    differs("key_too_small", RSA, "v=DKIM1; p=MAYCAQUCAQM=")
  end)

  it("raises where no text is given", function()
    assert.has_error(function()
      RSA:matches()
    end)
  end)
end)
