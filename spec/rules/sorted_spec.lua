local sorted = require "mailseal.rules.sorted"

describe("sorted names", function()
  it("are those of a table, in one order", function()
    assert.same({ "a", "b", "c", "d" }, sorted.names { c = false, a = 1, d = {}, b = "" })
    assert.same({}, sorted.names {})
    assert.same({}, sorted.names(nil))
  end)

  it("are texts, also where somebody's table has others", function()
    assert.same({ "1", "2", "x" }, sorted.names { "one", "two", x = true })
  end)

  it("are not a metatable's to tell", function()
    local asked = false
    local function tell() asked = true; return next, { b = 1 } end
    assert.same({ "a" }, sorted.names(setmetatable({ a = 1 }, { __pairs = tell })))
    assert.is_false(asked)
  end)
end)
