--- mailseal.dns.resty: DNS inside nginx. What holds over c-ares holds here; and what is nginx's own.
local fault_server = require "spec.support.fault_server"
local nginx = require "spec.support.nginx"
local runner = require "spec.support.nginx_spec_runner"
local shell = require "spec.support.shell"

-- luacheck: globals ngx

describe("mailseal.dns inside #nginx", function()
  for _, path in ipairs { "spec/dns/hostile_spec.lua", "spec/dns/fault_spec.lua", "spec/support/async_in_nginx.lua" } do
    describe("does what " .. path .. " says:", function()
      runner.again(path, { it = it, setup = setup, pending = pending })
    end)
  end
end)

-- Each phase asks for one name, and notes what came of it.
local probe = [[
local M = {}
local resolver = assert(require "mailseal.dns".resolver { servers = { "$faults" }, timeout = 5 })
function M.ask(place)
  local answer, message, code = resolver:query("ok." .. place .. ".test", "TXT")
  ngx.shared.notes:set(place, answer and answer.status .. " " .. tostring(answer.text[1]) or code .. " " .. message)
end
function M.notes()
  for _, place in ipairs(ngx.shared.notes:get_keys()) do ngx.say(place, " ", ngx.shared.notes:get(place)) end
end
return M
]]

local phases_http = [[
lua_shared_dict notes 1m;
init_by_lua_block { require "probe".ask "init" }
init_worker_by_lua_block {
  require "probe".ask "init_worker"
  ngx.timer.at(0, function() require "probe".ask "timer" end)
}
ssl_session_store_by_lua_block { require "probe".ask "ssl_session_store" }
upstream balanced {
  server 127.0.0.1:$port;
  balancer_by_lua_block {
    require "probe".ask "balancer"
    require "ngx.balancer".set_current_peer("127.0.0.1", $port)
  }
}
]]

