--- Why is an expected record not where it is expected?
--
-- Where the cause can be seen (it is somewhere else, or a proxy stands in its place), that is told, and is an error. Otherwise it
-- is not there yet, which is none.
-- @module mailseal.check.missing
local async = require "mailseal.async"
local elsewhere = require "mailseal.check.elsewhere"
local is_within = require "mailseal.dns.name".is_within
local name_servers = require "mailseal.check.name_servers"
local placement = require "mailseal.check.placement"
local proxies = require "mailseal.check.proxies"

local M = {}

local function call(fn) return fn() or false end

-- What may be a CNAME, and so may be proxied.
local proxied = { cname_target = true, dkim_key = true }

-- The proxy whose addresses answers hold, and these.
local function proxy_in(answers)
  for _, answer in ipairs(answers) do
    local proxy, list = nil, {}
    for i, record in ipairs(answer and #answer.chain == 0 and answer.records or {}) do
      proxy, list[i] = proxy or proxies.of(record.address), record.address
    end
    if proxy then
      return proxy, table.concat(list, ", ")
    end
  end
end

-- The names of the zone's servers, in words; nil where they are not known.
local function hosts_of(case)
  local hosts = {}
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

-- Tells that nothing is there, and where it is to be entered.
local function tell_missing(case)
  local zone, domain = case:zone(), case.context.domain
  local fields = { where = zone, retry_at = case:retry_at(), until_when = name_servers.moment(case:retry_at()) }
  if zone and zone ~= domain and is_within(zone, domain) then
    fields.found = hosts_of(case) or ask_hosts(case, zone)
    case:find("record_zone_delegated", fields)
  else
    fields.host = hosts_of(case) or zone
    case:find("record_missing", fields)
  end
end

--- Tells why.
-- @tparam table case see `mailseal.check.case`
-- @tparam function fits called with an answer, and with true where it came from a name that may rightly have something alike: does
--   it hold the record?
-- @treturn string how it stands with the record: "missing", "mismatch" where something else is in its place, or as of
--   `mailseal.check.elsewhere`
function M.judge(case, fits)
  if not case.expect.required then
    return "missing"
  end
  local context, name = case.context, case.name
  local found = async.each({
    function()
      return placement.find(context, { name = name, type = case.expect.type, zone = case:zone(), fits = fits })
    end,
    function() return proxied[case.expect.match] and context:asks { { name, "A" }, { name, "AAAA" } } end,
    function() return elsewhere.prepare(case) end,
  }, call)
  local place, proxy, addresses = found[1], proxy_in(found[2] or {})
  if place then
    case:find(place.code, { where = place.where, entry = place.entry, zone = place.zone, found = place.where })
    return "missing"
  elseif proxy and not context.resolver:synthesized(name, "A") then
    case:find("cname_proxied", { where = proxy, found = addresses })
    return "mismatch"
  end
  local state = elsewhere.judge(case, fits)
  if not state then
    tell_missing(case)
  end
  return state or "missing"
end

return M
