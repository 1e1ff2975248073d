--- Writes an Authentication-Results field (RFC 8601 §2.2); `mailseal.authres` is the face.
--
-- What stands in a signature or a DNS record was chosen by whoever sent the message, so every value is filtered, quoted
-- where it is no plain token, and cut where it is too long: nothing can end the field, a value or a comment early.
--
-- @module mailseal.authres.writer

local domain = require "mailseal.domain"

local M = {}

local FIELD_NAME = "Authentication-Results"
local COLUMNS = 77 -- where lines are folded (RFC 5322 §2.1.1), with room for a semicolon
local LONGEST_VALUE = 320 -- octets: the longest address; a quoted value cannot be folded
local LONGEST_TEXT = 240 -- octets of a reason or a comment
local SHORTEST_SIGNATURE = 8 -- characters of b= (RFC 6008 §4)
local LONGEST_SIGNATURE = 64

-- RFC 2045 §5.1 token, and UTF-8 (RFC 6532), as a set.
local TOKEN = "[%w!#$%%&'*+%-.^_`{|}~\128-\255]"
-- RFC 5322 §3.2.3 atext, and UTF-8.
local ATEXT = "[%w!#$%%&'*+%-/=?^_`{|}~\128-\255]"

local well_formed = {
  "[\194-\223][\128-\191]",
  "\224[\160-\191][\128-\191]",
  "\237[\128-\159][\128-\191]",
  "[\225-\239][\128-\191][\128-\191]",
  "\240[\144-\191][\128-\191][\128-\191]",
  "\244[\128-\143][\128-\191][\128-\191]",
  "[\241-\243][\128-\191][\128-\191][\128-\191]",
}

-- Is every octet over 127 part of a well-formed sequence (RFC 3629 §4)? Surrogates, 0xED 0xA0 and up, are none.
local function is_utf8(text)
  if text:find("\237[\160-\191]") then
    return false
  end
  for _, sequence in ipairs(well_formed) do
    text = text:gsub(sequence, "x")
  end
  return not text:find("[\128-\255]")
end

-- Characters that show nothing, or turn the order of what follows: C1 controls, and the marks, breaks, embeddings and
-- isolates of bidirectional text.
local invisible = { "\194[\128-\159]", "\226\128[\142\143\168-\174]", "\226\129[\166-\169]" }

-- Without control characters, in ASCII or (where `utf8`) well-formed UTF-8, at most `longest` octets.
local function filter(text, longest, utf8)
  text = tostring(text)
  if #text > longest then
    text = text:sub(1, longest - 3):gsub("[\192-\255][\128-\191]*$", "") .. "..."
  end
  text = text:gsub("\t", " "):gsub("%c", "?")
  if not (utf8 and is_utf8(text)) then
    return (text:gsub("[\128-\255]", "?"))
  end
  for _, sequence in ipairs(invisible) do
    text = text:gsub(sequence, "?")
  end
  return text
end

local function quoted(text)
  return '"' .. text:gsub('[\\"]', "\\%0") .. '"'
end

-- A `value` of RFC 8601 §2.2: a token, or quoted.
local function value_of(text)
  return text:find("^" .. TOKEN .. "+$") and text or quoted(text)
end

local function is_dot_atom(text)
  return text:find("^" .. ATEXT .. "[." .. ATEXT:sub(2) .. "*$") and not text:find("..", 1, true) and text:sub(-1) ~= "."
end

-- A `pvalue` of RFC 8601 §2.2: an address as it is (`@example.com`, `a@example.com`, `"a b"@example.com`), or a value.
local function property_value(text)
  local local_part = text:match("^(.*)@[%w._\128-\255-]+$")
  if local_part and (local_part == "" or is_dot_atom(local_part) or local_part:find('^"[^"\\]*"$')) then
    return text
  end
  return value_of(text)
end

-- The name, or an identity's part behind the "@", in A-labels, where it is one that IDNA knows.
local function ascii_name(text)
  local before, name = text:match("^(.*@)([^@]*)$")
  local ascii = text:find("[\128-\255]") and domain.to_ascii(name or text)
  return ascii and (before or "") .. ascii or text
end

