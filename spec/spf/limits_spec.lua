--- What an evaluation may cost others (RFC 7208 §4.6.4, §11.1).
local helper = require "spec.support.spf"

local check, verdict = helper.check, helper.verdict

describe("ten terms that query", function()
  -- A record of so many of them, none of which matches, before what lets everybody pass.
  local function record(count)
    return "v=spf1" .. (" a:there.example"):rep(count) .. " +all"
  end

  it("are as many as there may be", function()
    local names = { ["there.example"] = "A 198.51.100.1" }
    names["example.com"] = record(10)
    assert.equal("pass", verdict(names))
    names["example.com"] = record(11)
    local result = check(names)
    assert.equal("permerror too_many_lookups", result.result .. " " .. result.reason)
    assert.same({ 11, "a:there.example", "example.com" }, { result.lookups, result.matched, result.matched_in })
  end)

  it("are counted through includes and redirects, with these", function()
    local names = {
      ["there.example"] = "A 198.51.100.1",
      ["example.com"] = "v=spf1 include:one.example redirect=two.example",
      ["one.example"] = "v=spf1" .. (" a:there.example"):rep(4) .. " -all",
      ["two.example"] = "v=spf1 mx:there.example" .. (" a:there.example"):rep(3) .. " +all",
    }
    assert.equal(10, check(names).lookups)
    assert.equal("pass", verdict(names))
    names["two.example"] = names["two.example"]:gsub("%+all", "a:there.example +all")
    assert.equal("permerror too_many_lookups", verdict(names))
  end)

  it("do not count where the evaluation does not come to them", function()
    assert.equal("pass", verdict { ["example.com"] = "v=spf1 ip4:192.0.2.1" .. (" a"):rep(20) .. " redirect=x.example" })
    local names = { ["example.com"] = "v=spf1" .. (" ip4:198.51.100.1"):rep(100) .. " ip6:2001:db8::1 all redirect=x.example" }
    assert.equal(0, check(names).lookups)
  end)

  it("end every loop", function()
    assert.equal("permerror too_many_lookups", verdict { ["example.com"] = "v=spf1 redirect=example.com" })
    assert.equal("permerror too_many_lookups", verdict { ["example.com"] = "v=spf1 include:example.com ?all" })
    local _, resolver = check { ["example.com"] = "v=spf1 include:b.example -all", ["b.example"] = "v=spf1 redirect=example.com" }
    assert.same({ "TXT example.com", "TXT b.example" }, resolver.asked)
  end)
end)

describe("two void look-ups", function()
  local function count(names, options)
    local result = check(names, options)
    return result.void_lookups .. " " .. result.result
  end

  it("are as many as there may be", function()
    assert.equal("2 pass", count { ["example.com"] = "v=spf1 a:x.example exists:y.example +all" })
    assert.equal("3 permerror", count { ["example.com"] = "v=spf1 a:x.example exists:y.example mx:z.example +all" })
    assert.equal("permerror too_many_void_lookups", verdict { ["example.com"] = "v=spf1 a:x.example a:x.example a:x.example +all" })
  end)

  it("may be of a name that exists and has no such record", function()
    assert.equal("1 pass", count { ["example.com"] = { "v=spf1 a:x.example +all" }, ["x.example"] = "AAAA 2001:db8::1" })
  end)

  it("count terms: the hosts of one mx are one", function()
    local names = {
      ["example.com"] = { "v=spf1 mx +all", "MX 10 a.example.", "MX 20 b.example.", "MX 30 c.example.", "MX 40 d.example." },
      ["a.example"] = "A 192.0.2.1", ["b.example"] = "A 192.0.2.1", ["c.example"] = "A 192.0.2.1", ["d.example"] = "AAAA 2001:db8::9",
    }
    assert.equal("1 pass", count(names, { ip = "2001:db8::1" }))
  end)

  it("do not count the explanation, nor the names of the client's address that do not answer", function()
    assert.equal("0 fail", count { ["example.com"] = "v=spf1 -all exp=x.example" })
    assert.equal("0 neutral", count { ["example.com"] = "v=spf1 ptr", ["1.2.0.192.in-addr.arpa"] = "error servfail" })
    assert.equal("1 neutral", count { ["example.com"] = "v=spf1 ptr" })
    assert.equal("1 neutral", count { ["example.com"] = "v=spf1 exists:%{p}.example" })
  end)
end)

