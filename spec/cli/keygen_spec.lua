local shell = require "spec.support.shell"
local key = require "mailseal.key"
local record = require "mailseal.record"

describe("mailseal keygen", function()
  local directory, path

  before_each(function()
    directory = shell.new_directory()
    path = directory .. "/s1.pem"
  end)

  after_each(function()
    shell.remove_directory(directory)
  end)

  local function record_of(pem)
    return assert(key.load(pem)):record()
  end

  it("prints an RSA key of 2048 bits, and the record behind it", function()
    local result = shell.mailseal { "keygen" }
    local made = assert(key.load(result.out))
    assert.equal("rsa", made:type())
    assert.equal(2048, made:bits())
    assert.matches("^%-%-%-%-%-BEGIN PRIVATE KEY%-%-%-%-%-\n.*\n%-%-%-%-%-END PRIVATE KEY%-%-%-%-%-\n\nPublish ", result.out)
    assert.equal(made:record(), result.out:match("([^\n]*)\n$"))
    assert.equal("", result.err)
    assert.equal(0, result.status)
  end)

  it("prints it where the file is -, and makes no file of that name", function()
    local result = shell.mailseal { "keygen", "--type", "ed25519", "--out", "-", "--json" }
    assert.matches('"private_key":"-----BEGIN PRIVATE KEY-----', result.out, 1, true)
    assert.same({ 0, "" }, { result.status, result.err })
    assert.is_false(shell.exists "-")
  end)

  it("prints a key that openssl reads, the record behind it or not", function()
    local result = shell.run("bin/mailseal keygen | openssl pkey -noout -text")
    assert.matches("^Private%-Key: %(2048 bit", result.out)
  end)

  it("writes the key to a file that nobody else may read, and prints the record", function()
    local result = shell.mailseal { "keygen", "--type", "ed25519", "--out", path }
    assert.equal("", result.err)
    assert.equal(0, result.status)
    assert.matches(record_of(shell.read(path)), result.out, 1, true)
    assert.is_nil(result.out:find("PRIVATE", 1, true))
    assert.equal("600\n", shell.run("umask 0; stat -c %a " .. shell.quote(path)).out)
  end)

  it("makes keys of another size", function()
    local result = shell.mailseal { "keygen", "--bits", "3072" }
    assert.equal(3072, assert(key.load(result.out)):bits())
  end)

  it("refuses an RSA key under 2048 bits unless forced, and under 1024 always", function()
    local weak = shell.mailseal { "keygen", "--bits", "1024" }
    assert.matches("^mailseal keygen: .*1024[^\n]*\n$", weak.err)
    assert.equal("", weak.out)
    assert.equal(64, weak.status)
    local forced = shell.mailseal { "keygen", "--bits", "1024", "--force" }
    assert.equal(1024, assert(key.load(forced.out)):bits())
    assert.equal(64, shell.mailseal({ "keygen", "--bits", "512", "--force" }).status)
  end)

  it("never writes over a file unless forced", function()
    shell.write(path, "precious")
    local result = shell.mailseal { "keygen", "--type", "ed25519", "--out", path }
    assert.equal("mailseal keygen: " .. path .. " exists already: choose another name, or add --force\n", result.err)
    assert.equal("", result.out)
    assert.equal(73, result.status)
    assert.equal("precious", shell.read(path))
    assert.equal(0, shell.mailseal({ "keygen", "--type", "ed25519", "--out", path, "--force" }).status)
    assert.truthy(key.load_file(path))
  end)

  it("names the file that cannot be written, and why", function()
    local result = shell.mailseal { "keygen", "--type", "ed25519", "--out", directory .. "/no/where.pem" }
    assert.matches("where.pem", result.err, 1, true)
    assert.matches("No such file or directory\n$", result.err)
    assert.equal("", result.out)
    assert.equal(73, result.status)
  end)

  it("takes no device for a file, forced or not", function()
    local result = shell.mailseal { "keygen", "--type", "ed25519", "--out", "/dev/null", "--force" }
    assert.matches("/dev/null is a device or a pipe", result.err, 1, true)
    assert.equal(73, result.status)
    local pipe = shell.run(('mkfifo %s; timeout 10 bin/mailseal keygen --out %s --force'):format(path, path))
    assert.matches("s1.pem is a device or a pipe", pipe.err, 1, true)
    assert.equal(73, pipe.status)
    assert.equal(73, shell.mailseal({ "keygen", "--type", "ed25519", "--out", directory, "--force" }).status)
  end)

  it("leaves nothing behind where the disk is full", function()
    local result = shell.run(
      ([[( trap '' XFSZ; ulimit -f 0; bin/mailseal keygen --type ed25519 --out %s 2>&1; echo "status $?" ) | cat]]):format(
        shell.quote(path)
      )
    )
    assert.matches("^mailseal keygen: [^\n]*s1.pem[^\n]*\nstatus 74\n$", result.out)
    assert.equal("", shell.run("ls -A " .. shell.quote(directory)).out)
  end)

  it("tells when the key cannot be written to standard output", function()
    local result = shell.run("bin/mailseal keygen --type ed25519 >/dev/full")
    assert.equal("mailseal keygen: cannot write standard output: No space left on device\n", result.err)
    assert.equal(74, result.status)
  end)

  describe("for a domain", function()
    local function keygen(...)
      return shell.mailseal { "keygen", "--type", "ed25519", "--out", path, ... }
    end

    it("prints name, value and the zone file's line", function()
      local result = keygen("--domain", "Example.COM.", "--selector", "s1")
      local text = record_of(shell.read(path))
      assert.matches("  name   s1._domainkey.example.com\n", result.out, 1, true)
      assert.matches("  value  " .. text .. "\n", result.out, 1, true)
      assert.matches("s1._domainkey.example.com. 3600 IN TXT", result.out:gsub("[ \t]+", " "), 1, true)
      assert.equal(0, result.status)
    end)

    it("writes an internationalised name in A-labels", function()
      local result = keygen("--domain", "bücher.example", "--selector", "s1")
      assert.matches("s1._domainkey.xn--bcher-kva.example\n", result.out, 1, true)
    end)

    it("refuses a name that cannot stand in DNS", function()
      for option, name in pairs { ["--domain"] = "exa mple.com", ["--selector"] = "s1;" } do
        local names = { ["--domain"] = "example.com", ["--selector"] = "s1", [option] = name }
        local result = keygen("--domain", names["--domain"], "--selector", names["--selector"])
        assert.matches("mailseal keygen: " .. option .. ": '" .. name .. "' cannot stand in DNS", result.err, 1, true)
        assert.equal(64, result.status)
        assert.is_false(shell.exists(path))
      end
    end)
  end)

  describe("with --json", function()
    local function fields(line)
      return require("cjson").decode(line)
    end

    it("prints one object on one line, the private key within it", function()
      local result = shell.mailseal { "keygen", "--type", "ed25519", "--domain", "example.com", "--selector", "s1", "--json" }
      assert.equal("", result.err)
      assert.matches("^[^\n]+\n$", result.out)
      local object = fields(result.out)
      assert.equal("ed25519", object.type)
      assert.equal(256, object.bits)
      assert.equal("s1._domainkey.example.com", object.name)
      assert.equal(record_of(object.private_key), object.record)
      assert.equal(object.zone_line, record.zone_line(object.name, object.record, 3600))
    end)

    it("prints no private key where it is in a file", function()
      local result = shell.mailseal { "keygen", "--out", path, "--json" }
      local object = fields(result.out)
      assert.is_nil(object.private_key)
      assert.equal(path, object.file)
      assert.equal(record_of(shell.read(path)), object.record)
      assert.is_nil(object.name)
    end)
  end)
end)
