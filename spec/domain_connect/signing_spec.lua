local domain_connect = require "mailseal.domain_connect"
local keys = require "mailseal.key"
local shell = require "spec.support.shell"
local signing = require "mailseal.domain_connect.signing"

local TEXT = "a=1&b=2&domain=example.net&ip=10.10.10.10&text=a%2Bb"

describe("a signature of Domain Connect", function()
  local key, other, records

  setup(function()
    key, other = assert(keys.generate {}), assert(keys.generate {})
    records = domain_connect.key_records(key, "_dck1.Mailer.example")
  end)

  local function texts()
    local list = {}
    for i, record in ipairs(records) do list[i] = record.value end
    return list
  end

  it("is one of OpenSSL's, RSASSA-PKCS1-v1_5 with SHA-256", function()
    local directory = shell.new_directory()
    assert(key:save(directory .. "/key.pem"))
    shell.write(directory .. "/text", TEXT)
    local theirs = shell.output(("openssl dgst -sha256 -sign %s/key.pem %s/text | base64 -w0"):format(directory, directory))
    shell.remove_directory(directory)
    assert.equal(theirs, signing.sign(key, TEXT))
  end)

  it("is of this text and this key alone", function()
    local public, signature = assert(signing.read(texts())), assert(signing.sign(key, TEXT))
    assert.is_true(signing.verify(public, TEXT, signature))
    assert.is_false(signing.verify(public, TEXT .. "&c=1", signature))
    assert.is_false(signing.verify(public, TEXT, assert(signing.sign(other, TEXT))))
    for _, wrong in ipairs { "", "AAAA", signature:sub(1, -5), signature .. "\n", ("A"):rep(100000) } do
      assert.is_false(signing.verify(public, TEXT, wrong))
    end
  end)

  it("has its key published in parts that fit into a character-string, in whatever order they come", function()
    assert.equal("_dck1.mailer.example", records[1].name)
    assert.is_true(#records > 1)
    for i, record in ipairs(records) do
      assert.is_true(#record.value <= 255)
      assert.equal(("p=%d,a=RS256,t=x509,d="):format(i), record.value:sub(1, #"p=1,a=RS256,t=x509,d="))
    end
    local list = texts()
    list[1], list[2] = list[2], list[1]
    assert.is_true(signing.verify(assert(signing.read(list)), TEXT, assert(signing.sign(key, TEXT))))
  end)

  it("has its key read as the specification has it", function()
    -- draft-ietf-dconn-domainconnect §6.4; the parts say no t=
    local public = assert(signing.read {
      "p=2,a=RS256,d=R/XSEWC5u16EBNvRnNAOAvZYUdWqVyQvXsjnxQot8KcK0QP8iHpoL/1dbdRy2opRPQ2FdZpovUgknybq/6FkeDtW7uCQ6Mvu4QxcUa3+WP9n"
        .. "YHKtgWip/eFxpeb+qLvcLHf1h0JXtxLVdyy6OLk3f2JRYUX2ZZVDvG3biTpeJz6iRzjGg6MfGxXZHjI8",
      "p=1,a=RS256,d=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA18SgvpmeasN4BHkkv0SBjAzIc4grYLjiAXRtNiBUiGUDMeTzQrKTsWvy9NuxU1d"
        .. "IHCZy9o1CrKNg5EzLIZLNyMfI6qiXnM+HMd4byp97zs/3D39Q8iR5poubQcRaGozWx8yQpG0OcVdmEVcTfy",
      "p=3,a=RS256,d=weDjXrJwIDAQAB",
    })
    assert.equal(2048, public:bits())
  end)

  it("has no key of what is none", function()
    local good, small = texts(), assert(keys.generate { bits = 1024, force = true })
    for what, list in pairs {
      nothing = {}, no_part = { "hello" }, no_p = { "a=RS256,d=AAAA" }, zero = { "p=0,d=AAAA" }, twice = { good[1], good[1], good[2] },
      cut = { good[1] }, other_algorithm = { (good[1]:gsub("RS256", "none")), good[2] }, two_members = { "p=1,p=2,d=AAAA" },
      other_format = { (good[1]:gsub("x509", "pgp")), good[2] }, no_base64 = { "p=1,d=!!!!" },
      two_keys = { good[1], good[2], "p=9,d=AAAA" },
      small = { "p=1,d=" .. small:public() }, ed25519 = { "p=1,d=" .. keys.generate({ type = "ed25519" }):public() },
      long = { "p=1,d=" .. ("A"):rep(5000) },
    } do
      local public, message, code = signing.read(list)
      assert.is_nil(public, what)
      assert.equal("bad_key", code, what)
      assert.is_string(message)
    end
    assert.has_error(function() signing.sign(small, TEXT) end)
    assert.has_error(function() signing.sign(keys.generate { type = "ed25519" }, TEXT) end)
    assert.has_error(function() signing.records(key, "no name at all") end)
  end)
end)
