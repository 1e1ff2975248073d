--- Cloudflare, by its API: "DNS Records for a Zone" and "Zones", developers.cloudflare.com/api.
--
-- All changes go by one request, the batch, which it makes in one transaction: removals first, then what becomes something else, then what
-- is new. It has no conditions, but records are changed and removed by their ids, which are gone where somebody else was faster. What is
-- published here is not behind its proxy (`proxied` is false), for behind that nobody sees a CNAME's target. A set of records that are
-- behind it says so when it is read, by its member `proxied`; a change that has that member in `before` and not in `after` takes it from
-- there. "Automatic", the TTL that is told as 1, is five minutes, and stays where a record's TTL is not changed.
-- @module mailseal.publish.via.cloudflare
local all_at_once = require "mailseal.publish.all_at_once"
local api = require "mailseal.publish.api"
local errors = require "mailseal.publish.via.cloudflare.errors"
local json = require "mailseal.json"
local one_by_one = require "mailseal.publish.one_by_one"
local records = require "mailseal.publish.via.cloudflare.records"
local steps = require "mailseal.publish.one_by_one.steps"
local targets = require "mailseal.publish.target"

local M = {
  id = "cloudflare", name = "Cloudflare", host = "cloudflare", atomic = true, least_ttl = 60,
  settings = {
    { name = "endpoint", text = "the URL of its API (https://api.cloudflare.com/client/v4)", environment = "CLOUDFLARE_ENDPOINT",
      required = false },
  },
  credentials = {
    { name = "token", text = "an API token with the permissions Zone Read and DNS Edit for the zone", environment = "CLOUDFLARE_API_TOKEN",
      required = true },
  },
}
local Target = targets.class "mailseal.publish.via.cloudflare"

-- Records of a page.
local PAGE = 100
local ZONE = { id = "string", name = "string", status = "string?" }

-- ---- what is to be done

local PROXIED = { A = true, AAAA = true, CNAME = true }

local function ttl_of(record, ttl) return record.automatic and ttl == records.AUTOMATIC and 1 or ttl end

-- A record that becomes another, or is not behind the proxy any more.
local function patch_of(record, value, ttl, change)
  local proxied
  if record.type == "CNAME" or change.before.proxied and not change.after.proxied then proxied = change.after.proxied or false end
  return records.written(record, value, ttl_of(record, ttl), proxied, record.id)
end

local makers = {
  -- What could not be put back is not removed.
  remove = function(step)
    local again, message, code = records.written(step.record, step.record.value, step.record.ttl)
    return "deletes", again and json.object("id", step.record.id), message, code
  end,
  edit = function(step, change) return "patches", patch_of(step.record, step.value, step.ttl, change) end,
  add = function(step, change)
    local proxied
    if PROXIED[step.type] then proxied = change.after.proxied or false end
    return "posts", records.written(step.record, step.record.value, step.record.ttl, proxied)
  end,
}

-- Those that come out of the proxy's shadow, and stay what they are otherwise.
local function uncover(change, own, touched, batch)
  if not (change.before and change.before.proxied and change.after and not change.after.proxied) then return true end
  for _, record in ipairs(own) do
    if not touched[record.id] then
      local patch, message, code = patch_of(record, record.value, record.ttl, change)
      if not patch then return nil, message, code end
      table.insert(batch.patches, patch)
    end
  end
  return true
end

local function add_change(batch, change, own)
  local touched = {}
  for _, step in ipairs(steps.of({ change }, own, "edits")) do
    local list, one, message, code = makers[step.kind](step, change) -- of which list of the batch
    if not one then return nil, message, code end
    if step.record.id then touched[step.record.id] = true end
    table.insert(batch[list], one)
  end
  return uncover(change, own, touched, batch)
end

-- ---- the target

local function zone_id(self, zone)
  if self.ids[zone] then return self.ids[zone] end
  local data, message, code, details = self.client:ask { path = "/zones", query = { { "name", zone } } }
  if not data then return nil, message, code, details end
  if not api.is_list(data.result, ZONE) then return self.client:strange() end
  -- Another account that the token is for may have it, too, whose own is not delegated to.
  local found
  for _, one in ipairs(data.result) do
    if api.name(one.name) == zone and (not found or one.status == "active") then found = one.id end
  end
  if not found then return self.client:no_zone(zone) end
  self.ids[zone] = found
  return found
