--- `mailseal worker`: looks at the domains that are due, for ever.
--
-- Any number of them may run on one database. SIGTERM, SIGINT and SIGHUP end one between two transactions; one that is killed leaves
-- nothing half done, and what it had taken up is taken over by another.
-- @module mailseal.cli.worker
local core = require "mailseal.core".signals
local json = require "mailseal.json"
local operator_zone = require "mailseal.cli.operator_zone"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local registry_face = require "mailseal.cli.registry"
local status = require "mailseal.cli.status"

local M = {}

local epilog = [[
It runs until it gets SIGTERM or SIGINT, and ends with 0 then. Any number of
workers, on any number of machines, may share one PostgreSQL database.]]

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary "Look at the domains that are due, for ever."
  command:description "Looks at the domains of all tenants when they are due: those that are pending, and those that are verified."
  command:epilog(epilog)
  registry_face.describe(command)
  registry_face.describe_webhooks(command)
  registry_face.describe_dns_hosts(command)
  operator_zone.describe(command)
  command:flag("--until-idle", "End when nothing is due any more.")
  command:option("--at-most", "End after so many domains."):convert(options.whole("--at-most", 1, 1000000000)):argname "N"
  command:flag("--json", "Print one JSON object on standard output when it ends, and nothing else.")
end

-- Of the names that many domains ask for (the hosts of their providers) few are not asked again soon.
local CACHE = 4000

local function tell(count, given)
  if given.json then
    output.line(json.encode(json.object("looked_at", count)))
  else
    output.line(("%d domain%s looked at"):format(count, count == 1 and "" or "s"))
  end
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  local ways, signals = operator_zone.ways(given), core.open()
  local registry = registry_face.open(given, { resolver = { rotate = true, cache = CACHE }, operator_zones = ways })
  local ok, count, message, code = pcall(registry.work, registry, {
    until_idle = given.until_idle, at_most = given.at_most,
    stop = function() return signals:take() ~= nil end,
    tell = function(words) output.complain("mailseal worker", words) end,
  })
  registry:close()
  signals:close()
  if not ok then
    error(count, 0)
  end
  tell(registry_face.want(count, message, code), given)
  return status.OK
end

return M
