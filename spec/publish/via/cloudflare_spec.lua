local behaviour = require "spec.support.dns_host_behaviour"
local dns_hosts = require "spec.support.dns_hosts"
local publish = require "mailseal.publish"

local TOKEN = ("Sn3lZJTBX6"):rep(4)

describe("Cloudflare", function()
  behaviour.tests {
    busted = { it = it, setup = setup, teardown = teardown, after_each = after_each },
    id = "cloudflare", settings = { credentials = { token = TOKEN } }, options = { token = TOKEN }, secrets = { TOKEN },
    reads = function(request) return request.method == "GET" end, requests = 1, refused = 400,
  }
end)

describe("Cloudflare, more closely", function()
  local host, target

  setup(function()
    host = dns_hosts.start("cloudflare", {
      zones = {
        ["a.test"] = "$TTL 300\n@ SOA ns a 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n@ CAA 0 issue \"ca.example\"\nsel CNAME k.example.net.\n"
          .. "web A 192.0.2.1\ntext TXT \"a b\"\n",
        ["sub.a.test"] = "@ SOA ns a 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n",
        ["closed.test"] = "@ SOA ns a 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n",
      },
      credentials = { token = TOKEN }, read_only = { "closed.test" }, proxied = { "sel.a.test", "web.a.test" }, plain_texts = true,
    })
    target = assert(publish.open("cloudflare", host:options { token = TOKEN }))
  end)

  teardown(function() host:stop() end)
  after_each(function() host:recover() end)

  local function read(name) return assert(target:read("a.test", { name })) end

  local function change(before, after)
    local one = before or after
    return { name = one.name, type = one.type, before = before, after = after }
  end

  local function last_batch() return host:requests("POST")[#host:requests "POST"].body end

  it("has zones below zones", function()
    assert.equal("sub.a.test", target:zone_of "x.sub.a.test")
    assert.equal("a.test", target:zone_of "x.subb.a.test")
  end)

  it("says which records are behind its proxy, and takes them from there", function()
    local covered = read "sel.a.test"[1]
    assert.same({ name = "sel.a.test", type = "CNAME", ttl = 300, values = { "k.example.net." }, proxied = true }, covered)
    local plain = { name = "sel.a.test", type = "CNAME", ttl = 300, values = { "k.example.net." } }
    -- What is left as it is stays where it is.
    assert(target:apply("a.test", { change(covered, covered), change(plain, plain) }))
    assert.equal(0, host:changes())
    assert(target:apply("a.test", { change(covered, plain) }))
    assert.truthy(last_batch():find('"ttl":1,"proxied":false', 1, true))
    assert.same(plain, read "sel.a.test"[1])
    assert(target:undo("a.test", { change(covered, plain) }))
  end)

  it("leaves addresses behind the proxy where they become others, and \"automatic\" what it is", function()
    local web = read "web.a.test"[1]
    assert.is_true(web.proxied)
    local other = { name = "web.a.test", type = "A", ttl = 300, values = { "192.0.2.2" }, proxied = true }
    assert(target:apply("a.test", { change(web, other) }))
    assert.same(other, read "web.a.test"[1])
    assert(target:apply("a.test", { change(other, web) }))
    assert.same(web, read "web.a.test"[1])
  end)

  it("reads texts that it shows without quotes", function()
    assert.same({ '"a b"' }, read "text.a.test"[1].values)
  end)

  it("writes what it has other fields for", function()
    local caa = read "a.test"
    for _, one in ipairs(caa) do
      if one.type == "CAA" then caa = one end
    end
    assert.same({ '0 issue "ca.example"' }, caa.values)
    local two = { name = "a.test", type = "CAA", ttl = 300, values = { '0 issue "ca.example"', '0 issuewild ";"' } }
    local srv = { name = "_x._tcp.a.test", type = "SRV", ttl = 300, values = { "1 2 3 host.example.net." } }
    assert(target:apply("a.test", { change(caa, two), change(nil, srv) }))
    assert.same(srv, read "_x._tcp.a.test"[1])
    assert(target:undo("a.test", { change(caa, two), change(nil, srv) }))
  end)

  it("does not remove what it could not put back", function()
    host:update("a.test", { "add loc.a.test. 300 HINFO a b" })
    local found = read "loc.a.test"[1]
    assert.equal("HINFO", found.type)
    local ok, message, code = target:apply("a.test", { change(found) })
    assert.same({ nil, "refused_record" }, { ok, code })
    assert.truthy(message:find "HINFO")
    assert.equal(0, host:changes())
  end)

  it("refuses a token that is none, does not know another, and says what one lacks", function()
    assert.equal("bad_credentials", select(3, publish.open("cloudflare", host:options { token = "a b" })))
    for _, token in ipairs { "short", ("x"):rep(40) } do
      local zone, message, code = assert(publish.open("cloudflare", host:options { token = token })):zone_of "a.test"
      assert.same({ nil, "bad_credentials" }, { zone, code })
      assert.falsy(message:find(token, 1, true))
    end
    local ok, message, code = target:apply("closed.test", {
      change(nil, { name = "x.closed.test", type = "TXT", ttl = 300, values = { '"x"' } }),
    })
    assert.same({ nil, "not_allowed" }, { ok, code })
    assert.truthy(message:find "DNS Edit")
  end)

  it("tells a record that somebody else has made meanwhile", function()
    for _, number in ipairs { 81053, 81057, 81058, 81044 } do
      host:fail {
        method = "POST", status = 400,
        body = ('{"success":false,"result":null,"messages":[],"errors":[{"code":%d,"message":"It is there"}]}')
          :format(number),
      }
      local ok, message, code = target:apply("a.test", {
        change(nil, { name = "x.a.test", type = "TXT", ttl = 300, values = { '"x"' } }),
      })
      assert.same({ nil, "zone_moved" }, { ok, code })
      assert.truthy(message:find("It is there (" .. number .. ")", 1, true))
    end
  end)

  it("takes no success for one that does not say so", function()
    for _, body in ipairs {
      '{"success":false,"errors":[{"code":1004,"message":"no","error_chain":[{"code":9005,"message":"worse"}]}],"result":null}',
      '{"success":false,"errors":null}', '{"success":"yes","result":{}}', '[]', "{}", "null", "",
    } do
      host:fail { method = "POST", status = 200, body = body }
      local ok = target:apply("a.test", { change(nil, { name = "x.a.test", type = "TXT", ttl = 300, values = { '"x"' } }) })
      assert.is_nil(ok, body)
    end
    assert.same({}, read "x.a.test")
  end)
end)
