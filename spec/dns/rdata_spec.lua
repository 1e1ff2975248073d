-- A record's data of every type, both ways: as a zone file writes it, as it is on the wire, and as an answer shows it.
-- Where the RFC of a type has an example, it is that.
local core = require "mailseal.core".dns
local dns = require "mailseal.dns"
local made = require "spec.support.packet"

local name = made.name

local function octets(hex) return (hex:gsub("%s", ""):gsub("..", function(pair) return string.char(tonumber(pair, 16)) end)) end

-- Each: the type, its data in presentation form, on the wire, and in an answer.
local examples = {
  { "A", "192.0.2.1", octets "c0000201", { address = "192.0.2.1" } },
  { "AAAA", "2001:db8:0:0::1:0", octets "20010db8 00000000 00000000 00010000", { address = "2001:db8::1:0" } },
  { "AAAA", "::ffff:192.0.2.1", octets "00000000 00000000 0000ffff c0000201", { address = "::ffff:192.0.2.1" } },
  { "NS", "NS1.example.com.", name "ns1.example.com", { host = "ns1.example.com" } },
  { "CNAME", "a\\.b.example.com.", "\3a.b" .. name "example.com", { target = "a\\046b.example.com" } },
  { "PTR", ".", "\0", { target = "." } },
  { "DNAME", "example.net.", name "example.net", { target = "example.net" } },
  { "MX", "0 .", "\0\0\0", { preference = 0, exchange = "." } },
  { "MX", "65535 mx.example.com.", "\255\255" .. name "mx.example.com", { preference = 65535, exchange = "mx.example.com" } },
  { "SOA", "VENERA.ISI.EDU. Action\\.domains.ISI.EDU. 20 7200 600 3600000 60", -- RFC 1035 §5.3
    name "venera.isi.edu" .. "\14action.domains" .. name "isi.edu" .. octets "00000014 00001c20 00000258 0036ee80 0000003c",
    { primary = "venera.isi.edu", mailbox = "action\\046domains.isi.edu", serial = 20, refresh = 7200, retry = 600,
      expire = 3600000, minimum = 60 } },
  { "TXT", '"v=DKIM1; p=" "" "\\"\\255\\000"', '\11v=DKIM1; p=\0\3"\255\0', { strings = { "v=DKIM1; p=", "", '"\255\0' } } },
  { "SPF", '"v=spf1 -all"', "\11v=spf1 -all", { strings = { "v=spf1 -all" } } },
  { "SRV", "0 1 587 submission.example.com.", octets "0000 0001 024b" .. name "submission.example.com",
    { priority = 0, weight = 1, port = 587, target = "submission.example.com" } },
  { "DS", "60485 5 1 ( 2BB183AF5F22588179A53B0A 98631FAD1A292118 )", -- RFC 4034 §5.4
    octets "ec45 05 01 2bb183af5f22588179a53b0a98631fad1a292118",
    { key_tag = 60485, algorithm = 5, digest_type = 1, digest = "2bb183af5f22588179a53b0a98631fad1a292118" } },
  { "DNSKEY", "256 3 5 ( AQPSKmyn fzW4kyBv 015MUG2D )", octets "0100 03 05 01 03d22a 6ca77f35b893206f d35e4c506d83",
    { flags = 256, protocol = 3, algorithm = 5, key = "AQPSKmynfzW4kyBv015MUG2D" } },
  { "RRSIG", "A 5 3 86400 20030322173103 ( 20030220173103 2642 example.com. oJB1W6WNGv+ldvQ3WDG0MQ== )", -- RFC 4034 §3.3
    octets "0001 05 03 00015180 3e7c9dd7 3e5510d7 0a52" .. name "example.com" .. octets "a090755ba58d1affa576f4375831b431",
    { type_covered = "A", algorithm = 5, labels = 3, original_ttl = 86400, expiration = 1048354263, inception = 1045762263,
      key_tag = 2642, signer = "example.com", signature = "oJB1W6WNGv+ldvQ3WDG0MQ==" } },
  { "RRSIG", "NSEC3 13 2 300 4102444800 20000229000000 1 . AA==", octets "0032 0d 02 0000012c f4865700 38bb0c00 0001 00 00",
    { type_covered = "NSEC3", algorithm = 13, labels = 2, original_ttl = 300, expiration = 4102444800, inception = 951782400,
      key_tag = 1, signer = ".", signature = "AA==" } },
  { "TLSA", "1 1 2 ( 92003ba34942dc74152e2f2c408d29ec a5a520e7f2e06bb944f4dca346baf63c )", -- RFC 6698 §2.3
    octets "01 01 02 92003ba34942dc74152e2f2c408d29ec a5a520e7f2e06bb944f4dca346baf63c",
    { usage = 1, selector = 1, matching_type = 2, data = "92003ba34942dc74152e2f2c408d29eca5a520e7f2e06bb944f4dca346baf63c" } },
  { "CAA", '0 issue "ca1.example.net; policy=ev"', "\0\5issueca1.example.net; policy=ev", -- RFC 8659 §4
    { flags = 0, tag = "issue", value = "ca1.example.net; policy=ev" } },
  { "CAA", "128 iodef mailto:security@example.com", "\128\5iodefmailto:security@example.com",
    { flags = 128, tag = "iodef", value = "mailto:security@example.com" } },
  { "CAA", '0 issue ""', "\0\5issue", { flags = 0, tag = "issue", value = "" } },
  { "TYPE65280", "\\# 3 abCD 01", "\171\205\1", { data = "\171\205\1" } },
  { "TYPE65280", "\\# 0", "", { data = "" } },
  { "HTTPS", "\\# 3 000100", "\0\1\0", { data = "\0\1\0" } },
  { "A", "\\# 4 c0000201", octets "c0000201", { address = "192.0.2.1" } },
  { "CNAME", "\\# 7 03615c62 01 63 00", "\3a\\b\1c\0", { target = "a\\092b.c" } },
}

