--- What onboarding tells, as JSON has it: the same fields in the same order, for the command line and for the service.
--
-- Each of these makes what `mailseal.json.encode` writes as an object.
-- @module mailseal.onboard.objects
local json = require "mailseal.json"

local M = {}

local fields = {
  "domain", "unicode", "provider", "status", "provider_status", "reason", "status_since", "owned", "enabled", "health", "restriction",
  "zone", "dns_host", "records", "findings", "advice", "checked_at", "next_check_at", "retry_at", "window_ends", "negatives",
  "negative_since", "created_at",
}
local record_fields = {
  "id", "type", "name", "value", "purpose", "required", "status", "provider_status", "found", "findings", "note", "host",
}

--- Some fields of a table of plain data.
-- @tparam table source
-- @tparam {string,...} names of the fields, in their order
-- @treturn table as of `mailseal.json`
function M.pick(source, names)
  local object = json.object()
  for _, name in ipairs(names) do
    json.add(object, name, json.plain(source[name]))
  end
  return object
end

--- A list of such.
-- @tparam ?{table,...} list
-- @tparam function convert one of these functions
-- @treturn {table,...}
function M.list(list, convert)
  local converted = {}
  for i, item in ipairs(list or {}) do
    converted[i] = convert(item)
  end
  return converted
end

--- A record.
-- @tparam table record of a domain
-- @treturn table
function M.record(record)
  return M.pick(record, record_fields)
end

--- A domain.
-- @tparam table domain as of `mailseal.onboard.view`
-- @treturn table
function M.domain(domain)
  local object = json.object()
  for _, name in ipairs(fields) do
    if name == "records" then
      json.add(object, name, domain.records and M.list(domain.records, M.record))
    else
      json.add(object, name, json.plain(domain[name]))
    end
  end
  return object
end

--- What there is to tell of an event, by its kind.
-- @tparam table event as of `tenant:events`
-- @treturn table
function M.data(event)
  return type(event.data) == "table" and next(event.data) ~= nil and json.plain(event.data) or json.object()
end

--- An event.
-- @tparam table event as of `tenant:events`
-- @treturn table
function M.event(event)
  return json.add(json.pick(event, { "id", "domain", "at", "kind", "actor" }), "data", M.data(event))
end

--- A webhook.
-- @tparam table webhook as of `tenant:webhook`; with `secret`, where that is new
-- @treturn table
function M.webhook(webhook)
  return M.pick(webhook, {
    "id", "url", "kinds", "description", "secret", "enabled", "disabled_reason", "created_at", "delivered_at", "problem", "failures",
    "failing_since", "paused_until", "waiting", "dead",
  })
end

--- A delivery.
-- @tparam table delivery as of `tenant:deliveries`
-- @treturn table
function M.delivery(delivery)
  return M.pick(delivery, {
    "event", "kind", "domain", "at", "state", "attempts", "first_at", "last_at", "next_at", "status", "problem",
  })
end

return M
