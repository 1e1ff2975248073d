--- A real name server of one's own: Knot DNS on a loopback port, in a directory of its own, gone when it is stopped.
--
--     local knot = require "support.knot"
--     local server = assert(knot.start { zones = { ["example.test"] = "@ SOA ns hostmaster 1 60 60 600 5\n@ NS ns\n…" } })
--     local resolver = dns.resolver { servers = { server.address } }
--     server:update("example.test", { "add s1._domainkey.example.test. 60 TXT \"v=DKIM1; p=…\"" })
--     server:stop()
--
-- Names in a zone's text are relative to the zone, records without a TTL get 60 seconds. Programs on this machine may change
-- the zones by dynamic update (RFC 2136). Wants the programs knotd (with keymgr) and knsupdate: apt install knot knot-dnsutils.
--
-- The server lives under a guardian, a shell that holds the reading end of a pipe: when the pipe closes, by `stop` or because
-- this program has ended in whatever way, the guardian ends the server and removes the directory.
local async = require "mailseal.async"
local dns = require "mailseal.dns"

local M = {}
local Server = {}
Server.__index = Server

local PORTS_FROM, PORTS_TO = 20000, 32000
local PATIENCE = 10 -- seconds until the server must answer, unless told

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local text = file:read "*a"
  file:close()
  return text
end

-- The output of a command of the shell.
local function output_of(command)
  local pipe = assert(io.popen(command))
  local output = pipe:read "*a"
  pipe:close()
  return output
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- A number that nobody else chooses: two tests may run at a time.
local function random(from, to)
  local source = assert(io.open("/dev/urandom", "rb"))
  local a, b, c = source:read(3):byte(1, 3)
  source:close()
  return from + (a * 65536 + b * 256 + c) % (to - from + 1)
end

local guardian = [[
directory=$1
cd "$directory" || exit 1
PATH=$PATH:/usr/sbin
knotd -c knot.conf >log 2>&1 </dev/null &
server=$!
echo "$server" >pid
trap '' INT TERM HUP
read -r _
kill -CONT "$server" 2>/dev/null
kill "$server" 2>/dev/null
wait "$server" 2>/dev/null
cd / && rm -rf "$directory"
]]

