--- What went wrong, as RFC 9457 has it told: one table from the codes of the library to statuses of HTTP.
--
-- A status of 500 and above is nobody's business but the operator's: its message goes to the log, with an id that the answer has, too.
-- @module mailseal.http.problem
local json = require "mailseal.json"
local log = require "mailseal.http.log"
local reply = require "mailseal.http.reply"

local M = {}

--- The status of each code that is not 400.
M.STATUS = {
  not_found = 404, no_route = 404, no_provider = 404, no_action = 404,
  method_not_allowed = 405, not_acceptable = 406,
  exists = 409, failed = 409, in_use = 409, already_verified = 409,
  too_large = 413, unsupported_media_type = 415,
  too_many = 429,
  busy = 503, store_busy = 503, store_full = 503, store_unreachable = 503,
  store_error = 500, store_corrupt = 500, internal = 500,
  unauthorized = 401, forbidden = 403,
}

--- The problem of a message and a code.
-- @tparam string message
-- @tparam[opt] string code
-- @tparam[opt] table members further ones
-- @treturn table plain data
-- @treturn number its status
function M.of(message, code, members)
  local status = M.STATUS[code] or 400
  local body = { status = status, code = code, detail = message, title = code and code:gsub("_", " ") }
  if status >= 500 then
    body.id = log.id()
    log.failure(body.id, code, message)
    body.detail = "it could not be done for a reason that the log tells, under this id"
  end
  for name, value in pairs(members or {}) do
    if name ~= "headers" then
      body[name] = value
    end
  end
  return body, status
end

--- Makes the answer.
-- @tparam table call as of `mailseal.http.dispatch`
-- @tparam string message
-- @tparam[opt] string code
-- @tparam[opt] table members further ones; `headers`: fields of the header
-- @treturn table as of `mailseal.http.reply`
function M.reply(call, message, code, members)
  local body, status = M.of(message, code, members)
  local made
  if call.route and call.route.problem then
    made = call.route.problem(call, status, body)
  else
    made = reply.text(status, json.encode(json.plain(body)), "application/problem+json")
  end
  for name, value in pairs(reply.empty(status, members and members.headers).headers) do
    made.headers[name] = value
  end
  if status == 503 and not made.headers["Retry-After"] then
    made.headers["Retry-After"] = "1"
  end
  return made
end

return M
