-- What replies to signed messages get (RFC 8945 §5.3, §5.4): those that are genuine, and those that somebody made, cut or changed.
local core = require "mailseal.core"
local made = require "spec.support.packet"
local octets = require "spec.support.octets"
local record = require "spec.support.tsig_record"
local tsig = require "mailseal.dns.tsig"
local update = require "mailseal.dns.update"

local NOW = 1790000000
local SECRET = ("0123456789abcdef"):rep(4)
local ALGORITHMS = { "hmac-sha256", "hmac-sha384", "hmac-sha512" }
local REQUEST = octets.hex "1234 2800 0001 0000 0000 0000 0161 0474657374 00 0006 0001"

local function key_of(algorithm, secret)
  return assert(tsig.key { name = "k.example", algorithm = algorithm, secret = core.text.base64(secret or SECRET) })
end

local key = key_of "hmac-sha256"
local _, SENT = key:sign(REQUEST, NOW)

-- What is known of the request: a copy, for verifying writes into it.
local function state() return { mac = SENT.mac, id = SENT.id, time = SENT.time } end

-- The reply that an honest server would sign, its rcode NOERROR unless told, with these records in its sections.
local function reply_with(options)
  return made.reply {
    id = 0x1234, flags = 0xa800 + (options.rcode or 0), question = REQUEST:sub(13), records = options.records, answers = options.answers,
    additionals = options.additionals,
  }
end
local REPLY = reply_with {}

-- What an honest server signs with, but for these fields.
local function signing(fields)
  local of = { key = "k.example", algorithm = "hmac-sha256", time = NOW, fudge = 300, id = 0x1234, secret = SECRET, prior = SENT.mac }
  for field, value in pairs(fields or {}) do of[field] = value end
  return of
end

local function signed(fields, reply) return (record.signed(reply or REPLY, signing(fields))) end

-- A reply with a record that is signed by nobody.
local function unsigned(fields, rcode)
  local of = signing(fields)
  of.mac = of.mac or ""
  return record.with(reply_with { rcode = rcode or 9 }, record.record(of))
end

local function accepted(reply, now, whose) assert.is_true((assert((whose or key):verify(reply, state(), now or NOW)))) end

local function refused(code, reply, now)
  local before = state()
  local ok, message, told, details = key:verify(reply, before, now or NOW)
  assert.is_nil(ok)
  assert.same({ code, "string" }, { told, type(message) })
  assert.is_nil(before.continued)
  return details, message
end

