local dns = require "mailseal.dns"
local is_within = require "mailseal.dns.name".is_within
local zone_cut = require "mailseal.dns.zone_cut"

-- A resolver that says what a function says of each question, and counts them.
local function resolver_saying(say)
  local resolver = { asked = 0 }
  function resolver:query(name, type)
    self.asked = self.asked + 1
    local answer = say(name, type)
    answer.chain = answer.chain or {}
    return answer
  end
  return resolver
end

-- What a well-behaved world with these zones says: each negative answer with the SOA of its zone.
local function world(zones, aliases)
  return function(name, type)
    local zone
    for _, candidate in ipairs(zones) do
      if is_within(name, candidate) and (not zone or #candidate > #zone) then zone = candidate end
    end
    if aliases and aliases[name] then
      if type == "CNAME" then return { status = "ok" } end
      return { status = "nodata", chain = { aliases[name] }, zone = "provider.test" }
    end
    if type == "SOA" and name == zone then return { status = "ok", zone = zone } end
    return { status = "nodata", zone = zone }
  end
end

-- The same world, whose negative answers have no SOA.
local function terse(say)
  return function(name, type)
    local answer = say(name, type)
    if answer.status ~= "ok" then answer.zone = nil end
    return answer
  end
end

local ZONES = { ".", "test", "example.test", "_domainkey.sub.example.test" }

describe("dns.zone_cut.find", function()
  it("finds the zone of a name with one question, whether the name exists or not", function()
    local resolver = resolver_saying(world(ZONES))
    assert.equal("example.test", zone_cut.find(resolver, "s1._domainkey.example.test"))
    assert.equal(1, resolver.asked)
  end)

  it("takes a name that is a zone's own for that zone", function()
    assert.equal("example.test", zone_cut.find(resolver_saying(world(ZONES)), "example.test"))
    assert.equal("example.test", zone_cut.find(resolver_saying(terse(world(ZONES))), "example.test"))
  end)

  it("finds a _domainkey that is a zone of its own", function()
    for _, say in ipairs { world(ZONES), terse(world(ZONES)) } do
      assert.equal("_domainkey.sub.example.test", zone_cut.find(resolver_saying(say), "s1._domainkey.sub.example.test"))
      assert.equal("example.test", zone_cut.find(resolver_saying(say), "sub.example.test"))
    end
  end)

  it("takes a CNAME's own zone, not its target's", function()
    local say = world(ZONES, { ["s1._domainkey.example.test"] = "s1.provider.test", ["_domainkey.example.test"] = "x.provider.test" })
    local resolver = resolver_saying(say)
    assert.equal("example.test", zone_cut.find(resolver, "s1._domainkey.example.test"))
    assert.equal("example.test", zone_cut.find(resolver_saying(terse(say)), "s1._domainkey.example.test"))
  end)

  it("takes a CNAME's own zone where what the CNAME leads to is broken", function()
    local say = world(ZONES, { ["s1.example.test"] = "s1.provider.test" })
    assert.equal("example.test", zone_cut.find(resolver_saying(function(name, type)
      if name == "s1.example.test" and type ~= "CNAME" then return { status = "servfail" } end
      return say(name, type)
    end), "s1.example.test"))
  end)

  it("does not need the SOA in negative answers, and asks no more than one question a label then", function()
    local resolver = resolver_saying(terse(world(ZONES)))
    assert.equal("example.test", zone_cut.find(resolver, "a.b.c.d.example.test"))
    assert.is_true(resolver.asked <= 8, "asked " .. resolver.asked)
  end)

  it("does not believe an SOA that is not above the name", function()
    local say = world(ZONES)
    assert.equal("example.test", zone_cut.find(resolver_saying(function(name, type)
      local answer = say(name, type)
      if answer.status == "nodata" then answer.zone = "ample.test" end
      return answer
    end), "a.example.test"))
  end)

  it("finds the zone of a name that servers wrongly say does not exist, and of one below it", function()
    local say = terse(world(ZONES))
    assert.equal("example.test", zone_cut.find(resolver_saying(function(name, type)
      local answer = say(name, type)
      if answer.status == "nodata" then answer.status = "nxdomain" end
      return answer
    end), "a.empty.example.test"))
  end)

  it("tells a temporary fault from no zone, and the closest zone that is known then", function()
    local say = world(ZONES)
    local zone, message, code, above = zone_cut.find(resolver_saying(function(name, type)
      if is_within(name, "_domainkey.example.test") then return { status = "servfail", reason = "broken" } end
      return say(name, type)
    end), "s1._domainkey.example.test")
    assert.is_nil(zone)
    assert.equal("the zone of s1._domainkey.example.test cannot be told: broken", message)
    assert.equal("servfail", code)
    assert.equal("example.test", above)
  end)

  it("is not misled by a fault of one question where another one tells", function()
    local say = world(ZONES)
    assert.equal("example.test", zone_cut.find(resolver_saying(function(name, type)
      if type == "CNAME" then return { status = "servfail" } end
      return say(name, type)
    end), "s1.example.test"))
  end)

  it("says that nothing answers where nothing does", function()
    local resolver = resolver_saying(function() return { status = "timeout" } end)
    assert.same({ nil, "the zone of a.test cannot be told: timeout", "timeout" }, { zone_cut.find(resolver, "a.test") })
  end)

  it("finds the zone of an IPv6 address's name, though it is 34 labels deep", function()
    local resolver = resolver_saying(terse(world { ".", "arpa", "8.b.d.0.1.0.0.2.ip6.arpa" }))
    assert.equal("8.b.d.0.1.0.0.2.ip6.arpa", zone_cut.find(resolver, ("1."):rep(24) .. "8.b.d.0.1.0.0.2.ip6.arpa"))
    assert.equal("arpa", zone_cut.find(resolver, ("1."):rep(32) .. "ip6.arpa"))
  end)

  it("gives up on a name of a hundred labels in a world without SOA records, after a bounded number of questions", function()
    local resolver = resolver_saying(function() return { status = "nxdomain" } end)
    local zone, _, code, above = zone_cut.find(resolver, ("a."):rep(100) .. "test")
    assert.is_nil(zone)
    assert.is_nil(above)
    assert.equal("no_zone", code)
    assert.is_true(resolver.asked <= 41, "asked " .. resolver.asked)
  end)

  it("finds the root", function()
    for _, say in ipairs { world { "." }, terse(world { "." }) } do
      assert.equal(".", zone_cut.find(resolver_saying(say), "."))
      assert.equal(".", zone_cut.find(resolver_saying(say), "a.b"))
    end
  end)

  it("works over a zone file", function()
    local resolver = assert(dns.resolver { zone_text = [[
example.test. 60 IN SOA ns.example.test. host.example.test. 1 2 3 4 5
sub.example.test. 60 IN SOA ns.example.test. host.example.test. 1 2 3 4 5
alias.sub.example.test. 60 IN CNAME a.example.test.
a.example.test. 60 IN TXT "a"
]] })
    assert.equal("example.test", zone_cut.find(resolver, "a.example.test"))
    assert.equal("example.test", zone_cut.find(resolver, "none.example.test"))
    assert.equal("sub.example.test", zone_cut.find(resolver, "alias.sub.example.test"))
    assert.equal("sub.example.test", zone_cut.find(resolver, "sub.example.test"))
  end)
end)
