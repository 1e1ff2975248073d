local decisions = require "mailseal.onboard.decisions"

describe("onboard.decisions", function()
  local moment, memory

  local function new(options)
    options = options or {}
    options.now = function() return moment end
    return decisions.new(options)
  end

  before_each(function()
    moment = 1000
    memory = new()
  end)

  it("finds what was decided of a tenant's domain, and of no other", function()
    memory:put("acme", "a.example", { verdict = "send" })
    assert.equal("send", memory:get("acme", "a.example").verdict)
    assert.is_nil(memory:get("acme", "b.example"))
    assert.is_nil(memory:get("other", "a.example"))
    assert.is_nil(memory:get("acm", "ea.example"))
  end)

  it("holds for one second by the clock, and no longer", function()
    memory:put("acme", "a.example", { verdict = "send" })
    moment = 1001
    assert.equal("send", memory:get("acme", "a.example").verdict)
    moment = 1002
    assert.is_nil(memory:get("acme", "a.example"))
  end)

  it("does not hold where the clock was set back", function()
    memory:put("acme", "a.example", { verdict = "send" })
    moment = 999
    assert.is_nil(memory:get("acme", "a.example"))
  end)

  it("keeps nothing where that is wished", function()
    memory = new { age = 0 }
    memory:put("acme", "a.example", { verdict = "send" })
    assert.is_nil(memory:get("acme", "a.example"))
  end)

  it("forgets what it is told to, young or old", function()
    memory = new { size = 4 }
    memory:put("acme", "a.example", { verdict = "send" })
    memory:forget("acme", "a.example")
    assert.is_nil(memory:get("acme", "a.example"))
    for _, domain in ipairs { "a.example", "b.example", "c.example" } do memory:put("acme", domain, { verdict = "send" }) end
    memory:forget("acme", "a.example")
    assert.is_nil(memory:get("acme", "a.example"))
    assert.is_table(memory:get("acme", "b.example"))
  end)

  it("keeps the newer of two decisions", function()
    memory:put("acme", "a.example", { verdict = "send" })
    memory:put("acme", "a.example", { verdict = "hold" })
    assert.equal("hold", memory:get("acme", "a.example").verdict)
  end)

  it("holds no more than it was made for, and what is in use among them", function()
    memory = new { size = 100 }
    memory:put("acme", "used.example", { verdict = "send" })
    for i = 1, 1000 do
      memory:put("acme", i .. ".example", { verdict = "send" })
      assert.is_table(memory:get("acme", "used.example"))
    end
    local found = 0
    for i = 1, 1000 do
      if memory.young["acme\0" .. i .. ".example"] or memory.old["acme\0" .. i .. ".example"] then found = found + 1 end
    end
    assert.is_true(found <= 100, found)
  end)
end)
