--- What every target behaves like that writes by a DNS host's interface: tests to call within a `describe`, over
-- `spec.support.dns_hosts`.
--
--     behaviour.tests {
--       busted = { it = it, setup = setup, teardown = teardown, after_each = after_each },
--       id = "cloudflare", settings = { credentials = { token = TOKEN } }, options = { token = TOKEN }, secrets = { TOKEN },
--       reads = function(request) return request.method == "GET" end,
--     }
local assert = require "luassert"
local async = require "mailseal.async"
local dns_hosts = require "spec.support.dns_hosts"
local publish = require "mailseal.publish"
local sets = require "mailseal.publish.sets"

local M = {}

--- The zone of the tests, and a long text that is in it.
M.ZONE = "example.test"
M.KEY = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA"
  .. ("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/"):rep(5)
M.TEXT = [[
$TTL 3600
@ SOA ns hostmaster 1 3600 900 604800 60
@ NS ns
ns A 127.0.0.1
@ TXT "v=spf1 a -all"
@ TXT "other=1"
@ MX 10 mx
@ MX 20 mx.example.net.
@ A 192.0.2.1
@ AAAA 2001:db8::1
mx A 192.0.2.2
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@example.test"
www CNAME other.example.net.
old._domainkey TXT %s
_sip._tcp SRV 1 2 5060 sip.example.net.
mail A 192.0.2.9
mail TXT "in the way"
elsewhere TXT "nobody's business"
]]

local function text() return M.TEXT:format(sets.text(M.KEY)) end

local function set(name, kind, values, ttl)
  return { name = name == "" and M.ZONE or name .. "." .. M.ZONE, type = kind, ttl = ttl or 3600, values = values }
end

local function change(before, after)
  local one = before or after
  return { name = one.name, type = one.type, before = before, after = after }
end

local SPF, SPF_AFTER = '"v=spf1 a -all"', '"v=spf1 a include:_spf.example.net -all"'

-- What a customer's set-up needs: an SPF record that becomes another, new CNAMEs and texts, an MX at a name of its own, a policy.
local function changes_of()
  return {
    change(set("", "TXT", { SPF, '"other=1"' }), set("", "TXT", { SPF_AFTER, '"other=1"' })),
    change(nil, set("s1._domainkey", "CNAME", { "s1.keys.example.net." })),
    change(nil, set("s2._domainkey", "TXT", { sets.text(M.KEY:gsub("0123", "9876")) })),
    change(nil, set("bounce", "MX", { "10 feedback.example.net." })),
    change(nil, set("bounce", "TXT", { '"v=spf1 include:example.net ~all"' })),
    change(set("_dmarc", "TXT", { '"v=DMARC1; p=reject; rua=mailto:d@example.test"' }),
      set("_dmarc", "TXT", { '"v=DMARC1; p=reject; rua=mailto:d@example.test,mailto:x@example.net"' })),
    change(set("www", "CNAME", { "other.example.net." }), set("www", "CNAME", { "other.example.net." })),
  }
end

local function options_of(host, given)
  return type(given.options) == "function" and given.options(host) or given.options
end

