--- Who asks: by a token in `Authorization: Bearer ms_…` (RFC 6750 §2.1), or, from a browser, by the cookie of a session.
--
-- What the database has said of a token is known to all workers of nginx for a second, in the shared dictionary, under the hash of it; that
-- it was revoked through this service is known to them at once.
--
-- Who shows what is nobody's, over and over, is asked to wait, so that the database is left alone; nobody guesses 256 bits in any case.
-- Whoever shares his address with such a one (behind a proxy that the service was not told of, everybody) is not locked out: what has been
-- good within the hour is not held up at all, and of the rest a few at a time are still asked about.
--
-- The cookie is not sent along by another site's page (SameSite), and for what changes something the browser has to say besides that the
-- page it comes from is of this host.
-- @module mailseal.http.auth
local core = require "mailseal.core".seal

local M = {}

--- Who asks, as @{new} makes it.
-- @type auth
local Auth = { __name = "mailseal.http.auth" }
Auth.__index = Auth

-- Seconds for which the database is believed; for which it is remembered that something is nobody's any more, and that it was good.
local FRESH, OVER, GOOD = 1, 60, 3600

-- So many wrong ones an address may show in so many seconds; and of addresses that have shown more, so many at a time are asked about
-- by each worker.
local WRONG, WINDOW, AT_A_TIME = 30, 60, 2

local SAFE = { GET = true, HEAD = true, OPTIONS = true }

-- The name binds it to https, this host and all of its paths (RFC 6265bis §4.1.3.2). Without https that is not to be had.
local SECURE, PLAIN = "__Host-mailseal", "mailseal"

-- What stands in the dictionary for what is nobody's any more.
local NOBODY = ""

--- Makes it.
-- @tparam table options `dict`, an `ngx.shared` dictionary, without which nothing is kept; `url`, where browsers find the service, as
--   `https://mail.example.com`, without which it is the Host that they ask
-- @treturn table
function M.new(options)
  local scheme, host = (options.url or ""):match "^(https?)://([^/]+)"
  return setmetatable({ dict = options.dict, host = host and host:lower(), scheme = scheme, suspects = 0 }, Auth)
end

--- Has all workers know that a token is revoked. Called by who has revoked it.
-- @tparam ?table dict
-- @tparam string id of the token
function M.revoked(dict, id)
  if dict then dict:set("auth:revoked:" .. id, true, OVER) end
end

-- ---- what is kept

local function identity_of(text)
  local tenant, token, actor, expires_at, session = text:match "^(.-)\n(.-)\n(.-)\n(.-)\n(.*)$"
  return { tenant = tenant, token = token, actor = actor, expires_at = tonumber(expires_at), session_id = session ~= "" and session or nil }
end

local function text_of(identity)
  return ("%s\n%s\n%s\n%s\n%s"):format(
    identity.tenant, identity.token, identity.actor, identity.expires_at or "", identity.session_id or "")
end

-- Who that is, as far as it is kept. False where it is known to be nobody, nil where nothing is known.
local function kept(self, key)
  local text = self.dict and self.dict:get(key)
  if not text then return nil end
  if text == NOBODY then return false end
  local found = identity_of(text)
  return not self.dict:get("auth:revoked:" .. found.token) and found
end

-- What is there already stays: it may be that it was ended meanwhile.
local function keep(self, key, identity)
  if self.dict then
    self.dict:add(key, text_of(identity), FRESH)
    self.dict:set(key .. "+", true, GOOD)
  end
end

-- ---- those who guess

