--- What publishing by RFC 2136 does to BIND.
local behaviour = require "spec.support.primary_behaviour"

describe("publishing by RFC 2136 at BIND", function()
  behaviour.tests { busted = { it = it, setup = setup, teardown = teardown }, kind = "BIND" }
end)
