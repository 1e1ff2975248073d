-- mailseal.onboard.key_life: the states of a key, and what leads from one to another.
local life = require "mailseal.onboard.key_life"

local HOUR, DAY = 3600, 86400
local policy = life.POLICY

local function step(state, input, more)
  local key = { state = state, state_since = 0 }
  for name, value in pairs(more or {}) do key[name] = value end
  return life.step(key, input, 1000, policy, more and more.look)
end

describe("A key's life", function()
  it("leads from its making to its removal", function()
    local way = {}
    local state = "awaited"
    for _, input in ipairs { "shown", "settled", "superseded", "over", "revoked", "over" } do
      local change, taken = step(state, input)
      way[#way + 1], state = taken.event, change.state
    end
    assert.same({ "key_published", "key_switched", "key_retired", "key_revoked", "key_withdrawn", "key_removed" }, way)
    assert.equal("removed", state)
  end)

  it("has no step that leads to a state which there is not", function()
    for state, inputs in pairs(life.TABLE) do
      for input, taken in pairs(inputs) do
        assert.is_table(life.TABLE[taken.to], state .. " " .. input)
        if taken.wait and taken.wait ~= "caches" then assert.is_number(policy[taken.wait]) end
      end
    end
  end)

  -- Requirement 21; hostile-input.md, Service 4.
  it("never leads back to signing from where a key was revoked, or dropped", function()
    local ended = { revoked = true, withdrawn = true, removed = true, idle = true, dropped = true }
    for state in pairs(ended) do
      for _, taken in pairs(life.TABLE[state]) do
        assert.is_true(ended[taken.to])
      end
    end
  end)

  it("ends, and its private half with it, from every state in which it is valid", function()
    for _, state in ipairs { "awaited", "spreading", "active", "retiring" } do
      for input, to in pairs { revoke = "revoked", drop = "dropped" } do
        local change = step(state, input)
        assert.same({ to, true }, { change.state, change.erase })
      end
    end
    for _, state in ipairs { "revoked", "withdrawn", "removed", "dropped" } do
      assert.is_nil(step(state, "revoke"))
    end
  end)

  it("waits until caches have forgotten what was seen in its place", function()
    assert.equal(1000 + 900, step("awaited", "shown", { ttl = 900 }).wait_until)
    assert.equal(1000 + 60, step("awaited", "shown", { ttl = 0 }).wait_until)
    assert.equal(1000 + 7 * DAY, step("awaited", "shown", { ttl = 7 * DAY }).wait_until)
    assert.equal(1000 + 2 * DAY, step("awaited", "shown", { ttl = 900, look = { ttl = 2 * DAY } }).wait_until)
  end)

  it("waits for as long as caches may remember where nothing was seen in its place", function()
    assert.equal(1000 + 3 * HOUR, step("awaited", "shown").wait_until)
  end)

  it("waits no longer than caches keep anything, whatever TTL there was", function()
    assert.equal(1000 + 7 * DAY, step("awaited", "shown", { ttl = 2 ^ 31 - 1 }).wait_until)
  end)

  it("waits a day where a name server did not answer", function()
    assert.equal(1000 + DAY, step("awaited", "shown", { ttl = 900, look = { silent = true } }).wait_until)
  end)

  it("leaves the one before for mail that is under way", function()
    assert.equal(1000 + 7 * DAY, step("active", "superseded").wait_until)
  end)

  it("ends where the next key takes the name of one that is revoked, and of no other", function()
    for state in pairs(life.TABLE) do
      local change = step(state, "replaced", { target = "x.keys.example" })
      assert.equal((state == "revoked" or state == "withdrawn") and "idle" or nil, change and change.state)
    end
  end)

  it("leaves a name that a CNAME leads to for the next key", function()
    assert.equal("idle", step("withdrawn", "over", { target = "x.keys.example" }).state)
    assert.equal("removed", step("withdrawn", "over").state)
  end)

  it("does nothing but by what the table says", function()
    assert.is_nil(step("active", "shown"))
    assert.is_nil(step("awaited", "unsure"))
    assert.is_nil(step("revoked", "shown"))
    assert.is_nil(step("removed", "drop"))
  end)
end)

describe("What a look comes to", function()
  it("is nothing before the caches have run out", function()
    assert.is_nil(life.happened({ state = "spreading", wait_until = 2000 }, nil, 1999))
    assert.is_false(life.asks({ state = "spreading", wait_until = 2000 }, 1999))
    assert.is_true(life.asks({ state = "spreading", wait_until = 2000 }, 2000))
  end)

  it("is that the key has settled where it is shown then", function()
    assert.equal("settled", life.happened({ state = "spreading", wait_until = 2000 }, "shown", 2000))
  end)

  it("is that it is hidden where somebody took it away", function()
    for _, seen in ipairs { "hidden", "gone", "revoked" } do
      assert.equal("hidden", life.happened({ state = "spreading", wait_until = 2000 }, seen, 2000))
    end
    assert.equal("unsure", life.happened({ state = "spreading", wait_until = 2000 }, "unsure", 2000))
  end)

  it("is of no meaning where time alone counts", function()
    for _, state in ipairs { "retiring", "withdrawn" } do
      assert.is_false(life.asks({ state = state, wait_until = 2000 }, 3000))
      assert.is_nil(life.happened({ state = state, wait_until = 2000 }, "gone", 1999))
      assert.equal("over", life.happened({ state = state, wait_until = 2000 }, nil, 2000))
    end
  end)
end)

describe("The next look", function()
  local function next_at(state, more)
    local key = { state = state, state_since = 0 }
    for name, value in pairs(more or {}) do key[name] = value end
    return life.next_at(key, more and more.now or 0, more and more.retry_at, policy)
  end

  it("is soon at first, then more and more seldom, and never before it is of use", function()
    assert.equal(30, next_at "awaited")
    assert.equal(1000, next_at("awaited", { now = 800 }))
    assert.equal(DAY + HOUR, next_at("awaited", { now = DAY }))
    assert.equal(500, next_at("awaited", { retry_at = 500 }))
  end)

  it("is when the waiting is over", function()
    assert.equal(5000, next_at("retiring", { wait_until = 5000 }))
  end)

  it("comes again where the waiting is over and the step could not be taken", function()
    assert.equal(5000 + 1250, next_at("retiring", { wait_until = 5000, now = 5000 }))
  end)

  it("is never where nothing comes by itself", function()
    for _, state in ipairs { "active", "removed", "idle", "dropped" } do
      assert.is_nil(next_at(state))
    end
  end)
end)
