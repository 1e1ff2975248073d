--- Scheduled mail that waits until its domain may send.
--
-- The product hands in the ids of the messages that `decide` told it to hold. They are kept in order, and each is released once, in
-- that order, when the domain may send again: when it is enabled, verified again, or its health has recovered. What is released is a
-- feed with ids, per tenant: read what came after the last id that was dealt with, keep that id where the mail itself is kept, and each
-- message comes exactly once, whatever is killed when. `forget_released` drops what is dealt with.
--
-- To be sure of a hold, a product marks the message as held in its own queue first, and then calls `hold`. To hold what is held already
-- changes nothing, so the call may be repeated when its answer was lost; with `after`, the consumer's place in the feed, what was held
-- then and has been released since is not held again, for it comes out of the feed anyway.
--
-- **What becomes of held mail.** It is never dropped: it is held until the domain may send, or until it is called off (`unhold`).
--
-- - Disabled, suspended, or its records lost: it waits, and goes when the domain is enabled, has recovered, or is verified again.
-- - Throttled: it goes at the pace that is left.
-- - Failed, for its time is over or since another tenant took it over: it waits; it goes when the domain was started again and is
--   verified. The events `lost`, `failed` and `taken_over` say how much is `held`, counted up to a thousand: if the domain will not come
--   back, the product calls it off, or sends it from another one.
-- - To be removed: that is refused while mail is held. Call it off first.
--
-- What was released and is in the feed is on its way: ask `decide` again before it is sent, as before each message, and hold it anew
-- where it says so.
-- @module mailseal.onboard.holds
local change = require "mailseal.onboard.change"
local decide = require "mailseal.onboard.decide"
local events = require "mailseal.store.events"
local gate_keeper = require "mailseal.onboard.gate"
local gates = require "mailseal.store.gates"
local identifier = require "mailseal.onboard.identifier"
local options = require "mailseal.dns.options"
local store = require "mailseal.store.holds"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here.
M.methods = methods

-- Mails that one call may hold, so that its transaction stays short; and that one page lists, where nothing else is said.
local MOST, PAGE = 10000, 1000
local is_id = options.count(0, 2 ^ 53)
local page_options = { after = is_id, limit = options.count(1, MOST) }
local hold_options = { after = is_id }

local function check_mails(mail)
  local mails = type(mail) == "table" and mail or { mail or false }
  if #mails > MOST then return nil, ("at most %d messages can be held at a time"):format(MOST), "too_many" end
  for _, id in ipairs(mails) do
    local ok, message, code = identifier.check(id, "a message's id")
    if not ok then return nil, message, code end
  end
  return mails
end

-- Those of some mails that do not come out of the feed behind a place.
local function still_to_hold(tx, tenant, gate, mails, place)
  local coming, list = store.released_of(tx, tenant.id, gate.domain, mails, place), {}
  for _, mail in ipairs(mails) do
    if not coming[mail] then list[#list + 1] = mail end
  end
  return list
end

--- Holds mail of a domain, behind what is held already. Where the domain may send by now, it is released again at once.
-- @tparam table tenant
-- @tparam string domain
-- @tparam string|{string,...} mail the id of a message, or a list of up to 10,000
-- @tparam[opt] table how `after`: the last id of `released` that was dealt with. What was released after that is not held again
-- @treturn[1] number how many of them are held by this call: neither were before nor, with `after`, have been released since
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`, `bad_id`, `too_many`; a code of the store
function methods.hold(tenant, domain, mail, how)
  change.want_name(domain)
  how = how or {}
  options.check("tenant:hold", how, hold_options)
  local mails, message, code = check_mails(mail)
  if not mails then return nil, message, code end
  local policy, may_send = tenant.registry.policy.health, nil
  local added
  added, message, code = change.change(tenant, domain, function(tx, gate, now)
    local list = how.after and still_to_hold(tx, tenant, gate, mails, how.after) or mails
    local count = store.add(tx, tenant.id, gate.domain, list, gate.last_hold + 1, now)
    gates.set_last_hold(tx, tenant.id, gate.domain, gate.last_hold + #list)
    may_send = decide.judge(gate, 0, policy) == "send"
    if may_send then gates.set_next_look(tx, tenant.id, gate.domain, now) end
    return count
  end)
  if not added then return nil, message, code end
  if may_send then gate_keeper.look(tenant, domain, true) end -- where that fails, the worker does it
  return added
end

--- Takes mail out of what is held, since it was called off: it will not be released. How much that was is an event.
-- @tparam table tenant
-- @tparam string domain
-- @tparam string|{string,...} mail the id of a message, or a list of up to 10,000
-- @treturn[1] number how many of them were held. What was not has been released, or was never held
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`, `bad_id`, `too_many`; a code of the store
function methods.unhold(tenant, domain, mail)
  change.want_name(domain)
  local mails, message, code = check_mails(mail)
  if not mails then return nil, message, code end
  return change.change(tenant, domain, function(tx, gate, now)
    local count = store.remove(tx, tenant.id, gate.domain, mails)
    if count > 0 then events.add(tx, tenant.id, gate.domain, "mail_called_off", { count = count }, { at = now }) end
    return count
  end)
end

--- The mail of a domain that is held, in order.
-- @tparam table tenant
-- @tparam string domain
-- @tparam[opt] table page `after`: the position of the last one seen; `limit`: how many at most (1,000, at most 10,000)
-- @treturn[1] {table,...} `mail`, `position`, `held_at`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of the store
function methods.held(tenant, domain, page)
  page = page or {}
  options.check("tenant:held", page, page_options)
  local name = change.stored(domain)
  return tenant.registry.db:read(function(tx)
    if not gates.get(tx, tenant.id, name) then return change.not_found() end
    return store.list(tx, tenant.id, name, page.after or 0, page.limit or PAGE)
  end)
end

--- The mail that was released, in order, of all the tenant's domains.
-- @tparam table tenant
-- @tparam[opt] table page `after`: the id of the last one seen; `limit`: how many at most (1,000, at most 10,000)
-- @treturn[1] {table,...} `id`, `domain`, `mail`, `released_at`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function methods.released(tenant, page)
  page = page or {}
  options.check("tenant:released", page, page_options)
  return tenant.registry.db:read(function(tx) return store.released(tx, tenant.id, page.after or 0, page.limit or PAGE) end)
end

--- Forgets what was released, up to an id and with it: that is dealt with.
-- @tparam table tenant
-- @tparam number id
-- @treturn[1] number how many there were
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function methods.forget_released(tenant, id)
  if not is_id[1](id) then error("tenant:forget_released wants the id of a release", 2) end
  local total = 0
  while true do
    local count, message, code = tenant.registry.db:write(function(tx)
      return store.forget(tx, tenant.id, id, gate_keeper.BATCH)
    end)
    if not count then return nil, message, code end
    total = total + count
    if count < gate_keeper.BATCH then return total end
  end
end

--- Releases all that is held of a domain and may be sent, now and here, as the worker does in its turn.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] number how many
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of the store
function methods.release_holds(tenant, domain)
  change.want_name(domain)
  local total = 0
  while true do
    local count, message, code = gate_keeper.look(tenant, domain)
    if not count then return nil, message, code end
    total = total + count
    if count < gate_keeper.BATCH then return total end
  end
end

return M
