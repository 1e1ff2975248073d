local dns_hosts = require "spec.support.dns_hosts"
local publish = require "mailseal.publish"
local walk = require "spec.support.dns_host_walk"

local TOKEN = "i-T3b1h_OI-H9ab8tRS98stGtURe"

local function writes(host) return host:changes() end

local busted = {
  describe = describe, it = it, setup = setup, teardown = teardown, before_each = before_each, after_each = after_each,
}

walk.describe(busted, {
  id = "desec", ttl = 3600, endpoint = "/api/v1", options = { token = TOKEN }, settings = { credentials = { token = TOKEN } },
  secret = "token", wrong = "not-that-one", write = "POST", path = "/rrsets/", writes = writes,
  limited = { status = 429, headers = { ["Retry-After"] = "7200" }, times = 9 },
})

describe("the target desec", function()
  local host

  setup(function()
    host = dns_hosts.start("desec", {
      zones = { ["example.com"] = walk.zone(3600) }, credentials = { token = TOKEN }, minimum_ttl = 3600,
    })
  end)

  teardown(function() host:stop() end)

  before_each(function() host:recover() end)

  local function open(options)
    local given = host:options { token = TOKEN, endpoint = host.endpoint .. "/api/v1" }
    for name, value in pairs(options or {}) do given[name] = value end
    return assert(publish.open("desec", given))
  end

  local function new(name, ttl)
    return { name = name, type = "TXT", after = { name = name, type = "TXT", ttl = ttl, values = { '"x"' } } }
  end

  it("makes all changes by one request", function()
    local target = open()
    local changes = walk.changes(target, 3600)
    assert(target:apply("example.com", changes))
    assert(target:undo("example.com", changes))
    assert.equal(2, host:changes())
  end)

  it("tells the least TTL of the zone, below which the host takes nothing", function()
    local target = open()
    assert.equal(3600, target.least_ttl)
    assert(target:zone_of "example.com")
    assert.equal(3600, target.least_ttl)
    local before = host:zone "example.com"
    local done, message, code = target:apply("example.com", { new("a.example.com", 3600), new("b.example.com", 300) })
    assert.same({ nil, "refused_record" }, { done, code })
    assert.matches("greater than or equal to 3600", message)
    assert.equal(before, host:zone "example.com")
  end)

  it("is refused a set that is new, where there is one by then", function()
    local target = open()
    -- After it was looked for, and before it is asked for.
    host:fail { method = "GET", status = 200, body = "[]" }
    local change = new("_dmarc.example.com", 3600)
    local done, message, code = target:apply("example.com", { change })
    assert.same({ nil, "zone_moved" }, { done, code }, message)
  end)

  it("waits a little where that is all that the host asks for", function()
    local target = open()
    host:fail { method = "GET", status = 429, headers = { ["Retry-After"] = "1" } }
    assert.equal("example.com", target:zone_of "example.com")
    assert.equal(2, #host:requests "GET")
  end)

  it("takes white space off a token, and refuses one that no field can hold", function()
    local target = open { token = "  " .. TOKEN .. "\n" }
    assert.equal("example.com", target:zone_of "example.com")
    local found, message, code = publish.open("desec", host:options { token = "a\nb" })
    assert.same({ nil, "bad_credentials" }, { found, code })
    assert.is_nil(message:find "a\nb")
  end)
end)
