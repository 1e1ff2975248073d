--- The registry as a worker of nginx has it: the database in threads, DNS over cosockets.
local cjson = require "cjson"
local knot = require "spec.support.knot"
local nginx = require "spec.support.nginx"
local shell = require "spec.support.shell"
local stages = require "spec.support.registry_stage"
local store = require "mailseal.store"

-- What the server runs: `do` of a request names one of these functions, which is given JSON.
local PROBE = [[
local async = require "mailseal.async"
local cjson = require "cjson"
local registries = require "mailseal.http.registry"

local function open(more)
  local options = { db = "sqlite:$stage/mailseal.db", master_key_file = "$stage/master.key", resolver = { zone = "$stage/zone.json" } }
  for name, value in pairs(more or {}) do options[name] = value end
  return registries.new(options)
end

local registry = open()
local probe = {}

local function answer(ok, ...)
  return ok and { results = { ... }, n = select("#", ...) } or { error = tostring((...)) }
end

-- Calls a method of a tenant. The zone is read anew.
function probe.call(given)
  registry.asked = nil
  local tenant = registry:tenant "acme"
  return answer(pcall(function() return tenant[given.method](tenant, unpack(given.arguments)) end))
end

-- Calls one many times side by side, with room for few.
function probe.crowd(given)
  local tenant, codes = open { threads = { db = 1, queue = 1 } }:tenant "acme", {}
  async.map(given, 100, function(domain)
    local found, message, code = tenant:get(domain)
    codes[#codes + 1] = found and "found" or code .. ": " .. message
    return true
  end)
  return codes
end

-- What is said against options.
function probe.open(given) return { tostring(select(2, pcall(open, given))) } end

-- In which threads a method is called.
function probe.threads_of(given)
  local pool = "none"
  for _, threads in ipairs { registry.db_threads, registry.rsa_threads } do
    threads.call = function() pool = threads.name end
  end
  pcall(function() return registry:tenant "acme"[given.method](registry:tenant "acme", unpack(given.arguments)) end)
  registry.db_threads.call, registry.rsa_threads.call = nil, nil
  return { pool }
end

-- How many calls are under way.
function probe.under_way() return { registry.db_threads:busy() + registry.db_threads.waiting } end

-- Has a thread say what it takes itself for.
function probe.thread() return { ngx.run_worker_thread("mailseal_db", "thread_probe", "look") } end

-- Asks DNS over the network.
function probe.ask(server)
  local resolver = assert(open { resolver = { servers = { server } } }:resolver())
  local answer = assert(resolver:query("example.com", "TXT"))
  return { answer.text[1], answer.from_cache or false }
end

return function()
  ngx.print(cjson.encode(probe[ngx.var.arg_do](cjson.decode(ngx.unescape_uri(ngx.var.arg_given)))))
end
]]

local THREAD_PROBE = [[
local M = {}
function M.look()
  local async = require "mailseal.async"
  async.sleep(0.001)
  return require "mailseal.dns.resty".available(), async.task() == nil, type(ngx), async.run(function() return "ran" end)
end
return M
]]

local MESSAGE = "From: a@signed.example.com\r\nTo: b@example.net\r\nSubject: s\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n"
  .. "Message-ID: <1@signed.example.com>\r\n\r\nHello\r\n"

-- One who asks, and is gone before there is an answer.
local IMPATIENT = [[
(exec 3<>/dev/tcp/127.0.0.1/%d; printf '%%b' 'GET /probe?do=call&given=%s HTTP/1.0\r\n\r\n' >&3; sleep 0.3) &]]

describe("the registry inside #nginx", function()
  local stage, server

  setup(function()
    stage = stages.new()
    server = nginx.start {
      main = "thread_pool mailseal_db threads=6; thread_pool mailseal_rsa threads=2;",
      http = "lua_shared_dict mailseal 10m; lua_shared_dict mailseal_dns 10m; lua_check_client_abort on;",
      server = "location = /probe { content_by_lua_block { require 'probe'() } }",
      files = { ["probe.lua"] = PROBE, ["thread_probe.lua"] = THREAD_PROBE }, values = { stage = stage.directory }, workers = 2,
    }
  end)

  teardown(function()
    server:stop()
    stage:remove()
  end)

  local function escaped(text)
    return (text:gsub("[^%w]", function(octet) return ("%%%02X"):format(octet:byte()) end))
  end

  local function probe(name, given)
    local body, status = server:get(("/probe?do=%s&given=%s"):format(name, escaped(cjson.encode(given))))
    assert.equal(200, status, server:log())
    return cjson.decode(body)
  end

  local function raw(method, ...) return probe("call", { method = method, arguments = { ... } }) end

  -- What a method of the tenant returns there.
  local function call(method, ...)
    local result = raw(method, ...)
    assert.is_nil(result.error)
    for i = 1, result.n do
      if result.results[i] == cjson.null then result.results[i] = nil end
    end
    return (table.unpack or unpack)(result.results, 1, result.n) -- luacheck: ignore
  end

  -- A verified domain whose keys are ours.
  local function signed(domain)
    local made = assert(call("create", { domain = domain, provider = "own" }))
    stage:publish(made.records)
    assert.equal("verified", assert(call("verify", domain)).status)
  end

  it("creates a domain, and gets it, and lists it", function()
    local made = assert(call("create", {
      domain = "first.example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
    }))
    assert.equal("pending", made.status)
    assert.same(made, call("get", "First.example.com."))
    assert.same({ made }, call("list", { status = "pending" }))
  end)

  it("verifies one, with DNS asked by the worker", function()
    stage:publish(assert(call("get", "first.example.com")).records)
    local verified = assert(call("verify", "first.example.com"))
    assert.equal("verified", verified.status)
    assert.same(verified, call("get", "first.example.com"))
    assert.same({ zone = "example.com" }, { zone = verified.zone, dns_host = verified.dns_host })
  end)

  it("says what a method says, message, code and all", function()
    assert.same({ "there is no such domain", "not_found" }, { select(2, call("get", "nobody.example.com")) })
    local _, _, code, missing = call("create", { domain = "x.example.com", provider = "kraiter", vars = { region = "eu-west-1" } })
    assert.equal("vars_missing", code)
    assert.equal("tokens", missing[1].name)
  end)

  it("raises what a method raises, as it says it", function()
    assert.matches('tenant:list knows no option "colour"$', raw("list", { colour = "red" }).error)
    assert.matches("a domain's name expected, got number", raw("get", 5).error, 1, true)
    assert.matches("inside nginx a message is signed by tenant:sign", raw("signer", "first.example.com").error, 1, true)
  end)

  it("finds who hosts the DNS of a domain, also where nobody knows him", function()
    assert.same({ zone = "example.com" }, { zone = call("dns_host", "first.example.com").zone })
    assert.equal("example.com", call("get", "first.example.com").zone)
  end)

  it("signs what a domain sends, in a thread", function()
    signed "signed.example.com"
    local header = assert(call("sign", "signed.example.com", MESSAGE))
    assert.matches("^DKIM%-Signature: .*d=signed%.example%.com.*\r\n$", header)
    assert.matches("x=", call("sign", "signed.example.com", MESSAGE, { expire = 60 }), 1, true)
    assert.matches('has an option "key" of its own', raw("sign", "signed.example.com", "", { key = "k" }).error, 1, true)
    assert.equal("not_applicable", select(3, call("sign", "first.example.com", MESSAGE)))
  end)

  it("knows in all workers and threads at once what one has changed: decisions, and whether it signs", function()
    local function repeated(method, ...)
      local seen = {}
      for _ = 1, 12 do
        local result = { call(method, ...) }
        seen[method == "decide" and result[1] .. " " .. result[2] or result[1] and "signed" or result[3]] = true
      end
      return seen
    end
    for _ = 1, 3 do
      assert.same({ ["send verified"] = true }, repeated("decide", "signed.example.com"))
      assert.same({ signed = true }, repeated("sign", "signed.example.com", MESSAGE))
      assert(call("disable", "signed.example.com"))
      assert.same({ ["hold disabled"] = true }, repeated("decide", "signed.example.com"))
      assert.same({ disabled = true }, repeated("sign", "signed.example.com", MESSAGE))
      assert(call("enable", "signed.example.com"))
    end
  end)

  it("makes keys where it signs, so that nobody waits for that who only asks the database", function()
    local function threads_of(method, ...) return probe("threads_of", { method = method, arguments = { ... } })[1] end
    assert.equal("mailseal_rsa", threads_of("sign", "signed.example.com", MESSAGE))
    assert.equal("mailseal_rsa", threads_of("rotate", "signed.example.com"))
    assert.equal("mailseal_rsa", threads_of("create", { domain = "x.example.com", provider = "own" }))
    assert.equal("mailseal_db", threads_of("create", { domain = "x.example.com", provider = "kraiter" }))
    assert.equal("mailseal_rsa", threads_of("create", { domain = "x.example.com", provider = "of-my-own" }))
    assert.equal("mailseal_rsa", threads_of("create_many", { { domain = "x.example.com", provider = "own" } }))
    assert.equal("mailseal_rsa", threads_of("restart", "signed.example.com"))
    assert.equal("mailseal_db", threads_of("get", "signed.example.com"))
  end)

  it("does so much at a time, and tells all others that it is busy", function()
    local domains = {}
    for i = 1, 50 do domains[i] = "first.example.com" end
    local counts = { found = 0, busy = 0 }
    for _, word in ipairs(probe("crowd", domains)) do
      local name = word:match "^%l+"
      counts[name] = counts[name] + 1
    end
    assert.equal(50, counts.found + counts.busy)
    assert.is_true(counts.found >= 1 and counts.busy >= 40, counts.busy)
  end)

  it("does what it was asked for, and goes on, where nobody waits for that any more", function()
    local domains = {}
    for i = 1, 12 do domains[i] = ("gone%d.example.com"):format(i) end
    local db = assert(store.open("sqlite:" .. stage.path))
    -- Nobody else writes meanwhile: those who ask have no patience.
    assert(db:write(function()
      local commands = {}
      for i, domain in ipairs(domains) do
        local given = cjson.encode { method = "create", arguments = { { domain = domain, provider = "own" } } }
        commands[i] = IMPATIENT:format(server.port, escaped(given))
      end
      shell.output("bash -c " .. shell.quote(table.concat(commands, "\n") .. "\nwait"))
    end))
    db:close()
    for _, domain in ipairs(domains) do
      for _ = 1, 200 do
        if call("get", domain) then break end
        shell.output "sleep 0.1"
      end
      assert(call("get", domain))
    end
    for _ = 1, 8 do assert.same({ 0 }, probe("under_way", {})) end
    assert.is_nil(server:log():find("exited on signal", 1, true), server:log())
  end)

  it("wants numbers of threads that are numbers", function()
    assert.matches("threads: db must be a whole number from 1", probe("open", { threads = { db = 0 } })[1], 1, true)
    assert.matches('threads knows no option "dns"', probe("open", { threads = { dns = 1 } })[1], 1, true)
  end)

  it("has threads that do not take themselves for nginx's loop", function()
    assert.same({ true, false, true, "table", "ran" }, probe("thread", {}))
  end)

  it("asks DNS over cosockets, and all workers know the answers", function()
    local names = assert(knot.start { zones = { ["example.com"] = knot.EMPTY .. '@ TXT "hello"\n' } })
    finally(function() names:stop() end)
    assert.same({ "hello", false }, probe("ask", names.address))
    for _ = 1, 8 do assert.same({ "hello", true }, probe("ask", names.address)) end
  end)

  it("says so where nginx.conf has no such threads", function()
    local other = nginx.start {
      server = "location = /probe { content_by_lua_block { require 'probe'() } }",
      files = { ["probe.lua"] = PROBE }, values = { stage = stage.directory },
    }
    finally(function() other:stop() end)
    local body = other:get("/probe?do=call&given=" .. escaped(cjson.encode { method = "get", arguments = { "first.example.com" } }))
    local why = "nginx's thread_pool mailseal_db cannot be used: thread pool mailseal_db not found"
    assert.same({ n = 3, results = { cjson.null, why, "no_threads" } }, cjson.decode(body))
  end)

  it("tells no secret where the database cannot be opened", function()
    local other = nginx.start {
      main = "thread_pool mailseal_db threads=6;",
      server = "location = /probe { content_by_lua_block { require 'probe'() } }",
      files = { ["probe.lua"] = PROBE:gsub('"sqlite:[^"]*"', '"postgresql://me:s3cret@127.0.0.1:1/x?connect_timeout=1"') },
      values = { stage = stage.directory },
    }
    finally(function() other:stop() end)
    local body = other:get("/probe?do=call&given=" .. escaped(cjson.encode { method = "get", arguments = { "first.example.com" } }))
    assert.equal("store_unreachable", cjson.decode(body).results[3])
    assert.is_nil((body .. other:log()):find("s3cret", 1, true))
  end)
end)
