local shell = require "spec.support.shell"
local cjson = require "cjson"

local zone = [[{
  "s1._domainkey.example.com": [{ "type": "TXT", "data": ["v=DKIM1; p=", "re\"st\\200\\027[2J"], "ttl": 60 }],
  "a.example": [{ "type": "CNAME", "data": "b.example." }],
  "b.example": [{ "type": "A", "data": "192.0.2.1" }, { "type": "AAAA", "data": "2001:db8::1" },
                { "type": "MX", "data": "10 mx.example." }, { "type": "NS", "data": "ns.example." },
                { "type": "CAA", "data": "0 issue \"ca.example\"" }, { "type": "TYPE65280", "data": "\\# 3 0001ff" },
                { "type": "SOA", "data": "ns.example. host.example. 1 2 3 4 5" }],
  "silent.example": [{ "error": "timeout" }],
  "broken.example": [{ "error": "servfail" }],
  "closed.example": [{ "error": "refused" }],
  "xn--bcher-kva.example": [{ "type": "TXT", "data": "books" }]
}]]

describe("mailseal query", function()
  local directory, path

  setup(function()
    directory = shell.new_directory()
    path = directory .. "/zone.json"
    shell.write(path, zone)
  end)

  teardown(function()
    shell.remove_directory(directory)
  end)

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
    assert.equal("mailseal query: no DNS server has answered for a.example TXT (unreachable)\n", result.err)
    assert.equal(69, result.status)
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
    for _, arguments in ipairs { { "a..example" }, { ("a"):rep(64) .. ".example" }, { "a.example", "FROB" } } do
      local result = shell.mailseal { "query", "--zone", path, arguments[1], arguments[2] }
      assert.matches("^mailseal query: [^\n]+\n$", result.err)
      assert.equal("", result.out)
      assert.equal(64, result.status)
    end
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
