local public_suffix = require "mailseal.onboard.public_suffix"

-- A list as publicsuffix.org has it, with these rules.
local function list_of(...)
  local lines = { "// ===BEGIN ICANN DOMAINS===", ... }
  lines[#lines + 1] = "// ===BEGIN PRIVATE DOMAINS==="
  return assert(public_suffix.parse(table.concat(lines, "\n") .. "\n"))
end

describe("mailseal.onboard.public_suffix", function()
  -- The cases that publicsuffix.org has for its algorithm, over the rules that they need.
  describe("finds the domain that was registered", function()
    local list = list_of("biz", "com", "uk.com", "ac", "*.mm", "jp", "ac.jp", "kyoto.jp", "ide.kyoto.jp", "*.kobe.jp", "!city.kobe.jp",
      "*.ck", "!www.ck", "us", "ak.us", "k12.ak.us", "cn", "com.cn", "公司.cn", "中国")

    local function check(cases)
      for name, wanted in pairs(cases) do
        assert.equal(wanted or nil, list:registrable(name), name)
      end
    end

    it("below one rule", function()
      check {
        ["biz"] = false, ["domain.biz"] = "domain.biz", ["b.domain.biz"] = "domain.biz", ["a.b.domain.biz"] = "domain.biz",
        ["example.com"] = "example.com", ["test.ac"] = "test.ac",
      }
    end)

    it("below the longest of several", function()
      check {
        ["uk.com"] = false, ["example.uk.com"] = "example.uk.com", ["a.b.example.uk.com"] = "example.uk.com",
        ["ide.kyoto.jp"] = false, ["b.ide.kyoto.jp"] = "b.ide.kyoto.jp", ["test.kyoto.jp"] = "test.kyoto.jp", ["www.test.jp"] = "test.jp",
        ["test.k12.ak.us"] = "test.k12.ak.us", ["www.test.ak.us"] = "test.ak.us", ["k12.ak.us"] = false,
      }
    end)

    it("below a wildcard, and where there is an exception to it", function()
      check {
        ["mm"] = false, ["c.mm"] = false, ["b.c.mm"] = "b.c.mm", ["a.b.c.mm"] = "b.c.mm",
        ["c.kobe.jp"] = false, ["a.b.c.kobe.jp"] = "b.c.kobe.jp", ["city.kobe.jp"] = "city.kobe.jp", ["www.city.kobe.jp"] = "city.kobe.jp",
        ["ck"] = false, ["test.ck"] = false, ["b.test.ck"] = "b.test.ck", ["www.ck"] = "www.ck", ["www.www.ck"] = "www.ck",
      }
    end)

    it("below no rule: the top-level domain is a suffix", function()
      check { ["example"] = false, ["example.example"] = "example.example", ["a.b.example.example"] = "example.example" }
    end)

    it("below rules that the list has in U-labels", function()
      check {
        ["xn--85x722f.com.cn"] = "xn--85x722f.com.cn", ["www.xn--85x722f.xn--55qx5d.cn"] = "xn--85x722f.xn--55qx5d.cn",
        ["xn--55qx5d.cn"] = false, ["xn--fiqs8s"] = false, ["shishi.xn--fiqs8s"] = "shishi.xn--fiqs8s",
      }
    end)
  end)

  it("takes a name for what it is where it is a rule and has a wildcard below", function()
    for _, list in ipairs { list_of("a.test", "*.a.test"), list_of("*.a.test", "a.test") } do
      assert.is_true(list:is_suffix "a.test")
      assert.is_true(list:is_suffix "x.a.test")
      assert.equal("y.x.a.test", list:registrable "z.y.x.a.test")
    end
  end)

  it("takes for a suffix also what has nothing but suffixes below it", function()
    local list = list_of("test", "*.a.test", "!b.a.test")
    assert.is_true(list:is_suffix "a.test")
    assert.is_false(list:is_suffix "b.a.test")
    assert.equal("a.test", list:registrable "a.test")
    assert.equal("a.test", list:suffix "b.a.test":gsub("^b%.", ""))
  end)

  it("ends a rule at white space, and passes over comments, empty lines and what is no name", function()
    local list = list_of("a.test // of ours", "", "// b.test", "  c.test", "\td.test", "e..test", "*", "f.test\r")
    for name, is_one in pairs {
      ["a.test"] = true, ["b.test"] = false, ["c.test"] = false, ["d.test"] = false, ["f.test"] = true, ["test"] = true,
    } do
      assert.equal(is_one, list:is_suffix(name), name)
    end
  end)

  it("says of a text that is none, or is cut, that it is", function()
    for _, text in ipairs { "", "com\n", "// ===BEGIN ICANN DOMAINS===\ncom\n" } do
      local list, message, code = public_suffix.parse(text)
      assert.is_nil(list)
      assert.equal("bad_suffix_list", code)
      assert.truthy(message:find("lacks its line", 1, true))
    end
  end)

  describe("of the system", function()
    it("is read once, and has both its sections", function()
      local list = assert(public_suffix.system())
      assert.equal(list, public_suffix.system())
      for name, wanted in pairs {
        ["com"] = false, ["co.uk"] = false, ["mail.example.co.uk"] = "example.co.uk",
        ["github.io"] = false, ["foo.github.io"] = "foo.github.io", ["a.foo.github.io"] = "foo.github.io",
      } do
        assert.equal(wanted or nil, list:registrable(name), name)
      end
    end)

    it("is said to be missing, with the package that has it", function()
      local paths, loaded = public_suffix.PATHS, package.loaded["mailseal.onboard.public_suffix"]
      package.loaded["mailseal.onboard.public_suffix"] = nil
      local fresh = require "mailseal.onboard.public_suffix"
      package.loaded["mailseal.onboard.public_suffix"] = loaded
      fresh.PATHS = { "/nonexistent/list", "/nonexistent/other", "/nonexistent/third" }
      local list, message, code = fresh.system()
      assert.is_nil(list)
      assert.equal("no_suffix_list", code)
      assert.truthy(message:find("apt install publicsuffix", 1, true))
      fresh.PATHS = paths
      assert.truthy(fresh.system())
    end)

    it("is said to be none where the file is another", function()
      local list, message, code = public_suffix.load "spec/onboard/public_suffix_spec.lua.none"
      assert.is_nil(list)
      assert.equal("no_suffix_list", code)
      assert.truthy(message:find("public_suffix_spec.lua.none", 1, true))
      list, message, code = public_suffix.load "LICENSE"
      assert.is_nil(list)
      assert.equal("bad_suffix_list", code)
      assert.truthy(message:find("LICENSE: ", 1, true))
      assert.is_nil((public_suffix.load "lua"))
    end)
  end)
end)
