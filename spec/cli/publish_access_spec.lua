--- What a file of credentials holds, and which settings arguments may tell.
local access = require "mailseal.cli.publish_access"
local shell = require "spec.support.shell"
local status = require "mailseal.cli.status"

local one = { { name = "token", text = "a token", environment = "SPEC_DNS_TOKEN", required = true } }
local two = {
  { name = "key_id", text = "the id", environment = "SPEC_KEY_ID", required = true },
  { name = "secret", text = "the secret", environment = "SPEC_SECRET", required = true },
}

local function module(credentials)
  return {
    id = "spec", name = "A host", settings = { { name = "server", text = "the server", environment = "SPEC_SERVER", required = false } },
    credentials = credentials,
  }
end

describe("A file of credentials", function()
  it("has lines of NAME=VALUE, by the target's names or the environment's", function()
    assert.same({ key_id = "AK", secret = "a=b c" }, access.parse("# mine\n\nkey_id=AK\nSPEC_SECRET = a=b c \n", two))
    assert.same({ secret = "x" }, access.parse('secret="x"\r\n', two))
  end)

  it("is JSON with these names", function()
    assert.same({ key_id = "AK", secret = "s" }, access.parse('{"key_id": "AK", "SPEC_SECRET": "s"}', two))
  end)

  it("or else is the first credential, whole", function()
    local service_account = '{"type": "service_account", "private_key": "-----BEGIN"}'
    local bind = 'key "k" {\n  algorithm hmac-sha256;\n  secret "c2VjcmV0";\n};\n'
    assert.same({ token = service_account }, access.parse(service_account .. "\n", one))
    assert.same({ token = bind:sub(1, -2) }, access.parse(bind, one))
    assert.same({ token = "abc.def" }, access.parse("abc.def\n", one))
    assert.same({ token = "hmac-sha256:k:c2VjcmV0==" }, access.parse("hmac-sha256:k:c2VjcmV0==", one))
  end)
end)

describe("A file of credentials with a name that is none", function()
  it("is refused by what it should have, and nothing of it is repeated", function()
    for _, text in ipairs { "TSIG_KEY=SECRET\n", "# mine\nkey_id=AK\nsecrt = SECRET", "[default]\r\naws_secret = SECRET\r\n" } do
      local ok, failure = pcall(access.parse, text, two)
      assert.is_false(ok)
      assert.equal(status.DATA, failure.status)
      assert.matches("line %d has a name that is none: key_id %(or SPEC_KEY_ID%), secret %(or SPEC_SECRET%)", failure.message)
      assert.is_nil(failure.message:gsub("SPEC_SECRET", ""):find("SECRET", 1, true))
    end
  end)

  it("is told from a credential that has a = at its end", function()
    for _, text in ipairs { "c2VjcmV0", "c2VjcmV=", "c2VjcmV0Cg==", "-----BEGIN X-----\nc2VjcmV0Cg==\n-----END X-----" } do
      assert.same({ token = text }, access.parse(text, one))
    end
  end)
end)

