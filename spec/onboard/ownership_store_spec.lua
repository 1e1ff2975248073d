local contest = require "spec.support.contest"
local databases = require "spec.support.databases"
local events = require "mailseal.store.events"
local owners = require "mailseal.store.owners"
local ownership = require "mailseal.onboard.ownership"
local shell = require "spec.support.shell"
local store = require "mailseal.store"

local NOW = 1800000000
local DOMAIN = "example.com"

describe("ownership in the store", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local url, db

    before_each(function()
      url = new_database()
      db = assert(store.open(url))
    end)
    after_each(function() db:close() end)

    -- Settles a claim whose challenge was given at a moment, and was seen at another.
    local function settle(tenant, challenged_at, now, more)
      more = more or {}
      local claim = { tenant = tenant, domain = more.domain or DOMAIN, seen = more.seen or "seen", challenged_at = challenged_at }
      local verdict, former
      assert(db:write(function(tx)
        verdict, former = ownership.settle(tx, claim, now)
        return true
      end))
      return verdict, former
    end

    local function owner(domain)
      local row = db:read(function(tx) return owners.of(tx, domain or DOMAIN) end)
      return row and row.tenant_id
    end

    -- What a tenant's events tell, in order.
    local function told(tenant)
      local kinds = {}
      for i, event in ipairs(assert(db:read(function(tx) return events.after(tx, tenant, 0, 1000) end))) do
        kinds[i] = event.kind
        assert.is_true(event.at >= NOW and event.at < NOW + 100)
        assert.same({}, event.data) -- nobody learns who the other is
      end
      return table.concat(kinds, " ")
    end

    local function release(tenant, now)
      assert(db:write(function(tx) ownership.release(tx, tenant, DOMAIN, now) end))
    end

    it("goes to the tenant whose challenge was seen, and not before", function()
      for _, seen in ipairs { "absent", "unsure", "elsewhere" } do
        assert.equal("wait", settle("a", NOW, NOW + 1, { seen = seen }))
        assert.is_nil(owner())
      end
      assert.equal("prove", settle("a", NOW, NOW + 2))
      assert.equal("a", owner())
      assert.equal("ownership_proven", told "a")
      assert.equal("own", settle("a", NOW, NOW + 3, { seen = "absent" }))
      assert.equal("ownership_proven", told "a")
    end)

    it("lets two claims stand, of which the first that is proven has the domain (Service 3)", function()
      assert.equal("wait", settle("a", NOW, NOW + 1, { seen = "absent" }))
      assert.equal("wait", settle("b", NOW, NOW + 1, { seen = "absent" }))
      assert.equal("prove", settle("b", NOW, NOW + 2))
      assert.equal("renew", settle("a", NOW, NOW + 3))
      assert.equal("b", owner())
      assert.equal("challenge_renewed", told "a")
      assert.equal("ownership_proven", told "b")
    end)

    it("is taken over by a fresh challenge alone, and both tenants' events tell (Service 3)", function()
      settle("a", NOW, NOW + 10)
      assert.equal("renew", settle("b", NOW + 5, NOW + 20))
      assert.equal("wait", settle("b", NOW + 20, NOW + 30, { seen = "absent" }))
      local verdict, former = settle("b", NOW + 20, NOW + 40)
      assert.same({ "take_over", "a" }, { verdict, former })
      assert.equal("b", owner())
      assert.equal("ownership_proven ownership_lost", told "a")
      assert.equal("challenge_renewed ownership_taken", told "b")
      -- The earlier owner's record, if it is still there, brings nothing back.
      assert.equal("renew", settle("a", NOW, NOW + 50))
      assert.equal("b", owner())
    end)

    it("comes back by another challenge", function()
      settle("a", NOW, NOW + 10)
      settle("b", NOW + 20, NOW + 30)
      local verdict, former = settle("a", NOW + 40, NOW + 50)
      assert.same({ "take_over", "b" }, { verdict, former })
      assert.equal("a", owner())
    end)

    it("ends with the release, after which the same tenant needs a fresh challenge, too (Service 4)", function()
      settle("a", NOW, NOW + 10)
      release("a", NOW + 20)
      assert.is_nil(owner())
      assert.equal("wait", settle("a", NOW + 30, NOW + 40, { seen = "absent" }))
      assert.is_nil(owner())
      assert.equal("prove", settle("a", NOW + 30, NOW + 50))
      assert.equal("ownership_proven ownership_released ownership_proven", told "a")
    end)

    it("is not kept where the domain went without a release", function()
      settle("a", NOW, NOW + 10)
      assert.equal("wait", settle("a", NOW + 20, NOW + 30, { seen = "absent" }))
      assert.equal("prove", settle("a", NOW + 20, NOW + 40))
      assert.equal("own", settle("a", NOW + 20, NOW + 50, { seen = "absent" }))
    end)

    it("passes to the next tenant after a release by his own challenge alone", function()
      settle("a", NOW, NOW + 10)
      release("a", NOW + 20)
      assert.equal("wait", settle("b", NOW + 30, NOW + 40, { seen = "absent" }))
      assert.is_nil(owner())
      assert.equal("prove", settle("b", NOW + 30, NOW + 50))
      assert.equal("b", owner())
    end)

    it("is not released by another tenant", function()
      settle("a", NOW, NOW + 10)
      release("b", NOW + 20)
      assert.equal("a", owner())
      assert.equal("", told "b")
    end)

    it("grants nothing over what is below or above (Service 3)", function()
      settle("a", NOW, NOW + 10)
      assert.equal("prove", settle("b", NOW, NOW + 20, { domain = "mail.example.com" }))
      assert.equal("renew", settle("a", NOW, NOW + 30, { domain = "mail.example.com" }))
      assert.equal("wait", settle("a", NOW + 30, NOW + 40, { domain = "mail.example.com", seen = "absent" }))
      assert.same({ "a", "b" }, { owner(), owner "mail.example.com" })
      assert.equal("wait", settle("b", NOW + 40, NOW + 50, { seen = "absent" }))
      assert.equal("a", owner())
    end)

    it("is undone with the transaction that it is part of", function()
      assert.is_nil((db:write(function(tx)
        ownership.settle(tx, { tenant = "a", domain = DOMAIN, seen = "seen", challenged_at = NOW }, NOW + 1)
        return nil, "not so", "no"
      end)))
      assert.is_nil(owner())
      assert.equal("", told "a")
    end)

    it("has one owner where two tenants prove a domain at once, and the other one needs a fresh challenge", function()
      local count, tenants = 200, { "a", "b" }
      local directory = shell.new_directory()
      assert.equal("", contest.run("spec/support/claimant.lua", url, tenants, count, directory))
      local verdicts = {}
      for _, tenant in ipairs(tenants) do
        for domain, verdict in shell.read(directory .. "/out." .. tenant):gmatch "(%S+) (%S+)\n" do
          verdicts[domain] = (verdicts[domain] or "") .. tenant .. " " .. verdict .. ";"
        end
      end
      shell.remove_directory(directory)
      local first = { a = 0, b = 0 }
      for i = 1, count do
        local domain = ("d%d.example"):format(i)
        local holder = owner(domain)
        first[holder] = first[holder] + 1
        assert.equal(holder == "a" and "a prove;b renew;" or "a renew;b prove;", verdicts[domain])
      end
      assert.equal(count, first.a + first.b)
      for _, tenant in ipairs(tenants) do
        local _, proven = told(tenant):gsub("ownership_proven", "")
        local _, renewed = told(tenant):gsub("challenge_renewed", "")
        assert.same({ first[tenant], count - first[tenant] }, { proven, renewed })
      end
    end)
  end)
end)
