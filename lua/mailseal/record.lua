--- The records that mail authentication lives on: read, looked over for faults, and written for a zone file.
--
-- A record is given as its text. Where it comes from DNS, its character-strings may be given as a list instead, and are
-- joined as readers join them, without a space (RFC 6376 §3.6.2.2).
--
--     local record = require "mailseal.record"
--     for _, finding in ipairs(record.lint("dkim", text)) do
--       print(finding.severity, finding.message, finding.fix)
--     end
--
-- @module mailseal.record

local core = require "mailseal.core".record

local M = {}

-- The most octets of one character-string (RFC 1035 §3.3), of a record's data (§3.2.1), of a label and of a name (§2.3.4).
local STRING_MAX, DATA_MAX, LABEL_MAX, NAME_MAX = 255, 65535, 63, 253
local TTL_MAX = 2147483647 -- RFC 2181 §8

-- The strings of a record, from its text or its list of strings.
local function strings_of(text, level)
  if type(text) == "string" then
    return { text }
  elseif type(text) ~= "table" then
    error("a record's text or its list of character-strings expected, got " .. type(text), level + 1)
  end
  for _, part in ipairs(text) do
    if type(part) ~= "string" then
      error("a list of character-strings expected, got one with a " .. type(part), level + 1)
    end
  end
  return text
end

