local planned = require "spec.support.planned"
local record = require "mailseal.record"
local sets = require "mailseal.publish.sets"

local function wanted(domain, more)
  local one = {
    id = "dmarc", type = "TXT", name = "_dmarc." .. domain, value = "v=DMARC1; p=none", match = "dmarc_any_valid", required = true,
    purpose = "dmarc",
  }
  for name, value in pairs(more or {}) do one[name] = value end
  return one
end

local function make(text, more) return planned.make({ wanted "example.com" }, text, more) end
local function below(text, more) return planned.make({ wanted "mail.example.com" }, text, more) end
local function after(plan) return planned.after(plan, "_dmarc.example.com", "TXT") end

describe("publishing DMARC", function()
  it("adds a record where none applies", function()
    assert.same({ '"v=DMARC1; p=none"' }, after(make ""))
    local plan = below("", { dmarc = { result = "none" } })
    assert.same({ '"v=DMARC1; p=none"' }, planned.after(plan, "_dmarc.mail.example.com", "TXT"))
  end)

  it("keeps the one that is there, whatever it asks for", function()
    for _, text in ipairs { "v=DMARC1; p=reject; rua=mailto:a@b.example", "v=DMARC1;p=none", "v=DMARC1; rua=mailto:a@b.example" } do
      local plan = planned.quiet(make(('_dmarc.example.com 60 TXT "%s"'):format(text)))
      assert.equal("keep", plan.steps[1].action)
    end
  end)

  it("adds none below a domain whose policy applies, in the same zone or in another", function()
    planned.quiet(below '_dmarc.example.com 60 TXT "v=DMARC1; p=reject"')
    planned.quiet(below '_dmarc.example.com 60 TXT "v=DMARC1; p=none; sp=quarantine"')
    local plan = planned.quiet(below("", { dmarc = { result = "found", policy = "quarantine", record_domain = "com" } }))
    assert.equal("keep", plan.steps[1].action)
    assert.matches("policy of com %(p=quarantine%) applies", plan.steps[1].text)
  end)

  it("adds none at the organization's name where the domain below has its own", function()
    planned.quiet(make("", { dmarc = { result = "found", policy = "none", record_domain = "mail.example.com" } }))
    planned.quiet(make '_dmarc.mail.example.com 60 TXT "v=DMARC1; p=reject"')
  end)

  it("adds one where DNS only remembers the one that was there", function()
    assert.is_table(after(make("", { dmarc = { result = "found", policy = "none", record_domain = "example.com" } })))
  end)

  it("adds none where a wildcard's record answers", function()
    planned.quiet(below '*.example.com 60 TXT "v=DMARC1; p=reject"')
    assert.is_table(planned.after(below '*.example.com 60 TXT "something else"', "_dmarc.mail.example.com", "TXT"))
  end)

  it("adds none as long as DNS does not say whether one applies", function()
    local plan = planned.quiet(below("", { dmarc = { result = "temperror" } }))
    assert.equal("leave", plan.steps[1].action)
  end)

  it("keeps one at the end of a CNAME", function()
    local one = wanted("example.com", { status = "found" })
    planned.quiet(planned.make({ one }, "_dmarc.example.com 60 CNAME dmarc.service.example."))
    planned.quiet(make("_dmarc.example.com 60 CNAME dmarc.service.example.", {
      dmarc = { result = "found", policy = "none", record_domain = "example.com" },
    }))
  end)

  it("leaves a CNAME alone that leads to none, where a policy applies all the same, and else asks", function()
    local text = "_dmarc.mail.example.com 60 CNAME gone.example.\n"
    planned.quiet(below(text .. '_dmarc.example.com 60 TXT "v=DMARC1; p=reject"'))
    planned.asks(below(text), "cname_in_the_way@_dmarc.mail.example.com")
  end)

  it("asks before one of several is kept, and keeps the strictest as it is written", function()
    local plan = planned.asks(make [[
      _dmarc.example.com 60 TXT "v=DMARC1; p=none"
      _dmarc.example.com 60 TXT "v=DMARC1;" "p=reject"
      _dmarc.example.com 60 TXT "another text"
    ]], "dmarc_two_records@_dmarc.example.com")
    assert.same({ '"v=DMARC1;" "p=reject"', '"another text"' }, after(plan))
  end)

  it("merges several where none asks for all that they ask for together", function()
    for merged, records in pairs {
      ["v=DMARC1; p=reject; sp=reject"] = { "v=DMARC1; p=reject; sp=none", "v=DMARC1; p=none; sp=reject" },
      ["v=DMARC1; p=quarantine; np=reject; rua=mailto:a@b.example"] = {
        "v=DMARC1; p=none; np=reject; rua=mailto:a@b.example", "v=DMARC1; p=quarantine",
      },
      ["v=DMARC1; p=reject"] = { "v=DMARC1; p=reject; t=y", "v=DMARC1; p=quarantine" },
      ["v=DMARC1; p=reject; adkim=s"] = { "v=DMARC1; p=reject; pct=10; adkim=s", "v=DMARC1; p=none" },
      ["v=DMARC1; p=quarantine; adkim=r"] = { "v=DMARC1; p=quarantine; sp=none", "v=DMARC1; p=quarantine; adkim=r" },
      ["v=DMARC1; p=reject; t=y"] = { "v=DMARC1; p=reject; t=y", "v=DMARC1; p=none; pct=5" },
    } do
      local plan = planned.asks(make(('_dmarc.example.com 60 TXT "%s"\n_dmarc.example.com 60 TXT "%s"'):format(records[1], records[2])),
        "dmarc_two_records@_dmarc.example.com")
      assert.same({ '"' .. merged .. '"' }, after(plan))
    end
  end)

  it("asks before a broken one is mended, and keeps what it asked for", function()
    local plan = planned.asks(make '_dmarc.example.com 60 TXT "v=DMARC1; p=reject; p=none; rua=mailto:a@b.example"',
      "tag_duplicate@_dmarc.example.com")
    assert.same({ '"v=DMARC1; p=reject; rua=mailto:a@b.example"' }, after(plan))
    plan = planned.asks(make '_dmarc.example.com 60 TXT "v=dmarc1; p=quarantine"', "dmarc_version_case@_dmarc.example.com")
    assert.same({ '"v=DMARC1; p=quarantine"' }, after(plan))
    plan = planned.asks(make '_dmarc.example.com 60 TXT "v=DMARC1; pp=reject"', "dmarc_missing_policy@_dmarc.example.com")
    assert.same({ '"v=DMARC1; p=none"' }, after(plan))
  end)

  it("leaves broken ones alone where receivers pass over them and a domain above has one", function()
    local plan = planned.quiet(below [[
      _dmarc.example.com 60 TXT "v=DMARC1; p=reject"
      _dmarc.mail.example.com 60 TXT "v=DMARC1; p=none; p=none"
    ]])
    assert.same({ "leave", "tag_duplicate" }, { plan.steps[1].action, plan.steps[1].code })
  end)

  it("leaves several alone where the domain below has its own", function()
    local plan = planned.quiet(make [[
      _dmarc.example.com 60 TXT "v=DMARC1"
      _dmarc.example.com 60 TXT "v=DMARC1; p=none"
      _dmarc.mail.example.com 60 TXT "v=DMARC1; p=none; sp=reject"
    ]])
    assert.same({ "leave", "dmarc_two_records" }, { plan.steps[1].action, plan.steps[1].code })
  end)

  it("never mends to a weaker policy than that of the domain above", function()
    local plan = below [[
      _dmarc.example.com 60 TXT "v=DMARC1; p=reject; sp=quarantine"
      _dmarc.mail.example.com 60 TXT "v=DMARC1"
    ]]
    local agreed = planned.asks(plan, "dmarc_missing_policy@_dmarc.mail.example.com")
    assert.same({ '"v=DMARC1; p=quarantine"' }, planned.after(agreed, "_dmarc.mail.example.com", "TXT"))
  end)

  it("leaves alone what is in the way of a record that is not required", function()
    local plan = planned.quiet(planned.make({ wanted("example.com", { required = false }) },
      '_dmarc.example.com 60 TXT "v=DMARC1; p=none; p=none"'))
    assert.equal("leave", plan.steps[1].action)
  end)

  it("mends whatever is written into one record that can be used", function()
    local mending = require "mailseal.publish.judge.dmarc_mending"
    for _, text in ipairs {
      "v=DMARC1 p=reject", "DMARC1; p = Quarantine", "v=DMARC1; p=reject; sp=foo", "v=DMARC1; rua=nobody; p=none", "v=DMARC1;;;",
      "\"v=DMARC1; p=none\"", "v=DMARC1; p=none; rua=mailto:a@b.example, mailto:c@d.example; fo=x",
    } do
      local new = mending.mend({ { text = text } }, "v=DMARC1; p=none")
      assert.is_table(record.parse("dmarc", new), new)
      assert.same(text:lower():match "p%s*=%s*(%l+)" or "none", record.parse("dmarc", new).policy, text)
      assert.is_string(sets.text(new))
    end
  end)
end)
