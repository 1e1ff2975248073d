-- The whole walk at BIND, by RFC 2136, with what is kept in PostgreSQL.
local places = require "spec.support.publishing_places"
local postgresql = require "spec.support.postgresql"
local walk = require "spec.support.publishing_walk"

describe("A customer's zone at BIND, and PostgreSQL", function()
  local server
  setup(function() server = postgresql.start() end)
  teardown(function() server:stop() end)
  walk.tests {
    busted = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each },
    start = function() return places.at_primary "BIND" end, db = function() return (server:new_database()) end,
    walks = { "own_below", "sendgrid", "split" },
  }
end)
