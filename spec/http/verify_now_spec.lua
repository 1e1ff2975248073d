local async = require "mailseal.async"
local dictionary = require "mailseal.http.dictionary"
local onboarding = require "spec.support.onboarding"
local verify_now = require "mailseal.http.verify_now"

describe("a look at a domain that is asked for", function()
  local stage, dict

  before_each(function()
    stage = onboarding.open { domains = { "example.com", "example.org" } }
    dict = dictionary.new(async.now)
    for _, domain in ipairs { "example.com", "example.org" } do
      assert(stage.tenant:create { domain = domain, provider = "test-cname" })
    end
  end)

  after_each(function() stage.registry:close() end)

  local function limited(given) return verify_now.new(dict, given) end

  it("tells of the domain what is found", function()
    local found = async.run(function() return limited():look(stage.tenant, "example.com") end)
    assert.equal("pending", found.status)
    assert.equal(stage.now, found.checked_at)
  end)

  it("is refused where the domain was looked at too often, with when to come again", function()
    local looks = limited { domain = { burst = 2, every = 30 } }
    async.run(function()
      for _ = 1, 2 do assert(looks:look(stage.tenant, "Example.COM.")) end
      local found, message, code, members = looks:look(stage.tenant, "example.com")
      assert.is_nil(found)
      assert.equal("too_often", code)
      assert.matches("this domain was looked at just now: ask again in 30 seconds", message, 1, true)
      assert.equal("30", members.headers["Retry-After"])
      assert(looks:look(stage.tenant, "example.org"))
    end)
  end)

  it("tells as the time to come again when what is remembered as missing is forgotten, where that is later", function()
    local looks = limited { domain = { burst = 1, every = 5 } }
    async.run(function()
      local found = assert(looks:look(stage.tenant, "example.com"))
      assert.is_true(found.retry_at > stage.now + 5)
      local _, _, _, members = looks:look(stage.tenant, "example.com")
      assert.equal(found.retry_at, members.retry_at)
    end)
  end)

  it("tells as the time to come again when there is a turn again, where nothing is missing", function()
    local looks = limited { domain = { burst = 1, every = 50 } }
    async.run(function()
      stage:publish(stage.tenant:records "example.com")
      assert.equal("verified", assert(looks:look(stage.tenant, "example.com")).status)
      local _, _, _, members = looks:look(stage.tenant, "example.com")
      assert.equal(stage.now + 50, members.retry_at)
    end)
  end)

  it("is refused where the tenant's domains were looked at too often, and other tenants' are not", function()
    local looks, other = limited { tenant = { burst = 1, every = 30 } }, stage.registry:tenant "other"
    assert(other:create { domain = "example.com", provider = "test-cname" })
    async.run(function()
      assert(looks:look(stage.tenant, "example.com"))
      assert.equal("too_often", (select(3, looks:look(stage.tenant, "example.org"))))
      assert(looks:look(other, "example.com"))
    end)
  end)

  it("is refused where there were too many in all", function()
    local looks, other = limited { all = { burst = 1, every = 30 } }, stage.registry:tenant "other"
    assert(other:create { domain = "example.com", provider = "test-cname" })
    async.run(function()
      assert(looks:look(stage.tenant, "example.com"))
      assert.equal("too_often", (select(3, looks:look(other, "example.com"))))
    end)
  end)

  it("is one for all who ask meanwhile, in whichever worker, and takes one turn", function()
    local looks, elsewhere = limited { domain = { burst = 1, every = 30 } }, limited { domain = { burst = 1, every = 30 } }
    local verify, count = stage.tenant.verify, 0
    function stage.tenant.verify(...)
      count = count + 1
      async.sleep(0.2)
      return verify(...)
    end
    async.run(function()
      local found = async.map({ looks, looks, elsewhere, elsewhere }, 4, function(worker)
        return assert(worker:look(stage.tenant, "example.com"))
      end)
      assert.equal(4, #found)
    end)
    assert.equal(1, count)
  end)

  it("waits while as many are under way as may be, and is refused where too many wait, with when to come again", function()
    local looks = limited { under_way = { at_most = 1, queue = 1 } }
    local verify, most, count = stage.tenant.verify, 0, 0
    function stage.tenant.verify(...)
      count = count + 1
      most = math.max(most, count)
      async.sleep(0.1)
      count = count - 1
      return verify(...)
    end
    assert(stage.tenant:create { domain = "sub.example.org", provider = "test-cname" })
    async.run(function()
      local found, refused = {}, {}
      async.map({ "example.com", "example.org", "sub.example.org" }, 3, function(domain)
        local one, _, code, members = looks:look(stage.tenant, domain)
        table.insert(one and found or refused, one and domain or { code, members.retry_at, members.headers["Retry-After"] })
        return true
      end)
      assert.same({ "example.com", "example.org" }, found)
      assert.same({ { "busy", stage.now + 10, "10" } }, refused)
    end)
    assert.equal(1, most)
  end)

  it("of one tenant does not wait for those of another who has all that he may have", function()
    local looks, other = limited { under_way = { at_most = 2, each = 1 } }, stage.registry:tenant "other"
    assert(other:create { domain = "example.com", provider = "test-cname" })
    async.run(function()
      function stage.tenant.verify() async.suspend(nil, nil, nil) end
      for _, domain in ipairs { "example.com", "example.org" } do
        async.start(function() looks:look(stage.tenant, domain) end)
      end
      async.sleep(0)
      local found = looks:look(other, "example.com")
      assert.equal("pending", found.status)
    end)
  end)

  it("is another tenant's own", function()
    async.run(function()
      assert.equal("not_found", (select(3, limited():look(stage.registry:tenant "other", "example.com"))))
    end)
  end)
end)
