--- Runs programs as processes, for the tests of the command and of the examples.
local M = {}

--- The Lua that runs the tests, by the name of its command.
M.lua = _VERSION == "Lua 5.1" and "luajit" or "lua5.4"

--- A word of a shell's command line.
function M.quote(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

local function quote_all(words)
  local quoted = {}
  for i, word in ipairs(words) do
    quoted[i] = M.quote(word)
  end
  return table.concat(quoted, " ")
end

function M.read(path)
  local file = assert(io.open(path, "rb"))
  local octets = file:read("*a")
  file:close()
  return octets
end

function M.write(path, octets)
  local file = assert(io.open(path, "wb"))
  assert(file:write(octets))
  assert(file:close())
end

function M.exists(path)
  local file = io.open(path)
  if file then
    file:close()
  end
  return file ~= nil
end

--- A new directory; `remove_directory` when it is done with.
function M.make_directory()
  local pipe = assert(io.popen("mktemp -d"))
  local path = pipe:read("*l")
  pipe:close()
  return assert(path)
end

function M.remove_directory(path)
  os.execute("rm -rf " .. M.quote(path))
end

--- Runs a line of shell, with `LUA` naming the Lua that runs the tests.
-- @treturn table `status`, `out`, `err`
function M.shell(line, input)
  local directory = M.make_directory()
  M.write(directory .. "/in", input or "")
  local place = M.quote(directory)
  os.execute(
    ("export LUA=%s; { %s\n} <%s/in >%s/out 2>%s/err; echo $? >%s/status"):format(M.lua, line, place, place, place, place)
  )
  local result = {
    status = tonumber(M.read(directory .. "/status")),
    out = M.read(directory .. "/out"),
    err = M.read(directory .. "/err"),
  }
  M.remove_directory(directory)
  return result
end

--- Runs `bin/mailseal`.
-- @tparam {string,...} arguments
-- @tparam[opt] string input what it reads on standard input
-- @treturn table `status`, `out`, `err`
function M.mailseal(arguments, input)
  return M.shell("bin/mailseal " .. quote_all(arguments), input)
end

return M
