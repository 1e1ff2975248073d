--- Reading JSON that strangers send.
local decode = require "mailseal.json.reader"
local linear = require "spec.support.linear"

describe("JSON that strangers send", function()
  local function read(text) return (assert(decode.decode(text))) end

  local function problem(text)
    local value, message, code = decode.decode(text)
    assert.same({ nil, "bad_json" }, { value, code })
    return message
  end

  it("is read as RFC 8259 has it", function()
    assert.same({ a = { 1, 2.5, -3e2, 0, -0.5 }, b = { c = { d = true, e = false } }, [""] = "" },
      read ' {"a":[1,2.5,-3e2, 0,-0.5], "b": {"c":{"d":true,"e" :false}},\r\n\t"":""} ')
    assert.equal(decode.null, read '[null]'[1])
    for text, value in pairs { ['"a"'] = "a", ["12"] = 12, ["true"] = true, ["1E2"] = 100, ["9007199254740991"] = 9007199254740991 } do
      assert.equal(value, read(text))
    end
    assert.same({ {}, {} }, read "[{},[]]")
    assert.is_false(decode.decode "false")
  end)

  it("has its escapes undone", function()
    assert.equal('"\\/\b\f\n\r\t', read [["\"\\\/\b\f\n\r\t"]])
    assert.equal("é€😀\127", read '"\\u00e9\\u20AC\\ud83D\\uDE00\127"')
    assert.equal("a\0b", read '"a\\u0000b"')
  end)

  it("is refused where it is none, and it is told where", function()
    for text, place in pairs {
      ['{"a" 1}'] = "a colon is wanted (line 1, column 6)", ["[1,]"] = "no value of JSON begins so (line 1, column 4)",
      ['{"a":1,}'] = "a name in quotes is wanted (line 1, column 8)", ["{\n  'a': 1}"] = "a name in quotes is wanted (line 2, column 3)",
      ["[1 2]"] = "a comma or ] is wanted (line 1, column 4)", ['{"a":1 "b":2}'] = "a comma or } is wanted (line 1, column 8)",
      ["1 2"] = "something stands behind its end (line 1, column 3)", ['"abc'] = "a text does not end (line 1, column 1)",
      ["[01]"] = "no value of JSON begins so (line 1, column 2)", ["nul"] = "no value of JSON begins so (line 1, column 1)",
      ["[-]"] = "no value of JSON begins so (line 1, column 2)", ["[1.]"] = "a comma or ] is wanted (line 1, column 3)",
      ["NaN"] = "no value of JSON begins so (line 1, column 1)", ["[1e999]"] = "no such number can be kept (line 1, column 2)",
      ['"\\x"'] = "there is no such escape (line 1, column 2)", ['"\\u12g4"'] = "four hexadecimal digits are wanted (line 1, column 4)",
      ['"\\ud800"'] = "that is half of a surrogate pair (line 1, column 2)",
      ['"\\udc00"'] = "that is half of a surrogate pair (line 1, column 2)",
      ['"\\ud800\\u0041"'] = "that is half of a surrogate pair (line 1, column 2)",
      ['"a\nb"'] = "a control character within a text has to be escaped (line 1, column 3)",
      ["[" .. ("9"):rep(400) .. "]"] = "no such number can be kept (line 1, column 2)",
      ["// a"] = "no value of JSON begins so (line 1, column 1)",
    } do
      assert.equal("the body is no JSON: " .. place, problem(text), text)
    end
    assert.equal("the body is empty, and JSON is wanted", problem " \n")
    assert.equal("the body is no JSON: it is not in UTF-8", problem '"\255"')
    assert.equal("the body is no JSON: it is not in UTF-8", problem '"\192\128"')
  end)

  it("is refused where a name occurs twice, which readers do not agree on", function()
    assert.equal('the body is no JSON: "a" occurs twice (line 1, column 8)', problem '{"a":1,"\\u0061":2}')
    assert.matches('"\\010<b>" occurs twice', problem '{"\\n<b>":1,"\\n<b>":null}', 1, true)
  end)

  it("is refused where it is nested too deep, or has more values than anything asks for", function()
    assert.is_table(read(("["):rep(32) .. ("]"):rep(32)))
    assert.matches("nested more than 32 deep", problem(("["):rep(33)))
    assert.matches("nested more than 32 deep", problem(('{"a":'):rep(500000)))
    assert.is_table(read("[" .. ("0,"):rep(49998) .. "0]"))
    assert.matches("more than 50000 values", problem("[" .. ("0,"):rep(50000) .. "0]"))
  end)

  it("is read in time that grows with it", function()
    for _, make in ipairs {
      function(n) return '"' .. ("\127"):rep(n) .. '"' end, function(n) return '"' .. ("\\n"):rep(n) .. '"' end,
      function(n) return (" "):rep(n) .. "1" end, function(n) return "[" .. ("1"):rep(n) end, function(n) return '"' .. ("a"):rep(n) end,
    } do
      assert.is_true(linear(function(n) decode.decode(make(n)) end, 50000))
    end
  end)
end)
