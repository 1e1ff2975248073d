local cjson = require "cjson"
local shell = require "spec.support.shell"

local unpack = table.unpack or unpack -- luacheck: ignore

local zone = [[{
  "good.example": [{ "type": "MX", "data": "10 mx.good.example." }],
  "mx.good.example": [{ "type": "A", "data": "192.0.2.1" }],
  "quiet.example": [{ "type": "A", "data": "192.0.2.1" }],
  "_smtp._tls.quiet.example": [{ "type": "TXT", "data": "v=TLSRPTv1 rua=mailto:tls@quiet.example" }],
  "broken.example": [{ "error": "servfail" }]
}]]

describe("mailseal check", function()
  local path, directory = shell.with_zone(zone, teardown)

  local function check(...)
    return shell.mailseal { "check", "--zone", path, ... }
  end

  local function file(octets)
    shell.write(directory .. "/file", octets)
    return directory .. "/file"
  end

  it("tells a domain's status, and the findings with cause and cure", function()
    local result = check("quiet.example", "--only", "mx")
    assert.matches("^quiet%.example: ok %(1 piece of advice%)\n  advice:  [^\n]+ %(mx_none%)\n +fix: [^\n]+\n", result.out)
    assert.same({ 0, "" }, { result.status, result.err })
  end)

  it("tells where a record is whose fault does not say it", function()
    assert.matches("%(tag_missing_semicolon%)\n +at: _smtp%._tls%.quiet%.example\n +fix: ", check("quiet.example", "--only", "tls_rpt").out)
    assert.is_nil(check("quiet.example", "--only", "mx").out:find(" at: ", 1, true))
  end)

  it("shows a record that is to be entered whole, and in findings no more than tells it from another", function()
    local value = "verify=" .. ("0123456789"):rep(12) .. "=end"
    local list = file('[{ "match": "exact", "name": "t.quiet.example", "value": "' .. value .. '" }]')
    local result = check("quiet.example", "--only", "expected", "--no-name-servers", "--expect", list)
    assert.matches("\n  missing +TXT +t%.quiet%.example\n +expected: " .. value .. "\n", result.out)
    assert.matches("\n +expected: verify=" .. value:sub(8, 60) .. "%.%.%." .. value:sub(-20) .. "\n", result.out)
  end)

  it("ends with status 75 where DNS did not say, and tells when to look again", function()
    local result = check("broken.example", "--only", "mx", "--time", "1700000000")
    assert.matches("^broken%.example: unknown %(1 pending%)\n  pending: ", result.out)
    assert.matches("again at: 2023-11-14 22:14:20 UTC\n", result.out, 1, true)
    assert.equal("\n  look again after 2023-11-14 22:14:20 UTC\n", result.out:sub(-44))
    assert.equal(75, result.status)
  end)

  it("prints one JSON object on one line", function()
    local result = check("broken.example", "--only", "mx", "--time", "1700000000", "--json")
    assert.matches("^[^\n]+\n$", result.out)
    local report = cjson.decode(result.out)
    assert.same({ "broken.example", "unknown", 1700000060 }, { report.domain, report.status, report.retry_at })
    assert.same({ "dns_servfail", "pending", "mx", "broken.example", 1700000060 }, {
      report.findings[1].code, report.findings[1].severity, report.findings[1].aspect, report.findings[1].name,
      report.findings[1].retry_at,
    })
    assert.is_string(report.findings[1].fix)
    assert.equal('[]', check("good.example", "--only", "mx", "--json").out:match '"findings":(%[.-%])')
  end)

  it("takes the domain with U-labels, in any case and with a dot at its end, and shows it as DNS has it and as people read it", function()
    assert.matches("^xn%-%-bcher%-kva%.example %(b\195\188cher%.example%): ", check("B\195\188cher.EXAMPLE.", "--only", "mx").out)
    assert.matches("^xn%-%-bcher%-kva%.example %(b\195\188cher%.example%): ", check("xn--bcher-kva.example", "--only", "mx").out)
    assert.matches("^quiet%.example: ", check("quiet.example", "--only", "mx").out)
  end)

  it("refuses what does not go together, and what is no domain, key, address or aspect", function()
    for expected, arguments in pairs {
      ["what is to be checked?"] = {},
      ["a domain and --batch are not checked at a time"] = { "good.example", "--batch", "-" },
      ["--ip does not go with a domain"] = { "good.example", "--ip", "192.0.2.1" },
      ["--svg does not go with --batch"] = { "--batch", "-", "--svg", "x" },
      ["--selector does not go with --message"] = { "--message", "-", "--selector", "s1" },
      ["--key wants the --selector"] = { "good.example", "--key", "s1.pem" },
      ["s1._domainkey.a.example is another domain's than good.example"] = { "good.example", "--selector", "s1._domainkey.a.example" },
      ["empty label"] = { "a..b" },
      ["that is an address"] = { "192.0.2.1" },
      ["--only: 'mail' is none of"] = { "good.example", "--only", "mx,mail" },
      ["--address: "] = { "good.example", "--address", "192.0.2" },
    } do
      local result = check(unpack(arguments))
      assert.matches("^mailseal check: [^\n]*\n$", result.err)
      assert.matches(expected, result.err, 1, true)
      assert.same({ 64, "" }, { result.status, result.out })
    end
  end)

  describe("--key", function()
    local function key_of(octets)
      local read = require "mailseal.cli.check_input"
      return read.key(file(octets))
    end

    it("reads a private key, a public one and a record", function()
      local key = require "mailseal.key"
      for _, made in ipairs { assert(key.generate { type = "ed25519" }), assert(key.generate { type = "rsa", bits = 2048 }) } do
        assert.equal(made:record(), key_of(made:pem()):record())
        local public = shell.run("openssl pkey -pubout", made:pem()).out
        assert.equal(made:record(), key_of(public))
        assert.equal(made:record(), key_of("\n" .. made:record() .. "\r\n"))
      end
    end)

    it("refuses what is none of them", function()
      for _, octets in ipairs { "", "key", "-----BEGIN PRIVATE KEY-----\nx\n", "v=DKIM1; p=",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n" } do
        local result = check("good.example", "--selector", "s1", "--key", file(octets))
        assert.matches("^mailseal check: [^\n]+\n$", result.err)
        assert.same({ 65, "" }, { result.status, result.out })
      end
    end)
  end)

  it("draws a picture where --svg says so", function()
    local drawing = directory .. "/picture.svg"
    local result = check("good.example", "--no-name-servers", "--selector", "s1", "--svg", drawing)
    assert.matches("^good%.example: ", result.out)
    local picture = shell.read(drawing)
    assert.matches("^<%?xml ", picture)
    assert.matches("E-mail authentication of good.example", picture, 1, true)
    assert.matches("</svg>\n$", picture)
  end)

  it("draws it on standard output, and prints nothing else there, where that is -", function()
    local result = check("good.example", "--no-name-servers", "--selector", "s1", "--svg", "-")
    assert.matches("^<%?xml .*</svg>\n$", result.out)
    assert.same({ 75, "" }, { result.status, result.err }) -- the key is not there yet
    result = check("good.example", "--no-name-servers", "--svg", "-", "--json")
    assert.matches("^mailseal check: %-%-svg %- and %-%-json [^\n]+\n$", result.err)
    assert.same({ 64, "" }, { result.status, result.out })
    assert.is_false(shell.exists "-")
  end)

  describe("--expect", function()
    it("refuses what is no list of expectations, and says where", function()
      for octets, expected in pairs {
        ["{"] = "no list of expectations", ['{"id":"a"}'] = "it is no array", ["[1]"] = "expectation 1 is no object",
        ['[{"match":"mx","name":"a.example"},{"id":"x"}]'] = 'expectation 2 has no "match"',
        ['[{"match":"mx","name":7}]'] = 'expectation 1 has a "name" that is no string',
        ['[{"match":"mx"},{"match":"nonsense"}]'] = 'expectation 2 has a "match" that there is not: nonsense',
        ['[{"match":"cname_target"}]'] = 'expectation 1 of cname_target needs a "target", the name that the CNAME leads to',
        ['[{"match":"exact","type":"FOO","value":"x"}]'] = 'expectation 1 has a "type" that DNS does not have: FOO',
        ['[{"match":"mx","required":"no"}]'] = 'expectation 1 has a "required" that is no boolean',
        ['[{"match":"dkim_key","selector":"s1","key":7}]'] = 'expectation 1 has a "key" that is no string',
        ['[{"match":"mx","value":[7]}]'] = 'expectation 1 has a "value" that is no string and no list of strings',
      } do
        local result = check("good.example", "--expect", file(octets))
        assert.matches("^mailseal check: [^\n]+\n$", result.err)
        assert.matches(expected, result.err, 1, true)
        assert.same({ 65, "" }, { result.status, result.out })
      end
    end)
  end)

  it("takes a list for the value of an expectation", function()
    local report = cjson.decode(check("good.example", "--only", "mx", "--json", "--expect",
      file '[{"id":"mx","match":"mx","value":["10 mx.good.example"]}]').out)
    assert.same({ "mx", "found" }, { report.records[1].id, report.records[1].status })
  end)

  it("takes the policy of MTA-STS, and holds the receiving hosts to it", function()
    local policy = file "version: STSv1\r\nmode: enforce\r\nmx: other.example\r\nmax_age: 2419200\r\n"
    local result = check("good.example", "--only", "mta_sts", "--mta-sts-policy", policy)
    assert.matches("mta_sts_mx_not_listed", result.out, 1, true)
    assert.equal(1, result.status)
  end)

  it("asks SPF for a return address and a HELO name", function()
    local result = check("good.example", "--only", "spf", "--address", "192.0.2.1", "--sender", "b@quiet.example", "--helo", "h.example")
    assert.matches("quiet.example has no SPF record, so that nobody can tell who may send mail in its name.", result.out, 1, true)
  end)

  it("tells what large receivers ask, each with its source, but for a batch", function()
    local result = check("quiet.example", "--address", "192.0.2.1")
    assert.matches("\n  what large receivers ask of bulk senders:\n  Gmail +1 met, 3 not met, 9 cannot be told from here ", result.out)
    assert.matches("https://support.google.com/mail/answer/81126", result.out, 1, true)
    local report = cjson.decode(check("quiet.example", "--json").out)
    local by_id = {}
    for _, entry in ipairs(report.profile) do by_id[entry.id] = entry end
    assert.same({ false, "there is no SPF record", "Yahoo", "https://senders.yahooinc.com/best-practices/" },
      { by_id.yahoo_spf.met, by_id.yahoo_spf.why, by_id.yahoo_spf.receiver, by_id.yahoo_spf.source.url })
    assert.is_nil(by_id.gmail_tls.met)
    assert.is_string(by_id.gmail_tls.why)
    assert.is_nil(check("--batch", file "quiet.example\n").out:find('"profile":[', 1, true))
  end)
end)