describe("the hosts of an mx", function()
  local function names(count)
    local zone = { ["example.com"] = { "v=spf1 mx -all" } }
    for i = 1, count do
      table.insert(zone["example.com"], ("MX 10 m%d.example."):format(i))
      zone[("m%d.example"):format(i)] = "A 192.0.2." .. i + 100
    end
    return zone
  end

  it("may be ten", function()
    assert.equal("pass", verdict(names(10), { ip = "192.0.2.110" }))
  end)

  it("are a permanent error where there are more, and then none is asked", function()
    local result, resolver = check(names(11), { ip = "192.0.2.101" })
    assert.equal("permerror too_many_mx", result.result .. " " .. result.reason)
    assert.same({ "TXT example.com", "MX example.com" }, resolver.asked)
  end)

  it("that is none (RFC 7505) is not asked", function()
    local result, resolver = check { ["example.com"] = { "v=spf1 mx -all", "MX 0 ." } }
    assert.equal("fail", result.result)
    assert.same({ "TXT example.com", "MX example.com" }, resolver.asked)
  end)
end)

describe("the names of the client's address", function()
  it("that are looked at are ten, the rest is passed over", function()
    local pointers, names = {}, { ["example.com"] = "v=spf1 ptr:example.org -all" }
    for i = 1, 30 do
      pointers[i] = ("PTR h%02d.example.org."):format(i)
      names[("h%02d.example.org"):format(i)] = "A 198.51.100.1"
    end
    names["1.2.0.192.in-addr.arpa"] = pointers
    local result, resolver = check(names)
    assert.equal("fail", result.result)
    assert.equal(12, #resolver.asked)
  end)

  it("are asked for their addresses only where they could match", function()
    local names = {
      ["example.com"] = "v=spf1 ptr -all",
      ["1.2.0.192.in-addr.arpa"] = { "PTR mail.example.org.", "PTR notexample.com.", "PTR mail.example.com.", "PTR a.example.com." },
      ["mail.example.com"] = "A 192.0.2.1",
    }
    local result, resolver = check(names)
    assert.equal("pass", result.result)
    assert.same({ "TXT example.com", "PTR 1.2.0.192.in-addr.arpa", "A mail.example.com" }, resolver.asked)
  end)

  it("make %{p}: the domain itself, or one below it, or any that is confirmed", function()
    local names = {
      ["example.com"] = "v=spf1 -all exp=why.example", ["why.example"] = "%{p}",
      ["1.2.0.192.in-addr.arpa"] = { "PTR other.example.", "PTR a.example.com.", "PTR example.com." },
    }
    assert.equal("unknown", check(names).explanation)
    names["other.example"] = "A 192.0.2.1"
    assert.equal("other.example", check(names).explanation)
    names["a.example.com"] = { "A 198.51.100.1", "A 192.0.2.1" }
    assert.equal("a.example.com", check(names).explanation)
    names["example.com"] = { names["example.com"], "A 192.0.2.1" }
    assert.equal("example.com", check(names).explanation)
  end)

  it("that cannot be had are no name, and no fault", function()
    local names = { ["example.com"] = "v=spf1 ptr ~all", ["1.2.0.192.in-addr.arpa"] = { "PTR a.example.com.", "PTR b.example.com." } }
    names["a.example.com"] = "error timeout"
    assert.equal("softfail", verdict(names))
    names["b.example.com"] = "A 192.0.2.1"
    assert.equal("pass", verdict(names))
    names["1.2.0.192.in-addr.arpa"] = "error timeout"
    assert.equal("softfail", verdict(names))
  end)
end)

describe("the time", function()
  it("is one for all questions; when it is over nothing more is asked", function()
    local result, resolver = check({ ["example.com"] = "v=spf1 -all" }, { deadline = 0 })
    assert.equal("temperror timeout", result.result .. " " .. result.reason)
    assert.same({}, resolver.asked)
  end)

  it("that is left goes with each question", function()
    local resolver = helper.resolver { ["example.com"] = { "v=spf1 a -all", "A 192.0.2.1" } }
    local query, deadlines = resolver.query, {}
    function resolver:query(name, kind, options)
      deadlines[#deadlines + 1] = options.deadline
      return query(self, name, kind, options)
    end
    check(resolver, { deadline = 7 })
    assert.is_true(deadlines[1] <= 7 and deadlines[2] <= deadlines[1] and deadlines[2] > 0)
  end)
end)
