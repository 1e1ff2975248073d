--- A request to apply a template, as a customer's browser brings it: read, held to the template, its signature verified
-- (draft-ietf-dconn-domainconnect §8.3.2 to §8.3.6). Anybody may have written it.
-- @module mailseal.domain_connect.provider.request
local domains = require "mailseal.domain"
local ids = require "mailseal.domain_connect.ids"
local query = require "mailseal.domain_connect.query"
local signing = require "mailseal.domain_connect.signing"
local urls = require "mailseal.fetch.url"

local M = {}

local DISPLAYED, VALUE = 255, 2000

local function bad(message) return nil, message, "bad_request" end

-- ---- the signature

local function texts_of(answer)
  local list = {}
  for i, record in ipairs(answer.records or {}) do list[i] = table.concat(record.strings) end
  return list
end

-- Was the query signed by whoever the template belongs to? False where it need not be.
local function verify(template, values, signed, resolver)
  if not template.syncPubKeyDomain then return false end
  if not (values.sig and values.key) then return nil, "the request has no signature, and the template wants one", "not_signed" end
  if not ids.label(values.key) then return nil, "the request's key has no name", "bad_key" end
  local name = ("%s.%s"):format(values.key, template.syncPubKeyDomain):lower()
  local answer = resolver:query(name, "TXT")
  if answer.status ~= "ok" then
    if answer.status ~= "nodata" and answer.status ~= "nxdomain" then
      return nil, ("DNS does not say just now what key is at %s (%s)"):format(name, answer.status), "dns_failed"
    end
    return nil, ("there is no key at %s"):format(name), "bad_key"
  end
  local key, message, code = signing.read(texts_of(answer))
  if not key then return nil, message, code end
  -- A plus sign that was not encoded was read as a space.
  if not signing.verify(key, signed, (values.sig:gsub(" ", "+"))) then
    return nil, ("the request was not signed by the key at %s, or was changed since"):format(name), "bad_signature"
  end
  return true
end

-- ---- the way back

