-- Keys as a record's p= holds them: what is read, what is refused and why (RFC 8301 §3.2, RFC 8463 §4.2).
local public_key = require("mailseal.core").key.public_key
local octets = require "spec.support.octets"

local hex, sequence, integer, element = octets.hex, octets.sequence, octets.integer, octets.element
local OID, NULL = octets.OID, octets.NULL
local E = hex "010001"

local function pkcs1(modulus, exponent)
  return sequence(integer(modulus), integer(exponent or E))
end

local function rsa(modulus, exponent)
  return octets.spki(OID.rsa .. NULL, pkcs1(modulus, exponent))
end

-- Is it refused, with this code and with a sentence?
local function refused(code, kind, key)
  local result, message, got = public_key(kind, key)
  assert.is_nil(result)
  assert.are.equal(code, got)
  assert.is_truthy(message:find "%a+ %a+")
end

describe("An RSA public key", function()
  local good = octets.modulus(2048)

  it("is read as SubjectPublicKeyInfo and as PKCS#1", function()
    for _, der in ipairs { rsa(good), pkcs1(good) } do
      local key = assert(public_key("rsa", der))
      assert.are.equal("rsa", key:type())
      assert.are.equal(2048, key:bits())
    end
  end)

  it("is read where the algorithm's NULL was left out, as OpenSSL has it", function()
    assert.is_truthy(public_key("rsa", octets.spki(OID.rsa, pkcs1(good))))
  end)

  it("has 1024 to 8192 bits", function()
    assert.are.equal(1024, assert(public_key("rsa", rsa(octets.modulus(1024)))):bits())
    assert.are.equal(8192, assert(public_key("rsa", rsa(octets.modulus(8192)))):bits())
    refused("key_too_small", "rsa", rsa(octets.modulus(1016)))
    refused("key_too_small", "rsa", rsa("\127" .. octets.modulus(1024):sub(2))) -- 1023
    refused("key_too_large", "rsa", rsa(octets.modulus(8200)))
    refused("key_too_large", "rsa", rsa("\1" .. octets.modulus(8192))) -- 8193
    refused("key_too_large", "rsa", rsa(octets.modulus(65528)))
  end)

  it("has an odd exponent from 3 to 64 bits", function()
    for _, exponent in ipairs { "03", "010001", "ffffffffffffffff" } do
      assert.is_truthy(public_key("rsa", rsa(good, hex(exponent))))
    end
    for _, exponent in ipairs { "00", "01", "02", "010000", "010000000000000001" } do
      refused("key_bad_exponent", "rsa", rsa(good, hex(exponent)))
    end
    refused("key_bad_exponent", "rsa", rsa(octets.modulus(3072), octets.modulus(3064))) -- 5 ms a verification
  end)

  it("has a modulus that is odd and positive", function()
    refused("key_malformed", "rsa", rsa(octets.modulus(2040) .. "\2"))
    refused("key_too_small", "rsa", rsa "\0")
    local negative = element(0x02, good)
    refused("key_malformed", "rsa", sequence(negative, integer(E)))
    refused("key_malformed", "rsa", sequence(integer(good), element(0x02, hex "fd")))
  end)

  it("is consumed whole", function()
    local inner, algorithm = pkcs1(good), sequence(OID.rsa, NULL)
    refused("key_malformed", "rsa", rsa(good) .. "\0")
    refused("key_malformed", "rsa", pkcs1(good) .. "\0")
    refused("key_malformed", "rsa", sequence(integer(good), integer(E), integer(E)))
    refused("key_malformed", "rsa", octets.spki(OID.rsa .. NULL, inner .. "\0"))
    refused("key_malformed", "rsa", octets.spki(OID.rsa .. NULL .. NULL, inner))
    refused("key_malformed", "rsa", sequence(algorithm, element(0x03, "\0" .. inner), NULL))
  end)

  it("is refused wherever it is cut short", function()
    for _, der in ipairs { rsa(good), pkcs1(good) } do
      for size = 0, #der - 1 do
        refused("key_malformed", "rsa", der:sub(1, size))
      end
    end
  end)

  it("is refused with a length or a number that is not in its shortest form", function()
    local body = integer(good) .. integer(E)
    refused("key_malformed", "rsa", element(0x30, body, hex "83 00010a"))
    refused("key_malformed", "rsa", element(0x30, body, hex "80") .. "\0\0") -- indefinite, as BER has it
    refused("key_malformed", "rsa", element(0x30, body, hex "84 ffffffff"))
    refused("key_malformed", "rsa", element(0x30, body, hex "ff"))
    refused("key_malformed", "rsa", sequence(integer(good), element(0x02, E, hex "81 03")))
    refused("key_malformed", "rsa", sequence(integer(good), element(0x02, "\0" .. E)))
    refused("key_malformed", "rsa", sequence(element(0x02, "\0\0" .. good), integer(E)))
    refused("key_malformed", "rsa", sequence(integer(good), element(0x02, "")))
  end)

  it("is refused where the bit string does not end at an octet", function()
    local inner = pkcs1(good)
    refused("key_malformed", "rsa", sequence(sequence(OID.rsa, NULL), element(0x03, "\4" .. inner)))
    refused("key_malformed", "rsa", sequence(sequence(OID.rsa, NULL), element(0x03, "")))
  end)

  it("is refused with parameters other than NULL", function()
    refused("key_malformed", "rsa", octets.spki(OID.rsa .. element(0x05, "\0"), pkcs1(good)))
    refused("key_malformed", "rsa", octets.spki(OID.rsa .. sequence(), pkcs1(good)))
    refused("key_malformed", "rsa", octets.spki(NULL, pkcs1(good)))
  end)

  it("of another algorithm is told as such", function()
    refused("key_wrong_type", "rsa", octets.spki(OID.rsa_pss, pkcs1(good)))
    refused("key_wrong_type", "rsa", octets.spki(OID.ec .. hex "06 08 2a8648ce3d030107", "\4" .. ("x"):rep(64)))
    refused("key_wrong_type", "rsa", octets.spki(OID.ed25519, ("x"):rep(32)))
  end)

  it("of 32 octets is taken for what it is: an Ed25519 key under the wrong k=", function()
    local _, message = public_key("rsa", ("x"):rep(32))
    assert.is_truthy(message:find("Ed25519", 1, true))
  end)
end)

