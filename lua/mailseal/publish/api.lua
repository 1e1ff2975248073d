--- The interface of a DNS host over HTTPS: a request with JSON, and what its answer means.
--
--     local client = api.client {
--       host = "Example DNS", endpoint = "https://api.example.com/v1", resolver = resolver, secrets = { token },
--       authorize = function(question) question.headers.Authorization = "Bearer " .. token end,
--     }
--     local data, message, code, details = client:ask { path = "/zones", query = { { "name", "example.com" } } }
--     client:ask { method = "POST", path = "/zones/1/records", body = json.object("type", "TXT", "value", "…") }
--
-- What goes wrong comes back with a code of `mailseal.publish.target`. Where a change was asked for and no answer tells what became of it
-- (the connection was lost, the server failed, the answer makes no sense) the details say `unsure`: whoever asked has to read what is
-- there.
--
-- A host that asks to be asked later is asked again by itself, where that is soon: as the fields Retry-After (RFC 9110 §10.2.3) and those
-- of rate limits tell, at most `patience` seconds in all. A question that changes nothing is asked again after a failure, too; a change
-- never is, but where the host has said that it did not make it (429).
--
-- What is secret is in no message: not in those of the host either, should it repeat what it was sent.
-- @module mailseal.publish.api
local async = require "mailseal.async"
local fetch = require "mailseal.fetch"
local form = require "mailseal.publish.api.form"
local json = require "mailseal.json"
local later = require "mailseal.publish.api.later"
local printable = require "mailseal.printable".line

-- What a target has of `mailseal.publish.api.form`, too.
local M = {
  escaped = form.escaped, is = form.is, is_list = form.is_list, is_texts = form.is_texts, name = form.name, zones_for = form.zones_for,
  zone_of = form.zone_of, read_json = form.read_json,
}
local Client = { __name = "mailseal.publish.api" }
Client.__index = Client

-- Octets of an answer; seconds for one; seconds that are waited in all for a host that asks for it; how often it is
-- asked, and seconds before it is asked again after a failure; questions side by side; characters of what a host says.
local MOST = 4194304
local TIMEOUT, PATIENCE, TRIES, PAUSE, SIDE_BY_SIDE, SAID = 30, 10, 3, 0.3, 4, 300

-- Pages of a list, and items of all of them.
local PAGES, ITEMS = 200, 100000

-- ---- what is answered

-- By status, where the host's own words say nothing better: a code, and what is wrong.
local STATUSES = {
  [400] = { "refused_record", "does not take that" }, [401] = { "bad_credentials", "does not know these credentials" },
  [403] = { "not_allowed", "does not allow that with these credentials" }, [404] = { "no_zone", "knows nothing of that name" },
  [408] = { "server_failed", "was too slow" }, [409] = { "zone_moved", "says that this contradicts what stands there" },
  [410] = { "no_zone", "has that no more" }, [412] = { "zone_moved", "says that this is not what stands there any more" },
  [413] = { "refused_record", "takes no request that long" }, [414] = { "refused_record", "takes no request that long" },
  [422] = { "refused_record", "does not take that" }, [423] = { "server_failed", "has locked it for now" },
  [429] = { "rate_limited", "was asked too often" }, [504] = { "timeout", "was too slow" }, [524] = { "timeout", "was too slow" },
}

local function meaning_of(status)
  if STATUSES[status] then return STATUSES[status] end
  if status >= 500 then return { "server_failed", "has failed" } end
  return { "bad_answer", "answers in a way that it is not known for" }
end

-- Whether a change was made is not known.
local function with_doubt(question, details)
  if question.reads then return details end
  details = details or {}
  details.unsure = true
  return details
end

-- Where a change that was asked for may have been made all the same. (What else fetch says it says before it sends anything.)
local LOST = { closed = true, timeout = true, bad_answer = true, too_large = true, head_too_large = true, bad_redirect = true }

--- What a host or a connection says, fit to show: without what is secret, and not too long.
-- @tparam any text
-- @treturn string
function Client:say(text)
  text = tostring(text)
  for _, secret in ipairs(self.secrets) do text = form.without(text, secret) end
  return printable(text:sub(1, SAID))
end

-- When to ask again.
local function with_moment(self, question, answer, code, details)
  local now = self.now()
  details = details or {}
  local told = details.retry_at or later.moment(details.retry_after, now) or later.of_headers(answer.headers, now)
  question.told = told ~= nil
  details.retry_at, details.retry_after = told or code == "rate_limited" and now + later.UNTOLD or nil, nil
  return details
