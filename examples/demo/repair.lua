--- What is to be changed in a customer's zone so that what is missing is there, and what is wrong is right.
local slips = require "demo.slips"

local M = {}

-- At the name of a record no CNAME of the customer's is wanted, nor what he has there of the record's own type; in place of a CNAME no
-- TXT. (At the zone's own name a customer of the demo has no TXT records but SPF.)
local function make_room(lines, name, type)
  lines[#lines + 1] = ("del %s. CNAME"):format(name)
  lines[#lines + 1] = ("del %s. %s"):format(name, type == "CNAME" and "TXT" or type)
end

--- The changes.
-- @tparam {table,...} records as of `mailseal.onboard.view`
-- @tparam string zone
-- @treturn {string,...} lines for `knsupdate`; none where all is there
function M.changes(records, zone)
  local lines = {}
  for _, record in ipairs(records) do
    if record.status ~= "found" then
      make_room(lines, record.name, record.type)
      make_room(lines, record.name .. "." .. zone, record.type)
      lines[#lines + 1] = slips.line(record)
    end
  end
  return lines
end

return M
