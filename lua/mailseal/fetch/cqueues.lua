--- Connections outside of nginx: by cqueues, and luaossl for TLS.
--
-- Each conversation has a controller of its own, which is a descriptor that any host of `mailseal.async` can wait for: so it goes on in a
-- plain script, under luv, and within a cqueues program alike, while others have their turn.
-- @module mailseal.fetch.cqueues
local async = require "mailseal.async"

local M = {}

local Socket = {}
Socket.__index = Socket

-- Octets that are taken at a time.
local PIECE = 16384

local modules

--- Is all there that it takes?
-- @treturn ?boolean true
-- @treturn ?string what is not
-- @treturn ?string `no_module`
function M.ready()
  if modules then return true end
  local found = {}
  for name, module in pairs {
    cqueues = "cqueues", socket = "cqueues.socket", errno = "cqueues.errno", context = "openssl.ssl.context", ssl = "openssl.ssl",
    param = "openssl.x509.verify_param", store = "openssl.x509.store",
  } do
    local ok, result = pcall(require, module)
    if not ok then
      return nil, "connections outside of nginx need cqueues and luaossl: apt install lua-cqueues lua-luaossl, or luarocks install cqueues",
        "no_module"
    end
    found[name] = result
  end
  modules = found
  return true
end

-- What an error of the system's means.
local function failure(number, what)
  local errno = modules.errno
  if number == errno.ETIMEDOUT then return nil, what .. ": no answer in time", "timeout" end
  local words = type(number) == "number" and number > 0 and errno.strerror(number) or tostring(number)
  return nil, ("%s: %s"):format(what, words), "unreachable"
end

-- ---- TLS

local contexts = {}

-- The context for a set of trusted certificates: reading the system's takes longer than a handshake.
local function context_of(ca_file)
  local name = ca_file or ""
  local context = contexts[name]
  if not context then
    context = modules.context.new("TLS", false)
    local store = modules.store.new()
    if ca_file then store:add(ca_file) else store:addDefaults() end
    context:setStore(store)
    context:setVerify(modules.context.VERIFY_PEER)
    context:setOptions(modules.context.OP_NO_SSLv3 + modules.context.OP_NO_TLSv1 + modules.context.OP_NO_TLSv1_1)
    contexts[name] = context
  end
  return context
end

local function start_tls(self, name, ca_file)
  local context = context_of(ca_file)
  local ssl, param = modules.ssl.new(context), modules.param.new()
  param:setHost(name)
  ssl:setParam(param)
  ssl:setHostName(name)
  self.context = context -- kept as long as the connection
  local ok, number = self.socket:starttls(ssl)
  if ok then return true end
  local result, words = ssl:getVerifyResult()
  if result and result ~= 0 then
    return nil, ("the certificate of %s is not to be trusted: %s"):format(name, words), "bad_certificate"
  end
  local _, message = failure(number, "no TLS with " .. name)
  return nil, message, "tls_failed"
end

-- ---- a connection

local function connect(peer)
  local socket = modules.socket.connect { host = peer.address, port = peer.port, nodelay = true }
  if not socket then return nil, peer.address .. " cannot be connected to", "unreachable" end
  socket:onerror(function(_, _, number) return number end)
  socket:setmode("bn", "bn")
  socket:settimeout(peer.patience)
  local self = setmetatable({ socket = socket }, Socket)
  local ok, number = socket:connect()
  if not ok then
    self:close()
    return failure(number, peer.address .. " cannot be connected to")
  end
  socket:settimeout(nil)
  if peer.tls_name then
    local message, code
    ok, message, code = start_tls(self, peer.tls_name, peer.ca_file)
    if not ok then
      self:close()
      return nil, message, code
    end
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
  local ok, number = self.socket:xwrite(octets, "bn")
  if ok then return true end
  return failure(number, "the server takes no request")
end

--- The octets that have come, at least one.
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string why there are none
-- @treturn[2] string `closed`
function Socket:receive()
  local octets, number = self.socket:xread(-PIECE, "bn")
  if octets then return octets end
  if number == nil or number == modules.errno.EPIPE then return nil, "the server has closed the connection", "closed" end
  local _, message = failure(number, "the connection was lost")
  return nil, message, "closed"
end

--- Ends it.
function Socket:close() self.socket:close() end

-- ---- a conversation

-- How the host waits for a controller, until `is_over` says so.
local function poller_of(controller, task, is_over)
  return {
    pollfd = function() return controller:pollfd() end,
    events = function() return "r" end,
    timeout = function() return controller:timeout() end,
    process = function()
      controller:step(0)
      if is_over() then async.wake(task) end
    end,
  }
end

--- Calls a function that may connect, and lets the running task wait until it has returned. What it has connected to is closed then, and
-- also where the task is cancelled meanwhile.
-- @tparam function fn called with a function that connects: it takes a table of `address`, `port`, `tls_name` (nil without TLS),
--   `ca_file`, `patience` (seconds), and returns a socket with `send`, `receive` and `close`, or nil, a message and a code
-- @treturn any what it returned: three values at most
function M.converse(fn)
  local controller, task, open, outcome = modules.cqueues.new(), async.task(), {}, nil
  controller:wrap(function()
    local ok, first, message, code = pcall(fn, function(peer)
      local socket, why, kind = connect(peer)
      open[#open + 1] = socket
      return socket, why, kind
    end)
    outcome = { ok = ok, first = first, message = message, code = code }
  end)
  local poller = poller_of(controller, task, function() return outcome end)
  local going_on, problem = true, nil
  controller:step(0)
  while going_on and not outcome do going_on, problem = pcall(async.suspend, poller) end
  for _, socket in ipairs(open) do socket:close() end
  controller:close()
  if not going_on then error(problem, 0) end
  if not outcome.ok then error(outcome.first, 0) end
  return outcome.first, outcome.message, outcome.code
end

return M
