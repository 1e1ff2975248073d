local figures = require "mailseal.onboard.figures"
local onboarding = require "spec.support.onboarding"

describe("the figures of a registry", function()
  local stage

  before_each(function() stage = onboarding.open { domains = { "example.com", "example.org" } } end)
  after_each(function() stage.registry:close() end)

  local function read() return assert(figures.steps.read(stage.registry)) end

  local function queue(name)
    for _, one in ipairs(read().queues) do
      if one.name == name then return one end
    end
  end

  local function create(domain) return assert(stage.tenant:create { domain = domain, provider = "test-cname" }) end

  it("are all nought at the beginning", function()
    assert.same({}, read().checks)
    for _, one in ipairs(read().queues) do
      assert.same({ one.name, 0, 0 }, { one.name, one.due, one.age })
    end
  end)

  it("tell how many looks are due, and for how long the first one has waited", function()
    create "example.com"
    stage.now = stage.now + 40
    create "example.org"
    local due = assert(stage.registry.db:read(function(tx) return { require "mailseal.store.domains".next_due(tx) } end))[1]
    stage.now = due + 100
    assert.equal(2, queue "pending".due)
    assert.equal(100, queue "pending".age)
    assert.equal(0, queue "routine".due)
  end)

  it("count what the worker sees, by what it comes to", function()
    local domain = create "example.com"
    stage:pass(3600)
    local before = read().checks
    assert.is_true(before.incomplete > 0)
    assert.is_nil(before.found)
    stage:publish(domain.records):pass(86400)
    local after = read().checks
    assert.equal(before.incomplete, after.incomplete)
    assert.is_true(after.found > 0)
    assert.equal(0, queue "pending".due)
  end)

  it("count a look that somebody asked for", function()
    create "example.com"
    assert(stage.tenant:verify "example.com")
    assert.same({ incomplete = 1 }, read().checks)
  end)

  it("count every look of a verified domain that is as it was", function()
    local domain = create "example.com"
    stage:publish(domain.records)
    assert(stage.tenant:verify "example.com")
    local before = read().checks.found
    local looks = stage:pass(10 * 86400)
    assert.is_true(looks > 0)
    assert.equal(before + looks, read().checks.found)
  end)

  it("tell of deliveries to webhooks that wait, and of those that were given up", function()
    assert.same({ waiting = 0, dead = 0 }, read().webhooks)
    assert(stage.registry.db:write(function(tx)
      tx:run "INSERT INTO tenants (id, created_at) VALUES ('acme', 1)"
      tx:run([[INSERT INTO webhooks (tenant_id, id, url, sealed, place, created_at, due_at)
        VALUES ('acme', 'w', 'https://a.example/', 's', 0, 1, ?)]], stage.now - 7)
      for event, state in ipairs { "waiting", "waiting", "dead" } do
        tx:run("INSERT INTO deliveries (tenant_id, webhook, event, domain, state, next_at) VALUES ('acme', 'w', ?, 'd', ?, ?)",
          event, state, event == 1 and stage.now - 7 or nil)
      end
      return true
    end))
    assert.same({ waiting = 2, dead = 1 }, read().webhooks)
    assert.same({ 1, 7 }, { queue "webhooks".due, queue "webhooks".age })
  end)

  it("say whether the database answers", function() assert.is_true(figures.steps.ready(stage.registry)) end)
end)