-- What an address counts as: of IPv6, the network.
local function place_of(call)
  local address = call.request.peer and call.request.peer() or ""
  return "auth:wrong:" .. (#address == 16 and address:sub(1, 8) or address)
end

local function unauthorized()
  return nil, "that is nobody's: the token was mistyped or revoked, or the session has ended", "unauthorized", {
    headers = { ["WWW-Authenticate"] = 'Bearer realm="mailseal", error="invalid_token"' },
  }
end

local function too_often(call, dict, place)
  local wait = math.max(1, math.ceil(dict:ttl(place) or WINDOW))
  return nil, "too much that is nobody's was shown from this address", "too_often", {
    retry_at = call.service:registry_of_worker():now() + wait, headers = { ["Retry-After"] = ("%d"):format(wait) },
  }
end

-- Does that come from where too much was shown that is nobody's?
local function is_suspect(self, call, key)
  local dict = self.dict
  return dict and not (key and dict:get(key .. "+")) and (dict:get(place_of(call)) or 0) >= WRONG
end

local function refuse(self, call)
  local dict = self.dict
  if not dict then return unauthorized() end
  local place = place_of(call)
  if (dict:incr(place, 1, 0, WINDOW) or 0) > WRONG then return too_often(call, dict, place) end
  return unauthorized()
end

-- ---- tokens and cookies

-- Takes a step of mailseal.onboard.tokens, as one of the few that may at a time.
local function ask_for_suspect(self, call, step, secret)
  if self.suspects >= AT_A_TIME then return too_often(call, self.dict, place_of(call)) end
  -- Where its client leaves, nginx would drop it, and nobody would know that it is over.
  if call.request.stay then call.request:stay() end
  self.suspects = self.suspects + 1
  local ok, found, message, code = pcall(function() return call.service:registry_of_worker():perform("tokens", step, secret) end)
  self.suspects = self.suspects - 1
  if not ok then error(found, 0) end
  return found, message, code
end

-- Takes a step of mailseal.onboard.tokens with a secret.
local function ask(self, call, key, step, secret)
  local found, message, code, members
  if is_suspect(self, call, key) then
    found, message, code, members = ask_for_suspect(self, call, step, secret)
  else
    found, message, code = call.service:registry_of_worker():perform("tokens", step, secret)
  end
  if found then return found end
  if code == "unknown_token" then return refuse(self, call) end
  return nil, message, code, members
end

local function look_up(self, call, step, secret)
  local key = "auth:" .. core.sha256(secret)
  local found = kept(self, key)
  if found then return found end
  if found == false then return refuse(self, call) end
  local message, code, members
  found, message, code, members = ask(self, call, key, step, secret)
  if not found then return nil, message, code, members end
  keep(self, key, found)
  return found
end

local function is_secure(self, call)
  if self.scheme then return self.scheme == "https" end
  local _, secure = (call.request.peer or function() end)()
  return secure
end

-- The value of the cookie; the first, where somebody has sent several. Where a proxy speaks https, of which the service was not told, it
-- has either name.
local function session_of(self, call)
  local plain
  for name, value in (call.headers.cookie or ""):gmatch "([^=;%s]+)=([^;%s]*)" do
    if name == SECURE then return value end
    plain = plain or name == PLAIN and value or nil
  end
  return not is_secure(self, call) and plain or nil
end

-- The browser says by the page's Origin whether it speaks https.
local function set_cookie(self, call, value, seconds)
  local is_https = is_secure(self, call) or (call.headers.origin or ""):find "^https://" ~= nil
  local name = is_https and SECURE or PLAIN
  return ("%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"):format(name, value, seconds, name == SECURE and "; Secure" or "")
end

--- Does a request come from a page of this host? Browsers say so of all that is no mere following of a link.
-- @tparam table call as of `mailseal.http.dispatch`
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `forbidden`
function Auth:same_origin(call)
  local origin = call.headers.origin
  if origin and origin ~= "null" then
    local scheme, host = origin:match "^(https?)://([^/]+)$"
    local own = self.host or (call.headers.host or ""):lower()
    if host and host:lower() == own and (not self.scheme or scheme == self.scheme) then return true end
  elseif call.headers["sec-fetch-site"] == "same-origin" then
    return true
  end
  return nil, "this comes from another site's page, or from one that does not say where it is from (Origin)", "forbidden"
end

--- Who asks?
-- @tparam table call as of `mailseal.http.dispatch`
-- @treturn[1] table `tenant`; `token`, its id; `actor`; `expires_at` and `session_id`, of a session
-- @treturn[2] nil
-- @treturn[2] ?string a message
-- @treturn[2] ?string `unauthorized`, `forbidden` (a session, from another site's page), `too_often`; a code of the store
-- @treturn[2] ?table members of the problem
function Auth:identify(call)
  local shown = call.headers.authorization
  if shown then
    local token = shown:match "^[Bb][Ee][Aa][Rr][Ee][Rr] +([%w_]+) *$"
    if not token then return refuse(self, call) end
    return look_up(self, call, "identify", token)
  end
  local session = session_of(self, call)
  if not session then return nil end
  if not SAFE[call.method] then
    local ok, message, code = self:same_origin(call)
    if not ok then return nil, message, code end
  end
  return look_up(self, call, "identify_session", session)
end

-- Ends the session that the cookie names, if there is one. True, or nil, a message and a code.
local function end_session(self, call)
  local session = session_of(self, call)
  if session then
    local done, message, code = call.service:registry_of_worker():perform("tokens", "sign_out", session)
    if done == nil then return nil, message, code end
    if self.dict then self.dict:set("auth:" .. core.sha256(session), NOBODY, OVER) end
  end
  return true
end

--- Begins a session, in place of the one that the browser was in.
-- @tparam table call
-- @tparam string token what was typed
-- @treturn[1] table as of @{identify}
-- @treturn[1] string a field Set-Cookie
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string as of @{identify}
-- @treturn[2] ?table members of the problem
function Auth:sign_in(call, token)
  local ok, wrong, why = self:same_origin(call)
  if not ok then return nil, wrong, why end
  local found, message, code, members = ask(self, call, "auth:" .. core.sha256(token), "sign_in", token)
  if not found then return nil, message, code, members end
  ok, wrong, why = end_session(self, call)
  if not ok then return nil, wrong, why end
  keep(self, "auth:" .. core.sha256(found.session), found)
  return found, set_cookie(self, call, found.session, found.expires_at - call.service:registry_of_worker():now())
end

--- Ends the session that the cookie names, if there is one.
-- @tparam table call
-- @treturn[1] string a field Set-Cookie, which removes the cookie
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `forbidden`; a code of the store
function Auth:sign_out(call)
  local ok, wrong, why = self:same_origin(call)
  if not ok then return nil, wrong, why end
  local done, message, code = end_session(self, call)
  if not done then return nil, message, code end
  return set_cookie(self, call, "", 0)
end

return M
