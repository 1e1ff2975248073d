--- A real PowerDNS of one's own, with an SQLite database, which takes updates signed by TSIG. See name_server.lua and named.lua.
local name_server = require "spec.support.name_server"
local shell = require "spec.support.shell"

local M = { command = "pdns_server --config-dir=.", ready = "Creating backend connection for TCP", taken = "in use" }

local SCHEMA = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"

local configuration = [[
daemon=no
guardian=no
disable-syslog=yes
setuid=
setgid=
socket-dir=%s
local-address=127.0.0.1
local-port=%d
launch=gsqlite3
gsqlite3-database=%s/zones.db
gsqlite3-dnssec=yes
gsqlite3-pragma-synchronous=0
receiver-threads=1
distributor-threads=1
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
dnsupdate=yes
allow-dnsupdate-from=127.0.0.0/8
allow-axfr-ips=127.0.0.0/8
]]

--- Writes what it reads.
function M.prepare(directory, port, options)
  shell.write(directory .. "/pdns.conf", configuration:format(directory, port, directory))
  local lines = {
    "set -e", "cd " .. shell.quote(directory), "PATH=$PATH:/usr/sbin",
    [[python3 -c "import sqlite3, sys; sqlite3.connect('zones.db').executescript(open(sys.argv[1]).read())" ]] .. SCHEMA,
  }
  local function pdnsutil(...)
    lines[#lines + 1] = ("pdnsutil --config-dir=. %s"):format((...):format(select(2, ...)))
  end
  local allowed = {}
  for _, key in ipairs(options.keys or {}) do
    pdnsutil("import-tsig-key %s %s %s", shell.quote(key.name), key.algorithm, shell.quote(key.secret))
    if not key.idle then allowed[#allowed + 1] = shell.quote(key.name) end
  end
  for name, text in pairs(options.zones) do
    shell.write(("%s/%s.zone"):format(directory, name), name_server.zone_file(name, text))
    pdnsutil("load-zone %s %s.zone", name, name)
    if (options.signed or {})[name] then pdnsutil("secure-zone %s", name) end
    -- Without a key that may, nobody may: not as it comes, that all of the machine may.
    pdnsutil("set-meta %s TSIG-ALLOW-DNSUPDATE %s", name, allowed[1] and table.concat(allowed, " ") or "none.invalid")
    -- A zone that is asked for with a key goes to who may have it with that.
    if allowed[1] then pdnsutil("set-meta %s TSIG-ALLOW-AXFR %s", name, table.concat(allowed, " ")) end
    pdnsutil("set-meta %s SOA-EDIT-DNSUPDATE INCREASE", name)
  end
  shell.write(directory .. "/fill", table.concat(lines, "\n"))
  if not shell.succeeds(("sh %s/fill >%s/filled 2>&1"):format(directory, directory)) then
    error("PowerDNS's database: " .. shell.read(directory .. "/filled"))
  end
end

--- Starts one.
-- @tparam table options see name_server.lua
-- @treturn table
function M.start(options) return name_server.start(M, options) end

return M
