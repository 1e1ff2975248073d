--- The way into the operator's zone, to which CNAMEs of domains lead, as `mailseal worker`, `mailseal serve` and `mailseal publish` are
-- told it: credentials by the environment or a file, as `mailseal publish` takes them, and never by an argument.
-- @module mailseal.cli.operator_zone
local access = require "mailseal.cli.publish_access"
local options = require "mailseal.cli.options"
local publish = require "mailseal.publish"
local status = require "mailseal.cli.status"

local M = {}

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:option("--operator-zone", "Keep this zone, to which CNAMEs of domains lead (cname_zone), as their keys want it.")
    :argname "ZONE":convert(options.name)
  command:option("--operator-via", "How that is written to: " .. table.concat(publish.ids(), ", ") .. " (rfc2136)."):argname "ID"
  command:option("--operator-set", "A setting of that way; may be repeated."):argname "NAME=VALUE":count "*"
  command:option("--operator-credentials", "The file that holds its credentials: mode 0600; else the environment does."):argname "FILE"
end

--- The way that some options name.
-- @tparam string zone
-- @tparam table given `via`; `set`, texts of NAME=VALUE; `credentials`, a file's name
-- @treturn table `operator_zones` of `mailseal.onboard.open`
function M.way(zone, given)
  local module, message = publish.find(given.via)
  if not module then status.stop(status.USAGE, message) end
  local way = access.options(module, given)
  access.want(module, way)
  way.via = module.id
  return { [zone] = way }
end

--- The way that the options name.
-- @tparam table given the options as parsed
-- @treturn ?table `operator_zones` of `mailseal.onboard.open`; nil where no zone is named
function M.ways(given)
  if not given.operator_zone then
    if given.operator_via or given.operator_credentials or given.operator_set[1] then
      status.stop(status.USAGE, "--operator-zone is to name the zone")
    end
    return nil
  end
  return M.way(given.operator_zone, {
    via = given.operator_via or "rfc2136", set = given.operator_set, credentials = given.operator_credentials,
  })
end

--- What is needed to find the way in another process: names, and nothing that is secret.
-- @tparam table given the options as parsed
-- @tparam function absolute makes a file's name one that holds everywhere
-- @treturn ?table for @{ways}; nil where no zone is named
function M.plain(given, absolute)
  if not given.operator_zone then return nil end
  local set = {}
  for i, text in ipairs(given.operator_set) do set[i] = text end
  return {
    operator_zone = given.operator_zone, operator_via = given.operator_via, operator_set = set,
    operator_credentials = given.operator_credentials and absolute(given.operator_credentials),
  }
end

return M
