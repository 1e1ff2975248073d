--- The latest events of those tenants whom somebody listens to, as a worker of nginx has them.
--
-- One poller a worker asks the store once a second for all of them; it is there only while somebody listens. What it brings is kept for
-- a while, encoded once for all who listen: whoever is slower than that reads his pages of the store (`mailseal.http.stream`).
-- @module mailseal.http.feeds
local async = require "mailseal.async"
local json = require "mailseal.json"
local objects = require "mailseal.onboard.objects"

local M = {}
local Feeds = { __name = "mailseal.http.feeds" }
Feeds.__index = Feeds

-- Seconds between two times that the store is asked, and where it could not be. How many frames of a tenant are kept, of how many octets.
local OFTEN, AGAIN = 1, 5
local FRAMES, OCTETS = 500, 262144

-- Times that a poller asks before another takes its place; and between two that it asks whether sessions are over.
local ROUNDS, SESSIONS = 600, 3

--- Makes them.
-- @tparam table options `registry`, a function that returns a registry; `tell`, called with a line about what has gone wrong;
--   `polled`, called after each time that the store was asked
-- @treturn table
function M.new(options)
  return setmetatable({
    registry = options.registry, tell = options.tell, polled = options.polled, of = {}, unsure = {}, rounds = 0,
  }, Feeds)
end

--- An event as a frame of a stream (HTML, "Server-sent events").
-- @tparam table event as of `tenant:events`
-- @treturn string
function M.frame(event)
  return ("id: %d\ndata: %s\n\n"):format(event.id, json.encode(objects.event(event)))
end

-- ---- Polling.

-- Forgets the oldest frames, half of them at a time.
local function trim(feed)
  local frames, count = feed.frames, feed.last - feed.first + 1
  if count <= FRAMES and feed.octets <= OCTETS then
    return
  end
  local first = feed.first + math.ceil(count / 2)
  for id = feed.first, first - 1 do
    feed.octets = feed.octets - #frames[id].text
    frames[id] = nil
  end
  feed.first = first
end

local function wake(listener)
  if listener.task then
    async.wake(listener.task)
  end
end

-- Ends those who listen with a token that is revoked, or in a session that is over.
local function revoke(feed, id)
  for listener in pairs(feed.listeners) do
    if listener.token == id or listener.session == id then
      listener.ended = "revoked"
      wake(listener)
    end
  end
end

local function append(feed, events)
  for _, event in ipairs(events) do
    -- Without a gap, or else from here on: the store has no gaps.
    if event.id ~= feed.last + 1 then
      feed.frames, feed.octets, feed.first = {}, 0, event.id
    end
    local text = M.frame(event)
    feed.frames[event.id], feed.octets, feed.last = { text = text, domain = event.domain }, feed.octets + #text, event.id
    if event.kind == "token_revoked" then
      revoke(feed, event.data.token)
    end
  end
  trim(feed)
  for listener in pairs(feed.listeners) do
    wake(listener)
  end
end

