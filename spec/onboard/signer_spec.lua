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
    assert.same({ nil, "no_key" }, { signer, code })
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
