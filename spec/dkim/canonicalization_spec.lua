--- Canonicalization (RFC 6376 §3.4): by itself, through what spec/support/core_test.c offers, and as bh= says it. What is expected is
-- written out here, or worked out by spec/support/canonical.lua.
local canonical = require "spec.support.canonical"
local core = require "mailseal_test"
local corpus = require "spec.support.corpus"
local dkim = require "mailseal.dkim"
local key = require "mailseal.key"
local encode = require "spec.support.public_key".base64
local sha256 = require "spec.support.sha256"

local SCANNERS = { "portable", "sse2", "avx2" }
local WAYS = { "simple", "relaxed" }

-- Each: a body, its simple form, its relaxed form.
local BODIES = {
  { "", "\r\n", "" },
  { "\r\n", "\r\n", "" },
  { "\r\n\r\n\r\n", "\r\n", "" },
  { "a", "a\r\n", "a\r\n" },
  { "a\r\n", "a\r\n", "a\r\n" },
  { "a\r\n\r\n\r\n", "a\r\n", "a\r\n" },
  { "\r\n\r\na", "\r\n\r\na\r\n", "\r\n\r\na\r\n" },
  { " ", " \r\n", "" },
  { " \t", " \t\r\n", "" },
  { " \r\n\t\r\n", " \r\n\t\r\n", "" },
  { "a \t\r\n", "a \t\r\n", "a\r\n" },
  { "a \t", "a \t\r\n", "a\r\n" },
  { " a", " a\r\n", " a\r\n" },
  { "\t\ta  b\tc", "\t\ta  b\tc\r\n", " a b c\r\n" },
  { "a\r\n \r\n b", "a\r\n \r\n b\r\n", "a\r\n\r\n b\r\n" },
  { "a\r\n \r\n \r\n", "a\r\n \r\n \r\n", "a\r\n" },
  { "a\rb", "a\rb\r\n", "a\rb\r\n" },
  { "a\nb", "a\nb\r\n", "a\nb\r\n" },
  { "a \rb", "a \rb\r\n", "a \rb\r\n" },
  { "a \nb", "a \nb\r\n", "a \nb\r\n" },
  { "a\r", "a\r\r\n", "a\r\r\n" },
  { "a\n", "a\n\r\n", "a\n\r\n" },
  { "a\r\r\n", "a\r\r\n", "a\r\r\n" },
  { "\r", "\r\r\n", "\r\r\n" },
  { "\n", "\n\r\n", "\n\r\n" },
  { " \r", " \r\r\n", " \r\r\n" },
  { "a\r \r\n", "a\r \r\n", "a\r\r\n" },
  { "a\0b\v \f", "a\0b\v \f\r\n", "a\0b\v \f\r\n" },
  { "\255 \254  \128", "\255 \254  \128\r\n", "\255 \254 \128\r\n" },
  { "C \r\nD \t E\r\n\r\n\r\n", "C \r\nD \t E\r\n", "C\r\nD E\r\n" }, -- RFC 6376 §3.4.5
}

-- Each: a field, its relaxed form. The simple form is the field.
local FIELDS = {
  { "A: X\r\n", "a:X\r\n" },
  { "B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n" }, -- RFC 6376 §3.4.5
  { "Subject:\r\n", "subject:\r\n" },
  { "Subject: \t \r\n", "subject:\r\n" },
  { "SUBject:a\r\n", "subject:a\r\n" },
  { "Subject \t :a\r\n", "subject:a\r\n" },
  { "Subject:\r\n a\r\n", "subject:a\r\n" },
  { "Subject: a\r\n \r\n\t b\r\n", "subject:a b\r\n" },
  { "Subject: a\r\n \r\n", "subject:a\r\n" },
  { "Subject: a:b : c\r\n", "subject:a:b : c\r\n" },
  { "Subject: a\rb\nc\r\n", "subject:a\rb\nc\r\n" },
  { "Subject: a \rb \nc\r\n", "subject:a \rb \nc\r\n" },
  { "Subject: \va\f\r\n", "subject:\va\f\r\n" },
  { "Subject: \195\156 \r\n", "subject:\195\156\r\n" },
  { "X_y.Z+9!: 1\r\n", "x_y.z+9!:1\r\n" },
}

