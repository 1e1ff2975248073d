-- The server of fault_server.py, whose names choose what it does wrong (fault_names.py), as a process of one's own.
local dns = require "mailseal.dns"

local M = {}
local Server = {}
Server.__index = Server

local function spelled(address, port)
  return (address:find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(address, port)
end

-- Starts a server; nil where an address is none of this machine's.
-- `options.listen`: a list of addresses ({ "127.0.0.1" }); `options.tcp`: false where TCP is to be refused; `options.hang_up`:
-- true where TCP connections are to be ended and reset at once; `options.seed`: of the chance that loses and delays.
-- The server: `address`, that of the first; `addresses`; `port`; `pid`.
function M.start(options)
  options = options or {}
  local listen = options.listen or { "127.0.0.1" }
  local tcp = options.tcp == false and "--no-tcp" or options.hang_up and "--hang-up" or ""
  local pipe = assert(io.popen(("exec python3 -B spec/support/fault_server.py --listen %s %s --seed %d"):format(
    table.concat(listen, " --listen "), tcp, options.seed or 1), "r"))
  local said = pipe:read "*l" or ""
  local port, pid = said:match "^(%d+) (%d+)$"
  if not port then
    pipe:close()
    return nil, said
  end
  local addresses = {}
  for i, address in ipairs(listen) do addresses[i] = spelled(address, port) end
  return setmetatable({ address = addresses[1], addresses = addresses, port = tonumber(port), pid = pid, pipe = pipe }, Server)
end

-- How often a name was asked until now, whatever the type: `total`, `udp` and `tcp`; of these `edns`, and `cd` (checking disabled).
function Server:asked(name)
  local resolver = assert(dns.resolver { servers = { self.address }, timeout = 10, tries = 1 })
  local answer = resolver:query("count." .. name, "TXT")
  resolver:close()
  local counts = {}
  for _, text in ipairs(answer.text) do
    local kind, n = text:match "^(%a+)=(%d+)$"
    counts[kind] = tonumber(n)
  end
  counts.total = counts.udp + counts.tcp
  return counts
end

function Server:stop()
  os.execute("kill " .. self.pid)
  self.pipe:close()
end

return M
