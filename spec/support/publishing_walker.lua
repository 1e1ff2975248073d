-- publishing_walker.lua CONFIGURATION NOW WHAT POINT [GO]: publishes, or where WHAT is "undo" takes back, what a domain wants at a place of
-- `spec.support.publishing_places`, or where it is "work" does what a worker has to do by then; says what came of it. CONFIGURATION is a
-- file of JSON: `db`, `directory`, `server`, `way`, `domain`. At the POINT-th moment at which that would be worst it dies of SIGKILL:
-- before and after each commit, and each call that changes a zone; a worker once it publishes; 0: never. Where GO is given, it says "ready"
-- when its plan is made, and begins when there is a file of that name.
local async = require "mailseal.async"
local cjson = require "cjson"
local commits = require "spec.support.commits"
local publish = require "mailseal.publish"
local shell = require "spec.support.shell"
local walk = require "spec.support.publishing_walk"

local given, now, what, point, go = cjson.decode(shell.read(arg[1])), tonumber(arg[2]), arg[3], tonumber(arg[4]), arg[5]

local count, counts = 0, what ~= "work"
local function moment()
  count = count + (counts and 1 or 0)
  if count == point then os.execute "kill -9 $PPID" end
end

-- Before a function is called, and after it was.
local function framed(fn)
  local function results(...)
    moment()
    return ...
  end
  return function(...)
    moment()
    return results(fn(...))
  end
end

local stage = walk.open({ server = given.server, way = given.way }, { db = given.db, directory = given.directory, now = now })

local open = publish.open
function publish.open(...) -- luacheck: ignore
  local target, message, code = open(...)
  counts = true
  if target then target.apply = framed(target.apply) end
  return target, message, code
end

commits.around(stage.registry.db, moment)

local tenant, plan = stage.tenant, nil
if what == "apply" then plan = assert(tenant:plan(given.domain, stage:way())) end
if go then
  print "ready"
  io.stdout:flush()
  while not shell.exists(go) do async.sleep(0.001) end
end
local done, message, code
if what == "apply" then
  done, message, code = plan:apply()
elseif what == "undo" then
  done, message, code = tenant:unpublish(given.domain, stage:way())
else
  done, message, code = stage.registry:work { until_idle = true }
  done = done and { changed = done > 0 }
end
print(done and (done.changed and "changed" or "unchanged") or code .. ": " .. message)
stage:close()
