local answers = require "mailseal.cli.answer"
local shell = require "spec.support.shell"
local cjson = require "cjson"
local fault_server = require "spec.support.fault_server"
local knot = require "spec.support.knot"

local zone = [[{
  "s1._domainkey.example.com": [{ "type": "TXT", "data": ["v=DKIM1; p=", "re\"st\\200\\027[2J"], "ttl": 60 }],
  "a.example": [{ "type": "CNAME", "data": "b.example." }],
  "b.example": [{ "type": "A", "data": "192.0.2.1" }, { "type": "AAAA", "data": "2001:db8::1" },
                { "type": "MX", "data": "10 mx.example." }, { "type": "NS", "data": "ns.example." },
                { "type": "CAA", "data": "0 issue \"ca.example\"" }, { "type": "TYPE65280", "data": "\\# 3 0001ff" },
                { "type": "SOA", "data": "ns.example. host.example. 1 2 3 4 5" }],
  "odd.example": [{ "type": "CAA", "data": "0 \"i\\010s ue\" \"ca.example\"" }],
  "silent.example": [{ "error": "timeout" }],
  "broken.example": [{ "error": "servfail" }],
  "closed.example": [{ "error": "refused" }],
  "adrift.example": [{ "type": "CNAME", "data": "gone.provider.test." }],
  "1.2.0.192.in-addr.arpa": [{ "type": "PTR", "data": "b.example." }, { "type": "PTR", "data": "other.example." },
                             { "type": "PTR", "data": "silent.example." }],
  "2.2.0.192.in-addr.arpa": [{ "type": "PTR", "data": "b.example." }],
  "3.2.0.192.in-addr.arpa": [{ "type": "PTR", "data": "silent.example." }],
  "4.2.0.192.in-addr.arpa": [{ "error": "servfail" }],
  "other.example": [{ "type": "A", "data": "192.0.2.9" }],
  "zone.example": [{ "type": "SOA", "data": "ns1.zone.example. host.example. 1 2 3 4 5" },
                   { "type": "NS", "data": "ns1.zone.example." }, { "type": "NS", "data": "ns2.zone.example." }],
  "ns1.zone.example": [{ "type": "A", "data": "192.0.2.11" }],
  "ns2.zone.example": [{ "type": "A", "data": "192.0.2.12" }, { "type": "AAAA", "data": "2001:db8::12" }],
  "key.zone.example": [{ "type": "TXT", "data": "here" }],
  "new.zone.example": [{ "type": "TXT", "data": "new", "servers": ["ns2.zone.example"] }],
  "adrift.zone.example": [{ "type": "CNAME", "data": "gone.provider.test." }],
  "silent.zone.example": [{ "error": "timeout" }],
  "xn--bcher-kva.example": [{ "type": "TXT", "data": "books" }]
}]]

