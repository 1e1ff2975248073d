local behaviour = require "spec.support.dns_host_behaviour"
local cjson = require "cjson"
local dns_hosts = require "spec.support.dns_hosts"
local publish = require "mailseal.publish"

local TOKEN = "LRK9DAWQ1ZAEFSrCNEEzLCUwhYX1U3g7wMg4dTlkkDC96fyDuyJ39nVbVjCKSDfj"

describe("Hetzner, like any DNS host,", function()
  behaviour.tests {
    busted = { it = it, setup = setup, teardown = teardown, after_each = after_each },
    id = "hetzner", settings = { credentials = { token = TOKEN } }, options = { token = TOKEN }, secrets = { TOKEN },
    reads = function(request) return request.method == "GET" end,
  }
end)

local ZONE = [[
@ 3600 SOA ns hostmaster 1 3600 900 604800 60
@ NS ns
ns A 127.0.0.1
@ TXT "v=spf1 -all"
@ MX 10 mx
www A 192.0.2.1
www A 192.0.2.2
]]

describe("Hetzner", function()
  local host, target, before

  setup(function()
    host = dns_hosts.start("hetzner", {
      zones = { ["example.com"] = ZONE, ["copy.example"] = "@ 3600 SOA ns a 1 60 60 600 60\n@ NS ns\nns A 127.0.0.1\n" },
      credentials = { token = TOKEN }, ttl = 60, page = 1, secondary = { "copy.example" },
      comments = { ["www A 192.0.2.1"] = "the old one" },
    })
    before = host:zone "example.com"
  end)

  teardown(function() host:stop() end)

  before_each(function()
    host:recover()
    target = assert(publish.open("hetzner", host:options { token = TOKEN }))
  end)

  after_each(function() assert.equal(before, host:zone "example.com") end)

  local function set(name, kind, ...) return { name = name, type = kind, ttl = 60, values = { ... } } end

  local function read(name, kind)
    for _, one in ipairs(assert(target:read("example.com", { name }))) do
      if one.type == kind then return one end
    end
  end

  -- What was asked to be changed: the last parts of the paths, and the bodies.
  local function asked()
    local list = {}
    for _, request in ipairs(host:requests "POST") do
      list[#list + 1] = { request.path:match "/rrsets/?(.*)$", cjson.decode(request.body) }
    end
    return list
  end

  -- How often it was looked whether an action has ended.
  local function looks()
    local count = 0
    for _, request in ipairs(host:requests "GET") do count = count + (request.path:find "/actions/" and 1 or 0) end
    return count
  end

  it("reads all pages of a name, and sets that have the zone's own TTL", function()
    local types = {}
    for _, one in ipairs(assert(target:read("example.com", { "example.com" }))) do
      types[#types + 1] = one.type
      assert.equal(60, one.ttl)
    end
    table.sort(types)
    assert.same({ "MX", "NS", "TXT" }, types)
  end)

  it("names what is added, or taken away, alone; so that what others add meanwhile stays", function()
    local www = read("www.example.com", "A")
    local more = set("www.example.com", "A", "192.0.2.1", "192.0.2.2", "192.0.2.9")
    assert(target:apply("example.com", { { name = "www.example.com", type = "A", before = www, after = more } }))
    assert(target:undo("example.com", { { name = "www.example.com", type = "A", before = www, after = more } }))
    assert.same({
      { "www/A/actions/add_records", { records = { { value = "192.0.2.9" } } } },
      { "www/A/actions/remove_records", { records = { { value = "192.0.2.9" } } } },
    }, asked())
  end)

  it("writes a set whole where some values take the place of others, comments with them", function()
    local www = read("www.example.com", "A")
    local other = set("www.example.com", "A", "192.0.2.1", "192.0.2.3")
    local changes = { { name = "www.example.com", type = "A", before = www, after = other } }
    assert(target:apply("example.com", changes))
    local records = { { value = "192.0.2.1", comment = "the old one" }, { value = "192.0.2.3" } }
    assert.same({ { "www/A/actions/set_records", { records = records } } }, asked())
    assert(target:undo("example.com", changes))
  end)

  it("changes a TTL by itself", function()
    local www = read("www.example.com", "A")
    local slower = { name = "www.example.com", type = "A", ttl = 900, values = www.values }
    local changes = { { name = "www.example.com", type = "A", before = www, after = slower } }
    assert(target:apply("example.com", changes))
    assert.same({ { "www/A/actions/change_ttl", { ttl = 900 } } }, asked())
    assert.equal(2, looks()) -- at first it was still going on
    assert.equal(900, read("www.example.com", "A").ttl)
    assert(target:undo("example.com", changes))
  end)

  it("takes the values back where the TTL could not be changed, which is changed by itself", function()
    local www = read("www.example.com", "A")
    local other = { name = "www.example.com", type = "A", ttl = 900, values = { "192.0.2.1", "192.0.2.7" } }
    local changes = { { name = "www.example.com", type = "A", before = www, after = other } }
    host:fail { method = "POST", path = "change_ttl", status = 422 }
    local done, message, code = target:apply("example.com", changes)
    assert.same({ nil, "refused_record" }, { done, code }, message)
    assert.equal(before, host:zone "example.com")
    assert(target:apply("example.com", changes))
    assert.equal(900, read("www.example.com", "A").ttl)
    assert(target:undo("example.com", changes))
  end)

  it("takes no other zone for the one that it has asked for", function()
    for _, name in ipairs { "notexample.com", "com", "other.net" } do
      host:recover()
      host:fail { path = "/v1/zones", status = 200, times = 9, body = cjson.encode { zones = { { name = name, ttl = 60 } } } }
      local zone, message, code = target:zone_of "mail.example.com"
      assert.same({ nil, "no_zone" }, { zone, code }, message)
    end
  end)

  it("waits until an action has ended, and tells why it failed", function()
    local added = { name = "added.example.com", type = "TXT", after = set("added.example.com", "TXT", '"added"') }
    host:fail { method = "POST", status = 201, body = cjson.encode {
      action = { id = 7, status = "error", command = "create_rrset", error = { code = "action_failed", message = "Action failed" } } } }
    local done, message, code = target:apply("example.com", { added })
    assert.same({ nil, "server_failed" }, { done, code })
    assert.matches("Action failed", message)
    host:recover()
    assert(target:apply("example.com", { added }))
    assert.equal(1, looks())
    assert(target:undo("example.com", { added }))
  end)

  it("does not write to a zone that is a copy, nor to what is protected, nor with a token that may read alone", function()
    local one = { name = "a.copy.example", type = "TXT", after = set("a.copy.example", "TXT", '"x"') }
    local done, message, code = target:apply("copy.example", { one })
    assert.same({ nil, "not_allowed" }, { done, code })
    assert.matches("secondary", message)
    one = { name = "a.example.com", type = "TXT", after = set("a.example.com", "TXT", '"x"') }
    for status, told in pairs { [403] = "token_readonly", [422] = "protected" } do
      host:fail { method = "POST", status = status, body = cjson.encode { error = { code = told, message = "no" } } }
      done, message, code = target:apply("example.com", { one })
      assert.same({ nil, "not_allowed" }, { done, code }, message)
    end
  end)
end)
