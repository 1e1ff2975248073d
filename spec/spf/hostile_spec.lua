--- Hostile input, Engine 19, from DNS to the result; and what else somebody who is asked for his policy may answer.
local helper = require "spec.support.spf"
local spf = require "mailseal.spf"
local takes_linear_time = require "spec.support.linear"

local check, verdict = helper.check, helper.verdict

describe("Engine 19: SPF", function()
  it("queries for at most 10 terms", function()
    local names = { ["there.example"] = "A 198.51.100.1", ["example.com"] = "v=spf1" .. (" a:there.example"):rep(10) .. " +all" }
    assert.equal("pass", verdict(names))
    names["example.com"] = names["example.com"]:gsub("%+all", "a:there.example +all")
    assert.equal("permerror too_many_lookups", verdict(names))
  end)

  it("lets at most 2 look-ups find nothing", function()
    assert.equal("pass", verdict { ["example.com"] = "v=spf1 a:x.example a:y.example +all" })
    assert.equal("permerror too_many_void_lookups", verdict { ["example.com"] = "v=spf1 a:x.example a:y.example a:z.example +all" })
  end)

  it("asks for the addresses of at most 10 MX names", function()
    local names = { ["example.com"] = { "v=spf1 mx +all" } }
    for i = 1, 11 do
      names["example.com"][i + 1] = ("MX %d m%d.example."):format(i, i)
      names[("m%d.example"):format(i)] = "A 198.51.100.1"
    end
    local result, resolver = check(names)
    assert.equal("permerror too_many_mx", result.result .. " " .. result.reason)
    assert.equal(2, #resolver.asked)
    table.remove(names["example.com"])
    result, resolver = check(names)
    assert.equal("pass", result.result)
    assert.equal(12, #resolver.asked)
  end)

  it("asks for the addresses of at most 10 PTR names", function()
    local names = { ["example.com"] = "v=spf1 ptr -all", ["1.2.0.192.in-addr.arpa"] = {} }
    for i = 1, 200 do
      names["1.2.0.192.in-addr.arpa"][i] = ("PTR p%d.example.com."):format(i)
    end
    local result, resolver = check(names)
    assert.equal("fail", result.result)
    assert.equal(12, #resolver.asked)
  end)

  it("takes v=spf10 for no record, and two records for a permanent error", function()
    assert.equal("none no_record", verdict { ["example.com"] = "v=spf10 +all" })
    assert.equal("pass", verdict { ["example.com"] = { "v=spf10 -all", "v=spf1 +all", "v=spf1+all", " v=spf1 -all" } })
    assert.equal("permerror two_records", verdict { ["example.com"] = { "v=spf1 +all", "v=spf1 +all" } })
    assert.equal("permerror include_two_records", (verdict {
      ["example.com"] = "v=spf1 include:b.example +all", ["b.example"] = { "v=spf1 +all", "v=spf1" },
    }):gsub(" two", " include_two"))
  end)

  it("takes a prefix that is too long for a permanent error, also behind what would match", function()
    for _, term in ipairs { "ip4:192.0.2.1/33", "ip4:192.0.2.1/032", "ip6:2001:db8::/129", "a/33", "mx//129", "ip4:192.0.2.1/99999" } do
      assert.equal("permerror syntax", verdict { ["example.com"] = "v=spf1 +all " .. term }, term)
    end
  end)

  it("asks for names of at most 253 octets, whatever macros make of them", function()
    local label = ("l"):rep(60)
    local sender = table.concat({ label, label, label, label, label }, ".") .. "@example.com"
    local _, resolver = check({ ["example.com"] = "v=spf1 exists:%{l}.%{l}.%{l}.x.example -all" }, { sender = sender })
    assert.equal(2, #resolver.asked)
    local name = resolver.asked[2]:match("^A (.*)$")
    assert.is_true(#name <= 253)
    assert.matches("^l+%.l+%.l+%.l+%.x%.example$", name)
  end)

  it("asks for no name that macros have broken", function()
    for _, sender in ipairs { "a..b@example.com", ("l"):rep(64) .. "@example.com", ".@example.com" } do
      local result, resolver = check({ ["example.com"] = "v=spf1 exists:%{l}.x.example ?all" }, { sender = sender })
      assert.equal("neutral", result.result)
      assert.same({ "TXT example.com" }, resolver.asked)
      assert.equal("ignored", result.trace[2].outcome)
    end
  end)

  it("is safe with octets over 0x7f, in records and in senders", function()
    assert.equal("permerror syntax", verdict { ["example.com"] = "v=spf1 a:b\\200.example +all" })
    assert.equal("permerror syntax", verdict { ["example.com"] = "v=spf1 +all \\255" })
    assert.equal("none no_record", verdict { ["example.com"] = "\\195\\175v=spf1 +all" })
    assert.equal("pass", verdict { ["example.com"] = { "\\255\\254", "v=spf1 +all" } })
    local octets = {}
    for octet = 0, 255 do
      octets[#octets + 1] = string.char(octet)
    end
    local all = table.concat(octets):gsub("@", "")
    for _, sender in ipairs { all .. "@example.com", "\255@example.com", "a\0b@example.com", "a@\200.com", "a@example.com\0" } do
      local result = check({ ["example.com"] = "v=spf1 exists:%{l}.%{s}.x.example ~all exp=%{S}.x" }, { sender = sender, helo = all })
      assert.is_true(result.result == "softfail" or result.result == "none")
    end
  end)
end)

describe("somebody who answers at length", function()
  it("is heard in linear time", function()
    for _, term in ipairs { "ip4:198.51.100.1", "a:%{l}.x.example", "x=%{d}", "ip6:2001:db8::1/64", "-" } do
      assert.is_true(takes_linear_time(function(size)
        check { ["example.com"] = "v=spf1 " .. (term .. " "):rep(size):sub(1, 60000) .. "?all" }
      end, 500), term)
    end
  end)

  it("makes no tree without end", function()
    local names = {}
    local wide = { "v=spf1" }
    for i = 1, 300 do
      wide[#wide + 1] = ("include:n%d.example a:h%d.example mx:h%d.example"):format(i, i, i)
    end
    names["example.com"] = table.concat(wide, " ")
    for i = 1, 5 do
      names[("n%d.example"):format(i)] = names["example.com"]
    end
    local resolver = helper.resolver(names)
    local root = assert(spf.tree("example.com", { resolver = resolver }))
    assert.is_true(root.capped)
    assert.is_true(root.total >= 900)
    assert.is_true(#resolver.asked <= 1201, #resolver.asked)
  end)

  it("has no more read for a tree than a few large records", function()
    local names, root = {}, "v=spf1"
    for i = 1, 150 do
      root = root .. (" include:n%d.example"):format(i)
      names[("n%d.example"):format(i)] = "v=spf1" .. (" ip4:192.0.2." .. i):rep(1500) .. " -all"
    end
    names["example.com"] = root
    local tree = assert(spf.tree("example.com", { resolver = helper.resolver(names) }))
    local read = 0
    for _, child in ipairs(tree.children) do
      read = read + (child.parsed and 1 or 0)
    end
    assert.is_true(read >= 1 and read <= 6, read)
    assert.same({ true, 150 }, { tree.capped, tree.total })
  end)

  it("makes no tree that grows with every level", function()
    local names = {}
    for level = 0, 30 do
      names[level == 0 and "example.com" or ("l%d.example"):format(level)] =
        ("v=spf1 include:l%d.example include:l%d.example -all"):format(level + 1, level + 1)
    end
    local resolver = helper.resolver(names)
    local root = assert(spf.tree("example.com", { resolver = resolver }))
    assert.is_true(root.capped)
    assert.is_true(#resolver.asked <= 31)
  end)

  it("makes no message of its own: what he wrote is shown without control characters by the command line", function()
    local result = check { ["example.com"] = "v=spf1 \\027[31mred +all" }
    assert.equal("permerror syntax", result.result .. " " .. result.reason)
    assert.is_string(result.text)
  end)
end)
