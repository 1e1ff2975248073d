-- The provider `own`: mailseal makes the key, and whoever has the server publishes it, signs with it and is rid of it again.
local dkim = require "mailseal.dkim"
local onboard = require "mailseal.onboard"
local onboarding = require "spec.support.onboarding"
local shell = require "spec.support.shell"

local DAY = 86400
local MESSAGE = "From: a@example.com\r\nTo: b@example.net\r\nSubject: x\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
  .. "Message-ID: <1@example.com>\r\n\r\nhello\r\n"

describe("A domain of one's own server", function()
  local directory, stage, tenant

  before_each(function()
    directory = shell.new_directory()
    stage = onboarding.open { master_key_file = directory .. "/master.key", policy = { keys = { type = "ed25519" } } }
    tenant = stage.tenant
  end)
  after_each(function()
    stage:close()
    shell.remove_directory(directory)
  end)

  local function create(whose, vars)
    return assert((whose or tenant):create { domain = "example.com", provider = "own", vars = vars })
  end

  local function refused(code, ...)
    local result, message, got = ...
    assert.is_nil(result)
    assert.equal(code, got)
    assert.is_truthy(message:find "%a+ %a+")
  end

  -- Publishes all that a tenant is told, and what the operator's zone is to hold.
  local function publish(whose)
    stage:publish(assert((whose or tenant):records "example.com"))
    stage:publish((assert(stage.registry:zone_records())))
  end

  local function verified(whose, vars)
    create(whose, vars)
    publish(whose)
    stage.now = stage.now + 30
    assert(stage.registry:work { until_idle = true })
    assert.equal("verified", (whose or tenant):get("example.com").status)
  end

  local function signs(whose)
    local field = assert((whose or tenant):signer("example.com"))
    field = assert(field:sign(MESSAGE, { now = stage.now }))
    return field:match "s=(%w+)", dkim.verify(field .. MESSAGE, { resolver = stage.registry:resolver(), now = stage.now })[1].result
  end

  -- Lets days pass, while everybody publishes what he is told.
  local function pass(days)
    for _ = 1, days * 4 do
      publish()
      stage.now = stage.now + DAY / 4
      assert(stage.registry:work { until_idle = true })
      assert.equal("verified", tenant:get("example.com").status)
      assert.equal("pass", select(2, signs()))
    end
  end

  local function states(whose)
    local list = {}
    for i, key in ipairs(assert((whose or tenant):keys "example.com")) do
      list[i] = key.state
    end
    return table.concat(list, " ")
  end

  it("has the key that was made among its records", function()
    local domain = create()
    assert.same({ "ownership", "dkim", "spf", "dmarc" }, {
      domain.records[1].purpose, domain.records[2].purpose, domain.records[3].purpose, domain.records[4].purpose,
    })
    assert.equal(tenant:keys("example.com")[1].text, domain.records[2].value)
    assert.is_true(domain.records[2].required)
    assert.same({ "created", "key_made" }, stage:kinds())
  end)

  -- Requirements 9 and 11: signing starts only after verification succeeded; nothing is sent before.
  it("has no signer before it is verified (requirements 9 and 11)", function()
    create()
    refused("not_verified", tenant:signer "example.com")
    publish()
    refused("not_verified", tenant:signer "example.com")
    tenant:verify "example.com"
    assert.is_truthy(tenant:signer "example.com")
    assert.same({ "created", "key_made", "ownership_proven", "verified", "key_activated" }, stage:kinds())
  end)

  -- hostile-input.md, Service 3.
  it("has no key activated before it is proven whose it is", function()
    create()
    publish()
    stage:replace("_mailseal-challenge.example.com", nil)
    tenant:verify "example.com"
    assert.equal("awaited", states())
    refused("not_verified", tenant:signer "example.com")
  end)

  -- Requirement 23.
  it("signs with what was published: dkim=pass (requirement 23)", function()
    verified()
    local selector, result = signs()
    assert.same({ tenant:keys("example.com")[1].selector, "pass" }, { selector, result })
  end)

  -- Requirement 21.
  it("is rotated while it goes on sending: no day without a valid signature (requirement 21)", function()
    verified()
    local old = signs()
    local new = assert(tenant:rotate "example.com").selector
    local record = tenant:records("example.com")[2]
    assert.same({ new .. "._domainkey.example.com", true, "awaited" }, { record.name, record.required, record.rotation })
    pass(20)
    assert.equal(new, (signs()))
    assert.are_not.equal(old, new)
    assert.equal("removed active", states())
    assert.same({
      "created", "key_made", "ownership_proven", "verified", "key_activated", "key_made", "key_published", "key_retired",
      "key_switched", "key_revoked", "key_withdrawn", "key_removed",
    }, stage:kinds())
    assert.equal(new, tenant:get("example.com").records[1].name:match "^(%w+)%._domainkey")
  end)

  it("stays verified though the new key is never published", function()
    verified()
    local old = signs()
    assert(tenant:rotate "example.com")
    for _ = 1, 40 do
      stage.now = stage.now + DAY / 4
      assert(stage.registry:work { until_idle = true })
    end
    assert.equal("verified", tenant:get("example.com").status)
    assert.equal("active awaited", states())
    assert.equal(old, (signs()))
  end)

  -- hostile-input.md, Service 4.
  it("whose time is over has its key dropped, and begins again with another at another name", function()
    create()
    local old = tenant:keys("example.com")[1]
    publish()
    stage:replace("example.com", { stage.records["example.com"][1], stage.records["example.com"][2], stage.records["example.com"][3] })
    stage:replace("_mailseal-challenge.example.com", nil)
    stage:pass(4 * DAY)
    assert.equal("failed", tenant:get("example.com").status)
    assert.equal("dropped", states())
    assert(tenant:restart "example.com")
    assert.equal("dropped awaited", states())
    local new = tenant:keys("example.com")[2]
    assert.are_not.equal(old.selector, new.selector)
    assert.are_not.equal(old.text, new.text)
    publish()
    tenant:verify "example.com"
    assert.same({ new.selector, "pass" }, { signs() })
  end)

  it("that another tenant takes over is signed with his key alone", function()
    verified()
    local old = signs()
    stage.now = stage.now + 10
    local other = stage.registry:tenant "other"
    create(other)
    publish(other)
    other:verify "example.com"
    assert.equal("verified", other:get("example.com").status)
    assert.equal("dropped", states())
    stage.now = stage.now + 2
    refused("taken_over", tenant:signer "example.com")
    local selector, result = signs(other)
    assert.equal("pass", result)
    assert.are_not.equal(old, selector)
  end)

  it("that is lost signs no more, and with its key again when its records are back", function()
    verified()
    local selector = signs()
    local name = selector .. "._domainkey.example.com"
    local kept = stage.records[name]
    stage:replace(name, nil)
    stage:pass(3 * DAY)
    assert.same({ "pending", "lost" }, { tenant:get("example.com").status, tenant:get("example.com").reason })
    refused("not_verified", tenant:signer "example.com")
    stage:replace(name, kept)
    tenant:verify "example.com"
    stage.now = stage.now + 2
    assert.same({ selector, "pass" }, { signs() })
  end)

  it("whose key was revoked holds its mail, and lets it go when the next key signs", function()
    verified()
    local old = signs()
    assert(tenant:revoke("example.com", old, { force = true }))
    assert.same({ "hold", "no_key" }, { (tenant:decide "example.com"), (select(2, tenant:decide "example.com")) })
    assert(tenant:hold("example.com", "mail-1"))
    stage.now = stage.now + 2
    assert(stage.registry:work { until_idle = true })
    assert.equal(1, #assert(tenant:held "example.com"))
    local new = assert(tenant:rotate "example.com").selector
    for _ = 1, 4 do
      publish()
      stage.now = stage.now + DAY / 4
      assert(stage.registry:work { until_idle = true })
    end
    assert.equal("send", (tenant:decide "example.com"))
    assert.same({ new, "pass" }, { signs() })
    assert.equal(0, #assert(tenant:held "example.com"))
    assert.equal("mail-1", assert(tenant:released())[1].mail)
  end)

  it("that fails while it is started again has a new key, made then", function()
    verified()
    local old = signs()
    local read, db = stage.registry.db.read, stage.registry.db
    function db.read(...)
      db.read = read
      local row = read(...)
      local other = stage.registry:tenant "other"
      create(other)
      publish(other)
      other:verify "example.com"
      return row
    end
    stage.now = stage.now + 10
    assert.equal("pending", assert(tenant:restart "example.com").status)
    assert.equal("dropped awaited", states())
    assert.are_not.equal(old, tenant:keys("example.com")[2].selector)
  end)

  it("that is removed and created again has another key at another name", function()
    verified()
    local old = signs()
    assert(tenant:remove "example.com")
    stage.now = stage.now + 2
    refused("not_found", tenant:signer "example.com")
    verified()
    assert.are_not.equal(old, (signs()))
  end)

  it("that is removed names the records of all its keys among those to clean up, dropped ones too", function()
    create()
    local old = tenant:keys("example.com")[1].name
    stage:pass(4 * DAY)
    assert(tenant:restart "example.com")
    local new = tenant:keys("example.com")[2].name
    local names = {}
    for _, record in ipairs(assert(tenant:remove "example.com").clean_up) do
      if record.purpose == "dkim" then
        names[#names + 1] = record.action .. " " .. record.name
      end
    end
    assert.same({ "delete " .. new, "delete " .. old }, names)
  end)

  it("may have its keys in the operator's zone, and is rotated without being asked", function()
    stage.records["keys.example"] = {
      { type = "SOA", data = "ns1.dns.example. h.dns.example. 1 3600 600 86400 300" }, { type = "NS", data = "ns1.dns.example." },
    }
    verified(nil, { cname_zone = "keys.example" })
    local before = tenant:records "example.com"
    local old = signs()
    assert(tenant:rotate "example.com")
    pass(20)
    assert.are_not.equal(old, (signs()))
    for i, record in ipairs(tenant:records "example.com") do
      assert.same({ before[i].name, before[i].value }, { record.name, record.value })
    end
  end)

  it("is not created where there is no master key, nor is one of another file taken", function()
    local registry = assert(onboard.open { db = "sqlite:" .. directory .. "/a.db" })
    refused("no_master_key", registry:tenant "acme":create { domain = "example.com", provider = "own" })
    registry:close()
    assert(onboard.open { db = "sqlite:" .. directory .. "/b.db", master_key_file = directory .. "/b.key" }):close()
    refused("wrong_master_key", onboard.open { db = "sqlite:" .. directory .. "/b.db", master_key_file = directory .. "/master.key" })
  end)
end)
