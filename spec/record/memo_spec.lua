local memo = require "mailseal.record.memo"

describe("what was read of a text", function()
  local reads, read

  before_each(function()
    reads = 0
    read = memo.of(function(text, more)
      reads = reads + 1
      return { text = text, more = more }
    end)
  end)

  it("is read once", function()
    local first = read("v=spf1 -all", 1)
    assert.same({ text = "v=spf1 -all", more = 1 }, first)
    assert.equal(first, read("v=spf1 -all", 1))
    assert.equal(1, reads)
  end)

  it("is forgotten when much else was read since, and not while it is in use", function()
    local kept = read("in use")
    read("once")
    for i = 1, 20000 do
      read("text " .. i)
      assert.equal(kept, read("in use"))
    end
    reads = 0
    read("once")
    assert.equal(1, reads)
  end)

  it("is not kept where the text is long", function()
    local long = ("a "):rep(1500)
    read(long)
    read(long)
    assert.equal(2, reads)
  end)

  it("takes no more memory the more texts there are", function()
    local function fill(from)
      for i = from, from + 20000 do
        read("v=spf1 ip4:192.0.2.0/24 include:" .. i .. ".example -all")
      end
      collectgarbage()
      collectgarbage()
      return collectgarbage("count")
    end
    local before = fill(1)
    assert.is_true(fill(100000) < before * 1.1 + 100)
  end)
end)
