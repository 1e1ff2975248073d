-- Several domains in one zone, whose names others have, too: what is published for one is not taken back with another's.
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

local WALKS = walk.WALKS

describe("Domains of one zone at Knot", function()
  local place, stage, before

  setup(function()
    place = places.at_primary "Knot"
    before = place.zone()
  end)
  teardown(function() place.stop() end)
  before_each(function() stage = walk.open(place) end)
  after_each(function() stage:close() end)

  local function publish(given, domain)
    domain = domain or given.domain
    assert(stage.tenant:create { domain = domain, provider = given.provider, vars = given.vars })
    local done = assert(assert(stage.tenant:plan(domain, stage:way { consent = given.consents })):apply())
    assert.equal("verified", done.domain.status, domain)
  end

  local function take_back(domain) assert.is_true(assert(stage.tenant:unpublish(domain, stage:way())).changed) end

  local function is_verified(domain) return assert(stage.tenant:verify(domain)).status == "verified" end

  it("are published one after the other, and taken back in any order", function()
    for _, order in ipairs { { "shop.test", "mail.shop.test", "news.shop.test" }, { "news.shop.test", "shop.test", "mail.shop.test" } } do
      for _, name in ipairs { "elastic", "kraiter", "own_below" } do publish(WALKS[name]) end
      for i, domain in ipairs(order) do
        take_back(domain)
        for later = i + 1, #order do assert.is_true(is_verified(order[later]), order[later]) end
        assert(stage.tenant:remove(domain))
      end
      assert.equal(before, place.zone())
    end
  end)

  it("may have umlauts", function()
    assert(place.server:update("bare.test", { "add xn--bcher-kva 300 A 192.0.2.30" }))
    local with_name = place.zone()
    publish(WALKS.own, "Bücher.bare.test")
    assert.truthy(place.zone():find("_mailseal-challenge.xn--bcher-kva.bare.test.", 1, true))
    take_back "bücher.bare.test"
    assert.equal(with_name, place.zone())
    assert(place.server:update("bare.test", { "del xn--bcher-kva A" }))
    assert.equal(before, place.zone())
  end)
end)
