local corpus = require "spec.support.corpus"

-- A number that changes when any octet does.
local function sum(text, start)
  local total = start or 7
  for at = 1, #text do
    total = (total * 31 + text:byte(at)) % 1000003
  end
  return total
end

local function field_count(message)
  local header = assert(message:match("^(.-\r\n)\r\n"))
  local count = 1
  for _ in header:gmatch("\r\n[^ \t]") do
    count = count + 1
  end
  return count
end

local function has_bare_line_end(text)
  local rest = text:gsub("\r\n", "")
  return rest:find("[\r\n]") ~= nil
end

describe("corpus", function()
  it("writes the same messages under every Lua", function()
    local total = sum(corpus.marketing { size = 10240 }, sum(corpus.attachment { size = 100000 }))
    for number = 1, 100 do
      total = sum(corpus.odd(number).message, total)
    end
    assert.equal(687776, total)
  end)

  it("writes marketing mail of about the size asked for, with 15 to 25 header fields", function()
    for seed = 1, 20 do
      for _, encoding in ipairs { "quoted-printable", "8bit" } do
        for _, size in ipairs { 10240, 51200 } do
          local message = corpus.marketing { size = size, seed = seed, encoding = encoding }
          assert.is_true(#message <= size and #message > size - 1200, size .. " became " .. #message)
          assert.is_true(field_count(message) >= 15 and field_count(message) <= 25)
          assert.is_false(has_bare_line_end(message))
        end
      end
    end
  end)

  it("writes attachments as base64 in lines of 76 columns", function()
    local message = corpus.attachment { size = 1048576 }
    assert.is_true(#message <= 1048576 and #message > 1048576 - 100)
    assert.is_false(has_bare_line_end(message))
    local lines = 0
    for _ in message:gmatch("\r\n" .. ("[%w+/]"):rep(76) .. "%f[\r]") do
      lines = lines + 1
    end
    assert.is_true(lines > 13000)
  end)

  it("writes 220 odd messages, no two alike, no line over 998 octets", function()
    local seen = {}
    for number = 1, 220 do
      local odd = corpus.odd(number)
      assert.is_nil(seen[odd.message], odd.title .. " came twice")
      seen[odd.message] = true
      assert.is_false(has_bare_line_end(odd.message))
      for line in odd.message:gmatch("[^\r\n]+") do
        assert.is_true(#line <= 998)
      end
    end
  end)
end)
