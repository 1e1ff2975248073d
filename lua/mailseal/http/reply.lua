--- What a handler answers: a status, fields of the header, and a body.
-- @module mailseal.http.reply
local json = require "mailseal.json"

local M = {}

--- An answer in JSON.
-- @tparam number status
-- @tparam any data what `mailseal.json` takes as plain data
-- @tparam[opt] table headers
-- @treturn table `status`, `body`, `type`, `headers`
function M.json(status, data, headers)
  return { status = status, body = json.encode(json.plain(data)), type = "application/json", headers = headers or {} }
end

--- An answer in text.
-- @tparam number status
-- @tparam string body
-- @tparam[opt] string kind the media type (`text/plain; charset=utf-8`)
-- @tparam[opt] table headers
-- @treturn table
function M.text(status, body, kind, headers)
  return { status = status, body = body, type = kind or "text/plain; charset=utf-8", headers = headers or {} }
end

--- An answer without a body.
-- @tparam number status
-- @tparam[opt] table headers
-- @treturn table
function M.empty(status, headers)
  return { status = status, headers = headers or {} }
end

return M
