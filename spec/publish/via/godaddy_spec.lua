local behaviour = require "spec.support.dns_host_behaviour"
local dns_hosts = require "spec.support.dns_hosts"
local publish = require "mailseal.publish"

local KEYS = { api_key = "dLDE7zk2" .. ("3x"):rep(14), api_secret = ("Qf"):rep(11) }

describe("GoDaddy", function()
  behaviour.tests {
    busted = { it = it, setup = setup, teardown = teardown, after_each = after_each },
    id = "godaddy", settings = { credentials = KEYS }, options = KEYS, secrets = { KEYS.api_key, KEYS.api_secret },
    reads = function(request) return request.method == "GET" end,
    limited = function(seconds)
      return { status = 429, body = ('{"code":"TOO_MANY_REQUESTS","message":"Too many requests","retryAfterSec":%d}'):format(seconds) }
    end,
  }
end)

describe("GoDaddy, more closely", function()
  local host, target
  local ZONE = "$TTL 3600\n@ SOA ns a 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\nalias CNAME @\n_sip._tcp SRV 1 2 3 h.example.net.\n"
    .. "_sip._tcp.sub SRV 1 2 3 h.example.net.\ntxt TXT one\n"

  setup(function()
    host = dns_hosts.start("godaddy", { zones = { ["a.test"] = ZONE, ["held.test"] = ZONE }, credentials = KEYS, held = { "held.test" } })
    target = assert(publish.open("godaddy", host:options(KEYS)))
  end)

  teardown(function() host:stop() end)
  after_each(function() host:recover() end)

  local function set(name, kind, values, ttl) return { name = name, type = kind, ttl = ttl or 3600, values = values } end

  local function change(before, after)
    local one = before or after
    return { name = one.name, type = one.type, before = before, after = after }
  end

  local function asked()
    local list = {}
    for _, request in ipairs(host:requests()) do
      if request.method ~= "GET" then list[#list + 1] = request.method .. " " .. request.path .. " " .. request.body end
    end
    return list
  end

  it("adds to a set that grows, and puts any other in its place", function()
    local one, two = set("txt.a.test", "TXT", { '"one"' }), set("txt.a.test", "TXT", { '"one"', '"two"' })
    local apex = set("a.test", "MX", { "10 a.test." })
    assert(target:apply("a.test", { change(one, two), change(nil, apex) }))
    assert.same({
      'PATCH /v1/domains/a.test/records [{"type":"MX","name":"@","data":"a.test","ttl":3600,"priority":10}]',
      'PATCH /v1/domains/a.test/records [{"type":"TXT","name":"txt","data":"two","ttl":3600}]',
    }, asked())
    host:recover()
    assert(target:undo("a.test", { change(one, two), change(nil, apex) }))
    assert.same({
      'PUT /v1/domains/a.test/records/TXT/txt [{"data":"one","ttl":3600}]', "DELETE /v1/domains/a.test/records/MX/%40 ",
    }, asked())
  end)

  it("reads a service's name, and writes none", function()
    local found = assert(target:read("a.test", { "_sip._tcp.a.test", "_sip._tcp.sub.a.test", "alias.a.test" }))
    assert.same({
      set("_sip._tcp.a.test", "SRV", { "1 2 3 h.example.net." }), set("_sip._tcp.sub.a.test", "SRV", { "1 2 3 h.example.net." }),
      set("alias.a.test", "CNAME", { "a.test." }),
    }, found)
    local ok, message, code = target:apply("a.test", { change(found[1]) })
    assert.same({ nil, "refused_record" }, { ok, code })
    assert.truthy(message:find "SRV")
    assert.same({}, asked())
  end)

  it("says what it has against a record", function()
    local ok, message, code = target:apply("a.test", { change(nil, set("x.a.test", "TXT", { '"' .. ("x"):rep(250) .. '"' }, 700000)) })
    assert.same({ nil, "refused_record" }, { ok, code })
    assert.truthy(message:find("records[0].ttl: must be between", 1, true), message)
  end)

  it("says that a domain is not to be changed, and that an account is not one that may", function()
    local ok, message, code = target:apply("held.test", { change(nil, set("x.held.test", "TXT", { '"x"' })) })
    assert.same({ nil, "not_allowed" }, { ok, code })
    assert.truthy(message:find "does not let this domain be changed")
    host:fail { status = 403 }
    ok, message, code = target:zone_of "a.test"
    assert.same({ nil, "not_allowed" }, { ok, code })
    assert.truthy(message:find "ten domains")
  end)

  it("tells a set that somebody else has made meanwhile", function()
    host:fail { method = "PATCH", status = 422, body = '{"code":"DUPLICATE_RECORD","message":"Another record"}' }
    assert.equal("zone_moved", select(3, target:apply("a.test", { change(nil, set("y.a.test", "TXT", { '"x"' })) })))
  end)
end)

for _, by_pages in ipairs { false, true } do
  describe("A large zone at GoDaddy, its offset counting " .. (by_pages and "pages," or "records,"), function()
    local host

    setup(function()
      local lines = { "$TTL 3600\n@ SOA ns a 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n" }
      for i = 1, 1300 do lines[#lines + 1] = ("h%d A 192.0.2.%d\n"):format(i, i % 250 + 1) end
      host = dns_hosts.start("godaddy", { zones = { ["a.test"] = table.concat(lines) }, credentials = KEYS, by_pages = by_pages })
    end)

    teardown(function() host:stop() end)

    it("is read whole", function()
      local names = {}
      for i = 1, 1300 do names[i] = ("h%d.a.test"):format(i) end
      local found = assert(assert(publish.open("godaddy", host:options(KEYS))):read("a.test", names))
      assert.equal(1300, #found)
      for _, one in ipairs(found) do assert.equal(1, #one.values) end
    end)
  end)
end
