--- The demo's button, "publish the missing records": an action of `mailseal.http.actions`, which plays the customer's part.
--
-- It runs inside nginx, where nothing may wait in place: `knsupdate` is a process that is waited for as a socket is (`ngx.pipe`).
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

-- Runs a program with what it is to read. Returns what it said, or nil and what went wrong.
local function run(words, input)
  local process, message = require "ngx.pipe".spawn(words, { merge_stderr = true, wait_timeout = 10000 })
  if not process then
    return nil, message
  end
  if input then
    process:write(input)
  end
  process:shutdown "stdin"
  local output = process:stdout_read_all()
  local ok, reason, status = process:wait()
  if not ok then
    return nil, ("%s %s: %s"):format(tostring(reason), tostring(status), tostring(output))
  end
  return output
end

local function publish(plan, zone, changes)
  if plan.zones[zone].is_silent then
    run { plan.kill, "-CONT", tostring(plan.silent) }
  end
  for _, host in ipairs(plan.zones[zone].hosts) do
    local script = { ("server %s %d\nzone %s."):format(host, plan.port, zone) }
    for _, change in ipairs(changes) do
      script[#script + 1] = "update " .. change
    end
    script[#script + 1] = "send\n"
    local ok, message = run({ plan.knsupdate }, table.concat(script, "\n"))
    if not ok then
      return nil, "the records cannot be published: " .. message, "busy"
    end
  end
  return true
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
-- @tparam table plan as of `demo.servers`, with the paths of the programs `knsupdate` and `kill`
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
      local ok, message, code = publish(plan, zone, repair.changes(domain.records, zone))
      if not ok then
        return nil, message, code
      end
      assert(ngx.timer.at(0, look, call.tenant, domain.domain))
      return "The records are published; each is found in a moment."
    end,
  }
end

return M
