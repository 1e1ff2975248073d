--- A talk with a name server over TCP (RFC 7766) in which every message is signed, both ways (RFC 8945).
--
-- Questions and updates go out several at a time, and their replies come in whatever order. A server that ends the connection before it has
-- answered all of them is connected to again for the others; but for an update that changes something, which is never sent twice.
-- @module mailseal.publish.rfc2136.session
local async = require "mailseal.async"
local core = require "mailseal.core".dns
local rcode = require "mailseal.dns.rcode"
local resty = require "mailseal.dns.resty"
local told = require "mailseal.publish.rfc2136.told"
local update = require "mailseal.dns.update"

local M = {}

local Session = {}
Session.__index = Session

local unpack = table.unpack or unpack -- luacheck: ignore

-- So many messages, and octets of them, are under way at a time: few enough for any socket's buffers, so that nobody waits for somebody who
-- waits for him.
local WINDOW, FULL = 64, 16384

-- Seconds for each of several addresses; how many of them are tried.
local PATIENCE, TRIED = 4, 4

local function pack(...) return { n = select("#", ...), ... } end

-- ---- the connection

local function open(self)
  local peer, message, code = self.peer, nil, nil
  for i = 1, math.min(#peer.addresses, TRIED) do
    local socket
    socket, message, code = self.connect {
      address = peer.addresses[i], port = peer.port, patience = peer.addresses[i + 1] and PATIENCE or self.seconds,
    }
    if socket then
      self.socket, self.buffer, self.answered = socket, "", 0
      return true
    end
  end
  return nil, message, code
end

local function close(self)
  if self.socket then self.socket:close() end
  self.socket = nil
end

-- The next so many octets.
local function take(self, count)
  while #self.buffer < count do
    local octets, message, code = self.socket:receive()
    if not octets then return nil, message, code end
    self.buffer = self.buffer .. octets
  end
  local octets = self.buffer:sub(1, count)
  self.buffer = self.buffer:sub(count + 1)
  return octets
end

local function number_at(octets, place)
  local high, low = octets:byte(place, place + 1)
  return high * 256 + low
end

local function receive(self)
  local length, message, code = take(self, 2)
  if not length then return nil, message, code end
  local octets
  octets, message, code = take(self, number_at(length, 1))
  if octets and #octets < 12 then return nil, self.peer.text .. " sends what is no DNS message", "bad_answer" end
  return octets, message, code
end

-- ---- messages

-- A message as octets, signed; what is wanted to verify its reply; its ID. Nil, a message and a code where there can be none.
local function write(self, one)
  local octets, message, code, state
  self.id = (self.id + 1) % 65536
  if one.changes then
    octets, message, code = update.write { zone = one.zone, changes = one.changes, id = self.id }
  else
    octets, message, code = core.encode(one.name, one.type, { id = self.id, no_recursion = true, no_edns = true })
  end
  if octets then
    octets, state, code = self.peer.key:sign(octets, self.peer.now())
    if octets then return octets, state, self.id end
    message = state
  end
  return nil, told.unwritten(one, message, code)
end

local function send(self, one, under_way)
  local signed, state, id = write(self, one)
  if not signed then return nil, state, id end
  if one.once then one.sent = true end
  under_way[id] = { message = one, state = state, octets = #signed }
  under_way.n, under_way.octets = under_way.n + 1, under_way.octets + #signed
  return self.socket:send(string.char(math.floor(#signed / 256), #signed % 256) .. signed)
end

-- What a reply says, where it is the server's.
local function read(self, octets, waiting)
  local ok, message, code, details = self.peer.key:verify(octets, waiting.state, self.peer.now())
  if not ok and waiting.message.may_refuse and code == "not_signed" and details.rcode == "REFUSED" then return details end
  if not ok then return told.unverified(self.peer, waiting.message, message, code, details) end
  if waiting.message.changes and not update.read(octets) then
    return nil, self.peer.text .. " does not answer an update as one", "bad_answer"
  end
  return { rcode = rcode.of(octets), octets = octets }
end

-- Takes one reply to what is under way.
local function answer(self, under_way, replies)
  local octets, message, code = receive(self)
  if not octets then return nil, message, code end
  local waiting = under_way[number_at(octets, 1)]
  if not waiting then return nil, self.peer.text .. " answers what it was not asked", "bad_answer" end
  local reply, details
  reply, message, code, details = read(self, octets, waiting)
  if not reply then return nil, message, code, details end
  under_way[number_at(octets, 1)] = nil
  under_way.n, under_way.octets = under_way.n - 1, under_way.octets - waiting.octets
  self.answered = self.answered + 1
  replies[waiting.message] = reply
  return true
end

-- Is the connection gone, and may another one be made? Where one was good for nothing, what was sent behind the first message may be why: a
-- server that ends it with octets unread ends the way of its reply with it. Then they go one by one.
local function may_go_on(self, code, messages)
  if code ~= "closed" and code ~= "unreachable" or not self.socket then return false end
  for _, one in ipairs(messages) do
    if one.sent then return false end
  end
  local is_last = self.answered == 0 and self.window == 1
  if self.answered == 0 then self.window = 1 end
  return not is_last
end

-- Takes replies until no more than so many messages, and octets, are under way.
local function answer_until(self, under_way, replies, most, octets)
  while under_way.n > most or under_way.octets > octets do
    local ok, message, code, details = answer(self, under_way, replies)
    if not ok then return nil, message, code, details end
  end
  return true
end

-- Sends messages that are not answered yet, and takes the replies.
local function exchange(self, messages, replies)
  local under_way, ok, message, code, details = { n = 0, octets = 0 }, true, nil, nil, nil
  if not self.socket then ok, message, code = open(self) end
  for _, one in ipairs(messages) do
    if ok and not replies[one] then
      ok, message, code, details = answer_until(self, under_way, replies, self.window - 1, FULL)
      if ok then ok, message, code, details = send(self, one, under_way) end
    end
  end
  if ok then ok, message, code, details = answer_until(self, under_way, replies, 0, 0) end
  return ok, message, code, details
end

local function exchange_all(self, messages, replies)
  while messages[1] do
    local ok, message, code, details = exchange(self, messages, replies)
    if ok then return true end
    local again = may_go_on(self, code, messages)
    close(self)
    if not again then return nil, message, code, details end
  end
  return true
end

-- PowerDNS refuses an update with a key that it does not know as one with a key that may not. Of a question it says which.
local function look_closer(self, messages, code)
  local zone = messages[1] and messages[1].zone
  if code ~= "not_allowed" or not zone then return nil end
  local ok, message, closer, details = exchange_all(self, { { name = zone, type = "SOA" } }, {})
  if not ok and (closer == "bad_credentials" or closer == "clock_off") then return message, closer, details end
end

--- Asks, and waits for all replies.
-- @tparam {table,...} messages each a question of `name` and `type`, or an update of `zone` and `changes` (see `mailseal.dns.update`); one
--   that changes something has `once`, and gets `sent` when it is on its way; one with `may_refuse` may be refused without a signature
-- @treturn[1] {table,...} in the same order, their replies: `rcode` ("NOERROR", …), `octets`
-- @treturn[2] nil
-- @treturn[2] string what went wrong
-- @treturn[2] string see `mailseal.publish.target`
-- @treturn[2] ?table details
function Session:ask(messages)
  local replies, list = {}, {}
  -- A connection that was of use may be gone at its other end, and what is sent once is not to find that out.
  if messages[1] and messages[1].once then close(self) end
  local ok, message, code, details = exchange_all(self, messages, replies)
  if not ok then
    local why, closer, more = look_closer(self, messages, code)
    if why then return nil, why, closer, more end
    return nil, message, code, details
  end
  for i, one in ipairs(messages) do list[i] = replies[one] end
  return list
end

-- ---- the talk

--- Talks with a server.
-- @tparam table peer `addresses`, `port`, `key` (see `mailseal.dns.tsig`), `now` (a clock), `text` (what to call it)
-- @tparam number seconds how long it may take in all
-- @tparam function fn called with a session
-- @treturn any what it returned: four values, of which the first is nil where it failed
function M.run(peer, seconds, fn)
  local transport = require(resty.available() and "mailseal.fetch.nginx" or "mailseal.fetch.cqueues")
  local ready, message, code = transport.ready()
  if not ready then return nil, message, code end
  local outcome
  outcome, message, code = async.within(seconds, transport.converse, function(connect)
    local id = number_at((core.encode(".", "NS")), 1)
    local session = setmetatable({ peer = peer, connect = connect, seconds = seconds, id = id, window = WINDOW }, Session)
    return pack(fn(session))
  end)
  if outcome then return unpack(outcome, 1, outcome.n) end
  if code == "timeout" then message = ("%s was not done within %g seconds"):format(peer.text, seconds) end
  return nil, message, code
end

return M
