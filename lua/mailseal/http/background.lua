--- The work that is due, done by a worker of nginx: by one of them, who leads, and another takes over where he is no more.
--
-- Who leads is a lock in a dictionary that all workers share. Its holder renews it, and gives it up when he is to end; of one who was
-- killed it expires in seconds. Whoever follows one who has not given it up gives back the leases that he had in the database. Workers on
-- other machines share the work by leases alone, see `mailseal.onboard.worker`.
--
-- What a timer has used nginx frees when it ends. So each leads for a minute, or for so many domains, and then another begins, while the
-- first one brings to its end what it has under way. In each worker one begins every second, and ends where one leads already: so it
-- goes on, whatever has ended one, also where nginx drops timers as too many run.
-- @module mailseal.http.background
local async = require "mailseal.async"
local letters = require "mailseal.onboard.letters"

local now = async.now

local M = {}
local Background = {}
Background.__index = Background
Background.__name = "mailseal.http.background"

-- Seconds after which the lock of one who is silent expires; from one timer to the next; and until it is tried again where something
-- failed. How often the lock is renewed in the time in which it would expire.
local LOCK, OFTEN, AGAIN, RENEWALS = 5, 1, 5, 5

-- Seconds that a timer leads, and domains that it looks at.
local TERM, MOST = 60, 2000

-- Domains that are looked at side by side. `mailseal worker` takes more; here, all that they hold while DNS is slow would be gone through
-- whenever Lua collects its garbage, and the requests of this worker would wait for it.
local AT_A_TIME = 64

-- The lock; and who led last, until he gives it up.
local LEADER, LAST = "background leader", "background last leader"

--- Makes it, for one worker of nginx.
-- @tparam table registry of `mailseal.http.registry`
-- @tparam table dict an `ngx.shared` dictionary
-- @tparam[opt] table options `term`: seconds that a timer leads (60); `most`: domains that it looks at, about (2000); `lock`: seconds after
--   which the lock of one who is silent expires (5); `idle`: as of `mailseal.onboard.worker.work`
-- @treturn table
function M.new(registry, dict, options)
  local given = options or {}
  return setmetatable({
    registry = registry, dict = dict, id = letters.new(20), idle = given.idle,
    length = given.term or TERM, most = given.most or MOST, lock = given.lock or LOCK,
    renewed = 0, again_at = 0, -- when the lock was renewed; until when it is not tried again
    term = nil, terms = 0, -- of the timer that leads; how many lead, or bring theirs to an end
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
  if moment < self.renewed + self.lock / RENEWALS then
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

-- Works for a term, and has the next one begin when it is over. Returns true, or nil and a message.
local function work(self, term)
  local ends = now() + self.length
  return self.registry:work {
    owner = self.id, tell = tell, idle = self.idle, at_a_time = AT_A_TIME,
    enough = function(count)
      if self.term == term and (now() >= ends or count >= self.most) then
        self.term = nil
        ngx.timer.at(0, tick, self)
      end
      return self.term ~= term
    end,
    stop = function() return ngx.worker.exiting() or not self:leads() end,
  }
end

-- Returns true, or nil and a message.
local function lead(self, term)
  local ok, message = succeed(self)
  if not ok then
    return nil, message
  end
  return work(self, term)
end

-- What a timer does where none leads.
local function serve(self)
  local term = {}
  self.term, self.terms = term, self.terms + 1
  local ran, ok, message = pcall(lead, self, term)
  self.terms = self.terms - 1
  if self.term == term then
    self.term = nil
  end
  if not (ran and ok) then
    tell(tostring(message or ok))
    self.again_at = now() + AGAIN
  end
end

function tick(premature, self)
  if not premature and not self.term and now() >= self.again_at and self:leads() then
    serve(self)
  end
  if (premature or ngx.worker.exiting()) and self.terms == 0 then
    resign(self)
  end
end

--- Begins. For init_worker_by_lua.
function Background:start()
  ngx.timer.at(0, tick, self)
  ngx.timer.every(OFTEN, tick, self)
end

return M
