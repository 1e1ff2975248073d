-- What is known of domains, until they change.
local dictionary = require "mailseal.http.dictionary"
local known = require "mailseal.http.known"

describe("what is known of a domain", function()
  local now, first, second

  before_each(function()
    now = 1000
    local dict = dictionary.new(function() return now end)
    first, second = known.new(dict), known.new(dict) -- as two workers of nginx have it
  end)

  local function read(who, value, kind)
    local mark = who:mark("acme", "example.com")
    who:put(kind or "row", "acme", "example.com", value, mark)
  end

  it("is known to all workers, of that kind, tenant and domain alone, for a second", function()
    read(first, "a")
    assert.equal("a", second:get("row", "acme", "example.com"))
    assert.is_nil(second:get("decision", "acme", "example.com"))
    assert.is_nil(second:get("row", "other", "example.com"))
    assert.is_nil(second:get("row", "acme", "example.net"))
    now = now + known.AGE
    assert.is_nil(second:get("row", "acme", "example.com"))
  end)

  it("is forgotten by all when it changes, all kinds of it, and may be known anew", function()
    for turn = 1, 5 do
      read(first, "row " .. turn)
      read(second, "decision " .. turn, "decision")
      assert.equal("row " .. turn, second:get("row", "acme", "example.com"))
      assert.equal("decision " .. turn, first:get("decision", "acme", "example.com"))
      second:forget("acme", "example.com")
      assert.is_nil(first:get("row", "acme", "example.com"))
      assert.is_nil(first:get("decision", "acme", "example.com"))
    end
  end)

  it("is not what was read before a change, though it is put there afterwards", function()
    local mark = first:mark("acme", "example.com")
    second:forget("acme", "example.com")
    first:put("row", "acme", "example.com", "old", mark)
    assert.is_nil(first:get("row", "acme", "example.com"))
  end)

  it("is not what was read before a change, however long ago the one before was", function()
    for wait = 1, 100 do
      second:forget("acme", "example.com")
      now = now + wait - 0.5
      read(first, "old")
      now = now + 0.5
      second:forget("acme", "example.com")
      assert.is_nil(first:get("row", "acme", "example.com"))
      now = now + 1000
    end
  end)

  it("stays known where another domain changes", function()
    read(first, "a")
    first:forget("acme", "example.net")
    first:forget("other", "example.com")
    assert.equal("a", first:get("row", "acme", "example.com"))
  end)

  it("is nothing where there is no dictionary", function()
    local none = known.new(nil)
    assert.equal(0, none:mark("acme", "example.com"))
    none:put("row", "acme", "example.com", "a", 0)
    none:forget("acme", "example.com")
    assert.is_nil(none:get("row", "acme", "example.com"))
  end)
end)
