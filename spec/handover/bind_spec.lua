--- Zone fragments, read by the tools of two name servers (hostile input, Service 9).
local shell = require "spec.support.shell"
local stage = require "spec.support.handover"

local unpack = table.unpack or unpack -- luacheck: ignore


local ZONE = "$ORIGIN example.com.\n$TTL 60\n@ IN SOA ns hostmaster 1 3600 900 604800 300\n@ IN NS ns\nns IN A 192.0.2.1\n"

-- What BIND takes the fragment for, in a zone of its own and below another name as origin; Knot DNS must take it as well.
local function read_back(fragment)
  local directory = shell.new_directory()
  finally(function() shell.remove_directory(directory) end)
  local path = directory .. "/zone"
  shell.write(path, ZONE .. "$ORIGIN elsewhere.example.com.\n" .. fragment)
  local knot = shell.run("PATH=$PATH:/usr/sbin; kzonecheck -o example.com " .. shell.quote(path))
  assert.equal(0, knot.status, knot.out .. knot.err)
  local bind = shell.run("PATH=$PATH:/usr/sbin; named-checkzone -D -q -k ignore -o - example.com " .. shell.quote(path))
  assert.equal(0, bind.status, bind.out .. bind.err)
  local list = {}
  for _, one in ipairs(stage.read("zone", bind.out)) do
    local own = one.name == "ns.example.com" or one.type == "NS" and one.name == "example.com"
    list[#list + 1] = not own and one or nil
  end
  return stage.lines(list)
end

describe("a zone fragment", function()
  it("is read by BIND and Knot DNS as the records that it is made of", function()
    local records = stage.records()
    assert.same(stage.wanted(records), read_back(assert(stage.write("bind", records))))
  end)

  it("keeps every octet of hostile texts", function()
    local texts = { unpack(stage.HOSTILE) }
    for _, text in ipairs(stage.OCTETS) do
      texts[#texts + 1] = text
    end
    local records = stage.texts(texts)
    assert.same(stage.wanted(records), read_back(assert(stage.write("bind", records))))
  end)

  it("lets no target, name, id, note or domain out of its place", function()
    local evil = 'x"; $INCLUDE /etc/passwd (@)\n@ A 192.0.2.66'
    local records = {
      { id = evil, type = "CNAME", name = "a.example.com", value = "b;c\n\"d$.example", purpose = evil, note = evil },
      { id = "mx", type = "MX", name = "@(x.example.com", value = "10 m;x$\"\\.example" },
    }
    local fragment = assert(stage.write("bind", records, { domain = "mail\n@ A 192.0.2.66" }))
    assert.same({ "@(x.example.com MX 10 m;x$\"\\.example", "a.example.com CNAME b;c\n\"d$.example" }, read_back(fragment))
  end)

  it("has the TTL that is asked for in every record", function()
    local fragment = assert(stage.write("bind", stage.records(), { ttl = 300 }))
    for line in fragment:gmatch "[^\n]+" do
      assert.is_true(line:find "^;" ~= nil or line:find "^%S+%. 300 IN " ~= nil, line)
    end
  end)

  it("puts what is new into the SPF record that is there, and says so", function()
    local records = { stage.records()[4] }
    records[1].status, records[1].found = "missing", "v=spf1 mx ip4:192.0.2.0/24 -all"
    local fragment = assert(stage.write("bind", records))
    assert.matches('TXT "v=spf1 mx ip4:192.0.2.0/24 include:amazonses.com -all"', fragment, 1, true)
    assert.matches("takes the place of the SPF record that is there", fragment, 1, true)
  end)

  it("keeps the SPF and the DMARC record that are right already", function()
    local records = stage.records()
    local spf, dmarc = records[4], records[6]
    spf.status, spf.found = "found", "v=spf1 include:_spf.example.net -all"
    dmarc.status, dmarc.found = "found", "v=DMARC1; p=reject; rua=mailto:d@example.com"
    local fragment = assert(stage.write("bind", { spf, dmarc }))
    assert.matches('"v=spf1 include:_spf.example.net -all"', fragment, 1, true)
    assert.matches('"v=DMARC1; p=reject; rua=mailto:d@example.com"', fragment, 1, true)
    assert.is_nil(fragment:find("p=none", 1, true))
  end)

  it("names a record whose value is not known in a comment alone", function()
    local fragment = assert(stage.write("bind", { { id = "dkim", type = "TXT", name = "x._domainkey.example.com", purpose = "dkim" } }))
    assert.matches("; dkim: [^\n]* a TXT record at x._domainkey.example.com, whose value the mail provider shows\n$", fragment)
    assert.is_nil(fragment:find "\n[^;\n]")
  end)
end)
