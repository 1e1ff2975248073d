--- DMARC of a domain: which policy applies, can its mail pass, and may the reports go where they are asked to (RFC 9989).
-- @module mailseal.check.dmarc
local alignment = require "mailseal.check.dmarc_alignment"
local async = require "mailseal.async"
local dmarc = require "mailseal.dmarc"
local is_within = require "mailseal.dns.name".is_within
local meant = require "mailseal.dmarc.meant"
local missing = require "mailseal.check.publication.missing"
local placement = require "mailseal.check.publication.placement"
local published = require "mailseal.check.publication.published"
local record = require "mailseal.record"
local report = require "mailseal.dmarc.report"
local verdict = require "mailseal.check.publication.verdict"

local M = {}

local function discover(context)
  return assert(dmarc.discover(context.domain, { resolver = context.resolver }))
end

--- The policy that applies to the domain, found once per check whoever asks.
-- @tparam table context see `mailseal.check.context`
-- @treturn table as of `dmarc.discover`
function M.discovery(context)
  return context:once("the DMARC policy", discover, context)
end

-- Is that name where the domain's own record would be, or that of a domain above, which may apply to it as well?
local function covers(context, name)
  local owner = name:match "^_dmarc%.(.+)$"
  return owner ~= nil and is_within(context.domain, owner)
end

-- Is there an expectation of a record that applies to the domain (of that at `name`, where it is given)? What is to be told of that is
-- told with it.
local function is_expected(context, name)
  for _, expectation in ipairs(context.expect) do
    if expectation.match == "dmarc_any_valid" and (not name or expectation.name == name) and covers(context, expectation.name) then
      return true
    end
  end
  return false
end

-- ---- Where there is none.

-- Tells which place of the walk DNS did not answer for; where that is none, whether the domain exists is what nobody knows.
local function tell_fault(context, found)
  for _, step in ipairs(found.path) do
    if step.temporary then
      return not is_expected(context, step.name) and context:temporary(step.answer)
    end
  end
  return context:temporary(context:ask(context.domain, "MX"))
end

-- Is that text a DMARC record?
local function is_record(text) return text:find "^%s*[vV]%s*=%s*[dD][mM][aA][rR][cC]1" ~= nil end

