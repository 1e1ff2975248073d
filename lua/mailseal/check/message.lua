--- What became of a message: DKIM, SPF and DMARC for it, one verdict, and what caused it. `mailseal.check` is the face.
-- @module mailseal.check.message
local async = require "mailseal.async"
local contexts = require "mailseal.check.context"
local dkim = require "mailseal.dkim"
local dmarc = require "mailseal.dmarc"
local explain = require "mailseal.check.message.explain"
local facts_of = require "mailseal.check.message.facts"
local files = require "mailseal.check.message.file"
local message_of = require "mailseal.message"
local profiles = require "mailseal.check.profile"
local reports = require "mailseal.check.report"
local reverse = require "mailseal.dns.reverse"
local signatures = require "mailseal.check.message.signatures"
local spf = require "mailseal.spf"
local verdicts = require "mailseal.check.message.verdict"

local M = {}

-- What the header says, as far as it is of use.
local function facts_about(file, now)
  local fields = file.fields
  local facts = {
    fields = fields, body = file.body, now = now, present = {},
    list = facts_of.list(fields), forwarded = facts_of.forwarded(fields), arc = facts_of.arc(fields),
  }
  for _, field in ipairs(fields) do
    facts.present[field.name:lower()] = true
  end
  return facts
end

-- The envelope sender: the one given, or that of Return-Path.
local function sender_of(options, facts)
  if options.sender then
    return options.sender, "given"
  end
  local address = facts_of.return_path(facts.fields)
  return address, address and "return_path" or nil
end

local function check_spf(context, options, sender)
  if not options.ip or not (sender or options.helo) then
    return nil
  end
  return spf.check {
    ip = options.ip, sender = sender, helo = options.helo, resolver = context.resolver, now = context.now, prefetch = true,
  }
end

-- Brings what DMARC will ask for, while DKIM and SPF are asked: the resolver asks nothing twice.
local function prepare_dmarc(context, text)
  local domains = message_of.author_domains(text)
  if domains and #domains == 1 then
    dmarc.discover(domains[1], { resolver = context.resolver })
  end
end

-- DKIM and SPF side by side: the results, or what is wrong with the message or the address.
local function authenticate(context, text, options, sender)
  local found = async.each({ "dkim", "spf", "dmarc" }, function(what)
    if what == "dkim" then
      return { dkim.verify(text, { resolver = context.resolver, now = context.now }) }
    elseif what == "spf" then
      return { check_spf(context, options, sender) }
    end
    prepare_dmarc(context, text)
    return true
  end)
  local of_dkim, of_spf = found[1], found[2]
  if not of_dkim[1] then
    return nil, of_dkim[2], of_dkim[3]
  elseif of_spf[2] then
    return nil, of_spf[2], of_spf[3]
  end
  return of_dkim[1], of_spf[1]
end

-- No finding says more than the verdict: where the author is authenticated all the same, none is an error, nor leaves anything open;
-- where DNS did not say whether he is, none is an error.
local lighter = {
  pass = { error = "warning", pending = "warning" },
  unknown = { error = "warning" },
  fail = {},
}

local function settle(findings, verdict)
  for _, finding in ipairs(findings) do
    finding.severity = lighter[verdict.result][finding.severity] or finding.severity
  end
end

-- Finds out what became of the signatures, and tells all that caused the verdict.
local function tell(context, facts, results, of_spf, verdict)
  facts.resolver = context.resolver
  explain.look(facts, results)
  local judged = verdicts.of(verdict)
  signatures.tell(context, facts, results)
  verdicts.tell(context, facts, of_spf, verdict)
  settle(context.findings, judged)
  return judged
end

-- What large receivers ask of who sends in bulk. That one cannot unsubscribe as they ask is no finding where the fields are those of a
-- discussion list, which the sender has no hand in.
local function profile_of(context, facts, domain, message)
  context.domain, context.message = domain or "", message
  if facts.present["list-post"] or facts.present["x-beenthere"] then
    return { requirements = profiles.judge { domain = context.domain, message = message } }
  end
  return profiles.look(context)
end

local function report_of(context, facts, judged)
  local report = reports.make(judged.dmarc.domain, { context }, {})
  report.message = nil
  for name, value in pairs(judged) do
    report[name] = value
  end
  report.list, report.forwarded, report.arc = facts.list, facts.forwarded, facts.arc
  return report
end

local function look(octets, options, resolver, now)
  local file, why_not, code = files.message(octets)
  if not file then
    return nil, why_not, code
  elseif options.ip and not reverse.name(options.ip) then
    return nil, select(2, reverse.name(options.ip))
  end
  local text, facts = file.text, facts_about(file, now)
  local context = contexts.new(contexts.share {
    domain = "", options = options, selectors = {}, expect = {}, now = now, resolver = resolver,
  }, "message", function() end)
  local sender, sender_from = sender_of(options, facts)
  local results, of_spf
  results, of_spf, code = authenticate(context, text, options, sender)
  if not results then
    return nil, of_spf, code
  end
  local verdict, message
  verdict, message, code = dmarc.evaluate { message = text, dkim = results, spf = of_spf, resolver = context.resolver }
  if not verdict then
    return nil, message, code
  end
  local judged = tell(context, facts, results, of_spf, verdict)
  local profile = profile_of(context, facts, verdict.domain, { text = text, dkim = results, spf = of_spf, dmarc = verdict })
  return report_of(context, facts, {
    profile = profile, verdict = judged, dkim = results, spf = of_spf, dmarc = verdict, sender = sender, sender_from = sender_from,
    normalized = file.normalized, skipped = file.skipped,
  })
end

--- Checks a message; `mailseal.check.message` documents it.
-- @tparam string text
-- @tparam table options
-- @tparam table resolver
-- @tparam number now
-- @treturn ?table the report
-- @treturn ?string what is wrong
-- @treturn ?string a code
function M.check(text, options, resolver, now)
  return async.run(look, text, options, resolver, now)
end

return M
