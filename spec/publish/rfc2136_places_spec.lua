--- Where publishing by RFC 2136 goes: whom it talks with, in which loop, and with what key.
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local dns_relay = require "spec.support.dns_relay"
local place = require "mailseal.publish.rfc2136.place"
local primaries = require "spec.support.primaries"
local publish = require "mailseal.publish"

local ZONE = "example.test"
local TEXT = "@ SOA ns hostmaster 1 3600 900 604800 5\n@ NS ns\nns A 127.0.0.1\n@ TXT \"v=spf1 -all\"\n"
local SET = { name = "s1.example.test", type = "TXT", ttl = 60, values = { '"x"' } }
local CHANGES = { { name = SET.name, type = "TXT", after = SET } }

describe("the server that publishing by RFC 2136 talks with", function()
  it("is named by its address or its name, with a port or without", function()
    for text, wanted in pairs {
      ["192.0.2.1"] = { address = "192.0.2.1" }, ["192.0.2.1:5353"] = { address = "192.0.2.1", port = 5353 },
      ["2001:db8::1"] = { address = "2001:db8::1" }, ["[2001:db8::1]:53"] = { address = "2001:db8::1", port = 53 },
      ["NS1.Example.com."] = { host = "ns1.example.com" }, ["ns1.example.com:5353"] = { host = "ns1.example.com", port = 5353 },
    } do
      assert.same(wanted, (place.parse(text)), text)
    end
    for _, text in ipairs { "", " ", "a b", "192.0.2.256", "192.0.2", "1.2.3.4.5", "ns:0", "ns:65536", "ns:x", "a..b", ".a:53",
      ("x"):rep(64) .. ".test", "http://ns.example/", "a\0b" } do
      local found, message, code = place.parse(text)
      assert.same({ nil, "bad_setting" }, { found, code }, text)
      assert.is_nil(message:find "%z")
    end
  end)

  -- Opens a target that looks DNS up in a zone.
  local function opened(zone, options)
    local all = { key = primaries.key "good", resolver = assert(dns.resolver { zone = zone }), timeout = 20 }
    for name, value in pairs(options or {}) do all[name] = value end
    return assert(publish.open("rfc2136", all))
  end

  local function failure(result, _, code) return result == nil and code end

  local function soa(primary) return { type = "SOA", data = primary .. " h.example.test. 1 2 3 4 5" } end

  local server

  setup(function() server = primaries.start("Knot", { zones = { [ZONE] = TEXT } }) end)
  teardown(function() server:stop() end)

  it("is the one that the zone's SOA names, where none is named, and the zone is where DNS has a cut", function()
    local target = opened({
      ["example.test"] = { soa "ns.example.test." }, ["ns.example.test"] = { { type = "A", data = "127.0.0.1" } },
      ["x.cut.example.test"] = {}, ["cut.example.test"] = { soa "ns.other.test." },
    }, { port = server.port, fetch = { allow_private = true } })
    assert.equal(ZONE, (target:zone_of "s1._domainkey.example.test"))
    assert.equal("cut.example.test", (target:zone_of "x.cut.example.test"))
    assert(target:apply(ZONE, CHANGES))
    assert.equal(1, #assert(target:read(ZONE, { SET.name })))
    assert(target:undo(ZONE, CHANGES))
    assert.equal("no_such_host", failure(target:read("cut.example.test", { "x.cut.example.test" })))
  end)

  it("is looked up where it is named by its name", function()
    local zone = { ["primary.test"] = { { type = "A", data = "127.0.0.1" } } }
    local target = opened(zone, { server = "primary.test:" .. server.port, fetch = { allow_private = true } })
    assert.equal(ZONE, (target:zone_of "s1.example.test"))
    assert.equal(1, #assert(target:read(ZONE, { "ns.example.test" })))
  end)

  it("is tried at its next address where the first does not answer", function()
    local zone = { ["primary.test"] = { { type = "A", data = "127.0.0.2" }, { type = "A", data = "127.0.0.1" } } }
    local target = opened(zone, { server = "primary.test:" .. server.port, fetch = { allow_private = true } })
    assert.equal(ZONE, (target:zone_of "s1.example.test"))
  end)

  it("is told to be unknown, or not known just now", function()
    local zone = {
      ["broken.test"] = { { error = "servfail" } }, ["example.test"] = { soa "." }, ["half.test"] = { soa "broken.test." }, ["test"] = {},
    }
    assert.equal("no_such_host", failure(opened(zone, { server = "none.test" }):zone_of "a.test"))
    assert.equal("dns_failed", failure(opened(zone, { server = "broken.test" }):zone_of "a.test"))
    assert.equal("dns_failed", failure(opened(zone):zone_of "a.broken.test"))
    assert.equal("dns_failed", failure(opened(zone):read("half.test", { "half.test" })))
    assert.equal("bad_setting", failure(opened(zone):read("example.test", { "example.test" })))
    assert.equal("no_zone", failure(opened({ ["a.test"] = {} }):zone_of "a.test"))
  end)

  it("is neither on this machine nor in a private network unless that is allowed, whoever names it", function()
    local zone = {
      ["private.test"] = { { type = "A", data = "10.1.2.3" } },
      ["mixed.test"] = { { type = "A", data = "8.8.8.8" }, { type = "A", data = "127.0.0.1" } },
      ["mapped.test"] = { { type = "AAAA", data = "::ffff:127.0.0.1" } }, ["example.test"] = { soa "private.test." },
    }
    for _, name in ipairs { "127.0.0.1", "[::1]:53", "10.0.0.1", "169.254.169.254", "private.test", "mixed.test", "mapped.test" } do
      assert.equal("forbidden_address", failure(opened(zone, { server = name }):zone_of "a.test"), name)
      assert.equal("forbidden_address", failure(opened(zone, { server = name }):apply(ZONE, CHANGES)), name)
    end
    assert.equal("10.0.0.1 (private) is not to be connected to", (select(2, opened(zone, { server = "10.0.0.1" }):zone_of "a.test")))
    local result, message, code = opened(zone):read(ZONE, { ZONE })
    assert.same({ nil, "forbidden_address" }, { result, code })
    assert.matches("SOA of example.test names", message)
    local cloud = opened(zone, { server = "169.254.169.254", fetch = { allow_private = true } })
    assert.equal("forbidden_address", failure(cloud:zone_of "a.test"))
  end)

  it("is held to the zone that is named", function()
    local target = primaries.open(server, { zone = "Example.Test." })
    assert.equal(ZONE, (target:zone_of "a.b.example.test"))
    assert.equal("no_zone", failure(target:zone_of "a.other.test"))
  end)

  -- Reads, applies and undoes; what came of it.
  local function walk(target)
    local ok, message = target:apply(ZONE, CHANGES)
    local list = assert(target:read(ZONE, { SET.name, ZONE }))
    assert(ok, message)
    assert(target:undo(ZONE, CHANGES))
    return #list
  end

  describe("in a loop:", function()
    local relay

    setup(function() relay = dns_relay.start(server) end)
    teardown(function() relay:stop() end)

    -- A walk beside what never ends, in which others have their turn.
    local function among_others()
      relay:fault("hang", "any", 0)
      local hanging = primaries.open(relay, { timeout = 60 })
      local outcomes = {}
      local stuck = async.start(function() hanging:read(ZONE, { ZONE }) end)
      local others = async.start(function() outcomes[1] = walk(primaries.open(server)) end)
      others:join()
      stuck:cancel()
      return outcomes[1]
    end

    it("in a task of a plain script", function() assert.equal(3, async.run(among_others)) end)

    it("under cqueues", function()
      local cqueues = require "cqueues"
      local loop, found = cqueues.new(), nil
      loop:wrap(function() found = among_others() end)
      assert(loop:loop(60))
      assert.equal(3, found)
    end)

    it("under luv", function()
      local found, ok
      require "mailseal.async.luv".start(among_others, function(fine, result) ok, found = fine, result end)
      require "luv".run()
      assert.is_true(ok, found)
      assert.equal(3, found)
    end)
  end)
end)

describe("the key that publishing by RFC 2136 signs with", function()
  local function open(key, more)
    local options = { server = "192.0.2.1", key = key }
    for name, value in pairs(more or {}) do options[name] = value end
    local target, message, code = publish.open("rfc2136", options)
    return target, code, message
  end

  it("is a text, a table, or one that was read before", function()
    local tsig = require "mailseal.dns.tsig"
    local secret = ("QUJD"):rep(11)
    for _, key in ipairs {
      "hmac-sha256:k.test:" .. secret, { name = "k.test", algorithm = "hmac-sha256", secret = secret },
      " hmac-sha256:k.test:" .. secret .. "\n",
      'key "k.test" { algorithm hmac-sha256; secret "' .. secret .. '"; };', assert(tsig.read_key("hmac-sha512:k.test:" .. secret)),
    } do
      local target = assert(open(key))
      assert.equal("k.test", target.key.name)
      assert.is_nil(tostring(target.key):find(secret, 1, true))
    end
  end)

  it("is wanted, and wanted to be one, strong enough", function()
    assert.equal("credentials_missing", select(2, open(nil)))
    assert.equal("credentials_missing", select(2, open "  "))
    local _, code, message = open "hmac-sha256:k.test:not-base64!"
    assert.equal("bad_credentials", code)
    assert.is_nil(message:find("not-base64", 1, true))
    assert.equal("bad_credentials", select(2, open "nothing of the kind"))
    assert.equal("weak_key", select(2, open("hmac-md5:k.test:" .. ("QUJD"):rep(11))))
  end)

  it("comes with settings that make sense", function()
    local key = primaries.key "good"
    for _, wrong in ipairs { { server = "a b" }, { port = "x" }, { port = 0 }, { port = 65536 }, { zone = "a..b" },
      { server = "ns.test" } } do
      assert.equal("bad_setting", select(2, open(key, wrong)))
    end
    assert.equal(5353, assert(open(key, { port = " 5353 " })).port)
    assert.equal(5354, assert(open(key, { server = "192.0.2.1:5354", zone = " ", port = "" })).port)
    assert.has_error(function() open(key, { colour = "red" }) end)
  end)
end)
