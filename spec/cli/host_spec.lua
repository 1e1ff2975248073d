local cjson = require "cjson"
local knot = require "spec.support.knot"
local shell = require "spec.support.shell"

local zone = [[{
  "com": [{ "type": "SOA", "data": "a.gtld.example. h.example. 1 3600 600 86400 900" }, { "type": "NS", "data": "a.gtld.example." }],
  "a.gtld.example": [{ "type": "A", "data": "192.0.2.55" }],
  "example.com": [{ "type": "SOA", "data": "ns01.domaincontrol.com. h.example. 1 3600 600 86400 900" },
    { "type": "NS", "data": "ns01.domaincontrol.com." }, { "type": "NS", "data": "ns02.domaincontrol.com." }],
  "ns01.domaincontrol.com": [{ "type": "A", "data": "192.0.2.1" }], "ns02.domaincontrol.com": [{ "type": "A", "data": "192.0.2.2" }],
  "own.com": [{ "type": "SOA", "data": "ns1.own.com. h.own.com. 1 2 3 4 5" }, { "type": "NS", "data": "ns1.own.com." }],
  "split.com": [{ "type": "SOA", "data": "ns1.own.com. h.own.com. 1 2 3 4 5" }, { "type": "NS", "data": "ns1.own.com." },
    { "type": "NS", "data": "ada.ns.cloudflare.com." }],
  "legacy.com": [{ "type": "SOA", "data": "ns1.own.com. h.own.com. 1 2 3 4 5" },
    { "type": "NS", "data": "ns-cloud-a1.googledomains.com." }],
  "netlify.com": [{ "type": "SOA", "data": "ns1.own.com. h.own.com. 1 2 3 4 5" }, { "type": "NS", "data": "dns1.p05.nsone.net." }],
  "dream.com": [{ "type": "SOA", "data": "ns1.own.com. h.own.com. 1 2 3 4 5" }, { "type": "NS", "data": "ns1.dreamhost.com." }],
  "old.com": [{ "type": "SOA", "data": "ns1.own.com. h.own.com. 1 2 3 4 5" }, { "type": "NS", "data": "ns37.worldnic.com." }],
  "sub.com": [{ "type": "SOA", "data": "ns01.domaincontrol.com. h.example. 1 3600 600 86400 900" },
    { "type": "NS", "data": "ns01.domaincontrol.com." }, { "type": "NS", "data": "ns02.domaincontrol.com." }],
  "_domainkey.sub.com": [{ "type": "SOA", "data": "ada.ns.cloudflare.com. h.example. 1 3600 600 86400 900" },
    { "type": "NS", "data": "ada.ns.cloudflare.com." }, { "type": "NS", "data": "bob.ns.cloudflare.com." }],
  "ada.ns.cloudflare.com": [{ "type": "A", "data": "192.0.2.3" }],
  "a.silent.sub.com": [{ "error": "timeout" }],
  "silent.com": [{ "error": "timeout" }],
  "broken.com": [{ "error": "servfail" }]
}]]

