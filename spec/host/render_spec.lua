local host = require "mailseal.host"

local KEY = "v=DKIM1; k=rsa; p=" .. ("A"):rep(392)
local QUOTED = ('"%s" "%s"'):format(KEY:sub(1, 255), KEY:sub(256))

local ALIAS = { type = "CNAME", name = "s1._domainkey.mail.example.com", value = "s1.dkim.example.net" }
local SPF = { type = "TXT", name = "example.com", value = "v=spf1 include:spf.example.net ~all" }
local DKIM = { type = "TXT", name = "s1._domainkey.example.com", value = KEY }
local MAIL = { type = "MX", name = "bounce.mail.example.com", value = "10 feedback-smtp.eu-west-1.amazonses.com" }

local function render(id, record, more)
  local rule = id and assert(host.find(id)) or more
  return host.render(rule, record, "example.com")
end

-- The fields as lines "label: value".
local function fields(id, record, more)
  local lines = {}
  for i, field in ipairs(render(id, record, more).fields) do
    lines[i] = ("%s: %s"):format(field.label, field.value or "?")
  end
  return lines
end

local function notes(id, record, more)
  return table.concat(render(id, record, more).notes, "\n")
end

local function says(id, record, words, more)
  assert.matches(words, notes(id, record, more), 1, true)
end

local function does_not_say(id, record, words, more)
  assert.is_nil(notes(id, record, more):find(words, 1, true))
end

