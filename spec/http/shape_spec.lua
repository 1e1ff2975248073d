--- Shapes of what is sent.
local decode = require "mailseal.json.reader"
local shape = require "mailseal.http.shape"

describe("a shape", function()
  local function problem(of, value)
    local read, message, code = shape.read(of, value)
    assert.same({ nil, "bad_body" }, { read, code })
    return message
  end

  local function reads(of, value) return assert.same(value, (shape.read(of, value))) end

  it("of a text, a number, a flag, a word takes such", function()
    reads(shape.text(), "")
    reads(shape.text(3), "abc")
    reads(shape.count(0, 10), 10)
    reads(shape.moment(), 1800000000)
    reads(shape.flag(), false)
    reads(shape.one_of { "a", "b" }, "b")
  end)

  it("of a setting takes a whole number for the text of it", function()
    assert.equal("53", (shape.read(shape.setting(3), 53)))
    assert.equal("9007199254740992", (shape.read(shape.setting(3), 2 ^ 53)))
    reads(shape.setting(3), "")
    for _, value in ipairs { 1.5, -1, 1 / 0, "abcd", true, decode.null } do
      assert.equal("body must be a text of at most 3 octets, or a whole number", problem(shape.setting(3), value))
    end
  end)

  it("refuses all else, and says what it must be", function()
    for message, one in pairs {
      ["body must be a text"] = { shape.text(), 1 }, ["body must be a text of at most 3 octets"] = { shape.text(3), "abcd" },
      ["body must be a whole number from 1 to 9"] = { shape.count(1, 9), 1.5 },
      ["body must be a whole number, 0 or more"] = { shape.moment(), "12" }, ["body must be true or false"] = { shape.flag(), "true" },
      ["body must be a, b or c"] = { shape.one_of { "a", "b", "c" }, "d" },
      ["body must be a list of at most 2"] = { shape.list(shape.text(), 2), { "a", "b", "c" } },
      ["body must be a list of 1 to 2"] = { shape.list(shape.text(), 2, 1), {} },
      ["body must be a text, or a list of at most 2"] = { shape.either(shape.text(), shape.list(shape.text(), 2)), 4 },
      ["body must be an object of at most 100 members"] = { shape.map(shape.text()), { "a" } },
      ["body must be an object"] = { shape.object {}, "a" },
    } do
      assert.equal(message, problem(one[1], one[2]))
    end
    assert.equal("body must be a text, and has a NUL in it", problem(shape.text(), "a\0b"))
    assert.equal("body must be a text", problem(shape.text(), decode.null))
  end)

  local of_domain = shape.object({
    domain = shape.text(), vars = shape.map(shape.either(shape.text(), shape.list(shape.text(), 3))), limit = shape.count(1, 9),
  }, { "domain" })

  it("of an object takes its members, and drops null", function()
    assert.same({ domain = "a", vars = { tokens = { "x" } } },
      (shape.read(of_domain, { domain = "a", vars = { tokens = { "x" }, region = decode.null }, limit = decode.null })))
  end)

  it("tells what is wrong by its place", function()
    assert.equal("body.vars.region must be a text, or a list of at most 3", problem(of_domain, { domain = "a", vars = { region = 1 } }))
    assert.equal("body.vars.tokens[1] must be a text", problem(of_domain, { domain = "a", vars = { tokens = { "x", false } } }))
    assert.equal("body.domain is missing: a text is wanted", problem(of_domain, { domain = decode.null }))
  end)

  it("tells the nearest of the names that there are, or all", function()
    assert.equal('body has no "domian": do you mean "domain"?', problem(of_domain, { domian = "a" }))
    assert.equal('body has no "colour": there are domain, limit, vars', problem(of_domain, { colour = "a" }))
    assert.equal('body has no "a": it has none at all', problem(shape.object {}, { a = 1 }))
    assert.equal(('body has no "\\027%s": there are domain, limit, vars'):format(("x"):rep(59)), problem(of_domain, {
      ["\27" .. ("x"):rep(500)] = 1,
    }))
  end)

  it("has bounds on what others name", function()
    local many = {}
    for i = 1, 101 do many["v" .. i] = "a" end
    assert.equal("body must be an object of at most 100 members", problem(shape.map(shape.text()), many))
  end)
end)

describe("the shapes of a query", function()
  local fields = {
    limit = shape.count(1, 500), only = shape.list(shape.one_of { "spf", "mx" }, 2), all = shape.flag(), name = shape.text(5),
  }

  local function problem(given)
    local read, message, code = shape.query(fields, given)
    assert.same({ nil, "bad_query" }, { read, code })
    return message
  end

  it("make values of its texts", function()
    assert.same({ limit = 12, only = { "spf", "mx" }, all = true, name = "12" },
      (shape.query(fields, { limit = { "12" }, only = { "spf", "mx" }, all = { "true" }, name = { "12" } })))
    assert.same({}, (shape.query(fields, {})))
  end)

  it("refuse what is none, what is unknown, and what is given more than once", function()
    assert.equal("query.limit must be a whole number from 1 to 500", problem { limit = { "0x10" } })
    assert.equal("query.limit must be a whole number from 1 to 500", problem { limit = { "1e2" } })
    assert.equal("query.limit must be a whole number from 1 to 500", problem { limit = { ("9"):rep(400) } })
    assert.equal("query.all must be true or false", problem { all = { "yes" } })
    assert.equal("query.only must be spf or mx", problem { only = { "spf", "xm" } })
    assert.equal("query.only must be a list of at most 2", problem { only = { "spf", "mx", "mx" } })
    assert.equal("query.limit is given more than once", problem { limit = { "1", "1" } })
    assert.equal('query has no "limt": do you mean "limit"?', problem { limt = { "1" } })
  end)
end)
