--- What the target of any DNS host does: tests that are the same for each of them, against its interface on this machine
-- (`spec.support.dns_hosts`) and the name server below it.
--
--     walk.describe({ describe = describe, it = it, setup = setup, … }, { id = "desec", ttl = 3600, … })
local assert = require "luassert"
local dns_hosts = require "spec.support.dns_hosts"
local publish = require "mailseal.publish"
local sets = require "mailseal.publish.sets"

local M = {}

--- The zone that they all have.
M.ZONE = "example.com"

local SUB = "@ 3600 SOA ns.example.net. hostmaster.example.com. 1 60 60 600 60\n@ %d NS ns.example.net.\n"

--- A key record of 2048 bits, in two strings.
M.KEY = "v=DKIM1; k=rsa; p=" .. ("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"):rep(12) .. "IDAQAB"

--- The zone's text.
-- @tparam number ttl of its records
-- @treturn string
function M.zone(ttl)
  return (([[
@ 3600 SOA ns.example.net. hostmaster.example.com. 1 3600 900 604800 300
@ TTL NS ns.example.net.
@ TTL MX 10 Mx1.example.net.
@ TTL MX 20 mx2.example.net.
@ TTL TXT "v=spf1 include:_spf.example.net -all"
@ TTL TXT "some-site-verification=A b;c\"d\\e\195\164"
_dmarc TTL TXT "v=DMARC1; p=none"
s1._domainkey TTL TXT KEY
www TTL A 192.0.2.1
www TTL A 192.0.2.2
www TTL AAAA 2001:db8::1
old._domainkey TTL TXT "v=DKIM1; p="
alias TTL CNAME www.example.com.
*.wild TTL TXT "wild"
]]):gsub("TTL", ttl):gsub("KEY", (sets.text(M.KEY):gsub("%%", "%%%%"))))
end

local function set(name, kind, ttl, values) return { name = name, type = kind, ttl = ttl, values = values } end

local function by_type(list, name)
  local found = {}
  for _, one in ipairs(list) do
    if one.name == name then found[one.type] = one end
  end
  return found
end

local function sorted(values)
  local list = {}
  for i, value in ipairs(values) do list[i] = value end
  table.sort(list)
  return list
end

--- Changes as a first publication has them: a set that is new, one that another takes the place of, one that goes, one value of several
-- replaced, and one added; with what was read for `before`.
-- @tparam table target
-- @tparam number ttl
-- @treturn {table,...}
function M.changes(target, ttl)
  local zone = M.ZONE
  local found = assert(target:read(zone, { zone, "new.example.com", "old._domainkey.example.com", "www.example.com" }))
  local apex, old = by_type(found, zone), by_type(found, "old._domainkey.example.com")
  local values = {}
  for i, value in ipairs(apex.TXT.values) do
    values[i] = value:find "spf1" and sets.text "v=spf1 include:_spf.example.net include:amazonses.com -all" or value
  end
  local www = by_type(found, "www.example.com")
  return {
    { name = zone, type = "TXT", before = apex.TXT, after = set(zone, "TXT", apex.TXT.ttl, values) },
    { name = "old._domainkey.example.com", type = "TXT", before = old.TXT },
    { name = "old._domainkey.example.com", type = "CNAME",
      after = set("old._domainkey.example.com", "CNAME", ttl, { "key.dkim.example.net." }) },
    { name = "new.example.com", type = "MX", after = set("new.example.com", "MX", ttl, { "10 feedback.example.net." }) },
    { name = "new.example.com", type = "TXT", after = set("new.example.com", "TXT", ttl, { sets.text(M.KEY) }) },
    { name = "www.example.com", type = "A", before = www.A,
      after = set("www.example.com", "A", www.A.ttl, { "192.0.2.1", "192.0.2.2", "192.0.2.3" }) },
    { name = "www.example.com", type = "AAAA", before = www.AAAA, after = www.AAAA }, -- a condition alone
  }
end

-- The first of the changes alone: a set that is new.
local function addition(ttl, name)
  name = name or "added.example.com"
  return { { name = name, type = "TXT", after = set(name, "TXT", ttl, { '"added"' }) } }
end

local Walk = {}
Walk.__index = Walk

function Walk:open(changes)
  local given = self.host:options(self.about.options)
  given.endpoint = self.host.endpoint .. (self.about.endpoint or "")
  for name, value in pairs(changes or {}) do given[name] = value end
  return publish.open(self.about.id, given)
end

function Walk:start()
  local about = self.about
  local settings = { zones = { [M.ZONE] = M.zone(about.ttl), ["sub.example.com"] = SUB:format(about.ttl) } }
  for name, value in pairs(about.settings or {}) do settings[name] = value end
  self.host = dns_hosts.start(about.file or about.id:gsub("-", "_"), settings)
  self.before = self.host:zone(M.ZONE)
end

