--- What a handler answers: a status, fields of the header, and a body.
--
-- A reply is a table of `status`, `headers` (by name, a text or a list of such), and, where it has a body, `type` and either `body` or
-- `run`.
-- @module mailseal.http.reply
local json = require "mailseal.json"

local M = {}

-- Octets that end a field, or that nothing shows, stand in none: what is echoed there adds no field of its own (RFC 9110 §5.5).
local function clean(value)
  if type(value) ~= "table" then
    return (tostring(value):gsub("[%z\1-\31\127]+", " "))
  end
  local cleaned = {}
  for name, one in pairs(value) do
    cleaned[name] = clean(one)
  end
  return cleaned
end

local function fields(headers) return clean(headers or {}) end

--- An answer in JSON.
-- @tparam number status
-- @tparam any data what `mailseal.json` takes as plain data: an empty table is a list there; `json.object()` is an empty object
-- @tparam[opt] table headers
-- @treturn table
function M.json(status, data, headers)
  return M.encoded(status, json.encode(json.plain(data)), headers)
end

--- An answer in JSON that is encoded already.
-- @tparam number status
-- @tparam string body
-- @tparam[opt] table headers
-- @treturn table
function M.encoded(status, body, headers)
  return { status = status, body = body, type = "application/json", headers = fields(headers) }
end

--- An answer in text.
-- @tparam number status
-- @tparam string body
-- @tparam[opt] string kind the media type (`text/plain; charset=utf-8`)
-- @tparam[opt] table headers
-- @treturn table
function M.text(status, body, kind, headers)
  return { status = status, body = body, type = kind or "text/plain; charset=utf-8", headers = fields(headers) }
end

--- An answer without a body.
-- @tparam number status
-- @tparam[opt] table headers
-- @treturn table
function M.empty(status, headers)
  return { status = status, headers = fields(headers) }
end

--- An answer that comes piece by piece, for as long as its client stays.
-- @tparam string kind the media type
-- @tparam function run called with `send`, once the header is on its way; `send(text)` is true, or nil where nobody is there any more.
--   It may wait. The answer ends when it returns
-- @tparam[opt] table headers
-- @treturn table
function M.stream(kind, run, headers)
  return { status = 200, type = kind, run = run, headers = fields(headers) }
end

--- An answer with a file to be kept, under a name.
-- @tparam string body
-- @tparam string kind the media type
-- @tparam string name of ASCII; what stands in none is left out (RFC 6266)
-- @treturn table
function M.file(body, kind, name)
  return M.text(200, body, kind, { ["Content-Disposition"] = ('attachment; filename="%s"'):format((name:gsub("[^%w%-._]", ""))) })
end

return M
