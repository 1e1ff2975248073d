-- Datagrams lost on the way, queries as well as replies.
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"

-- Half of the exchanges fail. The default settings leave time for 8 to 20 of them; a machine under a sanitizer or memcheck
-- is given more. Which datagrams are lost is fixed by the seed: with this one no query needs more than nine exchanges, and none
-- that is a resolver's first needs more than eight.
local SEED = 100
local timeout = os.getenv "MAILSEAL_SLOWER" and 10 or nil

describe("dns.resolver, three in ten datagrams being lost either way,", function()
  local server, resolver

  setup(function()
    server = fault_server.start { seed = SEED }
    resolver = assert(dns.resolver { servers = { server.address }, timeout = timeout })
  end)
  teardown(function()
    resolver:close()
    server:stop()
  end)

  -- Asks so many names side by side; how often the server was asked about the first hundred of them, in the mean.
  local function ask(n, label, status)
    local names = {}
    for i = 1, n do names[i] = ("loss30.%s.n%d.test"):format(label, i) end
    local answers, errors = async.map(names, 100, function(name) return resolver:query(name, "TXT") end)
    assert.same({}, errors)
    for i = 1, n do assert.equal(status, answers[i].status, names[i]) end
    local asked = 0
    for i = 1, 100 do asked = asked + server:asked(names[i]).udp end
    return asked / 100
  end

  it("leaves none of 1,000 queries unanswered", function()
    local asked = ask(1000, "ok", "ok")
    assert.is_true(asked > 1.2, "nothing was lost: asked " .. asked .. " times")
  end)

  it("leaves few unanswered that are a resolver's first and only ones", function()
    local names, answered = {}, 0
    for i = 1, 100 do names[i] = ("loss30.ok.first%d.test"):format(i) end
    local answers = async.map(names, 25, function(name)
      local fresh = assert(dns.resolver { servers = { server.address }, timeout = timeout })
      local answer = fresh:query(name, "TXT")
      fresh:close()
      return answer
    end)
    for i = 1, 100 do answered = answered + (answers[i].status == "ok" and 1 or 0) end
    assert.is_true(answered >= 98, answered .. " of 100")
  end)

  it("leaves none unanswered that has to be asked over TCP", function() ask(200, "tc.text3000", "ok") end)

  it("tells a missing name from a lost one", function() ask(200, "gone", "nxdomain") end)
end)
