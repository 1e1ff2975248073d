-- mailseal.core.seal: secrets sealed with AES-256-GCM, keys to seal with, digests, random octets.
local key = require "mailseal.key"
local octets = require "spec.support.octets"
local seal = require "mailseal.core".seal
local shell = require "spec.support.shell"

-- Through the openssl command: a text in base64, and back.
local function base64(text)
  local directory = shell.new_directory()
  shell.write(directory .. "/in", text)
  local encoded = shell.output("openssl base64 -A -in " .. directory .. "/in")
  shell.remove_directory(directory)
  return encoded
end

local function from_base64(text)
  local directory = shell.new_directory()
  shell.write(directory .. "/in", text)
  local decoded = shell.output("openssl base64 -d -A -in " .. directory .. "/in")
  shell.remove_directory(directory)
  return decoded
end

local KEY = ("\7"):rep(32)

local function refused(code, ...)
  local secret, message, got = ...
  assert.is_nil(secret)
  assert.are.equal(code, got)
  assert.is_truthy(message:find "%a+ %a+")
  return message
end

describe("A seal", function()
  local sealer = seal.key(KEY)

  it("opens to what was sealed, with any octets and of any length", function()
    for n = 0, 70 do
      local secret = ("\0\255x"):rep(n):sub(1, n)
      assert.are.equal(secret, assert(sealer:open(assert(sealer:seal(secret, "a")), "a")))
    end
  end)

  it("is never the same twice", function()
    local seen = {}
    for _ = 1, 1000 do
      local text = assert(sealer:seal("secret", "a"))
      assert.is_nil(seen[text])
      seen[text] = true
    end
  end)

  it("is base64 of an octet for its form, the nonce, the ciphertext and the tag", function()
    local text = from_base64(assert(sealer:seal("secret", "a")))
    assert.are.equal(1 + 12 + #"secret" + 16, #text)
    assert.are.equal("\1", text:sub(1, 1))
    assert.is_nil(text:find("secret", 1, true))
  end)

  -- Test cases 13, 14 and 16 of "The Galois/Counter Mode of Operation" (McGrew, Viega).
  for name, case in pairs {
    ["without text"] = {
      key = ("00"):rep(32), nonce = ("00"):rep(12), text = "", associated = "", sealed = "", tag = "530f8afbc74536b9a963b4f1c4cb738b",
    },
    ["of one block"] = {
      key = ("00"):rep(32), nonce = ("00"):rep(12), text = ("00"):rep(16), associated = "",
      sealed = "cea7403d4d606b6e074ec5d3baf39d18", tag = "d0d1c8a799996bf0265b98b5d48ab919",
    },
    ["with associated data"] = {
      key = ("feffe9928665731c6d6a8f9467308308"):rep(2), nonce = "cafebabefacedbaddecaf888",
      text = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        .. "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      associated = "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      sealed = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        .. "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
      tag = "76fc6ece0f4e1768cddf8853bb2d551b",
    },
  } do
    it("opens the known one " .. name, function()
      local text = base64("\1" .. octets.hex(case.nonce) .. octets.hex(case.sealed) .. octets.hex(case.tag))
      assert.are.equal(case.text, octets.to_hex(assert(seal.key(octets.hex(case.key)):open(text, octets.hex(case.associated)))))
    end)
  end

  it("does not open with another key, or for another purpose", function()
    local text = assert(sealer:seal("secret", "a"))
    refused("seal_broken", seal.key(("\8"):rep(32)):open(text, "a"))
    refused("seal_broken", sealer:open(text, "b"))
    refused("seal_broken", sealer:open(text, ""))
  end)

  it("does not open where any of its octets was changed", function()
    local text = from_base64(assert(sealer:seal("secret", "a")))
    for i = 1, #text do
      local changed = text:sub(1, i - 1) .. string.char((text:byte(i) + 1) % 256) .. text:sub(i + 1)
      refused(i == 1 and "seal_malformed" or "seal_broken", sealer:open(base64(changed), "a"))
    end
  end)

  it("does not open where it was cut, or is none", function()
    local text = from_base64(assert(sealer:seal("secret", "a")))
    for n = 0, #text - 1 do
      refused(n < 29 and "seal_malformed" or "seal_broken", sealer:open(base64(text:sub(1, n)), "a"))
    end
    refused("seal_malformed", sealer:open("no base64!", "a"))
    refused("seal_malformed", sealer:open("", "a"))
  end)

  it("holds a mebioctet, and no more", function()
    local most = ("x"):rep(1024 * 1024)
    assert.are.equal(most, assert(sealer:open(assert(sealer:seal(most, "a")), "a")))
    refused("too_large", sealer:seal(most .. "x", "a"))
    refused("too_large", sealer:seal("x", most .. "x"))
    refused("too_large", sealer:open(most .. most .. "xx", "a"))
  end)
end)

describe("A private key", function()
  local sealer = seal.key(KEY)

  for name, options in pairs { RSA = { type = "rsa", bits = 2048 }, Ed25519 = { type = "ed25519" } } do
    it("of " .. name .. " is sealed and opened without ever being a string", function()
      local made = assert(key.generate(options))
      local opened = assert(sealer:open_key(assert(sealer:seal_key(made, "a")), "a"))
      assert.are.equal("mailseal.key", getmetatable(opened))
      assert.are.equal(made:record(), opened:record())
      assert.are.equal(made:pem(), opened:pem())
    end)
  end

  -- The sanitizers' allocator keeps what was freed elsewhere.
  if not os.getenv "MAILSEAL_BUILD" then
    it("leaves neither its text nor its octets behind in memory that was freed", function()
      local made = assert(key.generate { type = "rsa", bits = 2048 })
      assert(sealer:seal_key(made, "a"))
      local heap = {}
      for first, last in shell.read("/proc/self/maps"):gmatch "(%x+)%-(%x+) rw[^\n]*%[heap%]" do
        local memory = assert(io.open("/proc/self/mem", "rb"))
        memory:seek("set", tonumber(first, 16))
        heap[#heap + 1] = memory:read(tonumber(last, 16) - tonumber(first, 16))
        memory:close()
      end
      heap = table.concat(heap)
      assert.is_true(#heap > 10000)
      -- Only now is there a string of it. From octet 300 on, all that is in it is private.
      local text = made:pem():gsub("%-%-%-[^\n]*", ""):gsub("%s", "")
      local private = from_base64(text)
      for at = 320, 1120, 100 do
        assert.is_nil(heap:find(private:sub(at, at + 31), 1, true), "octets from " .. at)
        assert.is_nil(heap:find(text:sub(at + 200, at + 231), 1, true), "letters from " .. at + 200)
      end
    end)
  end

  it("does not open for another purpose", function()
    local text = assert(sealer:seal_key(assert(key.generate { type = "ed25519" }), "a"))
    refused("seal_broken", sealer:open_key(text, "b"))
  end)

  it("is nothing that was sealed as a string", function()
    refused("key_malformed", sealer:open_key(assert(sealer:seal("secret", "a")), "a"))
  end)
end)

describe("A key to seal with", function()
  local directory = shell.new_directory()
  local path = directory .. "/master.key"
  teardown(function() shell.remove_directory(directory) end)
  before_each(function() os.remove(path) end)

  it("has 32 octets", function()
    for _, n in ipairs { 0, 16, 31, 33 } do
      assert.has_error(function() seal.key(("x"):rep(n)) end)
    end
  end)

  it("is made by chance", function()
    assert.are_not.equal(seal.new_key():code "", seal.new_key():code "")
  end)

  it("does not show itself", function()
    assert.are.equal("mailseal.seal_key", tostring(seal.key(KEY)))
    assert.are.equal("mailseal.seal_key", getmetatable(seal.key(KEY)))
  end)

  it("is written to a file of mode 0600, and read", function()
    local made = seal.new_key()
    assert.is_true(made:save(path))
    assert.are.equal("600\n", shell.output("stat -c %a " .. path))
    assert.are.equal(45, #shell.read(path))
    assert.are.equal(made:code "x", assert(seal.read_key(path)):code "x")
  end)

  it("does not take another's place", function()
    assert(seal.new_key():save(path))
    local before = shell.read(path)
    refused("exists", seal.new_key():save(path))
    assert.are.equal(before, shell.read(path))
  end)

  it("is read as the openssl command writes it", function()
    shell.output("umask 077; openssl rand -base64 32 >" .. path)
    assert.is_truthy(seal.read_key(path))
  end)

  it("is not read where others may use the file", function()
    assert(seal.new_key():save(path))
    for _, mode in ipairs { "0640", "0604", "0660", "0601" } do
      shell.output("chmod " .. mode .. " " .. path)
      assert.is_truthy(refused("not_private", seal.read_key(path)):find(mode, 1, true))
    end
  end)

  it("is not read where it is no key, and what is there is not told", function()
    for name, text in pairs {
      ["an empty file"] = "", ["a short key"] = base64(("x"):rep(31)), ["a long key"] = base64(("x"):rep(33)),
      ["something else"] = ("secret, "):rep(5),
    } do
      shell.write(path, text)
      shell.output("chmod 600 " .. path)
      local message = refused("bad_key", seal.read_key(path))
      assert.is_nil(message:find("secret", 1, true), name)
    end
    shell.write(path, ("x"):rep(100000))
    refused("too_large", seal.read_key(path))
  end)

  it("is not read from a directory, a pipe, nowhere, or a name that is none", function()
    refused("not_a_file", seal.read_key(directory))
    shell.output("mkfifo -m 600 " .. path)
    refused("not_a_file", seal.read_key(path))
    refused("not_found", seal.read_key(directory .. "/none"))
    refused("not_found", seal.read_key("/dev/null/none"))
    refused("bad_path", seal.read_key "")
    refused("bad_path", seal.read_key "a\0b")
  end)
end)

describe("Digests", function()
  -- The openssl command's word for it.
  local function openssl(text, options)
    local directory = shell.new_directory()
    shell.write(directory .. "/in", text)
    local digest = shell.output("openssl dgst -sha256 " .. options .. " -r " .. directory .. "/in")
    shell.remove_directory(directory)
    return digest:match "^%x+"
  end

  it("are those of SHA-256", function()
    for _, text in ipairs { "", "abc", ("\0\255"):rep(1000) } do
      assert.are.equal(openssl(text, ""), octets.to_hex(seal.sha256(text)))
    end
  end)

  it("with a key are those of HMAC-SHA256", function()
    for _, text in ipairs { "", "abc", ("\0\255"):rep(1000) } do
      assert.are.equal(openssl(text, "-mac hmac -macopt hexkey:" .. octets.to_hex(KEY)), octets.to_hex(seal.hmac_sha256(KEY, text)))
      assert.are.equal(seal.hmac_sha256(KEY, text), seal.key(KEY):code(text))
    end
    -- RFC 4231 §4.3, and a key without an octet
    assert.are.equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      octets.to_hex(seal.hmac_sha256("Jefe", "what do ya want for nothing?")))
    assert.are.equal("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", octets.to_hex(seal.hmac_sha256("", "")))
  end)

  it("with a key are those of HMAC with SHA-384 and SHA-512, too", function()
    for _, text in ipairs { "", "abc", ("\0\255"):rep(1000) } do
      for _, algorithm in ipairs { "sha256", "sha384", "sha512" } do
        assert.are.equal(openssl(text, "-" .. algorithm .. " -mac hmac -macopt hexkey:" .. octets.to_hex(KEY)),
          octets.to_hex(seal.hmac(algorithm, KEY, text)))
      end
    end
    -- RFC 4231 §4.2, and a key that is longer than a block (§4.7)
    assert.are.equal("afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
      octets.to_hex(seal.hmac("sha384", ("\11"):rep(20), "Hi There")))
    assert.are.equal("80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e52"
      .. "95e64f73f63f0aec8b915a985d786598",
      octets.to_hex(seal.hmac("sha512", ("\170"):rep(131), "Test Using Larger Than Block-Size Key - Hash Key First")))
    assert.has_error(function() seal.hmac("md5", KEY, "") end)
  end)
end)

describe("Secrets", function()
  it("are compared octet by octet", function()
    assert.is_true(seal.same("", ""))
    assert.is_true(seal.same("a\0b", "a\0b"))
    assert.is_false(seal.same("a\0b", "a\0c"))
    assert.is_false(seal.same("a", "ab"))
  end)

  it("are drawn by chance", function()
    assert.are.equal(20, #seal.random(20))
    assert.are_not.equal(seal.random(20), seal.random(20))
    for _, n in ipairs { 0, -1, 1025 } do
      assert.has_error(function() seal.random(n) end)
    end
  end)
end)
