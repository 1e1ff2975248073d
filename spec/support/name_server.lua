--- What the name servers of the tests have in common that take updates signed by TSIG: a loopback port, a directory, an end.
--
-- Each kind is a file (`named.lua`, `pdns.lua`), a table with `prepare(directory, port, options)`, which writes what the server reads;
-- `command`, a line of the shell that becomes the server, in that directory; `ready`, what it logs when it has its port, and `taken`,
-- when it has not. A server lives under a guardian, a shell that ends it and removes its directory when this program has ended in
-- whatever way.
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local shell = require "spec.support.shell"

local M = {}
local Server = {}
Server.__index = Server

local PORTS_FROM, PORTS = 33000, 16000
local PATIENCE = 20 -- seconds until the server must answer

local guardian = [[
cd "$1" || exit 1
export PATH="$PATH:/usr/sbin"
: >log
sh -c "exec $2" >log 2>&1 </dev/null &
server=$!
echo "$server" >pid
trap '' INT TERM HUP
read -r _
kill -CONT "$server" 2>/dev/null
kill "$server" 2>/dev/null
wait "$server" 2>/dev/null
cd / && rm -rf "$1"
]]

-- A number that nobody else chooses: two tests may run at a time.
local function random_port()
  local source = assert(io.open("/dev/urandom", "rb"))
  local a, b = source:read(2):byte(1, 2)
  source:close()
  return PORTS_FROM + (a * 256 + b) % PORTS
end

-- Waits until it is ready by what it logs, for on its port another test's server may answer, and serves every zone; false where it gave
-- up.
local function serves(self, kind, zones)
  local deadline = async.now() + PATIENCE
  local function patient()
    async.sleep(0.02)
    return async.now() < deadline and self:is_running()
  end
  while not self:log():find(kind.ready, 1, true) do
    if not patient() then return false end
  end
  if self:log():find(kind.taken, 1, true) then return false end
  local resolver = assert(dns.resolver { servers = { self.address }, timeout = 0.5, tries = 1 })
  for name in pairs(zones) do
    while resolver:query(name .. ".", "SOA", { fresh = true }).status ~= "ok" do
      if not patient() then return false end
    end
  end
  resolver:close()
  return true
end

local function launch(kind, options, port)
  local directory = shell.new_directory()
  kind.prepare(directory, port, options)
  local words = ("sh -c %s guardian %s %s"):format(shell.quote(guardian), shell.quote(directory), shell.quote(kind.command))
  local self = setmetatable({
    directory = directory, host = "127.0.0.1", port = port, address = "127.0.0.1:" .. port, pipe = assert(io.popen(words, "w")),
  }, Server)
  while not shell.exists(directory .. "/pid") or shell.read(directory .. "/pid") == "" do async.sleep(0.01) end
  self.pid = tonumber(shell.read(directory .. "/pid"))
  if serves(self, kind, options.zones) then return self end
  local why = self:log()
  self:stop()
  return nil, why
end

--- Starts a server of a kind, and waits until it serves its zones.
-- @tparam table kind
-- @tparam table options `zones`: a table from zone names to zone files' texts, names in them relative to the zone, the TTL 60 seconds
--   where none is said; `signed`: a table from the names of those that are to be signed (DNSSEC) to true; `keys`: a list of `name`,
--   `algorithm`, `secret`, and `idle` where the server knows it and lets it change nothing
-- @treturn table the server: `address` ("127.0.0.1:port"), `host`, `port`, `pid`, `directory`
function M.start(kind, options)
  local server, why
  for _ = 1, 5 do -- a port may be taken
    server, why = launch(kind, options, random_port())
    if server then return server end
  end
  error("the name server does not start:\n" .. why, 2)
end

--- A zone file's text, complete.
-- @tparam string name
-- @tparam string text
-- @treturn string
function M.zone_file(name, text) return ("$ORIGIN %s.\n$TTL 60\n%s\n"):format(name, text) end

--- Does the process run?
function Server:is_running() return shell.succeeds(("ps -o stat= -p %d | grep -qv Z"):format(self.pid)) end

--- What it logged.
function Server:log() return shell.read(self.directory .. "/log") end

--- All records of a zone, sorted, but for the SOA's serial: what must be the same before and after.
-- @tparam string zone
-- @treturn string a line each
function Server:zone(zone) return M.zone(self, zone) end

--- The same of any server that lets its zones be transferred.
-- @tparam table server `host`, `port`
-- @tparam string zone
-- @treturn string
function M.zone(server, zone)
  local lines, seen = {}, {}
  for line in shell.output(("kdig @%s -p %d +noall +answer +noidn AXFR %s."):format(server.host, server.port, zone)):gmatch "[^\n]+" do
    line = line:gsub("%s+", " "):gsub("( SOA %S+ %S+) %d+", "%1 -")
    -- By TYPE65534 a BIND that signs notes how far it has come.
    local is_note = line:find "^;" or line:find " TYPE65534 "
    if not is_note and not seen[line] then lines[#lines + 1], seen[line] = line, true end
  end
  table.sort(lines)
  return table.concat(lines, "\n") .. "\n"
end

--- Makes the server fall silent, its sockets staying open, or go on.
-- @tparam boolean silent
function Server:silence(silent)
  shell.output(("kill -%s %d"):format(silent and "STOP" or "CONT", self.pid))
  local all = ("cat /proc/%d/task/*/stat | grep -vc ') T '"):format(self.pid)
  while silent and shell.output(all) ~= "0\n" do async.sleep(0.005) end
end

--- Ends the server as a crash would; its directory stays until `stop`.
function Server:kill()
  shell.output(("kill -9 %d"):format(self.pid))
  while self:is_running() do async.sleep(0.01) end
end

--- Ends the server and removes its directory. May be called again.
function Server:stop()
  if self.pipe then
    self.pipe:close()
    self.pipe = nil
  end
end

return M
