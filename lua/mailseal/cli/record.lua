--- `mailseal record`: says what is wrong with a record's text, and how to mend it.
-- @module mailseal.cli.record
local input = require "mailseal.cli.input"
local json = require "mailseal.json"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local status = require "mailseal.cli.status"

local M = {}

local kinds = { "bimi", "dkim", "dmarc", "dmarc-report", "mta-sts", "mta-sts-policy", "spf", "tls-rpt" }

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Say what is wrong with a record, and how to mend it.")
  command:description("Reads a DNS record's text, and says what is wrong with it and how to mend it.")
  command:argument("kind", "The kind of record: " .. table.concat(kinds, ", ") .. "."):choices(kinds)
  command:argument("text", "The record's text; - reads it from standard input. A text that begins with - stands after --.")
  command:flag("--json", "Print one JSON object on standard output, and nothing else.")
end

local function read_text(given)
  if given.text ~= "-" then
    return given.text
  end
  return (input.all("-"):gsub("\r?\n$", ""))
end

--- The worst of the findings' severities; "ok" where there is but advice.
local function worst(findings)
  local result = "ok"
  for _, finding in ipairs(findings) do
    if finding.severity == "error" then
      return "error"
    elseif finding.severity == "warning" then
      result = "warning"
    end
  end
  return result
end

local function tell_json(kind, verdict, findings)
  local list = {}
  for i, finding in ipairs(findings) do
    list[i] = json.object(
      "code", finding.code,
      "severity", finding.severity,
      "message", finding.message,
      "fix", finding.fix
    )
  end
  output.line(json.encode(json.object("kind", kind, "status", verdict, "findings", list)))
end

local function tell(findings)
  if #findings == 0 then
    output.line(paint.word "ok", ": nothing is wrong with this record")
  end
  for _, finding in ipairs(findings) do
    paint.finding(finding)
  end
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  local record = require "mailseal.record"
  local findings = record.lint((given.kind:gsub("-", "_")), read_text(given))
  local verdict = worst(findings)
  if given.json then
    tell_json(given.kind, verdict, findings)
  else
    tell(findings)
  end
  return verdict == "error" and status.NO or status.OK
end

return M
