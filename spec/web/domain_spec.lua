--- A domain's page: what is to be done, and every status that there is.
local assets = require "mailseal.web.assets"
local draw = require "mailseal.web.domain".draw
local headline = require "mailseal.web.headline"
local pages = require "spec.support.pages"

local NOW = pages.NOW

local function finding(given)
  local all = { code = "dkim_wrong_key", severity = "error", record = "dkim1", message = "It is wrong.", fix = "Mend it." }
  for name, value in pairs(given or {}) do all[name] = value end
  return all
end

local function with(status, more, host)
  local record = { status = status }
  for name, value in pairs(more or {}) do record[name] = value end
  return { pages.record(record, host or "godaddy") }
end

local function told(domain, host_name)
  local line = headline.of(pages.domain(domain), host_name)
  return ("%s: %s"):format(line.tone, line.title), line
end

describe("The headline of a domain", function()
  it("says what to publish, and where, before anything is there", function()
    assert.equal("wait: Publish 1 record at GoDaddy", (told({}, "GoDaddy")))
    assert.equal("wait: Publish 2 records", (told { records = { pages.record {}, pages.record { id = "b" } } }))
    assert.equal("verify", select(2, told {}).action)
  end)

  it("says how many are missing, wrong, spreading, and which nobody knows", function()
    local records = {}
    for i, status in ipairs { "found", "missing", "missing", "mismatch", "conflicting", "migrating", "propagating", "unknown" } do
      records[i] = pages.record { id = "r" .. i, status = status }
    end
    assert.equal("bad: 2 records are not right, 1 is out of date, 2 are missing, 1 is spreading and 1 is not known yet",
      (told { records = records }))
    assert.equal("wait: 1 record is missing", (told { records = { records[1], records[2] } }))
    assert.matches("1 of 2 is there already", select(2, told { records = { records[1], records[2] } }).text, 1, true)
  end)

  it("says that a record is from an earlier set-up, which is no mistake", function()
    assert.equal("warn: 1 record is out of date", (told { records = with "migrating" }))
  end)

  it("does not call missing what is there at a wrong place", function()
    local records = { pages.record { status = "missing" }, pages.record { id = "b", status = "found" } }
    assert.equal("bad: 1 record is not right", (told { records = records, findings = { finding { code = "name_doubled" } } }))
    assert.equal("wait: 1 record is missing", (told { records = records, findings = { finding { code = "record_missing" } } }))
  end)

  it("does not ask for what may be left out", function()
    local records = { pages.record { status = "found" }, pages.record { id = "b", required = false, status = "missing" } }
    assert.equal("wait: All records are there", (told { records = records }))
    assert.equal("ok: Everything is in place", (told { records = records, status = "verified" }))
  end)

  it("says that there is nothing to do while name servers catch up, or DNS does not answer", function()
    assert.equal("wait: Almost there: the name servers are catching up", (told { records = with "propagating" }))
    assert.equal("wait: DNS gives no answer just now", (told { records = with "unknown" }))
  end)

  it("says why a domain has failed, and that it can be started again", function()
    for reason, words in pairs {
      window_over = "not there in time", servers_differ = "never came to agree", no_answer = "DNS did not answer",
      taken_over = "Somebody else has proven", another = "The set%-up has failed",
    } do
      local line, whole = told { status = "failed", reason = reason, next_check_at = false }
      assert.matches("^bad: .*" .. words, line)
      assert.equal("restart", whole.action)
    end
  end)

  it("says what keeps a verified domain from sending", function()
    local function verified(more)
      local domain = { status = "verified", records = with "found" }
      for name, value in pairs(more) do domain[name] = value end
      return (told(domain))
    end
    assert.equal("ok: Everything is in place", verified {})
    assert.equal("off: Sending is paused", verified { enabled = false })
    assert.equal("bad: Sending is suspended", verified { health = "critical", restriction = "suspended" })
    assert.equal("bad: Sending is slowed down", verified { health = "critical", restriction = "throttled" })
    assert.equal("warn: Too many bounces or complaints", verified { health = "warning" })
    assert.equal("warn: Something that was there is gone: 1 record is missing", verified { negatives = 2, records = with "missing" })
    assert.equal("wait: Mail goes out; 1 record is to be published", verified { records = with "unknown" })
  end)

  it("is short in a list, and nothing where nothing is to be done", function()
    assert.equal("1 record to publish", headline.brief(pages.domain()))
    assert.is_nil(headline.brief(pages.domain { status = "verified", records = with "found" }))
    assert.equal("Sending is paused", headline.brief(pages.domain { status = "verified", enabled = false }))
    assert.equal("Sending is slowed down", headline.brief(pages.domain {
      status = "verified", restriction = "throttled", records = with "found",
    }))
    assert.equal("DNS gives no answer just now", headline.brief(pages.domain { records = with "unknown" }))
    assert.equal("1 record is not right", headline.brief(pages.domain { records = with "mismatch" }))
    assert.equal("DNS did not answer", headline.brief(pages.domain { status = "failed", reason = "no_answer" }))
  end)
end)

