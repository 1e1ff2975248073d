local shell = require "spec.support.shell"
local cjson = require "cjson"
local dkim = require "mailseal.dkim"
local key = require "mailseal.key"

local now = 1793525400

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

describe("mailseal verify", function()
  local directory, zone, keys = nil, nil, {}

  --- Writes a message into a file; returns its path.
  local function file(name, octets)
    local path = directory .. "/" .. name
    shell.write(path, octets)
    return path
  end

  --- The message, signed once for each selector.
  local function signed(...)
    local signatures = {}
    for i, selector in ipairs { ... } do
      signatures[i] = { domain = "example.com", selector = selector, key = keys[selector] }
    end
    return assert(dkim.signer({ signatures = signatures }):sign(message, { now = now })) .. message
  end

  setup(function()
    directory = shell.new_directory()
    zone = directory .. "/zone.json"
    keys.rsa = assert(key.generate { type = "rsa", bits = 2048 })
    keys.ed25519 = assert(key.generate { type = "ed25519" })
    keys.silent, keys.absent = keys.ed25519, keys.ed25519
    shell.write(zone, cjson.encode {
      ["rsa._domainkey.example.com"] = { { type = "TXT", data = keys.rsa:record() } },
      ["ed25519._domainkey.example.com"] = { { type = "TXT", data = keys.ed25519:record() } },
      ["silent._domainkey.example.com"] = { { error = "timeout" } },
    })
  end)

  teardown(function()
    shell.remove_directory(directory)
  end)

  local function verify(arguments, input)
    local all = { "verify", "--zone", zone, "--time", tostring(now) }
    for _, argument in ipairs(arguments) do
      all[#all + 1] = argument
    end
    return shell.mailseal(all, input)
  end

  it("prints each signature's result with a sentence, and the Authentication-Results field", function()
    local path = file("good.eml", signed("rsa", "ed25519"))
    local result = verify { "--authserv-id", "mx.example.net", path }
    assert.equal("", result.err)
    assert.equal(0, result.status)
    local lines = {}
    for line in result.out:gmatch("([^\n]*)\n") do
      lines[#lines + 1] = line
    end
    assert.equal(4, #lines)
    assert.equal(path, lines[1])
    assert.matches("^  pass +example.com rsa rsa%-sha256 2048 bits: .*is good$", lines[2])
    assert.matches("^  pass +example.com ed25519 ed25519%-sha256 256 bits: .*is good$", lines[3])
    assert.matches("^  Authentication%-Results: mx%.example%.net; dkim=pass .*; dkim=pass .*$", lines[4])
  end)

  it("reads standard input where no file is named, or -", function()
    local result = verify({}, signed "rsa")
    assert.matches("^standard input\n  pass", result.out)
    assert.equal(0, result.status)
    assert.same(result, verify({ "-" }, signed "rsa"))
  end)

  it("verifies a message that is kept with the line ends of Unix", function()
    assert.equal(0, verify({ file("unix.eml", (signed("rsa"):gsub("\r\n", "\n"))) }).status)
  end)

  it("takes no line end of Unix in a message that has others for its own", function()
    assert.equal(1, verify({}, (signed("rsa"):gsub("At noon%?\r", "At noon?"))).status)
  end)

  it("ends with status 1 where a signature does not pass, and says why", function()
    local changed = signed("rsa"):gsub("noon", "midnight")
    local result = verify({}, changed)
    assert.matches("\n  fail .*the body is not the one that example.com signed\n", result.out)
    assert.equal("", result.err)
    assert.equal(1, result.status)
  end)

  it("ends with status 1 where one signature of two does not pass", function()
    local result = verify({}, signed("rsa", "absent"))
    assert.matches("\n  pass", result.out)
    assert.matches("\n  permerror", result.out)
    assert.equal(1, result.status)
  end)

  it("ends with status 1 where the message has no signature", function()
    local result = verify({}, message)
    assert.matches("\n  none ", result.out)
    assert.matches("dkim=none", result.out, 1, true)
    assert.equal(1, result.status)
  end)

  it("ends with status 1 where the signature has expired at the time given", function()
    local signer = dkim.signer { domain = "example.com", selector = "rsa", key = keys.rsa, expire = 60 }
    local path = file("expiring.eml", assert(signer:sign(message, { now = now })) .. message)
    assert.equal(0, shell.mailseal({ "verify", "--zone", zone, "--time", tostring(now + 59), path }).status)
    local late = shell.mailseal { "verify", "--zone", zone, "--time", tostring(now + 86400), path }
    assert.matches("expired", late.out)
    assert.equal(1, late.status)
  end)

  it("ends with status 75 where DNS does not answer", function()
    local result = verify({}, signed("silent", "rsa"))
    assert.matches("\n  temperror", result.out)
    assert.equal(75, result.status)
    local unreachable = shell.mailseal({ "verify", "--server", "127.0.0.1:9" }, signed "rsa")
    assert.matches("\n  temperror", unreachable.out)
    assert.equal(75, unreachable.status)
  end)

  it("goes on behind a file that it cannot read, and ends with status 65", function()
    local good = file("good.eml", signed "rsa")
    local result = verify { directory .. "/none.eml", good, directory }
    assert.equal(
      "mailseal verify: cannot read " .. directory .. "/none.eml: No such file or directory\n"
        .. "mailseal verify: cannot read " .. directory .. ": Is a directory\n",
      result.err
    )
    assert.matches("  pass", result.out, 1, true)
    assert.equal(65, result.status)
  end)

  it("refuses an empty message with status 65", function()
    local result = verify({}, "")
    assert.equal("mailseal verify: standard input: the message is empty\n", result.err)
    assert.equal(65, result.status)
  end)

  it("refuses a zone file that is none with status 65", function()
    local result = shell.mailseal({ "verify", "--zone", file("bad.json", "{]") }, message)
    assert.matches("^mailseal verify: [^\n]*bad.json[^\n]*\n$", result.err)
    assert.equal("", result.out)
    assert.equal(65, result.status)
  end)

  it("refuses a server that is none with status 64", function()
    local result = shell.mailseal({ "verify", "--server", "nowhere:53" }, message)
    assert.matches("^mailseal verify: [^\n]*nowhere:53[^\n]*\n$", result.err)
    assert.equal(64, result.status)
  end)

  it("shows no control character that the message holds", function()
    local hostile = "DKIM-Signature: v=1; a=rsa-sha256; d=exa\27[2Jmple.com; s=s\r\n" .. message
    local result = verify({}, hostile)
    assert.is_nil(result.out:find("[%z\1-\9\11-\31\127]"))
    assert.equal(1, result.status)
  end)

  it("verifies a large message", function()
    local body = ("An entirely unremarkable line of text that goes on for a while.\r\n"):rep(50000)
    local signer = dkim.signer { domain = "example.com", selector = "rsa", key = keys.rsa }
    local large = message .. body
    assert.equal(0, verify({}, assert(signer:sign(large, { now = now })) .. large).status)
  end)

  describe("with --json", function()
    local function objects(out)
      local list = {}
      for line in out:gmatch("([^\n]*)\n") do
        list[#list + 1] = cjson.decode(line)
      end
      return list
    end

    it("prints one object a message, each on a line of its own, and nothing else", function()
      local good, unsigned = file("good.eml", signed("rsa", "ed25519")), file("unsigned.eml", message)
      local result = verify { "--json", good, unsigned }
      assert.equal("", result.err)
      assert.equal(1, result.status)
      local list = objects(result.out)
      assert.equal(2, #list)
      assert.equal(good, list[1].file)
      local first, second = list[1].results[1], list[1].results[2]
      assert.same({ "dkim", "pass", "example.com", "rsa", "rsa-sha256", 2048 }, {
        first.method, first.result, first.domain, first.selector, first.algorithm, first.key_bits,
      })
      assert.is_nil(first.reason)
      assert.equal("ed25519", second.selector)
      assert.matches("^Authentication%-Results: .*dkim=pass", list[1].authentication_results)
      assert.equal(unsigned, list[2].file)
      assert.same({ { method = "dkim", result = "none" } }, list[2].results)
      assert.matches("dkim=none", list[2].authentication_results, 1, true)
    end)

    it("gives the reason", function()
      local result = verify({ "--json" }, (signed("rsa"):gsub("noon", "midnight")))
      local object = objects(result.out)[1]
      assert.equal("-", object.file)
      assert.equal("fail", object.results[1].result)
      assert.equal("body_hash_mismatch", object.results[1].reason)
      assert.is_string(object.results[1].text)
    end)

    it("says nothing on standard output about a file that it cannot read", function()
      local result = verify { "--json", directory .. "/none.eml" }
      assert.equal("", result.out)
      assert.matches("^mailseal verify: [^\n]+\n$", result.err)
      assert.equal(65, result.status)
    end)

    it("tells how many signatures were not looked at", function()
      local signature = signed("rsa"):sub(1, -#message - 1)
      local object = objects(verify({ "--json" }, signature:rep(12) .. message).out)[1]
      assert.equal(10, #object.results)
      assert.equal(2, object.ignored)
    end)
  end)

  it("remarks on what else was seen", function()
    local changed = verify { file("changed", (signed("rsa"):gsub("At noon", "At eleven"))) }
    assert.matches("only the body was changed on the way", changed.out)
    local later = assert(dkim.signer { domain = "example.com", selector = "rsa", key = keys.rsa }:sign(message, { now = now + 86400 }))
    local ahead = verify { "--json", file("ahead", later .. message) }
    assert.is_true(cjson.decode(ahead.out).results[1].in_future)
    assert.matches("made in the future", verify({ file("ahead", later .. message) }).out)
    local signer = dkim.signer { domain = "example.com", selector = "rsa", key = keys.rsa, body_length = true }
    local partly = assert(signer:sign(message, { now = now }))
    assert.matches("6 octets at the end of the body are not signed", verify({ file("partly", partly .. message .. "more\r\n") }).out)
  end)
end)
