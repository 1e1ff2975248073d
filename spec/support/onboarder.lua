-- onboarder.lua URL LOG SEED NOW: adds domains of one tenant, looks at them, starts them again, disables, uses and removes them, at
-- random, until it is killed. LOG gets a line before each change, which is the kind of the event that it brings and the domain, and a
-- line "done" when it was acknowledged. Where SEED is "worker" it is the worker, who finds the records of every other domain in DNS.
-- Both end by themselves where the database is gone. Their clocks begin at NOW.
local onboarding = require "spec.support.onboarding"

local url, log_path, seed, now = arg[1], arg[2], arg[3], tonumber(arg[4])
local DOMAINS = 12

local stage = onboarding.open { db = url }
local tenant = stage.tenant
stage.now = now

-- What a call returned, unless the database went away under it.
local function answer(result, message, code)
  if code == "store_unreachable" then os.exit(0) end
  return result, message, code
end

local function sure(...) return assert(answer(...)) end

local function publish()
  for _, domain in ipairs(sure(tenant:list())) do
    if tonumber(domain.domain:match "%d+") % 2 == 0 then stage:publish(domain.records) end
  end
end

print "ready"
io.stdout:flush()

if seed == "worker" then
  while true do
    publish()
    sure(stage.registry:work { until_idle = true })
    stage.now = stage.now + 60
  end
end

math.randomseed(tonumber(seed))
local log = assert(io.open(log_path, "ab"))
log:setvbuf "no"

local function change(kind, name, ...)
  log:write(("%s %s\n"):format(kind, name))
  sure(tenant[...](tenant, name, select(2, ...)))
  log:write "done\n"
end

local function start_again(domain)
  log:write(("restarted %s\n"):format(domain.domain))
  local _, message, code = answer(tenant:restart(domain.domain))
  assert(not message or code == "already_verified", message)
  log:write(message and "nothing\n" or "done\n")
end

-- What may be done with a domain that there is.
local actions = {
  function(domain) change(domain.enabled and "disabled" or "enabled", domain.domain, domain.enabled and "disable" or "enable") end,
  function(domain)
    local used = sure(tenant:users(domain.domain))[1]
    change(used and "use_ended" or "used", domain.domain, used and "release" or "use", "newsletter")
  end,
  function(domain)
    publish()
    local found, message, code = answer(tenant:verify(domain.domain))
    assert(found or code == "failed" or code == "changed_meanwhile", message)
  end,
  function(domain)
    if not sure(tenant:users(domain.domain))[1] then change("removed", domain.domain, "remove") end
  end,
  start_again,
}

while true do
  local name = ("d%02d.example.com"):format(math.random(DOMAINS))
  local domain, message, code = answer(tenant:get(name))
  if domain then
    actions[math.random(#actions)](domain)
  else
    assert(code == "not_found", message)
    log:write(("created %s\n"):format(name))
    sure(tenant:create { domain = name, provider = "test-cname" })
    log:write "done\n"
  end
  stage.now = stage.now + math.random(30)
end
