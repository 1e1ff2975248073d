--- What a service keeps from one request to the next, in each worker of nginx: what it counts, the looks that are asked for, the streams.
--
-- What all workers are to know is in the shared dictionary `mailseal`.
-- @module mailseal.http.live
local async = require "mailseal.async"
local dictionary = require "mailseal.http.dictionary"
local exposition = require "mailseal.http.exposition"
local log = require "mailseal.http.log"
local metrics = require "mailseal.http.metrics"
local streams = require "mailseal.http.stream"
local verify_now = require "mailseal.http.verify_now"

local M = {}
local Live = { __name = "mailseal.http.live" }
Live.__index = Live

-- What stands in dictionaries for so many seconds.
local DICTIONARIES = { "mailseal", "mailseal_dns" }

-- Seconds between two times that a worker tells what it has counted; and after which nginx is asked to wake us, as it does at once where
-- the worker is to end.
local OFTEN, LONG = 1, 86400

local function worker_id() return ngx and ngx.worker.id() or 0 end

local function worker_count() return ngx and ngx.worker.count() or 1 end

-- Starts a function that goes on by itself, whatever becomes of the request. Returns whether that could be.
local function spawn(fn)
  if not ngx then
    return async.start(fn) ~= nil
  end
  return (ngx.timer.at(0, function() fn() end)) or false
end

local function new(service)
  local dict, limits = dictionary.shared "mailseal", service.options.limits or {}
  local self = setmetatable({ dict = dict, metrics = metrics.new(dict), counted = {}, large = 0 }, Live)
  self.verify_now = verify_now.new(dict, limits.verify)
  self.streams = streams.new {
    dict = dict, limits = limits.streams, worker = worker_id, workers = worker_count, spawn = spawn,
    registry = function() return service:registry_of_worker() end,
    tell = function(line) log.failure(log.id(), "stream", line) end,
  }
  self.metrics:measure("mailseal_streams_open", function() return self.streams.count end)
  return self
end

--- What a service keeps.
-- @tparam table service
-- @treturn table `dict`, the dictionary; `metrics`, `verify_now`, `streams`: as of those modules; `large`: how many large messages this
--   worker has at hand
function M.of(service)
  service.live = service.live or new(service)
  return service.live
end

--- How many workers there are.
-- @treturn number
M.workers = worker_count

-- Keeps a series, which is put together once, under what it is found by.
local function keep(kept, first, second, series)
  kept[first] = kept[first] or {}
  kept[first][second] = series
  return series
end

--- Counts a request.
-- @tparam ?table route nil for one that there is no route for
-- @tparam number status
function Live:answered(route, status)
  local id = route and route.id or "none"
  local series = self.counted[id] and self.counted[id][status]
    or keep(self.counted, id, status, exposition.series("mailseal_http_requests_total", { "route", id, "status", status }))
  self.metrics:count(series)
end

--- Counts a question to DNS: see `observe` of `mailseal.dns`.
-- @tparam table answer
-- @tparam number seconds
function Live:asked(answer, seconds)
  self.metrics:observe("mailseal_dns_query_seconds", ('outcome="%s"'):format(answer.status), seconds)
end

--- Looks at a domain, as somebody asks for it: to the end even where he leaves, for others may be waiting for what is found.
-- @tparam table call as of `mailseal.http.dispatch`
-- @tparam string domain
-- @treturn ?table as of `look` of `mailseal.http.verify_now`
-- @treturn ?string
-- @treturn ?string
-- @treturn ?table
function Live:look(call, domain)
  if call.request.stay then
    call.request:stay()
  end
  return self.verify_now:look(call.tenant, domain)
end

--- Measures the threads of a registry of nginx.
-- @tparam table registry as of `mailseal.http.registry`
function Live:measure_threads(registry)
  for _, pool in ipairs { registry.db_threads, registry.rsa_threads } do
    local labels = { "pool", pool.name }
    self.metrics:measure(exposition.series("mailseal_threads_busy", labels), function() return pool:busy() end)
    self.metrics:measure(exposition.series("mailseal_threads_queued", labels), function() return pool.waiting end)
    local refused = exposition.series("mailseal_threads_refused_total", labels)
    self.metrics:count(refused, 0)
    pool.refused = function() self.metrics:count(refused) end
  end
end

--- Has all know what this worker has counted, and how it is just now.
-- @tparam[opt] boolean is_ending the worker is about to end, and is nothing any more
function Live:tell(is_ending)
  self.metrics:add(not is_ending and worker_id() or nil)
end

--- Forgets what is known where the time of day was set back. A dictionary keeps things until a time of day: all that is to stand for a
-- second, who has a token among it, would stand until the clock is there again.
-- @tparam number time of day, in seconds
-- @tparam number moment of a clock that nobody sets, in seconds
function Live:mind(time, moment)
  local ahead = time - moment
  if self.ahead and ahead < self.ahead - OFTEN then
    for _, name in ipairs(DICTIONARIES) do
      local dict = ngx and ngx.shared[name] or name == "mailseal" and self.dict
      if dict then
        dict:flush_all()
      end
    end
  end
  self.ahead = ahead
end

--- Begins what goes on beside the requests. For init_worker_by_lua.
function Live:begin()
  ngx.timer.every(OFTEN, function(is_ending)
    ngx.update_time()
    self:mind(ngx.now(), async.now())
    self:tell(is_ending)
  end)
  -- A worker that is to end cuts its timers short.
  ngx.timer.every(LONG, function(is_ending)
    if is_ending then
      self.streams:stop()
    end
  end)
end

return M