-- The sessions of those who listen, each once; none where they were asked about just now.
local function sessions_of(self)
  local list, seen = {}, {}
  self.rounds = self.rounds + 1
  for _, feed in pairs(self.rounds % SESSIONS == 0 and self.of or {}) do
    for listener in pairs(feed.listeners) do
      local id = listener.session
      if id and not seen[id] then
        seen[id], list[#list + 1] = true, id
      end
    end
  end
  return list
end

-- Asks the store. Returns whether there is more; nil, and what went wrong.
local function ask(self)
  local after, unsure, wanted = {}, self.unsure, {}
  for tenant, feed in pairs(self.of) do
    after[tenant] = feed.last
  end
  for token, tenant in pairs(unsure) do
    wanted[#wanted + 1] = { tenant = tenant, token = token }
  end
  self.unsure = {} -- who comes meanwhile is asked about the next time
  local found, message = self.registry():perform("feed", "news", after, wanted, sessions_of(self))
  if not found then
    for token, tenant in pairs(unsure) do
      self.unsure[token] = tenant
    end
    return nil, message
  end
  for tenant, events in pairs(found.news) do
    local feed = self.of[tenant]
    -- It may be another one by now, and know these.
    if feed and feed.last == events[1].id - 1 then
      append(feed, events)
    end
  end
  for _, list in ipairs { found.gone, found.ended } do
    for _, id in ipairs(list) do
      for _, feed in pairs(self.of) do
        revoke(feed, id)
      end
    end
  end
  return found.more
end

--- Asks the store once for all that is new, and wakes those who listen to it.
-- @treturn number seconds after which to ask again
function Feeds:poll()
  local ok, more, message = pcall(ask, self)
  if not ok and more == async.cancelled then
    error(more, 0)
  end
  self.polled()
  if ok and more ~= nil then
    return more and 0.01 or OFTEN
  end
  self.tell("the events of those who listen cannot be had: " .. tostring(message or more))
  return AGAIN
end

--- Polls, many times, until nobody listens any more, or it is stopped.
-- @treturn boolean does somebody listen still? Then it is to be called again, as another timer of nginx: which keeps something of all that
--   one has done
function Feeds:run()
  for _ = 1, ROUNDS do
    if not next(self.of) or self.stopped then
      return false
    end
    async.sleep(self:poll())
  end
  return true
end

--- The id of a tenant's last event, as the store has it just now.
-- @tparam string tenant
-- @treturn[1] number
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`, or `busy`
function Feeds:last(tenant)
  return self.registry():perform("feed", "last", tenant)
end

-- ---- Listening.

--- Begins to listen.
-- @tparam table listener `tenant`, `token` (its id, where there is one), `session` (the same); is woken where `task` is set, when there
--   is something new, or `ended` says that it is over
-- @treturn[1] table the feed: `last`, the id of the last event that is known; `first`, of the first whose frame is kept; `frames`, by id:
--   `text`, `domain`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`, or `busy`
function Feeds:join(listener)
  local tenant = listener.tenant
  if not self.of[tenant] then
    local last, message, code = self:last(tenant)
    if not last then
      return nil, message, code
    end
    -- Another may have come meanwhile.
    self.of[tenant] = self.of[tenant] or { last = last, first = last + 1, frames = {}, octets = 0, listeners = {}, count = 0 }
  end
  local feed = self.of[tenant]
  feed.listeners[listener], feed.count = true, feed.count + 1
  if listener.token then
    self.unsure[listener.token] = tenant -- it may have been revoked just now
  end
  return feed
end

--- Listens no more. May be called again.
-- @tparam table listener
function Feeds:leave(listener)
  local feed = self.of[listener.tenant]
  if not feed or not feed.listeners[listener] then
    return
  end
  feed.listeners[listener], feed.count = nil, feed.count - 1
  if feed.count == 0 then
    self.of[listener.tenant] = nil
  end
end

--- A page of a tenant's older events, as frames.
-- @tparam string tenant
-- @tparam number id they come after
-- @tparam ?string domain
-- @treturn[1] {string,...}
-- @treturn[1] ?number the id up to which that is all there is of them; nil where there is none
-- @treturn[1] boolean is there more behind it?
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`, or `busy`
function Feeds:page(tenant, id, domain)
  local list, more, code = self.registry():perform("feed", "after", tenant, id, domain)
  if not list then
    return nil, more, code
  end
  local frames = {}
  for i, event in ipairs(list) do
    frames[i] = M.frame(event)
  end
  return frames, list[1] and list[#list].id, more
end

--- Ends all who listen.
-- @tparam string why
function Feeds:stop(why)
  self.stopped = true
  for _, feed in pairs(self.of) do
    for listener in pairs(feed.listeners) do
      listener.ended = listener.ended or why
      wake(listener)
    end
  end
end

return M
