--- Why is an expected record not where it is expected?
--
-- Where the cause can be seen (it is somewhere else, or a proxy stands in its place), that is told, and is an error. Otherwise it
-- is not there yet, which is none.
-- @module mailseal.check.publication.missing
local addresses = require "mailseal.check.publication.addresses"
local async = require "mailseal.async"
local catalogue = require "mailseal.record.catalogue"
local elsewhere = require "mailseal.check.publication.elsewhere"
local is_within = require "mailseal.dns.name".is_within
local placement = require "mailseal.check.publication.placement"

local M = {}

local function call(fn) return fn() or false end

-- Tells of addresses at a name that is to have none, where it has some: a proxy or the DNS host put them there in the place of a
-- CNAME.
local function tell_addresses(case, answers)
  for _, answer in ipairs(answers) do
    local found, proxy = addresses.own(case, answer)
    if found then
      case:find(proxy and "cname_proxied" or "cname_flattened", { where = proxy, found = found })
      return true
    end
  end
  return false
end

-- The names of the zone's servers, in words; nil where they are not known.
local function hosts_of(case)
  local hosts = {}
  if case.moved_to then
    return table.concat(case.moved_to, ", ")
  end
  for i, server in ipairs(case.own and case.own.servers or {}) do
    hosts[i] = server.host
  end
  return #hosts > 0 and table.concat(hosts, ", ") or nil
end

-- The same of a zone that was not asked.
local function ask_hosts(case, zone)
  local answer, hosts = case.context:ask(zone, "NS"), {}
  for i, record in ipairs(answer and answer.records or {}) do
    hosts[i] = record.host
  end
  table.sort(hosts)
  return #hosts > 0 and table.concat(hosts, ", ") or nil
end

-- Must the domain be registered before it can have records? Then there is no such name, and the zone is that of a registry. (Some
-- registries have records of domains in their own zone.)
local function is_unregistered(case, zone)
  local domain = case.context.domain
  if not zone or zone == domain or zone:find(".", 2, true) then
    return false
  end
  return case.context:ask(domain, "MX").status == "nxdomain"
end

-- Tells that nothing is there, and where it is to be entered.
local function tell_missing(case)
  local zone, domain = case:zone(), case.context.domain
  if is_unregistered(case, zone) then
    case:find_of("domain_missing", domain, { retry_at = case:retry_at() })
    return
  end
  local fields = { where = zone, retry_at = case:retry_at(), until_when = catalogue.moment(case:retry_at()) }
  if zone and zone ~= domain and is_within(zone, domain) then
    fields.found = hosts_of(case) or ask_hosts(case, zone)
    case:find("record_zone_delegated", fields)
  else
    fields.host = hosts_of(case) or zone
    fields.entry, fields.zone = placement.entry(case.name, domain, zone)
    case:find("record_missing", fields)
  end
end

-- The place where the record landed instead, if it is seen; what addresses the name has, that has to have none.
local function look_around(case)
  local context, name, questions = case.context, case.name, {}
  -- A name such as s1._domainkey is nobody's host; others may be.
  if case.expect.selector then
    questions = { { name, "A" }, { name, "AAAA" } }
  end
  local function holds(answer, strict) return case.rules.holds(case, answer, strict) end
  -- Where the record itself is asked for past all caches, one that was entered wrongly just now is to be seen as well.
  local wanted = { name = name, type = case.expect.type, zone = case:zone(), fits = holds, fresh = case.own ~= nil }
  local found = async.each({
    function() return placement.find(context, wanted) end,
    function() return context:asks(questions) end,
    function() return elsewhere.prepare(case) end,
  }, call)
  return found[1], found[2]
end

local function tell_place(case, place)
  case:find(place.code, {
    where = place.where, entry = place.entry, zone = place.zone, expected = case.name, found = place.where,
  })
  return "missing"
end

--- Tells why there is nothing.
-- @tparam table case see `mailseal.check.publication.case`
-- @treturn string how it stands with the record: "missing", "mismatch" where something else is in its place, or as of
--   `mailseal.check.publication.elsewhere`
function M.judge(case)
  if not case.expect.required then
    return "missing"
  end
  local place, answers = look_around(case)
  if place then
    return tell_place(case, place)
  elseif tell_addresses(case, answers) then
    return "mismatch"
  end
  local state = elsewhere.judge(case)
  if not state then
    tell_missing(case)
  end
  return state or "missing"
end

--- Tells why there is nothing of the name's own where a wildcard answers in its place, if one does.
-- @tparam table case
-- @tparam string type of what was found
-- @tparam string found what it is
-- @treturn ?string how it stands with the record, "unknown" where DNS does not say; nil where the answer is the name's own
function M.under_wildcard(case, type, found)
  local is_wildcard, fault = placement.is_wildcard(case.context, case.name, type)
  if fault then
    case:temporary(fault)
    return "unknown"
  elseif not is_wildcard then
    return nil
  elseif not case.expect.required then
    return "missing"
  end
  local place = look_around(case)
  if place then
    return tell_place(case, place)
  end
  case:find("record_wildcard", { found = found, retry_at = case:retry_at() })
  return "missing"
end

return M
