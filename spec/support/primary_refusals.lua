--- What is told of keys and clocks that a name server refuses: tests to call within a `describe`, see `spec.support.primary_behaviour`.
local assert = require "luassert"
local primaries = require "spec.support.primaries"

local M = {}

--- Defines the tests.
-- @tparam table options `it`, busted's; `kind`: of `primaries.NAMES`; `zone`: one that it has; `server`: a function that returns it
function M.tests(options)
  local it, kind, zone = options.it, options.kind, options.zone
  local name = "never." .. zone
  local change = { name = name, type = "TXT", after = { name = name, type = "TXT", ttl = 60, values = { '"x"' } } }

  -- Reading and changing with another key, or another clock.
  local function both(more)
    local server = options.server()
    local other, codes, message, details = primaries.open(server, more), {}, nil, nil
    primaries.leaves_alone(server, zone, function()
      local _, _, code = other:read(zone, { zone })
      codes[1] = code or "read"
      _, message, codes[2], details = other:apply(zone, { change })
    end)
    return codes, message, details
  end

  it("tells a wrong secret", function()
    local codes, message = both { key = primaries.key("good", nil, ("A"):rep(44)) }
    assert.same({ "bad_credentials", "bad_credentials" }, codes)
    assert.matches("secret", message)
    assert.is_nil(message:find(("A"):rep(44), 1, true))
  end)

  it("tells a wrong name, and a wrong algorithm", function()
    local codes, message = both { key = primaries.key "none" }
    assert.same({ "bad_credentials", "bad_credentials" }, codes)
    assert.matches('"none.keys.test"', message, 1, true)
    codes, message = both { key = primaries.key("good", "hmac-sha512") }
    assert.same({ "bad_credentials", "bad_credentials" }, codes)
    assert.matches("hmac-sha512", message, 1, true)
  end)

  it("tells a clock that is ten minutes off, ahead and behind", function()
    for _, off in ipairs { 600, -600 } do
      local codes, message, details = both { now = function() return os.time() + off end }
      if kind == "PowerDNS" then -- which does not say what is wrong with a signature
        assert.same({ "bad_credentials", "bad_credentials" }, codes)
        assert.matches("clocks", message)
      else
        assert.same({ "clock_off", "clock_off" }, codes)
        assert.is_true(math.abs(details.seconds - off) <= 30, details.seconds)
        assert.matches(off > 0 and "ahead of" or "behind", message)
      end
    end
  end)

  it("tells a key that the server knows, and that may not change the zone", function()
    local codes, message = both { key = primaries.key "idle" }
    -- Knot says the same of a key that it does not know. BIND lets it ask, for asking changes nothing.
    assert.same(kind == "Knot" and { "bad_credentials", "bad_credentials" } or
      { kind == "BIND" and "read" or "not_allowed", "not_allowed" }, codes)
    assert.matches("access list", message)
  end)
end

return M
