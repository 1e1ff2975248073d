local pattern = require "mailseal.rules.host.pattern"

local function fits(text, name)
  return pattern.fits(assert(pattern.read(text)), name)
end

local function overlap(a, b)
  local first, second = assert(pattern.read(a)), assert(pattern.read(b))
  assert.equal(pattern.overlap(first, second), pattern.overlap(second, first))
  return pattern.overlap(first, second)
end

describe("a pattern of name servers", function()
  it("is a whole name, and what begins with a star stands behind a dot", function()
    assert.is_true(fits("*.domaincontrol.com", "ns01.domaincontrol.com"))
    assert.is_true(fits("*.domaincontrol.com", "a.ns01.domaincontrol.com"))
    for _, name in ipairs {
      "domaincontrol.com", "ns1.mydomaincontrol.com", "ns1.domaincontrol.com.evil.example", "ns1.domaincontrolxcom",
    } do
      assert.is_false(fits("*.domaincontrol.com", name), name)
    end
    assert.is_true(fits("ns1.name.com", "ns1.name.com"))
    assert.is_false(fits("ns1.name.com", "ns1.myname.com"))
    assert.is_false(fits("ns1.name.com", "ns1-name.com"))
  end)

  it("has a number for #, and one of its characters for a set", function()
    assert.is_true(fits("ns-#.awsdns-#.co.uk", "ns-1707.awsdns-21.co.uk"))
    assert.is_false(fits("ns-#.awsdns-#.co.uk", "ns-.awsdns-21.co.uk"))
    assert.is_true(fits("dns[1-4].p[0-9][0-9].nsone.net", "dns4.p07.nsone.net"))
    assert.is_false(fits("dns[1-4].p[0-9][0-9].nsone.net", "dns5.p07.nsone.net"))
    assert.is_false(fits("dns[1-4].p[0-9][0-9].nsone.net", "dns1.p007.nsone.net"))
  end)

  it("has a run within the label for a star inside", function()
    for name, is_one in pairs {
      ["ns1.name.com"] = true, ["ns1ckp.name.com"] = true, ["ns12a-b.name.com"] = true, ["nsx.name.com"] = false,
      ["ns1.a.name.com"] = false,
    } do
      assert.equal(is_one, fits("ns#*.name.com", name), name)
    end
  end)

  it("is refused where it is none, with the reason", function()
    for text, words in pairs {
      ["ns1..com"] = "empty label", [".example.com"] = "empty label", ["example.com."] = "empty label", ["*.com"] = "top%-level domain",
      ["com"] = "top%-level domain", ["ns(1|2).example.com"] = "has %(", ["NS1.example.com"] = "has N",
      ["ns#*#*.example.com"] = "more than 3",
      ["ns%d.example.com"] = "has %%", [""] = "top%-level domain", ["[^a].example.com"] = "has %[",
      ["*name.com"] = "leaves open", ["ns1.*name.com"] = "leaves open", ["ns1.*.name.com"] = "has %*", ["ns1.name.#"] = "leaves open",
    } do
      local read, problem = pattern.read(text)
      assert.is_nil(read, text)
      assert.matches(words, problem)
    end
    assert.is_table(pattern.read(("a"):rep(241) .. ".example.com"))
    assert.equal("is longer than a name may be", select(2, pattern.read(("a"):rep(242) .. ".example.com")))
    assert.equal("is no string", select(2, pattern.read(1)))
  end)

  it("says of two whether there is a name that fits both", function()
    for _, pair in ipairs {
      { "*.nsone.net", "dns[1-4].p[0-9][0-9].nsone.net" }, { "*.gandi.net", "ns-#-[abc].gandi.net" },
      { "ns1.a.example", "ns1.a.example" },
      { "ns#.a.example", "ns[3-5].a.example" }, { "ns#*.a.example", "ns1x-#.a.example" }, { "*.example.com", "*.ns.example.com" },
      { "a*b.example.com", "aa*.example.com" }, { "n#s#.example.com", "n1*.example.com" },
    } do
      assert.is_true(overlap(pair[1], pair[2]), pair[1] .. " " .. pair[2])
    end
    for _, pair in ipairs {
      { "*.example.com", "example.com" }, { "*.name.com", "*.myname.com" }, { "ns#.a.example", "nsx.a.example" },
      { "ns[1-4].a.example", "ns[5-9].a.example" }, { "ns#.a.example", "ns#.b.example" }, { "a*.example.com", "b*.example.com" },
      { "ns*.example.com", "ns1.sub.example.com" },
    } do
      assert.is_false(overlap(pair[1], pair[2]), pair[1] .. " " .. pair[2])
    end
  end)

  it("is tried fast on whatever name", function()
    local slow = assert(pattern.read "a#*-*.example.com")
    local name = ("a1" .. ("1-"):rep(120)):sub(1, 240) .. ".example.org"
    local started = os.clock()
    for _ = 1, 100 do
      assert.is_false(pattern.fits(slow, name))
    end
    assert.is_true(os.clock() - started < 5)
  end)
end)