local phases_server = [[
listen 127.0.0.1:$tls ssl;
ssl_certificate $directory/certificate.pem;
ssl_certificate_key $directory/key.pem;
ssl_session_cache none;
ssl_protocols TLSv1.2;
ssl_session_tickets off;
location = /phases {
  set_by_lua_block $set { require "probe".ask "set" }
  rewrite_by_lua_block { require "probe".ask "rewrite" }
  access_by_lua_block { require "probe".ask "access" }
  content_by_lua_block {
    require "probe".ask "content"
    ngx.timer.at(0, function() require "probe".ask "timer_of_request" end)
    ngx.say "done"
  }
  header_filter_by_lua_block { require "probe".ask "header_filter" }
  body_filter_by_lua_block { require "probe".ask "body_filter" }
  log_by_lua_block { require "probe".ask "log" }
}
location = /balanced { proxy_pass http://balanced/alive; }
location = /notes { content_by_lua_block { require "probe".notes() } }
]]

describe("mailseal.dns.resty in #nginx", function()
  local faults

  setup(function() faults = assert(fault_server.start()) end)
  teardown(function() faults:stop() end)

  describe("in nginx's phases", function()
    local server, notes

    setup(function()
      server = nginx.start {
        http = phases_http, server = phases_server, files = { ["probe.lua"] = probe }, values = { faults = faults.address },
        prepare = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out certificate.pem"
          .. " -subj /CN=localhost -days 2",
      }
      assert.equal("done\n", server:get "/phases")
      assert.equal("alive\n", server:get "/balanced")
      shell.output(("sleep 1 | openssl s_client -connect 127.0.0.1:%d -tls1_2 -no_ticket 2>&1"):format(server.tls))
      for _ = 1, 50 do
        notes = {}
        for place, note in server:get("/notes"):gmatch "([%w_]+) ([^\n]+)" do notes[place] = note end
        if notes.timer and notes.timer_of_request and notes.ssl_session_store then break end
        shell.output "sleep 0.1"
      end
    end)

    teardown(function() server:stop() end)

    -- Nor does nginx wait in a TLS handshake, unless it is OpenResty's.
    for _, phase in ipairs { "rewrite", "access", "content", "timer", "timer_of_request" } do
      it("asks in " .. phase, function() assert.equal("ok ok", notes[phase], server:log()) end)
    end

    for _, phase in ipairs { "init", "init_worker", "set", "header_filter", "body_filter", "log", "balancer", "ssl_session_store" } do
      it("refuses in " .. phase .. ", and says what to do", function()
        assert.equal(("wrong_phase DNS cannot be asked in nginx's %s phase, which must not wait; ask in a timer (ngx.timer.at), "
          .. "or in a phase that may wait (access, content)"):format(phase), notes[phase], server:log())
      end)
    end
  end)

  it("remembers some hundreds of servers, however many it asks", function()
    local server = nginx.start {
      server = [[
        location = /many { content_by_lua_block {
          local transport = assert(require "mailseal.dns.resty".new { "127.0.0.1:1" })
          local query = require "mailseal.core".dns.encode("ok.test", "TXT")
          local most = 0
          for i = 1, 1500 do
            local name = ("127.9.%d.%d:1"):format(math.floor(i / 250), i % 250 + 1)
            local _, _, code = transport:exchange(query, name, 5)
            if code ~= "unreachable" then ngx.say(name, " ", code) end
            local known = 0
            for _ in pairs(transport.peers) do known = known + 1 end
            most = math.max(most, known)
          end
          ngx.say(most)
        } }]],
    }
    finally(function() server:stop() end)
    assert.equal("512\n", server:get "/many", server:log())
  end)

  describe("where nginx must not wait", function()
    it("waits for nothing, and says why", function()
      local server = nginx.start {
        files = { ["waits.lua"] = [[
          local async = require "mailseal.async"
          local M, notes = {}, {}
          local function sleep() async.sleep(3) end
          function M.try(place)
            local moment, problems = async.now(), {}
            for name, fn in pairs {
              sleep = sleep, run = function() async.run(sleep) end, within = function() async.within(5, sleep) end,
              map = function() local _, errors = async.map({ 1 }, 1, sleep) error(errors[1], 0) end,
            } do
              problems[#problems + 1] = name .. ": " .. tostring(select(2, pcall(fn)))
            end
            table.sort(problems)
            -- What does not wait may be done here, too; but when nginx logs, it has no coroutines.
            local sum = place == "log" and 2 or async.run(function() return async.start(function() return 1 end):join() + 1 end)
            notes[place] = table.concat(problems, "|") .. "|" .. sum .. "|" .. tostring(async.now() - moment < 2)
          end
          function M.notes(place) return notes[place] end
          return M]] },
        server = [[
          location = /wait {
            content_by_lua_block { ngx.say "done" }
            header_filter_by_lua_block { require "waits".try "header_filter" }
            log_by_lua_block { require "waits".try "log" }
          }
          location = /notes { content_by_lua_block { ngx.say(require "waits".notes(ngx.var.arg_place)) } }]],
      }
      finally(function() server:stop() end)
      assert.equal("done\n", server:get "/wait")
      for _, place in ipairs { "header_filter", "log" } do
        local words = (": nginx's %s phase must not wait; wait in a timer (ngx.timer.at), or in a phase that may (access, content)|")
          :format(place)
        assert.equal("map" .. words .. "run" .. words .. "sleep" .. words .. "within" .. words .. "2|true\n",
          (server:get("/notes?place=" .. place)), server:log())
      end
    end)
  end)

  -- Asks for /ping so many times, one after the other, while `meanwhile` is being asked for. Returns the seconds that each took, in order
  -- of size; whether `meanwhile` was not over before; and what it said.
  local function time_pings(server, meanwhile, count)
    local script = [[
      said=$(mktemp)
      { exec 4<>/dev/tcp/127.0.0.1/%d; printf 'GET %s HTTP/1.0\r\n\r\n' >&4; tail -n 1 <&4 >$said; } & slow=$!
      sleep 0.3
      for i in {1..%d}; do
        before=${EPOCHREALTIME/[.,]/}
        exec 3<>/dev/tcp/127.0.0.1/%d; printf 'GET /ping HTTP/1.0\r\n\r\n' >&3; read -r line <&3; exec 3>&-
        echo "$((${EPOCHREALTIME/[.,]/} - before)) $line"
        sleep 0.01
      done
      kill -0 $slow && echo still
      exec 3<>/dev/tcp/127.0.0.1/%d; printf 'GET /stop HTTP/1.0\r\n\r\n' >&3
      wait $slow
      cat $said
      rm $said]]
    local out = shell.output("bash -c " .. shell.quote(script:format(server.port, meanwhile, count, server.port, server.port)))
    local times = {}
    for time in out:gmatch "(%d+) HTTP/1.1 200" do times[#times + 1] = tonumber(time) / 1e6 end
    assert.equal(count, #times, out)
    table.sort(times)
    return times, out:find "\nstill\n" ~= nil, out:match "[^\n]*\n$"
  end

  -- Is /ping answered within 20 ms meanwhile, but for one in twenty, and none after 100 ms? Of several batches one must be so, for the
  -- machine may be busy with something else. Returns that, the best of them in words, and what `meanwhile` said then.
  local function stays_quick(server, meanwhile, batches, count)
    local least, words, last = math.huge, nil, nil
    for _ = 1, batches do
      local times, still, said = time_pings(server, meanwhile, count)
      local most = times[math.floor(count * 0.95)]
      local badness = math.max(most / 0.02, times[count] / 0.1)
      if still and badness < least then
        least, last = badness, said
        words = ("19 of 20 pings within %.1f ms, all within %.1f ms"):format(most * 1000, times[count] * 1000)
      end
      if least < 1 then break end
    end
    assert.is_truthy(words, meanwhile .. " was always over before the pings were")
    return least < 1, words, last
  end

  describe("while 500 look-ups wait in the only worker", function()
    local server

    -- Of ten look-ups four are not answered at all, three after 200 ms, one after that over TCP, one over TCP at once, and one not there;
    -- who has an answer asks again, for four seconds (and a batch of pings takes one).
    setup(function()
      server = nginx.start {
        values = { faults = faults.address }, http = "init_by_lua_block { stopped = false }", server = [[
          location = /ping { content_by_lua_block { ngx.say "pong" } }
          location = /stop { content_by_lua_block { stopped = true } }
          location = /slow { content_by_lua_block {
            local async, dns = require "mailseal.async", require "mailseal.dns"
            local resolver = assert(dns.resolver { servers = { "$faults" }, timeout = 4, tries = 1, cache = false, in_flight = 500 })
            local kinds = {
              "silent", "silent", "silent", "silent", "delay200.ok", "delay200.ok", "delay200.ok", "tc.delay200.ok", "tc.ok", "tc.silent",
            }
            local items, over, counts = {}, async.now() + 4, { ok = 0, timeout = 0 }
            for i = 1, 500 do items[i] = i end
            local _, errors = async.map(items, 500, function(i)
              local kind, n = kinds[i % 10 + 1], 0
              repeat
                n = n + 1
                local answer = resolver:query(("%s.n%d.p%d.test"):format(kind, n, i), "TXT")
                counts[answer.status] = counts[answer.status] + 1
                if kind == "tc.ok" then async.sleep(0.2) end
              until async.now() >= over
            end)
            ngx.say(next(errors) and tostring(select(2, next(errors))) or counts.ok .. " " .. counts.timeout)
          } }
          location = /blocking { content_by_lua_block {
            local now = require "mailseal.async".now
            stopped = false
            repeat
              local moment = now() + tonumber(ngx.var.arg_seconds) -- until which it keeps the worker, as a look-up must not
              while now() < moment do end
              ngx.update_time()
              ngx.sleep(tonumber(ngx.var.arg_pause))
            until stopped
            ngx.say "over"
          } }]],
      }
    end)

    teardown(function() server:stop() end)

    it("answers /ping within 20 ms", function()
      local quick, words, said = stays_quick(server, "/slow", 5, 60)
      assert.is_true(quick, words)
      local answered, unanswered = said:match "^(%d+) (%d+)\n$"
      assert.is_true(tonumber(answered) > 500, said)
      assert.is_true(tonumber(unanswered) >= 200, said)
    end)

    it("would not, if look-ups waited in place", function()
      local quick, words = stays_quick(server, "/blocking?seconds=0.1&pause=0.001", 1, 20)
      assert.is_false(quick, words)
    end)

    it("would not, if one in a while did", function()
      local quick, words = stays_quick(server, "/blocking?seconds=0.3&pause=0.4", 1, 60)
      assert.is_false(quick, words)
    end)
  end)

  describe("where nginx logs what goes wrong with sockets, as it does by default", function()
    local server

    setup(function()
      server = nginx.start {
        values = { faults = faults.address }, server = [[
          lua_socket_log_errors on;
          location = /ask { content_by_lua_block {
            local async, dns = require "mailseal.async", require "mailseal.dns"
            local resolver = assert(dns.resolver { servers = { "$faults" }, timeout = 1, tries = 2 })
            local names = { "delay800.ok.log.test", "silent.log.test", "tc.silent.log.test", "tc.ok.log.test" }
            local answers = async.map(names, 4, function(name) return resolver:query(name, "TXT") end)
            for i in ipairs(names) do ngx.say(answers[i].status, " ", tostring(answers[i].reason)) end
          } }
          location = /cancel { content_by_lua_block {
            local async, dns = require "mailseal.async", require "mailseal.dns"
            local descriptors = require "spec.support.growth".descriptors
            local resolver = assert(dns.resolver { servers = { "$faults" }, timeout = 20, tries = 1 })
            local before, names = descriptors(), {}
            for i = 1, 100 do names[i] = (i % 2 == 0 and "tc.silent.c%d.test" or "silent.c%d.test"):format(i) end
            local asked, most = async.start(function() return resolver:query_all(names, "TXT") end), 0
            for _ = 1, 1000 do
              if most >= before + 100 then break end
              async.sleep(0.01)
              most = math.max(most, descriptors())
            end
            asked:cancel()
            asked:join()
            ngx.say(most - before, " open, then ", descriptors() - before)
          } }]],
      }
    end)

    teardown(function() server:stop() end)

    it("keeps its log empty of servers that are slow or silent", function()
      assert.equal("ok nil\ntimeout timeout\ntimeout tcp_failed\nok nil\n", server:get "/ask", server:log())
      assert.equal("", server:log())
    end)

    it("closes the sockets of queries that are cancelled", function()
      assert.equal("100 open, then 0\n", server:get "/cancel", server:log())
    end)
  end)

  describe("with a cap on what is under way", function()
    local server

    setup(function()
      server = nginx.start {
        values = { faults = faults.address },
        http = [[init_by_lua_block {
          async, dns = require "mailseal.async", require "mailseal.dns"
          descriptors = require "spec.support.growth".descriptors
          capped = assert(dns.resolver { servers = { "$faults" }, timeout = 4, tries = 1, in_flight = 3, cache = false })
          -- Asks for so many names at a time, and tells how often each outcome came, and how many sockets there were at most.
          function ask(resolver, count, word)
            local before, names, most = descriptors(), {}, 0
            for i = 1, count do names[i] = ("%s.cap%d.test"):format(word, i) end
            local asked = async.start(function() return resolver:query_all(names, "TXT") end)
            while not asked.finished do
              async.sleep(0.02)
              most = math.max(most, descriptors() - before)
            end
            local outcomes, list = {}, {}
            for _, answer in ipairs(asked:join()) do
              local outcome = answer.status .. " " .. tostring(answer.reason)
              outcomes[outcome] = (outcomes[outcome] or 0) + 1
            end
            for outcome, times in pairs(outcomes) do list[#list + 1] = times .. " " .. outcome end
            table.sort(list)
            return table.concat(list, ", "), most
          end
        }]],
        server = [[
          lua_check_client_abort on;
          location = /fifteen { content_by_lua_block { ngx.say(ask(capped, 15, "delay100.ok")) } }
          location = /default { content_by_lua_block {
            local resolver = assert(dns.resolver { servers = { "$faults" }, timeout = 10, tries = 1, cache = false })
            ngx.say(ask(resolver, 400, "delay700.ok"))
          } }
          location = /silent { content_by_lua_block {
            local reasons = {}
            async.map({ 4, 4, 4, 0.4, 0.4, 0.4 }, 6, function(seconds, i)
              local answer = capped:query(("silent.queue%d.test"):format(i), "TXT", { deadline = seconds })
              reasons[#reasons + 1] = answer.reason
            end)
            ngx.say(table.concat(reasons, " "))
          } }
          location = /closed { content_by_lua_block {
            local resolver = assert(dns.resolver { servers = { "$faults" }, timeout = 9, tries = 1, in_flight = 3, cache = false })
            ngx.thread.spawn(function() async.sleep(0.3) resolver:close() end)
            local moment, outcome = async.now(), ask(resolver, 9, "silent")
            ngx.say(outcome, " ", async.now() - moment < 4)
          } }
          location = /cancelled { content_by_lua_block {
            local message, _, code = async.within(0.3, function() return ask(capped, 9, "silent") end), nil, nil
            local moment = async.now()
            ngx.say(tostring(message), " ", (ask(capped, 3, "ok")), " ", async.now() - moment < 2)
          } }
          location = /vanishing { content_by_lua_block {
            for i = 1, 6 do ngx.thread.spawn(function() capped:query("silent.vanishing" .. i .. ".test", "TXT") end) end
            ngx.sleep(0.2)
            ngx.exit(200)
          } }
          location = /after { content_by_lua_block {
            local moment = async.now()
            ngx.say((ask(capped, 3, "ok")), " ", async.now() - moment < 2)
          } }]],
      }
    end)

    teardown(function() server:stop() end)

    it("lets the further ones wait for their turn", function()
      local outcome, most = server:get("/fifteen"):match "^(.-)(%d+)\n$"
      assert.equal("15 ok nil", outcome:gsub("%s+$", ""), server:log())
      assert.is_true(tonumber(most) >= 1 and tonumber(most) <= 3, most)
    end)

    it("has no more than 256 under way where no number is given", function()
      local outcome, most = server:get("/default"):match "^(.-)(%d+)\n$"
      assert.equal("400 ok nil", outcome:gsub("%s+$", ""), server:log())
      assert.is_true(tonumber(most) > 100 and tonumber(most) <= 256, most)
    end)

    it("counts the time in the queue, and says so", function()
      assert.equal("queued queued queued timeout timeout timeout\n", server:get "/silent", server:log())
    end)

    it("lets go those in the queue when the resolver is closed", function()
      assert.equal("9 timeout closed true\n", server:get "/closed", server:log())
    end)

    it("gives the turns of those that were cancelled to others", function()
      assert.equal("nil 3 ok nil true\n", server:get "/cancelled", server:log())
    end)

    it("gives the turns of requests that were aborted to others", function()
      server:get "/vanishing"
      assert.equal("3 ok nil true\n", server:get "/after", server:log())
    end)
  end)

  describe("with a single flight", function()
    it("asks once for what several requests of a worker want at a time", function()
      local server = nginx.start {
        values = { faults = faults.address },
        http = [[init_by_lua_block { resolver = assert(require "mailseal.dns".resolver { servers = { "$faults" }, timeout = 10 }) }]],
        server = [[location / { content_by_lua_block {
          local answer = resolver:query(ngx.var.uri:sub(2), "TXT")
          ngx.say(answer.status, " ", answer.text[1])
        } }]],
      }
      finally(function() server:stop() end)
      local lines = shell.output(([[
        for i in 1 2 3 4 5; do
          bash -c 'exec 3<>/dev/tcp/127.0.0.1/%d; printf "GET /delay900.ok.flight.test HTTP/1.0\r\n\r\n" >&3; tail -n 1 <&3' &
        done; wait]]):format(server.port))
      assert.equal(("ok ok\n"):rep(5), lines)
      assert.equal(1, faults:asked("delay900.ok.flight.test").total)
    end)

    -- The answer of three that ask after one did who does not stay, and how that one was ended.
    local function after(leader)
      local server = nginx.start {
        values = { faults = faults.address },
        http = [[init_by_lua_block {
          resolver = assert(require "mailseal.dns".resolver { servers = { "$faults" }, timeout = 10, tries = 1 })
          ended = "not at all"
        }]],
        server = [[
          lua_check_client_abort on;
          location = /client { content_by_lua_block {
            ngx.on_abort(function() ended = "by its client" ngx.exit(499) end)
            resolver:query("delay1500.ok.client.test", "TXT")
            ended = "by itself"
          } }
          location = /thread { content_by_lua_block {
            ngx.thread.spawn(function() resolver:query("delay1500.ok.thread.test", "TXT") ended = "by itself" end)
            ngx.sleep(0.6)
            ended = "by its thread"
            ngx.exit(200)
          } }
          location = /ask { content_by_lua_block {
            local answer = resolver:query(ngx.var.arg_name, "TXT")
            ngx.say(answer.status, " ", answer.text[1], " ", ended)
          } }]],
      }
      finally(function() server:stop() end)
      return shell.output("bash -c " .. shell.quote(([[
        exec 3<>/dev/tcp/127.0.0.1/%d; printf "GET /%s HTTP/1.0\r\n\r\n" >&3
        sleep 0.3
        for i in 1 2 3; do
          { exec 3>&-; exec 4<>/dev/tcp/127.0.0.1/%d; printf "GET /ask?name=delay1500.ok.%s.test HTTP/1.0\r\n\r\n" >&4; tail -n 1 <&4; } &
        done
        sleep 0.3
        exec 3>&-
        wait]]):format(server.port, leader, server.port, leader))) .. server:log()
    end

    it("answers those who wait where the client of the request that asks goes away", function()
      assert.equal(("ok ok by its client\n"):rep(3), after "client")
    end)

    it("answers those who wait where another thread ends the request that asks", function()
      assert.equal(("ok ok by its thread\n"):rep(3), after "thread")
    end)
  end)
end)