local function reading(self, it)
  it("finds the zone of a name, the nearest one, and tells where there is none", function()
    local target = assert(self:open())
    assert.equal("example.com", target:zone_of "s1._domainkey.mail.example.com")
    assert.equal("example.com", target:zone_of "example.com")
    assert.equal("sub.example.com", target:zone_of "_dmarc.sub.example.com")
    local zone, message, code = target:zone_of "notexample.com"
    assert.same({ nil, "no_zone" }, { zone, code })
    assert.matches("notexample.com", message)
  end)

  it("reads every set at the names, in the one spelling", function()
    local target = assert(self:open())
    local found = assert(target:read(M.ZONE, {
      "example.com", "s1._domainkey.example.com", "none.example.com", "alias.example.com", "x.wild.example.com", "www.example.com" }))
    local apex = by_type(found, "example.com")
    assert.same({ "10 mx1.example.net.", "20 mx2.example.net." }, sorted(apex.MX.values))
    assert.same(sorted { '"v=spf1 include:_spf.example.net -all"', '"some-site-verification=A b;c\\"d\\\\e\\195\\164"' },
      sorted(apex.TXT.values))
    assert.same({ "ns.example.net." }, apex.NS.values)
    assert.equal(self.about.ttl, apex.TXT.ttl)
    assert.same({ sets.text(M.KEY) }, by_type(found, "s1._domainkey.example.com").TXT.values)
    assert.same({ "www.example.com." }, by_type(found, "alias.example.com").CNAME.values)
    assert.same({ "192.0.2.1", "192.0.2.2" }, sorted(by_type(found, "www.example.com").A.values))
    assert.same({}, by_type(found, "none.example.com"))
    assert.same({}, by_type(found, "x.wild.example.com")) -- no wildcard's answer is taken for a set
    assert.same({ '"wild"' }, by_type(assert(target:read(M.ZONE, { "*.wild.example.com" })), "*.wild.example.com").TXT.values)
  end)
end

local function changing(self, it)
  it("makes changes, and takes them back to the last octet", function()
    local target = assert(self:open())
    local changes = M.changes(target, self.about.ttl)
    assert(target:apply(M.ZONE, changes))
    local now = self.host:zone(M.ZONE)
    for _, text in ipairs {
      'example.com. %d IN TXT "v=spf1 include:_spf.example.net include:amazonses.com -all"',
      "old._domainkey.example.com. %d IN CNAME key.dkim.example.net.", "new.example.com. %d IN MX 10 feedback.example.net.",
      "www.example.com. %d IN A 192.0.2.3", "www.example.com. %d IN A 192.0.2.1",
    } do assert.is_truthy(now:find(text:format(self.about.ttl), 1, true), text .. "\n" .. now) end
    assert.is_nil(now:find('"v=spf1 include:_spf.example.net -all"', 1, true))
    assert.is_nil(now:find("old._domainkey.example.com. %d+ IN TXT"))
    local again, _, code = target:apply(M.ZONE, changes)
    assert.same({ nil, "zone_moved" }, { again, code })
    assert.equal(now, self.host:zone(M.ZONE))
    assert(target:undo(M.ZONE, changes))
    assert.equal(self.before, self.host:zone(M.ZONE))
  end)

  it("changes nothing where what stands there is not what was read", function()
    local target = assert(self:open())
    local changes = M.changes(target, self.about.ttl)
    self.host:update(M.ZONE, { ('add www %d AAAA 2001:db8::2'):format(self.about.ttl) })
    local moved = self.host:zone(M.ZONE)
    local done, message, code = target:apply(M.ZONE, changes)
    assert.same({ nil, "zone_moved" }, { done, code })
    assert.matches("www.example.com", message)
    assert.equal(moved, self.host:zone(M.ZONE))
    assert.equal(0, self.about.writes(self.host))
    self.host:update(M.ZONE, { "del www AAAA 2001:db8::2" })
  end)

  it("asks for nothing to be changed where nothing is to be", function()
    local target = assert(self:open())
    local found = by_type(assert(target:read(M.ZONE, { "www.example.com" })), "www.example.com")
    assert(target:apply(M.ZONE, { { name = "www.example.com", type = "A", before = found.A, after = found.A } }))
    assert(target:apply(M.ZONE, {}))
    assert.equal(0, self.about.writes(self.host))
    local done, _, code = target:apply(M.ZONE, { { name = "www.example.com", type = "TXT", before = found.A, after = found.A } })
    assert.same({ nil, "zone_moved" }, { done, code })
  end)

  it("does not take what the host does not take, and tells the host's reason", function()
    local target = assert(self:open())
    local refused = self.about.refused
      or { name = "bad.example.com", type = "MX", after = set("bad.example.com", "MX", self.about.ttl, { "mx" }) }
    local changes = addition(self.about.ttl)
    changes[2] = refused
    local done, message, code = target:apply(M.ZONE, changes)
    assert.same({ nil, "refused_record" }, { done, code }, message)
  end)
end

