--- The suite of ../shared/data/suites/dmarc, which is read from there: discovery of the policy (RFC 9989 §4.10).
local dmarc = require "mailseal.dmarc"
local dns = require "mailseal.dns"
local suite = require "spec.support.suite"

-- Where the suite and the standard's text differ, the text wins.
local by_the_text = {
  -- The suite has no DMARC take place, as one of its sources does. §4.10, step 2: "If multiple DMARC Policy Records are returned for a
  -- single target, they are all discarded." Only a single record with psd= stops the walk; steps 3 to 7 go on to the parent.
  ["multiple-records"] = { record_at = "example.com", org = "example.com", effective_policy = "none" },
}

describe("the DMARC suite", function()
  local cases, cause = suite.dmarc()
  if not cases then
    pending("is not there: " .. cause)
    return
  end

  for _, case in ipairs(cases) do
    local expected = by_the_text[case.id] or case
    it("finds what applies: " .. case.id, function()
      local resolver = assert(dns.resolver { zone = case.zone })
      local found = assert(dmarc.discover(case.author, { resolver = resolver }))
      assert.equal(expected.record_at and "found" or "none", found.result)
      assert.equal(expected.record_at, found.record_domain)
      assert.equal(expected.effective_policy, found.policy)
      if expected.org then
        assert.equal(expected.org, found.organizational_domain)
      end
      if expected.queries then
        assert.same(expected.queries, found.queries)
      end
    end)
  end

  it("is whole, and has the cases that the text decides otherwise", function()
    local left = {}
    for id in pairs(by_the_text) do
      left[id] = true
    end
    for _, case in ipairs(cases) do
      left[case.id] = nil
    end
    assert.same({}, left)
    assert.is_true(#cases >= 18)
  end)
end)
