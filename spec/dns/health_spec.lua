local health = require "mailseal.dns.health"

describe("dns.health", function()
  local moment, servers

  before_each(function()
    moment, servers = 1000, { "a", "b", "c" }
  end)

  local function new(rotate) return health.new(servers, function() return moment end, rotate) end

  local function silent(memory, name, times)
    for _ = 1, times do memory:silent(name) end
  end

  it("keeps the order that it was given", function()
    local memory = new()
    assert.same({ "a", "b", "c" }, memory:order())
    assert.same({ "a", "b", "c" }, memory:order())
  end)

  it("begins with the next server each time, where asked to", function()
    local memory = new(true)
    assert.same({ "a", "b", "c" }, memory:order())
    assert.same({ "b", "c", "a" }, memory:order())
    assert.same({ "c", "a", "b" }, memory:order())
    assert.same({ "a", "b", "c" }, memory:order())
  end)

  it("sets back a server that kept silent three times in a row", function()
    local memory = new()
    silent(memory, "a", 2)
    assert.same({ "a", "b", "c" }, memory:order())
    silent(memory, "a", 1)
    assert.same({ "b", "c", "a" }, memory:order())
    silent(memory, "b", 3)
    assert.same({ "c", "a", "b" }, memory:order())
  end)

  it("rotates among those that are well", function()
    local memory = new(true)
    silent(memory, "b", 3)
    assert.same({ "a", "c", "b" }, memory:order())
    assert.same({ "c", "a", "b" }, memory:order())
    assert.same({ "c", "a", "b" }, memory:order())
  end)

  it("forgets silences at any reply", function()
    local memory = new()
    silent(memory, "a", 2)
    memory:replied "a"
    silent(memory, "a", 2)
    assert.same({ "a", "b", "c" }, memory:order())
    silent(memory, "a", 5)
    memory:replied "a"
    memory:replied "a"
    assert.same({ "a", "b", "c" }, memory:order())
  end)

  it("lets one query alone find out, when the time is over, and sets back again who is silent still", function()
    local memory = new()
    silent(memory, "a", 3)
    moment = moment + 29
    assert.same({ "b", "c", "a" }, memory:order())
    moment = moment + 2
    assert.same({ "a", "b", "c" }, memory:order())
    assert.same({ "b", "c", "a" }, memory:order())
    moment = moment + 2
    memory:silent "a"
    moment = moment + 29
    assert.same({ "b", "c", "a" }, memory:order())
  end)

  it("asks all of them where all are silent", function()
    local memory = new()
    for _, name in ipairs(servers) do silent(memory, name, 3) end
    assert.same({ "a", "b", "c" }, memory:order())
  end)

  it("remembers nothing of other servers", function()
    local memory = new()
    silent(memory, "elsewhere", 3)
    assert.same({}, memory.ailing)
  end)
end)
