-- What holds of a check whatever DNS says: zones made up by chance, out of what goes wrong at the names that a check looks at.
local check = require "mailseal.check"
local corpus = require "spec.support.corpus"
local dns = require "mailseal.dns"
local texts = require "spec.support.dkim_texts"

local ROUNDS = 400

local names = {
  "example.com", "_domainkey.example.com", "s1._domainkey.example.com", "s1._domainkey.example.com.example.com", "s1.example.com",
  "*.example.com", "*._domainkey.example.com", "k.provider.example", "provider.example", "host.example.com", "_dmarc.example.com",
  "s1._domainkey._domainkey.example.com", "k.provider.example.example.com", "ns1.example.com", "ns2.example.com",
  "_dmarc.example.com.example.com",
}

local texts_seen = {
  texts.good, texts.other, texts.short, texts.ed25519,
  texts.good:sub(1, 255), texts.good:sub(256), "v=DKIM1; p=", "\"" .. texts.good .. "\"",
  "k.provider.example", "v=spf1 -all", "v=DMARC1; p=none", "\\027[2J\\226\\128\\174<script>", "", "v=DKIM1; k=rsa; p=\\000",
}

local targets = {
  "k.provider.example.", "k.provider.example.example.com.", "s1._domainkey.example.com.", "gone.example.", ".", "v=DKIM1\\059p=abc.",
  "\\027[31m\\255.example.",
}

local faults = { "timeout", "servfail", "refused", "bogus", "lame", "truncated" }
local hosts = { "ns1.example.com.", "ns2.example.com.", "ns.gone.example." }

local function record(pick)
  local kind = pick(9)
  if kind <= 3 then return { type = "TXT", data = texts_seen[pick(#texts_seen)], ttl = pick(4) * 300 - 300 } end
  if kind <= 5 then return { type = "CNAME", data = targets[pick(#targets)] } end
  if kind == 6 then return { type = "A", data = pick(2) == 1 and "104.16.0.1" or "192.0.2." .. pick(3) } end
  if kind == 7 then return { type = "NS", data = hosts[pick(#hosts)] } end
  if kind == 8 then return { type = "SOA", data = "ns1.example.com. h.example.com. 1 3600 600 86400 " .. pick(900) } end
  return { error = faults[pick(#faults)] }
end

-- A zone with two servers, or none.
local function base(pick)
  if pick(3) == 1 then return {} end
  return {
    ["example.com"] = {
      { type = "SOA", data = "ns1.example.com. h.example.com. 1 3600 600 86400 300" },
      { type = "NS", data = hosts[1] }, { type = "NS", data = hosts[2] }, { type = "NS", data = pick(4) == 1 and hosts[3] or hosts[1] },
    },
    ["ns1.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["ns2.example.com"] = { { type = "A", data = "192.0.2.2" } },
  }
end

local function zone(pick)
  local made = base(pick)
  for _ = 1, pick(8) + 1 do
    local name = names[pick(#names)]
    local one = record(pick)
    if pick(3) == 1 then one.servers = { pick(2) == 1 and "192.0.2.1" or "ns2.example.com" } end
    made[name] = made[name] or {}
    table.insert(made[name], one)
  end
  return made
end

local options = {
  { selectors = { "s1" } }, { selectors = { "s1" }, key = texts.good },
  { expect = { { id = "a", match = "cname_target", name = "s1._domainkey.example.com", target = "k.provider.example" } } },
  { expect = { { id = "b", match = "cname_target", name = "host.example.com", target = "k.provider.example" } } },
  { expect = { { id = "c", match = "exact", name = "host.example.com", value = "v=spf1 -all" } } },
  { expect = { { id = "d", match = "ns_delegation", name = "_domainkey.example.com", value = { "ns1.example.com" } } },
    edited_at = { "ns2.example.com" } },
  { expect = { { id = "e", match = "dkim_key", selector = "s1", required = false } } },
}

local function chosen(pick)
  local copy = { only = { "dkim", "expected" }, name_servers = pick(2) == 1, now = 1800000000 }
  for name, value in pairs(options[pick(#options)]) do copy[name] = value end
  return copy
end

local statuses = { found = true, missing = true, mismatch = true, migrating = true, conflicting = true, propagating = true, unknown = true }
local ranks = { error = 1, pending = 2, warning = 3, advice = 4 }

local function hold(report)
  local worst, before = "ok", 0
  for _, finding in ipairs(report.findings) do
    assert.is_nil((finding.message .. finding.fix):find "[%c{}]")
    assert.is_true(ranks[finding.severity] >= before)
    before = ranks[finding.severity]
    if finding.severity == "pending" then assert.is_true(finding.retry_at >= 1800000060) end
  end
  local first = report.findings[1]
  if first then worst = ({ error = "error", pending = "unknown", warning = "warning", advice = "ok" })[first.severity] end
  assert.equal(worst, report.status)
  for _, entry in ipairs(report.records) do
    assert.is_true(statuses[entry.status] or false, entry.status)
    -- Where a record is not as it should be, something is told of it, unless it need not be there.
    assert.is_true(entry.status == "found" or #entry.findings > 0 or entry.id == "e", entry.id .. " " .. entry.status)
  end
end

describe("a check of whatever DNS", function()
  it("says what it found in sentences that can be shown, says when to look again, and nothing of its status twice", function()
    for seed = 1, ROUNDS do
      local pick = corpus.random(seed * 7919)
      local made, given = zone(pick), chosen(pick)
      given.resolver = assert(dns.resolver { zone = made, timeout = 0.01, tries = 1, now = function() return 1800000000 end })
      local ok, problem = pcall(function() hold(assert(check.domain("example.com", given))) end)
      assert.is_true(ok, ("seed %d: %s"):format(seed, tostring(problem)))
    end
  end)

  it("calls nothing an error where DNS gives no answers", function()
    for _, fault in ipairs(faults) do
      for place in ipairs(options) do
        local given = { only = { "dkim", "expected" }, name_servers = place % 2 == 0 }
        for name, value in pairs(options[place]) do given[name] = value end
        local made = {}
        for _, name in ipairs(names) do made[name] = { { error = fault } } end
        given.resolver = assert(dns.resolver { zone = made, timeout = 0.01, tries = 1 })
        local report = assert(check.domain("example.com", given))
        assert.equal("unknown", report.status, fault .. " " .. place)
        assert.equal("unknown", report.records[1].status)
        assert.is_number(report.retry_at)
      end
    end
  end)
end)
