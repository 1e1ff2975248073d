--- The DKIM key record at `selector._domainkey` (RFC 6376 §3.6.1). Behind `mailseal.record`, as the kind "dkim".
-- @module mailseal.record.dkim
local core = require "mailseal.core".record
local strings = require "mailseal.record.strings"

local M = {}

local function words(value)
  local list = {}
  for word in value:gmatch("[^:%s]+") do
    list[#list + 1] = word
  end
  return list
end

--- Reads a DKIM key record as a verifier does, strictly (RFC 6376 §3.6.1, RFC 8301, RFC 8463).
-- @tparam string|{string,...} text
-- @treturn[1] table
--
-- - `version` (string): "DKIM1", or nil where the record does not say
-- - `type` (string): "rsa" or "ed25519"
-- - `key` (string): the key in base64, without white space
-- - `bits` (number): the size of the key: of the modulus, or 256
-- - `hashes` ({string,...}): what h= names, or nil where every hash is allowed
-- - `services` ({string,...}): what s= names, { "*" } by default
-- - `flags` ({string,...}): what t= names
-- - `sha256_allowed`, `email_allowed` (boolean): do h= and s= let the key be used for mail of today?
-- - `testing`, `strict` (boolean): t=y and t=s
-- - `notes` (string): n=, as written
-- - `tags` (table): every tag's value by its name
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "key_not_a_key", "key_syntax", "key_version", "key_no_p", "key_revoked", "key_type_unknown", or what
-- is wrong with the key: "key_malformed", "key_too_small", "key_too_large", "key_bad_exponent", "key_small_order",
-- "key_is_spki", "key_wrong_type"
function M.parse(text)
  local joined = strings.join(text, 2)
  local key, message, code = core.parse_dkim(joined)
  if not key then
    return nil, message, code
  end
  local tags = {}
  for _, tag in ipairs((core.tags(joined))) do
    tags[tag.name] = tag.value
  end
  key.version, key.tags = tags.v, tags
  key.key, key.p = key.p, nil
  if key.key:find "%s" then -- in few records; to look is cheaper than to copy
    key.key = key.key:gsub("%s+", "")
  end
  key.hashes = tags.h and words(tags.h)
  key.services = tags.s and words(tags.s) or { "*" }
  key.flags = tags.t and words(tags.t) or {}
  return key
end

--- Says what is wrong with a DKIM key record and how to mend it. Goes on behind a fault, as if it were mended.
-- A record without a finding of severity "error" is one that verifiers can use.
-- @tparam string|{string,...} text
-- @treturn {table,...} the findings, none where nothing is wrong:
--
-- - `code` (string): stable, such as "dkim_revoked"
-- - `severity` (string): "error" (receivers do not use the record), "warning" (to be mended) or "advice"
-- - `message` (string): the cause in a sentence, printable whatever DNS held
-- - `fix` (string): the cure in a sentence
-- - `found` (string): the piece that it is about, as it was found (control characters and all, 200 octets at most), or nil
-- @treturn table the record as of @{parse}, or nil where that refuses it
function M.lint(text)
  local list = strings.list(text, 2)
  return core.lint_dkim(list), (M.parse(list))
end

--- Do two records hold the same key? One of RSA may be written in two ways: in a SubjectPublicKeyInfo, or as a bare RSAPublicKey
-- (RFC 6376 §3.6.1 speaks of the latter, keys in use are mostly the former).
-- @tparam table a as of @{parse}
-- @tparam table b
-- @treturn boolean
-- @raise where memory runs out
function M.same_key(a, b)
  if a.type ~= b.type then
    return false
  elseif a.key == b.key then
    return true
  end
  if a.type ~= "rsa" or a.bits ~= b.bits then
    return false
  end
  local same, message = core.same_rsa(a.key, b.key)
  return same or message ~= nil and error(message, 0) or false
end

return M
