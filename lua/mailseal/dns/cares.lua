--- The transport over the network, by c-ares (csrc/dns/channel.h): in a plain script and under loops with descriptors.
--
-- A transport has a list `servers` and one method: `exchange(query, server, seconds, deadline)`, which returns the octets of a
-- reply, or `ask`, as here, which returns what they say. Failover and tries are the resolver's matter. This one also is a
-- poller as `mailseal.async` and cqueues know it: `pollfd`, `events`, `timeout`, and `process`.
-- @module mailseal.dns.cares
local async = require "mailseal.async"
local core = require "mailseal.core".dns
local server = require "mailseal.dns.server"

local now = async.now

local M = {}
local Transport = {}
Transport.__index = Transport
Transport.__name = "mailseal.dns.cares"

-- How long a single try may take at most, whatever a resolver's time-out.
local LONGEST = 30

-- So many servers that were asked of late are remembered, and up to as many that were asked before those. A zone can name
-- any number for us to ask.
local SERVERS = 256

-- Forgets those of the older servers that are not being asked.
local function forget_servers(self)
  local kept, count = {}, 0
  for name, number in pairs(self.older) do
    if not self.channel:remove_server(number) then kept[name], count = number, count + 1 end
  end
  self.older, self.numbers, self.count, self.most = self.numbers, kept, count, math.max(2 * count, SERVERS)
end

-- Makes a server known to the channel where it is not, and puts it among those that were asked of late.
local function introduce(self, name)
  if self.closed then return server.failure(name, "closed") end
  local number = self.older[name]
  if not number then
    local address, port, code = server.parse(name)
    if not address then return nil, port, code end
    number, port, code = self.channel:add_server(address, port)
    if not number then return nil, ("\"%s\": %s"):format(name, port), code end
  end
  self.older[name], self.numbers[name], self.count = nil, number, self.count + 1
  if self.count >= self.most then forget_servers(self) end
  return number
end

-- The channel's number for a server. It may be another's as soon as somebody else has his turn.
local function number_of(self, name)
  local number = self.numbers[name]
  if number then return number end
  return introduce(self, name)
end

--- Makes the transport.
-- @tparam table servers a list of servers, see `mailseal.dns.server`
-- @tparam[opt] number longest the longest time that one exchange may take, in seconds
-- @tparam[opt] number in_flight how many queries may be under way at a time, further ones waiting for their turn (2000)
-- @treturn ?table the transport
-- @treturn ?string what is wrong
-- @treturn ?string `bad_server`
function M.new(servers, longest, in_flight)
  local channel, message, code = core.channel(math.max(longest or 0, LONGEST), in_flight)
  if not channel then return nil, message, code end
  local self = setmetatable({
    channel = channel, waiting = {}, done = {},
    numbers = {}, older = {}, count = 0, most = SERVERS,
  }, Transport)
  self.servers, message, code = server.list(servers, function(name) return number_of(self, name) end)
  if not self.servers then
    channel:close()
    return nil, message, code
  end
  return self
end

--- Forgets what is under way, and closes its sockets. Who waits for a reply gets none.
function Transport:close()
  local waiting = self.waiting
  self.waiting, self.closed = {}, true
  for _, task in pairs(waiting) do async.wake(task, nil, "closed") end
  -- Now no loop looks at the descriptor any more.
  self.channel:close()
end

--- The descriptor to wait on.
-- @treturn number
function Transport:pollfd() return self.channel:pollfd() end

--- What to wait for on it.
-- @treturn string always "r"
function Transport:events() return self.channel:events() end

--- When `process` wants to be called though nothing came.
-- @treturn ?number seconds from now; nil where nothing is under way
function Transport:timeout() return self.channel:timeout() end

--- Takes in what came, and wakes the tasks that waited for it.
function Transport:process()
  local channel, waiting = self.channel, self.waiting
  channel:process()
  local id, answer, code = channel:take()
  while id do
    local task = waiting[id]
    waiting[id] = nil
    if task then
      async.wake(task, answer, code)
    else
      self.done[id] = { answer, code }
    end
    id, answer, code = channel:take()
  end
end

-- A task that waited was cancelled: nobody wants its reply.
local function forget(self, task)
  local id = task.token
  if self.waiting[id] ~= task then return end
  self.waiting[id] = nil
  self.channel:cancel(id)
end

-- Waits in place for what becomes of a query: an answer, or nil and a code.
local function wait_in_place(self, id)
  while not self.done[id] do async.block(self) end
  local outcome = self.done[id]
  self.done[id] = nil
  return outcome[1], outcome[2]
end

-- Sends a query and waits for what becomes of it: a reply, or nil and a code. `left` is the time for all, that in the queue
-- included.
local function attempt(self, query, number, seconds, tcp, left)
  if self.closed then return nil, "closed" end
  local id, _, code = self.channel:send(number, query, seconds, tcp, left)
  if not id then return nil, code end
  local task = async.task()
  self.waiting[id] = task
  if not task then return wait_in_place(self, id) end
  task.token = id
  return async.suspend(self, forget)
end

--- Sends a query and returns what the reply says, asking again over TCP where it did not fit a datagram.
-- @tparam string query a DNS message
-- @tparam string name the server to ask
-- @tparam number seconds how long, from when it is sent
-- @tparam[opt] number deadline the moment (`async.now`) until which it may take in all, should it have to wait for its turn
-- @treturn ?table the answer, see `mailseal.dns.resolver`
-- @treturn ?string what went wrong
-- @treturn ?string `timeout`, `unreachable`, `failed`, `no_memory`, `bad_server`; `bad_message` where the reply makes no sense;
--   `queued` where the deadline passed before its turn came; `tcp_failed` where a reply was truncated and could not be had
--   over TCP; `closed`
function Transport:ask(query, name, seconds, deadline)
  local number, message, code = number_of(self, name)
  if not number then return nil, message, code end
  local moment = now()
  deadline = deadline or moment + seconds
  local answer
  answer, code = attempt(self, query, number, seconds, false, deadline - moment)
  if answer then return answer end
  -- Over TCP there is nothing that it would not fit: what is missing there, the server failed to fetch.
  if code == "truncated" then
    local left = math.min(seconds, deadline - now())
    number = left > 0 and number_of(self, name)
    if number then
      answer, code = attempt(self, query, number, left, true, left)
      if answer then return answer end
    end
    if code ~= "bad_message" then code = "tcp_failed" end
  end
  return server.failure(name, code)
end

return M
