--- Another process that runs Lua with the same modules: to hold what this one wants, and to be killed.
--
--     local child = child.start("print(store.open(...))", { url })
--     child:line()          --> what it printed first
--     child:kill()          -- kill -9
--     child:rest()          --> what it had printed until then
local shell = require "spec.support.shell"

local M = {}
local Child = {}
Child.__index = Child

-- What every child's program begins with. Each line that is printed is there to be read at once.
local BEGINNING = [[
package.path, package.cpath = %q, %q .. ";" .. package.cpath
io.stdout:setvbuf "line"
io.stderr:setvbuf "line"
]]

--- Starts a child.
-- @tparam string program Lua
-- @tparam[opt] {string,...} arguments its `...`
-- @tparam[opt] string before what the shell does in that process before it becomes Lua, as `ulimit -f 10;`
-- @tparam[opt] string under a command that the shell runs under, as `unshare -rm`
-- @treturn table the child: `pid`
function M.start(program, arguments, before, under)
  local words = {}
  for i, argument in ipairs(arguments or {}) do
    words[i] = shell.quote(argument)
  end
  local source = BEGINNING:format(package.path, shell.core) .. program
  -- lua -e has no arguments of its own.
  local chunk = ("arg[0] = nil; assert((loadstring or load)(%q, '=child'))((table.unpack or unpack)(arg))"):format(source)
  local script = ("echo $$; %s exec %s -e %s /dev/null %s"):format(before or "", shell.lua, shell.quote(chunk), table.concat(words, " "))
  local pipe = assert(io.popen(("exec %s sh -c %s"):format(under or "", shell.quote(script)), "r"))
  return setmetatable({ pipe = pipe, pid = assert(tonumber(pipe:read "*l")) }, Child)
end

--- The next line that it prints; waits for it.
-- @treturn ?string nil where it has ended
function Child:line()
  return self.pipe:read "*l"
end

--- Kills it at once.
function Child:kill()
  os.execute(("kill -9 %d 2>/dev/null"):format(self.pid))
end

--- All whole lines that it has printed and that were not read; waits for its end.
-- @treturn {string,...}
function Child:rest()
  local text = self.pipe:read "*a"
  self.pipe:close()
  local lines = {}
  for line in text:gmatch "([^\n]*)\n" do
    lines[#lines + 1] = line
  end
  return lines
end

return M
