-- registry.changed: whoever keeps what he has read of a domain is told when it is another.
local onboarding = require "spec.support.onboarding"

describe("whoever is told of changes", function()
  local stage, told

  before_each(function()
    told = {}
    stage = onboarding.open { changed = function(tenant, domain) told[#told + 1] = tenant .. " " .. domain end }
  end)
  after_each(function() stage:close() end)

  -- Is it told of one domain, at least once?
  local function is_told_of(domain, fn)
    told = {}
    fn()
    assert.is_truthy(told[1])
    for _, one in ipairs(told) do assert.equal(domain, one) end
  end

  local function create(tenant, domain)
    return assert(tenant:create { domain = domain or "example.com", provider = "test-cname" })
  end

  it("hears of each, by hand or by the worker, when it is committed", function()
    local tenant = stage.tenant
    local ours = "acme example.com"
    is_told_of(ours, function() stage:publish(create(tenant).records) end)
    is_told_of(ours, function() tenant:verify "example.com" end)
    is_told_of(ours, function() tenant:disable "example.com" end)
    is_told_of(ours, function() tenant:enable "example.com" end)
    is_told_of(ours, function() tenant:dns_host "example.com" end)
    is_told_of(ours, function() tenant:use("example.com", "sequence 1") end)
    is_told_of(ours, function() tenant:release("example.com", "sequence 1") end)
    is_told_of(ours, function()
      stage:replace("s1._domainkey.example.com")
      stage:pass(86400 * 10)
    end)
    is_told_of(ours, function() tenant:restart "example.com" end)
    is_told_of(ours, function() tenant:remove "example.com" end)
  end)

  it("hears of the domain that another tenant has lost", function()
    stage:publish(create(stage.tenant).records)
    assert(stage.tenant:verify "example.com")
    stage.now = stage.now + 86400
    local other = stage.registry:tenant "other"
    stage:publish(create(other).records)
    told = {}
    assert.equal("verified", other:verify "example.com".status)
    table.sort(told)
    assert.equal("acme example.com", told[1])
    assert.equal("other example.com", told[#told])
  end)

  it("hears of each of many that are created at once, and of none that was there already", function()
    create(stage.tenant, "a.example.com")
    is_told_of("acme b.example.com", function()
      assert(stage.tenant:create_many {
        { domain = "a.example.com", provider = "test-cname" }, { domain = "b.example.com", provider = "test-cname" },
      })
    end)
  end)
end)
