--- Signatures of DNS messages by a secret that both sides share: TSIG (RFC 8945).
--
--     local tsig = require "mailseal.dns.tsig"
--     local key = assert(tsig.read_key(text))                     -- hmac-sha256:name:secret, or as BIND or Knot write it
--     local signed, state = key:sign(message, os.time())
--     local ok, message, code, details = key:verify(reply, state, os.time())
--
-- Any message may be signed, queries too. A reply is verified with what `sign` returned beside its request, for the request's code
-- is part of what the reply's is made over.
--
-- Of the algorithms those from SHA-256 on are taken. Codes are compared whole: who signs with the whole of a code, as these functions
-- do, is not to be answered with less (RFC 8945 §7).
-- @module mailseal.dns.tsig
local core = require "mailseal.core"
local rcode = require "mailseal.dns.rcode"
local tsig_text = require "mailseal.dns.tsig_text"

local dns, seal = core.dns, core.seal

local M = {}
local Key = { __name = "mailseal.dns.tsig.key" }
Key.__index = Key

-- Secrets by their keys, so that whatever shows a key's fields shows no secret.
local secrets = setmetatable({}, { __mode = "k" })

local HEADER_SIZE = 12
-- Seconds by which the clocks of the two sides may differ (RFC 8945 §10).
local FUDGE = 300
-- Messages of a stream that may stand unsigned between signed ones (RFC 8945 §5.3.1).
local UNSIGNED_MOST = 99
-- Octets of a secret: below, it is weaker than the digest is meant to be; above, it was meant to be something else.
local SECRET_LEAST, SECRET_MOST = 16, 4096

local sizes = { sha256 = 32, sha384 = 48, sha512 = 64 }
local weak = { ["hmac-md5.sig-alg.reg.int"] = true, ["hmac-md5"] = true, ["hmac-sha1"] = true, ["hmac-sha224"] = true }

-- ---- Keys.

-- What is wrong with a key is said without what was given: whoever has mixed up its parts has its secret in any place.

-- "sha256" of what an algorithm is called: "hmac-sha256", "HMAC-SHA256.", "hmac_sha256", "sha256".
local function digest_of(algorithm)
  local name = algorithm:lower():gsub("_", "-"):gsub("%.$", "")
  if not name:find "^hmac" then name = "hmac-" .. name end
  local digest = name:match "^hmac%-(sha%d+)$"
  if sizes[digest or ""] then return digest end
  if weak[name] then
    return nil, ("the key's algorithm, %s, is too weak: hmac-sha256, hmac-sha384 and hmac-sha512 are taken"):format(name), "weak_key"
  end
  return nil, "the key's algorithm is not known: hmac-sha256, hmac-sha384 and hmac-sha512 are", "bad_key"
end

