--- A domain's records handed over with all that the registry knows of it.
local dns = require "mailseal.dns"
local handover = require "spec.support.handover"
local onboard = require "mailseal.onboard"

local DOMAIN = "mail.example.com"
local NOW = 1795358000

describe("tenant:export", function()
  local registry, tenant, zone

  -- A registry over the zone as it is now.
  local function open()
    if registry then
      registry:close()
    end
    registry = assert(onboard.open {
      db = "sqlite::memory:", resolver = assert(dns.resolver { zone = zone }), clock = function() return NOW end,
    })
    tenant = registry:tenant "acme"
    assert(tenant:create { domain = DOMAIN, provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } } })
  end

  before_each(function()
    zone = {
      ["example.com"] = {
        { type = "SOA", data = "dns1.registrar-servers.com. host.example. 1 2 3 4 5" },
        { type = "NS", data = "dns1.registrar-servers.com." }, { type = "NS", data = "dns2.registrar-servers.com." },
      },
      ["dns1.registrar-servers.com"] = { { type = "A", data = "192.0.2.1" } },
      ["dns2.registrar-servers.com"] = { { type = "A", data = "192.0.2.2" } },
      ["_dmarc.example.com"] = { { type = "TXT", data = { "v=DMARC1; p=reject; rua=", (("mailto:a@example.net,"):rep(12)):sub(1, 250),
        (("mailto:b@example.net,"):rep(12)):sub(1, 251), (("mailto:c@example.net,"):rep(12)):sub(1, 251),
        ("mailto:d@example.net,"):rep(12), "mailto:e@example.net" } } },
    }
    open()
  end)

  after_each(function()
    registry:close()
  end)

  it("has every record, that of the challenge first, below the domain that was registered as long as nobody has looked", function()
    local domain = assert(tenant:get(DOMAIN))
    local text = assert(tenant:export(DOMAIN, "octodns"))
    assert.same(handover.wanted(domain.records), handover.lines(handover.read("octodns example.com", text)))
    assert.equal("ownership", domain.records[1].id)
  end)

  it("speaks as the DNS host does where that is known", function()
    assert.equal("namecheap", assert(tenant:dns_host(DOMAIN)).id)
    local letter = assert(tenant:export(DOMAIN, "letter", { asked_by = "Acme" })):gsub("%s+", " ")
    assert.matches("in the DNS zone example.com, at Namecheap.", letter, 1, true)
    assert.matches("Host: abc._domainkey.mail", letter, 1, true)
    assert.matches("Please add them before 25 November 2026", letter, 1, true)
  end)

  it("passes on what it is told, and refuses what it is not asked for", function()
    assert.matches("\nabc._domainkey.mail.example.com. 60 IN CNAME", assert(tenant:export(DOMAIN, "bind", { ttl = 60 })), 1, true)
    assert.matches("azurerm_dns", assert(tenant:export(DOMAIN, "terraform", { provider = "azure" })), 1, true)
    assert.has_error(function() tenant:export(DOMAIN, "bind", { colour = "red" }) end)
  end)

  it("is for one zone at a time where a record goes into a zone of its own", function()
    zone["_domainkey.mail.example.com"] = {
      { type = "SOA", data = "ns.keys.example. host.keys.example. 1 2 3 4 5" }, { type = "NS", data = "ns.keys.example." },
    }
    zone["ns.keys.example"] = { { type = "A", data = "192.0.2.3" } }
    open()
    assert(tenant:verify(DOMAIN))
    local nothing, message, code = tenant:export(DOMAIN, "bind")
    assert.is_nil(nothing)
    assert.equal("several_zones", code)
    assert.matches("example.com, _domainkey.mail.example.com", message, 1, true)
    local keys = assert(tenant:export(DOMAIN, "bind", { zone = "_domainkey.mail.example.com." }))
    assert.matches("\nabc._domainkey.mail.example.com. 3600 IN CNAME", keys, 1, true)
    assert.is_nil(keys:find("feedback-smtp", 1, true))
    local rest = assert(tenant:export(DOMAIN, "bind", { zone = "example.com" }))
    assert.is_nil(rest:find("\nabc._domainkey", 1, true))
    assert.matches("feedback-smtp", rest, 1, true)
    assert.equal("other_zone", select(3, tenant:export(DOMAIN, "bind", { zone = "example.net" })))
  end)

  it("writes Terraform resources for the zone's DNS host where it has such, and is told no other", function()
    registry:close()
    zone["example.com"] = {
      { type = "SOA", data = "ns-1.awsdns-01.com. host.example. 1 2 3 4 5" },
      { type = "NS", data = "ns-1.awsdns-01.com." }, { type = "NS", data = "ns-2.awsdns-02.net." },
    }
    registry = assert(onboard.open {
      db = "sqlite::memory:", resolver = assert(dns.resolver { zone = zone }), clock = function() return NOW end,
    })
    tenant = registry:tenant "acme"
    assert(tenant:create { domain = DOMAIN, provider = "kartra", vars = { hosts = { "a", "b", "c" }, targets = {
      "a.example.net", "b.example.net", "c.example.net",
    } } })
    assert.equal("route53", assert(tenant:dns_host(DOMAIN)).id)
    assert.matches('resource "aws_route53_record"', assert(tenant:export(DOMAIN, "terraform")), 1, true)
    assert.matches("azurerm_dns", assert(tenant:export(DOMAIN, "terraform", { provider = "azure" })), 1, true)
  end)

  -- What the store keeps of a text is cut.
  it("leaves out a DMARC record that is there and was not kept whole, and puts none in its place", function()
    assert.matches("\n_dmarc.example.com. 3600 IN TXT", assert(tenant:export(DOMAIN, "bind")), 1, true)
    local seen = assert(tenant:verify(DOMAIN))
    local dmarc = seen.records[#seen.records]
    assert.same({ "_dmarc.example.com", "found" }, { dmarc.name, dmarc.status })
    assert.matches("...", dmarc.found, 1, true)
    local text = assert(tenant:export(DOMAIN, "bind"))
    assert.is_nil(text:find("_dmarc", 1, true), text)
    assert.matches("\nabc._domainkey.mail.example.com.", text, 1, true)
  end)

  it("says no where there is no such format, or no such domain of this tenant", function()
    assert.equal("no_format", select(3, tenant:export(DOMAIN, "xml")))
    assert.equal("not_found", select(3, registry:tenant "other":export(DOMAIN, "bind")))
  end)
end)
