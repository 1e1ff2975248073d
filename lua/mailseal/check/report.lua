--- Puts together what the aspects of a check have found.
-- @module mailseal.check.report
local M = {}

local rank = { error = 1, pending = 2, warning = 3, advice = 4 }

--- What findings of each severity make of a domain, the worst first.
local statuses = { { "error", "error" }, { "pending", "unknown" }, { "warning", "warning" } }

--- The status that findings amount to.
-- @tparam {table,...} findings
-- @treturn string "error"; else "unknown" where anything is pending; else "warning"; else "ok"
function M.status(findings)
  local has = {}
  for _, finding in ipairs(findings) do
    has[finding.severity] = true
  end
  for _, pair in ipairs(statuses) do
    if has[pair[1]] then
      return pair[2]
    end
  end
  return "ok"
end

local compared = { "code", "name", "record", "where", "message" }

-- Two aspects may come upon the same thing.
local function same(a, b)
  for _, field in ipairs(compared) do
    if a[field] ~= b[field] then
      return false
    end
  end
  return true
end

local function is_told(findings, finding)
  for _, other in ipairs(findings) do
    if same(other, finding) then
      return true
    end
  end
  return false
end

-- All findings, each once, the worst first and otherwise in the order of the aspects and of their telling.
local function gather(contexts)
  local findings = {}
  for severity = 1, 4 do
    for _, context in ipairs(contexts) do
      for _, finding in ipairs(context.findings) do
        if rank[finding.severity] == severity and not is_told(findings, finding) then
          findings[#findings + 1] = finding
        end
      end
    end
  end
  return findings
end

local function earliest(findings)
  local moment
  for _, finding in ipairs(findings) do
    if finding.retry_at and (not moment or finding.retry_at < moment) then
      moment = finding.retry_at
    end
  end
  return moment
end

--- Makes the report.
-- @tparam string domain
-- @tparam {table,...} contexts those of the aspects, in order
-- @tparam table tables by aspect, what each has returned
-- @treturn table see `mailseal.check`
function M.make(domain, contexts, tables)
  local report = { domain = domain, findings = gather(contexts), records = {} }
  for _, context in ipairs(contexts) do
    for _, entry in ipairs(context.records) do
      report.records[#report.records + 1] = entry
    end
    report[context.name] = tables[context.name]
  end
  report.status, report.retry_at = M.status(report.findings), earliest(report.findings)
  return report
end

return M
