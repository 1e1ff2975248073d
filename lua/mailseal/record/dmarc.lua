--- The DMARC policy record at `_dmarc.` before a domain (RFC 9989 §4.7). Behind `mailseal.record`, as the kind "dmarc".
-- @module mailseal.record.dmarc
local core = require "mailseal.core".record
local strings = require "mailseal.record.strings"
local writer = require "mailseal.record.dmarc_writer"

local M = {}

--- Reads a DMARC record as a receiver does (RFC 9989 §4.7, §4.8, §4.10.1): tags that are unknown or wrong are as if they
-- were not there.
-- @tparam string|{string,...} text
-- @treturn[1] table
--
-- - `version` (string): "DMARC1"
-- - `policy` (string): "none", "quarantine" or "reject": what p= says, before t=y
-- - `subdomain_policy`, `nonexistent_policy` (string): what sp= and np= say; nil where they are absent
-- - `policy_assumed` (boolean): p= is missing, or a policy is no valid one, and rua= has an address: `policy` is "none" for all
-- - `dkim_alignment`, `spf_alignment` (string): "relaxed" or "strict"
-- - `testing` (boolean): t=y
-- - `psd` (string): "y", "n" or "u"
-- - `aggregate_reports`, `failure_reports` (table): the valid URIs of rua= and ruf=, 20 at most, each with `uri` (without a
--   size limit), `scheme`, `address` and `domain` (of a mailto: alone), and `size` (the obsolete limit, such as "10m", or nil)
-- - `failure_options` ({string,...}): of fo=, "0", "1", "d" and "s"; { "0" } by default
-- - `tags` (table): every tag's value by its name, as written
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "dmarc_not_a_record" (it does not begin with v=DMARC1), "dmarc_syntax" (a tag occurs twice, or there are
--   over 48) or "dmarc_no_policy" (p=, sp= or np= is missing or wrong, and rua= has no address: no DMARC takes place)
-- @treturn[2] ?table of "dmarc_no_policy" alone: what else the record says
function M.parse(text)
  return core.parse_dmarc(strings.join(text, 2))
end

--- Says what is wrong with a DMARC record and how to mend it. Goes on behind a fault, as if it were mended.
-- A record without a finding of severity "error" is one that receivers use as it was meant.
-- @tparam string|{string,...} text
-- @treturn {table,...} the findings: see `mailseal.record.lint`
-- @treturn ?table the record as of @{parse}, or nil where that refuses it
function M.lint(text)
  local list = strings.list(text, 2)
  return core.lint_dmarc(list), (core.parse_dmarc(table.concat(list)))
end

--- Makes the text of a DMARC record.
-- @tparam table record the fields of @{parse}; `policy` must be there, and what is absent, or has its default, makes no tag. Of
--   `aggregate_reports` and `failure_reports` each may also be a string, an address or a URI
-- @treturn[1] string such as "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "bad_policy", "bad_address" or "bad_value"
function M.write(record)
  if type(record) ~= "table" then
    error("a table of a DMARC record's fields expected, got " .. type(record), 2)
  end
  return writer.write(record)
end

--- Changes a DMARC record: what the changes do not name stays as it is written, unknown tags among it.
-- @tparam string|{string,...} text a record that @{parse} reads
-- @tparam table changes fields of @{parse} with their new values, as for @{write}; false removes the tag
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "dmarc_not_a_record", "dmarc_syntax", or as of @{write}
-- @usage dmarc.edit("v=DMARC1;p=none", { policy = "quarantine", testing = true }) --> "v=DMARC1;p=quarantine; t=y"
function M.edit(text, changes)
  if type(changes) ~= "table" then
    error("a table of changes expected, got " .. type(changes), 2)
  end
  local joined = strings.join(text, 2)
  local _, message, code = core.parse_dmarc(joined)
  if code == "dmarc_not_a_record" or code == "dmarc_syntax" then
    return nil, message, code
  end
  return writer.edit(joined, changes)
end

return M
