-- Several programs that publish the same at once: one of them does it.
local kills = require "spec.support.publishing_kills"
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

-- Programs of their own run without the sanitizers, so on the plain build.
if os.getenv "MAILSEAL_BUILD" then
  pending "programs of their own, which run on the plain build"
  return
end

local TOKEN = ("LRK9DAWQ1ZAEFSrC"):rep(4)

local PLACES = {
  Knot = function() return places.at_primary("Knot", { alone = true }) end,
  Hetzner = function()
    return places.at_host {
      id = "hetzner", name_servers = { "hydrogen.ns.hetzner.com", "oxygen.ns.hetzner.com", "helium.ns.hetzner.de" }, least_ttl = 60,
      alone = true, settings = { credentials = { token = TOKEN } }, options = { token = TOKEN },
    }
  end,
}

for name, start in pairs(PLACES) do
  describe("Several publications at once at " .. name, function()
    local place, before

    setup(function()
      place = start()
      before = place.zone()
    end)
    teardown(function() place.stop() end)

    it("are made by one: nothing is doubled, and nothing told twice (Sure)", function()
      local stage = walk.open(place)
      kills.begin(stage)
      local told = kills.race { stage, stage, stage }
      assert.equal(1, told.changed)
      assert.equal(2, (told.publish_under_way or 0) + (told.unchanged or 0))
      kills.check_published(stage)
      local events = {}
      for _, event in ipairs(assert(stage.tenant:events {})) do events[event.kind] = (events[event.kind] or 0) + 1 end
      assert.same({ 1, 1, 1 }, { events.publish_begun, events.published, events.verified })
      assert(stage.tenant:unpublish(walk.WALKS.elastic.domain, stage:way()))
      assert.equal(before, place.zone())
      stage:close()
    end)
  end)
end

describe("Publications at once, of installations that know nothing of each other,", function()
  it("are told from each other by what each has read: no record of one is lost or doubled", function()
    local place = places.at_primary("Knot", { alone = true })
    local before, one, other = place.zone(), walk.open(place), walk.open(place)
    kills.begin(one)
    kills.begin(other)
    local told = kills.race { one, other }
    assert.equal(2, (told.changed or 0) + (told.zone_moved or 0))
    assert.is_true(told.changed >= 1)
    kills.check_published(one)
    for _, stage in ipairs { one, other } do
      assert(assert(stage.tenant:plan(walk.WALKS.elastic.domain, stage:way())):apply())
    end
    kills.check_published(one)
    assert.equal("verified", one.tenant:get(walk.WALKS.elastic.domain).status)
    assert.equal("verified", other.tenant:get(walk.WALKS.elastic.domain).status)
    for _, stage in ipairs { other, one } do
      assert(stage.tenant:unpublish(walk.WALKS.elastic.domain, stage:way()))
      stage:close()
    end
    assert.equal(before, place.zone())
    place.stop()
  end)
end)
