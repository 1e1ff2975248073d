--- DMARC records written and changed.
local dmarc = require "mailseal.record.dmarc"
local record = require "mailseal.record"

local function code_of(_, message, code)
  assert.is_string(message)
  return code
end

describe("a DMARC record is written", function()
  it("from the fields that are not as they are anyway", function()
    assert.equal("v=DMARC1; p=none", record.write("dmarc", { policy = "none" }))
    assert.equal("v=DMARC1; p=reject", record.write("dmarc", {
      policy = "reject", testing = false, psd = "u", dkim_alignment = "relaxed", spf_alignment = "relaxed", failure_options = { "0" },
      aggregate_reports = {},
    }))
    assert.equal("v=DMARC1; p=reject; sp=none; np=reject; adkim=s; aspf=s; t=y; psd=n; rua=mailto:a@b.example,mailto:c@d.example; fo=1:d",
      record.write("dmarc", {
        policy = "reject", subdomain_policy = "none", nonexistent_policy = "reject", dkim_alignment = "strict", spf_alignment = "strict",
        testing = true, psd = "n", aggregate_reports = { "a@b.example", "mailto:c@d.example" }, failure_options = { "1", "d" },
      }))
  end)

  it("as it was read", function()
    for _, text in ipairs {
      "v=DMARC1; p=none",
        "v=DMARC1; p=quarantine; sp=reject; np=none; adkim=s; t=y; psd=y; rua=mailto:a@b.example; ruf=https://x.example/; fo=0:s",
    } do
      assert.equal(text, record.write("dmarc", assert(record.parse("dmarc", text))))
    end
  end)

  it("with addresses encoded, and their domains in A-labels", function()
    local text = record.write("dmarc", { policy = "none", aggregate_reports = { "a,b;c!d%e f?#@bücher.example", {
      uri = "mailto:x@y.example" } } })
    assert.equal("v=DMARC1; p=none; rua=mailto:a%2Cb%3Bc%21d%25e%20f%3F%23@xn--bcher-kva.example,mailto:x@y.example", text)
    assert.equal(2, #record.parse("dmarc", text).aggregate_reports)
    assert.equal("v=DMARC1; p=none; rua=mailto:a@b.example", record.write("dmarc", { policy = "none",
      aggregate_reports = "a@b.example" }))
  end)

  it("not from what no receiver would read", function()
    for code, fields in pairs {
      bad_policy = { { }, { policy = "monitor" }, { policy = "none", subdomain_policy = "x" }, { policy = "none; p=reject" }, {
        policy = true } },
      bad_address = {
        { policy = "none", aggregate_reports = { "nobody" } }, { policy = "none", aggregate_reports = { "a@b..c" } },
        { policy = "none", aggregate_reports = { "mailto:a@b.example; p=reject" } }, { policy = "none", failure_reports = {
          "mailto:a@b.example,x" } },
        { policy = "none", failure_reports = { {} } }, { policy = "none", failure_reports = { "mailto:a@b.example!10m,mailto:c" } },
        { policy = "none", failure_reports = 5 },
      },
      bad_value = {
        { policy = "none", dkim_alignment = "s" }, { policy = "none", testing = "y" }, { policy = "none", psd = "x" },
        { policy = "none", failure_options = { "0", "1" } }, { policy = "none", failure_options = { "x" } }, { policy = "none",
          failure_options = "1; p=none" },
        { policy = "none", failure_options = {} }, { policy = "none", failure_options = { {} } },
      },
    } do
      for i, record_fields in ipairs(fields) do
        assert.equal(code, code_of(record.write("dmarc", record_fields)), code .. i)
      end
    end
    assert.has_error(function() record.write("dmarc", "v=DMARC1") end)
  end)
end)

describe("a DMARC record is changed", function()
  local text = "v=DMARC1;p=none ; odd=1; rua=mailto:a@b.example!10m;"

  it("in the tags named, and nowhere else", function()
    assert.equal("v=DMARC1;p=quarantine; odd=1; rua=mailto:a@b.example!10m;", dmarc.edit(text, { policy = "quarantine" }))
    assert.equal("v=DMARC1;p=none ; odd=1; rua=mailto:a@b.example!10m; t=y;", dmarc.edit(text, { testing = true }))
    assert.equal("v=DMARC1;p=none ; odd=1; rua=mailto:c@b.example;", dmarc.edit(text, { aggregate_reports = { "c@b.example" } }))
    assert.equal("v=DMARC1;p=none; sp=reject", dmarc.edit("v=DMARC1;p=none", { subdomain_policy = "reject" }))
    assert.equal(text, dmarc.edit(text, {}))
    assert.equal("v=DMARC1; p=none; adkim=s; rua=mailto:%25@b.example", dmarc.edit("v=DMARC1; p=none; adkim=r; rua=x",
      { dkim_alignment = "strict", aggregate_reports = "%@b.example" }))
  end)

  it("by taking tags away", function()
    assert.equal("v=DMARC1;p=none ; odd=1;", dmarc.edit(text, { aggregate_reports = false }))
    assert.equal("v=DMARC1; p=none", dmarc.edit("v=DMARC1; t=y; p=none", { testing = false }))
    assert.equal("v=DMARC1; p=none", dmarc.edit("v=DMARC1; p=none; sp=reject", { subdomain_policy = false }))
    assert.equal("v=DMARC1; p=none", dmarc.edit("v=DMARC1; p=none", { nonexistent_policy = false }))
  end)

  it("by putting in a policy that was missing or wrong", function()
    assert.equal("v=DMARC1; p=none; rua=mailto:a@b.example", dmarc.edit("v=DMARC1; rua=mailto:a@b.example", { policy = "none" }))
    assert.equal("v=DMARC1; p=none", dmarc.edit("v=DMARC1; p=", { policy = "none" }))
    assert.equal("v=DMARC1; p=none", dmarc.edit("v=DMARC1", { policy = "none" }))
  end)

  it("where it is one", function()
    assert.equal("dmarc_not_a_record", code_of(dmarc.edit("v=spf1 -all", { policy = "none" })))
    assert.equal("dmarc_syntax", code_of(dmarc.edit("v=DMARC1; p=none; p=none", { policy = "none" })))
    assert.equal("bad_policy", code_of(dmarc.edit(text, { policy = "x" })))
    assert.has_error(function() dmarc.edit(text, { polcy = "none" }) end, "no field of a DMARC record that can be changed: polcy")
    assert.has_error(function() dmarc.edit(text) end)
  end)
end)

describe("a report authorisation is written", function()
  it("with other addresses or without", function()
    assert.equal("v=DMARC1", record.write("dmarc_report", {}))
    assert.equal("v=DMARC1; rua=mailto:a@b.example", record.write("dmarc_report", { aggregate_reports = "a@b.example", policy = "none" }))
    assert.equal("bad_address", code_of(record.write("dmarc_report", { failure_reports = "x" })))
    assert.has_error(function() record.write("dmarc_report") end)
  end)
end)
