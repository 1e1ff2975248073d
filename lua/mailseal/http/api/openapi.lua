--- The route of the description of all routes: OpenAPI 3.1, a file beside the modules, as it is written.
-- @module mailseal.http.api.openapi
local reply = require "mailseal.http.reply"

-- The directory above this file's.
local HERE = debug.getinfo(1, "S").source:match "^@(.*[/\\])api[/\\][^/\\]*$" or ""

local text

local function read()
  local path = HERE .. "openapi.json"
  local file = io.open(path, "rb")
  if not file then
    error(path .. " is missing: mailseal is not installed whole", 0)
  end
  local octets = file:read "*a"
  file:close()
  return octets
end

-- The servers are where the API is mounted.
local function get(call)
  local path = call.service:path("api", "")
  text = text or read()
  local shown = text
  if path ~= "" then
    shown = text:gsub('("servers": %[{"url": )"/"', function(before) return ('%s"%s"'):format(before, path) end, 1)
  end
  return reply.encoded(200, shown, { ["Cache-Control"] = "no-cache" })
end

return {
  { method = "GET", path = "/openapi.json", id = "getDescription", handler = get, public = true },
}
