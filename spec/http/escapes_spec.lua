--- Percent-encoding, and queries.
local escapes = require "mailseal.http.escapes"

describe("percent-encoding", function()
  it("is undone", function()
    assert.equal("a b/ü%", escapes.decode "a%20b%2F%C3%BC%25")
    assert.equal("a+b", escapes.decode "a+b")
  end)

  it("is made, and comes back", function()
    assert.equal("a%20b%2F%C3%BC~-._", escapes.encode "a b/ü~-._")
    for _, text in ipairs { "", "a&b=c", "100 %", "\226\128\174" } do assert.equal(text, escapes.decode(escapes.encode(text))) end
  end)

  it("is refused where it is none, or stands for what is no text", function()
    for text, message in pairs {
      ["%"] = "has a % that no two hexadecimal digits follow", ["%4"] = "has a % that no two hexadecimal digits follow",
      ["%zz"] = "has a % that no two hexadecimal digits follow", ["%%41"] = "has a % that no two hexadecimal digits follow",
      ["%00"] = "has a control character in it", ["%0d%0a"] = "has a control character in it", ["%7f"] = "has a control character in it",
      ["%ff"] = "is not in UTF-8", ["%c0%af"] = "is not in UTF-8", ["%ed%a0%80"] = "is not in UTF-8",
    } do
      assert.same({ nil, message }, { escapes.decode(text) }, text)
    end
  end)
end)

describe("a query", function()
  local function problem(text)
    local given, message, code = escapes.query(text)
    assert.same({ nil, "bad_query" }, { given, code })
    return message
  end

  it("is taken apart", function()
    assert.same({}, (escapes.query ""))
    assert.same({ a = { "1", "2" }, ["b c"] = { "d e" }, f = { "" }, g = { "", "=h" } }, (escapes.query "a=1&a=2&b+c=d%20e&f&&g=&g==h"))
  end)

  it("is refused where something of it is none, or it is too long", function()
    assert.equal("query.a has a % that no two hexadecimal digits follow", problem "a=%")
    assert.equal("the query has a name that is not in UTF-8", problem "%ff=1")
    assert.equal("the query has a name that is empty", problem "=1")
    assert.equal("the query has more than 100 values", problem(("a=1&"):rep(101)))
    assert.equal("the query is longer than 8192 octets", problem("a=" .. ("b"):rep(8192)))
  end)
end)
