--- deSEC (desec.io), by its interface: "deSEC DNS API", desec.readthedocs.io.
--
-- It takes record sets whole, several by one request, all or none. It has no conditions: a set that is new is refused where there is one by
-- then, but a set that is changed is what it was asked to be, whatever became of it since it was read a moment before. Each domain has a
-- least TTL of its own, an hour unless deSEC was asked for less. Requests are few: 15 a minute that change a domain.
-- @module mailseal.publish.via.desec
local all_at_once = require "mailseal.publish.all_at_once"
local api = require "mailseal.publish.api"
local sets = require "mailseal.publish.sets"
local targets = require "mailseal.publish.target"

local M = {
  id = "desec", name = "deSEC", host = "desec", atomic = true, least_ttl = 3600,
  settings = {
    { name = "endpoint", text = "the URL of its interface (https://desec.io/api/v1)", environment = "DESEC_ENDPOINT", required = false },
  },
  credentials = { { name = "token", text = "an API token", environment = "DESEC_TOKEN", required = true } },
}

local Desec = targets.class "mailseal.publish.via.desec"

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

-- ---- opening

--- Opens it.
-- @tparam table options see `mailseal.publish.target`
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string `credentials_missing`, `bad_credentials`
function M.open(options)
  local given, message, code = targets.given(M, options)
  if not given then return nil, message, code end
  if given.token:find "[^!-~]" then return nil, "this is no API token of deSEC", "bad_credentials" end
  local self = setmetatable({ module = M, least_ttl = M.least_ttl }, Desec)
  self.client = api.client {
    host = M.name, endpoint = given.endpoint or "https://desec.io/api/v1", resolver = options.resolver, now = options.now,
    fetch = options.fetch, secrets = { given.token }, explain = explain,
    authorize = function(question) question.headers.Authorization = "Token " .. given.token end,
  }
  return self
end

-- ---- zones

local ZONE = { name = "string", minimum_ttl = "number?" }

--- The zone of a name; the target's `least_ttl` is that zone's then.
-- @tparam string name
-- @treturn ?string see `mailseal.publish.target`
-- @treturn ?string
-- @treturn ?string
-- @treturn ?table
function Desec:zone_of(name)
  local found, message, code, details = self.client:ask { path = "/domains/", query = { { "owns_qname", name } } }
  if not found then return nil, message, code, details end
  if not api.is_list(found, ZONE) then return self.client:strange() end
  if not found[1] then return nil, ("deSEC has no zone for %s with these credentials"):format(name), "no_zone" end
  self.least_ttl = found[1].minimum_ttl or M.least_ttl
  return found[1].name:lower()
end

-- ---- record sets

local function path_of(zone) return ("/domains/%s/rrsets/"):format(api.escaped(zone)) end

local function subname_of(name, zone) return name == zone and "" or name:sub(1, -#zone - 2) end

local SET = { subname = "string", type = "string", ttl = "number", records = "table" }

local function set_of(name, told)
  local set = { name = name, type = told.type, ttl = told.ttl, values = {} }
  for i, value in ipairs(told.records) do set.values[i] = sets.spelled(told.type, tostring(value)) or tostring(value) end
  return set
end

--- See `mailseal.publish.target`.
-- @tparam string zone
-- @tparam {string,...} names
-- @treturn ?{table,...}
-- @treturn ?string
-- @treturn ?string
-- @treturn ?table
function Desec:read(zone, names)
  local list = {}
  for _, name in ipairs(names) do
    local subname = subname_of(name, zone)
    local found, message, code, details = self.client:ask { path = path_of(zone), query = { { "subname", subname } } }
    if not found then return nil, message, code, details end
    if not api.is_list(found, SET) then return self.client:strange() end
    for _, told in ipairs(found) do
      if told.subname ~= subname then return self.client:strange() end
      list[#list + 1] = set_of(name, told)
    end
  end
  return list
end

-- A part of the request: an empty list of records removes the set.
local function part_of(change, zone)
  local after = change.after
  return {
    subname = subname_of(change.name, zone), type = change.type, ttl = after and after.ttl, records = after and after.values or {},
  }
end

local function change(self, zone, changes)
  local parts, new = {}, true
  for i, one in ipairs(changes) do
    parts[i], new = part_of(one, zone), new and not one.before
  end
  -- What is new alone is refused, as a whole, where there is one of it by then.
  local question = { method = new and "POST" or "PATCH", path = path_of(zone), body = parts }
  local done, message, code, details = self.client:ask(question)
  if not done then return nil, message, code, details end
  return true
end

--- See `mailseal.publish.target`.
-- @tparam string zone
-- @tparam {table,...} changes
-- @treturn ?boolean
-- @treturn ?string
-- @treturn ?string
-- @treturn ?table
function Desec:apply(zone, changes)
  return all_at_once.apply({
    sets = function(_, names) return self:read(zone, names) end,
    change = function(_, list) return change(self, zone, list) end,
  }, zone, changes)
end

return M
