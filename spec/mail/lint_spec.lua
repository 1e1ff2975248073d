local core = require "mailseal_test"
local message = require "mailseal.message"

local header = "From: a@example.com\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <1@example.com>\r\nSubject: x\r\n"

local scanners = {}
for _, name in ipairs { "portable", "sse2", "avx2" } do
  if pcall(core.lint_octets, header, 0, name) then
    scanners[#scanners + 1] = name
  end
end

-- The findings as one string: "bare_lf 2@7, …", line 0 where there is none.
local function summary(findings)
  local words = {}
  for i, finding in ipairs(findings) do
    words[i] = ("%s %d@%d"):format(finding.code, finding.count, finding.line or 0)
  end
  return table.concat(words, ", ")
end

-- What the octets of a message should yield, found the slow way.
local function expected(text)
  local count, line = {}, {}
  local function note(code, where)
    count[code], line[code] = (count[code] or 0) + 1, line[code] or where
  end
  local number, column = 1, 0
  for i = 1, #text do
    local before, octet, after = text:sub(i - 1, i - 1), text:sub(i, i), text:sub(i + 1, i + 1)
    if i == 1 then
      before = ""
    end
    if octet == "\0" then
      note("nul", number)
    elseif octet == "\r" and after ~= "\n" then
      note("bare_cr", number)
    elseif octet == "\n" and before ~= "\r" then
      note("bare_lf", number)
    end
    if octet == "\n" then
      if column - (before == "\r" and 1 or 0) > 998 then
        note("line_too_long", number)
      end
      number, column = number + 1, 0
    else
      column = column + 1
    end
  end
  if column > 998 then
    note("line_too_long", number)
  end
  if column > 0 then
    note("no_final_crlf", number)
  end
  local words = {}
  for _, code in ipairs { "bare_cr", "bare_lf", "nul", "line_too_long", "no_final_crlf" } do
    if count[code] then
      words[#words + 1] = ("%s %d@%d"):format(code, count[code], line[code])
    end
  end
  return table.concat(words, ", ")
end

local function finds(wanted, text)
  assert.equal(wanted, summary(message.lint(text)))
end

describe("message.lint", function()
  it("has nothing to say of a sound message", function()
    finds("", header .. "\r\n")
    finds("", header .. "\r\nbody\r\n\r\n")
    finds("", header .. "\r\n" .. (("x"):rep(76) .. "\r\n"):rep(1000))
  end)

  describe("of octets", function()
    it("names bare CR, bare LF and NUL, with the line", function()
      finds("bare_cr 1@6", header .. "\r\nab\rcd\r\n")
      finds("bare_cr 1@7", header .. "\r\nab\r\nef\r\r\n")
      finds("bare_lf 2@7", header .. "\r\nab\r\ncd\nef\n")
      finds("nul 3@6", header .. "\r\na\0\0b\r\n\0\r\n")
      finds("bare_lf 1@5", header .. "To: x,\n y\r\n\r\n")
    end)

    it("counts the octets of a line without its CRLF (RFC 5322 section 2.1.1)", function()
      finds("", header .. "\r\n" .. ("x"):rep(998) .. "\r\n")
      finds("line_too_long 1@6", header .. "\r\n" .. ("x"):rep(999) .. "\r\n")
      finds("line_too_long 1@5", header .. "X: " .. ("x"):rep(996) .. "\r\n\r\n")
      finds("line_too_long 1@6, no_final_crlf 1@6", header .. "\r\n" .. ("x"):rep(999))
    end)

    it("says where the message just ends", function()
      finds("no_final_crlf 1@6", header .. "\r\nbody")
      finds("bare_cr 1@6, no_final_crlf 1@6", header .. "\r\nbody\r")
      finds("bare_lf 1@6", header .. "\r\nbody\n")
    end)

    it("finds the same whatever the scanner and the pieces", function()
      local seed = 11
      local function random(n)
        seed = (seed * 16807) % 2147483647
        return seed % n + 1
      end
      local lines = { "", "a", ("b"):rep(76), ("c"):rep(250), ("d"):rep(995), ("e"):rep(998), ("f"):rep(999), ("g"):rep(1100) }
      local faults = { "\r", "\n", "\0", "\r\r\n", "\n\r" }
      for round = 1, 60 do
        local parts = { header, "\r\n" }
        for _ = 1, 40 do
          parts[#parts + 1] = round % 2 == 0 and lines[random(4)] or lines[random(#lines)]
          parts[#parts + 1] = random(30) == 1 and faults[random(#faults)] or "\r\n"
        end
        if round % 5 == 0 then
          parts[#parts] = nil
        end
        local text = table.concat(parts)
        local wanted = expected(text)
        for _, scanner in ipairs(scanners) do
          for _, piece in ipairs { 0, 1, 2, 255, 256, 257, 700 } do
            assert.equal(wanted, summary(core.lint_octets(text, piece, scanner)), scanner .. " " .. piece)
          end
        end
      end
    end)

    it("finds a single fault at any place in a stride", function()
      local line = ("x"):rep(38) .. "\r\n"
      local plain = header .. "\r\n" .. line:rep(20)
      for at = #header + 3, #header + 3 + 600 do
        for _, fault in ipairs { "\r", "\n", "\0" } do
          local text = plain:sub(1, at - 1) .. fault .. plain:sub(at + 1)
          local wanted = expected(text)
          for _, scanner in ipairs(scanners) do
            assert.equal(wanted, summary(core.lint_octets(text, 0, scanner)))
          end
        end
      end
    end)
  end)

  describe("of the header", function()
    local function without(name)
      return (header:gsub(name .. ":[^\r]*\r\n", "")) .. "\r\n"
    end

    it("misses From, Date and Message-ID", function()
      finds("no_from 1@0", without "From")
      finds("no_date 1@0", without "Date")
      finds("no_message_id 1@0", without "Message%-ID")
    end)

    it("takes an empty message for what it is", function()
      finds("no_from 1@0, no_date 1@0, no_message_id 1@0, no_empty_line 1@0", "")
      finds("no_from 1@0, no_date 1@0, no_message_id 1@0", "\r\nbody\r\n")
    end)

    it("allows one From only, the obsolete spelling counted", function()
      finds("multiple_from 1@5", header .. "from: b@example.com\r\n\r\n")
      finds("multiple_from 1@5, space_before_colon 1@5", header .. "From : b@example.com\r\n\r\n")
      finds("space_before_colon 1@1", (header:gsub("From:", "FROM\t :")) .. "\r\n")
    end)

    it("names lines that are no field", function()
      finds("header_malformed 1@5", header .. "no colon here\r\n\r\n")
      finds("header_malformed 1@5", header .. ": no name\r\n\r\n")
      finds("header_malformed 1@5", header .. "Two Words: x\r\n\r\n")
      finds("header_malformed 1@5", header .. "Sub\127ject: x\r\n\r\n")
      finds("header_malformed 1@1", " continues nothing: x\r\n" .. header .. "\r\n")
      finds("header_malformed 1@1", "From root Mon Jan  1 00:00:00 2024\r\n" .. header .. "\r\n")
      finds("header_malformed 1@5", header .. "Fr\r\n om: x\r\n\r\n")
      finds("header_malformed 1@5", header .. "From\r\n : x\r\n\r\n")
    end)

    it("names a field that may occur once and does not (RFC 5322 section 3.6)", function()
      for _, name in ipairs { "Subject", "SUBJECT", "Date", "Message-ID" } do
        finds("duplicate_field 1@5", header .. name .. ": again\r\n\r\n")
      end
      for _, name in ipairs { "To", "Cc", "Bcc", "Sender", "Reply-To", "In-Reply-To", "References" } do
        finds("duplicate_field 1@6", header .. (name .. ": x\r\n"):rep(2) .. "\r\n")
      end
      finds("", header .. ("Received: x\r\nComments: x\r\nKeywords: x\r\nX-To: x\r\n"):rep(3) .. "\r\n")
    end)

    it("tells UTF-8 from what is neither", function()
      finds("header_not_ascii 1@5", header .. "To: J\195\188rgen <j@example.com>\r\n\r\n")
      finds("header_not_utf8 1@5", header .. "To: J\252rgen <j@example.com>\r\n\r\n")
      finds("", header .. "\r\n\252\r\n")
    end)

    it("lets a message end with its header", function()
      finds("no_empty_line 1@0", header)
    end)

    it("takes linear time for any number of fields", function()
      local start = os.clock()
      local text = header .. ("Subject: x\r\n"):rep(50000) .. "\r\n"
      finds("duplicate_field 50000@5", text)
      assert.is_true(os.clock() - start < 0.2)
    end)
  end)

  it("says why a signer refuses", function()
    local function refusal(text)
      local _, words, code = message.lint(text)
      return words, code
    end
    assert.is_nil((refusal(header .. "\r\n")))
    assert.is_nil((refusal(header .. "To : x\r\nTo: \252")))
    assert.same({ "the message has no Date field", "no_date" }, { refusal("From: a@b.c\r\nMessage-ID: <1@b.c>\r\n\r\n") })
    assert.same({ "line 6 of the message: a CR without an LF behind it", "bare_cr" }, { refusal(header .. "\r\n\0\r\r\na\n") })
    -- A bare LF is also why the fields behind it are missing.
    assert.same({ "line 1 of the message: an LF without a CR before it", "bare_lf" }, { refusal((header:gsub("\r\n", "\n"))) })
  end)

  it("gives each finding its words", function()
    for _, finding in ipairs(message.lint("\0\r\r\n\n" .. ("x"):rep(999))) do
      assert.is_string(finding.code)
      assert.is_true(#finding.text > 4)
      assert.truthy(("error warning advice"):find(finding.severity, 1, true))
    end
  end)

  it("knows the scanners of this machine, and no other", function()
    assert.equal("portable", scanners[1])
    assert.has_error(function()
      core.lint_octets(header, 0, "abacus")
    end)
  end)
end)
