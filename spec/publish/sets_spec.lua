local sets = require "mailseal.publish.sets"

describe("a value that somebody else spells", function()
  -- Type, as it comes, as it is kept (nil: it is no such value).
  for _, case in ipairs {
    { "TXT", '"a b" "c"', '"a b" "c"' }, { "TXT", "  abc", '"abc"' }, { "TXT", '"\\"q\\\\ \\195\\101"', '"\\"q\\\\ \\195e"' },
    { "TXT", '""', '""' }, { "TXT", '"' .. ("x"):rep(300) .. '"', ('"%s" "%s"'):format(("x"):rep(255), ("x"):rep(45)) },
    { "TXT", '"x' }, { "TXT", "" },
    { "CNAME", "Foo.Example.com", "foo.example.com." }, { "CNAME", "foo.", "foo." }, { "NS", ".", "." },
    { "MX", "10  Mx.example.com", "10 mx.example.com." }, { "MX", "10" }, { "SRV", "0 5 25 A.b.", "0 5 25 a.b." },
    { "CAA", "0 Issue letsencrypt.org", '0 issue "letsencrypt.org"' }, { "AAAA", "2001:DB8::1", "2001:db8::1" },
    { "TLSA", " 3 1 1 ABCD ", "3 1 1 ABCD" },
  } do
    it(("%s %s is kept in the one spelling"):format(case[1], case[2]:sub(1, 30)), function()
      assert.equal(case[3], sets.spelled(case[1], case[2]))
      if case[3] then assert.equal(case[3], sets.spelled(case[1], case[3])) end
    end)
  end
end)

describe("the text of a TXT record's value", function()
  it("is what it says, wherever octets are escaped one behind the other", function()
    for _, text in ipairs { "", "a", "\195\164\195\182", "\0001", '"\\"', "\\195", ("x\255"):rep(200) } do
      assert.equal(text, sets.joined(sets.text(text)))
    end
    assert.equal("\195\1641", sets.joined '"\\195\\1641"')
    assert.equal("9999", sets.joined '"\\9999"') -- no octet
    assert.equal("a 12 .12 -12 +12", sets.joined '"a\\ 12 \\.12 \\-12 \\+12"') -- one that escapes itself, and digits behind it
  end)
end)

describe("the set that an answer of DNS holds", function()
  -- Type, the record's fields, the value.
  for _, case in ipairs {
    { "MX", { preference = 0, exchange = "." }, "0 ." }, { "MX", { preference = 10, exchange = "mx.a" }, "10 mx.a." },
    { "PTR", { target = "a.b" }, "a.b." }, { "SRV", { priority = 0, weight = 1, port = 2, target = "." }, "0 1 2 ." },
    { "TLSA", { usage = 3, selector = 1, matching_type = 1, data = "abcd" }, "3 1 1 abcd" },
    { "DS", { key_tag = 1, algorithm = 13, digest_type = 2, digest = "ab" }, "1 13 2 ab" },
    { "HTTPS", { data = "\0\1\0" }, "\\# 3 000100" }, { "TYPE65280", { data = "" }, "\\# 0" },
  } do
    it(("has %s as %s, which can be written again"):format(case[1], case[3]), function()
      case[2].ttl = 60
      local set = sets.of_records("a", case[1], { case[2] })
      assert.same({ name = "a", type = case[1], ttl = 60, values = { case[3] } }, set)
      assert.is_string(sets.octets(case[1], case[3]))
    end)
  end
end)

describe("two sets", function()
  local function text(...) return { name = "a", type = "TXT", ttl = 60, values = { ... } } end

  it("say the same, however their texts are cut, in whatever order", function()
    assert.is_true(sets.say_the_same(text('"ab" "c"', '"d"'), text('"d"', '"abc"')))
    assert.is_false(sets.same(text '"ab" "c"', text '"abc"'))
    assert.is_false(sets.say_the_same(text '"ab"', text '"abc"'))
    assert.is_false(sets.say_the_same(text('"a"', '"a"'), text '"a"'))
    assert.is_true(sets.say_the_same(nil, nil))
    assert.is_false(sets.say_the_same(nil, text '"a"'))
    local one, other = { type = "MX", values = { "10 a." } }, { type = "MX", values = { "20 a." } }
    assert.is_true(sets.say_the_same(one, one))
    assert.is_false(sets.say_the_same(one, other))
  end)
end)
