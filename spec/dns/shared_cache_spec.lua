--- mailseal.dns.shared_cache: answers that the workers of nginx share.
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"
local nginx = require "spec.support.nginx"

describe("mailseal.dns.shared_cache", function()
  local faults, others, server

  local http = [[
    lua_shared_dict dns 1m;
    lua_shared_dict small 64k;
    lua_shared_dict clock 12k;
    init_by_lua_block {
      dns, shared_cache = require "mailseal.dns", require "mailseal.dns.shared_cache"
      resolver = assert(dns.resolver { servers = { "$faults" }, timeout = 10, cache = "dns" })
    }
  ]]

  -- Runs Lua in a worker, that is told its number.
  local location = [[
    location = /query { content_by_lua_block {
      local answer = resolver:query(ngx.var.arg_name, ngx.var.arg_type or "TXT")
      ngx.say(ngx.worker.pid(), " ", answer.status, " ", tostring(answer.from_cache), " ", answer.ttl, " ", #(answer.text[1] or ""))
    } }
    location = /log {
      log_by_lua_block { ngx.shared.clock:set("log", tostring((resolver:query(ngx.var.arg_name, "TXT") or {}).status)) }
      content_by_lua_block { ngx.say "done" }
    }
    location = /logged { content_by_lua_block { ngx.say(ngx.shared.clock:get "log") } }
    location = /whole { content_by_lua_block {
      local same = require "luassert.util".deepcompare
      local cache = assert(shared_cache.new("dns", { "192.0.2.1" }))
      local answer = assert(dns.resolver { zone = { ["a.test"] = {
        { type = "TXT", data = { "a\\000\\255", "b" } }, { type = "MX", data = "10 mx.test." }, { type = "SOA", data = "a. b. 1 2 3 4 5" },
      } } })
      for _, type in ipairs { "TXT", "MX", "SOA", "A" } do
        local given = answer:query("a.test", type)
        given.expires_at = given.expires_at or 1
        cache:put(type, given, 60)
        ngx.say(type, " ", tostring(same(given, (cache:get(type)))), " ", tostring(rawequal(given, cache:get(type))))
      end
      ngx.say(tostring(shared_cache.new("dns", { "192.0.2.2" }):get "TXT"))
      cache:delete "TXT"
      ngx.say(tostring(cache:get "TXT"))
    } }
    location = /follows { content_by_lua_block {
      local path, time = "$directory/resolv.conf", 0
      local function name_server(address)
        local file = assert(io.open(path, "w"))
        file:write("nameserver ", address, "\n")
        file:close()
      end
      name_server "$faults"
      local watch = require "mailseal.dns.system".watch(path, function() return time end)
      local transport, kept = assert(require "mailseal.dns.resty".new(watch.found.servers)), assert(shared_cache.new "dns")
      local follower = require "mailseal.dns.resolver".new(transport, { system = watch, cache = kept, timeout = 10 })
      local function say(who)
        local answer = assert(who:query("ok.follows.test", "TXT"))
        ngx.say(answer.status, " ", answer.server, " ", tostring(answer.from_cache))
      end
      say(follower)
      say(follower)
      name_server "$others"
      time = 10
      follower:query("ok.another.test", "TXT")
      say(follower)
      say(follower)
      say(dns.resolver { servers = { "$others" }, cache = "dns" })
      say(dns.resolver { servers = { "$faults" }, cache = "dns" })
    } }
    location = /expires { content_by_lua_block {
      local cache = assert(shared_cache.new "dns")
      cache:put("short", { status = "ok", records = {}, expires_at = 1 }, 0.05)
      ngx.say(cache:get("short").status)
      ngx.sleep(0.2)
      ngx.say(tostring(cache:get "short"))
    } }
    location = /corrupted { content_by_lua_block {
      local cache = assert(shared_cache.new "dns")
      cache:put("good", { status = "ok", records = {}, text = { ("x"):rep(50) }, expires_at = 1 }, 60)
      local octets, flags = ngx.shared.dns:get " good"
      local refused = 0
      for i = 0, #octets - 1 do
        ngx.shared.dns:set(" good", octets:sub(1, i), 0, flags)
        if cache:get "good" == nil then refused = refused + 1 end
      end
      ngx.say(refused == #octets)
      for i = 1, #octets do
        for _, change in ipairs { 1, 64, 255 } do
          ngx.shared.dns:set(" good", octets:sub(1, i - 1) .. string.char((octets:byte(i) + change) % 256) .. octets:sub(i + 1), 0, flags)
          assert(cache:get "good" == nil)
        end
      end
      for _, value in ipairs { "", "garbage", ("\255"):rep(100), 7, true } do
        ngx.shared.dns:set(" good", value)
        assert(cache:get "good" == nil)
      end
      cache:put("good", { status = "ok", records = {}, expires_at = 1 }, 60)
      ngx.say(cache:get "good".status)
    } }
    location = /full { content_by_lua_block {
      local cache = assert(shared_cache.new "small")
      for i = 1, 1000 do cache:put("key" .. i, { status = "ok", records = {}, text = { ("x"):rep(300) }, expires_at = i }, 60) end
      cache:put("huge", { status = "ok", records = {}, text = { ("x"):rep(100000) }, expires_at = 1 }, 60)
      ngx.say(tostring(cache:get "key1"), " ", cache:get "key1000".expires_at, " ", tostring(cache:get "huge"))
    } }
  ]]

  setup(function()
    faults, others = assert(fault_server.start()), assert(fault_server.start())
    server = nginx.start {
      workers = 2, http = http, server = location, level = "error",
      values = { faults = faults.address, others = others.address },
    }
  end)

  teardown(function()
    server:stop()
    faults:stop()
    others:stop()
  end)

  it("tells one worker what another has asked", function()
    local seen, workers = {}, 0
    for _ = 1, 400 do
      local pid, status, from_cache, ttl, size = server:get("/query?name=text900.shared.test"):match "(%d+) (%w+) (%w+) (%d+) (%d+)"
      assert.same({ "ok", "900" }, { status, size })
      assert.is_true(tonumber(ttl) > 0)
      if not seen[pid] then workers = workers + 1 end
      seen[pid] = from_cache
      if workers == 2 then break end
    end
    assert.equal(2, workers)
    assert.equal(1, faults:asked("text900.shared.test").total)
  end)

  it("answers even where nginx must not wait", function()
    server:get "/query?name=ok.log.test"
    assert.equal("done\n", server:get "/log?name=ok.log.test")
    assert.equal("ok\n", server:get "/logged")
  end)

  it("gives answers back whole, and to nobody who asks other servers", function()
    assert.equal("TXT true false\nMX true false\nSOA true false\nA true false\nnil\nnil\n", (server:get "/whole"), server:log())
  end)

  it("follows resolv.conf to other servers, and leaves alone what those have said who were named before", function()
    local first, second = faults.address, others.address
    assert.equal(table.concat({
      "ok " .. first .. " nil", "ok " .. first .. " true", "ok " .. second .. " nil", "ok " .. second .. " true",
      "ok " .. second .. " true", "ok " .. first .. " true", "",
    }, "\n"), (server:get "/follows"), server:log())
  end)

  it("forgets them when they expire", function() assert.equal("ok\nnil\n", (server:get "/expires")) end)

  it("takes nothing for an answer that is none", function()
    assert.equal("true\nok\n", (server:get "/corrupted"), server:log())
  end)

  it("keeps the later ones when it is full, and none that is larger than it", function()
    assert.equal("nil 1000 nil\n", (server:get "/full"), server:log())
  end)

  it("is not to be had outside nginx", function()
    local resolver, message, code = dns.resolver { servers = { faults.address }, cache = "dns" }
    assert.is_nil(resolver)
    assert.equal('there is no lua_shared_dict "dns", for this is not nginx', message)
    assert.equal("bad_cache", code)
  end)
end)
