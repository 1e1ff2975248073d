--- Zones in JSON. The format is told in `mailseal.dns.zone`.
-- @module mailseal.dns.zone_json
local M = {}

-- A member that is null is as one that is absent.
local function drop_nulls(record, null)
  for member, value in pairs(record) do
    if value == null then record[member] = nil end
  end
end

--- Reads a zone's text. Members of records that are null are left out.
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
  for _, records in pairs(zone) do
    for _, record in pairs(type(records) == "table" and records or {}) do
      if type(record) == "table" then drop_nulls(record, cjson.null) end
    end
  end
  return zone
end

return M
