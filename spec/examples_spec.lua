--- The examples, each run as the whole program that it is.
local shell = require "spec.support.shell"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"
local key = require "mailseal.key"
local knot = require "examples.support.knot"

local message = shell.read("examples/message.eml"):gsub("\r?\n", "\r\n")

describe("the README", function()
  it("shows lines of Lua that do what they say", function()
    local lines = shell.read("README.md"):match("```lua\n(.-)```")
    local printed, real = {}, dns.resolver
    local chunk = assert((loadstring or load)("local message, print = ...\n" .. lines)) -- luacheck: ignore
    dns.resolver = function()
      local name, value = printed[1][1]:match("at ([^:]*):"), printed[1][2]
      return real { zone = { [name] = { { type = "TXT", data = value } } } }
    end
    finally(function()
      dns.resolver = real
    end)
    chunk(message, function(...)
      printed[#printed + 1] = { ... }
    end)
    assert.equal(2, #printed)
    assert.same({ "pass", "example.com" }, { printed[2][1], printed[2][2] })
  end)

  it("shows a zone in JSON that answers as it says", function()
    local resolver = assert(dns.resolver { zone_text = shell.read("README.md"):match("```json\n(.-)```") })
    local found = assert(resolver:authoritative("s1._domainkey.example.test", "TXT"))
    assert.same({ "propagating", "1 of 2 name servers has it" }, { found.status, found.summary })
    assert.equal("timeout", resolver:query("slow.example.test", "MX").status)
    assert.equal("servfail", resolver:query("half.example.test", "TXT").status)
    assert.equal("ok", resolver:query("half.example.test", "A").status)
  end)
end)

describe("the examples", function()
  local directory

  before_each(function()
    directory = shell.new_directory()
  end)

  after_each(function()
    shell.remove_directory(directory)
  end)

  --- Runs an example in `directory`, by its path, so that it has to find its library.
  local function run(line, input)
    return shell.run(("examples=$PWD/examples; cd %s; %s"):format(shell.quote(directory), line), input)
  end

  --- A key in a file, and a resolver whose zone has its record.
  local function make_key(type)
    local made = assert(key.generate { type = type })
    assert(made:save(directory .. "/s1.pem"))
    local zone = { ["s1._domainkey.example.com"] = { { type = "TXT", data = made:record() } } }
    return made, assert(dns.resolver { zone = zone })
  end

  local function passes(signed, resolver)
    local results = dkim.verify(signed, { resolver = resolver })
    assert.equal(1, #results)
    assert.equal("pass", results[1].result)
  end

  describe("sign.lua", function()
    it("signs a message", function()
      local _, resolver = make_key "ed25519"
      local result = run("$LUA $examples/sign.lua example.com s1 s1.pem", message)
      assert.equal("", result.err)
      assert.equal(0, result.status)
      passes(result.out, resolver)
    end)

    it("says in one line what it cannot do", function()
      local no_key = run("$LUA $examples/sign.lua example.com s1 s1.pem", message)
      assert.same({ status = 65, out = "", err = "sign: s1.pem: No such file or directory\n" }, no_key)
      make_key "ed25519"
      local no_message = run("$LUA $examples/sign.lua example.com s1 s1.pem", "hello\n")
      assert.matches("^sign: [^\n]+\n$", no_message.err)
      assert.equal(65, no_message.status)
      assert.equal(64, run("$LUA $examples/sign.lua").status)
      assert.same({ status = 65, out = "", err = "sign: Is a directory\n" }, run("$LUA $examples/sign.lua example.com s1 s1.pem <."))
    end)
  end)

  describe("hsm_callback.lua", function()
    it("signs by another process", function()
      local _, resolver = make_key "rsa"
      local result = run("$LUA $examples/hsm_callback.lua example.com s1 s1.pem", message)
      assert.equal("", result.err)
      assert.equal(0, result.status)
      passes(result.out, resolver)
    end)

    it("says so where that process does not sign", function()
      local result = run("$LUA $examples/hsm_callback.lua example.com s1 s1.pem", message)
      assert.same({ status = 65, out = "", err = "hsm_callback: openssl has not signed with s1.pem\n" }, result)
    end)

    it("says in one line what it cannot do", function()
      for _, line in ipairs { "a..b s1 s1.pem", "example.com s1 s1.pem <." } do
        local result = run("$LUA $examples/hsm_callback.lua " .. line, message)
        assert.matches("^hsm_callback: [^\n]+\n$", result.err)
        assert.equal(65, result.status)
      end
    end)
  end)

  describe("verify.lua", function()
    it("tells each signature's result", function()
      local made = make_key "ed25519"
      shell.write(directory .. "/zone.json", ('{"s1._domainkey.example.com":[{"type":"TXT","data":"%s"}]}'):format(made:record()))
      local signer = assert(dkim.signer { domain = "example.com", selector = "s1", key = made })
      local good = run("$LUA $examples/verify.lua zone.json", assert(signer:sign(message)) .. message)
      assert.equal("", good.err)
      assert.matches("^pass\texample.com\t%-\t", good.out)
      assert.matches("Authentication-Results: mx.example.net;", good.out, 1, true)
      local bad = run("$LUA $examples/verify.lua zone.json", assert(signer:sign(message)) .. message .. "more\r\n")
      assert.matches("^fail\texample.com\tbody_hash_mismatch\t", bad.out)
      assert.same({ 0, 1 }, { good.status, bad.status })
    end)

    it("says in one line what it cannot do", function()
      shell.write(directory .. "/broken.json", "{")
      for line, words in pairs {
        ["none.json"] = "cannot read none.json: No such file or directory", ["broken.json"] = "broken.json: ", ["<."] = "Is a directory",
      } do
        local result = run("$LUA $examples/verify.lua " .. line, message)
        assert.matches("^verify: [^\n]+\n$", result.err)
        assert.matches(words, result.err, 1, true)
        assert.equal("", result.out)
        assert.equal(65, result.status)
      end
    end)

    it("tells that a message is not signed", function()
      shell.write(directory .. "/zone.json", "{}")
      local result = run("$LUA $examples/verify.lua zone.json", message)
      assert.matches("^none\t", result.out)
      assert.matches("dkim=none", result.out, 1, true)
      assert.equal(1, result.status)
    end)
  end)

  describe("check.lua", function()
    it("says of each customer what is wrong and how it is mended, without an argument", function()
      local result = run("$LUA $examples/check.lua")
      assert.equal("", result.err)
      assert.equal(0, result.status)
      assert.matches("^good%.example: ok\ndoubled%.example: error\n", result.out)
      assert.matches("Enter s1._domainkey as the record's name", result.out, 1, true)
      assert.matches("\nlate%.example: error\n", result.out)
      assert.matches("Correct the domain, or remove include:_spf.servcie.example", result.out, 1, true)
      assert.matches("  pending: s1%._domainkey%.late%.example does not have the TXT record yet[^\n]+\n[^\n]+\n$", result.out)
    end)

    it("calls it unknown, and says when to look again, where no server answers", function()
      local server = assert(fault_server.start())
      finally(function()
        server:stop()
      end)
      local result = run(("$LUA $examples/check.lua @%s servfail.test s1"):format(server.address))
      assert.equal("", result.err)
      assert.matches("^servfail%.test: unknown\n", result.out)
      assert.matches("looking again is of use from %d%d:%d%d:%d%d UTC on\n$", result.out)
      assert.is_nil(result.out:find("error:", 1, true))
    end)

    it("refuses wrong usage in one line", function()
      for _, arguments in ipairs { "--help", "@nonsense example.com" } do
        local result = run("$LUA $examples/check.lua " .. arguments)
        assert.matches("^check: [^\n]+\n$", result.err)
        assert.same({ 64, "" }, { result.status, result.out })
      end
    end)
  end)

  for _, name in ipairs { "lookups", "lookups_cqueues", "lookups_luv" } do
    describe(name .. ".lua", function()
      local server

      setup(function()
        server = assert(fault_server.start())
      end)

      teardown(function()
        server:stop()
      end)

      it("asks a zone without an argument", function()
        local result = run(("$LUA $examples/%s.lua"):format(name))
        assert.equal("", result.err)
        assert.equal(0, result.status)
        assert.matches("shop%.example +MX yes, SPF yes, DMARC yes\n", result.out)
        assert.matches("blog%.example +MX yes, SPF yes, DMARC no\n", result.out)
        assert.matches("nobody%.example +MX no, SPF no, DMARC no\n", result.out)
      end)

      it("asks a server about all names at once, and something else goes on meanwhile", function()
        local names = {}
        for i = 1, 50 do
          names[i] = ("delay200.nodata.n%d.test"):format(i)
        end
        local result = run(("$LUA $examples/%s.lua @%s %s a..b"):format(name, server.address, table.concat(names, " ")))
        assert.equal("", result.err)
        assert.equal(0, result.status)
        for i = 1, 50 do
          assert.matches(("delay200%%.nodata%%.n%d%%.test +MX no, SPF no, DMARC refused\n"):format(i), result.out)
        end
        assert.matches("a%.%.b +%S", result.out)
        local seconds, ticks = result.out:match("51 domains in ([%d.]+) seconds, and (%d+) ticks meanwhile\n$")
        assert.is_true(tonumber(seconds) >= 0.4 and tonumber(seconds) < 10, result.out)
        assert.is_true(tonumber(ticks) >= 5, result.out)
      end)

      it("refuses wrong usage in one line", function()
        for _, arguments in ipairs { "--help", "@nonsense example.com" } do
          local result = run(("$LUA $examples/%s.lua %s"):format(name, arguments))
          assert.matches("^" .. name .. ": [^\n]+\n$", result.err)
          assert.same({ 64, "" }, { result.status, result.out })
        end
      end)
    end)
  end

  local function in_order(text, ...)
    local position = 1
    for _, piece in ipairs { ... } do
      local first, last = text:find(piece, position, true)
      assert(first, "'" .. piece .. "' does not stand where it should in:\n" .. text)
      position = last + 1
    end
  end

  describe("domains.lua", function()
    it("takes a domain from its name to signed mail, and leaves nothing behind", function()
      local result = run("TMPDIR=$PWD $LUA $examples/domains.lua")
      assert.equal("", result.err)
      assert.equal(0, result.status)
      in_order(
        result.out,
        "unknown   TXT   _mailseal-challenge.news.example.com", "._domainkey.news.example.com", "refuse", "(not_verified)",
        "2. The customer types", ".example.com.example.com", "->",
        "3. He pastes", "news.example.com. 3600 IN TXT", "found     TXT   _dmarc.news.example.com", "send",
        "4. A message", "pass  news.example.com",
        "5. The customer does not pay", "hold", "(disabled)", "send", "released: message-1", "released: message-2", "released: message-3",
        "6. All of that", "created", "verified", "disabled", "enabled"
      )
      assert.is_nil(result.out:find("\27", 1, true))
      assert.equal("", shell.run("ls -A " .. shell.quote(directory)).out)
    end)

    it("says so where there is no Knot, and what it is used with wrongly, in one line", function()
      local result = run("mkdir bin; ln -s $(command -v $LUA) $(command -v sh) bin; PATH=$PWD/bin $LUA $examples/domains.lua")
      assert.equal("domains: Knot DNS is not installed: apt install knot knot-dnsutils\n", result.err)
      assert.equal(69, result.status)
      local wrong = run("$LUA $examples/domains.lua example.org")
      assert.same({ 64, "domains: usage: domains.lua\n" }, { wrong.status, wrong.err })
    end)
  end)

  describe("onboard.lua", function()
    it("tells the whole story without an argument, and leaves nothing behind", function()
      local result = run("TMPDIR=$PWD $LUA $examples/onboard.lua")
      assert.equal("", result.err)
      assert.equal(0, result.status)
      in_order(
        result.out,
        "mail-rsa", "mail-ed25519",
        "name    mail-rsa._domainkey.example.com", "value   v=DKIM1; k=rsa; p=",
        'mail-rsa._domainkey.example.com. 3600 IN TXT "v=DKIM1', "name    mail-ed25519._domainkey.example.com",
        "mail-rsa      Not there yet.", "mail-rsa      Another key is published there",
        "mail-rsa      Split over two TXT records", "mail-rsa      Visible, and right.",
        "DKIM-Signature: v=1; a=rsa-sha256;", "DKIM-Signature: v=1; a=ed25519-sha256;",
        "pass  mail-rsa", "pass  mail-ed25519",
        "Authentication-Results: mx.example.net;", "dkim=pass", "dkim=pass",
        "example.com is ready"
      )
      assert.is_nil(result.out:find("\27", 1, true))
      assert.equal("", shell.run("ls -A " .. shell.quote(directory)).out)
    end)

    it("ends its name server when it is interrupted", function()
      local result = run([[
        TMPDIR=$PWD $LUA $examples/onboard.lua >out & program=$!
        for i in 1 2 3 4 5 6 7 8 9 10; do grep -qs Waiting out && break; sleep 0.3; done
        server=$(cat */pid); kill -0 "$server" && echo "server runs"
        kill -INT "$program"; wait "$program"; echo "status $?"
        kill -0 "$server" 2>/dev/null || echo "server has ended"
        ls]])
      assert.equal("server runs\nstatus 130\nserver has ended\nout\n", result.out)
      assert.matches("^onboard: interrupted[^\n]*\n$", result.err)
    end)

    it("says so where there is no Knot", function()
      local result = run("mkdir bin; ln -s $(command -v $LUA) $(command -v sh) bin; PATH=$PWD/bin $LUA $examples/onboard.lua")
      assert.equal("onboard: Knot DNS is not installed: apt install knot knot-dnsutils\n", result.err)
      assert.equal(69, result.status)
    end)

    it("refuses wrong usage in one line", function()
      for _, arguments in ipairs { "--frob", "example.org example.com", "--selector", "'exa mple'", "example.org --selector ../s" } do
        local result = run("$LUA $examples/onboard.lua " .. arguments)
        assert.matches("^onboard: [^\n]+\n$", result.err)
        assert.equal(64, result.status)
      end
    end)

    describe("with a domain", function()
      local server

      setup(function()
        server = assert(knot.start { zones = { ["example.org"] = knot.EMPTY } })
      end)

      teardown(function()
        server:stop()
      end)

      it("makes keys in files, waits, and uses them again", function()
        local started = run(([[
          $LUA $examples/onboard.lua example.org --selector new --server %s >out & program=$!
          for i in 1 2 3 4 5 6 7 8 9 10; do grep -qs "new-ed25519  Not there" out && break; sleep 0.3; done
          kill -INT "$program"; wait "$program"; echo "status $?"; stat -c "%%a %%n" *.pem]]):format(server.address))
        assert.equal("status 130\n600 new-ed25519.example.org.pem\n600 new-rsa.example.org.pem\n", started.out)

        local changes = {}
        for i, selector in ipairs { "new-rsa", "new-ed25519" } do
          local text = assert(key.load_file(("%s/%s.example.org.pem"):format(directory, selector))):record()
          changes[i] = ('add %s._domainkey 60 TXT "%s" "%s"'):format(selector, text:sub(1, 200), text:sub(201))
        end
        assert(server:update("example.org", changes))
        local result = run("$LUA $examples/onboard.lua example.org --selector new --server " .. server.address)
        assert.equal("", result.err)
        assert.equal(0, result.status)
        in_order(
          result.out, "used again: ./new-rsa.example.org.pem", "used again: ./new-ed25519.example.org.pem",
          "new-rsa       Visible, and right.", "new-ed25519   Visible, and right.",
          "d=example.org;", "From: Ada of the Example Shop <ada@example.org>", "pass  new-rsa", "example.org is ready"
        )
      end)

      it("asks the machine's servers where none is named", function()
        shell.write(directory .. "/resolv.conf", "nameserver " .. server.address .. "\n")
        local result = run([[
          $LUA $examples/onboard.lua example.org --selector own --resolv-conf resolv.conf >out & program=$!
          for i in 1 2 3 4 5 6 7 8 9 10; do grep -qs "own-ed25519  Not there" out && break; sleep 0.3; done
          kill -INT "$program"; wait "$program"; echo "status $?"]])
        assert.equal("status 130\n", result.out)
        in_order(shell.read(directory .. "/out"), "own-rsa       Not there yet.", "own-ed25519   Not there yet.")
      end)

      it("refuses a server that is none before it makes a key", function()
        local result = run("$LUA $examples/onboard.lua example.org --server nonsense >/dev/null; echo $?; ls *.pem 2>&-")
        assert.equal("64\n", result.out)
        assert.equal('onboard: "nonsense" is not the address of a server\n', result.err)
      end)

      it("never touches a file that is no key", function()
        local path = directory .. "/mail-rsa.example.org.pem"
        shell.write(path, "precious")
        local result = run("$LUA $examples/onboard.lua example.org --server " .. server.address)
        assert.matches("^onboard: [^\n]*mail%-rsa.example.org.pem[^\n]*\n$", result.err)
        assert.equal(65, result.status)
        assert.equal("precious", shell.read(path))
      end)
    end)
  end)
end)
