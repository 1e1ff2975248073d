--- The transport inside nginx (OpenResty, or lua-nginx-module): cosockets, so that nothing ever blocks a worker.
--
-- Every query has a socket of its own, and with it a port that nobody can guess (RFC 5452 §4.5); what comes there and is
-- no reply to it, is passed over. Nothing is kept between two queries: one transport, made when nginx starts or a module
-- is loaded, serves all requests of all workers.
--
-- Cosockets are there in the phases that may wait; `mailseal.async.nginx` lists them, and which of them are tested. Elsewhere
-- `ready` says why not.
--
-- A query under way takes one of nginx's `worker_connections`. So that some are left for requests, a worker has no more than 256
-- under way at a time for a resolver, which is half of nginx's default; `in_flight` says another number. With its default of
-- `lua_socket_log_errors on`, nginx itself logs a line for each socket that is refused or reset; a query that nobody answers is
-- logged by nobody.
--
-- Of each socket and light thread nginx keeps some hundred octets until its request has ended: half a KB for a query. A timer
-- that asks for ever does well to begin another in its place every few thousand queries.
-- @module mailseal.dns.resty
local async = require "mailseal.async"
local is_reply = require "mailseal.core".dns.is_reply
local server = require "mailseal.dns.server"
local turns = require "mailseal.dns.turns"

local floor, now = math.floor, async.now

local M = {}
local Transport = {}
Transport.__index = Transport
Transport.__name = "mailseal.dns.resty"

-- No message is longer.
local LARGEST = 65535

-- Queries that are under way at a time.
local IN_FLIGHT = 256

-- Milliseconds that a cosocket waits. The time is over before: for the task that waits for it.
local LONG = 86400000

--- Is this nginx, and has it cosockets?
-- @treturn boolean
function M.available()
  return type(ngx) == "table" and type(ngx.socket) == "table" and ngx.socket.udp ~= nil
end

-- So many servers are remembered: a zone can name any number for us to ask.
local PEERS = 512

-- What `setpeername` and `connect` want to know of a server.
local function peer_of(self, name)
  local peer = self.peers[name]
  if peer then return peer end
  local address, port, code = server.parse(name)
  if not address then return nil, port, code end
  peer = { address = address:find(":", 1, true) and "[" .. address .. "]" or address, port = port }
  if self.known >= PEERS then self.peers, self.known = {}, 0 end
  self.peers[name], self.known = peer, self.known + 1
  return peer
end

--- Makes the transport.
-- @tparam table servers a list of servers, see `mailseal.dns.server`
-- @tparam[opt] number in_flight how many queries of a worker may be under way at a time, further ones waiting for their turn (256)
-- @treturn ?table the transport
-- @treturn ?string what is wrong
-- @treturn ?string `bad_server`
function M.new(servers, in_flight)
  local host = require "mailseal.async.nginx"
  local self = setmetatable({
    host = host, peers = {}, known = 0, turns = turns.new(in_flight or IN_FLIGHT, host.vanished),
  }, Transport)
  local message, code
  self.servers, message, code = server.list(servers, function(name) return peer_of(self, name) end)
  if not self.servers then return nil, message, code end
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

-- What the light thread of a socket runs: `talk`, which returns the reply, or nil and what is wrong.
local function serve(job, talk, socket, query, peer)
  socket:settimeout(LONG)
  job.ok, job.reply, job.failure = pcall(talk, socket, query, peer)
  job.over = true
  async.wake(job.task)
end

-- Lets the running task wait for such a light thread. Nobody can wake it out of a cosocket of its own, where it is cancelled or the
-- resolver closed; and each time-out of a cosocket would be an error in nginx's log.
local function converse(self, task, talk, socket, query, peer, deadline)
  local job = { task = task }
  local thread = ngx.thread.spawn(serve, job, talk, socket, query, peer)
  local going_on, why = true, nil
  if not job.over then going_on, why = pcall(async.suspend, nil, nil, math.max(0, deadline - now())) end
  -- Of one that has ended it rids nginx, which else would keep it for somebody to take notice.
  ngx.thread.kill(thread)
  socket:close()
  if not going_on then error(why, 0) end
  if not job.over then return nil, self.closed and "resolver closed" or "timeout" end
  if not job.ok then error(job.reply, 0) end
  return job.reply, job.failure
end

-- Waits for the reply among whatever comes.
local function talk_over_udp(socket, query, peer)
  local ok, message = socket:setpeername(peer.address, peer.port)
  if ok then ok, message = socket:send(query) end
  while ok do
    local datagram
    datagram, message = socket:receive(LARGEST)
    if datagram and is_reply(query, datagram) then return datagram end
    -- A datagram of no octets at all reads as an error of its own.
    ok = datagram or message == "no more data"
  end
  return nil, message
end

-- Receives a message with its length before it (RFC 1035 §4.2.2).
local function receive_message(socket)
  local length, message = socket:receive(2)
  if not length then return nil, message end
  local high, low = length:byte(1, 2)
  return socket:receive(high * 256 + low)
end

local function talk_over_tcp(socket, query, peer)
  local ok, message = socket:connect(peer.address, peer.port)
  if not ok then return nil, message end
  local reply
  ok, message = socket:send { string.char(floor(#query / 256), #query % 256), query }
  if ok then reply, message = receive_message(socket) end
  if reply and not is_reply(query, reply) then return nil, "no reply" end
  return reply, message
end

-- Does the reply say that there is more than the datagram held?
local function truncated(reply)
  return floor(reply:byte(3) / 2) % 2 == 1
end

-- Asks, over UDP and where that says so over TCP. A reply; or nil, a message and a code.
local function ask(self, task, query, name, peer, seconds)
  local deadline = now() + seconds
  local reply, failure = converse(self, task, talk_over_udp, ngx.socket.udp(), query, peer, deadline)
  if not reply then return server.failure(name, code_of(failure), failure) end
  if truncated(reply) then reply = converse(self, task, talk_over_tcp, ngx.socket.tcp(), query, peer, deadline) end
  -- Over TCP there is nothing that it would not fit: what is missing there, the server failed to fetch.
  if reply and not truncated(reply) then return reply end
  return server.failure(name, "tcp_failed")
end

--- Sends a query and returns the reply, asking again over TCP where it did not fit a datagram.
-- @tparam string query a DNS message
-- @tparam string name the server to ask
-- @tparam number seconds how long, from when it is sent
-- @tparam[opt] number deadline the moment (`async.now`) until which it may take in all, should it have to wait for its turn
-- @treturn ?string the reply; whether it makes sense is for the reader to find out, but its ID and question match
-- @treturn ?string what went wrong
-- @treturn ?string `timeout`, `unreachable`, `failed`, `bad_server`, `wrong_phase`, `closed`; `queued` where the deadline passed before
--   its turn came; `tcp_failed` where a reply was truncated and could not be had over TCP
function Transport:exchange(query, name, seconds, deadline)
  local ready, message, code = self:ready()
  if not ready then return nil, message, code end
  local peer, wrong, bad_server = peer_of(self, name)
  if not peer then return nil, wrong, bad_server end
  local task = async.task()
  deadline = deadline or now() + seconds
  local has_turn, why = self.turns:take(task, seconds, deadline)
  if not has_turn then return server.failure(name, why) end
  local ok, reply
  ok, reply, message, code = pcall(ask, self, task, query, name, peer, math.min(seconds, deadline - now()))
  self.turns:leave(task)
  if not ok then error(reply, 0) end
  return reply, message, code
end

--- Lets go on who waits: there is nobody to be asked any more. No socket outlives its query.
function Transport:close()
  self.closed = true
  self.turns:close()
end

return M
