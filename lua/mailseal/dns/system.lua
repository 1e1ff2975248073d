--- What the machine says about its resolvers: resolv.conf(5).
-- @module mailseal.dns.system
local M = {}

local function bounded(text, greatest)
  local number = tonumber(text)
  return number and number >= 1 and math.min(number, greatest) or nil
end

--- Reads resolv.conf. Where it is absent or names nobody, the server is the machine itself, as resolv.conf(5) says.
-- @tparam[opt] string path "/etc/resolv.conf"
-- @treturn table `servers`, a list of addresses; and, where the file says so, `timeout` (seconds) and `tries`
function M.read(path)
  local found = { servers = {} }
  local file = io.open(path or "/etc/resolv.conf", "rb")
  for line in (file and file:read "*a" or ""):gmatch "[^\r\n]+" do
    local keyword, rest = line:match "^(%a+)[ \t]+(.*)$"
    if keyword == "nameserver" then
      -- An address with a scope ("fe80::1%eth0") is passed over: c-ares before 1.20 cannot be told of it.
      local address = rest:match "^[%x:.]+"
      if address and not rest:find("%", 1, true) then found.servers[#found.servers + 1] = address end
    elseif keyword == "options" then
      found.timeout = bounded(rest:match "timeout:(%d+)", 30) or found.timeout
      found.tries = bounded(rest:match "attempts:(%d+)", 5) or found.tries
    end
  end
  if file then file:close() end
  if #found.servers == 0 then found.servers[1] = "127.0.0.1" end
  return found
end

return M
