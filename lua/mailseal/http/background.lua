--- The work that is due, done by a worker of nginx: by one of them, who leads, and another takes over where he is no more.
--
-- Who leads is a lock in a dictionary that all workers share. Its holder renews it, and gives it up when he is to end; of one who was
-- killed it expires in seconds. Whoever follows one who has not given it up gives back the leases that he had in the database. Workers on
-- other machines share the work by leases alone, see `mailseal.onboard.worker`.
--
-- What a timer has used nginx frees when it ends. So each leads for a minute, or for so many domains, and then another begins, while the
-- first one brings to its end what it has under way.
-- @module mailseal.http.background
local async = require "mailseal.async"
local letters = require "mailseal.onboard.letters"

local now = async.now

local M = {}
local Background = {}
Background.__index = Background
Background.__name = "mailseal.http.background"

-- Seconds after which the lock of one who is silent expires, and from one renewal to the next; between two looks whether there is one;
-- and until it is tried again where something failed.
local LOCK, RENEW, GLANCE, AGAIN = 5, 1, 1, 5

-- Seconds that a timer leads, and domains that it looks at.
local TERM, MOST = 60, 2000

-- The lock; and who led last, until he gives it up.
local LEADER, LAST = "background leader", "background last leader"

--- Makes it, for one worker of nginx.
-- @tparam table registry of `mailseal.http.registry`
-- @tparam table dict an `ngx.shared` dictionary
-- @tparam[opt] table options `term`: seconds that a timer leads (60); `most`: domains that it looks at, about (2000); `lock`: seconds after
--   which the lock of one who is silent expires (5)
-- @treturn table
function M.new(registry, dict, options)
  local given = options or {}
  return setmetatable({
    registry = registry, dict = dict, term = given.term or TERM, most = given.most or MOST, lock = given.lock or LOCK, id = letters.new(20),
    renewed = 0, terms = 0, -- when the lock was renewed; timers that lead, or bring theirs to an end
  }, Background)
end

local function tell(words) ngx.log(ngx.WARN, "mailseal: ", words) end

-- Gives back what the last one had leased, where he was killed. True, or nil where that cannot be done now.
local function succeed(self)
  local last = self.dict:get(LAST)
  if last and last ~= self.id then
    local count, message = self.registry:perform("leases", "give_back_all", last)
    if not count then
      return nil, message
    end
  end
  self.dict:set(LAST, self.id)
  return true
end

--- Is this the one who leads? Renews the lock where it is; takes it where it is nobody's.
-- @treturn boolean
function Background:leads()
  local moment = now()
  if moment < self.renewed + RENEW then
    return true
  end
  local holder = self.dict:get(LEADER)
  local ok = holder == self.id and self.dict:set(LEADER, self.id, self.lock) or not holder and self.dict:add(LEADER, self.id, self.lock)
  self.renewed = ok and moment or 0
  return ok or false
end

-- Gives it up: what is leased is given back by now.
local function resign(self)
  self.renewed = 0
  if self.dict:get(LEADER) == self.id then
    self.dict:delete(LAST)
    self.dict:delete(LEADER)
  end
end

local tick

local function begin(self, seconds)
  local ok, message = ngx.timer.at(seconds, tick, self)
  if not ok and not ngx.worker.exiting() then
    tell("the work in the background has ended: " .. tostring(message))
  end
end

-- Works for a term, and has the next one begin when it is over. Returns true, or nil and a message.
local function work(self, term)
  local ends = now() + self.term
  return self.registry:work {
    owner = self.id, tell = tell,
    enough = function(count)
      if not term.followed and (now() >= ends or count >= self.most) then
        term.followed = true
        begin(self, 0)
      end
      return term.followed
    end,
    stop = function() return ngx.worker.exiting() or not self:leads() end,
  }
end

-- What a timer does. Returns after how many seconds the next is to begin, where none has.
local function lead(self, term)
  if not self:leads() then
    return GLANCE
  end
  local ok, message = succeed(self)
  if ok then
    ok, message = work(self, term)
  end
  if not ok then
    tell(message)
  end
  return ok and GLANCE or AGAIN
end

function tick(premature, self)
  local term, seconds = { followed = false }, nil
  if not premature then
    self.terms = self.terms + 1
    local ok, result = pcall(lead, self, term)
    self.terms = self.terms - 1
    if not ok then
      tell(tostring(result))
    end
    seconds = ok and result or AGAIN
  end
  if premature or ngx.worker.exiting() then
    if self.terms == 0 then
      resign(self)
    end
  elseif not term.followed then
    begin(self, seconds)
  end
end

--- Begins. For init_worker_by_lua.
function Background:start() begin(self, 0) end

return M