describe("mailseal query", function()
  local path, directory = shell.with_zone(zone, teardown)

  local function query(...)
    return shell.mailseal { "query", "--zone", path, ... }
  end

  it("asks for TXT unless told otherwise, and prints lines of a zone file without control characters", function()
    local expected = 's1._domainkey.example.com. 60 IN TXT "v=DKIM1; p=" "re\\"st\\200\\027[2J"\n'
    assert.same({ status = 0, out = expected, err = "" }, query("s1._domainkey.example.com"))
    assert.same({ status = 0, out = expected, err = "" }, query("S1._domainkey.EXAMPLE.com.", "txt"))
  end)

  it("prints records of any type", function()
    for kind, data in pairs {
      A = "192.0.2.1", AAAA = "2001:db8::1", MX = "10 mx.example.", NS = "ns.example.", CAA = '0 issue "ca.example"',
      TYPE65280 = "\\# 3 0001ff", SOA = "ns.example. host.example. 1 2 3 4 5",
    } do
      assert.equal(("b.example. 300 IN %s %s\n"):format(kind, data), query("b.example", kind).out)
    end
  end)

  it("prints the tag of a CAA record on one line, as one word, whatever it holds", function()
    local odd = query("odd.example", "CAA")
    assert.same({ status = 0, out = 'odd.example. 300 IN CAA 0 "i\\010s ue" "ca.example"\n', err = "" }, odd)
    local again = { ["odd.example"] = { { type = "CAA", data = odd.out:match "CAA (.-)\n" } } }
    local answer = assert(require "mailseal.dns".resolver { zone_text = cjson.encode(again) }:query("odd.example", "CAA"))
    assert.equal("i\ns ue", answer.records[1].tag)
  end)

  it("shows the aliases that it has followed", function()
    assert.equal("a.example. IN CNAME b.example.\nb.example. 300 IN A 192.0.2.1\n", query("a.example", "A").out)
  end)

  it("takes an internationalised name", function()
    assert.equal('xn--bcher-kva.example. 300 IN TXT "books"\n', query("bücher.example").out)
  end)

  it("ends with status 1 where there is no such name, or no such record", function()
    assert.same({ status = 1, out = "none.example does not exist\n", err = "" }, query("none.example"))
    assert.same(
      { status = 1, out = "b.example exists and has no record of type TXT\n", err = "" },
      query("b.example", "TXT")
    )
  end)

  it("ends with status 69 where no server answers", function()
    assert.same(
      { status = 69, out = "", err = "mailseal query: no DNS server has answered for silent.example TXT\n" },
      query("silent.example")
    )
    local result = shell.mailseal { "query", "a.example", "--server", "127.0.0.1:9" }
    assert.equal("mailseal query: no DNS server could be reached for a.example TXT: is the network up, and the server's address right?\n",
      result.err)
    assert.equal(69, result.status)
  end)

  it("names the name at the end of a chain of CNAMEs where that has no record", function()
    assert.same({
      status = 1, err = "",
      out = "a.example. IN CNAME b.example.\nb.example exists and has no record of type TXT (a.example leads there)\n",
    }, query "a.example")
  end)

  it("has words for every reason that the resolver documents", function()
    local reasons = require "mailseal.cli.reasons"
    local documented = shell.read "lua/mailseal/dns/resolver.lua"
    documented = documented:match "%-%- %- `reason`: of a temporary status, a word for why:(.-)nil where"
    local count = 0
    for word in documented:gsub("%b()", ""):gmatch "`([%w_]+)`" do
      count = count + 1
      assert.is_string(reasons[word], word)
    end
    for word, words in pairs(reasons) do
      count = count - 1
      assert.matches("`" .. word .. "`", documented, 1, true)
      assert.is_nil(words:gsub("{name}", ""):gsub("{type}", ""):gsub("{asked}", ""):find "[{}\n]")
    end
    assert.equal(0, count)
  end)

  it("ends with status 75 where a server fails or refuses", function()
    for name, words in pairs {
      ["broken.example"] = "the DNS servers could not answer for broken.example TXT",
      ["closed.example"] = "the DNS servers refused to answer for closed.example TXT",
    } do
      local result = query(name)
      assert.equal("mailseal query: " .. words, result.err:sub(1, #words + 16))
      assert.equal("", result.out)
      assert.equal(75, result.status)
    end
  end)

  it("refuses what is no name, no type or no server with status 64", function()
    for _, arguments in ipairs {
      { "a..example" }, { ("a"):rep(64) .. ".example" }, { "a.example", "FROB" }, { "a.example", "any" }, { "a.example", "TYPE252" },
    } do
      local result = shell.mailseal { "query", "--zone", path, arguments[1], arguments[2] }
      assert.matches("^mailseal query: [^\n]+\n$", result.err)
      assert.equal("", result.out)
      assert.equal(64, result.status)
    end
    assert.matches('"FROB" is no record type', query("a.example", "frob").err, 1, true)
    assert.equal(64, shell.mailseal({ "query", "a.example", "--server", "nowhere:53" }).status)
  end)

  it("refuses a zone file that cannot be read, or is none, with status 65", function()
    local bad = directory .. "/bad"
    shell.write(bad, '{"a": 1}')
    for _, file in ipairs { directory .. "/none", bad, directory } do
      local result = shell.mailseal { "query", "a.example", "--zone", file }
      assert.matches(file, result.err, 1, true)
      assert.matches("^mailseal query: [^\n]+\n$", result.err)
      assert.equal("", result.out)
      assert.equal(65, result.status)
    end
  end)

  it("says of a CNAME to a name that does not exist what that lets others do", function()
    assert.same({
      status = 1, err = "",
      out = "adrift.example. IN CNAME gone.provider.test.\n"
        .. "gone.provider.test does not exist: whoever can register it speaks for adrift.example\n",
    }, query "adrift.example")
  end)

  describe("asking a server that says more", function()
    local server

    setup(function() server = fault_server.start() end)
    teardown(function() server:stop() end)

    local function ask(name, ...)
      return shell.mailseal { "query", name, "--server", server.address, ... }
    end

    it("prints extended errors by their names, as a comment beside an answer", function()
      assert.same({
        status = 0, err = "",
        out = 'ede3.ok.test. 60 IN TXT "ok"\n; the server says: Stale Answer: made up\n',
      }, ask "ede3.ok.test")
      assert.matches("; the server says: extended error 4711: made up\n$", ask("ede4711.ok.test").out)
    end)

    it("tells them with what went wrong", function()
      local result = ask "ede22.rcode2.test"
      assert.equal(
        "mailseal query: the DNS servers could not answer for ede22.rcode2.test TXT (No Reachable Authority: made up)\n",
        result.err
      )
      assert.equal(75, result.status)
    end)

    it("tells each of them once, and no more than five", function()
      local errors = {}
      for i = 1, 1000 do errors[i] = { code = i % 8, text = "" } end
      local answer = { name = "a.test", type = "TXT", status = "servfail", chain = {}, extended_errors = errors }
      assert.equal("the DNS servers could not answer for a.test TXT (Unsupported DNSKEY Algorithm; Unsupported DS Digest Type; "
        .. "Stale Answer; Forged Answer; DNSSEC Indeterminate; and 3 more)", answers.explain(answer))
    end)

    it("shows the CNAMEs that lead to a fault, and names who is at fault", function()
      local result = ask "hopsilent.one.test"
      local target = result.out:match "^hopsilent%.one%.test%. IN CNAME ([^\n]+)%.\n$"
      assert.is_string(target, result.out)
      assert.equal(("mailseal query: no DNS server has answered for %s TXT (hopsilent.one.test leads there)\n"):format(target), result.err)
      assert.equal(69, result.status)
    end)

    it("tells a server's answer that is not to be had from silence", function()
      local result = ask "tc.reset.one.test"
      assert.equal("mailseal query: the answer for tc.reset.one.test TXT does not fit a datagram, and the DNS server does not "
        .. "give it over TCP: let TCP through to its port\n", result.err)
      assert.equal(75, result.status)
      assert.equal(75, ask("tc.reset.one.test", "--json").status)
      local loop = ask "hoploop.one.test"
      assert.matches("^mailseal query: the CNAMEs of hoploop%.one%.test lead round in a loop: [^\n]+\n$", loop.err)
      assert.matches("^hoploop%.one%.test%. IN CNAME ", loop.out)
      assert.equal(75, loop.status)
      local conflict = ask "hopconflict.one.test"
      assert.equal("mailseal query: conflict.one.test has two CNAMEs that differ: all but one of them must go "
        .. "(hopconflict.one.test leads there)\n", conflict.err)
      assert.equal("hopconflict.one.test. IN CNAME conflict.one.test.\n", conflict.out)
      assert.equal(75, conflict.status)
    end)

    it("gives them in JSON", function()
      local object = cjson.decode(ask("ede3.ok.test", "--json").out)
      assert.same({ { code = 3, name = "Stale Answer", text = "made up" } }, object.extended_errors)
    end)

    it("says that the server has validated", function()
      assert.matches("\n; the server says that it has validated this by DNSSEC\n$", ask("ad.ok.test").out)
      assert.is_true(cjson.decode(ask("ad.ok.test", "--json").out).authentic)
    end)
  end)

  describe("of an address", function()
    it("prints its names, and which of them have the address", function()
      local result = query "192.0.2.1"
      assert.same({
        status = 0, err = "",
        out = [[
1.2.0.192.in-addr.arpa. 300 IN PTR b.example.
1.2.0.192.in-addr.arpa. 300 IN PTR other.example.
1.2.0.192.in-addr.arpa. 300 IN PTR silent.example.
; b.example has the address 192.0.2.1
; other.example does not have the address 192.0.2.1
; whether silent.example has the address 192.0.2.1 cannot be told: no DNS server has answered for silent.example A
]],
      }, result)
      assert.equal(result.out, query("192.0.2.1", "PTR").out)
    end)

    it("ends with status 1 where no name has it, or there is none", function()
      local result = query "192.0.2.2"
      assert.matches("; b.example does not have the address 192.0.2.2\n$", result.out)
      assert.equal(1, result.status)
      assert.same({ status = 1, out = "; 200.2.0.192.in-addr.arpa does not exist\n", err = "" }, query "192.0.2.200")
    end)

    it("ends with the status of a temporary failure where that is why none is found", function()
      local result = query "192.0.2.3"
      assert.equal("mailseal query: whether any name has the address 192.0.2.3 cannot be told\n", result.err)
      assert.equal(69, result.status)
      assert.equal(75, query("192.0.2.4").status)
    end)

    it("prints one object with --json", function()
      local result = query("192.0.2.1", "--json")
      local object = cjson.decode(result.out)
      assert.equal(0, result.status)
      assert.equal("192.0.2.1", object.address)
      assert.equal("ok", object.status)
      assert.same({ "b.example" }, object.confirmed)
      assert.equal("unknown", object.names[3].state)
      assert.equal("other.example", object.answer.records[2].target)
    end)
  end)

  describe("with --authoritative", function()
    it("says what each name server says, and prints the records", function()
      assert.same({
        status = 0, err = "",
        out = [[
; key.zone.example TXT in the zone zone.example: both name servers have it
; ns1.zone.example (192.0.2.11) has it
; ns2.zone.example (192.0.2.12) has it
; ns2.zone.example (2001:db8::12) has it
key.zone.example. 300 IN TXT "here"
]],
      }, query("key.zone.example", "--authoritative"))
    end)

    it("ends with status 1 where they differ, and says who says what", function()
      assert.same({
        status = 1, err = "",
        out = [[
; new.zone.example TXT in the zone zone.example: 1 of 2 name servers has it
; ns1.zone.example (192.0.2.11) has no such name
; ns2.zone.example (192.0.2.12) has it
; ns2.zone.example (2001:db8::12) has it
; ns2.zone.example:
new.zone.example. 300 IN TXT "new"
; ns1.zone.example:
; new.zone.example does not exist
]],
      }, query("new.zone.example", "--authoritative"))
    end)

    it("ends with status 1 where none has it", function()
      local result = query("key.zone.example", "MX", "--authoritative")
      assert.matches("^; key.zone.example MX in the zone zone.example: neither of 2 name servers has it\n", result.out)
      assert.matches("\n; key.zone.example exists and has no record of type MX\n$", result.out)
      assert.equal(1, result.status)
    end)

    it("warns of a CNAME to a name that does not exist", function()
      local result = query("adrift.zone.example", "--authoritative")
      assert.matches(": both name servers have it, a CNAME to gone.provider.test, which does not exist\n", result.out, 1, true)
      assert.matches("\n; gone.provider.test does not exist: whoever can register it speaks for adrift.zone.example\n$", result.out)
      assert.equal(1, result.status)
    end)

    it("ends with status 69 where none answers, and names them all the same", function()
      local result = query("silent.zone.example", "--authoritative")
      assert.equal("mailseal query: silent.zone.example TXT: both name servers are silent\n", result.err)
      assert.matches("\n; ns1.zone.example (192.0.2.11) is silent: timeout\n", result.out, 1, true)
      assert.equal(69, result.status)
    end)

    it("ends with status 75 where there is no zone to be found", function()
      local result = query("a.nowhere", "--authoritative")
      assert.equal("mailseal query: a.nowhere TXT: no zone is found at a.nowhere or above it\n", result.err)
      assert.equal(75, result.status)
    end)

    it("prints one object with --json", function()
      local result = query("new.zone.example", "--authoritative", "--json")
      assert.matches("^[^\n]+\n$", result.out)
      local object = cjson.decode(result.out)
      assert.equal(1, result.status)
      assert.equal("propagating", object.status)
      assert.equal("zone.example", object.zone)
      assert.equal("1 of 2 name servers has it", object.summary)
      assert.equal("nxdomain", object.servers[1].addresses[1].status)
      assert.equal("2001:db8::12", object.servers[2].addresses[2].address)
      assert.same({ "ns2.zone.example" }, object.groups[1].servers)
      assert.equal("new", object.groups[1].answer.text[1])
      assert.equal(69, query("silent.zone.example", "--authoritative", "--json").status)
    end)

    it("asks name servers on another port", function()
      local server = assert(knot.start { zones = { ["port.test"] = "@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 127.0.0.1\nkey TXT \"here\"\n" } })
      local asked = { "query", "key.port.test", "--authoritative", "--server", server.address, "--port", tostring(server.port) }
      local result = shell.mailseal(asked)
      server:stop()
      assert.matches(": the only name server has it\n; ns.port.test (127.0.0.1) has it\n", result.out, 1, true)
      assert.equal(0, result.status)
      assert.equal(64, shell.mailseal({ "query", "key.port.test", "--port", "53" }).status)
      assert.equal(64, shell.mailseal({ "query", "key.port.test", "--authoritative", "--port", "65536" }).status)
    end)
  end)

  describe("with --json", function()
    it("prints one object on one line", function()
      local result = query("s1._domainkey.example.com", "--json")
      assert.matches("^[^\n]+\n$", result.out)
      local object = cjson.decode(result.out)
      assert.equal("s1._domainkey.example.com", object.name)
      assert.equal("TXT", object.type)
      assert.equal("ok", object.status)
      assert.equal(60, object.records[1].ttl)
      assert.equal("v=DKIM1; p=", object.records[1].strings[1])
      assert.equal('v=DKIM1; p=re"st\239\191\189\27[2J', object.text[1])
      assert.equal(false, object.authentic)
    end)

    it("does so whatever the answer, with the same statuses", function()
      for name, expected in pairs {
        ["none.example"] = { "nxdomain", 1 }, ["b.example"] = { "nodata", 1 }, ["silent.example"] = { "timeout", 69 },
        ["broken.example"] = { "servfail", 75 },
      } do
        local result = query(name, "--json")
        assert.equal(expected[1], cjson.decode(result.out).status)
        assert.matches('"records":[]', result.out, 1, true)
        assert.equal("", result.err)
        assert.equal(expected[2], result.status)
      end
    end)

    it("gives data of a type that it does not know in hexadecimal", function()
      assert.equal("0001ff", cjson.decode(query("b.example", "TYPE65280", "--json").out).records[1].data)
    end)
  end)
end)
