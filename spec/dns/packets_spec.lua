-- What hostile and odd packets get (csrc/dns): an answer or an error, soon, and no more memory than they are worth.
local core = require "mailseal.core".dns
local dissect = require "mailseal_test".dissect
local made = require "spec.support.packet"

local char, rep = string.char, string.rep
local u16, u32, record, reply, name = made.u16, made.u32, made.record, made.reply, made.name
local A, TXT, NS, CNAME, SOA, DNAME, OPT = made.A, made.TXT, made.NS, made.CNAME, made.SOA, made.DNAME, made.OPT
local ASKED, BEHIND = made.ASKED, made.BEHIND

local function decode(packet) return core.decode(packet, "a.test", "TXT") end

-- Seconds that reading a packet takes; the least of five, for the machine has other things to do.
local function seconds(packet)
  local least = math.huge
  for _ = 1, 5 do
    local before = os.clock()
    for _ = 1, 10 do decode(packet) end
    least = math.min(least, os.clock() - before)
  end
  return least
end

-- What an honest packet costs that holds as many records as one may.
local honest

local function is_cheap(packet)
  honest = honest or seconds(reply { answers = 1024, records = rep(record(ASKED, TXT, "\2me"), 1024) })
  local took = seconds(packet)
  assert.is_true(took < 20 * honest + 0.01, ("took %.1f times what an honest one does"):format(took / honest))
end