local configuration = [[
server:
    rundir: "%s"
    listen: [ %s ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "%s"
log:
  - target: stderr
    any: info
%sacl:
  - id: loopback
    address: [ 127.0.0.0/8, ::1 ]
    action: [ update, transfer ]
%spolicy:
  - id: one-key
    single-type-signing: on
template:
  - id: default
    storage: "%s"
    file: "%%s.zone"
    acl: [ %s ]
    journal-content: none
    zonefile-load: whole
    zonefile-sync: -1
zone:
]]

-- The sections of the configuration for keys (TSIG), and the list of who may change zones.
local function sections_of(keys)
  if not keys[1] then return "", "", "loopback" end
  local known, allowed, ids = { "key:\n" }, {}, { "loopback" }
  for i, key in ipairs(keys) do
    known[#known + 1] = ('  - id: "%s"\n    algorithm: %s\n    secret: "%s"\n'):format(key.name, key.algorithm, key.secret)
    if not key.idle then
      allowed[#allowed + 1] = ('  - id: key-%d\n    key: "%s"\n    action: [ update, transfer ]\n'):format(i, key.name)
      ids[#ids + 1] = "key-" .. i
    end
  end
  return table.concat(known), table.concat(allowed), table.concat(ids, ", ")
end

-- Writes what the server reads.
local function prepare(directory, options, listen, port)
  local addresses, signed = {}, options.signed or {}
  for i, address in ipairs(listen) do addresses[i] = ("%s@%d"):format(address, port) end
  local keys, allowed, ids = sections_of(options.keys or {})
  local lines = { configuration:format(directory, table.concat(addresses, ", "), directory, keys, allowed, directory, ids) }
  for name, text in pairs(options.zones) do
    lines[#lines + 1] = ("  - domain: %s.\n"):format(name)
    if signed[name] then lines[#lines + 1] = "    dnssec-signing: on\n    dnssec-policy: one-key\n" end
    write(("%s/%s.zone"):format(directory, name), ("$ORIGIN %s.\n$TTL 60\n%s\n"):format(name, text))
  end
  write(directory .. "/knot.conf", table.concat(lines))
end

-- Waits until every zone is served. Nil where the server gave up.
local function wait_until_served(self, zones, patience)
  local resolver = assert(dns.resolver { servers = { self.address }, timeout = 0.5, tries = 1 })
  local deadline = async.now() + patience
  for name in pairs(zones) do
    while resolver:query(name .. ".", "SOA", { fresh = true }).status ~= "ok" do
      if read(self.log):find "cannot bind" or read(self.log):find "critical:" or async.now() > deadline then return nil end
      async.sleep(0.02)
    end
  end
  return not read(self.log):find "cannot bind"
end

local function launch(options, listen, port)
  local directory = assert(output_of("mktemp -d"):match "^(.-)\n", "cannot make a temporary directory")
  prepare(directory, options, listen, port)
  local pipe = assert(io.popen(("sh -c %s guardian %s"):format(quote(guardian), quote(directory)), "w"))
  local host = listen[1]:find ":" and "[" .. listen[1] .. "]" or listen[1]
  local self = setmetatable({
    directory = directory, log = directory .. "/log", pipe = pipe, host = listen[1], port = port,
    address = ("%s:%d"):format(host, port),
  }, Server)
  if wait_until_served(self, options.zones, options.patience or PATIENCE) then
    self.pid = assert(tonumber(read(directory .. "/pid")), "knotd has no process")
    return self
  end
  local why = read(self.log)
  self:stop()
  return nil, why
end

--- An empty zone, whose negative answers live 5 seconds.
M.EMPTY = "@ SOA ns hostmaster 1 3600 900 604800 5\n@ NS ns\nns A 127.0.0.1\n"

--- Are the programs there?
-- @treturn boolean
function M.available()
  return output_of "PATH=$PATH:/usr/sbin; command -v knotd >/dev/null && command -v knsupdate" ~= ""
end

--- Starts a server and waits until it serves its zones.
-- @tparam table options `zones`: a table from zone names ("" for the root) to zone files' texts; `signed`: a table from the names of those
--   that are to be signed (DNSSEC) to true; `listen`: a list of loopback addresses ({ "127.0.0.1" }); `port`: which port (one that is
--   free); `patience`: seconds that it may take to load its zones (10); `keys`: a list of TSIG keys that may change
--   zones, too, each with `name`, `algorithm`, `secret`, and `idle` where the server knows it and lets it do nothing
-- @treturn ?table the server: `address` ("127.0.0.1:port"), `host`, `port`, `pid`
-- @treturn ?string why there is none
-- @treturn ?string `no_knot`
function M.start(options)
  if not M.available() then return nil, "Knot DNS is not installed: apt install knot knot-dnsutils", "no_knot" end
  local server, why
  local listen = options.listen or { "127.0.0.1" }
  for _ = 1, options.port and 1 or 5 do -- a port may be taken
    server, why = launch(options, listen, options.port or random(PORTS_FROM, PORTS_TO))
    if server then return server end
  end
  return nil, "knotd does not serve: " .. tostring(why), "no_knot"
end

--- A server that another program has started: its zones can be changed, and that is all.
-- @tparam string host
-- @tparam number port
-- @treturn table
function M.at(host, port)
  return setmetatable({ host = host, port = port }, Server)
end

--- Has the server tell a zone's secondaries now that it has changed. It does so a second after an update by itself, and an update that
-- comes in the next second, but before that, waits for it.
-- @tparam string zone its name
function Server:settle(zone)
  if not self.directory then return end -- another program's
  output_of(("PATH=$PATH:/usr/sbin; knotc -s '%s/knot.sock' zone-notify '%s.' 2>&1"):format(self.directory, zone))
end

--- Changes a zone by dynamic update.
-- @tparam string zone its name
-- @tparam {string,...} changes lines for knsupdate's `update`: "add name ttl TYPE data", "del name TYPE"; names relative to the zone
-- @treturn ?boolean true
-- @treturn ?string why not
-- @treturn ?string `no_update`
function Server:update(zone, changes)
  local lines = { ("server %s %d\nzone %s.\norigin %s."):format(self.host, self.port, zone, zone) }
  for _, change in ipairs(changes) do lines[#lines + 1] = "update " .. change end
  lines[#lines + 1] = "send\n"
  local output = output_of(("printf %%s %s | knsupdate 2>&1 && echo ok"):format(quote(table.concat(lines, "\n"))))
  self:settle(zone)
  if output:find "ok\n$" and not output:lower():find "fail" then return true end
  return nil, "knsupdate: " .. output, "no_update"
end

--- The DS record of a signed zone's key: what its parent would hold, and what a validator may trust.
-- @tparam string zone its name
-- @treturn string its data: key tag, algorithm, digest type and digest
function Server:ds(zone)
  local output = output_of(("PATH=$PATH:/usr/sbin; keymgr -c '%s/knot.conf' '%s.' ds"):format(self.directory, zone))
  return (assert(output:match "DS (%d+ %d+ 2 %x+)", "keymgr knows no key of " .. zone))
end

-- Does every thread of a process stand still?
local function stopped(pid)
  return output_of(("cat /proc/%d/task/*/stat | grep -vc ') T '"):format(pid)) == "0\n"
end

--- Makes the server fall silent, its sockets staying open, or go on.
-- @tparam boolean silent
function Server:silence(silent)
  output_of(("kill -%s %d"):format(silent and "STOP" or "CONT", self.pid))
  while silent and not stopped(self.pid) do async.sleep(0.005) end
end

--- Ends the server and removes its directory. May be called again.
function Server:stop()
  if self.pipe then
    self.pipe:close()
    self.pipe = nil
  end
end

return M
