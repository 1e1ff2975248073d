-- mailseal.onboard.signer: signing with whichever key is the domain's just now.
local shell = require "spec.support.shell"
local stage = require "spec.support.keys"

local MESSAGE = "From: a@example.com\r\nTo: b@example.net\r\nSubject: x\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
  .. "Message-ID: <1@example.com>\r\n\r\nhello\r\n"

local function begin(options)
  local registry = stage.registry(options)
  local tenant = registry:tenant "acme"
  stage.add(tenant, "example.com", { status = "verified" })
  registry.moment = registry.moment + 3600
  return registry, tenant
end

local function selector(signer)
  return assert(signer:sign(MESSAGE)):match "s=(%w+)"
end

describe("A domain's signer", function()
  it("signs a message, whole or in pieces", function()
    local _, tenant = begin()
    local signer = assert(tenant:signer "example.com")
    local now = { now = 1700000000 }
    local stream = assert(signer:stream(now))
    assert(stream:write(MESSAGE:sub(1, 50)))
    assert(stream:write(MESSAGE:sub(51)))
    assert.equal((signer:sign(MESSAGE, now)), (stream:finish()))
  end)

  it("takes the options of a signer, but those that are the domain's", function()
    local _, tenant = begin()
    local field = assert(assert(tenant:signer("example.com", { expire = 3600, oversign = { "Subject" } })):sign(MESSAGE))
    assert.is_truthy(field:find "x=%d+")
    for _, name in ipairs { "domain", "selector", "key", "signatures" } do
      assert.has_error(function() tenant:signer("example.com", { [name] = "x" }) end)
    end
  end)

  it("is had by any spelling of the domain", function()
    local _, tenant = begin()
    assert.is_truthy(tenant:signer "Example.COM.")
  end)

  it("is not had where the domain's mail is refused or held, and the code says why", function()
    local registry, tenant = begin()
    local signer = assert(tenant:signer "example.com")
    for _, case in ipairs {
      { { status = "pending" }, "not_verified" }, { { status = "failed", reason = "window_over" }, "failed" },
      { { status = "failed", reason = "taken_over" }, "taken_over" }, { { status = "verified", enabled = false }, "disabled" },
      { { enabled = true, restriction = "suspended" }, "suspended" },
    } do
      registry.db:write(function(tx) require("mailseal.store.domains").update(tx, "acme", "example.com", case[1]) end)
      registry.moment = registry.moment + 2
      local none, message, code = tenant:signer "example.com"
      assert.same({ nil, case[2] }, { none, code })
      assert.is_truthy(message:find "%a+ %a+")
      none, message, code = signer:sign(MESSAGE)
      assert.same({ nil, case[2] }, { none, code }, message)
      none, message, code = signer:stream()
      assert.same({ nil, case[2] }, { none, code }, message)
    end
    registry.db:write(function(tx) require("mailseal.store.domains").update(tx, "acme", "example.com", { restriction = "throttled" }) end)
    registry.moment = registry.moment + 2
    assert.is_truthy(signer:sign(MESSAGE))
  end)

  it("is not had where the keys are the provider's", function()
    local registry, tenant = begin()
    registry.db:write(function(tx) tx:run "DELETE FROM keys" end)
    local signer, message, code = tenant:signer "example.com"
    assert.same({ nil, "not_applicable" }, { signer, code })
    assert.is_truthy(message:find "provider")
  end)
end)

describe("A switch of keys", function()
  it("is noticed by another process within two seconds, by a signer that was there before", function()
    local directory = shell.new_directory()
    local registry, tenant = begin { db = "sqlite:" .. directory .. "/mailseal.db" }
    local other = stage.registry { db = registry.db.url }
    other.moment = registry.moment
    local signer = assert(other:tenant "acme":signer "example.com")
    local old = selector(signer)
    local new = assert(tenant:rotate "example.com").selector
    stage.run(tenant, "example.com", function() return tenant:keys("example.com")[2].state == "active" end)
    other.moment = other.moment + 1
    assert.equal(old, selector(signer))
    other.moment = other.moment + 1
    assert.equal(new, selector(signer))
    registry.db:close()
    other.db:close()
    shell.remove_directory(directory)
  end)

  it("leaves a stream that was begun before to the key that it began with", function()
    local registry, tenant = begin()
    local signer = assert(tenant:signer "example.com")
    local old = selector(signer)
    local stream = assert(signer:stream())
    assert(stream:write(MESSAGE))
    assert(tenant:rotate "example.com")
    stage.run(tenant, "example.com")
    assert.are_not.equal(old, selector(signer))
    assert.equal(old, assert(stream:finish()):match "s=(%w+)")
    registry.db:close()
  end)
end)

