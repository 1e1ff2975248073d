--- `mailseal provider`: which mail services are known, what each wants published, and whether its rule does what it says.
-- @module mailseal.cli.provider
local command = require "mailseal.cli.command"
local input = require "mailseal.cli.provider_input"
local options = require "mailseal.cli.options"
local report = require "mailseal.cli.provider_report"
local status = require "mailseal.cli.status"

local M = {}

local epilog = [[
A rule is a file with a plain Lua table, of which nothing is run:
mailseal.rules.provider documents it. Own rules come from --rules or
MAILSEAL_RULES, and go before mailseal's own of the same id.

`test` takes ids and files; without one it tests all rules. The exit status is 0
where each rule does what it says, 1 where one does not, and 65 where a file is
no rule.]]

-- A flag for JSON; what comes of it.
local function describe_json(of, each)
  of:flag("--json", ("Print one JSON object%s on standard output, and nothing else."):format(each and " a rule" or ""))
end

--- Declares the options.
-- @tparam table parser argparse's command
function M.describe(parser)
  parser:summary("Say what a mail service wants published.")
  parser:description("Says which mail services are known, what each of them wants published, and tests their rules.")
  parser:epilog(epilog)
  parser:command_target("action")
  local list = command.add(parser, "list")
  list:summary("List them.")
  require("mailseal.cli.rules").describe(list)
  describe_json(list, true)
  local show = command.add(parser, "show")
  show:summary("Show what one wants published, and what it asks for.")
  show:argument("id", "The provider's id, or an alias of it.")
  show:option("--domain", "Show the records of this domain."):argname("DOMAIN"):convert(options.domain)
  input.describe(show)
  describe_json(show)
  local test = command.add(parser, "test")
  test:summary("Run rules against zones made for them.")
  test:argument("rule", "The ids of providers, or files."):args("*")
  require("mailseal.cli.rules").describe(test)
  test
    :option("--time", "The time to judge the rules' age at, in seconds since 1970.")
    :convert(options.whole("--time", 0, options.LAST_SECOND))
    :argname("N")
  describe_json(test, true)
end

-- ---- list and show

local function run_list(given)
  report.list(require("mailseal.provider").list(input.own(given)), given.json)
  return status.OK
end

local function run_show(given)
  local own = input.own(given)
  local rule = input.rule(given.id, own)
  local domain = given.domain and input.domain(given.domain)
  if not domain and given.var[1] then
    status.stop(status.USAGE, "--var is for the records of a --domain")
  end
  local records, advice, missing
  if domain then
    records, advice, missing, rule = input.records(rule, domain, given, own)
  end
  report.show(rule, { domain = domain, records = records, advice = advice, missing = missing }, given.json)
  return status.OK
end

-- ---- test

-- A rule that was named by its file or its id.
local function named(name, own)
  if not name:find "[/.]" then
    return input.rule(name, own)
  end
  local rule, cause, code = require("mailseal.rules.sandbox").file(name)
  local problem = rule and require("mailseal.provider").problem(rule)
  if not rule or problem then
    status.stop(code == "not_found" and status.USAGE or status.DATA, problem and name .. ": " .. problem or cause)
  end
  return rule
end

-- The rules to be tested: those named, or all.
local function wanted(given, own)
  local rules = {}
  for i, name in ipairs(given.rule) do
    rules[i] = named(name, own)
  end
  for _, entry in ipairs(#given.rule == 0 and require("mailseal.provider").list(own) or {}) do
    rules[#rules + 1] = input.rule(entry.id, own)
  end
  return rules
end

local function run_test(given)
  local own, verdict = input.own(given), status.OK
  local trial, schema = require "mailseal.cli.provider_trial", require "mailseal.rules.schema"
  for _, rule in ipairs(wanted(given, own)) do
    local results, cause = trial.run(rule, own)
    local is_right = report.test(rule, {
      results = results, cause = cause, is_stale = schema.is_stale(rule, given.time or os.time()),
    }, given.json)
    verdict = is_right and verdict or status.NO
  end
  return verdict
end

local runs = { list = run_list, show = run_show, test = run_test }

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  return runs[given.action](given)
end

return M
