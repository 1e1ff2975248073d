-- rotate.lua DATABASE TENANT BEFORE|AFTER N DONE: rotates the key of a tenant's example.com until that is over, everybody doing what he is
-- told, and writes the file DONE; or dies of SIGKILL at the N-th transaction that writes, before or after it is committed. Goes on where
-- it was when it is run again.
local stage = require "spec.support.keys"
local shell = require "spec.support.shell"

local when, at = arg[3], tonumber(arg[4])
local registry = stage.registry { db = arg[1] }
local tenant = registry:tenant(arg[2])

local last = stage.events(tenant, "example.com")
registry.moment = last[#last].at + 3600

local function die() os.execute("kill -9 $PPID") end

local write, count = registry.db.write, 0
function registry.db.write(db, work)
  count = count + 1
  local is_last = count == at
  local function results(...)
    if is_last and when == "after" then die() end
    return ...
  end
  return results(write(db, function(tx)
    local function kept(...)
      if is_last and when == "before" then die() end
      return ...
    end
    return kept(work(tx))
  end))
end

-- A rotation that has not begun, or was not acknowledged.
if #tenant:keys "example.com" == 1 then assert(tenant:rotate "example.com") end
stage.run(tenant, "example.com")
shell.write(arg[5], tostring(count))
