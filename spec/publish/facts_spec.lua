local dns = require "mailseal.dns"
local facts = require "mailseal.publish.facts"
local planned = require "spec.support.planned"

local function resolver(zone) return dns.resolver { zone = zone } end
local function text(value) return { { type = "TXT", data = value } } end

local wanted = {
  id = "spf", type = "TXT", name = "mail.example.com", include = "_spf.esp.example", match = "spf_include", required = true,
  purpose = "spf",
}

describe("publish.facts", function()
  local zone = {
    ["_dmarc.example.com"] = text "v=DMARC1; p=reject",
    ["_spf.esp.example"] = text "v=spf1 include:a.esp.example include:b.esp.example ~all",
    ["a.esp.example"] = text "v=spf1 ip4:192.0.2.1 ~all",
    ["b.esp.example"] = text "v=spf1 a mx ~all",
    ["mine.example"] = text "v=spf1 include:_spf.esp.example -all",
    ["mail.example.com"] = text "not asked for",
  }

  it("tells the policy that applies, and what includes come to, that are there and that are wanted", function()
    local given = planned.given({ wanted }, 'mail.example.com 300 TXT "v=spf1 include:Mine.example redirect=gone.example"')
    assert.same({
      dmarc = { result = "found", policy = "reject", record_domain = "example.com" },
      spf = {
        ["_spf.esp.example"] = { lookups = 4, includes = { "a.esp.example", "b.esp.example" } },
        ["mine.example"] = { lookups = 5, includes = { "_spf.esp.example", "a.esp.example", "b.esp.example" } },
        ["gone.example"] = { lookups = 0, includes = {} },
      },
    }, facts.look(given, { domain = "mail.example.com", resolver = resolver(zone) }))
  end)

  it("is what a plan counts by", function()
    local given = planned.given({ wanted }, 'mail.example.com 300 TXT "v=spf1 a a:b.example a:c.example a:d.example mx mx:e.example -all"')
    local found = facts.look(given, { domain = "mail.example.com", resolver = resolver(zone) })
    given.spf = found.spf
    planned.asks(require("mailseal.publish.plan").make(given), "spf_too_many_lookups@mail.example.com")
  end)

  it("asks for nothing of SPF where none is wanted, and says where DNS is silent", function()
    local given = planned.given({}, 'mail.example.com 300 TXT "v=spf1 include:a.example -all"')
    local found = facts.look(given, { domain = "mail.example.com", resolver = resolver {
      ["_dmarc.mail.example.com"] = { { error = "timeout" } } } })
    assert.same({ "temperror", {} }, { found.dmarc.result, found.spf })
  end)
end)
