-- publisher.lua DATABASE ZONES NOW WHAT POINT [GO]: applies a plan for acme's example.com over the file ZONES
-- (`spec.support.file_zone`), or, where WHAT is "undo", takes that back; says what came of it. At the POINT-th moment at which that would
-- be worst it dies of SIGKILL: before and after each commit, and each change. 0: never. Where GO is given, it says "ready" and begins
-- when there is a file of that name.
local async = require "mailseal.async"
local commits = require "spec.support.commits"
local file_zone = require "spec.support.file_zone"
local publishing = require "spec.support.publishing"
local shell = require "spec.support.shell"

local url, path, now, what, point, go = arg[1], arg[2], tonumber(arg[3]), arg[4], tonumber(arg[5]), arg[6]

local count = 0
local function moment()
  count = count + 1
  if count == point then os.execute "kill -9 $PPID" end
end

local zones = file_zone.new(path, { point = moment, pause = go and 0.02 or 0 })
local stage = publishing.open { db = url, target = zones, sets = function() return file_zone.load(path) end }
stage.now = now

commits.around(stage.registry.db, moment)

if go then
  print "ready"
  io.stdout:flush()
end
local tenant, plan = stage.tenant, nil
if what == "apply" then plan = assert(tenant:plan("example.com", { via = zones })) end
while go and not shell.exists(go) do async.sleep(0.001) end
local done, message, code
if what == "apply" then
  done, message, code = plan:apply()
else
  done, message, code = tenant:unpublish("example.com", { via = zones })
end
print(done and (done.changed and "changed" or "unchanged") or code .. ": " .. message)
