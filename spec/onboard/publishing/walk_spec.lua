-- The whole walk, at name servers that are real: a zone, a plan, applied, verified, rotated, taken back; and the zone is what it was
-- (Sure).
local dns = require "mailseal.dns"
local onboard = require "mailseal.onboard"
local primaries = require "spec.support.primaries"
local shell = require "spec.support.shell"

-- A rotation that takes its two minutes, in steps of so many seconds: signatures say when they were made, so that the clock is not to go
-- by days.
local KEYS = { type = "ed25519", caches = 5, silence = 5, in_flight = 20, withdrawn = 20, look_least = 5, look_most = 5 }
local STEP = 10

local ZONE = [[
@ 3600 SOA ns hostmaster 1 3600 900 604800 5
@ 3600 NS ns
ns 3600 A 127.0.0.1
@ 300 MX 10 mx.example.net.
@ 300 TXT "v=spf1 mx include:_spf.example.net ~all"
@ 300 TXT "some-site-verification=abc"
_dmarc 300 TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
www 300 A 192.0.2.80
*.wild 300 TXT "wild"
]]

-- Zones as the target's answers are compared: their records, without the serial.
local function zone_of(server) return (primaries.zone(server, "example.com"):gsub("(SOA %S+ %S+) %d+", "%1 N")) end

for _, name in ipairs(primaries.NAMES) do
  describe("Publishing at " .. name, function()
    local server, directory, registry, tenant, now

    setup(function()
      server = primaries.start(name, { zones = { ["example.com"] = ZONE } })
      directory = shell.new_directory()
    end)
    teardown(function()
      server:stop()
      shell.remove_directory(directory)
    end)
    before_each(function()
      now = os.time()
      registry = assert(onboard.open {
        db = "sqlite::memory:", master_key_file = directory .. "/master.key", clock = function() return now end,
        resolver = assert(dns.resolver { servers = { server.address }, port = server.port, timeout = 5 }),
        policy = { keys = KEYS, publishing = { allow_private = true, wait = 30 } },
      })
      tenant = registry:tenant "acme"
      assert(tenant:create { domain = "mail.example.com", provider = "own" })
    end)
    after_each(function()
      registry:close()
      os.remove(directory .. "/master.key")
    end)

    local function way(more)
      local given = { via = "rfc2136", server = server.host, port = ("%d"):format(server.port), key = primaries.key "good" }
      for option, value in pairs(more or {}) do given[option] = value end
      return given
    end

    local function pass(seconds)
      local ends = now + seconds
      while now < ends do
        now = now + STEP
        assert(registry:work { until_idle = true })
      end
    end

    it("is planned, applied, seen, verified, rotated without a hand, and taken back to the last octet", function()
      local before = zone_of(server)
      local plan = assert(tenant:plan("mail.example.com", way { keep = true }))
      assert.same({}, plan.conflicts)
      assert.equal(before, zone_of(server))
      local done = assert(plan:apply())
      assert.same({ true, true, "verified" }, { done.changed, done.shown, done.domain.status })
      local published = zone_of(server)
      assert.is_false(assert(plan:apply()).changed)
      assert.is_false(assert(assert(tenant:plan("mail.example.com", { via = "rfc2136" })):apply()).changed)
      assert.equal(published, zone_of(server))

      pass(STEP)
      local new = assert(tenant:rotate "mail.example.com")
      pass(200)
      local keys = tenant:keys "mail.example.com"
      assert.same({ "removed", "active", new.selector }, { keys[1].state, keys[2].state, keys[2].selector })
      local rotated = zone_of(server)
      assert.truthy(rotated:find(new.selector, 1, true))
      assert.is_nil(rotated:find(keys[1].selector, 1, true))
      assert.equal("verified", tenant:get "mail.example.com".status)

      assert.is_true(assert(tenant:unpublish("mail.example.com", { via = "rfc2136" })).changed)
      assert.equal(before, zone_of(server))
    end)

    it("refuses who has another secret, and keeps no access of his", function()
      local before = zone_of(server)
      local given = way { key = primaries.key("good", nil, ("B"):rep(43) .. "="), keep = true }
      local plan, message, code = tenant:plan("mail.example.com", given)
      assert.same({ nil, "bad_credentials" }, { plan, code })
      assert.is_nil(message:find("BBBB", 1, true))
      assert.equal("bad_credentials", (select(3, tenant:keep_access("mail.example.com", way { key = given.key }))))
      assert.same({}, tenant:accesses "mail.example.com")
      assert.equal(before, zone_of(server))
    end)

    it("goes on after a zone that has moved, with a new plan", function()
      local before = zone_of(server)
      local first = assert(tenant:plan("mail.example.com", way()))
      local other = registry:tenant "other"
      assert(other:create { domain = "mail.example.com", provider = "own" })
      local second = assert(other:plan("mail.example.com", way()))
      assert(first:apply())
      local _, _, code = second:apply()
      assert.truthy(code == nil or code == "zone_moved")
      if code then assert(assert(other:plan("mail.example.com", way())):apply()) end
      assert(other:unpublish("mail.example.com", way()))
      assert(tenant:unpublish("mail.example.com", way()))
      assert.equal(before, zone_of(server))
    end)
  end)
end
