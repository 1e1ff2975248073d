local proxies = require "mailseal.check.publication.proxies"

describe("a proxy is told by its addresses:", function()
  it("by the first and the last of a network, and by none beside it", function()
    for network, addresses in pairs {
      ["104.16.0.0/13"] = { "104.15.255.255", "104.16.0.0", "104.23.255.255", "104.28.0.0" },
      ["172.64.0.0/13"] = { "172.63.255.255", "172.64.0.0", "172.71.255.255", "172.72.0.0" },
      ["198.41.128.0/17"] = { "198.41.127.255", "198.41.128.0", "198.41.255.255", "198.42.0.0" },
      ["2606:4700::/32"] = { "2606:46ff:ffff::", "2606:4700::", "2606:4700:ffff:ffff::1", "2606:4701::" },
      ["2a06:98c0::/29"] = { "2a06:98bf:ffff::", "2a06:98c0::", "2a06:98c7:ffff::", "2a06:98c8::" },
    } do
      assert.same({ nil, "Cloudflare", "Cloudflare", nil }, {
        proxies.of(addresses[1]), proxies.of(addresses[2]), proxies.of(addresses[3]), proxies.of(addresses[4]),
      }, network)
    end
  end)

  it("of what is no address, none", function()
    for _, text in ipairs { "", "104.16.0", "example.com", "104.16.0.0/13", ":" } do assert.is_nil(proxies.of(text)) end
  end)
end)
