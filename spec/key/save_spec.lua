-- key:pem and key:save: PKCS#8, in a file that is whole and nobody else's.
local key = require "mailseal.key"
local shell = require "spec.support.shell"

local made = assert(key.generate { type = "rsa", bits = 2048 })

describe("key:pem", function()
  it("is PKCS#8 that loads again, here and in OpenSSL", function()
    for _, k in ipairs { made, assert(key.generate { type = "ed25519" }) } do
      local pem = assert(k:pem())
      assert.are.equal("-----BEGIN PRIVATE KEY-----\n", pem:sub(1, 28))
      assert.are.equal("-----END PRIVATE KEY-----\n", pem:sub(-26))
      assert.are.equal(k:public(), assert(key.load(pem)):public())
      assert.are.equal(pem, shell.output("openssl pkey <<'E'\n" .. pem .. "E\n"))
    end
  end)

  it("is encrypted where a passphrase is given: AES-256-CBC, PBKDF2, HMAC-SHA-256", function()
    local pem = assert(made:pem "open sesame")
    assert.are.equal("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", pem:sub(1, 38))
    assert.are.equal(made:public(), assert(key.load(pem, "open sesame")):public())
    local inside = shell.output("openssl asn1parse <<'E'\n" .. pem .. "E\n")
    for _, name in ipairs { "PBES2", "PBKDF2", "hmacWithSHA256", "aes%-256%-cbc", "INTEGER +:0927C0" } do
      assert.is_truthy(inside:find(name), name)
    end
    assert.are_not.equal(pem, made:pem "open sesame") -- salted
  end)

  it("refuses an empty passphrase, and one that could not be read again", function()
    for _, passphrase in ipairs { "", ("x"):rep(1025) } do
      local pem, message, code = made:pem(passphrase)
      assert.is_nil(pem)
      assert.are.equal("a passphrase has 1 to 1024 octets", message)
      assert.are.equal("bad_passphrase", code)
    end
    local longest = ("x"):rep(1024)
    assert.is_truthy(key.load(assert(made:pem(longest)), longest))
  end)
end)

describe("key:save", function()
  local directory, path

  before_each(function()
    directory = shell.new_directory()
    path = directory .. "/key.pem"
  end)

  after_each(function()
    shell.remove_directory(directory)
  end)

  local function refused(code, to, options)
    local ok, message, got = made:save(to, options)
    assert.is_nil(ok)
    assert.are.equal(code, got)
    assert.is_truthy(message:find(to, 1, true), message)
  end

  it("writes PKCS#8 for its owner alone", function()
    assert.is_true(made:save(path))
    assert.are.equal(made:pem(), shell.read(path))
    assert.are.equal("600\n", shell.output("stat -c %a " .. path))
    assert.are.equal("key.pem", shell.names(directory))
  end)

  it("writes it encrypted", function()
    assert.is_true(made:save(path, { passphrase = "secret" }))
    assert.are.equal("key_encrypted", select(3, key.load_file(path)))
    assert.are.equal(made:public(), assert(key.load_file(path, "secret")):public())
  end)

  it("leaves a file alone that is there", function()
    shell.write(path, "precious")
    refused("exists", path)
    refused("exists", path, { force = false })
    assert.are.equal("precious", shell.read(path))
    assert.are.equal("key.pem", shell.names(directory))
  end)

  it("leaves alone what a symbolic link points to, and a link that points nowhere", function()
    shell.write(directory .. "/precious", "precious")
    os.execute("ln -s precious " .. path)
    os.execute("ln -s nowhere " .. directory .. "/dangling")
    refused("exists", path)
    refused("exists", directory .. "/dangling")
    assert.is_true(made:save(path, { force = true })) -- the link itself is replaced
    assert.are.equal("precious", shell.read(directory .. "/precious"))
    assert.are.equal("dangling key.pem precious", shell.names(directory))
  end)

  it("replaces a file when forced, and its mode too", function()
    shell.write(path, "old")
    os.execute("chmod 644 " .. path)
    assert.is_true(made:save(path, { force = true }))
    assert.are.equal(made:pem(), shell.read(path))
    assert.are.equal("600\n", shell.output("stat -c %a " .. path))
    assert.are.equal("key.pem", shell.names(directory))
  end)

  it("writes into the directory where it is, without a slash in the name", function()
    local name = "key-save-spec.pem"
    local ok, message = made:save(name)
    local text = ok and shell.read(name)
    os.remove(name)
    assert.is_true(ok, message)
    assert.are.equal(made:pem(), text)
  end)

  it("names the file and the cause where it cannot", function()
    refused("not_found", directory .. "/none/key.pem")
    refused("not_found", "/dev/null/key.pem")
    refused("not_permitted", "/sys/kernel/key.pem")
    os.execute("mkdir " .. path)
    refused("exists", path)
    refused("not_permitted", path, { force = true })
    assert.are.equal("key.pem", shell.names(directory))
  end)

  it("refuses names that are none", function()
    for _, name in ipairs { "", directory .. "/a\0b" } do
      local ok, _, code = made:save(name)
      assert.is_nil(ok)
      assert.are.equal("bad_path", code)
    end
    assert.are.equal("", shell.names(directory))
  end)

  it("refuses an empty passphrase and writes nothing", function()
    assert.are.equal("bad_passphrase", select(3, made:save(path, { passphrase = "" })))
    assert.are.equal("", shell.names(directory))
  end)

  -- A process that may write files of 512 octets only. It runs without the sanitizers, so on the plain build.
  if not os.getenv "MAILSEAL_BUILD" then
    it("leaves nothing half-written on a full disk", function()
      local script = directory .. "/script.lua"
      shell.write(script, ([[
        package.path, package.cpath = %q, %q
        local key = require "mailseal.key"
        local made = assert(key.generate { bits = 4096 })
        for _, force in ipairs { false, true } do
          local ok, message, code = made:save(%q, { force = force })
          print(ok, code, message)
        end
      ]]):format(package.path, package.cpath, path))
      local said = shell.output(("sh -c 'trap \"\" XFSZ; ulimit -f 1; exec %s %s'"):format(shell.lua, script))
      local line = ("nil\tno_space\t%s cannot be written: File too large\n"):format(path)
      assert.are.equal(line .. line, said)
      assert.are.equal("script.lua", shell.names(directory))
    end)
  end

  it("raises on wrong use", function()
    assert.has_error(function()
      made:save()
    end, "a file's name is wanted, not a nil")
    assert.has_error(function()
      made:save(path, { overwrite = true })
    end, 'there is no option "overwrite"')
    assert.has_error(function()
      made:save(path, { force = "yes" })
    end, 'option "force" is a boolean, not a string')
  end)
end)
