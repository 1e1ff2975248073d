-- The whole walk at DNS hosts by their interfaces, over a name server that is real: a zone, a plan, applied, verified, rotated, taken back;
-- and the zone is what it was (Sure).
local dns = require "mailseal.dns"
local dns_hosts = require "spec.support.dns_hosts"
local onboard = require "mailseal.onboard"
local shell = require "spec.support.shell"

-- A rotation that takes its two minutes, in steps of so many seconds: signatures say when they were made, so that the clock is not to go
-- by days.
local KEYS = { type = "ed25519", caches = 5, silence = 5, in_flight = 20, withdrawn = 20, look_least = 5, look_most = 5 }
local STEP = 10

local ZONE = [[
$TTL 3600
@ SOA ns hostmaster 1 3600 900 604800 5
@ NS ns
ns A 127.0.0.1
@ MX 10 mx.example.net.
@ TXT "v=spf1 mx include:_spf.example.net ~all"
@ TXT "some-site-verification=abc"
_dmarc TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
www A 192.0.2.80
*.wild TXT "wild"
]]

local HOSTS = {
  { id = "cloudflare", credentials = { token = ("Sn3lZJTBX6"):rep(4) } },
  { id = "desec", credentials = { token = "i-T3b1h_OI-H9ab8tRS98stGtURe" } },
  { id = "digitalocean", credentials = { token = "dop_v1_" .. ("3f9a"):rep(16) } },
  { id = "godaddy", credentials = { api_key = ("3x"):rep(14), api_secret = ("Qf"):rep(11) } },
  { id = "hetzner", credentials = { token = ("LRK9DAWQ"):rep(8) } },
  -- It does not tell of its own NS records, and those of the name server here have other names.
  {
    id = "porkbun", credentials = { api_key = "pk1_" .. ("7d"):rep(32), secret_api_key = "sk1_" .. ("e4"):rep(32) },
    consent = { "record_at_wrong_host@example.com" },
  },
  { id = "route53", credentials = { access_key = "AKIAIOSFODNN7EXAMPLE", secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" } },
}

for _, one in ipairs(HOSTS) do
  describe("Publishing at " .. one.id, function()
    local host, directory, registry, tenant, now

    setup(function()
      host = dns_hosts.start(one.id, { zones = { ["example.com"] = ZONE }, credentials = one.credentials })
      directory = shell.new_directory()
      now = os.time()
      registry = assert(onboard.open {
        db = "sqlite::memory:", master_key_file = directory .. "/master.key", clock = function() return now end,
        resolver = assert(dns.resolver { servers = { host.knot.address }, port = host.knot.port, timeout = 5 }),
        policy = { keys = KEYS, publishing = { allow_private = true, allow_plain = true, wait = 30 } },
      })
      tenant = registry:tenant "acme"
      assert(tenant:create { domain = "mail.example.com", provider = "own" })
    end)
    teardown(function()
      registry:close()
      host:stop()
      shell.remove_directory(directory)
    end)

    local function way(more)
      local given = { via = one.id, endpoint = ("http://127.0.0.1:%d"):format(host.port) .. (one.path or "") }
      for _, options in ipairs { one.credentials, more or {} } do
        for name, value in pairs(options) do given[name] = value end
      end
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
      local before = host:zone "example.com"
      local plan = assert(tenant:plan("mail.example.com", way { keep = true, consent = one.consent }))
      assert.same({}, plan.conflicts)
      assert.equal(before, host:zone "example.com")
      local done = assert(plan:apply())
      assert.same({ true, true, "verified" }, { done.changed, done.shown, done.domain.status })
      local published = host:zone "example.com"
      assert.is_false(assert(plan:apply()).changed)
      assert.is_false(assert(assert(tenant:plan("mail.example.com", { via = one.id, consent = one.consent })):apply()).changed)
      assert.equal(published, host:zone "example.com")

      pass(STEP)
      local new = assert(tenant:rotate "mail.example.com")
      pass(200)
      local keys = tenant:keys "mail.example.com"
      assert.same({ "removed", "active", new.selector }, { keys[1].state, keys[2].state, keys[2].selector })
      local rotated = host:zone "example.com"
      assert.truthy(rotated:find(new.selector, 1, true))
      assert.is_nil(rotated:find(keys[1].selector, 1, true))
      assert.equal("verified", tenant:get "mail.example.com".status)

      assert.is_true(assert(tenant:unpublish("mail.example.com", { via = one.id })).changed)
      assert.equal(before, host:zone "example.com")
      for _, request in ipairs(host:requests()) do assert.truthy(request.status < 300 or request.method == "GET", request.body) end
    end)
  end)
end
