--- The MTA-STS record at `_mta-sts` (RFC 8461 §3.1), which says that a domain has a policy for TLS, and which version of it.
-- Behind `mailseal.record`, as the kind "mta_sts". The policy itself is `mailseal.record.mta_sts_policy`.
-- @module mailseal.record.mta_sts
local core = require "mailseal.core".record
local strings = require "mailseal.record.strings"
local tags = require "mailseal.record.tags"

local M = {}

--- Reads an MTA-STS record as a sender does (§3.1).
-- @tparam string|{string,...} text
-- @treturn[1] table
--
-- - `version` (string): "STSv1"
-- - `id` (string): 1 to 32 letters and digits, another for every change of the policy
-- - `others` ({table,...}): the fields that nobody knows, each with `name` and `value`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string the code of the first error that @{lint} finds, such as "mta_sts_bad_id"
function M.parse(text)
  return tags.verdict(core.lint_mta_sts(strings.list(text, 2)))
end

--- Says what is wrong with an MTA-STS record and how to mend it.
-- @tparam string|{string,...} text
-- @treturn {table,...} the findings: see `mailseal.record.lint`
-- @treturn ?table the record as of @{parse}, or nil where a finding is an error
function M.lint(text)
  return core.lint_mta_sts(strings.list(text, 2))
end

--- An id for a policy that changes now.
-- @tparam[opt=os.time()] number now seconds since 1970, UTC
-- @treturn string date and time, such as "20261122110500"
function M.new_id(now)
  return (os.date("!%Y%m%d%H%M%S", now or os.time()))
end

--- Writes an MTA-STS record.
-- @tparam table record of the form that @{parse} gives: `id`, and `others` where there are any
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "bad_value", or the code of an error or a warning of @{lint}
function M.write(record)
  return tags.write({ { name = "v", value = "STSv1" }, { name = "id", value = record.id } }, record.others, M.lint)
end

return M
