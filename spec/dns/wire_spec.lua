-- mailseal.core.dns: the wire format as Lua sees it (csrc/dns). What hostile packets get is in packets_spec.lua.
local core = require "mailseal.core".dns
local dissect = require "mailseal_test".dissect
local made = require "spec.support.packet"

local char, rep = string.char, string.rep
local u16, u32, record, reply = made.u16, made.u32, made.record, made.reply
local TXT, NS, CNAME, SOA, OPT = made.TXT, made.NS, made.CNAME, made.SOA, made.OPT
local QUESTION, ASKED = made.QUESTION, made.ASKED

local function decode(packet) return core.decode(packet, "a.test", "TXT") end

describe("core.dns.encode", function()
  it("gives each query a number of its own, hard to guess", function()
    local numbers, n = {}, 0
    for _ = 1, 1000 do
      local number = core.encode("a.test", "TXT"):sub(1, 2)
      if not numbers[number] then n = n + 1 end
      numbers[number] = true
    end
    assert.is_true(n > 950, n .. " of 1,000 differ")
  end)

  -- The numbers are fetched from the system many at a time.
  local has_ffi, ffi = pcall(require, "ffi")
  if has_ffi then
    it("gives a process that was forked off other numbers", function()
      ffi.cdef [[
        int fork(void); void _exit(int); int waitpid(int, int *, int); int pipe(int *); int close(int);
        long write(int, const char *, unsigned long); long read(int, char *, unsigned long);
      ]]
      local ends, received = ffi.new "int[2]", ffi.new "char[32]"
      local function numbers()
        local list = {}
        for i = 1, 16 do list[i] = core.encode("a.test", "TXT"):sub(1, 2) end
        return table.concat(list)
      end
      numbers()
      assert.equal(0, ffi.C.pipe(ends))
      local child = ffi.C.fork()
      if child == 0 then
        ffi.C.write(ends[1], numbers(), 32)
        ffi.C._exit(0)
      end
      assert.equal(32, tonumber(ffi.C.read(ends[0], received, 32)))
      assert.equal(child, ffi.C.waitpid(child, nil, 0))
      assert.are_not.equal(numbers(), ffi.string(received, 32))
      ffi.C.close(ends[0])
      ffi.C.close(ends[1])
    end)
  end

  it("writes a query with RD, AD and EDNS of 1232 octets", function()
    local query = core.encode("s1._domainkey.example.com", "TXT", { id = 0x1234 })
    assert.equal("\18\52\1\32\0\1\0\0\0\0\0\1" .. "\2s1\10_domainkey\7example\3com\0\0\16\0\1"
      .. "\0\0\41\4\208\0\0\0\0\0\0", query)
  end)

  it("sets DO and CD, and leaves RD and EDNS out, on request", function()
    local query = dissect(core.encode("a.test", "DS", { dnssec_ok = true, checking_disabled = true }))
    assert.is_true(query.checking_disabled)
    assert.equal(32768, query.additional[1].ttl)
    query = dissect(core.encode("a.test", "A", { no_recursion = true, no_edns = true }))
    assert.is_false(query.recursion_desired)
    assert.is_nil(query.udp_size)
    assert.same({}, query.additional)
  end)

  it("draws an ID that is another each time", function()
    local seen, different = {}, 0
    for _ = 1, 100 do
      local id = core.encode("a.test", "A"):sub(1, 2)
      if not seen[id] then different = different + 1 end
      seen[id] = true
    end
    assert.is_true(different > 90)
  end)

  it("gives name and type back as answers spell them", function()
    local _, name, type = core.encode("A\\.b.Example.COM.", "type16")
    assert.equal("a\\046b.example.com", name)
    assert.equal("TXT", type)
  end)

  it("understands escapes in names, and writes them as \\DDD", function()
    local name, octets = core.name "a\\032b\\.c\\\\.d\\255"
    assert.equal("a\\032b\\046c\\092.d\\255", name)
    assert.equal("\6a b.c\\\2d\255\0", octets)
    assert.equal(name, (core.name(name)))
    assert.equal("a\\032b", (core.name "a\\ b"))
    for _, broken in ipairs { "a\\", "a\\1", "a\\12", "a\\256", "a\\1x2" } do
      assert.equal("bad_name", select(3, core.name(broken)))
    end
  end)
end)

