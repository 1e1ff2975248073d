--- Looks at domains that people ask for at once: so many for a domain, for a tenant and in all, and one at a time of a domain, whichever
-- workers of nginx are asked.
--
-- Who waits for a look that is under way takes nothing of what there may be.
-- @module mailseal.http.verify_now
local change = require "mailseal.onboard.change"
local coalesce = require "mailseal.http.coalesce"
local fields = require "mailseal.onboard.fields"
local limits = require "mailseal.http.limits"
local places = require "mailseal.http.places"

local M = {}
local VerifyNow = { __name = "mailseal.http.verify_now" }
VerifyNow.__index = VerifyNow

--- How many looks there may be: `burst` at once, and one more after each `every` seconds. Of a domain; of all domains of a tenant; in all.
M.LIMITS = {
  domain = { burst = 3, every = 20 },
  tenant = { burst = 600, every = 0.2 },
  all = { burst = 2000, every = 0.02 },
}

--- How many looks a worker of nginx has under way, `at_most`, and how many of those for one tenant, `each`; how many may wait for their
-- turn (`queue`), and for how many seconds (`patience`). With more of them none would see anything sooner, for of their questions no more
-- would be under way (`in_flight` of `mailseal.dns`); and where DNS is slow all that they hold meanwhile would be gone through whenever Lua
-- collects its garbage, which holds up everybody.
M.UNDER_WAY = { at_most = 64, each = 48, queue = 1000, patience = 30 }

-- What a limit's words are.
local WORDS = {
  domain = "this domain was looked at just now",
  tenant = "many of your domains were looked at just now",
  all = "very many domains are being looked at just now",
}

--- Makes it.
-- @tparam table dict an `ngx.shared` dictionary
-- @tparam[opt] table given limits in place of those of `LIMITS`; `under_way`: numbers in place of those of `UNDER_WAY`
-- @treturn table
function M.new(dict, given)
  local self = setmetatable({ dict = dict, limits = limits.new(dict), coalesce = coalesce.new(dict), most = {} }, VerifyNow)
  for name, limit in pairs(M.LIMITS) do
    self.most[name] = given and given[name] or limit
  end
  self.places = places.new(fields.joined(M.UNDER_WAY, given and given.under_way))
  return self
end

local function buckets_of(self, tenant, id)
  local list = {}
  for i, bucket in ipairs { { "domain", id }, { "tenant", tenant.id }, { "all", "" } } do
    local kind, limit = bucket[1], self.most[bucket[1]]
    list[i] = { key = ("limit:%s:%s"):format(kind, bucket[2]), burst = limit.burst, every = limit.every, kind = kind }
  end
  return list
end

-- The moment at which a look can tell something new: not before the last one's negative answers are forgotten by whoever keeps them.
local function refuse(self, id, wait, kind, now)
  local retry_after = math.max(1, math.ceil(wait))
  local retry_at = math.max(now + retry_after, self.dict:get("retry_at:" .. id) or 0)
  return nil, ("%s: ask again in %d seconds"):format(WORDS[kind], retry_after), "too_often",
    { retry_at = retry_at, headers = { ["Retry-After"] = ("%d"):format(retry_after) } }
end

local function busy(now, seconds)
  return nil, ("as many domains as may be are being looked at: ask again in %d seconds"):format(seconds), "busy",
    { retry_at = now + seconds, headers = { ["Retry-After"] = ("%d"):format(seconds) } }
end

local function note(self, id, found, now)
  local retry_at = found.status ~= "verified" and found.retry_at
  if retry_at and retry_at > now then
    self.dict:set("retry_at:" .. id, retry_at, retry_at - now)
  else
    self.dict:delete("retry_at:" .. id)
  end
end

--- Looks at a domain, unless somebody is looking at it; then waits for what that finds.
-- @tparam table tenant as of `mailseal.onboard.tenant`
-- @tparam string domain
-- @treturn[1] table the domain, as of `tenant:verify`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `too_often`; `busy`, where too many wait for a look, or this one has waited too long; else as of `tenant:verify`
-- @treturn[2] ?table of these two: `retry_at`, and the field Retry-After
function VerifyNow:look(tenant, domain)
  local name, registry = change.stored(domain), tenant.registry
  local id = tenant.id .. " " .. name
  return self.coalesce:run("look:" .. id, function()
    local ok, wait, bucket = self.limits:take(buckets_of(self, tenant, id))
    if not ok then
      return refuse(self, id, wait, bucket.kind, registry:now())
    end
    local entered, found, message, code = self.places:within(tenant.id, tenant.verify, tenant, domain)
    if not entered then
      return busy(registry:now(), found)
    end
    if found then
      note(self, id, found, registry:now())
    end
    return found, message, code
  end, function() return tenant:get(domain) end)
end

return M
