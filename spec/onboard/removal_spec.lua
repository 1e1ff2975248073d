local databases = require "spec.support.databases"
local gates = require "spec.support.gates"
local ownership = require "mailseal.onboard.ownership"
local removal = require "mailseal.onboard.removal"

local DOMAIN = "mail.example.com"

describe("the removal of a domain (requirement 16)", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local registry, tenant

    before_each(function()
      registry = gates.registry { url = new_database() }
      tenant = registry:tenant "acme"
      gates.add(tenant, DOMAIN, {
        records = { { id = "dkim1", type = "CNAME", name = "abc._domainkey." .. DOMAIN, value = "abc.dkim.example", purpose = "dkim" } },
      })
    end)
    after_each(function() registry.db:close() end)

    local function refused()
      local result, message, code = tenant:remove(DOMAIN)
      assert.same({ nil, "in_use" }, { result, code })
      assert.equal("verified", (select(2, tenant:decide(DOMAIN))))
      return message
    end

    it("is refused while something uses the domain, and names it", function()
      assert.is_true(tenant:use(DOMAIN, "sequence 17"))
      assert.is_false(tenant:use(DOMAIN, "sequence 17"))
      assert.equal('mail.example.com cannot be removed: it is used by "sequence 17"', refused())
      tenant:use(DOMAIN, "newsletter")
      tenant:use(DOMAIN, "Begrüßung")
      assert.equal('mail.example.com cannot be removed: it is used by "Begrüßung", "newsletter" and "sequence 17"', refused())
      assert.same({ "Begrüßung", "newsletter", "sequence 17" }, tenant:users(DOMAIN))
      for _, user in ipairs { "newsletter", "sequence 17" } do assert.is_true(tenant:release(DOMAIN, user)) end
      assert.is_false(tenant:release(DOMAIN, "newsletter"))
      assert.equal('mail.example.com cannot be removed: it is used by "Begrüßung"', refused())
      tenant:release(DOMAIN, "Begrüßung")
      assert.is_table(tenant:remove(DOMAIN))
    end)

    it("names ten users, and how many more there are", function()
      for i = 1, 13 do tenant:use(DOMAIN, ("sequence %02d"):format(i)) end
      assert.matches('"sequence 09", "sequence 10" and 3 more$', refused())
    end)

    it("is refused while mail is held", function()
      tenant:disable(DOMAIN)
      tenant:hold(DOMAIN, "a")
      tenant:use(DOMAIN, "sequence 17")
      local _, message, code, by = tenant:remove(DOMAIN)
      assert.equal("in_use", code)
      assert.same({ users = { "sequence 17" }, held = 1 }, by)
      assert.equal('mail.example.com cannot be removed: it is used by "sequence 17", and 1 message is held until it may send', message)
      tenant:release(DOMAIN, "sequence 17")
      assert.equal("in_use", select(3, tenant:remove(DOMAIN)))
      tenant:unhold(DOMAIN, "a")
      assert.is_table(tenant:remove(DOMAIN))
    end)

    it("counts held mail up to a thousand", function()
      tenant:disable(DOMAIN)
      local mails = {}
      for i = 1, 1001 do mails[i] = "m" .. i end
      tenant:hold(DOMAIN, mails)
      assert.matches("more than 1000 messages are held", select(2, tenant:remove(DOMAIN)), 1, true)
    end)

    it("leaves DNS alone, and tells what is to be taken out of it", function()
      local clean_up = assert(tenant:remove(DOMAIN)).clean_up
      assert.equal(1, #clean_up)
      assert.same({ "CNAME", "abc._domainkey.mail.example.com", "abc.dkim.example", "delete" }, {
        clean_up[1].type, clean_up[1].name, clean_up[1].value, clean_up[1].action,
      })
      assert.same({ "refuse", "not_found" }, { (select(1, tenant:decide(DOMAIN))), (select(2, tenant:decide(DOMAIN))) })
      assert.equal("not_found", select(3, tenant:remove(DOMAIN)))
    end)

    it("leaves what was told and what was released, and nothing else of the domain", function()
      tenant:disable(DOMAIN)
      tenant:hold(DOMAIN, { "a", "b" })
      tenant:enable(DOMAIN)
      tenant:report(DOMAIN, { delivered = 1 })
      assert(tenant:remove(DOMAIN))
      assert.equal(2, #tenant:released())
      local kinds, events = gates.events(tenant, DOMAIN)
      assert.equal("removed", kinds[#kinds])
      assert.equal("abc._domainkey.mail.example.com", events[#events].data.clean_up[1].name)
      for _, sql in ipairs { "SELECT COUNT(*) AS n FROM domains", "SELECT COUNT(*) AS n FROM health", "SELECT COUNT(*) AS n FROM holds" } do
        assert.equal(0, registry.db:read(function(tx) return tx:row(sql) end).n)
      end
      -- The same name is another domain from now on, and its released mail goes on in the feed.
      gates.add(tenant, DOMAIN)
      tenant:hold(DOMAIN, "c")
      assert.equal(3, tenant:released({ after = 2 })[1].id)
    end)

    it("ends what its tenant has proven: the same name is to be proven anew, by whomever", function()
      local function settle(tenant_id, challenged_at, now)
        return registry.db:write(function(tx)
          return (ownership.settle(tx, { tenant = tenant_id, domain = DOMAIN, seen = "seen", challenged_at = challenged_at }, now))
        end)
      end
      gates.set(tenant, DOMAIN, { challenge = "abc", challenged_at = registry.moment - 10 })
      assert.equal("prove", settle("acme", registry.moment - 10, registry.moment))
      local clean_up = assert(tenant:remove(DOMAIN)).clean_up
      assert.same({ "_mailseal-challenge." .. DOMAIN, "delete" }, { clean_up[1].name, clean_up[1].action })
      assert.equal("prove", settle("other", registry.moment - 5, registry.moment))
      assert.equal("renew", settle("acme", registry.moment - 10, registry.moment))
    end)

    it("refuses users without a name", function()
      for _, user in ipairs { "", "a\nb" } do assert.equal("bad_id", select(3, tenant:use(DOMAIN, user))) end
      assert.same({}, tenant:users(DOMAIN))
    end)
  end)

  describe("tells of each record", function()
    local cases = {
      { { purpose = "dkim", type = "CNAME", match = "cname_target" }, "delete", "some days after the last message" },
      { { purpose = "spf", type = "TXT", match = "spf_include" }, "edit", "leave the rest" },
      { { purpose = "spf", type = "TXT", match = "exact" }, "delete", "nothing else sends from that name" },
      { { purpose = "dmarc", type = "TXT", match = "dmarc_any_valid" }, "keep", "leave it" },
      { { purpose = "ownership", type = "TXT" }, "delete", "was to prove" },
      { { purpose = "inbound", type = "MX" }, "delete", "receive" },
      { { purpose = "return_path", type = "CNAME" }, "delete", "others may take over" },
      { { purpose = "delegation", type = "NS" }, "delete", "others may take over" },
      { { purpose = "links", type = "TXT" }, "delete", "nothing asks for it" },
    }
    for _, case in ipairs(cases) do
      it(("%s, %s: %s"):format(case[1].purpose, case[1].match or case[1].type, case[2]), function()
        local told = removal.clean_up({ case[1] })[1]
        assert.equal(case[2], told.action)
        assert.matches(case[3], told.text, 1, true)
      end)
    end
  end)
end)
