--- `make bench-onboard`: a registry of very many domains: adding them, looking at all of them again, and deciding about them.
--
-- In the environment: N=n, how many domains in SQLite (1,000,000), and N_POSTGRESQL=n, in PostgreSQL (a tenth of that); LUAS="luajit",
-- on which Luas; DB=sqlite or DB=postgresql, on one of the databases.
--
-- How it is measured. Every task is a process of its own (spec/bench/onboard_process.lua), and its seconds are those of the clock, from
-- its first call to its last. Each domain has three CNAMEs to keys of its own, a MAIL FROM domain and a DMARC record, served by Knot
-- on loopback: none is answered for by a cache. They are added in transactions of 500, then made verified and due by SQL, and then one
-- worker looks at all of them and writes what it saw. With SQLite, Knot has one core and the program the other. With PostgreSQL nobody
-- has a core of his own, and the server syncs to the disk as it does by default.

local shell = require "spec.support.shell"
local postgresql = require "spec.support.postgresql"
local process = require "spec.bench.process"
local zone = require "spec.bench.onboard_zone"

local N = tonumber(os.getenv "N" or "") or 1000000
local N_POSTGRESQL = tonumber(os.getenv "N_POSTGRESQL" or "") or math.max(1000, math.floor(N / 10))
local LUAS = os.getenv "LUAS" or "luajit"
local DB = os.getenv "DB" or ""

local GOALS = { create = 5000, check = 1000000 / 600, memory = 256, growth = 1.1, cache = 20, store = 200, workers = 1.8 }
local SAMPLES = 10 -- of memory, of a run
local SETTLED, LONG = 0.25, 20 -- of a run, after which memory is to stay as it is; seconds of a run that tells
local SATURATED, OWN = 0.9, 0.75 -- of all processors, by whomever; and by what is measured

local missed = 0

local function mark(is_met)
  if not is_met then
    missed = missed + 1
  end
  return is_met and "" or " !"
end

local function show(words, format, value, goal, is_met)
  print(("  %-44s %12s   %s%s"):format(words, format:format(value), goal and "goal " .. format:format(goal) or "", mark(is_met ~= false)))
end

---- Tasks.

local function start(context, task, core)
  local command = ("env \"LUA_CPATH=build/%s/?.so;;\" %s%s spec/bench/onboard_process.lua %s \"%s\" %d %d"):format(
    context.lua, core and ("taskset -c %d "):format(core) or "", context.lua, task, context.url, context.count, context.server.port)
  return process.start(command)
end

-- What a process printed, by name.
local function figures_of(task)
  if task.status ~= 0 then
    error(task.err, 0)
  end
  local figures = {}
  for name, number in shell.read(task.out):gmatch "(%S+) (%S+)\n" do
    figures[name] = tonumber(number)
  end
  return figures
end

-- Runs a task to its end: what it printed, and the process.
local function run(context, task, core)
  local one = start(context, task, core)
  process.watch { one }
  local figures = figures_of(one)
  process.forget(one)
  return figures, one
end

---- SQLite.

-- By how much memory has grown at most since it might have settled.
local function growth_of(samples)
  local settled, peak
  for i, sample in ipairs(samples) do
    if i >= #samples * SETTLED then
      settled = settled or sample[2]
      peak = math.max(peak or 0, sample[2])
    end
  end
  return peak / settled
end