describe("mailseal host", function()
  local path, directory = shell.with_zone(zone, teardown)

  local function run(...)
    return shell.mailseal { "host", "--zone", path, ... }
  end

  local function object(status, ...)
    local result = run("--json", ...)
    assert.same({ status, "" }, { result.status, result.err })
    assert.equal(1, select(2, result.out:gsub("\n", "")))
    return cjson.decode(result.out)
  end

  it("says whose DNS host it is, and what is known of it", function()
    local result = run "mail.example.com"
    assert.same({ 0, "" }, { result.status, result.err })
    for _, line in ipairs {
      "domain        mail.example.com", "host          GoDaddy", "zone          example.com",
      "name servers  ns01.domaincontrol.com, ns02.domaincontrol.com",
      "automatic     Domain Connect, where the provider offers it (synchronous and asynchronous; the asynchronous flow on request)",
      "names         GoDaddy adds .example.com by itself: type no more than the part in front of it.",
      '              "@" stands for example.com itself.',
      "help          https://www.godaddy.com/help/add-a-cname-record-19236",
      "facts         confirmed, checked on 2026-11-22",
      "              less sure: mx (general-knowledge), text (general-knowledge)",
    } do
      assert.matches("\n" .. line .. "\n", "\n" .. result.out, 1, true)
    end
    assert.matches("\nmind          A _domainconnect record", result.out)
  end)

  it("shows how records are typed there", function()
    local result = run("example.com", "--record", "cname s1._domainkey.mail.example.com s1.dkim.example.net", "--record",
      "TXT example.com v=spf1 include:a.example ~all")
    assert.equal(0, result.status)
    assert.matches([[

CNAME s1._domainkey.mail.example.com
  Type                          CNAME
  Name                          s1._domainkey.mail
  Value                         s1.dkim.example.net
  TTL                           3600
  - GoDaddy adds .example.com by itself: type no more than the part in front of it.

TXT example.com
  Type                          TXT
  Name                          @
  Value                         v=spf1 include:a.example ~all
  TTL                           3600
]], result.out, 1, true)
    assert.matches("Value                         (as the provider shows it)", run("example.com", "--record", "CNAME a.example.com").out, 1,
      true)
    assert.matches("\n  Host (or Name)                (leave it empty)\n", run("dream.com", "--record", "TXT dream.com x").out, 1, true)
  end)

  it("ends with status 1 where a record cannot be set, and says what to do", function()
    local result = run("old.com", "--record", "CNAME s1._domainkey.old.com s1.dkim.example.net")
    assert.equal(1, result.status)
    assert.matches("\n  cannot be set: the form of Network Solutions has refused an underscore in the name of a CNAME\n  instead: ask",
      result.out, 1, true)
    assert.equal(0, run("old.com", "--record", "TXT s1._domainkey.old.com v=DKIM1; p=").status)
  end)

  it("shows a record for the zone that it is in, which may be one of its own", function()
    local key = "TXT s1._domainkey.example.com v=DKIM1; p="
    local result = run("example.com", "--record", key, "--record", "TXT _dmarc.example.com v=DMARC1; p=none")
    assert.equal(0, result.status)
    assert.is_nil(result.out:find("zone of its own", 1, true))
    result = run("sub.com", "--record", (key:gsub("example", "sub")), "--record", "TXT _dmarc.sub.com v=DMARC1; p=none")
    assert.equal(0, result.status)
    assert.matches("\nhost          GoDaddy\n", result.out, 1, true)
    assert.matches([[

TXT s1._domainkey.sub.com
  is in a zone of its own, _domainkey.sub.com, and has to be set there: at Cloudflare
  Type                          TXT
  Name                          s1
]], result.out, 1, true)
    assert.matches("\nTXT _dmarc.sub.com\n  Type                          TXT\n  Name                          _dmarc\n", result.out,
      1, true)
    local records = object(0, "sub.com", "--record", (key:gsub("example", "sub"))).records
    assert.same({ "_domainkey.sub.com", "cloudflare", "s1" }, { records[1].zone, records[1].host, records[1].prefix })
    assert.equal(69, run("sub.com", "--record", "TXT a.silent.sub.com x").status)
  end)

  it("shows no form for what nobody can set, and that of a host whose support can", function()
    local result = run("example.com", "--record", "CNAME example.com a.example.net")
    assert.equal(1, result.status)
    assert.matches("\n  cannot be set: a CNAME cannot stand at example.com itself", result.out, 1, true)
    assert.is_nil(result.out:find("a.example.net", 1, true))
    assert.matches("\n  Other host                    a.example.net\n",
      run("old.com", "--record", "CNAME s1._domainkey.old.com a.example.net").out, 1, true)
  end)

  it("aligns by characters, not by octets", function()
    local result = run("example.com", "--host", "strato", "--record", "TXT s1.example.com x")
    assert.matches("\n  Präfix                        s1\n", result.out, 1, true)
  end)

  it("says that it is not known, and how records are typed at any host", function()
    local result = run("own.com", "--record", "CNAME a.own.com b.example.net")
    assert.same({ 1, "" }, { result.status, result.err })
    assert.matches("\nhost          not known: no rule fits its name servers\n", result.out)
    assert.matches("\n  Name (or Host)                a\n", result.out, 1, true)
    assert.matches("--host cpanel, or --host plesk, shows how records are typed there\n", result.out, 1, true)
  end)

  it("says that the delegation is split, or that several hosts have these name servers", function()
    local result = run "split.com"
    assert.equal(1, result.status)
    assert.matches("split delegation: the name servers are not all one host's (Cloudflare, unknown)", result.out, 1, true)
    result = run "legacy.com"
    assert.equal(1, result.status)
    assert.matches("not to be told apart by the name servers: Google Cloud DNS, Shopify, Squarespace Domains", result.out, 1, true)
    assert.matches("says so: --host google-cloud-dns, or --host shopify, or --host squarespace\n", result.out, 1, true)
    result = run "netlify.com"
    assert.equal(0, result.status)
    assert.matches("\nhost          Netlify, or maybe IBM NS1\n", result.out, 1, true)
  end)

  it("takes the word of who knows better than the name servers", function()
    local result = run("own.com", "--host", "cpanel", "--record", "TXT own.com v=spf1 -all")
    assert.equal(0, result.status)
    assert.matches("\nhost          cPanel (any host), as --host says\n", result.out, 1, true)
    assert.matches("\n  Name                          own.com\n  Record                        v=spf1 -all\n", result.out, 1, true)
    local found = object(0, "split.com", "--host", "shopify")
    assert.same({ "found", "shopify" }, { found.status, found.id })
    assert.is_nil(found.split)
    result = run("own.com", "--host", "nobody")
    assert.equal(64, result.status)
    assert.matches("--host: no rule is known of a DNS host called nobody: there are alidns, allinkl,", result.err, 1, true)
  end)

  it("never calls a host unknown while DNS fails", function()
    local result = run "silent.com"
    assert.same({ 69, "" }, { result.status, result.out })
    assert.equal("mailseal host: the zone of silent.com cannot be told: timeout\n", result.err)
    assert.equal(75, run("broken.com").status)
    local found = object(75, "broken.com")
    assert.same({ "temperror", "servfail" }, { found.status, found.reason })
  end)

  it("tells a domain that nobody has registered from a host that nobody knows", function()
    local result = run "nobody.com"
    assert.same({ 1, "", "mailseal host: nobody has registered nobody.com, or no name servers are set for it: it is in the zone com\n" },
      { result.status, result.out, result.err })
    assert.equal("not_delegated", object(1, "nobody.com").status)
    assert.equal("mailseal host: com is no domain of a customer: others register names in it\n", run("com").err)
  end)

  it("spells the domain as DNS does", function()
    assert.equal("example.com", object(0, "EXAMPLE.com.").domain)
    assert.equal("xn--bcher-kva.com", object(1, "Bücher.com").domain)
  end)

  it("prints one object with --json", function()
    local found = object(0, "mail.example.com", "--record", "MX bounce.mail.example.com 10 mx.example.net")
    assert.same({ "mail.example.com", "found", "godaddy", "GoDaddy", "example.com", "parent" },
      { found.domain, found.status, found.id, found.name, found.zone, found.name_servers_from })
    assert.same({ "ns01.domaincontrol.com", "ns02.domaincontrol.com" }, found.name_servers)
    assert.same({ "domain_connect", "api" }, found.automatic)
    assert.same({ supported = true, flows = { "synchronous", "asynchronous" }, note = "the asynchronous flow on request" },
      found.rule.domain_connect)
    local record = found.records[1]
    assert.same({ "bounce.mail", "bounce.mail.example.com", true, "10", "mx.example.net" },
      { record.prefix, record.full, record.possible, record.priority, record.value })
    assert.same({ key = "priority", label = "Priority", value = "10" }, record.fields[3])
    found = object(1, "own.com")
    assert.equal("unknown", found.status)
    assert.matches('"records":[]', run("own.com", "--json").out, 1, true)
    assert.same({ "cloudflare", "unknown" }, object(1, "split.com").split)
    assert.same({ "google-cloud-dns", "shopify", "squarespace" }, object(1, "legacy.com").ambiguous)
  end)

  it("takes rules out of a directory", function()
    local own = directory .. "/rules"
    assert.is_true(shell.succeeds("mkdir " .. shell.quote(own)))
    shell.write(own .. "/ours.lua", [[
return {
  id = "ours", name = "Our own", name_servers = { "ns#.own.com" }, name_form = "full", source = { "we run it" },
  checked_on = "2026-11-22", confidence = "confirmed",
}
]])
    local result = run("own.com", "--rules", own, "--record", "CNAME a.own.com b.example.net")
    assert.equal(0, result.status)
    assert.matches("\nhost          Our own\n", result.out)
    assert.matches("\n  Name (or Host)                a.own.com\n", result.out, 1, true)
    assert.matches("\nhelp          no page of its own is known\n", result.out)
    shell.write(own .. "/ours.lua", "return { id = 'ours' }")
    result = run("own.com", "--rules", own)
    assert.equal(65, result.status)
    assert.equal(("mailseal host: %s/ours.lua: checked_on is missing\n"):format(own), result.err)
    assert.equal(65, run("own.com", "--rules", own .. "/none").status)
  end)

  it("asks DNS, and the name servers of the zone above on another port", function()
    local server = assert(knot.start { zones = {
      ["test"] = "@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 127.0.0.1\nshop NS ada.ns.cloudflare.com.\n",
      ["shop.test"] = "@ SOA ns h 1 2 3 4 5\n@ NS ada.ns.cloudflare.com.\n",
    } })
    local result = shell.mailseal { "host", "mail.shop.test", "--server", server.address, "--port", tostring(server.port), "--json" }
    server:stop()
    assert.same({ 0, "" }, { result.status, result.err })
    local found = cjson.decode(result.out)
    assert.same({ "cloudflare", "shop.test", "parent" }, { found.id, found.zone, found.name_servers_from })
  end)

  it("tells whose host a domain was moved to that has no zone for it yet", function()
    local server = assert(knot.start { zones = {
      ["test"] = "@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 127.0.0.1\nmoved NS ada.ns.cloudflare.com.\n",
    } })
    finally(function() server:stop() end)
    local asked = { "host", "moved.test", "--server", server.address, "--port", tostring(server.port), "--record",
      "TXT _dmarc.moved.test x" }
    local result = shell.mailseal(asked)
    assert.same({ 0, "" }, { result.status, result.err })
    assert.matches("\nhost          Cloudflare\n", result.out, 1, true)
    assert.matches("they say nothing for the domain now (servfail)", result.out, 1, true)
    assert.matches("\n  Name                          _dmarc\n", result.out, 1, true)
    asked[2] = "mail.moved.test" -- there may be a zone of its own
    assert.equal(75, shell.mailseal(asked).status)
  end)

  it("refuses what is no domain and no record", function()
    assert.equal(64, run("192.0.2.1").status)
    assert.equal(64, run("a..b").status)
    assert.equal(64, run("example.com", "--record", "CNAME").status)
    assert.equal(64, run("example.com", "--port", "0").status)
    assert.equal(64, shell.mailseal({ "host" }).status)
  end)

  it("shows no octet of DNS or of the command line as a terminal would take it", function()
    local result = run("example.com", "--record", "TXT a.example.com x\27[2Jy")
    assert.is_nil(result.out:find("\27", 1, true))
  end)
end)
