local dns = require "mailseal.dns"
local zone = require "mailseal.dns.zone"
local shell = require "spec.support.shell"
local takes_linear_time = require "spec.support.linear"

describe("dns.resolver over a zone", function()
  local resolver = assert(dns.resolver {
    zone = {
      ["S1._domainkey.Example.com."] = { { type = "TXT", data = { "v=DKIM1; p=", "rest" }, ttl = 77 } },
      ["example.com"] = {
        { type = "SOA", data = "ns hostmaster 1 2 3 4 20", ttl = 900 }, { type = "MX", data = "10 mx.example.com." },
        { type = "TXT", data = "one" }, { type = "txt", data = "two" }, { type = "SPF", data = "v=spf1" },
        { type = "CAA", data = '0 issue "ca.example; x=y"' }, { type = "TYPE65280", data = "\\# 3 01 0203" },
        { type = "A", data = "192.0.2.1" }, { type = "AAAA", data = "2001:DB8::1" },
      },
      ["octets.example"] = { { type = "TXT", data = "a\\000\\255\\\\b\"" } },
      ["a b\\.c.example"] = { { type = "TXT", data = "spaced" } },
      ["none.example"] = { { type = "TXT", data = {} }, { type = "TXT", data = "two" } },
      ["long.example"] = { { type = "TXT", data = ("x"):rep(254) .. "\\065" .. "\\066" .. ("y"):rep(300) } },
      ["a.deep.example"] = { { type = "A", data = "192.0.2.2" } },
      ["alias.example"] = { { type = "CNAME", data = "example.com." } },
      ["broken.example"] = { { type = "CNAME", data = "gone.example." } },
      ["loop.example"] = { { type = "CNAME", data = "pool.example." } },
      ["pool.example"] = { { type = "CNAME", data = "loop.example." } },
      ["to-silence.example"] = { { type = "CNAME", data = "silent.example." } },
      ["*.wild.example"] = { { type = "TXT", data = "wild" }, { type = "MX", data = "5 wild.example" } },
      ["there.wild.example"] = { { type = "A", data = "192.0.2.3" } },
      ["to-wild.example"] = { { type = "CNAME", data = "any.wild.example." } },
      ["silent.example"] = { { error = "timeout" } },
      ["half.example"] = { { type = "TXT", error = "servfail" }, { type = "A", data = "192.0.2.4" } },
      ["partly.example"] = { { error = "timeout" }, { type = "TXT", data = "here" }, { type = "MX", error = "servfail" } },
      ["no.example"] = { { error = "refused" } },
      ["old.example"] = { { error = "notimp" } },
      ["bogus.example"] = { { error = "bogus" }, { type = "TXT", data = "unsigned" } },
    },
  })

  local function ask(name, type, options) return assert(resolver:query(name, type or "TXT", options)) end

  it("finds records, whatever the case", function()
    local answer = ask "s1._DOMAINKEY.example.COM"
    assert.equal("ok", answer.status)
    assert.same({ "v=DKIM1; p=rest" }, answer.text)
    assert.same({ "v=DKIM1; p=", "rest" }, answer.records[1].strings)
    assert.equal(77, answer.ttl)
    assert.is_nil(answer.server)
  end)

  it("reads data of each type in presentation form", function()
    assert.same({ "one", "two" }, ask("example.com").text)
    assert.same({ "v=spf1" }, ask("example.com", "SPF").text)
    assert.equal("mx.example.com", ask("example.com", "MX").records[1].exchange)
    assert.equal("ca.example; x=y", ask("example.com", "CAA").records[1].value)
    assert.equal("\1\2\3", ask("example.com", "TYPE65280").records[1].data)
    assert.equal("192.0.2.1", ask("example.com", "A").records[1].address)
    assert.equal("2001:db8::1", ask("example.com", "AAAA").records[1].address)
    assert.equal(20, ask("example.com", "SOA").records[1].minimum)
  end)

  it("takes \\DDD for an octet and \\\\ for a backslash", function()
    assert.same({ 'a\0\255\\b"' }, ask("octets.example").text)
  end)

  it("takes a space in a name for itself", function()
    assert.same({ "spaced" }, ask("A\\032b\\046c.example").text)
  end)

  it("takes a list of no strings for one empty string", function()
    assert.same({ "", "two" }, ask("none.example").text)
  end)

  it("cuts a long text into strings of 255 octets", function()
    local answer = ask "long.example"
    assert.equal(("x"):rep(254) .. "AB" .. ("y"):rep(300), answer.text[1])
    assert.equal(255, #answer.records[1].strings[1])
    assert.equal(3, #answer.records[1].strings)
  end)

  it("says nxdomain of a name that is absent, and nodata where one below it exists", function()
    assert.equal("nxdomain", ask("absent.example").status)
    assert.equal("nxdomain", ask("x.a.deep.example").status)
    assert.equal("nodata", ask("deep.example").status)
    assert.equal("nodata", ask("a.deep.example").status)
    assert.equal("nodata", ask("example").status)
  end)

  it("takes the negative TTL from the SOA record of the name's zone", function()
    assert.equal(20, ask("absent.example.com").ttl)
    assert.equal(20, ask("example.com", "DS").ttl)
    assert.is_nil(ask("absent.example").ttl)
  end)

  it("follows CNAMEs, and tells where they lead nowhere or in circles", function()
    local answer = ask("alias.example", "MX")
    assert.equal("ok", answer.status)
    assert.same({ "example.com" }, answer.chain)
    assert.equal("example.com", answer.records[1].name)
    assert.equal("example.com", ask("alias.example", "CNAME").records[1].target)
    answer = ask "broken.example"
    assert.equal("nxdomain", answer.status)
    assert.same({ "gone.example" }, answer.chain)
    assert.equal("cname_loop", ask("loop.example").reason)
    assert.equal("timeout", ask("to-silence.example").status)
  end)

  it("can tell of what no name server loads: a CNAME with other records beside it, and several CNAMEs", function()
    for _, text in ipairs {
      'a.test. CNAME b.test.\na.test. TXT "own"\nb.test. TXT "b"\nb.test. MX 10 b.test.\nc.test. CNAME a.test.\nc.test. CNAME b.test.\n',
      [[{ "a.test": [{ "type": "CNAME", "data": "b.test." }, { "type": "TXT", "data": "own" }],
          "b.test": [{ "type": "TXT", "data": "b" }, { "type": "MX", "data": "10 b.test." }],
          "c.test": [{ "type": "CNAME", "data": "a.test." }, { "type": "CNAME", "data": "b.test." }] }]],
    } do
      local broken = assert(dns.resolver { zone_text = text })
      assert.same({ "own" }, broken:query("a.test", "TXT").text)
      assert.same({}, broken:query("a.test", "TXT").chain)
      assert.equal("b.test", broken:query("a.test", "MX").records[1].exchange)
      assert.same({ "b.test" }, broken:query("a.test", "MX").chain)
      assert.equal(2, #broken:query("c.test", "CNAME").records)
      assert.equal("cname_conflict", broken:query("c.test", "TXT").reason)
    end
  end)

  it("lets a wildcard cover names that do not exist, and no others (RFC 4592)", function()
    local answer = ask "x.wild.example"
    assert.same({ "wild" }, answer.text)
    assert.equal("x.wild.example", answer.records[1].name)
    assert.same({ "wild" }, ask("a.b.c.wild.example").text)
    assert.equal("nodata", ask("x.wild.example", "A").status)
    assert.equal("nodata", ask("there.wild.example").status)
    assert.equal("nxdomain", ask("x.there.wild.example").status)
    assert.equal("nodata", ask("wild.example").status)
    assert.same({ "wild" }, ask("to-wild.example").text)
    assert.equal("any.wild.example", ask("to-wild.example", "MX").records[1].name)
  end)

  it("plays faults, for a name or for one type", function()
    local answer = ask "silent.example"
    assert.equal("timeout", answer.status)
    assert.equal("timeout", answer.reason)
    assert.same({}, answer.records)
    assert.equal("timeout", ask("silent.example", "A").status)
    assert.equal("servfail", ask("half.example").status)
    assert.equal("ok", ask("half.example", "A").status)
    assert.same({ "here" }, ask("partly.example").text)
    assert.equal("servfail", ask("partly.example", "MX").status)
    assert.equal("timeout", ask("partly.example", "A").status)
    assert.equal("refused", ask("no.example").status)
    answer = ask "old.example"
    assert.equal("servfail", answer.status)
    assert.equal(4, answer.rcode)
  end)

  it("gives bogus data only to those who ask with checking disabled", function()
    local answer = ask "bogus.example"
    assert.equal("bogus", answer.status)
    assert.equal("dnssec_bogus", answer.reason)
    assert.same({}, answer.text)
    assert.equal("bogus", ask("bogus.example", "MX").status)
    assert.same({ "unsigned" }, ask("bogus.example", "TXT", { checking_disabled = true }).text)
  end)

  it("decodes what it made itself by the same code as any reply", function()
    local transport = assert(zone.new { ["a.example"] = { { type = "TXT", data = "x" } } })
    local core = require "mailseal.core".dns
    local dissect = require "mailseal_test".dissect
    local reply = dissect(assert(transport:exchange(core.encode("A.example", "TXT", { id = 77 }))))
    assert.equal(77, reply.id)
    assert.is_true(reply.reply)
    assert.is_true(reply.recursion_available)
    assert.same({ { name = "a.example", type = "TXT", class = 1, ttl = 300, strings = { "x" } } }, reply.answer)
    assert.equal("bad_message", select(3, transport:exchange "garbage"))
    assert.equal("bad_message", select(3, transport:exchange(transport:exchange(core.encode("a.example", "TXT")))))
  end)

  it("takes in many records of one name in linear time", function()
    local function read(count)
      local records = {}
      for i = 1, count do records[i] = { type = "TXT", data = "record " .. i } end
      assert(dns.resolver { zone = { ["a.example"] = records } })
    end
    assert.is_true(takes_linear_time(read, 4000))
  end)

  it("says what is wrong with a zone, and where", function()
    local function refuses(bad, pattern)
      local made, message, code = dns.resolver { zone = bad }
      assert.is_nil(made)
      assert.equal("bad_zone", code)
      assert.matches(pattern, message)
    end
    refuses({ { type = "A", data = "192.0.2.1" } }, "1 is not a name")
    refuses({ ["a..b"] = {} }, 'a%.%.b" has an empty label')
    refuses({ a = "x" }, "a: not a list")
    refuses({ a = { type = "TXT", data = "x" } }, "a: not a list of records")
    refuses({ a = { { type = "TXT", data = "x" }, type = "TXT" } }, "a: not a list of records")
    refuses({ a = { [2] = { type = "TXT", data = "x" } } }, "a: not a list of records")
    refuses({ a = { { type = "TXT", data = { "x", more = "y" } } } }, "a: data is not text nor a list of strings")
    refuses({ a = { "x" } }, "a: a record is not an object")
    refuses({ a = { { data = "x" } } }, "a: a record has no type")
    refuses({ a = { { type = "NOPE", data = "x" } } }, "a: NOPE: not a known record type")
    refuses({ a = { { type = "A" } } }, "a: data is not text")
    refuses({ a = { { type = "TXT", data = { 1 } } } }, "a: data is not a list of strings")
    refuses({ a = { { type = "TXT", data = { ("x"):rep(256) } } } }, "more than 255 octets")
    refuses({ a = { { type = "TXT", data = "\\256" } } }, "broken escape")
    refuses({ a = { { type = "A", data = "192.0.2.256" } } }, "not an IPv4 address")
    refuses({ a = { { type = "MX", data = "ten mx.example" } } }, "not a number")
    refuses({ a = { { type = "MX", data = "65536 mx.example" } } }, "too large")
    refuses({ a = { { type = "MX", data = "10" } } }, "lacks a field")
    refuses({ a = { { type = "MX", data = "10 a b" } } }, "more fields")
    refuses({ a = { { type = "MX", data = "10 a..b" } } }, "empty label")
    refuses({ a = { { type = "CAA", data = '0 issue "\\300"' } } }, "broken escape")
    refuses({ a = { { type = "CAA", data = '0 "\\30" x' } } }, "broken escape")
    refuses({ a = { { type = "TLSA", data = "3 1 1 xy" } } }, "not hexadecimal")
    refuses({ a = { { type = "AAAA", data = "1:2:3" } } }, "not an IPv6 address")
    refuses({ a = { { type = "A", data = ("1"):rep(64) } } }, "not an address")
    refuses({ a = { { type = "SOA", data = "a b 1 2d 3s 4294967295s1 5" } } }, "too large")
    refuses({ a = { { type = "SOA", data = "a b 1 2d 3s 4x 5" } } }, "not a number")
    refuses({ a = { { type = "MX", data = '"" a' } } }, "empty")
    refuses({ a = { { type = "TYPE9", data = "\\#" } } }, "lacks a field")
    refuses({ a = { { type = "TXT", data = ("x"):rep(66000) } } }, "more than 65,535 octets")
    local many = {}
    for i = 1, 5000 do many[i] = "x" end
    refuses({ a = { { type = "TXT", data = many } } }, "a: a record's data of more than 4096 fields")
    refuses({ a = { { type = "A", data = "192.0.2.1", ttl = -1 } } }, "a TTL is")
    for _, ttl in ipairs { 2147483648, 0.5, 0 / 0, "1", {} } do
      refuses({ a = { { type = "A", data = "192.0.2.1", ttl = ttl } } }, "a: a TTL is a whole number of seconds, from 0 to 2147483647")
    end
    refuses({ a = { { type = "TXT", tokens = 1 } } }, 'a: a record has no member "tokens"')
    refuses({ a = { { type = "TXT", data = "x", tll = 5 } } }, 'a: a record has no member "tll"')
    refuses({ a = { { type = "TXT", data = "x", "y", [true] = 1 } } }, 'a: a record has no member "1"')
    refuses({ a = { { error = "nonsense" } } }, "a: nonsense is no error that a zone knows")
    refuses({ a = { { error = {} } } }, "a: error is not text")
    refuses({ a = { { type = "CAA", data = '0 issue "ca' } } }, "a quote is not closed")
  end)
end)

describe("A zone file", function()
  local directory

  setup(function() directory = shell.new_directory() end)
  teardown(function() shell.remove_directory(directory) end)

  it("is read whatever its name, a string being a path always", function()
    for _, name in ipairs { "plain", "{", "a {b}.json", "two\nlines", "[x]" } do
      shell.write(directory .. "/" .. name, '{"a.example": [{"type": "TXT", "data": "x"}]}')
      local resolver = assert(dns.resolver { zone = directory .. "/" .. name })
      assert.same({ "x" }, resolver:query("a.example", "TXT").text)
    end
    local made, _, code = dns.resolver { zone = '{"a.example": []}' }
    assert.is_nil(made)
    assert.equal("unreadable", code)
  end)

  it("that cannot be read is named, with the reason", function()
    local function refuses(path, reason)
      local made, message, code = dns.resolver { zone = path }
      assert.is_nil(made)
      assert.equal(("cannot read %s: %s"):format(path, reason), message)
      assert.equal("unreadable", code)
    end
    refuses(directory .. "/none", "No such file or directory")
    refuses(directory .. "/no\nne", "No such file or directory")
    refuses(directory, "Is a directory")
  end)

  it("that is wrong is named", function()
    local path = directory .. "/wrong"
    for _, text in ipairs { "a. A x", '{"a": 1}', '{"a": ' } do
      shell.write(path, text)
      local made, message, code = dns.resolver { zone = path }
      assert.is_nil(made)
      assert.equal(path .. ": ", message:sub(1, #path + 2))
      assert.equal("bad_zone", code)
    end
  end)
end)

describe("A zone in JSON", function()
  it("is read as the table that it describes", function()
    local resolver = assert(dns.resolver {
      zone_text = [[ {"s1._domainkey.example.com": [{"type": "TXT", "data": ["v=DKIM1; p=", "\\082est"], "ttl": 300}],
        "x.example": [{"error": "timeout"}]}]],
    })
    assert.same({ "v=DKIM1; p=Rest" }, resolver:query("s1._domainkey.example.com", "TXT").text)
    assert.equal("timeout", resolver:query("x.example", "TXT").status)
  end)

  it("may have members that are null, which are as absent ones", function()
    local resolver = assert(dns.resolver {
      zone_text = [[{"a.example": [{"type": "TXT", "data": "x", "ttl": null, "error": null}],
        "b.example": [{"type": null, "error": "refused", "data": null}]}]],
    })
    local answer = resolver:query("a.example", "TXT")
    assert.same({ "x" }, answer.text)
    assert.equal(300, answer.ttl)
    assert.equal("refused", resolver:query("b.example", "TXT").status)
  end)

  it("that is none gets an error of one line, which names the place", function()
    for text, wanted in pairs {
      ['{"a": ['] = "broken JSON: [^\n]*character",
      ['{"a": null}'] = "a: not a list of records",
      ['{"a": [null]}'] = "a: a record is not an object",
      ['{"a": [{"type": null, "data": "x"}]}'] = "a: a record has no type",
      ['{"a": [{"error": null}]}'] = "a: a record has no type",
      ['{"a": [{"type": "TXT", "data": null}]}'] = "a: data is not text nor a list of strings",
      ['{"a": [{"type": "TXT", "data": ["x", null]}]}'] = "a: data is not a list of strings",
      [("{"):rep(5000)] = "broken JSON: [^\n]*",
    } do
      local made, message, code = dns.resolver { zone_text = text }
      assert.is_nil(made)
      assert.matches("^zone: " .. wanted .. "[^\n]*$", message)
      assert.equal("bad_zone", code)
    end
  end)

  it("is told from a master file by its first octet, behind white space or a byte order mark", function()
    for _, before in ipairs { "", " \r\n\t", "\239\187\191", "\239\187\191\n" } do
      local resolver = assert(dns.resolver { zone_text = before .. '{"a.example": [{"type": "TXT", "data": "x"}]}' })
      assert.same({ "x" }, resolver:query("a.example", "TXT").text)
    end
    local resolver = assert(dns.resolver { zone_text = '\239\187\191a.example. TXT x' })
    assert.same({ "x" }, resolver:query("a.example", "TXT").text)
  end)

  it("is refused where it is a list", function()
    for _, text in ipairs { "[]", ' [{"a": []}]', "\239\187\191[1]" } do
      local made, message, code = dns.resolver { zone_text = text }
      assert.is_nil(made)
      assert.equal("zone: the JSON is a list, and not an object from names to lists of records", message)
      assert.equal("bad_zone", code)
    end
  end)

  it("is refused where a record stands in place of the list", function()
    local made, message, code = dns.resolver { zone_text = '{"a.example": {"type": "TXT", "data": "x"}}' }
    assert.is_nil(made)
    assert.equal("zone: a.example: not a list of records", message)
    assert.equal("bad_zone", code)
  end)

  it("says so where lua-cjson is absent, which a zone in a table does without", function()
    local preload, loaded = package.preload.cjson, package.loaded.cjson
    package.loaded.cjson = nil
    package.preload.cjson = function() error "absent" end
    local made, message, code = dns.resolver { zone_text = '{"a": []}' }
    local table_zone = dns.resolver { zone = {} }
    package.preload.cjson, package.loaded.cjson = preload, loaded
    assert.is_nil(made)
    assert.matches("lua%-cjson", message)
    assert.equal("no_module", code)
    assert.is_truthy(table_zone)
  end)
end)
