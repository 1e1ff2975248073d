--- What the name servers of a record's own zone say, and what caches may remember otherwise.
-- @module mailseal.check.publication.name_servers
local agreement = require "mailseal.dns.agreement"
local catalogue = require "mailseal.check.catalogue"
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

-- On how many of the servers the record is as expected, and of how many.
local function count(own, fits)
  local lacks, n = {}, 0
  for _, group in ipairs(own.groups) do
    for _, host in ipairs(fits(group.answer) and {} or group.servers) do
      lacks[host] = true
    end
  end
  for _, server in ipairs(own.servers) do
    if server.state == "answers" and not lacks[server.host] then
      n = n + 1
    end
  end
  return ("%d of %d"):format(n, #own.servers)
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
    where = own.zone, found = own.summary, having = count(own, fits), retry_at = own.recheck_at,
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
