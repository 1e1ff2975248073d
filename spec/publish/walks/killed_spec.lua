-- Publications by RFC 2136 that are killed (SIGKILL).
local kills = require "spec.support.publishing_kills"
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

-- Programs of their own run without the sanitizers, so on the plain build.
if os.getenv "MAILSEAL_BUILD" then
  pending "programs of their own, which run on the plain build"
  return
end

describe("A publication at PowerDNS", function()
  local place, stage

  setup(function() place = places.at_primary("PowerDNS", { alone = true }) end)
  teardown(function() place.stop() end)
  before_each(function() stage = walk.open(place) end)
  after_each(function() stage:close() end)

  it("that is killed before or after a commit, or before or after the change, is brought to its end by the next one (Sure)", function()
    assert.is_true(kills.kill_everywhere(stage, "apply", 1) >= 8)
  end)
end)
