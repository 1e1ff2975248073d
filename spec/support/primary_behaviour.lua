--- What publishing by RFC 2136 does to real name servers: tests to call within a `describe`, for each of `spec.support.primaries`.
--
--     behaviour.tests { busted = { it = it, setup = setup, teardown = teardown }, kind = "Knot" }
local assert = require "luassert"
local async = require "mailseal.async"
local dns_relay = require "spec.support.dns_relay"
local primaries = require "spec.support.primaries"
local refusals = require "spec.support.primary_refusals"
local sets = require "mailseal.publish.sets"

local M = {}

local unpack = table.unpack or unpack -- luacheck: ignore

local ZONE, SIGNED, LARGE, CHILD = "example.test", "signed.test", "large.test", "kid.example.test"

local HEAD = "@ SOA ns hostmaster 1 3600 900 604800 5\n@ NS ns\nns A 127.0.0.1\n"

local TEXT = HEAD .. [[
@ TXT "v=spf1 include:_spf.a.test ~all"
@ TXT "other=\"x\" \\ ;"
@ MX 10 mx
@ CAA 0 issue "ca.test"
_dmarc 300 TXT "v=DMARC1; p=none"
old._domainkey CNAME dkim.elsewhere.test.
two TXT "a"
two TXT "b"
null MX 0 .
web HTTPS 1 . alpn=h2
web A 192.0.2.1
web AAAA 2001:db8::1
_sip._tcp SRV 0 5 5060 sip
*.wild TXT "whoever asks"
*.alias CNAME elsewhere.test.
below DNAME elsewhere.test.
cut NS ns.elsewhere.test.
cut DS 12345 8 2 0b9fa5a50b9fa5a50b9fa5a50b9fa5a50b9fa5a50b9fa5a50b9fa5a50b9fa5a5
kid NS ns
odd TXT unquoted
odd AAAA 2001:DB8:0::1
odd MX 010 Mail.Elsewhere.test.
]]

