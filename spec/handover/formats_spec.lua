--- The formats of spreadsheets and of tools that keep zones as code: each read back by another's reader.
local cjson = require "cjson"
local handover = require "mailseal.handover"
local shell = require "spec.support.shell"
local stage = require "spec.support.handover"

-- By format, how it is read back; and which of the hostile texts it refuses, for it has no words for them.
local formats = {
  { id = "csv", reader = "csv", refuses = function() return false end },
  { id = "dnscontrol", reader = "dnscontrol", refuses = function() return false end },
  {
    id = "octodns", reader = "octodns example.com", refuses = function(text)
      return text == "" or text:find "[^\32-\126]" or text:find("\\", 1, true) or text:find('" "', 1, true)
    end,
  },
}
for _, provider in ipairs { "azure", "cloudflare", "google", "route53" } do
  formats[#formats + 1] = {
    id = "terraform", provider = provider, reader = "terraform " .. provider, refuses = function() return false end,
  }
end

for _, format in ipairs(formats) do
  describe(format.id .. (format.provider and " for " .. format.provider or ""), function()
    local more = { provider = format.provider }

    it("says the records that it is made of", function()
      local records = stage.records()
      local text = assert(stage.write(format.id, records, more))
      assert.same(stage.wanted(records), stage.lines(stage.read(format.reader, text)))
    end)

    it("keeps hostile texts as they are, or refuses them", function()
      local texts, refused = {}, 0
      for _, text in ipairs(stage.HOSTILE) do
        if format.refuses(text) then
          local got, message, code = stage.write(format.id, stage.texts { text }, more)
          assert.same({ nil, "not_representable" }, { got, code })
          assert.matches("^the TXT record at t1.example.com holds ", message)
          refused = refused + 1
        else
          texts[#texts + 1] = text
        end
      end
      assert.is_true(#texts > 20)
      local records = stage.texts(texts)
      local text = assert(stage.write(format.id, records, more))
      assert.same(stage.wanted(records), stage.lines(stage.read(format.reader, text)))
      assert.equal(#stage.HOSTILE, #texts + refused)
    end)

    it("refuses octets that are no text", function()
      for _, octets in ipairs { "\255\254", "\194", "\237\160\128" } do
        local got, message, code = stage.write(format.id, stage.texts { octets }, more)
        assert.same({ nil, "not_representable" }, { got, code })
        assert.matches("only a zone file can hold them", message, 1, true)
      end
    end)

    it("lets no id, purpose, note or domain out of its comment", function()
      local evil = 'x\n"}]); */ ${a} %{b}\r\226\128\168\27[2J'
      local records = { {
        id = evil, type = "TXT", name = "a.example.com", value = "v", purpose = evil, note = evil, required = false,
      }, { id = evil, type = "TXT", name = "later.example.com", purpose = evil } }
      local text = assert(stage.write(format.id, records, { provider = format.provider, domain = "mail" .. evil, asked_by = evil }))
      local got = stage.lines(stage.read(format.reader, text))
      if format.id == "csv" then -- a table has a line for the record to come, and quotes what it says
        assert.same({ "a.example.com TXT v", "later.example.com TXT " }, got)
      else
        assert.same({ "a.example.com TXT v" }, got)
        assert.is_nil(text:find "[%z\1-\9\11-\31\127]")
      end
    end)
  end)
end

describe("CSV", function()
  it("has the lines and the quotes of RFC 4180, and what a form asks for", function()
    local text = assert(stage.write("csv", { stage.records()[3], stage.records()[5] }))
    local lines = {}
    for line in text:gmatch "([^\n]*)\r\n" do
      lines[#lines + 1] = line
    end
    assert.same({
      "id,name,host,type,priority,value,ttl,purpose,required,note",
      'mail_from,bounce.mail.example.com,bounce.mail,MX,10,feedback-smtp.eu-west-1.amazonses.com,3600,return_path,yes,""',
      'apex,example.com,"",TXT,"",mailseal-domain-verification=0123456789abcdef,3600,ownership,yes,""',
    }, lines)
  end)

  it("puts an apostrophe before whatever a spreadsheet would calculate, in any column", function()
    local text = assert(stage.write("csv", { {
      id = "=1+1", type = "TXT", name = "a.example.com", value = "=cmd|' /C calc'!A0", purpose = "+purpose", note = "@SUM(A1)",
    } }))
    assert.matches("\"'=1+1\",", text, 1, true)
    assert.matches('"\'=cmd|\' /C calc\'!A0"', text, 1, true)
    assert.matches("'+purpose", text, 1, true)
    assert.matches("'@SUM(A1)", text, 1, true)
  end)
end)

describe("Terraform", function()
  it("is what terraform itself reads, where it is installed", function()
    if not shell.succeeds "command -v terraform" then
      return pending "terraform is not installed"
    end
    local directory = shell.new_directory()
    finally(function() shell.remove_directory(directory) end)
    local wanted, expressions = {}, {}
    for i, text in ipairs(stage.HOSTILE) do
      local written = assert(stage.write("terraform", stage.texts { text }, { provider = "azure" }))
      wanted[i], expressions[i] = text, assert(written:match '\n    value = ([^\n]+)\n')
      shell.write(("%s/f%d.tf"):format(directory, i), (written:gsub('variable "[^}]+}\n', ""):gsub("_t1\"", "_t" .. i .. '"')))
    end
    for _, provider in ipairs { "azure", "cloudflare", "google", "route53" } do
      shell.write(("%s/%s.tf"):format(directory, provider), assert(stage.write("terraform", stage.records(), { provider = provider })))
    end
    local place = shell.quote(directory)
    local formatted = shell.run(("terraform fmt -check -diff %s"):format(place))
    assert.equal(0, formatted.status, formatted.out)
    local result = shell.run(("cd %s && mkdir empty && terraform -chdir=empty console | tr -d '\"' | base64 -d"):format(place),
      ("base64encode(jsonencode([%s]))\n"):format(table.concat(expressions, ", ")))
    assert.same(wanted, cjson.decode(result.out), result.err)
  end)

  it("leaves a record at Cloudflare out of its proxy", function()
    local text = assert(stage.write("terraform", stage.records()))
    local _, records = text:gsub("resource ", "")
    local _, plain = text:gsub("\n  proxied += false\n", "")
    assert.equal(8, records)
    assert.equal(records, plain)
  end)

  it("puts all records of a name and a type into one resource where its provider does so", function()
    local records = stage.records()
    records[#records + 1] = { id = "other", type = "TXT", name = "example.com", value = "site-verification=1", purpose = "ownership" }
    for _, provider in ipairs { "route53", "google", "azure" } do
      local text = assert(stage.write("terraform", records, { provider = provider }))
      assert.matches("all records of its name and type", text, 1, true)
      local _, count = text:gsub("\nresource ", "")
      assert.equal(7, count, provider)
    end
  end)

  it("names resources and variables after the domain, so that files go into one module", function()
    local a = assert(stage.write("terraform", { stage.records()[1] }))
    assert.matches('variable "mail_example_com_zone_id"', a, 1, true)
    assert.matches('resource "cloudflare_dns_record" "mail_example_com_dkim1"', a, 1, true)
    local b = assert(handover.write("terraform", { stage.records()[1] }, { domain = "2.example.com", zone = "example.com" }))
    assert.matches('"_2_example_com_dkim1"', b, 1, true)
  end)

  it("says which providers it can write for", function()
    local text, message, code = stage.write("terraform", stage.records(), { provider = "bind" })
    assert.is_nil(text)
    assert.equal("bad_provider", code)
    assert.matches("azure, cloudflare, google, route53", message, 1, true)
  end)
end)

describe("DNSControl", function()
  it("is what JavaScript itself reads, where there is Node.js", function()
    if not shell.succeeds "command -v node" then
      return pending "node is not installed"
    end
    local records = stage.texts(stage.HOSTILE)
    for _, record in ipairs(stage.records()) do
      records[#records + 1] = record
    end
    local text = assert(stage.write("dnscontrol", records))
    local reader = [[
      const records = [], hex = (s) => Buffer.from(s, "utf8").toString("hex");
      const full = (name) => name === "@" ? "example.com" : name + ".example.com";
      const host = (s) => { if (!s.endsWith(".")) throw new Error("no dot: " + s); return s.slice(0, -1); };
      const TTL = (n) => n, TXT = (n, v) => ["TXT", n, v], MX = (n, p, h) => ["MX", n, p + " " + host(h)];
      const CNAME = (n, h) => ["CNAME", n, host(h)], NS = (n, h) => ["NS", n, host(h)];
      function D_EXTEND(zone, ...list) {
        for (const [type, name, data] of list) records.push({ name: full(name), type, data: hex(data) });
      }
    ]]
    local result = shell.run("node -", reader .. text .. "console.log(JSON.stringify(records));")
    assert.equal(0, result.status, result.err)
    assert.same(stage.wanted(records), stage.lines(cjson.decode(result.out)))
  end)

  it("has nothing but the domain where there are no records", function()
    assert.matches('D_EXTEND("example.com");\n', assert(stage.write("dnscontrol", {})), 1, true)
  end)
end)

describe("DNSControl", function()
  it("has no CNAME proxied where the DNS host is Cloudflare, whatever the zone's default", function()
    local record = { id = "a", type = "CNAME", name = "a.example.com", value = "b.example.net", host = { host = "cloudflare" } }
    local text = { id = "t", type = "TXT", name = "t.example.com", value = "v", host = record.host }
    local written = assert(stage.write("dnscontrol", { record, text }))
    assert.matches('CNAME("a", "b.example.net.", TTL(3600), CF_PROXY_OFF)', written, 1, true)
    assert.matches('TXT("t", "v", TTL(3600))', written, 1, true)
    record.host = { host = "godaddy" }
    assert.is_nil(assert(stage.write("dnscontrol", { record })):find("CF_PROXY", 1, true))
  end)
end)

describe("octoDNS", function()
  it("escapes semicolons once, and no more", function()
    local text = assert(stage.write("octodns", { stage.records()[6] }))
    assert.matches("value: 'v=DMARC1\\; p=none'\n", text, 1, true)
  end)

  it("has names in natural order, and several types of a name as a list", function()
    local names = { "s10._domainkey", "s9._domainkey", "a", "s9" }
    local records = {}
    for i, name in ipairs(names) do
      records[i] = { id = name, type = "TXT", name = name .. ".example.com", value = "v" }
    end
    records[#records + 1] = { id = "mx", type = "MX", name = "a.example.com", value = "0 mx.example.net" }
    local text = assert(stage.write("octodns", records))
    local order = {}
    for name in text:gmatch "\n'([^']*)':" do
      order[#order + 1] = name
    end
    assert.same({ "a", "s9", "s9._domainkey", "s10._domainkey" }, order)
    assert.same(stage.wanted(records), stage.lines(stage.read("octodns example.com", text)))
  end)
end)