local function words(value)
  local list = {}
  for word in value:gmatch("[^:%s]+") do
    list[#list + 1] = word
  end
  return list
end

--- Reading
-- @section reading

--- Reads a list of `name=value` pairs, strictly (RFC 6376 §3.2): what key records, signatures and DMARC records are made of.
-- @tparam string|{string,...} text
-- @treturn[1] {table,...} the tags in their order, each with `name` and `value` (without the white space at its ends)
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "tags_empty", "tag_no_equals", "tag_bad_name", "tag_bad_value", "tag_duplicate" or "tags_too_many" (over 48)
-- @treturn[2] string the piece between semicolons that is wrong
function M.tags(text)
  return core.tags(table.concat(strings_of(text, 2)))
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
function M.parse_dkim(text)
  local joined = table.concat(strings_of(text, 2))
  local key, message, code = core.parse_dkim(joined)
  if not key then
    return nil, message, code
  end
  local tags = {}
  for _, tag in ipairs((core.tags(joined))) do
    tags[tag.name] = tag.value
  end
  key.version, key.tags = tags.v, tags
  key.key, key.p = key.p:gsub("%s+", ""), nil
  key.hashes = tags.h and words(tags.h)
  key.services = tags.s and words(tags.s) or { "*" }
  key.flags = tags.t and words(tags.t) or {}
  return key
end

--- Looking for faults
-- @section faults

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
-- @treturn table the record as of @{parse_dkim}, or nil where that refuses it
function M.lint_dkim(text)
  local strings = strings_of(text, 2)
  return core.lint_dkim(strings), (M.parse_dkim(strings))
end

-- A further kind of record stands here, with its two readers.
local kinds = {
  dkim = { parse = M.parse_dkim, lint = M.lint_dkim },
}

local function kind_of(name)
  return kinds[name] or error("no such kind of record: " .. tostring(name), 3)
end

--- Reads a record of some kind.
-- @tparam string kind "dkim"
-- @tparam string|{string,...} text
-- @treturn[1] table what the reader of that kind returns: @{parse_dkim}
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of that reader
function M.parse(kind, text)
  return kind_of(kind).parse(text)
end

--- Says what is wrong with a record of some kind and how to mend it.
-- @tparam string kind "dkim"
-- @tparam string|{string,...} text
-- @treturn {table,...} the findings, as of the lint of that kind: @{lint_dkim}
-- @treturn ?table the record, or nil where its reader refuses it
function M.lint(kind, text)
  return kind_of(kind).lint(text)
end

--- The catalogue of everything a lint can find.
-- @treturn {table,...} in reading order, each with `code`, `severity`, `cause` ("{}" standing for the piece found) and `fix`
function M.kinds()
  return core.kinds()
end

--- One kind of finding.
-- @tparam string code such as "dkim_revoked"
-- @treturn[1] table `code`, `severity`, `cause` ("{}" standing for the piece found) and `fix`
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string "unknown_code"
function M.explain(code)
  for _, kind in ipairs(core.kinds()) do
    if kind.code == code then
      return kind
    end
  end
  return nil, "there is no finding called " .. tostring(code), "unknown_code"
end

--- Writing
-- @section writing

--- Cuts a text into the character-strings of a TXT record (RFC 1035 §3.3, RFC 6376 §3.6.2.2).
-- @tparam string text
-- @tparam[opt=255] number max octets of a string, 1 to 255
-- @treturn {string,...} one empty string where the text is empty
function M.split(text, max)
  if type(text) ~= "string" then
    error("a text expected, got " .. type(text), 2)
  end
  max = max or STRING_MAX
  if type(max) ~= "number" or max % 1 ~= 0 or max < 1 or max > STRING_MAX then
    error("a string's size is a whole number from 1 to 255", 2)
  end
  local strings = {}
  for at = 1, #text, max do
    strings[#strings + 1] = text:sub(at, at + max - 1)
  end
  return #strings > 0 and strings or { "" }
end

local function escape_octet(character)
  return ("\\%03d"):format(character:byte())
end

local function quote(text)
  return '"' .. text:gsub('["\\]', "\\%0"):gsub("[%c\127-\255]", escape_octet) .. '"'
end

--- Character-strings in quotes, as a zone file has them (RFC 1035 §5.1).
-- Quotes and backslashes have a backslash before them, control characters and octets over 0x7e are written as `\DDD`.
-- Semicolons stand as they are: in quotes they start no comment, and a `\;` would be copied into forms that take it literally.
-- @tparam string|{string,...} strings one of them, or the list of a record's: see @{split}
-- @treturn string with a space between two of them
function M.quote(strings)
  local quoted = {}
  for i, text in ipairs(strings_of(strings, 2)) do
    quoted[i] = quote(text)
  end
  return table.concat(quoted, " ")
end

-- A name as a zone file has it: absolute, and nothing in it that means something there.
local function owner(name)
  local absolute = name:gsub("%.$", "")
  if absolute == "" or #absolute > NAME_MAX then
    return nil
  end
  for label in (absolute .. "."):gmatch("([^.]*)%.") do
    if label == "" or #label > LABEL_MAX then
      return nil
    end
  end
  return absolute:gsub("[^%w._*-]", escape_octet) .. "."
end

--- A TXT record as a line of a zone file (RFC 1035 §5.1), with strings of at most 255 octets.
-- Whatever the text holds, the line holds one record: see @{quote}.
-- @tparam string name with dots between its labels; it is taken as absolute, with a dot at its end or not
-- @tparam string|{string,...} text a list's strings are kept as they are, and have at most 255 octets each; an empty list is an empty text
-- @tparam[opt] number ttl seconds, 0 to 2147483647; without, the zone's default holds
-- @treturn[1] string without a line break at its end
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "bad_name" (an empty label, one over 63 octets, a name over 253) or "text_too_long" (over 65535 octets of data)
function M.zone_line(name, text, ttl)
  if type(name) ~= "string" then
    error("a name expected, got " .. type(name), 2)
  elseif ttl and (type(ttl) ~= "number" or ttl % 1 ~= 0 or ttl < 0 or ttl > TTL_MAX) then
    error("a TTL is a whole number of seconds from 0 to 2147483647", 2)
  end
  local strings, size = strings_of(text, 2), 0
  local absolute = owner(name)
  if not absolute then
    return nil, "a DNS name has labels of 1 to 63 octets and 253 octets in all", "bad_name"
  end
  if type(text) == "string" or #strings == 0 then -- a TXT record has one string at least
    strings = M.split(strings[1] or "")
  end
  for _, part in ipairs(strings) do
    if #part > STRING_MAX then
      error("a character-string of a TXT record has at most 255 octets", 2)
    end
    size = size + 1 + #part
  end
  if size > DATA_MAX then
    return nil, "the data of a DNS record has at most 65535 octets", "text_too_long"
  end
  return ("%s%s IN TXT %s"):format(absolute, ttl and (" %d"):format(ttl) or "", M.quote(strings))
end

return M
