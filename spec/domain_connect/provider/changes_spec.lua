local changes = require "mailseal.domain_connect.provider.changes"
local render = require "mailseal.domain_connect.provider.render"
local sets = require "mailseal.publish.sets"

-- A zone as lines: "name TTL type value", each line a record.
local function read(lines)
  local list, by_key = {}, {}
  for line in lines:gmatch "[^\n]+" do
    local name, ttl, kind, value = line:match "^%s*(%S+) (%d+) (%S+) (.-)%s*$"
    if name then
      name = name == "@" and "example.com" or name .. ".example.com"
      local key = name .. " " .. kind
      if not by_key[key] then
        by_key[key] = { name = name, type = kind, ttl = tonumber(ttl), values = {} }
        list[#list + 1] = by_key[key]
      end
      table.insert(by_key[key].values, value)
    end
  end
  return list
end

local function written(list)
  local lines = {}
  for _, set in ipairs(list) do
    local name = set.name == "example.com" and "@" or set.name:gsub("%.example%.com$", "")
    for _, value in ipairs(set.values) do lines[#lines + 1] = ("%s %d %s %s"):format(name, set.ttl, set.type, value) end
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

local function after(list, made)
  local by_key, result = {}, {}
  for _, set in ipairs(list) do by_key[set.name .. " " .. set.type] = set end
  for _, change in ipairs(made) do
    local key = change.name .. " " .. change.type
    assert(sets.same(by_key[key], change.before), key)
    by_key[key] = change.after
  end
  for _, set in pairs(by_key) do result[#result + 1] = set end
  return result
end

local World = {}
World.__index = World

-- A zone that templates are applied to, one after the other.
local function world(lines) return setmetatable({ list = read(lines), instances = {}, count = 0 }, World) end

function World:apply(id, records, options)
  options = options or {}
  local request = {
    template = {
      providerId = "p.example", serviceId = id, providerName = "P", serviceName = id, records = records, multiInstance = options.multi,
    },
    domain = "example.com", host = options.host, name = (options.host and options.host .. "." or "") .. "example.com",
    values = options.values or {}, groups = options.groups,
  }
  local rendered = assert(render.records(request))
  self.count = self.count + 1
  local made = changes.apply(request, rendered, self.list, self.instances, { now = 1, id = "i" .. self.count, all = "~all" })
  self.list, self.instances = after(self.list, made.changes), made.instances
  return made
end

function World:withdraw(place)
  local made = changes.withdraw("example.com", self.instances[place].id, self.list, self.instances)
  self.list, self.instances = after(self.list, made.changes), made.instances
  return made
end

local function is(lines, of) assert.equal(written(read(lines)), written(of.list)) end

local function a(host, address) return { type = "A", host = host, pointsTo = address, ttl = 600 } end
local function txt(host, data, mode, prefix, more)
  local record = { type = "TXT", host = host, data = data, ttl = 600, txtConflictMatchingMode = mode, txtConflictMatchingPrefix = prefix }
  for name, value in pairs(more or {}) do record[name] = value end
  return record
end

describe("applying a template", function()
  it("changes what the specification's example does", function() -- appendix A.5, whose TTL of the SPF record is a slip
    local zone = world [[
      @ 3600 SOA ns11.example.net. support.example.net. 2017050817 7200 1800 1209600 3600
      @ 3600 NS ns11.example.net.
      @ 3600 NS ns12.example.net.
      @ 3600 A 192.0.2.1
      @ 3600 A 192.0.2.2
      @ 3600 AAAA 2001:db8:1234::
      @ 3600 AAAA 2001:db8:1234::1
      @ 3600 MX 10 mx1.example.net.
      @ 3600 MX 10 mx2.example.net.
      @ 3600 TXT "v=spf1 a include:spf.example.org ~all"
      www 3600 CNAME other.host.example.
    ]]
    zone:apply("hosting", {
      { type = "A", host = "@", pointsTo = "203.0.113.2", ttl = "1800" },
      { type = "A", host = "www", pointsTo = "203.0.113.2", ttl = "1800" },
      { type = "SPFM", host = "@", spfRules = "a include:spf.hoster.example" },
    })
    is([[
      @ 3600 SOA ns11.example.net. support.example.net. 2017050817 7200 1800 1209600 3600
      @ 3600 NS ns11.example.net.
      @ 3600 NS ns12.example.net.
      @ 1800 A 203.0.113.2
      @ 3600 MX 10 mx1.example.net.
      @ 3600 MX 10 mx2.example.net.
      @ 3600 TXT "v=spf1 a include:spf.example.org include:spf.hoster.example ~all"
      www 1800 A 203.0.113.2
    ]], zone)
  end)

  it("merges SPF as the specification's example does, and takes each out alone", function() -- appendix A.6
    local zone = world ""
    zone:apply("mail", { { type = "SPFM", host = "@", spfRules = "a include:spf.example.net" } })
    is('@ 3600 TXT "v=spf1 a include:spf.example.net ~all"', zone)
    zone:apply("news", { { type = "SPFM", host = "@", spfRules = "include:_spf.newsletter.example" } })
    is('@ 3600 TXT "v=spf1 a include:spf.example.net include:_spf.newsletter.example ~all"', zone)
    zone:withdraw(1)
    is('@ 3600 TXT "v=spf1 include:_spf.newsletter.example ~all"', zone)
    zone:withdraw(1)
    is("", zone)
  end)

  it("leaves an SPF record cut into strings as it was, whichever of the templates goes first", function()
    for _, first in ipairs { 1, 2 } do
      local zone = world '@ 300 TXT "v=spf1 include:" "a.example -all"'
      zone:apply("one", { { type = "SPFM", host = "@", spfRules = "include:b.example" } })
      zone:apply("two", { { type = "SPFM", host = "@", spfRules = "include:c.example" } })
      zone:apply("one", { { type = "SPFM", host = "@", spfRules = "include:b.example" } })
      is('@ 300 TXT "v=spf1 include:a.example include:b.example include:c.example -all"', zone)
      zone:withdraw(first)
      zone:withdraw(1)
      is('@ 300 TXT "v=spf1 include:" "a.example -all"', zone)
    end
  end)

  it("keeps an SPF record's order, its all and its own terms, whoever goes", function()
    local zone = world '@ 300 TXT "v=spf1 mx -include:bad.example -all"\n@ 300 TXT "other"'
    zone:apply("one", { { type = "SPFM", host = "@", spfRules = "mx include:a.example include:b.example" } })
    zone:apply("two", { { type = "SPFM", host = "@", spfRules = "include:b.example ?include:bad.example" } })
    is('@ 300 TXT "v=spf1 mx ?include:bad.example include:a.example include:b.example -all"\n@ 300 TXT "other"', zone)
    zone:withdraw(1)
    is('@ 300 TXT "v=spf1 mx ?include:bad.example include:b.example -all"\n@ 300 TXT "other"', zone)
    zone:withdraw(1)
    -- Whose term lets more through than the owner's own had it, is not known afterwards: it stays.
    is('@ 300 TXT "v=spf1 mx ?include:bad.example -all"\n@ 300 TXT "other"', zone)
  end)

  it("replaces SPF records that cannot be merged", function()
    for _, lines in ipairs { '@ 300 TXT "v=spf1 a -all"\n@ 300 TXT "v=spf1 mx -all"', '@ 300 TXT "v=spf1 ip4:300.0.0.1 -all"' } do
      local zone = world(lines)
      zone:apply("one", { { type = "SPFM", host = "@", spfRules = "include:a.example" } })
      is('@ 300 TXT "v=spf1 include:a.example ~all"', zone)
    end
  end)

  it("has the conflicts of each type", function()
    local before = [[
      a 60 A 192.0.2.1
      aaaa 60 AAAA 2001:db8::1
      cname 60 CNAME x.example.net.
      mixed 60 A 192.0.2.1
      mixed 60 MX 10 x.example.net.
      mixed 60 TXT "x"
      mx 60 MX 10 x.example.net.
      mx 60 TXT "x"
      srv 60 TXT "x"
      _sip._tcp 60 SRV 1 1 1 x.example.net.
    ]]
    local zone = world(before)
    zone:apply("all", {
      { type = "AAAA", host = "a", pointsTo = "2001:db8::2", ttl = 60 }, a("aaaa", "192.0.2.2"), txt("cname", "y"),
      { type = "CNAME", host = "mixed", pointsTo = "Y.example.net", ttl = 60 }, { type = "MX", host = "mx", pointsTo = "y.example.net",
        priority = 5, ttl = 60 },
      { type = "SRV", name = "@", service = "_sip", protocol = "_tcp", target = "y.example.net", priority = "1", weight = 2, port = 3,
        ttl = 60 },
      txt("srv", "y"),
    })
    is([[
      a 60 AAAA 2001:db8::2
      aaaa 600 A 192.0.2.2
      cname 600 TXT "y"
      mixed 60 CNAME y.example.net.
      mx 60 MX 5 y.example.net.
      mx 60 TXT "x"
      srv 60 TXT "x"
      srv 60 TXT "y"
      _sip._tcp 60 SRV 1 2 3 y.example.net.
    ]], zone)
  end)

  it("goes by a text's mode, and by there being one SPF and one DMARC record whatever that is", function()
    local before = [[
      @ 60 TXT "v=spf1 -all"
      @ 60 TXT "site=1"
      @ 60 TXT "site=2"
      @ 60 TXT "other"
      _dmarc 60 TXT "v=DMARC1; p=reject"
    ]]
    local zone = world(before)
    zone:apply("none", { txt("@", "site=3"), txt("@", "v=spf1 a ~all"), txt("_dmarc", "v=DMARC1; p=none") })
    is([[
      @ 60 TXT "v=spf1 a ~all"
      @ 60 TXT "site=1"
      @ 60 TXT "site=2"
      @ 60 TXT "site=3"
      @ 60 TXT "other"
      _dmarc 600 TXT "v=DMARC1; p=none"
    ]], zone)
    zone:apply("prefix", { txt("@", "site=4", "Prefix", "site=") })
    assert.is_nil(written(zone.list):find "site=[123]")
    assert.truthy(written(zone.list):find '"other"')
    zone:apply("all", { txt("@", "alone", "All") })
    assert.truthy(written(zone.list):find '@ %d+ TXT "alone"')
    assert.is_nil(written(zone.list):find "other")
  end)

  it("takes a delegation away that would hide a record, and what a new one would hide, as far as it is known", function()
    local zone = world "sub 60 NS ns.example.net."
    zone:apply("one", { a("www.sub", "192.0.2.1") })
    is("www.sub 600 A 192.0.2.1", zone)
    local made = zone:apply("two", { { type = "NS", host = "sub", pointsTo = "ns.example.net", ttl = 600 } })
    is("sub 600 NS ns.example.net.", zone)
    assert.equal("one", made.services[1].service_id)
  end)

  it("changes nothing where all is as it is to be, and shares what is there already", function()
    local zone = world 'a 600 A 192.0.2.1\n@ 600 TXT "v=spf1 include:a.example ~all"'
    local records = { a("a", "192.0.2.1"), { type = "SPFM", host = "@", spfRules = "include:a.example" } }
    assert.same({}, zone:apply("one", records).changes)
    assert.same({}, zone:apply("one", records).changes)
    -- and takes away nothing that was there before it
    assert.same({}, zone:withdraw(1).changes)
  end)

  it("replaces the former version of itself, at the same host", function()
    local zone = world 'own 60 TXT "x"'
    zone:apply("one", { a("a", "192.0.2.1"), a("b", "192.0.2.1"), { type = "SPFM", host = "@", spfRules = "include:a.example" } })
    zone:apply("one", { a("a", "192.0.2.9") }, { host = "sub" })
    local made = zone:apply("one", { a("a", "192.0.2.2"), { type = "SPFM", host = "@", spfRules = "include:b.example" } })
    assert.same({}, made.services)
    is([[
      own 60 TXT "x"
      a 600 A 192.0.2.2
      a.sub 600 A 192.0.2.9
      @ 3600 TXT "v=spf1 include:b.example ~all"
    ]], zone)
    assert.equal(2, #zone.instances)
    zone:withdraw(1)
    is('own 60 TXT "x"\na.sub 600 A 192.0.2.9', zone)
  end)

  it("stands beside itself where it is made for that", function()
    local zone = world ""
    zone:apply("one", { txt("@", "x=%x%") }, { multi = true, values = { x = "1" } })
    zone:apply("one", { txt("@", "x=%x%") }, { multi = true, values = { x = "2" } })
    is('@ 600 TXT "x=1"\n@ 600 TXT "x=2"', zone)
  end)

  it("adds a group and leaves the others, and replaces a group by itself", function()
    local records = { txt("a", "%x%", nil, nil, { groupId = "one" }), txt("b", "%x%", nil, nil, { groupId = "two" }) }
    local zone = world ""
    zone:apply("t", records, { groups = { one = true }, values = { x = "1" } })
    is('a 600 TXT "1"', zone)
    zone:apply("t", records, { groups = { two = true }, values = { x = "2" } })
    is('a 600 TXT "1"\nb 600 TXT "2"', zone)
    zone:apply("t", records, { groups = { one = true }, values = { x = "3" } })
    is('a 600 TXT "3"\nb 600 TXT "2"', zone)
    assert.equal(1, #zone.instances)
  end)

  it("removes a template whole that loses what it cannot be without", function()
    local zone = world ""
    zone:apply("one", { a("a", "192.0.2.1"), a("b", "192.0.2.1"), { type = "SPFM", host = "@", spfRules = "include:a.example" } })
    local made = zone:apply("two", { a("b", "192.0.2.2"), a("c", "192.0.2.2") })
    is("b 600 A 192.0.2.2\nc 600 A 192.0.2.2", zone)
    assert.same({ "one", 1 }, { made.services[1].service_id, #zone.instances })
  end)

  it("leaves a template that can be without it", function()
    local zone = world ""
    local dmarc = txt("_dmarc", "v=DMARC1; p=none", "Prefix", "v=DMARC1", { essential = "OnApply" })
    zone:apply("one", { a("a", "192.0.2.1"), dmarc })
    zone:apply("two", { txt("_dmarc", "v=DMARC1; p=reject", "Prefix", "v=DMARC1") })
    is('a 600 A 192.0.2.1\n_dmarc 600 TXT "v=DMARC1; p=reject"', zone)
    assert.equal(2, #zone.instances)
    zone:withdraw(1)
    is('_dmarc 600 TXT "v=DMARC1; p=reject"', zone)
  end)

  it("keeps a record that two templates share until the last of them goes", function()
    local zone = world ""
    zone:apply("one", { txt("a", "x") })
    zone:apply("two", { txt("a", "x"), txt("b", "x") })
    zone:withdraw(1)
    is('a 600 TXT "x"\nb 600 TXT "x"', zone)
    zone:withdraw(1)
    is("", zone)
  end)

  -- Numbers that look like chance, and are the same each time.
  local function dice(seed)
    return function(most)
      seed = (seed * 1103515245 + 12345) % 2147483648
      return math.floor(seed / 65536) % most + 1
    end
  end

  local NAMES, MODES = { "@", "a", "b.a", "c" }, { "None", "All", "Prefix" }

  local function random_record(roll)
    local host, kind = NAMES[roll(4)], roll(6)
    local to = ("t%d.example.net"):format(roll(3))
    if kind == 1 then return txt(host, "k=" .. roll(3), MODES[roll(3)], "k=", { essential = roll(2) == 1 and "OnApply" or nil }) end
    if kind == 2 then return a(host, "192.0.2." .. roll(3)) end
    if kind == 3 then return { type = "MX", host = host, pointsTo = to, priority = 10, ttl = 600 } end
    if kind == 4 and host ~= "@" then return { type = "CNAME", host = host, pointsTo = to, ttl = 600 } end
    return { type = "SPFM", host = host, spfRules = "include:" .. to }
  end

  -- At each name one SPF record at most, and a CNAME alone.
  local function check_zone(list)
    local seen, count = {}, {}
    for _, set in ipairs(list) do
      assert.is_true(#set.values > 0)
      seen[set.name] = (seen[set.name] or 0) + 1
      for _, value in ipairs(set.values) do
        local is_policy = value:find '^"v=spf1'
        count[set.name] = (count[set.name] or 0) + (is_policy and 1 or 0)
      end
      assert.is_true((count[set.name] or 0) < 2, set.name)
    end
    for _, set in ipairs(list) do
      if set.type == "CNAME" then assert.same({ 1, 1 }, { seen[set.name], #set.values }) end
    end
  end

  it("holds to the rules of zones, whatever comes; the second time it changes nothing, and the last one to go leaves nothing", function()
    local applied = 0
    for seed = 1, 400 do
      local roll, zone = dice(seed), world ""
      for _ = 1, 5 do
        local records, id = {}, "t" .. roll(3)
        for i = 1, roll(4) do records[i] = random_record(roll) end
        local ok = pcall(zone.apply, zone, id, records) -- what cannot stand beside each other is no template
        if ok then
          applied = applied + 1
          check_zone(zone.list)
          local before, again = written(zone.list), zone:apply(id, records)
          assert.same({ {}, {} }, { again.changes, again.services }, "seed " .. seed)
          assert.equal(before, written(zone.list))
        end
      end
      while zone.instances[1] do zone:withdraw(roll(#zone.instances)) end
      assert.equal("", written(zone.list), "seed " .. seed)
    end
    assert.is_true(applied > 1000)
  end)

  it("takes back nothing that somebody else has changed since", function()
    local zone = world ""
    zone:apply("one", { txt("a", "x"), txt("b", "x"), { type = "SPFM", host = "@", spfRules = "include:a.example" } })
    zone.list = read 'a 600 TXT "changed"\nb 600 TXT "x"\nb 600 TXT "beside"\n@ 60 TXT "v=spf1 mx include:a.example -all"'
    zone:withdraw(1)
    is('a 600 TXT "changed"\nb 600 TXT "beside"\n@ 60 TXT "v=spf1 mx -all"', zone)
    assert.is_nil(changes.withdraw("example.com", "none", zone.list, zone.instances))
  end)
end)
