--- mailseal.async.nginx: what is its own. What holds of tasks everywhere, spec/dns/resty_spec.lua runs inside nginx.
local fault_server = require "spec.support.fault_server"
local nginx = require "spec.support.nginx"
local shell = require "spec.support.shell"

-- One timer that does everything again and again, and says after each round what it has then.
local worker = [[
local async, dns = require "mailseal.async", require "mailseal.dns"
local descriptors = require "spec.support.growth".descriptors
local M = {}

local function names_of(kind, count)
  local names = {}
  for i = 1, count do names[i] = ("%s.n%d.test"):format(kind, i) end
  return names
end

-- Answered over UDP and TCP, not answered, by a resolver that keeps no answers.
local function ask(resolver, impatient)
  for kind, count in pairs { ok = 600, ["tc.ok"] = 100, ["delay20.ok"] = 100 } do
    local names = names_of(kind, count)
    local answers, errors = async.map(names, 50, function(name) return resolver:query(name, "TXT") end)
    assert(next(errors) == nil)
    for i = 1, count do assert(answers[i].status == "ok", answers[i].reason) end
  end
  impatient:query_all(names_of("silent", 50), "TXT")
end

local function cancel(resolver)
  for _ = 1, 5 do assert(select(3, async.within(0.02, resolver.query_all, resolver, names_of("silent", 20), "TXT")) == "timeout") end
end

-- Calls that raise, each of which ends a light thread; and coroutines of the handler's own.
local function raise()
  local items = {}
  for i = 1, 600 do items[i] = i end
  local _, errors = async.map(items, 10, function(i)
    if i % 2 == 0 then async.sleep(0) end
    error(i, 0)
  end)
  for i = 1, 600 do assert(errors[i] == i) end
  for _ = 1, 300 do coroutine.wrap(function() async.sleep(0) end)() end
end

local function measure()
  require "jit".flush()
  collectgarbage()
  collectgarbage()
  local tasks = 0
  for _ in pairs(ngx.ctx[require "mailseal.async.nginx"]) do tasks = tasks + 1 end
  return ("%d %d %d"):format(collectgarbage "count", tasks, descriptors())
end

function M.work(rounds)
  local resolver = assert(dns.resolver { servers = { "$faults" }, timeout = 20, tries = 1, cache = false })
  local impatient = assert(dns.resolver { servers = { "$faults" }, timeout = 0.05, tries = 1, cache = false })
  for round = 1, rounds do
    ask(resolver, impatient)
    cancel(resolver)
    raise()
    ngx.shared.notes:set("round" .. round, measure())
  end
end

function M.start(rounds)
  assert(ngx.timer.at(0, function()
    local ok, problem = pcall(M.work, rounds)
    ngx.shared.notes:set("over", ok and "over" or tostring(problem))
  end))
end

return M
]]

local location = [[
  location = /start { content_by_lua_block { require "worker".start(tonumber(ngx.var.arg_rounds)) ngx.say "started" } }
  location = /note { content_by_lua_block { ngx.print(ngx.shared.notes:get(ngx.var.arg_of) or "") } }
]]

describe("mailseal.async.nginx, in a timer of #nginx that goes on for long,", function()
  -- More KB than this may be there at one moment and not at another.
  local LUA = 100
  local ROUNDS, WARM = 8, 3
  local faults, server, notes

  setup(function()
    faults = assert(fault_server.start())
    server = nginx.start {
      http = "lua_shared_dict notes 100k;", server = location, files = { ["worker.lua"] = worker }, values = { faults = faults.address },
    }
    assert.equal("started\n", server:get("/start?rounds=" .. ROUNDS))
    local over = ""
    for _ = 1, 1200 do
      over = server:get "/note?of=over"
      if over ~= "" then break end
      shell.output "sleep 0.1"
    end
    assert.equal("over", over, server:log())
    notes = {}
    for round = 1, ROUNDS do
      local lua, tasks, descriptors = server:get("/note?of=round" .. round):match "(%d+) (%d+) (%d+)"
      notes[round] = { lua = tonumber(lua), tasks = tonumber(tasks), descriptors = tonumber(descriptors) }
    end
  end)

  teardown(function()
    server:stop()
    faults:stop()
  end)

  local function grows_by(name, most)
    local early, late = notes[WARM][name], notes[ROUNDS][name]
    assert.is_true(late <= early + most, ("%d, then %d"):format(early, late))
  end

  it("keeps nothing of tasks that have ended, however they did", function()
    for round = 1, ROUNDS do assert.equal(1, notes[round].tasks) end
  end)

  it("holds no more in Lua", function() grows_by("lua", LUA) end)

  -- One may be open just then that is about to close; one that each round left would be as many as there were rounds.
  it("has no socket open that nobody waits for", function() grows_by("descriptors", ROUNDS - WARM - 1) end)

  it("logs nothing", function() assert.equal("", server:log()) end)
end)
