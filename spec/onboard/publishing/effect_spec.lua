-- mailseal.onboard.publishing.effect: what is left to be done of changes, and what was done of them.
local effect = require "mailseal.onboard.publishing.effect"

local function set(values, ttl) return values and { name = "a.example", type = "TXT", ttl = ttl or 60, values = values } end

local function change(before, after) return { name = "a.example", type = "TXT", before = set(before), after = set(after) } end

local function values_of(changes)
  local first = changes[1]
  return first and { first.before and first.before.values, first.after and first.after.values }
end

describe("What is left to be done of a change", function()
  it("is all of it, where nothing has happened", function()
    assert.equal(1, #effect.remaining({ change({ "x" }, { "x", "y" }) }, { set { "x" } }))
    assert.equal(1, #effect.remaining({ change(nil, { "y" }) }, {}))
    assert.equal(1, #effect.remaining({ change({ "x" }, nil) }, { set { "x" } }))
  end)

  it("is nothing, where it is done, in whatever order the values stand", function()
    assert.same({}, effect.remaining({ change({ "x" }, { "x", "y" }) }, { set { "y", "x" } }))
    assert.same({}, effect.remaining({ change({ "x" }, nil) }, {}))
  end)

  it("cannot be told, where the set is neither what it was nor what it is to be", function()
    local one = change({ "x" }, { "y" })
    local left, moved = effect.remaining({ one }, { set { "z" } })
    assert.is_nil(left)
    assert.equal(one, moved)
    assert.is_nil((effect.remaining({ one }, {})))
  end)

  it("does not hang on how a host cuts texts, and tells that host what it has", function()
    local cut, joined = '"v=DKIM1;" " p=abc"', '"v=DKIM1; p=abc"'
    assert.same({}, effect.remaining({ change(nil, { joined }) }, { set { cut } }))
    assert.same({ { cut }, { joined, '"y"' } }, values_of(effect.remaining({ change({ joined }, { joined, '"y"' }) }, { set { cut } })))
    assert.same({ nil, { joined } }, values_of(effect.done({ change(nil, { joined }) }, { set { cut } })))
  end)

  it("is to be seen, where what is right stands behind the host's proxy", function()
    local one, there = change({ "x" }, { "x" }), set { "x" }
    one.before.proxied, there.proxied = true, true
    assert.same({ one }, effect.remaining({ one }, { there }))
    assert.same({ one }, effect.real { one })
    assert.same({}, effect.done({ one }, { there }))
    assert.same({}, effect.remaining({ one }, { set { "x" } }))
    assert.equal(1, #effect.done({ one }, { set { "x" } }))
  end)

  it("has its conditions with it, and is nothing where these are all", function()
    local condition = { name = "b.example", type = "CNAME" }
    assert.equal(2, #effect.remaining({ condition, change(nil, { "y" }) }, {}))
    assert.same({}, effect.remaining({ condition, change(nil, { "y" }) }, { set { "y" } }))
    local there = { name = "b.example", type = "CNAME", ttl = 60, values = { "c." } }
    assert.is_nil((effect.remaining({ condition, change(nil, { "y" }) }, { there })))
    assert.equal(1, #effect.real { condition, change(nil, { "y" }) })
  end)
end)

describe("What was done of a change that nobody has told the end of", function()
  for name, case in pairs {
    ["nothing"] = { change({ "x" }, { "x", "y" }), { "x" }, nil },
    ["all"] = { change({ "x" }, { "x", "y" }), { "x", "y" }, { { "x" }, { "x", "y" } } },
    ["a new set"] = { change(nil, { "y" }), { "y" }, { nil, { "y" } } },
    ["a part"] = { change(nil, { "y", "z" }), { "z" }, { nil, { "z" } } },
    ["a set that is gone"] = { change({ "x" }, nil), nil, { { "x" } } },
    ["one value in the place of another, half way"] = { change({ "x" }, { "y" }), { "x", "y" }, { { "x" }, { "x", "y" } } },
    ["all, with another's value beside"] = { change({ "x" }, { "x", "y" }), { "x", "y", "others" }, { { "x" }, { "x", "y" } } },
  } do
    it("is told by what there is: " .. name, function()
      assert.same(case[3], values_of(effect.done({ case[1] }, { set(case[2]) })))
    end)
  end

  it("is told by name", function()
    assert.same({ "a.example" }, effect.names { change(nil, { "y" }), change({ "x" }, nil) })
  end)
end)