-- Lines under construction: pieces go on the line while they fit, and else on the next.
local function new_lines(first)
  return { first, column = #first }
end

local function add(lines, piece, gap)
  if lines.column + 1 + #piece > COLUMNS then
    lines[#lines + 1] = "\r\n" .. gap .. piece
    lines.column = #gap + #piece
  else
    lines[#lines + 1] = " " .. piece
    lines.column = lines.column + 1 + #piece
  end
end

-- Text of several words, folded at its single spaces, which stay when it is unfolded.
local function add_words(lines, text)
  local gap = "\t"
  for word in text:gmatch("%S+") do
    add(lines, word, gap)
    gap = " "
  end
end

-- People's text has no need of more than one space in a row, nor of any at its ends.
local function plain_text(text, utf8)
  return (filter(text, LONGEST_TEXT, utf8):gsub(" +", " "):gsub("^ ", ""):gsub(" $", ""))
end

local function add_comment(lines, text, utf8)
  add_words(lines, "(" .. plain_text(text, utf8):gsub("[()\\]", "\\%0") .. ")")
end

local function add_reason(lines, text, utf8)
  add_words(lines, "reason=" .. value_of(plain_text(text, utf8)))
end

local function add_property(lines, name, value, utf8)
  value = tostring(value)
  if not utf8 then
    value = ascii_name(value)
  end
  add(lines, name .. "=" .. property_value(filter(value, LONGEST_VALUE, utf8)), "\t")
end

-- The start of b= that tells this signature from the others (RFC 6008 §4).
local function signature_head(result, results)
  local own = result.signature:gsub("%s", "")
  local size = SHORTEST_SIGNATURE
  for _, other in ipairs(results) do
    local others = other ~= result and other.signature and other.signature:gsub("%s", "")
    while others and others ~= own and size < LONGEST_SIGNATURE and others:sub(1, size) == own:sub(1, size) do
      size = size + 1
    end
  end
  return own:sub(1, size)
end

-- What a result of dkim.verify has to say beside its result word.
local function dkim_comment(result)
  local words = {}
  if result.key_bits then
    words[1] = ("%d-bit %s"):format(result.key_bits, result.algorithm or "key")
  end
  if result.testing then
    words[#words + 1] = "testing"
  end
  return #words > 0 and table.concat(words, ", ") or nil
end

local function dkim_properties(result, results)
  return {
    { "header.d", result.domain },
    { "header.i", result.identity },
    { "header.s", result.selector },
    { "header.a", result.algorithm },
    { "header.b", result.signature and result.signature ~= "" and signature_head(result, results) or nil },
  }
end

local function sorted_properties(properties)
  local list = {}
  for name, value in pairs(properties) do
    if type(name) ~= "string" or not (name:find("^[%w_-]+%.[%w_-]+$") or name:find("^[%w_-]+$")) then
      error("authres.write: bad property name '" .. tostring(name) .. "'", 4)
    end
    list[#list + 1] = { name, value }
  end
  table.sort(list, function(a, b)
    return a[1] < b[1]
  end)
  return list
end

local function check_word(word, what)
  if type(word) ~= "string" or not word:find("^%w[%w_-]*$") then
    error(("authres.write: bad %s '%s'"):format(what, tostring(word)), 4)
  end
  return word
end

local function check_table(value, what, level)
  if type(value) ~= "table" then
    error(("authres.write: %s is to be a table, not a %s"):format(what, type(value)), level)
  end
  return value
end

local function add_result(lines, result, results, utf8)
  check_table(result, "a result", 4)
  check_table(result.properties or {}, "properties", 4)
  check_table(result.comments or {}, "comments", 4)
  local method = check_word(result.method or "dkim", "method")
  local word = check_word(result.result, "result")
  local from_dkim = method == "dkim" and not result.properties
  local properties = from_dkim and dkim_properties(result, results) or sorted_properties(result.properties or {})
  local reason = from_dkim and word ~= "pass" and result.text or result.reason

  lines[#lines + 1] = ";\r\n\t" .. method .. "=" .. word
  lines.column = #method + #word + 2
  for _, comment in ipairs(result.comments or { from_dkim and dkim_comment(result) or nil }) do
    add_comment(lines, comment, utf8)
  end
  if reason then
    add_reason(lines, reason, utf8)
  end
  for _, property in ipairs(properties) do
    if property[2] ~= nil then
      add_property(lines, property[1], property[2], utf8)
    end
  end
end

--- Writes the field.
-- @tparam table options as of `mailseal.authres.write`
-- @treturn string
function M.write(options)
  check_table(options, "options", 3)
  local id, utf8, results = options.authserv_id, options.utf8, options.results or {}
  check_table(results, "results", 3)
  if type(id) ~= "string" or id == "" or id:find("%c") or #id > LONGEST_VALUE then
    error("authres.write: authserv_id must be a string without control characters", 2)
  end
  if options.version and not tostring(options.version):find("^%d+$") then
    error("authres.write: version must be a whole number", 2)
  end
  local lines = new_lines(FIELD_NAME .. ":")
  add(lines, value_of(utf8 and id or filter(ascii_name(id), LONGEST_VALUE)), "\t")
  if options.version then
    add(lines, tostring(options.version), "\t")
  end
  for _, result in ipairs(results) do
    add_result(lines, result, results, utf8)
  end
  if #results == 0 then
    lines[#lines + 1] = "; none"
  end
  return table.concat(lines) .. "\r\n"
end

return M
