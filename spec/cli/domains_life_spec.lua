--- `mailseal domains`: the life of a domain, from adding it to removing it.
local stages = require "spec.support.registry_stage"

local unpack = table.unpack or unpack -- luacheck: ignore

local DOMAIN = "mail.example.com"
local HOUR = 3600

describe("the life of a domain, by mailseal domains", function()
  local stage

  before_each(function()
    stage = stages.new()
  end)

  after_each(function()
    stage:remove()
  end)

  describe("add", function()
    it("says what to publish, and that it is pending", function()
      local result = stage:domains("add", DOMAIN, unpack(stages.KRAITER))
      assert.equal("", result.err)
      assert.equal(75, result.status)
      assert.matches("^mail%.example%.com: pending\n  provider  kraiter\n  owner     not proven yet\n", result.out)
      assert.matches("\n  unknown      TXT    _mailseal-challenge.mail.example.com\n", result.out, 1, true)
      assert.matches("\n  unknown      CNAME  def._domainkey.mail.example.com\n", result.out, 1, true)
      assert.matches("def.dkim.amazonses.com\n", result.out, 1, true)
      assert.is_nil(result.out:find("\27", 1, true))
    end)

    it("prints one object with --json", function()
      local list, status = stage:json("add", DOMAIN, unpack(stages.KRAITER))
      assert.same({ 1, 75 }, { #list, status })
      local domain = list[1]
      assert.same({ DOMAIN, "kraiter", "pending", false, true }, {
        domain.domain, domain.provider, domain.status, domain.owned, domain.enabled,
      })
      assert.equal("ownership", domain.records[1].id)
      assert.matches("^mailseal%-domain%-verification=%w+$", domain.records[1].value)
      assert.equal("_mailseal-challenge.mail", domain.records[1].host.prefix)
    end)

    it("refuses a name that is none, a public suffix and a provider that there is not, each in one line", function()
      for _, case in ipairs {
        { "a..b", "--provider", "kraiter" }, { "co.uk", "--provider", "kraiter" }, { DOMAIN, "--provider", "nobody" },
        { DOMAIN, "--provider", "kraiter" }, { DOMAIN }, { DOMAIN, "--provider", "kraiter", "--var", "region" }, { "192.0.2.1" },
      } do
        local result = stage:domains("add", unpack(case))
        assert.matches("^mailseal domains: [^\n]+\n$", result.err)
        assert.same({ 64, "" }, { result.status, result.out })
      end
    end)

    it("refuses one that is there", function()
      stage:add(DOMAIN)
      local result = stage:domains("add", "MAIL.example.com.", unpack(stages.KRAITER))
      assert.same({
        1, "mailseal domains: there is a domain mail.example.com already (`mailseal domains show` tells how it stands)\n",
      }, { result.status, result.err })
    end)
  end)

  it("goes from pending to verified when the records are there", function()
    local domain = stage:add(DOMAIN)
    local pending = stage:domains("verify", DOMAIN)
    assert.equal(75, pending.status)
    assert.matches("\n  missing      CNAME  ghi._domainkey.mail.example.com\n", pending.out, 1, true)
    stage:publish(domain.records)
    stage.now = stage.now + 120
    local verified = stage:domains("verify", DOMAIN)
    assert.same({ 0, "" }, { verified.status, verified.err })
    assert.matches("^mail%.example%.com: verified", verified.out)
    assert.matches("\n  found        CNAME  ghi._domainkey.mail.example.com\n", verified.out, 1, true)
    assert.is_nil(verified.out:find("dkim.amazonses.com", 1, true))
  end)

  it("tells what is wrong with a record, and how to mend it", function()
    local domain = stage:add(DOMAIN)
    stage:publish(domain.records, function(zone)
      local name = "abc._domainkey.mail.example.com"
      zone[name .. ".example.com"], zone[name] = zone[name], nil
    end)
    local result = stage:domains("verify", DOMAIN)
    assert.equal(75, result.status)
    assert.matches("abc._domainkey.mail.example.com.example.com", result.out, 1, true)
    assert.matches("\n" .. (" "):rep(22) .. "fix: ", result.out, 1, true)
  end)

  it("says of each record that is not as it should be what is seen, the cause and the cure, under its name", function()
    local domain = stage:add(DOMAIN)
    stage:publish(domain.records, function(zone)
      zone["abc._domainkey.mail.example.com"] = { { type = "CNAME", data = "xyz.example.net." } }
      zone["def._domainkey.mail.example.com"] = { { error = "timeout" } }
      zone["ghi._domainkey.mail.example.com"] = nil
    end)
    local out, margin = stage:domains("verify", DOMAIN).out, "\n" .. (" "):rep(22)
    assert.matches("\n  mismatch     CNAME  abc._domainkey.mail.example.com" .. margin
      .. "abc._domainkey.mail.example.com is a CNAME to xyz.example.net, and not to abc.dkim.amazonses.com. (cname_wrong_target)"
      .. margin .. "fix: Change the target of the CNAME to abc.dkim.amazonses.com." .. margin, out, 1, true)
    assert.matches("\n  unknown      CNAME  def._domainkey.mail.example.com" .. margin .. "No DNS server answered", out, 1, true)
    assert.matches("\n  missing      CNAME  ghi._domainkey.mail.example.com" .. margin .. "ghi._domainkey", out, 1, true)
    assert.equal(1, select(2, out:gsub("%(cname_wrong_target%)", "")))
    assert.matches("\n  again at  2026-", out, 1, true)
    assert.equal(1, select(2, out:gsub("again at", ""))) -- the domain is looked at as a whole
  end)

  it("shows the text that stands where another is missing, and until when it is waited for", function()
    local domain = stage:add(DOMAIN)
    stage:publish(domain.records, function(zone)
      zone["_mailseal-challenge.mail.example.com"] = { { type = "TXT", data = { "mailseal-domain-verification=old" } } }
    end)
    local out = stage:domains("verify", DOMAIN).out
    assert.matches("\n" .. (" "):rep(22) .. "there is: mailseal-domain-verification=old\n", out, 1, true)
    assert.matches("\n  until     2026[^\n]* UTC; it fails where something required is not there by then\n", out)
  end)

  it("says that a verified domain stays so while something is missing", function()
    stage:verified(DOMAIN)
    stage:publish {}
    stage.now = stage.now + 90000
    local shown = stage:domains("verify", DOMAIN)
    assert.matches("^mail%.example%.com: verified\n", shown.out)
    assert.matches("\n  in doubt  1 look in a row since [^\n]*; it stays verified unless", shown.out)
  end)

  it("tells the provider's own words for the domain and for each record", function()
    local targets = "targets=a.example.net,b.example.net,c.example.net"
    stage:domains("add", DOMAIN, "--provider", "kartra", "--var", "hosts=a,b,c", "--var", targets)
    assert.matches("^mail%.example%.com: pending %(Pending validation%)\n", stage:domains("verify", DOMAIN).out)
    assert.matches("^pending   mail%.example%.com  kartra  %(Pending validation%)\n", stage:domains("list").out)
    stage:domains("add", "b.example.com", "--provider", "elasticemail", "--var", "key=" .. stages.KEY)
    local out = stage:domains("verify", "b.example.com").out
    assert.matches("\n  missing      TXT    api._domainkey.b.example.com (not verified)\n", out, 1, true)
    assert.equal("not verified", stage:json("records", "b.example.com")[2].provider_status)
  end)

  it("shows it again without asking DNS", function()
    stage:verified(DOMAIN)
    stage:publish {}
    local result = stage:domains("show", DOMAIN)
    assert.same({ 0, "" }, { result.status, result.err })
    assert.matches("^mail%.example%.com: verified", result.out)
    local list, status = stage:json("show", DOMAIN)
    assert.same({ 0, "verified", true }, { status, list[1].status, list[1].owned })
  end)

  it("knows a domain by its U-labels as well, and calls it by its A-labels", function()
    stage:add "B\195\188cher.example.com"
    local list = stage:json("decide", "b\195\188cher.example.com")
    assert.same({ "xn--bcher-kva.example.com", "not_verified" }, { list[1].domain, list[1].reason })
    local shown = stage:domains("show", "b\195\188cher.example.com")
    assert.matches("^xn%-%-bcher%-kva%.example%.com %(b\195\188cher%.example%.com%): pending", shown.out)
    assert.equal(1, #stage:json("events", "b\195\188cher.example.com"))
  end)

  it("shows what to enter for each record, with what the DNS host's form wants", function()
    stage:add(DOMAIN)
    local result = stage:domains("records", DOMAIN)
    assert.equal(0, result.status)
    assert.matches("abc._domainkey.mail\n", result.out, 1, true)
    assert.matches(": +abc.dkim.amazonses.com\n", result.out)
    local list, status = stage:json("records", DOMAIN)
    assert.equal(0, status)
    assert.is_true(#list >= 4)
    assert.is_table(list[2].host.fields)
  end)

  it("tells that DNS does not answer from that it knows no zone, where its host is asked for", function()
    stage:add(DOMAIN)
    stage:publish({}, function(zone)
      zone["example.com"] = nil
    end)
    assert.equal(1, stage:domains("host", DOMAIN).status)
    for fault, status in pairs { servfail = 75, timeout = 69 } do
      stage:publish({}, function(zone)
        zone[DOMAIN], zone["example.com"] = { { error = fault } }, { { error = fault } }
      end)
      assert.same({ fault, status }, { fault, stage:domains("host", DOMAIN).status })
    end
  end)

  it("lists the tenant's domains by name, and no other's", function()
    for _, name in ipairs { "b.example.com", "a.example.com", "c.example.com" } do
      stage:add(name)
    end
    local list, status = stage:json "list"
    assert.same({ 0, "a.example.com", "b.example.com", "c.example.com" }, { status, list[1].domain, list[2].domain, list[3].domain })
    local second = stage:domains("list", "--after", "a.example.com", "--limit", "1").out
    assert.equal("pending   b.example.com  kraiter\n", second)
    assert.equal("", stage:domains("list", "--status", "verified").out)
    stage:add "a-long-name.example.com"
    local first = "^pending   a%-long%-name%.example%.com  kraiter\npending   a%.example%.com            kraiter\n"
    assert.matches(first, stage:domains("list").out)
    assert.same({ 0, "" }, { stage:domains("list", "--tenant", "other").status, stage:domains("list", "--tenant", "other").out })
  end)

  it("disables and enables it, which the log tells with the reason", function()
    stage:verified(DOMAIN)
    assert.equal(0, stage:domains("disable", DOMAIN, "--reason", "unpaid").status)
    assert.matches("\n  sending   disabled\n", stage:domains("show", DOMAIN).out, 1, true)
    local again = stage:domains("enable", DOMAIN, "--json")
    assert.same({ 0, '{"domain":"mail.example.com","done":true}\n' }, { again.status, again.out })
    assert.matches("disabled [^\n]*reason=unpaid", stage:domains("events", DOMAIN).out)
  end)

  it("removes it when nothing uses it, and says what to do with its records", function()
    stage:verified(DOMAIN)
    stage:domains("use", DOMAIN, "sequence 17")
    local refused = stage:domains("remove", DOMAIN)
    assert.same({ 1, "" }, { refused.status, refused.out })
    assert.matches('^mailseal domains: [^\n]*"sequence 17"[^\n]*\n$', refused.err)
    assert.matches("domains release", refused.err, 1, true)
    assert.matches("domains unhold", refused.err, 1, true)
    assert.equal(0, stage:domains("release", DOMAIN, "sequence 17").status)
    local removed = stage:domains("remove", DOMAIN)
    assert.same({ 0, "" }, { removed.status, removed.err })
    assert.matches("\n  delete       CNAME  abc._domainkey.mail.example.com\n", removed.out, 1, true)
    assert.equal(1, stage:domains("show", DOMAIN).status)
  end)

  it("starts again with one whose time was over", function()
    stage:add(DOMAIN)
    stage.now = stage.now + 100 * HOUR
    assert.equal(0, stage:worker().status)
    local failed = stage:domains("verify", DOMAIN)
    assert.equal(1, failed.status)
    assert.matches("^mail%.example%.com: failed", stage:domains("show", DOMAIN).out)
    assert.matches("\n  why       its records were not all there in time: [^\n]*restart", stage:domains("show", DOMAIN).out)
    local again, status = stage:json("restart", DOMAIN)
    assert.same({ 75, "pending" }, { status, again[1].status })
  end)
end)
