local check = require "mailseal.check"
local dns = require "mailseal.dns"
local record = require "mailseal.record"
local takes_linear_time = require "spec.support.linear"

describe("the check of SPF", function()
  it("proposes one record for two in linear time, however many terms they have", function()
    assert.is_true(takes_linear_time(function(size)
      local records = {}
      for i = 1, 2 do
        local terms = { "v=spf1" }
        for j = 1, size / 16 do
          terms[#terms + 1] = ("ip4:10.%d.%d.%d"):format(i, math.floor(j / 250), j % 250)
        end
        records[i] = { type = "TXT", data = record.split(table.concat(terms, " ")) }
      end
      local resolver = assert(dns.resolver { zone = { ["example.com"] = records } })
      local report = check.domain("example.com", { resolver = resolver, only = { "spf" } })
      assert.equal("spf_two_records", report.findings[1].code)
      assert.is_true(#report.findings[1].expected > size)
    end, 6000))
  end)
end)
