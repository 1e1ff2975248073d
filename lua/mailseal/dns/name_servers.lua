--- Finds the name servers of a zone, with their addresses, and asks each of them.
--
-- A name server is a table: `host`; `addresses`, a list with `address`, `state`, `reason` and `answer` each; and of the best of
-- them `address`, `state`, `reason` and `answer`. The states are told where `resolver:authoritative` is.
-- @module mailseal.dns.name_servers
local answer_of = require "mailseal.dns.answer"
local async = require "mailseal.async"
local encode = require "mailseal.core".dns.encode
local inquiry = require "mailseal.dns.inquiry"
local names = require "mailseal.dns.name"
local zone_cut = require "mailseal.dns.zone_cut"

local definitive = answer_of.definitive

local M = {}
local Search = {}
Search.__index = Search

-- A hostile zone may name a thousand servers, to have us ask them all; ASKED_MAX is how many addresses are asked in all.
local HOSTS_MAX, ADDRESSES_MAX, ROUNDS_MAX, ASKED_MAX = 16, 8, 4, 256

local PORT = 53

-- Without a deadline there is time for so many queries, one after the other: for the zone, its name servers, their addresses, what
-- they say, and a CNAME's target; each of which may take several where much is broken.
local STEPS = 8

-- Faults of the records and not of the server: it has answered.
local faults_of_records = { cname_loop = true, cname_conflict = true, cname_chain_too_long = true }
-- Why no server can be blamed for a time-out.
local never_asked = { queued = true, closed = true, too_many = true }

local rcode_names = { [1] = "formerr", [2] = "servfail", [4] = "notimp", [5] = "refused", [9] = "notauth" }

--- Begins a search for what the name servers of a zone say.
-- @tparam table resolver see `mailseal.dns.resolver`
-- @tparam string name as `encode` spells it
-- @tparam string type likewise
-- @tparam table options `fresh`, `deadline`, `port`: see `resolver:authoritative`
-- @treturn table
function M.search(resolver, name, type, options)
  return setmetatable({
    resolver = resolver, name = name, type = type, port = options.port or resolver.port or PORT,
    asked = 0, told = {},
    asking = inquiry.new(resolver, { fresh = options.fresh, deadline = options.deadline }, STEPS),
  }, Search)
end

--- Asks the resolver.
-- @tparam string name
-- @tparam string type
-- @tparam[opt] boolean fresh past the cache in any case
-- @treturn table the answer
function Search:query(name, type, fresh)
  return assert(self.asking:query(name, type, fresh and { fresh = true }))
end

-- ---- Whom to ask.

