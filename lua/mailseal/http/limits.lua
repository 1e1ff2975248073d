--- How often something may be done: buckets of tokens in a dictionary that all workers of nginx share.
--
-- Of a bucket the dictionary holds one number, the moment at which it will be full again, and holds it until then: a bucket that is full
-- is none. Who takes a token moves that moment on, by one addition, which no other worker comes between.
-- @module mailseal.http.limits
local now = require "mailseal.core".async.now

local M = {}
local Limits = { __name = "mailseal.http.limits" }
Limits.__index = Limits

--- Makes them.
-- @tparam table dict an `ngx.shared` dictionary, or what has its methods `incr`, `expire` and `get`
-- @tparam[opt] function clock seconds that go on whatever becomes of the time of day (`async.now`)
-- @treturn table
function M.new(dict, clock)
  return setmetatable({ dict = dict, clock = clock or now }, Limits)
end

-- Takes a token. Returns true; or false, and the seconds until there is one. No room in the dictionary counts as a bucket that is full:
-- better too much is let through than nothing.
local function take(self, key, bucket)
  local moment, each = self.clock(), bucket.every
  local full_at = self.dict:incr(key, each, moment, bucket.every * bucket.burst)
  if not full_at then
    return true
  end
  local wait = full_at - moment - each * bucket.burst
  -- The smallest part of a token is lost where numbers are added.
  if wait > each / 1000 then
    self.dict:incr(key, -each)
    return false, wait
  end
  self.dict:expire(key, math.max(full_at - moment, 0.001))
  return true
end

--- Takes a token out of each of some buckets; where one has none, out of none.
-- @tparam {table,...} buckets each with `key`; `burst`, how many tokens it holds; `every`, the seconds in which one is added
-- @treturn[1] boolean true
-- @treturn[2] boolean false
-- @treturn[2] number seconds until the one that has none has one
-- @treturn[2] table that bucket
function Limits:take(buckets)
  for i, bucket in ipairs(buckets) do
    local ok, wait = take(self, bucket.key, bucket)
    if not ok then
      for j = 1, i - 1 do
        self.dict:incr(buckets[j].key, -buckets[j].every)
      end
      return false, wait, bucket
    end
  end
  return true
end

return M
