--- A service account of Google's: who asks, and the proof of it, in place of a password.
--
-- The credentials are the JSON file that the console gives out once, with a private key. With it a statement is signed (a JWT, RFC 7519,
-- by RS256, RFC 7515) that is good for an hour, and given to Google's token endpoint for an access token (RFC 7523 §2.1; "Using OAuth
-- 2.0 for Server to Server Applications"). The token is kept until shortly before its end.
-- @module mailseal.publish.service_account
local api = require "mailseal.publish.api"
local core = require "mailseal.core"
local json = require "mailseal.json"
local keys = require "mailseal.key"
local later = require "mailseal.publish.api.later"
local reader = require "mailseal.json.reader"

local M = {}

local Account = { __name = "a service account" }
Account.__index = Account

-- It holds a private key: what is told of it is its name.
Account.__tostring = function(account) return "the service account " .. account.email end

--- Where tokens are given out, unless the file says otherwise.
M.TOKEN_URI = "https://oauth2.googleapis.com/token"

-- Seconds for which a statement is good: the most that Google takes; and before a token's end at which another one is asked for.
local HOUR, EARLY = 3600, 60

local function bad(why) return nil, "these are no credentials of a service account: " .. why, "bad_credentials" end

local function base64url(octets)
  return (core.text.base64(octets):gsub("[+/=]", { ["+"] = "-", ["/"] = "_", ["="] = "" }))
end

-- What of a private key is in no message, should an endpoint repeat it: its lines.
local function secrets_of(pem)
  local list = {}
  for line in pem:gmatch "[^\r\n]+" do
    if #line >= 16 and not line:find "^%-%-%-%-%-" then list[#list + 1] = line end
  end
  return list
end

--- Reads the credentials.
-- @tparam string text of the JSON file
-- @treturn[1] table `email`, `project` (nil where the file names none), `token_uri`, `secrets` (what must be in no message)
-- @treturn[2] nil
-- @treturn[2] string what is wrong, without any of the text
-- @treturn[2] string `bad_credentials`
function M.read(text)
  local found = reader.decode(text)
  if getmetatable(found) ~= reader.OBJECT then return bad "the JSON file that the console gives out is wanted" end
  if found.type ~= "service_account" then return bad 'its "type" is not "service_account"' end
  for _, name in ipairs { "client_email", "private_key" } do
    if type(found[name]) ~= "string" then return bad(('"%s" is missing'):format(name)) end
  end
  local key = keys.load(found.private_key)
  if not key or key:type() ~= "rsa" then return bad 'its "private_key" is no RSA key' end
  local function text_of(name) return type(found[name]) == "string" and found[name] ~= "" and found[name] or nil end
  return setmetatable({
    email = found.client_email, project = text_of "project_id", token_uri = text_of "token_uri" or M.TOKEN_URI,
    key = key, key_id = text_of "private_key_id", secrets = secrets_of(found.private_key),
  }, Account)
end

--- The statement that a token is given out for.
-- @tparam string scope what it is to allow
-- @tparam number now seconds since 1970
-- @treturn[1] string a JWT
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string `sign_failed`, `no_memory`
function Account:assertion(scope, now)
  now = math.floor(now)
  local header = json.object("alg", "RS256", "typ", "JWT", "kid", self.key_id)
  local claims = json.object("iss", self.email, "scope", scope, "aud", self.token_uri, "iat", now, "exp", now + HOUR)
  local signed = base64url(json.encode(header)) .. "." .. base64url(json.encode(claims))
  local signature, message, code = self.key:sign(core.seal.sha256(signed))
  if not signature then return nil, message, code end
  return signed .. "." .. base64url(signature)
end

-- ---- tokens

local Source = { __name = "tokens of a service account" }
Source.__index = Source

-- What the token endpoint says (RFC 6749 §5.2). A time that it does not take is told in words alone.
local function explain(now, status, data, answer)
  local name = type(data) == "table" and data.error
  if type(name) ~= "string" then return nil end
  local said = type(data.error_description) == "string" and data.error_description or name
  if said:find("iat and exp", 1, true) or said:find("short-lived token", 1, true) then
    local theirs = later.date(answer.headers.date or "")
    return "clock_off", "finds this machine's clock wrong", { seconds = theirs and now - theirs }, said
  end
  if status ~= 400 and status ~= 401 then return nil, nil, nil, said end
  return "bad_credentials", "gives no token to this service account", nil, said
end

--- Tokens for a service account, one at a time.
-- @tparam table account as of @{read}
-- @tparam table options `host`, its name for people; `scope`; `resolver`, `now`, `fetch`: as of `mailseal.publish.api`
-- @treturn table see `token` and `drop`
function M.source(account, options)
  local self = setmetatable({ account = account, scope = options.scope, now = options.now or os.time }, Source)
  self.client = api.client {
    host = options.host, endpoint = account.token_uri, resolver = options.resolver, now = self.now, fetch = options.fetch,
    secrets = account.secrets,
    explain = function(status, data, _, answer)
      if status >= 300 then return explain(self.now(), status, data, answer) end
    end,
  }
  return self
end

local GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

local function ask(self)
  local assertion, message, code = self.account:assertion(self.scope, self.now())
  if not assertion then return nil, message, code end
  self.client:keep_secret(assertion)
  return self.client:ask {
    method = "POST", path = "", reads = true, headers = { ["Content-Type"] = "application/x-www-form-urlencoded" },
    body = ("grant_type=%s&assertion=%s"):format(api.escaped(GRANT), api.escaped(assertion)),
  }
end

--- A token that is good.
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Source:token()
  if self.kept and self.now() < self.kept_until then
    self.uses = self.uses + 1
    return self.kept
  end
  local data, message, code, details = ask(self)
  if not data then return nil, message, code, details end
  if not api.is(data, { access_token = "string", expires_in = "number" }) or data.access_token:find "[^!-~]" then
    return self.client:strange()
  end
  self.client:keep_secret(data.access_token)
  self.uses = 1
  self.kept, self.kept_until = data.access_token, self.now() + math.max(data.expires_in - EARLY, 1)
  return self.kept
end

--- Forgets a token that was refused.
-- @tparam string token
-- @treturn boolean is another one worth asking for? Not where this one was given out only now
function Source:drop(token)
  local old = self.kept ~= token or self.uses > 1
  if self.kept == token then self.kept = nil end
  return old
end

return M
