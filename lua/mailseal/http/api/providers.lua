--- The routes of mail services: which there are, and what the rule of each says.
-- @module mailseal.http.api.providers
local json = require "mailseal.json"
local provider = require "mailseal.provider"
local reply = require "mailseal.http.reply"
local sorted = require "mailseal.rules.sorted"

-- What is a list, however many there are; all else of a rule that is a table holds things by their names.
local LISTS = {
  source = true, aliases = true, records = true, advice = true, migrations = true, not_applicable = true, accept = true, choices = true,
  example = true, alternatives = true, default = true,
}

-- A rule as JSON: what holds things by their names is an object, also where it holds none.
local function plain(value, name)
  if type(value) ~= "table" then
    return value
  elseif value[1] ~= nil or LISTS[name] and next(value) == nil then
    local list = {}
    for i, item in ipairs(value) do
      list[i] = plain(item)
    end
    return list
  end
  local object = json.object()
  for _, member in ipairs(sorted.names(value)) do
    json.add(object, member, plain(value[member], member))
  end
  return object
end

local function list(call)
  local own, message, code = call.service:providers()
  if not own then
    return nil, message, code
  end
  local found = provider.list(own)
  for i, one in ipairs(found) do
    found[i] = json.pick(one, { "id", "name", "aliases", "confidence", "checked_on" })
  end
  return reply.json(200, { providers = found })
end

local function get(call)
  local own, rule, message, code
  own, message, code = call.service:providers()
  if own then
    rule, message, code = provider.find(call.path.id, own)
  end
  if not rule then
    return nil, message, code == "no_provider" and "not_found" or code
  end
  return reply.json(200, plain(rule))
end

return {
  { method = "GET", path = "/v1/providers", id = "listProviders", handler = list },
  { method = "GET", path = "/v1/providers/{id}", id = "getProvider", handler = get },
}
