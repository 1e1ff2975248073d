local behaviour = require "spec.support.dns_host_behaviour"
local dns_hosts = require "spec.support.dns_hosts"
local publish = require "mailseal.publish"
local sets = require "mailseal.publish.sets"

local TOKEN = "dop_v1_" .. ("3f9a"):rep(16)

describe("DigitalOcean", function()
  behaviour.tests {
    busted = { it = it, setup = setup, teardown = teardown, after_each = after_each },
    id = "digitalocean", settings = { credentials = { token = TOKEN }, page = 3 }, options = { token = TOKEN }, secrets = { TOKEN },
    reads = function(request) return request.method == "GET" end,
  }
end)

describe("DigitalOcean, more closely", function()
  local host, target

  setup(function()
    host = dns_hosts.start("digitalocean", {
      zones = {
        ["a.test"] = "$TTL 1800\n@ SOA ns a 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\nalias CNAME @\n@ CAA 0 issue \"ca.example\"\n",
      },
      credentials = { token = TOKEN }, scopes = { "domain:read", "domain:create", "domain:delete" },
    })
    target = assert(publish.open("digitalocean", host:options { token = TOKEN }))
  end)

  teardown(function() host:stop() end)
  after_each(function() host:recover() end)

  local function set(name, kind, values, ttl) return { name = name, type = kind, ttl = ttl or 1800, values = values } end

  local function change(before, after)
    local one = before or after
    return { name = one.name, type = one.type, before = before, after = after }
  end

  it("calls the domain itself @, in names and in targets", function()
    assert.same({ set("alias.a.test", "CNAME", { "a.test." }) }, assert(target:read("a.test", { "alias.a.test" })))
    local changes = { change(nil, set("a.test", "MX", { "10 a.test." })), change(nil, set("x.a.test", "CAA", { '0 issue "b.example"' })) }
    assert(target:apply("a.test", changes))
    assert.same({
      '{"type":"MX","name":"@","data":"a.test.","priority":10,"ttl":1800}',
      '{"type":"CAA","name":"x","data":"b.example","ttl":1800,"flags":0,"tag":"issue"}',
    }, { host:requests("POST")[1].body, host:requests("POST")[2].body })
    assert.same({ changes[2].after }, assert(target:read("a.test", { "x.a.test" })))
    assert(target:undo("a.test", changes))
  end)

  it("refuses texts that it is known to refuse before it is asked", function()
    for _, text in ipairs { "a\\b", ("x"):rep(509) } do
      local ok, message, code = target:apply("a.test", { change(nil, set("t.a.test", "TXT", { sets.text(text) })) })
      assert.same({ nil, "refused_record" }, { ok, code })
      assert.truthy(message:find "backslash" or message:find "512")
    end
    local ok, _, code = target:apply("a.test", { change(nil, set("t.a.test", "TLSA", { "3 1 1 00" })) })
    assert.same({ nil, "refused_record", 0 }, { ok, code, host:changes() })
    local longest = { change(nil, set("t.a.test", "TXT", { sets.text(("x"):rep(507)) })) }
    assert(target:apply("a.test", longest))
    assert(target:undo("a.test", longest))
  end)

  it("takes no other answer for a domain or a record than one of it", function()
    host:fail { path = "/v2/domains/a.test$", status = 200, body = '{"domain":{"name":"other.test"}}' }
    assert.equal("bad_answer", select(3, target:zone_of "a.test"))
    for _, number in ipairs { "1.5", "1e300", '"7"' } do
      host:fail { path = "/records", status = 200, body = ([[{"domain_records":[{"id":%s,"type":"MX","name":"@","data":"a",
        "priority":1}]}]]):format(number) }
      assert.equal("bad_answer", select(3, target:read("a.test", { "a.test" })), number)
    end
  end)

  it("says that a token lacks a scope, and leaves nothing half done", function()
    local one = change(nil, set("s.a.test", "TXT", { '"one"' }))
    assert(target:apply("a.test", { one }))
    local ok, message, code = target:apply("a.test", {
      change(one.after, set("s.a.test", "TXT", { '"two"' })), change(nil, set("u.a.test", "TXT", { '"u"' })),
    })
    assert.same({ nil, "not_allowed" }, { ok, code })
    assert.truthy(message:find "not authorized")
    assert.same({ one.after }, assert(target:read("a.test", { "s.a.test", "u.a.test" })))
    assert(target:undo("a.test", { one }))
  end)

  it("tells a record that is gone from a domain that is not there", function()
    local alias = set("alias.a.test", "CNAME", { "a.test." })
    host:fail { method = "DELETE", status = 404 }
    local ok, message, code = target:apply("a.test", { change(alias) })
    assert.same({ nil, "zone_moved" }, { ok, code })
    assert.truthy(message:find "has that record no more")
    assert.equal("no_zone", select(3, target:read("b.test", { "b.test" })))
  end)
end)
