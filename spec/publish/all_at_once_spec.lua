local all_at_once = require "mailseal.publish.all_at_once"

local function set(name, ttl, ...) return { name = name, type = "TXT", ttl = ttl, values = { ... } } end

-- A host that holds sets by name, and notes what it was asked for; `reply` is what it answers to a change, `before` runs before that.
local function host_of(list)
  local host = { asked = {}, reads = 0, held = {} }
  for _, one in ipairs(list) do host.held[one.name] = one end

  function host.sets(_, names)
    host.reads = host.reads + 1
    if host.deaf then return nil, "no answer", "unreachable" end
    local found = {}
    for _, name in ipairs(names) do found[#found + 1] = host.held[name] end
    return found
  end

  function host.change(_, changes, now)
    host.asked[#host.asked + 1] = changes
    host.seen = now(changes[1])
    if host.make ~= false then
      for _, one in ipairs(changes) do host.held[one.name] = one.after end
    end
    if host.after then host.after() end
    if host.reply then return nil, "lost", host.reply[1], host.reply[2] end
    return true
  end

  return host
end

local A, B = set("a.example", 60, '"a"'), set("a.example", 60, '"b"')
local CHANGE = { { name = "a.example", type = "TXT", before = A, after = B } }

describe("changes that a host makes all at once", function()
  it("are asked for together, with what was read just before", function()
    local host = host_of { A }
    local new = { name = "n.example", type = "TXT", after = set("n.example", 60, '"n"') }
    assert.is_true(all_at_once.apply(host, "example", { CHANGE[1], new }))
    assert.same({ { CHANGE[1], new } }, host.asked)
    assert.equal(A, host.seen)
    assert.equal(B, host.held["a.example"])
  end)

  it("are not asked for where one of them is not of what is there", function()
    local host = host_of { A, set("c.example", 60, '"other"') }
    local done, message, code = all_at_once.apply(host, "example", {
      CHANGE[1], { name = "c.example", type = "TXT", before = set("c.example", 60, '"c"'), after = set("c.example", 60, '"c"') },
    })
    assert.same({ nil, "zone_moved" }, { done, code })
    assert.matches("c.example", message)
    assert.same({}, host.asked)
  end)

  it("leave conditions out, and keep another TTL in", function()
    local host = host_of { A }
    assert.is_true(all_at_once.apply(host, "example", { { name = "a.example", type = "TXT", before = A, after = A } }))
    assert.same({}, host.asked)
    local slower = set("a.example", 3600, '"a"')
    assert.is_true(all_at_once.apply(host, "example", { { name = "a.example", type = "TXT", before = A, after = slower } }))
    assert.equal(1, #host.asked)
  end)

  it("are done, where the answer was lost and they stand there", function()
    local host = host_of { A }
    host.reply = { "closed", { unsure = true } }
    assert.is_true(all_at_once.apply(host, "example", CHANGE))
  end)

  it("are not done for sure, where the answer was lost and nothing stands there", function()
    local host = host_of { A }
    host.make, host.reply = false, { "closed", { unsure = true } }
    local done, _, code, details = all_at_once.apply(host, "example", CHANGE)
    assert.same({ nil, "closed", {} }, { done, code, details })
  end)

  it("stay unsure, where the host is slow, deaf, or shows something else", function()
    for _, case in ipairs {
      { "timeout" }, { "closed", function(host) host.deaf = true end },
      { "closed", function(host) host.held["a.example"] = set("a.example", 60, '"c"') end },
    } do
      local host = host_of { A }
      host.make, host.reply = false, { case[1], { unsure = true } }
      host.after = case[2] and function() case[2](host) end
      local done, _, code, details = all_at_once.apply(host, "example", CHANGE)
      assert.same({ nil, case[1], { unsure = true } }, { done, code, details })
    end
  end)

  it("fail as the host says, without another look, where it is sure", function()
    local host = host_of { A }
    host.make, host.reply = false, { "refused_record", nil }
    local done, _, code = all_at_once.apply(host, "example", CHANGE)
    assert.same({ nil, "refused_record" }, { done, code })
    assert.equal(1, host.reads)
    host.deaf = true
    assert.same({ nil, "no answer", "unreachable" }, { all_at_once.apply(host, "example", CHANGE) })
  end)
end)
