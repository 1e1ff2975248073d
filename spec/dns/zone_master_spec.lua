local dns = require "mailseal.dns"
local takes_linear_time = require "spec.support.linear"

local text = [[
; a zone as people write it
$TTL 1h
$ORIGIN example.com.
@       IN SOA ns1 hostmaster.example.com. ( 2024010101 ; serial
                2h 15m  ; refresh, retry
                1w
                30 )
        IN NS  ns1
        3600 IN MX 10 mx
        IN 1d MX 20 mx.example.net.
        TXT ( "v=spf1 include:_spf.example.net"
              " -all" ) ; two strings
ns1     A   192.0.2.53
s1._domainkey TXT "v=DKIM1\; p=AB\"C;D" plain\;text "\065\\" ""
www     CNAME @
*.wild  TXT "(not a parenthesis) ; nor a comment"
MiXeD 5 in txt "case"
$ORIGIN sub
host    TYPE65280 \# 2 AbCd
empty   TYPE65280 \# 0
root.   A 192.0.2.9
$TTL 60
short   AAAA 2001:db8::1
a\.b    TXT dot
]]

describe("A zone in the master file format", function()
  local resolver = assert(dns.resolver { zone_text = text })

  local function ask(name, type) return assert(resolver:query(name, type)) end

  it("has entries over several lines, comments and units of time", function()
    local soa = ask("example.com", "SOA").records[1]
    assert.same({
      name = "example.com", type = "SOA", ttl = 3600, primary = "ns1.example.com", mailbox = "hostmaster.example.com",
      serial = 2024010101, refresh = 7200, retry = 900, expire = 604800, minimum = 30,
    }, soa)
  end)

  it("has the owner of the line before where a line begins with white space", function()
    assert.equal("ns1.example.com", ask("example.com", "NS").records[1].host)
    assert.same({ "v=spf1 include:_spf.example.net -all" }, ask("example.com", "TXT").text)
  end)

  it("has TTL and class in either order", function()
    local records = ask("example.com", "MX").records
    assert.equal(3600, records[1].ttl)
    assert.equal("mx.example.com", records[1].exchange)
    assert.equal(86400, records[2].ttl)
    assert.equal("mx.example.net", records[2].exchange)
    assert.equal(5, ask("mixed.example.com", "TXT").ttl)
  end)

  it("has quotes and escapes", function()
    assert.same({ 'v=DKIM1; p=AB"C;D', "plain;text", "A\\", "" }, ask("s1._domainkey.example.com", "TXT").records[1].strings)
    assert.same({ "(not a parenthesis) ; nor a comment" }, ask("x.wild.example.com", "TXT").text)
  end)

  it("has names relative to $ORIGIN, which may itself be relative", function()
    assert.equal("example.com", ask("www.example.com", "CNAME").records[1].target)
    assert.equal("\171\205", ask("host.sub.example.com", "TYPE65280").records[1].data)
    assert.equal("", ask("empty.sub.example.com", "TYPE65280").records[1].data)
    assert.equal("192.0.2.9", ask("root", "A").records[1].address)
    assert.equal(60, ask("short.sub.example.com", "AAAA").ttl)
    assert.same({ "dot" }, ask("a\\.b.sub.example.com", "TXT").text)
  end)

  it("may have line ends of either kind, and none at its end", function()
    local other = assert(dns.resolver { zone_text = "$ORIGIN t.\r\na TXT x\r\nb A 192.0.2.1" })
    assert.same({ "x" }, other:query("a.t", "TXT").text)
    assert.equal("192.0.2.1", other:query("b.t", "A").records[1].address)
  end)

  it("is read in linear time, however many lines it has", function()
    local function read(lines)
      local parts = {}
      for i = 1, lines do parts[i] = ("n%d TXT ( x\n ; remark\n y )\n"):format(i) end
      assert(dns.resolver { zone_text = table.concat(parts) })
    end
    assert.is_true(takes_linear_time(read, 4000))
  end)

  it("that is wrong is refused with the line", function()
    local function refuses(bad, line, pattern)
      local made, message, code = dns.resolver { zone_text = bad }
      assert.is_nil(made)
      assert.equal("bad_zone", code)
      assert.matches(pattern, message)
      assert.matches("^zone: line " .. line .. ": ", message)
    end
    refuses("\na. TXT \"x\n", 2, "quote is not closed")
    refuses("; remark\na. TXT ( x\n\n", 2, "parenthesis is not closed")
    refuses("a. TXT x )\n", 1, "parenthesis is not open")
    refuses("\n\n TXT x\n", 3, "no owner")
    refuses("a. A 192.0.2.1\nb. NOPE x\n", 2, "NOPE")
    refuses("a. TXT (\nx ; remark\n\ny\n)\nb. NOPE ( x\n)\n", 6, "NOPE")
    refuses("a. TXT (\n\nx \"y\n", 3, "quote is not closed")
    refuses("a. CH TXT x\n", 1, "class CH")
    refuses("a. 60 IN\n", 1, "without a type")
    refuses("a..b. A 192.0.2.1\n", 1, "empty label")
    refuses("$INCLUDE other\n", 1, "$INCLUDE is not understood")
    refuses("$TTL soon\n", 1, "$TTL is not understood")
    refuses("$ORIGIN a\n\nx A (\n192.0.2\n)\n", 3, "x.a: not an IPv4 address")
    refuses("a. TYPE65280 \\# 3 0102\n", 1, "length given does not match")
    refuses("a. TYPE65280 \\# 1 012\n", 1, "odd number")
    refuses("\na. A \\# 3 010203\n", 2, "cannot hold")
    refuses("\na. TYPE65280 0102\n", 2, "RFC 3597")
    refuses("a. TXT x\nb. TXT\n", 2, "b: the record's data lacks a field")
    refuses('a. TXT x\nb. TXT "\\256"\n', 2, "b: a broken escape")
    refuses("a. TXT x\n 2147483648 TXT y\n", 2, "a: a TTL is a whole number of seconds")
    refuses("a. 99999999999999999999 TXT y\n", 1, "a: a TTL is")
    refuses("a. 5124095576030432h TXT y\n", 1, "a: a TTL is")
    refuses("\n$TTL 2147483648\n", 2, "$TTL is at most 2147483647 seconds")
  end)
end)
