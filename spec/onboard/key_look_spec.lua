-- mailseal.onboard.key_look: do all name servers show a key?
local dns = require "mailseal.dns"
local key_look = require "mailseal.onboard.key_look"
local zones = require "spec.support.zones"

local PUBLIC, OTHER = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU="
local KEY = { selector = "s1", version = 1, type = "ed25519", public = PUBLIC }
local NAME = "s1._domainkey.example.com"

local function text(public) return "v=DKIM1; k=ed25519; p=" .. public end

local function look(added, key, servers)
  local resolver = assert(dns.resolver { zone = zones.served_by(servers or 2, added), now = function() return 1000 end })
  return assert(key_look.look(resolver, key or KEY, "example.com"))
end

-- The records at the key's name: what each of two name servers has.
local function at(first, second)
  local list = {}
  for i, data in ipairs { first, second } do
    list[i] = data ~= "" and { type = "TXT", data = data, servers = { ("ns%d.example.com"):format(i) }, ttl = 600 } or nil
  end
  if first == "" then list = { list[2] } end
  return { [NAME] = list }
end

describe("A look for a key", function()
  for name, case in pairs {
    ["sees it where all name servers have it"] = { at(text(PUBLIC), text(PUBLIC)), "shown" },
    ["knows it however it is written"] = { at("k=ed25519;p=" .. PUBLIC, text(PUBLIC) .. ";"), "shown" },
    ["misses it where one has it not"] = { at(text(PUBLIC), ""), "hidden", 300 },
    ["misses it where one has another"] = { at(text(PUBLIC), text(OTHER)), "hidden", 600 },
    ["misses it where one has it as revoked"] = { at(text(PUBLIC), "v=DKIM1; p="), "hidden", 600 },
    ["misses it where another stands beside it"] = {
      { [NAME] = { { type = "TXT", data = text(PUBLIC) }, { type = "TXT", data = text(OTHER) } } }, "hidden", 300,
    },
    ["sees that it is revoked"] = { at("v=DKIM1; p=", "v=DKIM1; k=ed25519; p="), "revoked", 600 },
    ["takes nothing for revoked as well, where one still says so"] = { at("v=DKIM1; p=", ""), "revoked", 600 },
    ["sees that nothing is there"] = { {}, "gone", 300 },
    ["sees what is no key as such"] = { at("hello", "hello"), "hidden", 600 },
    ["does not know where no name server answers"] = {
      { ["example.com"] = { { error = "timeout", servers = { "ns1.example.com", "ns2.example.com" } } } }, "unsure",
    },
    ["does not know where those that answer fail"] = { { [NAME] = { { type = "TXT", error = "servfail" } } }, "unsure" },
    ["follows a CNAME of the owner's own"] = {
      { [NAME] = { { type = "CNAME", data = "k.example.com." } }, ["k.example.com"] = { { type = "TXT", data = text(PUBLIC) } } }, "shown",
    },
  } do
    it(name, function()
      local seen = look(case[1])
      assert.equal(case[2], seen.seen)
      assert.equal(case[3], seen.ttl)
      assert.is_true(seen.retry_at >= 1060)
    end)
  end

  it("says where a name server did not answer, or does not speak for the zone", function()
    local zone = at(text(PUBLIC), text(PUBLIC))
    assert.is_false(look(zone).silent)
    zone["example.com"] = { { error = "timeout", servers = { "ns2.example.com" } } }
    local seen = look(zone)
    assert.same({ "shown", true }, { seen.seen, seen.silent })
    zone["example.com"] = { { error = "lame", servers = { "ns2.example.com" } } }
    seen = look(zone)
    assert.same({ "shown", false }, { seen.seen, seen.silent })
  end)

  it("gives a name server that fails the time of one that does not answer: it may be back with what it had", function()
    local zone = at(text(PUBLIC), text(PUBLIC))
    table.insert(zone[NAME], { error = "servfail", servers = { "ns2.example.com" } })
    local seen = look(zone)
    assert.same({ "shown", true }, { seen.seen, seen.silent })
  end)

  it("takes no key for one that cannot be read", function()
    local seen = look(at(text(PUBLIC), text(PUBLIC)), { selector = "s1", version = 1, type = "ed25519", public = "tampered with" })
    assert.equal("hidden", seen.seen)
  end)

  it("knows an RSA key in either of its forms", function()
    local made = assert(require("mailseal.key").generate { bits = 2048 })
    local seen = look({ [NAME] = { { type = "TXT", data = { made:record():sub(1, 200), made:record():sub(201) } } } },
      { selector = "s1", version = 1, type = "rsa", public = made:public() })
    assert.equal("shown", seen.seen)
  end)
end)

describe("A look for a key in the operator's zone", function()
  local HERE = { selector = "s1", version = 1, type = "ed25519", public = PUBLIC, target = "x.keys.example" }

  local function with(alias, data)
    return {
      [NAME] = alias and { { type = "CNAME", data = alias } } or nil,
      ["keys.example"] = {
        { type = "SOA", data = "ns1.example.com. h.keys.example. 1 3600 600 86400 900" }, { type = "NS", data = "ns1.example.com." },
      },
      ["x.keys.example"] = data and { { type = "TXT", data = data } } or nil,
    }
  end

  for name, case in pairs {
    ["sees it at the end of the CNAME"] = { with("x.keys.example.", text(PUBLIC)), "shown" },
    ["misses the CNAME"] = { with(nil, text(PUBLIC)), "hidden" },
    ["misses the CNAME where it leads elsewhere"] = { with("y.keys.example.", text(PUBLIC)), "hidden" },
    ["misses the key"] = { with("x.keys.example.", nil), "gone" },
    ["sees that it is revoked, whether or not the CNAME is there"] = { with(nil, "v=DKIM1; p="), "revoked" },
  } do
    it(name, function()
      assert.equal(case[2], look(case[1], HERE).seen)
    end)
  end

  it("sees it at the end of a CNAME to a CNAME of the owner's", function()
    local zone = with("own.example.com.", text(PUBLIC))
    zone["own.example.com"] = { { type = "CNAME", data = "x.keys.example." } }
    assert.equal("shown", look(zone, HERE).seen)
  end)

  it("takes the TTL of what is there for that of the key before at a name which had one", function()
    local zone = with("x.keys.example.", text(PUBLIC))
    zone["x.keys.example"][1].ttl = 604800
    assert.is_nil(look(zone, HERE).ttl)
    assert.equal(604800, look(zone, { selector = "s1", version = 2, type = "ed25519", public = PUBLIC, target = "x.keys.example" }).ttl)
  end)

  it("does not know where the domain's name servers do not answer", function()
    local zone = with("x.keys.example.", text(PUBLIC))
    zone[NAME] = nil
    zone["example.com"] = { { error = "timeout", servers = { "ns2.example.com" } } }
    zone["keys.example"][2].data = "ns3.example.net."
    zone["ns3.example.net"] = { { type = "A", data = "192.0.2.9" } }
    zone["example.com"][1].servers = { "ns1.example.com", "ns2.example.com" }
    assert.equal("unsure", look(zone, HERE).seen)
  end)
end)
