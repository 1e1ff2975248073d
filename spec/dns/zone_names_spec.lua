-- What exists in a zone and what does not: wildcards, empty names, zones below others, names that are renamed.
local core = require "mailseal.core".dns
local dissect = require "mailseal_test".dissect
local dns = require "mailseal.dns"

local function resolver_over(text)
  local resolver = assert(dns.resolver { zone_text = text })
  return function(name, type, options) return assert(resolver:query(name, type or "TXT", options)) end
end

describe("Wildcards of a zone", function()
  -- RFC 4592 §2.2.1, word for word, but for addresses of documentation.
  local ask = resolver_over [[
$ORIGIN example.
example.                 3600 IN  SOA   ns h 1 2 3 4 5
example.                 3600     NS    ns.example.com.
example.                 3600     NS    ns.example.net.
*.example.               3600     TXT   "this is a wildcard"
*.example.               3600     MX    10 host1.example.
sub.*.example.           3600     TXT   "this is not a wildcard"
host1.example.           3600     A     192.0.2.1
_ssh._tcp.host1.example. 3600     SRV   0 0 22 host1.example.
_ssh._tcp.host2.example. 3600     SRV   0 0 22 host1.example.
subdel.example.          3600     NS    ns.example.com.
subdel.example.          3600     NS    ns.example.net.
*.alias.example.         60       CNAME host1.example.
]]

  it("answer for names that do not exist", function()
    local answer = ask("host3.example", "MX")
    assert.equal("ok", answer.status)
    assert.equal("host3.example", answer.records[1].name)
    assert.equal("nodata", ask("host3.example", "A").status)
    assert.same({ "this is a wildcard" }, ask("foo.bar.example").text)
  end)

  it("do not answer for names that exist, were they empty, nor below them", function()
    assert.equal("nodata", ask("host1.example", "MX").status)
    assert.equal("nodata", ask("sub.*.example", "MX").status)
    assert.equal("nodata", ask("_tcp.host1.example", "TXT").status)
    assert.equal("nodata", ask("host2.example", "TXT").status)
    assert.equal("nxdomain", ask("_telnet._tcp.host1.example", "SRV").status)
    assert.equal("nxdomain", ask("x.host2.example").status)
  end)

  it("do not reach into a zone below", function()
    assert.equal("nxdomain", ask("host.subdel.example", "A").status)
    assert.equal("nxdomain", ask("host.subdel.example", "TXT").status)
  end)

  it("do not answer below themselves: an asterisk is a label like another", function()
    assert.equal("nxdomain", ask("ghost.*.example", "MX").status)
    assert.same({ "this is a wildcard" }, ask("*.example").text)
    assert.same({ "this is not a wildcard" }, ask("sub.*.example").text)
  end)

  it("may be CNAMEs", function()
    local answer = ask("x.alias.example", "A")
    assert.same({ "host1.example" }, answer.chain)
    assert.equal("192.0.2.1", answer.records[1].address)
    assert.equal("x.alias.example", ask("x.alias.example", "CNAME").records[1].name)
    assert.equal("nodata", ask("alias.example", "A").status)
    assert.same({ "host1.example" }, ask("a.b.alias.example", "TXT").chain)
  end)

  it("may stand at the root", function()
    local at_root = resolver_over ". SOA a b 1 2 3 4 5\n*. TXT root\na.b. TXT ab\n"
    assert.same({ "root" }, at_root("com").text)
    assert.same({ "root" }, at_root("x.y.z").text)
    assert.equal("nodata", at_root("b").status)
    assert.equal("nxdomain", at_root("c.b").status)
    assert.equal(5, at_root("c.b").ttl)
    assert.equal("nodata", at_root(".").status)
  end)
end)

describe("Zones below others", function()
  local ask = resolver_over [[
example.com.       SOA ns h 1 2 3 4 100
example.com.       NS ns.example.com.
a.example.com.     SOA ns h 1 2 3 4 50
x.a.example.com.   TXT x
b.example.com.     NS ns.example.com.
x.b.example.com.   TXT x
a.example.com.     DS 1 8 2 ab
example.com.       TXT apex
]]

  it("are one whole to a resolver", function()
    assert.same({ "x" }, ask("x.a.example.com").text)
    assert.same({ "x" }, ask("x.b.example.com").text)
    assert.same({ "apex" }, ask("example.com").text)
  end)

  it("deny by their own SOA, and not by the one above", function()
    assert.equal(100, ask("y.example.com").ttl)
    assert.equal("example.com", ask("y.example.com").zone)
    assert.equal(50, ask("y.a.example.com").ttl)
    assert.equal("a.example.com", ask("y.a.example.com").zone)
    assert.equal("nxdomain", ask("y.b.example.com").status)
    assert.is_nil(ask("y.b.example.com").ttl)
    assert.is_nil(ask("y.b.example.com").zone)
  end)

  it("have their DS records in the zone above", function()
    assert.equal("ab", ask("a.example.com", "DS").records[1].digest)
    assert.equal("example.com", ask("b.example.com", "DS").zone)
    assert.equal("example.com", ask("example.com", "DS").zone)
  end)
end)

