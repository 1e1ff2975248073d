--- GoDaddy, by its API: "Domains API", v1, developer.godaddy.com/doc/endpoint/domains.
--
-- It writes the set of a name and a type at a time: a set that only grows is added to, so that what somebody else adds at that moment
-- stays, any other is put in the place of what there was. Names are relative to the domain, "@" for it; targets have no dot at their end;
-- no TTL is below ten minutes. Sixty requests a minute are allowed, and the account must be one that may use the API at all. SRV
-- records are read and not written: it knows them by another name, at which those of other services stand as well.
-- @module mailseal.publish.via.godaddy
local api = require "mailseal.publish.api"
local fields = require "mailseal.publish.fields"
local json = require "mailseal.json"
local one_by_one = require "mailseal.publish.one_by_one"
local targets = require "mailseal.publish.target"

local M = {
  id = "godaddy", name = "GoDaddy", host = "godaddy", atomic = false, least_ttl = 600,
  settings = {
    { name = "endpoint", text = "the URL of its API (https://api.godaddy.com)", environment = "GODADDY_ENDPOINT", required = false },
  },
  credentials = {
    { name = "api_key", text = "the API key", environment = "GODADDY_API_KEY", required = true },
    { name = "api_secret", text = "the API key's secret", environment = "GODADDY_API_SECRET", required = true },
  },
}
local Target = one_by_one.class "mailseal.publish.via.godaddy"

-- Domains, and records, of a page; seconds that are waited for it: its limit is one of a minute.
local DOMAINS, RECORDS, PATIENCE = 1000, 500, 65
local RECORD = {
  type = "string", name = "string", data = "string", ttl = "whole?", priority = "whole?", weight = "whole?", port = "whole?",
  service = "string?", protocol = "string?",
}

-- ---- what it says

local CODES = {
  UNABLE_TO_AUTHENTICATE = "bad_credentials", ACCESS_DENIED = "not_allowed", UNKNOWN_DOMAIN = "no_zone", NOT_FOUND = "no_zone",
  DUPLICATE_RECORD = "zone_moved", CONFLICTING_STATUS = "not_allowed", TOO_MANY_REQUESTS = "rate_limited",
}
local WORDS = {
  ACCESS_DENIED = "does not allow this account to do that (its API is for those with ten domains or more, or a Discount Domain Club plan)",
  CONFLICTING_STATUS = "does not let this domain be changed, as it stands there",
  DUPLICATE_RECORD = "says that this contradicts what stands there",
}

-- Its own words, and what it says of single members.
local function said_by(data)
  local words = { tostring(data.message or "") }
  for _, one in ipairs(api.is_list(data.fields, { message = "string" }) and data.fields or {}) do
    if #words < 5 then words[#words + 1] = ("%s: %s"):format(tostring(one.path or "?"), one.message) end
  end
  return table.concat(words, "; ")
end

local function explain(status, data)
  if status < 300 or not api.is(data, { code = "string" }) then return nil end
  local details = type(data.retryAfterSec) == "number" and { retry_after = data.retryAfterSec } or nil
  return CODES[data.code], WORDS[data.code], details, said_by(data)
end

-- ---- records

local function read_record(zone, one)
  local name = one.name
  if one.type == "SRV" and one.service and one.protocol then
    name = ("%s.%s%s"):format(one.service, one.protocol, name == "@" and "" or "." .. name)
  end
  return {
    name = fields.absolute(name, zone, "@"), type = one.type, ttl = one.ttl or 3600,
    value = fields.value(one.type, {
      text = one.data, target = one.data == "@" and zone or one.data, address = one.data, data = one.data, priority = one.priority,
      weight = one.weight, port = one.port,
    }),
  }
end

local WRITTEN = { A = true, AAAA = true, CNAME = true, MX = true, NS = true, TXT = true }

local function refused(set)
  return nil, ("GoDaddy takes no %s record like this one here: enter it there"):format(set.type), "refused_record"
end

-- The records of a set, without those values; named where they are not for one name's path.
local function written(zone, set, without, named)
  local list = {}
  for _, value in ipairs(set.values) do
    local one = fields.of(set.type, value)
    local data = one.text or one.target or one.address
    if not (WRITTEN[set.type] and data) or one.text and not fields.is_plain(data) then return refused(set) end
    if not without[value] then
      list[#list + 1] = json.object("type", named and set.type or nil, "name", named and fields.relative(set.name, zone, "@") or nil,
        "data", data, "ttl", set.ttl, "priority", one.priority)
    end
  end
  return list
