--- `mailseal dmarc`: says which DMARC policy applies to a domain.
-- @module mailseal.cli.dmarc
local answers = require "mailseal.cli.answer"
local findings_of = require "mailseal.cli.dmarc_findings".of
local json = require "mailseal.json"
local meant = require "mailseal.dmarc.meant"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local resolver = require "mailseal.cli.resolver"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

local epilog = [[
The policy is what receivers are asked to do with mail that fails: none,
quarantine or reject. It is looked for at the domain, its organizational
domain and a public suffix above it, by the tree walk of RFC 9989.

The exit status is 0 where a record applies, 1 where none does, and 75 where
DNS gives no answer for now.]]

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Say which DMARC policy applies to a domain.")
  command:description("Finds the DMARC record that applies to a domain, and says what it asks for and what is wrong with it.")
  command:epilog(epilog)
  command:argument("domain", "The domain behind the @ of a From field."):convert(options.domain)
  resolver.describe(command)
  command:flag("--json", "Print one JSON object on standard output, and nothing else.")
end

-- ---- For programs.

local function finding_object(finding)
  return json.pick(finding, { "code", "severity", "name", "message", "fix" })
end

local function report_object(report)
  return json.pick(report, { "destination", "result", "reason", "name", "record" })
end

local function tell_json(found, findings, reports)
  local shown = {}
  for field, value in pairs(found) do
    shown[field] = value
  end
  shown.findings = answers.map(findings, finding_object)
  shown.reports = answers.map(reports, report_object)
  output.line(json.encode(json.pick(shown, {
    "domain", "result", "reason", "policy", "requested", "tested", "tag", "record_domain", "organizational_domain", "exists",
    "record", "findings", "reports", "queries", "retry_at",
  })))
end

-- ---- For people.

local why_none = {
  no_record = "no DMARC record applies to this domain",
  no_policy = "the record that applies has neither a valid policy nor an address for reports, and receivers pass it over",
  several_records = "there are several DMARC records at one name, which void each other",
  dmarc_syntax = "the record is invalid: a tag occurs twice, or there are too many",
}

-- The columns in which the values start.
local NAMES = 23

local function line(name, value, style)
  paint.line(paint.paint("strong", name) .. (" "):rep(NAMES - #name), NAMES, value, style)
end

-- What of a policy is not to be seen in its word.
local function about_policy(found)
  local words = {}
  if found.record_domain ~= found.domain then
    words[1] = ("%s= of %s"):format(found.tag, found.record_domain)
  end
  if found.tested and found.requested ~= found.policy then
    words[#words + 1] = ("t=y weakens %s to it"):format(found.requested)
  end
  return #words > 0 and (" (%s)"):format(table.concat(words, "; ")) or ""
end

-- What came of a place of the walk.
local function outcome(step)
  if step.record then
    return step.record
  elseif step.temporary then
    return ("%s: %s"):format(step.problem, answers.explain(step.answer))
  elseif step.problem == "several_records" then
    return ("%d records, which void each other"):format(step.count)
  elseif step.problem == "name_too_long" then
    return "no record, for no name in DNS is that long"
  end
  local texts = meant.records(step.answer)
  return texts[1] and texts[1].text .. " (receivers pass it over)" or "no record"
end

-- Where each place of the walk led.
local function tell_path(path)
  for i, step in ipairs(path) do
    local name = i == 1 and paint.paint("strong", "looked at") .. (" "):rep(NAMES - 9) or (" "):rep(NAMES)
    paint.line(name, NAMES, ("%s: %s"):format(step.name, outcome(step)))
  end
end

local report_words = {
  refused = "reports may not go to %s, for there is no record at %s that lets them come",
  temperror = "whether reports may go to %s is not known: DNS does not answer for %s",
}

local function tell_reports(reports)
  for _, report in ipairs(reports) do
    local words = report_words[report.result]
    if words then
      line("reports", words:format(report.destination, report.name), "yellow")
    end
  end
end

local function tell_policy(found)
  if found.result == "found" then
    local name = paint.paint("strong", "policy") .. (" "):rep(NAMES - 6)
    output.line(name, paint.word(found.policy), text.printable(about_policy(found)))
  elseif found.result == "none" then
    line("policy", why_none[found.reason], "yellow")
  else
    line("policy", "not known: DNS gives no answer for now", "yellow")
  end
end

local function tell(found, findings, reports)
  line("domain", found.domain)
  tell_policy(found)
  line("organizational domain", found.organizational_domain or "not known: DNS gives no answer for now")
  tell_path(found.path)
  tell_reports(reports)
  for _, finding in ipairs(findings) do
    paint.finding(finding, 0, "_dmarc." .. found.domain)
  end
end

-- ---- Running.

local exit_statuses = { found = status.OK, none = status.NO, temperror = status.TEMPORARY }

local function ask_reports(found, asked)
  if found.result ~= "found" then
    return {}
  end
  local async, dmarc = require "mailseal.async", require "mailseal.dmarc"
  local destinations = require "mailseal.dmarc.report".destinations(found.parsed)
  return async.each(destinations, function(destination)
    return dmarc.report_authorised(found.record_domain, destination, { resolver = asked })
  end)
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  local dmarc = require "mailseal.dmarc"
  local asked = resolver.open(given)
  local found, cause, code = dmarc.discover(given.domain, { resolver = asked })
  if not found then
    status.stop(code == "bad_name" and status.USAGE or status.UNAVAILABLE, cause)
  end
  local show = given.json and tell_json or tell
  show(found, findings_of(found), ask_reports(found, asked))
  return exit_statuses[found.result]
end

return M
