--- The demo's button, "publish the missing records": an action of `mailseal.http.actions`, which plays the customer's part.
--
-- It runs inside nginx, where nothing may wait in place: `knsupdate` is run in one of nginx's threads.
local knot = require "support.knot"
local repair = require "demo.repair"

local M = {}

-- Seconds for which the domain is looked at again until what was published has been seen.
local PATIENCE = 20

-- The zone of the demo that a domain is in.
local function zone_of(plan, domain)
  while domain do
    if plan.zones[domain] then
      return domain
    end
    domain = domain:match "%.(.+)$"
  end
end

--- Publishes, and wakes the silent servers first where the zone is theirs: in a thread, for it blocks.
-- @tparam table plan as of @{action}
-- @tparam string zone
-- @tparam {string,...} changes as of `demo.repair`
-- @treturn ?boolean true
-- @treturn ?string why not
-- @treturn ?string `no_update`
function M.publish(plan, zone, changes)
  if plan.zones[zone].is_silent then
    os.execute(("kill -CONT %d"):format(plan.silent))
  end
  for _, host in ipairs(plan.zones[zone].hosts) do
    local ok, message, code = knot.at(host, plan.port):update(zone, changes)
    if not ok then
      return nil, message, code
    end
  end
  return true
end

-- The same from nginx's side.
local function publish_in_thread(...)
  local ran, ok, message, code = ngx.run_worker_thread("mailseal_db", "demo.button", "publish", ...)
  ngx.sleep(0.001) -- a light thread must not end straight after such a call: see mailseal.http.threads
  if not ran then
    return nil, ok, "busy"
  end
  return ok, message, code
end

-- Looks until the domain is as it should be: caches remember for some seconds what was not there.
local function look(premature, tenant, domain)
  local ends = ngx.now() + PATIENCE
  while not premature and ngx.now() < ends do
    local found = tenant:verify(domain)
    if not found or found.status == "verified" and not repair.changes(found.records, domain)[1] then
      return
    end
    ngx.sleep(1)
  end
end

--- The action.
-- @tparam table plan as of `demo.servers`
-- @treturn table as of `mailseal.http.actions`
function M.action(plan)
  return {
    id = "publish", label = "Publish the missing records",
    text = "In this demo alone: does at the customer's DNS host what the customer is asked to do.",
    is_offered = function(_, domain)
      return domain.status ~= "failed" and zone_of(plan, domain.domain) ~= nil and repair.changes(domain.records, domain.domain)[1] ~= nil
    end,
    run = function(call, domain)
      local zone = zone_of(plan, domain.domain)
      local ok, message, code = publish_in_thread(plan, zone, repair.changes(domain.records, zone))
      if not ok then
        return nil, message, code
      end
      assert(ngx.timer.at(0, look, call.tenant, domain.domain))
      return "The records are published; each is found in a moment."
    end,
  }
end

return M
