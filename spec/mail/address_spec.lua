local linear = require "spec.support.linear"
local message = require "mailseal.message"

local function domains(value)
  local found, text, code = message.author_domains("Subject: x\r\nFrom: " .. value .. "\r\n\r\nbody\r\n")
  if not found then
    assert.is_string(text)
    return code
  end
  return table.concat(found, " ")
end

describe("message.author_domains", function()
  it("reads the usual forms", function()
    for value, wanted in pairs {
      ["a@example.com"] = "example.com",
      ["<a@example.com>"] = "example.com",
      ["A <a@Example.COM>"] = "example.com",
      ["John Q. Public <a@example.com>"] = "example.com",
      ["\"Public, John <x@evil.example>\" <a@example.com>"] = "example.com",
      ["\"a\\\"b\" <\"c d\"@example.com>"] = "example.com",
      ["=?utf-8?Q?J=C3=BCrgen?= <j@example.com>"] = "example.com",
      ["[List] name <a@example.com>"] = "example.com",
      ["a@example.com (John (the (Great)) x@evil.example)"] = "example.com",
      ["A\r\n <a@example.com>"] = "example.com",
      ["a@example.com, b@example.com"] = "example.com",
      ["a.b+c=d/e@example.com"] = "example.com",
    } do
      assert.equal(wanted, domains(value), value)
    end
  end)

  it("reads UTF-8 and gives A-labels (RFC 6532)", function()
    assert.equal("xn--bcher-kva.example", domains("Jürgen <jürgen@BÜCHER.example>"))
    assert.equal("xn--bcher-kva.example", domains("a@bücher.example, b@xn--bcher-kva.example"))
  end)

  it("reads groups (RFC 6854)", function()
    assert.equal("a.example b.example", domains("Team: x@a.example, Y <y@b.example>;"))
    assert.equal("a.example b.example", domains("Team: x@a.example;, y@b.example"))
    assert.equal("no_author", domains("Undisclosed:;"))
    assert.equal("no_author", domains("Undisclosed: (nobody) ; (at all)"))
    assert.equal("malformed_from", domains("Team: x@a.example"))
    assert.equal("malformed_from", domains("A: B: x@a.example;;"))
  end)

  it("reads obsolete forms (RFC 5322 section 4.4)", function()
    assert.equal("example.com", domains("a . b @ example (c) . com"))
    assert.equal("example.com", domains("<@r.example,@s.example:a@example.com>"))
    assert.equal("example.com", domains(", a@example.com,,"))
  end)

  it("lists several domains in order, sixteen at most", function()
    assert.equal("b.example a.example", domains("x@b.example, y@a.example, z@B.example"))
    local list = {}
    for i = 1, 16 do
      list[i] = ("a@d%d.example"):format(i)
    end
    local found = message.author_domains("From: " .. table.concat(list, ",") .. "\r\n\r\n")
    assert.equal(16, #found)
    assert.is_false(found.more)
    list[17] = "a@d17.example"
    found = message.author_domains("From: " .. table.concat(list, ",") .. "\r\n\r\n")
    assert.equal(16, #found)
    assert.is_true(found.more)
  end)

  it("finds no author where there is none", function()
    assert.equal("no_author", domains(""))
    assert.equal("no_author", domains(" (comment)"))
    assert.equal("no_author", select(3, message.author_domains("Subject: x\r\n\r\nFrom: a@b.example\r\n")))
    assert.equal("no_author", select(3, message.author_domains("")))
  end)

  it("calls malformed whatever could be read in two ways", function()
    for _, value in ipairs {
      "user@d>", "<user@d", "user", "user@", "@d", "<>", "<@d>", "a@b@c", "a@evil.example <b@good.example>",
      "<a@b.example> <c@d.example>",
      "a@b.example c@d.example", "a@[192.0.2.1]", "a@b..c", "a@.b", "a@b.", "a..b@c", ".a@c", "a b@c", "\"a@b.example", "a@b.example (x",
      "a@b.example)", "a@b;c", "a@b,c", "A, B <a@b.example>", "a@b_\0c", "a@b\rc", "a@b\nc", "a@b\127", "a@b\255.example",
      "a\\b@c", "\"a\"b@c.example",
      "a@b!c", "a@" .. ("x"):rep(64), "a@b:c", "[x@evil.example] <a@b.example>", "a\1@b.example", "a@\226\128\139b.example",
    } do
      assert.equal("malformed_from", domains(value), value)
    end
  end)

  it("counts every From field that some reader would see", function()
    local from = "From: a@example.com\r\n"
    for _, other in ipairs {
      "From: b@evil.example\r\n", "FROM:b@evil.example\r\n", "From : b@evil.example\r\n", "From\t: b@evil.example\r\n",
      "From\r\n : b@evil.example\r\n", "Fr\r\n om: b@evil.example\r\n", "From\0: b@evil.example\r\n",
      "Subject: x\nFrom: b@evil.example\r\n",
      "Subject: x\rfrom: b@evil.example\r\n", "Subject: x\0From: b@evil.example\r\n", "Subject: x\r\n\nFrom : b@evil.example\r\n",
      "\nFrom: b@evil.example\r\n", " From: b@evil.example\r\n",
    } do
      assert.equal("multiple_from", select(3, message.author_domains(other .. from .. "\r\n")), other)
    end
    for _, other in ipairs {
      "X-From: b@x\r\n", "Subject: From: b@x\r\n", "Subject: x\r\n From: b@x\r\n",
      "From-X: y\r\n", "Fromm: y\r\n",
    } do
      assert.same({ "example.com", more = false }, message.author_domains(from .. other .. "\r\n"))
    end
  end)

  it("trusts no single From field that hides", function()
    assert.equal("malformed_from", select(3, message.author_domains("From\r\n : a@example.com\r\n\r\n")))
    assert.equal("malformed_from", select(3, message.author_domains("Subject: x\nFrom: a@example.com\r\n\r\n")))
    assert.same({ "example.com", more = false }, message.author_domains("From : a@example.com\r\n\r\n"))
  end)

  it("takes linear time", function()
    local function code(text)
      return select(3, message.author_domains(text))
    end
    local attacks = {
      function(n) assert.equal("malformed_from", domains(("("):rep(n))) end,
      function(n) assert.equal("example.com", domains(("("):rep(n) .. (")"):rep(n) .. "a@example.com")) end,
      function(n) assert.equal("malformed_from", domains(("a@b.example,"):rep(n / 10) .. "x")) end,
      function(n) assert.equal("malformed_from", domains(("a."):rep(n) .. "@")) end,
      function(n) assert.equal("no_author", code("X: " .. ("\n"):rep(n) .. "\r\n\r\n")) end,
      function(n) assert.equal("no_author", code("X: " .. ("\nf"):rep(n) .. "\r\n\r\n")) end,
      function(n) assert.equal("no_author", code("X: " .. ("\nfrom "):rep(n) .. "\r\n\r\n")) end,
      function(n) assert.equal("multiple_from", code(("From: a@b.example\r\n"):rep(n / 10) .. "\r\n")) end,
    }
    for i, attack in ipairs(attacks) do
      assert.is_true(linear(attack, 100000), i)
    end
  end)
end)
