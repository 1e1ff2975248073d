-- A zone as its name servers have it: whose is a name, referrals, and what holds at some servers only.
local core = require "mailseal.core".dns
local dissect = require "mailseal_test".dissect
local dns = require "mailseal.dns"
local zone = require "mailseal.dns.zone"

-- Two zones in one text: example.com on two servers, and _domainkey.example.com, delegated to another two.
local text = [[
$ORIGIN example.com.
@            SOA ns1 hostmaster 1 2 3 4 20
             NS  ns1
             NS  ns2.provider.net.
             TXT "apex"
ns1          A   192.0.2.1
             AAAA 2001:db8::1
www          CNAME s1._domainkey
outside      CNAME far.example.org.
inside       CNAME @
*.wild       TXT "wild"
_domainkey   NS  a.keys
             NS  b.keys.example.org.
             DS  1 8 2 abcd
a.keys       A   192.0.2.3
s1._domainkey TXT "v=DKIM1; p="
lonely       NS  ns.lonely
ns.lonely    A   192.0.2.5
s1.lonely    TXT "there"
dark         NS  nobody.example.org.
ns2.provider.net. A 192.0.2.2
b.keys.example.org. AAAA 2001:db8::4
]]

describe("A name server of a zone", function()
  local transport = assert(zone.read(text))

  local function serve(server, name, type, options)
    options = options or {}
    options.no_recursion = not options.recursion
    options.recursion = nil
    return transport:exchange(assert(core.encode(name, type or "TXT", options)), server)
  end

  local function ask(server, name, type, options)
    return assert(dissect(assert(serve(server, name, type, options))))
  end

  it("answers authoritatively for a zone whose NS record names it", function()
    for _, server in ipairs { "192.0.2.1:53", "192.0.2.2:5353", "192.0.2.1", "[2001:db8::1]:53", "2001:DB8:0::1" } do
      local reply = ask(server, "example.com")
      assert.equal(0, reply.rcode)
      assert.is_true(reply.authoritative)
      assert.is_false(reply.recursion_available)
      assert.same({ "apex" }, reply.answer[1].strings)
    end
  end)

  it("gives its zone's SOA with what is not there", function()
    local reply = ask("192.0.2.1:53", "none.example.com")
    assert.equal(3, reply.rcode)
    assert.is_true(reply.authoritative)
    assert.equal("example.com", reply.authority[1].name)
    assert.equal("SOA", reply.authority[1].type)
    reply = ask("192.0.2.1:53", "ns1.example.com")
    assert.equal(0, reply.rcode)
    assert.same({}, reply.answer)
    assert.equal("example.com", reply.authority[1].name)
  end)

  it("lets its wildcards cover names", function()
    assert.same({ "wild" }, ask("192.0.2.1:53", "x.wild.example.com").answer[1].strings)
  end)

  it("refers to the servers of a zone below, with their addresses", function()
    for _, name in ipairs { "s1._domainkey.example.com", "_domainkey.example.com", "none._domainkey.example.com" } do
      local reply = ask("192.0.2.1:53", name)
      assert.equal(0, reply.rcode)
      assert.is_false(reply.authoritative)
      assert.same({}, reply.answer)
      assert.equal(2, #reply.authority)
      assert.same({ "_domainkey.example.com", "NS", "a.keys.example.com" },
        { reply.authority[1].name, reply.authority[1].type, reply.authority[1].host })
      assert.same({ "a.keys.example.com", "192.0.2.3", "b.keys.example.org", "2001:db8::4" },
        { reply.additional[1].name, reply.additional[1].address, reply.additional[2].name, reply.additional[2].address })
    end
  end)

  it("answers for the DS record at a delegation, which is in the zone above (RFC 4035 §3.1.4.1)", function()
    local reply = ask("192.0.2.1:53", "_domainkey.example.com", "DS")
    assert.is_true(reply.authoritative)
    assert.equal("abcd", reply.answer[1].digest)
    reply = ask("192.0.2.1:53", "lonely.example.com", "DS")
    assert.is_true(reply.authoritative)
    assert.equal("example.com", reply.authority[1].name)
  end)

  it("has the zone that is delegated to it, and refuses the zone above", function()
    for _, server in ipairs { "192.0.2.3:53", "[2001:db8::4]:53" } do
      local reply = ask(server, "s1._domainkey.example.com")
      assert.is_true(reply.authoritative)
      assert.same({ "v=DKIM1; p=" }, reply.answer[1].strings)
      reply = ask(server, "example.com")
      assert.equal(5, reply.rcode)
      assert.is_false(reply.authoritative)
    end
  end)

  it("gives no other zone's SOA for its own", function()
    local reply = ask("192.0.2.3:53", "none._domainkey.example.com")
    assert.equal(3, reply.rcode)
    assert.is_true(reply.authoritative)
    assert.same({}, reply.authority)
  end)

  it("refuses what it knows nothing about", function()
    assert.equal(5, ask("192.0.2.99:53", "example.com").rcode)
    assert.equal(5, ask("192.0.2.99:53", "x.dark.example.com").rcode)
    assert.equal(0, ask("192.0.2.1:53", "x.dark.example.com").rcode)
  end)

  it("follows a CNAME as far as it knows the way", function()
    local reply = ask("192.0.2.1:53", "inside.example.com")
    assert.equal(2, #reply.answer)
    assert.same({ "apex" }, reply.answer[2].strings)
    reply = ask("192.0.2.1:53", "www.example.com")
    assert.equal(1, #reply.answer)
    assert.is_true(reply.authoritative)
    assert.is_true(core.decode(serve("192.0.2.1:53", "www.example.com"), "www.example.com", "TXT").incomplete)
  end)

  it("answers whoever asks for recursion as a resolver does", function()
    for _, server in ipairs { "192.0.2.1:53", "192.0.2.99:53", false } do
      local reply = ask(server, "www.example.com", "TXT", { recursion = true })
      assert.is_true(reply.recursion_available)
      assert.is_false(reply.authoritative)
      assert.equal(2, #reply.answer)
      assert.same({ "v=DKIM1; p=" }, reply.answer[2].strings)
      assert.same({ "there" }, ask(server, "s1.lonely.example.com", "TXT", { recursion = true }).answer[1].strings)
    end
  end)

  it("must be an address", function()
    for _, server in ipairs { "nonsense", "192.0.2.256:53", "1:2", "" } do
      local reply, message, code = serve(server, "example.com")
      assert.is_nil(reply)
      assert.is_truthy(message:find(server:gsub(":53", ""), 1, true))
      assert.equal("bad_server", code)
    end
  end)
end)

describe("A zone without name servers", function()
  it("is every server's", function()
    local soa, txt = { type = "SOA", data = "a. b. 1 2 3 4 5" }, { type = "TXT", data = "x" }
    for _, records in ipairs { { txt }, { soa, txt } } do
      local transport = assert(zone.new { ["example.com"] = records })
      local reply = dissect(transport:exchange(core.encode("example.com", "TXT", { no_recursion = true }), "192.0.2.77:53"))
      assert.is_true(reply.authoritative)
      assert.same({ "x" }, reply.answer[1].strings)
      reply = dissect(transport:exchange(core.encode("none.example.com", "TXT", { no_recursion = true }), "192.0.2.77:53"))
      assert.equal(3, reply.rcode)
      assert.is_true(reply.authoritative)
    end
  end)
end)

describe("What holds for some servers of a zone", function()
  local function example(more)
    local records = {
      ["example.com"] = {
        { type = "SOA", data = "ns1.example.com. h.example.com. 1 2 3 4 20" },
        { type = "NS", data = "ns1.example.com." }, { type = "NS", data = "ns2.example.com." },
      },
      ["ns1.example.com"] = { { type = "A", data = "192.0.2.1" }, { type = "AAAA", data = "2001:db8::1" } },
      ["ns2.example.com"] = { { type = "A", data = "192.0.2.2" } },
    }
    for name, list in pairs(more) do
      records[name] = records[name] or {}
      for _, record in ipairs(list) do table.insert(records[name], record) end
    end
    return assert(zone.new(records))
  end

  local function ask(transport, server, name, type)
    local reply, message, code = transport:exchange(core.encode(name, type or "TXT", { no_recursion = server and true }), server)
    if not reply then return nil, message, code end
    return assert(core.decode(reply, name, type or "TXT"))
  end

  local function texts(transport, server, name) return ask(transport, server, name).text end

  it("is a record that the others do not have, nor its name", function()
    local transport = example { ["a.b.example.com"] = { { type = "TXT", data = "new", servers = { "ns1.example.com." } } } }
    assert.same({ "new" }, texts(transport, "192.0.2.1:53", "a.b.example.com"))
    assert.same({ "new" }, texts(transport, "[2001:db8:0::1]:53", "a.b.example.com"))
    assert.equal("nxdomain", ask(transport, "192.0.2.2:53", "a.b.example.com").status)
    assert.equal("nodata", ask(transport, "192.0.2.1:53", "b.example.com").status)
    assert.equal("nxdomain", ask(transport, "192.0.2.2:53", "b.example.com").status)
  end)

  it("is another record at each of them", function()
    local transport = example {
      ["a.example.com"] = {
        { type = "TXT", data = "old", servers = { "192.0.2.2" } }, { type = "TXT", data = "new", servers = { "192.0.2.1" } },
        { type = "TXT", data = "both" },
      },
    }
    assert.same({ "both", "new" }, texts(transport, "192.0.2.1:53", "a.example.com"))
    assert.same({ "both", "old" }, texts(transport, "192.0.2.2:53", "a.example.com"))
    assert.same({ "both", "new" }, texts(transport, "192.0.2.1:53", "a.example.com"))
  end)

  it("is seen by a resolver as the first server has it", function()
    local new = { type = "TXT", data = "new", servers = { "ns1.example.com" } }
    local old = { type = "TXT", data = "old", servers = { "192.0.2.2" } }
    local transport = example { ["a.example.com"] = { old, new }, ["b.example.com"] = { old } }
    assert.same({ "new" }, texts(transport, false, "a.example.com"))
    assert.equal("nxdomain", ask(transport, false, "b.example.com").status)
    -- The name server's IPv6 address is as good a name for it.
    new.servers = { "2001:db8::1" }
    assert.same({ "new" }, texts(example { ["a.example.com"] = { old, new } }, false, "a.example.com"))
  end)

  it("is seen by no resolver where the zone names no servers", function()
    local transport = assert(zone.new { ["a.example.com"] = { { type = "TXT", data = "x", servers = { "192.0.2.1" } } } })
    assert.equal("nxdomain", ask(transport, false, "a.example.com").status)
    assert.same({ "x" }, texts(transport, "192.0.2.1:53", "a.example.com"))
    assert.equal("nxdomain", ask(transport, "192.0.2.2:53", "a.example.com").status)
  end)

  it("is a fault at a name, which the other servers do not have, nor a resolver", function()
    local transport = example {
      ["a.example.com"] = { { type = "TXT", data = "x" }, { type = "TXT", error = "refused", servers = { "ns1.example.com" } } },
    }
    assert.equal("refused", ask(transport, "192.0.2.1:53", "a.example.com").status)
    assert.equal("nodata", ask(transport, "192.0.2.1:53", "a.example.com", "A").status)
    assert.same({ "x" }, texts(transport, "192.0.2.2:53", "a.example.com"))
    assert.same({ "x" }, texts(transport, false, "a.example.com"))
  end)

  it("is a server that is silent, or lame, for all of its zone", function()
    local function with(fault, server)
      return example {
        ["example.com"] = { { error = fault, servers = { server or "192.0.2.1" } } },
        ["a.example.com"] = { { type = "TXT", data = "x" } },
      }
    end
    for _, name in ipairs { "example.com", "a.example.com", "none.example.com" } do
      assert.equal("timeout", select(3, ask(with "timeout", "192.0.2.1:53", name)))
      assert.equal("tcp_failed", select(3, ask(with "truncated", "192.0.2.1:53", name)))
      assert.equal("servfail", ask(with "servfail", "192.0.2.1:53", name).status)
      local query = core.encode(name, "TXT", { no_recursion = true })
      local reply = dissect(with("lame", "ns1.example.com"):exchange(query, "192.0.2.1:53"))
      assert.is_false(reply.authoritative)
      assert.same({ 0, 0, 0 }, { #reply.answer, #reply.authority, reply.rcode })
    end
    for _, fault in ipairs { "timeout", "lame", "servfail" } do
      assert.same({ "x" }, texts(with(fault), "192.0.2.2:53", "a.example.com"))
      assert.same({ "x" }, texts(with(fault), false, "a.example.com"))
    end
  end)

  it("is a fault to a resolver, too, where all servers have it", function()
    local transport = example { ["example.com"] = { { error = "lame", servers = { "ns1.example.com", "ns2.example.com" } } } }
    assert.equal("servfail", ask(transport, false, "a.example.com").status)
    transport = example { ["example.com"] = { { error = "timeout", servers = { "ns1.example.com", "192.0.2.2" } } } }
    assert.equal("timeout", select(3, ask(transport, false, "a.example.com")))
  end)

  it("is named by addresses and host names", function()
    local function refuses(servers, pattern)
      local made, message, code = dns.resolver { zone = { a = { { type = "TXT", data = "x", servers = servers } } } }
      assert.is_nil(made)
      assert.matches(pattern, message)
      assert.equal("bad_zone", code)
    end
    refuses("192.0.2.1", "a: servers is not a list")
    refuses({ 1 }, "a: servers is not a list")
    refuses({ "192.0.2.1:53" }, "a: 192%.0%.2%.1:53 is neither")
    refuses({ "192.0.2.256" }, "a: 192%.0%.2%.256 is neither")
    refuses({ "a..b" }, "a: a%.%.b is neither")
  end)
end)

describe("resolver:authoritative over a zone", function()
  it("shows how a record spreads, and which servers are lame or silent, without a network", function()
    local records = { ["example.com"] = { { type = "SOA", data = "ns1.example.com. h.example.com. 1 2 3 4 20" } } }
    for i = 1, 4 do
      local host = ("ns%d.example.com"):format(i)
      table.insert(records["example.com"], { type = "NS", data = host .. "." })
      records[host] = { { type = "A", data = "192.0.2." .. i } }
    end
    table.insert(records["example.com"], { error = "lame", servers = { "ns3.example.com" } })
    table.insert(records["example.com"], { error = "timeout", servers = { "192.0.2.4" } })
    records["s1._domainkey.example.com"] = { { type = "TXT", data = "v=DKIM1; p=", servers = { "ns1.example.com" } } }
    local resolver = assert(dns.resolver { zone = records })

    local found = assert(resolver:authoritative("s1._domainkey.example.com", "TXT"))
    assert.equal("propagating", found.status)
    assert.equal("example.com", found.zone)
    local states, statuses = {}, {}
    for _, server in ipairs(found.servers) do
      states[server.host] = server.state
      statuses[server.host] = server.state == "answers" and server.answer.status or nil
    end
    assert.same({
      ["ns1.example.com"] = "answers", ["ns2.example.com"] = "answers", ["ns3.example.com"] = "lame", ["ns4.example.com"] = "silent",
    }, states)
    assert.same({ ["ns1.example.com"] = "ok", ["ns2.example.com"] = "nxdomain" }, statuses)
  end)
end)
