--- Who asks: the tokens of tenants, and the sessions that a browser begins with one.
--
--     local made = assert(registry:tenant "acme":make_token { name = "billing" })
--     print(made.token)                                         -- ms_…, this once
--     print(tokens.identify(registry, made.token).tenant)       --> acme
--
-- A token is 256 random bits. The database has the SHA-256 of it, by which it is found, and which is compared in constant time; the
-- token itself is told by `make` and never again. A session is the same in a cookie; it ends by its time, or with its token.
-- @module mailseal.onboard.tokens
local core = require "mailseal.core".seal
local events = require "mailseal.store.events"
local hexadecimal = require "mailseal.printable".hexadecimal
local identifier = require "mailseal.onboard.identifier"
local letters = require "mailseal.onboard.letters"
local meta = require "mailseal.store.meta"
local store = require "mailseal.store.tokens"

local M = {}
local methods, steps = {}, {}

--- The methods of a tenant that are defined here.
M.methods = methods

--- The steps (see `registry:perform`) that are defined here.
M.steps = steps

--- How many tokens a tenant may have.
M.MOST = 100

--- How long a session lasts, in seconds.
M.SESSION = 12 * 3600

--- How many sessions there may be of a token: who begins another ends the oldest.
M.SESSIONS = 100

local OCTETS = 32 -- of a secret: 256 bits
local TOKEN, SESSION = "ms_", "mss_" -- what each begins with
local FORM = "^" .. ("%x"):rep(2 * OCTETS) .. "$"

-- What the database knows of the first token: that there was one.
local FIRST = "first_token"


local function secret(prefix) return prefix .. hexadecimal(core.random(OCTETS)) end

local function hash_of(text) return hexadecimal(core.sha256(text)) end

local function is_secret(text, prefix)
  return type(text) == "string" and text:sub(1, #prefix) == prefix and text:find(FORM, #prefix + 1) ~= nil
end

local function unknown() return nil, "the token is not known", "unknown_token" end

-- ---- making, listing, revoking

-- A new token, and its row.
local function new_token(tenant, name)
  local token = secret(TOKEN)
  return { token = token, hash = hash_of(token), id = "tok_" .. letters.new(16), name = name, tenant = tenant }
end

local function add(tx, made, now)
  store.add(tx, made.tenant, made, now)
  events.add(tx, made.tenant, nil, "token_made", { token = made.id, name = made.name }, { at = now })
end

local function shown(made, now)
  return { id = made.id, name = made.name, tenant = made.tenant, token = made.token, created_at = now }
end

--- Makes a token.
-- @tparam table tenant
-- @tparam[opt] table options `name`: what people call it ("token")
-- @treturn[1] table `id`, `name`, `tenant`, `created_at`; `token`, which is told this once
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `bad_id` (of the name), `too_many`; a code of the store
function methods.make_token(tenant, options)
  options = options or {}
  local name = options.name or "token"
  local ok, message, code = identifier.check(name, "a token's name")
  if not ok then return nil, message, code end
  local made, now = new_token(tenant.id, name), tenant.registry:now()
  ok, message, code = tenant.registry.db:write(function(tx)
    if store.count(tx, tenant.id) >= M.MOST then
      return nil, ("a tenant has at most %d tokens: revoke one"):format(M.MOST), "too_many"
    end
    add(tx, made, now)
    return true
  end, tenant)
  if not ok then return nil, message, code end
  return shown(made, now)
end

--- A tenant's tokens, the oldest first. What they are themselves is not known here any more.
-- @tparam table tenant
-- @treturn[1] {table,...} `id`, `name`, `created_at`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function methods.tokens(tenant)
  return tenant.registry.db:ask(function(tx) return store.list(tx, tenant.id, M.MOST) end)
end

--- Revokes a token: from now on it is nobody's, and the sessions that were begun with it have ended.
-- @tparam table tenant
-- @tparam string id
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `no_such_token`; a code of the store
function methods.revoke_token(tenant, id)
  if type(id) ~= "string" then error("a token's id expected, got " .. type(id), 2) end
  local now = tenant.registry:now()
  return tenant.registry.db:write(function(tx)
    local found = id:find "^[%w_]+$" and store.remove(tx, tenant.id, id)
    if not found then return nil, "there is no such token", "no_such_token" end
    events.add(tx, tenant.id, nil, "token_revoked", { token = id, name = found.name }, { at = now })
    return true
  end, tenant)
end

--- Makes the first token of a database, which gets one so in its life.
-- @tparam table registry
-- @tparam string tenant
-- @treturn[1] table as of `make_token`; false where the database has had one, which may be revoked since
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function M.first(registry, tenant)
  local made, now = new_token(tenant, "first"), registry:now()
  local ok, message, code = registry.db:write(function(tx)
    if meta.keep(tx, FIRST, made.id) ~= made.id then return false end
    add(tx, made, now)
    return true
  end)
  if not ok then return ok, message, code end
  return shown(made, now)
end

-- ---- who it is

-- The token of that hash, as its owner is told.
local function owner(tx, hash)
  local found = store.find(tx, hash)
  if not found or not core.same(found.hash, hash) then return unknown() end
  return { tenant = found.tenant_id, token = found.id, actor = "token " .. found.id }
end

--- Whose token is that?
-- @tparam table registry
-- @tparam string token
-- @treturn[1] table `tenant`; `token`, its id; `actor`, as events name it
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `unknown_token`; a code of the store
function M.identify(registry, token)
  if not is_secret(token, TOKEN) then return unknown() end
  local hash = hash_of(token)
  return registry.db:ask(function(tx) return owner(tx, hash) end)
end

--- Begins a session.
-- @tparam table registry
-- @tparam string token
-- @treturn[1] table as of `identify_session`; also `session`, what the cookie is to be
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `unknown_token`; a code of the store
function M.sign_in(registry, token)
  if not is_secret(token, TOKEN) then return unknown() end
  local hash, session, now = hash_of(token), secret(SESSION), registry:now()
  local expires_at = now + M.SESSION
  return registry.db:write(function(tx)
    local found, message, code = owner(tx, hash)
    if not found then return nil, message, code end
    local id = hash_of(session)
    store.add_session(tx, { hash = id, tenant = found.tenant, token = hash, expires_at = expires_at }, M.SESSIONS, now)
    found.session, found.session_id, found.expires_at = session, id, expires_at
    return found
  end)
end

--- Whose session is that?
-- @tparam table registry
-- @tparam string session what the cookie holds
-- @treturn[1] table as of `identify`; also `expires_at`, and `session_id`, by which the database has it
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `unknown_token`; a code of the store
function M.identify_session(registry, session)
  if not is_secret(session, SESSION) then return unknown() end
  local hash, now = hash_of(session), registry:now()
  return registry.db:ask(function(tx)
    local row = store.session(tx, hash, now)
    if not row or not core.same(row.hash, hash) then return unknown() end
    local found, message, code = owner(tx, row.token)
    if not found then return nil, message, code end
    found.session_id, found.expires_at = hash, row.expires_at
    return found
  end)
end

--- Ends a session.
-- @tparam table registry
-- @tparam string session
-- @treturn[1] boolean whether there was one
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function M.sign_out(registry, session)
  if not is_secret(session, SESSION) then return false end
  local hash = hash_of(session)
  return registry.db:write(function(tx) return store.remove_session(tx, hash) end)
end

steps.identify, steps.identify_session, steps.sign_in, steps.sign_out = M.identify, M.identify_session, M.sign_in, M.sign_out

return M
