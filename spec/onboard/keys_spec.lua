-- mailseal.onboard.keys: keys that are made for a domain, sealed, and never told.
local check = require "mailseal.check"
local dkim = require "mailseal.dkim"
local keys = require "mailseal.onboard.keys"
local key_steps = require "mailseal.onboard.key_steps"
local rotation = require "mailseal.onboard.rotation"
local seal = require "mailseal.core".seal
local shell = require "spec.support.shell"
local stage = require "spec.support.keys"

local MESSAGE = "From: a@example.com\r\nTo: b@example.net\r\nSubject: x\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
  .. "Message-ID: <1@example.com>\r\n\r\nhello\r\n"

local function begin(options, more)
  local registry = stage.registry(options)
  local tenant = registry:tenant "acme"
  if more ~= false then -- it is there already
    stage.add(tenant, "example.com", more or { status = "verified" })
  end
  registry.moment = registry.moment + 3600
  return registry, tenant
end

local function refused(code, ...)
  local result, message, got = ...
  assert.is_nil(result)
  assert.equal(code, got)
  assert.is_truthy(message:find "%a+ %a+")
  return message
end

local function states(tenant, domain)
  local list = {}
  for i, key in ipairs(assert(tenant:keys(domain or "example.com"))) do
    list[i] = key.state
  end
  return table.concat(list, " ")
end

-- What is sealed of a domain's keys.
local function sealed(registry)
  return registry.db:read(function(tx)
    return tx:rows "SELECT tenant_id, domain, selector, version, sealed, public FROM keys ORDER BY tenant_id, domain, selector"
  end)
end

-- Another process, which knows nothing but what the database says.
local function afresh(registry)
  registry.loaded_keys = require "mailseal.onboard.loaded_keys".new(1000)
end

