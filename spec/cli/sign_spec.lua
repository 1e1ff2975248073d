local shell = require "spec.support.shell"
local key = require "mailseal.key"

local message = table.concat({
  "From: Ada <ada@example.com>",
  "To: Bob <bob@example.net>",
  "Subject: Lunch",
  "Date: Sun, 01 Nov 2026 09:30:00 +0000",
  "Message-ID: <lunch@example.com>",
  "",
  "At noon?",
  "",
}, "\r\n")

describe("mailseal sign", function()
  local directory, rsa, ed25519, file

  setup(function()
    directory = shell.new_directory()
    rsa, ed25519, file = directory .. "/rsa.pem", directory .. "/ed25519.pem", directory .. "/message.eml"
    assert(assert(key.generate { type = "rsa", bits = 2048 }):save(rsa))
    assert(assert(key.generate { type = "ed25519" }):save(ed25519))
    shell.write(file, message)
  end)

  teardown(function()
    shell.remove_directory(directory)
  end)

  local function sign(arguments, input)
    local all = { "sign", "--domain", "example.com", "--selector", "s1", "--key", ed25519, "--time", "1793525400" }
    for _, argument in ipairs(arguments) do
      all[#all + 1] = argument
    end
    return shell.mailseal(all, input)
  end

  --- The signature's value without folds, in what stands before the message.
  local function signatures(out, rest)
    assert.equal(rest, out:sub(-#rest))
    local fields = {}
    for field in out:sub(1, -#rest - 1):gsub("\r\n[ \t]", " "):gmatch("([^\r\n]+)\r\n") do
      fields[#fields + 1] = field
    end
    return fields
  end

  it("puts the signature before the message", function()
    local result = sign { file }
    assert.equal("", result.err)
    assert.equal(0, result.status)
    local fields = signatures(result.out, message)
    assert.equal(1, #fields)
    assert.matches("^DKIM%-Signature: v=1; a=ed25519%-sha256; .*d=example%.com; .*s=s1;", fields[1])
    assert.matches("t=1793525400", fields[1], 1, true)
  end)

  it("reads standard input where no file is named, or -", function()
    local from_file = sign { file }
    assert.same(from_file, sign({}, message))
    assert.same(from_file, sign({ "-" }, message))
  end)

  it("reads standard input from a pipe, however large the message", function()
    local large = message .. ("An entirely unremarkable line of text that goes on for a while.\r\n"):rep(50000)
    local path = directory .. "/large.eml"
    shell.write(path, large)
    local result = shell.run(
      ("cat %s | bin/mailseal sign --domain example.com --selector s1 --key %s"):format(
        shell.quote(path), shell.quote(ed25519)
      )
    )
    assert.equal(0, result.status)
    assert.equal(1, #signatures(result.out, large))
  end)

  it("makes the same signature as the library", function()
    local dkim = require "mailseal.dkim"
    local signer = assert(dkim.signer {
      domain = "example.com", selector = "s1", key = assert(key.load_file(ed25519)), canonicalization = "simple/relaxed",
      headers = { "from", "subject" }, oversign = { "to", "cc" }, identity = "ada@example.com", expire = 3600,
    })
    local expected = assert(signer:sign(message, { now = 1793525400 }))
    local result = sign {
      "--canon", "simple/relaxed", "--headers", "from:subject", "--oversign", "to: cc", "--identity", "ada@example.com",
      "--expire", "3600", "--header-only", file,
    }
    assert.same({ status = 0, out = expected, err = "" }, result)
  end)

  it("takes domain and selector with a dot at their ends, as DNS writes them", function()
    local result = shell.mailseal {
      "sign", "--domain", "example.com.", "--selector", "s1.", "--key", ed25519, "--time", "1793525400", file,
    }
    assert.same(sign { file }, result)
  end)

  it("makes two signatures with two keys", function()
    local result = sign { "--selector", "s2", "--key", rsa, file }
    local fields = signatures(result.out, message)
    assert.equal(2, #fields)
    assert.matches("a=ed25519%-sha256; .*s=s1;", fields[1])
    assert.matches("a=rsa%-sha256; .*s=s2;", fields[2])
  end)

  it("opens an encrypted key with the passphrase in a file", function()
    local path, passphrase = directory .. "/encrypted.pem", directory .. "/passphrase"
    assert(assert(key.load_file(ed25519)):save(path, { passphrase = "open sesame", force = true }))
    shell.write(passphrase, "open sesame\n")
    local arguments =
      { "sign", "--domain", "example.com", "--selector", "s1", "--key", path, "--passphrase-file", passphrase, file }
    assert.equal(0, shell.mailseal(arguments).status)
    shell.write(passphrase, "another\n")
    local wrong = shell.mailseal(arguments)
    assert.matches("^mailseal sign: " .. path:gsub("%p", "%%%0") .. ": [^\n]*passphrase[^\n]*\n$", wrong.err)
    assert.equal(65, wrong.status)
  end)

  it("writes the whole signed message to a file", function()
    local out = directory .. "/signed.eml"
    shell.write(out, "before")
    assert.same(sign { file }, sign { "--out", "-", file })
    assert.is_false(shell.exists "-")
    local result = sign { "--out", out, file }
    assert.same({ status = 0, out = "", err = "" }, result)
    assert.equal(1, #signatures(shell.read(out), message))
    assert.equal("", shell.run("ls -A " .. shell.quote(directory) .. " | grep signed.eml. || true").out)
  end)

  describe("refuses, with one line and nothing on standard output,", function()
    local function refuses(arguments, input, status, words)
      local result = sign(arguments, input)
      assert.matches(words, result.err, 1, true)
      assert.matches("^mailseal sign: [^\n]+\n$", result.err)
      assert.equal("", result.out)
      assert.equal(status, result.status)
    end

    it("a message with bare line feeds, naming the line", function()
      refuses({}, (message:gsub("\r\n", "\n")), 65, "standard input: ")
      refuses({}, (message:gsub("\r\n", "\n")), 65, "line 1")
      refuses({}, (message:gsub("\r\n", "\n")), 65, " (--normalize mends it)\n")
    end)

    it("a message without From", function()
      refuses({ "-" }, message:gsub("^From", "Form"), 65, "From field\n")
    end)

    it("a message that does not exist, or is a directory", function()
      refuses({ directory .. "/none.eml" }, nil, 65, directory .. "/none.eml: No such file or directory")
      refuses({ directory }, nil, 65, directory .. ": Is a directory")
    end)

    it("a key that does not exist, or is none", function()
      local base = { "sign", "--domain", "example.com", "--selector", "s1", "--key" }
      for path, words in pairs { [directory .. "/no.pem"] = "No such file", [file] = file .. ": ", [directory] = "directory" } do
        local result = shell.mailseal { base[1], base[2], base[3], base[4], base[5], base[6], path, file }
        assert.matches(words, result.err, 1, true)
        assert.matches("^mailseal sign: [^\n]+\n$", result.err)
        assert.equal("", result.out)
        assert.equal(65, result.status)
      end
    end)

    it("an identity outside the domain", function()
      refuses({ "--identity", "ada@example.org", file }, nil, 64, "not within the signing domain")
    end)

    it("to write where there is no directory", function()
      refuses({ "--out", directory .. "/no/signed.eml", file }, nil, 73, "no/signed.eml cannot be written: No such file or directory")
    end)
  end)

  it("signs a faulty message where told to, and reports what is wrong", function()
    local faulty = message:gsub("Message%-ID[^\n]*\n", "")
    assert.equal(65, sign({}, faulty).status)
    local result = sign({ "--lint", "report" }, faulty)
    assert.equal(0, result.status)
    assert.equal(1, #signatures(result.out, faulty))
    assert.matches("^mailseal sign: standard input: error: [^\n]*%(no_message_id%)\n$", result.err)
    assert.same({ status = 0, out = result.out, err = "" }, sign({ "--lint", "off" }, faulty))
  end)

  it("mends line ends where told to, and puts out what it has signed", function()
    local result = sign({ "--normalize" }, (message:gsub("\r\n", "\n"):gsub("\n$", "")))
    assert.same(sign { file }, result)
  end)

  it("leaves no file behind where the disk is full, nor touches the one that was there", function()
    local out = directory .. "/full.eml"
    shell.write(out, "before")
    local result = shell.run(
      ([[( trap '' XFSZ; ulimit -f 0
           bin/mailseal sign --domain example.com --selector s1 --key %s --out %s %s 2>&1; echo "status $?" ) | cat]]):format(
        shell.quote(ed25519), shell.quote(out), shell.quote(file)
      )
    )
    assert.equal("mailseal sign: " .. out .. " cannot be written: File too large\nstatus 74\n", result.out)
    assert.equal("before", shell.read(out))
    assert.equal("full.eml\n", shell.run("ls -A " .. shell.quote(directory) .. " | grep full.eml").out)
  end)

  it("tells when standard output cannot be written", function()
    local result = shell.run(
      ("bin/mailseal sign --domain example.com --selector s1 --key %s %s >/dev/full"):format(
        shell.quote(ed25519), shell.quote(file)
      )
    )
    assert.equal("mailseal sign: cannot write standard output: No space left on device\n", result.err)
    assert.equal(74, result.status)
  end)

  it("writes to a device as it is", function()
    assert.equal(0, sign({ "--out", "/dev/null", file }).status)
    assert.equal("character special file\n", shell.run("stat -c %F /dev/null").out)
    assert.equal(74, sign({ "--out", "/dev/full", file }).status)
  end)
end)