-- The strings of those texts of an answer that are as a function wants them.
local function strings_of(answer, wanted)
  local list = {}
  for i, text in ipairs(answer and answer.text or {}) do
    if wanted(text) then
      list[#list + 1] = answer.records[i].strings
    end
  end
  return list
end

-- What stands at the right name, where receivers cannot use it.
local function tell_broken(context, step)
  if step.problem == "several_records" then
    context:find("dmarc_two_records", { name = step.name, found = step.count, where = step.domain })
    return true
  end
  local texts = meant.records(step.answer)
  for _, text in ipairs(texts) do
    context:lint(text.findings, { name = step.name })
  end
  return #texts > 0
end

local function has_record(answer)
  return #strings_of(answer, is_record) > 0
end

-- Where the record is instead, if it is anywhere.
local function tell_misplaced(context, own)
  local name, zone = "_dmarc." .. context.domain, own.answer and #own.answer.chain == 0 and own.answer.zone or nil
  local place = placement.find(context, { name = name, type = "TXT", zone = zone, fits = has_record })
  if place then
    place.name = name
    context:find(place.code, place)
  end
  return place ~= nil
end

-- Why no policy applies: "broken", "misplaced" or "none".
local function tell_none(context, found)
  local expected = is_expected(context)
  for _, step in ipairs(found.path) do
    if (step.problem or step.domain == context.domain or not expected) and tell_broken(context, step) then
      return "broken"
    end
  end
  if expected then
    return "none"
  end
  return tell_misplaced(context, found.path[1]) and "misplaced" or "none"
end

-- ---- Where there is one.

-- Texts beside an inherited record that are meant to be the domain's own.
local function tell_own(context, found)
  local own = found.path[1]
  if found.record_domain ~= context.domain and own.answer then
    tell_broken(context, own)
  end
end

-- Tells what the lint of a record found that is below its organizational domain: of subdomains it says nothing (RFC 9989 §4.7), for they
-- have their own or that of the organizational domain.
local function tell_below(context, found, findings, name)
  local kept = {}
  for _, finding in ipairs(findings) do
    kept[#kept + 1] = finding.code ~= "dmarc_subdomains_weaker" and finding or nil
  end
  context:lint(kept, { name = name })
  for _, tag in ipairs { "sp", "np" } do
    if found.parsed.tags[tag] then
      context:find("dmarc_subdomain_policy_ignored", { name = name, found = tag .. "=" .. found.parsed.tags[tag],
        where = found.organizational_domain })
    end
  end
end

local function tell_record(context, found)
  local organization = found.organizational_domain
  for _, step in ipairs(found.path) do
    if step.domain == found.record_domain then
      local strings = strings_of(step.answer, function(text)
        return text == found.record
      end)
      local findings = record.lint("dmarc", strings[1])
      if organization and step.domain ~= organization and is_within(step.domain, organization) then
        tell_below(context, found, findings, step.name)
      else
        context:lint(findings, { name = step.name })
      end
    end
  end
end

-- Looks at whether other domains take the reports.
local function look_at_reports(context, found)
  return async.each(report.destinations(found.parsed), function(destination)
    local answer = dmarc.report_authorised(found.record_domain, destination, { resolver = context.resolver })
    if not answer then
      return { destination = destination, result = "refused" }
    elseif answer.result == "refused" then
      context:find("dmarc_reports_refused", {
        name = answer.name, expected = "v=DMARC1", where = "_dmarc." .. found.record_domain, destination = destination,
        found = answer.answer and answer.answer.text[1], retry_at = answer.retry_at,
      })
    elseif answer.result == "temperror" then
      context:temporary(answer.answer or found.path[1].answer, answer.name)
    end
    return { destination = destination, result = answer.result, reason = answer.reason, name = answer.name }
  end)
end

-- ---- Expectations.

-- Does an answer hold one record that can be used?
local function fits(_, answer)
  local records = strings_of(answer, is_record)
  return #records == 1 and record.parse("dmarc", records[1]) ~= nil
end

-- What an expectation comes to whose record applies to the domain itself, the codes being those of what was told of it.
local function judge_covering(case, context, state)
  if state == "none" then
    return missing.judge(case)
  end
  for _, finding in ipairs(context.findings) do
    case.codes[#case.codes + 1] = finding.severity == "error" and finding.code or nil
  end
  return state == "broken" and "mismatch" or state == "unknown" and "unknown" or "found"
end

-- Another name's record is looked at for itself alone.
local function judge_other(case)
  if fits(case, case.truth) then
    return "found"
  elseif not has_record(case.truth) then
    return missing.judge(case)
  end
  for _, text in ipairs(meant.records(case.truth)) do
    case:lint(text.findings)
  end
  return "mismatch"
end

-- Was an error told of an expectation?
local function has_error(context, id)
  for _, finding in ipairs(context.findings) do
    if finding.record == id and finding.severity == "error" then
      return true
    end
  end
  return false
end

-- Returns the state of the domain's own record, which may be known better now.
local function look_at_expected(context, state)
  if #context.expect == 0 then
    return state
  end
  local own = "_dmarc." .. context.domain
  local rules = {
    type = function() return "TXT" end,
    -- It is enough that one applies, wherever it is.
    fits = function(case, answer)
      local applies = state == "inherited" or state == "ok" and case.name ~= own
      return applies and covers(context, case.name) or fits(case, answer)
    end,
    -- A domain above has a record of its own.
    holds = function(_, answer, strict) return not strict and has_record(answer) end,
    judge = function(case)
      if covers(context, case.name) then
        return judge_covering(case, context, state)
      end
      return judge_other(case)
    end,
  }
  local list = verdict.look(context, function(expect) return expect.match == "dmarc_any_valid" and rules or nil end, function(case)
    return case.truth and case.truth.text[1]
  end)
  for _, case in ipairs(list) do
    if covers(context, case.name) and state == "none" and has_error(context, case.expect.id) then
      return "misplaced"
    end
  end
  return state
end

-- What was found, of use to whoever reads the report.
local fields = {
  "result", "reason", "policy", "requested", "tag", "tested", "record", "parsed", "record_domain", "organizational_domain", "queries",
}

-- The steps of the walk, without what DNS answered.
local function path_of(found)
  local path = {}
  for i, step in ipairs(found.path) do
    path[i] = { domain = step.domain, name = step.name, record = step.record, problem = step.problem, temporary = step.temporary }
  end
  return path
end

-- Tells that there is no record, or not even the domain.
local function tell_missing(context, found)
  local mx = context:ask(context.domain, "MX")
  if mx.status == "nxdomain" then
    context:find("domain_missing", { name = context.domain, retry_at = mx.recheck_at })
  else
    context:find("dmarc_missing", { name = "_dmarc." .. context.domain, retry_at = found.retry_at })
  end
end

local function look(context)
  local found, result = M.discovery(context), { alignment = {}, reports = {} }
  result.path = path_of(found)
  for _, field in ipairs(fields) do
    result[field] = found[field]
  end
  if found.result == "temperror" then
    tell_fault(context, found)
    result.state = "unknown"
  elseif found.result == "none" then
    result.state = tell_none(context, found)
  else
    result.state = found.record_domain == context.domain and "ok" or "inherited"
    tell_own(context, found)
    tell_record(context, found)
    result.reports = look_at_reports(context, found)
    result.alignment = alignment.look(context, found)
  end
  result.state = look_at_expected(context, result.state)
  if result.state == "none" and not is_expected(context) then
    tell_missing(context, found)
  end
  return result
end

--- Looks at DMARC.
-- @tparam table context see `mailseal.check.context`
-- @treturn table what `dmarc.discover` found, without its answers (nor those in the `path`), and
--
-- - `state`: "ok", "inherited" (the record is that of a domain above), "none", "misplaced" (it is at another name), "broken" (receivers do
--   not use it) or "unknown" (a temporary fault)
-- - `alignment`: as of `look` of `mailseal.check.dmarc_alignment`
-- - `reports`: a list of the domains that reports are to go to, each with `destination`, `result` ("authorised", "refused" or
--   "temperror") and `name`, where its leave for that is looked for
function M.look(context)
  if context.options.name_servers == false then
    return look(context)
  end
  return async.each({ look, published.look }, function(part)
    return part(context, "_dmarc." .. context.domain, "TXT") or false
  end)[1]
end

return M
