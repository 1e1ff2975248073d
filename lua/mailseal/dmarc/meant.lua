--- The texts at a place that are meant as DMARC records, whether receivers take them for such or not: for whoever says what is
-- wrong with a domain. Receivers pass the others over, and so does `mailseal.dmarc.walk`.
-- @module mailseal.dmarc.meant
local record = require "mailseal.record.dmarc"

local M = {}

local function is_meant(text, findings)
  return not findings[1] or findings[1].code ~= "dmarc_not_a_record" or text:lower():find("dmarc1", 1, true) ~= nil
end

--- Looks through an answer.
-- @tparam ?table answer to a question for TXT, see `mailseal.dns.resolver`
-- @treturn {table,...} in their order, each with `text`, and `findings` of `mailseal.record.dmarc.lint`
function M.records(answer)
  local list = {}
  for i, text in ipairs(answer and answer.text or {}) do
    local findings = record.lint(answer.records[i].strings)
    if is_meant(text, findings) then
      list[#list + 1] = { text = text, findings = findings }
    end
  end
  return list
end

return M
