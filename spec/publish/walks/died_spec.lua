-- Name servers that die between two messages, or answer what is not to be believed, while somebody publishes there.
local dns_relay = require "spec.support.dns_relay"
local kills = require "spec.support.publishing_kills"
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

-- By what happens to an update, for good: may it have been made?
local FAULTS = { die_before = false, die_after = true, garbage = true, unsigned = true, cut = true }

describe("A publication at a name server", function()
  local place, stage, relay, before

  setup(function()
    place = places.at_primary("Knot", { alone = true })
    relay = dns_relay.start(place.server)
    place.way.port = tostring(relay.port)
    before = place.zone()
  end)
  teardown(function()
    relay:stop()
    place.stop()
  end)
  before_each(function() stage = walk.open(place) end)
  after_each(function() stage:close() end)

  for fault, made in pairs(FAULTS) do
    local title = "which answers updates with %s comes to its end, there or with the next one, and can be taken back (Sure)"
    it(title:format(fault), function()
      kills.begin(stage)
      local domain = walk.WALKS.elastic.domain
      local plan = assert(stage.tenant:plan(domain, stage:way()))
      relay:fault(fault, "update", 0)
      local done, message, code = plan:apply()
      relay:fault("none", "any", 0)
      -- What was made is found out by asking.
      assert.equal(made, done ~= nil, message)
      if done then
        kills.check_published(stage)
      else
        assert.equal("unreachable", code)
        assert.equal(before, place.zone())
        assert.equal(code, assert(stage.tenant:publications(domain))[1].code)
      end
      kills.recover(stage, before)
    end)
  end

  it("which is gone from one message to the next, and stays so, is told as one that is not reached, and goes on later", function()
    kills.begin(stage)
    local domain = walk.WALKS.elastic.domain
    local plan = assert(stage.tenant:plan(domain, stage:way()))
    relay:fault("die_after", "any", 0)
    local done, _, code = plan:apply()
    assert.is_nil(done)
    assert.equal("unreachable", code)
    relay:fault("none", "any", 0)
    kills.recover(stage, before)
  end)
end)
