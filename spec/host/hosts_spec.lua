local host = require "mailseal.host"

local unpack = table.unpack or unpack -- luacheck: ignore

-- Every host, with name servers as its customers have them, and how records of the zone example.com are typed there where it is in
-- another way than most have it: for the zone itself (`apex`); the `target` of a CNAME; the mail server of an MX (`exchange`), with "+"
-- where the priority has a field of its own; and a `text` of 410 octets, "plain", "quoted" or "impossible".
local hosts = {
  { "godaddy", { "ns01.domaincontrol.com", "ns02.domaincontrol.com" }, apex = "@" },
  { "bluehost", { "ns1.bluehost.com", "ns2.bluehost.com" }, apex = "@" },
  { "hostgator", { "ns6101.hostgator.com", "ns6102.hostgator.com" }, apex = "example.com" },
  { "hostgator", { "ns1.websitewelcome.com", "ns1.launchpad.net" }, apex = "example.com" },
  { "dreamhost", { "ns1.dreamhost.com", "ns2.dreamhost.com", "ns3.dreamhost.com" }, apex = "" },
  { "liquidweb", { "ns.liquidweb.com", "ns1.liquidweb.com" }, apex = "" },
  { "liquidweb", { "ns.sourcedns.com", "ns1.sourcedns.com" }, apex = "" },
  { "inmotion", { "ns1.inmotionhosting.com", "ns2.inmotionhosting.com" }, apex = "example.com" },
  { "inmotion", { "ns.servconfig.com", "ns2.webhostinghub.com" }, apex = "example.com" },
  { "cloudflare", { "ada.ns.cloudflare.com", "bob.ns.cloudflare.com" }, apex = "@" },
  { "namecheap", { "dns1.registrar-servers.com", "dns2.registrar-servers.com" }, apex = "@" },
  { "route53", { "ns-1536.awsdns-00.co.uk", "ns-0.awsdns-00.com", "ns-1024.awsdns-00.org", "ns-512.awsdns-00.net" },
    apex = "", exchange = "10 mx.example.net", text = "quoted" },
  { "azure-dns", { "ns1-01.azure-dns.com", "ns2-01.azure-dns.net", "ns3-01.azure-dns.org", "ns4-01.azure-dns.info" }, apex = "@" },
  { "ionos", { "ns1045.ui-dns.de", "ns1045.ui-dns.org", "ns1045.ui-dns.biz", "ns1045.ui-dns.com" }, apex = "@" },
  { "ovh", { "dns10.ovh.net", "ns10.ovh.net" }, apex = "", target = "s1.dkim.example.net.", exchange = "10+mx.example.net." },
  { "gandi", { "ns-12-a.gandi.net", "ns-34-b.gandi.net", "ns-56-c.gandi.net" },
    apex = "@", target = "s1.dkim.example.net.", exchange = "10+mx.example.net.", text = "quoted" },
  { "squarespace", { "nsa1.squarespacedns.com", "nsb1.squarespacedns.com" }, apex = "@" },
  { "wix", { "ns10.wixdns.net", "ns11.wixdns.net" }, apex = "" },
  { "hover", { "ns1.hover.com", "ns2.hover.com" }, apex = "@", text = "impossible" },
  { "porkbun", { "curitiba.ns.porkbun.com", "maceio.ns.porkbun.com" }, apex = "" },
  { "digitalocean", { "ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com" }, apex = "@" },
  { "hetzner", { "hydrogen.ns.hetzner.com", "oxygen.ns.hetzner.com", "helium.ns.hetzner.de" },
    apex = "@", target = "s1.dkim.example.net.", exchange = "10+mx.example.net.", text = "quoted" },
  { "hetzner", { "ns1.your-server.de", "ns.second-ns.com", "ns3.second-ns.de" },
    apex = "@", target = "s1.dkim.example.net.", exchange = "10+mx.example.net.", text = "quoted" },
  { "vercel", { "ns1.vercel-dns.com", "ns2.vercel-dns.com" }, apex = "" },
  { "netlify", { "dns1.p05.nsone.net", "dns2.p05.nsone.net", "dns3.p05.nsone.net", "dns4.p05.nsone.net" }, apex = "@" },
  { "namecom", { "ns1ckp.name.com", "ns2.name.com" }, apex = "" },
  { "networksolutions", { "ns37.worldnic.com", "ns38.worldnic.com" }, apex = "@", target = "impossible" },
  { "registercom", { "dns1.register.com", "dns2.register.com" }, apex = "" },
  { "cpanel", false, apex = "example.com" },
  { "plesk", false, apex = "", target = "s1.dkim.example.net.", exchange = "10+mx.example.net." },
  { "strato", { "docks19.rzone.de", "shades07.rzone.de" }, apex = "" },
  { "onecom", { "ns01.one.com", "ns02.one.com" }, apex = "" },
  { "loopia", { "ns1.loopia.se", "ns2.loopia.se" }, apex = "@" },
  { "hostinger", { "ns1.dns-parking.com", "ns2.dns-parking.com" }, apex = "@" },
  { "siteground", { "ns1.siteground.net", "ns2.siteground.net" }, apex = "" },
  { "shopify", { "ns1.shopify.com", "ns2.shopify.com" }, apex = "@" },
  { "namesilo", { "ns1.dnsowl.com", "ns2.dnsowl.com" }, apex = "@" },
  { "dnsimple", { "ns1.dnsimple.com", "ns2.dnsimple-edge.net", "ns3.dnsimple.com" }, apex = "@" },
  { "desec", { "ns1.desec.io", "ns2.desec.org" }, apex = "@" },
  { "wordpresscom", { "ns1.wordpress.com", "ns2.wordpress.com" }, apex = "@" },
  { "enom", { "dns1.name-services.com", "dns2.name-services.com" }, apex = "@" },
  { "he", { "ns1.he.net", "ns5.he.net" }, apex = "@" },
  { "ns1", { "ns-europe.nsone.net", "dns1.a.nsone.net" }, apex = "@" },
  { "dnsmadeeasy", { "ns0.dnsmadeeasy.com", "ns11.constellix.com", "ns21.constellix.net" },
    apex = "", target = "s1.dkim.example.net.", exchange = "10+mx.example.net." },
  { "fastmail", { "ns1.messagingengine.com", "ns2.messagingengine.com" }, apex = "@" },
  { "m365dns", { "ns1.bdm.microsoftonline.com", "ns4.bdm.microsoftonline.com" }, apex = "@" },
  { "transip", { "ns0.transip.net", "ns1.transip.nl", "ns2.transip.eu" }, apex = "@" },
  { "infomaniak", { "ns11.infomaniak.ch", "ns12.infomaniak.com" }, apex = "@" },
  { "udag", { "ns.udag.de", "ns.udag.net", "ns.udag.org" }, apex = "@" },
  { "allinkl", { "ns5.kasserver.com", "ns6.kasserver.com" }, apex = "@" },
  { "dynadot", { "ns1.dyna-ns.net", "ns2.dynadot.com" }, apex = "@" },
  { "linode", { "ns1.linode.com", "ns5.linode.com" }, apex = "@" },
  { "spaceship", { "launch1.spaceship.net", "launch2.spaceship.com" }, apex = "@" },
  { "alidns", { "dns9.hichina.com", "vip1.alidns.com" }, apex = "@" },
  { "google-cloud-dns", false, apex = "", target = "s1.dkim.example.net.", exchange = "10 mx.example.net.", text = "quoted" },
}

