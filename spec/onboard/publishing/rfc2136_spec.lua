--- Domains at a name server that takes signed updates (RFC 2136), a real one: each kind of provider's records, and a publisher that is
-- killed. The walk of one domain from its plan to its end is in publishing_walk_spec.lua.
local await = require "spec.support.await"
local child = require "spec.support.child"
local dns = require "mailseal.dns"
local dns_relay = require "spec.support.dns_relay"
local key = require "mailseal.key"
local onboard = require "mailseal.onboard"
local primaries = require "spec.support.primaries"
local provider = require "mailseal.provider"
local shell = require "spec.support.shell"

local ZONE = "example.com"

local TEXT = [[
@ SOA ns hostmaster 1 3600 900 604800 5
@ NS ns
ns A 127.0.0.1
@ A 192.0.2.80
@ MX 10 mx
@ 300 TXT "v=spf1 a mx include:_spf.elsewhere.test ~all"
@ TXT "site-verification=123"
_dmarc TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@example.com"
mx A 192.0.2.25
mail A 192.0.2.26
old._domainkey TXT "v=DKIM1; p="
*.pages CNAME pages.elsewhere.test.
]]

local KEY = assert(key.generate { type = "ed25519" }):record()

describe("a domain at a name server that takes updates", function()
  local server, directory

  setup(function()
    server = primaries.start("Knot", { zones = { [ZONE] = TEXT, ["amazonses.com"] = TEXT .. ("*.dkim TXT \"%s\"\n"):format(KEY) } })
    directory = shell.new_directory()
  end)
  teardown(function()
    server:stop()
    shell.remove_directory(directory)
  end)

  local function open(database)
    return assert(onboard.open {
      db = database or "sqlite::memory:", policy = { publishing = { allow_private = true, wait = 10, look_first = 0.05 } },
      resolver = assert(dns.resolver { servers = { server.address }, port = server.port, timeout = 5 }),
    })
  end

  local function access() return { via = "rfc2136", server = server.address, key = primaries.key "good" } end

  -- Consents to all that a plan asks for.
  local function consents(plan)
    local list = {}
    for i, step in ipairs(plan.conflicts) do list[i] = step.consent end
    return list
  end

  -- Publishes for a domain: DATABASE, the name server's ADDRESS and PORT, the SERVER to update, its KEY.
  local PUBLISHER = [[
local database, address, port, server, key = ...
local resolver = assert(require "mailseal.dns".resolver { servers = { address }, port = tonumber(port), timeout = 5 })
local registry = assert(require "mailseal.onboard".open {
  db = database, resolver = resolver, policy = { publishing = { allow_private = true, wait = 10, look_first = 0.05, lease = 1 } },
})
local access = { via = "rfc2136", server = server, key = key }
local plan = assert(registry:tenant "acme":plan("example.com", access))
print "planned"
local done, message, code = plan:apply()
print(done and (done.changed and "changed" or "unchanged") or code .. ": " .. message)
]]

  describe("whose publisher is killed", function()
    local relay

    setup(function() relay = dns_relay.start(server) end)
    teardown(function() relay:stop() end)

    -- Starts one, which writes by the relay.
    local function publisher(database)
      return child.start(PUBLISHER, { database, server.address, tostring(server.port), relay.address, primaries.key "good" })
    end

    for _, case in ipairs {
      { "while the update is on its way", "stall", false }, { "when the update was made, and before its answer came", "hang", true },
    } do
      it(case[1] .. ", gets the rest of it from the next one, once", function()
        local before, database = primaries.zone(server, ZONE), ("sqlite:%s/%s.db"):format(directory, case[2])
        local registry = open(database)
        local tenant = registry:tenant "acme"
        assert(tenant:create { domain = ZONE, provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } } })

        relay:fault(case[2], "update", 0)
        local killed = publisher(database)
        await("the update is sent", function() return relay:count "update" > 0 end)
        if case[3] then await("it is made", function() return primaries.zone(server, ZONE) ~= before end) end
        killed:kill()
        assert.same({ "planned" }, killed:rest())
        assert.equal(case[3], primaries.zone(server, ZONE) ~= before)

        relay:fault("none", "any", 0)
        local said
        await("its lease is over", function()
          local lines = publisher(database):rest()
          said = lines[2]
          return said and not said:find "^publish_under_way"
        end)
        assert.equal(case[3] and "unchanged" or "changed", said)
        local published = primaries.zone(server, ZONE)
        for _, line in ipairs { "abc._domainkey", "def._domainkey", "ghi._domainkey" } do
          assert.equal(1, select(2, published:gsub(line:gsub("%p", "%%%0"), "")))
        end
        assert.equal("settled", tenant:publications(ZONE)[case[3] and 1 or 2].state)

        assert.is_true(assert(tenant:unpublish(ZONE, access())).changed)
        assert.equal(before, primaries.zone(server, ZONE))
        registry:close()
      end)
    end
  end)

  -- What a rule's vars are called with: their examples.
  local function vars_of(rule)
    local vars = {}
    for name, var in pairs(rule.vars or {}) do
      vars[name] = var.form == "key" and KEY or var.example or var.default or var.choices and var.choices[1]
    end
    for _, record in ipairs(rule.records) do
      for name, value in pairs(record.when or {}) do vars[name] = vars[name] and value end
    end
    return vars
  end

  local function domain_of(rule)
    for _, reason in ipairs(rule.not_applicable or {}) do
      if reason.when.subdomain == "yes" then return ZONE end
    end
    return "mail." .. ZONE
  end

  -- One of each kind: keys in TXT, in CNAMEs, of ours; MX and SPF at a name of its own, includes at one where SPF is; delegations.
  for _, id in ipairs {
    "brevo-txt", "kartra", "keap", "klaviyo-dynamic", "kraiter", "m365", "mailgun", "postmark", "sendgrid-auto", "ses-mail-from",
  } do
    it(("gets the records of %s, once, and gives them back"):format(id), function()
      local rule = assert(provider.find(id))
      local registry = open()
      finally(function() registry:close() end)
      local before = primaries.zone(server, ZONE)
      local tenant, domain = registry:tenant "acme", domain_of(rule)
      assert(tenant:create { domain = domain, provider = id, vars = vars_of(rule) })
      local plan = assert(tenant:plan(domain, access()))
      local done = assert(plan:apply { consent = consents(plan), wait = id == "klaviyo-dynamic" and 0 or 10 })
      -- The example of a delegation leads to servers that there are not.
      assert.is_true(done.changed)
      for _, one in ipairs(done.not_shown) do assert.equal("NS", one.type, done.text) end
      local published = primaries.zone(server, ZONE)
      assert.is_true(published ~= before)
      local again = assert(tenant:plan(domain, access()))
      assert.is_false(assert(again:apply { consent = consents(again) }).changed, again:diff())
      assert.equal(published, primaries.zone(server, ZONE))
      assert.is_true(assert(again:undo()).changed)
      assert.equal(before, primaries.zone(server, ZONE))
    end)
  end
end)