describe("core.dns.is_reply", function()
  local query = core.encode("a.test", "TXT", { id = 1 })

  it("knows a reply by its ID and its question", function()
    assert.is_true(core.is_reply(query, reply {}))
    assert.is_true(core.is_reply(query, reply { question = "\1A\4tESt\0" .. u16(TXT) .. u16(1) }))
    assert.is_false(core.is_reply(query, reply { id = 2 }))
    assert.is_false(core.is_reply(query, reply { id = 257 }))
    assert.is_false(core.is_reply(query, reply { flags = 0x0100 }))
    assert.is_false(core.is_reply(query, reply { questions = 2 }))
  end)

  it("tells apart questions that differ in a single bit", function()
    for at = 1, #QUESTION do
      for bit = 0, 7 do
        local octet = QUESTION:byte(at)
        local changed = octet + (math.floor(octet / 2 ^ bit) % 2 == 0 and 1 or -1) * 2 ^ bit
        -- Bit 5 of a letter is its case.
        local is_case = bit == 5 and QUESTION:sub(at, at):match "%a" ~= nil and at <= #QUESTION - 4
        local question = QUESTION:sub(1, at - 1) .. char(changed) .. QUESTION:sub(at + 1)
        assert.equal(is_case, core.is_reply(query, reply { question = question }), at .. " " .. bit)
      end
    end
  end)

  it("takes an error without a question for a reply, and nothing else without one", function()
    for rcode = 0, 15 do
      local stump = reply { questions = 0, question = "", flags = 0x8180 + rcode }
      assert.equal(rcode ~= 0 and rcode ~= 3, core.is_reply(query, stump))
    end
  end)

  it("takes no stump and no garbage for a reply, nor octets that are no query for one", function()
    local whole = reply {}
    for n = 0, #whole - 1 do assert.is_false(core.is_reply(query, whole:sub(1, n))) end
    assert.is_false(core.is_reply(query, rep("\255", 40)))
    for n = 0, 12 + #QUESTION - 1 do assert.is_false(core.is_reply(query:sub(1, n), whole)) end
    assert.is_true(core.is_reply(query:sub(1, 12 + #QUESTION), whole))
  end)
end)

describe("core.dns.decode", function()
  local function answers(type, data)
    local packet = reply {
      question = "\1a\4test\0" .. u16(core.type(type)) .. u16(1), answers = 1, records = record(ASKED, core.type(type), data),
    }
    local answer = assert(core.decode(packet, "a.test", type))
    assert.equal("ok", answer.status)
    local found = answer.records[1]
    assert.equal("a.test", found.name)
    assert.equal(type, found.type)
    assert.equal(60, found.ttl)
    found.name, found.type, found.ttl = nil, nil, nil
    return found
  end

  it("reads every type that it knows", function()
    local name = "\2xy" .. ASKED
    assert.same({ address = "192.0.2.1" }, answers("A", "\192\0\2\1"))
    assert.same({ address = "2001:db8::1" }, answers("AAAA", "\32\1\13\184" .. rep("\0", 11) .. "\1"))
    assert.same({ host = "xy.a.test" }, answers("NS", name))
    assert.same({ target = "xy.a.test" }, answers("CNAME", name))
    assert.same({ target = "xy.a.test" }, answers("PTR", name))
    assert.same({ preference = 258, exchange = "xy.a.test" }, answers("MX", "\1\2" .. name))
    assert.same({ strings = { "one", "", "two" } }, answers("TXT", "\3one\0\3two"))
    assert.same({ strings = { "v=spf1" } }, answers("SPF", "\6v=spf1"))
    assert.same({ key_tag = 258, algorithm = 8, digest_type = 2, digest = "abcdef" }, answers("DS", "\1\2\8\2\171\205\239"))
    assert.same({ usage = 3, selector = 1, matching_type = 1, data = "00ff" }, answers("TLSA", "\3\1\1\0\255"))
    assert.same({ flags = 128, tag = "issue", value = "ca.test" }, answers("CAA", "\128\5issueca.test"))
    assert.same({ data = "\1\2\3" }, answers("TYPE65280", "\1\2\3"))
    assert.same({
      primary = "xy.a.test", mailbox = "a.test", serial = 4294967295, refresh = 1, retry = 2, expire = 3, minimum = 4,
    }, answers("SOA", name .. ASKED .. u32(4294967295) .. u32(1) .. u32(2) .. u32(3) .. u32(4)))
  end)

  it("refuses data that its type cannot hold", function()
    local function refuses(type, data)
      local _, _, code = core.decode(reply { answers = 1, records = record(ASKED, core.type(type), data) }, "a.test", "TXT")
      assert.equal("bad_message", code)
    end
    refuses("A", "\192\0\2")
    refuses("A", "\192\0\2\1\1")
    refuses("AAAA", rep("\0", 15))
    refuses("MX", "\0")
    refuses("MX", "\0\10")
    refuses("TXT", "\4one")
    refuses("CNAME", ASKED .. "x")
    refuses("CNAME", "\3abc")
    refuses("SOA", ASKED .. ASKED .. rep("\0", 19))
    refuses("CAA", "\0\9issue")
  end)

  it("joins a record's strings without a space", function()
    local answer = decode(reply { answers = 2, records = record(ASKED, TXT, "\2ab\2cd") .. record(ASKED, TXT, "\2ef") })
    assert.same({ "abcd", "ef" }, answer.text)
  end)

  it("takes only records of the name and type that were asked, of class IN", function()
    local answer = decode(reply {
      answers = 4,
      records = record("\1b\4test\0", TXT, "\5other") .. record(ASKED, NS, ASKED)
        .. ASKED .. u16(TXT) .. u16(3) .. u32(60) .. u16(6) .. "\5chaos" .. record(ASKED, TXT, "\2me"),
    })
    assert.same({ "me" }, answer.text)
  end)

  it("does not care for the order of the records in a chain", function()
    local records = record("\1c" .. ASKED, TXT, "\2me") .. record("\1b" .. ASKED, CNAME, "\1c" .. ASKED)
      .. record(ASKED, CNAME, "\1b" .. ASKED)
    local answer = decode(reply { answers = 3, records = records })
    assert.same({ "b.a.test", "c.a.test" }, answer.chain)
    assert.same({ "me" }, answer.text)
  end)

  it("follows eight CNAMEs and no more", function()
    local function chain(n)
      local records = {}
      for i = 1, n do
        records[i] = record(i == 1 and ASKED or char(2, 64 + i, 64) .. ASKED, CNAME, char(2, 65 + i, 64) .. ASKED)
      end
      records[n + 1] = record(char(2, 65 + n, 64) .. ASKED, TXT, "\2me")
      return decode(reply { answers = n + 1, records = table.concat(records) })
    end
    assert.equal("ok", chain(8).status)
    local answer = chain(9)
    assert.equal("servfail", answer.status)
    assert.equal("cname_chain_too_long", answer.reason)
  end)

  it("takes a CNAME to itself for a loop", function()
    local answer = decode(reply { answers = 1, records = record(ASKED, CNAME, ASKED) })
    assert.equal("cname_loop", answer.reason)
  end)

  it("does not choose between two CNAMEs of one name (RFC 2181 §10.1)", function()
    local function aliases(...)
      local records = {}
      for i, target in ipairs { ... } do records[i] = record(ASKED, CNAME, target) end
      for i, target in ipairs { ... } do records[#records + 1] = record(target, TXT, "\1" .. i) end
      return decode(reply { answers = #records, records = table.concat(records) })
    end
    local answer = aliases("\1b\4test\0", "\1c\4test\0")
    assert.equal("servfail", answer.status)
    assert.equal("cname_conflict", answer.reason)
    assert.same({}, answer.records)
    assert.is_nil(answer.ttl)
    assert.equal("cname_conflict", aliases("\1b\4test\0", ASKED).reason)
    assert.equal("cname_conflict", aliases("\1b\4test\0", "\1b\4test\0", "\1c\4test\0").reason)
    assert.equal("ok", aliases("\1b\4test\0", "\1B\4tesT\0").status)
    local far = record(ASKED, CNAME, "\1b" .. ASKED) .. record("\1b" .. ASKED, CNAME, "\1c\0") .. record("\1b" .. ASKED, CNAME, "\1d\0")
    answer = decode(reply { answers = 3, records = far })
    assert.equal("cname_conflict", answer.reason)
    assert.same({ "b.a.test" }, answer.chain)
    local asked = reply {
      question = "\1a\4test\0" .. u16(CNAME) .. u16(1), answers = 2,
      records = record(ASKED, CNAME, "\1b\0") .. record(ASKED, CNAME, "\1c\0"),
    }
    assert.equal(2, #core.decode(asked, "a.test", "CNAME").records)
  end)

  it("reads TTLs of more than 31 bits as 0 (RFC 2181 §8)", function()
    assert.equal(0, decode(reply { answers = 1, records = record(ASKED, TXT, "\2me", 2147483648) }).ttl)
    assert.equal(2147483647, decode(reply { answers = 1, records = record(ASKED, TXT, "\2me", 2147483647) }).ttl)
  end)

  it("gives a negative answer the lesser of the SOA's TTL and minimum (RFC 2308 §5)", function()
    local function negative(ttl, minimum)
      local data = ASKED .. ASKED .. u32(1) .. u32(1) .. u32(1) .. u32(1) .. u32(minimum)
      return decode(reply { flags = 0x8183, authorities = 1, records = record(ASKED, SOA, data, ttl) }).ttl
    end
    assert.equal(30, negative(3600, 30))
    assert.equal(20, negative(20, 30))
    assert.is_nil(decode(reply { flags = 0x8183 }).ttl)
  end)

  local SOA_DATA = ASKED .. ASKED .. rep("\0", 20)

  it("tells which zone denies a name, and no zone where there is no SOA", function()
    local function zone(flags, records, authorities)
      return decode(reply { flags = flags, authorities = authorities or 1, records = records }).zone
    end
    assert.equal("test", zone(0x8183, record("\4test\0", SOA, SOA_DATA)))
    assert.equal("a.test", zone(0x8180, record(ASKED, SOA, SOA_DATA)))
    assert.equal("test", zone(0x8180, record("\4test\0", NS, ASKED) .. record("\4test\0", SOA, SOA_DATA), 2))
    assert.is_nil(zone(0x8183, "", 0))
    local question = "\1a\4test\0" .. u16(SOA) .. u16(1)
    local asked = reply { question = question, answers = 1, records = record(ASKED, SOA, SOA_DATA) }
    assert.equal("a.test", core.decode(asked, "a.test", "SOA").zone)
  end)

  it("says whether the server speaks for the name itself", function()
    assert.is_true(decode(reply { flags = 0x8400 }).authoritative)
    assert.is_false(decode(reply { flags = 0x8180 }).authoritative)
  end)

  it("says of a chain that ends at a name that does not exist that it dangles", function()
    local alias = record(ASKED, CNAME, "\1b\4test\0")
    local soa = record("\4test\0", SOA, SOA_DATA)
    local answer = decode(reply { flags = 0x8183, answers = 1, authorities = 1, records = alias .. soa })
    assert.is_true(answer.dangling)
    assert.equal("nxdomain", answer.status)
    assert.equal("test", answer.zone)
    assert.is_nil(decode(reply { flags = 0x8180, answers = 1, records = alias }).dangling)
    assert.is_nil(decode(reply { flags = 0x8183 }).dangling)
  end)

  it("takes a referral for no answer, and tells NODATA from it (RFC 2308 §2.2)", function()
    local elsewhere = record("\4test\0", NS, "\2ns\4test\0")
    local glue = record("\2ns\4test\0", 1, "\192\0\2\1")
    local referral = decode(reply { flags = 0x8000, authorities = 1, additionals = 1, records = elsewhere .. glue })
    assert.equal("servfail", referral.status)
    assert.equal("referral", referral.reason)
    assert.is_nil(referral.ttl)
    assert.same({
      { name = "test", type = "NS", ttl = 60, host = "ns.test" }, { name = "ns.test", type = "A", ttl = 60, address = "192.0.2.1" },
    }, referral.delegation)
    for _, nodata in ipairs {
      { flags = 0x8080 }, -- type 3: no authority
      { flags = 0x8000, authorities = 2, records = elsewhere .. record("\4test\0", SOA, SOA_DATA) }, -- type 1
      { flags = 0x8400, authorities = 1, records = elsewhere }, -- the server speaks for the name
    } do
      local answer = decode(reply(nodata))
      assert.equal("nodata", answer.status)
      assert.is_nil(answer.delegation)
    end
    assert.equal("nxdomain", decode(reply { flags = 0x8003, authorities = 1, records = elsewhere }).status)
    local alias = record(ASKED, CNAME, "\1b\4test\0")
    local partly = decode(reply { flags = 0x8400, answers = 1, authorities = 1, records = alias .. elsewhere })
    assert.is_true(partly.incomplete)
    assert.is_nil(partly.reason)
    assert.equal(60, partly.ttl)
  end)

  -- A reply with that SOA in the authority section.
  local function denied(flags, zone, count, records)
    return decode(reply {
      flags = flags, answers = count, authorities = 1, records = (records or "") .. record(made.name(zone), SOA, SOA_DATA),
    })
  end

  it("takes an SOA for that of a negation where the name is in its zone", function()
    for _, zone in ipairs { "a.test", "test", "" } do
      for _, flags in ipairs { 0x8180, 0x8400, 0x8000, 0x8183, 0x8403 } do
        local answer = denied(flags, zone)
        assert.equal(flags % 16 == 3 and "nxdomain" or "nodata", answer.status)
        assert.equal(zone == "" and "." or zone, answer.zone)
        assert.equal(0, answer.ttl)
      end
    end
  end)

  it("takes the SOA of another zone for none: that there is no such name, the rcode says; no data, nothing says", function()
    for _, zone in ipairs { "b.test", "est", "x.a.test", "other" } do
      for _, flags in ipairs { 0x8180, 0x8400 } do
        local answer = denied(flags, zone)
        assert.equal("servfail", answer.status)
        assert.equal("unrelated", answer.reason)
        assert.is_nil(answer.zone)
        assert.is_nil(answer.ttl)
        answer = denied(flags + 3, zone)
        assert.equal("nxdomain", answer.status)
        assert.is_nil(answer.reason)
        assert.is_nil(answer.zone)
        assert.is_nil(answer.ttl)
      end
    end
    local both = record("\5other\0", SOA, SOA_DATA) .. record("\4test\0", SOA, SOA_DATA)
    assert.equal("test", decode(reply { authorities = 2, records = both }).zone)
  end)

  it("leaves a chain's end to be asked for, whatever the rcode, where no SOA of its zone tells of it (RFC 6604 §3)", function()
    local alias = record(ASKED, CNAME, "\2ok\5other\0")
    for _, flags in ipairs { 0x8400, 0x8403, 0x8180, 0x8183 } do
      for _, answer in ipairs {
        denied(flags, "a.test", 1, alias), denied(flags, "test", 1, alias), decode(reply { flags = flags, answers = 1, records = alias }),
      } do
        assert.is_true(answer.incomplete)
        assert.equal("nodata", answer.status)
        assert.is_nil(answer.dangling)
        assert.is_nil(answer.zone)
        assert.equal(60, answer.ttl)
      end
      local told = denied(flags, "other", 1, alias)
      assert.is_nil(told.incomplete)
      assert.equal(flags % 16 == 3 and "nxdomain" or "nodata", told.status)
      assert.equal("other", told.zone)
    end
  end)

  it("takes the empty reply of a server that neither recurses nor speaks for the name for a lame one's", function()
    local answer = decode(reply { flags = 0x8000 })
    assert.equal("servfail", answer.status)
    assert.equal("lame", answer.reason)
    for _, flags in ipairs { 0x8080, 0x8400, 0x8480 } do
      answer = decode(reply { flags = flags })
      assert.equal("nodata", answer.status)
      assert.is_nil(answer.reason)
      assert.is_nil(answer.ttl)
    end
    assert.equal("nxdomain", decode(reply { flags = 0x8003 }).status)
  end)

  it("takes records for another question for no answer, but where an SOA denies the name", function()
    for _, other in ipairs {
      record("\1b\4test\0", TXT, "\5other"), record(ASKED, NS, ASKED), record(ASKED, TXT, "\5chaos", 60, 3),
    } do
      for _, flags in ipairs { 0x8180, 0x8400, 0x8000 } do
        local answer = decode(reply { flags = flags, answers = 1, records = other })
        assert.equal("servfail", answer.status)
        assert.equal("unrelated", answer.reason)
        assert.same({}, answer.records)
        assert.equal("nodata", denied(flags, "test", 1, other).status)
      end
    end
  end)

  it("takes the records of a name that the rcode says does not exist for a contradiction", function()
    local answer = decode(reply { flags = 0x8183, answers = 1, records = record(ASKED, TXT, "\2me") })
    assert.equal("servfail", answer.status)
    assert.equal("contradictory", answer.reason)
    assert.same({}, answer.records)
    assert.is_nil(answer.ttl)
  end)

  it("tells the rcodes apart", function()
    local function status(rcode) return decode(reply { flags = 0x8180 + rcode }).status end
    assert.equal("nodata", status(0))
    assert.equal("servfail", status(1))
    assert.equal("servfail", status(2))
    assert.equal("nxdomain", status(3))
    assert.equal("servfail", status(4))
    assert.equal("refused", status(5))
    assert.equal("servfail", status(9))
  end)

  it("takes the upper bits of the rcode from the OPT record (RFC 6891 §6.1.3)", function()
    local answer = decode(reply { additionals = 1, records = "\0" .. u16(OPT) .. u16(1232) .. "\1\0\0\0" .. u16(0) })
    assert.equal(16, answer.rcode)
    assert.equal("servfail", answer.status)
  end)

  it("reads extended errors, and that validation failed (RFC 8914)", function()
    local options = u16(10) .. u16(2) .. "ab" .. u16(15) .. u16(9) .. u16(6) .. "expired" .. u16(15) .. u16(2) .. u16(22)
    local answer = decode(reply {
      flags = 0x8182, additionals = 1, records = "\0" .. u16(OPT) .. u16(1232) .. u32(0) .. u16(#options) .. options,
    })
    assert.same({ { code = 6, text = "expired" }, { code = 22, text = "" } }, answer.extended_errors)
    assert.equal("bogus", answer.status)
  end)

  it("says that the server validated the answer", function()
    assert.is_true(decode(reply { flags = 0x81a0 }).authentic)
  end)

  it("knows its question in any case, and no other's (RFC 4343)", function()
    local function with(question) return decode(reply { question = question, answers = 1, records = record(ASKED, TXT, "\2me") }) end
    assert.equal("ok", with("\1A\4TEsT\0" .. u16(TXT) .. u16(1)).status)
    for _, question in ipairs { "\1b\4test\0" .. u16(TXT) .. u16(1), "\1a\4test\0" .. u16(NS) .. u16(1) } do
      local answer = with(question)
      assert.equal("servfail", answer.status)
      assert.equal("wrong_question", answer.reason)
      assert.same({}, answer.records)
    end
  end)

  it("takes a query for no reply", function()
    assert.equal("not_a_reply", decode(reply { flags = 0x0100 }).reason)
  end)

  it("takes a refusal without its question, but no answer", function()
    assert.equal("refused", decode(reply { flags = 0x8185, questions = 0, question = "" }).status)
    assert.equal("wrong_question", decode(reply { flags = 0x8183, questions = 0, question = "" }).reason)
  end)
end)