-- Texts of every size to past the widest vector, and about the sizes at which the core gathers octets and cuts blocks.
local function lengthy_bodies()
  local random, bodies = corpus.random(5), {}
  local atoms = { "a", "bc", " ", "  ", "\t", " \t", "\r\n", " \r\n", "\r", "\n", "xxxxxxxxxxxxxxxx" }
  for size = 0, 140 do
    bodies[#bodies + 1] = ("x"):rep(size) .. "  y"
    bodies[#bodies + 1] = ("x"):rep(size) .. " "
    bodies[#bodies + 1] = ("x"):rep(size) .. " \r\n" .. ("y"):rep(size) .. "\tz"
    bodies[#bodies + 1] = "x" .. (" "):rep(size) .. "y" .. ("\t "):rep(size) .. "\r\nz" .. ("\t"):rep(size) .. "\ry"
  end
  for _, size in ipairs { 510, 511, 512, 513, 4095, 4096, 4097, 16383, 16384, 16385, 33000 } do
    for _, tail in ipairs { "", " ", "  ", "\t", "\r\n", " \r\n", " a", "\r", " \ra", "\r\n\r\na" } do
      bodies[#bodies + 1] = ("x"):rep(size - 1) .. tail
      bodies[#bodies + 1] = "a " .. ("x"):rep(size - 2) .. tail .. ("y "):rep(40)
    end
  end
  for number = 1, 200 do
    local parts = {}
    for i = 1, random(number) do
      parts[i] = atoms[random(#atoms)]
    end
    bodies[#bodies + 1] = table.concat(parts)
  end
  return bodies
end

for _, scanner in ipairs(SCANNERS) do
  describe("canonicalization with the " .. scanner .. " scanner", function()
    local function body(text, way, piece)
      return core.canonical_body(text, way, piece, scanner)
    end

    it("has the right form of a body", function()
      for _, row in ipairs(BODIES) do
        for i, way in ipairs(WAYS) do
          assert.equal(("%q"):format(row[i + 1]), ("%q"):format(body(row[1], way)), ("%s of %q"):format(way, row[1]))
        end
      end
    end)

    it("has the same form of a body in pieces of any size", function()
      for _, row in ipairs(BODIES) do
        for i, way in ipairs(WAYS) do
          for piece = 1, #row[1] do
            assert.equal(("%q"):format(row[i + 1]), ("%q"):format(body(row[1], way, piece)), ("%s of %q"):format(way, row[1]))
          end
        end
      end
    end)

    it("has the form of a long body that the plain way has, in any pieces", function()
      for _, text in ipairs(lengthy_bodies()) do
        for _, way in ipairs(WAYS) do
          local wanted = canonical.body(text, way)
          for _, piece in ipairs { 0, 1, 7, 33, 4096 } do
            assert.is_true(wanted == body(text, way, piece), ("%s of %q by %d"):format(way, text:sub(1, 300), piece))
          end
        end
      end
    end)

    it("has the right form of a field", function()
      for _, row in ipairs(FIELDS) do
        assert.equal(row[1], core.canonical_field(row[1], "simple", scanner))
        assert.equal(("%q"):format(row[2]), ("%q"):format(core.canonical_field(row[1], "relaxed", scanner)))
      end
    end)

    it("gives a field a line end where it has none", function()
      assert.equal("A: b\r\n", core.canonical_field("A: b", "simple", scanner))
      assert.equal("a:b\r\n", core.canonical_field("A: b ", "relaxed", scanner))
    end)

    it("has the form of a long field that the plain way has", function()
      for _, text in ipairs(lengthy_bodies()) do
        local value = text:gsub("\r\n[ \t]*", "\r\n "):gsub("\r\n $", "")
        local field = "Some-Name: " .. value .. "\r\n"
        assert.equal(canonical.field(field, "relaxed"), core.canonical_field(field, "relaxed", scanner))
      end
      local name = ("Name-"):rep(2000)
      assert.equal(name:lower() .. ":a\r\n", core.canonical_field(name .. ": a\r\n", "relaxed", scanner))
    end)

    it("leaves b= out of the signature field, whatever stands around it, and its last line end", function()
      for _, row in ipairs {
        { "DKIM-Signature: a=x; b=abc\r\n", "DKIM-Signature: a=x; b=", "dkim-signature:a=x; b=" },
        { "DKIM-Signature: a=x; b = a\r\n b c ; c=y \r\n", "DKIM-Signature: a=x; b =; c=y ", "dkim-signature:a=x; b =; c=y" },
        { "DKIM-Signature: b=abc; bh=def;\r\n", "DKIM-Signature: b=; bh=def;", "dkim-signature:b=; bh=def;" },
        { "DKIM-Signature: bh=b=; x=b ;b=abc;\r\n", "DKIM-Signature: bh=b=; x=b ;b=;", "dkim-signature:bh=b=; x=b ;b=;" },
        { "DKIM-Signature: b=", "DKIM-Signature: b=", "dkim-signature:b=" },
        { "DKIM-Signature:\r\n\tb=abc;\r\n\ta=x", "DKIM-Signature:\r\n\tb=;\r\n\ta=x", "dkim-signature:b=; a=x" },
      } do
        assert.equal(row[2], core.canonical_signature(row[1], "simple", scanner))
        assert.equal(row[3], core.canonical_signature(row[1], "relaxed", scanner))
      end
    end)
  end)
end

describe("what the core offers tests", function()
  it("raises on a way or a scanner that there is not", function()
    assert.has_error(function() core.canonical_body("", "nofws") end)
    assert.has_error(function() core.canonical_body("", "simple", 0, "mmx") end)
    assert.has_error(function() core.canonical_signature("Subject: a=b\r\n", "simple") end)
  end)
end)

describe("bh= of a signature", function()
  local loaded = assert(key.generate { type = "ed25519" })

  it("is the SHA-256 of the body's canonical form", function()
    for i, way in ipairs(WAYS) do
      local signer = assert(dkim.signer {
        domain = "example.com", selector = "s1", key = loaded, canonicalization = "relaxed/" .. way, lint = "off",
      })
      for _, row in ipairs(BODIES) do
        local field = assert(signer:sign("From: a@example.com\r\n\r\n" .. row[1], { now = 1 }))
        assert.equal(encode(sha256(row[i + 1])), field:match("bh=([^;]*)"))
      end
    end
  end)
end)
