--- Times, numbers and lists in plain English.
local link = require "mailseal.web.link"
local words = require "mailseal.web.words"

local NOW = 1795356130 -- 22 November 2026, 14:02:10 UTC

describe("Words", function()
  it("count things", function()
    assert.equal("no records", words.count(0, "record"))
    assert.equal("1 record", words.count(1, "record"))
    assert.equal("2 records", words.count(2, "record"))
    assert.equal("1,234,567 pennies", words.count(1234567, "penny", "pennies"))
  end)

  it("tell rates as finely as they matter", function()
    assert.equal("0 %", words.rate(0))
    assert.equal("under 0.01 %", words.rate(0.00001))
    assert.equal("0.03 %", words.rate(0.0003))
    assert.equal("0.1 %", words.rate(0.001))
    assert.equal("4.2 %", words.rate(0.0421))
    assert.equal("5 %", words.rate(0.05))
    assert.equal("43 %", words.rate(0.4321))
    assert.equal("100 %", words.rate(1))
  end)

  it("put a list into a sentence", function()
    assert.same({ "", "a", "a and b", "a, b and c", "a or b" },
      { words.list {}, words.list { "a" }, words.list { "a", "b" }, words.list { "a", "b", "c" }, words.list({ "a", "b" }, "or") })
  end)

  it("tell a moment by its time alone, where it is today", function()
    assert.equal("14:05 UTC", words.moment(NOW + 170, NOW))
    assert.equal("3 Nov, 09:05 UTC", words.moment(NOW - 19 * 86400 - 4 * 3600 - 3420, NOW))
    assert.equal("23 Nov, 00:00 UTC", words.moment(1795392000, NOW))
    assert.equal("22 Nov 2025, 14:02 UTC", words.moment(NOW - 365 * 86400, NOW))
    assert.equal("22 November 2026", words.day(NOW))
    assert.equal("2026-11-22T14:02:10Z", words.iso(NOW + 0.9))
  end)

  it("tell how long something lasts", function()
    assert.equal("30 seconds", words.span(30))
    assert.equal("1 minute", words.span(60))
    assert.equal("90 seconds", words.span(90))
    assert.equal("20 minutes", words.span(1200))
    assert.equal("48 hours", words.span(48 * 3600))
    assert.equal("7 days", words.span(7 * 86400))
  end)
end)

describe("An address of the page", function()
  it("is below the path that the page is mounted at", function()
    assert.equal("/", link.to "/")
    assert.equal("/domains/example.com/verify", link.to("/", "domains", "example.com", "verify"))
    assert.equal("/mail-domains/domains", link.to("/mail-domains/", "domains"))
  end)

  it("has what stands in it as it cannot be taken for anything else", function()
    assert.equal("/domains/..%2F%3Fa%23%C3%BC%22%3C%00", link.to("/", "domains", '../?a#ü"<\0'))
    assert.equal("/?q=a%26b%3D%25&after=x", link.query("/", { { "status", nil }, { "q", "a&b=%" }, { "empty", "" }, { "after", "x" } }))
    assert.equal("/", link.query("/", {}))
  end)
end)
