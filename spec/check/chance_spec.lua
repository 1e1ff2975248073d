-- Checks of domains whose zones were made by chance: whatever DNS holds, there is a report of the promised form.
local check = require "mailseal.check"
local corpus = require "spec.support.corpus"
local dns = require "mailseal.dns"

local NOW = 1800000000
local ZONES = 400

local names = {
  "example.com", "_dmarc.example.com", "_mta-sts.example.com", "mta-sts.example.com", "_smtp._tls.example.com",
  "default._bimi.example.com", "s1._domainkey.example.com", "mx.example.com", "a.example", "b.example", "example.com.example.com",
  "_dmarc.example.com.example.com", "1.2.0.192.in-addr.arpa", "*.example.com", "dmarc.example.com", "com",
}
local texts = {
  "v=spf1 include:a.example include:b.example mx a ~all", "v=spf1 redirect=a.example", "v=spf1 ip4:192.0.2.1/33", '"v=spf1 -all"',
  "v=spf1 include:example.com exists:x.b.example -all", "include:a.example ~all", "v=spf1", "v=spf10 x", "v=DMARC1; p=none",
  "v=DMARC1; p=reject; rua=mailto:a@a.example,mailto:x@b.example!10m; psd=y; t=y", "v=DMARC1", "v=dmarc1; p=none", "v=STSv1; id=1",
  "v=STSv1;", "v=TLSRPTv1; rua=mailto:a@b.example", "v=TLSRPTv1", "v=BIMI1; l=https://a.example/x.svg", "v=BIMI1; l=; a=",
  "v=DKIM1; p=", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "\\000\\255\\027[2J", "", "mailto:",
}
local KEY = "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="
local DIGEST = "E2D3C916F6DEEAC73294E8268FB5885044A833FC5459588F4A9184CFC41A5766"
local records = {
  { type = "MX", data = "0 ." }, { type = "MX", data = "10 mx.example.com." }, { type = "MX", data = "10 192.0.2.1." },
  { type = "MX", data = "20 gone.example." }, { type = "A", data = "192.0.2.1" }, { type = "A", data = "10.0.0.1" },
  { type = "AAAA", data = "2001:db8::1" }, { type = "AAAA", data = "::1" }, { type = "PTR", data = "mx.example.com." },
  { type = "SPF", data = "v=spf1 -all" }, { error = "timeout" }, { error = "servfail" }, { error = "refused" }, { error = "bogus" },
  { type = "TXT", error = "timeout" }, { type = "MX", error = "servfail" }, { type = "DNSKEY", error = "bogus" },
  { type = "DNSKEY", data = "257 3 13 " .. KEY }, { type = "DS", data = "2371 13 2 " .. DIGEST },
  { type = "DS", data = "11 13 2 " .. DIGEST },
  { type = "SOA", data = "ns1.example.com. h.example.com. 1 3600 600 86400 300" }, { type = "NS", data = "ns1.example.com." },
}

local function make_zone(chance)
  local zone = {}
  for _, name in ipairs(names) do
    local node = {}
    for _ = 1, chance(5) - 1 do
      local text = chance(2) == 1 and texts[chance(#texts)]
      node[#node + 1] = text and { type = "TXT", data = text, ttl = chance(4000) } or records[chance(#records)]
    end
    zone[name] = chance(5) > 2 and node or nil
  end
  if chance(4) == 1 then
    zone[names[chance(#names)]] = { { type = "CNAME", data = names[chance(12)] .. "." } }
  end
  return zone
end

local senders = { "a@a.example", "b.example", "x@sub.example.com", "@", "", "a b@c..d" }
local policies = { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1\n", "none", "version: STSv1\nmode: none\nmax_age: 86400\n" }
local expectations = {
  { id = "1", match = "spf_include", include = "a.example", migrations = { { from = "b.example" } } },
  { id = "2", match = "dmarc_any_valid" }, { id = "3", match = "mx", value = "10 mx.example.com" },
  { id = "4", match = "spf_include", name = "b.example", required = false }, { id = "5", match = "mx", name = "a.example" },
}

local function make_options(chance, resolver)
  return {
    resolver = resolver, now = NOW, name_servers = chance(3) == 1,
    addresses = chance(2) == 1 and { "192.0.2.1", "2001:db8::1" } or nil, selectors = chance(2) == 1 and { "s1" } or nil,
    sender = chance(3) == 1 and senders[chance(#senders)] or nil, mta_sts_policy = chance(3) == 1 and policies[chance(3)] or nil,
    expect = chance(2) == 1 and expectations or nil,
  }
end

local severities = { error = true, warning = true, advice = true, pending = true }

local function judge(report, options)
  local worst = {}
  for _, finding in ipairs(report.findings) do
    assert.is_true(severities[finding.severity])
    assert.is_string(finding.aspect)
    assert.is_nil((finding.message .. finding.fix):find "%c", finding.code)
    assert.is_nil((finding.message .. finding.fix):find "{[%a_]*}", finding.code)
    assert.is_true(finding.severity ~= "pending" or finding.retry_at ~= nil and finding.retry_at > NOW, finding.code)
    worst[finding.severity] = true
  end
  local status = worst.error and "error" or worst.pending and "unknown" or worst.warning and "warning" or "ok"
  assert.equal(status, report.status)
  assert.equal(#(options.expect or {}) + #(options.selectors or {}), #report.records)
  for _, aspect in ipairs(check.ASPECTS) do assert.is_table(report[aspect], aspect) end
end

describe("a check of a zone made by chance", function()
  it("ends in a report, whatever is there", function()
    local chance = corpus.random(20271115)
    for i = 1, ZONES do
      local zone = make_zone(chance)
      local resolver = assert(dns.resolver { zone = zone, now = function() return NOW end })
      local options = make_options(chance, resolver)
      local domain = ({ "example.com", "sub.example.com", "mx.example.com" })[chance(3)]
      local ok, report = xpcall(function() return assert(check.domain(domain, options)) end, debug.traceback)
      assert.is_true(ok, ("zone %d: %s"):format(i, tostring(report)))
      judge(report, options)
    end
  end)
end)
