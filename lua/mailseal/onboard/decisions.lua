--- Decisions kept in memory, so that whoever asks before each message does not wait for the store.
--
-- **How old one may be.** A change made by this process is seen at once: whoever makes it calls `forget`. One made by another
-- process is seen when the decision kept here is older than `age`, by the clock in whole seconds: with the ordinary age of one
-- second after less than two. That is how long a domain that was disabled elsewhere may still send. An age of 0 keeps nothing.
--
-- **How many.** There are two generations, as in `mailseal.dns.cache`: what is put in or found is young; when the young are half
-- of what there may be, they become the old, and the old are forgotten.
-- @module mailseal.onboard.decisions
local floor = math.floor

local M = {}
local Decisions = {}
Decisions.__index = Decisions
Decisions.__name = "mailseal.onboard.decisions"

local AGE, SIZE = 1, 20000

--- Makes a memory.
-- @tparam table options `now`, the clock, a function that returns seconds; `age`, for how many seconds a decision holds (1);
--   `size`, how many there may be (20,000, some 8 MB)
-- @treturn table
function M.new(options)
  return setmetatable({
    now = options.now, age = options.age or AGE, half = floor((options.size or SIZE) / 2), young = {}, old = {}, count = 0,
  }, Decisions)
end

-- No tenant's name has a NUL in it.
local function key_of(tenant, domain) return tenant .. "\0" .. domain end

-- Makes a decision young.
local function keep(self, key, decision)
  if self.count >= self.half then self.old, self.young, self.count = self.young, {}, 0 end
  self.young[key] = decision
  self.count = self.count + 1
end

local function remove(self, key)
  if self.young[key] then
    self.young[key] = nil
    self.count = self.count - 1
  end
  self.old[key] = nil
end

--- Finds a decision that still holds.
-- @tparam string tenant
-- @tparam string domain as it is stored
-- @treturn ?table what was put there
function Decisions:get(tenant, domain)
  local key = key_of(tenant, domain)
  local decision = self.young[key]
  if not decision then
    decision = self.old[key]
    if not decision then return nil end
    self.old[key] = nil
    keep(self, key, decision)
  end
  local aged = self.now() - decision.at
  -- A clock that was set back says nothing of an age.
  if aged >= 0 and aged <= self.age and self.age > 0 then return decision end
  remove(self, key)
  return nil
end

--- Keeps a decision, in place of what there was.
-- @tparam string tenant
-- @tparam string domain
-- @tparam table decision whose field `at` is set to the present moment
function Decisions:put(tenant, domain, decision)
  local key = key_of(tenant, domain)
  remove(self, key)
  decision.at = self.now()
  keep(self, key, decision)
end

--- Forgets what was decided of a domain.
-- @tparam string tenant
-- @tparam string domain
function Decisions:forget(tenant, domain) remove(self, key_of(tenant, domain)) end

return M
