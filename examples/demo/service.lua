--- The service of the demo: `mailseal serve` in a process beside this one, which ends with it, in whatever way that may be.
local async = require "mailseal.async"
local cjson = require "cjson"

local M = {}

local Service = { __name = "service" }
Service.__index = Service

local PATIENCE = 60 -- seconds until it must serve

-- It waits for the service as its parent, so that it learns of its end in whatever way that comes, and its number is nobody else's before.
-- Beside it one holds the reading end of a pipe: when that closes, since this program stops the service or is gone, the service is asked to
-- end, and then the directory is removed.
local guardian = [[
directory=$1
shift
exec 3<&0
"$@" >"$directory/out" 2>"$directory/log" </dev/null 3<&- &
service=$!
trap '' INT TERM HUP
{
  read -r _ <&3
  tries=0
  # Whoever guards is gone, or what is guarded: then there is nobody to be asked.
  until [ -e "$directory/ended" ] || ! kill -0 $$; do
    # Asked twice, it does not wait for those who watch.
    [ $((tries % 20)) -gt 0 ] || kill "$service"
    tries=$((tries + 1))
    sleep 0.05
  done 2>/dev/null
} &
watch=$!
exec 3<&-
wait "$service"
echo $? >"$directory/ended"
wait "$watch"
rm -rf "$directory"
]]

local function read(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local text = file:read "*a"
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return (text:gsub("\n$", ""))
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- Makes the directory that holds its database and its master key.
-- @treturn string gone when the service is stopped, and not before
function M.new_directory()
  local directory = output_of "umask 077; mktemp -d"
  assert(directory ~= "", "cannot make a temporary directory")
  return directory
end

--- Its database.
-- @tparam string directory
-- @treturn string a URL
-- @treturn string the file of the master key
function M.database(directory)
  return "sqlite:" .. directory .. "/mailseal.db", directory .. "/master.key"
end

-- What the service is told besides: a program of Lua, which nginx runs.
local embedded = [[
package.path = %q .. package.path
local plan = require "cjson".decode %q
return {
  actions = { require "demo.button".action(plan) }, resolver = { servers = plan.servers, port = plan.port, timeout = 1, tries = 1 },
  policy = { publishing = { allow_private = true } },
}
]]

-- Waits until it serves. Returns what it has printed; or nil and what went wrong.
local function await(self)
  local ends = async.now() + PATIENCE
  while async.now() < ends do
    local out = read(self.directory .. "/out") or ""
    if out:find "https?://%S+\n" then
      return out
    elseif read(self.directory .. "/ended") then
      return nil, read(self.directory .. "/log")
    end
    async.sleep(0.05)
  end
  return nil, "mailseal serve does not come to serve"
end

--- Starts it.
-- @tparam table options
--
-- - `directory`: as of @{new_directory}, with a database that has no token yet
-- - `root`: where mailseal's sources are, absolute
-- - `plan`: as of `demo.servers`
-- - `listen`: an address and a port
-- @treturn ?table `url`, `token`
-- @treturn ?string why there is none
function M.start(options)
  local directory = options.directory
  local database, master_key = M.database(directory)
  write(directory .. "/embedded.lua", embedded:format(options.root .. "/examples/?.lua;", cjson.encode(options.plan)))
  local words = {
    options.root .. "/bin/mailseal", "serve", "--listen", options.listen, "--db", database, "--master-key", master_key, "--workers", "1",
    "--with", directory .. "/embedded.lua",
  }
  for i, word in ipairs(words) do
    words[i] = quote(word)
  end
  local line = ("sh -c %s guardian %s %s"):format(quote(guardian), quote(directory), table.concat(words, " "))
  local self = setmetatable({ directory = directory, pipe = assert(io.popen(line, "w")) }, Service)
  local out, cause = await(self)
  if not out then
    self:stop()
    return nil, cause
  end
  self.url, self.token = out:match "https?://%S+", out:match "ms_%S+"
  return self
end

--- Has it ended, against expectation?
-- @treturn ?string what it has to say about that
function Service:ended()
  return read(self.directory .. "/ended") and read(self.directory .. "/log")
end

--- Ends it, and removes its directory. May be called again.
function Service:stop()
  if self.pipe then
    self.pipe:close()
    self.pipe = nil
  end
end

return M