describe("An Ed25519 public key", function()
  local good = hex "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

  it("is 32 octets", function()
    local key = assert(public_key("ed25519", good))
    assert.are.equal("ed25519", key:type())
    assert.are.equal(256, key:bits())
    refused("key_malformed", "ed25519", good:sub(1, 31))
    refused("key_malformed", "ed25519", good .. "\0")
    refused("key_malformed", "ed25519", "")
  end)

  it("in a SubjectPublicKeyInfo gets an error that says so", function()
    refused("key_is_spki", "ed25519", octets.spki(OID.ed25519, good))
    refused("key_malformed", "ed25519", octets.spki(OID.ed25519 .. NULL, good))
    refused("key_wrong_type", "ed25519", rsa(octets.modulus(2048)))
  end)

  it("of small order is refused, however the point is written", function()
    local points = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    }
    for _, text in ipairs(points) do
      local point = hex(text)
      refused("key_small_order", "ed25519", point)
      refused("key_small_order", "ed25519", point:sub(1, 31) .. string.char((point:byte(32) + 128) % 256))
    end
  end)

  it("whose coordinate is beyond the field's prime is refused (RFC 8032 §5.1.3)", function()
    for first = 0xef, 0xff do
      refused("key_malformed", "ed25519", string.char(first) .. ("\255"):rep(30) .. "\127")
      refused("key_malformed", "ed25519", string.char(first) .. ("\255"):rep(31))
    end
    assert.is_truthy(public_key("ed25519", "\235" .. ("\255"):rep(30) .. "\127"))
    assert.is_truthy(public_key("ed25519", "\255" .. "\254" .. ("\255"):rep(29) .. "\127"))
  end)
end)

describe("public_key", function()
  it("raises on a type that there is not", function()
    assert.has_error(function()
      public_key("dsa", "")
    end)
  end)
end)
