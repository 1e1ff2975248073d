--- The routes of how a tenant's mail is received: reports in, health out.
-- @module mailseal.http.api.health
local change = require "mailseal.onboard.change"
local json = require "mailseal.json"
local problem = require "mailseal.http.problem"
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"

-- Reports that one call may bring; and that are taken in one go, between which others have their turn at the database.
local MOST, AT_A_TIME = 1000, 50

local function get(call)
  local health, message, code = call.tenant:health(call.path.domain)
  if not health then
    return nil, message, code
  end
  return reply.json(200, health)
end

local function report(call)
  local state, message, code = call.tenant:report(call.path.domain, call.body)
  if not state then
    return nil, message, code
  end
  return reply.json(200, { domain = change.stored(call.path.domain), health = state })
end

-- What has been reported may have suspended the domain: its tenant does not lift that himself.
local function reset(call)
  local found, wrong, why = call.tenant:health(call.path.domain)
  if not found then
    return nil, wrong, why
  elseif not call.identity.operator then
    return nil, "that is for whoever runs the service to do: he has `mailseal domains reset-health`", "forbidden"
  end
  local done, message, code = call.tenant:reset_health(call.path.domain)
  if not done then
    return nil, message, code
  end
  return reply.empty(204)
end

-- What became of a report: what is wrong with it reads as a problem does.
local function result_of(call, result)
  if result.health then
    return json.object("domain", result.domain, "health", result.health)
  end
  return json.object("domain", result.domain, "problem", json.plain(problem.of(result.message, result.code, nil, call.service)))
end

-- What became of some reports that could not be taken.
local function none_taken(part, message, code)
  local results = {}
  for i, one in ipairs(part) do
    results[i] = { domain = one.domain, message = message, code = code }
  end
  return results
end

-- Where some are taken and others are not, each is told of by itself: who sent all of them again would have the former counted twice.
local function report_all(call)
  local list, results = call.body.reports, {}
  for first = 1, #list, AT_A_TIME do
    local part = {}
    for i = first, math.min(first + AT_A_TIME - 1, #list) do
      part[#part + 1] = list[i]
    end
    local told, message, code = call.tenant:report_all(part)
    if not told and first == 1 then
      return nil, message, code
    end
    for _, one in ipairs(told or none_taken(part, message, code)) do
      results[#results + 1] = result_of(call, one)
    end
  end
  return reply.json(200, { results = results })
end

local count = shape.count(0, 1e9)
local numbers = { delivered = count, bounced = count, complained = count, at = shape.moment() }
local of_domain = { domain = shape.text(255) }
for name, field in pairs(numbers) do
  of_domain[name] = field
end

return {
  { method = "GET", path = "/v1/domains/{domain}/health", id = "getHealth", handler = get },
  { method = "POST", path = "/v1/domains/{domain}/health", id = "reportHealth", handler = report, body = shape.object(numbers) },
  { method = "DELETE", path = "/v1/domains/{domain}/health", id = "resetHealth", handler = reset },
  {
    method = "POST", path = "/v1/health", id = "reportHealthOfMany", handler = report_all,
    body = shape.object({ reports = shape.list(shape.object(of_domain, { "domain" }), MOST, 1) }, { "reports" }),
  },
}