describe("Loaded keys", function()
  -- How often the database was asked for what is sealed.
  local function count_opened(registry)
    local count, master_key = 0, registry.master_key
    registry.master_key = {
      open_key = function(_, ...)
        count = count + 1
        return master_key:open_key(...)
      end,
      seal_key = function(_, ...) return master_key:seal_key(...) end,
    }
    return function() return count end
  end

  it("are opened once, as long as they are in use", function()
    local registry, tenant = begin()
    local opened = count_opened(registry)
    for _ = 1, 20 do
      assert(assert(tenant:signer "example.com"):sign(MESSAGE))
      registry.moment = registry.moment + 1
    end
    assert.equal(1, opened())
  end)

  it("are asked for in the database every two seconds at most", function()
    local registry, tenant = begin()
    local reads, read = 0, registry.db.read
    function registry.db.read(...)
      reads = reads + 1
      return read(...)
    end
    for _ = 1, 100 do
      assert(tenant:signer "example.com")
    end
    assert.equal(1, reads)
    registry.moment = registry.moment + 2
    assert(tenant:signer "example.com")
    assert.equal(2, reads)
  end)

  it("are no more than the policy allows, those in use among them", function()
    local registry, tenant = begin { policy = { loaded = 10 } }
    for i = 1, 40 do
      stage.add(tenant, ("d%d.example"):format(i), { status = "verified" })
    end
    local opened = count_opened(registry)
    for i = 1, 40 do
      assert(tenant:signer(("d%d.example"):format(i)))
      assert(tenant:signer "example.com")
      local held = 0
      for _, generation in ipairs { "young", "old" } do
        for _ in pairs(registry.loaded_keys[generation]) do held = held + 1 end
      end
      assert.is_true(held <= 10)
    end
    assert.equal(41, opened())
  end)

  it("are not used on when the clock was set back", function()
    local registry, tenant = begin()
    assert(tenant:signer "example.com")
    registry.db:write(function(tx) require("mailseal.store.domains").update(tx, "acme", "example.com", { enabled = false }) end)
    registry.moment = registry.moment - 86400
    local signer, _, code = tenant:signer "example.com"
    assert.same({ nil, "disabled" }, { signer, code })
  end)
end)

-- What is done with a message hangs on the decision, so it must not promise a signature that there is none of.
describe("A domain that may send", function()
  local domains = require "mailseal.store.domains"

  -- What the keys of a domain may be, beside none.
  local KEYS = {
    {}, { "active" }, { "awaited" }, { "spreading" }, { "retiring", "active" }, { "active", "awaited" }, { "active", "spreading" },
    { "revoked" }, { "revoked", "awaited" }, { "withdrawn", "spreading" }, { "removed" }, { "dropped" }, { "dropped", "awaited" },
    { "retiring" }, { "idle", "active" }, { "idle", "revoked" },
  }

  local function put(tx, tenant, states)
    tx:run("DELETE FROM keys WHERE tenant_id = ? AND selector LIKE 'x%'", tenant.id)
    tx:run("UPDATE keys SET state = 'removed'")
    for i, state in ipairs(states) do
      if state == "active" then
        tx:run "UPDATE keys SET state = 'active' WHERE selector LIKE 'ms%'" -- the one that opens
      else
        tx:run([[INSERT INTO keys (tenant_id, domain, selector, version, type, bits, public, state, state_since, created_at)
          VALUES (?, 'example.com', ?, 1, 'ed25519', 256, 'p', ?, 0, 0)]], tenant.id, "x" .. i, state)
      end
    end
  end

  it("has a signer, and one that may not has none, in each state of the domain and of its keys", function()
    local registry, tenant = begin()
    local sends, holds = 0, 0
    for _, status in ipairs { "pending", "verified", "failed" } do
      for _, enabled in ipairs { true, false } do
        for _, restriction in ipairs { "", "throttled", "suspended" } do
          for _, states in ipairs(KEYS) do
            assert(registry.db:write(function(tx)
              domains.update(tx, "acme", "example.com", {
                status = status, enabled = enabled, restriction = restriction ~= "" and restriction or require "mailseal.store".null,
              })
              put(tx, tenant, states)
              return true
            end))
            registry.moment = registry.moment + 60
            local what = ("%s %s %s: %s"):format(status, tostring(enabled), restriction, table.concat(states, " "))
            local verdict, why = tenant:decide "example.com"
            local signer, _, code = tenant:signer "example.com"
            assert.equal(verdict == "send", signer ~= nil, what .. ": " .. tostring(why) .. " " .. tostring(code))
            assert.is_true(verdict == "send" or why == code, what .. ": " .. tostring(why) .. " " .. tostring(code))
            sends, holds = sends + (verdict == "send" and 1 or 0), holds + (code == "no_key" and 1 or 0)
          end
        end
      end
    end
    assert.same({ 10, 22 }, { sends, holds })
  end)
end)
