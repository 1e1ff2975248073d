--- What a zone answers: as a resolver would that follows CNAMEs wherever they lead, and as one of its name servers does,
-- which knows its own zones and refers to those below them (RFC 1034 §4.3.2; wildcards, RFC 4592; DNAMEs, RFC 6672).
--
-- A question is a table: `query`, the message; `name`; `type`, its number; `checking_disabled`; `dnssec_ok`.
-- @module mailseal.dns.zone_answer
local core = require "mailseal.core".dns
local parent = require "mailseal.dns.name".parent
local zone_data = require "mailseal.dns.zone_data"
local zone_view = require "mailseal.dns.zone_view"

local make_reply = core.reply

local M = {}

local A, NS, CNAME, SOA, AAAA, DNAME, DS, RRSIG = 1, 2, 5, 6, 28, 39, 43, 46
local NOERROR, SERVFAIL, NXDOMAIN, REFUSED, YXDOMAIN = 0, 2, 3, 5, 6
local RECURSION_AVAILABLE, AUTHORITATIVE = 0x80, 0x400
local CHAIN_MAX = 10
local DATA_AT = zone_data.DATA_AT

local rcodes = { servfail = SERVFAIL, refused = REFUSED, notimp = 4, formerr = 1, bogus = SERVFAIL }

-- ---- Records.

local function owner_of(question, name)
  if name == question.name then return "\192\012" end
  local _, octets = core.name(name)
  return octets
end

-- The signatures of a set, with their owner before each; and how many. None but for those who ask for them.
local function signatures(question, node, number, owner)
  local set = question.dnssec_ok and node.sets[RRSIG]
  local records, n = "", 0
  if not set then return records, n end
  for _, tail in ipairs(set.tails) do
    local high, low = tail:byte(DATA_AT, DATA_AT + 1)
    if high * 256 + low == number then records, n = records .. owner .. tail, n + 1 end
  end
  return records, n
end

-- A node's set of that type with its owner's name before each record, and its signatures; and how many. None where there is
-- no such set.
local function records_of(question, node, number, name)
  local set = node and node.sets[number]
  if not set then return "", 0 end
  local owner = owner_of(question, name)
  local signed, n = signatures(question, node, number, owner)
  return owner .. table.concat(set.tails, owner) .. signed, set.n + n
end

-- The SOA of the zone that a name is in, for negative answers; `encloser` is the closest name above it that exists where it does
-- not. A DS record belongs to the zone above.
local function authority(question, nodes, name, encloser)
  local apex = zone_view.apex(nodes, nodes[name] and name or encloser)
  if apex and apex == name and question.type == DS then apex = zone_view.apex(nodes, parent(name)) or apex end
  return records_of(question, apex and nodes[apex], SOA, apex)
end

-- What stands at a name, or at the wildcard that covers it (RFC 4592 §3.3.1); else nil and the closest name above it that
-- exists; or two nils in an empty zone.
local function find(nodes, name)
  local node = nodes[name]
  if node then return node end
  local encloser = parent(name)
  while encloser and not nodes[encloser] do encloser = parent(encloser) end
  if not encloser or nodes[encloser].sets[DNAME] then return nil, encloser end
  return nodes[encloser == "." and "*" or "*." .. encloser], encloser
end

-- ---- Faults.

-- A fault of all types leaves alone those that the name has records of, unless it is a server's of its own. (What is bogus is
-- there, too: for those who do not validate.)
local function spares(node, type, fault)
  return node.sets[type] and fault ~= "bogus" and not node.own_fault
end

local function fault_of(question, node, recursive)
  local faults, type = node.faults, question.type
  if not faults then return nil end
  local fault = faults[type] or faults[zone_data.ANY_TYPE]
  if not faults[type] and spares(node, type, fault) then return nil end
  -- Whoever does not validate finds nothing bogus.
  if fault == "bogus" and (question.checking_disabled or not recursive) then return nil end
  return fault
end

-- What comes of a fault.
local function play(question, fault, recursive)
  if fault == "timeout" then return nil, "the zone keeps silent about " .. question.name, "timeout" end
  if fault == "truncated" then
    return nil, "the zone cuts its reply about " .. question.name .. " short and has no TCP", "tcp_failed"
  end
  if fault == "lame" and not recursive then return make_reply(question.query, NOERROR, "", 0, "", 0, "", 0, 0) end
  return make_reply(question.query, rcodes[fault] or SERVFAIL, "", 0, "", 0, "", 0, recursive and RECURSION_AVAILABLE or 0)
end

-- ---- CNAMEs.

