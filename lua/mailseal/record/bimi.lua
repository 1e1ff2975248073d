--- The BIMI record at `default._bimi` (draft-brand-indicators-for-message-identification-12), which names the logo that
-- receivers may show beside a domain's mail. Behind `mailseal.record`, as the kind "bimi".
-- @module mailseal.record.bimi
local core = require "mailseal.core".record
local strings = require "mailseal.record.strings"
local tags = require "mailseal.record.tags"

local M = {}

--- Reads a BIMI record as a receiver does (§4.3).
-- @tparam string|{string,...} text
-- @treturn[1] table
--
-- - `version` (string): "BIMI1"
-- - `location` (string): where the logo lies, an https URI; "" where none is named
-- - `evidence` (string): where its certificate lies, likewise
-- - `declined` (boolean): both are empty: the domain shows no logo
-- - `avatar` (string): "brand", the default, or "personal": what goes first where a sender has a picture
-- - `local_parts` ({string,...}): the beginnings of local parts that have a record of their own; an empty list means all, nil none
-- - `others` ({table,...}): the tags that nobody knows, each with `name` and `value`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string the code of the first error that @{lint} finds, such as "bimi_not_https"
function M.parse(text)
  return tags.verdict(core.lint_bimi(strings.list(text, 2)))
end

--- Says what is wrong with a BIMI record and how to mend it.
-- @tparam string|{string,...} text
-- @treturn {table,...} the findings: see `mailseal.record.lint`
-- @treturn ?table the record as of @{parse}, or nil where a finding is an error
function M.lint(text)
  return core.lint_bimi(strings.list(text, 2))
end

--- Writes a BIMI record.
-- @tparam table record of the form that @{parse} gives. `declined`, where it is true, stands for an empty location and no
-- evidence; what is absent is left out.
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "bad_value", or the code of an error or a warning of @{lint}
function M.write(record)
  local list = { { name = "v", value = "BIMI1" } }
  if record.declined then
    list[2], list[3] = { name = "l", value = "" }, { name = "a", value = "" }
  else
    list[2] = { name = "l", value = tags.encode(record.location or "") }
    if record.evidence and record.evidence ~= "" then
      list[3] = { name = "a", value = tags.encode(record.evidence) }
    end
  end
  if record.avatar and record.avatar ~= "brand" then
    list[#list + 1] = { name = "avp", value = record.avatar }
  end
  if record.local_parts then
    list[#list + 1] = { name = "lps", value = tags.join(record.local_parts) }
  end
  return tags.write(list, record.others, M.lint)
end

return M
