-- Records of a domain that do not all go into one zone: each is shown in its own, and as that zone's host has it.
local onboarding = require "spec.support.onboarding"

local DAY = 86400

describe("the records of a domain with more than one zone", function()
  local stage, tenant

  before_each(function()
    stage = onboarding.open()
    tenant = stage.tenant
  end)
  after_each(function() stage:close() end)

  local function create(domain)
    return assert(tenant:create { domain = domain or "example.com", provider = "test-cname" })
  end

  local function delegate(name)
    stage:replace(name, {
      { type = "SOA", data = "amy.ns.cloudflare.com. h.dns.example. 1 3600 600 86400 300" },
      { type = "NS", data = "amy.ns.cloudflare.com." }, { type = "NS", data = "bob.ns.cloudflare.com." },
    })
    stage.records["amy.ns.cloudflare.com"] = { { type = "A", data = "192.0.2.11" } }
    stage.records["bob.ns.cloudflare.com"] = { { type = "A", data = "192.0.2.12" } }
    stage.opened = nil
  end

  local function by_id(domain)
    local list = {}
    for _, record in ipairs(domain.records) do list[record.id] = record end
    return list
  end

  it("are shown with each record in the zone that it goes into, and as that zone's host has it", function()
    delegate "_domainkey.example.com"
    create()
    local domain = assert(tenant:verify "example.com")
    local record = by_id(domain)
    assert.equal("example.com", domain.zone)
    assert.equal("_domainkey.example.com", record.dkim.host.zone)
    assert.equal("s1", record.dkim.host.prefix)
    assert.equal("cloudflare", record.dkim.host.host)
    assert.equal("example.com", record.bounce.host.zone)
    assert.equal("bounce", record.bounce.host.prefix)
    assert.is_nil(record.bounce.host.host)
  end)

  it("are so still when they were found, looked at at a glance, and DNS has said nothing for a while", function()
    delegate "_domainkey.example.com"
    stage:publish(create().records)
    stage:pass(10 * DAY)
    assert.equal("verified", tenant:get "example.com".status)
    assert.equal("s1", by_id(tenant:get "example.com").dkim.host.prefix)
    stage:fail "timeout"
    stage:pass(2 * DAY)
    local dkim = by_id(tenant:get "example.com").dkim
    assert.equal("unknown", dkim.status)
    assert.same({ "s1", "cloudflare" }, { dkim.host.prefix, dkim.host.host })
  end)

  it("have what belongs above them in the zone above", function()
    delegate "mail.example.com"
    local vars = { region = "eu-west-1", tokens = { "a", "b", "c" } }
    assert(tenant:create { domain = "mail.example.com", provider = "kraiter", vars = vars })
    local domain = assert(tenant:verify "mail.example.com")
    local record = by_id(domain)
    assert.equal("mail.example.com", domain.zone)
    assert.equal("a._domainkey", record.dkim1.host.prefix)
    assert.equal("cloudflare", record.dkim1.host.host)
    assert.equal("_dmarc.example.com", record.dmarc.name)
    assert.same({ "example.com", "_dmarc", true }, { record.dmarc.host.zone, record.dmarc.host.prefix, record.dmarc.host.possible })
    assert.is_nil(record.dmarc.host.host)
  end)

  it("are never shown in a registry's zone", function()
    create "nobody.com"
    local domain = assert(tenant:verify "nobody.com")
    for _, record in ipairs(domain.records) do assert.equal("nobody.com", record.host.zone) end
  end)
end)
