-- Two tenants, and all that there is to do with a tenant: hostile-input.md, Service 1 and 12.
--
-- The methods are those that a tenant has: one that is added later is to be added here, or this fails.
local databases = require "spec.support.databases"
local memory_zone = require "spec.support.memory_zone"
local onboarding = require "spec.support.onboarding"
local shell = require "spec.support.shell"
local tokens = require "mailseal.onboard.tokens"
local zone_names = require "mailseal.store.zone_names"
local tenancy = require "spec.support.tenancy"

local DAY = 86400
local MESSAGE = "From: a@example.com\r\nTo: b@example.net\r\nSubject: x\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
  .. "Message-ID: <1@example.com>\r\n\r\nhello\r\n"

local NO_WEBHOOK = { "there is no such webhook", "no_such_webhook" }

-- What a stranger calls, with the domain's name behind the tenant; and what comes of it where he has no such domain, other than
-- nil, a message and "not_found".
local calls = {
  accesses = { { "DOMAIN" } },
  count = { {}, comes_to = { all = 0 } },
  create = { { { domain = "DOMAIN", provider = "own" } }, comes_to = { domain = "DOMAIN", status = "pending", owned = false } },
  create_many = { { { { domain = "DOMAIN", provider = "own" } } }, comes_to = { { domain = "DOMAIN", status = "pending" } } },
  change_webhook = { { "WEBHOOK", { url = "https://stranger.example/", new_secret = true } }, refused = NO_WEBHOOK },
  decide = { { "DOMAIN" }, comes_to = "refuse", second = "not_found" },
  deliveries = { { "WEBHOOK" }, refused = NO_WEBHOOK },
  disable = { { "DOMAIN", { reason = "because" } } },
  dns_host = { { "DOMAIN" } },
  enable = { { "DOMAIN" } },
  events = { { { domain = "DOMAIN" } }, comes_to = {} },
  export = { { "DOMAIN", "bind" } },
  forget_access = { { "DOMAIN" } },
  forget_released = { { 1000 }, comes_to = 0 },
  get = { { "DOMAIN" } },
  health = { { "DOMAIN" } },
  health_series = { { { "DOMAIN" } }, comes_to = { of = {} } },
  held = { { "DOMAIN", { after = 0 } } },
  hold = { { "DOMAIN", "m-stranger" } },
  keep_access = { { "DOMAIN", { via = "nobody" } } },
  keys = { { "DOMAIN" } },
  list = { {}, comes_to = {} },
  make_token = { { { name = "stranger" } }, comes_to = { name = "stranger" } },
  make_webhook = { { { url = "https://stranger.example/" } }, comes_to = { url = "https://stranger.example/", waiting = 0 } },
  plan = { { "DOMAIN", { via = "nobody" } } },
  publications = { { "DOMAIN" } },
  records = { { "DOMAIN" } },
  release = { { "DOMAIN", "VICTIM-user" } },
  release_holds = { { "DOMAIN" } },
  released = { {}, comes_to = {} },
  remove = { { "DOMAIN" } },
  remove_webhook = { { "WEBHOOK" }, refused = NO_WEBHOOK },
  replay = { { "WEBHOOK", 5 }, refused = NO_WEBHOOK },
  replay_dead = { { "WEBHOOK" }, refused = NO_WEBHOOK },
  report = { { "DOMAIN", { bounced = 100000 } } },
  report_all = { { { { domain = "DOMAIN", bounced = 100000 } } }, comes_to = { { domain = "DOMAIN", code = "not_found" } } },
  reset_health = { { "DOMAIN" } },
  restart = { { "DOMAIN" } },
  revoke = { { "DOMAIN", "SELECTOR", { force = true } } },
  revoke_token = { { "TOKEN" }, refused = { "there is no such token", "no_such_token" } },
  rotate = { { "DOMAIN" } },
  sign = { { "DOMAIN", MESSAGE } },
  signer = { { "DOMAIN" } },
  test_webhook = { { "WEBHOOK" }, refused = NO_WEBHOOK },
  tokens = { {}, comes_to = {} },
  unpublish = { { "DOMAIN", { via = "nobody" } } },
  unhold = { { "DOMAIN", "VICTIM-held" } },
  use = { { "DOMAIN", "stranger" } },
  users = { { "DOMAIN" } },
  verify = { { "DOMAIN" } },
  webhook = { { "WEBHOOK" }, refused = NO_WEBHOOK },
  webhooks = { {}, comes_to = {} },
}

