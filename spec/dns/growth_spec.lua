-- A program that asks for months is to be no larger than one that asks for a day. `make test-growth` asks a million queries.
local growth = require "spec.support.growth"

-- What resolvers at work may have more of at one moment than at another: sockets, of which each FORMERR leaves one behind that goes
-- within a second or so, thus some twenty at this pace; KB of memory, and of Lua's.
local DESCRIPTORS, MEMORY, LUA = 64, 8192, 300

local total = tonumber(os.getenv "MAILSEAL_GROWTH" or 50000)
local slower = tonumber(os.getenv "MAILSEAL_SLOWER")
if slower then total = math.floor(total / slower) end

describe(("dns, asked %d queries,"):format(total), function()
  local early, late, before, after

  setup(function()
    early, late, before, after = growth.run(total)
    if not os.getenv "MAILSEAL_GROWTH" then return end
    for name, from in pairs(early) do print(("%s: %.0f when warm, %.0f in the end"):format(name, from, late[name])) end
  end)

  local function grows_by(name, most)
    assert.is_true(late[name] <= early[name] + most, ("%s: %.0f, then %.0f"):format(name, early[name], late[name]))
  end

  it("has no more descriptors than after a few", function() grows_by("descriptors", DESCRIPTORS) end)

  -- What other tests have left may go meanwhile.
  it("leaves none behind", function() assert.is_true(after <= before, ("%d, then %d"):format(before, after)) end)

  it("holds no more in Lua", function() grows_by("lua", LUA) end)

  it("needs no more memory", function()
    if slower then return pending "a sanitizer keeps what is freed" end
    grows_by("resident", MEMORY)
  end)
end)
