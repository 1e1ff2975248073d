-- The whole walk at Amazon Route 53, by its interface.
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

local KEYS = { access_key = "AKIAIOSFODNN7EXAMPLE", secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" }

describe("A customer's zone at Amazon Route 53", function()
  walk.tests {
    busted = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each },
    start = function()
      return places.at_host {
        id = "route53", name_servers = { "ns-1.awsdns-01.com", "ns-1025.awsdns-02.org" }, least_ttl = 0,
        settings = { credentials = KEYS }, options = KEYS,
      }
    end,
    walks = { "own_below", "split", "kraiter", "elastic", "replacing" },
  }
end)
