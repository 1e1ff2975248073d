--- Whose DNS host serves a domain, told by its name servers.
--
-- They are looked for where the zone is cut, above the domain or at it, and asked of the zone above: what that delegates to is where
-- records have to be. All of them must be one host's. What nobody's rule fits is nobody's here: nothing is guessed.
-- @module mailseal.rules.host.detect
local async = require "mailseal.async"
local definitive = require "mailseal.dns.answer".definitive
local inquiry = require "mailseal.dns.inquiry"
local names = require "mailseal.dns.name"
local sorted = require "mailseal.rules.sorted"
local zone_cut = require "mailseal.dns.zone_cut"

local M = {}

-- There is time for so many queries, one after the other, to find the zone; as the resolver has it for its name servers.
local STEPS = 8

-- What stands for the host of name servers that no rule fits, in `split`.
local UNKNOWN = "unknown"

-- ---- By names alone.

local function intersect(set, other)
  local both = {}
  for id in pairs(set) do
    both[id] = other[id]
  end
  return both
end

-- Of rules that all fit, those that none of the others stands before; and those that one does.
local function foremost(catalogue, ids)
  local first, behind = {}, {}
  for _, id in ipairs(ids) do
    local list = first
    for _, other in ipairs(ids) do
      if other ~= id and catalogue:is_before(other, id) then
        list = behind
      end
    end
    list[#list + 1] = id
  end
  return first, behind
end

-- Each name server once, as answers spell them, sorted.
local function canonical(name_servers)
  local list, seen = {}, {}
  for _, host in ipairs(name_servers) do
    local name = names.canonical(host)
    if not seen[name] then
      seen[name] = true
      list[#list + 1] = name
    end
  end
  table.sort(list)
  return list
end

-- The hosts of name servers that are not one's, each once.
local function split_of(catalogue, name_servers, fitting)
  local set = {}
  for _, name in ipairs(name_servers) do
    local first = foremost(catalogue, sorted.names(fitting[name]))
    for _, id in ipairs(first) do
      set[id] = true
    end
    set[UNKNOWN] = set[UNKNOWN] or #first == 0 or nil
  end
  return sorted.names(set)
end

--- How records can be set without anybody's typing. See `host.automatic`.
-- @tparam table rule
-- @treturn ?{string,...}
function M.automatic(rule)
  local ways = {}
  for _, way in ipairs { "domain_connect", "api" } do
    local fact = rule[way]
    if fact and (fact.supported or fact.available) then
      ways[#ways + 1] = way
    end
  end
  return ways[1] and ways or nil
end

local function none_empty(list)
  return list[1] and list or nil
end

--- Whose name servers these are. See `host.identify`.
-- @tparam table catalogue see `mailseal.rules.host.catalogue`
-- @tparam {string,...} name_servers
-- @treturn table
function M.identify(catalogue, name_servers)
  local list = canonical(name_servers)
  local fitting, all, known = {}, nil, false
  for _, name in ipairs(list) do
    fitting[name] = catalogue:candidates(name)
    all = all and intersect(all, fitting[name]) or fitting[name]
    known = known or next(fitting[name]) ~= nil
  end
  local result = { name_servers = list }
  if known and not next(all) then
    result.split = split_of(catalogue, list, fitting)
    return result
  end
  local first, behind = foremost(catalogue, sorted.names(all or {}))
  if #first > 1 then
    result.ambiguous = first
  elseif first[1] then
    result.rule = catalogue:find(first[1])
    result.id, result.name = result.rule.id, result.rule.name
    result.alternatives, result.automatic = none_empty(behind), M.automatic(result.rule)
  end
  return result
end

-- ---- By asking DNS.

local is_registry = { [""] = true, ["."] = true }

-- Does this zone belong to somebody who registers names in it, and not to whoever has the domain?
local function is_above(zone, registrable)
  return is_registry[zone] or not zone:find(".", 1, true) or registrable and not names.is_within(zone, registrable)
end

local function not_delegated(domain, zone)
  if domain == zone then
    return ("%s is no domain of a customer: others register names in it"):format(domain)
  end
  return ("nobody has registered %s, or no name servers are set for it: it is in the zone %s"):format(domain, zone)
end

local function hosts_in(answer, zone)
  local hosts = {}
  for _, record in ipairs(answer.records) do
    if record.type == "NS" and record.name == zone then
      hosts[#hosts + 1] = record.host
    end
  end
  return hosts
end

-- What the zone says of its name servers, and what the zone above says.
local function ask_both(asking, resolver, zone, options)
  local answer, above
  async.each({ "child", "parent" }, function(side)
    if side == "child" then
      answer = assert(asking:query(zone, "NS"))
    elseif options.parent ~= false then
      above = resolver:delegation(zone, { fresh = options.fresh, deadline = options.deadline, port = options.port })
    end
    return true
  end)
  return answer, above and above.hosts or {}
end

-- Notes which name servers are the zone's own word where those that it is delegated to are others.
local function note_own(result, own)
  if #own > 0 and table.concat(own, " ") ~= table.concat(result.name_servers, " ") then
    result.own_name_servers = own
  end
end

-- What the zone above a registered domain delegates to, where the domain's own name servers say nothing: it has been moved to a host
-- that has no zone for it yet, or has it no longer. Of a name further down nobody could say which zone it is in.
local function told_above(domain, options)
  if options.parent == false or domain ~= options.registrable then
    return nil
  end
  local above = options.resolver:delegation(domain, { fresh = options.fresh, deadline = options.deadline, port = options.port })
  return above and none_empty(above.hosts)
end

--- Looks whose DNS host serves a domain. See `host.detect`.
-- @tparam table catalogue see `mailseal.rules.host.catalogue`
-- @tparam string domain in A-labels, valid, in lower case
-- @tparam table options
-- @treturn ?table
-- @treturn ?string
-- @treturn ?string
function M.detect(catalogue, domain, options)
  local resolver = options.resolver
  local asking = inquiry.new(resolver, { fresh = options.fresh, deadline = options.deadline }, STEPS)
  local zone, message, code = zone_cut.find(asking, domain)
  if not zone then
    local hosts = code ~= "no_zone" and told_above(domain, options)
    if not hosts then
      return nil, message, code
    end
    local result = M.identify(catalogue, hosts)
    result.zone, result.name_servers_from, result.fault = domain, "parent", code
    return result
  elseif is_above(zone, options.registrable) then
    return nil, not_delegated(domain, zone), "not_delegated"
  end
  local answer, delegated = ask_both(asking, resolver, zone, options)
  local own = canonical(hosts_in(answer, zone))
  if #delegated == 0 and not definitive[answer.status] then
    return nil, ("the name servers of %s cannot be told: %s"):format(zone, answer.reason or answer.status), answer.status
  end
  local result = M.identify(catalogue, #delegated > 0 and delegated or own)
  result.zone, result.name_servers_from = zone, #delegated > 0 and "parent" or "child"
  note_own(result, own)
  return result
end

return M
