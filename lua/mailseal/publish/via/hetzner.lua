--- Hetzner, by the DNS part of its Cloud API: docs.hetzner.cloud, "DNS" (the former interface of the DNS console is retired).
--
-- It changes a record set at a time, by actions that go on after they were accepted; each is waited for. Values that are only added, or
-- only taken away, are named as such, so that what others add to the set meanwhile stays; where some take the place of others, the set is
-- written whole. Comments of records stay with them.
-- @module mailseal.publish.via.hetzner
local api = require "mailseal.publish.api"
local async = require "mailseal.async"
local fields = require "mailseal.publish.fields"
local one_by_one = require "mailseal.publish.one_by_one"
local sets = require "mailseal.publish.sets"
local targets = require "mailseal.publish.target"

local M = {
  id = "hetzner", name = "Hetzner", host = "hetzner", atomic = false, least_ttl = 60, ttl_apart = true,
  settings = { { name = "endpoint", text = "the URL of the API", environment = "HETZNER_ENDPOINT" } },
  credentials = {
    { name = "token", text = "an API token of the project, which may write", environment = "HCLOUD_TOKEN", required = true },
  },
}

local Target = one_by_one.class "mailseal.publish.via.hetzner"

-- Seconds for an action to end, and before the first looks at it.
local PATIENCE, PAUSES = 20, { 0.02, 0.1, 0.2, 0.4, 0.8 }

-- Items of a page: the most that there are.
local PAGE = 50

-- ---- what it answers

-- By the code of an error ("Errors" in the reference): ours, and what is wrong.
local ERRORS = {
  unauthorized = { "bad_credentials" }, forbidden = { "not_allowed" },
  token_readonly = { "not_allowed", "does not allow changes with this token, which may only read" },
  protected = { "not_allowed", "does not allow that: it is protected from changes" },
  incorrect_zone_mode = { "not_allowed", "does not allow that: the zone is a secondary one, a copy of another server's" },
  uniqueness_error = { "zone_moved", "has such a record set by now" },
  conflict = { "server_failed", "was changing it at that moment" }, locked = { "server_failed", "has locked it for now" },
  unavailable = { "server_failed" }, maintenance = { "server_failed", "is being maintained" }, timeout = { "server_failed" },
  rate_limit_exceeded = { "rate_limited" }, invalid_input = { "refused_record" },
}

local function explain(_, data, question)
  local told = type(data) == "table" and data.error
  if type(told) ~= "table" then return nil end
  local meaning = ERRORS[told.code] or {}
  local code, words = meaning[1], meaning[2]
  if told.code == "not_found" and question.method ~= "GET" and question.path:find "/rrsets/." then
    code, words = "zone_moved", "has no such record set any more"
  end
  return code, words, nil, type(told.message) == "string" and told.message or nil
end

-- ---- zones

local ZONE = { name = "string", ttl = "whole", mode = "string?" }

-- A zone by its name; false where there is none.
local function find_zone(self, name)
  local found, message, code, details = self.client:ask { path = "/v1/zones", query = { { "name", name } } }
  if not found then return nil, message, code, details end
  if not api.is(found, { zones = "table" }) or not api.is_list(found.zones, ZONE) then return self.client:strange() end
  for _, zone in ipairs(found.zones) do
    if api.name(zone.name) == name then
      self.zones[name] = zone
      return zone
    end
  end
  return false
end

--- The zone of a name.
-- @tparam string name
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:zone_of(name)
  return api.zone_of(self.client, name, function(at)
    if at:find "^_" then return false end -- no zone begins with a name that no host has
    return find_zone(self, at)
  end)
end

-- The TTL of sets that have none of their own.
local function ttl_of(self, zone)
  if not self.zones[zone] then
    local found, message, code, details = find_zone(self, zone)
    if found == nil then return nil, message, code, details end
    if not found then return self.client:no_zone(zone) end
  end
  return self.zones[zone].ttl
end

-- ---- record sets

local SET = { name = "string", type = "string", ttl = "whole?", records = "table" }

local function relative(name, zone) return fields.relative(name, zone, "@") end

local function path_of(zone, name, kind)
  local path = ("/v1/zones/%s/rrsets"):format(api.escaped(zone))
  return name and ("%s/%s/%s"):format(path, api.escaped(relative(name, zone)), api.escaped(kind)) or path
end

local function fetch_sets(self, zone, name)
  return self.client:all(function(page)
    local found, message, code, details = self.client:ask {
      path = path_of(zone), query = { { "name", relative(name, zone) }, { "page", page }, { "per_page", PAGE } },
    }
    if not found then return nil, message, code, details end
    if not api.is(found, { rrsets = "table", meta = "table?" }) or not api.is_list(found.rrsets, SET) then return self.client:strange() end
    local pagination = found.meta and found.meta.pagination
    return found.rrsets, type(pagination) == "table" and pagination.next_page ~= nil
  end)
end

local function key_of(zone, name, kind) return ("%s %s %s"):format(zone, name, kind) end

