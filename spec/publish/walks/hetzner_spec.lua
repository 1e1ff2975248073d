-- The whole walk at Hetzner, by its interface.
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

local TOKEN = ("LRK9DAWQ1ZAEFSrC"):rep(4)

describe("A customer's zone at Hetzner", function()
  walk.tests {
    busted = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each },
    start = function()
      return places.at_host {
        id = "hetzner", name_servers = { "hydrogen.ns.hetzner.com", "oxygen.ns.hetzner.com", "helium.ns.hetzner.de" }, least_ttl = 60,
        settings = { credentials = { token = TOKEN } }, options = { token = TOKEN },
      }
    end,
    walks = { "own_below", "bare", "kartra", "elastic", "replacing" },
  }
end)
