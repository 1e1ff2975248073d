--- `make bench`: how fast mailseal is, against the least that is possible and against others.
--
-- In the environment: ROUNDS=n, how many rounds are measured (25); QUICK=1, leave out dkimpy and Mail::DKIM.

local bench = require "mailseal_bench"
local cases = require "spec.bench.cases"
local measure = require "spec.bench.measure"
local peer = require "spec.support.peer"

local ROUNDS = tonumber(os.getenv("ROUNDS") or "") or 25
local QUICK = (os.getenv("QUICK") or "") ~= ""
local STREAMED, STREAM_GOAL = 100, 16 -- MB

local missed = 0

-- A figure and its goal, with an exclamation mark where the goal is missed.
local function against(format, value, goal)
  local short = value ~= nil and goal ~= nil and value < goal
  if short then
    missed = missed + 1
  end
  return ("%7s %7s%s"):format(value and format:format(value) or "-", goal and format:format(goal) or "-", short and "!" or " ")
end

local function processor()
  local file = io.open("/proc/cpuinfo")
  local model = file and file:read("*a"):match("model name%s*:%s*([^\n]*)")
  if file then
    file:close()
  end
  return model or "unknown processor"
end

local function describe_machine()
  local interpreter = jit and jit.version or _VERSION -- luacheck: ignore jit
  print(("%s; %s; %s; %d rounds, medians, one thread"):format(processor(), bench.openssl_version(), interpreter, ROUNDS))
end

-- ---------------------------------------------------------------- against the floor and libopendkim

local function speed_row(case, times)
  local ours, theirs = times.mailseal, times.libopendkim
  local seconds = measure.median(ours)
  print(("%-46s %9.1f %9.1f %9.0f %s %11s %s"):format(
    cases.title(case), measure.median(times.floor) * 1e6, seconds * 1e6, 1 / seconds,
    against("%.3f", measure.times_as_fast(times.floor, ours), case.floor_goal),
    theirs and ("%.1f"):format(measure.median(theirs) * 1e6) or "-",
    against("%.1f", theirs and measure.times_as_fast(theirs, ours), case.opendkim_goal)))
  return seconds
end

-- Prints the table; returns the seconds that mailseal takes, by case.
local function speed_table()
  local seconds = {}
  print(("\n%-46s %9s %9s %9s %15s  %11s %15s"):format(
    "", "floor", "mailseal", "messages", "of the floor", "libopendkim", "times as fast"))
  print(("%-46s %9s %9s %9s %7s %7s  %11s %7s %7s"):format(
    "relaxed/relaxed", "us", "us", "a second", "now", "goal", "us", "now", "goal"))
  for _, case in ipairs(cases.list) do
    seconds[case] = speed_row(case, measure.rounds(cases.contestants(case), ROUNDS))
  end
  return seconds
end

-- ---------------------------------------------------------------- against dkimpy and Mail::DKIM

-- Microseconds that a peer takes for each case, or false where it cannot.
local function times_of_peer(command, list)
  local jobs = {}
  for i, case in ipairs(list) do
    jobs[i] = {
      verb = case.work, algorithm = case.type, canonicalization = case.canonicalization or "relaxed/relaxed",
      domain = cases.DOMAIN, selector = case.type, message = cases.input(case),
    }
  end
  local microseconds = {}
  for i, answer in ipairs(peer.run(command, cases.pem, cases.records, jobs, 5)) do
    microseconds[list[i]] = answer.ok and tonumber(answer.text)
  end
  return microseconds
end

local function can(known, case)
  for _, algorithm in ipairs(known.algorithms) do
    if algorithm == case.type then
      return case.size ~= "10 MB" and not case.fresh
    end
  end
  return false
end

local function compare_with(known, ours)
  local command = known.find()
  if not command then
    print(("\n%s is not installed (Debian: %s)"):format(known.name, known.package))
    return
  end
  local list = {}
  for _, case in ipairs(cases.list) do
    if can(known, case) then
      list[#list + 1] = case
    end
  end
  local microseconds = times_of_peer(command, list)
  print(("\n%-46s %13s %20s"):format(known.name, "us", "mailseal is faster"))
  for _, case in ipairs(list) do
    local time = microseconds[case]
    print(("%-46s %13s %20s"):format(cases.title(case), time and ("%.0f"):format(time) or "failed",
      time and ("%.0f times"):format(time / (ours[case] * 1e6)) or "-"))
  end
end

-- ---------------------------------------------------------------- memory

local function stream_memory()
  print(("\nPeak resident memory while %d MB are streamed, in MB (goal: under %d)"):format(STREAMED, STREAM_GOAL))
  local pipe = assert(io.popen(("%s spec/bench/stream.lua %d"):format(arg[-1], STREAMED)))
  for line in pipe:lines() do
    local what, kilobytes = line:match("^(.-)\t(%d+)$")
    if not what then
      error("spec/bench/stream.lua: " .. line)
    end
    local megabytes = kilobytes / 1024
    if megabytes >= STREAM_GOAL then
      missed = missed + 1
    end
    print(("%-46s %9.1f%s"):format(what, megabytes, megabytes < STREAM_GOAL and "" or "!"))
  end
  pipe:close()
end

describe_machine()
local ours = speed_table()
stream_memory()
if not QUICK then
  for _, known in ipairs(peer.known) do
    if known.name ~= "libopendkim" then
      compare_with(known, ours)
    end
  end
end
print(missed == 0 and "\nEvery goal is reached." or ("\nGoals missed (marked !): %d."):format(missed))
