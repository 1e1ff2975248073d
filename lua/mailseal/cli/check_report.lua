--- The report of a check, for people. (As JSON has it: `mailseal.check.objects`.)
-- @module mailseal.cli.check_report
local domains = require "mailseal.domain"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local profile_face = require "mailseal.cli.check_profile"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

-- ---- For people.

local severities = { "error", "pending", "warning", "advice" }
local plural = { error = "errors", pending = "pending", warning = "warnings", advice = "pieces of advice" }
local singular = { error = "error", pending = "pending", warning = "warning", advice = "piece of advice" }

--- "2 errors, 1 warning"; nil where nothing was found.
local function count(findings)
  local counts, parts = {}, {}
  for _, finding in ipairs(findings) do
    counts[finding.severity] = (counts[finding.severity] or 0) + 1
  end
  for _, severity in ipairs(severities) do
    local n = counts[severity]
    if n then
      parts[#parts + 1] = ("%d %s"):format(n, (n == 1 and singular or plural)[severity])
    end
  end
  return #parts > 0 and table.concat(parts, ", ") or nil
end

-- What is not there, or not yet right, is wanted whole by whoever has to enter it.
local to_be_entered = { missing = true, mismatch = true, migrating = true, conflicting = true }

--- "found     TXT    s1._domainkey.example.com", in columns, and below it what to publish there.
local function tell_records(records)
  for _, record in ipairs(records) do
    local first = ("  %s %-6s "):format(paint.word(record.status, 12), text.printable(record.type or ""))
    paint.line(first, 22, record.name or record.id or "")
    if to_be_entered[record.status] and record.expected then
      paint.line((" "):rep(22) .. "expected: ", 32, record.expected)
    end
  end
end

-- The domain as it stands in DNS, and as people read it where that is something else; "the message" where there is none.
local function subject_of(domain)
  if not domain then
    return paint.paint("strong", "the message")
  end
  local readable = domain:find("xn--", 1, true) and domains.to_unicode(domain)
  local beside = readable and readable ~= domain and " (" .. text.printable(readable) .. ")" or ""
  return paint.paint("strong", text.printable(domain)) .. beside
end

--- Prints a report.
-- @tparam table report as `mailseal.check` returns it
-- @tparam[opt] function more prints what stands between the status and the findings
function M.tell(report, more)
  local found = count(report.findings)
  output.line(subject_of(report.domain), ": ", paint.word(report.status), found and " (" .. found .. ")" or "")
  tell_records(report.records or {})
  if more then
    more()
  end
  for _, finding in ipairs(report.findings) do
    paint.finding(finding, 2, report.domain)
  end
  if report.profile and not report.verdict then -- of a message its findings are enough
    profile_face.tell(report.profile)
  end
  if report.status == "unknown" and report.retry_at then
    output.line("  look again after ", paint.time(report.retry_at))
  end
end

local exit_statuses = { ok = status.OK, warning = status.OK, error = status.NO, unknown = status.TEMPORARY }

--- The exit status that says as much as a report's status.
-- @tparam string verdict
-- @treturn number
function M.exit_status(verdict)
  return exit_statuses[verdict]
end

return M
