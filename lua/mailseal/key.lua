--- Private keys for DKIM: made, loaded, written, told as the record to publish (RFC 6376 §3.6.1, RFC 8463).
--
--     local key = require "mailseal.key"
--     local k = assert(key.generate { type = "rsa", bits = 2048 })
--     assert(k:save "example.com.s1.pem")
--     print(k:record())                       --> v=DKIM1; k=rsa; p=MIIBIjANBgkq…
--
-- A key that is in use should be kept: an RSA key's first signature takes a third of a millisecond longer
-- than the next. One key belongs to one Lua state.
--
-- A key that is kept elsewhere, in an HSM or by another process, is a table in a key's place wherever
-- `mailseal.dkim` asks for one:
--
--     { type = "rsa", bits = 2048, sign = function(octets, info) return signature end }
--
-- `type` is "rsa" or "ed25519"; `bits` may be left out. `sign` gets the octets to sign and returns the signature's
-- octets, or nil, message, code; it may yield. `mailseal.dkim` says what `info` holds.
--
-- Functions that can fail return nil, a sentence for people and a short stable code for programs. Wrong use (a
-- misspelt option, a number where a string belongs) raises.
-- @module mailseal.key

local core = require("mailseal.core").key

local M = {}

--- A private key, as `generate`, `load` and `load_file` return it. `tostring` tells its type and size, never the key.
-- @type key
local methods = core.methods

local ALGORITHMS = { rsa = "rsa-sha256", ed25519 = "ed25519-sha256" }
local FILE_MOST = 1024 * 1024

-- Raises, in the name of the public function's caller, where `options` holds what `known` does not name, or of another
-- type.
local function check_options(options, known)
  if type(options) ~= "table" then
    error("a table of options is wanted, not a " .. type(options), 3)
  end
  for name, value in pairs(options) do
    if known[name] == nil then
      error(("there is no option %q"):format(tostring(name)), 3)
    elseif type(value) ~= known[name] then
      error(("option %q is a %s, not a %s"):format(name, known[name], type(value)), 3)
    end
  end
end

--- The algorithm it signs with, as a= of a DKIM-Signature names it (RFC 6376 §3.3, RFC 8463 §3).
-- @treturn string "rsa-sha256" or "ed25519-sha256"
function methods:algorithm()
  return ALGORITHMS[self:type()]
end

-- Text as a qp-section (RFC 2045 §6.7), which is how n= of a key record is written. White space is kept inside only.
local function quoted_printable(text)
  local quoted = text:gsub("[^ !-:<>-~]", function(octet)
    return ("=%02X"):format(octet:byte())
  end)
  return (quoted:gsub("^ ", "=20"):gsub(" $", "=20"))
end

-- t= (RFC 6376 §3.6.1), or nil.
local function flags(options)
  if options.testing and options.strict then
    return "y:s"
  end
  return options.testing and "y" or options.strict and "s" or nil
end

local RECORD_OPTIONS = { testing = "boolean", strict = "boolean", notes = "string", service = "string", hash = "string" }

