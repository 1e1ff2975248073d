--- Answers, kept until they expire, and no more of them than the cache was made for.
--
-- Whatever has these methods may stand in its place as a resolver's `cache`: `mailseal.dns.shared_cache` does, in nginx.
--
-- What goes when it is full is what was not asked for lately. There are two generations: what is put in or found is young;
-- when the young are half of what the cache may hold, they become the old, and the old are forgotten. So nothing is sorted,
-- each call costs the same however much there is, and what is in use stays.
--
-- An answer in the cache belongs to it alone: `put` and `get` copy it, and what `peek` returns is only to be read. The lists inside
-- (`records`, `text`, …) are shared by all copies and are only to be read, too.
-- @module mailseal.dns.cache
local async = require "mailseal.async"

local floor, pairs, type = math.floor, pairs, type

local M = {}
local Cache = {}
Cache.__index = Cache
Cache.__name = "mailseal.dns.cache"

local SIZE = 10000

-- Octets that one answer may have; a larger one counts as several. And those that a small table takes.
local ORDINARY, TABLE = 2048, 128

--- Makes a cache.
-- @tparam[opt] table options `size`: how many answers it may hold, from 2 (10,000), a large one counting as several, so that
--   memory is bounded, too (4 KB each); `now`: a clock in place of the monotonic one, a function that returns seconds
-- @treturn table the cache
function M.new(options)
  options = options or {}
  return setmetatable({
    half = math.max(1, floor((options.size or SIZE) / 2)), now = options.now or async.now,
    young = {}, old = {}, weight = 0,
  }, Cache)
end

--- A copy of an answer, whose fields may be set; the lists inside stay shared.
-- @tparam table answer
-- @treturn table
function M.copy(answer)
  -- That there will be as many fields spares the table its growing.
  local copy = {
    status = nil, name = nil, type = nil, rcode = nil, ttl = nil, authentic = nil, records = nil, text = nil, chain = nil,
    extended_errors = nil, server = nil, authoritative = nil, zone = nil, expires_at = nil, recheck_at = nil, from_cache = nil,
  }
  for field, value in pairs(answer) do copy[field] = value end
  return copy
end

-- About how many octets a value takes: its strings, and so many for each table.
local function octets_of(value)
  if type(value) == "string" then return #value end
  if type(value) ~= "table" then return 0 end
  local octets = TABLE
  for _, inner in pairs(value) do octets = octets + octets_of(inner) end
  return octets
end

-- Types whose data is a name or two and a few numbers, or, of TXT, what stands in `text` as well.
local is_small = { A = true, AAAA = true, CNAME = true, MX = true, NS = true, PTR = true, SOA = true, TXT = true }
local FEW, SHORT = 2, 512

-- Is it plain without counting that an answer is an ordinary one? Most are.
local function is_ordinary(answer)
  local records, text = answer.records, answer.text or {}
  if #records > FEW or #answer.chain > FEW or #answer.extended_errors > 0 or answer.delegation then return false end
  for i = 1, #records do
    if not is_small[records[i].type] or text[i] and #text[i] > SHORT then return false end
  end
  return true
end

-- As how many ordinary answers does it count? Whoever fills a zone with large records must not fill our memory.
local function weigh(answer)
  if answer.records and is_ordinary(answer) then return 1 end
  return 1 + floor(octets_of(answer) / ORDINARY)
end

-- Makes an entry young.
local function keep(self, key, entry)
  if self.weight + entry.weight > self.half then
    self.old, self.young, self.weight = self.young, {}, 0
  end
  self.young[key] = entry
  self.weight = self.weight + entry.weight
end

--- Forgets an answer.
-- @tparam string key
function Cache:delete(key)
  local entry = self.young[key]
  if entry then
    self.young[key] = nil
    self.weight = self.weight - entry.weight
  end
  self.old[key] = nil
end

--- Finds an answer that has not expired, and does not copy it.
-- @tparam string key
-- @treturn ?table the answer, only to be read
-- @treturn ?number seconds until it expires
function Cache:peek(key)
  local entry = self.young[key]
  local aged = not entry
  if aged then
    entry = self.old[key]
    if not entry then return nil end
  end
  local left = entry.expires - self.now()
  if left <= 0 then
    self:delete(key)
    return nil
  end
  if aged then
    self.old[key] = nil
    keep(self, key, entry)
  end
  return entry.answer, left
end

--- Finds an answer that has not expired.
-- @tparam string key
-- @treturn ?table the answer, whose fields the caller may set
-- @treturn ?number seconds until it expires
function Cache:get(key)
  local answer, left = self:peek(key)
  return answer and M.copy(answer), left
end

--- Keeps an answer, in place of what was kept under the key. One that alone would fill half the cache is not kept.
-- @tparam string key
-- @tparam table answer
-- @tparam number seconds for how long
function Cache:put(key, answer, seconds)
  self:delete(key)
  local weight = weigh(answer)
  if weight > self.half then return end
  keep(self, key, { answer = M.copy(answer), expires = self.now() + seconds, weight = weight })
end

--- Forgets everything.
function Cache:clear() self.young, self.old, self.weight = {}, {}, 0 end

--- How many answers there are, expired ones included that nobody has asked for since.
-- @treturn number
function Cache:count()
  local count = 0
  for _, generation in ipairs { self.young, self.old } do
    for _ in pairs(generation) do count = count + 1 end
  end
  return count
end

return M
