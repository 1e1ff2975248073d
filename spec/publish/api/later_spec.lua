local later = require "mailseal.publish.api.later"

local NOW = 1800000000

describe("when to ask a server again", function()
  it("is told as a date of HTTP", function()
    assert.equal(784111777, later.date "Sun, 06 Nov 1994 08:49:37 GMT")
    assert.equal(0, later.date "Thu, 01 Jan 1970 00:00:00 GMT")
    assert.equal(1835438400, later.date "Tue, 29 Feb 2028 12:00:00 GMT")
    assert.equal(951782400, later.date "Tue, 29 Feb 2000 00:00:00 GMT")
    assert.equal(4107542400, later.date "Mon, 01 Mar 2100 00:00:00 GMT")
    for _, text in ipairs { "", "soon", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37" } do
      assert.is_nil(later.date(text), text)
    end
  end)

  it("is told as seconds from now, or since 1970, and never believed to be past, or more than a day away", function()
    assert.equal(NOW + 30, later.moment(30, NOW))
    assert.equal(NOW + 30, later.moment("29.5", NOW))
    assert.equal(NOW + 77, later.moment(NOW + 77, NOW))
    assert.equal(NOW + 1, later.moment(0, NOW))
    assert.equal(NOW + 1, later.moment(NOW - 100, NOW))
    assert.equal(NOW + 86400, later.moment("99999999", NOW))
    assert.equal(NOW + 86400, later.moment(1e300, NOW))
    for _, text in ipairs { "", "x", "-1", "nan" } do assert.is_nil(later.moment(text, NOW), text) end
    assert.is_nil(later.moment(nil, NOW))
    assert.is_nil(later.moment(0 / 0, NOW))
  end)

  it("is told by the fields of an answer", function()
    local function of(headers) return later.of_headers(headers, NOW) end
    assert.is_nil(of {})
    assert.equal(NOW + 12, of { ["retry-after"] = "12", ["ratelimit-reset"] = "50" })
    assert.equal(784111777 + 90, later.of_headers({ ["retry-after"] = "Sun, 06 Nov 1994 08:51:07 GMT" }, 784111777))
    assert.equal(NOW + 50, of { ["retry-after"] = "soon", ["ratelimit-reset"] = tostring(NOW + 50) })
    assert.equal(NOW + 9, of { ["x-ratelimit-reset"] = "9" })
    assert.equal(NOW + 31, of { ratelimit = '"default";r=0;t=31' })
    assert.is_nil(of { ratelimit = '"default";r=0' })
  end)
end)
