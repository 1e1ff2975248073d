--- The real service: `mailseal serve` on a port of its own, with a database of its own, gone when it is stopped.
--
--     local server = service.start { zone = { ["example.com"] = { { type = "NS", data = "ns.example.com." } } } }
--     server:post("/v1/domains", { domain = "mail.example.com", provider = "own" }).json
--     server:get("/v1/domains", { token = false }).status       --> 401
--     server:publish { … }                                      -- another zone in place of that one
--     server:log()                                              -- all that it has said
--     server:stop()
--
-- Like the servers of the examples it lives under a guardian, which ends it when this program has ended in whatever way.
local cjson = require "cjson"
local http_client = require "spec.support.http_client"
local shell = require "spec.support.shell"

local M = {}
local Service = {}
Service.__index = Service

local PATIENCE = 60 -- seconds until the service must answer

local guardian = [[
directory=$1
shift
{
  "$@" >"$directory/out" 2>"$directory/log" </dev/null &
  echo $! >"$directory/pid"
  trap '' INT TERM HUP
  wait $!
  echo $? >"$directory/status"
} 2>/dev/null &
trap '' INT TERM HUP
read -r _
server=$(cat "$directory/pid")
tries=0
while kill -0 "$server" 2>/dev/null; do
  case $tries in
    0 | 40) kill -TERM "$server" ;;
    600) kill -KILL "$server" ;;
  esac
  tries=$((tries + 1))
  sleep 0.05
done 2>/dev/null
wait
rm -rf "$directory" 2>/dev/null || { sleep 1; rm -rf "$directory"; } # an nginx that was left alone may not be done yet
]]

local function quote_all(words)
  local quoted = {}
  for i, word in ipairs(words) do quoted[i] = shell.quote(word) end
  return table.concat(quoted, " ")
end

