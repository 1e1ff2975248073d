local dns = require "mailseal.dns"

-- The zone above names one server that the zone itself does not, and another host has a zone of that name to which nobody is sent.
local zone = {
  ["com"] = { { type = "SOA", data = "a.nic.example. h.nic.example. 1 2 3 4 20" }, { type = "NS", data = "a.nic.example." } },
  ["a.nic.example"] = { { type = "A", data = "192.0.2.50" } },
  ["example.com"] = {
    { type = "SOA", data = "ns1.live.example. h.live.example. 1 2 3 4 20" },
    { type = "NS", data = "ns1.live.example." },
    { type = "NS", data = "ns1.old.example.", servers = { "a.nic.example", "ns1.old.example" } },
    { type = "NS", data = "ns1.panel.example.", servers = { "ns1.panel.example" } },
  },
  ["ns1.live.example"] = { { type = "A", data = "192.0.2.1" } },
  ["ns1.old.example"] = { { type = "A", data = "192.0.2.2" } },
  ["ns1.panel.example"] = { { type = "A", data = "192.0.2.3" } },
  ["key.example.com"] = { { type = "TXT", data = "here", servers = { "ns1.panel.example" } } },
}

local function resolver() return assert(dns.resolver { zone = zone }) end

describe("resolver:delegation", function()
  it("tells which servers the zone above sends to, whatever the zone itself names", function()
    assert.same({ zone = "example.com", parent = "com", hosts = { "ns1.live.example", "ns1.old.example" } },
      resolver():delegation "Example.COM.")
    local found = resolver():authoritative("key.example.com", "TXT")
    assert.same({ "child", 1, "nxdomain" }, { found.name_servers_from, #found.servers, found.status })
  end)

  it("names none where there is no zone above, and the root has none", function()
    assert.same({ zone = "com", hosts = {} }, resolver():delegation "com")
    assert.same({ zone = ".", hosts = {} }, resolver():delegation ".")
  end)

  it("takes no name that is none, and no option that is none", function()
    assert.equal("bad_name", select(3, resolver():delegation(("a"):rep(64) .. ".example")))
    assert.has_error(function() resolver():delegation(1) end)
    assert.has_error(function() resolver():delegation("example.com", { hosts = {} }) end)
  end)
end)

describe("resolver:authoritative with hosts", function()
  it("asks these, whether or not the zone is delegated to them", function()
    local found = resolver():authoritative("key.example.com", "TXT", { hosts = { "NS1.panel.example.", "ns1.live.example" } })
    assert.equal("propagating", found.status)
    assert.equal("1 of 2 name servers has it", found.summary)
    assert.is_nil(found.zone)
    assert.same({ "ns1.panel.example", "here" }, { found.servers[1].host, found.servers[1].answer.text[1] })
  end)

  it("says of one that does not serve the zone that it is lame, and of one without an address that", function()
    local found = resolver():authoritative("key.example.com", "TXT", { hosts = { "a.nic.example", "gone.example" } })
    assert.same({ "lame", "unresolved" }, { found.servers[1].state, found.servers[2].state })
  end)

  it("asks sixteen at most", function()
    local hosts = {}
    for i = 1, 20 do hosts[i] = ("ns%d.live.example"):format(i) end
    local found = resolver():authoritative("key.example.com", "TXT", { hosts = hosts })
    assert.equal(16, #found.servers)
    assert.is_true(found.capped)
    assert.matches("4 more were not asked", found.summary)
  end)

  it("takes names alone", function()
    assert.has_error(function() resolver():authoritative("key.example.com", "TXT", { hosts = "ns1.live.example" }) end)
    assert.equal(0, #resolver():authoritative("key.example.com", "TXT", { hosts = { ("a"):rep(64) } }).servers)
  end)
end)
