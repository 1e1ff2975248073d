--- Asks each name server of the record's own zone, and says what each of them says.
--
-- What a resolver says may be what it remembers. Whether a record is published, the zone's own servers know, and each may know
-- something else while a change spreads. Behind `resolver:authoritative`, which tells what comes of it.
-- @module mailseal.dns.authoritative
local agreement = require "mailseal.dns.agreement"
local RECHECK_SOONEST = require "mailseal.dns.answer".RECHECK_SOONEST
local async = require "mailseal.async"
local name_servers = require "mailseal.dns.name_servers"
local zone_cut = require "mailseal.dns.zone_cut"

local M = {}

-- What stands at the end of the CNAME that the answer begins with, asked once and in the usual way.
local function follow_alias(search, answer)
  local target = search:query(agreement.alias(answer), search.type, true)
  local joined = {}
  for field, value in pairs(target) do joined[field] = value end
  joined.name, joined.chain = search.name, { agreement.alias(answer) }
  for _, name in ipairs(target.chain) do joined.chain[#joined.chain + 1] = name end
  joined.ttl = target.ttl and answer.ttl and math.min(target.ttl, answer.ttl)
  joined.dangling = target.status == "nxdomain" or nil
  joined.authoritative, joined.authentic = false, false
  return joined
end

-- Why nobody answers, as a temporary status and a word.
local function judge_silence(search, servers)
  local counts = {}
  for _, server in ipairs(servers) do counts[server.state] = (counts[server.state] or 0) + 1 end
  local over = search.asking:over()
  if #servers == 0 and over then return "timeout", over end
  if #servers == 0 then return "servfail", "no_name_servers" end
  if counts.lame then return "servfail", "lame" end
  if counts.silent then return "timeout", "silent" end
  if counts.unasked then return "timeout", "unasked" end
  return over and "timeout" or "servfail", over or "unresolved"
end

-- Puts the groups' verdict into the result.
local function judge(search, result)
  local groups = agreement.groups(result.servers)
  local answers = async.each(groups, function(group)
    return group.alias and follow_alias(search, group.answer) or group.answer
  end)
  for i, group in ipairs(groups) do group.answer, group.status = answers[i], answers[i].status end
  result.groups = groups
  if #groups == 0 then
    result.status, result.reason = judge_silence(search, result.servers)
  elseif #groups == 1 then
    result.answer = groups[1].answer
    result.status, result.reason = result.answer.status, result.answer.reason
  else
    result.status = "propagating"
  end
  result.summary = agreement.summary(groups, result.servers)
  if #result.servers == 0 and result.status == "timeout" then
    local why = result.reason == "closed" and "the resolver was closed" or "the time was over"
    result.summary = "the name servers were not found before " .. why
  end
  return result
end

-- Name servers do not validate what they say. Where a resolver that does found nothing but forgery, nobody who asks one gets
-- to see what they have.
local function distrust(result)
  result.status, result.reason, result.answer = "bogus", "dnssec_bogus", nil
  result.summary = result.summary .. ", but it does not validate under DNSSEC"
  return result
end

local function no_zone(search, result, message, code)
  result.status, result.reason = code, code == "timeout" and search.asking:over() or "no_zone"
  if code == "no_zone" then result.status = "servfail" end
  result.servers, result.groups, result.summary = {}, {}, message
  return result
end

-- Notes what was told of the name servers, and how many of them were left out.
local function finish(search, result, left_out)
  judge(search, result)
  result.capped = left_out > 0
  if result.capped then
    result.summary = ("%s; %d more %s not asked"):format(result.summary, left_out, left_out == 1 and "was" or "were")
  end
  return result
end

--- Asks each name server of the zone that a name is in, or others. See `resolver:authoritative`.
-- @tparam table resolver see `mailseal.dns.resolver`
-- @tparam string name as `encode` spells it
-- @tparam string type likewise
-- @tparam table options `fresh`, `deadline`, `port`, `hosts`
-- @treturn table what was found
function M.ask(resolver, name, type, options)
  local search = name_servers.search(resolver, name, type, options)
  local result = { name = name, type = type, recheck_at = resolver.time() + RECHECK_SOONEST }
  local left_out
  if options.hosts then
    result.servers, left_out = search:ask_hosts(options.hosts)
    return finish(search, result, left_out)
  end
  local zone, message, code, above = zone_cut.find(search.asking, name)
  if not zone and not above then return no_zone(search, result, message, code) end
  result.zone, result.servers, result.name_servers_from, left_out = search:ask_zone(zone or above, not zone)
  finish(search, result, left_out)
  return code == "bogus" and distrust(result) or result
end

--- Asks the zone above which name servers a zone is delegated to. See `resolver:delegation`.
-- @tparam table resolver see `mailseal.dns.resolver`
-- @tparam string zone as `encode` spells it
-- @tparam table options `fresh`, `deadline`, `port`
-- @treturn table `zone`, `hosts`, `parent`
function M.delegation(resolver, zone, options)
  local search = name_servers.search(resolver, zone, "NS", options)
  local hosts, parent = search:delegation(zone)
  return { zone = zone, hosts = hosts, parent = parent }
end

return M
