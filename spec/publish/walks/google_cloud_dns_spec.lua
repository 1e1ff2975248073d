-- The whole walk at Google Cloud DNS, by its interface.
local google_account = require "spec.support.google_account"
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

local account = google_account.make()

describe("A customer's zone at Google Cloud DNS", function()
  walk.tests {
    busted = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each },
    start = function()
      local place = places.at_host {
        id = "google-cloud-dns", name_servers = { "ns-cloud-a1.googledomains.com", "ns-cloud-a2.googledomains.com" }, least_ttl = 0,
        settings = account.settings, options = {},
      }
      place.way.service_account = account:file(place.host)
      return place
    end,
    walks = { "own", "split", "kraiter", "elastic", "replacing" },
  }
end)
