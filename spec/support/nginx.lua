--- An nginx of one's own, with lua-nginx-module: on free loopback ports, in a directory of its own, gone when it is stopped.
--
--     local server = nginx.start {
--       http = "lua_shared_dict answers 1m;",                               -- within http { }
--       server = "location /hello { content_by_lua_block { ngx.say 'hello' } }",  -- within server { }
--     }
--     assert.equal("hello\n", server:get("/hello"))
--     server:stop()
--
-- The library is found as the tests find it, and `files`, by name, in the server's directory. In all that is given, $directory
-- stands for that directory, $root for the sources', $port for the server's port and $tls for another.
local shell = require "spec.support.shell"

local M = {}
local Server = {}
Server.__index = Server

local PATIENCE = 20 -- seconds until the server must answer
local LONGEST = 240 -- seconds that a request may take

-- Where Debian's packages, OpenResty and a build by hand have their modules; what is compiled in needs none.
local MODULE_DIRECTORIES = { "/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/lib64/nginx/modules" }

local configuration = [[
$modules
$user
daemon off;
worker_processes $workers;
pid $directory/pid;
error_log $directory/error.log $level;
worker_shutdown_timeout $patience;
$main
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path $directory/body;
  proxy_temp_path $directory/proxy;
  fastcgi_temp_path $directory/fastcgi;
  uwsgi_temp_path $directory/uwsgi;
  scgi_temp_path $directory/scgi;
  lua_package_path "$directory/?.lua;$root/lua/?.lua;$root/lua/?/init.lua;$root/?.lua;;";
  lua_package_cpath "$root/build/luajit/?.so;;";
  lua_socket_log_errors off;
  $http
  server {
    listen 127.0.0.1:$port;
    default_type text/plain;
    location = /alive { return 200 "alive\n"; }
    $server
  }
}
]]

local guardian = [[
trap '' INT TERM HUP
{ "$2" -p "$1" -e "$1/error.log" -c "$1/nginx.conf" >/dev/null 2>"$1/output" </dev/null; : >"$1/ended"; } &
read -r _
tries=0
until [ -e "$1/ended" ]; do
  master=$(cat "$1/pid" 2>/dev/null)
  # A worker that is blocked hears of nothing else.
  [ $tries -lt 100 ] || kill -KILL $(ps -o pid= --ppid "$master") "$master"
  [ -z "$master" ] || kill "$master"
  tries=$((tries + 1))
  sleep 0.05
done 2>/dev/null
rm -rf "$1"
]]

local function program()
  for _, name in ipairs { "openresty", "nginx" } do
    local path = shell.output("PATH=$PATH:/usr/sbin:/sbin:/usr/local/openresty/bin command -v " .. name):match "^[^\n]+"
    if path then return path end
  end
end

local function load_modules()
  local lines = {}
  for _, directory in ipairs(MODULE_DIRECTORIES) do
    for _, name in ipairs { "ndk_http_module", "ngx_http_lua_module" } do
      local path = ("%s/%s.so"):format(directory, name)
      if shell.exists(path) then lines[#lines + 1] = ("load_module %s;"):format(path) end
    end
    if lines[1] then break end
  end
  return table.concat(lines, "\n")
end

-- A number that nobody else chooses: two tests may run at a time.
local function random_port()
  local source = assert(io.open("/dev/urandom", "rb"))
  local a, b = source:read(2):byte(1, 2)
  source:close()
  return 10000 + (a * 256 + b) % 9000
end

local function fill(text, values)
  return (text:gsub("%$(%a+)", values))
end

local function launch(options)
  local directory = shell.output("mktemp -d"):match "^[^\n]+"
  local values = {
    modules = load_modules(),
    -- Of root's files, such as a temporary directory, a worker that is nobody can read none.
    user = shell.output "id -u" == "0\n" and "user root;" or "",
    workers = tostring(options.workers or 1), level = options.level or "warn", directory = directory,
    patience = "1s", root = shell.output("pwd"):match "^[^\n]+", port = tostring(random_port()), tls = tostring(random_port()),
  }
  for name, value in pairs(options.values or {}) do values[name] = value end
  for _, name in ipairs { "main", "http", "server" } do values[name] = fill(options[name] or "", values) end
  for name, text in pairs(options.files or {}) do shell.write(directory .. "/" .. name, fill(text, values)) end
  if options.prepare then shell.output(("cd %s && %s"):format(shell.quote(directory), options.prepare)) end
  shell.write(directory .. "/nginx.conf", fill(configuration, values))
  -- Its guardian ends it when the pipe closes, which it does in any case when this program ends.
  local pipe = assert(io.popen(("sh -c %s guardian %s %s"):format(shell.quote(guardian), shell.quote(directory), program()), "w"))
  return setmetatable({
    directory = directory, port = tonumber(values.port), tls = tonumber(values.tls), pipe = pipe,
  }, Server)
end

--- Starts a server.
-- @tparam table options `main`, `http`, `server`: what is to stand in those places of its configuration; `files`: texts of
--   files in its directory, by name; `prepare`: a command that is run there first; `values`: what else is to be put in the place of
--   names with a $, among them `patience` with those being served when it ends ("1s"); `workers` (1); `level`, of its error log ("warn")
-- @treturn table the server: `port`, `tls`, `directory`, `pid`
function M.start(options)
  local why
  for _ = 1, 5 do
    local server = launch(options)
    if server:await() then return server end
    why = server:log()
    server:stop()
    if not why:find("bind() to", 1, true) then break end
  end
  error("nginx does not start:\n" .. why, 2)
end

--- Is nginx with Lua here?
function M.available()
  return program() ~= nil
end

-- Waits until it serves, or has given up.
function Server:await()
  for _ = 1, PATIENCE * 20 do
    if self:get "/alive" == "alive\n" then
      self.pid = shell.read(self.directory .. "/pid"):match "%d+"
      return true
    end
    if shell.exists(self.directory .. "/ended") then return false end
    shell.output "sleep 0.05"
  end
  return false
end

-- One request a process, without a library: bash has TCP.
local request = [[
exec 3<>/dev/tcp/127.0.0.1/%d || exit 1
printf 'GET %%s HTTP/1.0\r\nHost: localhost\r\n\r\n' %s >&3
cat <&3
]]

--- Asks for a page.
-- @tparam string path
-- @treturn string what it holds; "" where nobody answered
-- @treturn ?number its status
function Server:get(path)
  local reply = shell.output(("timeout %d bash -c "):format(LONGEST) .. shell.quote(request:format(self.port, shell.quote(path))))
  local status, body = reply:match "^HTTP/%d%.%d (%d+).-\r\n\r\n(.*)$"
  return body or "", tonumber(status)
end

--- What its error log holds.
function Server:log()
  local text = ""
  for _, name in ipairs { "/output", "/error.log" } do
    if shell.exists(self.directory .. name) then text = text .. shell.read(self.directory .. name) end
  end
  return text
end

--- The process numbers of its workers.
-- @treturn {string,...}
function Server:workers()
  local pids = {}
  for pid in shell.output(("ps -o pid= --ppid %s"):format(self.pid)):gmatch "%d+" do pids[#pids + 1] = pid end
  return pids
end

--- Ends it, and removes its directory.
function Server:stop() self.pipe:close() end

return M
