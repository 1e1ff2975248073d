--- What the programs of `make bench-onboard` do, each in a process of its own: `lua onboard_process.lua TASK URL NUMBER [PORT]`. Each
-- prints what it measured, a name and a number a line.
--
-- - `create`: adds so many domains, in batches of one transaction each
-- - `due`: makes them verified and due, as if each had last been looked at up to a day before yesterday, in no order
-- - `work`: looks at all that is due
-- - `decide`: decides about domains, from memory and from the store

local async = require "mailseal.async"
local dns = require "mailseal.dns"
local onboard = require "mailseal.onboard"
local store = require "mailseal.store"
local zone = require "spec.bench.onboard_zone"

local task, url, count, port = arg[1], arg[2], tonumber(arg[3]), tonumber(arg[4])

local TENANTS = 100
local BATCH = 500

local function say(name, number)
  io.stdout:write(("%s %.9g\n"):format(name, number))
  io.stdout:flush()
end

local function open(options)
  options.db = url
  return assert(onboard.open(options))
end

-- The tenant whose domain that is: each has a row of them.
local function tenant_of(i)
  return ("tenant%02d"):format(math.floor((i - 1) * TENANTS / count))
end

local tasks = {}

function tasks.create()
  local registry = open {}
  local begun = async.now()
  local first = 1
  while first <= count do
    local tenant, list = tenant_of(first), {}
    while #list < BATCH and first <= count and tenant_of(first) == tenant do
      list[#list + 1] = { domain = zone.domain(first), provider = "kraiter", vars = { region = zone.REGION, tokens = zone.tokens(first) } }
      first = first + 1
    end
    for _, result in ipairs(assert(registry:tenant(tenant):create_many(list))) do
      assert(result.domain, result.message)
    end
  end
  say("seconds", async.now() - begun)
  registry:close()
end

local MAKE_DUE = [[UPDATE domains SET status = 'verified', reason = NULL, lane = 1, owned_at = created_at, window_ends = NULL,
  next_check_at = created_at - 86400 - CAST(substr(domain, 2, 7) AS INTEGER) * 7919 % 86400]]
local OWN = "INSERT INTO owners (domain, tenant_id, since) SELECT domain, tenant_id, created_at FROM domains"

function tasks.due()
  local db = assert(store.open(url))
  assert(db:write(function(tx)
    tx:run(MAKE_DUE)
    tx:run "DELETE FROM owners"
    tx:run(OWN)
  end))
  db:close()
end

function tasks.work()
  local resolver = assert(dns.resolver { servers = zone.servers(port), rotate = true })
  local registry = open { resolver = resolver }
  local begun = async.now()
  local looked_at = assert(registry:work { until_idle = true })
  say("seconds", async.now() - begun)
  say("looked_at", looked_at)
  registry:close()
end

-- Seconds that a call takes, the mean of many.
local function mean(calls, call)
  local begun = async.now()
  for i = 1, calls do
    call(i)
  end
  return (async.now() - begun) / calls
end

function tasks.decide()
  local registry = open {}
  local tenant, domain = registry:tenant(tenant_of(1)), zone.domain(1)
  assert(tenant:decide(domain))
  say("cache", mean(100000, function() assert(tenant:decide(domain) == "send") end))
  -- Each domain once, in no order: none of them can be in memory.
  local calls = math.min(count - 1, 10000)
  say("store", mean(calls, function(i)
    local number = i * 7919 % (count - 1) + 2
    assert(registry:tenant(tenant_of(number)):decide(zone.domain(number)) == "send")
  end))
  registry:close()
end

tasks[task]()
