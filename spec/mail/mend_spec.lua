--- What a relay may have done to a body, undone (csrc/mail/mend.h).
local core = require "mailseal.core".mail
local linear = require "spec.support.linear"

local number = {}
for place, name in ipairs(core.mendings()) do
  number[name] = place
end

local function mend(name, body)
  return core.mend(body, assert(number[name], name))
end

local long = ("x"):rep(960)

local cases = {
  trailing_space = {
    { "a \r\nb\t \r\n \r\nc", "a\r\nb\r\n\r\nc" },
    { " a  b\r\n", " a  b\r\n" },
    { "a \nb \r\n", "a \nb\r\n" },
  },
  separator = {
    { "text\r\n--\r\nname\r\n", "text\r\n-- \r\nname\r\n" },
    { "--\r\n--", "-- \r\n-- " },
    { "---\r\n -- \r\n-- \r\n", "---\r\n -- \r\n-- \r\n" },
  },
  expanded_tabs = {
    { "        a\r\n                b        c\r\n", "\ta\r\n\t\tb        c\r\n" },
    { "       a\r\n", "       a\r\n" },
  },
  folded_spaces = {
    { "\ta\r\nab\tc\t\td\r\n", "        a\r\nab      c               d\r\n" },
    { "12345678\ta\r\n", "12345678        a\r\n" },
  },
  lines_above = {
    { "\r\n\r\na\r\n\r\nb", "a\r\n\r\nb" },
    { "\n\r\na", "\n\r\na" },
  },
  line_lost = { { "a\r\n", "\r\na\r\n" }, { "", "\r\n" } },
  lines_doubled = {
    { "a\r\n\r\nb\r\n\r\nc\r\n", "a\r\nb\r\nc\r\n" },
    { "a\r\n\r\n\r\n\r\nb", "a\r\n\r\nb" },
    { "a\r\n\r\nb\r\nc\r\n", "a\r\n\r\nb\r\nc\r\n" },
  },
  wrapped = {
    { long .. "\r\n " .. long .. "\r\n rest\r\n next\r\n", long .. long .. "rest\r\n next\r\n" },
    { long .. "\r\nrest\r\n", long .. "\r\nrest\r\n" },
    { "short\r\n rest\r\n", "short\r\n rest\r\n" },
    { long, long },
  },
  wrapped_with_bang = {
    { long .. "!\r\n rest!\r\nnext\r\n", long .. "rest!\r\nnext\r\n" },
    { long .. "!\r\nrest", long .. "rest" },
    { long .. "!", long .. "!" },
    { long .. "\r\n rest", long .. "\r\n rest" },
  },
  from_lines = {
    { ">From here\r\n>>From\r\n>from\r\nsaid >From \r\n", "From here\r\n>>From\r\n>from\r\nsaid >From \r\n" },
  },
  dots = { { "..\r\n...a\r\n.b\r\nc..", ".\r\n..a\r\n.b\r\nc.." } },
  quoted_printable = {
    { "caf=C3=A9 =3d 1=20\r\nsoft=\r\n end= \r\n.\r\nspace  \r\n", "café = 1 \r\nsoft end.\r\nspace\r\n" },
    { "=C =zz ==41 =", "=C =zz =A " },
    { "end=\r\n", "end" },
  },
  base64 = {
    { "SGVsbG8N\r\nCmNhZsOpDQo=\r\n", "Hello\r\ncafé\r\n" },
    { "Hello!\r\n", "Hello!\r\n" },
  },
  bare_lf = { { "a\r\n\r\nb\nc\rd\r\n", "a\n\nb\nc\rd\n" }, { "a", "a" } },
}

describe("a mending", function()
  for name, list in pairs(cases) do
    it("of " .. name .. " undoes that, and nothing else", function()
      for _, case in ipairs(list) do
        assert.equal(case[2], mend(name, case[1]))
      end
    end)
  end

  it("is tested, whichever there is", function()
    for _, name in ipairs(core.mendings()) do
      assert.is_table(cases[name], name)
      assert.equal(name == "line_lost" and "\r\n" or "", mend(name, ""))
    end
  end)

  it("takes time linear in the body's size, whatever stands there", function()
    for _, name in ipairs(core.mendings()) do
      for _, piece in ipairs { " ", "\t", "\r\n", "\n", "\r", "a\r\n", ".", "=", "=4", "A===\r\n", ("x"):rep(950) .. "!\r\n ", ">From " } do
        local copies = math.ceil(200000 / #piece)
        assert.is_true(linear(function(size)
          mend(name, piece:rep(size))
        end, copies), name .. (" %q"):format(piece:sub(-5)))
      end
    end
  end)
end)