end

local function records_path(id) return ("/zones/%s/dns_records"):format(api.escaped(id)) end

-- The sets at names, each with its `records`.
local function read(self, zone, names)
  local id, message, code, details = zone_id(self, zone)
  if not id then return nil, message, code, details end
  local lists
  lists, message, code, details = self.client:each(names, function(name)
    return self.client:all(function(number)
      local data, words, kind, more = self.client:ask {
        path = records_path(id), query = { { "name.exact", name }, { "per_page", PAGE }, { "page", number } },
      }
      if not data then return nil, words, kind, more end
      if not api.is_list(data.result, records.FORM) then return self.client:strange() end
      return data.result, #data.result == PAGE
    end)
  end)
  if not lists then
    if code == "no_zone" then self.ids[zone] = nil end -- it has another id by now
    return nil, message, code, details
  end
  local found = {}
  for i, list in ipairs(lists) do
    for _, one in ipairs(list) do
      local record = records.read(one)
      if record.name == names[i] then found[#found + 1] = record end
    end
  end
  return found
end

local function sets_at(self, zone, names)
  local found, message, code, details = read(self, zone, names)
  if not found then return nil, message, code, details end
  local list = one_by_one.sets_of(found)
  for _, set in ipairs(list) do
    set.records = {}
    for _, record in ipairs(found) do
      if record.name == set.name and record.type == set.type then
        table.insert(set.records, record)
        set.proxied = set.proxied or record.proxied
      end
    end
  end
  return list
end

local function change_all(self, zone, changes, now)
  local batch = { deletes = {}, patches = {}, posts = {} }
  for _, change in ipairs(changes) do
    local set = now(change)
    local ok, message, code = add_change(batch, change, set and set.records or {})
    if not ok then return nil, message, code end
  end
  local body = json.object()
  for _, list in ipairs { "deletes", "patches", "posts" } do
    if batch[list][1] then json.add(body, list, batch[list]) end
  end
  if not body[1] then return true end
  return self.client:done { method = "POST", path = records_path(self.ids[zone]) .. "/batch", body = body }
end

--- The zone of the account that holds a name.
-- @tparam string name
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:zone_of(name)
  for _, zone in ipairs(api.zones_for(name)) do
    local id, message, code, details = zone_id(self, zone)
    if id then return zone end
    if code ~= "no_zone" then return nil, message, code, details end
  end
  return self.client:no_zone(name)
end

--- What stands at names.
-- @tparam string zone
-- @tparam {string,...} names
-- @treturn[1] {table,...} see `mailseal.publish.sets`; `proxied` where Cloudflare answers for them in their place
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:read(zone, names)
  local list, message, code, details = sets_at(self, zone, names)
  if not list then return nil, message, code, details end
  for _, set in ipairs(list) do set.records = nil end
  return list
end

--- Makes changes, all or none.
-- @tparam string zone
-- @tparam {table,...} changes see `mailseal.publish.sets`
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:apply(zone, changes)
  return all_at_once.apply({
    sets = function(_, names) return sets_at(self, zone, names) end,
    change = function(_, list, now) return change_all(self, zone, list, now) end,
  }, zone, one_by_one.lifted(M.least_ttl, changes))
end

--- Opens it.
-- @tparam table options see `mailseal.publish.target`
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `credentials_missing`, `bad_credentials`, `bad_setting`
function M.open(options)
  local given, message, code = targets.given_for_http(M, options)
  if not given then return nil, message, code end
  local client = api.client {
    host = M.name, endpoint = given.endpoint or "https://api.cloudflare.com/client/v4", resolver = options.resolver, now = options.now,
    fetch = options.fetch, secrets = { given.token }, explain = errors.explain,
    authorize = function(question) question.headers.Authorization = "Bearer " .. given.token end,
  }
  return setmetatable({ module = M, client = client, ids = {} }, Target)
end

return M