describe("A signed reply", function()
  it("is accepted of each algorithm", function()
    for _, algorithm in ipairs(ALGORITHMS) do
      local whose = key_of(algorithm)
      local _, sent = whose:sign(REQUEST, NOW)
      assert.is_true(whose:verify(signed { algorithm = algorithm, prior = sent.mac }, sent, NOW))
    end
  end)

  it("is accepted with records in every section, and with the key's name in capitals or compressed", function()
    local txt = made.record(made.ASKED, made.TXT, "\1x")
    accepted(signed(nil, reply_with { answers = 1, additionals = 1, records = txt .. made.opt() }))
    accepted(record.with(REPLY, record.record(signing { mac = record.code(REPLY, signing()), key = "K.EXAMPLE" })))
    local with_name = reply_with { answers = 1, records = made.record(made.name "k.example", made.TXT, "\1x") }
    local at = #REPLY
    accepted(record.with(with_name, record.record(signing {
      mac = record.code(with_name, signing()), key_octets = made.u16(0xc000 + at),
    })))
    accepted(record.with(with_name, record.record(signing {
      mac = record.code(with_name, signing()), key_octets = "\1k" .. made.u16(0xc000 + at + 2),
    })))
  end)

  it("is accepted with the number that a forwarder gave it", function()
    local forwarded = signed()
    accepted("\153\153" .. forwarded:sub(3))
  end)

  it("is believed in no octet that was changed", function()
    local reply = signed()
    -- Letters of these names may be of either case.
    local name_at, algorithm_at = #REPLY, #REPLY + #made.name "k.example" + 10
    local names = { [name_at] = #made.name "k.example", [algorithm_at] = #made.name "hmac-sha256" }
    local function is_letter(at)
      for before, length in pairs(names) do
        if at > before and at <= before + length and reply:find("^%a", at) then return true end
      end
    end
    -- Its number is not signed: the original one, which is in the record, is.
    for at = 3, #reply do
      for _, bit in ipairs { 1, 32, 128 } do
        local octet = reply:byte(at)
        local flipped = octet % (2 * bit) >= bit and octet - bit or octet + bit
        local changed = reply:sub(1, at - 1) .. string.char(flipped) .. reply:sub(at + 1)
        if bit ~= 32 or not is_letter(at) then
          local ok, message = key:verify(changed, state(), NOW)
          assert.is_nil(ok, ("octet %d, bit %d"):format(at, bit))
          assert.equal("string", type(message))
        end
      end
    end
  end)

  it("is refused wherever it is cut", function()
    local reply = signed()
    for cut = 0, #reply - 1 do refused("bad_message", reply:sub(1, cut)) end
    refused("bad_message", reply .. "\0")
    refused("bad_message", reply .. reply)
    refused("bad_message", ("\255"):rep(70000))
  end)

  it("is refused where the code of the request is not in it, or that of another", function()
    local details = refused("bad_signature", signed { prior = false })
    assert.is_false(details.proven)
    refused("bad_signature", signed { prior = ("x"):rep(32) })
    refused("bad_signature", signed { prior = "" })
  end)

  it("is refused by another secret, another key, another algorithm", function()
    refused("bad_signature", signed { secret = SECRET .. "x" })
    refused("bad_key", signed { key = "k2.example" })
    refused("bad_key", signed { algorithm = "hmac-sha512" })
    refused("bad_key", unsigned { error = 0, algorithm_octets = made.name "hmac-md5.sig-alg.reg.int", mac = ("x"):rep(16) })
  end)

  it("is refused to another message", function()
    refused("wrong_reply", signed { id = 0x1235 })
  end)

  it("is refused where it is the request itself", function()
    refused("bad_signature", (key:sign(REQUEST, NOW)))
  end)

  it("is refused where it is not signed", function()
    for rcode, name in pairs { [0] = "NOERROR", [5] = "REFUSED", [9] = "NOTAUTH" } do
      assert.same({ rcode = name }, (refused("not_signed", reply_with { rcode = rcode })))
    end
    refused("not_signed", reply_with { additionals = 1, records = made.opt() })
  end)
end)

describe("A TSIG record", function()
  local function refused_record(fields) refused("bad_message", record.with(REPLY, record.record(signing(fields)))) end
  local mac = record.code(REPLY, signing())

  it("that is not the last, or one of two, is refused", function()
    refused("bad_message", record.with(signed(), made.opt()))
    refused("bad_message", signed(nil, signed()))
    local one = record.record(signing { mac = mac })
    refused("bad_message", made.reply { id = 0x1234, flags = 0xa800, question = REQUEST:sub(13), answers = 1, records = one })
    refused("bad_message", made.reply { id = 0x1234, flags = 0xa800, question = REQUEST:sub(13), authorities = 1, records = one })
    refused("bad_message", made.reply {
      id = 0x1234, flags = 0xa800, question = REQUEST:sub(13), answers = 1, additionals = 1, records = one .. one,
    })
  end)

  it("of another class than ANY, or with a TTL, is refused", function()
    refused_record { mac = mac, class = 1 }
    refused_record { mac = mac, class = 254 }
    refused_record { mac = mac, ttl = 1 }
    refused_record { mac = mac, ttl = 65536 }
  end)

  it("whose algorithm is compressed is refused", function()
    -- The algorithm's name stands in a record before, to be pointed at.
    local reply = reply_with { answers = 1, records = made.record(made.name "hmac-sha256", made.TXT, "\1x") }
    local code = record.code(reply, signing())
    accepted(record.with(reply, record.record(signing { mac = code })))
    refused("bad_message", record.with(reply, record.record(signing { mac = code, algorithm_octets = made.u16(0xc000 + #REPLY) })))
  end)

  it("whose names lead nowhere is refused", function()
    for _, wrong in ipairs {
      "\192\0", "\192\12\0", made.u16(0xc000 + #REPLY), made.u16(0xffff), "\64" .. ("x"):rep(64) .. "\0", "\128\0", "\63",
      ("\1x"):rep(127) .. "\1xx\0",
    } do
      refused_record { mac = mac, key_octets = wrong }
      refused_record { mac = mac, algorithm_octets = wrong }
    end
  end)

  it("whose lengths do not fit is refused", function()
    for _, size in ipairs { 0, 1, 31, 33, 38, 39, 65535 } do refused_record { mac = mac, mac_size = size } end
    for _, size in ipairs { 1, 6, 65535 } do refused_record { mac = mac, other_size = size } end
    refused_record { mac = mac, behind = "x" }
    refused_record { mac = mac, other = "abc", other_size = 2 }
    -- Nothing but a name.
    refused("bad_message", record.with(REPLY, made.record(made.name "k.example", 250, "", 0, 255)))
    refused("bad_message", record.with(REPLY, made.record(made.name "k.example", 250, made.name "hmac-sha256", 0, 255)))
  end)

  it("with a code of a length that §5.2.2.1 forbids is refused, and so is one that was cut", function()
    for _, size in ipairs { 1, 9, 10, 15 } do refused("bad_message", signed { cut = size }) end
    refused("bad_message", unsigned { mac = ("x"):rep(33) })
    refused("bad_message", unsigned { mac = "", error = 0 })
    for _, size in ipairs { 16, 20, 31 } do
      local _, message = refused("bad_signature", signed { cut = size })
      assert.truthy(message:find("cut", 1, true))
    end
    for i, algorithm in ipairs(ALGORITHMS) do
      local whose = key_of(algorithm)
      local _, sent = whose:sign(REQUEST, NOW)
      local half = 16 + 8 * (i - 1)
      local codes = {}
      for _, size in ipairs { half - 1, half, 2 * half - 1 } do
        codes[#codes + 1] = select(3, whose:verify(signed { algorithm = algorithm, prior = sent.mac, cut = size }, sent, NOW))
      end
      assert.same({ "bad_message", "bad_signature", "bad_signature" }, codes)
    end
  end)

  it("is found behind ten thousand records, and soon", function()
    local many = made.record("\0", made.TXT, "\0"):rep(5000)
    local reply = signed(nil, reply_with { answers = 5000, records = many })
    local before = os.clock()
    for _ = 1, 20 do accepted(reply) end
    assert.is_true(os.clock() - before < 2)
    refused("bad_message", (reply:gsub("\19\136", "\255\255", 1)))
  end)
end)

describe("The time of a signature", function()
  it("is believed within the fudge, either way", function()
    for _, seconds in ipairs { -300, -1, 0, 299, 300 } do
      accepted(signed(), NOW + seconds)
      accepted(signed { time = NOW + seconds })
    end
    accepted(signed { fudge = 0 })
    accepted(signed { fudge = 65535 }, NOW + 65535)
  end)

  it("is told where it is not, with the difference", function()
    for _, seconds in ipairs { -600, -301, 301, 600 } do
      local details, message = refused("clock_off", signed(), NOW + seconds)
      assert.same({ seconds = seconds, proven = true }, details)
      assert.truthy(message:find(("%d seconds %s the server's"):format(math.abs(seconds), seconds > 0 and "ahead of" or "behind"), 1, true))
    end
  end)

  it("has 48 bits, and goes on after 2038 and 2106", function()
    for _, now in ipairs { 0, 2 ^ 31 - 1, 2 ^ 31, 2 ^ 32 - 1, 2 ^ 32, 2 ^ 40 + 7, 2 ^ 48 - 1 } do
      local _, sent = key:sign(REQUEST, now)
      assert.is_true(key:verify(signed { prior = sent.mac, time = now }, sent, now))
      sent = select(2, key:sign(REQUEST, now))
      local other = now < 2 ^ 47 and now + 2 ^ 32 or now - 2 ^ 32
      assert.equal("clock_off", select(3, key:verify(signed { prior = sent.mac, time = other }, sent, now)))
    end
  end)
end)

describe("A server's refusal of a signature", function()
  it("of its time is proven, and tells the difference", function()
    for _, seconds in ipairs { -600, 600, 0, -2 ^ 33 } do
      local details, message = refused("clock_off",
        signed({ error = 18, other = record.u48(NOW - seconds), time = NOW }, reply_with { rcode = 9 }))
      assert.same({ proven = true, seconds = seconds, tsig = "BADTIME" }, details)
      assert.truthy(message:find "clock")
    end
  end)

  it("of its time is told though this machine's clock, which is wrong, has gone on", function()
    refused("clock_off", signed({ error = 18, other = record.u48(NOW + 700), time = NOW }, reply_with { rcode = 9 }), NOW + 5)
  end)

  it("of its time without a time, or with half of one, has no difference", function()
    for _, other in ipairs { "", "\0\0\0\0\1", "\0\0\0\0\0\0\1" } do
      local details = refused("clock_off", signed({ error = 18, other = other }, reply_with { rcode = 9 }))
      assert.same({ proven = true, tsig = "BADTIME" }, details)
    end
  end)

  it("of its time is not proven where the time was changed, or nobody signed it", function()
    local reply = signed({ error = 18, other = record.u48(NOW + 600) }, reply_with { rcode = 9 })
    refused("bad_signature", reply:sub(1, -2) .. "\0")
    assert.same({ proven = false, seconds = -600, tsig = "BADTIME" },
      (refused("clock_off", unsigned { error = 18, other = record.u48(NOW + 600) })))
  end)

  it("of its key or code is told, and not proven", function()
    assert.same({ proven = false, tsig = "BADKEY" }, (refused("bad_key", unsigned { error = 17 })))
    assert.same({ proven = false, tsig = "BADSIG" }, (refused("bad_signature", unsigned { error = 16 })))
    assert.same({ proven = false, tsig = "BADTRUNC" }, (refused("bad_signature", unsigned { error = 22 })))
    assert.same({ proven = false, tsig = "RCODE99" }, (refused("bad_signature", unsigned { error = 99 })))
    local details, message = refused("bad_key", unsigned { error = 17 })
    assert.is_false(details.proven)
    assert.truthy(message:find("k.example", 1, true))
  end)

  it("is told though it names another key, as of a server that does not know ours", function()
    refused("bad_key", unsigned { error = 17, key = "other.example", algorithm_octets = "\0" })
  end)

  it("of another message is not ours", function()
    refused("wrong_reply", unsigned { error = 17, id = 1 })
  end)

  it("is read with its rcode", function()
    assert.same({ id = 0x1234, rcode = "NOTAUTH", tsig = { error = "BADTIME", key = "k.example", time = NOW } },
      update.read(signed({ error = 18, other = record.u48(NOW + 600) }, reply_with { rcode = 9 })))
    assert.same({ id = 0x1234, rcode = "NXRRSET", tsig = { error = "NOERROR", key = "k.example", time = NOW } },
      update.read(signed(nil, reply_with { rcode = 8 })))
  end)
end)
