-- The walk through a zone of 10,000 records, at name servers.
local places = require "spec.support.publishing_places"
local primaries = require "spec.support.primaries"
local walk = require "spec.support.publishing_walk"

local functions = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each }
local RECORDS = 10000

for _, name in ipairs(primaries.NAMES) do
  describe(("A zone of %d records at %s"):format(RECORDS, name), function()
    local function start() return places.at_primary(name, { alone = true, more = places.many(RECORDS) }) end
    walk.tests { busted = functions, start = start, walks = { "elastic" } }
  end)
end
