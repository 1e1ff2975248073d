--- Programs that a benchmark runs beside itself, and what the kernel tells of them while they run.

local async = require "mailseal.async"
local shell = require "spec.support.shell"

local M = {}

local EVERY = 0.05 -- seconds between two looks

local function read(path)
  local file = io.open(path)
  local text = file and file:read "*a"
  if file then
    file:close()
  end
  return text or ""
end

--- Memory that a process occupies.
-- @treturn ?number megabytes; nil where it is no more
function M.memory(pid)
  local kilobytes = tonumber(read(("/proc/%d/status"):format(pid)):match "VmRSS:%s*(%d+)" or "")
  return kilobytes and kilobytes / 1024
end

-- The fields of /proc/PID/stat from the third on, as numbers where they are some.
local function stat(pid)
  local fields = {}
  for field in (read(("/proc/%d/stat"):format(pid)):match "%) (.*)" or ""):gmatch "%S+" do
    fields[#fields + 1] = tonumber(field) or field
  end
  return fields
end

--- Seconds of a processor that a process has used so far.
-- @treturn ?number nil where it is no more
function M.processor_time(pid)
  local fields = stat(pid)
  return fields[13] and (fields[12] + fields[13]) / 100
end

--- The same of a process, of its children, and of those of them that have ended.
function M.processor_time_of_all(pid)
  local fields = stat(pid)
  local sum = fields[15] and (fields[12] + fields[13] + fields[14] + fields[15]) / 100 or 0
  for child in read(("/proc/%d/task/%d/children"):format(pid, pid)):gmatch "%d+" do
    sum = sum + (M.processor_time(tonumber(child)) or 0)
  end
  return sum
end

--- Starts a command of the shell in the background.
-- @tparam string command
-- @treturn table `pid`, and what `M.watch` needs
function M.start(command)
  local directory = shell.new_directory()
  os.execute(("{ sh -c 'echo $$ >%s/pid; exec %s' >%s/out 2>%s/err; echo $? >%s/status; } &"):format(
    directory, command, directory, directory, directory))
  local pid
  repeat
    async.sleep(0.01)
    pid = tonumber(read(directory .. "/pid"))
  until pid
  return { pid = pid, directory = directory, out = directory .. "/out", samples = {}, processor = 0, begun = async.now() }
end

-- Looks at a process. True where it has ended.
local function look(process)
  local memory = M.memory(process.pid)
  if memory then
    process.samples[#process.samples + 1] = { async.now() - process.begun, memory }
    process.peak = math.max(process.peak or 0, memory)
  end
  process.processor = M.processor_time(process.pid) or process.processor
  return read(process.directory .. "/status") ~= ""
end

--- Waits until all processes have ended. Each has then `seconds`, from its start to its end; `processor`, seconds; `samples`, a list of
-- `{ seconds, megabytes }`, and `peak`, megabytes; `out`, the file with what it printed; `err`, what it said besides; `status`.
function M.watch(processes)
  local left = {}
  for i, process in ipairs(processes) do
    left[i] = process
  end
  while left[1] do
    for i = #left, 1, -1 do
      local process = left[i]
      if look(process) then
        process.seconds = async.now() - process.begun
        process.err, process.status = read(process.directory .. "/err"), tonumber(read(process.directory .. "/status"))
        table.remove(left, i)
      end
    end
    async.sleep(EVERY)
  end
end

--- Removes what was kept of a process.
function M.forget(process)
  shell.remove_directory(process.directory)
end

return M
