local unpack = table.unpack or unpack -- luacheck: ignore
local dns = require "mailseal.dns"
local host = require "mailseal.host"
local zones = require "spec.support.zones"

local function soa(server)
  return { type = "SOA", data = server .. ". hostmaster.example. 1 3600 600 86400 900" }
end

local function ns(...)
  local list = {}
  for i, server in ipairs { ... } do
    list[i] = { type = "NS", data = server .. "." }
  end
  return list
end

-- com, which delegates example.com to these name servers.
local function world(name_servers, added)
  local zone = {
    ["com"] = { soa "a.gtld.example", ns("a.gtld.example")[1] },
    ["a.gtld.example"] = { { type = "A", data = "192.0.2.55" } },
    ["example.com"] = { soa(name_servers[1]), unpack(ns(unpack(name_servers))) },
  }
  for i, server in ipairs(name_servers) do
    zone[server] = { { type = "A", data = "192.0.2." .. i } }
  end
  for name, records in pairs(added or {}) do
    zone[name] = records
  end
  return zone
end

local function detect(domain, zone, options)
  options = options or {}
  options.resolver = assert(dns.resolver { zone = zone })
  return host.detect(domain, options)
end

local godaddy = { "ns01.domaincontrol.com", "ns02.domaincontrol.com" }

describe("the DNS host of a domain", function()
  it("is told by the name servers at the zone cut, however deep the domain is below it", function()
    for _, domain in ipairs { "example.com", "mail.example.com", "a.b.c.example.com", "MAIL.Example.COM." } do
      local found = assert(detect(domain, world(godaddy)))
      assert.equal("godaddy", found.id)
      assert.equal("GoDaddy", found.name)
      assert.equal("example.com", found.zone)
      assert.equal("parent", found.name_servers_from)
      assert.same(godaddy, found.name_servers)
      assert.same({ "domain_connect", "api" }, found.automatic)
      assert.equal(host.find "godaddy", found.rule)
      assert.is_nil(found.split)
    end
  end)

  it("is that of a subdomain where that is a zone of its own", function()
    local zone = world(godaddy, {
      ["mail.example.com"] = { soa "ada.ns.cloudflare.com", unpack(ns("ada.ns.cloudflare.com", "bob.ns.cloudflare.com")) },
      ["ada.ns.cloudflare.com"] = { { type = "A", data = "192.0.2.21" } },
      ["bob.ns.cloudflare.com"] = { { type = "A", data = "192.0.2.22" } },
    })
    local found = assert(detect("mail.example.com", zone))
    assert.same({ "cloudflare", "mail.example.com" }, { found.id, found.zone })
    found = assert(detect("news.example.com", zone))
    assert.same({ "godaddy", "example.com" }, { found.id, found.zone })
  end)

  it("is that which the zone above delegates to, whatever the zone itself says", function()
    local zone = world { "ns01.domaincontrol.com" }
    table.insert(zone["example.com"], { type = "NS", data = "ns1.old.example.", servers = { "a.gtld.example", "ns1.old.example" } })
    zone["ns1.old.example"] = { { type = "A", data = "192.0.2.9" } }
    local found = assert(detect("example.com", zone))
    assert.same({ "ns01.domaincontrol.com", "ns1.old.example" }, found.name_servers)
    assert.same({ "ns01.domaincontrol.com" }, found.own_name_servers)
    assert.same({ "godaddy", "unknown" }, found.split)
    found = assert(detect("example.com", zone, { parent = false }))
    assert.same({ "godaddy", "child" }, { found.id, found.name_servers_from })
    assert.is_nil(found.own_name_servers)
  end)

  it("is what the zone says where the zone above cannot be asked", function()
    local found = assert(detect("mail.example.com", zones.served_by(godaddy)))
    assert.same({ "godaddy", "child", "example.com" }, { found.id, found.name_servers_from, found.zone })
  end)

  it("is nobody's where no rule fits: nothing is guessed", function()
    local found = assert(detect("mail.example.com", world { "ns1.example.com", "ns2.example.com" }))
    assert.is_nil(found.id)
    assert.is_nil(found.rule)
    assert.is_nil(found.automatic)
    assert.is_nil(found.split)
    assert.equal("example.com", found.zone)
    assert.same({ "ns1.example.com", "ns2.example.com" }, found.name_servers)
    found = assert(detect("example.com", world { "ns1.mydomaincontrol.com", "ns1.domaincontrol.com.example" }))
    assert.is_nil(found.id)
  end)

  it("is nobody's where no name servers are known", function()
    local found = assert(detect("mail.example.com", zones.plain()))
    assert.same({ nil, "example.com", {} }, { found.id, found.zone, found.name_servers })
  end)

  it("is split where the name servers are not all one host's", function()
    local found = assert(detect("example.com", world { "ns01.domaincontrol.com", "ada.ns.cloudflare.com" }))
    assert.same({ "cloudflare", "godaddy" }, found.split)
    assert.is_nil(found.id)
    assert.is_nil(found.rule)
    found = assert(detect("example.com", world { "ns01.domaincontrol.com", "ns1.own.example" }))
    assert.same({ "godaddy", "unknown" }, found.split)
  end)

  it("cannot be told where several hosts have just these name servers", function()
    local found = assert(detect("example.com", world { "ns-cloud-a1.googledomains.com", "ns-cloud-a2.googledomains.com" }))
    assert.same({ "google-cloud-dns", "shopify", "squarespace" }, found.ambiguous)
    assert.is_nil(found.id)
    found = host.identify { "ns-cloud-a1.googledomains.com", "nsa1.squarespacedns.com" }
    assert.equal("squarespace", found.id)
  end)

  it("is the more specific one, which says who else it may be", function()
    local found = host.identify { "dns1.p05.nsone.net", "dns2.p05.nsone.net" }
    assert.same({ "netlify", { "ns1" } }, { found.id, found.alternatives })
    found = host.identify { "dns1.p05.nsone.net", "ns-europe.nsone.net" }
    assert.equal("ns1", found.id)
    assert.is_nil(found.alternatives)
  end)

  it("is told by names however they are written", function()
    local found = host.identify { "NS02.DomainControl.com.", "ns01.domaincontrol.com", "ns01.domaincontrol.com." }
    assert.equal("godaddy", found.id)
    assert.same(godaddy, found.name_servers)
    assert.same({ name_servers = {} }, host.identify {})
  end)
end)

