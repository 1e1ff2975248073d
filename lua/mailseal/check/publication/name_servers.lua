--- What the name servers of a record's own zone say, and what caches may remember otherwise.
-- @module mailseal.check.publication.name_servers
local agreement = require "mailseal.dns.agreement"
local catalogue = require "mailseal.record.catalogue"
local definitive = require "mailseal.dns.answer".definitive
local moved = require "mailseal.check.publication.moved"

local M = {}

local function ask_addresses(context)
  local answer, questions = context:ask(context.domain, "NS"), {}
  for _, record in ipairs(answer and answer.records or {}) do
    questions[#questions + 1] = { record.host, "A" }
    questions[#questions + 1] = { record.host, "AAAA" }
  end
  context:asks(questions)
  return true
end

--- Asks what will be wanted to ask the name servers of the domain's zone, before it is known that this is the zone: it mostly is, and
-- the answers then are there two round trips earlier.
-- @tparam table context see `mailseal.check.context`
function M.prepare(context)
  context:once("addresses of name servers", ask_addresses, context)
end

-- Name servers that are told by their names.
local NAMED = 3

-- The name servers, but for those of a set.
local function answering(own, lacks)
  local with, without = 0, {}
  for _, server in ipairs(own.servers) do
    if server.state == "answers" and lacks[server.host] then
      without[#without + 1] = server.host
    elseif server.state == "answers" then
      with = with + 1
    end
  end
  return with, without
end

-- "ns3.example.net does not", "a, b, c and 2 more do not".
local function names_of(hosts)
  local rest = #hosts - NAMED
  local text = table.concat(hosts, ", ", 1, math.min(#hosts, NAMED)) .. (rest > 0 and (" and %d more"):format(rest) or "")
  return text .. (#hosts == 1 and " does not" or " do not")
end

-- On how many of the servers the record is as expected, and of how many; which do not have it so; and what else there is to say.
local function having(own, fits)
  local lacks = {}
  for _, group in ipairs(own.groups) do
    for _, host in ipairs(fits(group.answer) and {} or group.servers) do
      lacks[host] = true
    end
  end
  local with, without = answering(own, lacks)
  local text = ("%d of %d have it as expected"):format(with, #own.servers)
  if without[1] and with > 0 then
    text = ("%s, %s"):format(text, names_of(without))
  end
  return own.summary == ("%d of %d name servers have it"):format(with, #own.servers) and text or ("%s (%s)"):format(text, own.summary)
end

--- Tells that the name servers do not say the same, where they do not.
-- @tparam table case
-- @tparam function fits called with an answer: is it what is expected?
-- @treturn boolean do they not?
function M.disagree(case, fits)
  local own = case.own
  if not own or own.status ~= "propagating" then
    return false
  end
  case:find("name_servers_disagree", {
    where = own.zone, found = own.summary, having = having(own, fits), retry_at = own.recheck_at,
  })
  return true
end

--- Tells what caches remember otherwise than the name servers, who agree.
-- @tparam table case
-- @tparam function fits as for `disagree`
-- @treturn ?string how that leaves the record: "propagating" where it is published, be it at other name servers than those that caches
--   remember; "missing" where it is no more
function M.remembered(case, fits)
  local own, answer = case.own, case.answer
  if not own or case.truth ~= own.answer or not definitive[answer.status] then
    return nil
  end
  if agreement.key(answer, true) == agreement.key(own.answer, true) then
    return nil
  end
  local fields = { where = own.zone, until_when = catalogue.moment(answer.recheck_at), retry_at = answer.recheck_at }
  if fits(own.answer) and not fits(answer) then
    case:find(answer.status == "ok" and "record_old_cached" or "record_negative_cached", fields)
    return "propagating"
  elseif own.answer.status ~= "ok" and not case:target() and fits(answer) then
    if moved.tell(case) then
      return "propagating"
    end
    case:find("record_gone", fields)
    return "missing"
  end
end

return M
