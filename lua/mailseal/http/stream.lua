--- Streams of events: who listens gets each event once, in order, for as long as he stays (text/event-stream of HTML).
--
-- Nothing is kept for a listener but his place: who is slow falls behind the feed (`mailseal.http.feeds`), and reads of the store what he
-- missed, a page when he has taken the one before. He tells his place when he comes again (`Last-Event-ID`), so that nothing is lost
-- between two connections and nothing comes twice.
--
-- A stream ends within seconds when its token is revoked, or its session is over; when the worker of nginx is about to end, its client
-- coming to another one; and after an hour, so that it is asked again whose it is.
-- @module mailseal.http.stream
local async = require "mailseal.async"
local feeds = require "mailseal.http.feeds"

local now = async.now

local M = {}
local Streams = { __name = "mailseal.http.streams" }
Streams.__index = Streams
local Stream = { __name = "mailseal.http.stream" }
Stream.__index = Stream

--- How many streams there may be: of a tenant, and in all.
M.LIMITS = { tenant = 1000, all = 4000 }

-- Seconds: between two signs of life; that a stream lasts at most, and up to so many more, lest all end at a time; for which a worker's
-- number of streams is worth something.
local HEARTBEAT, LONGEST, SPREAD, STANDS = 15, 3600, 600, 10

-- Milliseconds after which a client comes again, at least and at most. Octets that are sent at a time, about.
local RETRY_LEAST, RETRY_MOST, AT_A_TIME = 1000, 3000, 32768

--- Makes what has the streams of a worker of nginx.
-- @tparam table options
--
-- - `dict`: an `ngx.shared` dictionary, in which the workers tell each other how many they have
-- - `registry`: a function that returns a registry
-- - `limits`: in place of those of `LIMITS`
-- - `worker`, `workers`: functions that return this worker's number, from 0, and how many there are
-- - `spawn`: a function that starts another, to go on by itself; returns whether it could
-- - `tell`: called with a line about what has gone wrong
-- - `heartbeat`: seconds between two signs of life (15)
-- @treturn table `count`: how many there are in this worker
function M.new(options)
  local given = options.limits or {}
  local self = setmetatable({
    dict = options.dict, worker = options.worker, workers = options.workers, spawn = options.spawn, count = 0,
    heartbeat = options.heartbeat or HEARTBEAT, most = { tenant = given.tenant or M.LIMITS.tenant, all = given.all or M.LIMITS.all },
  }, Streams)
  self.feeds = feeds.new {
    registry = options.registry, tell = options.tell, polled = function() self:publish() end,
  }
  return self
end

-- ---- How many there are.

local function publish(self, key, count)
  self.dict:set(("streams %d %s"):format(self.worker(), key), count > 0 and count or nil, STANDS)
end

--- Tells the other workers how many streams this one has.
function Streams:publish()
  publish(self, "", self.count)
  for tenant, feed in pairs(self.feeds.of) do
    publish(self, tenant, feed.count)
  end
end

local function elsewhere(self, key)
  local count, own = 0, self.worker()
  for worker = 0, self.workers() - 1 do
    count = count + (worker ~= own and self.dict:get(("streams %d %s"):format(worker, key)) or 0)
  end
  return count
end

local function admit(self, tenant)
  local feed = self.feeds.of[tenant]
  if self.feeds.stopped or self.count + elsewhere(self, "") >= self.most.all then
    return nil, "there are as many streams as there may be", "busy", { headers = { ["Retry-After"] = "5" } }
  elseif (feed and feed.count or 0) + elsewhere(self, tenant) >= self.most.tenant then
    return nil, ("there may be %d streams of a tenant at a time"):format(self.most.tenant), "too_many_streams",
      { headers = { ["Retry-After"] = "30" } }
  end
  return true
end

-- ---- Opening and closing.

-- Polls where nobody does. Returns whether somebody does now.
local function poll(self)
  self.polling = self.polling or self.spawn(function()
    local ok, more = pcall(self.feeds.run, self.feeds)
    self.polling = false
    if not ok then
      error(more, 0)
    elseif more then
      poll(self)
    end
  end)
  return self.polling
end