local function words_for(self, options)
  local words = { (table.unpack or unpack)(options.under or {}) } -- luacheck: ignore
  local function add(...)
    for _, word in ipairs { ... } do words[#words + 1] = word end
  end
  add("bin/mailseal", "serve", "--listen", "127.0.0.1:0", "--workers", tostring(options.workers or 1), "--db", self.db)
  if options.servers then
    for _, server in ipairs(options.servers) do add("--server", server) end
  else
    self:publish(options.zone or {})
    add("--zone", self.directory .. "/zone.json")
  end
  if options.db then add("--master-key", options.master_key or self.directory .. "/master.key") end
  add((table.unpack or unpack)(options.arguments or {})) -- luacheck: ignore
  return words
end

local function await(self)
  for _ = 1, PATIENCE * 20 do
    local port = self:out():match "https?://127%.0%.0%.1:(%d+)\n"
    if port then return tonumber(port) end
    if self:status() then break end
    shell.output "sleep 0.05"
  end
end

--- Starts a service.
-- @tparam[opt] table options
--
-- - `db`: the URL of a database (a new one of SQLite's); `master_key`: its file (a new one)
-- - `servers`: DNS servers to ask, such as that of `spec.support.knot`; or `zone`, a table as of a JSON zone (an empty one)
-- - `workers` (1); `arguments`: further ones of `mailseal serve`; `environment`: variables, by name
-- - `token`: of the tenant, where the database has had its first
-- - `under`: words of a command that it is run under, such as one that gives it a disk of its own
-- @treturn table `port`, `base` (its URL), `token` (of the tenant `default`), `directory`, `db`, `pid` (of `mailseal serve`)
function M.start(options)
  options = options or {}
  local directory = shell.new_directory()
  local self = setmetatable({ directory = directory, db = options.db or "sqlite:" .. directory .. "/mailseal.db" }, Service)
  local words = { "LUA=" .. shell.lua, "TMPDIR=" .. directory } -- what one that is killed leaves behind goes with that
  for name, value in pairs(options.environment or {}) do words[#words + 1] = ("%s=%s"):format(name, value) end
  for _, word in ipairs(words_for(self, options)) do words[#words + 1] = word end
  self.pipe = assert(io.popen(("exec sh -c %s guardian %s env %s"):format(
    shell.quote(guardian), shell.quote(directory), quote_all(words)), "w"))
  while not self.pid do
    shell.output "sleep 0.02"
    self.pid = shell.exists(directory .. "/pid") and tonumber(shell.read(directory .. "/pid"):match "%d+") or nil
  end
  self.port = await(self)
  if not self.port then
    local why = self:out() .. self:log()
    self:stop()
    error("the service does not start:\n" .. why, 2)
  end
  self.base = self:out():match "https?://127%.0%.0%.1:%d+"
  self.token = options.token or self:out():match "ms_%x+"
  return self
end

local function read(self, name)
  local path = ("%s/%s"):format(self.directory, name)
  return shell.exists(path) and shell.read(path) or ""
end

--- What it has printed on standard output.
function Service:out() return read(self, "out") end

--- What it has said on standard error: nginx's error log is there.
function Service:log() return read(self, "log") end

--- Its exit status; nil while it runs.
function Service:status() return tonumber((read(self, "status"):gsub("%s", ""))) end

--- Puts another zone in the place of the one that it was started with. It is read when the service is reloaded.
-- @tparam table zone
function Service:publish(zone) shell.write(self.directory .. "/zone.json", cjson.encode(zone)) end

--- Sends `mailseal serve` a signal.
-- @tparam string name such as "HUP"
function Service:signal(name) shell.output(("kill -%s %d"):format(name, self.pid)) end

--- The process of nginx's master.
-- @treturn number
function Service:nginx() return assert(tonumber(shell.output(("ps -o pid= --ppid %d"):format(self.pid)):match "%d+")) end

--- nginx's worker processes.
-- @treturn {number,...}
function Service:workers()
  local pids = {}
  for pid in shell.output(("ps -o pid= --ppid %d"):format(self:nginx())):gmatch "%d+" do pids[#pids + 1] = tonumber(pid) end
  return pids
end

--- A connection to it: see `spec.support.http_client`.
function Service:connect() return http_client.connect(self.port) end

-- The fields of a request: those that are given, and whose it is.
local function headers_of(self, options, body)
  local headers = {}
  local token = options.token == nil and self.token or options.token
  if token then headers.Authorization = "Bearer " .. token end
  if body then headers["Content-Type"] = options.type or "application/json" end
  for name, value in pairs(options.headers or {}) do headers[name] = value end
  return headers
end

--- Asks it.
-- @tparam string method
-- @tparam string path
-- @tparam[opt] table|string body a table is sent as JSON
-- @tparam[opt] table options `token`: another than the first, or false for none; `headers`; `type` of the body (application/json);
--   `connection`: one to ask on, which is left open
-- @treturn table `status`, `headers` (by names in lower case), `body`, and `json` where it is such
function Service:request(method, path, body, options)
  options = options or {}
  local octets = type(body) == "table" and cjson.encode(body) or body
  local connection = options.connection or self:connect()
  local reply = connection:request(method, path, headers_of(self, options, octets), octets)
  if not options.connection then connection:close() end
  if not reply then error(("%s %s: no answer\n%s"):format(method, path, self:log()), 2) end
  if (reply.headers["content-type"] or ""):find "json" and reply.body ~= "" then reply.json = cjson.decode(reply.body) end
  return reply
end

--- Asks it by GET, DELETE, POST, PUT or PATCH: see @{request}.
function Service:get(path, options) return self:request("GET", path, nil, options) end
function Service:delete(path, options) return self:request("DELETE", path, nil, options) end
function Service:post(path, body, options) return self:request("POST", path, body or "", options) end
function Service:put(path, body, options) return self:request("PUT", path, body or "", options) end
function Service:patch(path, body, options) return self:request("PATCH", path, body or "", options) end

--- Runs `mailseal` on its database.
-- @tparam string ... arguments
-- @treturn table `status`, `out`, `err`
function Service:mailseal(...)
  local words = { ... }
  for _, word in ipairs { "--db", self.db } do words[#words + 1] = word end
  return shell.mailseal(words)
end

--- Ends it, and removes its directory. May be called again.
function Service:stop()
  if self.pipe then
    self.pipe:close()
    self.pipe = nil
  end
end

return M
