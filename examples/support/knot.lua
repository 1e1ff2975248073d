--- A Knot DNS server of one's own, on loopback: for the examples and the tests.
--
--    local server = assert(knot.start { zone = "example.com" })
--    server:update { 'add s1._domainkey 60 TXT "v=DKIM1; p="' }
--    … ask server.address, such as "127.0.0.1:40123" …
--    server:stop()
--
-- The server lives in a directory of its own under a guardian, a shell that holds the reading end of a pipe: when the
-- pipe closes, by `stop` or because this program has ended in whatever way, the guardian ends the server and removes
-- the directory.
local M = {}

local Server = { __name = "knot.server" }
Server.__index = Server

local guardian = [[
directory=$1
cd "$directory" || exit 1
knotd -c knot.conf >knotd.out 2>&1 &
server=$!
trap '' INT TERM HUP
read -r _
kill "$server" 2>/dev/null
wait "$server" 2>/dev/null
cd / && rm -rf "$directory"
]]

local configuration = [[
server:
    rundir: "%s"
    listen: 127.0.0.1@%d
database:
    storage: "%s"
log:
  - target: "%s/knot.log"
    any: info
acl:
  - id: loopback
    address: 127.0.0.1
    action: update
zone:
  - domain: %s
    storage: "%s"
    file: zone
    acl: loopback
    zonefile-sync: -1
    zonefile-load: whole
]]

local zone_text = [[
@ 3600 SOA ns hostmaster 1 3600 900 604800 5
@ 3600 NS ns
ns 3600 A 127.0.0.1
]]

local function quote(s)
  return "'" .. s:gsub("'", "'\\''") .. "'"
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  assert(file:close())
end

local function read(path)
  local file = io.open(path)
  local text = file and file:read("*a") or ""
  if file then
    file:close()
  end
  return text
end

local function command_exists(name)
  local done = os.execute("command -v " .. name .. " >/dev/null 2>&1")
  return done == true or done == 0
end

local function make_directory()
  local pipe = assert(io.popen("mktemp -d", "r"))
  local directory = pipe:read("*l")
  pipe:close()
  return assert(directory, "cannot make a temporary directory")
end

--- Waits until the server says that it runs, or what keeps it from running.
local function wait_until_started(directory)
  for _ = 1, 200 do
    local log = read(directory .. "/knot.log") .. read(directory .. "/knotd.out")
    local trouble = log:match("cannot bind[^\n]*") or log:match("critical: ([^\n]*)") or log:match("error: ([^\n]*)")
    if trouble then
      return nil, trouble
    elseif log:find("server started", 1, true) then
      return true
    end
    os.execute("sleep 0.05")
  end
  return nil, "it has not started within ten seconds"
end

local function start_on(port, options)
  local directory = make_directory()
  write(directory .. "/knot.conf",
    configuration:format(directory, port, directory, directory, options.zone, directory))
  write(directory .. "/zone", "$ORIGIN " .. options.zone .. ".\n" .. (options.text or zone_text))
  local pipe = assert(io.popen(("sh -c %s guardian %s"):format(quote(guardian), quote(directory)), "w"))
  local server = setmetatable({
    zone = options.zone,
    address = "127.0.0.1:" .. port,
    port = port,
    directory = directory,
    pipe = pipe,
  }, Server)
  local started, cause = wait_until_started(directory)
  if not started then
    server:stop()
    return nil, cause
  end
  return server
end

--- Starts a server for one zone, on a free port.
-- @tparam table options `zone`: its name, without a dot at its end; `text`: the zone's records in a master file's
-- form, names relative to the zone, with SOA and NS (without it: an empty zone whose negative answers live 5 seconds)
-- @return a server; or nil, message
function M.start(options)
  if not command_exists("knotd") or not command_exists("knsupdate") then
    return nil, "Knot DNS is not installed: apt install knot knot-dnsutils"
  end
  math.randomseed(os.time() + math.floor(os.clock() * 1e6))
  local server, cause
  for _ = 1, 5 do
    server, cause = start_on(math.random(20000, 60000), options)
    if server or not cause:find("bind") then
      break
    end
  end
  return server, cause
end

--- Changes the zone by knsupdate (RFC 2136).
-- @tparam {string,...} changes lines such as 'add s1._domainkey 60 TXT "a" "b"' and 'delete s1._domainkey TXT',
-- names relative to the zone
-- @return true; or nil, message
function Server:update(changes)
  local lines = { ("server 127.0.0.1 %d\nzone %s.\norigin %s.\n"):format(self.port, self.zone, self.zone) }
  for _, change in ipairs(changes) do
    lines[#lines + 1] = "update " .. change .. "\n"
  end
  lines[#lines + 1] = "send\n"
  local path = self.directory .. "/update"
  write(path, table.concat(lines))
  local done = os.execute(("knsupdate %s >%s.out 2>&1"):format(quote(path), quote(path)))
  if done ~= true and done ~= 0 then
    return nil, "knsupdate: " .. read(path .. ".out"):gsub("%s+$", "")
  end
  return true
end

--- Ends the server, and removes its directory. May be called again.
function Server:stop()
  if self.pipe then
    self.pipe:close()
    self.pipe = nil
  end
end

return M
