--- `mailseal serve`, the real one, with the nginx that it starts: what it makes, tells, serves and turns away.
local await = require "spec.support.await"
local postgresql = require "spec.support.postgresql"
local service = require "spec.support.service"
local shell = require "spec.support.shell"

describe("mailseal serve in #nginx", function()
  local server

  after_each(function()
    if server then server:stop() end
    server = nil
  end)

  it("makes a tenant, a token, a database and a master key, and tells the token once", function()
    server = service.start()
    local token = "ms_" .. ("%x"):rep(64)
    assert.matches('^The token of the tenant "default", told this once:\n  ' .. token .. "\nhttp://127.0.0.1:%d+\n$", server:out())
    assert.equal("600\n600\n", shell.output(("cd %s && stat -c %%a mailseal.db master.key"):format(server.directory)))
    assert.equal(200, server:get("/v1/domains").status)
    assert.equal(401, server:get("/v1/domains", { token = false }).status)
    assert.is_nil(server:log():find("ms_", 1, true), server:log())
    local tree = shell.output(("grep -rl %s %s --exclude=out"):format(server.token:sub(4), server.directory))
    assert.equal("", tree)
  end)

  it("tells no token on its second start, but where they are made; and knows the first", function()
    server = service.start()
    local directory, token = shell.new_directory(), server.token
    shell.output(("cp %s/mailseal.db* %s/master.key %s"):format(server.directory, server.directory, directory))
    server:stop()
    server = service.start { db = "sqlite:" .. directory .. "/mailseal.db", master_key = directory .. "/master.key" }
    local told = "^Tokens are made by `mailseal tokens add %-%-db sqlite:(%S+)/mailseal.db`.\nhttp://127.0.0.1:%d+\n$"
    assert.equal(directory, server:out():match(told), server:out())
    assert.equal(200, server:get("/v1/domains", { token = token }).status)
    shell.remove_directory(directory)
  end)

  it("hears of tokens that are made beside it, and within a second of those that are revoked", function()
    server = service.start()
    local made = server:mailseal("tokens", "add", "--tenant", "acme")
    local token = made.out:match "ms_%x+"
    assert.equal(200, server:get("/v1/domains", { token = token }).status)
    server:mailseal("tokens", "revoke", made.err:match "tok_%w+", "--tenant", "acme")
    await("a revoked token is turned away", function() return server:get("/v1/domains", { token = token }).status == 401 end)
  end)

  it("works on PostgreSQL", function()
    local database = postgresql.start()
    finally(function() database:stop() end)
    server = service.start { db = (database:new_database()) }
    assert.equal(200, server:get("/v1/domains").status)
    assert.equal("600\n", shell.output("stat -c %a " .. server.directory .. "/master.key"))
  end)

  it("serves over TLS, and over several addresses", function()
    local directory = shell.new_directory()
    shell.output(([[openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 -keyout %s/k.pem -out %s/c.pem]]):format(
      directory, directory))
    server = service.start { arguments = {
      "--tls-cert", directory .. "/c.pem", "--tls-key", directory .. "/k.pem", "--listen", "127.0.0.2:0",
    } }
    assert.matches("\nhttps://127.0.0.1:%d+\nhttps://127.0.0.2:%d+\n$", server:out())
    for url in server:out():gmatch "https://%S+" do
      assert.equal("401", shell.output(("curl -sk -o /dev/null -w %%{http_code} %s/v1/domains"):format(url)))
      assert.not_equal(0, shell.run(("curl -sk --tls-max 1.1 %s/"):format(url)).status)
    end
    assert.equal("400", shell.output(("curl -s -o /dev/null -w %%{http_code} http://127.0.0.1:%d/v1/domains"):format(server.port)))
    shell.remove_directory(directory)
  end)

  it("tells its figures to nobody through a proxy, and where it is told to, to whoever asks; nothing else there", function()
    server = service.start { arguments = { "--metrics-listen", "127.0.0.3:0" } }
    assert.equal(200, server:get("/metrics", { token = false }).status)
    local refused = server:get("/metrics", { headers = { ["X-Forwarded-For"] = "192.0.2.1" } })
    assert.same({ 403, "forbidden" }, { refused.status, refused.json.code })
    local url = assert(server:out():match "\n(http://127%.0%.0%.3:%d+/metrics)\n$")
    assert.matches("\nmailseal_store_up 1\n", shell.output("curl -s -H 'X-Forwarded-For: 192.0.2.1' " .. url), 1, true)
    for _, path in ipairs { "/", "/v1/domains", "/healthz", "/sign-in" } do
      assert.equal("404", shell.output(("curl -s -o /dev/null -w %%{http_code} %s%s"):format((url:gsub("/metrics", "")), path)))
    end
  end)

  it("writes an access log without queries, and nothing in it that ends a line", function()
    local directory = shell.new_directory()
    local path = directory .. [[/a "log"\of; {mine}.txt]]
    server = service.start { arguments = { "--access-log", path } }
    server:get("/v1/nothing%0A%1B[2Jhere?token=s3cr3t")
    await("a line is written", function() return shell.read(path) ~= "" end)
    local log = shell.read(path)
    shell.remove_directory(directory)
    assert.matches([[^127%.0%.0%.1 %[%S+%] "GET /v1/nothing\x0A\x1B%[2Jhere" %d+ %d+ %S+
$]], log)
  end)

  it("does not tell what it is", function()
    server = service.start()
    assert.equal("nginx", server:get("/nowhere").headers.server)
  end)

  it("turns away headers that are too large, and a body that is", function()
    server = service.start()
    assert.is_true(({ [400] = true, [414] = true })[server:get("/" .. ("a"):rep(9000)).status])
    assert.equal(431, server:get("/", { headers = { ["X-Large"] = ("a"):rep(40000) } }).status)
    assert.equal(413, server:request("POST", "/v1/domains", nil, { headers = { ["Content-Length"] = "99999999" } }).status)
    assert.is_nil(server:log():find(server.token, 1, true), server:log())
  end)

  it("asks whoever guesses to wait, and nobody else", function()
    server = service.start()
    assert.equal(200, server:get("/v1/domains").status)
    local connection, reply = server:connect(), nil
    for i = 1, 31 do
      reply = server:get("/v1/domains", { token = ("ms_%064x"):format(i), connection = connection })
      if i <= 30 then assert.equal(401, reply.status) end
    end
    assert.equal(429, reply.status)
    assert.is_true(tonumber(reply.headers["retry-after"]) <= 60)
    assert.is_true(reply.json.retry_at >= os.time())
    assert.equal(200, server:get("/v1/domains").status)
    assert.is_nil(server:log():find("ms_", 1, true), server:log())
    connection:close()
  end)

  it("asks those to wait who guess behind a proxy, not the proxy; where it is told of it", function()
    local function guess(client)
      return server:get("/v1/domains", { token = "ms_" .. ("0"):rep(64), headers = { ["X-Forwarded-For"] = client } }).status
    end
    server = service.start { arguments = { "--proxy", "127.0.0.1", "--proxy", "::1/128" } }
    for _ = 1, 30 do assert.equal(401, guess "192.0.2.1") end
    assert.equal(429, guess "192.0.2.1")
    assert.equal(401, guess "192.0.2.2")
    server:stop()
    server = service.start()
    for _ = 1, 30 do assert.equal(401, guess "192.0.2.1") end
    assert.equal(429, guess "192.0.2.2")
  end)
end)
