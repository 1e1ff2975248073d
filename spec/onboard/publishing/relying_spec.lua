-- mailseal.onboard.publishing.relying: what is ours, and other domains of the same tenant need, is not taken away from under them.
local stage_of = require "spec.support.publishing"

local POLICY = "_dmarc.example.com"

describe("What was published for one domain", function()
  local stage, tenant

  before_each(function()
    stage = stage_of.open()
    tenant = stage.tenant
  end)
  after_each(function() stage:close() end)

  local function publish(domain, whose)
    whose = whose or tenant
    assert(whose:create { domain = domain, provider = "test-cname" })
    return assert(assert(whose:plan(domain, { via = stage.zones })):apply())
  end

  local function undo(domain) return assert(tenant:unpublish(domain, { via = stage.zones })) end

  local function policy() return stage_of.values(stage, POLICY, "TXT") end

  it("stays where another of the tenant's domains lives by it, and goes with the last one that does", function()
    publish "example.com"
    publish "mail.example.com"
    assert.truthy(policy())
    local done = undo "example.com"
    assert.is_true(done.changed)
    assert.truthy(policy())
    local text
    for _, step in ipairs(done.steps) do text = step.name == POLICY and step.text or text end
    assert.equal("_dmarc.example.com TXT stays: mail.example.com needs it as well.", text)
    assert.is_nil(stage_of.values(stage, "bounce.example.com", "MX"))
    assert.equal("There is nothing to be taken back. What other domains need stays.", undo "example.com".text)
    undo "mail.example.com"
    assert.truthy(policy())
    assert(tenant:remove "mail.example.com")
    undo "example.com"
    assert.is_nil(policy())
    assert.is_nil(next(stage.zones.sets["example.com"]))
  end)

  it("goes where another domain has its own", function()
    publish "example.com"
    stage.zones.sets["example.com"]["_dmarc.mail.example.com TXT"] = {
      name = "_dmarc.mail.example.com", type = "TXT", ttl = 60, values = { '"v=DMARC1; p=reject"' },
    }
    stage_of.show(stage)
    publish "mail.example.com"
    undo "example.com"
    assert.is_nil(policy())
  end)

  it("goes whatever other tenants have there", function()
    publish "example.com"
    publish("mail.example.com", stage.registry:tenant "other")
    undo "example.com"
    assert.is_nil(policy())
  end)
end)
