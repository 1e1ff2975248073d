--- A domain's records as Knot's knsupdate wants them: to be put into DNS as its owner would, and taken out again.
local record_of = require "mailseal.record"

local M = {}

local function data_of(record)
  if record.type ~= "TXT" then return record.value .. "." end
  local strings = {}
  for i, part in ipairs(record_of.split(record.value)) do strings[i] = '"' .. part:gsub('[\\"]', "\\%0") .. '"' end
  return table.concat(strings, " ")
end

--- Lines that add records.
-- @tparam {table,...} records as the API and onboarding tell them: `name`, `type`, `value`
-- @treturn {string,...}
function M.add(records)
  local lines = {}
  for i, record in ipairs(records) do lines[i] = ("add %s. 60 %s %s"):format(record.name, record.type, data_of(record)) end
  return lines
end

--- Lines that remove them.
function M.remove(records)
  local lines = {}
  for i, record in ipairs(records) do lines[i] = ("del %s. %s"):format(record.name, record.type) end
  return lines
end

return M
