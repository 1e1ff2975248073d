--- Reading a zone at its primary server: which zone a name is in there, and what stands at names.
--
-- Answers alone do not tell what stands in a zone: a wildcard answers for names that are not there (RFC 4592), a DNAME makes CNAMEs, and
-- some servers make up addresses. Prerequisites of updates (RFC 2136 §2.4) look at the zone itself: so what was answered is put to the
-- server as prerequisites of an update that changes nothing, and what does not hold then is no set of the zone.
-- @module mailseal.publish.rfc2136.reading
local core = require "mailseal.core".dns
local names = require "mailseal.dns.name"
local printable = require "mailseal.printable".line
local sets = require "mailseal.publish.sets"
local told = require "mailseal.publish.rfc2136.told"

local M = {}

-- The types that are asked for beside CNAME. Others are nobody's to publish, and in nobody's way.
local TYPES = require "mailseal.dns.update".TYPES

-- What a zone has at a delegation beside it (RFC 4035 §2.4).
local AT_CUTS = { "DS" }

-- Names that are asked for their SOA at most; sets that go into one update: their names are the most of it.
local DEEPEST, PORTION = 40, 100

-- ---- answers

-- The answer in a reply; nil, a message and a code where it is an error.
local function answer_of(session, question, reply)
  if reply.rcode == "NOTAUTH" then return told.key_refused(session.peer) end
  if reply.rcode ~= "NOERROR" and reply.rcode ~= "NXDOMAIN" then return told.rcode(session.peer, reply.rcode, question.name) end
  local answer = core.decode(reply.octets, question.name, question.type)
  if not answer then return nil, session.peer.text .. " sends an answer that cannot be read", "bad_answer" end
  return answer
end

-- Where a referral leads to.
local function cut_of(answer)
  for _, record in ipairs(answer.delegation or {}) do
    if record.type == "NS" then return record.name end
  end
end

local function delegated(session, name, zone)
  return nil, ("%s is in the zone %s, which %s has handed on to other servers"):format(printable(name), printable(zone), session.peer.text),
    "no_zone", { zone = zone }
end

-- ---- which zone

-- What an answer to a question for the SOA of a name above tells: a zone; nothing; or nil, a message, a code, and details.
local function zone_told(session, name, question, reply)
  if reply.rcode == "REFUSED" then return false end
  local answer, message, code = answer_of(session, question, reply)
  if not answer then return nil, message, code end
  local cut = cut_of(answer)
  if cut and names.is_within(name, cut) then return delegated(session, name, cut) end
  if not answer.authoritative or answer.chain[1] or not answer.zone then return false end
  return names.is_within(question.name, answer.zone) and answer.zone
end