-- ---- The page.

local function shown(domain, more)
  local page = draw(pages.page(), pages.data(pages.domain(domain), more))
  return pages.text(page), page
end

local series = { from = NOW - 604800, step = 21600, slots = {} }
for i = 1, 28 do series.slots[i] = { delivered = 100 * (i % 3), bounced = i % 4, complained = i % 7 == 0 and 1 or 0 } end
local policy = require "mailseal.onboard.health_rules".DEFAULTS

-- Everything that a page can hold.
local function furnished()
  return {
    events = {
      { id = 2, at = NOW - 5, kind = "disabled", actor = "ann", data = { reason = "unpaid" } },
      { id = 1, at = NOW - 9, kind = "created", data = {} },
    },
    older = true, users = { "sequence 17", "a scheduled send" }, held = { { mail = "m-1", position = 1, held_at = NOW - 5 } },
    held_more = true,
    keys = {
      { selector = "s1", type = "rsa", bits = 2048, state = "active", state_since = NOW },
      { selector = "s2", type = "ed25519", bits = 256, state = "awaited", state_since = NOW, wait_until = NOW + 60 },
    },
    health = { delivered = 10, bounced = 1, complained = 0, last_hour = 1, policy = policy }, series = series,
    actions = { { id = "publish", label = "Publish it", text = "In the demo." } }, problem = "It cannot be done.",
  }
end

