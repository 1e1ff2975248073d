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
