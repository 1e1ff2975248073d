--- What became of a message: DKIM, SPF and DMARC for it, one verdict, and what caused it. `mailseal.check` is the face.
-- @module mailseal.check.message
local async = require "mailseal.async"
local contexts = require "mailseal.check.context"
local dkim = require "mailseal.dkim"
local dmarc = require "mailseal.dmarc"
local explain = require "mailseal.check.message.explain"
local facts_of = require "mailseal.check.message.facts"
local mailbox = require "mailseal.check.message.mailbox"
local message_of = require "mailseal.message"
local profiles = require "mailseal.check.profile"
local reports = require "mailseal.check.report"
local reverse = require "mailseal.dns.reverse"
local signatures = require "mailseal.check.message.signatures"
local spf = require "mailseal.spf"
local verdicts = require "mailseal.check.message.verdict"

local M = {}

-- What whoever copies a message out of a mail program may put in front of it: a byte order mark, empty lines. No message begins so.
local function octets_in_front(text)
  return text:match("^[\r\n]*()", text:sub(1, 3) == "\239\187\191" and 4 or 1) - 1
end

-- A message kept in a Unix text file: its first line ends in a bare LF.
local function has_unix_lines(text)
  local line_end = text:find("\n", 1, true)
  return line_end ~= nil and text:sub(line_end - 1, line_end - 1) ~= "\r"
end

-- The message as it was on its way, and what was done to the file for it: `skipped`, `normalized`.
local function out_of_file(text)
  local done, front = {}, octets_in_front(text)
  if front > 0 then
    text, done.skipped = text:sub(front + 1), front
  end
  if has_unix_lines(text) then
    text, done.normalized = message_of.normalize(text), true
  end
  return text, done
end

local function has_fields(fields)
  for _, field in ipairs(fields) do
    if field.name:find "^[!-9;-~]+$" then
      return true
    end
  end
  return false
end

-- A Unix text file before which somebody put lines that end in CRLF (a signature, a Received field): the header ends in LF alone, and
-- so does all below. Lone LFs in a body may have travelled as they are.
local function has_mixed_lines(text)
  local behind_last = text:match ".*\r\n()"
  return behind_last ~= nil and not text:find("\r\n\r\n", 1, true) and text:find("\n\n", behind_last - 1, true) ~= nil
end

-- Why a file does not hold one message that is whole, and a code; nil where nothing speaks against it.
local function why_no_message(text, fields)
  if mailbox.holds_several(text) then
    return "that is a mailbox of several messages: check each by itself", "several_messages"
  elseif has_mixed_lines(text) then
    return "its line ends are mixed, CRLF at first and LF alone from somewhere in the header on: make them all alike",
      "mixed_line_ends"
  elseif not has_fields(fields) then
    return "that is no message: it has no header field", "not_a_message"
  end
end

-- What the header says, as far as it is of use.
local function facts_about(text, now)
  local fields, start = message_of.fields(text)
  local facts = {
    fields = fields, body = start and text:sub(start) or "", now = now, present = {},
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

local function look(text, options, resolver, now)
  local done
  text, done = out_of_file(text)
  local facts = facts_about(text, now)
  local why_not, kind = why_no_message(text, facts.fields)
  if why_not then
    return nil, why_not, kind
  end
  local context = contexts.new(contexts.share {
    domain = "", options = options, selectors = {}, expect = {}, now = now, resolver = resolver,
  }, "message", function() end)
  if options.ip and not reverse.name(options.ip) then
    return nil, select(2, reverse.name(options.ip))
  end
  local sender, sender_from = sender_of(options, facts)
  local results, of_spf, code = authenticate(context, text, options, sender)
  if not results then
    return nil, of_spf, code
  end
  local verdict, message
  verdict, message, code = dmarc.evaluate { message = text, dkim = results, spf = of_spf, resolver = context.resolver }
  if not verdict then
    return nil, message, code
  end
  facts.resolver = context.resolver
  explain.look(facts, results)
  local judged = verdicts.of(verdict)
  signatures.tell(context, facts, results)
  verdicts.tell(context, facts, of_spf, verdict)
  settle(context.findings, judged)
  local profile = profile_of(context, facts, verdict.domain, { text = text, dkim = results, spf = of_spf, dmarc = verdict })
  return report_of(context, facts, {
    profile = profile, verdict = judged, dkim = results, spf = of_spf, dmarc = verdict, sender = sender, sender_from = sender_from,
    normalized = done.normalized, skipped = done.skipped,
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
