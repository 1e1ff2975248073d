--- The templates that a DNS host has taken up, each held to the specification's form before (draft-ietf-dconn-domainconnect §6).
--
-- Whoever is behind a template is no part of this: taking one up is a decision about trust, which its owner's name, his key's domain and
-- what the records may become are looked at for (§11.5).
-- @module mailseal.domain_connect.provider.catalogue
local domains = require "mailseal.domain"
local ids = require "mailseal.domain_connect.ids"

local M = {}

local RECORDS, LONGEST = 50, 4000

-- What each type of record has to have, and is read here. Others are an option of the specification's that is not taken.
local FIELDS = {
  A = { "host", "pointsTo" }, AAAA = { "host", "pointsTo" }, CNAME = { "host", "pointsTo" }, NS = { "host", "pointsTo" },
  MX = { "host", "pointsTo", "priority" }, TXT = { "host", "data" }, SPFM = { "host", "spfRules" },
  SRV = { "name", "target", "priority", "weight", "port", "protocol", "service" },
}

-- What may be marked as having to be understood, and is.
local function names_of(text)
  local list = {}
  for name in text:gmatch "%S+" do list[name] = true end
  return list
end

local MEMBERS = names_of [[
  providerId providerName serviceId serviceName version templateSpecVersion logoUrl description variableDescription syncBlock shared
  sharedProviderName sharedServiceName syncPubKeyDomain syncRedirectDomain multiInstance warnPhishing hostRequired crit records
]]
local RECORD_MEMBERS = names_of [[
  type groupId essential host name pointsTo ttl data txtConflictMatchingMode txtConflictMatchingPrefix priority weight port protocol service
  target spfRules crit
]]
local MODES, ESSENTIAL = names_of "None All Prefix", names_of "Always OnApply"

local function text(value, most) return type(value) == "string" and value ~= "" and #value <= most and not value:find "%c" end

local function problem_of_crit(of, understood)
  for _, name in ipairs(type(of.crit) == "table" and of.crit or { of.crit }) do
    if of[name] ~= nil and not understood[name] then return ("%s would have to be understood"):format(tostring(name)) end
  end
end

-- Do all the percent signs of a text belong to variables?
local function has_variables(value)
  return not (value:gsub("%%[%w_-]+%%", "")):find "%%"
end

local function problem_of_fields(record)
  for _, field in ipairs(FIELDS[record.type]) do
    local value = record[field]
    if type(value) == "number" then value = ("%d"):format(value) end
    local may_be_empty = field == "host" or field == "name"
    if not (text(value, LONGEST) or may_be_empty and value == "") or not has_variables(value) then return field end
  end
end

local function problem_of_record(record)
  if type(record) ~= "table" then return "is none" end
  if not FIELDS[record.type] then return ("has the type %s, which is not set here"):format(tostring(record.type)) end
  local field = problem_of_fields(record)
  if field then return ("has no %s that makes sense"):format(field) end
  if record.groupId ~= nil and not ids.valid(record.groupId) then return "has no groupId that makes sense" end
  if not ESSENTIAL[record.essential or "Always"] then return "has an essential that is none" end
  if not MODES[record.txtConflictMatchingMode or "None"] then return "has a txtConflictMatchingMode that is none" end
  if record.txtConflictMatchingMode == "Prefix" and not text(record.txtConflictMatchingPrefix, 255) then
    return "has no txtConflictMatchingPrefix"
  end
  return problem_of_crit(record, RECORD_MEMBERS)
end

local function problem_of_members(template)
  for _, member in ipairs { "providerId", "serviceId" } do
    if not ids.valid(template[member]) then return member .. " is none" end
  end
  for _, member in ipairs { "providerName", "serviceName" } do
    if not text(template[member], 255) then return member .. " is none" end
  end
  if template.templateSpecVersion ~= nil and tonumber(template.templateSpecVersion) ~= 1 then
    return "templateSpecVersion is of a specification that is not known here"
  end
  local keys = template.syncPubKeyDomain
  if keys ~= nil and not (type(keys) == "string" and domains.valid(keys)) then return "syncPubKeyDomain is no name" end
  if template.syncRedirectDomain ~= nil and not text(template.syncRedirectDomain, LONGEST) then return "syncRedirectDomain is none" end
  return problem_of_crit(template, MEMBERS)
end

--- What is wrong with a template.
-- @tparam any template as its JSON was read
-- @treturn ?string nil where nothing is
function M.problem(template)
  if type(template) ~= "table" or type(template.records) ~= "table" then return "it is no template" end
  local problem = problem_of_members(template)
  if problem then return problem end
  local count = #template.records
  if count == 0 or count > RECORDS then return ("it has %d records"):format(count) end
  for i, record in ipairs(template.records) do
    problem = problem_of_record(record)
    if problem then return ("records[%d] %s"):format(i, problem) end
  end
end

local function key_of(provider_id, service_id) return provider_id .. "\0" .. service_id end

--- Templates to be found by their ids.
-- @tparam {table,...} list
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string which of them is none, and why
-- @treturn[2] string `bad_template`
function M.new(list)
  local known = {}
  for i, template in ipairs(list) do
    local problem = M.problem(template)
    local key = not problem and key_of(template.providerId, template.serviceId)
    if problem or known[key] then return nil, ("template %d: %s"):format(i, problem or "it is there twice"), "bad_template" end
    known[key] = template
  end
  return known
end

--- Finds one.
-- @tparam table known as of @{new}
-- @tparam any provider_id
-- @tparam any service_id
-- @treturn ?table
function M.find(known, provider_id, service_id)
  return type(provider_id) == "string" and type(service_id) == "string" and known[key_of(provider_id, service_id)] or nil
end

return M
