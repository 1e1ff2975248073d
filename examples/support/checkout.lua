--- Lets an example run straight from a checkout: puts the checkout's library, and the core built for this Lua, first on
-- Lua's paths. An installed mailseal needs none of this: there, `require "mailseal.dkim"` is all.
local examples = arg[0]:match("^(.*)/[^/]*$") or "."
local root = examples .. "/.."
local core = root .. "/build/" .. (_VERSION == "Lua 5.1" and "luajit" or "lua5.4")

package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;%s/?.lua;"):format(root, root, examples) .. package.path
package.cpath = core .. "/?.so;" .. package.cpath

local loaded, cause = pcall(require, "mailseal.core")
if not loaded then
  local missing = cause:find("module 'mailseal.core' not found", 1, true)
  io.stderr:write(missing and "the C core has not been built for " .. _VERSION .. ": run make first" or cause, "\n")
  os.exit(69)
end
