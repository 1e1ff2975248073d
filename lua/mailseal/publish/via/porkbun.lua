--- Porkbun, by its API: "API v3", porkbun.com/api/json/v3/documentation.
--
-- Everything is a POST of JSON that has both keys among its members, and answers with `status` SUCCESS or ERROR, an error now with a status
-- of HTTP and now without one. It changes one record at a time, and answers for a domain only where its owner has switched "API access" on
-- for that one. Names are told whole and wanted relative to the domain, numbers are texts, targets have no dot at their end, and no TTL is
-- below ten minutes. Its own NS records and the SOA are not among what it tells.
-- @module mailseal.publish.via.porkbun
local api = require "mailseal.publish.api"
local fields = require "mailseal.publish.fields"
local json = require "mailseal.json"
local one_by_one = require "mailseal.publish.one_by_one"
local sets = require "mailseal.publish.sets"
local targets = require "mailseal.publish.target"

local M = {
  id = "porkbun", name = "Porkbun", host = "porkbun", atomic = false, least_ttl = 600,
  settings = {
    { name = "endpoint", text = "the URL of its API (https://api.porkbun.com/api/json/v3)", environment = "PORKBUN_ENDPOINT",
      required = false },
  },
  credentials = {
    { name = "api_key", text = "the API key (pk1_…)", environment = "PORKBUN_API_KEY", required = true },
    { name = "secret_api_key", text = "the secret API key (sk1_…)", environment = "PORKBUN_SECRET_API_KEY", required = true },
  },
}
local Target = one_by_one.class "mailseal.publish.via.porkbun"

-- Domains of a page.
local PAGE = 1000
local RECORD = { id = "string", name = "string", type = "string", content = "string" }

-- ---- what it says

-- By the code of an error, or by how its text begins where it has none.
local CODES = {
  INVALID_API_KEYS_001 = "bad_credentials", INVALID_API_KEYS_002 = "bad_credentials", API_ACCESS_DISABLED = "switched_off",
  DOMAIN_NOT_ALLOWED = "switched_off", INVALID_DOMAIN = "no_zone", INVALID_RECORD_ID = "zone_moved", DUPLICATE_RECORD = "zone_moved",
  RATE_LIMIT_EXCEEDED = "rate_limited", ZONE_RECORD_LIMIT = "refused_record",
}
local TEXTS = {
  { "^Invalid API key", "bad_credentials" }, { "^All API requests ", "bad_credentials" }, { "not opted in", "switched_off" },
  { "^Invalid domain", "no_zone" }, { "^Invalid record ID", "zone_moved" },
}
local WORDS = {
  bad_credentials = "does not know these keys", no_zone = "has no such domain in this account",
  not_allowed = "lets nobody change this domain by its API: switch \"API Access\" on for it, in the list of domains there",
  zone_moved = "says that this contradicts what stands there", refused_record = "does not take that",
}

local function code_of(data)
  if CODES[data.code] then return CODES[data.code] end
  for _, one in ipairs(TEXTS) do
    if tostring(data.message):find(one[1]) then return one[2] end
  end
end

-- Who asks too often is answered by what stands before the interface, which hears nothing of it: a page with status 503, at more than a
-- request a second or so, and later on a riddle for browsers.
local function too_often(status, data, headers)
  if headers["x-amzn-waf-action"] then return { retry_after = 300 } end
  return status == 503 and data == nil and { retry_after = tonumber(headers["retry-after"]) or 2 } or nil
end

local function explain(status, data, question, answer)
  local limited = too_often(status, data, answer.headers)
  if limited then return "rate_limited", "was asked too often", limited end
  if not api.is(data, { status = "string" }) then
    if status < 300 then return "bad_answer", "does not say whether it went well", not question.reads and { unsure = true } or nil end
    return nil
  elseif status < 300 and data.status == "SUCCESS" then
    return nil
  end
  local code = code_of(data)
  if code == "switched_off" then code = "not_allowed" end
  if status < 300 then code = code or question.reads and "bad_answer" or "refused_record" end
  return code, WORDS[code] or status < 300 and "says that it did not go well" or nil, nil, data.message
end

-- ---- records

-- A text, which is told as it is, or in quotes.
local function text_of(content)
  local rest = content:gsub('"[^"\\]*"', ""):gsub('"[^"]*"', "")
  if content:sub(1, 1) == '"' and not rest:find "%S" then return sets.joined(content) or content end
  return content
end

-- Numbers are told as texts, and none is larger than what fits into 32 bits.
local function number_of(value) return tonumber(tostring(value):match "^%d%d?%d?%d?%d?%d?%d?%d?%d?%d?$") or 0 end

