--- The tables tokens and sessions: by whose word a request is a tenant's. Tokens are known by their hashes alone.
-- @module mailseal.store.tokens
local unpack = table.unpack or unpack -- luacheck: ignore

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
local REMOVE_OLD = "DELETE FROM sessions WHERE tenant_id = ? AND token = ? AND hash NOT IN "
  .. "(SELECT hash FROM sessions WHERE tenant_id = ? AND token = ? ORDER BY expires_at DESC, hash LIMIT ?)"
-- So many a statement has, the last one again where there are less: its text is prepared once.
local AT_A_TIME = 64
local HASHES = ("?, "):rep(AT_A_TIME - 1) .. "?"
local SESSIONS = "SELECT hash FROM sessions WHERE expires_at > ? AND hash IN (" .. HASHES .. ")"

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

--- Adds a session, and removes those that have ended, and the oldest where its token has had too many.
-- @tparam table tx
-- @tparam table session `hash`, `tenant`, `token` (that one's hash), `expires_at`
-- @tparam number most how many a token may have
-- @tparam number now seconds since 1970
function M.add_session(tx, session, most, now)
  local tenant, token = session.tenant, session.token
  tx:run(REMOVE_ENDED, now)
  tx:run(REMOVE_OLD, tenant, token, tenant, token, most - 1)
  tx:run(ADD_SESSION, session.hash, tenant, token, session.expires_at)
end

--- The session with a hash, unless it has ended.
-- @tparam table tx
-- @tparam string hash
-- @tparam number now seconds since 1970
-- @treturn ?table `hash`, `token`, `expires_at`
function M.session(tx, hash, now)
  return tx:row(SESSION, hash, now)
end

--- Of some sessions, those that there are not any more.
-- @tparam table tx
-- @tparam {string,...} hashes
-- @tparam number now seconds since 1970
-- @treturn {string,...} hashes
function M.ended_sessions(tx, hashes, now)
  local known, ended = {}, {}
  for first = 1, #hashes, AT_A_TIME do
    local some = {}
    for i = 1, AT_A_TIME do
      some[i] = hashes[math.min(first + i - 1, #hashes)]
    end
    for _, row in ipairs(tx:rows(SESSIONS, now, unpack(some, 1, AT_A_TIME))) do
      known[row.hash] = true
    end
  end
  for _, hash in ipairs(hashes) do
    if not known[hash] then
      ended[#ended + 1] = hash
    end
  end
  return ended
end

--- Ends a session.
-- @tparam table tx
-- @tparam string hash
-- @treturn boolean was there one?
function M.remove_session(tx, hash)
  return tx:run(REMOVE_SESSION, hash) > 0
end

return M
