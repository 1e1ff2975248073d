--- What went wrong, as RFC 9457 has it told: one table from the codes of the library to statuses of HTTP.
-- @module mailseal.http.problem
local json = require "mailseal.json"

local M = {}

--- The status of each code that is not 400.
M.STATUS = {
  not_found = 404, no_route = 404, no_provider = 404, no_action = 404,
  method_not_allowed = 405,
  exists = 409, failed = 409, in_use = 409,
  busy = 503, store_busy = 503, store_full = 503, store_unreachable = 503,
  store_error = 500, store_corrupt = 500, internal = 500,
  unauthorized = 401,
}

--- Makes the answer.
-- @tparam string message
-- @tparam[opt] string code
-- @tparam[opt] table members further ones; `headers`: fields of the header
-- @treturn table as of `mailseal.http.reply`
function M.reply(message, code, members)
  members = members or {}
  local status = M.STATUS[code] or 400
  local body = { status = status, code = code, detail = message, title = code and code:gsub("_", " ") }
  for name, value in pairs(members) do
    if name ~= "headers" then
      body[name] = value
    end
  end
  return {
    status = status, body = json.encode(json.plain(body)), type = "application/problem+json", headers = members.headers or {},
  }
end

return M
