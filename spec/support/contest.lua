--- Tenants who do the same at the same moment, each in a process of his own.
--
-- The program is given the database's URL, the tenant, how many domains there are, and a directory. It makes the file of the tenant's
-- name there when it is ready, and begins when there is one of the name "go".
local shell = require "spec.support.shell"

local M = {}

--- Runs a program for each tenant until all have ended.
-- @tparam string program
-- @tparam string url
-- @tparam {string,...} tenants
-- @tparam number count
-- @tparam string directory where they find what they need, and leave what they say: `out.<tenant>`
-- @treturn string what they say on standard error
function M.run(program, url, tenants, count, directory)
  local lines = { ("export LUA_PATH='lua/?.lua;lua/?/init.lua;./?.lua;;' LUA_CPATH='%s;;'"):format(shell.core) }
  local ready = {}
  for i, tenant in ipairs(tenants) do
    lines[i + 1] = ("%s %s %s %s %d %s >%s/out.%s &"):format(
      shell.lua, program, shell.quote(url), tenant, count, directory, directory, tenant)
    ready[i] = ("[ -e %s/%s ]"):format(directory, tenant)
  end
  -- One that has ended before it was ready says why; the others are not kept waiting for it.
  lines[#lines + 1] = ("for _ in $(seq 6000); do { %s; } && break; sleep 0.01; done; touch %s/go; wait"):format(
    table.concat(ready, " && "), directory)
  return shell.run(table.concat(lines, "\n")).err
end

return M
