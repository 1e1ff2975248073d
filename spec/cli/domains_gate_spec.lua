--- `mailseal domains`: what may be sent, what is held until it may, and how healthy a domain is.
local stages = require "spec.support.registry_stage"

local DOMAIN = "mail.example.com"

describe("mailseal domains", function()
  local stage

  before_each(function()
    stage = stages.new()
  end)

  after_each(function()
    stage:remove()
  end)

  it("decides: send, hold or refuse, each with a status of its own", function()
    local function decision(...)
      local result = stage:domains("decide", DOMAIN, ...)
      assert.equal("", result.err)
      return result.out, result.status
    end
    stage:add(DOMAIN)
    local out, status = decision()
    assert.matches("^refuse [^\n]*%(not_verified%)\n$", out)
    assert.equal(1, status)
    stage:verified "other.example.com"
    local records = stage:json("records", DOMAIN)
    stage:publish(records)
    stage:domains("verify", DOMAIN)
    assert.same({ 0 }, { (select(2, decision())) })
    stage:domains("disable", DOMAIN)
    out, status = decision "--json"
    assert.matches('^{"domain":"mail.example.com","decision":"hold","reason":"disabled","text":"[^"]+"}\n$', out)
    assert.equal(75, status)
    local list
    list, status = stage:json("decide", DOMAIN, "--tenant", "other")
    assert.same({ 1, "refuse", "not_found" }, { status, list[1].decision, list[1].reason })
  end)

  it("holds mail in order, and releases each once when the domain may send again", function()
    stage:verified(DOMAIN)
    stage:domains("disable", DOMAIN)
    assert.equal("mail.example.com: 3 held\n", stage:domains("hold", DOMAIN, "m1", "m2", "m3").out)
    assert.equal("mail.example.com: 1 held, 1 held already, or named twice\n", stage:domains("hold", DOMAIN, "m2", "m4").out)
    local list, status = stage:json("held", DOMAIN)
    assert.equal(0, status)
    assert.same({ "m1", "m2", "m3", "m4" }, { list[1].mail, list[2].mail, list[3].mail, list[4].mail })
    list = stage:json("held", DOMAIN, "--after", ("%d"):format(list[2].position), "--limit", "1")
    assert.same({ 1, "m3" }, { #list, list[1].mail })
    stage:domains("enable", DOMAIN)
    assert.equal("", stage:domains("held", DOMAIN).out)
    local released = stage:json "released"
    assert.same({ "m1", "m2", "m3", "m4" }, { released[1].mail, released[2].mail, released[3].mail, released[4].mail })
    assert.matches("^ +%d+  %d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d UTC  mail%.example%.com  m1\n", stage:domains("released").out)
    assert.equal("2 forgotten\n", stage:domains("released", "--forget", ("%d"):format(released[2].id)).out)
    assert.equal("m3", stage:json "released"[1].mail)
    stage:domains("enable", DOMAIN)
    assert.equal(2, #stage:json "released")
  end)

  it("holds again what was held without an answer, but for what has been released since", function()
    stage:verified(DOMAIN)
    stage:domains("hold", DOMAIN, "m1", "m2")
    stage:domains("disable", DOMAIN)
    assert.equal("mail.example.com: 1 held, 1 held already, or on its way\n", stage:domains("hold", DOMAIN, "m1", "m2", "--after", "1").out)
    assert.equal("m1", stage:json("held", DOMAIN)[1].mail)
  end)

  it("says that mail of a domain that may send is not kept", function()
    stage:verified(DOMAIN)
    assert.equal("mail.example.com: 1 held; the domain may send, so it is released at once\n", stage:domains("hold", DOMAIN, "m1").out)
    assert.equal("m1", stage:json "released"[1].mail)
  end)

  it("calls held mail off", function()
    stage:verified(DOMAIN)
    stage:domains("disable", DOMAIN)
    stage:domains("hold", DOMAIN, "m1", "m2", "m3")
    assert.equal(1, stage:domains("remove", DOMAIN).status)
    assert.equal("mail.example.com: 2 called off\n", stage:domains("unhold", DOMAIN, "m1", "m3", "m4").out)
    local list, status = stage:json("unhold", DOMAIN, "m2")
    assert.same({ 0, { { domain = DOMAIN, called_off = 1 } } }, { status, list })
    assert.equal(1, stage:domains("unhold", "other.example.com", "m2").status)
    assert.equal(0, stage:domains("remove", DOMAIN).status)
  end)

  it("lets go all that is held, of a domain that may send", function()
    stage:verified(DOMAIN)
    stage:domains("disable", DOMAIN)
    local mails = {}
    for i = 1, 1001 do mails[i] = "m" .. i end
    stage:domains { "hold", DOMAIN, (table.unpack or unpack)(mails) } -- luacheck: ignore
    assert.equal("mail.example.com: 0 released\n", stage:domains("release-holds", DOMAIN).out)
    stage:domains("enable", DOMAIN)
    assert.same({ { domain = DOMAIN, released = 1 } }, (stage:json("release-holds", DOMAIN)))
    assert.equal("m1001", stage:json("released", "--after", "1000")[1].mail)
  end)

  it("forgets what was reported where it is told to", function()
    stage:verified(DOMAIN)
    stage:domains("report", DOMAIN, "--delivered", "2000", "--bounced", "300")
    local result = stage:domains("reset-health", DOMAIN)
    assert.same({ 0, "mail.example.com: what was reported is forgotten\n" }, { result.status, result.out })
    assert.matches("^mail%.example%.com: healthy\n", stage:domains("health", DOMAIN).out)
  end)

  it("takes reports, and tells what they come to", function()
    stage:verified(DOMAIN)
    local result = stage:domains("report", DOMAIN, "--delivered", "2000", "--bounced", "300", "--complained", "1")
    assert.same({ 0, "mail.example.com: critical\n" }, { result.status, result.out })
    local shown = stage:domains("health", DOMAIN).out
    assert.matches("^mail%.example%.com: critical", shown)
    assert.matches("\n  bounced            300   %d+%.%d%d %%\n", shown)
    local list, status = stage:json("health", DOMAIN)
    assert.same({ 0, "critical", 2000, 300 }, { status, list[1].health, list[1].delivered, list[1].bounced })
    assert.matches("\n *health +critical: throttled\n", stage:domains("show", DOMAIN).out)
    assert.equal("throttled", stage:json("show", DOMAIN)[1].restriction)
  end)

  it("names who uses a domain once, however often that is told", function()
    stage:add(DOMAIN)
    for _ = 1, 2 do
      local result = stage:domains("use", DOMAIN, "sequence 17")
      assert.same({ 0, "mail.example.com: used by sequence 17\n" }, { result.status, result.out })
    end
    assert.equal(1, stage:domains("remove", DOMAIN).status)
    assert.equal(0, stage:domains("release", DOMAIN, "sequence 17").status)
    assert.equal(0, stage:domains("remove", DOMAIN).status)
  end)
end)
