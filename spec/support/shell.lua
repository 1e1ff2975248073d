-- shell.lua: a directory for a test's files, and the commands of other programs.
local M = {}

-- Words quoted for the shell.
function M.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- What a command prints; what it says on standard error is thrown away.
function M.output(command)
  local pipe = assert(io.popen("{ " .. command .. "\n} 2>/dev/null", "r"))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

-- An empty directory; remove_directory takes it away again.
function M.new_directory()
  return (assert(M.output("mktemp -d"):match("^(/%S+)\n$"), "mktemp -d"))
end

function M.remove_directory(path)
  os.execute("rm -rf " .. M.quote(path))
end

-- The names in a directory, hidden ones too, separated by spaces.
function M.names(path)
  return (M.output("ls -A " .. M.quote(path)):gsub("\n$", ""):gsub("\n", " "))
end

function M.read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

function M.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

return M
