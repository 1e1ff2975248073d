--- What the specs of providers share: records by their ids, and how a check stands with them in a zone.
local check = require "mailseal.check"
local dns = require "mailseal.dns"
local provider = require "mailseal.provider"

local M = {}

--- A key that is short enough to read.
M.KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

--- Records by their ids.
-- @tparam {table,...} records
-- @treturn table
function M.by_id(records)
  local list = {}
  for _, record in ipairs(records) do
    list[record.id] = record
  end
  return list
end

--- The records of a provider by their ids; raises where there are none.
-- @tparam string id
-- @tparam string domain whose organizational domain is example.com
-- @tparam[opt] table vars
-- @treturn table records by id
-- @treturn table advice by code
-- @treturn {table,...} the records in their order
function M.records(id, domain, vars)
  local records, advice = provider.records(id, domain, vars, { org_domain = "example.com" })
  assert(records, advice)
  local texts = {}
  for _, one in ipairs(advice) do
    texts[one.code] = one.text
  end
  return M.by_id(records), texts, records
end

--- What is said where there are no records.
-- @treturn string code
-- @treturn string message
function M.refusal(id, domain, vars)
  local records, message, code = provider.records(id, domain, vars, { org_domain = "example.com" })
  assert(records == nil)
  return code, message
end

--- A record as one line: "CNAME a.example b.example".
function M.line(record)
  return ("%s %s %s"):format(record.type, record.name, record.value or "?")
end

--- How a check stands with records in a zone.
-- @tparam string domain
-- @tparam {table,...} records in their order
-- @tparam table zone as `mailseal.dns.zone` takes it
-- @treturn table statuses by id
-- @treturn table the report
function M.look(domain, records, zone)
  local expect, states = {}, {}
  for i, record in ipairs(records) do
    expect[i] = provider.expectation(record)
  end
  local resolver = assert(dns.resolver { zone = zone })
  local report = assert(check.domain(domain, { resolver = resolver, expect = expect, name_servers = false }))
  for _, entry in ipairs(report.records) do
    states[entry.id] = entry.status
  end
  resolver:close()
  return states, report
end

return M
