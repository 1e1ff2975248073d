--- Google Cloud DNS, by its API v1: docs.cloud.google.com/dns/docs/reference/rest/v1. Who asks is a service account.
--
-- Changes are made by one change of the zone, all or none. Sets that change are deleted exactly as they were read and added anew, so that
-- it is refused where one of them is another by then: nobody's change is overwritten. After a change was accepted Google's name servers
-- follow; that is waited for a little. Private zones are passed over. Sets of a routing policy are told but never changed.
-- @module mailseal.publish.via.google_cloud_dns
local all_at_once = require "mailseal.publish.all_at_once"
local api = require "mailseal.publish.api"
local async = require "mailseal.async"
local names_of = require "mailseal.dns.name"
local service_account = require "mailseal.publish.service_account"
local sets = require "mailseal.publish.sets"
local targets = require "mailseal.publish.target"

local M = {
  id = "google-cloud-dns", name = "Google Cloud DNS", host = "google-cloud-dns", atomic = true, least_ttl = 0,
  settings = {
    { name = "project", text = "the id of the project (that of the service account)", environment = "GOOGLE_CLOUD_PROJECT" },
    { name = "managed_zone", text = "the managed zone, where there are several of one name", environment = "MAILSEAL_MANAGED_ZONE" },
    { name = "endpoint", text = "the URL of the API", environment = "MAILSEAL_CLOUD_DNS_ENDPOINT" },
  },
  credentials = {
    { name = "service_account", text = "the JSON file of a service account's key, its content", environment = "GOOGLE_CREDENTIALS",
      required = true },
  },
}

local Target = all_at_once.class "mailseal.publish.via.google_cloud_dns"

local SCOPE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"

-- Seconds before each look whether the name servers have followed.
local LOOKS = { 0.2, 1, 2, 4 }

-- ---- what it answers

-- By the reason of an error: ours, and what is wrong.
local REASONS = {
  rateLimitExceeded = { "rate_limited" }, userRateLimitExceeded = { "rate_limited" },
  accessNotConfigured = { "not_allowed", "is not enabled in this project" },
  conditionNotMet = { "zone_moved", "finds other records there than were read: nothing was changed" },
  alreadyExists = { "zone_moved", "finds such records there already: nothing was changed" },
}

local function explain(status, data, question)
  local told = type(data) == "table" and data.error
  if status < 300 or type(told) ~= "table" then return nil end
  local said = type(told.message) == "string" and told.message or nil
  local first = type(told.errors) == "table" and told.errors[1]
  local meaning = REASONS[type(first) == "table" and first.reason] or {}
  if status == 404 and not question.reads and (said or ""):find("entity.change.deletions", 1, true) then
    meaning = REASONS.conditionNotMet
  end
  return meaning[1], meaning[2], nil, said
end

-- Asks, with a token.
local function ask_with(self, question, token)
  question.headers = { Authorization = "Bearer " .. token }
  self.client:keep_secret(token)
  return self.client:ask(question)
end

-- Asks, with a token that is good; with another one where that was taken back before its end.
local function ask(self, question)
  local token, message, code, details = self.source:token()
  if not token then return nil, message, code, details end
  local data, words
  data, words, code, details = ask_with(self, question, token)
  if code ~= "bad_credentials" or not self.source:drop(token) then return data, words, code, details end
  token, message, code, details = self.source:token()
  if not token then return nil, message, code, details end
  return ask_with(self, question, token)
end

-- ---- managed zones

local ZONE = { name = "string", dnsName = "string", visibility = "string?" }

local function zones_path(self) return ("/dns/v1/projects/%s/managedZones"):format(api.escaped(self.project)) end

-- All items of a list that comes in pages.
local function list_of(self, path, query, member, form)
  return self.client:all(function(_, from)
    local asked = { query, from and { "pageToken", from } }
    local data, message, code, details = ask(self, { path = path, query = asked })
    if not data then return nil, message, code, details end
    local items = data[member]
    if items == nil and type(data.kind) == "string" then items = api.read_json "[]" end -- a list without items may be left out
    if not api.is_list(items, form) then return self.client:strange() end
    return items, type(data.nextPageToken) == "string" and data.nextPageToken or nil
  end)
end

