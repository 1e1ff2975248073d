-- The DNSSEC state of domains as seen through a validating resolver: Unbound in front of Knot, which signs its zones.
local check = require "mailseal.check"
local dns = require "mailseal.dns"
local knot = require "spec.support.knot"
local unbound = require "spec.support.unbound"

local child = knot.EMPTY .. 'mail TXT "here"\n'

describe("the DNSSEC state of a domain, asked of a resolver that validates,", function()
  local server, validator, resolver

  setup(function()
    server = assert(knot.start {
      zones = { test = knot.EMPTY, ["good.test"] = child, ["other.test"] = child, ["plain.test"] = child, ["unsigned.test"] = child },
      signed = { test = true, ["good.test"] = true, ["other.test"] = true },
    })
    local delegations = {}
    for _, name in ipairs { "good", "other", "plain", "unsigned" } do
      delegations[#delegations + 1] = ("add %s 60 NS ns.%s.test."):format(name, name)
      delegations[#delegations + 1] = ("add ns.%s 60 A 127.0.0.1"):format(name)
    end
    local ds = server:ds "good.test"
    for _, name in ipairs { "good", "other", "plain" } do
      delegations[#delegations + 1] = ("add %s 60 DS %s"):format(name, ds)
    end
    assert(server:update("test", delegations))
    local zones = {}
    for _, zone in ipairs { "test", "good.test", "other.test", "plain.test", "unsigned.test" } do zones[zone] = server.address end
    validator = unbound.start { zones = zones, trust = { test = server:ds "test" }, extended_errors = true }
    resolver = assert(dns.resolver { servers = { validator.address }, timeout = 5, tries = 1 })
  end)

  teardown(function()
    resolver:close()
    validator:stop()
    server:stop()
  end)

  local function look(domain)
    local report = assert(check.domain(domain, { resolver = resolver, only = { "dnssec" }, name_servers = false }))
    local codes = {}
    for i, finding in ipairs(report.findings) do codes[i] = finding.code end
    return report.dnssec, codes
  end

  it("is validated where keys, signatures and DS records fit", function()
    for _, domain in ipairs { "good.test", "mail.good.test", "gone.good.test" } do
      local seen, codes = look(domain)
      assert.same({ "validated", "good.test" }, { seen.state, seen.zone }, domain)
      assert.same({}, codes)
      local common = 0
      for _, key in ipairs(seen.keys) do
        for _, ds in ipairs(seen.ds) do common = common + (key == ds and 1 or 0) end
      end
      assert.equal(1, common)
    end
  end)

  it("is broken where the DS record is of another zone's key, or the zone has none, and it is told which", function()
    local seen, codes = look "other.test"
    assert.same({ "broken", { "dnssec_ds_of_other_keys" } }, { seen.state, codes })
    assert.is_true(#seen.keys > 0 and #seen.ds > 0)
    seen, codes = look "mail.plain.test"
    assert.same({ "broken", "plain.test", { "dnssec_ds_without_keys" } }, { seen.state, seen.zone, codes })
  end)

  it("is unsigned where there is neither", function()
    local seen, codes = look "mail.unsigned.test"
    assert.same({ "unsigned", "unsigned.test", { "dnssec_unsigned" } }, { seen.state, seen.zone, codes })
  end)
end)
