--- mailseal check --message.
local cjson = require "cjson"
local relayed = require "spec.support.relayed"
local shell = require "spec.support.shell"

local unpack = table.unpack or unpack -- luacheck: ignore

describe("mailseal check --message", function()
  local zone = relayed.zone()
  for _, records in pairs(zone) do
    for _, record in ipairs(records) do
      record.data = { record.data:sub(1, 255), #record.data > 255 and record.data:sub(256) or nil }
    end
  end
  local path, directory = shell.with_zone(cjson.encode(zone), teardown)

  local function check(message, ...)
    shell.write(directory .. "/message", message)
    return shell.mailseal {
      "check", "--zone", path, "--time", tostring(relayed.NOW), "--message", directory .. "/message", ...,
    }
  end

  it("tells the verdict, each method's result, and what the signature's tags mean", function()
    local result = check(relayed.sign(), "--ip", "192.0.2.1", "--sender", "sender@example.com")
    assert.same({ 0, "" }, { result.status, result.err })
    assert.matches("^example%.com: ok\n  verdict   pass ", result.out)
    for _, line in ipairs {
      "\n  DKIM      pass      example.com: the signature is good; aligned: the very domain of From\n",
      "\n                      d=   example.com (the domain that signs, and vouches for the message)\n",
      "\n  SPF       pass ", "\n  DMARC     pass ",
    } do
      assert.is_truthy(result.out:find(line, 1, true), line .. result.out)
    end
  end)

  it("tells what was done to the message, and ends with status 1", function()
    local result = check("Return-Path: <sender@example.com>\r\n" .. relayed.sign() .. "____\r\nfooter\r\n", "--ip", "192.0.2.1")
    assert.matches("\n  warning: A footer of 14 octets was added", result.out)
    assert.matches("; the signed header is as it was\n", result.out)
    assert.matches("the sender is that of Return%-Path", result.out)
    assert.equal(0, result.status) -- SPF passes, and is aligned
    result = check(relayed.sign() .. "____\r\nfooter\r\n")
    assert.matches("\n  SPF       not evaluated: it needs the address", result.out)
    assert.equal(1, result.status)
  end)

  it("says what was left out in front of the header, and that line ends were mended", function()
    local text = "\n\n" .. relayed.sign():gsub("\r\n", "\n")
    local result = check(text)
    assert.matches("2 octets in front of the header", result.out)
    assert.matches("as one whose lines end in CRLF", result.out)
    local report = cjson.decode(check(text, "--json").out)
    assert.same({ true, 2 }, { report.normalized, report.skipped })
  end)

  it("refuses what is no message, or no address", function()
    for expected, case in pairs {
      ["it has no header field"] = { 65, "" }, ["no header field"] = { 65, "just text" },
      ["a mailbox of several messages"] = { 65, ("From a Sun Nov  1 09:30:00 2026\nFrom: a@example.com\n\nb\n\n"):rep(2) },
      ["line ends are mixed"] = { 65, "From: a@example.com\r\nTo: b\n\nc\n" },
      ["not an IPv4 or IPv6 address"] = { 64, relayed.sign(), "--ip", "300.1.1.1" },
    } do
      local result = check(unpack(case, 2))
      assert.matches(expected, result.err, 1, true)
      assert.same({ case[1], "" }, { result.status, result.out })
    end
  end)

  it("prints one JSON object on one line", function()
    local arc = "List-Id: <the.list>\r\nX-Forwarded-To: a@example.net\r\nARC-Seal: i=1; cv=none; d=lists.example.net\r\n"
    local result = check(arc .. relayed.sign() .. "____\r\nfooter\r\n", "--json", "--ip", "192.0.2.9", "--helo", "example.com")
    assert.matches("^[^\n]+\n$", result.out)
    local report = cjson.decode(result.out)
    assert.same({ "example.com", "error", "fail", "fail" }, { report.domain, report.status, report.verdict.result, report.dmarc.result })
    local signature = report.dkim[1]
    assert.same({ "fail", "body_hash_mismatch", true, "strict" }, {
      signature.result, signature.reason, signature.header_intact, signature.aligned,
    })
    assert.same({ { part = "body", kind = "footer", octets = 14, found = "footer" } }, signature.changes)
    assert.same({ name = "d", value = "example.com", meaning = "the domain that signs, and vouches for the message" }, signature.tags[4])
    assert.same({ "fail", "helo" }, { report.spf.result, report.spf.identity })
    assert.same({ "the.list", "X-Forwarded-To", "lists.example.net" }, { report.list.id, report.forwarded[1], report.arc[1].domain })
    assert.equal("message_footer_added", report.findings[1].code)
  end)

  it("lets nothing of a message move the terminal", function()
    local evil = "\27[2J\7\226\128\174"
    local message = "List-Id: <" .. evil .. ">\r\nARC-Seal: i=1; cv=" .. evil .. "; d=" .. evil .. "\r\n"
      .. "ARC-Authentication-Results: i=1; " .. evil .. "; dkim=pass\r\n"
      .. relayed.replace(relayed.sign(), "Subject: ", "Subject: [" .. evil .. "] ") .. "____\r\n" .. evil .. "\r\n"
    for _, flag in ipairs { "--ip=192.0.2.1", "--json" } do
      local result = check(message, "--helo", "example.com", flag)
      assert.is_nil(result.out:gsub("\n", ""):find "%c")
      assert.is_true(flag == "--json" or result.out:find("\226\128\174", 1, true) == nil)
    end
  end)

  it("says what is wrong with its input", function()
    assert.same({ 64, true }, (function()
      local result = check(relayed.sign(), "--ip", "nowhere", "--helo", "example.com")
      return { result.status, result.err:find("nowhere", 1, true) ~= nil }
    end)())
    assert.equal(65, check(("X: y\r\n"):rep(10000)).status)
  end)

  it("says so where it has mended line ends", function()
    local result = check((relayed.sign():gsub("\r\n", "\n")))
    assert.equal(0, result.status)
    assert.matches("first line ends in LF alone", result.out)
  end)
end)