describe("A tenant", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local directory, stage, victim, secrets, statements, stop, strangers, token, session, hook

    -- The victim has a domain that is verified, with a row in every table.
    local function furnish()
      victim = stage.registry:tenant "VICTIM"
      hook = assert(victim:make_webhook { url = "https://hooks.example/VICTIM-hook", description = "VICTIM-description" })
      assert(victim:create({ domain = "example.com", provider = "own", actor = "VICTIM-actor" },
        { key = "VICTIM-request", fingerprint = "VICTIM-asked" }))
      stage:publish(victim:records "example.com")
      assert.equal("verified", assert(victim:verify "example.com").status)
      assert(victim:hold("example.com", "VICTIM-sent"))
      assert(victim:disable("example.com", { reason = "VICTIM-reason" }))
      assert(victim:hold("example.com", { "VICTIM-held", "VICTIM-waits" }))
      assert(victim:use("example.com", "VICTIM-user"))
      assert(victim:report("example.com", { delivered = 54321, bounced = 3 }))
      assert(victim:rotate "example.com")
      token = assert(victim:make_token { name = "VICTIM-token" })
      assert(assert(victim:plan("example.com", { via = memory_zone.new { ["example.com"] = {} } })):apply())
      assert(stage.registry:perform("publishing.access", "keep", "VICTIM", nil, "example.com", {
        via = "rfc2136", settings = { server = "VICTIM-server" }, credentials = { key = "VICTIM-credentials" },
      }))
      assert(stage.registry.db:write(function(tx)
        zone_names.wake(tx, "VICTIM", "example.com", "VICTIM.keys.example")
        return true
      end))
      session = assert(tokens.sign_in(stage.registry, token.token)).session
      assert(stage.registry:perform("outbox", "collect"))
    end

    -- What only the victim is to see: texts of his, and random ones that were made for him.
    local function secrets_of()
      local text = victim:keys("example.com")[1].text:match "p=(.+)"
      local list = { "VICTIM", "54321", token.id, token.token, session, hook.id, hook.secret, text }
      for _, key in ipairs(victim:keys "example.com") do
        list[#list + 1] = key.selector
      end
      stage.registry.db:read(function(tx)
        list[#list + 1] = tx:row("SELECT challenge FROM domains WHERE tenant_id = ?", "VICTIM").challenge
      end)
      return list
    end

    setup(function()
      statements, stop = tenancy.statements()
      directory = shell.new_directory()
      stage = onboarding.open {
        db = new_database(), master_key_file = directory .. "/master.key",
        policy = { keys = { type = "ed25519" }, publishing = { wait = 0 } },
      }
      furnish()
      secrets, strangers = secrets_of(), 0
      stage:replace("_mailseal-challenge.example.com", nil) -- what is in DNS everybody may see
      for _, key in ipairs(victim:keys "example.com") do
        stage:replace(key.name, nil)
      end
      stage.now = stage.now + DAY
    end)
    teardown(function()
      stop()
      stage:close()
      shell.remove_directory(directory)
    end)

    local function new_stranger()
      strangers = strangers + 1
      return stage.registry:tenant("stranger-" .. strangers)
    end

    -- The arguments, with what stands for the victim's.
    local function filled(value)
      if type(value) == "table" then
        local copy = {}
        for name, item in pairs(value) do
          copy[name] = filled(item)
        end
        return copy
      end
      local stands_for = { DOMAIN = "example.com", SELECTOR = secrets[#secrets - 1], TOKEN = token.id, WEBHOOK = hook.id }
      return stands_for[value] or value
    end

    local function call(stranger, method)
      local arguments = filled(calls[method][1])
      return stranger[method](stranger, (table.unpack or unpack)(arguments)) -- luacheck: ignore
    end

    local function tells_no_secrets(text)
      for _, secret in ipairs(secrets) do
        assert.is_nil(text:find(secret, 1, true), text)
      end
    end

    -- Calls a method in a stranger's name. Returns what it does.
    local function attack(stranger, method)
      local before = tenancy.rows(stage.registry.db, "VICTIM")
      local results = { n = 3, call(stranger, method) }
      local told = tenancy.text(results[1], results[2], results[3], results[4])
      tells_no_secrets(method == "signer" and tostring(results[2]) or told)
      assert.equal(before, tenancy.rows(stage.registry.db, "VICTIM"))
      assert.equal("hold", (victim:decide "example.com"))
      return results
    end

    local function is_like(expected, got)
      if type(expected) ~= "table" then
        return assert.equal(expected == "DOMAIN" and "example.com" or expected, got)
      end
      for name, value in pairs(expected) do
        is_like(value, got[name])
      end
      if next(expected) == nil then
        assert.same({}, got)
      end
    end

    it("has something in every table, led by its tenant", function()
      for name, count in pairs(tenancy.counts(stage.registry.db, "VICTIM")) do
        assert.is_true(count > 0, name)
      end
      for _, one in ipairs(tenancy.tables()) do
        local key = one.sql:match "PRIMARY KEY %(([%w_]+)"
        local is_alone = ({ owners = true, tenants = true, tokens = true, sessions = true })[one.name]
        assert.is_true(is_alone or key == "tenant_id", one.name)
      end
    end)

    it("has no method that is not tried here", function()
      local has, tried = {}, {}
      for name, value in pairs(getmetatable(victim).__index) do
        has[#has + 1] = type(value) == "function" and name or nil
      end
      for name in pairs(calls) do
        tried[#tried + 1] = name
      end
      table.sort(has)
      table.sort(tried)
      assert.same(has, tried)
    end)

    for method, case in pairs(calls) do
      it("neither sees nor changes another's domain by " .. method, function()
        local results = attack(new_stranger(), method)
        if case.comes_to ~= nil then
          is_like(case.comes_to, results[1])
          assert.is_true(case.second == nil or case.second == results[2])
        else
          assert.is_nil(results[1])
          assert.same(case.refused or { "there is no such domain", "not_found" }, { results[2], results[3] })
        end
      end)

      it("neither sees nor changes another's by " .. method .. ", though he claims the same name", function()
        local stranger = new_stranger()
        assert(stranger:create { domain = "example.com", provider = "own" })
        assert(stranger:hold("example.com", { "VICTIM-not", "mine" }))
        assert(stranger:unhold("example.com", "VICTIM-not"))
        attack(stranger, method)
        local name = stranger.id
        stranger = stage.registry:tenant(name)
        local events = assert(stranger:events { limit = 1000 })
        for i, event in ipairs(events) do -- numbered as if there were nobody else
          assert.equal(i, event.id)
        end
        tells_no_secrets(tenancy.text(events, stranger:list(), stranger:released()))
        assert.is_not.equal("send", (stranger:decide "example.com"))
      end)
    end

    it("has a signer that signs for his own, and for no other who has the same name", function()
      local stranger = new_stranger()
      assert(stranger:create { domain = "example.com", provider = "own" })
      assert(victim:enable "example.com")
      local signer = assert(victim:signer "example.com")
      assert.is_string(signer:sign(MESSAGE, { now = stage.now }))
      assert.same({ nil, "the domain is not verified yet", "not_verified" }, { stranger:signer "example.com" })
    end)

    it("is told apart from one whose id and domain read the same behind each other", function()
      local stranger = stage.registry:tenant "VICTIMexample"
      assert.same({ "refuse", "not_found" }, { (select(1, stranger:decide ".com")), (select(2, stranger:decide ".com")) })
      for _, id in ipairs { "VICTI", "VICTIM:", "6:VICTIM", "victim", "VICTIM%", "VICTI_", "*", "'--" } do
        assert.same({}, assert(stage.registry:tenant(id):list()))
        assert.equal("not_found", (select(3, stage.registry:tenant(id):signer "example.com")))
      end
      for _, id in ipairs { "", "VICTIM\0", "VICTIM ", "\nVICTIM", "VICTÍM", ("a"):rep(201) } do
        assert.has_error(function() stage.registry:tenant(id) end, "a tenant's id is 1 to 200 printable ASCII characters")
      end
    end)

    it("stands in no statement of SQL, nor does anything that he gives", function()
      assert.is_true(#statements > 30)
      local seen, count = {}, 0
      for _, sql in ipairs(statements) do
        tells_no_secrets(sql)
        for _, given in ipairs { "stranger", "example", "because", "mine" } do
          assert.is_nil(sql:find(given, 1, true), sql)
        end
        count, seen[sql] = count + (seen[sql] and 0 or 1), true
      end
      assert.is_true(count < 200, count)
    end)
  end)
end)
