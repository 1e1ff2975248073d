local behaviour = require "spec.support.dns_host_behaviour"
local dns_hosts = require "spec.support.dns_hosts"
local google_account = require "spec.support.google_account"
local key = require "mailseal.key"
local publish = require "mailseal.publish"
local shell = require "spec.support.shell"

local account = google_account.make()

describe("Google Cloud DNS, like any DNS host,", function()
  behaviour.tests {
    busted = { it = it, setup = setup, teardown = teardown, after_each = after_each },
    id = "google-cloud-dns", settings = account.settings, secrets = { account.private:pem():match "\n(%S+)\n" },
    options = function(host) return { service_account = account:file(host) } end,
    reads = function(request) return request.method == "GET" or request.path == "/token" end, requests = 1, refused = 400,
    fault = { read = { method = "GET" }, change = { method = "POST", path = "/changes" } },
  }
end)

local ZONE = [[
@ 3600 SOA ns a 1 60 60 600 5
@ NS ns
ns A 127.0.0.1
@ TXT "v=spf1 -all"
many A 192.0.2.1
many AAAA 2001:db8::1
many MX 10 mx
]]

describe("Google Cloud DNS", function()
  local host, before

  setup(function()
    local settings = {
      zones = { ["example.test"] = ZONE, ["twice.test"] = "@ 3600 SOA ns a 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n" },
      page = 1, pending = 1,
      managed = {
        { name = "inside", dns_name = "example.test", visibility = "private" },
        { name = "inner", dns_name = "inner.example.test", visibility = "private" },
        { name = "again", dns_name = "twice.test", visibility = "public" },
      },
      special = { { name = "near.example.test", type = "A" } },
    }
    for name, value in pairs(account.settings) do settings[name] = value end
    host = dns_hosts.start("google-cloud-dns", settings)
    before = host:zone "example.test"
  end)

  teardown(function()
    host:stop()
    account:remove()
  end)

  after_each(function()
    host:recover()
    assert.equal(before, host:zone "example.test")
  end)

  local function open(changes, file)
    local options = { service_account = account:file(host, file) }
    for name, value in pairs(changes or {}) do options[name] = value end
    return publish.open("google-cloud-dns", host:options(options))
  end

  local function set(name, kind, ...) return { name = name, type = kind, ttl = 60, values = { ... } } end

  local function new(name, kind, ...) return { name = name, type = kind, after = set(name, kind, ...) } end

  -- How often a path was asked for.
  local function asked(path)
    local count = 0
    for _, request in ipairs(host:requests()) do count = count + (request.path:find(path) and 1 or 0) end
    return count
  end

  it("passes private zones over, and has one named where there are several of one name", function()
    local target = assert(open())
    assert.equal("example.test", target:zone_of "a.inner.example.test")
    local zone, message, code, details = target:zone_of "a.twice.test"
    assert.same({ nil, "several_zones", { zones = { "again", "twice-test" } } }, { zone, code, details })
    assert.is_truthy(message:find("again, twice-test", 1, true))
    target = assert(open { managed_zone = "twice-test" })
    assert.equal("twice.test", target:zone_of "a.twice.test")
    assert.equal("no_zone", select(3, target:zone_of "a.example.test"))
    assert.equal("NS", assert(target:read("twice.test", { "twice.test" }))[1].type)
    assert.equal("no_zone", select(3, assert(open { managed_zone = "none" }):zone_of "a.twice.test"))
  end)

  it("reads a name over several pages", function()
    local types = {}
    for i, one in ipairs(assert(assert(open()):read("example.test", { "many.example.test" }))) do types[i] = one.type end
    assert.same({ "A", "AAAA", "MX" }, types)
  end)

  it("waits until a change is done", function()
    local changes = { new("odd.example.test", "TXT", '"a \\"b\\" \\\\ \\195\\164 <&>"') }
    local target = assert(open())
    assert(target:apply("example.test", changes))
    assert.is_truthy(host:zone("example.test"):find('odd.example.test. 60 IN TXT "a \\"b\\" \\\\ \\195\\164 <&>"', 1, true))
    assert.equal(1, asked "/changes/%d+$")
    assert(target:undo("example.test", changes))
  end)

  it("is refused where a set is another by the time of the change: nobody's change is overwritten", function()
    local target = assert(open())
    -- What is read before the change is what was read then; another has changed the zone since.
    local function told(rrsets) host:fail { method = "GET", path = "/rrsets", status = 200, body = '{"rrsets":[' .. rrsets .. "]}" } end
    local old = set("example.test", "TXT", '"old"')
    local change = { { name = "example.test", type = "TXT", before = old, after = set("example.test", "TXT", '"v=spf1 a -all"') } }
    told [[{"name":"example.test.","type":"TXT","ttl":60,"rrdatas":["\"old\""]}]]
    local done, message, code = target:apply("example.test", change)
    assert.same({ nil, "zone_moved" }, { done, code })
    assert.matches("Precondition not met", message)
    told [[{"name":"gone.example.test.","type":"TXT","ttl":60,"rrdatas":["\"x\""]}]]
    done, message, code = target:apply("example.test", { { name = "gone.example.test", type = "TXT", before = set("", "TXT", '"x"') } })
    assert.same({ nil, "zone_moved" }, { done, code })
    assert.matches("does not exist", message)
    told ""
    done, message, code = target:apply("example.test", { new("many.example.test", "MX", "10 a.example.net.") })
    assert.same({ nil, "zone_moved" }, { done, code })
    assert.matches("already exists", message)
  end)

  it("tells a change that it would never take", function()
    local done, message, code = assert(open()):apply("example.test", { new("many.example.test", "CNAME", "a.example.net.") })
    assert.same({ nil, "refused_record" }, { done, code })
    assert.matches("CNAME", message)
  end)

  it("tells routing policies, and leaves them alone", function()
    local target = assert(open())
    local found = assert(target:read("example.test", { "near.example.test" }))
    assert.matches("routing policy", found[1].policy)
    local done, message, code = target:apply("example.test", { { name = "near.example.test", type = "A", before = found[1] } })
    assert.same({ nil, "refused_record" }, { done, code }, message)
    assert.equal(0, asked "/changes$")
  end)

  it("keeps a token, and asks for another before it ends, or when it is taken back", function()
    local now = os.time()
    local target = assert(open { now = function() return now end })
    assert(target:zone_of "example.test")
    assert(target:read("example.test", { "example.test" }))
    assert.equal(1, asked "^/token")
    now = now + 3599 - 59 -- a clock that far off is not taken any more
    assert.equal("clock_off", select(3, target:read("example.test", { "example.test" })))
    assert.equal(2, asked "^/token")
    target = assert(open())
    assert(target:read("example.test", { "example.test" }))
    assert.is_true(shell.succeeds(("curl -sf -X POST -d '' http://127.0.0.1:%d/forget"):format(host.port)))
    assert(target:apply("example.test", { new("a.example.test", "TXT", '"x"') }))
    assert(target:undo("example.test", { new("a.example.test", "TXT", '"x"') }))
    assert.equal(4, asked "^/token")
  end)

  it("does not ask for tokens without end where each of them is refused", function()
    local target = assert(open())
    assert(target:zone_of "example.test")
    local names = {}
    for i = 1, 8 do names[i] = ("n%d.example.test"):format(i) end
    host:recover()
    host:fail { method = "GET", path = "/rrsets", status = 401, times = 1000 }
    local found, _, code = target:read("example.test", names)
    assert.same({ nil, "bad_credentials" }, { found, code })
    assert.is_true(asked "^/token" <= 8 and asked "/rrsets" <= 16)
  end)

  it("takes a list that is left out for one without items", function()
    host:fail { method = "GET", path = "/rrsets", status = 200, body = '{"kind":"dns#resourceRecordSetsListResponse"}' }
    assert.same({}, assert(open()):read("example.test", { "many.example.test" }))
    host:fail { method = "GET", path = "/rrsets", status = 200, times = 9,
      body = '{"kind":"x","rrsets":[{"name":"a.example.test.","type":"TXT","rrdatas":[{"a":1}]}]}' }
    assert.equal("bad_answer", select(3, assert(open()):read("example.test", { "a.example.test" })))
  end)

  it("tells nobody its token, though the host does", function()
    local target = assert(open())
    assert(target:zone_of "example.test")
    local token = host:requests("GET")[1].headers.authorization:match "^Bearer (.+)$"
    host:fail { status = 400, body = ('{"error": {"code": 400, "message": "it was %s"}}'):format(token), times = 9 }
    local found, message = target:read("example.test", { "example.test" })
    assert.is_nil(found)
    assert.is_nil(message:find(token, 1, true), message)
    assert.matches("it was …", message)
  end)

  it("asks nobody else for a token whom the file names, unless another interface was chosen", function()
    local options = host:options { service_account = account:file(host) }
    assert.equal(host.endpoint .. "/token", assert(publish.open("google-cloud-dns", options)).source.account.token_uri)
    options.endpoint = nil
    local own = assert(publish.open("google-cloud-dns", options)).source
    assert.equal("https://oauth2.googleapis.com/token", own.account.token_uri)
    assert.equal("https://oauth2.googleapis.com/token", own.client.endpoint)
  end)

  it("tells by how much the clock is off, both ways", function()
    for _, seconds in ipairs { 600, -600 } do
      local target = assert(open { now = function() return os.time() + seconds end })
      local zone, message, code, details = target:zone_of "example.test"
      assert.same({ nil, "clock_off" }, { zone, code }, message)
      assert.is_true(math.abs(details.seconds - seconds) < 60)
    end
  end)

  it("tells what is wrong with its credentials, and nothing of them", function()
    local other = assert(key.generate { type = "rsa", bits = 2048 }):pem()
    for _, file in ipairs { { client_email = "other@example.iam.gserviceaccount.com" }, { private_key = other } } do
      local zone, message, code = assert(open(nil, file)):zone_of "example.test"
      assert.same({ nil, "bad_credentials" }, { zone, code }, message)
    end
    assert.equal("not_allowed", select(3, assert(open { project = "another" }):zone_of "example.test"))
    for _, file in ipairs { { type = "authorized_user" }, { client_email = false }, { private_key = false }, { private_key = "x" },
      { private_key = assert(key.generate { type = "ed25519" }):pem() } } do
      local target, message, code = open(nil, file)
      assert.same({ nil, "bad_credentials" }, { target, code })
      assert.is_nil(message:find(account.private:pem():match "\n(%S+)\n", 1, true))
    end
    for _, text in ipairs { "/etc/passwd", "{", "[]", "null", '"x"' } do
      assert.equal("bad_credentials", select(3, open { service_account = text }))
    end
    assert.equal("bad_setting", select(3, open(nil, { project_id = false })))
    assert.equal("example.test", assert(open({ project = "mail-473011" }, { project_id = false })):zone_of "example.test")
  end)
end)
