-- What bad input gets, the DNS section: each scenario of spec.support.dns_scenarios over the network, the number being the section's.
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local scenarios = require "spec.support.dns_scenarios"

describe("bad input, DNS, over c-ares:", function()
  local started

  setup(function() started = scenarios.start() end)
  teardown(function() scenarios.stop(started) end)

  for _, scenario in ipairs(scenarios.list) do
    it(("%d. %s"):format(scenario.line, scenario.title), function()
      local servers = scenarios.servers(scenario, started)
      if not servers then return pending "there is no IPv6 on this machine" end
      local resolver = assert(dns.resolver(scenarios.options(scenario, servers)))
      local before = async.now()
      local answer = resolver:query(scenario.name, scenario.type)
      local took = async.now() - before
      resolver:close()
      scenarios.check(scenario, answer, took)
    end)
  end
end)