-- Does a template name a host as one to be led back to?
local function is_listed(template, host)
  for name in ((template.syncRedirectDomain or "") .. ","):gmatch "%s*([^,]-)%s*," do
    name = name:lower()
    if name ~= "" and (host == name or host:sub(-#name - 1) == "." .. name) then return true end
  end
  return false
end

-- Where a customer is led back to: nowhere unless the template names it, or whoever owns the template has signed it.
local function way_back(template, values, signed)
  if not values.redirect_uri then return nil end
  local url = urls.parse(values.redirect_uri)
  if not url or url.scheme ~= "https" or url.is_address then return nil end
  return (is_listed(template, url.host) or signed) and url.text or nil
end

-- By the code of a failure, that of RFC 6749 §4.1.2.1.
local ERRORS = {
  dns_failed = "temporarily_unavailable", unreachable = "temporarily_unavailable", timeout = "temporarily_unavailable",
  rate_limited = "temporarily_unavailable", zone_moved = "temporarily_unavailable", changed = "temporarily_unavailable",
  not_signed = "unauthorized_client", bad_signature = "unauthorized_client", bad_key = "unauthorized_client",
  bad_request = "invalid_request", not_ours = "access_denied", refused_record = "invalid_request", cancelled = "access_denied",
  not_allowed = "access_denied",
}

-- What is said of a failure to whoever asked: no more than he may know.
local DESCRIPTIONS = { cancelled = "user_cancel", not_ours = "the domain cannot be changed", not_allowed = "the domain cannot be changed" }

--- The address that a customer is led back to.
-- @tparam table request as of @{read}
-- @tparam[opt] string code why it was not done: `cancelled`, or a code of the provider's; nil where it was
-- @treturn ?string nil where there is none to be led to
function M.back(request, code)
  local url = request.back
  if not url then return nil end
  local values = { state = request.state }
  if code then values.error, values.error_description = ERRORS[code] or "server_error", DESCRIPTIONS[code] or code:gsub("_", " ") end
  local text = query.write(values)
  return text == "" and url or url .. (url:find("?", 1, true) and (url:find "[?&]$" and "" or "&") or "?") .. text
end

-- ---- what is asked for

-- A name in A-labels: what people read is taken as well.
local function name_of(text)
  local name = domains.to_ascii((text:gsub("%.$", "")))
  return name and domains.valid(name) and name or nil
end

local function scope_of(template, values)
  local domain = values.domain and name_of(values.domain)
  if not domain or not domain:find(".", 1, true) then return bad "the request has no domain" end
  if (values.host or "") == "" then
    if template.hostRequired then return bad "the template wants a host" end
    return { domain = domain, name = domain }
  end
  local name = name_of(("%s.%s"):format(values.host, domain))
  if not name or name:sub(-#domain - 1) ~= "." .. domain then return bad "the request's host is none" end
  return { domain = domain, name = name, host = name:sub(1, -#domain - 2) }
end

-- The groups that were asked for, by id; nil where all were.
local function groups_of(template, values)
  if not values.groupId then return nil end
  local groups, found = {}, false
  for id in (values.groupId .. ","):gmatch "([^,]*)," do
    if not ids.valid(id) then return false, "the request names a group that is none" end
    groups[id] = true
  end
  for _, record in ipairs(template.records) do found = found or groups[record.groupId] or false end
  if not found then return false, "the template has none of the request's groups" end
  return groups
end

local UNDERSTOOD = {}
for name in ([[
  providerId serviceId domain host redirect_uri state providerName serviceName groupId sig key crit
]]):gmatch "%S+" do
  UNDERSTOOD[name] = true
end

local function problem_of_crit(variables, values)
  for name in (values.crit and values.crit .. "," or ""):gmatch "([^,]*)," do
    if values[name] and not UNDERSTOOD[name] and not variables[name] then return "the request has what would have to be understood" end
  end
end

-- What is shown beside a template's own name, where that allows it.
local function shown(text, allowed)
  return allowed and text and text ~= "" and #text <= DISPLAYED and text or nil
end

-- The variables of a template: what else a request has is nobody's here, whatever it is.
local function variables_of(template)
  local names = {}
  for _, record in ipairs(template.records) do
    for _, text in pairs(record) do
      for name in (type(text) == "string" and text or ""):gmatch "%%([%w_-]+)%%" do names[name] = true end
    end
  end
  return names
end

local function problem_of_values(variables, values)
  for name, value in pairs(values) do
    if variables[name] and ids.variable(name) and (#value > VALUE or value:find "[^ -~]") then
      return ("the request's %s is no value"):format(name:sub(1, 63))
    end
  end
end

local function fill(request, template, values)
  local variables = variables_of(template)
  local problem = problem_of_values(variables, values) or problem_of_crit(variables, values)
  if problem then return bad(problem) end
  local scope, message, code = scope_of(template, values)
  if not scope then return nil, message, code end
  local groups
  groups, message = groups_of(template, values)
  if groups == false then return bad(message) end
  for name, value in pairs(scope) do request[name] = value end
  request.groups, request.values = groups, values
  request.provider_name = shown(values.providerName, template.sharedProviderName or template.shared)
  request.service_name = shown(values.serviceName, template.sharedServiceName)
  return request
end

--- Reads a request.
-- @tparam table template
-- @tparam string text the query, as it came
-- @tparam table resolver for the template's key
-- @treturn[1] table `template`, `domain` (the zone), `host` (nil at its own name), `name` (both), `values` (by name), `groups` (by id;
--   nil for all), `signed`; `back`, where to lead the customer afterwards, `state`; `provider_name`, `service_name`, to be shown as
--   well; `text`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_request`, `not_signed`, `bad_key`, `bad_signature`, `dns_failed`
-- @treturn[2] ?table for @{back}, where the customer may be led back all the same
function M.read(template, text, resolver)
  local values, signed = query.read(text)
  if not values then return nil, signed, "bad_request" end
  local request = { template = template, text = text, state = values.state, back = way_back(template, values, false) }
  if template.syncBlock == true then return nil, "the template is not for customers to agree to", "bad_request", request end
  local good, message, code = verify(template, values, signed, resolver)
  if good == nil then return nil, message, code, request end
  request.signed, request.back = good, way_back(template, values, good)
  local filled
  filled, message, code = fill(request, template, values)
  return filled, message, code, not filled and request or nil
end

return M
