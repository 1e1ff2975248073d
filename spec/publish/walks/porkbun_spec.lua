-- The whole walk at Porkbun, by its interface.
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

local KEYS = { api_key = "pk1_" .. ("7d"):rep(32), secret_api_key = "sk1_" .. ("e4"):rep(32) }

describe("A customer's zone at Porkbun", function()
  walk.tests {
    busted = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each },
    start = function()
      return places.at_host {
        id = "porkbun", name_servers = { "curitiba.ns.porkbun.com", "maceio.ns.porkbun.com" }, least_ttl = 600, uncut = true,
        settings = { credentials = KEYS }, options = KEYS,
      }
    end,
    walks = { "own", "bare", "sendgrid", "elastic", "replacing" },
  }
end)
