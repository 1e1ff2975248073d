local literal = require "mailseal.rules.literal"

local function problem(text)
  local value, message = literal.read(text)
  assert.is_nil(value)
  return message
end

local NOTHING_RUNS = "a rule is a plain table %(return { %.%.%. }%) of texts, numbers, true, false and tables, of which nothing is run$"

describe("a file that returns a plain table", function()
  it("is read as Lua reads it", function()
    local text = [==[
      -- A comment, --[[ and in it another ]] beginning.
      --[[ A long
           one ]] return {
        id = "x", 'two'; [3.5] = true, ["with-hyphen"] = { false, {}, },
        window = 72 * 3600, below = -1.5, [ [[long]] ] = [=[
a ]] b]=], joined = "a" .. 'b' .. [[c]], escaped = "\65\x42\n\"\\\z
             z\
",
      };
    ]==]
    local value = assert(literal.read(text))
    assert.same({
      id = "x", "two", [3.5] = true, ["with-hyphen"] = { false, {} }, window = 259200, below = -1.5, long = "a ]] b",
      joined = "abc", escaped = "AB\n\"\\z\n",
    }, value)
    assert.same((loadstring or load)(text)(), value) -- luacheck: ignore
    assert.same(value, literal.read("\239\187\191" .. text:gsub("\n", "\r\n"))) -- as editors on Windows write it
  end)

  it("runs nothing, whatever is in it", function()
    for word, text in pairs {
      ["while"] = "while true do end",
      ["local"] = "local x = 'a'; return { x }",
      ["setmetatable"] = "return setmetatable({}, {})",
      ["function"] = "return { function() end }",
      ["os"] = "return { os.exit(1) }",
      ["("] = "return ('x'):rep(1e9)",
      ["a"] = "return { a == 1 }",
      ["nil"] = "return { id = nil }",
      ["#"] = "return { #'x' }",
      ["goto"] = "goto a",
    } do
      assert.matches("^line 1: '" .. word:gsub("%p", "%%%0") .. "' has no place here: " .. NOTHING_RUNS, problem(text))
    end
    assert.matches("^line 1: a ',' or '}' is to stand before ':'", problem "return { 'x':rep(9) }")
    assert.matches("^line 2: 'return' behind the end of the rule", problem "return {}\nreturn {}")
    assert.matches("^line 1: only texts are joined", problem "return { 'x' .. x }")
    assert.matches("^line 1: only numbers are multiplied", problem "return { 2 * x }")
    assert.matches("^line 1: bytecode", problem(string.dump(function() return {} end)))
  end)

  it("says where it cannot be read", function()
    assert.matches("^line 2: a text does not end on its line$", problem 'return {\n"a\n" }')
    assert.matches("^line 1: a text in long brackets does not end$", problem "return [[ x")
    assert.matches("^line 1: a comment does not end$", problem "--[==[ x ]] return {}")
    assert.matches("^line 1: an escape that there is not: \\q$", problem [[return "\q"]])
    assert.matches("^line 1: an escape that there is not: \\3$", problem [[return "\300"]])
    assert.matches("^line 3: the end of the file has no place here", problem "return {\n\n")
    assert.matches("^line 1: the end of the file has no place here", problem "")
    assert.matches("^line 2: a carriage return without a line feed$", problem "return {\r\n\r}")
    assert.matches("^line 1: '\\027' has no place here", problem "return {\27[31m}")
    for _, number in ipairs { "1e9", "0x10", "1234567890123456", "1.2.3" } do
      assert.matches("^line 1: a number that is none here", problem("return { " .. number .. " }"))
    end
  end)

  it("has no number that is none any more: infinite, or no name for anything", function()
    local huge = ("999999999999999 * "):rep(25)
    for _, text in ipairs { "return { " .. huge .. "1 }", "return { -" .. huge .. "1 }", "return { [" .. huge .. "0 * 1] = 1 }" } do
      assert.equal("line 1: a number that is too large", problem(text))
    end
    assert.same({ 2592000000000 }, literal.read "return { 30 * 86400 * 1000000 }")
  end)

  it("has each name once", function()
    assert.matches("^line 2: 'id' stands there twice$", problem "return { id = 'a',\nid = 'b' }")
    assert.matches("^line 1: '1' stands there twice$", problem "return { 'a', [1] = 'b' }")
  end)

  it("is no deeper and no larger than a rule may be", function()
    assert.is_table(literal.read("return " .. ("{"):rep(12) .. ("}"):rep(12)))
    assert.matches("^line 1: tables in tables, over 12 deep", problem("return " .. ("{"):rep(13) .. ("}"):rep(13)))
    assert.matches("^line 1: tables in tables, over 12 deep", problem("return " .. ("{"):rep(60000)))
    assert.matches("^line 1: tables in tables, .* or one for a name$", problem "return { [{}] = 1 }")
    assert.is_table(literal.read("return {" .. ("1,"):rep(4999) .. "}"))
    assert.matches("^line 1: more than 5000 values$", problem("return {" .. ("1,"):rep(5000) .. "}"))
  end)

  -- The beginnings of what Lua has and a rule has not, and of what both have.
  local pieces = {
    "{", "}", "[", "]", "(", ")", "=", "==", ",", ";", "..", ".", ":", "'", '"', "\\", "--", "--[[", "]]", "[=[", "]=]", "\n", "\r", "\0",
    "nil", "true", "false", "return ", "function() end ", "do ", "x", "1", "-", "*", "0x1", "1e9", "\\z", "\\x41", "\\065", "\\u{41}", "#",
    "goto ", "::", "\27", "\255", " ", "{{{{", "'a' .. ", "2 * ",
  }

  it("is what Lua would make of it, wherever it is read at all", function()
    local seed, taken = 20261122, 0
    local function below(n) -- of no use for anything but this; the same on both Luas
      seed = (seed * 16807) % 2147483647
      return seed % n + 1
    end
    local source = 'return { id = "a", b = { 1, -2.5, 3 * 4, true }, ["c"] = [[d]] .. \'e\', [7] = false } -- end'
    local compile = loadstring or load -- luacheck: ignore
    for _ = 1, 8000 do
      local text = source
      for _ = 1, below(3) do
        local at, piece = below(#text + 1), pieces[below(#pieces)]
        text = text:sub(1, at - 1) .. piece .. text:sub(at + below(3) - 1)
      end
      local value, message = literal.read(text)
      assert.is_true(value ~= nil or type(message) == "string")
      local chunk = value ~= nil and compile(text)
      if chunk then
        taken = taken + 1
        assert.same({ true, value }, { pcall(chunk) }, text)
      end
      assert.is_true(value == nil or chunk ~= nil, text) -- what is read is Lua
    end
    assert.is_true(taken > 400)
  end)
end)
