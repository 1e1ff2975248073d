--- `mailseal publish --operator-zone`: compares the zone to which CNAMEs of domains lead with what their keys want, and mends it.
-- @module mailseal.cli.publish_zone
local json = require "mailseal.json"
local operator_zone = require "mailseal.cli.operator_zone"
local output = require "mailseal.cli.output"
local registry_face = require "mailseal.cli.registry"
local status = require "mailseal.cli.status"

local M = {}

-- Seconds to wait for whoever else is writing to the zone: longer than one who was killed is waited for.
local PATIENCE = 40

local function words_of(one, is_dry)
  if one.code then return one.text end
  local what = one.before and one.after and "changed" or one.after and "added" or one.before and "taken away" or "there by now"
  return ("%s (%s of %s) is %s%s"):format(one.name, one.domain, one.tenant, is_dry and "to be " or "", what)
end

local function tell(found, given)
  local count = #found.differences
  if given.json then
    output.line(json.encode(json.object("zone", given.operator_zone, "names", found.names, "differences", json.plain(found.differences))))
    return
  end
  for _, one in ipairs(found.differences) do output.line(words_of(one, given.dry_run)) end
  output.line(("%d name%s looked at, of which %d differ%s"):format(found.names, found.names == 1 and "" or "s", count,
    (given.dry_run and "" or "ed") .. (given.dry_run and count == 1 and "s" or "")))
end

--- Runs it.
-- @tparam table given the options of `mailseal publish`
-- @treturn number exit status: 1 where something differs that was not mended
function M.run(given)
  local registry = registry_face.open(given, {
    operator_zones = operator_zone.way(given.operator_zone, {
      via = given.via or "rfc2136", set = given.set, credentials = given.credentials,
    }),
  })
  local found, message, code = registry:reconcile_zone(given.operator_zone, { dry_run = given.dry_run, patience = PATIENCE })
  registry:close()
  registry_face.want(found, message, code)
  tell(found, given)
  for _, one in ipairs(found.differences) do
    if one.code or given.dry_run then return status.NO end
  end
  return status.OK
end

return M
