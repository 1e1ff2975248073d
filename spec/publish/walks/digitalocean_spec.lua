-- The whole walk at DigitalOcean, by its interface.
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

local TOKEN = "dop_v1_" .. ("3f9a"):rep(16)

describe("A customer's zone at DigitalOcean", function()
  walk.tests {
    busted = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each },
    start = function()
      return places.at_host {
        id = "digitalocean", name_servers = { "ns1.digitalocean.com", "ns2.digitalocean.com" }, least_ttl = 30, uncut = true,
        settings = { credentials = { token = TOKEN } }, options = { token = TOKEN },
      }
    end,
    walks = { "own", "bare", "kraiter", "elastic", "replacing" },
  }
end)
