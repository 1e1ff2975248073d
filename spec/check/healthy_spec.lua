-- Domains set up as mail services tell their customers to: nothing is wrong with them, and nothing is said to be.
local check = require "mailseal.check"
local faulty = require "spec.support.faulty"
local resolver = require "mailseal.dns.resolver"
local senders = require "spec.support.senders"
local situation = require "spec.support.situation"

-- What a domain may be advised that does nothing wrong.
local advised = {
  mta_sts_missing = true, tls_rpt_missing = true, dnssec_unsigned = true, dmarc_policy_none = true, dmarc_no_reports = true,
  dkim_no_selector = true, dmarc_spf_not_aligned = true,
}

local customers = {}
for name in pairs(senders.customers) do customers[#customers + 1] = name end
table.sort(customers)

-- Checks a domain whose DNS is a zone. Where a question is named, that fault is all that comes of it.
local function look(zone, options, question, fault)
  local transport, given = faulty.new(zone), { now = situation.NOW }
  if question then transport:fail(question, fault) end
  for name, value in pairs(options) do given[name] = value end
  local now = given.now
  given.resolver = resolver.new(transport, { now = function() return now end })
  local domain = given.domain or "example.com"
  given.domain = nil
  local report = assert(check.domain(domain, given))
  given.resolver:close()
  return report, transport.asked
end

-- Of so many questions, one kind of fault each in turn; or every kind.
local function faults_of(place, all)
  return all and faulty.FAULTS or { faulty.FAULTS[place % #faulty.FAULTS + 1] }
end

-- The codes of the findings, by code.
local function codes_in(report)
  local codes = {}
  for _, finding in ipairs(report.findings) do codes[finding.code] = true end
  return codes
end

describe("a check of a customer's domain that is in order", function()
  for _, customer in ipairs(customers) do
    it("finds nothing wrong: " .. customer, function()
      local report = look(senders.customers[customer]())
      for _, finding in ipairs(report.findings) do
        assert.equal("advice", finding.severity, finding.message)
        assert.is_true(advised[finding.code], finding.code)
      end
      assert.equal("ok", report.status)
      for _, entry in ipairs(report.records) do assert.equal("found", entry.status, entry.id) end
    end)
  end
end)

-- Of a name server that does not do its work the check warns; the others are believed.
local of_name_servers = { name_server_silent = true, name_server_lame = true, name_server_uneven = true }

local states = { found = true, unknown = true }

-- What a fault may do to the report of a healthy domain: nothing, or something that is not known for now.
local function hold(report, before, what)
  for _, finding in ipairs(report.findings) do
    local is_new = not before[finding.code] and not of_name_servers[finding.code]
    assert.is_true(not is_new or finding.severity == "pending", ("%s: %s"):format(what, finding.message))
    if finding.severity == "pending" then
      assert.equal(situation.NOW + 60, finding.retry_at, ("%s: %s"):format(what, finding.message))
      assert.equal(situation.NOW + 60, report.retry_at)
    end
    if of_name_servers[finding.code] then assert.equal("warning", finding.severity) end
  end
  for _, entry in ipairs(report.records) do assert.is_true(states[entry.status], what .. ": " .. entry.id .. " " .. entry.status) end
end

describe("a temporary fault of a single question", function()
  for _, customer in ipairs(customers) do
    it("leaves a healthy domain as it is, or unknown: " .. customer, function()
      local zone, options = senders.customers[customer]()
      local report, asked = look(zone, options)
      local before = codes_in(report)
      assert.is_true(#asked > 20)
      for i, question in ipairs(asked) do
        for _, fault in ipairs(faults_of(i, customer == "complete")) do
          hold(look(zone, options, question, fault), before, question .. " " .. fault)
        end
      end
    end)
  end

  -- Where two name servers differ and one of them says nothing, the other is believed.
  local by_one_server = { mx_propagating = true, name_servers_disagree_on_keys = true }

  it("makes no error of what was none before, whatever the situation", function()
    local n = 0
    for _, name in ipairs(situation.names()) do
      local loaded = situation.load(name)
      if type(loaded.zone) == "table" and not loaded.message and not by_one_server[name] then
        local options = { name_servers = false }
        for option, value in pairs(loaded.check or {}) do options[option] = value end
        local report, asked = look(loaded.zone, options)
        for i, question in ipairs(report.status ~= "error" and asked or {}) do
          local fault = faults_of(i)[1]
          for _, finding in ipairs(look(loaded.zone, options, question, fault).findings) do
            assert.are_not.equal("error", finding.severity, ("%s: %s %s: %s"):format(name, question, fault, finding.message))
          end
          n = n + 1
        end
      end
    end
    assert.is_true(n > 500, n .. " questions")
  end)
end)