local function print_memory(one)
  local list = {}
  for i, sample in ipairs(one.samples) do
    if i % math.max(1, math.floor(#one.samples / SAMPLES)) == 0 then
      list[#list + 1] = ("%.0f s: %.0f"):format(sample[1], sample[2])
    end
  end
  print("  memory, MB, at " .. table.concat(list, ", "))
end

local function print_create(context, core)
  local figures, one = run(context, "create", core)
  local rate = context.count / figures.seconds
  show("added a second", "%.0f", rate, GOALS.create, rate >= GOALS.create)
  show("of a processor for each, us", "%.0f", one.processor / context.count * 1e6)
end

local function print_work(context)
  run(context, "due")
  local figures, one = run(context, "work", 1)
  local rate, growth = context.count / figures.seconds, growth_of(one.samples)
  show("looked at a second", "%.0f", rate, GOALS.check, rate >= GOALS.check)
  show("which for a million would take, minutes", "%.1f", 1000000 / rate / 60, 10, rate >= GOALS.check)
  show("looked at", "%d", figures.looked_at, context.count, figures.looked_at == context.count)
  show("of a processor for each, us", "%.0f", one.processor / context.count * 1e6)
  show("memory at most, MB", "%.0f", one.peak, GOALS.memory, one.peak < GOALS.memory)
  show("its growth after a quarter of the time", "%.2f", growth, GOALS.growth, one.seconds < LONG or growth <= GOALS.growth)
  print_memory(one)
end

local function print_decide(context, core)
  local figures = run(context, "decide", core)
  show("a decision from memory, us", "%.2f", figures.cache * 1e6, GOALS.cache, figures.cache * 1e6 <= GOALS.cache)
  show("a decision from the store, us", "%.1f", figures.store * 1e6, GOALS.store, figures.store * 1e6 <= GOALS.store)
end

local function on_sqlite(context)
  local directory = shell.new_directory()
  context.url = ("sqlite:%s/bench.db"):format(directory)
  print(("\nSQLite, %s, %d domains"):format(context.lua, context.count))
  os.execute(("taskset -a -p -c 0 %d >/dev/null"):format(context.server.pid))
  local ok, why = pcall(function()
    print_create(context, 1)
    print_work(context)
    print_decide(context, 1)
  end)
  shell.remove_directory(directory)
  assert(ok, why)
end

---- PostgreSQL.

-- Seconds that all processors together have been in use for.
local function processors_used()
  local user, nice, system, _, _, irq, soft = shell.read("/proc/stat"):match "^cpu +(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+)"
  return (user + nice + system + irq + soft) / 100
end

-- Lets so many workers look at all domains. Returns the seconds until the last has ended, and which share of all processors was in use
-- meanwhile, by whomever and by the workers and the servers.
local function work_together(context, workers, cores)
  run(context, "due")
  local database = process.processor_time_of_all(context.postgresql:pid())
  local dns, machine, all = process.processor_time(context.server.pid), processors_used(), {}
  for i = 1, workers do
    all[i] = start(context, "work")
  end
  process.watch(all)
  local used = {
    PostgreSQL = process.processor_time_of_all(context.postgresql:pid()) - database,
    Knot = process.processor_time(context.server.pid) - dns, workers = 0, all = processors_used() - machine,
  }
  local seconds, looked_at = 0, 0
  for _, one in ipairs(all) do
    local figures = figures_of(one)
    process.forget(one)
    seconds, looked_at = math.max(seconds, figures.seconds), looked_at + figures.looked_at
    used.workers = used.workers + one.processor
  end
  local function percent(share)
    return share / (seconds * cores) * 100
  end
  show(("%d worker%s: looked at a second"):format(workers, workers == 1 and "" or "s"), "%.0f", context.count / seconds)
  show("  looked at: none of them twice", "%d", looked_at, context.count, looked_at == context.count)
  local others = math.max(0, used.all - used.workers - used.PostgreSQL - used.Knot)
  print(("    of %d processors: workers %.0f %%, PostgreSQL %.0f %%, Knot %.0f %%, the kernel and others %.0f %%"):format(
    cores, percent(used.workers), percent(used.PostgreSQL), percent(used.Knot), percent(others)))
  return seconds, used.all / (seconds * cores), (used.all - others) / (seconds * cores)
end

local function print_workers(context)
  local cores = tonumber(shell.output "nproc")
  local one = work_together(context, 1, cores)
  local two, all, own = work_together(context, 2, cores)
  local ratio, saturated = one / two, all >= SATURATED and own >= OWN
  show("two workers do so many times the work of one", "%.2f", ratio, GOALS.workers, ratio >= GOALS.workers or saturated)
  if ratio < GOALS.workers then
    local words = "    What saturates are%s the processors: %.0f %% of all %d were in use, %.0f %% by what is measured."
    print(words:format(saturated and "" or " not", all * 100, cores, own * 100))
  end
end

local function on_postgresql(context)
  context.postgresql = postgresql.start { "fsync = on", "autovacuum = on", "shared_buffers = 256MB" }
  context.url = context.postgresql:new_database()
  print(("\nPostgreSQL, %s, %d domains"):format(context.lua, context.count))
  os.execute(("taskset -a -p -c 0-%d %d >/dev/null"):format(tonumber(shell.output "nproc") - 1, context.server.pid))
  local ok, why = pcall(function()
    print_create(context)
    print_workers(context)
    print_decide(context)
  end)
  context.postgresql:stop()
  assert(ok, why)
end

---- All of it.

local sqlite, postgres = DB == "" or DB == "sqlite", DB == "" or DB == "postgresql"
local server, why = zone.serve(math.max(sqlite and N or 0, postgres and N_POSTGRESQL or 0))
if not server then
  print("no server to ask: " .. why)
  os.exit(69)
end
local ok, problem = pcall(function()
  for lua in LUAS:gmatch "%S+" do
    if sqlite then
      on_sqlite { lua = lua, count = N, server = server }
    end
    if postgres then
      on_postgresql { lua = lua, count = N_POSTGRESQL, server = server }
    end
  end
end)
server:stop()
if not ok then
  io.stderr:write(tostring(problem), "\n")
  os.exit(70)
end
print(missed == 0 and "\nEvery goal is reached." or ("\nGoals missed (marked !): %d."):format(missed))
os.exit(missed == 0 and 0 or 1)
