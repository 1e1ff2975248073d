local check = require "mailseal.check"
local dns = require "mailseal.dns"
local ownership = require "mailseal.onboard.ownership"
local record = ownership.record("example.com", "abcdefghijklmnopqrstuvwxyz234567")

local NOW = 1800000000

-- What a check of a zone has seen of the challenge.
local function look(zone, options)
  options = options or {}
  zone["example.com"] = zone["example.com"] or {
    { type = "SOA", data = "ns.example.com. hostmaster.example.com. 1 7200 3600 1209600 300" }, { type = "NS", data = "ns.example.com." },
  }
  local expectation = { id = record.id, match = record.match, type = record.type, name = record.name, value = record.value }
  local report = assert(check.domain("example.com", {
    resolver = assert(dns.resolver { zone = zone }), expect = { expectation }, only = options.only or { "expected" }, now = NOW,
  }))
  return ownership.look(report)
end

describe("mailseal.onboard.ownership", function()
  it("makes challenges of 160 bits, each another one", function()
    local known, letters = {}, {}
    for _ = 1, 1000 do
      local challenge = ownership.new_challenge()
      assert.truthy(challenge:find "^[a-z2-7]+$")
      assert.equal(32, #challenge)
      assert.is_nil(known[challenge])
      known[challenge] = true
      for letter in challenge:gmatch "." do
        letters[letter] = true
      end
    end
    local count = 0
    for _ in pairs(letters) do
      count = count + 1
    end
    assert.equal(32, count)
  end)

  it("writes every bit of the random octets (RFC 4648 section 6)", function()
    local core = require "mailseal.core".seal
    local random = core.random
    finally(function() core.random = random end)
    for octets, wanted in pairs {
      [("\0"):rep(20)] = ("a"):rep(32), [("\255"):rep(20)] = ("7"):rep(32), [("\255\0\127\1\2"):rep(4)] = ("74ah6aic"):rep(4),
      [("\0"):rep(19) .. "\1"] = ("a"):rep(31) .. "b",
    } do
      core.random = function(n)
        assert.equal(20, n)
        return octets
      end
      assert.equal(wanted, ownership.new_challenge())
    end
  end)

  it("has a record that a check can be told to expect", function()
    assert.equal("_mailseal-challenge.example.com", record.name)
    assert.equal("mailseal-domain-verification=abcdefghijklmnopqrstuvwxyz234567", record.value)
    assert.is_true(record.required)
  end)

  describe("looks at DNS", function()
    it("and sees the challenge, whatever stands beside it", function()
      assert.equal("seen", look { [record.name] = { { type = "TXT", data = record.value } } })
      assert.equal("seen", look { [record.name] = {
        { type = "TXT", data = "mailseal-domain-verification=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz" }, { type = "TXT", data = record.value },
      } })
    end)

    it("and does not see it where there is none, or an earlier owner's", function()
      assert.equal("absent", look {})
      local earlier = ownership.record("example.com", ("z"):rep(32)).value
      assert.equal("absent", look { [record.name] = { { type = "TXT", data = earlier } } })
      assert.equal("absent", look { [record.name] = { { type = "TXT", data = record.value:upper() } } })
      assert.equal("absent", look { [record.name] = { { type = "TXT", data = record.value:sub(1, -2) } } })
      assert.equal("absent", look { ["example.com"] = { { type = "TXT", data = record.value } } })
    end)

    it("and takes no parent's nor child's for it", function()
      assert.equal("absent", look { ["_mailseal-challenge.mail.example.com"] = { { type = "TXT", data = record.value } } })
      assert.equal("absent", look { ["_mailseal-challenge.com"] = { { type = "TXT", data = record.value } } })
    end)

    it("and says that DNS did not say (never that it is missing)", function()
      for _, fault in ipairs { "timeout", "servfail", "refused" } do
        assert.equal("unsure", look { [record.name] = { { error = fault } } }, fault)
      end
    end)

    it("and counts nothing that a CNAME leads to, be it a wildcard's", function()
      local there = { { type = "TXT", data = record.value } }
      assert.equal("elsewhere", look { [record.name] = { { type = "CNAME", data = "a.host.test." } }, ["a.host.test"] = there })
      assert.equal("elsewhere", look { ["*.example.com"] = { { type = "CNAME", data = "a.host.test." } }, ["a.host.test"] = there })
      assert.equal("absent", look { [record.name] = { { type = "CNAME", data = "gone.host.test." } } })
    end)

    it("and is unsure where the check was not told to", function()
      assert.equal("unsure", look({ [record.name] = { { type = "TXT", data = record.value } } }, { only = { "spf" } }))
      assert.equal("unsure", ownership.look {})
    end)
  end)

  describe("judges a claim", function()
    local function judge(seen, challenged_at, owner_id, since)
      return ownership.judge({ tenant = "a", seen = seen, challenged_at = challenged_at },
        owner_id and { tenant_id = owner_id, since = since } or nil)
    end

    it("as proven where the challenge was seen, and never else", function()
      assert.equal("prove", judge("seen", NOW))
      for _, seen in ipairs { "absent", "unsure", "elsewhere" } do
        assert.equal("wait", judge(seen, NOW))
        assert.equal("wait", judge(seen, NOW, "b", NOW - 1))
      end
    end)

    it("as the owner's whatever is seen: the record may go later", function()
      for _, seen in ipairs { "seen", "absent", "unsure", "elsewhere" } do
        assert.equal("own", judge(seen, NOW, "a", NOW))
      end
    end)

    it("as none of the owner's where he proved the domain for an earlier claim", function()
      assert.equal("wait", judge("absent", NOW, "a", NOW - 1))
      assert.equal("prove", judge("seen", NOW, "a", NOW - 1))
    end)

    it("as a take-over where the challenge is fresher than the owner's proof", function()
      assert.equal("take_over", judge("seen", NOW, "b", NOW - 1))
    end)

    it("as in need of a fresh challenge where somebody has proven the domain since", function()
      for _, seen in ipairs { "seen", "absent", "unsure", "elsewhere" } do
        assert.equal("renew", judge(seen, NOW, "b", NOW))
        assert.equal("renew", judge(seen, NOW, "b", NOW + 1))
      end
    end)
  end)
end)
