-- The whole walk at Cloudflare, by its interface.
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

local TOKEN = ("Sn3lZJTBX6"):rep(4)

describe("A customer's zone at Cloudflare", function()
  walk.tests {
    busted = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each },
    start = function()
      return places.at_host {
        id = "cloudflare", name_servers = { "ada.ns.cloudflare.com", "bob.ns.cloudflare.com" }, least_ttl = 60,
        settings = { credentials = { token = TOKEN } }, options = { token = TOKEN },
      }
    end,
    walks = { "bare", "split", "kraiter", "elastic", "replacing" },
  }
end)
