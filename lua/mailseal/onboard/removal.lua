--- The end of a domain here: refused while it is in use; and what its customer is to take out of his DNS, which is left alone.
-- @module mailseal.onboard.removal
local change = require "mailseal.onboard.change"
local domains = require "mailseal.store.domains"
local events = require "mailseal.store.events"
local health = require "mailseal.store.health"
local holds = require "mailseal.store.holds"
local key_records = require "mailseal.onboard.key_records"
local keys = require "mailseal.store.keys"
local ownership = require "mailseal.onboard.ownership"
local publications = require "mailseal.store.publications"
local uses = require "mailseal.store.uses"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here.
M.methods = methods

-- Users that a message names, and that are told besides, at most.
local NAMED, TOLD = 10, 100

-- ---- In use?

local function users_in_words(tx, tenant, domain, users)
  local names = {}
  for i = 1, math.min(#users, NAMED + 1) do names[i] = ('"%s"'):format(users[i]) end
  if #names == 0 then return nil end
  if #names > NAMED then names[#names] = ("%d more"):format(uses.count(tx, tenant, domain) - NAMED) end
  local last = table.remove(names)
  return "it is used by " .. (#names > 0 and table.concat(names, ", ") .. " and " or "") .. last
end

local function holds_in_words(count)
  if count == 0 then return nil end
  if count > holds.COUNTED then return ("more than %d messages are held until it may send"):format(holds.COUNTED) end
  return count == 1 and "1 message is held until it may send" or ("%d messages are held until it may send"):format(count)
end

-- What stands in the way of a removal: in words, and as data; or nil.
local function obstacle(tx, tenant, domain)
  local list, count = uses.list(tx, tenant, domain, TOLD), holds.count(tx, tenant, domain, holds.COUNTED + 1)
  local users, held = users_in_words(tx, tenant, domain, list), holds_in_words(count)
  if not (users or held) then return nil end
  local message = ("%s cannot be removed: %s"):format(domain, users and held and users .. ", and " .. held or users or held)
  return message, { users = list, held = count }
end

-- ---- Cleaning up.

-- An alias, or a delegation, to what nobody keeps any more.
local DANGLING = "delete it: it leads to names that nobody keeps for you any more, and that others may take over"
local leads_elsewhere = { CNAME = true, NS = true }

-- By the purpose of a record: what to do with it, and why.
local advice = {
  ownership = { "delete", "delete it: it was to prove whose the domain is, and nobody asks for it any more" },
  dkim = { "delete", "delete it some days after the last message was sent, so that what is still on its way can be verified" },
  spf = { "edit", "take this out of the SPF record at that name, and leave the rest of it as it is; where nothing is left, delete it" },
  dmarc = { "keep", "leave it: it protects the domain whoever sends for it" },
  inbound = { "delete", "delete it, or put the host there that is to receive the domain's mail from now on" },
}

-- An SPF record of a name that is the provider's alone goes as a whole.
local function advice_on(record)
  if record.purpose == "spf" and record.match ~= "spf_include" then return "delete", "delete it: nothing else sends from that name" end
  local known = advice[record.purpose]
  if known then return known[1], known[2] end
  return "delete", leads_elsewhere[record.type] and DANGLING or "delete it: nothing asks for it any more"
end

--- What a customer is to do with the records that he was asked to publish, when the domain is not used here any more.
-- @tparam {table,...} records as of `mailseal.provider.records`
-- @treturn {table,...} for each, in their order: `id`, `type`, `name`, `value`, `purpose`; `action`: `delete`, `edit` or `keep`;
--   `text`: what to do and why
function M.clean_up(records)
  local list = {}
  for i, record in ipairs(records) do
    local action, text = advice_on(record)
    list[i] = {
      id = record.id, type = record.type, name = record.name, value = record.value, purpose = record.purpose, action = action, text = text,
    }
  end
  return list
end

-- All records that the customer was asked to publish, those of keys that are no more among them.
local function asked_for(tx, tenant, row)
  local list = { row.challenge and ownership.record(row.domain, row.challenge) or nil }
  local left = key_records.left(keys.of_domain(tx, tenant, row.domain), row.domain)
  for _, records in ipairs { row.records, left } do
    for _, record in ipairs(records) do list[#list + 1] = record end
  end
  return list
end

-- What was published for the domain, and not taken back: it stays, and can be taken back still.
local function published(tx, tenant, domain)
  local list = {}
  for via, rows in pairs(publications.ours(tx, tenant, domain)) do
    for _, row in ipairs(rows) do
      list[#list + 1] = { via = via, zone = row.zone, name = row.name, type = row.type, added = row.added }
    end
  end
  table.sort(list, function(a, b) return a.name .. " " .. a.type < b.name .. " " .. b.type end)
  return list
end

--- Removes a domain, of which its tenant is the owner no more. What was told of it stays among the events, and what was released in
-- its feed. Mail that is held has to be called off first (`tenant:unhold`). What was reported of a domain that is not healthy is kept,
-- and counts where the same tenant adds it anew. Access to its zones that was kept goes with it; what was published by mailseal
-- stays, until `tenant:unpublish` takes it back.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] table `domain`, its name as it was stored; `clean_up`: see @{clean_up}; `published`: what mailseal has
--   published of that, and not taken back, a list of `via`, `zone`, `name`, `type` and `added` (values)
-- @treturn[2] nil
-- @treturn[2] string a message; where it is in use, by whom
-- @treturn[2] string `not_found`, `in_use`; a code of the store
-- @treturn[2] ?table of `in_use`, `users`, the first hundred of them, and `held`, how many messages are, counted up to a thousand and one
function methods.remove(tenant, domain)
  return change.change(tenant, domain, function(tx, gate, now)
    local problem, by = obstacle(tx, tenant.id, gate.domain)
    if problem then return nil, problem, "in_use", by end
    local clean_up = M.clean_up(asked_for(tx, tenant.id, domains.get(tx, tenant.id, gate.domain)))
    local left = published(tx, tenant.id, gate.domain)
    domains.remove(tx, tenant.id, gate.domain)
    if gate.health == "healthy" then health.forget(tx, tenant.id, gate.domain) end
    ownership.release(tx, tenant.id, gate.domain, now)
    events.add(tx, tenant.id, gate.domain, "removed", { clean_up = clean_up, published = left[1] and left or nil }, { at = now })
    return { domain = gate.domain, clean_up = clean_up, published = left }
  end)
end

return M
