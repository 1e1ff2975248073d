local behaviour = require "spec.support.dns_host_behaviour"
local dns_hosts = require "spec.support.dns_hosts"
local publish = require "mailseal.publish"

local KEYS = { api_key = "pk1_" .. ("7d"):rep(32), secret_api_key = "sk1_" .. ("e4"):rep(32) }

local function reads(request) return request.path:find "/retrieve/" ~= nil or request.path:find "/listAll" ~= nil end

describe("Porkbun", function()
  behaviour.tests {
    busted = { it = it, setup = setup, teardown = teardown, after_each = after_each },
    id = "porkbun", settings = { credentials = KEYS }, options = KEYS, secrets = { KEYS.api_key, KEYS.secret_api_key }, reads = reads,
    fault = { read = { path = "/retrieve/|/listAll" }, change = { path = "/create/|/edit/|/delete/" } }, refused = 400, without_ns = true,
  }
end)

describe("Porkbun, more closely", function()
  local host, target
  local ZONE = "$TTL 3600\n@ SOA ns a 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n"

  setup(function()
    local lines = { ZONE, '@ CAA 0 issue "ca.example"\n_s._tcp SRV 1 2 3 h.example.net.\n' }
    lines[3] = 'short 300 TXT "short; of time"\nhinfo HINFO a b\n'
    for i = 1, 10000 do lines[#lines + 1] = ("h%d A 192.0.2.%d\n"):format(i, i % 250 + 1) end
    host = dns_hosts.start("porkbun", {
      zones = { ["a.test"] = table.concat(lines), ["off.test"] = ZONE }, credentials = KEYS, switched_off = { "off.test" },
      errors_as_200 = true, quoted_texts = true,
    })
    target = assert(publish.open("porkbun", host:options(KEYS)))
  end)

  teardown(function() host:stop() end)
  after_each(function() host:recover() end)

  local function set(name, kind, values, ttl) return { name = name, type = kind, ttl = ttl or 3600, values = values } end

  local function change(before, after)
    local one = before or after
    return { name = one.name, type = one.type, before = before, after = after }
  end

  it("finds a few names among ten thousand, texts told in quotes", function()
    assert.same({
      set("_s._tcp.a.test", "SRV", { "1 2 3 h.example.net." }), set("a.test", "CAA", { '0 issue "ca.example"' }),
      set("h777.a.test", "A", { "192.0.2.28" }), set("short.a.test", "TXT", { '"short; of time"' }, 300),
    }, assert(target:read("a.test", { "a.test", "_s._tcp.a.test", "h777.a.test", "short.a.test" })))
  end)

  it("writes what it has other fields for", function()
    local changes = {
      change(nil, set("_x._tcp.a.test", "SRV", { "4 5 6 h.example.net." })),
      change(nil, set("x.a.test", "CAA", { '0 iodef "mailto:a@b"' })),
    }
    assert(target:apply("a.test", changes))
    assert.same({ changes[1].after }, assert(target:read("a.test", { "_x._tcp.a.test" })))
    assert.same({ changes[2].after }, assert(target:read("a.test", { "x.a.test" })))
    assert(target:undo("a.test", changes))
  end)

  it("does not remove what it could not put back", function()
    local found = assert(target:read("a.test", { "hinfo.a.test" }))[1]
    local ok, _, code = target:apply("a.test", { change(found) })
    assert.same({ nil, "refused_record" }, { ok, code })
    assert.equal(1, #assert(target:read("a.test", { "hinfo.a.test" })))
  end)

  it("says that API access is switched off for a domain", function()
    assert.equal("off.test", target:zone_of "x.off.test")
    local found, message, code = target:read("off.test", { "off.test" })
    assert.same({ nil, "not_allowed" }, { found, code })
    assert.truthy(message:find('switch "API Access" on', 1, true))
  end)

  it("comes again where what stands before the interface held it up, also with a change", function()
    local changes = { { name = "often.a.test", type = "TXT",
      after = { name = "often.a.test", type = "TXT", ttl = 600, values = { '"x"' } } } }
    host:fail { path = "/dns/create", status = 503, body = "<html><title>503 Service Temporarily Unavailable</title></html>" }
    assert(target:apply("a.test", changes))
    assert(target:undo("a.test", changes))
    host:fail { path = "/dns/retrieve", status = 202, body = "", headers = { ["x-amzn-waf-action"] = "challenge" } }
    local found, _, code, details = target:read("a.test", { "a.test" })
    assert.same({ nil, "rate_limited" }, { found, code })
    assert.is_true(details.retry_at > os.time() + 200)
  end)

  it("knows errors by their code, or by what they say, whatever HTTP's status", function()
    for body, code in pairs {
      ['{"status":"ERROR","message":"Invalid API key. (002)"}'] = "bad_credentials",
      ['{"status":"ERROR","message":"All API requests require an API key."}'] = "bad_credentials",
      ['{"status":"ERROR","message":"Domain is not opted in to API access."}'] = "not_allowed",
      ['{"status":"ERROR","message":"Invalid domain."}'] = "no_zone",
      ['{"status":"ERROR","code":"RATE_LIMIT_EXCEEDED","message":"x"}'] = "rate_limited",
      ['{"status":"ERROR","message":"something else"}'] = "bad_answer", ["{}"] = "bad_answer", ["[]"] = "bad_answer",
    } do
      for _, status in ipairs { 200, 400 } do
        host:fail { status = status, body = body, times = 9 }
        assert.equal(code, select(3, target:read("a.test", { "a.test" })), body)
        host:recover()
      end
    end
    host:fail { path = "/create/", status = 200, body = '{"status":"ERROR","code":"ZONE_RECORD_LIMIT","message":"too many"}' }
    assert.equal("refused_record", select(3, target:apply("a.test", { change(nil, set("y.a.test", "TXT", { '"x"' })) })))
    host:fail { path = "/create/", status = 200, body = '{"status":"ERROR","code":"DUPLICATE_RECORD","message":"it is there"}' }
    assert.equal("zone_moved", select(3, target:apply("a.test", { change(nil, set("y.a.test", "TXT", { '"x"' })) })))
  end)

  it("says whose keys are none", function()
    for name in pairs(KEYS) do
      local options = host:options(KEYS)
      options[name] = "another"
      assert.equal("bad_credentials", select(3, assert(publish.open("porkbun", options)):zone_of "a.test"))
    end
  end)
end)
