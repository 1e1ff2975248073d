-- Signatures of DNS messages (RFC 8945): keys as they are handed out, signing, and verifying what servers say.
local core = require "mailseal.core"
local octets = require "spec.support.octets"
local tsig = require "mailseal.dns.tsig"

local hex = octets.hex
local NOW = 1790000000
local SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
local QUERY = hex "1234 0100 0001 0000 0000 0000 0161 0474657374 00 0010 0001"

local function key_with(options)
  return assert(tsig.key { name = options.name or "k.example", algorithm = options.algorithm, secret = options.secret or SECRET })
end

-- One error with its code, which holds nothing of the secret.
local function refused(code, said, key, message, told)
  assert.is_nil(key)
  assert.equal(code, told)
  assert.truthy(message:find(said, 1, true), message)
  assert.is_nil(message:find("AAECAw", 1, true))
end

describe("A key of TSIG", function()
  it("has a name and an algorithm, HMAC-SHA256 where none is said", function()
    for said, is in pairs {
      ["hmac-sha256"] = "hmac-sha256", ["HMAC-SHA384."] = "hmac-sha384", hmac_sha512 = "hmac-sha512", sha512 = "hmac-sha512",
    } do
      local key = key_with { name = "K.Example.", algorithm = said }
      assert.same({ "k.example", is }, { key.name, key.algorithm })
    end
    assert.equal("hmac-sha256", key_with({}).algorithm)
  end)

  it("shows its secret nowhere", function()
    local key = key_with {}
    assert.equal("mailseal.dns.tsig.key: k.example (hmac-sha256)", tostring(key))
    for _, field in pairs(key) do
      assert.is_nil(tostring(field):find("AAECAw", 1, true))
      assert.is_nil(tostring(field):find("\0\1\2", 1, true))
    end
  end)

  it("is refused where its algorithm is weak or unknown", function()
    for _, algorithm in ipairs { "hmac-md5", "HMAC-MD5.SIG-ALG.REG.INT.", "hmac-sha1", "hmac-sha224" } do
      refused("weak_key", "too weak", tsig.key { name = "k", algorithm = algorithm, secret = SECRET })
    end
    for _, algorithm in ipairs { "gss-tsig", "hmac-sha256-128", "", "\27[2J", ("x"):rep(1000) } do
      refused("bad_key", "not known", tsig.key { name = "k", algorithm = algorithm, secret = SECRET })
    end
    refused("bad_key", "no algorithm", tsig.key { name = "k", algorithm = 256, secret = SECRET })
  end)

  it("is refused where its name or its secret is none", function()
    refused("bad_key", "has no name", tsig.key { secret = SECRET })
    refused("bad_key", "has no secret", tsig.key { name = "k" })
    for _, name in ipairs { "", ".", "a..b", "a b", ("x"):rep(64) } do
      refused("bad_key", "the key's name", tsig.key { name = name, secret = SECRET })
    end
    for _, secret in ipairs { "", "AAECAw=", "AAECAw*=", "=" } do
      refused("bad_key", "no base64", tsig.key { name = "k", secret = secret })
    end
    refused("weak_key", "4 octets", tsig.key { name = "k", secret = "AAECAw==" })
    refused("bad_key", "too long", tsig.key { name = "k", secret = ("AAEC"):rep(2000) })
  end)
end)