end

--- Keeps another text out of all messages.
-- @tparam string text
function Client:keep_secret(text)
  for _, known in ipairs(self.secrets) do
    if known == text then return end
  end
  self.secrets[#self.secrets + 1] = text
end

-- What an answer that is no success means.
local function refusal_of(self, question, answer, data)
  local meaning = meaning_of(answer.status)
  local code, words, details, said = meaning[1], nil, nil, nil
  if self.explain then code, words, details, said = self.explain(answer.status, data, question, answer) end
  code = code or meaning[1]
  if code == "refused_record" and question.reads then code = "bad_answer" end
  if code == "rate_limited" or answer.status == 503 then details = with_moment(self, question, answer, code, details) end
  if answer.status >= 500 and code ~= "rate_limited" then details = with_doubt(question, details) end
  local message = ("%s %s (HTTP status %d)"):format(self.host, words or meaning[2], answer.status)
  if type(said) == "string" and said ~= "" then message = message .. ": " .. self:say(said) end
  return nil, message, code, details
end

-- ---- one question

local function send(self, question)
  local sent = { method = question.method, path = question.path, query = form.query(question.query), headers = {}, body = question.body }
  for name, value in pairs(question.headers or {}) do sent.headers[name] = value end
  if sent.body ~= nil and type(sent.body) ~= "string" then sent.body = self.write(sent.body) end
  if sent.body then sent.headers["Content-Type"] = sent.headers["Content-Type"] or self.content_type end
  sent.headers.Accept = sent.headers.Accept or self.content_type
  sent.url = self.endpoint .. sent.path .. sent.query
  if self.authorize then
    local ok, message, code, details = self.authorize(sent)
    if ok == nil and message then return nil, message, code, details end
  end
  local given = {
    url = sent.url, method = sent.method, headers = sent.headers, body = sent.body, resolver = self.resolver, most = self.most,
    timeout = self.timeout,
  }
  for name, value in pairs(self.fetch) do given[name] = value end
  given.redirects = 0 -- who asks would be known elsewhere, too
  return fetch.request(given)
end

local function ask_once(self, question)
  local answer, message, code, details = send(self, question)
  if not answer then
    if LOST[code] then details = with_doubt(question, details) end
    return nil, ("%s: %s"):format(self.host, self:say(message)), code == "closed" and "unreachable" or code, details
  end
  local data, problem
  if answer.body:find "%S" then data, problem = self.read(answer.body) end
  if answer.status < 200 or answer.status > 299 then return refusal_of(self, question, answer, data) end
  if problem then
    return nil, ("%s sends an answer that cannot be read: %s"):format(self.host, self:say(problem)), "bad_answer", with_doubt(question)
  end
  if self.explain and self.explain(answer.status, data, question, answer) then return refusal_of(self, question, answer, data) end
  return data == nil and {} or data, answer.headers
end

-- Codes after which a question that changes nothing may be asked once more.
local PASSING = { server_failed = true, unreachable = true }

-- How long to wait before it is asked again; nil where it is not.
local function pause_before(self, question, tries, code, details)
  if tries >= TRIES then return nil end
  if code == "rate_limited" then
    return question.told and not details.unsure and math.max(0, details.retry_at - self.now()) or nil
  elseif PASSING[code] and question.reads and not (details and details.retry_at) then
    return PAUSE * tries
  end
end

--- Asks.
-- @tparam table question `path`, behind the endpoint; `method` (GET); `query`, a list of pairs; `body`, what is written as JSON, or a
--   text as it is; `headers`; `reads`: does it change nothing (true for GET)?
-- @treturn[1] table what was answered; an empty one where that was nothing
-- @treturn[1] table the answer's fields, by name in lower case
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Client:ask(question)
  question.method = question.method or "GET"
  if question.reads == nil then question.reads = question.method == "GET" end
  local waited, tries = 0, 0
  while true do
    tries = tries + 1
    local data, message, code, details = ask_once(self, question)
    if data ~= nil then return data, message end
    local pause = pause_before(self, question, tries, code, details)
    if not pause or waited + pause > self.patience then return nil, message, code, details end
    waited = waited + pause
    async.sleep(pause)
  end
end

--- Asks for what has no answer worth reading.
-- @tparam table question as of @{Client:ask}
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function Client:done(question)
  local data, message, code, details = self:ask(question)
  if data == nil then return nil, message, code, details end
  return true
end

--- Calls a function for each of some items, a few side by side, as one would ask for one after the other.
-- @tparam table items
-- @tparam function fn called with an item; returns something, or nil, a message, a code and details
-- @treturn[1] table what it returned, in the items' order
-- @treturn[2] nil
-- @treturn[2] string of one of those for which it fails
-- @treturn[2] string
-- @treturn[2] ?table
function Client:each(items, fn)
  local failed = false
  local results, problems = async.map(items, SIDE_BY_SIDE, function(item)
    if failed then return failed end -- the others are of no use any more
    local value, message, code, details = fn(item)
    failed = failed or value == nil and { message = message, code = code, details = details }
    return { value = value, message = message, code = code, details = details }
  end)
  local list = {}
  for i = 1, #items do
    local one = results[i] or error(problems[i], 0)
    if one.value == nil then return nil, one.message, one.code, one.details end
    list[i] = one.value
  end
  return list
end

--- All items of a list that comes in pages.
-- @tparam function page called with the number of the page, from 1 on, and what it returned before as its second; returns a list, and
--   what is not nil or false where there is a next page; or nil, a message, a code and details
-- @treturn[1] {table,...}
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string as of @{Client:ask}; `bad_answer` where it does not end
-- @treturn[2] ?table
function Client:all(page)
  local list, next_one = {}, nil
  for number = 1, PAGES do
    local items, more, code, details = page(number, next_one)
    if not items then return nil, more, code, details end
    for _, item in ipairs(items) do list[#list + 1] = item end
    if not more then return list end
    if #list > ITEMS then break end
    next_one = more
  end
  return nil, ("%s has more of that than can be read"):format(self.host), "bad_answer"
end

--- What is answered where the host's answer has another form than its documentation tells.
-- @tparam ?table question that changed something; nil where it did not
-- @treturn nil
-- @treturn string
-- @treturn string `bad_answer`
-- @treturn ?table details
function Client:strange(question)
  return nil, ("%s sends an answer of another form than it tells of"):format(self.host), "bad_answer",
    question and with_doubt(question) or nil
end

-- ---- opening

--- The answer to whoever asks for the zone of a name that is in none.
-- @tparam string name
-- @treturn nil
-- @treturn string
-- @treturn string `no_zone`
function Client:no_zone(name)
  return nil, ("%s has no zone for %s that these credentials show"):format(self.host, printable(name)), "no_zone"
end

--- Makes who asks.
-- @tparam table options
--
-- - `host`: its name, for people; `endpoint`: the URL before each path, without a slash at its end
-- - `resolver`; `now`, a clock (`os.time`); `fetch`: options of `mailseal.fetch` beside its own
-- - `authorize(question)`: called with `method`, `path`, `query` (as written, with its question mark), `url`, `headers` (to add to), `body`
--   (octets, nil where there is none), before each time that it is asked; it may return nil, a message, a code and details
-- - `secrets`: texts that are in no message
-- - `explain(status, data, question, answer)`: what an answer means in this host's own words, whatever its status: nil where it says
--   nothing (of a success: that it is one), or a code, words that go on behind the host's name, details (`retry_after`, seconds, becomes
--   `retry_at`), and what it said itself; each nil where the status has to do. `data` is nil where the answer cannot be read
-- - `patience`: seconds that are waited in all where it asks to be asked later (10); `most`: octets of an answer (4194304); `timeout`
-- - `read(body)`, `write(value)`, `content_type`: in place of JSON's
-- @treturn table
function M.client(options)
  local self = {
    host = options.host, endpoint = (options.endpoint:gsub("/+$", "")), resolver = options.resolver, now = options.now or os.time,
    fetch = options.fetch or {}, authorize = options.authorize, secrets = {}, explain = options.explain,
    patience = options.patience or PATIENCE, most = options.most or MOST, timeout = options.timeout or TIMEOUT,
    read = options.read or form.read_json, content_type = options.content_type or "application/json",
    write = options.write or function(value) return json.encode(json.plain(value)) end,
  }
  for _, secret in ipairs(options.secrets or {}) do
    if #secret > 0 then self.secrets[#self.secrets + 1] = secret end
  end
  return setmetatable(self, Client)
end

return M
