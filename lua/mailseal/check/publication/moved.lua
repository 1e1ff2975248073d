--- Was a record's zone moved to other name servers of late, so that caches still ask the former ones?
--
-- The zone above then delegates to the new ones, and these do not name the former ones any more. (Where they do, the zone and the one
-- above it merely differ, and stay so.)
-- @module mailseal.check.publication.moved
local catalogue = require "mailseal.record.catalogue"

local M = {}

local function ask_delegated(context, zone)
  local found = context.resolver:delegation(zone)
  return found and found.hosts or {}
end

--- The servers that the zone above delegates a zone to.
-- @tparam table context see `mailseal.check.context`
-- @tparam string zone
-- @treturn {string,...} sorted; none where it cannot be told
function M.delegated(context, zone)
  return context:once("delegation of " .. zone, ask_delegated, context, zone)
end

-- The servers of a zone that some of its servers name, as a set; nil where they do not say.
local function ask_named(context, zone, hosts)
  local answer = context.resolver:authoritative(zone, "NS", { hosts = hosts }).answer
  local named
  for _, record in ipairs(answer and answer.records or {}) do
    named = named or {}
    named[record.host] = true
  end
  return named
end

-- Are there servers among those that were asked, and do the delegated ones name none of them?
local function are_former(servers, delegated, named)
  local is_delegated, former = {}, false
  for _, host in ipairs(delegated) do
    is_delegated[host] = true
  end
  for _, server in ipairs(servers) do
    if not is_delegated[server.host] then
      if named[server.host] then
        return false
      end
      former = true
    end
  end
  return former
end

local function ask(context, own)
  local delegated = M.delegated(context, own.zone)
  local named = #delegated > 0 and ask_named(context, own.zone, delegated)
  return named and are_former(own.servers, delegated, named) and delegated or nil
end

--- Tells that the zone was moved, where it was.
-- @tparam table case see `mailseal.check.publication.case`; its `moved_to` then has the names of the new servers
-- @treturn boolean was it?
function M.tell(case)
  local own, context = case.own, case.context
  if not own or not own.zone or own.name_servers_from ~= "child" then
    return false
  end
  case.moved_to = context:once("where to was moved " .. own.zone, ask, context, own)
  if not case.moved_to then
    return false
  end
  local former, known = {}, context:ask(own.zone, "NS")
  for i, server in ipairs(own.servers) do
    former[i] = server.host
  end
  case:find_of("name_servers_moved", own.zone, {
    expected = table.concat(case.moved_to, ", "), found = table.concat(former, ", "),
    retry_at = known.recheck_at, until_when = catalogue.moment(known.recheck_at),
  })
  return true
end

return M
