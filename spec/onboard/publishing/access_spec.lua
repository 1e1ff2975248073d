-- mailseal.onboard.publishing.access: access to a customer's DNS host, given with a call or kept at his wish.
local databases = require "spec.support.databases"
local shell = require "spec.support.shell"
local stage_of = require "spec.support.publishing"
local tenancy = require "spec.support.tenancy"

databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
  describe("Access to a DNS host", function()
    local stage, tenant, directory, undo

    before_each(function()
      directory = shell.new_directory()
      stage = stage_of.open { db = new_database(), master_key_file = directory .. "/master.key" }
      tenant, undo = stage.tenant, stage_of.host(stage)
      assert(tenant:create { domain = "example.com", provider = "test-cname" })
    end)
    after_each(function()
      undo()
      stage:close()
      shell.remove_directory(directory)
    end)

    local function is_nowhere(secret)
      local text = tenancy.text(tenant:events { limit = 1000 }, tenant:accesses "example.com", tenant:publications "example.com",
        tenancy.rows(stage.registry.db, "acme"))
      assert.is_nil(text:find(secret, 1, true))
    end

    it("that is given with a call is not kept", function()
      local plan = assert(tenant:plan("example.com", { via = "memory", token = "secret-token" }))
      assert(plan:apply())
      assert.same({}, tenant:accesses "example.com")
      assert.equal("credentials_missing", (select(3, tenant:plan("example.com", { via = "memory" }))))
      is_nowhere "secret-token"
      assert.is_nil(tenancy.text(plan):find("secret-token", 1, true))
      assert.is_nil(tostring(plan):find("secret-token", 1, true))
    end)

    it("is kept where that is wanted, once it has served, and is used from then on", function()
      local given = { via = "memory", token = "secret-token", account = "a1", keep = true }
      local done = assert(assert(tenant:plan("example.com", given)):apply())
      assert.equal("memory", done.access.via)
      local list = assert(tenant:accesses "example.com")
      assert.same({ "memory", { account = "a1" }, stage.now }, { list[1].via, list[1].settings, list[1].kept_at })
      is_nowhere "secret-token"
      assert.is_false(assert(assert(tenant:plan("example.com", { via = "memory" })):apply()).changed)
      assert.same({ token = "secret-token", account = "a1" }, stage.opened_with[#stage.opened_with])
      assert.is_true(assert(tenant:unpublish("example.com", { via = "memory" })).changed)
      assert.equal("access_kept", stage:kinds()[6])
    end)

    it("is not kept where it does not serve", function()
      local before = #stage:kinds()
      local given = { via = "memory", token = "wrong-token" }
      assert.same({ nil, "the token is not known", "bad_credentials" }, { tenant:keep_access("example.com", given) })
      assert.equal("bad_credentials", (select(3, tenant:plan("example.com", { via = "memory", token = "wrong-token", keep = true }))))
      assert.same({}, tenant:accesses "example.com")
      assert.equal(before, #stage:kinds())
    end)

    it("is kept by itself, replaced, and forgotten", function()
      assert(tenant:keep_access("example.com", { via = "memory", token = "secret-token" }))
      assert(tenant:keep_access("example.com", { via = "memory", token = "secret-token", account = "b" }))
      assert.equal("b", assert(tenant:accesses "example.com")[1].settings.account)
      assert.equal(1, assert(tenant:forget_access("example.com", "memory")))
      assert.equal("no_access", (select(3, tenant:forget_access("example.com", "memory"))))
      assert.equal("credentials_missing", (select(3, tenant:plan("example.com", { via = "memory" }))))
      assert.equal("access_forgotten", stage:kinds()[4])
    end)

    it("opens for its tenant, its domain and its way alone", function()
      assert(tenant:create { domain = "other.example.com", provider = "test-cname" })
      assert(tenant:keep_access("example.com", { via = "memory", token = "secret-token" }))
      assert(stage.registry.db:write(function(tx)
        return tx:run "UPDATE accesses SET domain = 'other.example.com'"
      end))
      assert.equal("seal_broken", (select(3, tenant:plan("other.example.com", { via = "memory" }))))
      assert.equal("not_found", (select(3, stage.registry:tenant("b"):accesses "example.com")))
    end)

    it("is used where it was kept for, and shown to no other server", function()
      assert(tenant:keep_access("example.com", { via = "memory", token = "secret-token", endpoint = "https://dns.example/v1" }))
      stage.opened_with = {}
      for _, endpoint in ipairs { "https://thief.example/v1", "https://dns.example/v2" } do
        for _, method in ipairs { "plan", "unpublish", "keep_access" } do
          assert.equal("credentials_missing", (select(3, tenant[method](tenant, "example.com", { via = "memory", endpoint = endpoint }))))
        end
      end
      assert.same({}, stage.opened_with)
      assert(tenant:plan("example.com", { via = "memory", endpoint = "https://dns.example/v1" }))
    end)

    it("goes with the domain", function()
      assert(tenant:keep_access("example.com", { via = "memory", token = "secret-token" }))
      assert(tenant:remove "example.com")
      assert(tenant:create { domain = "example.com", provider = "test-cname" })
      assert.same({}, tenant:accesses "example.com")
      assert.equal("not_found", (select(3, tenant:accesses "gone.example")))
    end)

    it("is not kept without a master key, and what was published stays", function()
      stage.registry.master_key = nil
      local done = assert(assert(tenant:plan("example.com", { via = "memory", token = "secret-token", keep = true })):apply())
      assert.same({ true, "no_master_key" }, { done.changed, done.keep.code })
    end)
  end)
end)
