--- Programs that are killed when they least expect it, by SIGKILL: they have no time to put anything in order.
--
-- The tests of crashes take a few rounds; MAILSEAL_CRASHES says how many instead (`make test-crash`: a thousand).
local async = require "mailseal.async"
local shell = require "spec.support.shell"

local M = {}
local Process = {}
Process.__index = Process

--- How many rounds a test takes.
-- @tparam number few where nothing else is said
-- @tparam[opt] number share of MAILSEAL_CRASHES, where that is set (1)
-- @treturn number
function M.rounds(few, share)
  local many = tonumber(os.getenv "MAILSEAL_CRASHES")
  return many and math.ceil(many * (share or 1)) or few
end

-- Seconds in which the server notices that its clients are gone.
local PATIENCE = 60

--- Waits until PostgreSQL has noticed that the killed are gone: until then a transaction of theirs may yet be committed, and holds its
-- rows. (SQLite's locks go with the process.)
-- @tparam table db of `mailseal.store`, on PostgreSQL, and the only one there
function M.settle(db)
  local deadline = async.now() + PATIENCE
  repeat
    local others = assert(db:read(function(tx)
      return { count = tx:row [[SELECT count(*) AS n FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend']].n }
    end)).count
    if others == 0 then return end
    async.sleep(0.01)
  until async.now() > deadline
  error("somebody else is still connected to the database", 2)
end

--- Starts a Lua program of spec/support with the Lua that runs the tests.
-- @tparam string name of its file, without .lua
-- @tparam {string,...} arguments
-- @tparam string errors a file that takes what it says on standard error
-- @treturn table the process, with `pid`
function M.launch(name, arguments, errors)
  local words = { "env", "LUA_PATH=lua/?.lua;lua/?/init.lua;./?.lua;;", ("LUA_CPATH=%s;;"):format(shell.core), shell.lua }
  words[#words + 1] = ("spec/support/%s.lua"):format(name)
  for _, argument in ipairs(arguments) do words[#words + 1] = argument end
  for i, word in ipairs(words) do words[i] = shell.quote(word) end
  -- The shell says which process it is, and becomes the program, so that this is gone when the pipe is closed.
  local pipe = assert(io.popen(("echo $$; exec %s 2>>%s"):format(table.concat(words, " "), shell.quote(errors)), "r"))
  return setmetatable({ pid = assert(tonumber(pipe:read "*l")), pipe = pipe, errors = errors }, Process)
end

--- Waits until the process has said something.
-- @treturn table the process
function Process:ready()
  if not self.pipe:read "*l" then error("the program did not start: " .. shell.read(self.errors), 2) end
  return self
end

--- Kills the process after some time, and returns when it is gone. One that has ended already is left in peace.
-- @tparam[opt] number seconds at once without it
function Process:kill(seconds)
  if not self.pipe then return end
  async.sleep(seconds or 0)
  os.execute(("kill -9 %d 2>/dev/null"):format(self.pid))
  self:wait()
end

--- Lets the process go on for some time.
-- @tparam number seconds
function Process.let(_, seconds)
  async.sleep(seconds)
end

--- Waits until the process has ended.
function Process:wait()
  if self.pipe then self.pipe:close() end
  self.pipe = nil
end

return M
