--- The options `--zone` and `--server`, and the resolver they name.
-- @module mailseal.cli.resolver
local status = require "mailseal.cli.status"

local M = {}

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:mutex(
    command:option("--zone", "Answer from this zone file (BIND's format, or JSON) and ask no server."):argname("FILE"),
    command
      :option("--server", "Ask this DNS server; may be repeated. Without it, the machine's servers are asked.")
      :argname("ADDR[:PORT]")
      :count("*")
  )
end

--- What each code of `mailseal.dns` means for the exit status.
local statuses = { bad_zone = status.DATA, unreadable = status.DATA, bad_server = status.USAGE }

--- The resolver the options name.
-- @tparam table given the options as parsed
-- @tparam[opt] table more further options of `dns.resolver`
-- @treturn table a `mailseal.dns` resolver
function M.open(given, more)
  local dns = require "mailseal.dns"
  local wanted = { zone = given.zone, servers = #given.server > 0 and given.server or nil }
  for name, value in pairs(more or {}) do
    wanted[name] = value
  end
  local resolver, cause, code = dns.resolver(wanted)
  if resolver then
    return resolver
  end
  status.stop(statuses[code] or status.UNAVAILABLE, cause)
end

return M
