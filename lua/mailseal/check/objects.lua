--- The report of a check as JSON has it: what people and programs look for, in one order, without what the check itself works with.
-- @module mailseal.check.objects
local json = require "mailseal.json"

local M = {}

local finding_fields = {
  "code", "severity", "aspect", "name", "record", "expected", "found", "where", "message", "fix", "retry_at",
}
local record_fields = { "id", "name", "type", "status", "expected", "found", "findings" }
local source_fields = { "title", "url", "as_of" }

local function pick_all(list, fields)
  local picked = {}
  for i, item in ipairs(list) do
    picked[i] = json.pick(item, fields)
  end
  return picked
end

--- What large receivers ask of bulk senders.
-- @tparam table profile that of a report, see `mailseal.check.profile`
-- @treturn {table,...} what `json.encode` writes as a list of objects; `met` is not there where it cannot be told
function M.profile(profile)
  local list = {}
  for i, entry in ipairs(profile.requirements) do
    list[i] = json.object(
      "id", entry.id, "receiver", entry.receiver, "asks", entry.asks, "recommended", entry.recommended, "met", entry.met,
      "why", entry.why, "source", json.pick(entry.source, source_fields)
    )
  end
  return list
end

--- A report of a domain. In a batch it does without the long list of what large receivers ask, whose findings are there.
-- @tparam table report as `mailseal.check` returns it
-- @tparam[opt] number line of a batch, where the domain stands in its file
-- @treturn table what `json.encode` writes as an object
function M.report(report, line)
  return json.object(
    "domain", report.domain,
    "line", line,
    "status", report.status,
    "findings", pick_all(report.findings, finding_fields),
    "records", #report.records > 0 and pick_all(report.records, record_fields) or nil,
    "profile", report.profile and not line and M.profile(report.profile) or nil,
    "retry_at", report.retry_at
  )
end

return M
