--- A relay in front of a name server, over TCP, that does wrong what it is told to.
--
--     local relay = dns_relay.start(server)
--     relay:fault("die_after", "update", 1)        -- see dns_relay.py
--     relay.address
local async = require "mailseal.async"
local shell = require "spec.support.shell"

local M = {}
local Relay = {}
Relay.__index = Relay

--- Starts one.
-- @tparam table server `host`, `port`
-- @treturn table `address`, `port`
function M.start(server)
  local directory = shell.new_directory()
  local self = setmetatable({ directory = directory, serial = 0 }, Relay)
  self:fault("none", "any", 0)
  -- It ends when its standard input does: when this pipe is closed, or this program gone.
  self.pipe = assert(io.popen(("exec python3 -B spec/support/dns_relay.py %s %d %s >%s/output 2>&1"):format(
    server.host, server.port, directory, directory), "w"))
  for _ = 1, 1000 do
    if shell.exists(directory .. "/port") then break end
    async.sleep(0.02)
  end
  if not shell.exists(directory .. "/port") then error("the relay does not start: " .. shell.read(directory .. "/output")) end
  self.port = tonumber((shell.read(directory .. "/port")))
  self.address = "127.0.0.1:" .. self.port
  return self
end

--- What to do wrong from now on.
-- @tparam string what
-- @tparam string kind "update", "question", "any": with which messages
-- @tparam number times how often; 0: always
function Relay:fault(what, kind, times)
  self.serial = self.serial + 1
  shell.write(self.directory .. "/fault.new", ("%d %s %s %d\n"):format(self.serial, what, kind, times))
  os.rename(self.directory .. "/fault.new", self.directory .. "/fault")
  shell.write(self.directory .. "/log", "")
end

--- How many messages of a kind have come since it was told what to do wrong.
-- @tparam string kind
-- @treturn number
function Relay:count(kind)
  return select(2, shell.read(self.directory .. "/log"):gsub(kind .. "\n", ""))
end

--- Ends it.
function Relay:stop()
  self.pipe:close()
  shell.remove_directory(self.directory)
end

return M
