local form = require "mailseal.publish.api.form"

describe("the form of what DNS hosts' interfaces are told and tell", function()
  it("has parts of URLs escaped", function()
    assert.equal("_dmarc.example.test", form.escaped "_dmarc.example.test")
    assert.equal("%40%2F%3F%26%25%20%C3%A4-._~7", form.escaped "@/?&% \195\164-._~7")
    assert.equal("?name=a%26b&page=2", form.query { { "name", "a&b" }, { "page", 2 } })
    assert.equal("", form.query {})
    assert.equal("", form.query(nil))
  end)

  it("knows no members that are null", function()
    local read = assert(form.read_json '{"a":null,"b":[{"c":null,"d":1},null,2],"e":false}')
    assert.same({ b = { { d = 1 }, read.b[2], 2 }, e = false }, read)
    assert.equal(3, #read.b)
    local value, message = form.read_json "{"
    assert.is_nil(value)
    assert.truthy(message:find "no JSON")
  end)

  it("says whether an object has what it is to have", function()
    local shape = { id = "number", name = "string", ttl = "number?" }
    local function is(text) return form.is(form.read_json(text), shape) end
    assert.is_true(is '{"id":1,"name":"x","more":[]}')
    assert.is_true(is '{"id":1,"name":"x","ttl":3}')
    assert.is_true(is '{"id":1,"name":"x","ttl":null}')
    for _, text in ipairs { '{"id":"1","name":"x"}', '{"id":1}', '{"id":1,"name":"x","ttl":"3"}', "[]", "7", '"id"', "null", "true" } do
      assert.is_false(is(text), text)
    end
    local function is_list(text) return form.is_list(form.read_json(text), shape) end
    assert.is_true(is_list "[]")
    assert.is_true(is_list '[{"id":1,"name":"x"},{"id":2,"name":"y"}]')
    for _, text in ipairs { "{}", '{"id":1,"name":"x"}', "[1]", "[null]", "[[]]", '[{"id":1}]', "null", '"x"' } do
      assert.is_false(is_list(text), text)
    end
    assert.is_false(form.is_list(nil, shape))
  end)

  it("says whether numbers are whole, and lists are of texts", function()
    for text, whole in pairs { ["7"] = true, ["-7"] = true, ["7.0"] = true, ["1.5"] = false, ["1e300"] = false, ['"7"'] = false } do
      assert.equal(whole, form.is(form.read_json('{"n":' .. text .. "}"), { n = "whole" }), text)
    end
    assert.is_true(form.is(form.read_json "{}", { n = "whole?" }))
    for text, texts in pairs { ["[]"] = true, ['["a","b"]'] = true, ['["a",1]'] = false, ["[null]"] = false, ["{}"] = false } do
      assert.equal(texts, form.is_texts(form.read_json(text)), text)
    end
  end)

  it("has names as they are written here", function()
    assert.equal("example.test", form.name "Example.TEST.")
    assert.equal("xn--bcher-kva.example", form.name "Bücher.example")
  end)

  it("takes a text out of another, however often it is in there", function()
    assert.equal("a … b …", form.without("a se.ret b se.ret", "se.ret"))
    assert.equal("a", form.without("a", "secret"))
    local before = os.clock()
    assert.equal(("…"):rep(200000), form.without(("0123456789"):rep(200000), "0123456789"))
    assert.is_true(os.clock() - before < 5)
  end)

  it("names the zones that may hold a name", function()
    assert.same({ "a.b.example.test", "b.example.test", "example.test" }, form.zones_for "A.b.Example.test.")
    assert.same({ "example.test" }, form.zones_for "example.test")
    assert.same({}, form.zones_for "test")
  end)

  it("finds the longest zone that holds a name, and tells why that cannot be told", function()
    local client = { no_zone = function(_, name) return nil, "none for " .. name, "no_zone" end }
    local function of(zones)
      return { form.zone_of(client, "a.b.example.test", function(at)
        if zones[at] == "wrong" then return nil, "no", "not_allowed", { a = 1 } end
        return zones[at] or false
      end) }
    end
    assert.same({ "b.example.test" }, of { ["b.example.test"] = true, ["example.test"] = true })
    assert.same({ "example.test" }, of { ["example.test"] = true, ["notexample.test"] = true, test = true })
    assert.same({ nil, "none for a.b.example.test", "no_zone" }, of { test = true })
    assert.same({ nil, "no", "not_allowed", { a = 1 } }, of { ["b.example.test"] = "wrong", ["example.test"] = true })
  end)
end)
