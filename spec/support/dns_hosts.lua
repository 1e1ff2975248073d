--- DNS hosts' interfaces on this machine: servers that hold each request to the documentation, over a real name server (Knot), so that a
-- test can see what has become of a zone. See dns_hosts/base.py.
--
--     local host = dns_hosts.start("cloudflare", { zones = { ["example.com"] = text }, credentials = { token = "…" } })
--     local target = assert(publish.open("cloudflare", host:options { token = "…" }))
--     local before = host:zone "example.com"
--     host:fail { method = "POST", status = 429, headers = { ["Retry-After"] = "1" } }
--     host:stop()
local cjson = require "cjson"
local dns = require "mailseal.dns"
local knot = require "spec.support.knot"
local shell = require "spec.support.shell"

local M = {}
local Host = {}
Host.__index = Host

--- The name that the interface has, and that certificates and tests call it by.
M.NAME = "api.host.example"

local function launch(id, directory)
  -- It ends when its standard input does: when this pipe is closed, or this program gone.
  local pipe = assert(io.popen(("exec python3 -B spec/support/dns_hosts/%s.py %s >%s/port 2>%s/errors"):format(
    (id:gsub("-", "_")), directory, directory, directory), "w"))
  for _ = 1, 400 do
    local port = shell.exists(directory .. "/port") and tonumber((shell.read(directory .. "/port"):match "^(%d+)\n"))
    if port then return pipe, port end
    shell.output "sleep 0.05"
  end
  error("the DNS host does not start: " .. shell.read(directory .. "/errors"))
end

--- Starts one, and the name server below it.
-- @tparam string id its file's name
-- @tparam table settings `zones`, zone files' texts by name (as of `spec.support.knot`); `besides`, others that the name server has and
--   the interface knows nothing of; what else that host wants to know
-- @treturn table stop it with `stop`
function M.start(id, settings)
  local served = {}
  for _, zones in ipairs { settings.zones, settings.besides or {} } do
    for name, text in pairs(zones) do served[name] = text end
  end
  local server = assert(knot.start { zones = served })
  local directory = shell.new_directory()
  local told = { knot = { host = server.host, port = server.port, control = server.directory .. "/knot.sock" }, zones = {} }
  for name, value in pairs(settings) do
    if name ~= "zones" and name ~= "besides" then told[name] = value end
  end
  for name in pairs(settings.zones) do told.zones[#told.zones + 1] = name end
  table.sort(told.zones)
  shell.write(directory .. "/settings.json", cjson.encode(told))
  local self = setmetatable({ knot = server, directory = directory, faults = {}, serial = 0 }, Host)
  self.pipe, self.port = launch(id, directory)
  self.endpoint = ("http://%s:%d"):format(M.NAME, self.port)
  return self
end

--- Options to open a target with that asks this host.
-- @tparam table own settings and credentials
-- @treturn table with `endpoint`, `resolver` and `fetch`
function Host:options(own)
  local all = {
    endpoint = self.endpoint, fetch = { allow_plain = true, allow_private = true },
    resolver = assert(dns.resolver { zone = { [M.NAME] = { { type = "A", data = "127.0.0.1" } } } }),
  }
  for name, value in pairs(own) do all[name] = value end
  return all
end

--- A zone as it stands: a record a line, in order, and the SOA's serial left out.
-- @tparam string name
-- @treturn string
function Host:zone(name)
  local seen, lines = {}, {}
  local output = shell.output(("kdig @%s -p %d +noall +answer +noidn %s. AXFR"):format(self.knot.host, self.knot.port, name))
  for line in output:gmatch "[^\n]+" do
    if line:find "^[^;]" and not seen[line] then
      seen[line] = true
      lines[#lines + 1] = line:gsub("(%sSOA%s+%S+%s+%S+%s+)%d+", "%1*"):gsub("%s+", " ")
    end
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

--- Changes a zone behind the interface's back, as `Server:update` of Knot.
-- @tparam string zone
-- @tparam {string,...} changes
function Host:update(zone, changes) assert(self.knot:update(zone, changes)) end

--- Has requests fail from now on, besides those that were named before; see dns_hosts/base.py.
-- @tparam table fault
function Host:fail(fault)
  self.serial = self.serial + 1
  fault.serial = self.serial
  self.faults[#self.faults + 1] = fault
  self:tell_faults()
end

--- Has everything go well again, and forgets what was asked.
function Host:recover()
  self.faults = {}
  self:tell_faults()
  os.remove(self.directory .. "/requests")
end

--- Writes what is to fail where the server reads it.
function Host:tell_faults()
  local path = self.directory .. "/faults.json"
  shell.write(path .. ".new", cjson.encode(self.faults))
  assert(os.rename(path .. ".new", path))
end

--- What was asked, in order.
-- @tparam[opt] string method by that one alone
-- @treturn {table,...} `method`, `path` (with its query), `headers`, `body`, `status`
function Host:requests(method)
  local list, name = {}, self.directory .. "/requests"
  if not shell.exists(name) then return list end
  for line in shell.read(name):gmatch "([^\n]+)\n" do
    local request = cjson.decode(line)
    if not method or request.method == method then list[#list + 1] = request end
  end
  return list
end

--- How many requests asked for something to be changed.
-- @treturn number
function Host:changes()
  local count = 0
  for _, request in ipairs(self:requests()) do
    if request.method ~= "GET" then count = count + 1 end
  end
  return count
end

--- Ends it.
function Host:stop()
  self.pipe:close()
  self.knot:stop()
  shell.remove_directory(self.directory)
end

return M
