--- The transport over the network, by c-ares (csrc/dns/channel.h): in a plain script and under loops with descriptors.
--
-- A transport has a list `servers` and one method, `exchange(query, server, seconds)`; failover, tries and the meaning
-- of replies are the resolver's matter. This one also is a poller as `mailseal.async` and cqueues know it: `pollfd`,
-- `events`, `timeout`, and `process`.
-- @module mailseal.dns.cares
local async = require "mailseal.async"
local core = require "mailseal.core".dns
local server = require "mailseal.dns.server"

local M = {}
local Transport = {}
Transport.__index = Transport
Transport.__name = "mailseal.dns.cares"

-- How long a single query may take at most, whatever a resolver's time-out.
local LONGEST = 30

local texts = {
  timeout = "%s does not answer",
  unreachable = "%s cannot be reached",
  no_memory = "out of memory while asking %s",
  failed = "asking %s failed",
}

-- The channel's number for a server, made known to it on first use.
local function number_of(self, name)
  local number = self.numbers[name]
  if number then return number end
  local address, port, code = server.parse(name)
  if not address then return nil, port, code end
  local ok, _, failure = self.channel:add_server(address, port)
  if not ok then return nil, ("\"%s\" is not the address of a server"):format(name), failure end
  self.count = self.count + 1
  self.numbers[name] = self.count
  return self.count
end

--- Makes the transport.
-- @tparam table servers a list of servers, see `mailseal.dns.server`
-- @tparam[opt] number longest the longest time that one exchange may take, in seconds
-- @treturn ?table the transport
-- @treturn ?string what is wrong
-- @treturn ?string `bad_server`
function M.new(servers, longest)
  if type(servers) ~= "table" or #servers == 0 then
    return nil, "servers must be a list of one or more addresses", "bad_server"
  end
  local channel, message, code = core.channel(math.max(longest or 0, LONGEST))
  if not channel then return nil, message, code end
  local self = setmetatable({ channel = channel, servers = {}, numbers = {}, count = 0, waiting = {}, done = {} }, Transport)
  for i, name in ipairs(servers) do
    local number
    number, message, code = number_of(self, name)
    if not number then return nil, message, code end
    self.servers[i] = name
  end
  return self
end

--- Forgets what is under way, and closes its sockets. No task may be waiting.
function Transport:close() self.channel:close() end

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
  local id, reply, code = channel:take()
  while id do
    local task = waiting[id]
    waiting[id] = nil
    if task then
      async.wake(task, reply, code)
    elseif task == nil then
      self.done[id] = { reply, code }
    end
    id, reply, code = channel:take()
  end
end

-- Where a task that waits is cancelled: what comes for it is let go of.
local function forget(self, task) self.waiting[task.token] = false end

-- Sends a query and waits for what becomes of it: a reply, or nil and a code.
local function attempt(self, query, number, seconds, tcp)
  local id, _, code = self.channel:send(number, query, seconds, tcp)
  if not id then return nil, code end
  local task = async.task()
  if task then
    self.waiting[id], task.token = task, id
    return async.suspend(self, forget)
  end
  while not self.done[id] do async.block(self) end
  local outcome = self.done[id]
  self.done[id] = nil
  return outcome[1], outcome[2]
end

-- Does the reply say that there is more than the datagram held?
local function truncated(reply)
  return #reply >= 12 and math.floor(reply:byte(3) / 2) % 2 == 1
end

--- Sends a query and returns the reply, asking again over TCP where it did not fit a datagram.
-- @tparam string query a DNS message
-- @tparam string name the server to ask
-- @tparam number seconds how long
-- @treturn ?string the reply; whether it makes sense is for the reader to find out, but its ID and question match
-- @treturn ?string what went wrong
-- @treturn ?string `timeout`, `unreachable`, `failed`, `no_memory`, `bad_server`; `tcp_failed` where a reply was
--   truncated and could not be had over TCP
function Transport:exchange(query, name, seconds)
  local number, message, code = number_of(self, name)
  if not number then return nil, message, code end
  local deadline = async.now() + seconds
  local reply
  reply, code = attempt(self, query, number, seconds, false)
  if not reply then return nil, (texts[code] or texts.failed):format(name), code end
  if not truncated(reply) then return reply end
  local left = deadline - async.now()
  if left > 0 then reply = attempt(self, query, number, left, true) else reply = nil end
  if reply then return reply end
  return nil, ("%s truncates its answer, and does not give it over TCP"):format(name), "tcp_failed"
end

return M
