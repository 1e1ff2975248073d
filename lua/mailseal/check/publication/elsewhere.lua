--- Is a record that is not there at another DNS host, to which nobody is sent, or only some?
--
-- DNS does not tell where else a zone of that name may be kept. Hosts that can be thought of are asked: those at which the zone is
-- said to be edited (the check's option `edited_at`), those that the zone above delegates to while the zone itself names others, and
-- the one that the zone calls its primary.
-- @module mailseal.check.publication.elsewhere
local async = require "mailseal.async"
local temporary = require "mailseal.dns.answer".temporary
local canonical = require "mailseal.dns.name".canonical
local moved = require "mailseal.check.publication.moved"

local M = {}

local function call(fn) return fn() or false end

local function set_of(list)
  local set = {}
  for _, item in ipairs(list) do
    set[item] = true
  end
  return set
end

local function hosts_of(found)
  local hosts = {}
  for i, server in ipairs(found.servers) do
    hosts[i] = server.host
  end
  return hosts
end

-- The hosts at which the zone is said to be edited.
local function given_to(context)
  local hosts = {}
  for i, host in ipairs(context.options.edited_at or {}) do
    hosts[i] = canonical(host)
  end
  return hosts
end

-- Those of a list that the set does not have.
local function without(list, set)
  local rest = {}
  for _, item in ipairs(list) do
    if not set[item] then
      rest[#rest + 1] = item
    end
  end
  return rest
end

-- Do the name servers of the record's zone say that it is not there, and is it the zone that tells which they are?
local function is_wanted(case)
  return case.own ~= nil and case.own.zone ~= nil and case.own.name_servers_from == "child"
end

local function ask_others(context, zone)
  local found = async.each({
    function() return moved.delegated(context, zone) end,
    function() return context:ask(zone, "SOA") end,
  }, call)
  local soa = found[2] and found[2].records[1]
  return { delegated = found[1], primary = soa and soa.primary ~= "." and { soa.primary } or {} }
end

--- Asks what other hosts the zone may be kept at: those of the delegation, and the primary. `judge` will want to know.
-- @tparam table case see `mailseal.check.publication.case`
-- @treturn ?table `delegated`, `primary`, lists of hosts
function M.prepare(case)
  local zone = is_wanted(case) and case.own.zone
  return zone and case.context:once("other hosts of " .. zone, ask_others, case.context, zone) or nil
end

-- The first host of a list that has the record, and what all of them say.
local function find(case, hosts)
  if #hosts == 0 then
    return nil, { servers = {} }
  end
  local found = case.context.resolver:authoritative(case.name, case.type, { hosts = hosts })
  for _, group in ipairs(found.groups) do
    if case.rules.holds(case, group.answer, false) then
      return group.servers[1], found
    end
  end
  return nil, found
end

-- Do two lists of servers have an address in common?
local function share_addresses(a, b)
  local addresses = {}
  for _, server in ipairs(a) do
    for _, one in ipairs(server.addresses) do
      addresses[one.address] = true
    end
  end
  for _, server in ipairs(b) do
    for _, one in ipairs(server.addresses) do
      if addresses[one.address] then
        return true
      end
    end
  end
  return false
end

-- Are the hosts at which the zone is said to be edited others than its name servers? Not where DNS does not say, for now, which addresses
-- some of them have: they may be the same by other names.
local function are_others(given, own)
  for _, list in ipairs { given, own } do
    for _, server in ipairs(list) do
      if temporary[server.state == "unresolved" and server.reason] then
        return false
      end
    end
  end
  return not share_addresses(given, own)
end

-- Tells that the zone above and the zone name different servers. Both do, where they differ.
local function tell_difference(case, delegated)
  local own, zone = hosts_of(case.own), case.own.zone
  table.sort(own)
  local expected, found = table.concat(delegated, ", "), table.concat(own, ", ")
  if #delegated > 0 and not case.own.capped and expected ~= found then
    case.context:find("name_servers_differ", { name = zone, expected = expected, found = found })
  end
end

--- Looks for the record there, and tells where it is.
-- @tparam table case see `mailseal.check.publication.case`; the zone's own name servers do not have the record
-- @treturn ?string how it stands with the record: "conflicting", "propagating" or "missing"; nil where nothing was found
function M.judge(case)
  local own, others = case.own, M.prepare(case)
  if not others then
    return nil
  end
  local mine, given = set_of(hosts_of(own)), given_to(case.context)
  if moved.tell(case) then
    return find(case, case.moved_to) and "propagating" or nil
  end
  tell_difference(case, others.delegated)
  local found = async.each({ without(others.delegated, mine), without(others.primary, mine), without(given, mine) }, function(hosts)
    return { find(case, hosts) }
  end)
  local fields = { found = table.concat(hosts_of(own), ", ") }
  if found[1][1] then
    fields.where = found[1][1]
    case:find("record_at_one_host", fields)
    return "conflicting"
  elseif found[2][1] then
    fields.where, fields.retry_at = found[2][1], case:retry_at()
    case:find("record_at_primary", fields)
    return "propagating"
  elseif found[3][1] then
    fields.where = found[3][1]
    case:find("record_at_wrong_host", fields)
    return "missing"
  elseif #given > 0 and #without(given, mine) == #given and are_others(found[3][2].servers, own.servers) then
    fields.where, fields.expected = own.zone, table.concat(given, ", ")
    case:find("name_servers_elsewhere", fields)
    return "missing"
  end
end

return M
