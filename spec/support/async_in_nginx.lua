-- What holds of mailseal.async in every host, inside nginx: run by spec/dns/resty_spec.lua.
local behaviour = require "spec.support.async_behaviour"
local fault_server = require "spec.support.fault_server"

describe("async inside nginx", function()
  local server

  setup(function() server = assert(fault_server.start()) end)
  teardown(function() server:stop() end)

  behaviour(it, function(fn) fn() end, function() return server end, true)
end)
