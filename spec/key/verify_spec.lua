-- Signatures checked with a public key: the RFCs' vectors, and what must not pass.
local core = require("mailseal.core").key
local key = require "mailseal.key"
local seal = require "mailseal.core".seal
local octets = require "spec.support.octets"

local hex = octets.hex
local digest = ("digest of 32 octets, so to speak"):sub(1, 32)

local function flip(text, position, bit)
  local octet = text:byte(position)
  local flipped = octet % (2 * bit) >= bit and octet - bit or octet + bit
  return text:sub(1, position - 1) .. string.char(flipped) .. text:sub(position + 1)
end

-- A number, little-endian, with another added; as long as the first.
local function add(a, b)
  local sum, carry = {}, 0
  for i = 1, #a do
    local s = a:byte(i) + (b:byte(i) or 0) + carry
    sum[i], carry = string.char(s % 256), math.floor(s / 256)
  end
  return table.concat(sum)
end

local ED25519_PUBLIC = hex "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
local ED25519_SECRET = [[
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
]]

describe("RFC 8463 appendix A", function()
  it("verifies: its Ed25519 signature", function()
    local public = assert(core.public_key("ed25519", ED25519_PUBLIC))
    assert.are.equal("good", public:verify(
      hex "48ce9a2c710ece1710ff156996b836a7f45470e43efe5643074d6e1690ed62e7",
      hex [[fe00ab8a7a5c40ea087ee1cd4086eae29821f64c882b701051db7d39da907a14
            b084422e8380f5d41bac15addb4f7158e4eb14ed96e72842eaf9e5dda754350f]]))
  end)

  it("verifies: its RSA signature", function()
    local public = assert(core.public_key("rsa", hex [[
      30819f300d06092a864886f70d010101050003818d0030818902818100e41e5390a014f3591886b3957a3693f789d63a5a4d3c6b9a
      a1751eb0cb96dd38a6f68cb42263f275e89622d10bf1fdbc98cc235bdd6f75cb716eb400837f3c10fc10bf7bff2e06c091fb2cf52f
      18fe3cbea51efa8c2ab337ac6e21b2d4f9423bc73bd3f3a316725582f305f3b611e0b7229dc6fb692bc8e4c8293fa5fcae30dd0203
      010001]]))
    assert.are.equal("good", public:verify(
      hex "fed71e6d70fb123bb5c353adc42821b304b6b9d54fc867f304f7c61daaaa1111",
      hex [[178e5d5560df31b40318724595750d0761ca7db09e2d1ca10d7805a442fc1b0a6c45ed087888b13537b70e1095954ad2
            8d5e01c1c55c385ebe145dd9a3d469a35b4539e4bd98f6104e719d6921ac81e79f3ac936273740f8bd744de62df41803
            7d0359b4a74dd563bffca808a973fb39d1051382e315835c531650e0500363ef]]))
  end)

  it("signs again as it was signed", function()
    local secret = assert(key.load(ED25519_SECRET))
    assert.are.equal("fe00ab8a7a5c40ea087ee1cd4086eae29821f64c882b701051db7d39da907a14"
      .. "b084422e8380f5d41bac15addb4f7158e4eb14ed96e72842eaf9e5dda754350f",
      octets.to_hex(assert(secret:sign(hex "48ce9a2c710ece1710ff156996b836a7f45470e43efe5643074d6e1690ed62e7"))))
  end)
end)

describe("An Ed25519 signature", function()
  local secret = assert(key.load(ED25519_SECRET))
  local public = assert(core.public_key("ed25519", ED25519_PUBLIC))
  local signature = assert(secret:sign(digest))

  it("verifies again and again, bad ones between", function()
    for _ = 1, 3 do
      assert.are.equal("good", public:verify(digest, signature))
      assert.are.equal("bad", public:verify(digest, flip(signature, 1, 1)))
    end
  end)

  it("fails with any bit of it or of the digest changed", function()
    for position = 1, 64 do
      assert.are.equal("bad", public:verify(digest, flip(signature, position, 4)))
    end
    for position = 1, 32 do
      assert.are.equal("bad", public:verify(flip(digest, position, 4), signature))
    end
  end)

  it("fails where S is not less than the group's order (RFC 8032 §5.1.7)", function()
    local order = hex "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"
    local raised = signature:sub(1, 32) .. add(signature:sub(33), order)
    assert.are.equal("bad", public:verify(digest, raised))
  end)

  it("has 64 octets", function()
    assert.are.equal("bad", public:verify(digest, signature:sub(1, 63)))
    assert.are.equal("bad", public:verify(digest, signature .. "\0"))
    assert.are.equal("bad", public:verify(digest, ""))
  end)

  it("fails by a key that is no point of the curve", function()
    local stray = assert(core.public_key("ed25519", "\2" .. ("\0"):rep(31)))
    assert.are.equal("bad", stray:verify(digest, signature))
  end)
end)

