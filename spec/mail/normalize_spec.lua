local core = require "mailseal_test"
local message = require "mailseal.message"

local function becomes(wanted, text)
  assert.equal(wanted, (message.normalize(text)))
end

describe("message.normalize", function()
  it("leaves a sound message alone", function()
    for _, text in ipairs { "", "\r\n", "a: b\r\n\r\nc\r\n", (("x"):rep(76) .. "\r\n"):rep(500) } do
      local mended, report = message.normalize(text)
      assert.equal(text, mended)
      assert.same({ bare_cr = 0, bare_lf = 0, nul = 0, final_crlf = false }, report)
    end
  end)

  it("makes CRLF of a bare LF and of a bare CR", function()
    becomes("a\r\nb\r\n", "a\nb\n")
    becomes("a\r\nb\r\n", "a\rb\r")
    becomes("a\r\n\r\nb\r\n", "a\n\nb\r\n")
    becomes("a\r\n\r\nb\r\n", "a\r\rb\r\n")
    becomes("\r\na\r\n", "\na\r\n")
  end)

  it("takes CRs before an LF for one line end", function()
    becomes("a\r\nb\r\n", "a\r\r\nb\r\r\r\n")
  end)

  it("drops NULs, between CR and LF too", function()
    becomes("ab\r\nc\r\n", "a\0b\r\0\nc\r\n\0")
  end)

  it("ends the last line", function()
    becomes("a\r\n", "a")
    becomes("a\r\nb\r\n", "a\r\nb")
    assert.is_true(select(2, message.normalize("a")).final_crlf)
    assert.is_false(select(2, message.normalize("a\r")).final_crlf)
  end)

  it("does not fold long lines nor invent fields", function()
    local long = ("x"):rep(5000) .. "\r\n"
    becomes(long, long)
  end)

  it("counts what it mended", function()
    local _, report = message.normalize("a\rb\nc\0\r\r\nd")
    assert.same({ bare_cr = 2, bare_lf = 1, nul = 1, final_crlf = true }, report)
  end)

  it("gives the same whatever the scanner and the pieces, and leaves nothing to mend", function()
    local parts = { "a", "\r", "\n", "\r\n", "\0", ("b"):rep(76) .. "\r\n", ("c"):rep(130) .. "\r\n", ("d"):rep(300), "\r\n\r" }
    local seed = 3
    for _ = 1, 80 do
      local list = {}
      for i = 1, 60 do
        seed = (seed * 16807) % 2147483647
        local sum = seed % 100
        list[i] = sum < 80 and parts[6 + sum % 2] or parts[seed % #parts + 1]
      end
      local text = table.concat(list)
      local wanted = core.normalize(text, 1, "portable")
      -- The slow way to the same: NULs out, runs of CR before LF in one, each end of line a CRLF, one at the end.
      local slow = text:gsub("%z", ""):gsub("\r+\n", "\n"):gsub("\r", "\n")
      slow = (slow:sub(-1) == "\n" and slow or slow .. "\n"):gsub("\n", "\r\n")
      assert.equal(slow, wanted)
      for _, scanner in ipairs { "portable", "sse2", "avx2" } do
        for _, piece in ipairs { 0, 1, 2, 255, 256, 257 } do
          local known, mended = pcall(core.normalize, text, piece, scanner)
          if known then
            assert.equal(wanted, mended)
          end
        end
      end
      assert.equal(wanted, (message.normalize(wanted)))
      for _, finding in ipairs(message.lint(wanted)) do
        assert.is_nil(finding.code:match("^bare") or finding.code:match("nul") or finding.code:match("final"))
      end
    end
  end)
end)