--- The zone of the server's that a name is in.
-- @tparam table session see `mailseal.publish.rfc2136.session`
-- @tparam string name
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string why none
-- @treturn[2] string `no_zone` (details: `zone`, where that is with other servers), and what stops a session
-- @treturn[2] ?table details
function M.zone(session, name)
  local questions, at = {}, name
  while at and at ~= "." and #questions < DEEPEST do
    questions[#questions + 1] = { name = at, type = "SOA", may_refuse = true }
    at = names.parent(at)
  end
  local replies, message, code, details = session:ask(questions)
  if not replies then return nil, message, code, details end
  for i, question in ipairs(questions) do
    local zone
    zone, message, code, details = zone_told(session, name, question, replies[i])
    if zone == nil or zone then return zone, message, code, details end
  end
  return nil, ("%s has no zone that %s is in, or does not show it"):format(session.peer.text, printable(name)), "no_zone"
end

-- ---- what is answered

-- Puts the set into the list that an answer holds at the name itself, if any.
local function add(list, question, answer)
  if answer.status == "ok" and not answer.chain[1] then
    list[#list + 1] = sets.of_records(question.name, question.type, answer.records)
  end
end

-- What an answer to the first question for a name tells: the types that must be asked for. Nil, a message, a code and details where it
-- cannot be read.
local function look(session, zone, list, question, reply)
  local answer, message, code = answer_of(session, question, reply)
  if not answer then return nil, message, code end
  local cut = cut_of(answer)
  if cut and cut == question.name and cut ~= zone then
    -- Of what is there, the zone has the delegation, and what proves it.
    local records = {}
    for _, record in ipairs(answer.delegation) do
      if record.type == "NS" and record.name == cut then records[#records + 1] = record end
    end
    list[#list + 1] = sets.of_records(cut, "NS", records)
    return AT_CUTS
  end
  if cut and names.is_within(question.name, cut) and cut ~= zone then return delegated(session, question.name, cut) end
  if not answer.authoritative then
    return nil, ("%s does not speak for %s"):format(session.peer.text, printable(zone)), "no_zone"
  elseif answer.zone and answer.zone ~= zone and names.is_within(answer.zone, zone) and not answer.chain[1] then
    return nil, ("%s is in the zone %s there, not in %s"):format(printable(question.name), printable(answer.zone), printable(zone)),
      "no_zone", { zone = answer.zone }
  end
  add(list, question, answer)
  return answer.status == "nodata" and not answer.chain[1] and TYPES or {}
end

-- What is answered for names: sets, which may be made up.
local function answered(session, zone, list_of_names)
  local first, rest, list = {}, {}, {}
  for i, name in ipairs(list_of_names) do first[i] = { name = name, type = "CNAME" } end
  local replies, message, code, details = session:ask(first)
  if not replies then return nil, message, code, details end
  for i, question in ipairs(first) do
    local types
    types, message, code, details = look(session, zone, list, question, replies[i])
    if not types then return nil, message, code, details end
    for _, kind in ipairs(types) do rest[#rest + 1] = { name = question.name, type = kind } end
  end
  replies, message, code, details = session:ask(rest)
  if not replies then return nil, message, code, details end
  for i, question in ipairs(rest) do
    local answer
    answer, message, code = answer_of(session, question, replies[i])
    if not answer then return nil, message, code end
    add(list, question, answer)
  end
  return list
end

-- ---- what is there

-- Which of them do not hold just now.
local MOVED = { NXRRSET = true, YXRRSET = true, NXDOMAIN = true, YXDOMAIN = true }

--- Asks the server whether states hold.
-- @tparam table session
-- @tparam string zone
-- @tparam {table,...} states each a list of sets with `name`, `type` and `set`, which is nil where there is to be none; and `loosely`,
--   where it may hold whatever it holds
-- @treturn[1] {boolean,...} in the same order
-- @treturn[2] nil
-- @treturn[2] string why that cannot be told
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function M.holds(session, zone, states)
  local messages, list = {}, {}
  for i, state in ipairs(states) do
    local changes = {}
    for place, one in ipairs(state) do
      changes[place] = { name = one.name, type = one.type, before = one.set, after = one.set, loosely = one.loosely }
    end
    messages[i] = { zone = zone, changes = changes }
  end
  local replies, message, code, details = session:ask(messages)
  if not replies then return nil, message, code, details end
  for i, reply in ipairs(replies) do
    if reply.rcode ~= "NOERROR" and not MOVED[reply.rcode] then return told.rcode(session.peer, reply.rcode, zone) end
    list[i] = reply.rcode == "NOERROR"
  end
  return list
end

-- What they hold has been answered, by the same server.
local function state_of(set) return { name = set.name, type = set.type, set = set, loosely = true } end

-- The sets in portions that go into one update each.
local function portions(list)
  local states = {}
  for i, set in ipairs(list) do
    if i % PORTION == 1 then states[#states + 1] = {} end
    table.insert(states[#states], state_of(set))
  end
  return states
end

-- Of sets that are not all there, those that are; nil and no message where one is another meanwhile.
local function sift(session, zone, doubtful)
  local states = {}
  for _, one in ipairs(doubtful) do
    states[#states + 1] = { one }
    states[#states + 1] = { { name = one.name, type = one.type } }
  end
  local holds, message, code, details = M.holds(session, zone, states)
  if not holds then return nil, message, code, details end
  local there = {}
  for i, one in ipairs(doubtful) do
    if holds[2 * i - 1] then
      there[#there + 1] = one.set
    elseif not holds[2 * i] then
      return nil
    end
  end
  return there
end

-- Of sets that were answered, those that stand in the zone. As `sift`.
local function confirmed(session, zone, list)
  local states = portions(list)
  local holds, message, code, details = M.holds(session, zone, states)
  if not holds then return nil, message, code, details end
  local there = {}
  for i, state in ipairs(states) do
    local some = {}
    if holds[i] then
      for place, one in ipairs(state) do some[place] = one.set end
    else
      some, message, code, details = sift(session, zone, state)
      if not some then return nil, message, code, details end
    end
    for _, set in ipairs(some) do there[#there + 1] = set end
  end
  return there
end

local function in_order(a, b)
  if a.name ~= b.name then return a.name < b.name end
  return a.type < b.type
end

--- All sets at names.
-- @tparam table session see `mailseal.publish.rfc2136.session`
-- @tparam string zone
-- @tparam {string,...} list_of_names
-- @treturn[1] {table,...} see `mailseal.publish.sets`
-- @treturn[2] nil
-- @treturn[2] string why not
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function M.read(session, zone, list_of_names)
  for _ = 1, 3 do
    local list, message, code, details = answered(session, zone, list_of_names)
    if not list then return nil, message, code, details end
    list, message, code, details = confirmed(session, zone, list)
    if list then table.sort(list, in_order) end
    if list or message then return list, message, code, details end
  end
  return nil, ("%s changes while it is read: try again"):format(printable(zone)), "zone_moved"
end

return M
