local address = require "mailseal.fetch.address"

describe("an address that a name leads to", function()
  local kinds = {
    public = "8.8.8.8 1.1.1.1 11.0.0.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.167.1.1 198.17.0.1 223.255.255.255 "
      .. "2001:4860:4860::8888 2600:: 2a00:1450::1 2003::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1",
    loopback = "127.0.0.1 127.255.255.254 ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 64:ff9b::127.0.0.1 2002:7f00:1::",
    private = "10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 ::ffff:10.0.0.1 64:ff9b::192.168.1.1 2002:c0a8:1::1 fec0::1",
    shared = "100.64.0.1 100.127.255.255 ::ffff:100.64.0.1",
    link_local = "169.254.169.254 fe80::1 febf::1 ::ffff:169.254.169.254 64:ff9b::169.254.169.254",
    unique_local = "fc00::1 fd00:ec2::254",
    multicast = "224.0.0.1 239.255.255.255 ff02::1 ::ffff:224.0.0.1",
    unspecified = "0.0.0.0 0.1.2.3 :: ::ffff:0.0.0.0",
    documentation = "192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 3fff::1",
    reserved = "240.0.0.1 255.255.255.255 192.0.0.8 192.88.99.1 198.18.0.1 198.19.255.255 ::127.0.0.1 ::8.8.8.8 2001::1 2001:20::1 "
      .. "64:ff9b:1::1 100::1 4000::1 5f00::1",
  }

  for kind, list in pairs(kinds) do
    it("may be " .. kind, function()
      for one in list:gmatch "%S+" do
        assert.equal(kind, address.kind(one), one)
        assert.equal(kind == "public", (address.is_allowed(one)), one)
      end
    end)
  end

  it("may be none at all, in whatever form older programs know", function()
    for _, one in ipairs { "", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "127.0.0.1.", "::1%lo", "[::1]", "localhost" } do
      assert.is_nil(address.kind(one), one)
      assert.is_false((address.is_allowed(one, true)), one)
    end
  end)

  it("is connected to in private networks where that is allowed, and even then not where clouds tell their machines' secrets", function()
    for _, one in ipairs { "127.0.0.1", "10.1.2.3", "100.64.0.1", "fd00::1", "::1", "8.8.8.8" } do
      assert.is_true((address.is_allowed(one, true)), one)
    end
    for _, one in ipairs { "169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::ffff:169.254.169.254", "255.255.255.255" } do
      assert.is_false((address.is_allowed(one, true)), one)
    end
  end)
end)
