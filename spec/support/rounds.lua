--- Counts the round trips that something takes: over a zone whose answers all come a round later, and not before everybody waits.
local async = require "mailseal.async"
local resolver = require "mailseal.dns.resolver"
local zone = require "mailseal.dns.zone"

local M = {}

-- So many turns without a new question, and everybody waits.
local QUIET_TURNS = 20

--- Runs a function with a resolver, and counts.
-- @tparam table source a zone as `mailseal.dns.zone` takes it
-- @tparam function fn called with the resolver, in a task
-- @treturn number the round trips, one after the other
-- @treturn number the queries
-- @treturn any what the function returned
function M.count(source, fn)
  local held, queries, rounds = {}, 0, 0
  local transport = { servers = { false }, tries = 1, zone = assert(zone.new(source)), close = function() end }
  function transport:exchange(query, server)
    queries = queries + 1
    held[#held + 1] = async.task()
    async.suspend()
    return self.zone:exchange(query, server)
  end
  local asked = resolver.new(transport, { timeout = 1000, tries = 1, deadline = 1000 })
  local result = async.run(function()
    local task = async.start(fn, asked)
    while not task.finished do
      local before
      repeat
        before = queries
        for _ = 1, QUIET_TURNS do async.sleep(0) end
      until queries == before
      if #held > 0 then rounds = rounds + 1 end
      local released = held
      held = {}
      for _, waiting in ipairs(released) do async.wake(waiting) end
    end
    return task:join()
  end)
  return rounds, queries, result
end

return M
