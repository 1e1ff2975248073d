-- mailseal.key.generate
local key = require "mailseal.key"

local function refused(code, options)
  local made, message, got = key.generate(options)
  assert.is_nil(made)
  assert.are.equal(code, got)
  assert.is_truthy(message:find "%a+ %a+")
end

describe("key.generate", function()
  it("makes RSA keys of 2048 bits where nothing is said", function()
    local made = assert(key.generate())
    assert.are.equal("rsa", made:type())
    assert.are.equal(2048, made:bits())
    assert.are.equal("rsa-sha256", made:algorithm())
  end)

  it("makes RSA keys of other sizes", function()
    assert.are.equal(3072, assert(key.generate { type = "rsa", bits = 3072 }):bits())
    assert.are.equal(2056, assert(key.generate { bits = 2056 }):bits())
  end)

  it("makes Ed25519 keys", function()
    local made = assert(key.generate { type = "ed25519" })
    assert.are.equal("ed25519", made:type())
    assert.are.equal(256, made:bits())
    assert.are.equal("ed25519-sha256", made:algorithm())
  end)

  it("makes another key each time", function()
    local one, two = assert(key.generate { type = "ed25519" }), assert(key.generate { type = "ed25519" })
    assert.are_not.equal(one:public(), two:public())
  end)

  it("refuses RSA under 2048 bits unless forced (requirement 20)", function()
    refused("key_too_small", { bits = 1024 })
    refused("key_too_small", { bits = 2040 })
    assert.are.equal(1024, assert(key.generate { bits = 1024, force = true }):bits())
  end)

  it("refuses RSA under 1024 bits and over 8192 in any case", function()
    refused("key_too_small", { bits = 1016, force = true })
    refused("key_too_small", { bits = 1, force = true })
    refused("key_too_large", { bits = 8200, force = true })
    refused("key_too_large", { bits = 1000000 })
  end)

  it("refuses sizes that are no multiple of 8", function()
    refused("key_bad_bits", { bits = 2049 })
  end)

  it("raises on wrong use", function()
    for _, options in ipairs {
      { type = "dsa" }, { type = 1 }, { bits = "2048" }, { bits = 2048.5 }, { bits = 0 }, { bits = -1 }, { bits = 1 / 0 },
      { bits = 0 / 0 }, { type = "ed25519", bits = 256 }, { bit = 2048 }, { force = 1 }, { [1] = "rsa" },
    } do
      assert.has_error(function()
        key.generate(options)
      end)
    end
    assert.has_error(function()
      key.generate "rsa"
    end, "a table of options is wanted, not a string")
  end)

  it("says of a key what it is, and never the key", function()
    local made = assert(key.generate { type = "ed25519" })
    assert.are.equal("mailseal.key: ed25519, 256 bits", tostring(made))
  end)
end)

describe("A key", function()
  it("that was freed raises and does not crash", function()
    local made = assert(key.generate { type = "ed25519" })
    assert.is_nil(made.__gc)
    assert.equal("mailseal.key", getmetatable(made))
    local free = debug.getmetatable(made).__gc
    free(made)
    free(made)
    for _, name in ipairs { "type", "bits", "pem", "public", "record", "algorithm" } do
      assert.has_error(function()
        made[name](made)
      end)
    end
  end)

  it("is asked for by its methods and by nothing else", function()
    local made = assert(key.generate { type = "ed25519" })
    for _, other in ipairs { "text", 1, {}, io.stdout } do
      assert.has_error(function()
        made.type(other)
      end)
    end
  end)
end)
