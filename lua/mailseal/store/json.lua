--- JSON as the tables keep it: plain data in, plain data out.
-- @module mailseal.store.json
local core = require "mailseal.core".text

local found, cjson = pcall(require, "cjson")
if not found then
  error("mailseal.store needs lua-cjson: apt install lua-cjson, or luarocks install lua-cjson", 0)
end
-- Its own, so that nobody else's settings are in it.
cjson = cjson.new()
local to_integer = math.tointeger -- luacheck: ignore

local M = {}

--- The data as JSON, valid UTF-8 whatever the strings hold.
-- @tparam table data
-- @treturn string
function M.encode(data)
  return core.utf8(cjson.encode(data))
end

-- lua-cjson reads every number as a float; null stands for nothing here.
local function clean(value)
  if type(value) == "table" then
    for name, item in pairs(value) do
      value[name] = clean(item)
    end
  elseif value == cjson.null then
    return nil
  elseif to_integer and type(value) == "number" then
    return to_integer(value) or value
  end
  return value
end

--- The data of a text that @{encode} made.
-- @tparam ?string text
-- @treturn ?table nil for nil
function M.decode(text)
  return text and clean(cjson.decode(text))
end

return M