describe("An RSA signature", function()
  -- e = 3, and a modulus so far under 2^1024 that a signature with the modulus added still fits its octets.
  local MODULUS = hex [[
    886c226809d4933cac710cb295ebb51d1c81a6614038a77cea078262cf4d2948627cb4f201b6fa8b344e02f8e2eb091a
    5240aacfcc26cdf2cb79158a1998f0b1030b2df91865dfc9b3727a6f5cbe24e4119042e0cf74ebce274fdd9edeb0616c
    0355243122c0aea05af0dcb7e64ec54e752fcf725b4b84147c0b30e474809d09]]
  local DIGEST = hex "679eb18a40feb89ec071c3ba36189448072de7425ba1428cb4ac116dc907844b"
  local SIGNATURE = hex [[
    09ea054bb8bfe1f5202ac04273def4006b705b55a0549b8593f2d5ec729ab82bcaa55846aa3dbbc8d9cc3ae37c9312f6
    fc82da8a1017811f2c59df2b0e9f0e100ee8deb0fd41587025218de4a4347bf180c3316cda7a2d602350fcf032535c9c
    3960a3ff3f928edf25b47209dec8cdec1ba0a78fada6631fc87223e0ff96d71a]]
  local function of(modulus)
    return assert(core.public_key("rsa", octets.sequence(octets.integer(modulus), octets.integer "\3")))
  end
  local public = of(MODULUS)

  it("verifies again and again, bad ones between", function()
    for _ = 1, 3 do
      assert.are.equal("good", public:verify(DIGEST, SIGNATURE))
      assert.are.equal("bad", public:verify(DIGEST, flip(SIGNATURE, 128, 1)))
    end
  end)

  it("fails with any bit of it or of the digest changed", function()
    for position = 1, 128 do
      assert.are.equal("bad", public:verify(DIGEST, flip(SIGNATURE, position, 16)))
    end
    for position = 1, 32 do
      assert.are.equal("bad", public:verify(flip(DIGEST, position, 16), SIGNATURE))
    end
  end)

  it("is smaller than the modulus: the same with the modulus added fails", function()
    local raised = add(SIGNATURE:reverse(), MODULUS:reverse()):reverse()
    assert.are.equal("bad", public:verify(DIGEST, raised))
    assert.are.equal("bad", public:verify(DIGEST, MODULUS))
    assert.are.equal("bad", public:verify(DIGEST, ("\255"):rep(128)))
  end)

  it("is as long as the modulus", function()
    assert.are.equal("bad", public:verify(DIGEST, "\0" .. SIGNATURE))
    assert.are.equal("bad", public:verify(DIGEST, SIGNATURE:sub(2)))
    assert.are.equal("bad", public:verify(DIGEST, ""))
  end)

  it("fails with a padding forged for e = 3 (a cube root, the digest followed by garbage)", function()
    local forged = ("\0"):rep(171) .. hex [[
      32cbfd4a7adc7905583d767520f51640759176d37826f2ef63ae3dc7ace44fc061a4b3170290639a174f250874a9e7dd
      7fdd6fbebf5ada66cbb490f65737d365fdd6ddcfab5bbdeb4c26fe262c0f3e5c670d001c01]]
    assert.are.equal(256, #forged)
    local any = of(octets.modulus(2048))
    assert.are.equal("bad", any:verify(hex "ccdd35168ab474fa5764a526cfb83621351e23682c5075b2e18d56bddf96aa30", forged))
  end)

  it("of zero or one fails", function()
    assert.are.equal("bad", public:verify(DIGEST, ("\0"):rep(128)))
    assert.are.equal("bad", public:verify(DIGEST, ("\0"):rep(127) .. "\1"))
  end)
end)

describe("verify", function()
  it("raises where the digest has not 32 octets", function()
    local public = assert(core.public_key("ed25519", ED25519_PUBLIC))
    assert.has_error(function()
      public:verify("short", ("x"):rep(64))
    end)
  end)
end)

-- Only LuaJIT can ask OpenSSL itself.
if jit then -- luacheck: ignore jit
  local ffi = require "ffi"
  ffi.cdef [[
    int EVP_set_default_properties(void *context, const char *properties);
    unsigned long ERR_peek_error(void);
    void ERR_clear_error(void);
  ]]
  local crypto = ffi.load(ffi.os == "OSX" and "crypto" or "libcrypto.so.3")

  describe("A crypto policy that does not allow the algorithm", function()
    after_each(function()
      crypto.EVP_set_default_properties(nil, "")
      crypto.ERR_clear_error()
    end)

    it("is told as such, and not as a bad signature", function()
      core.public_key("ed25519", ED25519_PUBLIC) -- what every key needs is there
      crypto.EVP_set_default_properties(nil, "fips=yes")
      local ed25519 = assert(core.public_key("ed25519", ED25519_PUBLIC))
      local rsa = assert(core.public_key("rsa", octets.sequence(octets.integer(octets.modulus(1024)),
        octets.integer "\3")))
      assert.are.equal("refused", ed25519:verify(digest, ("x"):rep(64)))
      assert.are.equal("refused", rsa:verify(digest, ("x"):rep(128)))
    end)
  end)

  describe("The host program's queue of OpenSSL errors", function()
    it("is left as it was", function()
      crypto.ERR_clear_error()
      local rsa = assert(core.public_key("rsa", octets.sequence(octets.integer(octets.modulus(1024)),
        octets.integer "\3")))
      rsa:verify(digest, ("x"):rep(128))
      rsa:verify(digest, ("\255"):rep(128))
      local ed25519 = assert(core.public_key("ed25519", "\2" .. ("\0"):rep(31)))
      ed25519:verify(digest, ("x"):rep(64))
      key.load("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n")
      key.load(assert(key.load(ED25519_SECRET)):pem "one", "another")
      local sealer = seal.new_key()
      sealer:open(assert(sealer:seal("secret", "a")), "b")
      assert.are.equal(0, tonumber(crypto.ERR_peek_error()))
    end)
  end)
end
