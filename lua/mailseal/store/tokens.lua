--- The tables tokens and sessions: by whose word a request is a tenant's. Tokens are known by their hashes alone.
-- @module mailseal.store.tokens
local M = {}

local ADD = "INSERT INTO tokens (hash, id, tenant_id, name, created_at) VALUES (?, ?, ?, ?, ?)"
local OF = "SELECT hash, id, tenant_id, name FROM tokens WHERE hash = ?"
local NAMED = "SELECT hash, name FROM tokens WHERE tenant_id = ? AND id = ?"
local LIST = "SELECT id, name, created_at FROM tokens WHERE tenant_id = ? ORDER BY created_at, id LIMIT ?"
local COUNT = "SELECT COUNT(*) AS n FROM tokens WHERE tenant_id = ?"
local REMOVE = "DELETE FROM tokens WHERE tenant_id = ? AND hash = ?"

local ADD_SESSION = "INSERT INTO sessions (hash, tenant_id, token, expires_at) VALUES (?, ?, ?, ?)"
local SESSION = "SELECT hash, token, expires_at FROM sessions WHERE hash = ? AND expires_at > ?"
local REMOVE_SESSION = "DELETE FROM sessions WHERE hash = ?"
local REMOVE_SESSIONS = "DELETE FROM sessions WHERE tenant_id = ? AND token = ?"
local REMOVE_ENDED = "DELETE FROM sessions WHERE expires_at <= ?"

--- Adds a token.
-- @tparam table tx
-- @tparam string tenant
-- @tparam table token `hash`, `id`, `name`
-- @tparam number now seconds since 1970
function M.add(tx, tenant, token, now)
  tx:run(ADD, token.hash, token.id, tenant, token.name, now)
end

--- The token with a hash.
-- @tparam table tx
-- @tparam string hash
-- @treturn ?table `hash`, `id`, `tenant_id`, `name`
function M.find(tx, hash)
  return tx:row(OF, hash)
end

--- Has a tenant a token of that id?
-- @tparam table tx
-- @tparam string tenant
-- @tparam string id
-- @treturn boolean
function M.has(tx, tenant, id)
  return tx:row(NAMED, tenant, id) ~= nil
end

--- A tenant's tokens, the oldest first.
-- @tparam table tx
-- @tparam string tenant
-- @tparam number limit how many at most
-- @treturn {table,...} `id`, `name`, `created_at`
function M.list(tx, tenant, limit)
  return tx:rows(LIST, tenant, limit)
end

--- How many tokens a tenant has.
-- @tparam table tx
-- @tparam string tenant
-- @treturn number
function M.count(tx, tenant)
  return tx:row(COUNT, tenant).n
end

--- Removes a tenant's token, and the sessions that were begun with it.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string id
-- @treturn ?table the token's `hash` and `name`; nil where the tenant has no such token
function M.remove(tx, tenant, id)
  local found = tx:row(NAMED, tenant, id)
  if not found or tx:run(REMOVE, tenant, found.hash) == 0 then
    return nil
  end
  tx:run(REMOVE_SESSIONS, tenant, found.hash)
  return found
end

--- Adds a session, and removes those that have ended.
-- @tparam table tx
-- @tparam table session `hash`, `tenant`, `token` (that one's hash), `expires_at`
-- @tparam number now seconds since 1970
function M.add_session(tx, session, now)
  tx:run(REMOVE_ENDED, now)
  tx:run(ADD_SESSION, session.hash, session.tenant, session.token, session.expires_at)
end

--- The session with a hash, unless it has ended.
-- @tparam table tx
-- @tparam string hash
-- @tparam number now seconds since 1970
-- @treturn ?table `hash`, `token`, `expires_at`
function M.session(tx, hash, now)
  return tx:row(SESSION, hash, now)
end

--- Ends a session.
-- @tparam table tx
-- @tparam string hash
-- @treturn boolean was there one?
function M.remove_session(tx, hash)
  return tx:run(REMOVE_SESSION, hash) > 0
end

return M
