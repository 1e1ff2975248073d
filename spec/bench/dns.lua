--- `make bench-dns`: what a DNS query costs, against sockets alone and against others.
--
-- Knot serves on one core, all else runs on the other. What counts is processor time a query, the kernel's work for the
-- process included; queries a second is as many as came through beside it.
--
-- In the environment: ROUNDS=n, how many rounds are measured (15); QUICK=1, fewer and smaller ones; DOMAINS=n, of the zone.

local async = require "mailseal.async"
local bench = require "mailseal_bench_dns"
local core = require "mailseal.core".dns
local dns = require "mailseal.dns"
local shell = require "spec.support.shell"
local zone = require "spec.bench.dns_zone"

local QUICK = (os.getenv("QUICK") or "") ~= ""
local ROUNDS = tonumber(os.getenv("ROUNDS") or "") or (QUICK and 5 or 15)
local QUERIES, IN_FLIGHT = 20000, 1000 -- of a round
local SILENT = 20000
local MEMORY_GOAL = 64 -- MB
local IS_JIT = jit ~= nil -- luacheck: ignore jit

-- Microseconds, where sockets alone took 2.2; so what is to be reached is so many times the floor.
local GOAL, FLOOR_THERE = IS_JIT and 3.4 or 4.0, 2.2
local SILENT_GOAL = 10

local missed = 0

-- ---------------------------------------------------------------- measuring

