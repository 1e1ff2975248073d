local dns = require "mailseal.dns"
local reverse = require "mailseal.dns.reverse"

describe("dns.reverse.name", function()
  it("turns an IPv4 address round (RFC 1035 §3.5)", function()
    assert.equal("1.2.0.192.in-addr.arpa", reverse.name "192.0.2.1")
    assert.equal("0.255.255.255.in-addr.arpa", reverse.name "255.255.255.0")
  end)

  it("turns an IPv6 address round, digit by digit (RFC 3596 §2.5)", function()
    assert.equal("b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa", reverse.name "4321:0:1:2:3:4:567:89ab")
    assert.equal(("0."):rep(32) .. "ip6.arpa", reverse.name "::")
  end)

  it("takes an IPv4 address in IPv6's clothes for what it is", function()
    assert.equal("1.2.0.192.in-addr.arpa", reverse.name "::ffff:192.0.2.1")
    assert.equal("1.2.0.192.in-addr.arpa", reverse.name "::FFFF:c000:201")
  end)

  it("returns nil for what is no address", function()
    for _, address in ipairs { "", "192.0.2", "192.0.2.256", "1.2.3.4.5", "example.test", "::1::", "fe80::1%eth0", "[::1]" } do
      assert.same({ nil, ("\"%s\" is not an IPv4 or IPv6 address"):format(address), "bad_address" }, { reverse.name(address) })
    end
  end)
end)

describe("resolver:reverse", function()
  local zone = {
    ["1.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "mail.example." } },
    ["2.2.0.192.in-addr.arpa"] = {
      { type = "PTR", data = "mail.example." }, { type = "PTR", data = "silent.example." }, { type = "PTR", data = "two.example." },
    },
    ["3.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "mail.example." }, { type = "PTR", data = "none.example." } },
    ["4.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "silent.example." }, { type = "PTR", data = "mail.example." } },
    ["5.2.0.192.in-addr.arpa"] = { { error = "servfail" } },
    ["7.2.0.192.in-addr.arpa"] = { { type = "CNAME", data = "7.0-7.2.0.192.in-addr.arpa." } },
    ["7.0-7.2.0.192.in-addr.arpa"] = { { type = "PTR", data = "seven.example." } },
    ["mail.example"] = { { type = "A", data = "192.0.2.1" }, { type = "AAAA", data = "2001:db8::1" } },
    ["two.example"] = { { type = "CNAME", data = "three.example." } },
    ["three.example"] = { { type = "A", data = "192.0.2.9" }, { type = "A", data = "192.0.2.2" } },
    ["seven.example"] = { { type = "A", data = "192.0.2.7" } },
    ["silent.example"] = { { error = "timeout" } },
    [reverse.name "2001:db8::1"] = { { type = "PTR", data = "mail.example." } },
  }
  local many = {}
  for i = 1, 12 do
    many[i] = { type = "PTR", data = ("n%02d.example."):format(i) }
    zone[("n%02d.example"):format(i)] = { { type = "A", data = "192.0.2.8" } }
  end
  zone["8.2.0.192.in-addr.arpa"] = many
  local resolver = assert(dns.resolver { zone = zone })

  local function states(found)
    local by_name = {}
    for _, name in ipairs(found.names) do by_name[name.name] = name.state end
    return by_name
  end

  it("finds an address's name, and that the name has the address", function()
    local found = assert(resolver:reverse "192.0.2.1")
    assert.equal("ok", found.status)
    assert.same({ "mail.example" }, found.confirmed)
    assert.equal("1.2.0.192.in-addr.arpa", found.name)
    assert.equal("PTR", found.type)
    assert.equal("mail.example", found.answer.records[1].target)
    assert.equal("192.0.2.1", found.names[1].answer.records[1].address)
  end)

  it("does so of an IPv6 address, however it is spelt", function()
    assert.same({ "mail.example" }, assert(resolver:reverse "2001:DB8:0::1").confirmed)
  end)

  it("says of each name whether it is confirmed, is not, or could not be asked", function()
    local found = assert(resolver:reverse "192.0.2.2")
    assert.equal("ok", found.status)
    assert.same({ "two.example" }, found.confirmed)
    assert.same({ ["mail.example"] = "unconfirmed", ["silent.example"] = "unknown", ["two.example"] = "confirmed" }, states(found))
  end)

  it("says unconfirmed where no name has the address", function()
    local found = assert(resolver:reverse "192.0.2.3")
    assert.equal("unconfirmed", found.status)
    assert.same({}, found.confirmed)
    assert.same({ ["mail.example"] = "unconfirmed", ["none.example"] = "unconfirmed" }, states(found))
  end)

  it("does not say so where a name could not be asked: that is temporary", function()
    local found = assert(resolver:reverse "192.0.2.4")
    assert.equal("timeout", found.status)
    assert.same({}, found.confirmed)
  end)

  it("tells no name from a fault", function()
    assert.equal("nxdomain", assert(resolver:reverse "192.0.2.200").status)
    assert.equal("servfail", assert(resolver:reverse "192.0.2.5").status)
  end)

  it("follows a delegation of less than an octet (RFC 2317)", function()
    assert.same({ "seven.example" }, assert(resolver:reverse "192.0.2.7").confirmed)
  end)

  it("looks at no more than ten names", function()
    local found = assert(resolver:reverse "192.0.2.8")
    assert.equal(10, #found.names)
    assert.is_true(found.capped)
    assert.is_false(assert(resolver:reverse "192.0.2.1").capped)
  end)

  it("returns nil for what is no address, and raises for what is no string", function()
    assert.equal("bad_address", select(3, resolver:reverse "example.test"))
    assert.has_error(function() resolver:reverse(1) end, "resolver:reverse wants an address")
  end)
end)
