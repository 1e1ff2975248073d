--- A real validating resolver of one's own: Unbound on a loopback port, in a directory of its own, gone when it is stopped.
--
--     local parent = assert(knot.start { zones = { test = … }, signed = { test = true } })
--     local resolver = unbound.start { zones = { test = parent.address }, trust = { test = parent:ds "test" } }
--     dns.resolver { servers = { resolver.address } }
--     resolver:stop()
--
-- It asks for the zones that it is told of, and for what is below them, at their addresses, and nobody for the rest: no root servers.
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local shell = require "spec.support.shell"

local M = {}
local Server = {}
Server.__index = Server

local PATIENCE = 20 -- seconds until the server must answer

local configuration = [[
server:
    directory: "$directory"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    verbosity: 1
    do-daemonize: no
    interface: 127.0.0.1
    port: $port
    access-control: 127.0.0.0/8 allow
    do-ip6: no
    do-not-query-localhost: no
    num-threads: 1
    msg-cache-size: 1m
    rrset-cache-size: 1m
    module-config: "validator iterator"
    ede: $ede
    local-zone: "test." nodefault
    infra-keep-probing: yes
$trust
stub-zone:
    name: "."
    stub-addr: 127.0.0.1@$port
remote-control:
    control-enable: no
]]

-- A number that nobody else chooses: two tests may run at a time.
local function random_port()
  local source = assert(io.open("/dev/urandom", "rb"))
  local a, b = source:read(2):byte(1, 2)
  source:close()
  return 33000 + (a * 256 + b) % 16000
end

local function configure(options, directory, port)
  local trust, zones = {}, {}
  for zone, ds in pairs(options.trust or {}) do trust[#trust + 1] = ('    trust-anchor: "%s. DS %s"'):format(zone, ds) end
  for zone, address in pairs(options.zones) do
    zones[#zones + 1] = ('stub-zone:\n    name: "%s."\n    stub-addr: %s\n'):format(zone, (address:gsub(":(%d+)$", "@%1")))
  end
  local values = {
    directory = directory, port = tostring(port), trust = table.concat(trust, "\n"), ede = options.extended_errors and "yes" or "no",
  }
  return (configuration:gsub("%$(%a+)", values)) .. table.concat(zones)
end

local function launch(options)
  local directory, port = shell.new_directory(), random_port()
  shell.write(directory .. "/unbound.conf", configure(options, directory, port))
  local command = ("PATH=$PATH:/usr/sbin; exec unbound -d -p -c %s/unbound.conf"):format(directory)
  local pid = shell.output(("(%s) </dev/null >%s/log 2>&1 & echo $!"):format(command, directory)):match "%d+"
  return setmetatable({ directory = directory, port = port, pid = pid, address = "127.0.0.1:" .. port }, Server)
end

--- Is the program there?
-- @treturn boolean
function M.available() return shell.output "PATH=$PATH:/usr/sbin command -v unbound" ~= "" end

--- Starts a server and waits until it answers.
-- @tparam table options `zones`: a table from zone names to the addresses that are asked for them ("127.0.0.1:5353"); `trust`: a table
--   from zone names to the data of DS records; `extended_errors`: true where it is to say why it fails (RFC 8914)
-- @treturn table the server: `address`, `port`, `directory`, `pid`
function M.start(options)
  local why
  for _ = 1, 5 do -- a port may be taken
    local server = launch(options)
    if server:await() then return server end
    why = server:log()
    server:stop()
  end
  error("unbound does not start:\n" .. why, 2)
end

-- Waits until it answers, or is gone.
function Server:await()
  local resolver = assert(dns.resolver { servers = { self.address }, timeout = 0.5, tries = 1 })
  local deadline = async.now() + PATIENCE
  local answers = false
  while not answers and async.now() < deadline and shell.succeeds("kill -0 " .. self.pid) do
    answers = resolver:query("version.server", "TXT").rcode ~= nil
    if not answers then async.sleep(0.05) end
  end
  resolver:close()
  return answers
end

--- What it logged.
function Server:log() return shell.read(self.directory .. "/log") end

--- Ends it, and removes its directory.
function Server:stop()
  shell.output(("kill %s; while kill -0 %s; do sleep 0.02; done"):format(self.pid, self.pid))
  shell.remove_directory(self.directory)
end

return M
