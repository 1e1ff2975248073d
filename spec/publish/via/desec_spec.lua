local behaviour = require "spec.support.dns_host_behaviour"
local dns_hosts = require "spec.support.dns_hosts"
local publish = require "mailseal.publish"

local TOKEN = "i-T3b1h_OI-H9ab8tRS98stGtURe"

describe("deSEC, like any DNS host,", function()
  behaviour.tests {
    busted = { it = it, setup = setup, teardown = teardown, after_each = after_each },
    id = "desec", settings = { credentials = { token = TOKEN } }, options = { token = TOKEN }, secrets = { TOKEN },
    reads = function(request) return request.method == "GET" end, requests = 1, refused = 400,
  }
end)

describe("deSEC", function()
  local host, before

  setup(function()
    host = dns_hosts.start("desec", {
      zones = { ["example.test"] = "@ 3600 SOA ns a 1 60 60 600 5\n@ 7200 NS ns\nns 7200 A 127.0.0.1\nhas 7200 TXT x\n" },
      credentials = { token = TOKEN }, minimum_ttl = 7200,
    })
    before = host:zone "example.test"
  end)

  teardown(function() host:stop() end)

  after_each(function()
    host:recover()
    assert.equal(before, host:zone "example.test")
  end)

  local function open() return assert(publish.open("desec", host:options { token = TOKEN })) end

  local function new(name, ttl, text)
    return { name = name, type = "TXT", after = { name = name, type = "TXT", ttl = ttl, values = { text or '"x"' } } }
  end

  it("raises TTLs to the least of the zone itself, whether its zone was asked for or not", function()
    for _, target in ipairs { open(), open() } do
      if _ == 1 then assert(target:zone_of "a.example.test") end
      assert(target:apply("example.test", { new("a.example.test", 3600) }))
      assert.is_truthy(host:zone("example.test"):find('a.example.test. 7200 IN TXT "x"', 1, true))
      assert(target:undo("example.test", { new("a.example.test", 3600) }))
    end
  end)

  it("takes no zone for a name's that the name is not in", function()
    for _, name in ipairs { "notexample.test", "other.test" } do
      host:fail { path = "/domains/", status = 200, body = ('[{"name":"%s","minimum_ttl":60}]'):format(name) }
      local zone, message, code = open():zone_of "mail.example.test"
      assert.same({ nil, "bad_answer" }, { zone, code }, message)
    end
    host:fail { path = "/rrsets/", status = 200, body = '[{"subname":"a","type":"TXT","ttl":60,"records":[["x"]]}]' }
    assert.equal("bad_answer", select(3, open():read("example.test", { "a.example.test" })))
  end)

  it("is refused a set that is new, where there is one by then", function()
    local target = open()
    -- After it was looked for, and before it is asked for.
    host:fail { method = "GET", path = "rrsets", status = 200, body = "[]" }
    local done, message, code = target:apply("example.test", { new("new.example.test", 7200), new("has.example.test", 7200, '"y"') })
    assert.same({ nil, "zone_moved" }, { done, code }, message)
  end)

  it("tells what was wrong with which part, in the host's words", function()
    local done, message, code = open():apply("example.test", {
      new("a.example.test", 7200),
      { name = "b.example.test", type = "MX", after = { name = "b.example.test", type = "MX", ttl = 7200, values = { "mx" } } },
    })
    assert.same({ nil, "refused_record" }, { done, code })
    assert.is_truthy(message:find("Cannot parse record contents: mx", 1, true), message)
  end)
end)