describe("The page of a domain", function()
  it("shows each field of the DNS host's own form, with a button that copies its value", function()
    local text, page = shown {}
    assert.matches("Sign in at GoDaddy , open the DNS settings of example.com , and enter what stands below.", text, 1, true)
    assert.matches("Name s1._domainkey Copy", text, 1, true)
    assert.matches("Value s1.dkim.example.net Copy", text, 1, true)
    assert.matches('href="https://www.godaddy.com/help/add-a-cname-record-19236"', page, 1, true)
    assert.matches('<code id="copy-dkim1-2">s1._domainkey</code>', page, 1, true)
    assert.matches('data-copy="copy-dkim1-2"', page, 1, true)
  end)

  it("says when the next look at a missing record is", function()
    assert.matches("Missing +next look at +14:05 UTC", (shown {}))
  end)

  it("says when it was looked at, and is again", function()
    assert.matches("Looked at 14:01 UTC . Next look at 14:05 UTC .", (shown {}), 1, true)
    assert.matches("The next look is due now.", (shown { next_check_at = NOW }), 1, true)
    assert.equal(1, select(2, shown({ checked_at = false, records = {} }):gsub("Next look at", "")))
  end)

  it("says what is wrong, what DNS shows, and what to do", function()
    local text = shown { records = with("mismatch", { found = "s9.elsewhere.example" }), findings = { finding() } }
    assert.matches("Wrong.-It is wrong%. +What to do: +Mend it%. +DNS shows +s9%.elsewhere%.example", text)
  end)

  it("says of one that is missing until when DNS may remember that", function()
    local missing = finding { code = "record_missing", severity = "pending", retry_at = NOW + 600 }
    assert.matches("Entered already? DNS may remember until 14:12 UTC that it was not there.", (shown { findings = { missing } }), 1, true)
    missing.retry_at = NOW
    assert.is_nil((shown { findings = { missing } }):find("Entered already?", 1, true))
  end)

  it("says once what is wrong with several records alike", function()
    local records, list = {}, {}
    for i, selector in ipairs { "s1", "s2", "s3" } do
      local name = selector .. "._domainkey.example.com"
      records[i] = pages.record({
        id = "dkim" .. i, name = name, value = selector .. ".dkim.example.net", status = "mismatch", findings = { "cname_target_in_txt" },
      }, "godaddy")
      list[i] = finding {
        record = "dkim" .. i, name = name, code = "cname_target_in_txt", fix = ("Remove it from %s."):format(name),
        message = ("%s has a TXT record that holds %s.dkim.example.net."):format(name, i == 3 and "another" or selector),
      }
    end
    local text, page = shown { records = records, findings = list }
    assert.equal(2, select(2, text:gsub("What to do:", "")))
    assert.matches("DKIM key 2 of 3.-The same as with +DKIM key 1 of 3", text)
    assert.equal(1, select(2, page:gsub('href="#record%-dkim1"', "")))
  end)

  it("says of what nobody can do anything about that it is on its way, and keeps for itself what was entered", function()
    local spreading = finding { code = "name_servers_disagree", severity = "pending" }
    local text, page = shown { records = with "propagating", findings = { spreading } }
    assert.matches("On their way.-There is nothing for you to do.-Spreading", text)
    assert.matches("<details><summary>What was to be entered</summary>", page, 1, true)
    assert.is_nil(text:find("Records to publish", 1, true))
  end)

  it("says where DNS gives no answer whose fault that is", function()
    local records = with("unknown", { findings = { "dns_timeout" } })
    local silent = finding { code = "name_servers_unreachable", severity = "warning", record = false }
    assert.matches("DNS gives no answer just now", (shown { records = records }), 1, true)
    assert.matches("The domain's name servers do not answer", (shown { records = records, findings = { silent } }), 1, true)
  end)

  it("has good advice where it is in nobody's way", function()
    local better = finding { record = false, severity = "advice", message = "It could be better.", fix = "Better it." }
    local text = shown { findings = { better }, status = "verified", records = with "found" }
    assert.matches("Good to know +It could be better. +Better it.", text)
    assert.is_nil(text:find("Also noticed", 1, true))
  end)

  it("warns before all else of a name that looks like another one", function()
    local text = shown { advice = { { code = "mixed_script", text = "it mixes scripts." } }, status = "verified", records = with "found" }
    assert.matches("It mixes scripts%..-Everything is in place", text)
    assert.is_nil(text:find("Good to know", 1, true))
  end)

  it("says of a key that waits for its domain that it does", function()
    local keys = { { selector = "s1", type = "rsa", bits = 2048, state = "awaited", state_since = NOW } }
    assert.matches("as soon as the domain is verified", (shown({}, { keys = keys })), 1, true)
    local verified = { status = "verified", records = with "found" }
    assert.matches("is not on all name servers yet", (shown(verified, { keys = keys })), 1, true)
  end)

  it("has the same parts, whatever is in them, so that each may come and go while it is looked at", function()
    local function parts(page)
      local list = {}
      for id in page:gmatch '<%a+ [^>]-data%-part[^>]- id="([^"]+)"' do
        list[#list + 1] = id
      end
      return list
    end
    local full, bare = parts(select(2, shown({}, furnished()))), parts(select(2, shown {}))
    assert.is_true(#bare > 10)
    local has = {}
    for _, id in ipairs(bare) do has[id] = true end
    for _, id in ipairs { "keys", "held", "uses", "offers", "problem", "flash" } do assert.is_true(has[id], id) end
    assert.same(full, bare)
  end)

  it("says which of the name servers have it already", function()
    local text = shown { records = with "propagating", findings = { finding {
      code = "propagating", severity = "pending", message = "2 of 3 name servers have it.",
    } } }
    assert.matches("Spreading.-2 of 3 name servers have it%.", text)
  end)

  it("tells with a record what its status comes from, though the finding names no record", function()
    local two = finding {
      code = "spf_two_records", record = false, name = "example.com", message = "There are two.", fix = "Make one of them.",
    }
    local records = { pages.record({
      id = "spf", type = "TXT", name = "example.com", value = "v=spf1 mx -all", purpose = "spf", match = "spf_include",
      status = "conflicting", findings = { "spf_two_records" },
    }, "godaddy") }
    local text = shown { records = records, findings = { two } }
    assert.matches("In conflict.-There are two%. +What to do: +Make one of them%.", text)
    assert.matches("One name has one SPF record", text, 1, true)
    assert.is_nil(text:find("Also noticed", 1, true))
  end)

  it("shows the SPF record that is there with what is new in it, and never a second one", function()
    local records = { pages.record({
      id = "spf", type = "TXT", name = "example.com", value = "v=spf1 include:new.example ~all", include = "new.example", purpose = "spf",
      match = "spf_include", status = "mismatch", found = "v=spf1 include:old.example -all",
    }, "godaddy") }
    local text, page = shown { records = records }
    assert.matches("v=spf1 include:old.example include:new.example -all</code>", page, 1, true)
    assert.is_nil(page:find("v=spf1 include:new.example ~all</code>", 1, true))
    assert.matches("This takes the place of the SPF record that is there", text, 1, true)
  end)

  it("makes of several SPF records the one that is to be typed", function()
    local two = finding { code = "spf_two_records", record = false, name = "example.com", expected = "v=spf1 mx include:old.example -all" }
    local function typed(include)
      return select(2, shown { findings = { two }, records = { pages.record({
        id = "spf", type = "TXT", name = "example.com", value = "v=spf1 mx -all", include = include, purpose = "spf", match = "spf_include",
        status = "mismatch", findings = { "spf_two_records" },
      }, "godaddy") } })
    end
    assert.matches(">v=spf1 mx include:old.example -all</code>", typed(), 1, true)
    assert.matches(">v=spf1 mx include:old.example include:new.example -all</code>", typed "new.example", 1, true)
    assert.is_nil(typed():find(">v=spf1 mx -all</code>", 1, true))
  end)

  it("uses the provider's own words", function()
    local text = shown { status = "verified", provider_status = "Connected", records = with("found", { provider_status = "Valid" }) }
    assert.matches("example.com Connected", text, 1, true)
    assert.matches("Valid Found", text, 1, true)
  end)

  it("does not use a provider's word that is another state here", function()
    local text = shown { provider_status = "Verified" }
    assert.matches("example.com Pending", text, 1, true)
  end)

  it("says what a host cannot do", function()
    local record = pages.record({ name = "example.com" }, "godaddy")
    assert.is_false(record.host.possible)
    assert.matches("This cannot be published at GoDaddy", (shown { records = { record } }), 1, true)
  end)

  it("says in which zone a record goes that is in another one, and hands over by zone", function()
    local records = { pages.record {}, pages.record({ id = "dmarc", type = "TXT", name = "_dmarc.example.org", value = "v=DMARC1; p=none",
      purpose = "dmarc" }, nil, "example.org") }
    local text, page = shown { records = records }
    assert.matches("Goes into the zone example.org", text, 1, true)
    assert.matches("records%.zone%?format=bind&amp;zone=example%.org", page)
  end)

  it("hides what is found, and can show it", function()
    local _, page = shown { status = "verified", records = with("found", { found = "s1.dkim.example.net" }) }
    assert.matches('<details class="record done is%-ok"', page)
    assert.matches("Records to publish", (shown { records = with "missing" }), 1, true)
    assert.is_nil((shown { status = "verified", records = with "found" }):find("Records to publish", 1, true))
  end)

  it("lets records be awaited anew, where they are awaited", function()
    assert.matches('action="/domains/example.com/restart"', select(2, shown {}), 1, true)
    assert.is_nil(select(2, shown { status = "verified", records = with "found" }):find("/restart", 1, true))
  end)

  it("tells what stands against deleting it, and offers that where nothing does", function()
    assert.matches("It cannot be deleted now: it is used by sequence 17", (shown({}, { users = { "sequence 17" } })), 1, true)
    assert.matches("Delete example.com", (shown {}), 1, true)
    assert.is_nil((shown({}, furnished())):find("Delete example.com", 1, true))
  end)

  it("offers what an embedder lets be done besides", function()
    local text, page = shown({}, furnished())
    assert.matches("In the demo. Publish it", text, 1, true)
    assert.matches('action="/domains/example.com/actions/publish"', page, 1, true)
  end)

  it("lives under any path", function()
    local page = draw(pages.page { base = "/mail-domains/" }, pages.data(pages.domain(), furnished()))
    for _, attribute in ipairs { "href", "src", "action" } do
      for address in page:gmatch(" " .. attribute .. '="([^"]*)"') do
        assert.is_true(address:find "^/mail%-domains/" ~= nil or address:find "^https://" ~= nil or address == "#main", address)
      end
    end
  end)

  it("tells the script when to look again, and whose events to hear", function()
    local _, page = shown {}
    assert.matches(('data-next="%d"'):format(NOW + 170), page, 1, true)
    assert.matches('data-watch="example.com"', page, 1, true)
    assert.matches('data-events="/v1/events/stream"', page, 1, true)
  end)

  it("is valid, in whatever state", function()
    local list, names = {}, {}
    local function add(name, domain, more)
      list[#list + 1], names[#names + 1] = select(2, shown(domain, more)), name
    end
    for _, status in ipairs { "found", "missing", "mismatch", "migrating", "conflicting", "propagating", "unknown" } do
      for _, of in ipairs { "pending", "verified", "failed" } do
        add(status .. " " .. of, { status = of, records = with(status, { found = "x" }), findings = { finding() } }, furnished())
      end
    end
    add("no host", { dns_host = false, zone = false, records = { pages.record {} } })
    add("nothing at all", { records = {}, checked_at = false, next_check_at = false })
    add("unicode", { domain = "xn--mnchen-3ya.example", unicode = "m\195\188nchen.example", enabled = false })
    add("advice", { advice = { { code = "a", text = "do this." } }, findings = { finding { record = false } } })
    for i, problems in ipairs(pages.problems(list)) do assert.same({}, problems, names[i]) end
  end)

  it("shows whatever stands in DNS as text", function()
    local hostile = {
      "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", "\226\128\174gnp.exe", "a\0b", "\255\254",
      "</code></main></html>", "javascript:alert(1)", ("A"):rep(5000), "&lt;script&gt;", "{{7*7}}", "]]>", "<!--",
    }
    local list = {}
    for i, text in ipairs(hostile) do
      local records = with("mismatch", { found = text, note = text, provider_status = text })
      local domain = {
        records = records,
        findings = { finding { message = text, fix = text, name = text }, finding { record = false, message = text, fix = text } },
        advice = { { code = "a", text = text } }, provider_status = text, zone = text, reason = text,
      }
      local data = {
        provider_name = text, users = { text }, held = { { mail = text, position = 1, held_at = NOW } }, problem = text,
        events = {
          { id = 1, at = NOW, kind = text, data = { reason = text } },
          { id = 2, at = NOW, kind = "drift", actor = text, data = { name = text } },
          { id = 3, at = NOW, kind = "used", data = { user = text } }, { id = 4, at = NOW, kind = "failed", data = { reason = text } },
        },
        keys = { { selector = text, type = "rsa", bits = 1, state = text, state_since = NOW } },
        actions = { { id = text, label = text, text = text } },
      }
      list[i] = select(2, shown(domain, data))
      for _, octets in ipairs { "<script>", "<img src=x", "\226\128\174", "\0", "\255", "' onmouseover='" } do
        assert.is_nil(list[i]:find(octets, 1, true), text)
      end
    end
    for i, problems in ipairs(pages.problems(list)) do assert.same({}, problems, hostile[i]) end
  end)
end)

describe("The page's files", function()
  it("are there, and named by what is in them", function()
    assert.matches("^%x+$", assets.version())
    assert.equal(16, #assets.version())
    assert.equal("text/css; charset=utf-8", assets.find "style.css".type)
    assert.matches("prefers%-color%-scheme", assets.find "style.css".body)
    assert.matches("EventSource", assets.find "page.js".body, 1, true)
    assert.is_nil(assets.find "../html.lua")
  end)
end)
