--- The demo: its customers, and the whole of it as a program that is driven over HTTP.
package.path = "examples/?.lua;" .. package.path

local customers = require "demo.customers"
local host = require "mailseal.host"
local internet = require "demo.internet"
local repair = require "demo.repair"
local slips = require "demo.slips"

describe("the demo's Internet", function()
  it("has name servers by which their hosts are known, but for two", function()
    for id, servers in pairs(internet.HOSTS) do
      local is_known = id ~= "corner" and id ~= internet.SILENT
      assert.equal(is_known and id or nil, host.identify(servers).id)
    end
  end)

  it("has an address of its own for each name server", function()
    local seen, count = {}, 0
    for _, address in pairs(internet.addresses()) do
      assert.is_nil(seen[address])
      seen[address], count = true, count + 1
    end
    assert.is_true(count > 20)
  end)

  it("has a host and a story for each customer, and two who are still to be added", function()
    local to_add = {}
    for _, customer in ipairs(customers) do
      assert.is_table(internet.HOSTS[customer.host])
      if not customer.story then
        to_add[#to_add + 1] = customer.zone
      end
    end
    assert.same({ "pottery.example", "brewery.example" }, to_add)
  end)
end)

describe("the demo's repair", function()
  local function key_record(status)
    return {
      id = "dkim", type = "CNAME", name = "s1._domainkey.example.com", value = "s1.example.net", purpose = "dkim", status = status,
    }
  end

  it("does nothing where all is there", function()
    assert.same({}, repair.changes({ key_record "found" }, "example.com"))
  end)

  it("makes room at a record's name, and at the doubled one, and publishes it", function()
    assert.same({
      "del s1._domainkey.example.com. CNAME", "del s1._domainkey.example.com. TXT", "del s1._domainkey.example.com.example.com. CNAME",
      "del s1._domainkey.example.com.example.com. TXT", "add s1._domainkey.example.com. 60 CNAME s1.example.net.",
    }, repair.changes({ key_record "missing" }, "example.com"))
  end)

  it("takes back whatever a slip had published", function()
    local record = key_record "missing"
    for _, name in ipairs { "doubled", "quoted", "target_in_text", "wrong_key", "old_target" } do
      local removed = {}
      for _, line in ipairs(repair.changes({ record }, "example.com")) do
        removed[line] = true
      end
      for _, line in ipairs(slips[name]({ record }, "example.com")) do
        local at, type = line:match "^add (%S+) %d+ (%S+)"
        assert.is_true(removed[("del %s %s"):format(at, type)], name)
      end
    end
  end)
end)
