--- The Authentication-Results field (RFC 8601): written from results, parsed, and removed where it is forged.
--
-- @module mailseal.authres

local domain = require "mailseal.domain"
local reader = require "mailseal.authres.reader"
local writer = require "mailseal.authres.writer"

local M = {}

local FIELD_NAME = "authentication-results"

local function check(text, what)
  if type(text) ~= "string" then
    error(("authres: %s is to be a string, not a %s"):format(what, type(text)), 3)
  end
end

--- Writes the field (RFC 8601 §2.2), folded at 78 columns where that is possible.
--
-- A result is one of `dkim.verify`, or a plain one: `{ method = "spf", result = "pass", reason = "…", comments = {"…"},
-- properties = { ["smtp.mailfrom"] = "example.com" } }`, of which only the first two must be there. Properties come in the
-- order of their names. An empty list is written as `none`.
--
-- What stands in a signature or a DNS record was chosen by whoever sent the message, so every value is quoted where it is no
-- plain token, and filtered: control characters become `?`, what is longer than 320 octets (a reason or a comment: 240) is cut.
-- @tparam table options
-- @tparam string options.authserv_id the name that your own systems know this service by (§2.5)
-- @tparam ?table options.results
-- @tparam ?number options.version of the field's syntax; 1 where there is none
-- @tparam[opt=false] boolean options.utf8 the message is an SMTPUTF8 one, so that UTF-8 may stand in its header (§2.7.1); otherwise
-- names go in A-labels, and `?` stands for any other character outside ASCII
-- @treturn string the field, with its name and the final CRLF
-- @usage authres.write { authserv_id = "mx.example.org", results = dkim.verify(message, { resolver = resolver }) }
function M.write(options)
  return writer.write(options)
end

--- Parses a field (RFC 8601 §2.2).
--
-- Names and results come in lower case, values without their quotes, comments without their parentheses. Beyond the RFC's grammar,
-- what common servers write is read: a property without a type (`action=none`), an unquoted value such as `policy.iprev=2001:db8::1`, a
-- semicolon at the end. Takes time linear in the field's size.
--
-- Never trust a field unless your own border wrote it and removed forged ones: see @{strip}.
-- @tparam string field with or without `Authentication-Results:` before it
-- @treturn[1] table `authserv_id`, `version` (1 where the field has none) and `results`, a list, empty for `none`, of `method`,
-- `method_version` (where there is one), `result`, `reason` (or nil), `properties` (`{ ["header.d"] = "example.com" }`)
-- and `comments` (a list)
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `malformed`
function M.parse(field)
  check(field, "field")
  local name, behind = field:match("^([%w-]+)[ \t]*:()")
  if name and name:lower() == FIELD_NAME then
    field = field:sub(behind)
  end
  local parsed, problem = reader.read(field)
  if not parsed then
    return nil, "Authentication-Results cannot be read: " .. problem, "malformed"
  end
  return parsed
end

-- For comparison: A-labels in lower case where it is a domain name.
local function canonical_id(id)
  return domain.to_ascii(id) or id:lower()
end

-- Is this logical line a field that must not come in from outside? One whose authserv-id cannot be made out is, too.
local function is_forged(line, id)
  local name, behind = line:match("^([^:]*):()")
  if not name or name:gsub("[%c ]", ""):lower() ~= FIELD_NAME then
    return false
  end
  local value = line:sub(behind):gsub("[\r\n]+([ \t])", "%1"):gsub("[\r\n]+$", "")
  local _, _, head = reader.read(value)
  return not head or head.version ~= 1 or canonical_id(head.authserv_id) == id
end

-- Where the header's next logical line ends: at any line break, be it a bare CR or LF, that no white space follows.
local function line_end(message, position, last)
  local at = position
  while true do
    local first, stop = message:find("[\r\n]+", at)
    if not first or stop >= last then
      return last
    end
    if not message:find("^[ \t]", stop + 1) then
      return stop
    end
    at = stop + 1
  end
end

-- Where the header's last field ends. A message without any CRLF is one whose lines end in LF alone; in every other an empty line
-- of bare LF ends nothing, for who reads by CRLF would still find fields behind it.
local function header_size(message)
  local ending = message:find("\r\n", 1, true) and "\r\n" or "\n"
  if message:sub(1, #ending) == ending then
    return 0
  end
  local found = message:find(ending .. ending, 1, true)
  return found and found + #ending - 1 or #message
end

--- The message without the Authentication-Results fields that claim to be your own (RFC 8601 §5).
-- A border server does this to what comes from outside, before it adds its own field. Fields whose authserv-id cannot be read,
-- or of a version other than 1, go as well, and so does one that a bare CR or LF hides within another field. Names are
-- compared as A-labels, whatever their case.
-- @tparam string message with CRLF at the ends of its lines, or with LF alone at all of them
-- @tparam string authserv_id
-- @treturn string the message
-- @treturn number how many fields were removed
function M.strip(message, authserv_id)
  check(message, "message")
  check(authserv_id, "authserv_id")
  local id = canonical_id(authserv_id)
  local last = header_size(message)
  local kept, removed, position = {}, 0, 1
  while position <= last do
    local stop = line_end(message, position, last)
    local line = message:sub(position, stop)
    if is_forged(line, id) then
      removed = removed + 1
    else
      kept[#kept + 1] = line
    end
    position = stop + 1
  end
  kept[#kept + 1] = message:sub(last + 1)
  return table.concat(kept), removed
end

return M