describe("A domain's keys", function()
  it("begin with one, which signs from when the domain is verified on", function()
    local registry, tenant = begin(nil, {})
    assert.equal("awaited", states(tenant))
    refused("not_verified", tenant:signer "example.com")
    stage.set(tenant, "example.com", { status = "verified" })
    assert.equal("active", states(tenant))
    assert.is_truthy(tenant:signer "example.com")
    assert.same({ "key_made 1", "key_activated 1" }, stage.told(tenant, "example.com"))
    registry.db:close()
  end)

  it("are no others' to see", function()
    local registry = begin()
    refused("not_found", registry:tenant "other":keys "example.com")
    refused("not_found", registry:tenant "other":signer "example.com")
    refused("not_found", registry:tenant "other":revoke("example.com", "x"))
  end)

  it("stand at names that nobody can foretell", function()
    local tenant, seen = stage.registry():tenant "acme", {}
    for i = 1, 50 do
      stage.add(tenant, ("d%d.example"):format(i))
      local selector = tenant:keys(("d%d.example"):format(i))[1].selector
      assert.is_truthy(selector:find "^ms%w%w%w%w%w%w%w%w%w%w$")
      assert.is_nil(seen[selector])
      seen[selector] = true
    end
  end)

  -- Requirement 23: generate 2048, publish, sign, verify; a test message shows dkim=pass.
  it("are made, published, signed with and verified: dkim=pass (requirement 23)", function()
    local registry, tenant = begin { policy = { type = "rsa" } }
    assert.equal(2048, tenant:keys("example.com")[1].bits)
    stage.serve(registry, stage.published(tenant, "example.com"))
    local field = assert(tenant:signer("example.com"):sign(MESSAGE, { now = registry.moment }))
    local results = dkim.verify(field .. MESSAGE, { resolver = registry.asked, now = registry.moment })
    assert.same({ "pass", "example.com", 2048 }, { results[1].result, results[1].domain, results[1].key_bits })
  end)

  it("are what a check of the domain expects", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    stage.serve(registry, stage.published(tenant, "example.com"))
    local expect = {}
    for _, record in ipairs(stage.row(tenant, "example.com").records) do
      if record.type then
        expect[#expect + 1] = { id = record.id, match = record.match, name = record.name, type = record.type, key = record.key,
          required = record.required }
      end
    end
    local report = assert(check.domain("example.com", { resolver = registry.asked, expect = expect, only = { "dkim", "expected" } }))
    assert.equal(2, #report.records)
    assert.same({ "found", "found" }, { report.records[1].status, report.records[2].status })
  end)
end)

describe("The keys of a provider's rule", function()
  local provider = require "mailseal.provider"
  local tenant = stage.registry():tenant "acme"

  local function records(vars)
    local made = assert(keys.of_rule(tenant, assert(provider.find "own"), "mail.example.com", vars))
    local list, message, code = provider.records("own", "mail.example.com", made.vars, { org_domain = "example.com" })
    return list, list and made.list or message, code
  end

  it("are made here where it says so, and its record is the key's", function()
    local list, made = records {}
    assert.equal(made[1].selector .. "._domainkey.mail.example.com", list[1].name)
    assert.equal("v=DKIM1; k=ed25519; p=" .. made[1].public, list[1].value)
    assert.equal(1, #made)
  end)

  it("stand in the operator's zone where one is named", function()
    local list, made = records { cname_zone = "Keys.Example." }
    assert.equal("CNAME", list[1].type)
    assert.equal(made[1].target, list[1].target)
    assert.is_truthy(made[2].target:find "^%w+%.keys%.example$")
    refused("bad_var", records { cname_zone = "no name" })
  end)

  it("stand at selectors of ours, whatever selector was given", function()
    local list, made = records { selector = "mine" }
    assert.equal(made[1].selector .. "._domainkey.mail.example.com", list[1].name)
  end)

  it("are none where the provider makes them", function()
    local vars = { region = "eu-west-1" }
    local made = assert(keys.of_rule(tenant, assert(provider.find "kraiter"), "mail.example.com", vars))
    assert.same({ vars = vars }, made)
  end)
end)

describe("Revoking a key", function()
  -- Requirement 21.
  it("leaves the others alone (requirement 21)", function()
    local registry, tenant = begin()
    local first = tenant:keys("example.com")[1].selector
    local second = assert(tenant:rotate "example.com").selector
    stage.run(tenant, "example.com", function() return states(tenant) == "retiring active" end)
    local before = stage.row(tenant, "example.com").records
    local list = assert(tenant:revoke("example.com", first))
    assert.same({ "revoked", "active" }, { list[1].state, list[2].state })
    local after = stage.row(tenant, "example.com").records
    assert.equal(#before, #after)
    for i, record in ipairs(before) do
      if record.id == "dkim_" .. first then
        assert.same({ record.name, "v=DKIM1; p=" }, { after[i].name, after[i].value })
      else
        assert.same(record, after[i])
      end
    end
    for _, row in ipairs(sealed(registry)) do
      assert.equal(row.selector == second, row.sealed ~= nil)
    end
    assert.is_truthy(assert(tenant:signer "example.com"):sign(MESSAGE):find("s=" .. second, 1, true))
  end)

  it("is refused of the one that signs, unless forced; then nothing is signed until another does", function()
    local _, tenant = begin()
    local first = tenant:keys("example.com")[1].selector
    refused("key_active", tenant:revoke("example.com", first))
    assert.is_truthy(tenant:signer "example.com")
    assert(tenant:revoke("example.com", first, { force = true }))
    refused("no_key", tenant:signer "example.com")
    assert.equal("hold", (tenant:decide "example.com"))
    assert(tenant:rotate "example.com")
    assert.same({ "hold", "no_key" }, { (tenant:decide "example.com"), (select(2, tenant:decide "example.com")) })
    stage.run(tenant, "example.com")
    assert.is_truthy(tenant:signer "example.com")
    assert.equal("send", (tenant:decide "example.com"))
    assert.equal("removed active", states(tenant))
  end)

  it("is noticed at once by a signer of the process that did it", function()
    local _, tenant = begin()
    local signer = assert(tenant:signer "example.com")
    assert.is_truthy(signer:sign(MESSAGE))
    assert.equal("send", (tenant:decide "example.com"))
    assert(tenant:revoke("example.com", tenant:keys("example.com")[1].selector, { force = true }))
    refused("no_key", signer:sign(MESSAGE))
    assert.equal("hold", (tenant:decide "example.com"))
  end)

  it("is possible of a key that signed, while its domain is in doubt", function()
    local _, tenant = begin()
    local first = tenant:keys("example.com")[1].selector
    stage.set(tenant, "example.com", { status = "pending" })
    refused("key_active", tenant:revoke("example.com", first))
    assert(tenant:revoke("example.com", first, { force = true }))
    stage.set(tenant, "example.com", { status = "verified" })
    refused("no_key", tenant:signer "example.com")
    assert(tenant:rotate "example.com")
    stage.run(tenant, "example.com")
    assert.is_truthy(tenant:signer "example.com")
  end)

  it("is refused of a key that is not valid any more, is not there, or is all that a pending domain has", function()
    local _, tenant = begin()
    local first = tenant:keys("example.com")[1].selector
    assert(tenant:revoke("example.com", first, { force = true }))
    refused("key_over", tenant:revoke("example.com", first, { force = true }))
    refused("no_such_key", tenant:revoke("example.com", "none"))
    refused("not_found", tenant:revoke("other.example", first))
    stage.add(tenant, "pending.example")
    refused("not_verified", tenant:revoke("pending.example", tenant:keys("pending.example")[1].selector))
  end)
end)

-- hostile-input.md, Service 4.
describe("A domain that is given up, or whose time is over", function()
  it("has its keys dropped, and their private halves erased", function()
    local registry, tenant = begin()
    assert(tenant:rotate "example.com")
    stage.set(tenant, "example.com", { status = "failed" })
    assert.equal("dropped dropped", states(tenant))
    for _, row in ipairs(sealed(registry)) do
      assert.is_nil(row.sealed)
    end
    refused("failed", tenant:signer "example.com")
    for _, record in ipairs(stage.row(tenant, "example.com").records) do
      assert.are_not.equal("dkim", record.purpose)
    end
  end)

  it("never signs with one of them again, whatever is published, and whoever verifies it", function()
    local registry, tenant = begin()
    local zone = stage.published(tenant, "example.com")
    stage.set(tenant, "example.com", { status = "failed" })
    stage.set(tenant, "example.com", { status = "verified" })
    stage.serve(registry, zone)
    registry.moment = registry.moment + 86400
    assert.equal(0, key_steps.advance(registry, "acme", "example.com"))
    assert.equal("dropped", states(tenant))
    refused("no_key", tenant:signer "example.com")
    -- Not even where somebody writes so into the database.
    registry.db:write(function(tx) tx:run "UPDATE keys SET state = 'active'" end)
    refused("no_key", tenant:signer "example.com")
  end)

  it("leaves nothing of what was sealed in the database's file", function()
    local directory = shell.new_directory()
    local path = directory .. "/mailseal.db"
    local registry, tenant = begin { db = "sqlite:" .. path }
    for i = 1, 5 do
      stage.add(tenant, ("d%d.example"):format(i), { status = "verified" })
    end
    local rows = sealed(registry)
    registry.db:close()
    assert.is_truthy(shell.read(path):find(rows[1].sealed, 1, true))
    registry, tenant = begin({ db = "sqlite:" .. path }, false)
    for i = 1, 5 do
      stage.set(tenant, ("d%d.example"):format(i), { status = "failed" })
    end
    assert(tenant:revoke("example.com", tenant:keys("example.com")[1].selector, { force = true }))
    registry.db:close()
    assert.is_false(shell.exists(path .. "-wal"))
    local file = shell.read(path)
    for _, row in ipairs(rows) do
      assert.is_nil(file:find(row.sealed:sub(9, 60), 1, true), row.domain)
    end
    shell.remove_directory(directory)
  end)

  it("has another selector and another key when it is created again", function()
    local registry, tenant = begin()
    local old = tenant:keys("example.com")[1]
    assert(registry.db:write(function(tx) return require("mailseal.store.domains").remove(tx, "acme", "example.com") end))
    assert.same({}, sealed(registry))
    stage.add(tenant, "example.com", { status = "verified" })
    local new = tenant:keys("example.com")[1]
    assert.are_not.equal(old.selector, new.selector)
    assert.are_not.equal(old.text, new.text)
  end)
end)

-- hostile-input.md, Service 5.
describe("A sealed key", function()
  local function two()
    local registry, tenant = begin()
    stage.add(tenant, "example.net", { status = "verified" })
    local other = registry:tenant "other"
    stage.add(other, "example.com", { status = "verified" })
    return registry, tenant, other
  end

  local function put(registry, row, from)
    registry.db:write(function(tx)
      tx:run("UPDATE keys SET sealed = ?, public = ? WHERE tenant_id = ? AND domain = ?", from.sealed, from.public, row.tenant_id,
        row.domain)
    end)
  end

  it("opens in its own row alone: not in another domain's, nor another tenant's", function()
    local registry, tenant, other = two()
    local rows = sealed(registry)
    assert.same({ "acme example.com", "acme example.net", "other example.com" }, {
      rows[1].tenant_id .. " " .. rows[1].domain, rows[2].tenant_id .. " " .. rows[2].domain, rows[3].tenant_id .. " " .. rows[3].domain,
    })
    put(registry, rows[1], rows[2])
    put(registry, rows[2], rows[3])
    put(registry, rows[3], rows[1])
    refused("seal_broken", tenant:signer "example.com")
    refused("seal_broken", tenant:signer "example.net")
    refused("seal_broken", other:signer "example.com")
    for i, row in ipairs(rows) do
      put(registry, rows[i], row)
    end
    assert.is_truthy(tenant:signer "example.com")
  end)

  it("opens for its own selector and version alone", function()
    local registry, tenant = begin()
    for _, change in ipairs { "selector = 'other'", "version = version + 1" } do
      registry.db:write(function(tx) tx:run("UPDATE keys SET " .. change) end)
      refused("seal_broken", tenant:signer "example.com")
      afresh(registry)
    end
  end)

  it("is not believed to be another key than it is", function()
    local registry, tenant = two()
    registry.db:write(function(tx)
      tx:run([[UPDATE keys SET public = (SELECT public FROM keys WHERE domain = 'example.net')
        WHERE tenant_id = 'acme' AND domain = 'example.com']])
    end)
    refused("seal_broken", tenant:signer "example.com")
  end)

  it("does not open with another master key, nor without any", function()
    local registry, tenant = begin()
    registry.master_key = seal.key(("\6"):rep(32))
    refused("seal_broken", tenant:signer "example.com")
    registry.master_key = nil
    refused("no_master_key", tenant:signer "example.com")
  end)

  it("has a place of its own, however names are put together", function()
    local seen = {}
    for _, place in ipairs {
      { "a", "b", "c", 1 }, { "ab", "", "c", 1 }, { "", "ab", "c", 1 }, { "a", "bc", "", 1 }, { "a", "b", "c1", 1 }, { "a", "b", "c", 11 },
      { "a1:b", "c", "d", 1 }, { "a", "1:bc", "d", 1 },
    } do
      local text = keys.place(place[1], place[2], place[3], place[4])
      assert.is_nil(seen[text])
      seen[text] = true
    end
  end)
end)

describe("A private key, and the master key", function()
  -- All that is said: values with all that is in them, by whatever name.
  local function say(value, seen)
    seen = seen or {}
    if type(value) ~= "table" or seen[value] then
      return tostring(value)
    end
    seen[value] = true
    local parts = {}
    for name, one in pairs(value) do
      parts[#parts + 1] = say(name, seen) .. "=" .. say(one, seen)
    end
    return table.concat(parts, "\n")
  end

  it("are in no event, no answer, no message, no tostring and no file", function()
    local directory = shell.new_directory()
    local master = "0123456789abcdefghijklmnopqrstuv"
    local registry, tenant = begin { db = "sqlite:" .. directory .. "/mailseal.db", policy = { type = "rsa" }, master = master }
    local row = sealed(registry)[1]
    local pem = assert(registry.master_key:open_key(row.sealed, keys.place("acme", "example.com", row.selector, row.version))):pem()
    local said = {}
    local function note(...)
      for i = 1, select("#", ...) do
        said[#said + 1] = say((select(i, ...)))
      end
    end
    local signer = tenant:signer "example.com"
    note(signer, tostring(signer), signer:sign(MESSAGE))
    note(tenant:rotate "example.com")
    note(tenant:keys "example.com")
    note(stage.row(tenant, "example.com"))
    afresh(registry)
    registry.db:write(function(tx) tx:run "UPDATE keys SET version = 7 WHERE state = 'active'" end)
    note(tenant:signer "example.com")
    registry.db:write(function(tx) tx:run("UPDATE keys SET version = 1, sealed = ? WHERE state = 'active'", pem) end)
    note(tenant:signer "example.com")
    registry.db:write(function(tx) tx:run("UPDATE keys SET sealed = ? WHERE state = 'active'", row.sealed) end)
    stage.set(tenant, "example.com", { status = "failed" })
    note(stage.events(tenant, "example.com"))
    note(registry)
    registry.db:close()
    local all = table.concat(said, "\n")
    assert.is_truthy(all:find("DKIM-Signature", 1, true) and all:find("key_dropped", 1, true))
    local lines = 0
    for line in pem:gmatch "[^\n]+" do
      if not line:find "^%-" and #line == 64 then
        lines = lines + 1
        -- The public half is within the private one, and is told.
        if not row.public:gsub("%s", ""):find(line, 1, true) then
          assert.is_nil(all:find(line, 1, true))
        end
      end
    end
    assert.is_true(lines > 20)
    for _, text in ipairs { "PRIVATE KEY", master, shell.output("printf %s " .. master .. " | openssl base64 -A") } do
      assert.is_nil(all:find(text, 1, true), text)
    end
    shell.remove_directory(directory)
  end)
end)

describe("Keys in the operator's zone", function()
  local ZONE = "keys.example"

  local function add()
    local registry = stage.registry()
    local tenant = registry:tenant "acme"
    stage.add(tenant, "example.com", { zone = ZONE })
    registry.moment = registry.moment + 3600
    return registry, tenant
  end

  -- What the operator's name servers have.
  local function in_zone(registry, zone)
    zone[ZONE] = {
      { type = "SOA", data = "ns1.example.com. h.keys.example. 1 3600 600 86400 900" }, { type = "NS", data = "ns1.example.com." },
    }
    for _, record in ipairs((assert(rotation.zone_records(registry)))) do
      zone[record.name] = { { type = record.type, data = record.value } }
    end
    return zone
  end

  local function aliases(tenant)
    local list = {}
    for _, record in ipairs(stage.row(tenant, "example.com").records) do
      if record.type == "CNAME" then
        list[#list + 1] = record.name .. " " .. record.value .. " " .. tostring(record.required)
      end
    end
    return list
  end

  it("are led to by two CNAMEs, to names that nobody can guess (hostile-input.md, Service 4)", function()
    local _, tenant = add()
    local list = aliases(tenant)
    assert.equal(2, #list)
    for _, text in ipairs(list) do
      assert.is_truthy(text:find "^ms%w+%._domainkey%.example%.com %w+%.keys%.example true$")
      assert.equal(32, #text:match " (%w+)%.")
    end
    assert.equal(1, #tenant:keys "example.com")
  end)

  -- Requirement 22.
  it("are found by a check that follows the CNAME (requirement 22)", function()
    local registry, tenant = add()
    local function look()
      local expect = {}
      for _, record in ipairs(stage.row(tenant, "example.com").records) do
        if record.type then
          expect[#expect + 1] = { id = record.id, match = record.match, name = record.name, type = record.type, target = record.target,
            value = record.match == "exact" and record.value or nil, required = record.required }
        end
      end
      local report = assert(check.domain("example.com", { resolver = registry.asked, expect = expect, only = { "dkim", "expected" } }))
      return report.records[1].status .. " " .. report.records[2].status
    end
    stage.serve(registry, in_zone(registry, {}))
    assert.equal("missing missing", look())
    stage.serve(registry, in_zone(registry, stage.published(tenant, "example.com")))
    assert.equal("found found", look())
  end)

  it("are rotated without a word to the domain's owner, again and again", function()
    local registry, tenant = add()
    stage.set(tenant, "example.com", { status = "verified" })
    local before, signed = aliases(tenant), {}
    for i = 1, 4 do
      assert(tenant:rotate "example.com")
      stage.run(tenant, "example.com", nil, function() return in_zone(registry, {}) end)
      assert.same(before, aliases(tenant))
      local field = assert(tenant:signer("example.com"):sign(MESSAGE, { now = registry.moment }))
      local results = dkim.verify(field .. MESSAGE, { resolver = registry.asked, now = registry.moment })
      assert.equal("pass", results[1].result)
      signed[i] = field:match "s=(%w+)"
    end
    assert.same({ signed[1], signed[2], signed[1], signed[2] }, signed)
    assert.are_not.equal(signed[1], signed[2])
  end)

  it("are not rotated again before the last rotation is over", function()
    local registry, tenant = add()
    stage.set(tenant, "example.com", { status = "verified" })
    assert(tenant:rotate "example.com")
    stage.run(tenant, "example.com", function() return states(tenant):find "retiring" ~= nil end,
      function() return in_zone(registry, {}) end)
    refused("rotation_under_way", tenant:rotate "example.com")
  end)

  it("are rotated again where nobody has published that the key before is revoked: the next one takes its place", function()
    local registry, tenant = add()
    stage.set(tenant, "example.com", { status = "verified" })
    assert(tenant:rotate "example.com")
    stage.run(tenant, "example.com", function() return states(tenant):find "revoked" ~= nil end,
      function() return in_zone(registry, {}) end)
    local before, kept = tenant:keys "example.com", in_zone(registry, {})
    local old = before[1].state == "revoked" and before[1] or before[2]
    local new = assert(tenant:rotate "example.com")
    assert.same({ old.selector, old.version + 1, "awaited" }, { new.selector, new.version, new.state })
    local told = stage.told(tenant, "example.com")
    assert.same({ "key_removed 1", "key_made 1" }, { told[#told - 1], told[#told] })
    -- What stands there is no key of now, for as long as that may be.
    stage.serve(registry, kept)
    registry.moment = registry.moment + 86400
    assert.equal(0, key_steps.advance(registry, "acme", "example.com"))
    stage.run(tenant, "example.com", nil, function() return in_zone(registry, {}) end)
    assert.is_truthy(assert(tenant:signer "example.com"):sign(MESSAGE):find("s=" .. new.selector, 1, true))
  end)

  it("wait until caches have forgotten the key before at that name, a week where its TTL was one", function()
    local registry, tenant = add()
    stage.set(tenant, "example.com", { status = "verified" })
    local function zone()
      local all = in_zone(registry, stage.published(tenant, "example.com"))
      for _, key in ipairs(tenant:keys "example.com") do
        if all[key.target] then all[key.target][1].ttl = 7 * 86400 end
      end
      return all
    end
    assert(tenant:rotate "example.com")
    stage.run(tenant, "example.com", nil, zone)
    local new = assert(tenant:rotate "example.com")
    assert.equal(2, new.version)
    stage.serve(registry, zone())
    registry.moment = registry.moment + 30
    assert.equal(1, key_steps.work(registry))
    for _, key in ipairs(tenant:keys "example.com") do
      if key.selector == new.selector then
        assert.same({ "spreading", registry.moment + 7 * 86400 }, { key.state, key.wait_until })
      end
    end
  end)

  it("wait for the CNAME, and for the name servers of the zone", function()
    local registry, tenant = add()
    stage.set(tenant, "example.com", { status = "verified" })
    assert(tenant:rotate "example.com")
    local new = tenant:keys "example.com"
    new = new[1].state == "awaited" and new[1] or new[2]
    local without = in_zone(registry, stage.published(tenant, "example.com"))
    without[new.name] = nil
    stage.serve(registry, without)
    assert.equal(0, key_steps.advance(registry, "acme", "example.com"))
    stage.serve(registry, stage.published(tenant, "example.com"))
    assert.equal(0, key_steps.advance(registry, "acme", "example.com"))
    stage.serve(registry, in_zone(registry, stage.published(tenant, "example.com")))
    assert.equal(1, key_steps.advance(registry, "acme", "example.com"))
  end)

  it("are listed for whoever runs it, a page at a time, revoked ones as such", function()
    local registry, tenant = add()
    for i = 1, 5 do
      stage.add(tenant, ("d%d.example"):format(i), { zone = ZONE })
      stage.add(registry:tenant "other", ("d%d.example"):format(i)) -- of its own
    end
    local list, after = {}, nil
    repeat
      local page
      page, after = rotation.zone_records(registry, { after = after, limit = 5 })
      for _, record in ipairs(page) do
        list[#list + 1] = record
      end
    until not after
    assert.equal(6, #list)
    for _, record in ipairs(list) do
      assert.is_truthy(record.name:find "^%w+%.keys%.example$" and record.value:find "^v=DKIM1; k=ed25519; p=")
    end
    stage.set(tenant, "example.com", { status = "verified" })
    for _, key in ipairs(tenant:keys "example.com") do
      tenant:revoke("example.com", key.selector, { force = true })
    end
    local revoked = 0
    for _, record in ipairs((rotation.zone_records(registry))) do
      revoked = revoked + (record.value == "v=DKIM1; p=" and 1 or 0)
    end
    assert.equal(1, revoked)
  end)
end)
