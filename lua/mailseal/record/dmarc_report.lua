--- The record by which a domain lets DMARC reports about another one come to it (RFC 9990, before it RFC 7489 §7.1), at
-- `example.com._report._dmarc.example.net`. Behind `mailseal.record`, as the kind "dmarc_report".
-- @module mailseal.record.dmarc_report
local core = require "mailseal.core".record
local strings = require "mailseal.record.strings"
local writer = require "mailseal.record.dmarc_writer"

local M = {}

--- Reads a report authorisation as a receiver does.
-- @tparam string|{string,...} text
-- @treturn[1] table `version` ("DMARC1"); `aggregate_reports` and `failure_reports`, the addresses that reports are to go to
--   instead, as of `mailseal.record.dmarc.parse`; `tags`, every tag's value by its name
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "dmarc_not_a_record" (it does not begin with v=DMARC1) or "dmarc_syntax" (a tag occurs twice, or there
--   are over 48)
function M.parse(text)
  return core.parse_dmarc_report(strings.join(text, 2))
end

--- Says what is wrong with a report authorisation and how to mend it.
-- @tparam string|{string,...} text
-- @treturn {table,...} the findings: see `mailseal.record.lint`
-- @treturn ?table the record as of @{parse}, or nil where that refuses it
function M.lint(text)
  local list = strings.list(text, 2)
  return core.lint_dmarc_report(list), (core.parse_dmarc_report(table.concat(list)))
end

--- Makes the text of a report authorisation.
-- @tparam table record `aggregate_reports` and `failure_reports`, as for `mailseal.record.dmarc.write`; an empty table lets the
--   reports come to the addresses that are asked for
-- @treturn[1] string such as "v=DMARC1"
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "bad_address"
function M.write(record)
  if type(record) ~= "table" then
    error("a table of a report authorisation's fields expected, got " .. type(record), 2)
  end
  return writer.write_report(record)
end

return M
