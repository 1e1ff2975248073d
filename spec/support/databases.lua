--- The databases that the store's tests run on: the same tests for each.
local postgresql = require "spec.support.postgresql"
local shell = require "spec.support.shell"

local M = {}

--- Runs the same tests on SQLite and on PostgreSQL.
-- @tparam table busted its functions `describe`, `setup` and `teardown`
-- @tparam function tests called with a function that makes a new, empty database and returns its URL, the kind
--   ("sqlite" or "postgresql"), and a function that returns the PostgreSQL server
function M.each(busted, tests)
  busted.describe("on SQLite", function()
    local directory, count = nil, 0
    busted.setup(function() directory = shell.new_directory() end)
    busted.teardown(function() shell.remove_directory(directory) end)
    tests(function()
      count = count + 1
      return ("sqlite:%s/%d.db"):format(directory, count)
    end, "sqlite")
  end)
  busted.describe("on PostgreSQL", function()
    local server
    busted.setup(function() server = postgresql.start() end)
    busted.teardown(function() server:stop() end)
    tests(function() return (server:new_database()) end, "postgresql", function() return server end)
  end)
end

return M
