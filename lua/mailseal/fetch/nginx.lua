--- Connections inside nginx: cosockets, so that nothing ever blocks a worker.
--
-- Whose certificates are trusted is nginx's to say: `lua_ssl_trusted_certificate`, and `lua_ssl_verify_depth`, whose default of 1 is too
-- few for most hosts, within http { }. Without the first no certificate is.
-- @module mailseal.fetch.nginx
local async = require "mailseal.async"

local M = {}

local Socket = {}
Socket.__index = Socket

-- Octets that are taken at a time; and milliseconds for which a cosocket waits: the time is over before for the task that waits for it.
local PIECE, LONG = 16384, 86400000

--- Can it be used where we are?
-- @treturn ?boolean true
-- @treturn ?string why not
-- @treturn ?string `wrong_phase`
function M.ready()
  if require "mailseal.async.nginx".here() then return true end
  return nil, ("nobody can be connected to in nginx's %s phase, which must not wait"):format(ngx.get_phase()), "wrong_phase"
end

-- Asked for no session (false), lua-resty-core takes a handshake that is over at once for a good one without looking whether the
-- certificate is (its pull request 532); asked for one, it looks, and raises where it is not. A session may be a pointer to nothing.
local function handshake(self, peer)
  local returned, problem, message = pcall(self.socket.sslhandshake, self.socket, nil, peer.tls_name, true)
  if returned and not message then return true end
  message = returned and tostring(message) or "the certificate was not verified"
  if not returned and not tostring(problem):find("assertion failed", 1, true) then error(problem, 0) end
  if message:find("certificate", 1, true) then
    return nil, ("the certificate of %s is not to be trusted: %s"):format(peer.tls_name, message), "bad_certificate"
  end
  return nil, ("no TLS with %s: %s"):format(peer.tls_name, message), "tls_failed"
end

local function connect(self, peer)
  self.socket:settimeouts(peer.patience * 1000, LONG, LONG)
  local address = peer.address:find(":", 1, true) and "[" .. peer.address .. "]" or peer.address
  local ok, message = self.socket:connect(address, peer.port)
  if not ok then
    return nil, ("%s cannot be connected to: %s"):format(peer.address, message), message == "timeout" and "timeout" or "unreachable"
  elseif peer.tls_name then
    local code
    ok, message, code = handshake(self, peer)
    if not ok then return nil, message, code end
  end
  return self
end

--- Sends octets.
-- @tparam string octets
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what went wrong
-- @treturn[2] string `unreachable`, `timeout`
function Socket:send(octets)
  local ok, message = self.socket:send(octets)
  if ok then return true end
  return nil, "the server takes no request: " .. message, "unreachable"
end

--- The octets that have come, at least one.
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string why there are none
-- @treturn[2] string `closed`
function Socket:receive()
  local octets, message = self.socket:receiveany(PIECE)
  if octets then return octets end
  return nil, "the connection was lost: " .. message, "closed"
end

--- Ends it.
function Socket:close() self.socket:close() end

-- What the light thread of a conversation runs.
local function serve(job, fn)
  job.ok, job.first, job.message, job.code = pcall(fn, function(peer)
    local socket = setmetatable({ socket = ngx.socket.tcp() }, Socket)
    job.open[#job.open + 1] = socket
    local connected, message, code = connect(socket, peer)
    if not connected then socket:close() end
    return connected, message, code
  end)
  job.over = true
  async.wake(job.task)
end

--- Calls a function that may connect, and lets the running task wait until it has returned: as of `mailseal.fetch.cqueues.converse`. It
-- runs in a light thread of its own, for nobody could wake the task out of a cosocket's wait where it is cancelled.
-- @tparam function fn
-- @treturn any what it returned: three values at most
function M.converse(fn)
  local job = { task = async.task(), open = {} }
  local thread = ngx.thread.spawn(serve, job, fn)
  local going_on, problem = true, nil
  while going_on and not job.over do going_on, problem = pcall(async.suspend) end
  ngx.thread.kill(thread)
  for _, socket in ipairs(job.open) do socket:close() end
  if not going_on then error(problem, 0) end
  if not job.ok then error(job.first, 0) end
  return job.first, job.message, job.code
end

return M
