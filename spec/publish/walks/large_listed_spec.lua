-- The walk through a zone of 10,000 records, at hosts that list a zone's records a page at a time.
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

local functions = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each }
local RECORDS = 10000

local PORKBUN = { api_key = "pk1_" .. ("7d"):rep(32), secret_api_key = "sk1_" .. ("e4"):rep(32) }
local DIGITALOCEAN = { token = "dop_v1_" .. ("3f9a"):rep(16) }

local HOSTS = {
  {
    id = "porkbun", name_servers = { "curitiba.ns.porkbun.com" }, least_ttl = 600, settings = { credentials = PORKBUN },
    options = PORKBUN,
  },
  {
    id = "digitalocean", name_servers = { "ns1.digitalocean.com" }, least_ttl = 30, settings = { credentials = DIGITALOCEAN },
    options = DIGITALOCEAN,
  },
}

for _, given in ipairs(HOSTS) do
  describe(("A zone of %d records at %s"):format(RECORDS, given.id), function()
    given.uncut, given.alone, given.more = true, true, places.many(RECORDS)
    walk.tests { busted = functions, start = function() return places.at_host(given) end, walks = { "elastic" } }
  end)
end
