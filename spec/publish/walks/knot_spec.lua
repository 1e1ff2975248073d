-- The whole walk at Knot, by RFC 2136.
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

describe("A customer's zone at Knot", function()
  walk.tests {
    busted = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each },
    start = function() return places.at_primary "Knot" end, walks = { "own", "bare", "split", "replacing", "kartra", "elastic" },
  }
end)
