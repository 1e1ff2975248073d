-- key:sign, checked by OpenSSL's own command and by our public keys.
local core = require("mailseal.core").key
local key = require "mailseal.key"
local octets = require "spec.support.octets"
local shell = require "spec.support.shell"

local digest = ("0123456789abcdef"):rep(2)

-- Does the openssl command verify it? It gets the key as PEM and both octet strings in files.
local function openssl_verifies(k, signature, options)
  local directory = shell.new_directory()
  shell.write(directory .. "/key", k:pem())
  shell.write(directory .. "/digest", digest)
  shell.write(directory .. "/signature", signature)
  local said = shell.output(("cd %s && openssl pkeyutl -verify -inkey key -in digest -sigfile signature %s"):format(
    directory, options))
  shell.remove_directory(directory)
  return said:find("Verified Successfully", 1, true) ~= nil
end

describe("key:sign", function()
  it("makes PKCS#1 v1.5 signatures as long as the modulus", function()
    for _, bits in ipairs { 1024, 2048, 3072 } do
      local k = assert(key.generate { bits = bits, force = true })
      local signature = assert(k:sign(digest))
      assert.are.equal(bits / 8, #signature)
      assert.is_true(openssl_verifies(k, signature, "-pkeyopt digest:sha256 -pkeyopt rsa_padding_mode:pkcs1"))
      assert.are.equal(signature, k:sign(digest)) -- the same each time
    end
  end)

  it("makes Ed25519 signatures of 64 octets", function()
    local k = assert(key.generate { type = "ed25519" })
    local signature = assert(k:sign(digest))
    assert.are.equal(64, #signature)
    assert.is_true(openssl_verifies(k, signature, "-rawin"))
    assert.are.equal(signature, k:sign(digest))
  end)

  it("makes what our public keys verify, of every digest anew", function()
    local pairs_of_keys = {}
    for _, options in ipairs { { type = "rsa" }, { type = "ed25519" } } do
      local k = assert(key.generate(options))
      local p = shell.output("printf %s " .. k:public() .. " | openssl base64 -d -A")
      pairs_of_keys[k] = assert(core.public_key(options.type, p))
    end
    for i = 1, 20 do
      local other = string.char(i):rep(32)
      for k, public in pairs(pairs_of_keys) do
        assert.are.equal("good", public:verify(other, assert(k:sign(other))))
        assert.are.equal("bad", public:verify(digest, assert(k:sign(other))))
      end
    end
  end)

  it("agrees with RFC 8032's first key pair (§7.1)", function()
    local k = assert(key.load [[
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
]])
    local p = shell.output("printf %s " .. k:public() .. " | openssl base64 -d -A")
    assert.are.equal("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", octets.to_hex(p))
  end)

  it("raises where the digest has not 32 octets", function()
    local k = assert(key.generate { type = "ed25519" })
    for _, wrong in ipairs { "", digest:sub(2), digest .. "x" } do
      assert.has_error(function()
        k:sign(wrong)
      end)
    end
    assert.has_error(function()
      k:sign()
    end)
  end)
end)
