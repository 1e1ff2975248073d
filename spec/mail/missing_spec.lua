-- csrc/mail/missing.c: Date and Message-ID for a message that lacks them, as a signer adds them under `normalize`.
local dkim = require "mailseal.dkim"
local key = require "mailseal.key"

local KEY = key.generate { type = "ed25519" }
local signer = assert(dkim.signer { domain = "example.com", selector = "s", key = KEY, normalize = true })

local BARE = "From: a@example.com\r\nSubject: hi\r\n\r\nbody\r\n"

local function added(message, now)
  local header, findings = assert(signer:sign(message, { now = now }))
  return header:match("\r\nDate: ([^\r]*)\r\n"), header:match("\r\nMessage%-ID: ([^\r]*)\r\n"), findings, header
end

describe("a message without Date", function()
  it("gets the date of signing, right in every month and leap year", function()
    local now = 0
    while now < 4102444800 do -- until 2100
      assert.equal(os.date("!%a, %d %b %Y %H:%M:%S +0000", now), (added(BARE, now)))
      now = now + 86400 * 13 + 3671
    end
    for _, edge in ipairs { 951782399, 951782400, 951868800, 1709164800, 1735689599, 1735689600, 4107542400 } do
      assert.equal(os.date("!%a, %d %b %Y %H:%M:%S +0000", edge), (added(BARE, edge)))
    end
  end)

  it("keeps the date that it has", function()
    local date, id = added("Date: Mon, 01 Jan 2024 00:00:00 +0000\r\n" .. BARE, 1700000000)
    assert.is_nil(date)
    assert.is_string(id)
  end)
end)

describe("a message without Message-ID", function()
  it("gets one in the signing domain, the same for the same message at the same time", function()
    local _, id = added(BARE, 1700000000)
    assert.matches("^<%x+@example%.com>$", id)
    assert.equal(32, #id:match("%x+"))
    assert.equal(id, (select(2, added(BARE, 1700000000))))
  end)

  it("gets another for another header, body or time", function()
    local seen = {}
    for _, case in ipairs {
      { BARE, 1700000000 }, { BARE, 1700000001 }, { BARE .. "more\r\n", 1700000000 }, { "To: b@example.org\r\n" .. BARE, 1700000000 },
    } do
      local _, id = added(case[1], case[2])
      assert.is_nil(seen[id])
      seen[id] = true
    end
  end)

  it("has both fields signed, and lacks nothing any more", function()
    local _, _, findings, header = added(BARE, 1700000000)
    assert.same({}, findings)
    assert.matches("h=From:From:Subject:Date:Message%-ID;", header)
    local resolver = { query = function() return { status = "ok", text = { KEY:record() }, ttl = 60 } end }
    local results = dkim.verify(header .. BARE, { resolver = resolver, now = 1700000000 })
    assert.equal("pass", results[1].result)
  end)

  it("is refused without normalize", function()
    local strict = assert(dkim.signer { domain = "example.com", selector = "s", key = KEY })
    local header, _, code = strict:sign(BARE)
    assert.is_nil(header)
    assert.equal("no_date", code)
  end)
end)
