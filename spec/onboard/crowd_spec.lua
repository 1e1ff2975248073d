local crash = require "spec.support.crash"
local databases = require "spec.support.databases"
local gate = require "mailseal.onboard.gate"
local gates = require "spec.support.gates"
local shell = require "spec.support.shell"

local DOMAIN, EACH = "mail.example.com", 150

describe("mail that many processes hold at a time, while others open and close the gate", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local directory, registry, tenant, started

    before_each(function()
      directory, started = shell.new_directory(), {}
      registry = gates.registry { url = new_database() }
      tenant = registry:tenant "acme"
      gates.add(tenant, DOMAIN)
    end)
    after_each(function()
      for _, process in ipairs(started) do process:kill(0) end
      registry.db:close()
      shell.remove_directory(directory)
    end)

    it("is released in the order of each of them, once each, with ids that have no gaps", function()
      local errors = directory .. "/errors"
      for _, one in ipairs { { "x", EACH }, { "y", EACH }, { "z", EACH }, { "door1", 40 }, { "door2", 40 } } do
        started[#started + 1] = crash.launch("crowd", { registry.db.url, one[1], tostring(one[2]) }, errors)
      end
      for _, process in ipairs(started) do process:ready() end
      for _, process in ipairs(started) do process:wait() end
      assert.equal("", shell.read(errors))
      assert(tenant:enable(DOMAIN))
      assert(gate.work(registry))
      assert.same({}, tenant:held(DOMAIN))
      local list, last = tenant:released { limit = 10000 }, { x = 0, y = 0, z = 0 }
      assert.equal(3 * EACH, #list)
      for i, row in ipairs(list) do
        local name, number = row.mail:match "^(%l)%-(%d+)$"
        assert.same({ i, last[name] + 1 }, { row.id, tonumber(number) })
        last[name] = last[name] + 1
      end
    end)
  end)
end)