-- The hosts of NS records that belong to the zone, each once; and how many more there are than are looked at.
local function hosts_of(records, zone)
  local hosts, seen = {}, {}
  for _, record in ipairs(records) do
    if record.type == "NS" and record.name == zone and not seen[record.host] then
      seen[record.host] = true
      hosts[#hosts + 1] = record.host
    end
  end
  table.sort(hosts)
  local left_out = math.max(0, #hosts - HOSTS_MAX)
  for i = #hosts, HOSTS_MAX + 1, -1 do hosts[i] = nil end
  return hosts, left_out
end

-- Adds up to so many addresses of records of a type to the list.
local function add_addresses(addresses, records, host)
  for _, record in ipairs(records) do
    if record.address and (not host or record.name == host) and #addresses < ADDRESSES_MAX then
      addresses[#addresses + 1] = { address = record.address }
    end
  end
end

-- The addresses of a host, as the resolver knows them; and where there are none, why.
local function resolve(search, host)
  local addresses, status = {}, "nodata"
  local answers = async.each({ "A", "AAAA" }, function(type) return search:query(host, type) end)
  for _, answer in ipairs(answers) do
    add_addresses(addresses, answer.records)
    if definitive[status] and answer.status ~= "ok" then status = answer.status end
  end
  return addresses, status
end

-- The addresses of a host that a delegation brought along. It is to be believed about hosts within its zone alone.
local function glue_of(delegation, host, zone)
  local addresses = {}
  if names.is_within(host, zone) then add_addresses(addresses, delegation, host) end
  return addresses
end

-- A list of name servers with their addresses. Those of a host within its own zone are what the delegation brought along, where
-- the zone is one that the resolver cannot reach.
local function resolve_hosts(search, hosts, zone, delegation)
  return async.each(hosts, function(host)
    local server = { host = host, addresses = glue_of(delegation, host, zone) }
    if #server.addresses == 0 then
      local status
      server.addresses, status = resolve(search, host)
      if #server.addresses == 0 then server.state, server.reason = "unresolved", status end
    end
    return server
  end)
end

local function server_name(address, port)
  return (address:find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(address, port)
end

-- ---- Asking them.

-- Does the server answer, and if not, what is the matter?
local function state_of(answer)
  if answer.status == "timeout" then return never_asked[answer.reason] and "unasked" or "silent", answer.reason end
  if faults_of_records[answer.reason] and answer.authoritative then return "answers" end
  if not answer.authoritative and (definitive[answer.status] or answer.reason == "lame") then return "lame", "not_authoritative" end
  if not definitive[answer.status] then return "lame", answer.reason or rcode_names[answer.rcode] or answer.status end
  return "answers"
end

-- Asks one address for the records themselves, whatever a resolver may know.
local function ask_address(search, question, address)
  local asker, over = search.resolver.asker, search.asking:over()
  if over then return answer_of.none(question.name, question.type, over == "closed" and over or "queued") end
  if search.asked >= ASKED_MAX then return answer_of.none(question.name, question.type, "too_many") end
  search.asked = search.asked + 1
  local moment = math.min(asker.clock() + asker.timeout * asker.tries, search.asking.moment)
  local sent = { name = question.name, type = question.type, options = { no_recursion = true }, partial = true }
  return asker:ask(sent, encode(sent.name, sent.type, sent.options), { server_name(address, search.port) }, moment)
end

-- What a host is like is what the best of its addresses is.
local ranks = { answers = 1, lame = 2, silent = 3, unasked = 4 }

local function sum_up(server)
  local best
  for _, address in ipairs(server.addresses) do
    if not best or ranks[address.state] < ranks[best.state] then best = address end
  end
  if best then
    server.address, server.answer, server.state, server.reason = best.address, best.answer, best.state, best.reason
  end
end

-- What each address says to a question, by address. None is asked the same twice, however many hosts have it: who names one for
-- all of them may mean to have somebody flooded.
local function ask_addresses(search, question, servers)
  local key = question.name .. " " .. question.type
  local told, new = search.told[key] or {}, {}
  search.told[key] = told
  for _, server in ipairs(servers) do
    for _, one in ipairs(server.addresses) do
      if told[one.address] == nil then
        told[one.address] = false
        new[#new + 1] = one.address
      end
    end
  end
  local answers = async.each(new, function(address) return ask_address(search, question, address) end)
  for i, address in ipairs(new) do told[address] = answers[i] end
  return told
end

-- Asks the addresses of all servers, and notes beside each what came of it.
local function ask_servers(search, question, servers)
  local told = ask_addresses(search, question, servers)
  for _, server in ipairs(servers) do
    for _, one in ipairs(server.addresses) do
      one.answer = told[one.address]
      one.state, one.reason = state_of(one.answer)
    end
    sum_up(server)
  end
  return servers
end

-- The first answer of the servers of which `holds` is true.
local function find_answer(servers, holds)
  for _, server in ipairs(servers) do
    for _, address in ipairs(server.addresses) do
      if holds(address) then return address.answer end
    end
  end
end

-- What the servers of the zone above, or so many of them, say that the zone's servers are: NS records, and addresses. And that
-- zone's name.
local function ask_parent(search, zone, most)
  local above = names.parent(zone)
  local parent = above and zone_cut.find(search.asking, above)
  if not parent then return {} end
  local hosts = hosts_of(search:query(parent, "NS").records, parent)
  for i = #hosts, (most or #hosts) + 1, -1 do hosts[i] = nil end
  local servers = ask_servers(search, { name = zone, type = "NS" }, resolve_hosts(search, hosts, parent, {}))
  local answer = find_answer(servers, function(address)
    local records = address.answer.delegation or address.state == "answers" and address.answer.records
    return records and hosts_of(records, zone)[1] ~= nil
  end)
  return answer and (answer.delegation or answer.records) or {}, parent
end

-- The zone's name servers: its own NS records, or where they cannot be had, those of the delegation. And whose word it is,
-- and how many more there are.
-- A zone that the resolver cannot reach is not asked for them first.
local function find_servers(search, zone, delegation, unreachable)
  local hosts, left_out = {}, 0
  if not (unreachable and delegation) then hosts, left_out = hosts_of(search:query(zone, "NS").records, zone) end
  if #hosts > 0 then return resolve_hosts(search, hosts, zone, {}), "child", left_out end
  delegation = delegation or ask_parent(search, zone)
  hosts, left_out = hosts_of(delegation, zone)
  return resolve_hosts(search, hosts, zone, delegation), "parent", left_out
end

--- Asks the zone above which name servers a zone is delegated to. Two of its own are asked: those of a large zone are many, and do
-- not differ.
-- @tparam string zone
-- @treturn {string,...} the hosts, sorted; none where that cannot be told
-- @treturn ?string the zone above
function Search:delegation(zone)
  local records, parent = ask_parent(self, zone, 2)
  return hosts_of(records, zone), parent
end

--- Asks hosts for what the search is for, whatever zone they may serve.
-- @tparam {string,...} hosts as answers spell them
-- @treturn table the name servers
-- @treturn number how many more there are, which were not asked
function Search:ask_hosts(hosts)
  local asked = {}
  for i = 1, math.min(#hosts, HOSTS_MAX) do asked[i] = hosts[i] end
  return ask_servers(self, self, resolve_hosts(self, asked, ".", {})), #hosts - #asked
end

-- The zone that a referral leads to: below the one asked, and not past the name.
local function zone_below(answer, zone, name)
  for _, record in ipairs(answer.delegation or {}) do
    local to = record.name
    if record.type == "NS" and to ~= zone and names.is_within(to, zone) and names.is_within(name, to) then return to end
  end
end

-- A zone between the one asked and the name, which its servers refer to: the resolver has not heard of it, or it is broken.
local function find_referral(servers, zone, name)
  if find_answer(servers, function(address) return address.state == "answers" end) then return nil end
  local answer = find_answer(servers, function(address) return zone_below(address.answer, zone, name) end)
  if answer then return zone_below(answer, zone, name), answer.delegation end
end

--- Asks the zone's servers for what the search is for, and follows where they refer to servers of a zone below it.
-- @tparam string zone
-- @tparam boolean unreachable is there a zone between it and the name that the resolver may be unable to reach?
-- @treturn string the zone asked in the end
-- @treturn table its name servers
-- @treturn string "child" where the zone itself told them, "parent" where they are those of its delegation
-- @treturn number how many more it has, which were not asked
function Search:ask_zone(zone, unreachable)
  local delegation, servers, source, left_out
  for _ = 1, ROUNDS_MAX do
    servers, source, left_out = find_servers(self, zone, delegation, unreachable)
    ask_servers(self, self, servers)
    local below
    below, delegation = find_referral(servers, zone, self.name)
    if not below then break end
    zone = below
  end
  return zone, servers, source, left_out
end

return M
