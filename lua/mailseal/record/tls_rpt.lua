--- The TLS reporting record at `_smtp._tls` (RFC 8460 §3), which says where reports on failures of TLS go. Behind
-- `mailseal.record`, as the kind "tls_rpt".
-- @module mailseal.record.tls_rpt
local core = require "mailseal.core".record
local strings = require "mailseal.record.strings"
local tags = require "mailseal.record.tags"

local M = {}

--- Reads a TLS reporting record as a reporter does (§3).
-- @tparam string|{string,...} text
-- @treturn[1] table
--
-- - `version` (string): "TLSRPTv1"
-- - `rua` ({string,...}): the mailto: and https: URIs that reports can go to, one at least
-- - `others` ({table,...}): the fields that nobody knows, each with `name` and `value`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string the code of the first error that @{lint} finds, such as "tls_rpt_missing_rua"
function M.parse(text)
  return tags.verdict(core.lint_tls_rpt(strings.list(text, 2)))
end

--- Says what is wrong with a TLS reporting record and how to mend it.
-- @tparam string|{string,...} text
-- @treturn {table,...} the findings: see `mailseal.record.lint`
-- @treturn ?table the record as of @{parse}, or nil where a finding is an error
function M.lint(text)
  return core.lint_tls_rpt(strings.list(text, 2))
end

--- Writes a TLS reporting record. Commas, semicolons and exclamation marks in a URI are encoded, as §3 asks.
-- @tparam table record of the form that @{parse} gives: `rua`, of which one may stand alone, and `others` where there are any
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "bad_value", or the code of an error or a warning of @{lint}
function M.write(record)
  local list = { { name = "v", value = "TLSRPTv1" }, { name = "rua", value = tags.join(record.rua, tags.encode) } }
  return tags.write(list, record.others, M.lint)
end

return M
