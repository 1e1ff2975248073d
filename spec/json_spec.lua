local json = require "mailseal.json"

describe("JSON", function()
  it("keeps the fields of an object in the order given, and leaves out nil", function()
    local object = json.object("b", 1, "a", nil, "c", true, "d", false)
    assert.equal('{"b":1,"c":true,"d":false}', json.encode(object))
  end)

  it("picks fields of a table", function()
    assert.equal('{"z":"1","a":2}', json.encode(json.pick({ a = 2, z = "1", y = 3 }, { "z", "x", "a" })))
  end)

  it("adds fields behind those that an object has", function()
    local object = json.pick({ a = 1 }, { "a" })
    assert.equal('{"a":1,"c":[2]}', json.encode(json.add(object, "b", nil, "c", { 2 })))
    assert.equal(object, json.add(object))
  end)

  it("tells an empty list from an empty object", function()
    assert.equal("[]", json.encode({}))
    assert.equal("{}", json.encode(json.object()))
  end)

  it("takes plain data: lists stay lists, and fields are in the order of their names", function()
    local data = { z = { "a", { y = 1, x = { } } }, a = true, b = "t", [1.5] = "n" }
    assert.equal('{"1.5":"n","a":true,"b":"t","z":["a",{"x":[],"y":1}]}', json.encode(json.plain(data)))
    assert.equal('"t"', json.encode(json.plain "t"))
    assert.is_nil(json.plain(nil))
    assert.equal('{"b":1}', json.encode(json.plain(json.object("b", 1))))
  end)

  it("nests", function()
    assert.equal('{"l":["a",["b"],{"c":1}]}', json.encode(json.object("l", { "a", { "b" }, json.object("c", 1) })))
  end)

  it("writes whole numbers without a point, and what is no number as null", function()
    assert.equal("[2048,1,0.5,-3,4294967296]", json.encode({ 2048, 1.0, 0.5, -3, 2 ^ 32 }))
    assert.equal("[null,null]", json.encode({ 0 / 0, math.huge }))
  end)

  it("escapes quotes, backslashes and control characters, and mends UTF-8", function()
    assert.equal('"\\"\\\\\\n\\r\\t\\u0000\\u001b\\u007fé"', json.encode('"\\\n\r\t\0\27\127é'))
    assert.equal('"\239\191\189"', json.encode("\255"))
  end)
end)
