--- A real PostgreSQL server of one's own, in a directory of its own, gone when it is stopped.
--
--     local server = postgresql.start()
--     store.open((server:new_database()))
--     server:stop()
--
-- It listens on a socket in its directory alone. PostgreSQL refuses to run as root: then it runs as postgres, or as nobody.
-- Like the servers of the examples it lives under a guardian, which ends it when this program has ended in whatever way.
local shell = require "spec.support.shell"

local M = {}
local Server = {}
Server.__index = Server

-- Started and ended by words on its standard input; at its end all goes.
local guardian = [[
directory=$1 as=$2 settings=$3
cd "$directory" || exit 1
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
PATH=$programs:$PATH
trap '' INT TERM HUP
# A server that has crashed leaves processes behind, which see so at once; until then another does not start.
start() {
    rm -f ready
    for _ in $(seq 600); do
        $as pg_ctl -s -w -t 60 -D "$directory/data" -l "$directory/data/log" start >>log 2>&1 && break
        sleep 0.05
    done
    : >ready
}
$as initdb -D "$directory/data" -U mailseal -A trust --no-sync --locale=C -E UTF8 >log 2>&1
cat >>data/postgresql.conf <<END
listen_addresses = ''
unix_socket_directories = '$directory'
fsync = off
autovacuum = off
max_connections = 40
shared_buffers = 16MB
$settings
END
start
while read -r word; do
    [ "$word" != start ] || start
done
$as pg_ctl -s -m immediate -D "$directory/data" stop >>log 2>&1
cd / && rm -rf "$directory"
]]

local function wait_until_ready(self)
  for _ = 1, 600 do
    if shell.exists(self.directory .. "/ready") then
      return
    end
    os.execute "sleep 0.05"
  end
  error("PostgreSQL does not start: " .. shell.read(self.directory .. "/log"))
end

--- Starts a server and waits until it answers.
-- @tparam[opt] {string,...} settings lines of postgresql.conf, in place of those that make tests fast
-- @treturn table the server
function M.start(settings)
  local directory = shell.new_directory()
  local as = ""
  if shell.output "id -u" == "0\n" then
    local user = shell.succeeds "id postgres" and "postgres" or "nobody"
    shell.output(("chown %s %s"):format(user, directory))
    as = ("setpriv --reuid=%s --regid=%s --clear-groups"):format(user, (shell.output("id -gn " .. user):gsub("\n", "")))
  end
  local words = ("sh -c %s guardian %s %s %s"):format(
    shell.quote(guardian), shell.quote(directory), shell.quote(as), shell.quote(table.concat(settings or {}, "\n")))
  local self = setmetatable({ directory = directory, pipe = assert(io.popen(words, "w")), databases = 0 }, Server)
  wait_until_ready(self)
  return self
end

local URL = "postgresql://mailseal@/postgres?host=%s&options=-csearch_path%%3D%s"

--- Runs SQL by psql, apart from what is tested.
-- @tparam string sql
-- @tparam[opt] string schema the name that @{new_database} gave
-- @treturn string the rows, a line each, columns separated by |
function Server:sql(sql, schema)
  return shell.output(("PGOPTIONS=-csearch_path=%s psql -qAtX -h %s -U mailseal -d postgres -c %s"):format(
    schema or "public", shell.quote(self.directory), shell.quote(sql)))
end

--- Makes a new, empty database. To be quick it is a schema of the one that is there, the only one that its URL shows.
-- @treturn string its URL
-- @treturn string the schema's name
function Server:new_database()
  self.databases = self.databases + 1
  local name = ("mailseal%d"):format(self.databases)
  self:sql("CREATE SCHEMA " .. name)
  return URL:format(self.directory, name), name
end

--- The process of the server.
-- @treturn number
function Server:pid()
  return assert(tonumber(shell.read(self.directory .. "/data/postmaster.pid"):match "%d+"))
end

--- Ends the server as a crash would, at once. Its own processes end when they see that it is gone: it returns when they have.
function Server:crash()
  local pid = self:pid()
  shell.output(([[children=$(ps -o pid= --ppid %d)
    kill -9 %d
    for child in $children; do
      while ps -o stat= -p $child | grep -qv Z; do sleep 0.02; done
    done]]):format(pid, pid))
end

--- Starts it again after @{crash}.
function Server:restart()
  os.remove(self.directory .. "/ready")
  self.pipe:write "start\n"
  self.pipe:flush()
  wait_until_ready(self)
end

--- Kills one of the processes that serve clients, chosen at random. The server ends the others of them, mends what they left
-- and goes on; returns when it answers again.
function Server:kill_backend()
  local pids = self:sql [[SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
    ORDER BY random()]]
  local pid = assert(pids:match "^%d+", "nobody is connected")
  shell.output(("kill -9 %s; while ! pg_isready -q -h %s || kill -0 %s; do sleep 0.02; done"):format(pid, self.directory, pid))
end

--- Ends the server and removes its directory. May be called again.
function Server:stop()
  if self.pipe then
    self.pipe:close()
    self.pipe = nil
  end
end

return M
