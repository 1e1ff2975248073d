--- The signatures of webhooks, by the scheme of Standard Webhooks (standardwebhooks.com): for whoever sends them, and for whoever gets
-- them and wants to know that they are genuine.
--
--     local webhook = require "mailseal.webhook"
--     local event, message = webhook.verify(headers, body, "whsec_…")
--     if not event then return refuse(message) end             -- 400: it is not from whom it says, or old
--     if seen(event.id) then return end                        -- an event may come twice, with the same id
--
-- A message comes with three fields. `webhook-id` is the same however often it is sent. `webhook-timestamp` is when it was sent this
-- time, in seconds since 1970. `webhook-signature` holds signatures separated by spaces, several while a secret is being replaced:
-- "v1," and the base64 of HMAC-SHA256 over id, ".", timestamp, ".", body. The secret is "whsec_" and the base64 of the key.
--
-- It needs nothing else of mailseal, no database, no registry.
-- @module mailseal.webhook
local core = require "mailseal.core"

local M = {}

local PREFIX, VERSION, OCTETS = "whsec_", "v1,", 32

--- Seconds that a message's timestamp may be away from the time it is.
M.TOLERANCE = 300

--- A new secret.
-- @treturn string "whsec_…", of 256 random bits
function M.new_secret() return PREFIX .. core.text.base64(core.seal.random(OCTETS)) end

-- The key of a secret; raises, in the name of the caller's caller, where it is none.
local function key_of(secret)
  local text = type(secret) == "string" and secret:match("^" .. PREFIX .. "(.+)$")
  local key = text and core.text.unbase64(text)
  if not key or #key < 16 then error('a webhook\'s secret is "whsec_" and base64, of 16 octets or more', 3) end
  return key
end

local function sign(key, id, timestamp, body)
  return VERSION .. core.text.base64(core.seal.hmac_sha256(key, ("%s.%s."):format(id, timestamp) .. body))
end

--- Signs a message.
-- @tparam string id without a dot
-- @tparam number timestamp seconds since 1970
-- @tparam string body
-- @tparam string secret
-- @tparam[opt] string former a secret that receivers may still have in its place: the message is signed with both
-- @treturn table the fields: `webhook-id`, `webhook-timestamp`, `webhook-signature`
function M.sign(id, timestamp, body, secret, former)
  local written = ("%d"):format(timestamp)
  local signature = sign(key_of(secret), id, written, body)
  if former then signature = signature .. " " .. sign(key_of(former), id, written, body) end
  return { ["webhook-id"] = id, ["webhook-timestamp"] = written, ["webhook-signature"] = signature }
end

-- A field, however its name is spelled; nil where it is not there, or there are several.
local function field(headers, name)
  local found
  for key, value in pairs(headers) do
    if type(key) == "string" and key:lower():gsub("_", "-") == name then
      if found or type(value) ~= "string" then return nil end
      found = value
    end
  end
  return found
end

-- Is one of the signatures that one? All are compared, each in constant time.
local function has(signatures, expected)
  local same = false
  for one in signatures:gmatch "%S+" do same = core.seal.same(one, expected) or same end
  return same
end

local LONGEST = 4096 -- octets of a field

local function read_fields(headers)
  local id, timestamp, signatures = field(headers, "webhook-id"), field(headers, "webhook-timestamp"), field(headers, "webhook-signature")
  if not (id and timestamp and signatures) or #id > LONGEST or #signatures > LONGEST then return nil end
  return id, timestamp:find "^%d+$" and #timestamp <= 12 and timestamp or nil, signatures
end

--- Is a message genuine, and of now?
-- @tparam table headers the request's fields by name, in whatever case (in nginx `ngx.req.get_headers()`)
-- @tparam string body the request's body, octet for octet as it came
-- @tparam string|{string,...} secret "whsec_…"; or a list of them, of which one is enough
-- @tparam[opt] table options `now`: seconds since 1970 (os.time()); `tolerance`: seconds (300)
-- @treturn[1] table `id`, by which a message that comes again is known; `timestamp`
-- @treturn[2] nil
-- @treturn[2] string why it is to be refused
-- @treturn[2] string `missing_fields`, `bad_timestamp` (too old, or of the future), `bad_signature`
-- @raise where the secret is none
function M.verify(headers, body, secret, options)
  options = options or {}
  local id, timestamp, signatures = read_fields(headers)
  if not id then return nil, "a field of webhook-id, webhook-timestamp and webhook-signature is missing", "missing_fields" end
  local now = options.now or os.time()
  if not timestamp or math.abs(now - tonumber(timestamp)) > (options.tolerance or M.TOLERANCE) then
    return nil, "the message is too old, or of the future", "bad_timestamp"
  end
  local genuine = false
  for _, one in ipairs(type(secret) == "table" and secret or { secret }) do
    genuine = has(signatures, sign(key_of(one), id, timestamp, body)) or genuine
  end
  if not genuine then return nil, "no signature of the message is one by this secret", "bad_signature" end
  return { id = id, timestamp = tonumber(timestamp) }
end

return M