-- The secret's octets.
local function octets_of(secret)
  local octets = core.text.unbase64(secret)
  if not octets or octets == "" then return nil, "the key's secret is no base64", "bad_key" end
  if #octets > SECRET_MOST then return nil, "the key's secret is too long for one", "bad_key" end
  if #octets < SECRET_LEAST then
    return nil, ("the key's secret has %d octets: fewer than %d are too easily guessed"):format(#octets, SECRET_LEAST), "weak_key"
  end
  return octets
end

--- A key to sign with.
-- @tparam table options `name`, as the server knows it; `algorithm`: `hmac-sha256` (also where it is nil), `hmac-sha384` or
--   `hmac-sha512`; `secret`, base64
-- @treturn[1] table the key, with `name` and `algorithm`; its secret is in nothing that can be shown
-- @treturn[2] nil
-- @treturn[2] string what is wrong, without the secret
-- @treturn[2] string `bad_key`, `weak_key`
function M.key(options)
  for _, field in ipairs { "name", "secret" } do
    if type(options[field]) ~= "string" then return nil, ("the key has no %s"):format(field), "bad_key" end
  end
  if options.algorithm ~= nil and type(options.algorithm) ~= "string" then return nil, "the key has no algorithm", "bad_key" end
  local name = dns.name(options.name)
  if not name or name == "." then return nil, "the key's name is none that DNS can hold", "bad_key" end
  local digest, secret, message, code
  digest, message, code = digest_of(options.algorithm or "hmac-sha256")
  if not digest then return nil, message, code end
  secret, message, code = octets_of(options.secret)
  if not secret then return nil, message, code end
  local key = setmetatable({ name = name, algorithm = "hmac-" .. digest }, Key)
  secrets[key] = secret
  return key
end

--- Reads a key as DNS hosts hand them out: `hmac-sha256:name:secret`; `name. hmac-sha256. secret`; BIND's `key "name" { algorithm
-- hmac-sha256; secret "…"; };`; the YAML of Knot.
-- @tparam string source
-- @treturn[1] table as of `key`
-- @treturn[2] nil
-- @treturn[2] string what is wrong, without any of the text
-- @treturn[2] string `bad_key`, `weak_key`
function M.read_key(source)
  if type(source) ~= "string" then error("a key's text is a string", 2) end
  local keys = tsig_text.keys(source)
  if #keys ~= 1 then
    return nil, #keys == 0 and "this is no key of TSIG: write hmac-sha256:name:secret, or what BIND or Knot has in its configuration"
      or ("the text holds %d keys, and one is wanted"):format(#keys), "bad_key"
  end
  return M.key(keys[1])
end

--- What may be shown of a key.
-- @treturn string its name and algorithm
function Key:__tostring() return ("%s: %s (%s)"):format(Key.__name, self.name, self.algorithm) end

-- The code of a message with its record: see `tsig_octets` of the core.
local function code_of(self, message, record, ...)
  local octets, why, code = dns.tsig_octets(message, record, ...)
  if not octets then return nil, why, code end
  return seal.hmac(self.algorithm:sub(6), secrets[self], octets)
end

-- ---- Signing.

-- Seconds as they are sent: whole, in 48 bits.
local function check_time(now)
  if type(now) ~= "number" or not (now >= 0 and now < 2 ^ 48) then error("the time is a number of seconds since 1970", 3) end
  return math.floor(now)
end

--- Signs a message.
-- @tparam string message a DNS message
-- @tparam number now seconds since 1970
-- @treturn[1] string the message with its signature
-- @treturn[1] table what `verify` wants to know of it
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string `too_large`
function Key:sign(message, now)
  if type(message) ~= "string" or #message < HEADER_SIZE then error("what is signed is a DNS message", 2) end
  local record = {
    key = self.name, algorithm = self.algorithm, time = check_time(now), fudge = FUDGE,
    original_id = message:byte(1) * 256 + message:byte(2), error = 0,
  }
  local why, code, signed
  record.mac, why, code = code_of(self, message, record)
  if not record.mac then return nil, why, code end
  signed, why, code = dns.tsig_append(message, record)
  if not signed then return nil, why, code end
  return signed, { mac = record.mac, id = record.original_id, time = record.time }
end

-- ---- Verifying.

-- The server's clock in a BADTIME; nil where it is not told.
local function servers_time(record)
  if #record.other ~= 6 then return nil end
  local time = 0
  for i = 1, 6 do time = time * 256 + record.other:byte(i) end
  return time
end

local function ahead(seconds)
  return seconds == 0 and "by what it tells, the clocks agree"
    or ("this machine's clock is %d seconds %s the server's"):format(math.abs(seconds), seconds > 0 and "ahead of" or "behind")
end

local refusals = {
  BADKEY = { "bad_key", "the server does not know a key %s of that algorithm, or not for us" },
  BADSIG = { "bad_signature", "the server has another secret under the name of the key %s" },
  BADTRUNC = { "bad_signature", "the server wants longer codes of the key %s" },
}

-- What the server has against the request; `proven` where its reply is signed. Nil where it has nothing.
local function refusal(self, record, state, proven)
  local name = rcode.name(record.error)
  if record.error == 0 then return nil end
  local details = { proven = proven, tsig = name }
  if name == "BADTIME" then
    local time = servers_time(record)
    details.seconds = time and state.time - time
    return "the server refuses the time of the signature: " ..
      (time and ahead(details.seconds) or "it does not tell what time it has"), "clock_off", details
  end
  local told = refusals[name] or { "bad_signature", "the server refuses the signature by the key %s: " .. name }
  return told[2]:format(self.name), told[1], details
end

-- Is it signed by this key, so far as that can be told without the secret?
local function check_form(self, record, state)
  if record.original_id ~= state.id then return nil, "the reply is one to another message", "wrong_reply" end
  if record.key ~= self.name or record.algorithm ~= self.algorithm then
    return nil, "the reply is signed by another key than its request", "bad_key", { proven = false }
  end
  local size = sizes[self.algorithm:sub(6)]
  if #record.mac == size then return true end
  -- RFC 8945 §5.2.2.1
  if #record.mac > size or #record.mac < size / 2 then
    return nil, "the reply's signature has a length that it cannot have", "bad_message"
  end
  return nil, "the reply's signature is cut short, which ours was not", "bad_signature", { proven = false }
end

-- Takes in a message without a signature: between two of a stream it may stand, until the next says whether it is genuine.
local function take_unsigned(reply, state, message, code)
  if not state.continued or state.unsigned >= UNSIGNED_MOST then
    return nil, message:gsub("message", "reply"), code, { rcode = rcode.of(reply) }
  end
  state.unsigned = state.unsigned + 1
  state.between[state.unsigned] = reply
  return false
end

-- The code is as long as it must be: is it that of the reply?
local function check_code(self, reply, record, state)
  local between = state.continued and table.concat(state.between) or nil
  local mac, message, code = code_of(self, reply, record, state.mac, state.continued, between)
  if not mac then return nil, message, code end
  if seal.same(record.mac, mac) then return true end
  return nil, "the reply's signature is not by the key " .. self.name .. ": the server has another secret, or somebody changed the reply",
    "bad_signature", { proven = false }
end

-- Is the time of a genuine reply one of now?
local function check_clock(record, now)
  local seconds = now - record.time
  if math.abs(seconds) <= record.fudge then return true end
  return nil, "the reply was signed at another time than now: " .. ahead(seconds), "clock_off", { seconds = seconds, proven = true }
end

--- Is a reply genuine? Verify it before anything that it says is believed.
--
-- Of a stream of messages (a zone transfer) each is given to it, in their order, with the same `state`. The first must be signed; up to
-- 99 others may stand unsigned before the next that is, of which false is returned: nothing of them is to be believed until a later
-- call returns true, and the last call must.
-- @tparam string reply
-- @tparam table state as of `sign`
-- @tparam number now seconds since 1970
-- @treturn[1] boolean true; false where that is not known yet
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `not_signed` (details: `rcode`), `wrong_reply` (to another message), `bad_message`, `bad_signature`, `bad_key`,
--   `clock_off`
-- @treturn[2] ?table `proven`: has the server said so, under its signature? An attacker can say the rest. `seconds`, of `clock_off`: by
--   which this machine's clock is ahead of the server's; nil where that is not known. `tsig`: the error in the server's words
function Key:verify(reply, state, now)
  now = check_time(now)
  local record, message, code = dns.tsig_find(reply)
  if not record and code == "not_signed" then return take_unsigned(reply, state, message, code) end
  if not record then return nil, message, code end
  if record.mac == "" and record.error ~= 0 and record.original_id == state.id then return nil, refusal(self, record, state, false) end
  local ok, details
  ok, message, code, details = check_form(self, record, state)
  if not ok then return nil, message, code, details end
  ok, message, code, details = check_code(self, reply, record, state)
  if not ok then return nil, message, code, details end
  if record.error ~= 0 then return nil, refusal(self, record, state, true) end
  ok, message, code, details = check_clock(record, now)
  if not ok then return nil, message, code, details end
  state.mac, state.continued, state.unsigned, state.between = record.mac, true, 0, {}
  return true
end

return M
