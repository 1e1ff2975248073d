-- The whole walk at deSEC, by its interface.
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

local TOKEN = "i-T3b1h_OI-H9ab8tRS98stGtURe"

describe("A customer's zone at deSEC", function()
  walk.tests {
    busted = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each },
    start = function()
      return places.at_host {
        id = "desec", name_servers = { "ns1.desec.io", "ns2.desec.org" }, least_ttl = 3600,
        settings = { credentials = { token = TOKEN } }, options = { token = TOKEN },
      }
    end,
    walks = { "bare", "split", "sendgrid", "elastic", "replacing" },
  }
end)
