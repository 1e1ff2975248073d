--- mailseal.dmarc.report_authorised: where reports may go (RFC 9989 §11.6, RFC 7489 §7.1).
local dmarc = require "mailseal.dmarc"
local dns = require "mailseal.dns"

local function ask(domain, destination, names)
  local zone = {}
  for name, texts in pairs(names or {}) do
    zone[name] = {}
    for i, text in ipairs(type(texts) == "table" and texts or { texts }) do
      zone[name][i] = text == "timeout" and { error = text } or { type = "TXT", data = text, ttl = 300 }
    end
  end
  local resolver = assert(dns.resolver { zone = zone, now = function() return 1000 end })
  return assert(dmarc.report_authorised(domain, destination, { resolver = resolver }))
end

local PLACE = "example.com._report._dmarc.third.example"

describe("dmarc.report_authorised", function()
  it("lets reports go to the domain itself, and within its organization, without a record", function()
    assert.same({ "authorised", "same_domain" }, { ask("example.com", "Example.com.").result, ask("example.com", "example.com").reason })
    for _, pair in ipairs { { "example.com", "a.example.com" }, { "a.example.com", "example.com" }, { "a.example.com",
      "b.example.com" } } do
      local found = ask(pair[1], pair[2], { ["_dmarc.example.com"] = "v=DMARC1; p=none" })
      assert.same({ "authorised", "same_organization" }, { found.result, found.reason })
    end
    assert.equal("refused", ask("a.example.com", "b.example.com").result)
    assert.equal("refused", ask("a.example.com", "b.example.com", {
      ["_dmarc.example.com"] = "v=DMARC1; p=none", ["_dmarc.b.example.com"] = "v=DMARC1; p=none; psd=n",
    }).result)
  end)

  it("lets them go to another where that says so", function()
    local found = ask("example.com", "third.example", { [PLACE] = "v=DMARC1;" })
    assert.same({ "authorised", PLACE, "v=DMARC1;", 1300 }, { found.result, found.name, found.record, found.retry_at })
    assert.is_nil(found.reason)
    assert.equal("DMARC1", found.parsed.version)
    assert.equal("authorised", ask("example.com", "third.example", { [PLACE] = { "something", "v=DMARC1; p=none" } }).result)
  end)

  it("by a wildcard as well", function()
    assert.equal("authorised", ask("example.com", "third.example", { ["*._report._dmarc.third.example"] = "v=DMARC1" }).result)
    assert.equal("authorised", ask("a.example.com", "third.example", { ["*._report._dmarc.third.example"] = "v=DMARC1" }).result)
  end)

  it("refuses them where there is no such record", function()
    for _, text in ipairs { "v=dmarc1", "yes", "v=spf1 -all", "v=DMARC1; rua=x; rua=y" } do
      local found = ask("example.com", "third.example", { [PLACE] = text })
      assert.same({ "refused", "no_record", 1300 }, { found.result, found.reason, found.retry_at })
    end
    assert.equal(1060, ask("example.com", "third.example").retry_at)
    assert.equal("refused", ask("sub.example.com", "third.example", { [PLACE] = "v=DMARC1" }).result)
    local long = ("a"):rep(60) .. "." .. ("b"):rep(60) .. ".test"
    local found = ask(long, ("c"):rep(60) .. "." .. ("d"):rep(60) .. ".example")
    assert.same({ "refused", "name_too_long" }, { found.result, found.reason })
  end)

  it("tells where the destination wants them instead, at itself alone", function()
    local found = ask("example.com", "third.example", { [PLACE] = "v=DMARC1; rua=mailto:a@Third.example,mailto:b@other.example" })
    assert.equal(1, #found.aggregate_reports)
    assert.equal("a@Third.example", found.aggregate_reports[1].address)
    assert.is_nil(found.failure_reports)
    found = ask("example.com", "third.example", { [PLACE] = "v=DMARC1; ruf=mailto:b@other.example" })
    assert.same({}, found.failure_reports)
  end)

  it("does not know where DNS gives no answer", function()
    local found = ask("example.com", "third.example", { [PLACE] = "timeout" })
    assert.same({ "temperror", "dns", 1060 }, { found.result, found.reason, found.retry_at })
    found = ask("a.example.com", "b.example.com", {
      ["_dmarc.example.com"] = "timeout", ["a.example.com._report._dmarc.b.example.com"] = "no record",
    })
    assert.same({ "temperror", "dns", 1060 }, { found.result, found.reason, found.retry_at })
    assert.equal("authorised", ask("a.example.com", "b.example.com", {
      ["_dmarc.example.com"] = "timeout", ["a.example.com._report._dmarc.b.example.com"] = "v=DMARC1",
    }).result)
  end)

  it("wants names", function()
    local options = { resolver = assert(dns.resolver { zone = {} }) }
    assert.equal("bad_name", select(3, dmarc.report_authorised("a b", "c.test", options)))
    assert.equal("bad_name", select(3, dmarc.report_authorised("c.test", "", options)))
  end)
end)