describe("What a target is opened with", function()
  local directory, path

  setup(function()
    directory = shell.new_directory()
    path = directory .. "/credentials"
  end)
  teardown(function() shell.remove_directory(directory) end)

  local function write(text, mode)
    shell.write(path, text)
    shell.output(("chmod %s %s"):format(mode or "600", shell.quote(path)))
  end

  local function stopped(given, credentials)
    local ok, failure = pcall(access.options, module(credentials or one), given)
    assert.is_false(ok)
    assert.is_true(status.is_stop(failure))
    return failure
  end

  it("comes from settings that arguments tell, and credentials of a file", function()
    write "token=SECRET\n"
    local values = access.options(module(one), { set = { "server=ns1.example" }, credentials = path })
    assert.same({ server = "ns1.example", token = "SECRET" }, values)
  end)

  it("comes from arguments before the environment, also where a server's name says its port", function()
    local function asked(...)
      shell.write(directory .. "/program.lua", ([[
        local values = require "mailseal.cli.publish_access".options(require "mailseal.publish".find "rfc2136", { set = arg })
        io.write(tostring(values.server), " ", tostring(values.port))]]))
      local words = {}
      for i, word in ipairs { ... } do words[i] = shell.quote(word) end
      local line = "LUA_PATH='./lua/?.lua;./lua/?/init.lua;;' LUA_CPATH='./%s;;' $LUA %s %s"
      return shell.run(("env -u MAILSEAL_TSIG_KEY MAILSEAL_DNS_SERVER=192.0.2.1 MAILSEAL_DNS_PORT=5300 " .. line):format(
        shell.core, shell.quote(directory .. "/program.lua"), table.concat(words, " "))).out
    end
    assert.equal("192.0.2.1 5300", asked())
    assert.equal("192.0.2.2 5300", asked "server=192.0.2.2")
    assert.equal("192.0.2.2:5353 nil", asked "server=192.0.2.2:5353")
    assert.equal("[2001:db8::1]:5353 nil", asked "server=[2001:db8::1]:5353")
    assert.equal("192.0.2.2:5353 53", asked("server=192.0.2.2:5353", "port=53"))
    assert.equal("192.0.2.1 53", asked "port=53")
  end)

  it("comes from a file that the environment names, where it is one that comes in files", function()
    write 'key "k" { };\n'
    -- Asked in another program, whose environment it is.
    local function asked(value, file)
      local program = ([[local values = require "mailseal.cli.publish_access".options({ settings = {}, credentials = {
        { name = "key", environment = "SPEC_KEY", file = %s } } }, {}) io.write(values.key)]]):format(tostring(file))
      shell.write(directory .. "/program.lua", program)
      return shell.run(("SPEC_KEY=%s LUA_PATH='./lua/?.lua;./lua/?/init.lua;;' LUA_CPATH='./%s;;' $LUA %s"):format(
        shell.quote(value), shell.core, shell.quote(directory .. "/program.lua")))
    end
    assert.equal('key "k" { };', asked(path, true).out)
    assert.equal(path, asked(path, false).out)
    assert.equal('key "k" { };', asked(path:gsub("^/", ("../"):rep(20)):gsub("^%.%./", "spec/../../"), true).out)
    assert.equal("hmac-sha256:k:AAAA/AAAA", asked("hmac-sha256:k:AAAA/AAAA", true).out)
    write("SECRET", "640")
    local refused = asked(path, true)
    assert.is_true(refused.status ~= 0)
    assert.is_nil(refused.err:find("SECRET", 1, true))
  end)

  it("refuses a file that others may read", function()
    write("token=SECRET\n", "640")
    local failure = stopped { credentials = path }
    assert.equal(status.DATA, failure.status)
    assert.matches("it must be 0600", failure.message, 1, true)
    assert.matches("chmod 600", failure.message, 1, true)
    assert.is_nil(failure.message:find("SECRET", 1, true))
  end)

  it("refuses one that is not there, a directory, and one that is too large", function()
    assert.equal(status.DATA, stopped { credentials = directory .. "/none" }.status)
    assert.equal(status.DATA, stopped { credentials = directory }.status)
    write(("x"):rep(70000))
    assert.matches("larger", stopped { credentials = path }.message)
  end)

  it("takes no credential out of an argument, and says where it belongs", function()
    for _, name in ipairs { "token", "SPEC_DNS_TOKEN" } do
      local failure = stopped { set = { name .. "=SECRET" } }
      assert.equal(status.USAGE, failure.status)
      assert.matches("SPEC_DNS_TOKEN", failure.message, 1, true)
      assert.is_nil(failure.message:find("SECRET", 1, true))
    end
  end)

  it("says what is mistyped, and what is missing", function()
    assert.matches("do you mean server?", stopped { set = { "sever=x" } }.message, 1, true)
    assert.matches("is not NAME=VALUE", stopped { set = { "server" } }.message, 1, true)
    local missing = access.missing(module(two), { key_id = "AK" })
    assert.equal("secret", missing[1].name)
    local ok, failure = pcall(access.want, module(two), {})
    assert.is_false(ok)
    assert.matches("the id (SPEC_KEY_ID), the secret (SPEC_SECRET)", failure.message, 1, true)
  end)
end)
