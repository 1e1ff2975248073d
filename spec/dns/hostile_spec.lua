-- What bad input gets, the DNS section: each scenario of spec.support.dns_scenarios over the network, the number being the section's.
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local scenarios = require "spec.support.dns_scenarios"

describe("bad input, DNS, over c-ares:", function()
  local started, outcomes

  -- Most of them wait, so they do it side by side, each by a resolver of its own.
  local function outcome_of(scenario)
    local servers = scenarios.servers(scenario, started)
    if not servers then return { no_servers = true } end
    local resolver = assert(dns.resolver(scenarios.options(scenario, servers)))
    local before = async.now()
    local answer = resolver:query(scenario.name, scenario.type)
    local took = async.now() - before
    resolver:close()
    return { answer = answer, took = took }
  end

  setup(function()
    started = scenarios.start()
    local errors
    outcomes, errors = async.map(scenarios.list, 30, outcome_of)
    assert.same({}, errors)
  end)

  teardown(function() scenarios.stop(started) end)

  for i, scenario in ipairs(scenarios.list) do
    it(("%d. %s"):format(scenario.line, scenario.title), function()
      local outcome = outcomes[i]
      if outcome.no_servers then return pending "there is no IPv6 on this machine" end
      scenarios.check(scenario, outcome.answer, outcome.took)
    end)
  end
end)
