local fields = require "mailseal.onboard.fields"

describe("fields that are joined", function()
  it("are those of both tables, and the second's count where both have one", function()
    assert.same({ a = 1, b = 3, c = 4 }, fields.joined({ a = 1, b = 2 }, { b = 3, c = 4 }))
    assert.same({ a = false }, fields.joined({ a = true }, { a = false }))
  end)

  it("leave both tables as they were", function()
    local first, second = { a = 1 }, { b = 2 }
    local all = fields.joined(first, second)
    all.a, all.c = 5, 6
    assert.same({ { a = 1 }, { b = 2 } }, { first, second })
    assert.not_equal(first, fields.joined(first))
  end)

  it("are joined within as well, of what is a table in both", function()
    local first = { web = { a = 1, b = 2 }, other = { c = 1 } }
    local all = fields.joined_within(first, { web = { b = 3 }, more = { d = 4 } })
    assert.same({ web = { a = 1, b = 3 }, other = { c = 1 }, more = { d = 4 } }, all)
    assert.same({ a = 1, b = 2 }, first.web)
    assert.same({ web = { b = 3 } }, fields.joined_within(nil, { web = { b = 3 } }))
  end)

  it("are none where there is no table", function()
    assert.same({}, fields.joined())
    assert.same({ b = 2 }, fields.joined(nil, { b = 2 }))
  end)
end)