local KEY = "v=DKIM1; k=rsa; p=" .. ("A"):rep(392)
local QUOTED = ('"%s" "%s"'):format(KEY:sub(1, 255), KEY:sub(256))

local function render(rule, type, name, value)
  return host.render(rule, { type = type, name = name, value = value }, "example.com")
end

-- A value as the table above has it.
local function value_of(shown)
  if not shown.possible then
    return "impossible"
  end
  return (shown.priority and shown.priority .. "+" or "") .. shown.value
end

local function text_of(shown)
  if shown.possible then
    return shown.value == KEY and "plain" or shown.value == QUOTED and "quoted" or shown.value
  end
  assert.equal("text_too_long", shown.code)
  return "impossible"
end

describe("each DNS host", function()
  it("is in the table", function()
    local tabled, missing = {}, {}
    for _, row in ipairs(hosts) do
      tabled[row[1]] = true
    end
    for _, one in ipairs(host.list()) do
      missing[#missing + 1] = not tabled[one.id] and one.id or nil
    end
    assert.same({}, missing)
  end)

  for _, row in ipairs(hosts) do
    local id, name_servers = row[1], row[2]
    local rule = host.find(id)

    if name_servers then
      it(("%s is told by %s"):format(id, name_servers[1]), function()
        local found = host.identify(name_servers)
        assert.equal(id, found.id)
        assert.equal(rule, found.rule)
        assert.equal(rule.name, found.name)
        assert.is_nil(found.split)
        assert.is_nil(found.ambiguous)
      end)
    end

    it(("%s gets its records as its form wants them"):format(id), function()
      local alias = render(rule, "CNAME", "s1._domainkey.mail.example.com", "s1.dkim.example.net")
      assert.equal("s1._domainkey.mail", alias.prefix)
      assert.equal("s1._domainkey.mail", alias.name)
      assert.equal("s1._domainkey.mail.example.com", alias.full)
      assert.equal(row.target or "s1.dkim.example.net", value_of(alias))
      assert.equal(row.apex, render(rule, "TXT", "example.com", "v=spf1 -all").prefix)
      assert.equal(row.exchange or "10+mx.example.net", value_of(render(rule, "MX", "bounce.example.com", "10 mx.example.net")))
      assert.equal(row.text or "plain", text_of(render(rule, "TXT", "s1._domainkey.example.com", KEY)))
      assert.equal("apex_cname", render(rule, "CNAME", "example.com", "a.example.net").code)
      assert.equal(rule.help, alias.help)
      assert.equal(id, alias.host)
    end)

    it(("%s gets fields that are whole, and notes that are sentences"):format(id), function()
      for _, record in ipairs {
        { "CNAME", "a.example.com", "b.example.net" }, { "TXT", "example.com", "v=spf1 -all" }, { "TXT", "k._domainkey.example.com", KEY },
        { "MX", "example.com", "10 mx.example.net" }, { "NS", "sub.example.com", { "ns1.example.net", "ns2.example.net" } },
      } do
        local shown = render(rule, unpack(record))
        assert.equal("type", shown.fields[1].key)
        assert.equal("name", shown.fields[2].key)
        for _, field in ipairs(shown.fields) do
          assert.is_string(field.value)
          assert.is_true(#field.label > 0)
        end
        for _, note in ipairs(shown.notes) do
          assert.matches("^[%u\"].*[.]$", note)
          assert.is_nil(note:find("nil", 1, true))
          assert.is_nil(note:find("..", 1, true))
        end
      end
    end)
  end
end)

describe("a rule that knows less", function()
  local records = {
    { type = "CNAME", name = "a._domainkey.example.com", value = "b.example.net" }, { type = "CNAME", name = "example.com" },
    { type = "TXT", name = "example.com", value = KEY }, { type = "MX", name = "example.com", value = "10 mx.example.net" },
    { type = "MX", name = "example.com", value = "no priority" }, { type = "NS", name = "a.example.com", value = { "ns.example.net" } },
    { type = "SRV", name = "a.example.com", value = "1 2 3 a.example.net" },
  }

  -- The rule without one of its members.
  local function without(rule, left_out)
    local less = {}
    for member, value in pairs(rule) do
      less[member] = member ~= left_out and value or nil
    end
    return less
  end

  it("still renders each record, whatever it leaves out", function()
    for _, one in ipairs(host.list()) do
      local rule = host.find(one.id)
      for member in pairs(rule) do
        for _, record in ipairs(records) do
          local shown = host.render(without(rule, member), record, "example.com")
          assert.is_true(shown.possible or #shown.why > 0 and #shown.instead > 0)
          assert.is_true(#shown.fields >= 4)
        end
      end
    end
  end)
end)
