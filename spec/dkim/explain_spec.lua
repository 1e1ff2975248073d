--- What a signature that does not pass still proves (csrc/dkim/explain.h): how much of a body was signed, and by which key.
local canonical = require "spec.support.canonical"
local core = require "mailseal.core".dkim
local corpus = require "spec.support.corpus"
local dkim = require "mailseal.dkim"
local key = require "mailseal.key"
local linear = require "spec.support.linear"
local sha256 = require "spec.support.sha256"
local signed = require "spec.support.signed"

local function hash_of(body, way)
  return signed.encode(sha256(canonical.body(body, way)))
end

-- How much of `body` hashes as `original` does.
local function prefix(body, original, way)
  way = way or "simple"
  return assert(core.body_prefixes(body, way == "relaxed", { hash_of(original, way) }))[1]
end

describe("the beginning of a body that was signed", function()
  it("is found in front of a footer", function()
    for _, way in ipairs { "simple", "relaxed" } do
      assert.equal(7, prefix("Hello\r\n____\r\na list\r\n", "Hello\r\n", way))
      assert.equal(7, prefix("Hello\r\n\r\n\r\n-- \r\na list", "Hello\r\n\r\n", way))
      assert.equal(7, prefix("Hello\r\nfooter\r\n", "Hello", way))
      assert.equal(0, prefix("footer\r\n", "", way))
      assert.equal(12, prefix("Hello\r\n\r\n.\r\nfooter\r\n", "Hello\r\n\r\n.\r\n", way))
    end
  end)

  it("is found as its canonicalization has it", function()
    assert.equal(8, prefix("Hello \r\nfooter\r\n", "Hello\r\n", "relaxed"))
    assert.is_false(prefix("Hello \r\nfooter\r\n", "Hello\r\n", "simple"))
    assert.equal(11, prefix("a  \t b \r\n\r\nfooter", "a b\r\n\r\n", "relaxed") + 2)
  end)

  it("is not found where it is not", function()
    assert.is_false(prefix("Hello\r\nfooter\r\n", "Hell\r\n"))
    assert.is_false(prefix("header\r\nHello\r\n", "Hello\r\n"))
    assert.is_false(prefix("", "Hello\r\n"))
  end)

  it("may be all of it", function()
    assert.equal(7, prefix("Hello\r\n", "Hello\r\n"))
    assert.equal(5, prefix("Hello", "Hello"))
    assert.equal(12, prefix("Hello \tx\r\n\r)", "Hello \tx\r\n\r)"))
    assert.equal(0, prefix("", ""))
    assert.equal(0, prefix("\r\n\r\n", "", "relaxed"))
  end)

  it("is told for each of several hashes", function()
    local body = "one\r\ntwo\r\nthree\r\n"
    local found = core.body_prefixes(body, false, { hash_of("one", "simple"), hash_of("x", "simple"), hash_of("one\r\ntwo", "simple") })
    assert.same({ 5, false, 10 }, found)
    assert.same({}, core.body_prefixes(body, false, {}))
  end)

  it("is found at every line end of odd bodies, as a plain reading of RFC 6376 has it", function()
    for odd = 1, 60 do
      local body = corpus.odd(odd).message:match("\r\n\r\n(.*)$") or ""
      for _, way in ipairs { "simple", "relaxed" } do
        local position = 1
        while true do
          local _, stop = body:find("\n", position, true)
          if not stop or position > 2000 then
            break
          end
          local size = prefix(body, body:sub(1, stop), way)
          assert.is_number(size)
          assert.equal(canonical.body(body:sub(1, stop), way), canonical.body(body:sub(1, size), way))
          position = stop + 1
        end
      end
    end
  end)

  it("is looked for in front of the last 64 KiB, and not before", function()
    local text = ("a line of text\r\n"):rep(20000)
    assert.equal(#text, prefix(text .. ("f"):rep(65536), text))
    assert.is_false(prefix(text .. ("f"):rep(65537) .. "\r\n", text))
  end)

  it("is found in time linear in the body's size, whatever stands there", function()
    local none = { ("A"):rep(43) .. "=" }
    for _, piece in ipairs { "a\r\n", "\r\n", "\n", "\r", " ", " \r\n", "a\n" } do
      local copies = math.ceil(400000 / #piece)
      for _, relaxed in ipairs { false, true } do
        assert.is_true(linear(function(size)
          core.body_prefixes(piece:rep(size), relaxed, none)
        end, copies), ("%q"):format(piece))
      end
    end
  end)

  it("is not found for what is no hash", function()
    local hash = hash_of("Hello\r\n", "simple")
    assert.same({ 7 }, core.body_prefixes("Hello\r\n", false, { hash:sub(1, 9) .. "\r\n " .. hash:sub(10) }))
    for _, wrong in ipairs { "", "short", hash .. hash, hash:sub(1, -2), "A" .. hash, ("A"):rep(100000) } do
      assert.same({ false }, core.body_prefixes("Hello\r\n", false, { wrong }))
    end
  end)
end)

describe("a body", function()
  local function matches(body, original, way, length)
    return core.body_matches(body, way == "relaxed", hash_of(original, way or "simple"), length)
  end

  it("matches the hash of itself, however it is canonicalized", function()
    for odd = 1, 60 do
      local body = corpus.odd(odd).message:match("\r\n\r\n(.*)$") or ""
      for _, way in ipairs { "simple", "relaxed" } do
        assert.is_true(matches(body, body, way))
        assert.is_false(matches(body .. "x", body, way))
      end
    end
    assert.is_true(matches("a  b \r\n\r\n", "a b", "relaxed"))
    assert.is_false(matches("a  b", "a b"))
  end)

  it("matches up to the length that l= gives, and not where it is shorter", function()
    assert.is_true(matches("Hello\r\nfooter\r\n", "Hello\r\n", "simple", 7))
    assert.is_true(matches("Hello\r\n", "Hello\r\n", "simple", 7))
    assert.is_false(matches("Hello\r\n", "Hello\r\n", "simple", 8))
    assert.is_false(matches("Hello\r\n", "Hello\r\n", "simple", 1e76))
    assert.is_false(matches("Hello\r\n", "Hello\r\n", "simple", 0))
    assert.is_true(core.body_matches("any", false, signed.encode(sha256("")), 0))
  end)

  it("matches nothing that is no hash", function()
    for _, wrong in ipairs { "", "short", ("A"):rep(42) .. "=", ("A"):rep(100000), "?" } do
      assert.is_false(core.body_matches("Hello\r\n", false, wrong))
    end
  end)
end)

describe("whose a signature is", function()
  local other = assert(key.generate { type = "rsa" })

  local function sign(with)
    return assert(assert(dkim.signer { domain = "example.com", selector = "s1", key = with }):sign(signed.MESSAGE, { now = signed.NOW }))
  end

  it("an RSA signature tells, whatever became of the message", function()
    local field = sign(signed.rsa)
    assert.equal("this", core.signature_made(field, signed.rsa:record()))
    assert.equal("another", core.signature_made(field, other:record()))
  end)

  it("is another's where the key's size is another, or b= was damaged", function()
    local small = assert(key.generate { type = "rsa", bits = 1024, force = true })
    local field = sign(signed.rsa)
    assert.equal("another", core.signature_made(field, small:record()))
    local damaged, count = field:gsub("(;%s*b=%s*)(.)", function(before, first)
      return before .. (first == "B" and "C" or "B")
    end)
    assert.equal(1, count)
    assert.equal("another", core.signature_made(damaged, signed.rsa:record()))
  end)

  it("is unknown where nothing tells it", function()
    local field = sign(signed.ed25519)
    assert.is_nil(core.signature_made(field, signed.ed25519:record()))
    assert.is_nil(core.signature_made(field, signed.rsa:record()))
    assert.is_nil(core.signature_made(sign(signed.rsa), "v=DKIM1; p="))
    assert.is_nil(core.signature_made(sign(signed.rsa), ""))
    assert.is_nil(core.signature_made("DKIM-Signature: v=1\r\n", signed.rsa:record()))
    assert.is_nil(core.signature_made("", signed.rsa:record()))
  end)
end)
