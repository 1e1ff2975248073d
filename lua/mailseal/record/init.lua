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
local strings_of = require "mailseal.record.strings".list

local M = {}

-- The most octets of one character-string (RFC 1035 §3.3), of a record's data (§3.2.1), of a label and of a name (§2.3.4).
local STRING_MAX, DATA_MAX, LABEL_MAX, NAME_MAX = 255, 65535, 63, 253
local TTL_MAX = 2147483647 -- RFC 2181 §8

--- Reading
-- @section reading

-- A module a kind, each with `parse` and `lint`, and `write` where records of it are made of more than text.
local kinds = {
  bimi = require "mailseal.record.bimi",
  dkim = require "mailseal.record.dkim",
  dmarc = require "mailseal.record.dmarc",
  dmarc_report = require "mailseal.record.dmarc_report",
  mta_sts = require "mailseal.record.mta_sts",
  mta_sts_policy = require "mailseal.record.mta_sts_policy",
  spf = require "mailseal.record.spf",
  tls_rpt = require "mailseal.record.tls_rpt",
}

local function kind_of(name)
  return kinds[name] or error("no such kind of record: " .. tostring(name), 3)
end

--- Reads a record of some kind as its receivers do, strictly.
-- @tparam string kind "bimi", "dkim", "dmarc", "dmarc_report", "mta_sts", "mta_sts_policy", "spf", "tls_rpt"
-- @tparam string|{string,...} text
-- @treturn[1] table what it says: see `parse` of the module of that kind, such as `mailseal.record.dkim`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of that reader
function M.parse(kind, text)
  return kind_of(kind).parse(strings_of(text, 2))
end

--- Says what is wrong with a record of some kind and how to mend it. Goes on behind a fault, as if it were mended.
-- A record without a finding of severity "error" is one that receivers can use.
-- @tparam string kind as of @{parse}
-- @tparam string|{string,...} text
-- @treturn {table,...} the findings, none where nothing is wrong:
--
-- - `code` (string): stable, such as "dkim_revoked"
-- - `severity` (string): "error" (receivers do not use the record), "warning" (to be mended) or "advice"
-- - `message` (string): the cause in a sentence, printable whatever DNS held
-- - `fix` (string): the cure in a sentence
-- - `found` (string): the piece that it is about, as it was found (control characters and all, 200 octets at most), or nil
-- @treturn ?table the record as of @{parse}, or nil where that refuses it
function M.lint(kind, text)
  return kind_of(kind).lint(strings_of(text, 2))
end

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

--- Looking up what a finding means
-- @section catalogue

--- The catalogue of everything that can be found.
-- @treturn {table,...} in reading order, each with `code`, `severity`, `cause` ("{}" or "{word}" standing for what was found) and `fix`
function M.kinds()
  return core.kinds()
end

--- One kind of finding.
-- @tparam string code such as "dkim_revoked"
-- @treturn[1] table `code`, `severity` (the usual one: a slip in a list of tags is less in a kind of record whose readers pass
-- over it), `cause` ("{}" or "{word}" standing for what was found) and `fix`
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

--- Makes a record's text from a table of the form that @{parse} gives.
-- @tparam string kind
-- @tparam table record
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of that writer
function M.write(kind, record)
  local write = kind_of(kind).write or error("records of this kind are not written here: " .. kind, 2)
  if type(record) ~= "table" then
    error("a table of a record's fields expected, got " .. type(record), 2)
  end
  return write(record)
end

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

local BAD_NAME = "a DNS name has labels of 1 to 63 octets and 253 octets in all"

--- A name as a zone file has it (RFC 1035 §5.1): absolute, and nothing in it that means something there.
-- @tparam string name with dots between its labels, and one at its end or not
-- @treturn[1] string with a dot at its end
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "bad_name" (an empty label, one over 63 octets, a name over 253)
function M.zone_name(name)
  if type(name) ~= "string" then
    error("a name expected, got " .. type(name), 2)
  end
  local absolute = name:gsub("%.$", "")
  if absolute == "" or #absolute > NAME_MAX then
    return nil, BAD_NAME, "bad_name"
  end
  for label in (absolute .. "."):gmatch("([^.]*)%.") do
    if label == "" or #label > LABEL_MAX then
      return nil, BAD_NAME, "bad_name"
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
  local absolute, message, code = M.zone_name(name)
  if not absolute then
    return nil, message, code
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