-- Where a stream begins. Another worker may have told its client more than this one knows of by now.
local function place_of(self, stream, after)
  local last = stream.feed.last
  if not after or after <= last then
    return after or last
  end
  local truly_last, message, code = self.feeds:last(stream.tenant)
  if not truly_last then
    return nil, message, code
  end
  return math.min(after, truly_last)
end

--- Opens a stream, which is then to be @{run}, or closed.
-- @tparam table from `tenant`; `token`, `session`: the ids of those that ask, where there are such; `domain`: as it is stored, for its
--   events alone;
--   `after`: the id of the last event that was seen (what happens from now on); `lasts`: seconds after which it ends at the latest
-- @treturn[1] table the stream
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `too_many_streams`, `busy`; a code of `mailseal.store`
-- @treturn[2] ?table fields of the header
function Streams:open(from)
  local ok, message, code, members = admit(self, from.tenant)
  if not ok then
    return nil, message, code, members
  end
  local stream = setmetatable({
    streams = self, tenant = from.tenant, token = from.token, session = from.session, domain = from.domain,
    ends = now() + math.min(from.lasts or math.huge, LONGEST + math.random() * SPREAD),
  }, Stream)
  self.count = self.count + 1
  stream.feed, message, code = self.feeds:join(stream)
  if stream.feed then
    stream.place, message, code = place_of(self, stream, from.after)
  end
  if not stream.place or not poll(self) then
    stream:close()
    return nil, message or "nothing can be told just now", code or "busy"
  end
  self:publish()
  return stream
end

--- Closes it. May be called again.
function Stream:close()
  if not self.closed then
    self.closed, self.ended = true, self.ended or "closed"
    local streams = self.streams
    streams.count = streams.count - 1
    streams.feeds:leave(self)
    publish(streams, self.tenant, streams.feeds.of[self.tenant] and streams.feeds.of[self.tenant].count or 0)
    publish(streams, "", streams.count)
  end
end

--- Ends it, wherever it waits: whoever runs it closes it then.
function Stream:stop()
  self.ended = self.ended or "gone"
  if self.task then
    async.wake(self.task)
  end
end

-- ---- Running.

-- What the feed has behind the stream's place.
local function of_feed(self)
  local feed, parts, octets = self.feed, {}, 0
  while self.place < feed.last and octets < AT_A_TIME do
    self.place = self.place + 1
    local frame = feed.frames[self.place]
    if not self.domain or frame.domain == self.domain then
      parts[#parts + 1], octets = frame.text, octets + #frame.text
    end
  end
  return table.concat(parts)
end

-- What the store has behind the stream's place; nil where it cannot be had.
local function of_store(self)
  local up_to = self.feed.last -- all up to there can be read
  local frames, last, more = self.streams.feeds:page(self.tenant, self.place, self.domain)
  if not frames then
    return nil
  end
  self.place = more and last or math.max(last or 0, up_to)
  return table.concat(frames)
end

-- Waits until there is something behind the stream's place. Returns whether there may be.
local function wait(self)
  self.task = async.task()
  async.suspend(nil, nil, self.streams.heartbeat)
  self.task = nil
  return self.place < self.feed.last
end

-- The next text; nil where the stream has ended.
local function next_text(self)
  while not self.ended do
    if now() >= self.ends then
      return nil
    elseif self.place >= self.feed.last then
      if not wait(self) and not self.ended then
        -- The place has moved on where events were another domain's.
        return (":\nid: %d\n\n"):format(self.place)
      end
    else
      local text = self.place + 1 >= self.feed.first and of_feed(self) or of_store(self)
      if text ~= "" then
        return text
      end
    end
  end
end

local function run(self, send)
  local ok = send(("retry: %d\nid: %d\n\n"):format(math.random(RETRY_LEAST, RETRY_MOST), self.place))
  while ok and not self.ended do
    local text = next_text(self)
    ok = text and send(text)
  end
end

--- Sends events until the stream ends, and closes it.
-- @tparam function send called with a text; waits until it is on its way, and returns nil where nobody is there any more
function Stream:run(send)
  local ok, problem = pcall(run, self, send)
  self:close()
  if not ok then
    error(problem, 0)
  end
end

--- Ends all streams: their clients come again, to another worker.
function Streams:stop() self.feeds:stop("reload") end

return M
