--- The transport inside nginx (OpenResty, or lua-nginx-module): cosockets, so that nothing ever blocks a worker.
--
-- Every query has a socket of its own, and with it a port that nobody can guess (RFC 5452 §4.5); what comes there and is
-- no reply to it, is passed over. Nothing is kept between two queries: one transport, made when nginx starts or a module
-- is loaded, serves all requests of all workers.
--
-- Cosockets are there in the phases that may wait, see `mailseal.async.nginx`. Elsewhere `ready` says so.
--
-- nginx logs a line for each time-out of a socket, which to us is no error: `lua_socket_log_errors off;`. A query
-- under way takes one of its `worker_connections`.
-- @module mailseal.dns.resty
local async = require "mailseal.async"
local is_reply = require "mailseal.core".dns.is_reply
local parse_server = require "mailseal.dns.server".parse

local floor, now = math.floor, async.now

local M = {}
local Transport = {}
Transport.__index = Transport
Transport.__name = "mailseal.dns.resty"

-- No message is longer.
local LARGEST = 65535

-- Seconds until a task that waits for a cosocket looks whether it was cancelled: nobody can wake it there.
local GLANCE = 0.1

--- Is this nginx, and has it cosockets?
-- @treturn boolean
function M.available()
  return type(ngx) == "table" and type(ngx.socket) == "table" and ngx.socket.udp ~= nil
end

-- What `setpeername` and `connect` want to know of a server.
local function peer_of(self, name)
  local peer = self.peers[name]
  if peer then return peer end
  local address, port, code = parse_server(name)
  if not address then return nil, port, code end
  peer = { address = address:find(":", 1, true) and "[" .. address .. "]" or address, port = port }
  self.peers[name] = peer
  return peer
end

--- Makes the transport.
-- @tparam table servers a list of servers, see `mailseal.dns.server`
-- @treturn ?table the transport
-- @treturn ?string what is wrong
-- @treturn ?string `bad_server`
function M.new(servers)
  if type(servers) ~= "table" or #servers == 0 then
    return nil, "servers must be a list of one or more addresses", "bad_server"
  end
  local self = setmetatable({ host = require "mailseal.async.nginx", servers = {}, peers = {} }, Transport)
  for i, name in ipairs(servers) do
    local peer, message, code = peer_of(self, name)
    if not peer then return nil, message, code end
    self.servers[i] = name
  end
  return self
end

--- Can it be used where we are?
-- @treturn ?boolean true
-- @treturn ?string why not, and what to do
-- @treturn ?string `wrong_phase`
function Transport:ready()
  if self.host.here() then return true end
  return nil, ("DNS cannot be asked in nginx's %s phase, which must not wait; ask in a timer (ngx.timer.at), or in a phase "
    .. "that may wait (access, content)"):format(ngx.get_phase()), "wrong_phase"
end

-- The code for what a cosocket says.
local function code_of(message)
  if message == "timeout" then return "timeout" end
  if message == "resolver closed" then return "closed" end
  for _, words in ipairs { "refused", "unreachable", "no route", "reset", "closed" } do
    if message:find(words, 1, true) then return "unreachable" end
  end
  return "failed"
end

-- What `settimeout` wants. It takes 0 for its default, a minute.
local function milliseconds(seconds) return math.max(1, math.ceil(seconds * 1000)) end

-- Raises where the running task was cancelled.
local function check_cancelled(socket)
  local task = async.task()
  if not task or not task.cancelled then return end
  socket:close()
  error(async.cancelled, 0)
end

-- Receives something (`method` says how), and waits for it in glances.
local function receive(self, socket, method, size, deadline)
  repeat
    local left = deadline - now()
    if left <= 0 then return nil, "timeout" end
    socket:settimeout(milliseconds(math.min(left, GLANCE)))
    local octets, message = socket[method](socket, size)
    if octets or message ~= "timeout" then return octets, message end
    check_cancelled(socket)
    if self.closed then return nil, "resolver closed" end
  until false
end

-- Waits for the reply among whatever comes.
local function receive_datagram(self, socket, query, deadline)
  repeat
    local datagram, message = receive(self, socket, "receive", LARGEST, deadline)
    if datagram and is_reply(query, datagram) then return datagram end
    -- A datagram of no octets at all reads as an error of its own.
    if not datagram and message ~= "no more data" then return nil, message end
  until false
end

local function ask_over_udp(self, query, peer, deadline)
  local socket = ngx.socket.udp()
  local reply
  local ok, message = socket:setpeername(peer.address, peer.port)
  if ok then ok, message = socket:send(query) end
  if ok then reply, message = receive_datagram(self, socket, query, deadline) end
  socket:close()
  return reply, message
end

-- Reads until there are `size` octets, however few come at a time.
local function receive_octets(self, socket, size, deadline)
  local pieces, length = {}, 0
  while length < size do
    local piece, message = receive(self, socket, "receiveany", size - length, deadline)
    if not piece then return nil, message end
    pieces[#pieces + 1], length = piece, length + #piece
  end
  return table.concat(pieces)
end

-- Receives a message with its length before it (RFC 1035 §4.2.2).
local function receive_message(self, socket, deadline)
  local length, message = receive_octets(self, socket, 2, deadline)
  if not length then return nil, message end
  local high, low = length:byte(1, 2)
  return receive_octets(self, socket, high * 256 + low, deadline)
end

local function ask_over_tcp(self, query, peer, deadline)
  local socket = ngx.socket.tcp()
  local reply
  socket:settimeout(milliseconds(deadline - now()))
  local ok, message = socket:connect(peer.address, peer.port)
  if not ok then return nil, message end
  ok, message = socket:send { string.char(floor(#query / 256), #query % 256), query }
  if ok then reply, message = receive_message(self, socket, deadline) end
  socket:close()
  if reply and not is_reply(query, reply) then return nil, "no reply" end
  return reply, message
end

-- Does the reply say that there is more than the datagram held?
local function truncated(reply)
  return floor(reply:byte(3) / 2) % 2 == 1
end

local texts = {
  timeout = "%s does not answer", unreachable = "%s cannot be reached", failed = "asking %s failed: %s",
  closed = "%s is not asked any more",
}

--- Sends a query and returns the reply, asking again over TCP where it did not fit a datagram.
-- @tparam string query a DNS message
-- @tparam string name the server to ask
-- @tparam number seconds how long
-- @treturn ?string the reply; whether it makes sense is for the reader to find out, but its ID and question match
-- @treturn ?string what went wrong
-- @treturn ?string `timeout`, `unreachable`, `failed`, `bad_server`, `wrong_phase`, `closed`; `tcp_failed` where a reply was truncated
--   and could not be had over TCP
function Transport:exchange(query, name, seconds)
  local ready, message, code = self:ready()
  if not ready then return nil, message, code end
  local peer, wrong, bad_server = peer_of(self, name)
  if not peer then return nil, wrong, bad_server end
  local deadline = now() + seconds
  local reply, failure = ask_over_udp(self, query, peer, deadline)
  if not reply then
    code = code_of(failure)
    return nil, texts[code]:format(name, failure), code
  end
  if truncated(reply) then reply = deadline > now() and ask_over_tcp(self, query, peer, deadline) end
  -- Over TCP there is nothing that it would not fit: what is missing there, the server failed to fetch.
  if reply and not truncated(reply) then return reply end
  return nil, ("%s truncates its answer, and does not give it over TCP"):format(name), "tcp_failed"
end

--- Lets go on who waits, soon: there is nobody to be asked any more. No socket outlives its query.
function Transport:close() self.closed = true end

return M
