-- What who wants to publish by RFC 2136 is told where his key or his clock is wrong, by the library and by the command.
local places = require "spec.support.publishing_places"
local primaries = require "spec.support.primaries"
local shell = require "spec.support.shell"
local walk = require "spec.support.publishing_walk"

-- What makes the machine's clock another, for a program of Lua.
local CLOCK = "local time = os.time; function os.time(...) return ... and time(...) or time() + %d end"

local OTHER = ("Ab1"):rep(14) .. "A="

-- PowerDNS does not say which it is: what it may be is told then, the clocks among it.
local function tells_clock(name, message, code, way)
  if name == "PowerDNS" then
    assert.equal("bad_credentials", code)
    assert.matches("or the clocks differ by more than five minutes", message)
  else
    assert.equal("clock_off", code)
    assert.matches("clock is %d+ seconds " .. way, message)
  end
end

for _, name in ipairs(primaries.NAMES) do
  describe("Publishing at " .. name, function()
    local place, stage, before, directory

    setup(function()
      place = places.at_primary(name)
      before = place.zone()
    end)
    teardown(function() place.stop() end)
    before_each(function()
      directory = shell.new_directory()
      stage = walk.open(place, { signs_late = true, directory = directory })
      assert(stage.tenant:create { domain = "shop.test", provider = "own-server" })
    end)
    after_each(function()
      assert.equal(before, place.zone())
      assert.same({}, stage.tenant:publications "shop.test")
      stage:close()
      shell.remove_directory(directory)
    end)

    local function plan(more) return stage.tenant:plan("shop.test", stage:way(more)) end

    -- The command, over the same database, its machine's clock so many seconds off.
    local function command(key, off)
      local line = ("MAILSEAL_TSIG_KEY=%s LUA_INIT=%s bin/mailseal publish shop.test --via rfc2136 --set server=%s --set port=%d"
        .. " --db %s --server %s --tenant acme --master-key %s/master.key"):format(shell.quote(key), shell.quote(CLOCK:format(off)),
        place.server.host, place.server.port, shell.quote(stage.url), place.server.address, directory)
      local ran = shell.run(line)
      return ran.status, ran.out .. ran.err
    end

    it("with another secret is refused, and it is told what to look at", function()
      local key = primaries.key("good", nil, OTHER)
      local made, message, code = plan { key = key }
      assert.same({ nil, "bad_credentials" }, { made, code })
      assert.matches("good%.keys%.test", message)
      assert.matches("secret", message)
      local status, words = command(key, 0)
      assert.equal(1, status, words)
      assert.truthy(words:find("secret", 1, true), words)
      assert.is_nil((message .. words):find(OTHER, 1, true))
    end)

    it("by a clock that is ten minutes off is refused, and it is told by how much, and which way", function()
      for off, way in pairs { [600] = "ahead of", [-600] = "behind" } do
        stage.now = os.time() + off
        local made, message, code, details = plan()
        assert.is_nil(made)
        tells_clock(name, message, code, way)
        assert.is_true(name == "PowerDNS" or math.abs(details.seconds - off) <= 30)
        local status, words = command(primaries.key "good", off)
        assert.equal(code == "clock_off" and 75 or 1, status, words)
        tells_clock(name, words, code, way)
      end
    end)

    it("by a clock that goes wrong between plan and apply is refused, and nothing is left behind", function()
      local made = assert(plan())
      stage.now = stage.now + 600
      local done, message, code = made:apply()
      assert.is_nil(done)
      tells_clock(name, message, code, "ahead of")
    end)
  end)
end