describe("A key's text", function()
  local function read(text)
    local key = assert(tsig.read_key(text))
    assert.equal("k.example hmac-sha384", key.name .. " " .. key.algorithm)
    -- It signs as the key does.
    assert.equal((key_with { algorithm = "hmac-sha384" }:sign(QUERY, NOW)), (key:sign(QUERY, NOW)))
  end

  it("is one line with colons, as commands take it", function()
    read("hmac-sha384:k.example:" .. SECRET)
    read("\n  hmac-sha384:K.example.:" .. SECRET .. "\r\n")
    read("hmac-sha384.:k.example.:" .. SECRET:sub(1, 20) .. "\r\n  " .. SECRET:sub(21) .. "\n")
    assert.equal("hmac-sha256", assert(tsig.read_key("k.example:" .. SECRET)).algorithm)
  end)

  it("is one line of words, as pdnsutil tells it", function()
    read("k.example. hmac-sha384. " .. SECRET .. "\n")
    read("k.example hmac-sha384 " .. SECRET)
    read("Create new TSIG key k.example hmac-sha384 " .. SECRET .. "\n")
    refused("weak_key", "too weak", tsig.read_key("k.example. hmac-md5.sig-alg.reg.int. " .. SECRET))
  end)

  it("is shown in no error, whichever of its parts stand in each other's places", function()
    for _, text in ipairs {
      SECRET .. ":k.example:hmac-sha384", "k.example:" .. SECRET .. ":hmac-sha384", SECRET .. ":k.example",
      "hmac-sha384:" .. SECRET .. ":k",
      ("x"):rep(64) .. SECRET .. ":k.example", SECRET .. " hmac-sha384 k.example", SECRET .. " k.example. hmac-sha384",
      'key "' .. SECRET .. '" { algorithm ' .. SECRET .. '; secret "k"; };', "key:\n- id: k\n  algorithm: " .. SECRET .. "\n  secret: k\n",
    } do
      local key, message = tsig.read_key(text)
      assert.is_nil(key)
      assert.is_nil(message:lower():find("aaecaw", 1, true), message)
    end
  end)

  it("is what BIND has in its configuration", function()
    read('key "k.example" {\n\talgorithm hmac-sha384;\n\tsecret "' .. SECRET .. '";\n};\n')
    read("key k.example. { secret " .. SECRET .. "; algorithm HMAC-SHA384; };")
    read('# made by hand; key "other" {\n/* key "x" { } */ // so\nkey "k.example" { // this\n algorithm "hmac-sha384"; # one\n secret "'
      .. SECRET .. '" ; }; # end')
  end)

  it("is what Knot has in its configuration", function()
    read("# hmac-sha384:k.example:" .. SECRET .. "\nkey:\n  - id: k.example\n    algorithm: hmac-sha384\n    secret: " .. SECRET .. "\n")
    read('key:\n- id: "k.example"\n  secret: "' .. SECRET .. '" # so\n  algorithm: hmac-sha384\n\nacl:\n  - id: other\n    secret: no\n')
  end)

  it("is that without its line ends, which a field of one line takes away", function()
    local text = "key:\n  - id: k.example\n    algorithm: hmac-sha384\n    secret: " .. SECRET .. "\n"
    local generated = "# hmac-sha384:k.example:" .. SECRET .. "\n" .. text
    for _, one in ipairs { text, generated } do
      read((one:gsub("\n", "")))
      read((one:gsub("\n", " ")))
    end
  end)

  it("is refused with one error where it holds no key, or several", function()
    for _, text in ipairs {
      "", " ", "k", "a:b:c:d", "key {", 'key "k" {', "key:\n", "key:\n  id k", "acl:\n  - id: k\n    secret: x", ("key "):rep(10000),
      ("a:"):rep(10000), ("{"):rep(10000), ("/*"):rep(10000), "\0",
    } do
      local key, message, code = tsig.read_key(text)
      assert.is_nil(key)
      assert.same({ "string", "bad_key" }, { type(message), code })
    end
    for _, text in ipairs {
      ("key k {"):rep(1170), ("/*"):rep(4096), "a" .. (" "):rep(8190) .. "b",
      ("key "):rep(2048), (" - "):rep(2730), (" "):rep(8192), ("key:\n"):rep(1600), ("a:\n"):rep(2000),
      ("key: - id: a "):rep(630), "key: - id:" .. (" "):rep(8000), ("key: - id: a algorithm: b secret:"):rep(255), ("key: "):rep(1638),
    } do
      local before = os.clock()
      assert.equal("bad_key", select(3, tsig.read_key(text)))
      assert.is_true(os.clock() - before < 1)
    end
    local one = ('key "k" { algorithm hmac-sha256; secret "%s"; };\n'):format(SECRET)
    local key, message, code = tsig.read_key(one .. one)
    assert.is_nil(key)
    assert.same({ "the text holds 2 keys, and one is wanted", "bad_key" }, { message, code })
    assert.equal("bad_key", select(3, tsig.read_key 'key "k" { algorithm hmac-sha256; };'))
    assert.equal("weak_key", select(3, tsig.read_key('key "k" { algorithm hmac-md5; secret "' .. SECRET .. '"; };')))
    assert.equal("weak_key", select(3, tsig.read_key("hmac-sha1:k:" .. SECRET)))
    assert.has_error(function() tsig.read_key(nil) end)
  end)
end)

describe("Signing", function()
  it("appends the record that RFC 8945 §4.2 describes", function()
    local signed, state = key_with({}):sign(QUERY, NOW)
    local mac = core.seal.hmac("sha256", core.text.unbase64(SECRET), QUERY
      .. hex "016b 076578616d706c65 00 00ff 00000000 0b686d61632d736861323536 00 00006ab13b80 012c 0000 0000")
    assert.equal(hex "1234 0100 0001 0000 0000 0001" .. QUERY:sub(13)
      .. hex "016b 076578616d706c65 00 00fa 00ff 00000000 003d 0b686d61632d736861323536 00 00006ab13b80 012c 0020"
      .. mac .. hex "1234 0000 0000", signed)
    assert.same({ mac, 0x1234 }, { state.mac, state.id })
  end)

  it("knows times beyond 2038 and 2106", function()
    for _, time in ipairs { 0, 2 ^ 31, 2 ^ 32 + 1, 2 ^ 48 - 1 } do
      local record = core.dns.tsig_find((key_with({}):sign(QUERY, time)))
      assert.equal(time, record.time)
    end
    assert.has_error(function() key_with({}):sign(QUERY, 2 ^ 48) end)
    assert.has_error(function() key_with({}):sign(QUERY, -1) end)
    assert.has_error(function() key_with({}):sign(QUERY) end)
    assert.has_error(function() key_with({}):sign(QUERY, 0 / 0) end)
    assert.has_error(function() key_with({}):sign(QUERY:sub(1, 11), NOW) end, "what is signed is a DNS message")
  end)

  it("is refused where the message would be too long", function()
    local message, why, code = key_with({}):sign(QUERY .. ("x"):rep(65500), NOW)
    assert.is_nil(message)
    assert.same({ "more than one message of 65,535 octets holds", "too_large" }, { why, code })
  end)
end)
