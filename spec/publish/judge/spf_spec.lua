local planned = require "spec.support.planned"

local function wanted(more)
  local record = {
    id = "spf", type = "TXT", name = "example.com", value = "v=spf1 include:_spf.esp.example ~all", include = "_spf.esp.example",
    match = "spf_include", required = true, purpose = "spf",
  }
  for name, value in pairs(more or {}) do record[name] = value end
  return record
end

local function make(text, more, facts) return planned.make({ wanted(more) }, text, facts) end
local function after(plan) return planned.after(plan, "example.com", "TXT") end

describe("publishing SPF", function()
  it("adds the record where there is none, beside other texts", function()
    local plan = make 'example.com 300 TXT "some" "thing"'
    assert.same({ '"some" "thing"', '"v=spf1 include:_spf.esp.example ~all"' }, after(plan))
    assert.equal("change", plan.steps[1].action)
  end)

  it("puts the include in front of all, and keeps order, qualifiers, modifiers, white space and the TTL", function()
    local plan = make [[
      example.com 77 TXT "one" "two"
      example.com 77 TXT "v=spf1 mx  a:x.example ?include:b.example exp=e.example -all"
      example.com 77 TXT "\"three\" \195\164"
    ]]
    assert.same({
      '"one" "two"', '"v=spf1 mx  a:x.example ?include:b.example exp=e.example include:_spf.esp.example -all"', '"\\"three\\" \\195\\164"',
    }, after(plan))
    assert.equal(77, plan.changes["example.com"][1].after.ttl)
  end)

  it("puts it in front of a redirect, which then is for all others", function()
    assert.same({ '"v=spf1 include:_spf.esp.example redirect=_spf.x.example"' },
      after(make 'example.com 300 TXT "v=spf1 redirect=_spf.x.example"'))
  end)

  it("keeps a record that includes it, however it is split and written", function()
    planned.quiet(make 'example.com 300 TXT "v=spf1 include:_SPF.esp" ".example. -all"')
    planned.quiet(make 'example.com 300 TXT "V=SPF1 redirect=_spf.esp.example"')
    planned.quiet(make('example.com 300 TXT "v=spf1 include:mine.example -all"', nil, {
      spf = { ["mine.example"] = { lookups = 1, includes = { "_spf.esp.example" } } },
    }))
    planned.quiet(make('example.com 300 TXT "v=spf1 include:mine.example -all"', { status = "found" }))
  end)

  it("splits a record anew that has grown too long for one string", function()
    local terms = {}
    for i = 1, 12 do terms[i] = ("ip4:192.0.2.%d"):format(i + 100) end
    local text = "v=spf1 " .. table.concat(terms, " ") .. (" "):rep(40) .. "-all"
    local values = after(make(('example.com 300 TXT "%s"'):format(text)))
    assert.equal(1, #values)
    assert.matches('^"[^"]+" "[^"]+"$', values[1])
    assert.matches("192.0.2.112 +include:_spf.esp.example %-all", (values[1]:gsub('" "', "")))
  end)

  it("moves an include that stands behind all, where it never counts", function()
    assert.same({ '"v=spf1 mx include:_spf.esp.example -all"' },
      after(make 'example.com 300 TXT "v=spf1 mx -all include:_spf.esp.example"'))
  end)

  it("asks before a domain that sends no mail sends some", function()
    local plan = planned.asks(make 'example.com 300 TXT "v=spf1 -all"', "spf_sends_no_mail@example.com")
    assert.same({ '"v=spf1 include:_spf.esp.example -all"' }, after(plan))
  end)

  it("asks before an include that is turned down is let through", function()
    local plan = planned.asks(make 'example.com 300 TXT "v=spf1 -include:_spf.esp.example ~all"', "spf_qualified_sender@example.com")
    assert.same({ '"v=spf1 include:_spf.esp.example ~all"' }, after(plan))
    assert.equal("The sign in front of -include:_spf.esp.example says that mail from there is not, or not surely, from this domain.",
      plan.steps[1].text)
  end)

  it("asks where what is wanted stands behind a term that says something else of it", function()
    local plan = planned.asks(make 'example.com 300 TXT "v=spf1 ?include:_spf.esp.example mx include:_spf.esp.example ~all"',
      "spf_qualified_sender@example.com")
    assert.same({ '"v=spf1 include:_spf.esp.example mx include:_spf.esp.example ~all"' }, after(plan))
    assert.equal("keep", make('example.com 300 TXT "v=spf1 include:_spf.esp.example ?include:_spf.esp.example ~all"').steps[1].action)
  end)

  it("asks before several records are made one", function()
    local plan = planned.asks(make [[
      example.com 300 TXT "v=spf1 include:a.example ~all"
      example.com 300 TXT "kept"
      example.com 300 TXT "v=spf1 ip4:192.0.2.1 -all"
    ]], "spf_two_records@example.com")
    assert.same({ '"v=spf1 include:a.example ip4:192.0.2.1 include:_spf.esp.example ~all"', '"kept"' }, after(plan))
  end)

  it("asks before a record is mended that nobody can read, and keeps of it what can be", function()
    local plan = planned.asks(make 'example.com 300 TXT "v=spf1 include:a.example, ip4:192.0.2.0/33 mx -all"', "spf_comma@example.com")
    assert.same({ '"v=spf1 include:a.example mx include:_spf.esp.example -all"' }, after(plan))
    plan = planned.asks(make 'example.com 300 TXT "spf1 include:a.example -all"', "spf_wrong_version@example.com")
    assert.same({ '"v=spf1 include:a.example include:_spf.esp.example -all"' }, after(plan))
  end)

  it("takes no text for a record that is another service's", function()
    local plan = make 'example.com 300 TXT "spf13-verification=1"'
    assert.same({ '"spf13-verification=1"', '"v=spf1 include:_spf.esp.example ~all"' }, after(plan))
  end)

  it("asks where receivers would have to make more than ten look-ups", function()
    local facts = { spf = { ["a.example"] = { lookups = 6 }, ["_spf.esp.example"] = { lookups = 2 } } }
    local plan = planned.asks(make('example.com 300 TXT "v=spf1 mx include:a.example -all"', nil, facts),
      "spf_too_many_lookups@example.com")
    assert.matches("takes 11 DNS look%-ups", plan.steps[1].text)
    facts.spf["a.example"].lookups = 5
    assert.same({ '"v=spf1 mx include:a.example include:_spf.esp.example -all"' },
      after(make('example.com 300 TXT "v=spf1 mx include:a.example -all"', nil, facts)))
  end)

  it("asks twice where two things are in the way", function()
    local facts = { spf = { ["_spf.esp.example"] = { lookups = 10 } } }
    local plan = make('example.com 300 TXT "v=spf1 -all"', nil, facts)
    assert.equal("spf_sends_no_mail@example.com", plan.conflicts[1].consent)
    local plans = require "mailseal.publish.plan"
    local none, _, _, missing = plans.consented(plan, { "spf_sends_no_mail@example.com" })
    assert.same({ nil, { "spf_too_many_lookups@example.com" } }, { none, missing })
    local agreed = assert(plans.consented(plan, { "spf_sends_no_mail@example.com", "spf_too_many_lookups@example.com" }))
    assert.same({ '"v=spf1 include:_spf.esp.example -all"' }, after(agreed))
  end)

  it("puts the new include in the place of the one that was right before", function()
    local plan = make('example.com 300 TXT "v=spf1 mx include:old.esp.example a -all"', {
      migrations = { { from = "include:old.esp.example", to = "include:_spf.esp.example" } },
    })
    assert.same({ '"v=spf1 mx include:_spf.esp.example a -all"' }, after(plan))
    assert.equal("record_migrating", plan.steps[1].code)
  end)

  it("takes any record where none in particular is wanted, but one that says that no mail is sent", function()
    local record = wanted { value = "v=spf1 mx -all" }
    record.include = nil
    planned.quiet(planned.make({ record }, 'example.com 300 TXT "v=spf1 a ?all"'))
    record.status = "found"
    planned.quiet(planned.make({ record }, 'example.com 300 TXT "v=spf1 a ?all"'))
    local plan = planned.asks(planned.make({ record }, 'example.com 300 TXT "v=spf1 -all"'), "spf_sends_no_mail@example.com")
    assert.same({ '"v=spf1 mx -all"' }, after(plan))
  end)

  it("puts the includes of two services into one record", function()
    local plan = planned.make({ wanted(), wanted { id = "other", include = "b.example", value = "v=spf1 include:b.example -all" } }, "")
    assert.same({ '"v=spf1 include:_spf.esp.example include:b.example ~all"' }, after(plan))
    assert.equal(1, #plan.changes["example.com"])
  end)

  it("leaves alone what is in the way of a record that is not required", function()
    local plan = planned.quiet(make('example.com 300 TXT "v=spf1 -all"', { required = false }))
    assert.equal("leave", plan.steps[1].action)
    assert.equal("spf_sends_no_mail", plan.steps[1].code)
  end)
end)
