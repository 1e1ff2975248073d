-- rockspec.lua: keeps the lists of the rockspec, C sources, Lua modules and the files that these read, equal to the tree.
--
--   lua spec/support/rockspec.lua            writes them
--   lua spec/support/rockspec.lua --check    says whether they are right, and changes nothing

local FILE = "mailseal-scm-1.rockspec"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- Files below `directory` that match a shell pattern, sorted the same everywhere.
local function find(directory, pattern)
  local found = {}
  local pipe = assert(io.popen(("find %s -name '%s' 2>/dev/null"):format(directory, pattern)))
  for path in pipe:lines() do
    found[#found + 1] = path
  end
  pipe:close()
  table.sort(found)
  return found
end

local function sources()
  local lines = {}
  for _, path in ipairs(find("csrc", "*.c")) do
    if not path:find("^csrc/fuzz/") then
      lines[#lines + 1] = ("        %q,\n"):format(path)
    end
  end
  return table.concat(lines)
end

local function modules()
  local lines = {}
  for _, path in ipairs(find("lua", "*.lua")) do
    local name = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
    lines[#lines + 1] = ("    [%q] = %q,\n"):format(name, path)
  end
  return table.concat(lines)
end

-- LuaRocks puts a file into the directory that stands in front of the last dot of its name here.
local function files()
  local lines = {}
  for _, path in ipairs(find("lua", "*.*")) do
    if not path:find("%.lua$") then
      local name = path:gsub("^lua/", ""):gsub("%.", "_"):gsub("/", ".")
      lines[#lines + 1] = ("      [%q] = %q,\n"):format(name, path)
    end
  end
  return table.concat(lines)
end

local function put(text, name, list)
  local begin = ("%%-%%- %s: begin\n"):format(name)
  local first, last = text:find(begin .. ".-[ ]*%-%- " .. name .. ": end")
  assert(first, FILE .. " has lost its marks around the " .. name)
  local head = text:sub(first, last):match("^(.-\n)")
  local tail = text:sub(first, last):match("([^\n]*)$")
  return text:sub(1, first - 1) .. head .. list .. tail .. text:sub(last + 1)
end

local before = read(FILE)
local after = put(put(put(before, "sources", sources()), "modules", modules()), "files", files())
if arg[1] == "--check" then
  if after ~= before then
    io.stderr:write(FILE, " does not list what is in the tree: run make rockspec\n")
    os.exit(1)
  end
elseif after ~= before then
  local file = assert(io.open(FILE, "wb"))
  assert(file:write(after))
  assert(file:close())
end