local function large()
  local lines = { HEAD }
  for i = 1, 10000 do lines[#lines + 1] = ('host%d A 10.%d.%d.1\n'):format(i, math.floor(i / 250), i % 250) end
  return table.concat(lines)
end

local function text(name, ttl, ...) return { name = name, type = "TXT", ttl = ttl, values = { ... } } end

local function adding(set) return { name = set.name, type = set.type, after = set } end

local function changing(before, after) return { name = before.name, type = before.type, before = before, after = after } end

-- Sets as texts, in order.
local function told(list)
  local lines = {}
  for i, set in ipairs(list) do
    table.sort(set.values)
    lines[i] = ("%s %d %s %s"):format(set.name, set.ttl, set.type, table.concat(set.values, " | "))
  end
  return lines
end

-- What 2048 bits make of a text.
local LONG = sets.text("v=DKIM1; k=rsa; p=" .. ("QUJD"):rep(98))

--- Defines the tests.
-- @tparam table options `busted`: its `it`, `setup`, `teardown`; `kind`: the server, of `primaries.NAMES`
function M.tests(options)
  local kind, it = options.kind, options.busted.it
  local server, target, relay

  options.busted.setup(function()
    server = primaries.start(kind, {
      zones = { [ZONE] = TEXT, [SIGNED] = HEAD .. '@ TXT "v=spf1 -all"\n', [LARGE] = large(), [CHILD] = HEAD },
      signed = { [SIGNED] = true },
    })
    relay = dns_relay.start(server)
    target = primaries.open(server)
  end)
  options.busted.teardown(function()
    relay:stop()
    server:stop()
  end)

  local function leaves_alone(zone, fn) primaries.leaves_alone(server, zone, fn) end

  local function fails(code, result, message, found, details)
    assert.is_nil(result)
    assert.equal(code, found, message)
    return message, details
  end

  it("finds the zone that a name is in, also of names that are not there and of aliases", function()
    for _, name in ipairs { ZONE, "s1._domainkey.example.test", "x.old._domainkey.example.test", "old._domainkey.example.test",
      "A.B.Example.Test.", "x.wild.example.test", "x.below.example.test" } do
      assert.equal(ZONE, target:zone_of(name), name)
    end
    assert.equal(SIGNED, (target:zone_of "x.signed.test"))
    assert.equal(CHILD, (target:zone_of(CHILD)))
    assert.equal(CHILD, (target:zone_of "x.kid.example.test"))
    assert.matches("no zone", fails("no_zone", target:zone_of "other.test"))
    local _, details = fails("no_zone", target:zone_of "s1.cut.example.test")
    assert.same({ zone = "cut.example.test" }, details)
  end)

  it("reads every set at a name, whatever its type", function()
    assert.same({
      "_dmarc.example.test 300 TXT \"v=DMARC1; p=none\"", "_sip._tcp.example.test 60 SRV 0 5 5060 sip.example.test.",
      "example.test 60 CAA 0 issue \"ca.test\"", "example.test 60 MX 10 mx.example.test.", "example.test 60 NS ns.example.test.",
      "example.test 60 TXT \"other=\\\"x\\\" \\\\ ;\" | \"v=spf1 include:_spf.a.test ~all\"", "null.example.test 60 MX 0 .",
      "old._domainkey.example.test 60 CNAME dkim.elsewhere.test.", "two.example.test 60 TXT \"a\" | \"b\"",
      "web.example.test 60 A 192.0.2.1", "web.example.test 60 AAAA 2001:db8::1", "web.example.test 60 HTTPS \\# 10 00010000010003026832",
    }, told(assert(target:read(ZONE, { ZONE, "_DMARC.example.test.", "_dmarc.example.test", "old._domainkey.example.test",
      "two.example.test", "null.example.test", "web.example.test", "none.example.test", "_domainkey.example.test",
      "_sip._tcp.example.test" }))))
    assert.same({}, target:read(ZONE, {}))
    fails("no_zone", target:read(ZONE, { "other.test" }))
  end)

  it("takes neither a wildcard's records for sets nor those that a DNAME makes", function()
    assert.same({}, target:read(ZONE, { "s1.wild.example.test", "x.alias.example.test", "x.below.example.test" }))
    assert.same({ "below.example.test 60 DNAME elsewhere.test.", "two.example.test 60 TXT \"a\" | \"b\"" },
      told(assert(target:read(ZONE, { "s1.wild.example.test", "below.example.test", "two.example.test" }))))
    assert.same({ '*.wild.example.test 60 TXT "whoever asks"' }, told(assert(target:read(ZONE, { "*.wild.example.test" }))))
  end)

  it("publishes below a wildcard", function()
    leaves_alone(ZONE, function()
      local change = adding(text("s1.wild.example.test", 60, '"mine"'))
      assert(target:apply(ZONE, { change }))
      assert.same({ 's1.wild.example.test 60 TXT "mine"' }, told(assert(target:read(ZONE, { "s1.wild.example.test" }))))
      assert(target:undo(ZONE, { change }))
    end)
  end)

  it("reads a delegation with what proves it, and leaves what is below it to others", function()
    assert.same({ "cut.example.test 60 DS 12345 8 2 " .. ("0b9fa5a5"):rep(8), "cut.example.test 60 NS ns.elsewhere.test." },
      told(assert(target:read(ZONE, { "cut.example.test" }))))
    local _, details = fails("no_zone", target:read(ZONE, { "s1.cut.example.test" }))
    assert.same({ zone = "cut.example.test" }, details)
    _, details = fails("no_zone", target:read(ZONE, { "s1.kid.example.test" }))
    assert.same({ zone = CHILD }, details)
  end)

  it("adds, changes and removes, and takes it all back", function()
    leaves_alone(ZONE, function()
      local names = { ZONE }
      for _, label in ipairs { "s1._domainkey", "_dmarc", "old._domainkey", "two", "t", "mail" } do
        names[#names + 1] = label .. "." .. ZONE
      end
      local found = {}
      for _, set in ipairs(assert(target:read(ZONE, names))) do found[set.name .. " " .. set.type] = set end
      local spf, dmarc = found["example.test TXT"], found["_dmarc.example.test TXT"]
      local alias, two = found["old._domainkey.example.test CNAME"], found["two.example.test TXT"]
      local changes = {
        changing(spf, text(ZONE, 60, spf.values[1]:gsub("~all", "include:_spf.b.test ~all"), (spf.values[2]:gsub("~all", "-all")))),
        changing(dmarc, text(dmarc.name, 600, unpack(dmarc.values))), -- the TTL alone
        changing(alias, nil), adding(text(alias.name, 60, LONG)),
        changing(two, nil), adding { name = two.name, type = "CNAME", ttl = 60, values = { "x.elsewhere.test." } },
        adding { name = "mail.example.test", type = "NS", ttl = 60, values = { "ns1.elsewhere.test.", "ns2.elsewhere.test." } },
        adding { name = "t.example.test", type = "MX", ttl = 0, values = { "10 a.test.", "20 b.test." } },
        changing(found["example.test MX"], found["example.test MX"]), -- a condition
        adding(text("s1._domainkey.example.test", 300, LONG, '"\\195\\164 \\" \\\\ ; ("')),
      }
      assert(target:apply(ZONE, changes))
      local now = {}
      for _, set in ipairs(assert(target:read(ZONE, names))) do now[set.name .. " " .. set.type] = set end
      for _, change in ipairs(changes) do
        local set = now[change.name .. " " .. change.type]
        assert.is_true(sets.same(change.after, set), change.name)
        assert.equal(change.after and change.after.ttl, set and set.ttl, change.name)
      end
      local _, details = fails("zone_moved", target:apply(ZONE, changes))
      assert.is_true(#details.sets > 0)
      assert(target:undo(ZONE, changes))
    end)
  end)

  it("changes what somebody has typed in another spelling", function()
    leaves_alone(ZONE, function()
      local name, changes = "odd.example.test", {}
      for _, set in ipairs(assert(target:read(ZONE, { name }))) do
        local after = { TXT = text(name, 60, '"other"'), MX = set }
        changes[#changes + 1] = changing(set, after[set.type])
      end
      assert.equal(3, #changes)
      relay:fault("die_before", "update", 1)
      assert.matches("the zone is as it was$", (fails("unreachable", primaries.open(relay):apply(ZONE, changes))))
      -- The server that compares texts is asked a second time. It may have ended the connection meanwhile.
      relay:fault("close", "any", 0)
      assert(primaries.open(relay):apply(ZONE, changes))
      assert.same({ name .. " 60 MX 10 mail.elsewhere.test.", name .. ' 60 TXT "other"' }, told(assert(target:read(ZONE, { name }))))
      assert(target:undo(ZONE, changes))
      fails("zone_moved", target:apply(ZONE, { changing(text(name, 60, '"another"'), text(name, 60, '"other"')) }))
    end)
  end)

  it("changes all or nothing, and names what is not as it was read", function()
    leaves_alone(ZONE, function()
      local message, details = fails("zone_moved", target:apply(ZONE, {
        adding(text("new.example.test", 60, '"x"')), changing(text("_dmarc.example.test", 300, '"v=DMARC1; p=reject"'), nil),
        changing(text("gone.example.test", 300, '"x"'), nil), adding(text("two.example.test", 60, '"x"')),
      }))
      assert.same({ sets = { { name = "_dmarc.example.test", type = "TXT" }, { name = "gone.example.test", type = "TXT" },
        { name = "two.example.test", type = "TXT" } } }, details)
      assert.matches("_dmarc.example.test TXT", message, 1, true)
      -- One of two is not the set.
      fails("zone_moved", target:apply(ZONE, { changing(text("two.example.test", 60, '"a"'), nil) }))
    end)
  end)

  it("puts no CNAME beside other records, nor others beside a CNAME, and names it", function()
    leaves_alone(ZONE, function()
      local alias = { name = "web.example.test", type = "CNAME", ttl = 60, values = { "a.test." } }
      local _, details = fails("zone_moved", target:apply(ZONE, { adding(alias), adding(text("new.example.test", 60, '"x"')) }))
      assert.same({ sets = { { name = "web.example.test", type = "CNAME" } } }, details)
      _, details = fails("zone_moved", target:apply(ZONE, { adding(text("old._domainkey.example.test", 60, '"x"')) }))
      assert.same({ sets = { { name = "old._domainkey.example.test", type = "CNAME" } } }, details)
    end)
  end)

  it("does nothing where there is nothing to do, and nothing outside of the zone", function()
    leaves_alone(ZONE, function()
      assert.is_true(target:apply(ZONE, {}))
      local held = text("two.example.test", 60, '"b"', '"a"')
      assert.is_true(target:apply(ZONE, { changing(held, held) }))
      fails("zone_moved", target:apply(ZONE, { changing(text("two.example.test", 60, '"c"'), text("two.example.test", 60, '"c"')) }))
      fails("no_zone", target:apply(ZONE, { adding(text("other.test", 60, '"x"')) }))
      fails("no_zone", target:apply("none.test", { adding(text("x.none.test", 60, '"x"')) }))
      fails("refused_record", target:apply(ZONE, { adding { name = "x.example.test", type = "A", ttl = 60, values = { "none" } } }))
    end)
  end)

  it("leaves what DNSSEC has in a signed zone alone, and is not in its way", function()
    leaves_alone(SIGNED, function()
      assert.same({ "signed.test NS ns.signed.test.", 'signed.test TXT "v=spf1 -all"' }, (function()
        local list = {}
        for i, set in ipairs(assert(target:read(SIGNED, { SIGNED, "s1._domainkey.signed.test" }))) do
          list[i] = ("%s %s %s"):format(set.name, set.type, set.values[1])
        end
        return list
      end)())
      local changes = {
        changing(text(SIGNED, 60, '"v=spf1 -all"'), text(SIGNED, 60, '"v=spf1 include:a.test -all"')),
        adding { name = "s1._domainkey.signed.test", type = "CNAME", ttl = 60, values = { "a.test." } },
      }
      assert(target:apply(SIGNED, changes))
      assert.same({ 's1._domainkey.signed.test 60 CNAME a.test.' }, told(assert(target:read(SIGNED, { "s1._domainkey.signed.test" }))))
      assert(target:undo(SIGNED, changes))
    end)
  end)

  it("lets one of two win who change the same at once", function()
    leaves_alone(ZONE, function()
      local first = adding(text("race.example.test", 60, '"first"'))
      local second = adding(text("race.example.test", 60, '"second"'))
      local outcomes = async.map({ first, second }, 2, function(change)
        local ok, _, code = primaries.open(server):apply(ZONE, { change, adding(text("also.example.test", 60, change.after.values[1])) })
        return ok and "won" or code
      end)
      table.sort(outcomes)
      assert.same({ "won", "zone_moved" }, outcomes)
      local won = assert(target:read(ZONE, { "race.example.test", "also.example.test" }))
      assert.equal(2, #won)
      assert.same(won[1].values, won[2].values)
      assert(target:apply(ZONE, { changing(won[1], nil), changing(won[2], nil) }))
    end)
  end)

  it("works in a zone of ten thousand records as in any", function()
    leaves_alone(LARGE, function()
      local change = adding(text("s1._domainkey.large.test", 60, LONG))
      local seconds = primaries.seconds(function()
        assert.equal(LARGE, target:zone_of "s1._domainkey.large.test")
        assert.same({}, target:read(LARGE, { "s1._domainkey.large.test" }))
        assert(target:apply(LARGE, { change }))
        assert(target:undo(LARGE, { change }))
      end)
      assert.is_true(seconds < 15, "it took " .. seconds)
    end)
  end)

  it("says in one sentence that changes are more than a message holds", function()
    leaves_alone(ZONE, function()
      local changes = {}
      for i = 1, 200 do changes[i] = adding(text(("s%d.example.test"):format(i), 60, LONG)) end
      assert.matches("200 changes .*64 KB", (fails("too_large", target:apply(ZONE, changes))))
      local some = { unpack(changes, 1, 100) } -- 45 KB
      assert(target:apply(ZONE, some))
      assert(target:undo(ZONE, some))
    end)
  end)

  refusals.tests { it = it, kind = kind, zone = ZONE, server = function() return server end }
end

return M