describe("A DNAME of a zone (RFC 6672)", function()
  local ask = resolver_over(([[
old.example.     7 DNAME new.example.
old.example.       TXT own
a.new.example.     TXT moved
b.new.example.     CNAME c.old.example.
c.new.example.     TXT again
loop.example.      DNAME loop.example.
to-root.example.   DNAME .
com.               TXT com
long.example.      DNAME %s.example.
]]):format(("x"):rep(60) .. ("." .. ("y"):rep(60)):rep(2)))

  it("renames what is below it, and not itself", function()
    local answer = ask "a.old.example"
    assert.same({ "moved" }, answer.text)
    assert.same({ "a.new.example" }, answer.chain)
    assert.equal(7, answer.ttl)
    assert.same({ "own" }, ask("old.example").text)
    assert.equal("new.example", ask("old.example", "DNAME").records[1].target)
    assert.equal("a.new.example", ask("a.old.example", "CNAME").records[1].target)
  end)

  it("may stand in a chain, and lead to a name that does not exist", function()
    assert.same({ "b.new.example", "c.old.example", "c.new.example" }, ask("b.old.example").chain)
    assert.same({ "again" }, ask("b.old.example").text)
    assert.equal("nxdomain", ask("z.old.example").status)
    assert.same({ "com" }, ask("com.to-root.example").text)
  end)

  it("that leads nowhere is a fault, and not an answer", function()
    assert.equal("servfail", ask("x.loop.example").status)
    local answer = ask(("z"):rep(60) .. "." .. ("z"):rep(60) .. ".long.example")
    assert.equal("servfail", answer.status)
    assert.equal(6, answer.rcode)
  end)
end)

describe("A signed zone", function()
  local text = [[
$ORIGIN example.com.
@   300 SOA ns h 1 2 3 4 5
@   300 RRSIG SOA 13 2 300 20300101000000 20240101000000 1 example.com. AAAA
@   300 DNSKEY 257 3 13 AAAA
@   300 NSEC a NS SOA RRSIG NSEC DNSKEY
@   300 RRSIG NSEC 13 2 300 20300101000000 20240101000000 1 example.com. AAAA
a   300 TXT x
a   300 RRSIG TXT 13 3 300 20300101000000 20240101000000 1 example.com. AAAA
a   300 RRSIG MX 13 3 300 20300101000000 20240101000000 1 example.com. AAAA
b   300 CNAME a
b   300 RRSIG CNAME 13 3 300 20300101000000 20240101000000 1 example.com. AAAA
c   300 HTTPS 1 . alpn=h2
c   300 LOC 51 30 12.748 N 0 7 39.611 W 0.00m
]]
  local ask = resolver_over(text)

  it("gives signatures to those who ask for them", function()
    for _, name in ipairs { "a.example.com", "b.example.com" } do
      local answer = ask(name, "TXT", { dnssec_ok = true })
      assert.same({ "x" }, answer.text)
      assert.is_true(answer.signed)
      answer = ask(name)
      assert.same({ "x" }, answer.text)
      assert.is_nil(answer.signed)
    end
    assert.is_true(ask("none.example.com", "TXT", { dnssec_ok = true }).signed)
    assert.equal(2, #ask("a.example.com", "RRSIG").records)
  end)

  it("gives those of the very records, and no others", function()
    local transport = require("mailseal.dns.zone").read(text)
    local reply = dissect(transport:exchange(core.encode("b.example.com", "TXT", { dnssec_ok = true }), false))
    local types = {}
    for i, record in ipairs(reply.answer) do types[i] = record.type .. " " .. (record.type_covered or "") end
    assert.same({ "CNAME ", "RRSIG CNAME", "TXT ", "RRSIG TXT" }, types)
  end)

  it("may hold types whose form is not known here, which it then does not implement", function()
    local answer = ask("c.example.com", "HTTPS")
    assert.equal("servfail", answer.status)
    assert.equal(4, answer.rcode)
    assert.equal("servfail", ask("c.example.com", "LOC").status)
    assert.equal("nodata", ask("c.example.com", "TXT").status)
    assert.equal(257, ask("example.com", "DNSKEY").records[1].flags)
  end)
end)

describe("A fault of a zone", function()
  local resolver = assert(dns.resolver { zone = {
    ["cut.example"] = { { error = "truncated" } }, ["lame.example"] = { { error = "lame" } },
    ["*.gone.example"] = { { error = "servfail" } }, ["odd.example"] = { { error = "formerr" } },
    ["to-cut.example"] = { { type = "CNAME", data = "cut.example." } },
  } })
  local function ask(name) return assert(resolver:query(name, "TXT")) end

  it("may be a reply that is cut short, with no TCP to ask again", function()
    for _, name in ipairs { "cut.example", "to-cut.example" } do
      assert.equal("timeout", ask(name).status)
      assert.equal("tcp_failed", ask(name).reason)
    end
  end)

  it("may be that the servers are lame, which a resolver calls a failure", function()
    assert.equal("servfail", ask("lame.example").status)
  end)

  it("may stand at a wildcard", function()
    assert.equal("servfail", ask("x.gone.example").status)
    assert.equal("nodata", ask("gone.example").status)
  end)

  it("is never told as missing", function()
    assert.equal("servfail", ask("odd.example").status)
  end)
end)
