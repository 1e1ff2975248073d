--- What whoever runs the service wants to see of it: how many looks there were and what they came to, and what waits to be done.
-- @module mailseal.onboard.figures
local checks = require "mailseal.store.checks"
local meta = require "mailseal.store.meta"
local queues = require "mailseal.store.queues"

local M = {}

--- What `registry:perform` does on the database.
M.steps = {}

--- The figures of all tenants.
-- @tparam table registry
-- @treturn[1] table `checks`: by outcome ("found", "incomplete", "differing", "unsure", as of `mailseal.onboard.assess`; "fault": DNS
--   could not be asked), how many looks there were since the database was made; `queues`: as of `mailseal.store.queues`, with `age` in
--   seconds in place of `oldest`; `webhooks`: as of its `backlog`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`
function M.steps.read(registry)
  local now = registry:now()
  return registry.db:read(function(tx)
    local due = queues.due(tx, now)
    for _, queue in ipairs(due) do
      queue.age = queue.oldest and math.max(0, now - queue.oldest) or 0
      queue.oldest = nil
    end
    return { checks = checks.all(tx), queues = due, webhooks = queues.backlog(tx) }
  end)
end

--- Does the database answer? Asked for a single row.
-- @tparam table registry
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.store`
function M.steps.ready(registry)
  return registry.db:ask(function(tx)
    return meta.get(tx, "schema") ~= nil
  end)
end

return M