-- The link from a name below a DNAME: the records, how many, and where it leads; nil where that would be too long.
local function synthesize(question, nodes, owner, name)
  local set = nodes[owner].sets[DNAME]
  local target = set.targets[1]
  local prefix = owner == "." and name or name:sub(1, -#owner - 2)
  local whole, octets = core.name(target == "." and prefix or prefix .. "." .. target)
  if not whole then return nil end
  local records, n = records_of(question, nodes[owner], DNAME, owner)
  -- Type CNAME, class and TTL of the DNAME, and the length of the target.
  local tail = "\0\5" .. set.tails[1]:sub(3, 8) .. "\0" .. string.char(#octets) .. octets
  return records .. owner_of(question, name) .. tail, n + 1, whole
end

-- The link from a name to the next, out of a CNAME of its own or a DNAME above it: as `synthesize`; false where there is none.
local function link(question, nodes, node, encloser, name)
  if node and node.sets[CNAME] then
    local owner, set = owner_of(question, name), node.sets[CNAME]
    local signed, n = signatures(question, node, CNAME, owner)
    return owner .. table.concat(set.tails, owner) .. signed, n + set.n, set.targets[1]
  end
  if not node and encloser and nodes[encloser].sets[DNAME] then return synthesize(question, nodes, encloser, name) end
  return false
end

-- Answers by what is at the end of the CNAMEs that begin at the question's name. `nodes_at(name)` gives the nodes as they
-- are where a name is looked up; nil ends the chain there.
local function follow(question, nodes_at, flags, recursive)
  local query, name = question.query, question.name
  local answers, n = "", 0
  for _ = 0, CHAIN_MAX do
    local nodes = nodes_at(name)
    if not nodes then break end
    local node, encloser = find(nodes, name)
    local fault = zone_view.zone_fault(nodes, name) or node and fault_of(question, node, recursive)
    if fault then return play(question, fault, recursive) end
    if node and node.sets[question.type] then
      local records, more = records_of(question, node, question.type, name)
      return make_reply(query, NOERROR, answers .. records, n + more, "", 0, "", 0, flags)
    end
    local records, more, target = link(question, nodes, node, encloser, name)
    if records == nil then return make_reply(query, YXDOMAIN, answers, n, "", 0, "", 0, flags) end
    if not records then
      local soa, count = authority(question, nodes, name, encloser)
      return make_reply(query, node and NOERROR or NXDOMAIN, answers, n, soa, count, "", 0, flags)
    end
    answers, n, name = answers .. records, n + more, target
  end
  return make_reply(query, NOERROR, answers, n, "", 0, "", 0, flags)
end

--- Answers as a resolver.
-- @tparam table data see `mailseal.dns.zone_data`
-- @tparam table question
-- @treturn ?string the reply
-- @treturn ?string why there is none
-- @treturn ?string `timeout` or `tcp_failed`
function M.resolve(data, question)
  return follow(question, function(name) return zone_view.resolved(data, name) end, RECURSION_AVAILABLE, true)
end

-- ---- Name servers.

-- The apex of the deepest zone that a server has of those that a name is in; and the cut below it, where there is one, below
-- which the name is another server's matter. Where the name is in no zone at all, every server has it, and the apex is true.
local function place(nodes, name, type, key)
  local apex, cut = zone_view.apex(nodes, name), nil
  if not apex then return true end
  -- A DS record belongs to the zone above (RFC 4035 §3.1.4.1).
  if type == DS and apex == name then
    local above = zone_view.apex(nodes, parent(name))
    if above and zone_view.serves(nodes, above, key) then return above end
  end
  while apex and not zone_view.serves(nodes, apex, key) do
    apex, cut = zone_view.apex(nodes, parent(apex)), apex
  end
  return apex, cut
end

-- Refers to the servers of the zone at a cut (RFC 1034 §4.3.2, 3b).
local function refer(question, nodes, cut)
  local servers, n = records_of(question, nodes[cut], NS, cut)
  local addresses, count = "", 0
  for _, host in ipairs(nodes[cut].sets[NS].targets) do
    for _, number in ipairs { A, AAAA } do
      local records, more = records_of(question, nodes[host], number, host)
      addresses, count = addresses .. records, count + more
    end
  end
  return make_reply(question.query, NOERROR, "", 0, servers, n, addresses, count, 0)
end

--- Answers as one of the name servers.
-- @tparam table data see `mailseal.dns.zone_data`
-- @tparam table question
-- @tparam string key of the server's address
-- @treturn ?string the reply
-- @treturn ?string why there is none
-- @treturn ?string `timeout` or `tcp_failed`
function M.serve(data, question, key)
  local nodes = zone_view.nodes(data, key)
  local apex, cut = place(nodes, question.name, question.type, key)
  if not apex then return make_reply(question.query, REFUSED, "", 0, "", 0, "", 0, 0) end
  if cut then
    local fault = nodes[apex].own_fault
    if fault then return play(question, fault, false) end
    return refer(question, nodes, cut)
  end
  return follow(question, function(name)
    local has, elsewhere = place(nodes, name, question.type, key)
    return has and not elsewhere and nodes or nil
  end, AUTHORITATIVE, false)
end

return M