describe("A hostile packet", function()
  -- Each is refused, whatever of it is read.
  local function refused(packet)
    local answer, message, code = decode(packet)
    assert.is_nil(answer)
    assert.equal("string", type(message))
    assert.equal("bad_message", code)
    assert.is_nil((dissect(packet)))
    is_cheap(packet)
  end

  local function hostile_name(owner, behind)
    return reply { answers = 1, records = record(owner, TXT, "\2me") .. (behind or "") }
  end

  it("that is too short, or garbage", function()
    for _, packet in ipairs { "", "\0", rep("\0", 11), rep("\255", 12), rep("\255", 512), rep("\192", 512), rep("\192\012", 300) } do
      refused(packet)
    end
  end)

  it("with a compression pointer to itself", function()
    refused(hostile_name("\192" .. char(BEHIND)))
  end)

  it("with pointers to each other", function()
    refused(hostile_name("\192" .. char(BEHIND + 2) .. "\192" .. char(BEHIND)))
    refused(hostile_name("\1x\192" .. char(BEHIND)))
  end)

  it("with a pointer ahead, behind its end, or into the header", function()
    refused(hostile_name("\192" .. char(BEHIND + 40), rep("\0", 60)))
    refused(hostile_name "\255\255")
    refused(hostile_name "\192\0")
    refused(hostile_name "\192")
  end)

  it("with a chain of 8,000 pointers", function()
    -- In a record of a type unknown here, each pointer to the one before; then a record whose owner is the last of them.
    local first = BEHIND + 2 + 10
    local pointers = { ASKED }
    for i = 1, 8000 do pointers[i + 1] = u16(0xc000 + first + 2 * (i - 1)) end
    local last = u16(0xc000 + first + 2 * 8000)
    local data = table.concat(pointers)
    refused(reply { answers = 2, records = record(ASKED, 65280, data) .. record(last, TXT, "\2me") })
  end)

  it("with labels of reserved types", function()
    refused(hostile_name("\64a" .. ASKED))
    refused(hostile_name("\128a" .. ASKED))
  end)

  it("with a name of more than 255 octets", function()
    local label = "\63" .. rep("x", 63)
    refused(hostile_name(rep(label, 4) .. ASKED))
    refused(hostile_name(rep(label, 4) .. "\0"))
  end)

  it("that counts 65,535 answers", function()
    refused(reply { answers = 65535, records = record(ASKED, TXT, "\2me") })
    refused(reply { answers = 65535, authorities = 65535, additionals = 65535 })
  end)

  it("that really holds thousands of records", function()
    refused(reply { answers = 4000, records = rep(record(ASKED, TXT, "\2me"), 4000) })
  end)

  it("whose data is longer than it", function()
    refused(reply { answers = 1, records = ASKED .. u16(TXT) .. u16(1) .. u32(60) .. u16(65535) .. "\2me" })
  end)

  it("whose question is no question, or two", function()
    refused(reply { questions = 2 })
    refused(reply { question = "\1a\4test\0" .. u16(TXT) .. u16(255) })
    refused(reply { question = "\192\012" .. u16(TXT) .. u16(1) })
  end)

  it("with two OPT records, or one elsewhere", function()
    local opt = made.opt()
    refused(reply { additionals = 2, records = opt .. opt })
    refused(reply { answers = 1, records = opt })
    refused(reply { additionals = 1, records = "\1x" .. opt })
  end)

  it("of the dearest kind that is allowed costs little more than an honest one", function()
    -- A name of 122 labels, each but the first sixty reached by a pointer; a chain that is found from its end.
    local first = BEHIND + 2 + 10
    local labels, pointer = rep("\1x", 60) .. "\0", first
    for _ = 1, 62 do
      local at = first + #labels
      labels, pointer = labels .. "\1y" .. u16(0xc000 + pointer), at
    end
    local records = { record(ASKED, 65280, labels) }
    for i = 2, 1016 do records[i] = record("\1z" .. u16(0xc000 + pointer), CNAME, "\1z" .. u16(0xc000 + pointer)) end
    for i = 8, 1, -1 do
      records[#records + 1] = record(i == 1 and ASKED or char(1, 63 + i) .. ASKED, CNAME, char(1, 64 + i) .. ASKED)
    end
    local packet = reply { answers = #records, records = table.concat(records) }
    assert.equal(8, #decode(packet).chain)
    is_cheap(packet)
  end)

  it("with a text of 60,000 empty strings is what it says", function()
    local packet = reply { answers = 1, records = record(ASKED, TXT, rep("\0", 60000)) }
    local answer = decode(packet)
    assert.equal("", answer.text[1])
    assert.equal(60000, #answer.records[1].strings)
    is_cheap(packet)
  end)

  it("with a thousand texts of many empty strings costs no more", function()
    local packet = reply { answers = 1024, records = rep(record(ASKED, TXT, rep("\0", 50)), 1024) }
    assert.equal(1024, #decode(packet).text)
    is_cheap(packet)
  end)

  it("costs no more memory than its records may hold, whatever it claims", function()
    -- The longest text that a name can have, in each of 1,024 records, is a megabyte.
    local name_of_escapes = rep("\63" .. rep("\0", 63), 3) .. "\59" .. rep("\0", 59)
    local records = { record(ASKED, 65280, name_of_escapes .. "\0") }
    for i = 2, 1024 do records[i] = record(ASKED, NS, u16(0xc000 + BEHIND + 12)) end
    for _, packet in ipairs {
      reply { question = made.name "a.test" .. u16(NS) .. u16(1), answers = 1024, records = table.concat(records) },
      reply { answers = 65535, records = record(ASKED, TXT, "\2me") },
      reply { answers = 1, records = record(ASKED, TXT, rep("\0", 60000)) },
    } do
      collectgarbage()
      collectgarbage "stop"
      local before = collectgarbage "count"
      local answer = core.decode(packet, "a.test", packet:byte(21) == NS and "NS" or "TXT")
      local kilobytes = collectgarbage "count" - before
      collectgarbage "restart"
      assert.is_true(kilobytes < 2048 + 64 * #packet / 1024, kilobytes .. " KB" .. tostring(answer))
    end
  end)
end)

describe("A real reply", function()
  -- What a resolver gives for a selector that is an alias: compressed, with name servers, their addresses, and EDNS.
  local key = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB"
  local real = reply {
    flags = 0x81a0, answers = 3, authorities = 2, additionals = 3,
    question = name "s1._domainkey.example.com" .. u16(TXT) .. u16(1),
    records = record(ASKED, CNAME, "\2s1\4dkim\8provider\3net\0", 300) -- its target stands at 55
      .. record(u16(0xc000 + 55), TXT, char(#key) .. key, 3600)
      .. record(u16(0xc000 + 55), TXT, "\3abc\3def", 3600)
      .. record(u16(0xc000 + 63), NS, "\3ns1" .. u16(0xc000 + 63), 86400)
      .. record(u16(0xc000 + 63), NS, "\3ns2" .. u16(0xc000 + 63), 86400)
      .. record(name "ns1.provider.net", A, "\192\0\2\1", 86400)
      .. record(name "ns2.provider.net", A, "\192\0\2\2", 86400)
      .. made.opt { { 15, "\0\3stale" } },
  }
  local function ask(packet) return core.decode(packet, "s1._domainkey.example.com", "TXT") end

  it("is read", function()
    local answer = assert(ask(real))
    assert.equal("ok", answer.status)
    assert.same({ key, "abcdef" }, answer.text)
    assert.same({ "s1.dkim.provider.net" }, answer.chain)
    assert.equal(300, answer.ttl)
    assert.is_true(answer.authentic)
    assert.same({ { code = 3, text = "stale" } }, answer.extended_errors)
  end)

  it("is refused where it is cut off, at whatever octet", function()
    for n = 0, #real - 1 do
      local answer, _, code = ask(real:sub(1, n))
      assert.is_nil(answer)
      assert.equal("bad_message", code)
    end
  end)

  it("is read as it stands where more octets follow", function()
    assert.same(ask(real), ask(real .. "\0"))
  end)

  local statuses = { ok = true, nodata = true, nxdomain = true, servfail = true, refused = true, bogus = true }

  -- Whatever comes of a packet, it is an error or an answer that holds together; says whether, and gives the answer.
  local function holds_together(packet)
    local answer, message, code = ask(packet)
    local dissected = dissect(packet)
    if not answer then return code == "bad_message" and message ~= "" and not dissected end
    if not statuses[answer.status] or (answer.status == "ok") ~= (#answer.records > 0) then return false end
    for i, found in ipairs(answer.records) do
      if found.type ~= "TXT" or found.name ~= (answer.chain[#answer.chain] or answer.name) then return false end
      if table.concat(found.strings) ~= answer.text[i] then return false end
    end
    return dissected and #answer.records <= #dissected.answer and #answer.chain <= 8, answer
  end

  it("with any one octet changed is refused, or read as what it then says", function()
    local question_end = 12 + #(name "s1._domainkey.example.com") + 4
    local outcomes = {}
    for at = 1, #real do
      local before, own, after = real:sub(1, at - 1), real:byte(at), real:sub(at + 1)
      for octet = 0, 255 do
        local packet = before .. char(octet) .. after
        local holds, answer = holds_together(packet)
        if not holds then error(("octet %d as %d"):format(at, octet)) end
        outcomes[answer and answer.status or "none"] = true
        -- Another question, and not only in another case, is not ours.
        if at > 12 and at <= question_end and answer and answer.status == "ok" then
          assert.equal(char(own):lower(), char(octet):lower())
        end
      end
    end
    -- Never as NXDOMAIN, which its records contradict.
    assert.same({ none = true, ok = true, nodata = true, servfail = true, refused = true }, outcomes)
  end)

  it("with any two octets changed, or any piece cut out or doubled, holds together, too", function()
    local seed = 1
    local function random(most)
      seed = (seed * 16807) % 2147483647
      return 1 + seed % most
    end
    for _ = 1, 20000 do
      local at, n = random(#real), random(16)
      local packet = real:sub(1, at - 1) .. real:sub(at + n)
      if n % 2 == 0 then packet = real:sub(1, at + n) .. real:sub(at) end
      at = random(#packet)
      packet = packet:sub(1, at - 1) .. char(random(256) - 1) .. packet:sub(at + 1)
      if not holds_together(packet) then error(("a packet of %d octets: %q"):format(#packet, packet)) end
    end
  end)
end)

describe("A chain of CNAMEs in one reply", function()
  local function target(i) return char(1, 97 + i) .. ASKED end -- b.a.test, c.a.test, …
  local function chain_of(n)
    local records = {}
    for i = 1, n do records[i] = record(i == 1 and ASKED or target(i - 1), CNAME, target(i)) end
    records[n + 1] = record(target(n), TXT, "\2me")
    return records
  end
  local function decode_all(records) return decode(reply { answers = #records, records = table.concat(records) }) end

  it("is followed where it has one, five or eight links", function()
    for _, n in ipairs { 1, 5, 8 } do
      local answer = decode_all(chain_of(n))
      assert.equal("ok", answer.status)
      assert.equal(n, #answer.chain)
      assert.same({ "me" }, answer.text)
    end
  end)

  it("is not where it has nine, which is temporary and says why", function()
    local answer = decode_all(chain_of(9))
    assert.equal("servfail", answer.status)
    assert.equal("cname_chain_too_long", answer.reason)
    assert.same({}, answer.records)
  end)

  it("is followed in whatever order its records stand", function()
    local seed = 7
    for _ = 1, 50 do
      local records = chain_of(5)
      for i = #records, 2, -1 do
        seed = (seed * 16807) % 2147483647
        local j = 1 + seed % i
        records[i], records[j] = records[j], records[i]
      end
      local answer = decode_all(records)
      assert.same({ "b.a.test", "c.a.test", "d.a.test", "e.a.test", "f.a.test" }, answer.chain)
      assert.same({ "me" }, answer.text)
    end
  end)

  it("may have each of its records twice", function()
    local records = {}
    for _, one in ipairs(chain_of(3)) do
      records[#records + 1] = one
      records[#records + 1] = one
    end
    local answer = decode_all(records)
    assert.equal("ok", answer.status)
    assert.equal(3, #answer.chain)
    assert.same({ "me", "me" }, answer.text)
  end)

  it("is a loop where it leads back, to whichever of its names", function()
    for back = 0, 3 do
      local records = chain_of(3)
      records[4] = record(target(3), CNAME, back == 0 and ASKED or target(back))
      local answer = decode_all(records)
      assert.equal("servfail", answer.status)
      assert.equal("cname_loop", answer.reason)
      assert.same({}, answer.records)
    end
  end)

  it("is a loop in another case, too", function()
    local answer = decode_all { record(ASKED, CNAME, "\1B" .. ASKED), record("\1b" .. ASKED, CNAME, "\1A\4TEST\0") }
    assert.equal("cname_loop", answer.reason)
  end)

  it("is not led astray by records of other names, types and classes", function()
    local records = {
      record("\1q" .. ASKED, CNAME, "\1r" .. ASKED), record(ASKED, CNAME, "\1q" .. ASKED, 60, 3),
      record("\1q" .. ASKED, TXT, "\2no"), record(target(1), TXT, "\2no", 60, 3), record(target(1), A, "\192\0\2\1"),
      record("\4test\0", TXT, "\2no"), record("\1x\1a\4test\0", TXT, "\2no"), record("\0", TXT, "\2no"),
    }
    for _, one in ipairs(chain_of(1)) do records[#records + 1] = one end
    local answer = decode_all(records)
    assert.same({ "b.a.test" }, answer.chain)
    assert.same({ "me" }, answer.text)
  end)

  it("is the same compressed and not, in small letters and great", function()
    local compressed = decode_all(chain_of(2))
    assert.same(compressed, decode_all {
      record(name "a.test", CNAME, name "b.a.test"), record(name "b.a.test", CNAME, name "c.a.test"), record(name "c.a.test", TXT, "\2me"),
    })
    assert.same(compressed, decode_all {
      record(name "A.TEST", CNAME, name "B.a.Test"), record(name "b.A.test", CNAME, name "C.A.TEST"), record(name "c.a.tesT", TXT, "\2me"),
    })
  end)

  it("is not disturbed by the DNAME that it was made of (RFC 6672 §3.1)", function()
    local dname = record("\4test\0", DNAME, name "example.net")
    for _, records in ipairs {
      { dname, record(ASKED, CNAME, name "a.example.net"), record(name "a.example.net", TXT, "\2me") },
      { record(name "a.example.net", TXT, "\2me"), record(ASKED, CNAME, name "a.example.net"), dname },
    } do
      local answer = decode_all(records)
      assert.same({ "a.example.net" }, answer.chain)
      assert.same({ "me" }, answer.text)
    end
  end)

  it("is not taken from the authority or the additional section", function()
    local records = record(ASKED, CNAME, "\1b" .. ASKED) .. record("\1b" .. ASKED, TXT, "\2me")
    assert.equal("nodata", decode(reply { authorities = 2, records = records }).status)
    assert.equal("nodata", decode(reply { additionals = 2, records = records }).status)
  end)
end)

describe("Signatures in a reply (RFC 4034 §3)", function()
  local function rrsig(owner, covered, ttl)
    return record(owner, made.RRSIG, u16(covered) .. "\8\2" .. u32(300) .. u32(1048354263) .. u32(1045762263) .. u16(2642)
      .. name "test" .. "signature", ttl)
  end

  it("are told of, and else leave the answer as it is", function()
    local records = record(ASKED, TXT, "\2me") .. record(ASKED, TXT, "\3you")
    local plain = decode(reply { answers = 2, records = records })
    local signed = decode(reply { answers = 3, records = rrsig(ASKED, TXT, 5) .. records })
    assert.is_nil(plain.signed)
    assert.is_true(signed.signed)
    signed.signed = nil
    assert.same(plain, signed)
  end)

  it("are those of the records, and no others", function()
    local other = rrsig("\1b" .. ASKED, TXT) .. rrsig(ASKED, NS)
    assert.is_nil(decode(reply { answers = 3, records = other .. record(ASKED, TXT, "\2me") }).signed)
    assert.is_nil(decode(reply { answers = 1, authorities = 1, records = record(ASKED, TXT, "\2me") .. rrsig(ASKED, TXT) }).signed)
    local far = record(ASKED, CNAME, "\1b" .. ASKED) .. record("\1b" .. ASKED, TXT, "\2me")
    assert.is_true(decode(reply { answers = 4, records = rrsig(ASKED, CNAME) .. far .. rrsig("\1b" .. ASKED, TXT) }).signed)
    assert.is_nil(decode(reply { answers = 3, records = rrsig(ASKED, CNAME) .. far }).signed)
  end)

  it("may come with an SOA for what does not exist", function()
    local soa = record("\4test\0", SOA, ASKED .. ASKED .. rep("\0\0\0\1", 5))
    local answer = decode(reply { flags = 0x8183, authorities = 2, records = soa .. rrsig("\4test\0", SOA) })
    assert.equal("nxdomain", answer.status)
    assert.is_true(answer.signed)
    assert.is_nil(decode(reply { flags = 0x8183, authorities = 2, records = soa .. rrsig("\4test\0", NS) }).signed)
    assert.is_nil(decode(reply { flags = 0x8183, authorities = 1, records = soa }).signed)
  end)

  it("alone are no data", function()
    local answer = decode(reply { answers = 1, records = rrsig(ASKED, TXT) })
    assert.equal("servfail", answer.status)
    assert.equal("unrelated", answer.reason)
  end)
end)

describe("Extended errors (RFC 8914)", function()
  local function errors(options)
    local answer = assert(decode(reply { flags = 0x8182, additionals = 1, records = made.opt(options) }))
    return answer.extended_errors, answer.status
  end

  it("are all given, in their order, among other options", function()
    assert.same({ { code = 9, text = "no SEP" }, { code = 22, text = "" }, { code = 65535, text = "own" } },
      (errors { { 10, "cookie.." }, { 15, "\0\9no SEP" }, { 3, "nsid" }, { 15, "\0\22" }, { 15, "\255\255own" } }))
  end)

  it("may have any octets for text, which are kept", function()
    assert.same({ { code = 0, text = "\255\254\0x" } }, (errors { { 15, "\0\0\255\254\0x" } }))
  end)

  it("may end their text with a NUL, which is no part of it (RFC 8914 §2)", function()
    assert.same({ { code = 23, text = "net" } }, (errors { { 15, "\0\23net\0" } }))
    assert.same({ { code = 23, text = "" } }, (errors { { 15, "\0\23\0" } }))
  end)

  it("that are none are passed over", function()
    assert.same({ { code = 1, text = "" } }, (errors { { 15, "" }, { 15, "x" }, { 15, "\0\1" } }))
  end)

  it("end where the options are broken", function()
    local options = u16(15) .. u16(2) .. "\0\1" .. u16(15) .. u16(200) .. "ab"
    local records = record("\0", OPT, options, 0, 1232)
    assert.same({ { code = 1, text = "" } }, decode(reply { additionals = 1, records = records }).extended_errors)
  end)

  it("tell that validation failed, where they say so, behind whatever others", function()
    for code = 0, 30 do
      local _, status = errors { { 15, "\0\0" }, { 15, u16(code) } }
      assert.equal(code >= 6 and code <= 12 and "bogus" or "servfail", status, code)
    end
  end)
end)
