-- Streams of replies to one signed message (RFC 8945 §5.3.1), as zone transfers are: each code is made over the one before.
local core = require "mailseal.core"
local made = require "spec.support.packet"
local record = require "spec.support.tsig_record"
local tsig = require "mailseal.dns.tsig"

local NOW = 1790000000
local SECRET = ("0123456789abcdef"):rep(2)
local REQUEST = made.reply { id = 0x1234, flags = 0 }

local key = assert(tsig.key { name = "k.example", secret = core.text.base64(SECRET) })
local _, SENT = key:sign(REQUEST, NOW)

-- What is known of the request: a copy, for verifying writes into it.
local function state() return { mac = SENT.mac, id = SENT.id, time = SENT.time } end

describe("A stream of replies", function()
  -- A server that signs a stream: `next_message(signs, time)` is the next message, signed or not.
  local function stream()
    local prior, between, count = SENT.mac, nil, 0
    return function(signs, time)
      count = count + 1
      local message = made.reply {
        id = 0x1234, answers = 1, records = made.record(made.ASKED, made.TXT, "\4" .. ("%04d"):format(count)),
      }
      if not signs then
        between = (between or "") .. message
        return message
      end
      message, prior = record.signed(message, {
        key = "k.example", algorithm = "hmac-sha256", time = time or NOW, fudge = 300, id = 0x1234, secret = SECRET, prior = prior,
        between = between, continued = count > 1,
      })
      between = nil
      return message
    end
  end

  it("is genuine where each is signed", function()
    local next_message, known = stream(), state()
    for i = 0, 20 do assert.is_true((assert(key:verify(next_message(true, NOW + i), known, NOW + i)))) end
  end)

  it("is genuine where unsigned ones stand between, which are believed with the next that is signed", function()
    local next_message, known = stream(), state()
    assert.is_true(key:verify(next_message(true), known, NOW))
    for _, unsigned_ones in ipairs { 1, 0, 2, 99 } do
      for _ = 1, unsigned_ones do assert.is_false(key:verify(next_message(false), known, NOW)) end
      assert.is_true((assert(key:verify(next_message(true), known, NOW))))
    end
  end)

  it("is refused where more than 99 are unsigned, or the first is", function()
    local next_message, known = stream(), state()
    assert.equal("not_signed", select(3, key:verify(next_message(false), state(), NOW)))
    next_message = stream()
    assert.is_true(key:verify(next_message(true), known, NOW))
    for _ = 1, 99 do assert.is_false(key:verify(next_message(false), known, NOW)) end
    assert.equal("not_signed", select(3, key:verify(next_message(false), known, NOW)))
  end)

  -- Four messages, of which the third is not signed, in this order; the code of the last.
  local function outcome(order, change)
    local next_message, known, messages, code = stream(), state(), {}, nil
    for i = 1, 4 do messages[i] = next_message(i ~= 3) end
    if change then messages[change] = messages[change]:gsub("\4%d%d%d%d", "\0049999", 1) end
    for _, i in ipairs(order) do
      local ok, _, why = key:verify(messages[i], known, NOW)
      code = ok == nil and why or tostring(ok)
      if ok == nil then return code end
    end
    return code
  end

  it("is refused where one is left out, comes twice, or was changed", function()
    assert.equal("true", outcome { 1, 2, 3, 4 })
    assert.equal("bad_signature", outcome { 1, 2, 4 })
    assert.equal("bad_signature", outcome { 1, 3, 4 })
    assert.equal("bad_signature", outcome { 1, 2, 2 })
    assert.equal("bad_signature", outcome { 1, 1 })
    assert.equal("bad_signature", outcome { 2 })
    assert.equal("bad_signature", outcome { 1, 2, 3, 3, 4 })
    for change = 1, 4 do assert.equal("bad_signature", outcome({ 1, 2, 3, 4 }, change)) end
  end)
end)
