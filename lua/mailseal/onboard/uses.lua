--- Who uses a domain. As long as anybody does, it is not removed.
-- @module mailseal.onboard.uses
local change = require "mailseal.onboard.change"
local events = require "mailseal.store.events"
local gates = require "mailseal.store.gates"
local identifier = require "mailseal.onboard.identifier"
local store = require "mailseal.store.uses"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here.
M.methods = methods

local PAGE = 1000

-- Calls a change of the store's, and tells of it where it was one.
local function note(tenant, domain, user, kind, fn)
  change.want_name(domain)
  local ok, message, code = identifier.check(user, "a user")
  if not ok then return nil, message, code end
  return change.change(tenant, domain, function(tx, gate, now)
    local changed = fn(tx, tenant.id, gate.domain, user, now)
    if changed then events.add(tx, tenant.id, gate.domain, kind, { user = user }, { at = now }) end
    return changed
  end)
end

--- Notes that something uses a domain: a sequence, a scheduled send.
-- @tparam table tenant
-- @tparam string domain
-- @tparam string user how it is called, such as "sequence 17": people are told
-- @treturn[1] boolean whether it did not use it before
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`, `bad_id`; a code of the store
function methods.use(tenant, domain, user) return note(tenant, domain, user, "used", store.add) end

--- Notes that something uses a domain no more.
-- @tparam table tenant
-- @tparam string domain
-- @tparam string user
-- @treturn[1] boolean whether it did
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`, `bad_id`; a code of the store
function methods.release(tenant, domain, user) return note(tenant, domain, user, "use_ended", store.remove) end

--- What uses a domain.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] {string,...} by name, the first thousand
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`; a code of the store
function methods.users(tenant, domain)
  local name = change.stored(domain)
  return tenant.registry.db:read(function(tx)
    if not gates.get(tx, tenant.id, name) then return change.not_found() end
    return store.list(tx, tenant.id, name, PAGE)
  end)
end

return M
