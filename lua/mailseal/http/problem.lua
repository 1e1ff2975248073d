--- What went wrong, as RFC 9457 has it told.
--
-- `mailseal.http.codes` says which status and title each code has. What is nobody's business but the operator's goes to the log, with an
-- id that the answer has, too. Of what passes (503) not all are there.
-- @module mailseal.http.problem
local codes = require "mailseal.http.codes"
local json = require "mailseal.json"
local log = require "mailseal.http.log"
local reply = require "mailseal.http.reply"

local M = {}

-- What stands before all others, in this order.
local FIRST = { "type", "title", "status", "detail", "code", "id" }

-- A code that is nobody's here is one of an embedder's own action, or of his `authenticate`: his members may say another `status`, and
-- another `title`.
local own = { status = 422, title = "It could not be done", tells = true }

local hidden = "it could not be done, for a reason that the service's log tells under this id"
local later = "it cannot be done just now: try again in a few seconds"

--- The problem of a message and a code.
-- @tparam string message
-- @tparam[opt] string code
-- @tparam[opt] table members further ones
-- @tparam[opt] table service where its type is told, see `mailseal.http.api.problems`
-- @treturn table plain data
function M.of(message, code, members, service)
  local known = codes[code] or own
  local path = service and codes[code] and service:path("api", "/v1/problems/" .. code)
  local made = { type = path or "about:blank", title = known.title, status = known.status, code = code, detail = message }
  if not known.tells then
    local passes = known.status == 503
    if passes then
      made.id, made.detail = log.passing(code, message), later
    else
      made.id, made.detail = log.id(), hidden
      log.failure(made.id, code, message)
    end
  end
  for name, value in pairs(members or {}) do
    if name ~= "headers" then
      made[name] = value
    end
  end
  return made
end

-- Its JSON, what everybody looks for first.
local function encoded(made)
  local object, rest = json.pick(made, FIRST), {}
  for name, value in pairs(made) do
    rest[name] = value
  end
  for _, name in ipairs(FIRST) do
    rest[name] = nil
  end
  for name, value in pairs(rest) do
    json.add(object, name, json.plain(value))
  end
  return json.encode(object)
end

-- What makes the answer in place of JSON, if anything does: that of the route; where there is none, a browser is told by a page. Of what
-- nginx has refused the header was not looked at.
local function teller(call)
  if call.route then
    return call.route.problem
  end
  local wants_page = ((call.headers or {}).accept or ""):find("text/html", 1, true)
  return wants_page and call.service:path("page", "/") and require("mailseal.http.pages.page").problem
end

--- Makes the answer.
-- @tparam table call as of `mailseal.http.dispatch`
-- @tparam string message
-- @tparam[opt] string code
-- @tparam[opt] table members further ones; `headers`: fields of the header
-- @treturn table as of `mailseal.http.reply`
function M.reply(call, message, code, members)
  local made = M.of(message, code, members, call.service)
  local answer
  local tell = teller(call)
  if tell then
    answer = tell(call, made.status, made)
  else
    answer = reply.text(made.status, encoded(made), "application/problem+json")
  end
  for name, value in pairs(reply.empty(made.status, members and members.headers).headers) do
    answer.headers[name] = value
  end
  if made.status == 503 and not answer.headers["Retry-After"] then
    answer.headers["Retry-After"] = "1"
  end
  return answer
end

return M