-- The managed zone of a name; false where there is none.
local function zone_named(self, name)
  if self.zones[name] then return self.zones[name] end
  local list, message, code, details = list_of(self, zones_path(self), { "dnsName", name .. "." }, "managedZones", ZONE)
  if not list then return nil, message, code, details end
  local found = {}
  for _, zone in ipairs(list) do
    if api.name(zone.dnsName) == name and zone.visibility ~= "private" then found[#found + 1] = zone.name end
  end
  if found[2] then
    table.sort(found)
    return nil, ("Google Cloud DNS has several managed zones of %s: name the one that the domain is delegated to (%s)"):format(
      name, self.client:say(table.concat(found, ", "))), "several_zones", { zones = found }
  end
  self.zones[name] = found[1]
  return found[1] or false
end

-- The name of the managed zone that was named by its own name.
local function name_of_own(self)
  local zone, message, code, details = ask(self, { path = zones_path(self) .. "/" .. api.escaped(self.managed_zone) })
  if not zone then return nil, message, code, details end
  if not api.is(zone, ZONE) then return self.client:strange() end
  local name = api.name(zone.dnsName)
  self.zones[name] = zone.name
  return name
end

--- The zone that holds a name.
-- @tparam string name
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`; `several_zones` (details: `zones`, managed zones' names) where that is not clear
-- @treturn[2] ?table details
function Target:zone_of(name)
  if self.managed_zone then
    local zone, message, code, details = name_of_own(self)
    if not zone then return nil, message, code, details end
    if not names_of.is_within(name, zone) then return self.client:no_zone(name) end
    return zone
  end
  return api.zone_of(self.client, name, function(at) return zone_named(self, at) end)
end

local function path_of(self, zone, what)
  local managed, message, code, details = zone_named(self, zone)
  if managed == nil then return nil, message, code, details end
  if not managed then return self.client:no_zone(zone) end
  return ("%s/%s/%s"):format(zones_path(self), api.escaped(managed), what)
end

-- ---- record sets

local SET = { name = "string", type = "string", ttl = "whole?", rrdatas = "table?" }

-- `told`: the values as they were told.
local function set_of(name, one)
  local set = { name = name, type = one.type, ttl = one.ttl or 0, values = {}, told = one.rrdatas or {} }
  for i, value in ipairs(set.told) do
    set.values[i] = sets.spelled(one.type, value) or value
  end
  if not set.values[1] then set.values[1], set.policy = "", "of a routing policy" end
  return set
end

--- The sets at names: see `mailseal.publish.all_at_once`, and the same of `change`.
-- @tparam string zone
-- @tparam {string,...} names
-- @treturn[1] {table,...} as of `mailseal.publish.sets`; `policy` says what is special about one that cannot be changed here; `told`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:sets(zone, names)
  local path, message, code, details = path_of(self, zone, "rrsets")
  if not path then return nil, message, code, details end
  local lists
  lists, message, code, details = self.client:each(names, function(name)
    return list_of(self, path, { "name", name .. "." }, "rrsets", SET)
  end)
  if not lists then return nil, message, code, details end
  local found = {}
  for i, list in ipairs(lists) do
    for _, one in ipairs(list) do
      if api.name(one.name) ~= names[i] or one.rrdatas and not api.is_texts(one.rrdatas) then return self.client:strange() end
      if one.type ~= "SOA" then found[#found + 1] = set_of(names[i], one) end
    end
  end
  return sets.in_order(found)
end

-- ---- changes

local function written(set, values) return { name = set.name .. ".", type = set.type, ttl = set.ttl, rrdatas = values } end

-- Waits a little until the name servers have followed. What was accepted is done, whatever is said here.
local function follow(self, path, told)
  for _, pause in ipairs(LOOKS) do
    if type(told) ~= "table" or told.status ~= "pending" or type(told.id) ~= "string" then return end
    async.sleep(pause)
    told = ask(self, { path = path .. "/" .. api.escaped(told.id) })
  end
end

--- Makes changes.
-- @tparam string zone
-- @tparam {table,...} changes
-- @tparam function now
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function Target:change(zone, changes, now)
  local body = { deletions = {}, additions = {} }
  for _, change in ipairs(changes) do
    local set = now(change)
    if set and set.policy then
      return nil, ("the %s records at %s are %s: that can be changed in Google's console alone; nothing was changed"):format(
        change.type, change.name, set.policy), "refused_record"
    end
    if set then table.insert(body.deletions, written(set, set.told)) end
    if change.after then table.insert(body.additions, written(change.after, change.after.values)) end
  end
  local path, message, code, details = path_of(self, zone, "changes")
  if not path then return nil, message, code, details end
  local question = { method = "POST", path = path, body = body }
  local told
  told, message, code, details = ask(self, question)
  if not told then return nil, message, code, details end
  if not api.is(told, { id = "string", status = "string" }) then return self.client:strange(question) end
  follow(self, path, told)
  return true
end

-- ---- opening

--- Opens it.
-- @tparam table options see `mailseal.publish.target`
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `credentials_missing`, `bad_credentials`, `bad_setting`
function M.open(options)
  local given, message, code = targets.given(M, options)
  if not given then return nil, message, code end
  local account
  account, message, code = service_account.read(given.service_account)
  if not account then return nil, message, code end
  -- Whom a file names is asked only where somebody has chosen another interface than Google's own.
  if not given.endpoint then account.token_uri = service_account.TOKEN_URI end
  local project = given.project or account.project
  if not project then return nil, "Google Cloud DNS wants the id of the project (project)", "bad_setting" end
  local source = service_account.source(account, {
    host = M.name, scope = SCOPE, resolver = options.resolver, now = options.now, fetch = options.fetch,
  })
  local client = api.client {
    host = M.name, endpoint = given.endpoint or "https://dns.googleapis.com", resolver = options.resolver, now = options.now,
    fetch = options.fetch, secrets = account.secrets, explain = explain,
  }
  return setmetatable({
    module = M, client = client, source = source, project = project, managed_zone = given.managed_zone, zones = {},
  }, Target)
end

return M
