--- The operator's zone at a real name server that takes signed updates (RFC 2136): a thousand keys, two workers, and one that is killed.
local async = require "mailseal.async"
local await = require "spec.support.await"
local child = require "spec.support.child"
local dns = require "mailseal.dns"
local dns_relay = require "spec.support.dns_relay"
local onboard = require "mailseal.onboard"
local primaries = require "spec.support.primaries"
local shell = require "spec.support.shell"

local ZONE = "keys.test"
local TEXT = "@ SOA ns hostmaster 1 3600 900 604800 5\n@ NS ns\nns A 127.0.0.1\n@ TXT \"somebody else's\"\nwww A 192.0.2.80\n"

-- Keeps the zone: DATABASE, the MASTER key's file, the name server's ADDRESS and PORT, the SERVER to update, its KEY, and the LEASE, the
-- seconds after which another one takes a silent worker for dead.
local WORKER = [[
local database, master, address, port, server, key, lease = ...
local resolver = assert(require "mailseal.dns".resolver { servers = { address }, port = tonumber(port), timeout = 5 })
local registry = assert(require "mailseal.onboard".open {
  db = database, resolver = resolver, master_key_file = master, policy = { publishing = { lease = tonumber(lease) } },
  operator_zones = { ["keys.test"] = { via = "rfc2136", server = server, key = key } },
})
local keep = require "mailseal.onboard.publishing.operator_zone".work
local async = require "mailseal.async"
print "ready"
local ends, total = async.now() + 60, 0
local function due()
  return registry.db:read(function(tx) return { n = tx:row("SELECT count(*) AS n FROM zone_names WHERE due_at = 0").n } end).n > 0
end
async.run(function()
  while due() and async.now() < ends do
    local n, message = keep(registry)
    total = total + (n or 0)
    if message then print(message) end
    async.sleep(0.05)
  end
end)
print(total)
]]

describe("the operator's zone at a name server", function()
  local server, relay, directory, database, before

  setup(function()
    server = primaries.start("Knot", { zones = { [ZONE] = TEXT } })
    relay = dns_relay.start(server)
    before = primaries.zone(server, ZONE)
  end)
  teardown(function()
    relay:stop()
    server:stop()
  end)

  before_each(function()
    directory = shell.new_directory()
    database = "sqlite:" .. directory .. "/mailseal.db"
    relay:fault("none", "any", 0)
  end)
  after_each(function() shell.remove_directory(directory) end)

  local function open()
    return assert(onboard.open {
      db = database, master_key_file = directory .. "/master.key", policy = { keys = { type = "ed25519" }, publishing = { lease = 1 } },
      resolver = assert(dns.resolver { servers = { server.address }, port = server.port, timeout = 5 }),
      operator_zones = { [ZONE] = { via = "rfc2136", server = relay.address, key = primaries.key "good" } },
    })
  end

  local function worker(lease)
    return child.start(WORKER, { database, directory .. "/master.key", server.address, tostring(server.port), relay.address,
      primaries.key "good", tostring(lease) })
  end

  local function add(registry, count)
    local list = {}
    for i = 1, count do list[i] = { domain = ("d%d.example.com"):format(i), provider = "own", vars = { cname_zone = ZONE } } end
    local tenant = registry:tenant "acme"
    for _, one in ipairs(list) do assert(tenant:create(one)) end
    return tenant
  end

  local function wanted(registry)
    local count, after = 0, nil
    local text = "\n" .. primaries.zone(server, ZONE)
    repeat
      local page
      page, after = registry:zone_records { after = after }
      for _, record in ipairs(page) do
        count = count + 1
        assert.is_truthy(text:find("\n" .. record.name .. ".", 1, true), record.name)
      end
    until not after
    assert.equal(count, select(2, text:gsub("v=DKIM1", "")))
    return count
  end

  local function take_all_back(registry, tenant, count)
    for i = 1, count do assert(tenant:remove(("d%d.example.com"):format(i))) end
    assert(registry:reconcile_zone(ZONE))
    assert.equal(before, primaries.zone(server, ZONE))
    registry:close()
  end

  it("gets a thousand keys, and is as it was when their domains are gone", function()
    local registry = open()
    local tenant = add(registry, 1000)
    relay:fault("none", "any", 0)
    local began = async.now()
    local found = assert(registry:reconcile_zone(ZONE))
    local seconds, updates, questions = async.now() - began, relay:count "update", relay:count "question"
    assert.equal(1000, found.names)
    assert.equal(1000, wanted(registry))
    print(("\n1000 new keys: %.1f seconds, %d updates (prerequisites that are asked for among them), %d questions"):format(
      seconds, updates, questions))
    assert.is_true(updates < 200 and questions < 1500, updates .. " " .. questions)
    assert.same({ names = 1000, differences = {} }, assert(registry:reconcile_zone(ZONE, { dry_run = true })))
    take_all_back(registry, tenant, 1000)
  end)

  it("is written to by one of two workers at a time, and each key once", function()
    local registry = open()
    local tenant = add(registry, 120)
    local first, second = worker(60), worker(60) -- on a slow machine, too, neither is taken for dead
    assert.same({ "ready", "ready" }, { first:line(), second:line() })
    local one, other = first:rest(), second:rest()
    assert.equal(120, tonumber(one[#one]) + tonumber(other[#other]), table.concat(one, "\n") .. table.concat(other, "\n"))
    assert.equal(120, wanted(registry))
    local told = 0
    for _, event in ipairs(assert(tenant:events { limit = 1000 })) do told = told + (event.kind == "published" and 1 or 0) end
    assert.equal(120, told)
    take_all_back(registry, tenant, 120)
  end)

  for _, case in ipairs {
    { "while an update is on its way", "stall" }, { "when an update was made, and before its answer came", "hang" },
  } do
    it("whose worker is killed " .. case[1] .. " gets the rest from the next one, and all is told once", function()
      local registry = open()
      local tenant = add(registry, 60)
      relay:fault(case[2], "update", 0)
      local killed = worker(1)
      await("the update is sent", function() return relay:count "update" > 0 end)
      if case[2] == "hang" then await("it is made", function() return primaries.zone(server, ZONE) ~= before end) end
      killed:kill()
      killed:rest()
      relay:fault("none", "any", 0)
      local lines = worker(1):rest()
      assert.equal(60, tonumber(lines[#lines]), table.concat(lines, "\n"))
      assert.equal(60, wanted(registry))
      local told, settled = 0, 0
      for _, event in ipairs(assert(tenant:events { limit = 1000 })) do
        told = told + (event.kind == "published" and 1 or 0)
        settled = settled + (event.data.settled and 1 or 0)
      end
      assert.equal(60, told)
      assert.equal(case[2] == "hang", settled > 0)
      take_all_back(registry, tenant, 60)
    end)
  end
end)
