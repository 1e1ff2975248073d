--- Publishing by RFC 2136 where the server, or the way to it, breaks down: what is told, and what is found out.
local dns_relay = require "spec.support.dns_relay"
local primaries = require "spec.support.primaries"

local ZONE = "example.test"
local TEXT = "@ SOA ns hostmaster 1 3600 900 604800 5\n@ NS ns\nns A 127.0.0.1\n@ TXT \"v=spf1 -all\"\n"

describe("publishing by RFC 2136", function()
  local server, relay

  setup(function()
    server = primaries.start("Knot", { zones = { [ZONE] = TEXT } })
    relay = dns_relay.start(server)
  end)
  teardown(function()
    relay:stop()
    server:stop()
  end)
  before_each(function() relay:fault("none", "any", 0) end)

  local function target(timeout) return primaries.open(relay, { timeout = timeout }) end

  local SET = { name = "s1.example.test", type = "TXT", ttl = 60, values = { '"x"' } }
  local CHANGES = { { name = SET.name, type = "TXT", after = SET } }

  local function is_there() return primaries.zone(server, ZONE):find("\ns1.example.test. 60 IN TXT \"x\"\n", 1, true) ~= nil end

  -- Applies, with a fault; takes it back, if it was made. Returns what was told, and whether it was made.
  local function apply(fault, kind, times, timeout)
    relay:fault(fault, kind, times)
    local ok, message, code, details = target(timeout):apply(ZONE, CHANGES)
    local updates = relay:count "update"
    relay:fault("none", "any", 0)
    local made = is_there()
    if made then assert(target():undo(ZONE, CHANGES)) end
    assert.is_false(is_there())
    return { ok = ok, message = message, code = code, unsure = details and details.unsure or nil, made = made, updates = updates }
  end

  it("goes on with whole answers in pieces, in another order, and from a server that ends the connection after each", function()
    local names = { ZONE, "ns.example.test", "none.example.test" }
    local whole = assert(target():read(ZONE, names))
    for _, case in ipairs { { "bytewise", 5 }, { "hold", 1 }, { "close", 0 } } do
      relay:fault(case[1], "question", case[2])
      assert.same(whole, (assert(target():read(ZONE, names))), case[1])
    end
    relay:fault("close", "any", 0)
    assert(target():apply(ZONE, CHANGES))
    assert(target():undo(ZONE, CHANGES))
  end)

  it("finds out that an update was made whose answer was lost, and sends it once", function()
    for _, fault in ipairs { "die_after", "cut", "garbage", "short", "unsigned", "changed", "other_id", "as_query" } do
      local found = apply(fault, "update", 1)
      assert.same({ ok = true, made = true, updates = 1 }, found, fault)
    end
  end)

  it("finds out that an update was not made where the server died before", function()
    local found = apply("die_before", "update", 1)
    assert.same({ nil, "unreachable", nil, false, 1 }, { found.ok, found.code, found.unsure, found.made, found.updates })
    assert.matches("the zone is as it was", found.message)
  end)

  it("finds out what became of a TTL, too", function()
    assert(target():apply(ZONE, CHANGES))
    local other = { name = SET.name, type = "TXT", ttl = 300, values = SET.values }
    local change = { { name = SET.name, type = "TXT", before = SET, after = other } }
    for _, case in ipairs { { "die_before", 60 }, { "die_after", 300 } } do
      relay:fault(case[1], "update", 1)
      local ok, _, code = target():apply(ZONE, change)
      assert.same({ case[2] == 300 or nil, case[2] == 60 and "unreachable" or nil }, { ok, code })
      assert.equal(case[2], assert(target():read(ZONE, { SET.name }))[1].ttl)
    end
    assert(target():undo(ZONE, change))
    assert(target():undo(ZONE, CHANGES))
  end)

  it("says that it is not known where the server dies for good", function()
    local found = apply("die_after", "any", 0)
    assert.same({ nil, "unreachable", true, true, 1 }, { found.ok, found.code, found.unsure, found.made, found.updates })
    assert.matches("not known", found.message)
  end)

  it("ends in time where the server hangs, and finds out what became of the update meanwhile", function()
    local seconds = primaries.seconds(function()
      assert.same({ ok = true, made = true, updates = 1 }, apply("hang", "update", 1, 2))
    end)
    assert.is_true(seconds < 20, "it took " .. seconds)
    local found = apply("hang", "any", 0, 1)
    assert.same({ nil, "timeout", true, true }, { found.ok, found.code, found.unsure, found.made })
    assert.matches("not known", found.message)
  end)

  it("ends in time where more is promised than comes", function()
    relay:fault("promise", "question", 0)
    local result, _, code = target(0.5):read(ZONE, { ZONE })
    assert.same({ nil, "timeout" }, { result, code })
  end)

  it("believes no answer that is not signed, or not as it was signed, and no garbage", function()
    for fault, code in pairs {
      garbage = "bad_answer", short = "bad_answer", unsigned = "bad_answer", changed = "bad_answer", other_id = "bad_answer",
      as_query = "bad_answer", cut = "unreachable", die_before = "unreachable", die_after = "unreachable",
    } do
      relay:fault(fault, "question", 0)
      local result, message, found = target(5):read(ZONE, { ZONE })
      assert.is_nil(result, fault)
      assert.equal(code, found, ("%s: %s (%s)"):format(fault, tostring(found), message))
      result, message, found = target(5):zone_of(ZONE)
      assert.is_nil(result, fault)
      assert.equal(code, found, ("%s: %s (%s)"):format(fault, tostring(found), message))
    end
  end)

  it("says so where nobody listens, and where the server falls silent", function()
    local result, _, code = primaries.open({ address = "127.0.0.1:1" }):read(ZONE, { ZONE })
    assert.same({ nil, "unreachable" }, { result, code })
    server:silence(true)
    result, _, code = primaries.open(server, { timeout = 0.5 }):read(ZONE, { ZONE })
    local ok, _, why, details = primaries.open(server, { timeout = 0.5 }):apply(ZONE, CHANGES)
    server:silence(false)
    assert.same({ nil, "timeout" }, { result, code })
    assert.same({ nil, "timeout", { unsure = true } }, { ok, why, details })
    -- It had the update all the time.
    local deadline = os.time() + 30
    while not is_there() and os.time() < deadline do os.execute "sleep 0.05" end
    assert.is_true(is_there())
    assert(target():undo(ZONE, CHANGES))
  end)
end)
