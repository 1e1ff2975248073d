--- The operator's zone, as `mailseal worker`, `mailseal serve` and `mailseal publish` keep it at a real name server.
local await = require "spec.support.await"
local cjson = require "cjson"
local primaries = require "spec.support.primaries"
local shell = require "spec.support.shell"

local ZONE = "keys.test"
local TEXT = "@ SOA ns hostmaster 1 3600 900 604800 5\n@ NS ns\nns A 127.0.0.1\nwww A 192.0.2.80\n"
local SECRET = primaries.key "good":match "[^:]+$"

describe("the operator's zone #nginx", function()
  local server, directory, target

  setup(function() server = primaries.start("Knot", { zones = { [ZONE] = TEXT } }) end)
  teardown(function() server:stop() end)

  local function command(words)
    local all = { "env -u MAILSEAL_DNS_SERVER MAILSEAL_TSIG_KEY=" .. primaries.key "good", "bin/mailseal" }
    for _, word in ipairs(words) do all[#all + 1] = shell.quote(word) end
    return table.concat(all, " ") .. (" --db sqlite:%s/mailseal.db --server %s:%d"):format(directory, server.host, server.port)
  end

  local function run(...)
    local result = shell.run(command { ... })
    assert.is_nil((result.out .. result.err):find(SECRET, 1, true))
    return result
  end

  before_each(function()
    directory = shell.new_directory()
    local added = run("domains", "add", "example.com", "--provider", "own", "--var", "cname_zone=" .. ZONE, "--json")
    target = assert(added.out:match("%w+%.keys%.test"), added.out .. added.err)
  end)
  after_each(function()
    run("domains", "remove", "example.com")
    assert.equal(0, run("publish", "--operator-zone", ZONE, "--set", "server=" .. server.address).status)
    assert.is_nil(primaries.zone(server, ZONE):find("DKIM1", 1, true))
    shell.remove_directory(directory)
  end)

  local function has_key() return primaries.zone(server, ZONE):find(target .. ".", 1, true) ~= nil end

  it("is kept by mailseal worker", function()
    local result = run("worker", "--until-idle", "--operator-zone", ZONE, "--operator-set", "server=" .. server.address)
    assert.same({ 0, "" }, { result.status, result.err })
    assert.is_true(has_key())
  end)

  it("is told by mailseal worker where it cannot be kept", function()
    shell.write(directory .. "/key", primaries.key("good", nil, "bm90IHRoZSBzZWNyZXQgb2YgdGhlIHRlc3RzIQ=="))
    shell.run("chmod 600 " .. directory .. "/key")
    local result = run("worker", "--until-idle", "--operator-zone", ZONE, "--operator-set", "server=" .. server.address,
      "--operator-credentials", directory .. "/key")
    assert.matches("^mailseal worker: publishing.operator_zone: the zone keys%.test: [^\n]+\n$", result.err)
    assert.is_false(has_key())
  end)

  it("is compared, and mended, by mailseal publish", function()
    local words = { "publish", "--operator-zone", ZONE, "--set", "server=" .. server.address, "--json" }
    local dry = { (table.unpack or unpack)(words) } -- luacheck: ignore
    dry[#dry + 1] = "--dry-run"
    local result = shell.run(command(dry))
    local told = cjson.decode(result.out)
    assert.same({ 1, 1, target, false }, { result.status, told.names, told.differences[1].name, has_key() })
    result = shell.run(command(words))
    assert.same({ 0, true }, { result.status, has_key() }, result.err)
    told = cjson.decode(shell.run(command(dry)).out)
    assert.same({ 1, 0 }, { told.names, #told.differences })
  end)

  it("is kept by mailseal serve, which writes its credentials nowhere", function()
    local line = command { "serve", "--listen", "127.0.0.1:0", "--workers", "1", "--operator-zone", ZONE,
      "--operator-set", "server=" .. server.address }
    local pipe = assert(io.popen(("cd . && export TMPDIR=%s; echo $$; exec %s 2>%s/log"):format(directory, line, directory)))
    local pid = assert(tonumber(pipe:read "*l"))
    local ok, message = pcall(await, "the key is in the zone", has_key, function() return shell.read(directory .. "/log") end)
    local found = shell.run(("grep -rlF %s %s"):format(shell.quote(SECRET), directory)).out
    os.execute(("kill %d"):format(pid))
    pipe:close()
    assert.is_true(ok, message)
    assert.equal("", found)
  end)
end)
