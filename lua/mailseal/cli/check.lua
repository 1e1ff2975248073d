--- `mailseal check`: says what is wrong with a domain, what caused it and how to mend it.
-- @module mailseal.cli.check
local json = require "mailseal.cli.json"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local resolver = require "mailseal.cli.resolver"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

local epilog = [[
The exit status is 0 where the domain is well or has warnings alone, 1 where
there is an error, and 75 where that cannot be told yet.]]

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Say what is wrong with a domain, and how to mend it.")
  command:description("Looks at what a domain publishes for its mail, and says what is wrong with it and how to mend it.")
  command:epilog(epilog)
  command:argument("domain", "The domain."):convert(options.name)
  command:option("--selector", "A DKIM selector whose key is to be there; may be repeated."):argname("S"):count("*")
  command:option("--only", "Look at this aspect alone; may be repeated."):argname("ASPECT"):count("*")
  resolver.describe(command)
  command
    :option("--time", "The time to check at, in seconds since 1970.")
    :convert(options.whole("--time", 0, options.LAST_SECOND))
    :argname("N")
  command:flag("--json", "Print one JSON object on standard output, and nothing else.")
end

local finding_fields = {
  "code", "severity", "aspect", "name", "record", "expected", "found", "where", "message", "fix", "retry_at",
}

--- A report as JSON.
-- @tparam table report as `mailseal.check` returns it
-- @treturn table what `json.encode` writes as an object
function M.object(report)
  local findings = {}
  for i, finding in ipairs(report.findings) do
    findings[i] = json.pick(finding, finding_fields)
  end
  return json.object("domain", report.domain, "status", report.status, "findings", findings, "retry_at", report.retry_at)
end

local function tell(report)
  output.line(text.printable(report.domain), ": ", report.status)
  for _, finding in ipairs(report.findings) do
    output.line("  ", finding.severity, ": ", text.printable(finding.message), " (", finding.code, ")")
    output.line("    fix: ", text.printable(finding.fix))
  end
end

local exit_statuses = { ok = status.OK, warning = status.OK, error = status.NO, unknown = status.TEMPORARY }

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  local check = require "mailseal.check"
  local report, cause = check.domain(given.domain, {
    resolver = resolver.open(given),
    selectors = given.selector,
    only = #given.only > 0 and given.only or nil,
    now = given.time,
  })
  if not report then
    status.stop(status.USAGE, ("'%s': %s"):format(given.domain, cause))
  end
  if given.json then
    output.line(json.encode(M.object(report)))
  else
    tell(report)
  end
  return exit_statuses[report.status]
end

return M
