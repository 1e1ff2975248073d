--- What `mailseal dmarc` has to say of the DMARC records that it came upon.
-- @module mailseal.cli.dmarc_findings
local catalogue = require "mailseal.record.catalogue"
local meant = require "mailseal.dmarc.meant"

local M = {}

-- Adds a finding that is not about the text of a record.
local function add_finding(list, code, fields)
  local kind = catalogue.kind(code)
  list[#list + 1] = {
    code = code, severity = kind.severity, name = fields.name,
    message = catalogue.fill(kind.cause, fields), fix = catalogue.fill(kind.fix, fields),
  }
end

-- Adds what is wrong with the texts at a place that are meant as records, or with the one of them that is used.
local function add_texts(list, step, used)
  for _, one in ipairs(meant.records(step.answer)) do
    for _, finding in ipairs((not used or one.text == used) and one.findings or {}) do
      finding.name = step.name
      list[#list + 1] = finding
    end
  end
end

--- What is wrong with the record that applies, and with those that would if they were not as they are: the domain's own, or any
-- where none applies.
-- @tparam table found as of `mailseal.dmarc.discover`
-- @treturn {table,...} each with `code`, `severity`, `name` (the place in DNS), `message` and `fix`
function M.of(found)
  local list = {}
  for i, step in ipairs(found.path) do
    local applies = step.domain == found.record_domain
    if step.problem == "several_records" then
      add_finding(list, "dmarc_two_records", { name = step.name, found = step.count })
    elseif applies or found.result ~= "found" and (step.problem or not step.record) or i == 1 then
      add_texts(list, step, applies and step.record)
    end
  end
  if #list == 0 and found.reason == "no_record" then
    add_finding(list, "dmarc_missing", { name = "_dmarc." .. found.domain })
  end
  return list
end

return M
