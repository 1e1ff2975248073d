--- `mailseal check --batch`: many domains at a time, a JSON object a line for each as soon as it is ready.
--
-- However long the list is, no more of it is in memory than is being checked.
-- @module mailseal.cli.batch
local async = require "mailseal.async"
local check = require "mailseal.check"
local input = require "mailseal.cli.input"
local json = require "mailseal.json"
local objects = require "mailseal.check.objects"
local output = require "mailseal.cli.output"
local progress = require "mailseal.cli.progress"
local report_face = require "mailseal.cli.check_report"
local status = require "mailseal.cli.status"

local M = {}

--- So many domains are checked at a time.
M.AT_A_TIME = 200

-- Octets of a line, beyond which it is no domain whatever it holds.
local LONGEST_LINE = 1000

-- Seconds between two looks at the progress; as long, what is ready waits to be written.
local TICK = 0.2

local function nothing() end

-- ---- The list.

-- What some editors put before a text.
local BYTE_ORDER_MARK = "^\239\187\191"

--- The lines of what comes in chunks, one by one, each with its number and where it ends; of one that is too long, its beginning.
local function lines_of(next_chunk)
  local buffer, from, number, octets = "", 1, 0, 0
  local function refill()
    local chunk = next_chunk()
    if not chunk then
      return false
    end
    octets = octets + #chunk
    local rest = buffer:sub(from)
    -- The middle of a line without an end need not be kept.
    buffer, from = (#rest > LONGEST_LINE and rest:sub(1, LONGEST_LINE + 1) or rest) .. chunk, 1
    return true
  end
  return function()
    local line_end = buffer:find("\n", from, true)
    while not line_end and refill() do
      line_end = buffer:find("\n", from, true)
    end
    if not line_end and from > #buffer then
      return nil
    end
    local line = buffer:sub(from, (line_end or #buffer + 1) - 1)
    from, number = (line_end or #buffer) + 1, number + 1
    return number == 1 and line:gsub(BYTE_ORDER_MARK, "") or line, number, octets - (#buffer - from + 1)
  end
end

--- The next domain of the list, its line, and the octets from the domain before it to its end; nil where there is none left.
local function next_domain(batch)
  for line, number, place in batch.lines do
    local domain = line:gsub("#.*$", ""):gsub("^%s+", ""):gsub("%s+$", "")
    if domain ~= "" then
      local octets = place - batch.place
      batch.place = place
      return domain, number, octets
    end
  end
end

--- What `next_domain` returns, for one worker at a time: who reads may have to wait for the rest of a line.
local function take(batch)
  while batch.reading do
    batch.queue[#batch.queue + 1] = async.task()
    async.suspend(nil, nothing)
  end
  batch.reading = true
  local domain, number, octets = next_domain(batch)
  batch.reading = false
  local next_one = table.remove(batch.queue)
  if next_one then
    async.wake(next_one)
  end
  return domain, number, octets
end

-- ---- Checking.

--- Of two domains' statuses, the one that the command ends with: what needs the user's hand first comes first.
local rank = { [status.OK] = 0, [status.TEMPORARY] = 1, [status.NO] = 2, [status.DATA] = 3, [status.INTERNAL] = 4 }

local function tell_problem(domain, number, code, problem)
  output.line(json.encode(json.object("domain", domain, "line", number, "status", "invalid", "error", code, "message", problem)))
end

--- Checks one domain and tells what was found; returns its exit status and the report's status.
local function check_one(domain, number, options)
  local report, problem, code
  if #domain > LONGEST_LINE then
    domain, problem, code = domain:sub(1, 64) .. "...", "that is no name of a domain", "bad_name"
  else
    report, problem, code = check.domain(domain, options)
  end
  if not report then
    tell_problem(domain, number, code, problem)
    return status.DATA, "invalid"
  end
  output.line(json.encode(objects.report(report, number)))
  return report_face.exit_status(report.status), report.status
end

--- What each of the workers does: it takes one domain after the other.
local function work(batch)
  local domain, number, octets = take(batch)
  while domain do
    local exit_status, verdict = check_one(domain, number, batch.options)
    if rank[exit_status] > rank[batch.worst] then
      batch.worst = exit_status
    end
    batch.progress:done(verdict, octets)
    domain, number, octets = take(batch)
  end
end

--- Lets a worker work; whatever ends it early ends the whole.
local function start_worker(batch)
  async.start(function()
    local ok, failure = pcall(work, batch)
    batch.working = batch.working - 1
    if not ok and not batch.failure then
      batch.failure = { failure }
    end
    if batch.failure or batch.working == 0 then
      async.wake(batch.task)
    end
  end)
end

local function tick(batch)
  while true do
    async.sleep(TICK)
    local ok, failure = pcall(output.flush)
    if not ok then
      batch.failure = { failure }
      return async.wake(batch.task)
    end
    batch.progress:look()
  end
end

--- Starts the workers and waits for them. When this function ends, whatever still runs is cancelled.
local function run_all(batch)
  batch.task, batch.working = async.task(), M.AT_A_TIME
  for _ = 1, M.AT_A_TIME do
    start_worker(batch)
  end
  async.start(tick, batch)
  while batch.working > 0 and not batch.failure do
    async.suspend(nil, nothing)
  end
  if batch.failure then
    error(batch.failure[1], 0)
  end
end

-- The collector of garbage waits until there is so much more than there was, in percent, and then is quick: little of what a check
-- makes outlives it, so that the seldomer all is looked through, the better, as far as memory goes.
local PAUSE, STEP = 400, 400

--- Checks the domains of a list.
-- @tparam string path "-" is standard input
-- @tparam function make_options returns the options of `check.domain`; called when the list has been opened
-- @treturn number exit status: the worst that a domain would have alone, and 65 where a line holds none
function M.run(path, make_options)
  local lines = lines_of(input.arriving(path))
  collectgarbage("setpause", PAUSE)
  collectgarbage("setstepmul", STEP)
  local options, bar = make_options(), progress.new(path)
  local batch = { options = options, worst = status.OK, progress = bar, lines = lines, place = 0, queue = {} }
  local ok, failure = pcall(async.run, run_all, batch)
  bar:finish(ok)
  if not ok then
    error(failure, 0)
  end
  return batch.worst
end

return M
