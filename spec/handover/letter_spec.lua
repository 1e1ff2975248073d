--- Letters to whoever runs the DNS, in plain text and in HTML.
local stage = require "spec.support.handover"

local about = {
  asked_by = "Acme Mail", answer_to = "dns@acme.example", deadline = 1800000000, host_name = "GoDaddy",
}

-- A record as the DNS host's own form has it.
local function rendered(record, host)
  record.host = host
  return record
end

local godaddy = {
  host = "godaddy",
  prefix = "abc._domainkey.mail", possible = true, value = "abc.dkim.amazonses.com",
  fields = {
    { key = "name", label = "Name", value = "abc._domainkey.mail" },
    { key = "value", label = "Points to", value = "abc.dkim.amazonses.com" },
  },
  notes = { "TTL: 1 hour." }, help = "https://www.godaddy.com/help/add-a-cname-record-19236",
}

local function one_line(text)
  return (text:gsub("%s+", " "))
end

-- What a browser shows, as one line.
local function shown(html)
  local texts = {}
  for i, pair in ipairs(stage.read("html", html).texts) do
    texts[i] = pair[2]
  end
  return one_line(table.concat(texts, " ")), texts
end

local function has(text, words)
  assert.matches(words, text, 1, true)
end

local function has_not(text, words)
  assert.is_nil(text:find(words, 1, true), words)
end

-- Both letters of the same records, each as one line of what is read.
local function both(records, more)
  local text = assert(stage.write("letter", records, more))
  local html = assert(stage.write("html", records, more))
  return { one_line(text), (shown(html)) }, text, html
end

