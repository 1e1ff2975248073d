local pattern = require "mailseal.pattern"

local function matches(text, value) return assert(pattern.compile(text))(value) end

describe("a pattern", function()
  it("stands for a whole text, as Lua's do", function()
    local values = {
      "", "a", "aa", "ab", "ba", "u12.wl3.x", "u.wl3.x", "a]b", "a-b", "a%b", "$", "a$", "^", "é", "A", "1", "aaa1", ("a"):rep(40),
    }
    for _, text in ipairs {
      "", "a", "a*", "a+", "a-", "a?", "a?a", "a*a*a", "u%d+%.wl%d*%.x", "[]a]*b?", "[^a]", "[%w-]+", ".", ".*", "%a", "%%", "a%%b",
      "%$", "a%$", "%^", "[a-c]+", "[^%l]*", "%S+", "a-b", "[%]a]+b", "[a-]*b?",
    } do
      for _, value in ipairs(values) do
        assert.equal(value:find("^" .. text .. "$") ~= nil, matches(text, value), text .. " for " .. value)
        assert.equal(matches(text, value), matches("^" .. text .. "$", value))
      end
    end
  end)

  it("is refused where it is none, or more than is understood here", function()
    for text, problem in pairs {
      ["(a)"] = "has a parenthesis; one that is meant itself is written %( or %)",
      ["%bxy"] = "has a %b, which a pattern here does not have",
      ["%f[a]"] = "has a %f, which a pattern here does not have", ["%1"] = "has a %1, which a pattern here does not have",
      ["a%"] = "has a %, which a pattern here does not have", ["[a"] = "has a [ without its ]", ["[a%]"] = "has a [ without its ]",
      ["[]"] = "has a [ without its ]", ["*a"] = "has a * that nothing stands before", ["a**"] = "has a * that nothing stands before",
      [("a"):rep(501)] = "has more than 500 octets",
    } do
      assert.same({ nil, problem }, { pattern.compile(text) })
    end
  end)

  it("takes time as its text is long, whatever it is", function()
    local evil, began = (".-"):rep(200) .. "x", os.clock()
    assert.is_false(matches(evil, ("a"):rep(253)))
    assert.is_true(os.clock() - began < 5) -- string.find would go on for more than the age of the universe
  end)

  it("stands for the same the hundredth time, and where it has more states than are kept", function()
    local text = "[ab]*a" .. ("[ab]"):rep(11) -- a state for each of the 2^12 things that its last letters may have been
    local compiled, seed = assert(pattern.compile(text)), 1
    for _ = 1, 300 do
      local letters = {}
      for i = 1, 30 do
        seed = seed * 16807 % 2147483647
        letters[i] = seed % 64 == 0 and "c" or seed % 2 == 0 and "a" or "b"
      end
      local value = table.concat(letters)
      assert.equal(value:find("^" .. text .. "$") ~= nil, compiled(value), value)
    end
  end)

  it("stands for a text alone", function()
    assert.is_true(matches(pattern.escape "a.b-c%d[x]$", "a.b-c%d[x]$"))
    assert.is_false(matches(pattern.escape "a.b", "axb"))
  end)
end)
