--- `mailseal serve`: the real one, with the nginx that it starts.
local postgresql = require "spec.support.postgresql"
local service = require "spec.support.service"
local shell = require "spec.support.shell"

-- Waits until that is so.
local function eventually(is_so, what)
  for _ = 1, 400 do
    if is_so() then return end
    shell.output "sleep 0.05"
  end
  error("it never came about that " .. what, 2)
end

describe("mailseal serve", function()
  local directory

  setup(function() directory = shell.new_directory() end)
  teardown(function() shell.remove_directory(directory) end)

  -- Runs what is to fail. Returns its status and its message, which must be one line.
  local function fails(...)
    local words = { "serve", ... }
    for _, option in ipairs { { "--listen", "127.0.0.1:0" }, { "--db", "sqlite:" .. directory .. "/fails.db" } } do
      if not table.concat(words, " "):find(option[1], 1, true) then
        words[#words + 1], words[#words + 2] = option[1], option[2]
      end
    end
    local result = shell.mailseal(words)
    assert.matches("^mailseal serve: [^\n]+\n$", result.err)
    assert.is_nil(result.out:find("ms_", 1, true))
    return result.status, result.err
  end

  local function assert_fails(status, words, ...)
    local found, message = fails(...)
    assert.matches(words, message, 1, true)
    assert.equal(status, found, message)
  end

  it("says what is wrong with where it is to listen", function()
    for _, text in ipairs { "foo", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "localhost:80", "::1:80", "1.2.3.4.5:80", "[::g]:80" } do
      assert_fails(64, "--listen: ", "--listen", text)
    end
    assert_fails(69, "192.0.2.1 is no address of this machine", "--listen", "192.0.2.1:8080")
  end)

  it("says that a port is in use", function()
    local holder = require "cqueues.socket".listen("127.0.0.1", 0)
    holder:listen()
    local _, _, port = holder:localname()
    assert_fails(69, ("port %d of 127.0.0.1 is in use"):format(port), "--listen", ("127.0.0.1:%d"):format(port))
    holder:close()
  end)

  it("says that nginx is not there, or not what it wants", function()
    assert_fails(69, "--nginx: there is no program " .. directory .. "/none", "--nginx", directory .. "/none")
    local program = directory .. "/nginx"
    local function is_like(text)
      shell.write(program, "#!/bin/sh\n" .. text)
      shell.output("chmod +x " .. program)
    end
    is_like [[echo "nginx: [error] init_by_lua error: x.lua:1: module 'cjson' not found:" >&2; exit 1]]
    assert_fails(69, "LuaJIT has no module cjson: install lua-cjson", "--nginx", program)
    is_like [[echo "nginx: [alert] failed to load the 'resty.core' module (reason: module 'resty.core' not found:" >&2; exit 1]]
    assert_fails(69, "LuaJIT has no module resty.core: install lua-resty-core", "--nginx", program)
    is_like [[echo "nginx: [emerg] 17#17: something else" >&2; exit 1]]
    assert_fails(69, "nginx does not start: something else\n", "--nginx", program)
    is_like [[case "$*" in *-t) exit 0 ;; esac; exit 3]]
    local result = shell.mailseal { "serve", "--db", "sqlite:" .. directory .. "/ends.db", "--listen", "127.0.0.1:0", "--nginx", program }
    assert.equal(70, result.status, result.err)
    assert.matches("nginx has ended with status 3", result.err, 1, true)
  end)

  it("says that a database is not to be had", function()
    assert_fails(69, "PostgreSQL: no connection", "--db", "postgresql://127.0.0.1:1/none", "--master-key", directory .. "/pg.key")
  end)

  it("says that a directory is not there, or not to be written", function()
    local place = directory .. "/none"
    local result = shell.mailseal { "serve", "--db", "sqlite:" .. place .. "/a.db", "--listen", "127.0.0.1:0" }
    assert.equal(69, result.status)
    assert.matches("^mailseal serve: [^\n]*" .. place:gsub("%p", "%%%0") .. "/a.db[^\n]*\n$", result.err)
    result = shell.run(("TMPDIR=%s bin/mailseal serve --db sqlite:%s/tmp.db --listen 127.0.0.1:0"):format(place, directory))
    assert.equal(73, result.status)
    assert.matches("TMPDIR names where", result.err, 1, true)
  end)

  it("refuses a master key that others may read, and says how to mend that", function()
    local path = directory .. "/open.key"
    shell.output(("openssl rand -base64 32 >%s; chmod 644 %s"):format(path, path))
    assert_fails(65, "open.key has mode 0644, so that others may use it; it must be 0600 (chmod 600 " .. path, "--master-key", path)
    shell.output("chmod 640 " .. path)
    assert_fails(65, "mode 0640", "--master-key", path)
  end)

  it("says which names nginx takes no file by", function()
    assert_fails(64, "no file's name with a $", "--access-log", directory .. "/$uri")
  end)

  it("wants the two files of TLS together, and readable", function()
    assert_fails(64, "--tls-cert and --tls-key belong together", "--tls-cert", "a.pem")
    assert_fails(65, "--tls-cert: ", "--tls-cert", directory .. "/no.pem", "--tls-key", directory .. "/no.pem")
  end)

  it("leaves nothing behind where it has failed", function()
    local place = directory .. "/tmp"
    shell.output("mkdir " .. place)
    local result = shell.run(("TMPDIR=%s bin/mailseal serve --db sqlite:%s/t.db --listen 127.0.0.1:0 --nginx /bin/false"):format(
      place, directory))
    assert.equal(69, result.status)
    assert.equal("", shell.names(place))
  end)
end)

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
    assert.matches("^Tokens are made by `mailseal tokens add`.\nhttp://127.0.0.1:%d+\n$", server:out())
    assert.equal(200, server:get("/v1/domains", { token = token }).status)
    shell.remove_directory(directory)
  end)

  it("hears of tokens that are made beside it, and within a second of those that are revoked", function()
    server = service.start()
    local made = server:mailseal("tokens", "add", "--tenant", "acme")
    local token = made.out:match "ms_%x+"
    assert.equal(200, server:get("/v1/domains", { token = token }).status)
    server:mailseal("tokens", "revoke", made.err:match "tok_%w+", "--tenant", "acme")
    eventually(function() return server:get("/v1/domains", { token = token }).status == 401 end, "a revoked token is turned away")
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

  it("writes an access log without queries, and nothing in it that ends a line", function()
    local directory = shell.new_directory()
    local path = directory .. [[/a "log"\of; {mine}.txt]]
    server = service.start { arguments = { "--access-log", path } }
    server:get("/v1/nothing%0A%1B[2Jhere?token=s3cr3t")
    eventually(function() return shell.read(path) ~= "" end, "a line is written")
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
end)
