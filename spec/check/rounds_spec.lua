local check = require "mailseal.check"
local rounds = require "spec.support.rounds"
local texts = require "spec.support.dkim_texts"

local function authority(name, ...)
  local records = {
    { type = "SOA", data = ("ns1.%s. hostmaster.%s. 1 3600 600 86400 900"):format(name, name) },
    { type = "NS", data = ("ns1.%s."):format(name) }, { type = "NS", data = ("ns2.%s."):format(name) }, ...,
  }
  return records
end

local zone = {
  ["example.com"] = authority("example.com", { type = "MX", data = "10 mx.example.com." }),
  ["ns1.example.com"] = { { type = "A", data = "192.0.2.1" } },
  ["ns2.example.com"] = { { type = "A", data = "192.0.2.2" } },
  ["mx.example.com"] = { { type = "A", data = "192.0.2.3" } },
  ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none" } },
  ["spf1.example.net"] = { { type = "TXT", data = "v=spf1 include:spf2.example.net ip4:192.0.2.0/26 ~all" } },
  ["spf2.example.net"] = { { type = "TXT", data = "v=spf1 include:spf3.example.net ip4:192.0.2.64/26 ~all" } },
  ["spf3.example.net"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.128/26 ~all" } },
  ["s1._domainkey.example.com"] = { { type = "TXT", data = texts.good } },
  ["s2._domainkey.example.com"] = { { type = "CNAME", data = "s2.dkim.provider.example." } },
  ["s2.dkim.provider.example"] = { { type = "TXT", data = texts.ed25519 } },
}
table.insert(zone["example.com"], { type = "TXT", data = "v=spf1 include:spf1.example.net -all" })

local function of(options)
  return rounds.count(zone, function(resolver)
    options.resolver = resolver
    return check.domain("example.com", options)
  end)
end

describe("the round trips of a check", function()
  it("are one for a key behind a CNAME, where no name servers are asked, and one more for others: is there a CNAME beside it?", function()
    local n, queries, report = of { selectors = { "s2" }, only = { "dkim" }, name_servers = false }
    assert.equal("ok", report.status)
    assert.same({ 1, 1 }, { n, queries })
    n, queries = of { selectors = { "s1" }, only = { "dkim" }, name_servers = false }
    assert.same({ 2, 2 }, { n, queries })
  end)

  it("are two for a key that is not there, and is looked for elsewhere", function()
    local n, _, report = of { selectors = { "s9" }, only = { "dkim" }, name_servers = false }
    assert.equal("unknown", report.status)
    assert.equal(2, n)
  end)

  it("are three for keys with what each name server says", function()
    local n, _, report = of { selectors = { "s1", "s2" }, only = { "dkim" } }
    assert.same({ "found", "found" }, { report.records[1].status, report.records[2].status })
    assert.equal("both name servers have it", report.dkim.selectors[1].name_servers)
    assert.equal(3, n)
  end)

  it("are four at most for all of a domain, an SPF tree of three levels included", function()
    local n, queries = of { selectors = { "s1", "s2" } }
    assert.is_true(n <= 4, n .. " round trips")
    assert.is_true(queries <= 100, queries .. " queries")
  end)

  it("ask nobody the same question twice", function()
    local asked = {}
    rounds.count(zone, function(resolver)
      local transport = resolver.transport
      local exchange = transport.exchange
      function transport.exchange(self, query, server)
        -- Without the two octets that tell queries apart.
        local question = tostring(server) .. " " .. query:sub(3)
        asked[question] = (asked[question] or 0) + 1
        return exchange(self, query, server)
      end
      return check.domain("example.com", { resolver = resolver, selectors = { "s1", "s2" }, addresses = { "192.0.2.7" } })
    end)
    local count = 0
    for question, times in pairs(asked) do
      assert.equal(1, times, question:gsub("%c", "."))
      count = count + 1
    end
    assert.is_true(count > 20)
  end)
end)
