local behaviour = require "spec.support.dns_host_behaviour"
local dns_hosts = require "spec.support.dns_hosts"
local publish = require "mailseal.publish"

local ACCESS, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
local TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQ=="
local KEYS = { access_key = ACCESS, secret_key = SECRET }

describe("Amazon Route 53, like any DNS host,", function()
  behaviour.tests {
    busted = { it = it, setup = setup, teardown = teardown, after_each = after_each },
    id = "route53", settings = { credentials = KEYS, page = 2 }, options = KEYS, secrets = { SECRET },
    reads = function(request) return request.method == "GET" end, requests = 1, refused = 400,
  }
end)

local ZONE = [[
@ 3600 SOA ns a 1 60 60 600 5
@ NS ns
ns A 127.0.0.1
@ TXT "v=spf1 -all"
@ TXT "a \"b\" \\ \195\164"
*.wild TXT "wild"
many A 192.0.2.1
many AAAA 2001:db8::1
many MX 10 mx
many TXT "many"
many-more TXT "more"
]]

describe("Amazon Route 53", function()
  local host, before

  setup(function()
    host = dns_hosts.start("route53", {
      zones = { ["example.test"] = ZONE, ["twice.test"] = "@ 3600 SOA ns a 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n" },
      credentials = { access_key = ACCESS, secret_key = SECRET, session_token = TOKEN }, page = 1, pending = 1,
      hosted = {
        { id = "ZPRIVATE", name = "example.test", private = true }, { id = "ZINNER", name = "inner.example.test", private = true },
        { id = "ZAGAIN", name = "twice.test" },
      },
      special = {
        { name = "alias.example.test", type = "A", alias = "dualstack.balancer.example.net." },
        { name = "near.example.test", type = "TXT", identifier = "eu", value = '"x"' },
      },
    })
    before = host:zone "example.test"
  end)

  teardown(function() host:stop() end)

  after_each(function()
    host:recover()
    assert.equal(before, host:zone "example.test")
  end)

  local function open(changes)
    local options = { access_key = ACCESS, secret_key = SECRET, session_token = TOKEN }
    for name, value in pairs(changes or {}) do options[name] = value end
    return assert(publish.open("route53", host:options(options)))
  end

  local function set(name, kind, ...) return { name = name, type = kind, ttl = 60, values = { ... } } end

  local function new(name, kind, ...) return { name = name, type = kind, after = set(name, kind, ...) } end

  it("passes private zones over, and lets the id decide where there are several of one name", function()
    assert.equal("example.test", open():zone_of "a.inner.example.test")
    local zone, message, code, details = open():zone_of "a.twice.test"
    assert.same({ nil, "several_zones", { zones = { "ZAGAIN", "ZTWICETEST" } } }, { zone, code, details })
    assert.is_truthy(message:find("ZAGAIN, ZTWICETEST", 1, true))
    for _, id in ipairs { "ZTWICETEST", "/hostedzone/ZTWICETEST" } do
      local target = open { zone_id = id }
      assert.equal("twice.test", target:zone_of "a.twice.test")
      assert.equal("no_zone", select(3, target:zone_of "a.example.test"))
      assert.equal("NS", assert(target:read("twice.test", { "twice.test" }))[1].type)
    end
    assert.equal("no_zone", select(3, open({ zone_id = "ZNONE" }):zone_of "a.twice.test"))
  end)

  it("reads a name over several pages, and what is escaped in octal", function()
    local types = {}
    for i, one in ipairs(assert(open():read("example.test", { "many.example.test" }))) do types[i] = one.type end
    assert.same({ "A", "AAAA", "MX", "TXT" }, types)
    local apex = assert(open():read("example.test", { "example.test" }))
    assert.equal("TXT", apex[2].type)
    table.sort(apex[2].values)
    assert.same({ '"a \\"b\\" \\\\ \\195\\164"', '"v=spf1 -all"' }, apex[2].values)
    assert.equal("*.wild.example.test", assert(open():read("example.test", { "*.wild.example.test" }))[1].name)
  end)

  it("writes what has to be escaped, and waits until the change is in sync", function()
    local changes = { new("odd.example.test", "TXT", '"a \\"b\\" \\\\ \\195\\164 <&>"'), new("*.odd.example.test", "TXT", '"x"') }
    assert(open():apply("example.test", changes))
    assert.is_truthy(host:zone("example.test"):find('odd.example.test. 60 IN TXT "a \\"b\\" \\\\ \\195\\164 <&>"', 1, true))
    assert.is_truthy(host:zone("example.test"):find('*.odd.example.test. 60 IN TXT "x"', 1, true))
    local looks = 0
    for _, request in ipairs(host:requests "GET") do looks = looks + (request.path:find "/change/" and 1 or 0) end
    assert.equal(1, looks)
    assert(open():undo("example.test", changes))
  end)

  it("is refused where a set is another by the time of the batch: nobody's change is overwritten", function()
    local target = open()
    local apex = assert(target:read("example.test", { "example.test" }))[2]
    -- What is read before the change is what was read then; another has changed the zone since.
    local told = ([[<ListResourceRecordSetsResponse><ResourceRecordSets><ResourceRecordSet><Name>example.test.</Name><Type>TXT</Type>
      <TTL>60</TTL><ResourceRecords><ResourceRecord><Value>%s</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>
      </ResourceRecordSets><IsTruncated>false</IsTruncated></ListResourceRecordSetsResponse>]]):format('"v=spf1 -all"')
    host:fail { method = "GET", path = "/rrset", status = 200, body = told }
    apex.values = { '"v=spf1 -all"' }
    local done, message, code = target:apply("example.test", {
      { name = "example.test", type = "TXT", before = apex, after = set("example.test", "TXT", '"v=spf1 a -all"') } })
    assert.same({ nil, "zone_moved" }, { done, code })
    assert.matches("do not match the current values", message)
    local none = "<ListResourceRecordSetsResponse><ResourceRecordSets/><IsTruncated>false</IsTruncated></ListResourceRecordSetsResponse>"
    host:fail { method = "GET", path = "/rrset", status = 200, body = none }
    done, message, code = target:apply("example.test", { new("many.example.test", "TXT", '"x"') })
    assert.same({ nil, "zone_moved" }, { done, code })
    assert.matches("already exists", message)
  end)

  it("tells a batch that it would never take", function()
    local done, message, code = open():apply("example.test", { new("many.example.test", "CNAME", "a.example.net.") })
    assert.same({ nil, "refused_record" }, { done, code })
    assert.matches("CNAME", message)
    done, message, code = open():apply("example.test", { new("a.example.test", "MX", "mx") })
    assert.same({ nil, "refused_record" }, { done, code }, message)
  end)

  it("tells aliases and routing policies, and leaves them alone", function()
    local target = open()
    for name, special in pairs { ["alias.example.test"] = "an alias", ["near.example.test"] = "routing policy" } do
      local found = assert(target:read("example.test", { name }))
      assert.equal(1, #found)
      assert.matches(special, found[1].policy)
      local done, message, code = target:apply("example.test", { { name = name, type = found[1].type, before = found[1] } })
      assert.same({ nil, "refused_record" }, { done, code })
      assert.matches("console", message)
    end
    assert.same({}, host:requests "POST")
  end)

  it("tells by how much the clock is off, both ways", function()
    for _, seconds in ipairs { 600, -600 } do
      local target = open { now = function() return os.time() + seconds end }
      local zone, message, code, details = target:zone_of "example.test"
      assert.same({ nil, "clock_off" }, { zone, code }, message)
      assert.is_true(math.abs(details.seconds - seconds) < 60)
    end
  end)

  it("tells what is wrong with its credentials", function()
    for _, wrong in ipairs {
      { access_key = "AKIAOTHER" }, { secret_key = "other" }, { session_token = "other" }, { session_token = "" },
    } do
      local zone, message, code = open(wrong):zone_of "example.test"
      assert.same({ nil, "bad_credentials" }, { zone, code }, message)
    end
    local found, _, code = publish.open("route53", host:options { access_key = "a b", secret_key = "x" })
    assert.same({ nil, "bad_credentials" }, { found, code })
  end)

  it("asks again where it was asked too often, or was busy, and says when where that goes on", function()
    local target = open()
    local function told(code)
      return ("<ErrorResponse><Error><Code>%s</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"):format(code)
    end
    host:fail { method = "GET", path = "/rrset", status = 400, body = told "Throttling" }
    assert(target:read("example.test", { "many-more.example.test" }))
    host:fail { method = "POST", status = 400, body = told "PriorRequestNotComplete" }
    assert(target:apply("example.test", { new("a.example.test", "TXT", '"x"') }))
    assert(target:undo("example.test", { new("a.example.test", "TXT", '"x"') }))
    host:fail { status = 400, body = told "Throttling", times = 99 }
    target.client.patience = 0
    local found, message, code, details = target:read("example.test", { "many.example.test" })
    assert.same({ nil, "rate_limited" }, { found, code }, message)
    assert.is_true(details.retry_at >= os.time() and details.retry_at <= os.time() + 2)
  end)
end)