local function median(list)
  table.sort(list)
  return (list[math.floor((#list + 1) / 2)] + list[math.floor(#list / 2) + 1]) / 2
end

-- Calls a function; the processor's and the clock's microseconds a query, and what it returned.
local function timed(queries, run)
  collectgarbage()
  local wall, processor = async.now(), bench.processor_time()
  local result = run()
  processor, wall = bench.processor_time() - processor, async.now() - wall
  return processor / queries * 1e6, wall / queries * 1e6, result
end

local function new_resolver(server, options)
  options.servers = {}
  for i = 1, zone.ADDRESSES do
    options.servers[i] = ("127.0.0.%d:%d"):format(i, server.port)
  end
  options.rotate, options.cache = true, false
  return assert(dns.resolver(options))
end

-- How many of the answers are not what the zone holds.
local function count_wrong(answers)
  local wrong = 0
  for _, answer in ipairs(answers) do
    if answer.status ~= "ok" or #answer.records ~= 1 then
      wrong = wrong + 1
    end
  end
  return wrong
end

local function ask_mailseal(resolver, names, type)
  local wrong = 0
  async.map(names, IN_FLIGHT, function(name)
    local answer = resolver:query(name, type)
    wrong = wrong + count_wrong { answer }
  end)
  return wrong
end

local function ask_floor(server, names, type)
  local queries = {}
  for i, name in ipairs(names) do
    queries[i] = core.encode(name, type)
  end
  return function() return bench.ask(queries, zone.ADDRESSES, server.port, IN_FLIGHT) end
end

-- One question, in rounds: the floor's and mailseal's processor time and mailseal's rate; how many went wrong.
local function measure(server, question)
  local resolver = new_resolver(server, {})
  local floor, ours, wall, ratios, lost, wrong = {}, {}, {}, {}, 0, 0
  local queries = QUERIES * (question.queries or 1)
  for round = 0, ROUNDS do -- the first one warms up
    local names = zone.names(question, QUERIES, round)
    local floor_time, _, floor_lost = timed(QUERIES, ask_floor(server, names, question.type))
    local time, passed, bad = timed(queries, function() return ask_mailseal(resolver, names, question.type) end)
    if round > 0 then
      floor[round], ours[round], wall[round], ratios[round] = floor_time, time, passed, time / floor_time
    end
    lost, wrong = lost + floor_lost, wrong + bad
  end
  resolver:close()
  return { floor = median(floor), ours = median(ours), wall = median(wall), ratio = median(ratios), lost = lost, wrong = wrong }
end

-- ---------------------------------------------------------------- the tables

local function mark(is_met)
  if not is_met then
    missed = missed + 1
  end
  return is_met and " " or "!"
end

local function print_queries(server)
  print(("\n%-40s %9s %9s %18s %11s %9s"):format("", "floor", "mailseal", "times the floor", "queries", "wrong"))
  print(("%-40s %9s %9s %9s %8s %11s %9s"):format(
    ("%d in flight, no cache"):format(IN_FLIGHT), "us", "us", "now", "goal", "a second", "or lost"))
  for _, question in ipairs(zone.questions) do
    if question.goals or not QUICK then
      local m = measure(server, question)
      local goal = question.goals and GOAL / FLOOR_THERE
      print(("%-40s %9.2f %9.2f %9.2f %8s%s %10.0f %8d%s"):format(
        question.title, m.floor, m.ours, m.ratio, goal and ("%.2f"):format(goal) or "-", mark(not goal or m.ratio <= goal),
        1e6 / m.wall, m.wrong, mark(m.wrong == 0)))
    end
  end
  print(("(The goal is %.1f us where the floor is %.1f.)"):format(GOAL, FLOOR_THERE))
end

local function print_silent(port)
  local sockets = bench.silence(zone.ADDRESSES, port)
  local resolver = new_resolver({ port = port }, { timeout = 3, tries = 1, deadline = 3, in_flight = SILENT })
  local names = zone.names(zone.questions[1], SILENT, 0)
  local time, _, answered = timed(SILENT, function()
    local answered = 0
    async.map(names, SILENT, function(name)
      if resolver:query(name, "TXT").status ~= "timeout" then
        answered = answered + 1
      end
    end)
    return answered
  end)
  resolver:close()
  assert(sockets and answered == 0, "the silent servers answered")
  print(("\n%-40s %9s %9.2f %9s %8s"):format(("%d in flight, silent servers, us"):format(SILENT), "", time, "goal", SILENT_GOAL)
    .. mark(time <= SILENT_GOAL))
end

local function print_memory(port)
  local pipe = assert(io.popen(("%s spec/bench/dns_memory.lua %d"):format(arg[-1], port)))
  local megabytes = (assert(tonumber(pipe:read("*a")), "spec/bench/dns_memory.lua")) / 1024
  pipe:close()
  print(("%-40s %9s %9.1f %9s %8d"):format("10,000 in flight, memory, MB", "", megabytes, "goal", MEMORY_GOAL)
    .. mark(megabytes < MEMORY_GOAL))
end

-- Each peer's program prints microseconds a query, queries a second, and how many went wrong; nothing where it is not installed.
local peers = {
  { name = "lua-cqueues", package = "lua-cqueues", command = arg[-1] .. " spec/bench/dns_cqueues.lua" },
  { name = "dnspython", package = "python3-dnspython", command = "/usr/bin/python3 spec/bench/dns_dnspython.py" },
}

local function print_peers(server)
  print(("\n%-40s %9s %9s %18s %11s %9s"):format("others, SPF", "", "us", "", "a second", "wrong"))
  for _, peer in ipairs(peers) do
    local text = shell.output(("%s %d"):format(peer.command, server.port))
    local time, rate, wrong = text:match("^([%d.]+) ([%d.]+) (%d+)")
    if time then
      print(("%-40s %9s %9.2f %18s %11.0f %8d"):format(peer.name, "", tonumber(time), "", tonumber(rate), tonumber(wrong)))
    else
      print(("%-40s not installed (Debian: %s)"):format(peer.name, peer.package))
    end
  end
end

local function describe_machine()
  local model = shell.read("/proc/cpuinfo"):match("model name%s*:%s*([^\n]*)") or "unknown processor"
  print(("%s; %s; a zone of %d domains; %d rounds of %d queries, medians"):format(
    model, IS_JIT and jit.version or _VERSION, zone.DOMAINS, ROUNDS, QUERIES)) -- luacheck: ignore jit
end

local server, why = zone.serve()
if not server then
  print("no server to ask: " .. why)
  os.exit(69)
end
if not (bench.pin(0, server.pid) and bench.pin(1)) then
  print("There is one core only: the server takes its time from the others.")
end
describe_machine()
print_queries(server)
print_silent(server.port + 1)
print_memory(server.port + 2)
if not QUICK then
  print_peers(server)
end
server:stop()
print(missed == 0 and "\nEvery goal is reached." or ("\nGoals missed (marked !): %d."):format(missed))
