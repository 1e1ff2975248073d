--- What publishing by RFC 2136 does to PowerDNS.
local behaviour = require "spec.support.primary_behaviour"

describe("publishing by RFC 2136 at PowerDNS", function()
  behaviour.tests { busted = { it = it, setup = setup, teardown = teardown }, kind = "PowerDNS" }
end)
