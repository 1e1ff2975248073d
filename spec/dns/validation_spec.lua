-- DNSSEC as a validating resolver tells it: Unbound in front of Knot, which signs its zones.
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"
local knot = require "spec.support.knot"
local unbound = require "spec.support.unbound"

local child = knot.EMPTY .. [[
key TXT "v=DKIM1; p="
aside MX 5 key
abroad CNAME key.unsigned.test.
]]

for _, extended_errors in ipairs { true, false } do
  describe(("dns.resolver, asking Unbound that says %s why,"):format(extended_errors and "also" or "not"), function()
    local faults, parent, validator, resolver

    setup(function()
      faults = fault_server.start()
      parent = assert(knot.start {
        zones = { test = knot.EMPTY, ["good.test"] = child, ["broken.test"] = child, ["unsigned.test"] = child },
        signed = { test = true, ["good.test"] = true, ["broken.test"] = true },
      })
      local ds, delegations = parent:ds "good.test", {}
      for _, name in ipairs { "good", "broken", "unsigned", "dead", "sealed" } do
        delegations[#delegations + 1] = ("add %s 60 NS ns.%s.test."):format(name, name)
        delegations[#delegations + 1] = ("add ns.%s 60 A 127.0.0.1"):format(name)
      end
      delegations[#delegations + 1] = "add good 60 DS " .. ds
      delegations[#delegations + 1] = "add broken 60 DS " .. ds
      delegations[#delegations + 1] = "add sealed 60 DS " .. ds
      assert(parent:update("test", delegations))
      local zones = { ["dead.test"] = faults.address, ["sealed.test"] = faults.address }
      for _, zone in ipairs { "test", "good.test", "broken.test", "unsigned.test" } do zones[zone] = parent.address end
      validator = unbound.start { zones = zones, trust = { test = parent:ds "test" }, extended_errors = extended_errors }
      resolver = assert(dns.resolver { servers = { validator.address }, timeout = 5, tries = 1 })
    end)

    teardown(function()
      resolver:close()
      validator:stop()
      parent:stop()
      faults:stop()
    end)

    local function ask(name, options) return assert(resolver:query(name .. ".test", "TXT", options)) end

    it("takes a signed zone's answers for authentic, the negative ones too", function()
      for name, status in pairs { ["key.good"] = "ok", ["aside.good"] = "nodata", ["gone.good"] = "nxdomain", gone = "nxdomain" } do
        local answer = ask(name)
        assert.equal(status, answer.status, name)
        assert.is_true(answer.authentic, name)
      end
    end)

    it("takes an unsigned zone's answers for good, and not for authentic", function()
      for name, status in pairs { ["key.unsigned"] = "ok", ["aside.unsigned"] = "nodata", ["gone.unsigned"] = "nxdomain" } do
        local answer = ask(name)
        assert.equal(status, answer.status, name)
        assert.is_false(answer.authentic, name)
      end
    end)

    it("takes an answer for no more authentic than a chain's weakest link", function()
      local answer = ask "abroad.good"
      assert.same({ "v=DKIM1; p=" }, answer.text)
      assert.same({ "key.unsigned.test" }, answer.chain)
      assert.is_false(answer.authentic)
    end)

    it("says bogus where the parent's DS is not of the zone's key: of what there is, and of what there is not", function()
      for _, name in ipairs { "key.broken", "aside.broken", "gone.broken" } do
        local answer = ask(name)
        assert.equal("bogus", answer.status, name)
        assert.equal("dnssec_bogus", answer.reason, name)
        assert.same({}, answer.records)
        assert.is_false(answer.authentic)
        assert.equal(extended_errors, #answer.extended_errors > 0, name)
      end
    end)

    it("shows what did not validate to those who ask for it", function()
      local answer = ask("key.broken", { checking_disabled = true })
      assert.same({ "v=DKIM1; p=" }, answer.text)
      assert.is_false(answer.authentic)
    end)

    it("does not take a zone for bogus whose servers are broken, whether it is signed or not", function()
      for _, name in ipairs { "rcode2.dead", "rcode2.sealed" } do
        local answer = ask(name)
        assert.is_true(answer.status == "servfail" or answer.status == "timeout", answer.status)
        assert.not_equal("dnssec_bogus", answer.reason)
      end
    end)

    it("but one that answers without the signatures that its parent promises", function()
      assert.equal("bogus", ask("ok.sealed").status)
    end)

    it("nor one whose servers are silent", function()
      local hasty = assert(dns.resolver { servers = { validator.address }, timeout = 0.5, tries = 1 })
      local before = async.now()
      local answer = assert(hasty:query("silent.dead.test", "TXT"))
      local took = async.now() - before
      hasty:close()
      assert.equal("timeout", answer.status)
      assert.equal("timeout", answer.reason)
      assert.is_true(took < 4, "took " .. took)
    end)

    it("finds a key that was published a moment ago, as soon as its absence was not asked for", function()
      assert(parent:update("good.test", { 'add new 60 TXT "here"' }))
      local answer = ask "new.good"
      assert.same({ "here" }, answer.text)
      assert.is_true(answer.authentic)
    end)
  end)
end
