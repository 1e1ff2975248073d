-- Messages that change a zone (RFC 2136): what is written for changes, and what replies say.
local core = require "mailseal.core".dns
local octets = require "spec.support.octets"
local update = require "mailseal.dns.update"
local update_reader = require "spec.support.update_reader"

local hex, lines_of = octets.hex, update_reader.lines
local ZONE = "example.test"
local ZONE_WIRE = "07 6578616d706c65 04 74657374 00"

local function set(name, kind, values) return values and { name = name, type = kind, ttl = 60, values = values } end

-- The change of a set at a name of the zone from one list of values to another, either of which may be nil.
local function change(label, kind, before, after)
  local name = label == "@" and ZONE or label .. "." .. ZONE
  return { name = name, type = kind, before = set(name, kind, before), after = set(name, kind, after) }
end

local function write(...) return assert(update.write { zone = ZONE, changes = { ... }, id = 0x1234 }) end

describe("An update", function()
  it("names its zone, and is of the opcode for it", function()
    assert.equal(hex("1234 2800 0001 0000 0000 0000" .. ZONE_WIRE .. "0006 0001"), write())
  end)

  it("has a number by chance where none is given", function()
    local seen, different = {}, 0
    for _ = 1, 20 do
      local id = update.write { zone = ZONE, changes = {} }:sub(1, 2)
      if not seen[id] then different = different + 1 end
      seen[id] = true
    end
    assert.is_true(different > 10)
  end)

  it("adds a set where there is none, and no CNAME", function()
    assert.same({ "if a TXT NONE 0 ", "if a CNAME NONE 0 ", "do a TXT IN 60 0178", "do a TXT IN 60 0179017a" },
      lines_of(write(change("a", "TXT", nil, { '"x"', '"y" "z"' }))))
  end)

  it("changes a set that is what it was, by deleting and adding it whole", function()
    assert.same({ "if a TXT IN 0 0178", "do a TXT ANY 0 ", "do a TXT IN 60 0179" },
      lines_of(write(change("a", "TXT", { '"x"' }, { '"y"' }))))
  end)

  it("deletes a set that is what it was", function()
    assert.same({ "if a MX IN 0 000a026d78047465737400", "do a MX ANY 0 " }, lines_of(write(change("a", "MX", { "10 mx.test." }))))
  end)

  it("only asks that there is such a set where it is told to", function()
    local one = change("a", "TXT", { '"x"' }, { '"y"' })
    one.loosely = true
    assert.same({ "if a TXT ANY 0 ", "do a TXT ANY 0 ", "do a TXT IN 60 0179" }, lines_of(write(one)))
    local other = change("a", "TXT", nil, { '"y"' })
    other.loosely = true
    assert.equal("if a TXT NONE 0 ", lines_of(write(other))[1])
  end)

  it("changes a TTL alone", function()
    local one = change("a", "TXT", { '"x"' }, { '"x"' })
    one.before.ttl = 3600
    assert.same({ "if a TXT IN 0 0178", "do a TXT ANY 0 ", "do a TXT IN 60 0178" }, lines_of(write(one)))
  end)

  it("only asks about a set that stays as it is, whatever the order of its values", function()
    assert.same({ "if a TXT IN 0 0178", "if a TXT IN 0 0179" }, lines_of(write(change("a", "TXT", { '"x"', '"y"' }, { '"y"', '"x"' }))))
    assert.same({ "if a TXT NONE 0 " }, lines_of(write(change("a", "TXT"))))
    assert.same({ "if a TXT NONE 0 " }, lines_of(write(change("a", "TXT", {}, {}))))
    assert.same({ "if @ SOA IN 0 " .. octets.to_hex(assert(core.rdata("SOA", { "a.", "b.", "1", "2", "3", "4", "5" }))) },
      lines_of(write(change("@", "SOA", { "a. b. 1 2 3 4 5" }, { "a. b. 1 2 3 4 5" }))))
  end)

  it("tells values apart, and not spellings of one", function()
    assert.equal(4, #lines_of(write(change("a", "TXT", { '"x"', '"y"' }, { '"x"', '"x"' }))) - 1)
    assert.equal(4, #lines_of(write(change("a", "TXT", { '"x"', '"x"' }, { '"x"', '"y"' }))) - 1)
    assert.same({ "if a TXT IN 0 0178" }, lines_of(write(change("a", "TXT", { '"x"' }, { "\\120" }))))
    assert.same({ "if @ NS IN 0 016100", "do @ NS IN 60 016100", "do @ NS IN 60 016200" },
      lines_of(write(change("@", "NS", { "A." }, { "a.", "b." }))))
  end)

  it("adds a CNAME where there is nothing", function()
    assert.same({ "if a CNAME NONE 0 ", "if a ANY NONE 0 ", "do a CNAME IN 60 0178047465737400" },
      lines_of(write(change("a", "CNAME", nil, { "x.test." }))))
  end)

  it("puts a CNAME in the place of what it says is there, where nothing else is", function()
    local lines = lines_of(write(change("a", "CNAME", nil, { "x." }), change("a", "TXT", { '"x"' })))
    assert.same({ "if a CNAME NONE 0 ", "if a TXT IN 0 0178" }, { lines[1], lines[2] })
    assert.same({ "do a TXT ANY 0 ", "do a CNAME IN 60 017800" }, { lines[#lines - 1], lines[#lines] })
    local asked = table.concat(lines, "\n")
    for _, kind in ipairs { "A", "AAAA", "MX", "NS", "SRV", "CAA", "HTTPS", "DS", "LOC", "CERT" } do
      assert.truthy(asked:find("if a " .. kind .. " NONE 0 ", 1, true), kind)
    end
  end)

  it("puts other records in the place of a CNAME, which goes first", function()
    assert.same({ "if a TXT NONE 0 ", "if a CNAME IN 0 017800", "do a CNAME ANY 0 ", "do a TXT IN 60 0178" },
      lines_of(write(change("a", "TXT", nil, { '"x"' }), change("a", "CNAME", { "x." }))))
  end)

  it("changes where a CNAME leads, beside which there is nothing", function()
    assert.same({ "if a CNAME IN 0 017800", "do a CNAME ANY 0 ", "do a CNAME IN 60 017900" },
      lines_of(write(change("a", "CNAME", { "x." }, { "y." }))))
  end)

  it("never deletes all of a zone's own NS records, not even to add others", function()
    assert.same({ "if @ NS IN 0 016100", "if @ NS IN 0 016200", "do @ NS IN 60 016200", "do @ NS IN 60 016300",
      "do @ NS NONE 0 016100" }, lines_of(write(change("@", "NS", { "a.", "b." }, { "b.", "c." }))))
    assert.same({ "if a NS IN 0 016100", "do a NS ANY 0 ", "do a NS IN 60 016200" }, lines_of(write(change("a", "NS", { "a." }, { "b." }))))
  end)

  it("writes data of any type that has a presentation form", function()
    for kind, value in pairs {
      A = "192.0.2.1", AAAA = "2001:db8::1", SRV = "1 2 3 host.test.", CAA = '0 issue "ca.test"', TLSA = "3 1 1 aa",
      TYPE65280 = "\\# 2 0102",
      TXT = '"\\"\\\\\\255 ;" "' .. ("x"):rep(255) .. '"', DNAME = "x.test.", HTTPS = "\\# 3 000100",
    } do
      assert.truthy(lines_of(write(change("a", kind, nil, { value }))), kind)
    end
  end)
end)

describe("A change that cannot be made", function()
  -- One error with its code, which names the record.
  local function refused(code, said, ...)
    local message, why, told = update.write { zone = ZONE, changes = { ... } }
    assert.is_nil(message)
    assert.equal(code, told)
    assert.truthy(why:find(said, 1, true), why)
    return why
  end

  it("is refused for its name", function()
    for name, said in pairs {
      ["a..test"] = "empty label", [("x"):rep(64) .. "." .. ZONE] = "63 octets", ["b\195\188cher." .. ZONE] = "A-label",
      ["a b." .. ZONE] = "unescaped", [""] = "is empty", [("x."):rep(130) .. ZONE] = "255 octets",
    } do
      refused("bad_name", said, { name = name, type = "TXT", after = set(name, "TXT", { '"x"' }) })
    end
    refused("not_in_zone", "a.example.com TXT: the name is not in the zone",
      { name = "a.example.com", type = "TXT", after = set("a.example.com", "TXT", { '"x"' }) })
    refused("not_in_zone", "not in the zone", { name = "aexample.test", type = "TXT" })
  end)

  it("is refused for its type", function()
    for _, kind in ipairs { "TXTT", "TYPE0", "TYPE65536", "TYPE255", "TYPE250", "OPT", "TYPE252" } do
      refused("bad_type", "a.example.test " .. kind, change("a", kind, nil, { "\\# 0" }))
    end
  end)

  it("is refused for its data, whether it is added or asked for", function()
    for value, said in pairs {
      ["192.0.2.256"] = "not an IPv4 address", ["192.0.2.1 x"] = "more fields", [""] = "lacks a field", ['"a'] = "quote is not closed",
      ["a (b)"] = "no place",
    } do
      refused("bad_rdata", "a.example.test A: ", change("a", "A", nil, { value }))
      assert.truthy(refused("bad_rdata", "a.example.test A: ", change("a", "A", { value })):find(said, 1, true))
    end
    refused("bad_rdata", "255 octets", change("a", "TXT", nil, { '"' .. ("x"):rep(256) .. '"' }))
    refused("bad_rdata", "escape", change("a", "TXT", nil, { '"\\300"' }))
    refused("no_presentation", "\\# length", change("a", "HTTPS", nil, { "1 . alpn=h2" }))
    refused("bad_name", "empty label", change("a", "MX", nil, { "10 a..b." }))
  end)

  it("is refused for its TTL", function()
    for _, ttl in ipairs { -1, 1.5, 2147483648, "60", 0 / 0 } do
      local one = change("a", "TXT", nil, { '"x"' })
      one.after.ttl = ttl
      refused("bad_ttl", "a.example.test TXT: the TTL", one)
    end
    local one = change("a", "TXT", nil, { '"x"' })
    one.after.ttl = nil
    refused("bad_ttl", "TTL", one)
  end)

  it("is refused where it makes no sense", function()
    refused("bad_change", "two changes of one set", change("a", "TXT"), change("A", "TXT", nil, { '"x"' }))
    refused("bad_change", "SOA", change("@", "SOA", { "a. b. 1 2 3 4 5" }, { "a. b. 2 2 3 4 5" }))
    refused("bad_change", "NS", change("@", "NS", { "a." }))
    refused("bad_change", "a.example.test: nothing can stand beside a CNAME", change("a", "CNAME", nil, { "x." }),
      change("a", "TXT", nil, { '"x"' }))
    refused("bad_change", "beside a CNAME", change("a", "CNAME", { "x." }, { "x." }), change("a", "TXT", nil, { '"x"' }))
    assert.has_error(function() update.write { zone = ZONE } end)
  end)

  it("is refused where one message does not hold it", function()
    local values = {}
    for i = 1, 300 do values[i] = ('"%03d%s"'):format(i, ("x"):rep(250)) end
    refused("too_large", "more than one message holds", change("a", "TXT", nil, values))
  end)
end)

describe("The reply to an update", function()
  it("tells its number and its rcode", function()
    for number, rcode in pairs {
      [0] = "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",
      "NOTZONE", "RCODE11",
    } do
      assert.same({ id = 0x1234, rcode = rcode }, update.read(hex(("1234 a8%02x 0000 0000 0000 0000"):format(number))))
    end
  end)

  it("may hold what the request did", function()
    local message = write(change("a", "TXT", { '"x"' }, { '"y"' }))
    assert.same({ id = 0x1234, rcode = "NXRRSET" }, update.read("\18\52\168\8" .. message:sub(5)))
  end)

  it("is none where it is cut, long, a request, or of another opcode", function()
    local message = write(change("a", "TXT", { '"x"' }, { '"y"' }))
    local reply = "\18\52\168\0" .. message:sub(5)
    for _, octets_ in ipairs { message, "\18\52\128\0" .. message:sub(5), reply .. "\0", reply:sub(1, 11), "", ("x"):rep(65536) } do
      local told, why, code = update.read(octets_)
      assert.is_nil(told)
      assert.same({ "string", "bad_message" }, { type(why), code })
    end
    for cut = 0, #reply - 1 do assert.is_nil((update.read(reply:sub(1, cut)))) end
    assert.has_error(function() update.read(nil) end)
  end)
end)

describe("The core", function()
  it("raises where an update's edits are none", function()
    assert.has_error(function() core.update(1, ZONE, { { "replace", name = ZONE } }) end)
    assert.has_error(function() core.update(1, ZONE, { "add" }) end)
    assert.has_error(function() core.update(1, ZONE, { {} }) end)
    assert.has_error(function() core.update(1, ZONE, { { "used" } }) end)
    assert.has_error(function() core.update(65536, ZONE, {}) end)
    assert.has_error(function() core.update(1, ZONE) end)
  end)

  it("says which of an update's edits cannot be made, and tells prerequisites from changes whatever their order", function()
    local edits = { { "delete_name", name = "a.example.test" }, { "used", name = "a..test" } }
    local message, why, code, at = core.update(1, ZONE, edits)
    assert.is_nil(message)
    assert.same({ "string", "bad_name", 2 }, { type(why), code, at })
    assert.equal("bad_name", select(3, core.update(1, "a..test", {})))
    edits[2].name = "b.example.test"
    assert.same({ "if b ANY ANY 0 ", "do a ANY ANY 0 " }, lines_of(core.update(1, ZONE, edits)))
  end)

  it("writes no TSIG record whose names are none", function()
    local record = { key = "a..b", algorithm = "hmac-sha256", time = 1, fudge = 300, original_id = 1, error = 0, mac = "" }
    assert.equal("bad_name", select(3, core.tsig_append(write(), record)))
    assert.equal("bad_name", select(3, core.tsig_octets(write(), record)))
    assert.has_error(function() core.tsig_append("short", record) end)
  end)
end)