for i, kind in ipairs { "in plain text", "in HTML" } do
  describe("a letter " .. kind, function()
    it("says who asks, what for, by when, and whom to answer", function()
      local letter = both(stage.records(), about)[i]
      has(letter, "Acme Mail would like to send mail as mail.example.com.")
      has(letter, "in the DNS zone example.com, at GoDaddy.")
      has(letter, "before 15 January 2027, 08:00 UTC")
      has(letter, "Thank you, and kind regards Acme Mail")
      has(letter, "please write to dns@acme.example.")
    end)

    it("warns of a second SPF or DMARC record only where one is to be added", function()
      local records = stage.records()
      has(both(records)[i], "SPF: bounce.mail.example.com has one TXT record at most")
      for _, record in ipairs(records) do
        record.status = record.type == "TXT" and "found" or "missing"
      end
      local letter = both(records)[i]
      has_not(letter, "SPF: bounce")
      has_not(letter, "begins with v=DMARC1")
      for _, record in ipairs(records) do
        record.status = "found"
      end
      has_not(both(records)[i], "What to leave alone")
    end)

    it("says once what the host's form wants of all records alike, and with a record what it wants of that one", function()
      local records = {}
      for n = 1, 3 do
        local host = { host = "h", help = "https://h.example/help", fields = { { label = "Name", value = "x" } } }
        host.notes = { "Of all.", "Of " .. n }
        records[n] = rendered({ id = "r" .. n, type = "TXT", name = ("r%d.example.com"):format(n), value = "v" }, host)
      end
      local letter = both(records)[i]
      assert.equal(1, select(2, letter:gsub("Of all%.", "")))
      assert.equal(1, select(2, letter:gsub("Help: ", "")))
      has(letter, "Of 2")
      assert.equal(1, select(2, both({ records[1] })[i]:gsub("Of all%.", "")))
      records[4] = rendered({ id = "r4", type = "MX", name = "m.example.com", value = "10 mx.example.net" }, records[1].host)
      records[4].host = { host = "h", fields = records[1].host.fields, notes = { "Of one." } }
      letter = both(records)[i]
      assert.equal(1, select(2, letter:gsub("TXT: Of all%.", "")))
      has_not(letter, "MX: Of one.")
    end)

    it("does without what it is not told", function()
      local letter = both(stage.records())[i]
      has(letter, "We would like to send mail as mail.example.com.")
      has_not(letter, "write to")
      has_not(letter, "before 1")
    end)

    it("shows every value whole", function()
      local letter = both(stage.records())[i]
      for _, value in ipairs {
        stage.KEY, "abc.dkim.amazonses.com", "feedback-smtp.eu-west-1.amazonses.com", "v=spf1 include:amazonses.com ~all",
        "mailseal-domain-verification=0123456789abcdef", "v=DMARC1; p=none", "ns2.links.example",
      } do
        has(letter, value)
      end
      has(letter, "abc._domainkey.mail.example.com (in the zone example.com: abc._domainkey.mail)")
      has(letter, "example.com (in the zone example.com: @)")
      has(letter, "How to enter it")
    end)

    it("calls the fields what the DNS host calls them", function()
      local letter, text = both { rendered(stage.records()[1], godaddy) }
      has(letter[i], "Points to")
      has(letter[i], "TTL: 1 hour.")
      has(letter[i], "https://www.godaddy.com/help/add-a-cname-record-19236")
      has_not(letter[i], "in the zone example.com: abc")
      has_not(letter[i], "How to enter it")
      has(text, "   Name:       abc._domainkey.mail\n   Points to:  abc.dkim.amazonses.com\n")
    end)

    it("shows all values of a record that has several in one place", function()
      local letter = both { stage.records()[7] }
      has(letter[i], "1. NS record, optional: links in mail")
      assert.matches("ns1.links.example.*ns2.links.example", letter[i])
      has_not(letter[i], "2. NS")
    end)

    it("says so where the host cannot publish it", function()
      local letter = both { rendered(stage.records()[1], { host = "old", possible = false, why = "it takes no underscore.", fields = {} }) }
      has(letter[i], "This DNS host cannot publish it: it takes no underscore.")
      has(letter[i], "abc.dkim.amazonses.com")
    end)

    it("says what to leave alone", function()
      local letter = both(stage.records())[i]
      has(letter, "name servers, its addresses (A, AAAA) and its own MX records stay as they are")
      has(letter, "DKIM keys under other names")
      has(letter, "If a TXT record that begins with v=DMARC1 is at _dmarc.mail.example.com already, keep it")
    end)

    it("has an existing SPF record added to, never doubled", function()
      local record = stage.records()[4]
      local words = "bounce.mail.example.com has one TXT record at most that begins with v=spf1. If there is one, do not add a second"
      has(both({ record })[i], words)
      record.status, record.found = "missing", "v=spf1 mx -all"
      local host = { host = "quoting", fields = { { key = "value", label = "Content", value = ('"%s"'):format(record.value) } } }
      local letter = both({ rendered(record, host) })[i]
      has(letter, '"v=spf1 mx include:amazonses.com -all"')
      has(letter, "takes the place of the SPF record that is there")
      has(letter, "Content")
      has_not(letter, "v=spf1 include:amazonses.com ~all")
    end)

    it("lists what is right already apart, and asks for the rest alone", function()
      local records = stage.records()
      records[1].status, records[2].status = "found", "mismatch"
      local letter = both(records)[i]
      has(letter, "What is there already, and right")
      has(letter, "CNAME abc._domainkey.mail.example.com")
      has_not(letter, "abc.dkim.amazonses.com")
      has(letter, "Another value is published at this name: put this one in its place.")
    end)

    it("thanks for nothing, and asks for nothing, where all is there", function()
      local records = stage.records()
      for _, record in ipairs(records) do
        record.status = "found"
      end
      local letter = both(records)[i]
      has(letter, "All DNS records that mail.example.com needs are published.")
      has_not(letter, "How to enter it")
    end)

    it("names records whose values are still to come", function()
      local letter = both({ { id = "dkim", type = "TXT", name = "x._domainkey.example.com", purpose = "dkim" } })[i]
      has(letter, "a TXT record at x._domainkey.example.com, whose value the mail provider shows")
    end)

    it("shows nothing that moves a cursor or turns the direction of writing round", function()
      local records = stage.texts(stage.HOSTILE)
      for _, octets in ipairs(stage.OCTETS) do
        records[#records + 1] = { id = octets, type = "TXT", name = "o.example.com", value = octets, purpose = octets, note = octets }
      end
      local evil = "\27[2J\226\128\174\n<b>&"
      local options = { asked_by = evil, answer_to = evil, host_name = evil, domain = "mail" .. evil }
      local _, text, html = both(records, options)
      for _, letter in ipairs { text, html } do
        assert.is_nil(letter:find "[%z\1-\9\11-\31\127]")
        assert.is_nil(letter:find("\226\128\174", 1, true))
        assert.is_nil(letter:find("\226\128\168", 1, true))
        assert.equal(letter, require "mailseal.printable".utf8(letter))
      end
      assert.matches("^Subject: [^\n]*\\010<b>&\n\nHello,\n", text)
    end)
  end)
end

describe("the letter in plain text", function()
  it("breaks prose at 72 columns, and no value", function()
    local text = assert(stage.write("letter", stage.records(), about))
    for line in text:gmatch "[^\n]+" do
      local value = line:find "^   %S[^:]*:  "
      assert.is_true(value ~= nil or #line:gsub("[\128-\191]", "") <= 72, line)
    end
  end)
end)

describe("the letter in HTML", function()
  local known = {}
  for name in ("html head meta title style body h1 h2 h3 p table tr th td ul li a"):gmatch "%S+" do
    known[name] = true
  end

  local allowed = {}
  for name in ("lang charset scope rel href name content id aria-labelledby"):gmatch "%S+" do
    allowed[name] = true
  end

  it("calls each table by the heading in front of it, and leaves light or dark to its reader", function()
    local html = assert(stage.write("html", stage.records()))
    local tables = 0
    for id, title in html:gmatch '<h3 id="(record%-%d+)">(.-)</h3>\n<table aria%-labelledby="%1">' do
      tables = tables + 1
      assert.same({ ("record-%d"):format(tables), true }, { id, title:find(("%d. "):format(tables), 1, true) == 1 })
    end
    assert.equal(select(2, html:gsub("<table", "")), tables)
    has(html, '<meta name="color-scheme" content="light dark">')
    has_not(html, "background")
  end)

  it("has no element, attribute or address that comes of what it tells", function()
    local records = stage.texts(stage.HOSTILE)
    local evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    for _, url in ipairs { "javascript:alert(1)", "http://evil.example", 'https://e.example/"onclick="x' } do
      records[#records + 1] = rendered(
        { id = evil, type = "TXT", name = ("u%d.example.com"):format(#records), value = evil, purpose = evil, note = evil },
        { host = evil, help = url, possible = false, why = evil, notes = { evil }, fields = { { label = evil, value = evil } } })
    end
    local html = assert(stage.write("html", records, { asked_by = evil, answer_to = evil, host_name = evil }))
    local page = stage.read("html", html)
    for _, element in ipairs(page.elements) do
      assert.is_true(known[element], element)
    end
    local links = {}
    for _, attribute in ipairs(page.attributes) do
      local name, value = attribute[2], attribute[3]
      assert.is_true(allowed[name], name)
      if name == "href" then
        links[#links + 1] = value
      end
    end
    assert.same({ 'https://e.example/"onclick="x' }, links)
    has((shown(html)), "<script>alert(1)</script>")
  end)

  it("loads nothing from elsewhere", function()
    local html = assert(stage.write("html", stage.records(), about))
    for _, words in ipairs { "src=", "url(", "@import", "<link", "<script", "http:", "javascript:" } do
      has_not(html, words)
    end
  end)

  it("keeps each text of a record in a cell of its own", function()
    local records = stage.texts { "a<b>&\"c'", "</td></table>" }
    local page = stage.read("html", assert(stage.write("html", records)))
    local cells = {}
    for _, pair in ipairs(page.texts) do
      cells[#cells + 1] = pair[1] == "td" and pair[2] or nil
    end
    assert.equal("a<b>&\"c'", cells[3])
    assert.equal("</td></table>", cells[6])
  end)
end)
