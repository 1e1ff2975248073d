--- Domains that are created by requests which may be repeated.
local databases = require "spec.support.databases"
local onboard = require "mailseal.onboard"

local GIVEN = { domain = "mail.example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } } }
local OTHER = { domain = "other.example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } } }

describe("a request to create a domain, with a key of its own", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local registry, tenant, now

    before_each(function()
      now = 1800000000
      registry = assert(onboard.open { db = new_database(), clock = function() return now end })
      tenant = registry:tenant "acme"
    end)
    after_each(function() registry:close() end)

    local function once(key, fingerprint) return { key = key, fingerprint = fingerprint or "f" } end

    it("is answered as it was when it is repeated", function()
      local made, repeated = assert(tenant:create(GIVEN, once "k"))
      assert.is_nil(repeated)
      now = now + 86399
      local again, is_repeated = assert(tenant:create(GIVEN, once "k"))
      assert.is_true(is_repeated)
      assert.same(made, again)
      assert.equal(1, #tenant:events())
    end)

    it("is not answered by what was asked for with another key, or by another tenant", function()
      assert(tenant:create(GIVEN, once "k"))
      assert.equal("exists", select(3, tenant:create(GIVEN, once "l")))
      local made, repeated = registry:tenant("rival"):create(GIVEN, once "k")
      assert.same({ "mail.example.com", nil }, { made.domain, repeated })
    end)

    it("is refused where its key came with something else", function()
      assert(tenant:create(GIVEN, once "k"))
      assert.equal("key_reused", select(3, tenant:create(OTHER, once("k", "g"))))
      assert.equal("not_found", select(3, tenant:get "other.example.com"))
    end)

    it("that failed is tried anew", function()
      assert(tenant:create(GIVEN))
      assert.equal("exists", select(3, tenant:create(GIVEN, once "k")))
      assert(tenant:remove(GIVEN.domain))
      local made, repeated = tenant:create(GIVEN, once "k")
      assert.same({ "mail.example.com", nil }, { made.domain, repeated })
    end)

    it("is forgotten after a day", function()
      assert(tenant:create(GIVEN, once "k"))
      now = now + 86400
      assert.equal("exists", select(3, tenant:create(GIVEN, once "k")))
      assert.equal("other.example.com", tenant:create(OTHER, once("k", "g")).domain)
      assert.is_true(select(2, tenant:create(OTHER, once("k", "g"))))
    end)

    it("leaves nothing that heaps up", function()
      for i = 1, 30 do
        assert(tenant:create({ domain = ("m%d.example.com"):format(i), provider = "kraiter", vars = GIVEN.vars }, once("k" .. i)))
      end
      now = now + 86400
      for i = 31, 32 do
        assert(tenant:create({ domain = ("m%d.example.com"):format(i), provider = "kraiter", vars = GIVEN.vars }, once("k" .. i)))
      end
      local left = registry.db:read(function(tx) return tx:row("SELECT COUNT(*) AS n FROM repeatable").n end)
      assert.equal(2, left)
    end)
  end)
end)
