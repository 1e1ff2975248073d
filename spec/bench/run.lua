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
  local floor, ours, theirs = times.floor, times.mailseal, times.libopendkim
  local medians = { floor = measure.median(floor), mailseal = measure.median(ours) }
  print(("%-46s %9.1f %9.1f %9.0f %s %9s %9s %s"):format(
    cases.title(case), medians.floor * 1e6, medians.mailseal * 1e6, 1 / medians.mailseal,
    against("%.3f", measure.times_as_fast(floor, ours), case.floor_goal),
    theirs and ("%.0f"):format(1 / measure.median(theirs)) or "-",
    theirs and ("%.3f"):format(measure.times_as_fast(floor, theirs)) or "-",
    against("%.1f", theirs and measure.times_as_fast(theirs, ours), case.opendkim_goal)))
  return medians
end

-- Prints the table; returns by case the seconds that the floor and mailseal take.
local function speed_table()
  local medians = {}
  print(("\n%-46s %9s %9s %9s %15s  %9s %9s %15s"):format(
    "", "floor", "mailseal", "messages", "of the floor", "libopen-", "of the", "mailseal is"))
  print(("%-46s %9s %9s %9s %7s %7s  %9s %9s %15s"):format("", "", "", "", "", "", "dkim", "floor", "times as fast"))
  print(("%-46s %9s %9s %9s %7s %7s  %9s %9s %7s %7s"):format(
    "relaxed/relaxed", "us", "us", "a second", "now", "goal", "a second", "", "now", "goal"))
  for _, case in ipairs(cases.list) do
    medians[case] = speed_row(case, measure.rounds(cases.contestants(case), ROUNDS))
  end
  return medians
end

-- ---------------------------------------------------------------- against dkimpy and Mail::DKIM

-- The seconds that a peer takes for each case, or false where it cannot.
local function times_of_peer(command, list)
  local jobs, seconds = {}, {}
  for i, case in ipairs(list) do
    jobs[i] = {
      verb = case.work, algorithm = case.type, canonicalization = case.canonicalization or "relaxed/relaxed",
      domain = cases.DOMAIN, selector = case.type, message = cases.input(case),
    }
  end
  for i, answer in ipairs(peer.run(command, cases.pem, cases.records, jobs, 5)) do
    seconds[list[i]] = answer.ok and tonumber(answer.text) / 1e6
  end
  return seconds
end

local function can(known, case)
  for _, algorithm in ipairs(known.algorithms) do
    if algorithm == case.type then
      return case.size ~= "10 MB" and not case.fresh
    end
  end
  return false
end

local function compare_with(known, medians)
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
  local seconds = times_of_peer(command, list)
  print(("\n%-46s %19s %15s %25s"):format(known.name, "messages a second", "of the floor", "mailseal is times as fast"))
  for _, case in ipairs(list) do
    local time = seconds[case]
    print(("%-46s %19s %15s %25s"):format(
      cases.title(case), time and ("%.0f"):format(1 / time) or "failed",
      time and ("%.3f"):format(medians[case].floor / time) or "-",
      time and ("%.1f"):format(time / medians[case].mailseal) or "-"))
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
local medians = speed_table()
stream_memory()
if not QUICK then
  for _, known in ipairs(peer.known) do
    if known.name ~= "libopendkim" then
      compare_with(known, medians)
    end
  end
end
print(missed == 0 and "\nEvery goal is reached." or ("\nGoals missed (marked !): %d."):format(missed))
