--- What a test does as one would at a shell: runs programs, and keeps files in a directory of its own.
local M = {}

--- The Lua that runs the tests, by the name of its command.
M.lua = _VERSION == "Lua 5.1" and "luajit" or "lua5.4"

-- Where programs that a test starts find the core: the plain one, for the sanitizers' wants their runtime in the program.
M.core = "build/" .. M.lua .. "/?.so"

-- ---- files

--- A file's octets.
function M.read(path)
  local file = assert(io.open(path, "rb"))
  local octets = file:read("*a")
  file:close()
  return octets
end

--- Makes a file, or another of its content.
function M.write(path, octets)
  local file = assert(io.open(path, "wb"))
  assert(file:write(octets))
  assert(file:close())
end

--- Can that file be read?
function M.exists(path)
  local file = io.open(path)
  if file then
    file:close()
  end
  return file ~= nil
end

--- A new, empty directory; `remove_directory` when it is done with.
function M.new_directory()
  return (assert(M.output("mktemp -d"):match("^(/%S+)\n$"), "mktemp -d"))
end

--- Removes a directory and all that is in it.
function M.remove_directory(path)
  os.execute("rm -rf " .. M.quote(path))
end

--- A file with a zone, in a directory of its own, for the tests of one block.
-- @tparam string octets
-- @tparam function teardown busted's, in that block
-- @treturn string the file's path
-- @treturn string the directory's
function M.with_zone(octets, teardown)
  local directory = M.new_directory()
  local path = directory .. "/zone.json"
  M.write(path, octets)
  teardown(function() M.remove_directory(directory) end)
  return path, directory
end

--- The names in a directory, hidden ones too, separated by spaces.
function M.names(path)
  return (M.output("ls -A " .. M.quote(path)):gsub("\n$", ""):gsub("\n", " "))
end

-- ---- programs

--- A word of a command line.
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

--- What a command prints; what it says on standard error is thrown away.
function M.output(command)
  local pipe = assert(io.popen("{ " .. command .. "\n} 2>/dev/null", "r"))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

--- Does that command end well? What it prints is thrown away.
function M.succeeds(command)
  local ok = os.execute("{ " .. command .. "\n} >/dev/null 2>&1")
  return ok == true or ok == 0
end

--- Runs a command line, with `LUA` naming the Lua that runs the tests.
-- @tparam string line
-- @tparam[opt] string input what it reads on standard input
-- @treturn table `status`, `out`, `err`
function M.run(line, input)
  local directory = M.new_directory()
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
  return M.run("bin/mailseal " .. quote_all(arguments), input)
end

return M