--- The DKIM key record to publish, as the text of one TXT record (RFC 6376 §3.6.1). It is longer than the 255 octets
-- of one character-string for RSA from 2048 bits on; `mailseal.record.zone_line` cuts it.
-- @tparam[opt] table options
--
-- - `testing` (boolean): t=y, receivers are asked not to treat this domain's mail otherwise than unsigned mail
-- - `strict` (boolean): t=s, i= must have the very domain of d=
-- - `notes` (string): n=, for administrators to read; any octets
-- - `service` (string): s=, "email" or "*"
-- - `hash` (string): h=, "sha256"
-- @treturn string "v=DKIM1; k=rsa; p=…"
function methods:record(options)
  options = options or {}
  check_options(options, RECORD_OPTIONS)
  if options.service and options.service ~= "email" and options.service ~= "*" then
    error(('option "service" is "email" or "*", not %q'):format(options.service), 2)
  elseif options.hash and options.hash ~= "sha256" then
    error(('option "hash" is "sha256", not %q'):format(options.hash), 2)
  end
  local tags = { "v=DKIM1", "k=" .. self:type() }
  local function add(name, value)
    tags[#tags + 1] = value and name .. "=" .. value
  end
  add("h", options.hash)
  add("s", options.service)
  add("t", flags(options))
  add("n", options.notes and quoted_printable(options.notes))
  add("p", assert(self:public()))
  return table.concat(tags, "; ")
end

local SAVE_OPTIONS = { force = "boolean", passphrase = "string" }

--- Writes the key to a file as PKCS#8 PEM, with mode 0600 from its first moment. The file is there whole or not at
-- all, and leaves no trace where the program is killed meanwhile (on file systems that know no files without a name: a file of
-- another name). A file of that name is left alone, unless `force`, and then replaced at one stroke. The file system must
-- know hard links.
-- @tparam string path where to
-- @tparam[opt] table options
--
-- - `force` (boolean): replace what is there
-- - `passphrase` (string): encrypt with it (AES-256-CBC, PBKDF2; takes a third of a second)
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a sentence that names the file
-- @treturn[2] string "exists", "not_found" (the directory), "not_permitted" (or it is a directory), "no_space", "io_error", "bad_path",
-- "bad_passphrase" or "no_memory"
function methods:save(path, options)
  options = options or {}
  if type(path) ~= "string" then
    error("a file's name is wanted, not a " .. type(path), 2)
  end
  check_options(options, SAVE_OPTIONS)
  return core.save(self, path, options.force, options.passphrase)
end

--- The key's type.
-- @function key:type
-- @treturn string "rsa" or "ed25519"

--- The key's size.
-- @function key:bits
-- @treturn number bits: 256 for Ed25519

--- What p= of the record holds: base64 of a SubjectPublicKeyInfo (RSA) or of 32 octets (Ed25519, RFC 8463 §4.2).
-- @function key:public
-- @treturn string

--- The private key as text, PKCS#8 PEM. A Lua string cannot be overwritten; `save` makes none.
-- @function key:pem
-- @tparam[opt] string passphrase encrypt with it, as `save` does
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string a sentence
-- @treturn[2] string "bad_passphrase" (empty, or over 1024 octets) or "no_memory"

--- Signs a digest: PKCS#1 v1.5 for RSA, PureEdDSA over the digest's octets for Ed25519 (RFC 8463 §3).
-- @function key:sign
-- @tparam string digest the 32 octets of a SHA-256
-- @treturn[1] string the signature's octets
-- @treturn[2] nil
-- @treturn[2] string a sentence
-- @treturn[2] string "sign_failed" or "no_memory"

--- Is a DKIM key record the public half of this key?
-- @function key:matches
-- @tparam string text the record: its character-strings joined, without a space
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a sentence that a domain's owner understands
-- @treturn[2] string "key_mismatch", "key_type_mismatch", "key_revoked", "key_no_p", "key_not_a_key",
-- "key_version", "key_type_unknown", "key_syntax", "key_malformed", "key_is_spki", "key_wrong_type",
-- "key_too_small", "key_too_large", "key_bad_exponent", "key_small_order" or "no_memory"

--- Functions
-- @section functions

local GENERATE_OPTIONS = { type = "string", bits = "number", force = "boolean" }

--- Makes a key.
-- @tparam[opt] table options
--
-- - `type` (string): "rsa" (the default) or "ed25519"
-- - `bits` (number): of an RSA key: 2048 (the default) to 8192, a multiple of 8
-- - `force` (boolean): allow 1024 bits and up, which receivers may not accept
-- @treturn[1] key
-- @treturn[2] nil
-- @treturn[2] string a sentence
-- @treturn[2] string "key_too_small", "key_too_large", "key_bad_bits", "crypto_unavailable" or "no_memory"
function M.generate(options)
  options = options or {}
  check_options(options, GENERATE_OPTIONS)
  local kind, bits = options.type or "rsa", options.bits
  if not ALGORITHMS[kind] then
    error(('option "type" is "rsa" or "ed25519", not %q'):format(kind), 2)
  elseif bits and (kind ~= "rsa" or bits < 1 or bits > 1000000 or bits % 1 ~= 0) then
    error('option "bits" is the whole number of bits of an RSA key', 2)
  end
  return core.generate(kind, bits, options.force)
end

--- Reads a private key: the first one in a text. PEM with PKCS#8 ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY") or PKCS#1
-- ("RSA PRIVATE KEY", encrypted the traditional way or not). A terminal is never asked for a passphrase.
-- @tparam string pem the text
-- @tparam[opt] string passphrase
-- @treturn[1] key
-- @treturn[2] nil
-- @treturn[2] string a sentence
-- @treturn[2] string "key_malformed", "key_public" (a public key was given), "key_certificate", "key_unsupported"
-- (neither RSA nor Ed25519, or in a form of another program), "key_encrypted" (no passphrase was given),
-- "bad_passphrase", "key_too_small" (under 1024 bits), "key_too_large" (over 8192), "key_bad_exponent",
-- "crypto_unavailable" or "no_memory"
function M.load(pem, passphrase)
  if type(pem) ~= "string" then
    error("a key's text is wanted, not a " .. type(pem), 2)
  elseif passphrase ~= nil and type(passphrase) ~= "string" then
    error("a passphrase is a string, not a " .. type(passphrase), 2)
  end
  return core.load(pem, passphrase)
end

-- A file's text, or nil, message, code.
local function read_file(path)
  local file, message, number = io.open(path, "rb")
  if not file then
    return nil, message, number == 2 and "not_found" or "unreadable"
  end
  local text, cause = file:read(FILE_MOST + 1)
  file:close()
  if cause then
    return nil, path .. ": " .. cause, "unreadable"
  elseif text and #text > FILE_MOST then
    return nil, path .. ": too large to be a private key", "key_malformed"
  end
  return text or ""
end

--- Reads a private key out of a file.
-- @tparam string path
-- @tparam[opt] string passphrase
-- @treturn[1] key
-- @treturn[2] nil
-- @treturn[2] string a sentence that names the file
-- @treturn[2] string "not_found", "unreadable", or a code of `load`
function M.load_file(path, passphrase)
  if type(path) ~= "string" then
    error("a file's name is wanted, not a " .. type(path), 2)
  elseif passphrase ~= nil and type(passphrase) ~= "string" then
    error("a passphrase is a string, not a " .. type(passphrase), 2)
  end
  local text, failure, code = read_file(path)
  if not text then
    return nil, failure, code
  end
  local loaded, message, load_code = core.load(text, passphrase)
  if not loaded then
    return nil, path .. ": " .. message, load_code
  end
  return loaded
end

return M
