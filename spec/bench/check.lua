--- `make bench-check`: how many domains a second `mailseal check --batch` checks, and in how much memory.
--
-- Knot serves on one core, the command runs on the other, on each Lua there is. Every domain is a name of its own, asked for DKIM
-- (behind a CNAME), SPF (with includes), DMARC and MX.
--
-- In the environment: N=n, how many domains (30,000); LUAS="luajit", on which Luas.

local process = require "spec.bench.process"
local shell = require "spec.support.shell"

local N = tonumber(os.getenv "N" or "") or 30000
local LUAS = os.getenv "LUAS" or "lua5.4 luajit"
local RATE_GOAL, MEMORY_GOAL = 3000, 256 -- domains a second; megabytes
local SAMPLES = 10 -- of memory, of a run

if not os.getenv "DOMAINS" then
  -- The zone has as many domains as are checked: see spec/bench/dns_zone.lua, which is told so by its environment.
  os.exit(os.execute(("DOMAINS=%d %s spec/bench/check.lua"):format(N, arg[-1])) == 0 and 0 or 1)
end
local zone = require "spec.bench.dns_zone"

-- Runs the command to its end.
local function run(list, server, lua)
  local servers = {}
  for i = 1, zone.ADDRESSES do
    servers[i] = ("--server 127.0.0.%d:%d"):format(i, server.port)
  end
  local one = process.start(("env LUA=%s taskset -c 1 bin/mailseal check --batch %s --selector s1 --only dkim,spf,dmarc,mx %s"):format(
    lua, list, table.concat(servers, " ")))
  process.watch { one }
  return one
end

-- How many lines there are, and how many of each status; the code of the first finding of a domain that is not well.
local function count(path)
  local counts, lines, first = {}, 0, nil
  for line in io.lines(path) do
    local status = line:match '"status":"(%a+)"' or "none"
    lines = lines + 1
    counts[status] = (counts[status] or 0) + 1
    if status ~= "ok" and status ~= "warning" then
      first = first or line
    end
  end
  return lines, counts, first
end

local missed = 0

local function mark(is_met)
  if not is_met then
    missed = missed + 1
  end
  return is_met and " " or "!"
end

local function measure(server, list, lua)
  local one = run(list, server, lua)
  local memory = {}
  for i, sample in ipairs(one.samples) do
    if i % math.max(1, math.floor(#one.samples / SAMPLES)) == 0 then
      memory[#memory + 1] = ("%.0f s: %.0f"):format(sample[1], sample[2])
    end
  end
  local lines, counts, first = count(one.out)
  print(("%-8s %10.0f%s %14.0f %8.0f%s %10d%s"):format(
    lua, N / one.seconds, mark(N / one.seconds >= RATE_GOAL), one.processor / N * 1e6, one.peak, mark(one.peak < MEMORY_GOAL),
    lines - (counts.ok or 0), mark(lines == N and not first)))
  print("  memory, MB, at " .. table.concat(memory, ", "))
  if first then
    print("  " .. first:sub(1, 1000))
  end
  if one.err ~= "" then
    print("  " .. one.err)
  end
  process.forget(one)
end

local function write_list(path)
  local file = assert(io.open(path, "wb"))
  for i = 1, N do
    file:write(("d%06d.customers.test\n"):format(i))
  end
  file:close()
end

local server, why = zone.serve()
if not server then
  print("no server to ask: " .. why)
  os.exit(69)
end
os.execute(("taskset -a -p -c 0 %d >/dev/null"):format(server.pid))
local directory = shell.new_directory()
write_list(directory .. "/list")
print(("%d domains, each with DKIM, SPF, DMARC and MX; goals %d a second, under %d MB\n"):format(N, RATE_GOAL, MEMORY_GOAL))
print(("%-8s %11s %14s %9s %11s"):format("", "a second", "us, processor", "MB", "not ok"))
for lua in LUAS:gmatch "%S+" do
  measure(server, directory .. "/list", lua)
end
shell.remove_directory(directory)
server:stop()
print(missed == 0 and "\nEvery goal is reached." or ("\nGoals missed (marked !): %d."):format(missed))
os.exit(missed == 0 and 0 or 1)
