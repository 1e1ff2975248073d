local async = require "mailseal.async"
local cares = require "mailseal.dns.cares"
local core = require "mailseal.core".dns
local dissect = require "mailseal_test".dissect
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"
local knot = require "spec.support.knot"
local resolver_of = require "mailseal.dns.resolver"
local unbound = require "spec.support.unbound"
local zone_transport = require "mailseal.dns.zone"

local SOA = "@ SOA ns1 hostmaster 1 3600 600 86400 30\n"

-- The zone of the servers ns1 to ns3, and whatever else.
local function zone(lines)
  return SOA .. "@ NS ns1\n@ NS ns2\n@ NS ns3\nns1 A 127.0.0.2\nns2 A 127.0.0.3\nns3 A 127.0.0.4\n" .. lines
end

local common = [[
key 60 TXT "v=DKIM1; p=" "same"
two TXT "first"
two TXT "second"
alias CNAME key.provider.test.
adrift CNAME gone.provider.test.
spread CNAME key.provider.test.
]]

-- What the first server knows besides, being the one that stands for the resolver of the machine, too.
local others = {
  ["provider.test"] = SOA .. "@ NS ns1\nns1 A 127.0.0.2\nkey TXT \"provider's\"\nother TXT \"other\"\n",
  -- On a server that is lame, one that keeps silent, one that nobody has an address of, and the first.
  ["half.test"] = SOA .. "@ NS lame\n@ NS silent\n@ NS none\n@ NS good\n"
    .. "lame A 127.0.0.4\nsilent A 127.0.0.5\ngood A 127.0.0.2\nkey TXT \"half\"\n",
  ["lame.test"] = SOA .. "@ NS a\n@ NS b\na A 127.0.0.3\nb A 127.0.0.4\nkey TXT \"lame\"\n",
  ["mute.test"] = SOA .. "@ NS a\na A 127.0.0.5\nkey TXT \"mute\"\n",
  ["lost.test"] = SOA .. "@ NS nowhere\nkey TXT \"lost\"\n",
  ["one.test"] = SOA .. "@ NS ns\nns A 127.0.0.2\nkey TXT \"one\"\n",
  -- A server at two addresses of which one keeps silent, and one at two that say different things.
  ["twofold.test"] = SOA .. "@ NS a\na A 127.0.0.2\na A 127.0.0.5\nkey TXT \"twofold\"\n",
  ["divided.test"] = SOA .. "@ NS a\na A 127.0.0.2\na A 127.0.0.3\nkey TXT \"divided\"\n",
  -- The delegation of a zone that the resolver cannot reach.
  ["parent.test"] = SOA .. "@ NS ns\nns A 127.0.0.2\n_domainkey NS ns1._domainkey\n_domainkey NS ns2._domainkey\n"
    .. "ns1._domainkey A 127.0.0.3\nns2._domainkey A 127.0.0.4\n",
}

local function with(zones, more)
  local all = {}
  for name, text in pairs(zones) do all[name] = text end
  for name, text in pairs(more) do all[name] = text end
  return all
end

-- What it comes to, in short; a reason that is not given is not looked at.
local function tells(found, status, summary, reason)
  assert.same({ status, summary, reason or found.reason }, { found.status, found.summary, found.reason })
end

