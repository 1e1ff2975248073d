-- mailseal.onboard.publishing: a domain's records are written to its zones for the customer, over any target.
local stage_of = require "spec.support.publishing"

local NAME = "s1._domainkey.example.com"

describe("tenant:plan", function()
  local stage, tenant

  local function open(options)
    stage = stage_of.open(options)
    tenant = stage.tenant
    assert(tenant:create { domain = "example.com", provider = "test-cname" })
  end

  before_each(function() open() end)
  after_each(function() stage:close() end)

  local function plan(options)
    local given = { via = stage.zones }
    for name, value in pairs(options or {}) do given[name] = value end
    return assert(tenant:plan("example.com", given))
  end

  it("tells what would be added, and changes nothing", function()
    local made = plan()
    local actions = {}
    for _, step in ipairs(made.steps) do actions[step.record] = step.action end
    assert.same({ ownership = "add", dkim = "add", bounce = "add", dmarc = "add" }, actions)
    assert.same({ "example.com" }, made.zones)
    assert.truthy(made:diff():find("+ CNAME k1.provider.example.", 1, true))
    assert.equal(0, stage.zones.applied)
    assert.same({ "created" }, stage:kinds())
  end)

  it("is applied: the records are there, DNS shows them, and the domain is verified at once", function()
    local done = assert(plan():apply())
    assert.same({ true, true, "verified" }, { done.changed, done.shown, done.domain.status })
    assert.same({ "k1.provider.example." }, stage_of.values(stage, NAME, "CNAME"))
    assert.same({ "created", "publish_begun", "published", "ownership_proven", "verified" }, stage:kinds())
  end)

  it("is applied twice: nothing is changed, and nothing is told", function()
    local made = plan()
    assert(made:apply())
    local kinds = stage:kinds()
    assert.is_false(assert(made:apply()).changed)
    assert.is_false(assert(plan():apply()).changed)
    assert.equal(1, stage.zones.applied)
    assert.same(kinds, stage:kinds())
  end)

  it("is undone: the zone is what it was", function()
    local made = plan()
    assert(made:apply())
    local undone = assert(made:undo())
    assert.is_true(undone.changed)
    assert.is_nil(next(stage.zones.sets["example.com"]))
    assert.is_false(assert(made:undo()).changed)
    assert.equal("unpublished", stage:kinds()[7])
  end)
end)
