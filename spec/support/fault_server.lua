-- The server of fault_server.py, which tells what names make it do, as a process of one's own.
local M = {}
local Server = {}
Server.__index = Server

-- Starts a server: `address`, and `stop()`.
function M.start()
  local pipe = assert(io.popen("exec python3 spec/support/fault_server.py", "r"))
  local port, pid = (pipe:read "*l" or ""):match "^(%d+) (%d+)$"
  assert(port, "the fault server did not start")
  return setmetatable({ address = "127.0.0.1:" .. port, pid = pid, pipe = pipe }, Server)
end

function Server:stop()
  os.execute("kill " .. self.pid)
  self.pipe:close()
end

return M
