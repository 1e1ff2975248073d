--- deSEC (desec.io), by its interface: "deSEC DNS API", desec.readthedocs.io.
--
-- It takes record sets whole, several by one request, all or none. It has no conditions: a set that is new is refused where there is one by
-- then, but a set that is changed is what it was asked to be, whatever became of it since it was read a moment before. Each domain has a
-- least TTL of its own, an hour unless deSEC was asked for less. Requests are few: 15 a minute that change a domain.
-- @module mailseal.publish.via.desec
local all_at_once = require "mailseal.publish.all_at_once"
local api = require "mailseal.publish.api"
local fields = require "mailseal.publish.fields"
local names_of = require "mailseal.dns.name"
local one_by_one = require "mailseal.publish.one_by_one"
local sets = require "mailseal.publish.sets"
local targets = require "mailseal.publish.target"

local M = {
  id = "desec", name = "deSEC", host = "desec", atomic = true, least_ttl = 3600,
  settings = { { name = "endpoint", text = "the URL of the API", environment = "DESEC_ENDPOINT" } },
  credentials = { { name = "token", text = "an API token", environment = "DESEC_TOKEN", required = true } },
}

local Target = targets.class "mailseal.publish.via.desec"

-- ---- what it answers

-- Gathers what is wrong: texts, in lists by field, in lists by part of the request.
local function gather(data, words)
  if type(data) == "string" then
    words[#words + 1] = data
  elseif type(data) == "table" then
    local names = {}
    for name in pairs(data) do names[#names + 1] = name end
    table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
    for _, name in ipairs(names) do gather(data[name], words) end
  end
  return words
end

local function explain(status, data, question)
  if status < 400 then return nil end
  local said = table.concat(gather(data, {}), " ")
  if status == 400 and question.method == "POST" and said:find("Another RRset with the same", 1, true) then
    return "zone_moved", "has such a record by now: nothing was changed", nil, said
  elseif status == 403 and question.method == "GET" and said:find("credentials were not provided", 1, true) then
    return "bad_credentials", nil, nil, said
  end
  return nil, nil, nil, said ~= "" and said or nil
end

-- ---- zones

local ZONE = { name = "string", minimum_ttl = "whole" }

--- The zone of a name.
-- @tparam string name
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:zone_of(name)
  local found, message, code, details = self.client:ask { path = "/api/v1/domains/", query = { { "owns_qname", name } } }
  if not found then return nil, message, code, details end
  if not api.is_list(found, ZONE) then return self.client:strange() end
  if not found[1] then return self.client:no_zone(name) end
  local zone = api.name(found[1].name)
  if not names_of.is_within(name, zone) then return self.client:strange() end
  self.least[zone] = found[1].minimum_ttl
  return zone
end

local function least_ttl(self, zone)
  if not self.least[zone] then
    local found, message, code, details = self.client:ask { path = ("/api/v1/domains/%s/"):format(api.escaped(zone)) }
    if not found then return nil, message, code, details end
    if not api.is(found, ZONE) then return self.client:strange() end
    self.least[zone] = found.minimum_ttl
  end
  return self.least[zone]
end

-- ---- record sets

local SET = { subname = "string", type = "string", ttl = "whole", records = "table" }

local function path_of(zone) return ("/api/v1/domains/%s/rrsets/"):format(api.escaped(zone)) end

local function sets_at(self, zone, name)
  local subname = fields.relative(name, zone, "")
  local found, message, code, details = self.client:ask { path = path_of(zone), query = { { "subname", subname } } }
  if not found then return nil, message, code, details end
  if not api.is_list(found, SET) then return self.client:strange() end
  for _, told in ipairs(found) do
    if told.subname ~= subname or not api.is_texts(told.records) then return self.client:strange() end
  end
  return found
end

local function set_of(name, told)
  local set = { name = name, type = told.type, ttl = told.ttl, values = {} }
  for i, value in ipairs(told.records) do set.values[i] = sets.spelled(told.type, value) or value end
  return set
end

--- What stands at names.
-- @tparam string zone
-- @tparam {string,...} names
-- @treturn[1] {table,...}
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:read(zone, names)
  local lists, message, code, details = self.client:each(names, function(name) return sets_at(self, zone, name) end)
  if not lists then return nil, message, code, details end
  local found = {}
  for i, list in ipairs(lists) do
    for _, told in ipairs(list) do found[#found + 1] = set_of(names[i], told) end
  end
  return sets.in_order(found)
end

-- A part of the request: an empty list of records removes the set.
local function part_of(change, zone)
  local after = change.after
  return {
    subname = fields.relative(change.name, zone, ""), type = change.type, ttl = after and after.ttl, records = after and after.values or {},
  }
end

local function change_all(self, zone, changes)
  local parts, new = {}, true
  for i, one in ipairs(changes) do
    parts[i], new = part_of(one, zone), new and not one.before
  end
  -- What is new alone is refused, as a whole, where there is one of it by then.
  return self.client:done { method = new and "POST" or "PATCH", path = path_of(zone), body = parts }
end

--- Makes changes, all or none.
-- @tparam string zone
-- @tparam {table,...} changes
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:apply(zone, changes)
  if not changes[1] then return true end
  local least, message, code, details = least_ttl(self, zone)
  if not least then return nil, message, code, details end
  return all_at_once.apply({
    sets = function(_, names) return self:read(zone, names) end,
    change = function(_, list) return change_all(self, zone, list) end,
  }, zone, one_by_one.lifted(least, changes))
end

--- Opens it.
-- @tparam table options see `mailseal.publish.open`
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `credentials_missing`, `bad_credentials`
function M.open(options)
  local given, message, code = targets.given_for_http(M, options)
  if not given then return nil, message, code end
  local client = api.client {
    host = M.name, endpoint = given.endpoint or "https://desec.io", resolver = options.resolver, now = options.now,
    fetch = options.fetch, secrets = { given.token }, explain = explain,
    authorize = function(question) question.headers.Authorization = "Token " .. given.token end,
  }
  return setmetatable({ module = M, client = client, least = {} }, Target)
end

return M
