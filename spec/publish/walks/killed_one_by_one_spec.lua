-- Publications at a DNS host that changes one record at a time, which are killed (SIGKILL) at each of them.
local kills = require "spec.support.publishing_kills"
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

-- Programs of their own run without the sanitizers, so on the plain build.
if os.getenv "MAILSEAL_BUILD" then
  pending "programs of their own, which run on the plain build"
  return
end

local TOKEN = "dop_v1_" .. ("3f9a"):rep(16)

describe("A publication at DigitalOcean", function()
  local place, stage, before

  setup(function()
    place = places.at_host {
      id = "digitalocean", name_servers = { "ns1.digitalocean.com", "ns2.digitalocean.com" }, least_ttl = 30, uncut = true, alone = true,
      settings = { credentials = { token = TOKEN } }, options = { token = TOKEN },
    }
    before = place.zone()
  end)
  teardown(function() place.stop() end)
  before_each(function() stage = walk.open(place) end)
  after_each(function() stage:close() end)

  -- Kills it when the n-th request that changes something is on its way: done by the host, or not done.
  local function kill_at(what, n, made)
    if what == "apply" then kills.begin(stage) else kills.publish(stage) end
    place.host:recover()
    place.host:fail { not_method = "GET", after = n - 1, answer = "hang", made = made, seconds = 600 }
    kills.kill_when(stage, what, function() return place.host:changes() == n end)
    place.host:recover()
    assert.equal(what == "apply" and n == 1 and not made, place.zone() == before)
    if what == "apply" then kills.recover(stage, before) else kills.recover_undo(stage, before) end
  end

  for _, what in ipairs { "apply", "undo" } do
    local title = what == "apply" and "that is killed at any of its requests is brought to its end by the next one (Sure)"
      or "that is taken back, and killed at any of its requests, is taken back by the next one"
    it(title, function()
      for n = 1, 4 do kill_at(what, n, (n % 2 == 0) == (what == "apply")) end
    end)
  end
end)
