--- What `mailseal serve` says where it cannot: one line, and a status.
local shell = require "spec.support.shell"

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
    assert_fails(64, "--metrics-listen: 'foo' is not an address", "--metrics-listen", "foo")
  end)

  it("says that a port is in use", function()
    local holder = require "cqueues.socket".listen("127.0.0.1", 0)
    holder:listen()
    local _, _, port = holder:localname()
    local address = ("127.0.0.1:%d"):format(port)
    assert_fails(69, ("port %d of 127.0.0.1 is in use"):format(port), "--listen", address)
    assert_fails(69, "(--listen names another, such as 127.0.0.1:0 for one that is free)", "--listen", address)
    assert_fails(69, ("--metrics-listen: port %d of 127.0.0.1 is in use"):format(port), "--metrics-listen", address)
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

  it("says that it may not write where it is", function()
    local place = directory .. "/shut"
    local as = shell.output "id -u" == "0\n" and "setpriv --reuid=nobody --clear-groups" or ""
    shell.output(("mkdir %s; chmod 555 %s; chmod 755 %s"):format(place, place, directory))
    local result = shell.run(("bin=$PWD/bin; cd %s && %s $bin/mailseal serve --listen 127.0.0.1:0"):format(place, as))
    assert.equal(69, result.status)
    assert.matches("^mailseal serve: SQLite: mailseal.db cannot be written: Permission denied\n$", result.err)
  end)

  it("says that it is not built for LuaJIT", function()
    local place = directory .. "/half"
    shell.output(([[mkdir -p %s/bin %s/build && cp bin/mailseal %s/bin && ln -s "$PWD/lua" %s/lua &&
      ln -s "$PWD/build/lua5.4" %s/build/lua5.4]]):format(place, place, place, place, place))
    local result = shell.run(("LUA=lua5.4 %s/bin/mailseal serve --listen 127.0.0.1:0 --db sqlite:%s/half.db"):format(place, directory))
    assert.equal(69, result.status)
    assert.matches("^mailseal serve: it needs mailseal for LuaJIT as well[^\n]+\n$", result.err)
  end)

  it("says which names nginx takes no file by", function()
    assert_fails(64, "no file's name with a $", "--access-log", directory .. "/$uri")
  end)

  it("wants addresses of proxies, and a URL without a path", function()
    for _, text in ipairs { "proxy.example", "cafe", "10.0.0.0/a", "10.0.0.1; evil" } do assert_fails(64, "--proxy: ", "--proxy", text) end
    for _, text in ipairs { "mail.example", "https://mail.example/path", "ftp://mail.example" } do
      assert_fails(64, "--url: ", "--url", text)
    end
  end)

  it("wants the two files of TLS together, and readable", function()
    assert_fails(64, "--tls-cert and --tls-key belong together", "--tls-cert", "a.pem")
    assert_fails(65, "--tls-cert: ", "--tls-cert", directory .. "/no.pem", "--tls-key", directory .. "/no.pem")
  end)

  it("wants of Domain Connect whose the templates are, and a key that requests can be signed by", function()
    local key = directory .. "/connect.pem"
    shell.output(("openssl genpkey -algorithm ed25519 -out %s"):format(key))
    assert_fails(64, "--connect-provider-id: 'a/b' is not of letters", "--connect-provider-id", "a/b")
    assert_fails(64, "--connect-key and --connect-key-name are wanted together", "--connect-provider-id", "a.example", "--connect-key", key)
    assert_fails(64, "--connect-key-name: 'a.b' is no label", "--connect-key", key, "--connect-key-name", "a.b")
    assert_fails(64, "--connect-key wants --connect-provider-id", "--connect-key", key, "--connect-key-name", "_dck1")
    for path, words in pairs { [key] = "connect.pem: a key of RSA is wanted", [directory .. "/none.pem"] = "none.pem" } do
      assert_fails(65, words, "--connect-provider-id", "a.example", "--connect-key", path, "--connect-key-name", "_dck1")
    end
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