local function only_data(found, kind, owner)
  assert.equal(kind, found.type)
  assert.equal(owner, found.name)
  found.type, found.name, found.ttl = nil, nil, nil
  return found
end

describe("A record's data", function()
  for _, example in ipairs(examples) do
    local kind, text, wire, shown = example[1], example[2], example[3], example[4]
    local number = core.type(kind)
    local function found_in(answer)
      assert.equal("ok", answer.status)
      return only_data(answer.records[1], kind, "a.test")
    end

    it(("of type %s is read from the wire: %s"):format(kind, text), function()
      local question = name "a.test" .. made.u16(number) .. made.u16(1)
      local records = made.record(made.ASKED, number, wire)
      assert.same(shown, found_in(assert(core.decode(made.reply { question = question, answers = 1, records = records }, "a.test", kind))))
    end)

    it(("of type %s goes from a zone onto the wire: %s"):format(kind, text), function()
      local resolver = assert(dns.resolver { zone_text = "$TTL 60\na.test. IN " .. kind .. " " .. text .. "\n" })
      assert.same(shown, found_in(resolver:query("a.test", kind)))
      local reply = resolver.transport:exchange(core.encode("a.test", kind, { id = 1, no_edns = true }), false)
      assert.equal(made.record(made.ASKED, number, wire), reply:sub(-12 - #wire))
      if not text:find("(", 1, true) then
        resolver = assert(dns.resolver { zone = { ["a.test"] = { { type = kind, data = kind == "TXT" and shown.strings and
          { "v=DKIM1; p=", "", '"\\255\\000' } or kind == "SPF" and shown.strings or text } } } })
        assert.same(shown, found_in(resolver:query("a.test", kind)))
      end
    end)

    it(("of type %s is refused where it is cut off, unless its last field may be shorter: %s"):format(kind, text), function()
      local question = name "a.test" .. made.u16(number) .. made.u16(1)
      for n = 0, #wire - 1 do
        local cut = made.record(made.ASKED, number, wire:sub(1, n))
        local answer, _, code = core.decode(made.reply { question = question, answers = 1, records = cut }, "a.test", kind)
        if answer then
          for field, value in pairs(only_data(answer.records[1], kind, "a.test")) do
            local whole = shown[field]
            local shorter = type(value) == "table" or type(value) == "string" and #value <= #whole
            assert.is_true(shorter or value == whole, field)
          end
        else
          assert.equal("bad_message", code)
        end
      end
    end)
  end

  it("that is none of its type is refused, and says why", function()
    local function refuses(kind, tokens, code, pattern)
      local made_of, message, why = core.rdata(kind, tokens)
      assert.is_nil(made_of)
      assert.equal(code, why)
      assert.matches(pattern, message)
    end
    refuses("RRSIG", { "NOPE" }, "bad_type", "not a known record type")
    refuses("RRSIG", { "A", "5", "3", "86400", "20030322173103", "20031320173103" }, "bad_rdata", "not a time")
    refuses("RRSIG", { "A", "5", "3", "86400", "2003032217310x" }, "bad_rdata", "not a time")
    refuses("RRSIG", { "A", "5", "3", "86400", "20030229000000" }, "bad_rdata", "not a time")
    refuses("RRSIG", { "A", "5", "3", "86400", "20031232000000" }, "bad_rdata", "not a time")
    refuses("RRSIG", { "A", "5", "3", "86400", "19691231235959" }, "bad_rdata", "not a time")
    refuses("RRSIG", { "A", "5", "3", "86400", "21060101000000" }, "bad_rdata", "not a time")
    refuses("RRSIG", { "A", "5", "3", "86400" }, "bad_rdata", "lacks a field")
    refuses("RRSIG", { "A", "5", "3", "1", "1", "1", "1", ".", "A" }, "bad_rdata", "not base64")
    refuses("DNSKEY", { "256", "3", "5", "AQ*=" }, "bad_rdata", "not base64")
    refuses("SRV", { "0", "0", "65536", "." }, "bad_rdata", "too large")
    refuses("DNAME", { "a", "b" }, "bad_rdata", "more fields")
    refuses("HTTPS", { "1", ".", "alpn=h2" }, "no_presentation", "RFC 3597")
    refuses("TYPE65280", { "1" }, "no_presentation", "RFC 3597")
  end)

  it("is given the seconds since 1970 of every kind of year", function()
    for text, seconds in pairs {
      ["19700101000000"] = 0, ["20000228235959"] = 951782399, ["20000301000000"] = 951868800, ["19991231235959"] = 946684799,
      ["20240229120000"] = 1709208000, ["21000228000000"] = 4107456000, ["21000301000000"] = 4107542400,
      ["20380119031408"] = 2147483648, ["21051231235959"] = 4291747199,
    } do
      assert.equal(made.u32(seconds), assert(core.rdata("RRSIG", { "A", "1", "1", "1", text, "1", "1", ".", "" })):sub(9, 12))
    end
  end)
end)

describe("A record type", function()
  it("is known by its name, and by its number", function()
    for text, number in pairs { TXT = 16, txt = 16, TYPE16 = 16, HTTPS = 65, type65 = 65, NSEC3PARAM = 51, URI = 256, TYPE65535 = 65535 } do
      assert.equal(number, (core.type(text)))
    end
    assert.equal("HTTPS", select(2, core.type(65)))
    assert.equal("TXT", select(2, core.type "TYPE16"))
    assert.equal("TYPE65280", select(2, core.type(65280)))
    for _, text in ipairs { "", "TYPE", "TYPE0", "TYPE65536", "TYPE1x", "TXTX", "NOPE", "TYPE-1" } do
      assert.equal("bad_type", select(3, core.type(text)))
    end
  end)
end)
