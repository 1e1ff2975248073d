--- Bodies at random, the same ones each time: what is JSON is read as other readers do, what is none is refused, and nothing else happens.
local cjson = require "cjson.safe"
local decode = require "mailseal.json.reader"
local http = require "mailseal.http"
local printable = require "mailseal.printable"
local shape = require "mailseal.http.shape"

-- The same numbers with every Lua.
local state
local function random(most)
  state = (state * 16807) % 2147483647
  return state % most + 1
end

local function pick(list) return list[random(#list)] end

local texts = {
  "", "a", "domain", "provider", "vars", "1", "-1", "__index", "__gc", "Größe", "\\u00e9", "\\ud83d\\ude00", "\\\\", '\\"', "\\/",
  "\\u0000", "\127", "\226\128\174", "xn--", ("x"):rep(300),
}
local scalars = {
  "true", "false", "null", "0", "-0", "1", "-1", "1.5", "1e3", "1E-3", "9007199254740991", "9007199254740993", "1e308", "-1e308", "1e-400",
  "0.0000000000000000000001", "123456789012345678901234567890",
}

local function text() return '"' .. pick(texts) .. pick(texts) .. '"' end

local function value(depth)
  local kind = random(depth > 0 and 4 or 2)
  if kind == 1 then return text() end
  if kind == 2 then return pick(scalars) end
  local parts = {}
  for i = 1, random(4) - 1 do parts[i] = kind == 3 and value(depth - 1) or ('"%d%s": %s'):format(i, pick(texts), value(depth - 1)) end
  local inner = table.concat(parts, pick { ",", " , ", ",\n" })
  return kind == 3 and "[" .. inner .. "]" or "{" .. inner .. "}"
end

-- Octets that are likely to matter.
local pieces = {
  "{", "}", "[", "]", ",", ":", '"', "\\", "\\u", "\\ud800", "\\udfff", "-", "+", ".", "e", "E", "0", "00", "1", "\0", "\n", "\127", "\128",
  "\192\128", "\224\128\128", "\237\160\128", "\244\144\128\128", "\255\254", "\239\187\191", "NaN", "Infinity", "nul", "/**/", "'", " ",
}

local function mutated(octets)
  for _ = 1, random(4) do
    local at, kind = random(#octets + 1), random(3)
    local before, behind = octets:sub(1, at - 1), octets:sub(kind == 1 and at or at + random(3))
    octets = before .. (kind == 3 and "" or pick(pieces)) .. behind
  end
  return octets
end

-- Do both have read the same? (cjson keeps numbers as it likes, and null as a pointer.)
local function same(ours, theirs)
  if type(ours) == "number" and type(theirs) == "number" then return ours + 0.0 == theirs + 0.0 end
  if type(ours) ~= "table" or ours == decode.null then
    return ours == theirs or ours == decode.null and theirs == cjson.null
  end
  if type(theirs) ~= "table" then return false end
  for name, one in pairs(ours) do
    if not same(one, theirs[name]) then return false end
  end
  for name in pairs(theirs) do
    if ours[name] == nil then return false end
  end
  return true
end

describe("bodies at random", function()
  before_each(function() state = 20261122 end)

  it("are read as another reader does, where they are JSON", function()
    for _ = 1, 3000 do
      local octets = value(5)
      local ours, message = decode.decode(octets)
      assert.is_nil(message, octets)
      assert.is_true(same({ ours }, cjson.decode("[" .. octets .. "]")), octets)
    end
  end)

  it("are read as another reader does, or refused with a place, where they were tampered with", function()
    local taken = 0
    for _ = 1, 20000 do
      local octets = mutated(value(4))
      local ours, message, code = decode.decode(octets)
      if message then
        assert.same({ nil, "bad_json" }, { ours, code })
        assert.equal(printable.line(message), message)
        assert.is_true(message:find "line %d+, column %d+" ~= nil or message:find "UTF%-8" ~= nil or message:find "empty" ~= nil, message)
      else
        taken = taken + 1
        assert.equal(octets, printable.utf8(octets))
        assert.is_true(same({ ours }, cjson.decode("[" .. octets .. "]")), octets)
      end
    end
    assert.is_true(taken > 1000 and taken < 19000, taken)
  end)

  it("are, to every operation, what it wants or are refused by their place", function()
    local shapes = {}
    for _, module in ipairs(http.ROUTES.api) do
      for _, route in ipairs(require(module)) do shapes[#shapes + 1] = route.body end
    end
    local names = {}
    for _, one in ipairs(shapes) do
      for name in pairs(one.fields) do names[#names + 1] = name end
    end
    table.sort(names)
    local function body()
      local parts, seen = {}, {}
      for _ = 1, random(4) do
        local name = pick(names)
        if not seen[name] then parts[#parts + 1] = ('"%s":%s'):format(name, value(3)) end
        seen[name] = true
      end
      return "{" .. table.concat(parts, ",") .. "}"
    end
    local taken = 0
    for _ = 1, 3000 do
      local octets = body()
      local given = assert(decode.decode(octets))
      for _, one in ipairs(shapes) do
        local read, message, code = shape.read(one, given)
        if read == nil then
          assert.equal("bad_body", code)
          assert.matches("^body", message)
          assert.equal(printable.line(message), message)
        else
          taken = taken + 1
          assert.is_nil(getmetatable(read))
          for name in pairs(read) do assert.is_table(one.fields[name]) end
        end
      end
    end
    assert.is_true(taken > 0)
  end)
end)