describe("while DNS fails, the DNS host of a domain", function()
  it("is not known for now, and never called unknown", function()
    for fault, code in pairs { timeout = "timeout", servfail = "servfail", refused = "refused" } do
      local found, message, got = detect("mail.example.com", { ["com"] = { { error = fault } }, ["example.com"] = { { error = fault } },
        ["mail.example.com"] = { { error = fault } } })
      assert.is_nil(found)
      assert.equal(code, got)
      assert.matches("the zone of mail.example.com cannot be told", message, 1, true)
    end
  end)

  it("is not known where the zone is, and its name servers are not to be had", function()
    local zone = zones.plain { ["example.com"] = { { type = "NS", error = "servfail" } } }
    local found, message, code = detect("example.com", zone)
    assert.is_nil(found)
    assert.equal("servfail", code)
    assert.equal("the name servers of example.com cannot be told: servfail", message)
  end)

  it("is told by the zone above where that answers", function()
    local zone = world(godaddy)
    zone["example.com"] = { soa "ns01.domaincontrol.com", { type = "NS", error = "timeout" } }
    local resolver = assert(dns.resolver { zone = zone })
    function resolver:delegation(name) -- luacheck: ignore 212
      return { zone = name, hosts = godaddy, parent = "com" }
    end
    assert.equal("godaddy", assert(host.detect("example.com", { resolver = resolver })).id)
  end)

  it("is told by the zone above for a registered domain whose own name servers say nothing, and then that is told, too", function()
    local fetched = world(godaddy)
    fetched["example.com"], fetched["mail.example.com"] = { { error = "servfail" } }, { { error = "servfail" } }
    local resolver = assert(dns.resolver { zone = fetched })
    function resolver:delegation(zone) -- luacheck: ignore 212
      return { zone = zone, hosts = godaddy, parent = "com" }
    end
    local found = assert(host.detect("Example.com", { resolver = resolver, registrable = "example.com" }))
    assert.same({ "godaddy", "example.com", "parent", "servfail" }, { found.id, found.zone, found.name_servers_from, found.fault })
    for domain, options in pairs {
      ["example.com"] = { registrable = "example.com", parent = false }, ["mail.example.com"] = { registrable = "example.com" },
    } do
      options.resolver = resolver
      assert.equal("servfail", select(3, host.detect(domain, options)))
    end
  end)
end)

describe("a domain that nobody has set up", function()
  it("has no DNS host, and is told from one whose host is not known", function()
    local found, message, code = detect("unregistered.com", world(godaddy))
    assert.is_nil(found)
    assert.equal("not_delegated", code)
    assert.equal("nobody has registered unregistered.com, or no name servers are set for it: it is in the zone com", message)
  end)

  it("is no registry", function()
    local found, message, code = detect("com", world(godaddy))
    assert.is_nil(found)
    assert.same({ "com is no domain of a customer: others register names in it", "not_delegated" }, { message, code })
  end)

  it("is known by its registrable domain where registries have longer names", function()
    local zone = { ["co.uk"] = { soa "ns1.nic.uk", ns("ns1.nic.uk")[1] } }
    assert.equal("not_delegated", select(3, detect("mail.shop.co.uk", zone, { registrable = "shop.co.uk" })))
    assert.equal("co.uk", detect("mail.shop.co.uk", zone).zone)
  end)

  it("is an error of its own where there is no zone at all, or no name", function()
    assert.equal("no_zone", select(3, detect("mail.example.com", { ["example.com"] = { { type = "TXT", data = "x" } } })))
    for _, name in ipairs { "", "a..b", "exa mple.com", ("a"):rep(64) .. ".com" } do
      local found, _, code = detect(name, zones.plain())
      assert.is_nil(found)
      assert.equal("bad_name", code)
    end
    assert.equal("xn--bcher-kva.example", detect("BÜCHER.example", {
      ["xn--bcher-kva.example"] = { soa "ns1.example", ns("ns1.example")[1] },
    }).zone)
  end)
end)

describe("host.detect and host.identify", function()
  it("are told what they want", function()
    assert.has_error(function() host.detect("example.com", {}) end, "host.detect wants a resolver")
    assert.has_error(function() host.detect "example.com" end, "host.detect wants a resolver")
    assert.has_error(function() host.detect(1, {}) end, "host.detect wants a domain")
    assert.has_error(function() host.detect("example.com", { resolver = {} }) end)
    assert.has_error(function() host.detect("example.com", { resover = 1 }) end)
    assert.has_error(function() host.identify "ns1.example" end, "host.identify wants a list of names")
    assert.has_error(function() host.identify { 1 } end, "host.identify wants a list of names")
  end)
end)
