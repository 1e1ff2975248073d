--- Zones in JSON. The format is told in `mailseal.dns.zone`.
-- @module mailseal.dns.zone_json
local M = {}

--- Reads a zone's text.
-- @tparam string text
-- @treturn ?table the zone
-- @treturn ?string what is wrong
-- @treturn ?string `no_module` where it is that lua-cjson is absent
function M.read(text)
  local found, cjson = pcall(require, "cjson")
  if not found then
    return nil, "JSON needs lua-cjson: apt install lua-cjson, or luarocks install lua-cjson", "no_module"
  end
  local ok, zone = pcall(cjson.decode, text)
  if not ok then return nil, "broken JSON: " .. tostring(zone) end
  if text:find "^%s*%[" then return nil, "the JSON is a list, and not an object from names to lists of records" end
  return zone
end

return M