end

local function records_path(zone) return ("/v1/domains/%s/records"):format(api.escaped(zone)) end

local function set_path(zone, set)
  return ("%s/%s/%s"):format(records_path(zone), set.type, api.escaped(fields.relative(set.name, zone, "@")))
end

-- The values that a set has already, where it only grows; nil where it does something else.
local function kept(set, before)
  local left, values = {}, {}
  if before and before.ttl ~= set.ttl then return nil end
  for _, value in ipairs(set.values) do left[value] = true end
  for _, value in ipairs(before and before.values or {}) do
    if not left[value] then return nil end
    values[value] = true
  end
  return values
end

-- ---- asking

--- The domain of the account that holds a name.
-- @tparam string name
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:zone_of(name)
  local list, message, code, details = self.client:all(function(_, after)
    local query = { { "limit", DOMAINS } }
    if after then query[2] = { "marker", after } end
    local data, words, kind, more = self.client:ask { path = "/v1/domains", query = query }
    if not data then return nil, words, kind, more end
    if not api.is_list(data, { domain = "string" }) then return self.client:strange() end
    return data, #data >= DOMAINS and data[#data].domain
  end)
  if not list then return nil, message, code, details end
  local known = {}
  for _, one in ipairs(list) do known[api.name(one.domain)] = true end
  for _, zone in ipairs(api.zones_for(name)) do
    if known[zone] then return zone end
  end
  return self.client:no_zone(name)
end

local function page_of(self, zone, offset)
  local query = { { "limit", RECORDS } }
  if offset then query[2] = { "offset", offset } end
  local data, message, code, details = self.client:ask { path = records_path(zone), query = query }
  if not data then return nil, message, code, details end
  if not api.is_list(data, RECORD) then return self.client:strange() end
  return data
end

local function are_same(a, b) return a and b and a.type == b.type and a.name == b.name and a.data == b.data end

-- All records. `offset` counts records by the documentation, and pages by what has been seen of it: at 2 there is the third record, or the
-- second page.
local function all_records(self, zone)
  local first, message, code, details = page_of(self, zone)
  if not first or #first < RECORDS then return first, message, code, details end
  local step = 1
  return self.client:all(function(number)
    if number == 1 then return first, true end
    local page, words, kind, more = page_of(self, zone, number == 2 and 2 or (number - 1) * step + (step == 1 and 1 or 0))
    if page and number == 2 and are_same(page[1], first[3]) then
      step = RECORDS
      page, words, kind, more = page_of(self, zone, RECORDS)
    end
    if not page then return nil, words, kind, more end
    return page, #page >= RECORDS
  end)
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
  local list, message, code, details = all_records(self, zone)
  if not list then return nil, message, code, details end
  local wanted, records = {}, {}
  for _, name in ipairs(names) do wanted[name] = true end
  for _, one in ipairs(list) do
    local record = read_record(zone, one)
    if wanted[record.name] and record.type ~= "SOA" then records[#records + 1] = record end
  end
  return records
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
  local there = kept(set, before)
  local body, message, code = written(zone, set, there or {}, there ~= nil)
  if not body then return nil, message, code end
  if there then return self.client:done { method = "PATCH", path = records_path(zone), body = body } end
  return self.client:done { method = "PUT", path = set_path(zone, set), body = body }
end

--- Removes a set, which could be put back.
-- @tparam string zone
-- @tparam table set
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function Target:drop(zone, set)
  local again, message, code = written(zone, set, {}, false)
  if not again then return nil, message, code end
  return self.client:done { method = "DELETE", path = set_path(zone, set) }
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
    host = M.name, endpoint = given.endpoint or "https://api.godaddy.com", resolver = options.resolver, now = options.now,
    fetch = options.fetch, secrets = { given.api_secret, given.api_key }, explain = explain, patience = PATIENCE,
    authorize = function(question) question.headers.Authorization = ("sso-key %s:%s"):format(given.api_key, given.api_secret) end,
  }
  return setmetatable({ module = M, client = client }, Target)
end

return M
