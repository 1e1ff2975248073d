--- The SPF record of a domain (RFC 7208). Behind `mailseal.record`, as the kind "spf".
-- @module mailseal.record.spf
local core = require "mailseal.core".record
local strings = require "mailseal.record.strings"

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

--- Says what is wrong with an SPF record and how to mend it.
-- @tparam string|{string,...} text
-- @treturn {table,...} the findings: see `lint` of `mailseal.record`
-- @treturn ?table the record as of @{parse}, or nil where that refuses it
function M.lint(text)
  return {}, (M.parse(text))
end

return M
