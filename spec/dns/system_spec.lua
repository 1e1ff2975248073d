local dns = require "mailseal.dns"
local shell = require "spec.support.shell"
local system = require "mailseal.dns.system"

local directory, path

setup(function()
  directory = shell.new_directory()
  path = directory .. "/resolv.conf"
end)
teardown(function() shell.remove_directory(directory) end)

describe("dns.system", function()
  local function read(text)
    shell.write(path, text)
    return system.read(path)
  end

  it("reads servers and options of resolv.conf", function()
    assert.same({ servers = { "192.0.2.1", "2001:db8::1" }, passed_over = {}, timeout = 3, tries = 4, rotate = true, trusted = true },
      read [[
# a comment
; nameserver 192.0.2.7
nameserver 192.0.2.1 # another
domain example.net
search example.com
nameserver	2001:db8::1
options edns0 timeout:3 single-request attempts:4
options rotate trust-ad ndots:2
]])
  end)

  it("takes the first three servers that can be asked, as the C library does", function()
    local lines = {}
    for i = 1, 1000 do lines[i] = "nameserver nobody\nnameserver 192.0.2." .. i end
    local found = read(table.concat(lines, "\n"))
    assert.same({ "192.0.2.1", "192.0.2.2", "192.0.2.3" }, found.servers)
    assert.equal(8, #found.passed_over)
  end)

  it("shows of what it passed over no more than fits a line, and nothing that a terminal obeys", function()
    local found = read("nameserver \27[31m\155x\r\nnameserver " .. ("1"):rep(1000000) .. "\n")
    assert.same({ "?[31m?x", ("1"):rep(64) .. "..." }, found.passed_over)
  end)

  it("takes ports", function()
    assert.same({ "192.0.2.1:5353", "[2001:db8::1]:5353" },
      read("nameserver 192.0.2.1:5353\nnameserver [2001:db8::1]:5353\n").servers)
  end)

  it("tells what it passed over", function()
    local found = read "nameserver fe80::1%eth0\nnameserver 192.0.2.1\nnameserver localhost\nnameserver 1.2.3\n"
    assert.same({ "192.0.2.1" }, found.servers)
    assert.same({ "fe80::1%eth0", "localhost", "1.2.3" }, found.passed_over)
  end)

  it("keeps options within reason", function()
    local found = read "nameserver 192.0.2.1\noptions timeout:9999 attempts:9999"
    assert.equal(30, found.timeout)
    assert.equal(5, found.tries)
    found = read "options timeout:0 attempts:x no-rotate trust-ads xtimeout:3"
    assert.is_nil(found.timeout)
    assert.is_nil(found.tries)
    assert.is_nil(found.rotate)
    assert.is_nil(found.trusted)
  end)

  it("takes this machine where nobody is named, or there is no file", function()
    assert.same({ "127.0.0.1" }, read "".servers)
    assert.same({ "127.0.0.1" }, system.read(directory .. "/nowhere").servers)
  end)

  describe("watching", function()
    local moment, watch

    before_each(function()
      moment = 1000
      shell.write(path, "nameserver 192.0.2.1\n")
      watch = system.watch(path, function() return moment end)
    end)

    it("sees a change, after a while", function()
      assert.same({ "192.0.2.1" }, watch.found.servers)
      shell.write(path, "nameserver 192.0.2.2\n")
      assert.is_nil(watch:changed())
      moment = moment + 5
      assert.same({ "192.0.2.2" }, watch:changed().servers)
      assert.same({ "192.0.2.2" }, watch.found.servers)
      moment = moment + 5
      assert.is_nil(watch:changed())
    end)

    it("takes no file, and one that names nobody, for one that is being written", function()
      for _, text in ipairs { "", "nameserver", "nameserver 192.0." } do
        shell.write(path, text)
        moment = moment + 5
        assert.is_nil(watch:changed())
      end
      os.remove(path)
      moment = moment + 5
      assert.is_nil(watch:changed())
      assert.same({ "192.0.2.1" }, watch.found.servers)
      shell.write(path, "nameserver 192.0.2.3\n")
      moment = moment + 5
      assert.same({ "192.0.2.3" }, watch:changed().servers)
    end)

    it("misses no change, not even one in the moment in which it begins", function()
      shell.write(path, "nameserver 192.0.2.1\n")
      local open = io.open
      -- The file changes as soon as it has been read.
      io.open = function(...) -- luacheck: ignore
        local file = open(...)
        return {
          read = function(_, ...)
            local text = file:read(...)
            io.open = open -- luacheck: ignore
            shell.write(path, "nameserver 192.0.2.2\n")
            return text
          end,
          close = function() return file:close() end,
        }
      end
      watch = system.watch(path, function() return moment end)
      io.open = open -- luacheck: ignore
      assert.same({ "192.0.2.1" }, watch.found.servers)
      moment = moment + 5
      assert.same({ "192.0.2.2" }, watch:changed().servers)
    end)
  end)
end)

describe("dns.resolver without servers", function()
  local function resolver_by(text, options)
    shell.write(path, text)
    options = options or {}
    options.resolv_conf = path
    return dns.resolver(options)
  end

  it("takes them, and how to ask them, from resolv.conf", function()
    local resolver = assert(resolver_by "nameserver 127.0.0.77\noptions timeout:1 attempts:1\n")
    assert.same({ "127.0.0.77" }, resolver.transport.servers)
    assert.equal(1, resolver.asker.timeout)
    assert.equal(1, resolver.asker.tries)
  end)

  it("tells whom it asks, and whom it passed over", function()
    local resolver = assert(resolver_by "nameserver fe80::1%eth0\nnameserver 127.0.0.77\n")
    assert.same({ { "127.0.0.77" }, { "fe80::1%eth0" } }, { resolver:servers() })
    assert.same({ { "192.0.2.1" }, {} }, { assert(dns.resolver { servers = { "192.0.2.1" } }):servers() })
    assert.same({ {}, {} }, { assert(dns.resolver { zone = {} }):servers() })
  end)

  it("puts what it is told itself before that", function()
    local resolver = assert(resolver_by("nameserver 127.0.0.77\noptions timeout:1 attempts:1\n", { timeout = 3, tries = 4 }))
    assert.equal(3, resolver.asker.timeout)
    assert.equal(4, resolver.asker.tries)
  end)

  it("is none where no server can be asked", function()
    local resolver, message, code = resolver_by "nameserver fe80::1%eth0\n"
    assert.is_nil(resolver)
    assert.equal(path .. " names no server that can be asked, only fe80::1%eth0", message)
    assert.equal("bad_server", code)
    message = select(2, resolver_by(("nameserver \27[2J" .. ("x"):rep(500) .. "\n"):rep(100)))
    assert.is_true(#message < 1000 and not message:find "%c", message)
  end)

  describe("whose resolv.conf changes", function()
    local resolver_of = require "mailseal.dns.resolver"
    local stage = require "spec.support.dns_stage"

    it("asks the new servers, and forgets what the old ones said", function()
      local moment = 1000
      local function clock() return moment end
      local transport = stage.new "$ORIGIN test.\n@ SOA ns host 1 2 3 4 5\na TXT x\n"
      shell.write(path, "nameserver 192.0.2.1\noptions attempts:1\n")
      local resolver = resolver_of.new(transport, {
        system = system.watch(path, clock), cache = require "mailseal.dns.cache".new { now = clock }, now = clock,
      })
      assert.equal("192.0.2.1", resolver:query("a.test", "TXT").server)
      shell.write(path, "nameserver 192.0.2.2\nnameserver 192.0.2.3\noptions attempts:3 timeout:4\n")
      moment = moment + 10
      assert.equal("192.0.2.2", resolver:query("b.test", "TXT").server)
      assert.equal(3, resolver.asker.tries)
      assert.equal(4, resolver.asker.timeout)
      assert.equal("192.0.2.2", resolver:query("a.test", "TXT").server)
      -- Nor does it need a question that nobody has asked before.
      shell.write(path, "nameserver 192.0.2.4\n")
      moment = moment + 10
      local answer = resolver:query("a.test", "TXT")
      assert.is_nil(answer.from_cache)
      assert.equal("192.0.2.4", answer.server)
    end)

    it("keeps nothing that the old servers say later", function()
      local moment = 1000
      local function clock() return moment end
      local transport = stage.new "$ORIGIN test.\n@ SOA ns host 1 2 3 4 5\na TXT x\nb TXT x\n"
      shell.write(path, "nameserver 192.0.2.1\n")
      local resolver = resolver_of.new(transport, {
        system = system.watch(path, clock), cache = require "mailseal.dns.cache".new { now = clock }, now = clock,
      })
      transport.holds = true
      local answers = stage.side_by_side(
        function() return resolver:query("a.test", "TXT") end,
        function()
          shell.write(path, "nameserver 192.0.2.2\n")
          moment = moment + 10
          return resolver:query("b.test", "TXT")
        end,
        function() return resolver:query("a.test", "TXT") end,
        function()
          for number = 1, 3 do transport:release(number) end
        end
      )
      assert.equal("192.0.2.1", answers[1].server)
      assert.equal("192.0.2.2", answers[2].server)
      assert.equal("192.0.2.2", answers[3].server)
      transport.holds = false
      local again = resolver:query("a.test", "TXT")
      assert.is_true(again.from_cache)
      assert.equal("192.0.2.2", again.server)
    end)

    -- A server that says of everything that it has validated it.
    local function boasting(text)
      local transport = stage.new(text)
      local exchange = transport.exchange
      function transport:exchange(query)
        local reply = exchange(self, query)
        return reply:sub(1, 3) .. string.char(reply:byte(4) % 32 + 32 + (reply:byte(4) >= 128 and 128 or 0)) .. reply:sub(5)
      end
      return transport
    end

    local function authentic(text)
      shell.write(path, text)
      local resolver = resolver_of.new(boasting "$ORIGIN test.\na TXT x\n", { system = system.watch(path) })
      return resolver:query("a.test", "TXT").authentic
    end

    it("believes what they say of DNSSEC where it is told so, or they are this machine", function()
      assert.is_false(authentic "nameserver 192.0.2.1\n")
      assert.is_true(authentic "nameserver 192.0.2.1\noptions trust-ad\n")
      assert.is_true(authentic "nameserver 127.0.0.53\nnameserver ::1\n")
      assert.is_false(authentic "nameserver 127.0.0.1\nnameserver 192.0.2.1\n")
      assert.is_true(resolver_of.new(boasting "$ORIGIN test.\na TXT x\n"):query("a.test", "TXT").authentic)
    end)

    it("believes no more of what another resolver, which does, has put into a common cache", function()
      local transport, common = boasting "$ORIGIN test.\na TXT x\n", require "mailseal.dns.cache".new()
      shell.write(path, "nameserver 192.0.2.1\n")
      local believer = resolver_of.new(transport, { cache = common })
      local other = resolver_of.new(transport, { cache = common, system = system.watch(path) })
      assert.is_true(believer:query("a.test", "TXT").authentic)
      local answer = other:query("a.test", "TXT")
      assert.same({ true, false }, { answer.from_cache, answer.authentic })
    end)
  end)
end)
