-- The walk through zones that the name server signs (DNSSEC): what it adds itself is nobody's, and in nobody's way.
local places = require "spec.support.publishing_places"
local primaries = require "spec.support.primaries"
local walk = require "spec.support.publishing_walk"

for _, name in ipairs(primaries.NAMES) do
  describe("A signed zone at " .. name, function()
    walk.tests {
      busted = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each },
      start = function() return places.at_primary(name, { signed = true, alone = true }) end, walks = { "elastic" },
    }
  end)
end
