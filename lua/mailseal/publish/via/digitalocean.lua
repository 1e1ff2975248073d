--- DigitalOcean: `/v2/domains` of its API (https://docs.digitalocean.com/reference/api/, Domain Records).
--
-- It changes one record at a time. Names are relative to the domain, with "@" for it; targets are told without a dot at their end and
-- wanted with one; a text is one string, of at most 512 octets as it stands in quotes, and without a backslash. What it is asked comes in
-- pages; the limits, 5,000 requests an hour and 250 a minute, are told by Retry-After and ratelimit-reset.
-- @module mailseal.publish.via.digitalocean
local api = require "mailseal.publish.api"
local fields = require "mailseal.publish.fields"
local json = require "mailseal.json"
local one_by_one = require "mailseal.publish.one_by_one"
local sets = require "mailseal.publish.sets"
local targets = require "mailseal.publish.target"

local M = {
  id = "digitalocean", name = "DigitalOcean", host = "digitalocean", atomic = false, least_ttl = 30,
  settings = {
    { name = "endpoint", text = "the URL of its API (https://api.digitalocean.com)", environment = "DIGITALOCEAN_ENDPOINT",
      required = false },
  },
  credentials = {
    { name = "token", text = "an access token with the scopes domain:read, domain:create, domain:update and domain:delete",
      environment = "DIGITALOCEAN_TOKEN", required = true },
  },
}
local Target = one_by_one.class "mailseal.publish.via.digitalocean"

-- Records of a page; octets of a text in quotes.
local PAGE, LONGEST = 200, 512
local RECORD = {
  id = "whole", type = "string", name = "string", data = "string", ttl = "whole?", priority = "whole?", weight = "whole?",
  port = "whole?", flags = "whole?", tag = "string?",
}

local function records_path(zone) return ("/v2/domains/%s/records"):format(api.escaped(zone)) end

local function record_path(zone, record) return ("%s/%d"):format(records_path(zone), record.id) end

-- ---- records as it has them

local function read_record(zone, one)
  local name = one.data == "@" and zone or one.data
  return {
    id = one.id, name = fields.absolute(one.name, zone, "@"), type = one.type, ttl = one.ttl or 1800,
    value = fields.value(one.type, {
      text = one.data, target = name, address = one.data, data = one.data, priority = one.priority, weight = one.weight, port = one.port,
      flags = one.flags, tag = one.tag,
    }),
  }
end

local function refused(message) return nil, "DigitalOcean " .. message, "refused_record" end

local WRITTEN = { A = true, AAAA = true, CAA = true, CNAME = true, MX = true, NS = true, SRV = true, TXT = true }

-- The members of a record.
local function written(zone, record)
  if not WRITTEN[record.type] then return refused(("has no records of type %s"):format(record.type)) end
  local one = fields.of(record.type, record.value)
  local data = one.text or one.address or one.target and one.target:gsub("%.?$", ".", 1)
  if not data then return refused(("takes no such %s record"):format(record.type)) end
  if record.type == "TXT" then
    if not fields.is_plain(data) then return refused "takes no text that is not in UTF-8" end
    if data:find("\\", 1, true) then return refused "takes no text with a backslash" end
    if #sets.text(data) > LONGEST then return refused(("takes no text of more than %d octets"):format(LONGEST)) end
  end
  return json.object("type", record.type, "name", fields.relative(record.name, zone, "@"), "data", data, "priority", one.priority,
    "port", one.port, "ttl", record.ttl, "weight", one.weight, "flags", one.flags, "tag", one.tag)
end

-- ---- asking

local function page_of(client, path, query, member, shape)
  return function(number)
    local asked = { { "per_page", PAGE }, { "page", number } }
    for _, pair in ipairs(query) do asked[#asked + 1] = pair end
    local data, message, code, details = client:ask { path = path, query = asked }
    if not data then return nil, message, code, details end
    if not api.is_list(data[member], shape) then return client:strange() end
    local pages = api.is(data.links, { pages = "table" }) and data.links.pages or {}
    return data[member], pages.next ~= nil
  end
end

-- ---- the target

--- The domain of the account that holds a name.
-- @tparam string name
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:zone_of(name)
  for _, zone in ipairs(api.zones_for(name)) do
    local data, message, code, details = self.client:ask { path = "/v2/domains/" .. api.escaped(zone) }
    if data then
      local told = api.is(data.domain, { name = "string" }) and api.name(data.domain.name)
      if told ~= zone then return self.client:strange() end
      return zone
    end
    if code ~= "no_zone" then return nil, message, code, details end
  end
  return self.client:no_zone(name)
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
  local lists, message, code, details = self.client:each(names, function(name)
    return self.client:all(page_of(self.client, records_path(zone), { { "name", name } }, "domain_records", RECORD))
  end)
  if not lists then return nil, message, code, details end
  local records = {}
  for i, list in ipairs(lists) do
    for _, one in ipairs(list) do
      local record = read_record(zone, one)
      if record.name == names[i] and record.type ~= "SOA" then records[#records + 1] = record end
    end
  end
  return records
end

--- Adds a record.
-- @tparam string zone
-- @tparam table record
-- @treturn[1] number its id
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function Target:add(zone, record)
  local body, message, code = written(zone, record)
  if not body then return nil, message, code end
  local question = { method = "POST", path = records_path(zone), body = body }
  local data, words, kind, details = self.client:ask(question)
  if not data then return nil, words, kind, details end
  if not api.is(data.domain_record, { id = "whole" }) then return self.client:strange(question) end
  return data.domain_record.id
end

--- Makes of a record another.
-- @tparam string zone
-- @tparam table record
-- @tparam string value
-- @tparam number ttl
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function Target:edit(zone, record, value, ttl)
  local body, message, code = written(zone, { name = record.name, type = record.type, value = value, ttl = ttl })
  if not body then return nil, message, code end
  return self.client:done { method = "PUT", path = record_path(zone, record), body = body }
end

--- Removes a record.
-- @tparam string zone
-- @tparam table record
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function Target:remove(zone, record)
  return self.client:done { method = "DELETE", path = record_path(zone, record) }
end

-- A record that is not there any more is none of a domain that is not there.
local function explain(status, data, question)
  if status < 300 then return nil end
  local said = api.is(data, { message = "string" }) and data.message or nil
  if status == 404 and question.path:find "/records/%d+$" then return "zone_moved", "has that record no more", nil, said end
  return nil, nil, nil, said
end

--- Opens it.
-- @tparam table options see `mailseal.publish.open`
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `credentials_missing`, `bad_credentials`, `bad_setting`
function M.open(options)
  local given, message, code = targets.given_for_http(M, options)
  if not given then return nil, message, code end
  local client = api.client {
    host = M.name, endpoint = given.endpoint or "https://api.digitalocean.com", resolver = options.resolver, now = options.now,
    fetch = options.fetch, secrets = { given.token }, explain = explain,
    authorize = function(question) question.headers.Authorization = "Bearer " .. given.token end,
  }
  return setmetatable({ module = M, client = client }, Target)
end

return M
