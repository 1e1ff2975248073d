--- The work in the background of nginx: one worker leads, and whatever becomes of him, each domain that is due is looked at.
local cjson = require "cjson"
local nginx = require "spec.support.nginx"
local onboard = require "mailseal.onboard"
local patiently = require "spec.support.await"
local postgresql = require "spec.support.postgresql"
local shell = require "spec.support.shell"
local stages = require "spec.support.registry_stage"

-- What each worker of nginx runs: DNS is a zone, and each question takes as long as a file says.
local PROBE = [[
local async = require "mailseal.async"
local cjson = require "cjson"
local resolver = require "mailseal.dns.resolver"
local zone = require "mailseal.dns.zone"

local function delay()
  local file = assert(io.open "$stage/delay")
  local seconds = tonumber(file:read "*a")
  file:close()
  return seconds
end

local transport = { servers = { false }, tries = 1, close = function() end }
function transport.exchange(_, query, server)
  async.sleep(delay())
  return assert(zone.open "$stage/zone.json"):exchange(query, server)
end

local registry = require "mailseal.http.registry".new {
  db = "$database", resolver = resolver.new(transport, { deadline = 60 }),
}
local background = require "mailseal.http.background".new(registry, ngx.shared.mailseal, { term = 2, most = 5, lock = 1, idle = 0.1 })
local probe, shared = {}, ngx.shared.mailseal

-- What is known is known for ever, until it changes.
require "mailseal.http.known".AGE = 0

function probe.leader()
  ngx.print(shared:get("process of " .. tostring(shared:get "background leader")) or "")
end

function probe.decide()
  ngx.print((registry:tenant "acme":decide(ngx.var.arg_domain)))
end

function probe.verify()
  local found, message, code = registry:tenant "acme":verify(ngx.var.arg_domain)
  ngx.print(cjson.encode { status = found and found.status, message = message, code = code })
end

function probe.start()
  shared:set("process of " .. background.id, ngx.worker.pid())
  background:start()
end

-- Begins while as many timers run as may.
function probe.start_in_a_crowd()
  for _ = 1, 3 do ngx.timer.at(0, function() ngx.sleep(0.5) end) end
  probe.start()
end

return probe
]]

-- Six who ask for a look, and nginx is told to reload while they wait.
local RELOAD = [[
ask() {
  exec 3<>/dev/tcp/127.0.0.1/%d
  printf 'GET /probe/verify?domain=d01.example.com HTTP/1.0\r\n\r\n' >&3
  printf '%%s\n' "$(tail -n 1 <&3)"
}
for i in 1 2 3 4 5 6; do ask & done
sleep 0.3
kill -HUP %s
wait
]]

