--- What publishing by RFC 2136 does to Knot. Run a second time inside nginx, by rfc2136_nginx_spec.lua.
local behaviour = require "spec.support.primary_behaviour"

describe("publishing by RFC 2136 at Knot", function()
  behaviour.tests { busted = { it = it, setup = setup, teardown = teardown }, kind = "Knot" }
end)
