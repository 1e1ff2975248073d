--- Signatures of Domain Connect's queries, and the public keys in DNS that they are verified with.
--
-- RSASSA-PKCS1-v1_5 with SHA-256 ("RS256", RFC 7518 §3.3), in base64. The key is published as TXT records at the name that the query's
-- `key` makes with the template's `syncPubKeyDomain`: `p=1,a=RS256,t=x509,d=…`, a part of the key in each, in the order of `p`
-- (draft-ietf-dconn-domainconnect §6.4).
-- @module mailseal.domain_connect.signing
local core = require "mailseal.core"
local domains = require "mailseal.domain"
local printable = require "mailseal.printable".line

local M = {}

-- Characters of a key in a record, so that it fits into one character-string; records of a key; characters of all of them; and bits, of
-- which RFC 7518 §3.3 wants so many.
local PART, PARTS, LONGEST, BITS = 200, 20, 4096, 2048
local ALGORITHM, FORMAT = "RS256", "x509"

local function check_key(key)
  if type(key) ~= "userdata" or key:type() ~= "rsa" then error("a key of RSA is wanted, as of mailseal.key", 3) end
  if key:bits() < BITS then error(("the key has %d bits, and %d are wanted"):format(key:bits(), BITS), 3) end
end

--- Signs a text.
-- @tparam userdata key of RSA, as of `mailseal.key`, of 2048 bits or more
-- @tparam string text
-- @treturn[1] string the signature in base64
-- @treturn[2] nil
-- @treturn[2] string what went wrong
-- @treturn[2] string `sign_failed`, `no_memory`
function M.sign(key, text)
  check_key(key)
  local signature, message, code = key:sign(core.seal.sha256(text))
  if not signature then return nil, message, code end
  return core.text.base64(signature)
end

--- The TXT records that publish a key.
-- @tparam userdata key of RSA, as of `mailseal.key`
-- @tparam string name where: the query's `key`, a dot, and the template's `syncPubKeyDomain`
-- @treturn {table,...} `name`, `type`, `value` (the text), one for each part
function M.records(key, name)
  check_key(key)
  if type(name) ~= "string" or not domains.valid(name) then error("the name at which the key is published is wanted", 2) end
  local octets, list = key:public(), {}
  for from = 1, #octets, PART do
    list[#list + 1] = {
      name = name:lower(), type = "TXT",
      value = ("p=%d,a=%s,t=%s,d=%s"):format(#list + 1, ALGORITHM, FORMAT, octets:sub(from, from + PART - 1)),
    }
  end
  return list
end

-- ---- reading a key

local function bad(message) return nil, "the key in DNS is none: " .. message, "bad_key" end

-- The members of a record.
local function read_part(text)
  local part = {}
  for pair in (text .. ","):gmatch "%s*([^,]*)," do
    local name, value = pair:match "^(%l)=(.-)%s*$"
    if not name or part[name] then return nil end
    part[name] = value
  end
  part.p = part.p and part.p:find "^%d%d?%d?$" and tonumber(part.p)
  return part.p and part.p > 0 and part.d and part.d:find "^[%w+/=]+$" and part or nil
end

local function read_parts(texts)
  local parts, seen, size = {}, {}, 0
  for _, text in ipairs(texts) do
    local part = read_part(text)
    if not part then return bad(("\"%s\" is no part of one"):format(printable(text:sub(1, 40)))) end
    if seen[part.p] then return bad(("there are two parts with p=%d: at each name there may be one key"):format(part.p)) end
    if (part.a or ALGORITHM) ~= ALGORITHM or (part.t or FORMAT):lower() ~= FORMAT then
      return bad(("a=%s, t=%s is not read here"):format(printable(part.a or ALGORITHM), printable(part.t or FORMAT)))
    end
    seen[part.p], size = true, size + #part.d
    parts[#parts + 1] = part
    if #parts > PARTS or size > LONGEST then return bad "it is too long" end
  end
  return parts
end

--- Reads a key from the TXT records at its name.
-- @tparam {string,...} texts of the records, in any order
-- @treturn[1] userdata the public key
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_key`
function M.read(texts)
  local parts, message, code = read_parts(texts)
  if not parts then return nil, message, code end
  table.sort(parts, function(a, b) return a.p < b.p end)
  for i, part in ipairs(parts) do parts[i] = part.d end
  local octets = core.text.unbase64(table.concat(parts))
  if not octets or octets == "" then return bad "its parts make no base64" end
  local key, why = core.key.public_key("rsa", octets)
  if not key then return bad(why) end
  if key:bits() < BITS then return bad(("it has %d bits, and %d are wanted"):format(key:bits(), BITS)) end
  return key
end

--- Is that a signature of a text by this key?
-- @tparam userdata key as of @{read}
-- @tparam string text
-- @tparam string signature in base64
-- @treturn boolean
function M.verify(key, text, signature)
  local octets = #signature <= LONGEST and signature:find "^[%w+/]+=?=?$" and core.text.unbase64(signature)
  return octets and key:verify(core.seal.sha256(text), octets) == "good" or false
end

return M
