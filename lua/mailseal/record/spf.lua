--- The SPF record of a domain (RFC 7208). Behind `mailseal.record`, as the kind "spf".
-- @module mailseal.record.spf
local core = require "mailseal.core".record
local strings = require "mailseal.record.strings"
local writer = require "mailseal.record.spf_writer"

local M = {}

--- Is this text an SPF record, be it right or wrong (RFC 7208 §4.5)?
-- It begins with "v=spf1" and a space, or is no more than that; every other TXT record of a domain is passed over.
-- @tparam string|{string,...} text
-- @treturn boolean
function M.is_one(text)
  return core.is_spf(strings.join(text, 2))
end

--- Reads an SPF record as receivers do, strictly (RFC 7208 §4.6, §12): where any term is wrong, there is no record.
-- @tparam string|{string,...} text
-- @treturn[1] table
--
-- - `version` (string): "spf1"
-- - `terms` ({table,...}): in their order, each with
--     - `kind` (string): "mechanism" or "modifier"
--     - `name` (string): in lower case: "all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"; "redirect", "exp", or another
--       modifier, which means nothing
--     - `qualifier` (string): of a mechanism: "+", "-", "~" or "?"
--     - `domain` (string): of include, a, mx, ptr and exists: the name as written, macros and all, or nil
--     - `address` (string): of ip4 and ip6, as written
--     - `prefix4`, `prefix6` (number): the sizes of networks, nil where the term does not say
--     - `value` (string): of a modifier
--     - `macros` (string): the letters of the macros used, in lower case and in the alphabet's order ("dir"), or nil
--     - `text` (string): the term as written
--     - `at` (number): where it starts in the record's text, from 1
-- - `all` (string): the qualifier of the first `all`, or nil
-- - `redirect` (string): the name that redirect= gives, or nil; it means nothing where there is an `all` (§6.1)
-- - `exp` (string): the name that exp= gives, or nil
-- - `lookups` (number): terms that make a receiver query, of which it makes at most ten in all (§4.6.4)
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "spf_not_a_record" (it does not begin with v=spf1) or "spf_syntax"
-- @treturn[2] string what in its syntax: "spf_unknown_mechanism", "spf_bad_domain", "spf_bad_prefix" …
-- @treturn[2] string the first term that is wrong, as written; empty where it is none
function M.parse(text)
  return core.parse_spf(strings.join(text, 2))
end

--- Says what is wrong with an SPF record and how to mend it. Goes on behind a fault, as if it were mended.
-- A record without a finding of severity "error" is one that @{parse} reads.
-- @tparam string|{string,...} text
-- @treturn {table,...} the findings: see `lint` of `mailseal.record`
-- @treturn ?table the record as of @{parse}, or nil where that refuses it
function M.lint(text)
  local list = strings.list(text, 2)
  return core.lint_spf(list), (M.parse(list))
end

--- Writing
-- @section writing

--- Makes a record's text.
-- @function write
-- @tparam table record of the form that @{parse} gives
-- @treturn string or nil, message, code: see `mailseal.record.spf_writer`
M.write = writer.write

--- Adds a term to a record, in its place, never twice; the rest stays octet for octet.
-- @function add
-- @tparam string|{string,...} text
-- @tparam string|table term "ip4:192.0.2.1"
-- @treturn string the record's text; or nil, message, code: see `mailseal.record.spf_writer`
M.add = writer.add

--- Removes a term from a record; the rest stays octet for octet.
-- @function remove
-- @tparam string|{string,...} text
-- @tparam string|table term "ip4:192.0.2.1"
-- @treturn string the record's text; or nil, message, code: see `mailseal.record.spf_writer`
M.remove = writer.remove

--- Adds an include to a record, in front of its `all` or redirect=, never twice.
-- @tparam string|{string,...} text
-- @tparam string domain the name to include: "_spf.example.net"
-- @treturn[1] string the record's text
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of @{add}
-- @usage spf.add_include("v=spf1 mx ~all", "_spf.example.net") --> "v=spf1 mx include:_spf.example.net ~all"
function M.add_include(text, domain)
  return writer.add(text, { name = "include", domain = domain })
end

--- Removes an include from a record.
-- @tparam string|{string,...} text
-- @tparam string domain the name included
-- @treturn[1] string the record's text, as it was where it does not include the name
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of @{remove}
function M.remove_include(text, domain)
  return writer.remove(text, { name = "include", domain = domain })
end

--- Says what is to become of mail from elsewhere: sets the qualifier of `all`, or appends one.
-- @tparam string|{string,...} text
-- @tparam string qualifier "-", "~", "?" or "+"
-- @treturn[1] string the record's text
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of @{add}: "spf_redirect_with_all" where redirect= leaves that to another record
function M.set_all(text, qualifier)
  if type(qualifier) ~= "string" or not qualifier:find("^[-~?+]$") then
    error('a qualifier is "-", "~", "?" or "+"', 2)
  end
  return writer.add(text, qualifier .. "all")
end

--- Macros
-- @section macros

--- Which macros a text uses (RFC 7208 §7.1).
-- @tparam string text the domain-spec of a term, or the text that exp= leads to
-- @tparam[opt=false] boolean for_explanation it is the latter: spaces and `%{c}`, `%{r}`, `%{t}` are allowed
-- @treturn[1] string their letters in lower case and in the alphabet's order, "dir"; "p" among them asks for the names of the
-- client's address
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "spf_bad_macro", "spf_bad_domain", "spf_explanation_macro", "spf_bad_character"
function M.macros(text, for_explanation)
  return core.macros_spf(text, for_explanation)
end

--- What a text comes to when its macros are expanded (RFC 7208 §7.2, §7.3, RFC 8616 §4).
--
-- A domain-spec comes to a name to ask for: without a dot at its end, of at most 253 octets (labels go at the left), and with
-- every octet that means something in DNS presentation form written `\DDD`, for nothing in a sender's address is an escape (§4.8).
-- @tparam string text the domain-spec of a term, or the text that exp= leads to
-- @tparam table values what the macros stand for
--
-- - `ip` (string): c, i and v: the client's address, IPv4 or IPv6
-- - `domain` (string): d
-- - `sender` (string): s, the address in MAIL FROM; or its halves, from which it is made:
-- - `local_part`, `sender_domain` (string): l and o; made from `sender` where not given, l "postmaster" where there is none
-- - `helo` (string): h
-- - `validated` (string): p, "unknown" where not given
-- - `receiver` (string): r, "unknown" where not given
-- - `now` (number): t, seconds since 1970; the clock's where not given
-- @tparam[opt=false] boolean for_explanation the text is the one that exp= leads to
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of @{macros}; "macro_not_ascii" (the term matches nothing), "macro_bad_name" (an empty label or one over 63
-- octets), "macro_control" and "macro_too_long" (of an explanation), "bad_address" (`ip`)
function M.expand(text, values, for_explanation)
  local sender = values.sender or ""
  local local_part, domain = sender:match("^(.*)@([^@]*)$")
  local_part = values.local_part or local_part or ""
  domain = values.sender_domain or domain or sender
  if local_part == "" then
    local_part = "postmaster"
  end
  return core.expand_spf(text, {
    sender = local_part .. "@" .. domain,
    local_part = local_part,
    sender_domain = domain,
    domain = values.domain,
    ip = values.ip,
    helo = values.helo,
    validated = values.validated or "unknown",
    receiver = values.receiver or "unknown",
    now = ("%.0f"):format(values.now or os.time()),
  }, for_explanation)
end

return M
