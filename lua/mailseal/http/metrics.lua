--- What is counted of the service, by all workers of nginx together.
--
-- A worker counts in tables of its own, and adds that to what stands in the shared dictionary once a second, and when it ends: so a
-- count costs a request next to nothing. What a worker has not added yet when it is killed is lost. A new configuration changes nothing
-- of what is there.
--
-- Of labels there are only words of ours, never a domain, a tenant or what somebody has sent: so there are few series.
-- @module mailseal.http.metrics
local M = {}
local Metrics = { __name = "mailseal.http.metrics" }
Metrics.__index = Metrics

local BUCKETS = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 }

--- Where the buckets of histograms end, in seconds.
M.BUCKETS = BUCKETS

-- So many counts a worker keeps for itself where nobody has it tell them. Seconds for which what it measured of itself is worth something.
local OFTEN, STANDS = 1000, 10

-- Where things are in the dictionary: how many series there are; each one's name, by number; each one's count, by name.
local COUNT, NAME, VALUE = "metrics", "metric name ", "metric "

--- Makes them.
-- @tparam table dict an `ngx.shared` dictionary
-- @treturn table
function M.new(dict)
  return setmetatable({ dict = dict, fresh = {}, known = {}, read = 0, counts = 0, gauges = {} }, Metrics)
end

-- ---- Counting.

--- Counts.
-- @tparam string series the name of a metric with its labels, as the text format has them
-- @tparam[opt=1] number by
function Metrics:count(series, by)
  local fresh = self.fresh
  fresh[series] = (fresh[series] or 0) + (by or 1)
  self.counts = self.counts + 1
  if self.counts >= OFTEN then
    self:add()
  end
end

local function bucket_of(seconds)
  for i, ends in ipairs(BUCKETS) do
    if seconds <= ends then
      return i
    end
  end
  return #BUCKETS + 1
end

--- Counts how long something took.
-- @tparam string name of a histogram
-- @tparam string labels such as `outcome="ok"`
-- @tparam number seconds
function Metrics:observe(name, labels, seconds)
  local fresh, bucket, sum = self.fresh, ("%s\0%s\0%d"):format(name, labels, bucket_of(seconds)), name .. "\0" .. labels .. "\0sum"
  fresh[bucket] = (fresh[bucket] or 0) + 1
  self:count(sum, seconds)
end

--- Names what is measured of this worker: how much of something there is just now.
-- @tparam string series as of @{count}; over the workers it is added up
-- @tparam function measure returns a number
function Metrics:measure(series, measure) self.gauges[series] = measure end

-- ---- What all have counted.

-- Learns of the series that there are by now.
local function learn(self)
  local count = self.dict:get(COUNT) or 0
  if count < self.read then -- the dictionary has lost it
    self.known, self.read = {}, 0
  end
  for i = self.read + 1, count do
    local name = self.dict:get(NAME .. i)
    if name then
      self.known[name] = true
    end
  end
  self.read = count
end

-- Another worker may do the same just now: then a series has two numbers, and is told once.
local function name(self, series)
  local number = not self.known[series] and self.dict:incr(COUNT, 1, 0) -- nil where there is no room: the next time, then
  if number then
    self.known[series] = true
    self.dict:set(NAME .. number, series)
  end
end

local function add_gauges(self, worker)
  local lines = {}
  for series, measure in pairs(self.gauges) do
    lines[#lines + 1] = ("%s\n%.17g"):format(series, measure())
  end
  self.dict:set("gauges " .. worker, table.concat(lines, "\n"), STANDS)
end

--- Adds what this worker has counted to what all have.
-- @tparam[opt=0] number worker its number; nil where it is about to end, and measures nothing any more
function Metrics:add(worker)
  local fresh = self.fresh
  self.fresh, self.counts = {}, 0
  learn(self)
  for series, by in pairs(fresh) do
    name(self, series)
    self.dict:incr(VALUE .. series, by, 0)
  end
  if worker then
    add_gauges(self, worker)
  end
end

--- All that was counted.
-- @treturn table numbers by series: histograms as `name`, NUL, labels, NUL, the number of the bucket or `sum`
function Metrics:all()
  local all = {}
  learn(self)
  for series in pairs(self.known) do
    all[series] = self.dict:get(VALUE .. series)
  end
  return all
end

--- All that is measured.
-- @tparam number workers how many there are
-- @treturn table numbers by series
function Metrics:measured(workers)
  local all = {}
  for worker = 0, workers - 1 do
    for series, value in (self.dict:get("gauges " .. worker) or ""):gmatch "([^\n]+)\n([^\n]+)" do
      all[series] = (all[series] or 0) + tonumber(value)
    end
  end
  return all
end

return M