--- The tests.
-- @tparam table given `busted`: its functions here; `id`; `settings` of the host here; `options` to open the target with, or a function
--   that returns them for the host here; `secrets`;
--   `reads(request)`: did a request change nothing?; `fault`: by what faults know those that do ("change") and those that do not ("read");
--   `limited(seconds)`: the fault of who asks too often; `requests`: how many that change something the changes above take (nil: whatever);
--   `refused`, the status that refuses a record (422); `without_ns`: does it keep its own NS records to itself?
function M.tests(given)
  local host, target, before
  local it = given.busted.it

  local function open(options)
    local all = {}
    for name, value in pairs(options_of(host, given)) do all[name] = value end
    for name, value in pairs(options or {}) do all[name] = value end
    return publish.open(given.id, host:options(all))
  end

  -- One that asks nothing a second time.
  local function open_impatient()
    local one = assert(open())
    one.client.patience = 0
    return one
  end

  given.busted.setup(function()
    local settings = { zones = { [M.ZONE] = text(), ["other.test"] = "@ SOA ns a 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n" } }
    for name, value in pairs(given.settings) do settings[name] = value end
    host = dns_hosts.start(given.id, settings)
    target = assert(open())
    before = host:zone(M.ZONE)
  end)

  given.busted.teardown(function() host:stop() end)

  given.busted.after_each(function()
    host:recover()
    local was = before
    before = host:zone(M.ZONE) -- what one test has left behind is not the next one's fault
    assert.equal(was, before)
  end)

  local function apply(changes) return target:apply(M.ZONE, changes or changes_of()) end

  local function undo(changes) assert(target:undo(M.ZONE, changes or changes_of())) end

  -- How many requests changed something, or wanted to.
  local function changing()
    local count = 0
    for _, request in ipairs(host:requests()) do
      if not given.reads(request) then count = count + 1 end
    end
    return count
  end

  -- Faults of the requests that change something ("change"), or of those that do not ("read").
  local function fault(kind, one)
    local meant = given.fault or { read = { method = "GET" }, change = { not_method = "GET" } }
    for name, value in pairs(meant[kind]) do one[name] = value end
    host:fail(one)
  end

  -- The answer to who asks too often.
  local function limited(seconds)
    if given.limited then return given.limited(seconds) end
    return { status = 429, headers = { ["Retry-After"] = tostring(seconds) } }
  end

  it("tells what it is, and what it wants to know", function()
    local module = assert(publish.find(given.id))
    assert.equal(given.id, module.id)
    assert.equal(given.id, module.host)
    for _, one in ipairs(module.credentials) do
      assert.truthy(one.text and one.environment:find "^[A-Z_]+$", one.name)
      local options = {}
      for name, value in pairs(options_of(host, given)) do options[name] = name ~= one.name and value or nil end
      if one.required then
        local found, message, code = publish.open(given.id, host:options(options))
        assert.same({ nil, "credentials_missing" }, { found, code })
        assert.truthy(message:find(one.environment, 1, true))
      end
    end
    local elsewhere = assert(open { endpoint = "ftp://x" })
    assert.equal("bad_url", select(3, elsewhere:zone_of(M.ZONE)))
  end)

  it("refuses credentials that could not be sent, and repeats nothing of them", function()
    for _, one in ipairs(assert(publish.find(given.id)).credentials) do
      local found, message, code = open { [one.name] = "secret\r\nX-Other: 1" }
      assert.same({ nil, "bad_credentials" }, { found, code })
      assert.falsy(message:find "secret\r" or message:find "X%-Other", message)
    end
  end)

  it("asks https alone, unless it is told otherwise", function()
    local own = assert(open { fetch = { allow_private = true } })
    assert.equal("not_https", select(3, own:zone_of(M.ZONE)))
  end)

  it("knows the account's zones", function()
    for _, name in ipairs { M.ZONE, "s1._domainkey." .. M.ZONE, "a.b.c." .. M.ZONE } do
      assert.equal(M.ZONE, target:zone_of(name), name)
    end
    assert.equal("other.test", target:zone_of "x.other.test")
    local zone, message, code = target:zone_of "mail.example.net"
    assert.same({ nil, "no_zone" }, { zone, code })
    assert.truthy(message:find("mail.example.net", 1, true))
    assert.equal("no_zone", select(3, target:zone_of "notexample.test"))
  end)

  it("reads everything that stands at names", function()
    local found = assert(target:read(M.ZONE, { M.ZONE, "old._domainkey." .. M.ZONE, "www." .. M.ZONE, "nothing." .. M.ZONE,
      "_sip._tcp." .. M.ZONE, "mail." .. M.ZONE }))
    local list = {}
    for _, one in ipairs(found) do
      table.sort(one.values)
      if one.type ~= "NS" then list[#list + 1] = ("%s %s %d %s"):format(one.name, one.type, one.ttl, table.concat(one.values, " | ")) end
    end
    assert.same({
      "_sip._tcp.example.test SRV 3600 1 2 5060 sip.example.net.",
      "example.test A 3600 192.0.2.1",
      "example.test AAAA 3600 2001:db8::1",
      "example.test MX 3600 10 mx.example.test. | 20 mx.example.net.",
      'example.test TXT 3600 "other=1" | "v=spf1 a -all"',
      "mail.example.test A 3600 192.0.2.9",
      'mail.example.test TXT 3600 "in the way"',
      "old._domainkey.example.test TXT 3600 " .. sets.text(M.KEY),
      "www.example.test CNAME 3600 other.example.net.",
    }, list)
  end)

  it("makes changes, and takes them back: the zone is what it was, but for its serial", function()
    assert(apply())
    if given.requests then assert.equal(given.requests, changing()) end
    local zone = host:zone(M.ZONE)
    for _, line in ipairs {
      "s1._domainkey.example.test. 3600 IN CNAME s1.keys.example.net.", 'example.test. 3600 IN TXT ' .. SPF_AFTER,
      "bounce.example.test. 3600 IN MX 10 feedback.example.net.", 'example.test. 3600 IN TXT "other=1"',
    } do
      assert.truthy(zone:find(line, 1, true), line)
    end
    assert.falsy(zone:find(SPF, 1, true))
    for _, request in ipairs(host:requests()) do assert.truthy(request.status < 300, request.path .. " " .. request.body) end
    undo()
    for _, request in ipairs(host:requests()) do assert.truthy(request.status < 300, request.path .. " " .. request.body) end
  end)

  it("changes nothing where what stands there is not what was read", function()
    host:update(M.ZONE, { 'add @ 3600 TXT "new"' })
    local ok, message, code = apply()
    host:update(M.ZONE, { 'del example.test. TXT "new"' })
    assert.same({ nil, "zone_moved" }, { ok, code })
    assert.truthy(message:find "TXT records at example.test")
    assert.equal(0, changing())
    ok, message, code = apply { change(nil, set("mail", "TXT", { '"x"' })) }
    assert.same({ nil, "zone_moved" }, { ok, code }, message)
    ok, message, code = apply { change(set("nothing", "TXT", { '"x"' })) }
    assert.same({ nil, "zone_moved" }, { ok, code }, message)
    assert.equal(0, changing())
  end)

  it("has nothing to do for a condition that holds", function()
    local one = set("www", "CNAME", { "other.example.net." })
    assert(apply { change(one, one) })
    assert(apply {})
    assert.equal(0, changing())
  end)

  it("puts a CNAME where other records stood, and them back", function()
    local changes = {
      change(nil, set("mail", "CNAME", { "u1.example.net." })), change(set("mail", "TXT", { '"in the way"' })),
      change(set("mail", "A", { "192.0.2.9" })),
    }
    assert(apply(changes))
    assert.truthy(host:zone(M.ZONE):find("mail.example.test. 3600 IN CNAME u1.example.net.", 1, true))
    undo(changes)
  end)

  it("adds to records, takes away of them, and changes how long they are kept", function()
    local changes = {
      change(set("", "MX", { "10 mx.example.test.", "20 mx.example.net." }), set("", "MX", { "20 mx.example.net." })),
      change(set("", "TXT", { SPF, '"other=1"' }), set("", "TXT", { SPF, '"other=1"', '"third=1"' })),
      change(set("elsewhere", "TXT", { '"nobody\'s business"' }), set("elsewhere", "TXT", { '"nobody\'s business"' }, 7200)),
    }
    assert(apply(changes))
    local zone = host:zone(M.ZONE)
    assert.truthy(zone:find("elsewhere.example.test. 7200 IN TXT", 1, true))
    assert.truthy(zone:find('example.test. 3600 IN TXT "third=1"', 1, true))
    assert.falsy(zone:find("IN MX 10 mx.example.test.", 1, true))
    undo(changes)
  end)

  it("raises a TTL to the least that it takes", function()
    local least = assert(publish.find(given.id)).least_ttl
    local changes = { change(nil, set("short", "TXT", { '"x"' }, 1)) }
    assert(apply(changes))
    assert.truthy(host:zone(M.ZONE):find(('short.example.test. %d IN TXT "x"'):format(math.max(least, 1)), 1, true))
    undo(changes)
  end)

  it("writes at wildcards, and one text among ten at the zone's own name", function()
    local ten, more = { SPF, '"other=1"' }, {}
    for i = 3, 10 do ten[i] = ('"text-%d"'):format(i) end
    for i, value in ipairs(ten) do more[i] = i == 5 and '"another"' or value end
    local first = { change(set("", "TXT", { SPF, '"other=1"' }), set("", "TXT", ten)), change(nil, set("*", "TXT", { '"any"' })) }
    assert(apply(first))
    local second = { change(set("", "TXT", ten), set("", "TXT", more)) }
    assert(apply(second))
    assert.truthy(host:zone(M.ZONE):find('*.example.test. 3600 IN TXT "any"', 1, true))
    local found = assert(target:read(M.ZONE, { "*." .. M.ZONE, M.ZONE }))
    assert.same({ '"any"' }, found[1].values)
    for _, one in ipairs(found) do assert.is_true(one.type ~= "TXT" or one.name ~= M.ZONE or sets.same(one, { values = more })) end
    undo(second)
    undo(first)
  end)

  it("writes a text as it is, whatever octets it has, or not at all", function()
    local texts = { "a\\b; c", "\195\164 \226\130\172", "\255\254", "a\tb\1\n", "%41+&=#/", ("y"):rep(600), " x " }
    for i, octets in ipairs(texts) do
      local changes = { change(nil, set("odd" .. i, "TXT", { sets.text(octets) })) }
      local ok, message, code = apply(changes)
      if ok then
        assert.equal(octets, sets.joined(assert(target:read(M.ZONE, { ("odd%d.%s"):format(i, M.ZONE) }))[1].values[1]))
        local line = ("odd%d.%s. 3600 IN TXT %s"):format(i, M.ZONE, sets.text(octets))
        assert.truthy(host:zone(M.ZONE):find(line, 1, true) or octets:find "[\1-\31\127-\255]" or octets:find "  ", line)
        undo(changes)
      else
        assert.equal("refused_record", code, message)
      end
    end
  end)

  it("keeps quotes in texts", function()
    local changes = { change(nil, set("quoted", "TXT", { [["a \"b\" c;d"]] })) }
    assert(apply(changes))
    assert.truthy(host:zone(M.ZONE):find([[quoted.example.test. 3600 IN TXT "a \"b\" c;d"]], 1, true))
    assert.same({ [["a \"b\" c;d"]] }, assert(target:read(M.ZONE, { "quoted." .. M.ZONE }))[1].values)
    undo(changes)
  end)

  -- ---- faults

  for status, code in pairs { [401] = "bad_credentials", [403] = "not_allowed" } do
    it("says what is wrong with the credentials: " .. status, function()
      host:fail { status = status, times = 100 }
      local zone, message, found = assert(open()):zone_of(M.ZONE)
      assert.same({ nil, code }, { zone, found })
      assert.truthy(message:find("^" .. assert(publish.find(given.id)).name:gsub("%p", "%%%0")), message)
      assert.equal(code, select(3, target:read(M.ZONE, { M.ZONE })))
    end)
  end

  it("waits for a host that asks for it, where that is short", function()
    fault("change", limited(1))
    assert(apply())
    undo()
  end)

  it("tells when to come again, where it is long", function()
    local now = os.time()
    host:fail(limited(3000))
    local found, _, code, details = target:read(M.ZONE, { M.ZONE })
    assert.same({ nil, "rate_limited" }, { found, code })
    assert.truthy(details.retry_at >= now + 3000 and details.retry_at <= os.time() + 3001, details.retry_at)
    assert.equal(1, #host:requests())
  end)

  it("tells what is in effect where it is asked too often in between, and when to come again", function()
    if given.requests == 1 then return end
    local one = limited(3000)
    one.after, one.times = 2, 1000
    fault("change", one)
    local ok, _, code, details = apply()
    host:recover()
    assert.same({ nil, "half_done", "rate_limited" }, { ok, code, details.cause })
    assert.truthy(details.retry_at > os.time() + 2000 and #details.done > 0 and not details.unsure)
    assert(target:undo(M.ZONE, details.done))
  end)

  it("asks again after a failure where nothing is changed by it", function()
    fault("read", { status = 500 })
    assert.equal(5, #assert(target:read(M.ZONE, { M.ZONE })) + (given.without_ns and 1 or 0))
  end)

  for name, one in pairs {
    ["an answer that is cut off"] = { answer = "cut" }, ["HTML in place of JSON"] = { status = 200, body = "<html>Sorry</html>" },
    ["an answer of another form"] = { status = 200, body = '{"result":[1,"two"],"domain_records":7,"records":{"a":1}}' },
    ["too much of an answer"] = { status = 200, body = (" "):rep(4194305) },
    ["JSON without an end"] = { status = 200, body = ("["):rep(10000) },
  } do
    it("does not take for an answer " .. name, function()
      one.times = 100
      local impatient = open_impatient()
      assert(impatient:read(M.ZONE, { M.ZONE })) -- what it has to know besides, it knows by now
      fault("read", one)
      local found, message, code = impatient:read(M.ZONE, { M.ZONE })
      assert.is_nil(found, message)
      assert.truthy(({ bad_answer = true, unreachable = true, too_large = true })[code], code)
    end)
  end

  for name, one in pairs {
    ["lost before it was made"] = { answer = "none" }, ["lost after it was made"] = { answer = "none", made = true },
    ["answered in half"] = { answer = "cut", made = true }, ["answered by HTML"] = { status = 200, body = "<html>", made = true },
    ["answered by a failure"] = { status = 500 }, ["answered by a failure, and made"] = { status = 502, made = true, body = "<html>" },
  } do
    it("looks at what stands there after a change that is " .. name, function()
      for place = 0, 2, 2 do
        one.after, one.times = place, 1
        local copy = {}
        for key, value in pairs(one) do copy[key] = value end
        fault("change", copy)
        local ok, message, code, details = apply()
        host:recover()
        if ok then
          assert.truthy(one.made or place > 0 and given.requests == 1, "nothing was made")
          undo()
        else
          assert.is_nil(ok)
          assert.truthy(({ unreachable = true, server_failed = true, bad_answer = true })[code], code .. message)
          assert.is_nil(details and details.unsure)
        end
        assert.equal(before, host:zone(M.ZONE))
      end
    end)
  end

  it("takes back what was done where the host refuses what follows", function()
    for place = 0, (given.requests or 5) - 1, 2 do
      fault("change", { status = given.refused or 422, after = place })
      local ok, _, code = apply()
      assert.same({ nil, "refused_record" }, { ok, code })
      host:recover()
      assert.equal(before, host:zone(M.ZONE))
    end
  end)

  it("tells what is in effect where the host falls silent in between", function()
    local impatient = open_impatient()
    fault("change", { answer = "none", made = true, after = given.requests == 1 and 0 or 1, for_good = true })
    local ok, _, code, details = impatient:apply(M.ZONE, changes_of())
    host:recover()
    assert.is_nil(ok)
    assert.truthy(details.unsure)
    if given.requests == 1 then
      assert.equal("unreachable", code)
      return undo()
    end
    assert.equal("half_done", code)
    assert.truthy(#details.done > 0)
    -- What is there can be read and taken back.
    local found = {}
    for _, one in ipairs(details.done) do
      for _, now in ipairs(assert(target:read(M.ZONE, { one.name }))) do
        if now.type == one.type then
          found[#found + 1] = { name = one.name, type = one.type, before = one.before, after = now }
        end
      end
    end
    assert(target:undo(M.ZONE, found))
  end)

  it("says nothing that is secret", function()
    local said = {}
    local function note(...) said[#said + 1] = tostring(select(2, ...)) end
    for _, status in ipairs { 400, 401, 403, 404, 409, 422, 429, 500 } do
      local body = {}
      for i, secret in ipairs(given.secrets) do body[i] = secret end
      host:fail { status = status, body = ('{"message":"%s","error":"%s"}'):format(table.concat(body, " "), body[1]), times = 1000 }
      note(open_impatient():zone_of(M.ZONE))
      note(open_impatient():read(M.ZONE, { M.ZONE }))
      host:recover()
    end
    local everything = table.concat(said, "\n") .. tostring(target)
    assert.truthy(#said == 16)
    for _, secret in ipairs(given.secrets) do assert.falsy(everything:find(secret, 1, true), everything) end
  end)

  it("doubles nothing where two make the same changes at once", function()
    local changes = changes_of()
    local said = {}
    async.map({ 1, 2 }, 2, function(i)
      said[i] = { target:apply(M.ZONE, changes) }
      return true
    end)
    assert.truthy(said[1][1] or said[2][1])
    for _, one in ipairs(said) do assert.truthy(one[1] or one[3] == "zone_moved" or one[3] == "refused_record", one[2]) end
    local zone = host:zone(M.ZONE)
    undo(changes)
    assert(apply(changes))
    assert.equal(host:zone(M.ZONE), zone)
    undo(changes)
  end)

  it("asks side by side from tasks", function()
    local found = async.map({ 1, 2, 3 }, 3, function() return assert(target:read(M.ZONE, { M.ZONE, "www." .. M.ZONE })) end)
    assert.same(found[1], found[2])
    assert.same(found[1], found[3])
  end)
end

return M
