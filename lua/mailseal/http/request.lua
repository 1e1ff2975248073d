--- What a request brings.
-- @module mailseal.http.request
local cjson = require "cjson.safe"

local M = {}

-- All octets of the body.
local function octets()
  ngx.req.read_body()
  local body = ngx.req.get_body_data()
  local path = not body and ngx.req.get_body_file()
  if path then
    local file = assert(io.open(path, "rb"))
    body = file:read "*a"
    file:close()
  end
  return body or ""
end

--- The body.
-- @tparam string kind the media type that is wanted; JSON is decoded
-- @treturn ?any
-- @treturn ?string what is wrong with it
-- @treturn ?string `bad_json`
function M.body(kind)
  local body = octets()
  if kind ~= "application/json" then
    return body
  end
  local value, message = cjson.decode(body)
  if value == nil then
    return nil, "the body is no JSON: " .. tostring(message), "bad_json"
  end
  return value
end

return M