describe("a record at GoDaddy", function()
  it("has the prefix in Name, and nothing else to mind", function()
    assert.same({ "Type: CNAME", "Name: s1._domainkey.mail", "Value: s1.dkim.example.net", "TTL: 3600" }, fields("godaddy", ALIAS))
    assert.equal("GoDaddy adds .example.com by itself: type no more than the part in front of it.", notes("godaddy", ALIAS))
    assert.equal(3600, render("godaddy", ALIAS).ttl)
    assert.equal("https://www.godaddy.com/help/add-a-cname-record-19236", render("godaddy", ALIAS).help)
  end)

  it("has @ for the domain itself, and the text without quotes", function()
    assert.same({ "Type: TXT", "Name: @", "Value: v=spf1 include:spf.example.net ~all", "TTL: 3600" }, fields("godaddy", SPF))
    assert.equal('"@" stands for example.com itself.\nPaste it in one piece and without quotes.', notes("godaddy", SPF))
  end)

  it("has a field for the priority", function()
    assert.same({ "Type: MX", "Name: bounce.mail", "Priority: 10", "Value: feedback-smtp.eu-west-1.amazonses.com", "TTL: 3600" },
      fields("godaddy", MAIL))
    assert.equal("10", render("godaddy", MAIL).priority)
    assert.equal("feedback-smtp.eu-west-1.amazonses.com", render("godaddy", MAIL).value)
  end)

  it("may be too long, which is not known for sure", function()
    local shown = render("godaddy", { type = "TXT", name = "a.example.com", value = ("a"):rep(1100) })
    assert.is_true(shown.possible)
    assert.equal("GoDaddy may refuse a TXT record of over 1024 characters, and this one has 1100.", shown.notes[#shown.notes])
    does_not_say("godaddy", DKIM, "may refuse")
  end)
end)

describe("a record at Bluehost", function()
  it("has the labels of its form, and the shortest TTL that it takes", function()
    assert.same({ "Type: CNAME", "Host Record: s1._domainkey.mail", "Points To: s1.dkim.example.net", "TTL: 14400" },
      fields("bluehost", ALIAS))
    assert.same({ "Type: TXT", "Host Record: @", "TXT Value: v=spf1 include:spf.example.net ~all", "TTL: 14400" },
      fields("bluehost", SPF))
  end)

  it("says how to go on where the form does not add the zone, for that is not confirmed", function()
    says("bluehost", ALIAS, "Type the part in front of .example.com alone if the form adds that by itself")
    says("bluehost", ALIAS, "type the whole name, \"s1._domainkey.mail.example.com\".")
  end)
end)

describe("a record at HostGator", function()
  it("has the labels of both of its editors, and says that there are several", function()
    assert.same({ "Type: CNAME", "Host Record (Name in cPanel): s1._domainkey.mail", "Points To (Record in cPanel): s1.dkim.example.net",
      "TTL: 14400" }, fields("hostgator", ALIAS))
    assert.equal("example.com", render("hostgator", SPF).prefix)
    says("hostgator", ALIAS, "It may take up to 8 hours until the name servers of HostGator have it.")
    assert.matches("three editors", host.find("hostgator").pitfalls[1].text)
  end)
end)

describe("a record at DreamHost", function()
  it("leaves the field empty for the domain itself", function()
    assert.same({ "Type: TXT", "Host (or Name): ", "Value: v=spf1 include:spf.example.net ~all", "TTL: 14400" }, fields("dreamhost", SPF))
    says("dreamhost", SPF, "Leave the field Host (or Name) empty: the record is for example.com itself.")
    says("dreamhost", SPF, 'If the form wants something there, type "@".')
  end)

  it("warns of the SPF record that it drops, where it is about a text", function()
    says("dreamhost", SPF, "makes DreamHost drop the one that it publishes by itself")
    does_not_say("dreamhost", ALIAS, "drop the one")
  end)
end)

describe("a record at Liquid Web", function()
  it("has the prefix in Name", function()
    assert.same({ "Type: CNAME", "Name: s1._domainkey.mail", "Target (or Points to, Value): s1.dkim.example.net", "TTL: 3600" },
      fields("liquidweb", ALIAS))
    says("liquidweb", ALIAS, "Liquid Web adds .example.com by itself")
    assert.equal("https://www.liquidweb.com/help-docs/", render("liquidweb", ALIAS).help)
  end)
end)

describe("a record at InMotion", function()
  it("is as cPanel has it", function()
    assert.same({ "Type: CNAME", "Name: s1._domainkey.mail", "CNAME: s1.dkim.example.net", "TTL: 14400" }, fields("inmotion", ALIAS))
    assert.same({ "Type: MX", "Name: bounce.mail", "Priority: 10", "Destination: feedback-smtp.eu-west-1.amazonses.com", "TTL: 14400" },
      fields("inmotion", MAIL))
    says("inmotion", MAIL, "MX Entry")
    assert.equal("example.com", render("inmotion", SPF).name)
  end)
end)

describe("a record at Cloudflare", function()
  it("has proxying off, and the TTL left to it", function()
    assert.same({ "Type: CNAME", "Name: s1._domainkey.mail", "Target: s1.dkim.example.net", "TTL: Auto", "Proxy status: DNS only" },
      fields("cloudflare", ALIAS))
    says("cloudflare", ALIAS, 'Turn proxying off (Proxy status: "DNS only"): a proxied CNAME hides its target')
    says("cloudflare", ALIAS, "CNAME flattening")
    assert.is_nil(render("cloudflare", ALIAS).ttl)
  end)

  it("has no proxy where it is no CNAME, and is cut by Cloudflare where it is long", function()
    assert.same({ "Type: TXT", "Name: s1._domainkey", "Content: " .. KEY, "TTL: Auto" }, fields("cloudflare", DKIM))
    says("cloudflare", DKIM, "Paste it in one piece and without quotes: Cloudflare cuts it where it must.")
    does_not_say("cloudflare", DKIM, "proxying")
    assert.equal(QUOTED, render("cloudflare", DKIM).quoted)
    assert.equal("Mail server: feedback-smtp.eu-west-1.amazonses.com", fields("cloudflare", MAIL)[4])
  end)
end)

describe("a record at Amazon Route 53", function()
  it("has its text in quotes, cut where it is long", function()
    assert.same({ "Record type: TXT", "Record name: ", 'Value: "v=spf1 include:spf.example.net ~all"', "TTL (seconds): 300" },
      fields("route53", SPF))
    assert.equal(QUOTED, render("route53", DKIM).value)
    says("route53", DKIM, "Type the quotes along; the strings in quotes are one record, in one field, with a space between them.")
    says("route53", SPF, "where there is one already, add a line to it")
    says("route53", SPF, "the record type SPF (99)")
  end)

  it("has the priority in front of the server", function()
    assert.same({ "Record type: MX", "Record name: bounce.mail", "Value: 10 feedback-smtp.eu-west-1.amazonses.com", "TTL (seconds): 300" },
      fields("route53", MAIL))
    assert.is_nil(render("route53", MAIL).priority)
    says("route53", MAIL, "The priority stands in front of the server, in the same field.")
  end)
end)

describe("a record at a host that makes targets its own", function()
  it("has a dot at the end of the target, and says what for", function()
    for _, id in ipairs { "gandi", "hetzner", "ovh", "plesk", "google-cloud-dns" } do
      assert.equal("s1.dkim.example.net.", render(id, ALIAS).value, id)
      assert.matches("amazonses%.com%.$", render(id, MAIL).value, id)
      says(id, ALIAS, "The dot at the end belongs to the value: without it,")
    end
    assert.equal("s1.dkim.example.net.", render("gandi", { type = "CNAME", name = ALIAS.name, value = "s1.dkim.example.net." }).value)
    assert.equal("s1.dkim.example.net", render("godaddy", { type = "CNAME", name = ALIAS.name, value = "s1.DKIM.example.net." }).value)
  end)
end)

describe("a record at a host that cannot have it", function()
  it("says so at Network Solutions, of a CNAME with an underscore, and what to do", function()
    local shown = render("networksolutions", ALIAS)
    assert.is_false(shown.possible)
    assert.equal("underscore_cname", shown.code)
    assert.equal("the form of Network Solutions has refused an underscore in the name of a CNAME", shown.why)
    assert.matches("^ask its support to enter the record by hand; or use the provider's TXT records", shown.instead)
    assert.same({ "Its support has entered CNAME records with an underscore by hand, for customers who asked." }, shown.notes)
    assert.is_true(render("networksolutions", { type = "CNAME", name = "em.example.com", value = "a.example.net" }).possible)
    assert.is_true(render("networksolutions", DKIM).possible)
    assert.same({ "Type: CNAME", "Alias: s1._domainkey.mail", "Other host: s1.dkim.example.net", "TTL: 7200" },
      fields("networksolutions", ALIAS))
  end)

  it("is not told so where that is not known", function()
    assert.is_true(render("registercom", ALIAS).possible)
  end)

  it("says so at Hover of a text over 255 characters, and not of a shorter one", function()
    local shown = render("hover", DKIM)
    assert.same({ false, "text_too_long" }, { shown.possible, shown.code })
    assert.equal("Hover takes 255 characters at most in a TXT record, and this one has 410", shown.why)
    assert.matches("set a CNAME to a name where the long record is", shown.instead)
    assert.is_true(render("hover", SPF).possible)
    assert.is_true(render("hover", { type = "TXT", name = "a.example.com", value = ("a"):rep(255) }).possible)
    assert.is_false(render("hover", { type = "TXT", name = "a.example.com", value = ("a"):rep(256) }).possible)
  end)

  it("counts quotes where the host does: a key of 2048 bits fits DigitalOcean, one of 4096 does not", function()
    assert.is_true(render("digitalocean", DKIM).possible)
    local shown = render("digitalocean", { type = "TXT", name = DKIM.name, value = "v=DKIM1; k=rsa; p=" .. ("A"):rep(736) })
    assert.equal("DigitalOcean takes 512 characters at most in a TXT record, quotes included, and this one has 762", shown.why)
    assert.is_true(render("digitalocean", { type = "TXT", name = DKIM.name, value = ("a"):rep(507) }).possible)
    assert.is_false(render("digitalocean", { type = "TXT", name = DKIM.name, value = ("a"):rep(508) }).possible)
  end)

  it("says so at Namecheap of a name over 60 characters, and of a target over 255", function()
    local name = "c0ffee00-0000-4000-8000-0123456789ab._domainkey.announcements"
    local shown = render("namecheap", { type = "CNAME", name = name .. ".example.com", value = "dkim.infusionmail.com" })
    assert.same({ false, "name_too_long" }, { shown.possible, shown.code })
    assert.equal("Namecheap takes 60 characters at most for the name, and this one has 61", shown.why)
    local shorter = { type = "CNAME", name = name:sub(1, -2) .. ".example.com", value = "dkim.infusionmail.com" }
    assert.is_true(render("namecheap", shorter).possible)
    shown = render("namecheap", { type = "CNAME", name = "a.example.com", value = ("a"):rep(252) .. ".com" })
    assert.equal("value_too_long", shown.code)
  end)

  it("says so of a name that DNS does not have, whichever host it is", function()
    for _, label in ipairs { ("a"):rep(64), (("a"):rep(60) .. "."):rep(4) .. "b" } do
      local shown = render("godaddy", { type = "TXT", name = label .. ".example.com", value = "x" })
      assert.same({ false, "name_too_long" }, { shown.possible, shown.code })
      assert.matches("use a shorter subdomain", shown.instead)
    end
    assert.is_true(render("godaddy", { type = "TXT", name = ("a"):rep(63) .. ".example.com", value = "x" }).possible)
  end)

  it("says so of a CNAME at the domain itself, whichever host it is", function()
    for _, id in ipairs { false, "cloudflare", "godaddy" } do
      local shown = render(id or nil, { type = "CNAME", name = "example.com", value = "a.example.net" })
      assert.same({ false, "apex_cname" }, { shown.possible, shown.code })
      assert.matches("^a CNAME cannot stand at example%.com itself", shown.why)
      assert.matches("use a subdomain", shown.instead)
    end
  end)

  it("says so of a name that is not in the zone, and of a PTR record", function()
    local policy = { type = "TXT", name = "_dmarc.example.com", value = "v=DMARC1; p=none" }
    local shown = host.render(host.find "godaddy", policy, "mail.example.com")
    assert.same({ false, "other_zone", "_dmarc.example.com" }, { shown.possible, shown.code, shown.prefix })
    assert.equal("_dmarc.example.com is not in the zone mail.example.com", shown.why)
    assert.equal("set it in the zone that _dmarc.example.com is in, at the DNS host of that zone", shown.instead)
    assert.same({}, shown.notes)
    shown = host.render(nil, { type = "TXT", name = "a.otherexample.com", value = "x" }, "example.com")
    assert.equal("other_zone", shown.code)
    shown = render("godaddy", { type = "PTR", name = "example.com", value = "mail.example.com" })
    assert.same({ false, "reverse_zone" }, { shown.possible, shown.code })
  end)
end)

describe("a record at a host that nobody knows", function()
  it("gets what holds for most, and what to do where it does not", function()
    assert.same({ "Type: CNAME", "Name (or Host): s1._domainkey.mail", "Target (or Points to, Value): s1.dkim.example.net",
      "TTL: automatic, or what the form proposes" }, fields(nil, ALIAS))
    assert.equal([[
Type the part in front of .example.com alone if the form adds that by itself, as most do.
Where the form does not add it, type the whole name, "s1._domainkey.mail.example.com".
If .example.com stands behind the value when it is saved, type the value with a dot at its end.
If the DNS host offers to proxy the record, turn that off.]], notes(nil, ALIAS))
    local shown = render(nil, ALIAS)
    assert.is_true(shown.possible)
    assert.is_nil(shown.help)
    assert.is_nil(shown.host)
  end)

  it("gets the priority apart, and the whole as the other way", function()
    assert.equal("Priority: 10", fields(nil, MAIL)[3])
    says(nil, MAIL, 'If the form has no field for the priority, type "10 feedback-smtp.eu-west-1.amazonses.com" as the value.')
  end)

  it("gets a long text whole, and in pieces as the other way", function()
    assert.equal(KEY, render(nil, DKIM).value)
    assert.equal(QUOTED, render(nil, DKIM).quoted)
    says(nil, DKIM, "type it as strings of at most 255 characters in quotes, all in one record and in one field")
    says(nil, SPF, "Paste it in one piece and without quotes.")
    says(nil, SPF, "If the form refuses it, leave the field empty.")
  end)

  it("is what a rule that knows nothing is, too", function()
    local rule = { id = "mine", name = "Mine", confidence = "confirmed" }
    says(nil, DKIM, "If the form refuses it as too long", rule)
    says(nil, ALIAS, "Type the part in front of .example.com alone if the form adds that by itself", rule)
  end)
end)

describe("a record that only the provider knows", function()
  it("has a field without a value, and says where that is shown", function()
    local shown = render("godaddy", { type = "CNAME", name = "k1._domainkey.example.com" })
    assert.is_nil(shown.value)
    assert.same({ key = "value", label = "Value" }, shown.fields[3])
    says("godaddy", { type = "CNAME", name = "k1._domainkey.example.com" }, "The value is what your provider shows for this domain.")
    assert.is_nil(render("godaddy", { type = "TXT", name = "k1.example.com" }).quoted)
    assert.is_nil(render("godaddy", { type = "MX", name = "k1.example.com" }).priority)
  end)
end)

describe("a delegation", function()
  local NS = { type = "NS", name = "em.example.com", value = { "ns1.example.net", "ns2.example.net." } }

  it("has a record for each name server", function()
    assert.same({ "Type: NS", "Name: em", "Value: ns1.example.net", "Value: ns2.example.net", "TTL: 3600" }, fields("godaddy", NS))
    assert.same({ "ns1.example.net.", "ns2.example.net." }, render("hetzner", NS).value)
    says("godaddy", NS, "Each value is a record of its own, all with the same name.")
    says("azure-dns", NS, "with a line for each value")
  end)
end)

describe("an MX record that says that there is no mail", function()
  it("has the root for its server, which is a dot", function()
    local null = { type = "MX", name = "example.com", value = "0 ." }
    for _, id in ipairs { "godaddy", "plesk" } do
      local shown = render(id, null)
      assert.same({ "0", "." }, { shown.priority, shown.value })
    end
    assert.equal("0 .", render("route53", null).value)
  end)
end)

describe("the name of a record", function()
  it("is the whole one where the host's form wants it so", function()
    local rule = { id = "mine", name = "Mine", name_form = "full", apex = "zone", confidence = "confirmed" }
    local shown = render(nil, ALIAS, rule)
    assert.equal("s1._domainkey.mail.example.com", shown.name)
    assert.equal("s1._domainkey.mail", shown.prefix)
    says(nil, ALIAS, "Type the whole name: Mine adds nothing to it.", rule)
    assert.equal("example.com", render(nil, SPF, rule).name)
  end)

  it("may be either where the host takes both", function()
    says("cpanel", ALIAS, "The part in front of .example.com will do; the whole name is typed as \"s1._domainkey.mail.example.com.\", with")
    assert.equal("example.com", render("cpanel", SPF).name)
    says("cpanel", SPF, "The record is for example.com itself, and its name is typed.")
  end)

  it("is read as DNS reads it", function()
    local shown = host.render(nil, { type = "TXT", name = "_DMARC.Example.COM.", value = "v=DMARC1; p=none" }, "Example.com.")
    assert.equal("_dmarc", shown.prefix)
    assert.equal("_dmarc.example.com", shown.full)
  end)

  it("is counted from the zone that it is in", function()
    local shown = host.render(nil, ALIAS, "mail.example.com")
    assert.equal("s1._domainkey", shown.prefix)
    assert.equal("@", host.render(nil, { type = "MX", name = "mail.example.com", value = "10 mx.example.net" }, "mail.example.com").prefix)
  end)
end)

describe("the TTL", function()
  it("is an hour where the host's own is longer and may be shortened, and says why", function()
    assert.equal(3600, render("gandi", ALIAS).ttl)
    assert.equal(3600, render("hetzner", ALIAS).ttl)
    says("gandi", ALIAS, "A TTL of 3600 seconds in place of 10800 lets a mistake be mended sooner.")
    assert.equal(14400, render("bluehost", ALIAS).ttl)
    assert.equal(86400, render("plesk", ALIAS).ttl)
    assert.equal(300, render("route53", ALIAS).ttl)
    assert.equal("TTL: Automatic", fields("namecheap", ALIAS)[4])
    does_not_say("godaddy", ALIAS, "A TTL of")
  end)
end)

describe("host.render", function()
  it("says how long the host takes to publish, where that is long", function()
    says("loopia", ALIAS, "It may take up to 45 minutes until the name servers of Loopia have it.")
  end)

  it("gives plain data", function()
    local function is_plain(value)
      assert.is_nil(getmetatable(value))
      for key, member in pairs(value) do
        assert.is_true(type(key) == "string" or type(key) == "number")
        if type(member) == "table" then
          is_plain(member)
        else
          assert.is_not.equal("function", type(member))
        end
      end
    end
    is_plain(render("cloudflare", ALIAS))
    is_plain(render(nil, DKIM))
  end)

  it("is told what it wants", function()
    assert.has_error(function() host.render(nil, {}, "example.com") end, "host.render wants a record with a name and a type")
    for _, value in ipairs { 5, true, { "a", 5 } } do
      assert.has_error(function() host.render(nil, { type = "TXT", name = "a.example.com", value = value }, "example.com") end,
        "host.render wants a record whose value is a text, a list of texts, or nil")
    end
    assert.has_error(function() host.render(nil, ALIAS) end, "host.render wants the name of a zone")
  end)
end)
