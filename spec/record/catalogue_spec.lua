local catalogue = require "spec.support.catalogue"
local record = require "mailseal.record"

-- What a lint of a text says stands in these sections; "{}" is the piece found.
local lints = {}
for _, code in ipairs(catalogue.codes("^pasted$", "^tags$", "^dkim$", "^spf$", "^dmarc$", "^bimi$", "^mta_sts$", "^tls_rpt$")) do
  lints[code] = true
end

-- Without the macros of SPF, whose braces are meant.
local function without_macros(text)
  return (text:gsub("%%{%a}", ""))
end

local function count(text, pattern)
  return select(2, text:gsub(pattern, ""))
end

describe("the catalogue of findings", function()
  it("has codes of lower-case words, whose name in C is the same", function()
    local names = 0
    for line in io.lines("csrc/record/findings.def") do
      local name, code = line:match('^FINDING%(([%u%d_]+), "([%l%d_]+)", MS_%u+,$')
      if name then
        assert.equal(code, name:lower())
        names = names + 1
      end
    end
    assert.equal(#record.kinds(), names)
  end)

  it("has one sentence of cause and one of cure", function()
    for _, kind in ipairs(record.kinds()) do
      assert.matches("%.$", kind.cause, kind.code)
      assert.matches("^[%u{]", (kind.cause:gsub("^%l+[=:]", "P")), kind.code)
      assert.matches("^%u", kind.fix, kind.code)
      for _, text in ipairs { kind.cause, kind.fix } do
        assert.is_nil(text:find("[.!?] %u"), kind.code .. ": " .. text)
        assert.is_nil(text:find("  ", 1, true) or text:find("^ ") or text:find(" $") or text:find("[%c\127]"), kind.code .. ": " .. text)
        assert.is_nil(text:lower():find("please") or text:find("!$"), kind.code)
      end
    end
  end)

  it("says nothing twice", function()
    local causes = {}
    for _, kind in ipairs(record.kinds()) do
      assert.is_nil(causes[kind.cause], kind.code)
      causes[kind.cause] = kind.code
    end
  end)

  it("puts into what a lint says the piece found, once, and nothing else", function()
    for _, kind in ipairs(record.kinds()) do
      if lints[kind.code] then
        assert.is_true(count(without_macros(kind.cause), "{}") <= 1, kind.code)
        assert.equal(count(without_macros(kind.cause), "{}"), count(without_macros(kind.cause), "[{}]") / 2, kind.code)
        assert.is_nil(without_macros(kind.fix):find("[{}]"), kind.code)
        assert.not_equal("pending", kind.severity, kind.code) -- a text is there
      end
    end
  end)

  it("puts fields that have names into what a check says", function()
    for _, kind in ipairs(record.kinds()) do
      if not lints[kind.code] then
        for _, text in ipairs { kind.cause, kind.fix } do
          assert.equal(count(text, "{[%l_]+}"), count(text, "{"), kind.code)
          assert.equal(count(text, "{[%l_]+}"), count(text, "}"), kind.code)
        end
      end
    end
  end)
end)
