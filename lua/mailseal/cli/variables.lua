--- `--var NAME=VALUE`: what a mail provider has issued for a domain.
-- @module mailseal.cli.variables
local status = require "mailseal.cli.status"

local M = {}

--- Declares the option.
-- @tparam table command argparse's command
function M.describe(command)
  command
    :option("--var", "What the mail provider has issued, such as region=eu-west-1; of a list (tokens) one after the other.")
    :argname("NAME=VALUE")
    :count("*")
end

--- The values by name. A name that is given several times has a list.
-- @tparam {string,...} given
-- @treturn table
function M.read(given)
  local values = {}
  for _, pair in ipairs(given) do
    local name, value = pair:match "^([%w_]+)=(.*)$"
    if not name then
      status.stop(status.USAGE, ("--var: '%s' is not NAME=VALUE"):format(pair))
    end
    local earlier = values[name]
    if type(earlier) == "table" then
      earlier[#earlier + 1] = value
    else
      values[name] = earlier and { earlier, value } or value
    end
  end
  return values
end

return M
