--- One at a time, for all workers of nginx: who wants what somebody is doing already waits for what comes of it.
--
-- Whoever does it holds a mark in the shared dictionary, which ends by itself in a few seconds unless he goes on renewing it: where his
-- worker dies, or his request is given up, one of those who wait does it in his place. What has come of it stands in the dictionary for
-- a while, under the mark.
-- @module mailseal.http.coalesce
local async = require "mailseal.async"
local cjson = require "cjson.safe"
local letters = require "mailseal.onboard.letters"

local now = async.now

local M = {}
local Coalesce = { __name = "mailseal.http.coalesce" }
Coalesce.__index = Coalesce

-- Seconds: for which a mark holds, and after which it is renewed; between two looks at another worker's; between two looks whether one of
-- this worker is held still; for which an outcome is kept; for which it is waited at most.
local HOLD, RENEW, POLL, CHECK, KEPT, PATIENCE = 3, 1, 0.05, 0.5, 10, 120

--- Makes one.
-- @tparam table dict an `ngx.shared` dictionary
-- @treturn table
function M.new(dict)
  return setmetatable({ dict = dict, flights = {} }, Coalesce)
end

-- ---- Doing it.

local function renew(self, mark, token)
  repeat
    async.sleep(RENEW)
  until self.dict:get(mark) ~= token or not self.dict:expire(mark, HOLD)
end

-- Ends it, and tells all who wait, here and elsewhere. Without an outcome one of them does it.
local function finish(self, mark, token, flight, outcome)
  flight.outcome, self.flights[token] = outcome, nil
  if outcome then
    local text = cjson.encode { ok = outcome[1] and true or false, message = outcome[2], code = outcome[3], more = outcome[4] }
    self.dict:set(token, text, KEPT)
  end
  if self.dict:get(mark) == token then
    self.dict:delete(mark)
  end
  for task in pairs(flight.waiting) do
    async.wake(task)
  end
end

local function lead(self, mark, token, fn)
  local flight = { waiting = {} }
  self.flights[token] = flight
  -- Who is no task is alone.
  local renewing = async.task() and async.start(renew, self, mark, token)
  local ran, result, message, code, more = pcall(fn)
  if renewing then
    renewing:cancel()
  end
  if ran then
    finish(self, mark, token, flight, { result, message, code, more })
    return result, message, code, more
  end
  finish(self, mark, token, flight, result ~= async.cancelled and { nil, tostring(result), "internal" } or nil)
  error(result, 0)
end

-- ---- Waiting for it.

local function forget(_, task) task.token[task] = nil end

-- Waits a while. What this worker does itself is told at once.
local function wait(self, token)
  local flight = self.flights[token]
  if not flight then
    async.sleep(POLL)
    return nil
  end
  local task = async.task()
  flight.waiting[task], task.token = true, flight.waiting
  async.suspend(nil, forget, CHECK)
  flight.waiting[task] = nil
  return flight.outcome
end

-- What another worker has told.
local function told(self, token, again)
  local text = self.dict:get(token)
  local outcome = text and cjson.decode(text)
  if not outcome then
    return nil
  elseif outcome.ok then
    return { again() }
  end
  return { nil, outcome.message, outcome.code, outcome.more }
end

-- What comes of it; nil where nobody does it any more.
local function follow(self, mark, token, again, deadline)
  while now() < deadline do
    local is_held = self.dict:get(mark) == token
    local outcome = is_held and wait(self, token) or told(self, token, again)
    if outcome or not is_held then
      self.flights[token] = nil -- of one whose request was given up
      return outcome
    end
  end
end

--- Does something, unless somebody is doing it: then waits for what comes of that.
-- @tparam string key what is done
-- @tparam function fn does it: returns a result; or nil, a message, a code and plain data
-- @tparam function again called where another worker did it, and it went well: returns the result as `fn` does
-- @treturn[1] any the result
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string its code; `busy` where it has lasted too long
-- @treturn[2] any what `fn` returned besides
-- @raise what `fn` raises, as it was, for whoever called it
function Coalesce:run(key, fn, again)
  local mark, deadline = "one:" .. key, now() + PATIENCE
  repeat
    local token = "came:" .. letters.new(20)
    local ok, why = self.dict:add(mark, token, HOLD)
    -- Where the dictionary has no room, everybody does it himself: nobody could know of it.
    if ok or why ~= "exists" then
      return lead(self, mark, token, fn)
    end
    token = self.dict:get(mark)
    local outcome = token and follow(self, mark, token, again, deadline)
    if outcome then
      return outcome[1], outcome[2], outcome[3], outcome[4]
    end
  until now() >= deadline
  return nil, "somebody has been doing this for too long", "busy"
end

return M
