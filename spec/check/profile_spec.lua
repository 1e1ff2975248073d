-- What large receivers ask of bulk senders, as data and as judged.
local bulk_senders = require "mailseal.check.bulk_senders"
local profile = require "mailseal.check.profile"

-- By its id, what is judged of some facts.
local function judged(facts)
  facts.domain = facts.domain or "example.com"
  local by_id = {}
  for _, entry in ipairs(profile.judge(facts)) do
    by_id[entry.id] = entry
  end
  return by_id
end

-- Holds that a subject is judged so, with that reason, for all receivers that have it.
local function holds(facts, subject, met, why)
  local n = 0
  for id, entry in pairs(judged(facts)) do
    if entry.subject == subject then
      n = n + 1
      assert.equal(met, entry.met, id)
      assert.equal(why, entry.why, id)
    end
  end
  assert.is_true(n > 0, subject)
end

local function dkim(...) return { dkim = { selectors = { ... } } } end

local function of_message(message)
  message.text = message.text or "From: a@example.com\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\n"
  return { message = message }
end

describe("the requirements for bulk senders", function()
  local vendors = {
    ["support.google.com"] = "Gmail", ["senders.yahooinc.com"] = "Yahoo", ["techcommunity.microsoft.com"] = "Outlook.com",
    ["sendersupport.olc.protection.outlook.com"] = "Outlook.com",
  }

  it("each name the vendor's own page and its day", function()
    local seen = {}
    for _, requirement in ipairs(bulk_senders.requirements) do
      assert.is_nil(seen[requirement.id])
      seen[requirement.id] = true
      assert.matches("^%u.*%.$", requirement.asks)
      assert.equal(requirement.receiver, vendors[requirement.source.url:match "^https://([^/]+)/"])
      assert.matches("^20%d%d%-%d%d%-%d%d$", requirement.source.as_of)
      assert.is_true(#requirement.source.title > 0)
    end
  end)

  it("are those of three receivers, who say who is meant", function()
    local names = {}
    for i, receiver in ipairs(bulk_senders.receivers) do
      names[i] = receiver.name
      assert.is_string(receiver.bulk)
      assert.matches("^https://", receiver.source.url)
    end
    assert.same({ "Gmail", "Yahoo", "Outlook.com" }, names)
  end)

  it("are each judged, and where that cannot be, it is said why", function()
    for _, entry in ipairs(profile.judge { domain = "example.com" }) do
      if entry.subject == "impersonation" then
        assert.is_true(entry.met)
      else
        assert.is_nil(entry.met, entry.id)
        assert.is_string(entry.why, entry.id)
      end
    end
  end)
end)

describe("the profile of a domain", function()
  it("asks for an SPF record that holds, and that passes for each address", function()
    holds({ spf = { state = "ok", results = {} } }, "spf", true)
    holds({ spf = { state = "none", results = {} } }, "spf", false, "there is no SPF record")
    holds({ spf = { state = "broken", results = {} } }, "spf", false, "the SPF record cannot be used")
    holds({ spf = { state = "unknown", results = {} } }, "spf", nil, "DNS did not answer for SPF")
    local pass, fail = { address = "192.0.2.1", result = "pass" }, { address = "192.0.2.2", result = "softfail" }
    holds({ spf = { state = "ok", results = { pass } } }, "spf", true)
    holds({ spf = { state = "ok", results = { pass, fail } } }, "spf", false, "SPF says softfail of 192.0.2.2")
    holds({ spf = { state = "none", results = { pass } } }, "spf", true) -- by the record of the return address
    holds({ spf = { state = "ok", results = { { address = "a", result = "temperror" } } } }, "spf", nil, "DNS did not answer for SPF")
  end)

  it("asks for a key that can be used, and takes none that is not to be seen yet for missing", function()
    local good = { state = "found", key = { type = "rsa", bits = 2048 } }
    holds(dkim(good), "dkim", true)
    holds(dkim({ state = "missing" }, good), "dkim", true)
    holds(dkim(), "dkim", nil, "no selector is known")
    holds(dkim { state = "missing" }, "dkim", nil, "no key is to be seen yet at the selectors")
    holds(dkim { state = "unknown" }, "dkim", nil, "no key is to be seen yet at the selectors")
    holds(dkim { state = "mismatch" }, "dkim", false, "the selectors have no key that is right and can be used")
  end)

  it("asks for keys of 1024 bits", function()
    holds(dkim { state = "found", key = { type = "rsa", bits = 1024 } }, "key_size", true)
    holds(dkim { state = "found", key = { type = "rsa", bits = 768 } }, "key_size", false, "the key has 768 bits")
    holds(dkim { state = "found", key = { type = "ed25519", bits = 256 } }, "key_size", true)
    holds(dkim { state = "missing" }, "key_size", nil, "no key is known that can be used")
  end)

  it("asks for a DMARC record, be its policy none, and for alignment that can be reached", function()
    local function dmarc(result, reach) return { dmarc = { result = result, policy = "none", alignment = reach or {} } } end
    holds(dmarc "found", "dmarc", true)
    holds(dmarc "none", "dmarc", false, "there is no DMARC record that can be used")
    holds(dmarc "temperror", "dmarc", nil, "DNS did not answer for DMARC")
    holds(dmarc("found", { dkim = true }), "alignment", true)
    holds(dmarc("found", { dkim = false, spf = true }), "alignment", true)
    holds(dmarc("found", { dkim = false, spf = false }), "alignment", false,
      "neither SPF nor DKIM can pass for a domain that is aligned with that in From")
    holds(dmarc("found", { spf = false }), "alignment", nil,
      "neither selectors nor the domain of the return address tell what would be aligned")
    holds(dmarc "none", "alignment", nil, "there is no DMARC record to align with")
  end)

  it("asks for names of addresses that lead back", function()
    local function reverse(...)
      local list = {}
      for i, status in ipairs { ... } do list[i] = { address = "192.0.2." .. i, status = status } end
      return { reverse = list }
    end
    holds(reverse "ok", "reverse", true)
    holds(reverse(), "reverse", nil, "no sending address is known")
    holds(reverse("ok", "nxdomain"), "reverse", false, "192.0.2.2 has no name")
    holds(reverse("ok", "unconfirmed"), "reverse", false, "the name of 192.0.2.2 does not lead back to it")
    holds(reverse("timeout", "ok"), "reverse", nil, "DNS did not answer for the names of the addresses")
  end)

  it("asks for a domain that can receive replies", function()
    local function host(status) return { status = status, hosts = {}, own = { status = status } } end
    local function hosts(...)
      local list = {}
      for i, status in ipairs { ... } do list[i] = { status = status } end
      return { mx = { status = "ok", hosts = list } }
    end
    holds(hosts("nxdomain", "ok"), "replies", true)
    holds(hosts("nxdomain", "address"), "replies", false, "no host receives mail for the domain")
    holds(hosts("nxdomain", "timeout"), "replies", nil, "DNS did not answer for MX")
    holds({ mx = { status = "timeout", hosts = {} } }, "replies", nil, "DNS did not answer for MX")
    holds({ mx = { status = "ok", hosts = { {} }, null = true, sends = true } }, "replies", false,
      "the domain says that it receives no mail")
    holds({ mx = { status = "ok", hosts = { {} }, null = true } }, "replies", nil, "nothing says that mail is sent as the domain")
    holds({ mx = { status = "nodata", hosts = {}, own = host("ok").own } }, "replies", true)
    holds({ mx = { status = "nodata", hosts = {}, own = host("nodata").own } }, "replies", false, "no host receives mail for the domain")
  end)

  it("has no mail of Gmail's sent by others", function()
    holds({ domain = "gmail.com" }, "impersonation", false, "mail of these domains comes from Gmail alone")
  end)
end)

describe("the profile of a message", function()
  it("goes by what its verification found", function()
    local pass = { result = "pass", key_bits = 2048, algorithm = "rsa-sha256" }
    holds(of_message { dkim = { { result = "fail" }, pass } }, "dkim", true)
    holds(of_message { dkim = { { result = "fail" } } }, "dkim", false, "no signature passes")
    holds(of_message { dkim = {} }, "dkim", false, "the message has no signature")
    holds(of_message { dkim = { pass } }, "key_size", true)
    holds(of_message { dkim = { { result = "pass", key_bits = 256, algorithm = "ed25519-sha256" } } }, "key_size", true)
    holds(of_message { spf = { result = "pass" } }, "spf", true)
    holds(of_message { spf = { result = "softfail" } }, "spf", false, "SPF says softfail")
    holds(of_message { spf = { result = "temperror" } }, "spf", nil, "DNS did not answer for SPF")
    holds(of_message {}, "spf", nil, "the address that the message came from is not known")
    holds(of_message { dmarc = { result = "pass" } }, "alignment", true)
    holds(of_message { dmarc = { result = "fail" } }, "alignment", false,
      "neither SPF nor DKIM passes for a domain that is aligned with that in From")
    holds(of_message { dmarc = { result = "none" } }, "alignment", nil, "DMARC says nothing of the message")
  end)

  it("looks at the message's form", function()
    holds(of_message {}, "format", true)
    local facts = of_message { text = "From: a@example.com\r\nFrom: b@example.com\r\n\r\n" }
    local entry = judged(facts).gmail_format
    assert.is_false(entry.met)
    assert.is_string(entry.why)
  end)

  it("asks for one click of marketing alone, and at Yahoo takes mail for it", function()
    local plain = judged(of_message { dkim = {} })
    assert.is_nil(plain.gmail_one_click.met)
    assert.matches("which marketing and subscribed messages need$", plain.gmail_one_click.why)
    local by_mail = judged(of_message { text = "From: a@example.com\r\nList-Unsubscribe: <mailto:u@example.com>\r\n\r\n", dkim = {} })
    assert.is_false(by_mail.gmail_one_click.met)
    assert.is_true(by_mail.yahoo_one_click_or_mail.met)
  end)
end)
