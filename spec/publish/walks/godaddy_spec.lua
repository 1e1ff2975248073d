-- The whole walk at GoDaddy, by its interface.
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

local KEYS = { api_key = "dLDE7zk2" .. ("3x"):rep(14), api_secret = ("Qf"):rep(11) }

describe("A customer's zone at GoDaddy", function()
  walk.tests {
    busted = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each },
    start = function()
      return places.at_host {
        id = "godaddy", name_servers = { "ns41.domaincontrol.com", "ns42.domaincontrol.com" }, least_ttl = 600, uncut = true,
        settings = { credentials = KEYS }, options = KEYS,
      }
    end,
    walks = { "bare", "kartra", "elastic", "replacing" },
  }
end)
