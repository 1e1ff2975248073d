--- Evaluations that ask ahead: the same results in fewer round trips.
local async = require "mailseal.async"
local helper = require "spec.support.spf"
local policies = require "spec.support.spf_policies"
local dns = require "mailseal.dns"
local spf = require "mailseal.spf"

local names = {
  ["example.com"] = "v=spf1 a mx:m.example include:one.example include:two.example ptr -all",
  ["m.example"] = { "MX 10 m1.example.", "MX 20 m2.example." },
  ["m1.example"] = "A 198.51.100.1", ["m2.example"] = "A 198.51.100.2",
  ["one.example"] = "v=spf1 include:three.example -all",
  ["two.example"] = "v=spf1 redirect=four.example",
  ["three.example"] = "v=spf1 ip4:198.51.100.0/24 -all", ["four.example"] = "v=spf1 a:m2.example -all",
  ["1.2.0.192.in-addr.arpa"] = "PTR mail.example.com.",
  ["mail.example.com"] = "A 192.0.2.1",
}

-- How many times something is asked while nothing else is under way.
local function rounds(options)
  local resolver = helper.resolver(names)
  local query, under_way, count = resolver.query, 0, 0
  function resolver:query(name, kind, given)
    count = count + (under_way == 0 and 1 or 0)
    under_way = under_way + 1
    async.sleep(0)
    under_way = under_way - 1
    return query(self, name, kind, given)
  end
  local result = async.run(function()
    return (helper.check(resolver, options))
  end)
  return count, result, resolver
end

describe("spf.check with prefetch", function()
  it("takes as many round trips as the records are deep", function()
    local plain, result = rounds()
    local ahead, same = rounds { prefetch = true }
    assert.equal("pass", result.result)
    assert.same(result.trace, same.trace)
    assert.is_true(plain >= 10)
    assert.equal(3, ahead)
  end)

  it("asks nothing twice, and nothing behind an address that the client has", function()
    local _, _, resolver = rounds { prefetch = true }
    local seen = {}
    for _, question in ipairs(resolver.asked) do
      assert.is_nil(seen[question], question)
      seen[question] = true
    end
    local _, other = helper.check({ ["example.com"] = "v=spf1 a ip4:192.0.2.0/24 mx include:x.example -all" }, { prefetch = true })
    assert.same({ "TXT example.com", "A example.com" }, other.asked)
  end)

  it("asks ahead for no more terms than an evaluation may have", function()
    local record = { "v=spf1" }
    for i = 1, 40 do
      record[#record + 1] = ("a:h%d.example"):format(i)
    end
    local _, resolver = helper.check({ ["example.com"] = table.concat(record, " ") .. " -all" }, { prefetch = true })
    assert.equal(11, #resolver.asked)
  end)

  it("comes to the same for policies made by chance", function()
    for number = 1, 200 do
      local case = policies.make(number)
      local resolver = assert(dns.resolver { zone = case.zone })
      local function check(prefetch)
        local result = assert(spf.check {
          ip = case.ip, sender = case.sender, helo = case.helo, resolver = resolver, prefetch = prefetch, now = 0,
        })
        result.retry_at = nil
        return result
      end
      assert.same(check(false), check(true))
    end
  end)
end)
