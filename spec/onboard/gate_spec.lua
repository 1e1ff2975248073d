local databases = require "spec.support.databases"
local gate = require "mailseal.onboard.gate"
local gates = require "spec.support.gates"
local locks = require "mailseal.store.gates"
local store = require "mailseal.store"

local DOMAIN = "mail.example.com"

describe("the gate of a domain", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local registry, tenant

    before_each(function()
      registry = gates.registry { url = new_database() }
      tenant = registry:tenant "acme"
      gates.add(tenant, DOMAIN)
    end)
    after_each(function() registry.db:close() end)

    local function mails_of(list)
      local mails = {}
      for i, row in ipairs(assert(list)) do mails[i] = row.mail end
      return mails
    end

    local function held() return mails_of(tenant:held(DOMAIN)) end
    local function released() return mails_of(tenant:released()) end

    local function verdict()
      local word, code = tenant:decide(DOMAIN)
      return word .. " " .. code
    end

    local function hold_many(count)
      local mails = {}
      for i = 1, count do mails[i] = ("m%05d"):format(i) end
      assert.equal(count, tenant:hold(DOMAIN, mails))
      return mails
    end

    it("is closed by disable, which deletes nothing, and opened by enable (requirement 15)", function()
      assert.equal("send verified", verdict())
      assert.is_true(tenant:disable(DOMAIN, { reason = "too many complaints" }))
      assert.equal("hold disabled", verdict())
      assert.equal(2, tenant:hold(DOMAIN, { "a", "b" }))
      assert.same({ "a", "b" }, held())
      assert.same({}, released())
      assert.is_true(tenant:enable(DOMAIN))
      assert.equal("send verified", verdict())
      assert.same({}, held())
      assert.same({ "a", "b" }, released())
    end)

    it("tells of each opening and closing once", function()
      for _ = 1, 2 do assert.is_true(tenant:disable(DOMAIN, { reason = "audit" })) end
      for _ = 1, 2 do assert.is_true(tenant:enable(DOMAIN)) end
      local kinds, events = gates.events(tenant, DOMAIN)
      assert.same({ "disabled", "enabled" }, kinds)
      assert.equal("audit", events[1].data.reason)
      assert.equal(registry.moment, events[1].at)
    end)

    it("holds mail in the order in which it came, each message once", function()
      tenant:disable(DOMAIN)
      assert.equal(1, tenant:hold(DOMAIN, "c"))
      assert.equal(2, tenant:hold(DOMAIN, { "a", "c", "b", "a" }))
      assert.equal(0, tenant:hold(DOMAIN, "b"))
      assert.same({ "c", "a", "b" }, held())
      local list = tenant:held(DOMAIN)
      assert.same({ "a", "b" }, mails_of(tenant:held(DOMAIN, { after = list[1].position })))
      assert.same({ "c" }, mails_of(tenant:held(DOMAIN, { limit = 1 })))
    end)

    it("lets mail go in order, with ids that have no gaps, to be read after one and forgotten", function()
      tenant:disable(DOMAIN)
      tenant:hold(DOMAIN, { "c", "a", "b" })
      tenant:enable(DOMAIN)
      local list = tenant:released()
      assert.same({ "c", "a", "b" }, mails_of(list))
      for i, row in ipairs(list) do
        assert.equal(i, row.id)
        assert.equal(DOMAIN, row.domain)
      end
      assert.same({ "b" }, mails_of(tenant:released { after = 2 }))
      assert.same({ "c", "a" }, mails_of(tenant:released { limit = 2 }))
      assert.equal(2, tenant:forget_released(2))
      assert.same({ "b" }, released())
      tenant:disable(DOMAIN)
      tenant:hold(DOMAIN, "d")
      tenant:enable(DOMAIN)
      assert.equal(4, tenant:released({ after = 3 })[1].id)
    end)

    it("lets go what is held once the domain is verified again", function()
      gates.set(tenant, DOMAIN, { status = "pending", reason = "lost" })
      assert.equal("refuse not_verified", verdict())
      tenant:hold(DOMAIN, { "a", "b" })
      assert.equal(0, gate.work(registry))
      assert.same({}, released())
      gates.set(tenant, DOMAIN, { status = "verified" })
      assert.equal(1, gate.work(registry))
      assert.same({ "a", "b" }, released())
      assert.same({}, held())
    end)

    it("lets nothing go while the domain may not send", function()
      tenant:disable(DOMAIN)
      tenant:hold(DOMAIN, { "a" })
      gates.set(tenant, DOMAIN, { status = "pending" })
      gates.set(tenant, DOMAIN, { status = "verified" })
      assert.equal(1, gate.work(registry))
      assert.same({ "a" }, held())
      gates.set(tenant, DOMAIN, { status = "failed" })
      tenant:enable(DOMAIN)
      assert.equal(0, gate.work(registry))
      assert.equal(0, tenant:release_holds(DOMAIN))
      assert.same({ "a" }, held())
      assert.same({}, released())
    end)

    it("lets mail go at once that is held though the domain may send by now", function()
      assert.equal(1, tenant:hold(DOMAIN, "a"))
      assert.same({}, held())
      assert.same({ "a" }, released())
    end)

    it("forgets a hold that was called off", function()
      tenant:disable(DOMAIN)
      tenant:hold(DOMAIN, { "a", "b" })
      assert.equal(1, tenant:unhold(DOMAIN, "a"))
      assert.equal(0, tenant:unhold(DOMAIN, "a"))
      tenant:enable(DOMAIN)
      assert.same({ "b" }, released())
    end)

    it("forgets many at a time, and tells how many", function()
      tenant:disable(DOMAIN)
      tenant:hold(DOMAIN, { "a", "b", "c" })
      assert.equal(2, tenant:unhold(DOMAIN, { "a", "never held", "c" }))
      assert.equal(0, tenant:unhold(DOMAIN, { "a", "c" }))
      assert.same({ "b" }, held())
      local kinds, events = gates.events(tenant, DOMAIN)
      assert.same({ "disabled", "mail_called_off" }, kinds)
      assert.same({ count = 2 }, events[2].data)
      assert.equal("bad_id", select(3, tenant:unhold(DOMAIN, { "b", "" })))
      assert.same({ "b" }, held())
    end)

    it("is told again of a hold whose answer was lost, and releases each once nevertheless", function()
      tenant:disable(DOMAIN)
      tenant:hold(DOMAIN, { "a", "b", "c" })
      tenant:enable(DOMAIN)
      assert.equal(1, tenant:hold(DOMAIN, { "a", "b", "c", "d" }, { after = 0 }))
      assert.same({ "a", "b", "c", "d" }, released())
      tenant:disable(DOMAIN)
      -- "a" and "b" were dealt with, and have to wait anew; "c" is to come out of the feed.
      assert.equal(2, tenant:hold(DOMAIN, { "a", "b", "c" }, { after = 2 }))
      assert.same({ "a", "b" }, held())
      gates.add(tenant, "other.example.com", {})
      tenant:disable "other.example.com"
      assert.equal(1, tenant:hold("other.example.com", "c", { after = 2 }))
      assert.equal(2, tenant:forget_released(2))
      tenant:enable(DOMAIN)
      assert.same({ "c", "d", "a", "b" }, released())
    end)

    it("lets many go in bounded steps, in which others have their turn", function()
      gates.add(tenant, "other.example.com")
      tenant:disable(DOMAIN)
      tenant:disable "other.example.com"
      local mails = hold_many(3 * gate.BATCH + 1)
      tenant:hold("other.example.com", "x")
      tenant:enable(DOMAIN)
      assert.equal(gate.BATCH, #released())
      tenant:enable "other.example.com"
      assert.equal(gate.BATCH + 1, #released() + #tenant:released { after = gate.BATCH })
      assert.equal(2, gate.work(registry, 2))
      assert.equal(1, #tenant:held(DOMAIN))
      assert.equal(1, gate.work(registry))
      assert.equal(0, gate.work(registry))
      local all = {}
      for _, row in ipairs(tenant:released { limit = 10 * gate.BATCH }) do
        if row.domain == DOMAIN then all[#all + 1] = row.mail end
      end
      assert.same(mails, all)
    end)

    it("stops in the midst of letting go where the domain is disabled, and carries on where it is enabled", function()
      tenant:disable(DOMAIN)
      local mails = hold_many(2 * gate.BATCH)
      tenant:enable(DOMAIN)
      tenant:disable(DOMAIN)
      gate.work(registry)
      assert.equal(gate.BATCH, #tenant:held(DOMAIN, { limit = 10000 }))
      tenant:enable(DOMAIN)
      assert.equal(0, tenant:release_holds(DOMAIN))
      assert.same(mails, mails_of(tenant:released { limit = 10000 }))
    end)

    it("lets go all at once where that is wished", function()
      tenant:disable(DOMAIN)
      local mails = hold_many(2 * gate.BATCH + 7)
      tenant:enable(DOMAIN)
      assert.equal(gate.BATCH + 7, tenant:release_holds(DOMAIN))
      assert.same(mails, mails_of(tenant:released { limit = 10000 }))
      assert.equal(2 * gate.BATCH + 7, tenant:forget_released(2 * gate.BATCH + 7))
    end)

    it("is neither opened nor looked at while mail comes to be held elsewhere, lest that stay held for ever", function()
      local elsewhere = gates.registry { url = assert(store.open(registry.db.url, { busy_timeout = 0.1 })) }
      local other, codes = elsewhere:tenant "acme", {}
      tenant:disable(DOMAIN)
      assert(registry.db:write(function(tx)
        assert.is_table(locks.lock(tx, "acme", DOMAIN))
        codes = { (select(3, other:enable(DOMAIN))), (select(3, other:release_holds(DOMAIN))), (select(3, other:hold(DOMAIN, "a"))) }
      end))
      assert.same({ "store_busy", "store_busy", "store_busy" }, codes)
      assert.is_true(other:enable(DOMAIN))
      elsewhere.db:close()
    end)

    it("is its tenant's alone", function()
      local other = registry:tenant "other"
      tenant:disable(DOMAIN)
      tenant:hold(DOMAIN, "a")
      local calls = {
        { "decide", DOMAIN }, { "enable", DOMAIN }, { "disable", DOMAIN }, { "hold", DOMAIN, "b" }, { "unhold", DOMAIN, "a" },
        { "held", DOMAIN }, { "release_holds", DOMAIN }, { "use", DOMAIN, "x" }, { "release", DOMAIN, "x" }, { "users", DOMAIN },
        { "remove", DOMAIN }, { "report", DOMAIN, { delivered = 1 } }, { "health", DOMAIN }, { "reset_health", DOMAIN },
      }
      for _, call in ipairs(calls) do
        local result, second, code = other[call[1]](other, call[2], call[3])
        if call[1] == "decide" then
          assert.same({ "refuse", "not_found" }, { result, second })
        else
          assert.same({ nil, "not_found" }, { result, code }, call[1])
        end
      end
      assert.same({}, other:released())
      assert.same({ "a" }, held())
      -- A domain of the same name is another one.
      gates.add(other, DOMAIN)
      other:disable(DOMAIN)
      other:hold(DOMAIN, { "x", "y" })
      other:enable(DOMAIN)
      assert.same({ "x", "y" }, mails_of(other:released()))
      assert.same({ "a" }, held())
      assert.equal(2, other:forget_released(99))
      tenant:enable(DOMAIN)
      assert.equal(1, tenant:released()[1].id)
    end)

    it("is not found where there cannot be such a domain", function()
      for _, name in ipairs { "", "-", "a\0b", "a b", "\255", ("x."):rep(200) } do
        assert.same({ "refuse", "not_found" }, { (select(1, tenant:decide(name))), (select(2, tenant:decide(name))) })
        assert.equal("not_found", select(3, tenant:hold(name, "a")))
      end
    end)

    it("knows a domain however it is spelled", function()
      assert.is_true(tenant:disable "MAIL.Example.com.")
      assert.equal("hold disabled", verdict())
    end)
  end)

  describe("mail's ids", function()
    local registry, tenant

    before_each(function()
      registry = gates.registry()
      tenant = registry:tenant "acme"
      gates.add(tenant, DOMAIN)
    end)
    after_each(function() registry.db:close() end)

    local refused = { empty = "", long = ("x"):rep(256), ["with a NUL"] = "a\0b", ["with a line end"] = "a\nb", ["of no UTF-8"] = "\255" }
    for what, id in pairs(refused) do
      it(("are refused where one is %s, with all that came along"):format(what), function()
        tenant:disable(DOMAIN)
        local count, message, code = tenant:hold(DOMAIN, { "a", id })
        assert.same({ nil, "bad_id" }, { count, code })
        assert.matches("a message's id", message, 1, true)
        assert.same({}, tenant:held(DOMAIN))
      end)
    end

    it("are texts, up to 255 octets of any script", function()
      tenant:disable(DOMAIN)
      assert.equal(2, tenant:hold(DOMAIN, { "Grüße №1", ("x"):rep(255) }))
      assert.equal("bad_id", select(3, tenant:hold(DOMAIN, 17)))
    end)

    it("are not left out", function()
      for _, method in ipairs { "hold", "unhold" } do
        assert.equal("bad_id", select(3, tenant[method](tenant, DOMAIN, nil)))
      end
      assert.equal(0, tenant:hold(DOMAIN, {}))
      assert.is_false(pcall(tenant.hold, tenant, DOMAIN, "a", { before = 1 }))
      assert.is_false(pcall(tenant.forget_released, tenant, nil))
    end)

    it("come up to 10,000 at a time", function()
      local mails = {}
      for i = 1, 10001 do mails[i] = tostring(i) end
      assert.equal("too_many", select(3, tenant:hold(DOMAIN, mails)))
    end)
  end)
end)
