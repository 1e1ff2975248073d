-- mailseal.key.load and load_file: what is read, what is refused and why. The keys come from the openssl command.
local key = require "mailseal.key"
local octets = require "spec.support.octets"
local shell = require "spec.support.shell"

local function openssl(command)
  local text = shell.output("openssl " .. command)
  assert(#text > 0, "openssl " .. command)
  return text
end

local RSA = openssl "genrsa 2048"

-- The same key in another form.
local function rsa(command)
  local directory = shell.new_directory()
  shell.write(directory .. "/key.pem", RSA)
  local text = openssl(command .. " -in " .. directory .. "/key.pem")
  shell.remove_directory(directory)
  return text
end

-- A PKCS#1 key with this modulus and public exponent, and `rest` for each of the other numbers.
local function pkcs1(modulus, exponent, rest)
  rest = octets.integer(rest or "\3")
  local der = octets.sequence(octets.integer "\0", octets.integer(modulus), octets.integer(exponent), rest:rep(6))
  local directory = shell.new_directory()
  shell.write(directory .. "/key.der", der)
  local base64 = openssl("base64 -in " .. directory .. "/key.der")
  shell.remove_directory(directory)
  return "-----BEGIN RSA PRIVATE KEY-----\n" .. base64 .. "-----END RSA PRIVATE KEY-----\n"
end

local function refused(code, pem, passphrase)
  local loaded, message, got = key.load(pem, passphrase)
  assert.is_nil(loaded)
  assert.are.equal(code, got)
  assert.is_truthy(message:find "%a+ %a+")
end

describe("key.load reads", function()
  local public = assert(key.load(RSA)):public()

  it("PKCS#8", function()
    assert.is_truthy(RSA:find("-----BEGIN PRIVATE KEY-----", 1, true))
    local loaded = assert(key.load(RSA))
    assert.are.equal("rsa", loaded:type())
    assert.are.equal(2048, loaded:bits())
    local spki = openssl("pkey -pubout -outform DER <<'E' | openssl base64 -A\n" .. RSA .. "E\n")
    assert.are.equal(spki, loaded:public())
  end)

  it("PKCS#1", function()
    local pem = rsa "rsa -traditional"
    assert.is_truthy(pem:find("-----BEGIN RSA PRIVATE KEY-----", 1, true))
    assert.are.equal(public, assert(key.load(pem)):public())
  end)

  it("PKCS#8, encrypted", function()
    local pem = rsa "pkcs8 -topk8 -passout pass:secret"
    assert.is_truthy(pem:find("-----BEGIN ENCRYPTED PRIVATE KEY-----", 1, true))
    assert.are.equal(public, assert(key.load(pem, "secret")):public())
    refused("key_encrypted", pem)
    refused("bad_passphrase", pem, "Secret")
    refused("bad_passphrase", pem, "")
    refused("bad_passphrase", pem, ("x"):rep(2000))
  end)

  it("PKCS#1, encrypted the traditional way", function()
    local pem = rsa "rsa -traditional -aes128 -passout pass:secret"
    assert.is_truthy(pem:find("Proc-Type: 4,ENCRYPTED", 1, true))
    assert.are.equal(public, assert(key.load(pem, "secret")):public())
    refused("key_encrypted", pem)
    refused("bad_passphrase", pem, "Secret")
  end)

  it("Ed25519", function()
    local loaded = assert(key.load(openssl "genpkey -algorithm ed25519"))
    assert.are.equal("ed25519", loaded:type())
    assert.are.equal(256, loaded:bits())
  end)

  it("a key that needs no passphrase though one is given", function()
    assert.are.equal(public, assert(key.load(RSA, "secret")):public())
  end)

  it("the first private key among other things, whatever the line ends", function()
    local certificate = openssl "req -x509 -newkey ed25519 -nodes -keyout /dev/null -subj /CN=example"
    local other = openssl "genpkey -algorithm ed25519"
    local text = "\239\187\191A note\n" .. certificate .. RSA .. other
    assert.are.equal(public, assert(key.load(text)):public())
    assert.are.equal(public, assert(key.load((text:gsub("\n", "\r\n")))):public())
    assert.are.equal(public, assert(key.load((RSA:gsub("\n$", "")))):public())
  end)

  it("RSA of 1024 bits, which old domains still have", function()
    assert.are.equal(1024, assert(key.load(openssl "genrsa 1024")):bits())
  end)

  it("RSA with the exponent 3", function()
    assert.is_truthy(key.load(openssl "genrsa -3 2048"))
  end)
end)

describe("key.load refuses", function()
  it("a public key", function()
    refused("key_public", rsa "rsa -pubout")
    refused("key_public", rsa "rsa -RSAPublicKey_out")
  end)

  it("a certificate or a request for one", function()
    refused("key_certificate", openssl "req -x509 -newkey ed25519 -nodes -keyout /dev/null -subj /CN=example")
    refused("key_certificate", openssl "req -new -newkey ed25519 -nodes -keyout /dev/null -subj /CN=example")
  end)

  it("keys that DKIM does not know", function()
    refused("key_unsupported", openssl "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256")
    refused("key_unsupported", openssl "ecparam -genkey -name prime256v1")
    refused("key_unsupported", openssl "genpkey -algorithm X25519")
    refused("key_unsupported", openssl "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048")
    refused("key_unsupported", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")
  end)

  it("a cipher that OpenSSL keeps in its cellar", function()
    local pem = rsa "pkcs8 -topk8 -v1 PBE-SHA1-RC2-40 -passout pass:secret -provider legacy -provider default"
    refused("key_unsupported", pem, "secret")
  end)

  it("RSA under 1024 bits and over 8192", function()
    refused("key_too_small", openssl "genrsa 1016")
    refused("key_too_small", openssl "genrsa 512")
    refused("key_too_large", pkcs1(octets.modulus(8200), "\3")) -- which would take minutes to make
  end)

  it("RSA with an exponent that is even, 1 or over 64 bits", function()
    for _, exponent in ipairs { "\1", "\4", "\1" .. ("\0"):rep(7) .. "\1" } do
      refused("key_bad_exponent", pkcs1(octets.modulus(2048), exponent))
    end
  end)

  it("RSA whose numbers do not belong together, or are 0", function()
    refused("key_malformed", pkcs1(octets.modulus(2048), "\3"))
    refused("key_malformed", pkcs1(octets.modulus(2048), "\3", "\0"))
    refused("key_malformed", pkcs1(octets.modulus(2048), "\3", "\1"))
  end)

  it("RSA with more than two primes", function()
    refused("key_malformed", openssl "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_primes:3")
  end)

  it("what is no key at all", function()
    refused("key_malformed", "")
    refused("key_malformed", "garbage")
    refused("key_malformed", ("\0"):rep(1000))
    refused("key_malformed", "-----BEGIN ")
    refused("key_malformed", "-----BEGIN PRIVATE KEY")
    refused("key_malformed", "-----BEGIN PRIVATE KEY-----")
    refused("key_malformed", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")
    refused("key_malformed", "-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n")
    refused("key_malformed", "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n")
    refused("key_malformed", "-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n")
    refused("key_malformed", ("-----BEGIN "):rep(1000))
  end)

  it("a key cut short", function()
    for size = 1, #RSA - 30, 97 do
      refused("key_malformed", RSA:sub(1, size))
    end
  end)

  it("a key in DER, and says how to turn it into PEM", function()
    local _, message, code = key.load(rsa "rsa -traditional -outform DER")
    assert.are.equal("key_malformed", code)
    assert.is_truthy(message:find("openssl pkey", 1, true))
  end)

  it("a damaged key, whichever of its numbers is wrong", function()
    local damaged = 0
    local pem = rsa "rsa -traditional"
    for position = 200, #pem - 80, 131 do
      local letter = pem:sub(position, position)
      if letter:find "[%w+/]" then
        local other = letter == "A" and "B" or "A"
        refused("key_malformed", pem:sub(1, position - 1) .. other .. pem:sub(position + 1))
        damaged = damaged + 1
      end
    end
    assert.is_true(damaged > 8)
  end)

  it("wrong use, by raising", function()
    assert.has_error(function()
      key.load()
    end, "a key's text is wanted, not a nil")
    assert.has_error(function()
      key.load(RSA, 1)
    end, "a passphrase is a string, not a number")
  end)
end)

describe("key.load_file", function()
  local directory

  setup(function()
    directory = shell.new_directory()
    shell.write(directory .. "/good.pem", RSA)
    shell.write(directory .. "/bad.pem", "nothing")
  end)

  teardown(function()
    shell.remove_directory(directory)
  end)

  local function refused_file(code, path)
    local loaded, message, got = key.load_file(path)
    assert.is_nil(loaded)
    assert.are.equal(code, got)
    assert.is_truthy(message:find(path, 1, true), message)
  end

  it("reads a file", function()
    assert.are.equal(assert(key.load(RSA)):public(), assert(key.load_file(directory .. "/good.pem")):public())
  end)

  it("names the file and the cause", function()
    refused_file("not_found", directory .. "/none.pem")
    refused_file("unreadable", directory)
    refused_file("key_malformed", directory .. "/bad.pem")
  end)

  it("does not read without end", function()
    refused_file("key_malformed", "/dev/zero")
    refused_file("key_malformed", "/dev/null")
  end)

  it("raises on wrong use", function()
    assert.has_error(function()
      key.load_file()
    end, "a file's name is wanted, not a nil")
    assert.has_error(function()
      key.load_file("x", {})
    end, "a passphrase is a string, not a table")
  end)
end)

-- On a terminal of its own, and on the plain build, for it runs without the sanitizers.
if not os.getenv "MAILSEAL_BUILD" then
  describe("A passphrase", function()
    it("is never asked of the terminal", function()
      local directory = shell.new_directory()
      shell.write(directory .. "/key.pem", rsa "rsa -traditional -aes128 -passout pass:secret")
      shell.write(directory .. "/script.lua", ([[
        package.path, package.cpath = %q, %q
        local key = require "mailseal.key"
        for _, passphrase in ipairs { false, "", ("x"):rep(2000) } do
          io.write(select(3, key.load_file(%q, passphrase or nil)), " ")
        end
      ]]):format(package.path, package.cpath, directory .. "/key.pem"))
      local said = shell.output(("timeout 20 script -qec '%s %s/script.lua' /dev/null </dev/null"):format(shell.lua, directory))
      shell.remove_directory(directory)
      assert.are.equal("key_encrypted bad_passphrase bad_passphrase ", (said:gsub("[\r\n]", "")))
    end)
  end)
end
