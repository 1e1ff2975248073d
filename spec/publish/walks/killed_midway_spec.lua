-- Publications by RFC 2136 that are killed (SIGKILL) while they are taken back, and between an update and its answer.
local dns_relay = require "spec.support.dns_relay"
local kills = require "spec.support.publishing_kills"
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

-- Programs of their own run without the sanitizers, so on the plain build.
if os.getenv "MAILSEAL_BUILD" then
  pending "programs of their own, which run on the plain build"
  return
end

describe("A publication at BIND", function()
  local place, stage, before

  setup(function()
    place = places.at_primary("BIND", { alone = true })
    before = place.zone()
  end)
  teardown(function() place.stop() end)
  before_each(function() stage = walk.open(place) end)
  after_each(function() stage:close() end)

  it("that is taken back, and killed before or after a commit, or before or after the change, is taken back by the next one", function()
    assert.is_true(kills.kill_everywhere(stage, "undo", 1) >= 6)
  end)

  it("that is killed when the server has made the change, and has not answered, is brought to its end by the next one (Sure)", function()
    local relay = dns_relay.start(place.server)
    place.way.port = tostring(relay.port)
    for _, what in ipairs { "apply", "undo" } do
      if what == "apply" then kills.begin(stage) else kills.publish(stage) end
      local serial = place.serial()
      relay:fault("hang", "update", 0)
      kills.kill_when(stage, what, function() return place.serial() ~= serial end)
      relay:fault("none", "any", 0)
      if what == "apply" then kills.recover(stage, before) else kills.recover_undo(stage, before) end
    end
    place.way.port = tostring(place.server.port)
    relay:stop()
  end)
end)
