local drift = require "mailseal.onboard.drift"

local records = {
  { id = "dkim", type = "TXT", name = "s1._domainkey.example.com", match = "dkim_key", required = true },
  { id = "mail", type = "CNAME", name = "em.example.com", match = "cname_target", required = true },
  { id = "dmarc", type = "TXT", name = "_dmarc.example.com", match = "dmarc_any_valid", required = false },
}

-- What is told of the key when it was so and is so now: the words.
local function told(before, after)
  local list = drift.compare(records, before and { dkim = before }, { dkim = after })
  return list[1] and list[1].what, #list
end

local function seen(status, found, codes) return { status = status, found = found, findings = codes } end

describe("onboard.drift", function()
  it("tells nothing at the first look", function()
    assert.is_nil(told(nil, seen "missing"))
    assert.is_nil(told(nil, seen("found", "k")))
  end)

  it("tells nothing where nothing has changed", function()
    assert.is_nil(told(seen("found", "k"), seen("found", "k")))
    assert.is_nil(told(seen "missing", seen "missing"))
    assert.is_nil(told(seen "missing", seen "mismatch"))
  end)

  it("tells that a record is gone, with all that is known of it", function()
    assert.same({
      {
        record = "dkim", name = "s1._domainkey.example.com", type = "TXT", required = true, what = "record_missing",
        status = "missing", before = "found", findings = { "record_missing" },
      },
    }, drift.compare(records, { dkim = seen("found", "k") }, { dkim = seen("missing", nil, { "record_missing" }) }))
  end)

  it("tells that a key was replaced or revoked, and that a CNAME's target is dead", function()
    assert.equal("key_replaced", told(seen("found", "k"), seen("mismatch", "other", { "dkim_wrong_key" })))
    assert.equal("key_revoked", told(seen("found", "k"), seen("mismatch", "", { "dkim_revoked" })))
    assert.equal("target_dead", told(seen("found", "t"), seen("missing", "t", { "cname_dangling", "cname_target_missing" })))
  end)

  it("tells that a record is another one now", function()
    assert.equal("record_changed", told(seen("found", "k"), seen("mismatch", "x", { "record_altered" })))
    assert.equal("record_changed", told(seen("found", "k"), seen("conflicting", "x", { "cname_and_other" })))
    assert.equal("record_migrating", told(seen("found", "k"), seen("migrating", "old")))
  end)

  it("tells of a key whose value nobody expects that it is another, and of any other text that it has changed", function()
    assert.equal("key_replaced", told(seen("found", "k1"), seen("found", "k2")))
    local list = drift.compare(records, { dmarc = seen("found", "p=none") }, { dmarc = seen("found", "p=reject") })
    assert.equal("record_changed", list[1].what)
    assert.is_false(list[1].required)
  end)

  it("tells that a record is there again", function()
    assert.equal("recovered", told(seen "missing", seen("found", "k")))
    assert.equal("recovered", told(seen("migrating", "old"), seen("found", "k")))
  end)

  it("tells of each record by itself", function()
    local list = drift.compare(records, { dkim = seen "found", mail = seen "found", dmarc = seen "found" },
      { dkim = seen "missing", mail = seen "missing", dmarc = seen "found" })
    assert.equal(2, #list)
    assert.equal("dkim", list[1].record)
    assert.equal("mail", list[2].record)
  end)

  it("takes what DNS did not say for no change, and remembers over it how it was", function()
    assert.is_nil(told(seen("found", "k"), seen "unknown"))
    assert.is_nil(told(seen("found", "k"), seen "propagating"))
    local known = drift.merge(records, { dkim = seen("found", "k") }, { dkim = seen "unknown" })
    known = drift.merge(records, known, { dkim = seen "propagating" })
    assert.equal("propagating", known.dkim.status)
    assert.equal("found", known.dkim.known)
    assert.is_nil(told(known.dkim, seen("found", "k")))
    assert.equal("key_replaced", told(known.dkim, seen("found", "k2")))
    assert.equal("record_missing", told(known.dkim, seen "missing"))
  end)

  it("keeps what a look did not look at", function()
    local known = drift.merge(records, { dkim = seen("found", "k"), dmarc = seen("found", "p=none") }, { dkim = seen "missing" })
    assert.equal("missing", known.dkim.status)
    assert.equal("p=none", known.dmarc.found)
  end)

  it("forgets what is no longer a record of the domain", function()
    local known = drift.merge(records, { dkim = seen("found", "k"), old = seen "found" }, { older = seen "found" })
    assert.same({ dkim = seen("found", "k") }, known)
  end)

  it("keeps what was found out about a record that a glance sees as it was, and not of one that has changed", function()
    local before = { dkim = seen("found", "k", { "dkim_testing" }) }
    assert.same({ "dkim_testing" }, drift.merge(records, before, { dkim = { status = "found", found = "k" } }).dkim.findings)
    assert.is_nil(drift.merge(records, { dkim = seen("missing", nil, { "x" }) }, { dkim = { status = "found" } }).dkim.findings)
    assert.same({}, drift.merge(records, before, { dkim = seen("found", "k", {}) }).dkim.findings)
  end)

  it("knows a look that has seen nothing new", function()
    local before = { dkim = seen("found", "k"), dmarc = seen("found", "p=none") }
    assert.is_true(drift.is_same(before, { dkim = seen("found", "k") }))
    assert.is_false(drift.is_same(before, { dkim = seen("found", "k2") }))
    assert.is_false(drift.is_same(before, { dkim = seen "missing" }))
    assert.is_false(drift.is_same(before, { dkim = seen("found", "k"), mail = seen "found" }))
    assert.is_false(drift.is_same(nil, { dkim = seen "found" }))
    assert.is_false(drift.is_same({ dkim = { status = "found", known = "missing" } }, { dkim = seen "found" }))
  end)
end)