describe("the background of #nginx", function()
  local stage, url, registry, servers

  before_each(function()
    stage, servers = stages.new(), {}
    shell.write(stage.directory .. "/delay", "0")
    url = "sqlite:" .. stage.path
    registry = assert(onboard.open { db = url })
  end)

  after_each(function()
    for _, server in ipairs(servers) do server:stop() end
    registry:close()
    stage:remove()
  end)

  local function start(workers, how, more)
    local server = nginx.start {
      main = "thread_pool mailseal_db threads=6; thread_pool mailseal_rsa threads=2;",
      http = ("lua_shared_dict mailseal 10m; %s init_worker_by_lua_block { require('probe').%s() }"):format(more or "", how or "start"),
      server = "location ~ ^/probe/(.*)$ { content_by_lua_block { require('probe')[ngx.var[1]]() } }",
      files = { ["probe.lua"] = PROBE }, workers = workers,
      values = { stage = stage.directory, database = url, patience = "20s" },
    }
    servers[#servers + 1] = server
    return server
  end

  -- Changes the database, of which nobody is told.
  local function run(...)
    local words, n = { ... }, select("#", ...)
    assert(registry.db:write(function(tx) return tx:run((table.unpack or unpack)(words, 1, n)) end)) -- luacheck: ignore
  end

  -- Domains of the tenant, all of them due.
  local function add(count)
    local tenant, list = registry:tenant "acme", {}
    for i = 1, count do
      list[i] = {
        domain = ("d%02d.example.com"):format(i), provider = "kraiter",
        vars = { region = "eu-west-1", tokens = { ("a%d"):format(i), ("b%d"):format(i), ("c%d"):format(i) } },
      }
    end
    assert(tenant:create_many(list))
    run "UPDATE domains SET next_check_at = 1"
  end

  local function column(name)
    local sql = ("SELECT %s AS it FROM domains ORDER BY domain"):format(name)
    local list = {}
    for i, row in ipairs(registry.db:read(function(tx) return tx:rows(sql) end)) do list[i] = row.it end
    return list
  end

  -- Waits until it holds, for a generous while.
  local function await(fn)
    return patiently("it came to that", fn, function()
      local logs = {}
      for i, server in ipairs(servers) do logs[i] = server:log() end
      return table.concat(logs, "\n")
    end)
  end

  -- The process that leads.
  local function leader(server)
    return await(function()
      local pid = server:get "/probe/leader"
      return pid ~= "" and pid
    end)
  end

  local function all_were_looked_at()
    for _, looked_at in ipairs(column "coalesce(checked_at, 0)") do
      if looked_at == 0 then return false end
    end
    return true
  end

  local function assert_once(count)
    local once = {}
    for i = 1, count do once[i] = 1 end
    assert.same(once, column "attempts")
  end

  it("looks at all that is due, in one timer after the other", function()
    add(12)
    start(1)
    await(all_were_looked_at)
    assert_once(12)
  end)

  it("begins, though nginx drops its timers as long as too many run", function()
    add(2)
    local server = start(1, "start_in_a_crowd", "lua_max_running_timers 3;")
    await(all_were_looked_at)
    assert.matches("lua_max_running_timers are not enough", server:log(), 1, true)
  end)

  it("finds a domain verified whose records are there, which all workers know then, whatever they knew before", function()
    add(1)
    run("UPDATE domains SET next_check_at = ?", 2 ^ 40)
    local server = start(2)
    local function decision() return (server:get "/probe/decide?domain=d01.example.com") end
    assert.equal("refuse", decision())
    -- What nobody tells is not seen.
    run "UPDATE domains SET status = 'verified'"
    assert.equal("refuse", decision())
    run "UPDATE domains SET status = 'pending'"
    stage:publish(assert(registry:tenant "acme":get "d01.example.com").records)
    run "UPDATE domains SET next_check_at = 1"
    await(function() return decision() == "send" end)
    assert.equal("verified", registry:tenant "acme":get "d01.example.com".status)
  end)

  it("takes the steps of keys, and lets held mail go", function()
    registry:close()
    registry = assert(onboard.open { db = url, master_key_file = stage.directory .. "/master.key" })
    local tenant = registry:tenant "acme"
    assert(tenant:create { domain = "own.example.com", provider = "own" })
    stage:publish(tenant:get "own.example.com".records)
    run "UPDATE domains SET next_check_at = 1"
    start(1)
    await(function() return tenant:get "own.example.com".status == "verified" end)
    assert(tenant:disable "own.example.com")
    assert(tenant:hold("own.example.com", { "message 1", "message 2" }))
    run "UPDATE domains SET enabled = 1, gate_at = 1"
    await(function() return #tenant:released {} == 2 end)
    -- Nobody is to look for the new key before its record is there: DNS would be remembered not to have it.
    table.remove(servers):stop()
    local selector = assert(tenant:rotate "own.example.com").selector
    stage:publish(tenant:get "own.example.com".records)
    run "UPDATE keys SET next_at = 1 WHERE next_at IS NOT NULL"
    start(1)
    await(function()
      for _, key in ipairs(tenant:keys "own.example.com") do -- made in one second, they stand in no order
        if key.selector == selector then return key.state == "spreading" end
      end
    end)
  end)

  local function shared_by_two()
    shell.write(stage.directory .. "/delay", "0.02")
    add(30)
    start(1)
    start(1)
    await(all_were_looked_at)
    assert_once(30)
  end

  it("shares the domains with another nginx on the same database, and none is looked at twice", shared_by_two)

  it("does so on PostgreSQL", function()
    local database = postgresql.start()
    finally(function()
      registry:close()
      database:stop()
    end)
    registry:close()
    url = database:new_database()
    registry = assert(onboard.open { db = url })
    shared_by_two()
  end)

  it("goes on where the worker that leads is killed, whose leases are nobody's then", function()
    shell.write(stage.directory .. "/delay", "30")
    local server = start(2)
    local killed = leader(server)
    add(3)
    local owners = await(function()
      local list = column "lease_owner"
      return list[3] and list
    end)
    assert.same({ owners[1], owners[1], owners[1] }, owners)
    shell.write(stage.directory .. "/delay", "0")
    os.execute("kill -9 " .. killed)
    await(all_were_looked_at)
    assert.are_not.equal(killed, leader(server))
    assert_once(3)
    assert.same({}, column "lease_owner")
  end)

  it("loses no look that somebody waits for when nginx is told to reload, and goes on", function()
    shell.write(stage.directory .. "/delay", "0.05")
    local server = start(2)
    add(6)
    local before = leader(server)
    stage:publish(assert(registry:tenant "acme":get "d01.example.com").records)
    local printed = shell.output("bash -c " .. shell.quote(RELOAD:format(server.port, server.pid)))
    local answers = 0
    for line in printed:gmatch "[^\n]+" do
      assert.same({ status = "verified" }, cjson.decode(line))
      answers = answers + 1
    end
    assert.equal(6, answers, server:log())
    await(function() return leader(server) ~= before end)
    await(all_were_looked_at)
    await(function() return not next(column "lease_owner") end)
  end)

  it("leaves no lease and no lock where nginx is ended in the midst of looks", function()
    shell.write(stage.directory .. "/delay", "30")
    local server = start(1)
    add(3)
    await(function() return column "lease_owner"[3] end)
    os.execute("kill -QUIT " .. server.pid)
    await(function() return not next(column "lease_owner") end)
    assert.same({ 0, 0, 0 }, column "attempts")
  end)
end)
