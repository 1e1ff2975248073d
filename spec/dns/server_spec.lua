local server = require "mailseal.dns.server"

describe("dns.server", function()
  it("takes names apart", function()
    for name, wanted in pairs {
      ["192.0.2.1"] = { "192.0.2.1", 53 }, ["192.0.2.1:5353"] = { "192.0.2.1", 5353 }, ["2001:db8::1"] = { "2001:db8::1", 53 },
      ["[2001:db8::1]"] = { "2001:db8::1", 53 }, ["[2001:db8::1]:5353"] = { "2001:db8::1", 5353 },
    } do
      assert.same(wanted, { server.parse(name) }, name)
      assert.is_true(server.is_server(name), name)
    end
  end)

  it("refuses what is no name", function()
    for _, name in ipairs { "", "localhost", "192.0.2.1:0", "192.0.2.1:65536", "[192.0.2.1", "1:2:3:", "192.0.2.1:x", "fe80::1%eth0", 5 } do
      assert.is_false(server.is_server(name))
    end
    assert.equal("bad_server", select(3, server.parse "localhost"))
  end)

  it("takes a list of them, each known to whoever asks for it", function()
    local given = { "192.0.2.1", "::1" }
    local names = server.list(given, server.parse)
    assert.same(given, names)
    assert.are_not.equal(given, names)
    assert.same({ nil, '"nobody" is not the address of a server', "bad_server" }, { server.list({ "::1", "nobody" }, server.parse) })
    for _, wrong in ipairs { {}, "192.0.2.1", 5 } do
      assert.same({ nil, "servers must be a list of one or more addresses", "bad_server" }, { server.list(wrong, server.parse) })
    end
  end)

  it("says why one of them has given no answer", function()
    assert.same({ nil, "::1 does not answer", "timeout" }, { server.failure("::1", "timeout") })
    assert.same({ nil, "::1 cannot be reached", "unreachable" }, { server.failure("::1", "unreachable", "connection refused") })
    assert.same({ nil, "asking ::1 failed", "failed" }, { server.failure("::1", "failed") })
    assert.same({ nil, "asking ::1 failed: no socket", "failed" }, { server.failure("::1", "failed", "no socket") })
    assert.same({ nil, "asking ::1 failed", "new" }, { server.failure("::1", "new") })
  end)

  it("refuses what only looks like an address", function()
    for _, name in ipairs { "192.0.2.256", "192.0.2", "1.2.3.4.5", "1:2:3", "beef", ":::" } do
      assert.is_false(server.is_server(name), name)
    end
  end)

  it("knows this machine", function()
    for _, name in ipairs { "127.0.0.1", "127.0.0.53:5353", "::1", "[::1]:53" } do assert.is_true(server.is_loopback(name), name) end
    for _, name in ipairs { "192.0.2.1", "12.7.0.1", "::2", "[2001:db8::1]:53" } do assert.is_false(server.is_loopback(name), name) end
  end)
end)