local function read_record(one)
  local content = one.content
  local parts = { text = text_of(content), target = content, address = content, data = content, priority = number_of(one.prio) }
  if one.type == "SRV" then
    local weight, port, target = content:match "^(%d+)%s+(%d+)%s+(%S+)$"
    parts.weight, parts.port, parts.target = tonumber(weight), tonumber(port), target
  end
  local value = fields.value(one.type, parts)
  if one.type == "CAA" then value = sets.spelled("CAA", content) or content end
  return { id = one.id, name = one.name:lower(), type = one.type, ttl = number_of(one.ttl), value = value }
end

local WRITTEN = { A = true, AAAA = true, ALIAS = true, CAA = true, CNAME = true, MX = true, NS = true, SRV = true, TXT = true }

local function content_of(kind, value)
  local one = fields.of(kind, value)
  if kind == "SRV" then return one.target and ("%d %d %s"):format(one.weight, one.port, one.target), one.priority end
  if kind == "CAA" then return value end
  return one.text or one.target or one.address, one.priority
end

-- The members of a record.
local function written(zone, record, value, ttl)
  local content, priority = content_of(record.type, value)
  if not (WRITTEN[record.type] and content) or record.type == "TXT" and not fields.is_plain(content) then
    return nil, ("Porkbun takes no %s record like this one here: enter it there"):format(record.type), "refused_record"
  end
  return json.object("name", fields.relative(record.name, zone, ""), "type", record.type, "content", content,
    "ttl", ("%d"):format(math.max(ttl, M.least_ttl)), "prio", priority and ("%d"):format(priority))
end

-- ---- asking

local function ask(self, path, body, reads)
  body = json.add(body or json.object(), "apikey", self.keys[1], "secretapikey", self.keys[2])
  return self.client:ask { method = "POST", path = path, body = body, reads = reads or false }
end

local function path_of(action, zone, record)
  return ("/dns/%s/%s%s"):format(action, api.escaped(zone), record and "/" .. api.escaped(record.id) or "")
end

--- The domain of the account that holds a name.
-- @tparam string name
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:zone_of(name)
  local list, message, code, details = self.client:all(function(number)
    local data, words, kind, more = ask(self, "/domain/listAll", json.object("start", ("%d"):format((number - 1) * PAGE)), true)
    if not data then return nil, words, kind, more end
    if not api.is_list(data.domains, { domain = "string" }) then return self.client:strange() end
    return data.domains, #data.domains >= PAGE
  end)
  if not list then return nil, message, code, details end
  local known = {}
  for _, one in ipairs(list) do known[api.name(one.domain)] = true end
  for _, zone in ipairs(api.zones_for(name)) do
    if known[zone] then return zone end
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
  local data, message, code, details = ask(self, path_of("retrieve", zone), nil, true)
  if not data then return nil, message, code, details end
  if not api.is_list(data.records, RECORD) then return self.client:strange() end
  local wanted, records = {}, {}
  for _, name in ipairs(names) do wanted[name] = true end
  for _, one in ipairs(data.records) do
    if wanted[one.name:lower()] then records[#records + 1] = read_record(one) end
  end
  return records
end

--- Adds a record.
-- @tparam string zone
-- @tparam table record
-- @treturn[1] string its id
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function Target:add(zone, record)
  local body, message, code = written(zone, record, record.value, record.ttl)
  if not body then return nil, message, code end
  local data, words, kind, details = ask(self, path_of("create", zone), body)
  if not data then return nil, words, kind, details end
  if type(data.id) ~= "string" and type(data.id) ~= "number" then return self.client:strange { method = "POST" } end
  return type(data.id) == "number" and ("%.0f"):format(data.id) or data.id
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
  local body, message, code = written(zone, record, value, ttl)
  if not body then return nil, message, code end
  local data, words, kind, details = ask(self, path_of("edit", zone, record), body)
  return data and true, words, kind, details
end

--- Removes a record, which could be put back.
-- @tparam string zone
-- @tparam table record
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function Target:remove(zone, record)
  local again, message, code = written(zone, record, record.value, record.ttl)
  if not again then return nil, message, code end
  local data, words, kind, details = ask(self, path_of("delete", zone, record))
  return data and true, words, kind, details
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
    host = M.name, endpoint = given.endpoint or "https://api.porkbun.com/api/json/v3", resolver = options.resolver, now = options.now,
    fetch = options.fetch, secrets = { given.secret_api_key, given.api_key }, explain = explain,
  }
  return setmetatable({ module = M, client = client, keys = { given.api_key, given.secret_api_key } }, Target)
end

return M
