local names = require "mailseal.dns.name"

describe("dns.name", function()
  it("knows the name that a name is directly below", function()
    assert.equal("example.test", names.parent "s1.example.test")
    assert.equal(".", names.parent "test")
    assert.is_nil(names.parent ".")
  end)

  it("knows what is a zone's: itself and what is below it, by whole labels", function()
    assert.is_true(names.is_within("example.test", "example.test"))
    assert.is_true(names.is_within("a.b.example.test", "example.test"))
    assert.is_true(names.is_within("test", "."))
    assert.is_true(names.is_within(".", "."))
    assert.is_false(names.is_within("fexample.test", "example.test"))
    assert.is_false(names.is_within("test", "example.test"))
    assert.is_false(names.is_within(".", "test"))
  end)
end)
