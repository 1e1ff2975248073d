--- Finds the zone that a name is in, by asking a resolver: where the zone cut above the name is (RFC 1034 §4.2).
--
-- It is the zone of the name itself that counts: `_domainkey.example.com` may be a zone of its own, a name that is a CNAME is
-- in another zone than the CNAME's target may be, and a name that does not exist is in a zone all the same. One question mostly
-- tells: a negative answer comes with the SOA of the zone that denies (RFC 2308 §3). Where servers leave that out, the names
-- above are asked for their SOA, until one has it.
-- @module mailseal.dns.zone_cut
local definitive = require "mailseal.dns.answer".definitive
local async = require "mailseal.async"
local relations = require "mailseal.dns.name"

local is_within, parent = relations.is_within, relations.parent

local M = {}

-- So many names are asked for their SOA side by side, and so many in all: those of IPv6 addresses, with their 34 labels
-- (RFC 3596 §2.5), are about the deepest in use.
local BATCH, NAMES_MAX = 8, 40

-- The zone that an answer to a question for `name` tells, if it does. Where CNAMEs were followed, it is that of their target.
local function zone_told(answer, name)
  if #answer.chain > 0 or not answer.zone or not definitive[answer.status] then return nil end
  return is_within(name, answer.zone) and answer.zone or nil
end

-- Goes up from `name`: the first zone told; and the first answer below it that may hide another one.
local function search(query, name, fault)
  for _ = 1, NAMES_MAX, BATCH do
    local names = {}
    while name and #names < BATCH do
      names[#names + 1] = name
      name = parent(name)
    end
    local answers = async.each(names, function(at) return query(at, "SOA") end)
    for i, at in ipairs(names) do
      local answer = answers[i]
      local zone = zone_told(answer, at)
      if zone then return zone, fault end
      if not definitive[answer.status] and #answer.chain == 0 then fault = fault or answer end
    end
    if not name then break end
  end
  return nil, fault
end

local function outcome(name, zone, fault)
  if zone and not fault then return zone end
  if fault then
    return nil, ("the zone of %s cannot be told: %s"):format(name, fault.reason or fault.status), fault.status, zone
  end
  return nil, ("no zone is found at %s or above it"):format(name), "no_zone"
end

--- Finds the zone that a name is in.
-- @tparam table asking whom to ask: an inquiry (see `mailseal.dns.inquiry`), or a resolver
-- @tparam string name as answers spell it
-- @treturn ?string the zone's name
-- @treturn ?string why it cannot be told
-- @treturn ?string `servfail`, `refused`, `timeout` or `bogus`, all temporary; `no_zone` where all answer and none has an SOA,
--   or the name is too deep for a search
-- @treturn ?string where a temporary fault is in the way: the closest zone known to be above the name; there may be one between
function M.find(asking, name)
  local function query(at, type) return assert(asking:query(at, type)) end
  -- No zone begins at a CNAME (RFC 1034 §3.6.2), and a question for it is not led astray by it, nor by a broken target.
  local answer = query(name, "CNAME")
  local zone = zone_told(answer, name)
  if zone then return zone end
  if answer.status == "ok" then
    return outcome(name, search(query, parent(name)))
  end
  return outcome(name, search(query, name))
end

return M