local function failing(self, it)
  it("tells credentials that are wrong from those that may not", function()
    local target = assert(self:open { [self.about.secret] = self.about.wrong })
    for _, ask in ipairs {
      function() return target:zone_of "example.com" end, function() return target:read(M.ZONE, { "example.com" }) end,
      function() return target:apply(M.ZONE, addition(self.about.ttl)) end,
    } do
      local found, message, code = ask()
      assert.same({ nil, "bad_credentials" }, { found, code }, message)
      assert.is_nil(message:find(self.about.wrong, 1, true))
    end
    self.host:fail { method = self.about.write, path = self.about.path, status = 403, times = 9 }
    local found, message, code = assert(self:open()):apply(M.ZONE, addition(self.about.ttl))
    assert.same({ nil, "not_allowed" }, { found, code }, message)
  end)

  it("tells when to come again where it was asked too often", function()
    local target = assert(self:open())
    self.host:fail(self.about.limited)
    local found, message, code, details = target:read(M.ZONE, { "example.com" })
    assert.same({ nil, "rate_limited" }, { found, code }, message)
    assert.is_true(math.abs(details.retry_at - os.time() - 7200) < 120)
    self.host:recover()
    assert.equal("example.com", target:zone_of "example.com")
  end)

  it("says that it may go well later where the host fails, and whether that is sure", function()
    local target = assert(self:open())
    self.host:fail { method = self.about.write, path = self.about.path, status = 500, times = 9 }
    local found, message, code, details = target:apply(M.ZONE, addition(self.about.ttl))
    assert.same({ nil, "server_failed" }, { found, code }, message)
    assert.is_nil(details and details.unsure) -- what stands there was read since
  end)

  it("finds out what became of a change whose answer was lost", function()
    local target = assert(self:open())
    for _, answer in ipairs { "none", "cut" } do
      self.host:recover()
      self.host:fail { method = self.about.write, path = self.about.path, answer = answer, made = true }
      assert(target:apply(M.ZONE, addition(self.about.ttl)))
      assert.is_truthy(self.host:zone(M.ZONE):find("added.example.com", 1, true))
      assert(target:undo(M.ZONE, addition(self.about.ttl)))
    end
    self.host:recover()
    self.host:fail { method = self.about.write, path = self.about.path, answer = "none", times = 9 }
    local found, message, code, details = target:apply(M.ZONE, addition(self.about.ttl))
    assert.same({ nil, "closed" }, { found, code }, message)
    assert.is_nil(details and details.unsure)
  end)

  it("does not take for an answer what is none", function()
    local target = assert(self:open())
    for _, body in ipairs { "<html><body>Gateway</body></html>", '{"a":', "[1,2]", '{"error":null}', '""' } do
      self.host:recover()
      self.host:fail { method = "GET", status = 200, body = body, times = 99 }
      for _, ask in ipairs {
        function() return target:zone_of "x.example.com" end, function() return target:read(M.ZONE, { "example.com" }) end,
      } do
        local found, message, code = ask()
        assert.same({ nil, "bad_answer" }, { found, code }, body .. ": " .. tostring(message))
      end
    end
  end)

  it("tells no secret, though the host does", function()
    local secret = self.about.options[self.about.secret]
    local target = assert(self:open())
    self.host:fail { status = 400, body = ('{"detail": "%s", "message": "%s", "error": {"message": "%s", "code": 400}}'):format(
      self.about.told or secret, self.about.told or secret, self.about.told or secret), times = 9 }
    local found, message = target:read(M.ZONE, { "example.com" })
    assert.is_nil(found)
    assert.is_nil(message:find(self.about.told or secret, 1, true), message)
    assert.is_nil(tostring(target):find(secret, 1, true))
  end)

  it("is not opened without credentials, and says which", function()
    local given = {}
    for name, value in pairs(self.about.options) do given[name] = name ~= self.about.secret and value or nil end
    given = self.host:options(given)
    local found, message, code = publish.open(self.about.id, given)
    assert.same({ nil, "credentials_missing" }, { found, code })
    local environment
    for _, one in ipairs(publish.find(self.about.id).credentials) do
      environment = one.name == self.about.secret and one.environment or environment
    end
    assert.is_truthy(message:find(environment, 1, true), message)
  end)
end

--- Describes a target.
-- @tparam table busted its functions by name: `describe`, `it`, `setup`, `teardown`, `before_each`, `after_each`
-- @tparam table about
--
-- - `id`; `file`, of the interface (its id); `settings` of that; `ttl` that all zones have
-- - `options`: settings and credentials that the target is opened with; `endpoint`, the path behind the interface's address
-- - `secret`: what must be in no message, by the name of its option; `wrong`: another value for it
-- - `limited`: the fault that says it was asked too often, for two hours
-- - `writes(host)`: how many requests asked for a change; `refused`: a change that it does not take
-- - `told`: what a host might tell of the secret, where that is not the secret itself
-- - `write`: the method of the request that changes something, and `path`, a part of its path
function M.describe(busted, about)
  busted.describe("the target " .. about.id .. ", like that of any DNS host,", function()
    local self = setmetatable({ about = about }, Walk)

    busted.setup(function() self:start() end)

    busted.teardown(function() self.host:stop() end)

    busted.before_each(function() self.host:recover() end)

    -- Whatever a test has done, it has left nothing.
    busted.after_each(function() assert.equal(self.before, self.host:zone(M.ZONE)) end)

    reading(self, busted.it)
    changing(self, busted.it)
    failing(self, busted.it)
  end)
end

return M
