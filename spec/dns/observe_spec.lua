--- Whoever wants to know how DNS is doing is told of each question that servers were asked.
local dns = require "mailseal.dns"
local resolver_of = require "mailseal.dns.resolver"
local zones = require "mailseal.dns.zone"

local ZONE = {
  ["example.com"] = {
    { type = "SOA", data = "ns.example.com. host.example.com. 1 3600 600 86400 300" }, { type = "NS", data = "ns.example.com." },
  },
  ["ns.example.com"] = { { type = "A", data = "192.0.2.1" } },
  ["found.example.com"] = { { type = "TXT", data = "here", ttl = 300 } },
  ["ill.example.com"] = { { error = "servfail" } },
}

describe("a resolver that is observed", function()
  local seen, resolver

  before_each(function()
    seen = {}
    resolver = assert(dns.resolver {
      zone = ZONE, cache = true, observe = function(answer, seconds) seen[#seen + 1] = { answer = answer, seconds = seconds } end,
    })
  end)

  after_each(function() resolver:close() end)

  local function outcomes()
    local list = {}
    for i, one in ipairs(seen) do list[i] = one.answer.name .. " " .. one.answer.status end
    return list
  end

  it("tells of each answer, good or bad, and of the time that it took", function()
    for _, name in ipairs { "found", "gone", "ill" } do resolver:query(name .. ".example.com", "TXT") end
    assert.same({ "found.example.com ok", "gone.example.com nxdomain", "ill.example.com servfail" }, outcomes())
    for _, one in ipairs(seen) do
      assert.is_true(one.seconds >= 0 and one.seconds < 60)
    end
  end)

  it("tells nothing of what the cache knew", function()
    for _ = 1, 3 do resolver:query("found.example.com", "TXT") end
    assert.equal(1, #seen)
    resolver:query("found.example.com", "TXT", { fresh = true })
    assert.equal(2, #seen)
  end)

  it("tells of a question to the name servers of a zone", function()
    local zone, asked = assert(zones.new(ZONE)), {}
    local transport = { servers = { false }, tries = 1, close = function() end }
    function transport.exchange(_, query, server)
      asked[#asked + 1] = server or "resolver"
      return zone:exchange(query, server)
    end
    local count = 0
    local over_network = resolver_of.new(transport, { observe = function() count = count + 1 end })
    over_network:authoritative("found.example.com", "TXT")
    assert.equal("192.0.2.1:53", asked[#asked])
    assert.equal(#asked, count)
  end)

  it("is told how long a silent server was waited for", function()
    local moment = 100
    local asker = require "mailseal.dns.ask".new({
      servers = { "192.0.2.1" }, exchange = function()
        moment = moment + 2
        return nil, "silent", "timeout"
      end,
    }, { tries = 1, timeout = 2, clock = function() return moment end, observe = function(answer, seconds)
      seen[1] = { answer = answer, seconds = seconds }
    end })
    asker:ask({ name = "x.test", type = "TXT" }, (require "mailseal.core".dns.encode("x.test", "TXT")))
    assert.equal("timeout", seen[1].answer.status)
    assert.equal(2, seen[1].seconds)
  end)
end)
