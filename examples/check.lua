--- Checks the domains of several customers side by side, each against what it is to publish, and says what to tell each of them.
--
--    lua5.4 examples/check.lua                            no network: a zone that comes with the example
--    lua5.4 examples/check.lua example.com s1             a domain and its selector, over the machine's name servers
--    lua5.4 examples/check.lua @192.0.2.1 example.com s1  over another one
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local async = require "mailseal.async"
local check = require "mailseal.check"
local dns = require "mailseal.dns"

local KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

-- What three customers have made of it: one all right; one with the domain twice in the record's name; one whose key is not there yet,
-- which is no error, but whose include is misspelt, which is one.
local rehearsal = ([[
$ORIGIN example.
good                                         TXT "v=spf1 include:_spf.service.example ~all"
_dmarc.good                                  TXT "v=DMARC1; p=quarantine"
s1._domainkey.good                           TXT "KEY"
doubled                                      TXT "v=spf1 include:_spf.service.example ~all"
_dmarc.doubled                               TXT "v=DMARC1; p=none"
s1._domainkey.doubled.example.doubled        TXT "KEY"
late                                         TXT "v=spf1 include:_spf.servcie.example ~all"
_dmarc.late                                  TXT "v=DMARC1; p=none"
_spf.service                                 TXT "v=spf1 ip4:192.0.2.0/24 -all"
]]):gsub("KEY", KEY)

local function fail(message)
  io.stderr:write("check: ", message, "\n")
  os.exit(64)
end

-- The words of the command line: a server with an @ before it, then domains, each with its selector.
local function arguments()
  local servers, customers = {}, {}
  for _, word in ipairs(arg) do
    local last = customers[#customers]
    if word:sub(1, 1) == "-" then
      fail("usage: check.lua [@SERVER…] [DOMAIN SELECTOR…]")
    elseif word:sub(1, 1) == "@" then
      servers[#servers + 1] = word:sub(2)
    elseif last and not last.selector then
      last.selector = word
    else
      customers[#customers + 1] = { domain = word }
    end
  end
  return servers, customers
end

local servers, customers = arguments()
local options = { servers = servers[1] and servers }
local expected -- what each of them is to publish, beside the key
if #customers == 0 then
  options = { zone_text = rehearsal }
  expected = { { match = "spf_include", include = "_spf.service.example" } }
  for i, name in ipairs { "good", "doubled", "late" } do
    customers[i] = { domain = name .. ".example", selector = "s1", key = KEY }
  end
end
local resolver, cause = dns.resolver(options)
if not resolver then fail(cause) end

-- A finding's sentences are fit to be shown, whatever DNS held.
local function check_and_tell(customer)
  local report, message = check.domain(customer.domain, {
    resolver = resolver, selectors = { customer.selector }, key = customer.key, expect = expected,
    only = { "dkim", "expected", "spf", "dmarc" },
  })
  if not report then return customer.domain .. ": " .. message end
  local lines = { ("%s: %s"):format(report.domain, report.status) }
  for _, finding in ipairs(report.findings) do
    if finding.severity ~= "advice" then
      lines[#lines + 1] = ("  %s: %s\n    %s"):format(finding.severity, finding.message, finding.fix)
    end
  end
  if report.status == "unknown" then
    lines[#lines + 1] = os.date("!  looking again is of use from %H:%M:%S UTC on", report.retry_at)
  end
  return table.concat(lines, "\n")
end

-- A hundred at a time; each waits for DNS without keeping the others from it.
for _, told in ipairs(async.map(customers, 100, check_and_tell)) do
  print(told)
end