describe("resolver:authoritative, asking Knot,", function()
  local first, second, third, silent, resolver
  local DELEGATED = SOA .. "@ NS ns1\n@ NS ns2\nns1 A 127.0.0.3\nns2 A 127.0.0.4\ns1 TXT \"delegated\"\n"

  setup(function()
    first = assert(knot.start { listen = { "127.0.0.2" }, zones = with(others, {
      ["example.test"] = zone(common .. 'changed TXT "old"\ngone TXT "still"\n'),
    }) })
    local function start(address, zones) return assert(knot.start { listen = { address }, port = first.port, zones = zones }) end
    second = start("127.0.0.3", {
      ["example.test"] = zone(common:gsub("60 TXT", "30 TXT"):gsub("(two TXT \"first\"\n)(two TXT \"second\"\n)", "%2%1")
        :gsub("spread CNAME key", "spread CNAME other") .. 'changed TXT "new"\nnew TXT "here"\n'),
      ["divided.test"] = SOA .. "@ NS a\nkey TXT \"otherwise\"\n",
      ["_domainkey.parent.test"] = DELEGATED,
    })
    third = start("127.0.0.4", { ["example.test"] = zone(common .. 'changed TXT "new"\nnew TXT "here"\n') })
    silent = start("127.0.0.5", { ["mute.test"] = SOA .. "@ NS a\n" })
    silent:silence(true)
    resolver = assert(dns.resolver { servers = { first.address }, port = first.port, timeout = 0.5, tries = 2 })
  end)

  teardown(function()
    for _, server in ipairs { first, second, third, silent } do server:stop() end
  end)

  local function ask(name, type, options) return assert(resolver:authoritative(name, type or "TXT", options)) end

  local function states(found)
    local by_host = {}
    for _, server in ipairs(found.servers) do by_host[server.host] = server.state end
    return by_host
  end

  it("says that all have a record, whatever the order and the TTLs", function()
    for name, text in pairs { key = "v=DKIM1; p=same", two = "first" } do
      local found = ask(name .. ".example.test")
      tells(found, "ok", "all 3 name servers have it")
      assert.equal("example.test", found.zone)
      assert.equal("child", found.name_servers_from)
      assert.equal(1, #found.groups)
      assert.same({ "ns1.example.test", "ns2.example.test", "ns3.example.test" }, found.groups[1].servers)
      table.sort(found.answer.text)
      assert.equal(text, found.answer.text[1])
      assert.is_true(found.answer.authoritative)
    end
  end)

  it("tells of each server its name, its address and its answer", function()
    local found = ask "KEY.example.test."
    assert.equal("key.example.test", found.name)
    assert.equal("TXT", found.type)
    for i, server in ipairs(found.servers) do
      assert.equal(("ns%d.example.test"):format(i), server.host)
      assert.equal(("127.0.0.%d"):format(i + 1), server.address)
      assert.equal("answers", server.state)
      assert.equal("v=DKIM1; p=same", server.answer.text[1])
      assert.equal(server.address, server.addresses[1].address)
    end
  end)

  it("says that it is propagating where not all have it", function()
    local found = ask "new.example.test"
    tells(found, "propagating", "2 of 3 name servers have it")
    assert.is_nil(found.answer)
    assert.equal(2, #found.groups)
    assert.same({ "ns2.example.test", "ns3.example.test" }, found.groups[1].servers)
    assert.equal("here", found.groups[1].answer.text[1])
    assert.equal("nxdomain", found.groups[2].status)
    assert.same({ "ns1.example.test" }, found.groups[2].servers)
  end)

  it("says so where they have different data", function()
    local found = ask "changed.example.test"
    tells(found, "propagating", "all 3 name servers have it, in 2 versions")
    assert.equal("new", found.groups[1].answer.text[1])
    assert.equal("old", found.groups[2].answer.text[1])
  end)

  it("says so where a record is on its way out", function()
    local found = ask "gone.example.test"
    tells(found, "propagating", "1 of 3 name servers has it")
  end)

  it("tells no such name from no such data, where all agree", function()
    local found = ask "never.example.test"
    tells(found, "nxdomain", "none of 3 name servers has it")
    found = ask("key.example.test", "MX")
    assert.equal("nodata", found.status)
    assert.equal("nodata", found.answer.status)
  end)

  it("follows a CNAME that all have, to what it leads to elsewhere", function()
    local found = ask "alias.example.test"
    assert.equal("ok", found.status)
    assert.equal("example.test", found.zone)
    assert.equal("all 3 name servers have it, a CNAME to key.provider.test", found.summary)
    assert.same({ "provider's" }, found.answer.text)
    assert.same({ "key.provider.test" }, found.answer.chain)
    assert.equal("alias.example.test", found.answer.name)
    assert.equal("key.provider.test", found.groups[1].alias)
  end)

  it("says of a CNAME to a name that does not exist that it dangles", function()
    local found = ask "adrift.example.test"
    assert.equal("nxdomain", found.status)
    assert.is_true(found.answer.dangling)
    assert.equal("all 3 name servers have it, a CNAME to gone.provider.test, which does not exist", found.summary)
  end)

  it("tells CNAMEs that lead to different names apart", function()
    local found = ask "spread.example.test"
    assert.equal("propagating", found.status)
    assert.equal("key.provider.test", found.groups[1].alias)
    assert.equal("other.provider.test", found.groups[2].alias)
    assert.same({ "other" }, found.groups[2].answer.text)
  end)

  it("lets those decide that answer, and names those that are lame, silent or without an address", function()
    local found = ask "key.half.test"
    assert.equal("ok", found.status)
    assert.same({
      ["good.half.test"] = "answers", ["lame.half.test"] = "lame", ["silent.half.test"] = "silent", ["none.half.test"] = "unresolved",
    }, states(found))
    assert.equal("1 of 4 name servers has it; 1 is silent; 1 is lame; 1 is without an address", found.summary)
    assert.equal("refused", found.servers[2].reason)
    assert.equal("nxdomain", found.servers[3].reason)
    assert.equal("timeout", found.servers[4].reason)
    found = ask "gone.half.test"
    tells(found, "nxdomain", "1 of 4 name servers does not have it; 1 is silent; 1 is lame; 1 is without an address")
  end)

  it("says that it is temporary where all are lame", function()
    local found = ask "key.lame.test"
    tells(found, "servfail", "both name servers are lame", "lame")
    assert.is_nil(found.answer)
    assert.same({}, found.groups)
  end)

  it("says that it is temporary where all are silent, within the time that they are given", function()
    local before = async.now()
    local found = ask "key.mute.test"
    tells(found, "timeout", "the only name server is silent", "silent")
    assert.is_true(async.now() - before < 5)
  end)

  it("says that it is temporary where no server has an address", function()
    local found = ask "key.lost.test"
    tells(found, "servfail", "the only name server is without an address", "unresolved")
  end)

  it("speaks of a single server as one does", function()
    assert.equal("the only name server has it", ask("key.one.test").summary)
    assert.equal("the only name server does not have it", ask("gone.one.test").summary)
  end)

  it("takes a server for one that answers where one of its addresses does", function()
    local found = ask "key.twofold.test"
    tells(found, "ok", "the only name server has it")
    assert.equal("127.0.0.2", found.servers[1].address)
    local by_address = {}
    for _, address in ipairs(found.servers[1].addresses) do by_address[address.address] = address.state end
    assert.same({ ["127.0.0.2"] = "answers", ["127.0.0.5"] = "silent" }, by_address)
  end)

  it("says that it is propagating where a server's addresses say different things", function()
    local found = ask "key.divided.test"
    tells(found, "propagating", "the only name server has it, in 2 versions; 1 is at odds with itself")
    assert.same({ "a.divided.test" }, found.groups[1].servers)
    assert.same({ "a.divided.test" }, found.groups[2].servers)
  end)

  it("finds the servers of a zone that no resolver can reach in its delegation, the addresses with them", function()
    local found = ask "s1._domainkey.parent.test"
    assert.equal("ok", found.status)
    assert.equal("_domainkey.parent.test", found.zone)
    assert.equal("parent", found.name_servers_from)
    assert.same({ "delegated" }, found.answer.text)
    assert.same({ ["ns1._domainkey.parent.test"] = "answers", ["ns2._domainkey.parent.test"] = "lame" }, states(found))
    assert.equal("1 of 2 name servers has it; 1 is lame", found.summary)
  end)

  it("sees a change as soon as a server has it", function()
    assert.equal("nxdomain", ask("fresh.example.test").status)
    assert(first:update("example.test", { 'add fresh.example.test. 60 TXT "fresh"' }))
    assert.equal("1 of 3 name servers has it", ask("fresh.example.test").summary)
    for _, server in ipairs { second, third } do assert(server:update("example.test", { 'add fresh.example.test. 60 TXT "fresh"' })) end
    assert.equal("ok", ask("fresh.example.test").status)
  end)

  it("asks side by side in tasks", function()
    local names = {}
    for i = 1, 40 do names[i] = (i % 2 == 0 and "key" or "new") .. ".example.test" end
    local found, errors = async.map(names, 20, function(name) return resolver:authoritative(name, "TXT") end)
    assert.same({}, errors)
    for i = 1, 40 do assert.equal(i % 2 == 0 and "ok" or "propagating", found[i].status) end
  end)

  it("says of no server that it is silent when the time was over before it was asked", function()
    local found = ask("key.example.test", "TXT", { deadline = 1e-9 })
    assert.is_true(found.status == "timeout" or found.status == "servfail", found.status)
    for _, server in ipairs(found.servers) do assert.not_equal("silent", server.state) end
  end)

  it("ends when its deadline is over, with what it has", function()
    local patient = assert(dns.resolver { servers = { first.address }, port = first.port, timeout = 5, tries = 2 })
    local before = async.now()
    local found = assert(patient:authoritative("key.half.test", "TXT", { deadline = 1.5 }))
    assert.is_true(async.now() - before < 5)
    assert.equal("1 of 4 name servers has it; 1 is silent; 1 is lame; 1 is without an address", found.summary)
  end)

  it("asks servers that have IPv6 alone", function()
    local zones = { ["six.test"] = SOA .. "@ NS ns\nns AAAA ::1\nkey TXT \"six\"\n" }
    local six = knot.start { listen = { "::1" }, zones = zones }
    if not six then return pending "there is no IPv6 on this machine" end
    local found = assert(assert(dns.resolver { servers = { six.address } }):authoritative("key.six.test", "TXT", { port = six.port }))
    six:stop()
    assert.equal("the only name server has it", found.summary)
    assert.is_false(found.capped)
    assert.equal("::1", found.servers[1].address)
  end)
end)

describe("resolver:authoritative, having a real resolver,", function()
  local parent, children, silent, real, resolver

  local child = SOA .. [[
@ NS ns1
ns1 A 127.0.0.3
key TXT "here"
alias CNAME key.broken.test.
sibling CNAME key.sub.good.test.
a.b.empty TXT "deep"
]]

  setup(function()
    local names, lines = { "good", "broken", "sub.good", "dead" }, { SOA .. "@ NS ns\nns A 127.0.0.2\nkey TXT \"parent's\"\n" }
    for _, name in ipairs { "good", "broken" } do lines[#lines + 1] = ("%s NS ns1.%s\nns1.%s A 127.0.0.3\n"):format(name, name, name) end
    lines[#lines + 1] = "dead NS ns1.dead\nns1.dead A 127.0.0.5\n"
    parent = assert(knot.start { listen = { "127.0.0.2" }, zones = { test = table.concat(lines) }, signed = { test = true } })
    children = assert(knot.start { listen = { "127.0.0.3" }, port = parent.port, zones = {
      ["good.test"] = child .. "sub NS ns1\n", ["broken.test"] = child, ["sub.good.test"] = child,
    }, signed = { ["broken.test"] = true } })
    silent = assert(knot.start { listen = { "127.0.0.5" }, port = parent.port, zones = { ["dead.test"] = child } })
    silent:silence(true)
    -- A DS that is not of the zone's key.
    assert(parent:update("test", { "add broken 60 DS " .. parent:ds "test" }))
    local zones = { test = parent.address, ["dead.test"] = silent.address }
    for _, name in ipairs(names) do zones[name .. ".test"] = zones[name .. ".test"] or children.address end
    real = unbound.start { zones = zones, trust = { test = parent:ds "test" } }
    resolver = assert(dns.resolver { servers = { real.address }, port = parent.port, timeout = 3, tries = 1 })
  end)

  teardown(function()
    real:stop()
    for _, server in ipairs { silent, children, parent } do server:stop() end
  end)

  local function ask(name) return assert(resolver:authoritative(name .. ".test", "TXT")) end

  it("finds the zone that a name is in, whatever there is at the name", function()
    for name, expected in pairs {
      ["key.good"] = { "good.test", "ok" }, ["none.good"] = { "good.test", "nxdomain" }, ["b.empty.good"] = { "good.test", "nodata" },
      ["key.sub.good"] = { "sub.good.test", "ok" }, ["sub.good"] = { "sub.good.test", "nodata" }, key = { "test", "ok" },
      ["sibling.good"] = { "good.test", "ok" },
    } do
      local found = ask(name)
      assert.equal(expected[1], found.zone, name)
      assert.equal(expected[2], found.status, name)
      assert.equal("child", found.name_servers_from)
    end
  end)

  it("finds that of a CNAME that leads to where validation fails, and says bogus", function()
    local found = ask "alias.good"
    assert.equal("good.test", found.zone)
    assert.equal("bogus", found.status)
    assert.equal("key.broken.test", found.groups[1].alias)
  end)

  it("says bogus of a zone that does not validate, though its servers answer", function()
    local found = ask "key.broken"
    assert.equal("broken.test", found.zone)
    assert.equal("parent", found.name_servers_from)
    assert.equal("bogus", found.status)
    assert.equal("dnssec_bogus", found.reason)
    assert.is_nil(found.answer)
    assert.equal("the only name server has it, but it does not validate under DNSSEC", found.summary)
    assert.equal("here", found.groups[1].answer.text[1])
  end)

  it("names the silent servers of a zone that it cannot reach", function()
    local found = ask "key.dead"
    assert.equal("dead.test", found.zone)
    assert.equal("parent", found.name_servers_from)
    tells(found, "timeout", "the only name server is silent")
    assert.equal("127.0.0.5", found.servers[1].address)
  end)
end)

describe("resolver:authoritative, over a zone,", function()
  local resolver = assert(dns.resolver { zone_text = [[{
    "example.test": [{ "type": "SOA", "data": "ns1.example.test. h.example.test. 1 2 3 4 5" },
                     { "type": "NS", "data": "ns1.example.test." }, { "type": "NS", "data": "ns2.example.test." }],
    "ns1.example.test": [{ "type": "A", "data": "192.0.2.1" }],
    "ns2.example.test": [{ "type": "AAAA", "data": "2001:db8::2" }],
    "key.example.test": [{ "type": "TXT", "data": "key" }],
    "new.example.test": [{ "type": "TXT", "data": "new", "servers": ["ns1.example.test"] }],
    "failing.example.test": [{ "error": "servfail", "servers": ["ns2.example.test"] }, { "type": "TXT", "data": "there" }],
    "loop.example.test": [{ "type": "CNAME", "data": "loop.example.test." }],
    "two.example.test": [{ "type": "CNAME", "data": "a.test." }, { "type": "CNAME", "data": "b.test." }],
    "round.example.test": [{ "type": "CNAME", "data": "about.provider.test." }],
    "about.provider.test": [{ "type": "CNAME", "data": "round.example.test." }],
    "elsewhere.example.test": [{ "type": "CNAME", "data": "key.silent.test." }],
    "silent.test": [{ "type": "SOA", "data": "ns1.provider.test. h.provider.test. 1 2 3 4 5" },
                    { "type": "NS", "data": "ns1.provider.test." }],
    "key.silent.test": [{ "error": "timeout" }],
    "empty.example.test": [{ "type": "CNAME", "data": "ns1.provider.test." }],
    "_domainkey.example.test": [{ "type": "NS", "data": "ns1.provider.test." }],
    "provider.test": [{ "type": "SOA", "data": "ns1.provider.test. h.provider.test. 1 2 3 4 5" },
                      { "type": "NS", "data": "ns1.provider.test." }],
    "ns1.provider.test": [{ "type": "A", "data": "192.0.2.3" }],
    "s1._domainkey.example.test": [{ "type": "TXT", "data": "delegated" }]
  }]] })

  local function ask(name) return assert(resolver:authoritative(name .. ".example.test", "TXT")) end

  it("says what it says over the network", function()
    assert.equal("both name servers have it", ask("key").summary)
    local found = ask "new"
    tells(found, "propagating", "1 of 2 name servers has it")
    assert.same({ "ns1.example.test" }, found.groups[1].servers)
  end)

  it("asks the servers of a _domainkey that is delegated", function()
    local found = ask "s1._domainkey"
    assert.equal("_domainkey.example.test", found.zone)
    assert.equal("ok", found.status)
    assert.equal("ns1.provider.test", found.servers[1].host)
    assert.same({ "delegated" }, found.answer.text)
  end)

  it("lets a server that fails for the name be outvoted", function()
    local found = ask "failing"
    tells(found, "ok", "1 of 2 name servers has it; 1 is lame")
    assert.equal("servfail", found.servers[2].reason)
  end)

  it("takes a CNAME to itself for a temporary fault of the records, and not of the servers", function()
    local found = ask "loop"
    assert.equal("servfail", found.status)
    assert.equal("cname_loop", found.reason)
    assert.equal("answers", found.servers[1].state)
    assert.equal("both name servers have it, a CNAME to itself", found.summary)
  end)

  it("takes two CNAMEs that differ for one, too", function()
    local found = ask "two"
    assert.equal("servfail", found.status)
    assert.equal("cname_conflict", found.reason)
    assert.equal("answers", found.servers[1].state)
    assert.equal("both name servers have it, two CNAMEs that differ", found.summary)
  end)

  it("tells a CNAME that all have from what becomes of it", function()
    for name, expected in pairs {
      round = { "servfail", "about.provider.test, which leads back to it" },
      elsewhere = { "timeout", "key.silent.test, of which DNS cannot tell just now" },
      empty = { "nodata", "ns1.provider.test, which has no such record" },
    } do
      local found = ask(name)
      assert.equal(expected[1], found.status)
      assert.equal("both name servers have it, a CNAME to " .. expected[2], found.summary)
    end
  end)

  it("asks no more than so many servers, and addresses of each, of a zone that names hundreds", function()
    local records = { ["many.test"] = { { type = "SOA", data = "ns1.many.test. h.many.test. 1 2 3 4 5" } } }
    for i = 1, 200 do
      local host = ("ns%03d.many.test"):format(i)
      records["many.test"][i + 1] = { type = "NS", data = host .. "." }
      records[host] = {}
      for j = 1, 20 do records[host][j] = { type = "A", data = ("192.0.%d.%d"):format(i, j) } end
    end
    local found = assert(assert(dns.resolver { zone = records }):authoritative("many.test", "SOA"))
    assert.equal("all 16 name servers have it; 184 more were not asked", found.summary)
    assert.is_true(found.capped)
    assert.equal("ns016.many.test", found.servers[16].host)
    for _, server in ipairs(found.servers) do assert.equal(8, #server.addresses) end
  end)
end)

describe("resolver:authoritative, of hostile zones,", function()
  local asked, total

  -- A resolver that counts how often each address is asked. Those that begin with 10.2 know the second zone file, and so on.
  local function counting(...)
    local zones = {}
    for i, text in ipairs { ... } do zones[i] = assert(zone_transport.read(text)) end
    asked, total = {}, 0
    return resolver_of.new({
      servers = { false },
      tries = 1,
      exchange = function(_, query, server, ...)
        if server then asked[server], total = (asked[server] or 0) + 1, total + 1 end
        return zones[server and tonumber(server:match "^10%.(%d)") or 1]:exchange(query, server, ...)
      end,
    }, {})
  end

  -- Sixteen name servers of a zone, with eight addresses each: `address` says which, given the server's place and the address's.
  local function name_servers_of(apex, address)
    local lines = {}
    for i = 1, 16 do
      lines[#lines + 1] = ("%s. NS ns%d.%s."):format(apex, i, apex)
      for j = 1, 8 do lines[#lines + 1] = ("ns%d.%s. A %s"):format(i, apex, address(i, j)) end
    end
    return table.concat(lines, "\n") .. "\n"
  end

  it("asks each address once, however many name servers have it, and tells of each what it says", function()
    local resolver = counting("many.test. SOA ns1 h 1 2 3 4 5\nkey.many.test. TXT here\n"
      .. name_servers_of("many.test", function(_, j) return "10.1.0." .. j end))
    local found = assert(resolver:authoritative("key.many.test", "TXT"))
    assert.equal("all 16 name servers have it", found.summary)
    for j = 1, 8 do assert.equal(1, asked[("10.1.0.%d:53"):format(j)]) end
    assert.equal(8, total)
    for _, server in ipairs(found.servers) do
      assert.equal(8, #server.addresses)
      for _, one in ipairs(server.addresses) do
        assert.same({ "answers", "here" }, { one.state, one.answer.text[1] })
      end
    end
    assert.equal(16, #found.groups[1].servers)
  end)

  it("asks 256 addresses at most, however far it is referred", function()
    local function level(apex, below, number)
      return ("%s. SOA ns1 h 1 2 3 4 5\n"):format(apex)
        .. name_servers_of(apex, function(i, j) return ("10.%d.%d.%d"):format(number, i, j) end)
        .. name_servers_of(below, function(i, j) return ("10.%d.%d.%d"):format(number + 1, i, j) end)
    end
    local resolver = counting(level("many.test", "d.many.test", 1), level("d.many.test", "c.d.many.test", 2),
      level("c.d.many.test", "b.c.d.many.test", 3))
    local found = assert(resolver:authoritative("a.b.c.d.many.test", "TXT"))
    assert.equal(256, total)
    assert.same({ "timeout", "unasked" }, { found.status, found.reason })
    assert.equal("c.d.many.test", found.zone)
    assert.same({ "unasked", "too_many" }, { found.servers[1].state, found.servers[1].reason })
  end)
end)

describe("resolver:authoritative", function()
  it("says that it is temporary where nothing answers at all", function()
    local found = assert(assert(dns.resolver { servers = { "127.0.0.1:1" }, timeout = 0.2, tries = 1 }):authoritative("a.test", "TXT"))
    tells(found, "timeout", "the zone of a.test cannot be told: unreachable", "no_zone")
    assert.same({}, found.servers)
  end)

  it("says that it is temporary where there is no zone to be found", function()
    local found = assert(assert(dns.resolver { zone = {} }):authoritative("a.test", "TXT"))
    tells(found, "servfail", "no zone is found at a.test or above it", "no_zone")
  end)

  it("returns nil for what is no name or no type, and raises for what is no string", function()
    local resolver = assert(dns.resolver { zone = {} })
    assert.equal("bad_name", select(3, resolver:authoritative("a..b", "TXT")))
    assert.equal("bad_type", select(3, resolver:authoritative("a.test", "NONE")))
    assert.has_error(function() resolver:authoritative("a.test") end, "resolver:authoritative wants a name and a type")
  end)

  it("raises on an option that is none", function()
    local resolver = assert(dns.resolver { zone = {} })
    assert.has_error(function() resolver:authoritative("a.test", "TXT", { tries = 1 }) end,
      'resolver:authoritative knows no option "tries"')
    assert.has_error(function() resolver:authoritative("a.test", "TXT", { deadline = 0 }) end,
      "resolver:authoritative: deadline must be a number above 0, at most 86400")
  end)

  it("says when to ask again: not before a minute is over", function()
    local resolver = assert(dns.resolver { zone = {}, now = function() return 1000 end })
    assert.equal(1060, assert(resolver:authoritative("a.test", "TXT")).recheck_at)
  end)

  it("asks the zone above for a zone's servers where its own NS records cannot be had", function()
    local inner = assert(zone_transport.new {
      ["test"] = { { type = "SOA", data = "ns.test. h.test. 1 2 3 4 5" }, { type = "NS", data = "ns.test." } },
      ["ns.test"] = { { type = "A", data = "192.0.2.1" } },
      ["a.test"] = { { type = "SOA", data = "ns.a.test. h.a.test. 1 2 3 4 5" }, { type = "NS", data = "ns.a.test." } },
      ["ns.a.test"] = { { type = "A", data = "192.0.2.2" } },
      ["key.a.test"] = { { type = "TXT", data = "key" } },
    })
    local transport = { servers = { false } }
    function transport:exchange(query, server)
      local name, type = core.question(query)
      if not server and name == "a.test" and type == 2 then return nil, "silent", "timeout" end
      return inner:exchange(query, server)
    end
    local found = assert(resolver_of.new(transport):authoritative("key.a.test", "TXT"))
    assert.equal("a.test", found.zone)
    assert.equal("parent", found.name_servers_from)
    assert.equal("192.0.2.2", found.servers[1].address)
    assert.same({ "key" }, found.answer.text)
  end)

  it("does not take a server for silent that was not asked in time", function()
    local inner = assert(zone_transport.new {
      ["a.test"] = { { type = "SOA", data = "ns.a.test. h.a.test. 1 2 3 4 5" }, { type = "NS", data = "ns.a.test." } },
      ["ns.a.test"] = { { type = "A", data = "192.0.2.1" } },
    })
    local transport = { servers = { false } }
    function transport:exchange(query, server)
      if server then return nil, "too late", "queued" end
      return inner:exchange(query)
    end
    local found = assert(resolver_of.new(transport):authoritative("a.test", "TXT"))
    tells(found, "timeout", "the only name server is not asked yet", "unasked")
  end)

  it("takes nothing for missing that a server cuts off even over TCP", function()
    local server = fault_server.start()
    local network = assert(cares.new { server.address })
    local inner = assert(zone_transport.new {
      ["a.test"] = { { type = "SOA", data = "ns.a.test. h.a.test. 1 2 3 4 5" }, { type = "NS", data = "ns.a.test." } },
      ["ns.a.test"] = { { type = "A", data = "127.0.0.1" } },
    })
    local transport = { servers = { false } }
    function transport:ask(query, name, ...)
      if name then return network:ask(query, name, ...) end
      local question = dissect(query)
      return core.decode(inner:exchange(query), question.name, question.type)
    end
    local resolver = resolver_of.new(transport, { port = server.port })
    local function ask(name) return assert(resolver:authoritative(name .. ".a.test", "TXT")) end
    for name, status in pairs { ["aa.ok"] = "ok", ["aa.gone"] = "nxdomain", ["aa.nodata"] = "nodata" } do
      assert.equal(status, ask(name).status)
      local found = ask("tc-always." .. name)
      assert.same({ "timeout", "silent" }, { found.status, found.reason })
      assert.equal("tcp_failed", found.servers[1].reason)
    end
    network:close()
    server:stop()
  end)

  it("asks nothing where DNS cannot be asked", function()
    local transport = { servers = { false } }
    function transport:ready() return nil, "not here", "wrong_phase" end
    local resolver = resolver_of.new(transport)
    assert.same({ nil, "not here", "wrong_phase" }, { resolver:authoritative("a.test", "TXT") })
    assert.same({ nil, "not here", "wrong_phase" }, { resolver:reverse "192.0.2.1" })
    assert.same({ nil, "not here", "wrong_phase" }, { resolver:synthesized("a.test", "TXT") })
    assert.same({ false, false }, resolver:query_all({ "a.test", "b.test" }, "TXT"))
    assert.same({ nil, "not here", "wrong_phase" }, { resolver:ready() })
    assert.same({ true }, { assert(dns.resolver { zone = {} }):ready() })
  end)

  it("raises on a port that is none", function()
    local resolver = assert(dns.resolver { zone = {} })
    for _, port in ipairs { 0, 65536, 1.5, 0 / 0, 1e300, "53" } do
      assert.has_error(function() resolver:authoritative("a.test", "TXT", { port = port }) end,
        "resolver:authoritative: port must be a whole number from 1 to 65535")
      assert.has_error(function() dns.resolver { zone = {}, port = port } end, "dns.resolver: port must be a whole number from 1 to 65535")
    end
  end)
end)
