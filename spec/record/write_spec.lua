local dns = require "mailseal.dns"
local knot = require "spec.support.knot"
local record = require "mailseal.record"
local shell = require "spec.support.shell"

local ALL = {}
for octet = 0, 255 do
  ALL[#ALL + 1] = string.char(octet)
end
ALL = table.concat(ALL)

describe("a record's text", function()
  it("is split into strings of at most 255 octets", function()
    assert.same({ "" }, record.split(""))
    assert.same({ "v=DKIM1" }, record.split("v=DKIM1"))
    assert.same({ ("a"):rep(255) }, record.split(("a"):rep(255)))
    assert.same({ ("a"):rep(255), "b" }, record.split(("a"):rep(255) .. "b"))
    assert.same({ "ab", "cd", "e" }, record.split("abcde", 2))
  end)

  it("is split into strings of 1 to 255 octets and no other size", function()
    for _, max in ipairs { 0, -1, 256, 1.5, "x" } do
      assert.has_error(function() record.split("abc", max) end)
    end
  end)
end)

describe("character-strings in quotes", function()
  it("stand side by side, each as long as it is", function()
    assert.equal('"a"', record.quote("a"))
    assert.equal('"a" "" "b"', record.quote { "a", "", "b" })
    assert.equal('"' .. ("x"):rep(300) .. '"', record.quote(("x"):rep(300)))
    assert.equal([["\"\\;\000\255"]], record.quote('"\\;\0\255'))
    assert.has_error(function() record.quote(1) end)
  end)
end)

describe("a zone file's line", function()
  it("holds name, TTL, class, type and strings", function()
    assert.equal('s1._domainkey.example.com. 3600 IN TXT "v=DKIM1; p="',
      record.zone_line("s1._domainkey.example.com", "v=DKIM1; p=", 3600))
    assert.equal('example.com. IN TXT "a"', record.zone_line("example.com.", "a"))
    assert.equal('example.com. 0 IN TXT "a" "" "b"', record.zone_line("example.com.", { "a", "", "b" }, 0))
  end)

  it("has strings of at most 255 octets", function()
    local line = record.zone_line("example.com", ("x"):rep(600))
    assert.equal(('example.com. IN TXT "%s" "%s" "%s"'):format(("x"):rep(255), ("x"):rep(255), ("x"):rep(90)), line)
    assert.has_error(function() record.zone_line("example.com", { ("x"):rep(256) }) end)
  end)

  it("has one string at least", function()
    assert.equal('example.com. IN TXT ""', record.zone_line("example.com", {}))
    assert.equal('example.com. IN TXT ""', record.zone_line("example.com", ""))
  end)

  it("escapes what means something, what cannot be seen and what is not ASCII", function()
    assert.equal([[a. IN TXT "\"\\; \000\010\031\127\128\255~"]], record.zone_line("a", '"\\; \0\n\31\127\128\255~'))
    assert.equal([[\036a\059b\040\041\064\034\092\032\195\164.example.com. IN TXT ""]],
      record.zone_line('$a;b()@"\\ \195\164.example.com', ""))
    assert.equal('*._x-1.example.com. IN TXT ""', record.zone_line("*._x-1.example.com", ""))
  end)

  it("is not written for a name that is none", function()
    for _, name in ipairs { "", ".", "a..b", ".a", ("a"):rep(64), ("a."):rep(127) .. "a" } do
      local line, message, code = record.zone_line(name, "x")
      assert.is_nil(line)
      assert.matches("253", message)
      assert.equal("bad_name", code)
    end
  end)

  it("is not written for more data than a record holds", function()
    assert.is_string(record.zone_line("a", ("x"):rep(65279)))
    local line, _, code = record.zone_line("a", ("x"):rep(65280))
    assert.is_nil(line)
    assert.equal("text_too_long", code)
  end)

  it("has a TTL of 0 to 2147483647 whole seconds", function()
    assert.equal('a. 2147483647 IN TXT ""', record.zone_line("a", "", 2147483647))
    for _, ttl in ipairs { -1, 1.5, 2147483648, "x" } do
      assert.has_error(function() record.zone_line("a", "", ttl) end)
    end
  end)
end)

describe("a zone file's line gives every octet back", function()
  local texts = {
    all = ALL, hostile = '" ) ; $INCLUDE /etc/passwd\n@ IN TXT "x\\', key = "v=DKIM1; k=rsa; p=" .. ("A/+"):rep(300) .. "==",
    empty = "", backslashes = ("\\"):rep(300), utf8 = "n=gr\195\188n \226\152\131",
  }

  local function zone_text()
    local lines = { "@ SOA ns hostmaster 1 60 60 600 5", "@ NS ns", "ns A 127.0.0.1" }
    for name, text in pairs(texts) do
      lines[#lines + 1] = assert(record.zone_line(name .. ".example.com", text, 300))
    end
    lines[#lines + 1] = assert(record.zone_line('$a;b("c")@.example.com', "odd"))
    return table.concat(lines, "\n") .. "\n"
  end

  local function check(resolver)
    for name, text in pairs(texts) do
      local answer = assert(resolver:query(name .. ".example.com", "TXT"))
      assert.equal("ok", answer.status, name)
      assert.equal(1, #answer.records, name)
      assert.same(record.split(text), answer.records[1].strings, name)
    end
  end

  it("through Knot DNS", function()
    if not knot.available() then
      return pending("needs knot")
    end
    local server = assert(knot.start { zones = { ["example.com"] = zone_text() } })
    finally(function()
      server:stop()
    end)
    check(dns.resolver { servers = { server.address } })
  end)

  it("through mailseal's own reader of zone files", function()
    local directory = shell.new_directory()
    finally(function()
      shell.remove_directory(directory)
    end)
    shell.write(directory .. "/zone", "$ORIGIN example.com.\n$TTL 60\n" .. zone_text())
    check(dns.resolver { zone = directory .. "/zone" })
  end)
end)

describe("a record that is to be written", function()
  it("is a table, of whatever kind it is", function()
    for _, kind in ipairs { "bimi", "dmarc", "dmarc_report", "mta_sts", "mta_sts_policy", "tls_rpt" } do
      for _, wrong in ipairs { "v=x", 5 } do
        assert.error_matches(function() record.write(kind, wrong) end, "a table of .* expected, got " .. type(wrong))
      end
    end
  end)
end)