-- The records of a set; how the host spells each of them, and its comment, are kept for when it is written.
local function take_set(self, zone, name, told, ttl, list)
  local seen = {}
  if told.type == "SOA" then return true end
  for _, one in ipairs(told.records) do
    if not api.is(one, { value = "string", comment = "string?" }) then return false end
    local value = sets.spelled(told.type, one.value) or one.value
    seen[value] = { value = one.value, comment = one.comment }
    list[#list + 1] = { id = value, name = name, type = told.type, ttl = told.ttl or ttl, value = value }
  end
  self.seen[key_of(zone, name, told.type)] = seen
  return true
end

--- The records at names: see `mailseal.publish.one_by_one`, and the same of those below.
-- @tparam string zone
-- @tparam {string,...} names
-- @treturn[1] {table,...}
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:records(zone, names)
  local ttl, message, code, details = ttl_of(self, zone)
  if not ttl then return nil, message, code, details end
  local lists
  lists, message, code, details = self.client:each(names, function(name) return fetch_sets(self, zone, name) end)
  if not lists then return nil, message, code, details end
  local list = {}
  for i, found in ipairs(lists) do
    for _, told in ipairs(found) do
      local name = names[i]
      if told.name ~= relative(name, zone) or not take_set(self, zone, name, told, ttl, list) then return self.client:strange() end
    end
  end
  return list
end

-- ---- changes

local ACTION = { id = "whole", status = "string" }

local function failed(self, action)
  local why = type(action.error) == "table" and action.error.message
  return nil, ("Hetzner could not do that%s"):format(why and ": " .. self.client:say(why) or ""), "server_failed", { unsure = true }
end

-- Waits until an action has ended.
local function wait_for(self, action)
  local waited, looks = 0, 0
  while true do
    if action.status == "success" then return true end
    if action.status ~= "running" then return failed(self, action) end
    looks = looks + 1
    local pause = PAUSES[looks] or 1
    waited = waited + pause
    if waited > PATIENCE then
      return nil, ("Hetzner was not done within %d seconds"):format(PATIENCE), "timeout", { unsure = true }
    end
    async.sleep(pause)
    local found, message, code, details = self.client:ask { path = "/v1/actions/" .. ("%.0f"):format(action.id) }
    if not found then
      details = details or {}
      details.unsure = true
      return nil, message, code, details
    end
    if not api.is(found, { action = "table" }) or not api.is(found.action, ACTION) then return self.client:strange {} end
    action = found.action
  end
end

local function act(self, question)
  local done, message, code, details = self.client:ask(question)
  if not done then return nil, message, code, details end
  if not api.is(done, { action = "table" }) or not api.is(done.action, ACTION) then return self.client:strange(question) end
  return wait_for(self, done.action)
end

-- Values as they are sent: as the host spells them, with the comments that they have.
local function sent(self, zone, set, values)
  local seen, list = self.seen[key_of(zone, set.name, set.type)] or {}, {}
  for i, value in ipairs(values) do
    local known = seen[value] or {}
    list[i] = { value = known.value or value, comment = known.comment ~= "" and known.comment or nil }
  end
  return list
end

-- Those of one set that another does not have.
local function missing(set, other)
  local has, list = {}, {}
  for _, value in ipairs(other.values) do has[value] = true end
  for _, value in ipairs(set.values) do
    if not has[value] then list[#list + 1] = value end
  end
  return list
end

local function create(self, zone, set)
  return act(self, { method = "POST", path = path_of(zone), body = {
    name = relative(set.name, zone), type = set.type, ttl = set.ttl, records = sent(self, zone, set, set.values),
  } })
end

local function act_on(self, zone, set, action, body)
  return act(self, { method = "POST", path = path_of(zone, set.name, set.type) .. "/actions/" .. action, body = body })
end

local function put_values(self, zone, set, new, gone)
  local action = new[1] and gone[1] and "set_records" or new[1] and "add_records" or "remove_records"
  local values = action == "set_records" and set.values or new[1] and new or gone
  return act_on(self, zone, set, action, { records = sent(self, zone, set, values) })
end

--- Makes a set what stands there.
-- @tparam string zone
-- @tparam table set
-- @tparam ?table before what stood there
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function Target:put(zone, set, before)
  if not before then return create(self, zone, set) end
  local new, gone = missing(set, before), missing(before, set)
  if new[1] or gone[1] then return put_values(self, zone, set, new, gone) end
  return act_on(self, zone, set, "change_ttl", { ttl = set.ttl })
end

--- Removes a set: its values, so that what others have added to it meanwhile is not removed. A set without values is none.
-- @tparam string zone
-- @tparam table set
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function Target:drop(zone, set)
  return act_on(self, zone, set, "remove_records", { records = sent(self, zone, set, set.values) })
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
    host = M.name, endpoint = given.endpoint or "https://api.hetzner.cloud", resolver = options.resolver, now = options.now,
    fetch = options.fetch, secrets = { given.token }, explain = explain,
    authorize = function(question) question.headers.Authorization = "Bearer " .. given.token end,
  }
  return setmetatable({ module = M, client = client, zones = {}, seen = {} }, Target)
end

return M
