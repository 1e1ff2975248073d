-- The whole walk at BIND, by RFC 2136; once with what is kept in PostgreSQL.
local postgresql = require "spec.support.postgresql"
local places = require "spec.support.publishing_places"
local walk = require "spec.support.publishing_walk"

local functions = { it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each }

local function start() return places.at_primary "BIND" end

describe("A customer's zone at BIND", function()
  walk.tests { busted = functions, start = start, walks = { "own", "kraiter", "elastic" } }
end)

describe("A customer's zone at BIND, and PostgreSQL", function()
  local server
  setup(function() server = postgresql.start() end)
  teardown(function() server:stop() end)
  walk.tests { busted = functions, start = start, db = function() return (server:new_database()) end, walks = { "own_below", "sendgrid" } }
end)
