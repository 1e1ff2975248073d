--- check.message over messages that somebody made to cost much, or to be told wrong things about (hostile-input, Engine 7, 8, 21).
local corpus = require "spec.support.corpus"
local linear = require "spec.support.linear"
local relayed = require "spec.support.relayed"
local signed = require "spec.support.signed"

local function several(canonicalization, message)
  for _ = 1, 3 do
    message = relayed.sign({ canonicalization = canonicalization }, message)
  end
  return message
end

local function assert_linear(make, size)
  for _, canonicalization in ipairs { "simple/simple", "relaxed/relaxed" } do
    local base = several(canonicalization, relayed.PLAIN)
    local header, body = base:match "^(.-\r\n)\r\n(.*)$"
    assert.is_true(linear(function(count)
      relayed.check(make(header, body, count))
    end, size))
  end
end

describe("a hostile message costs time linear in its size:", function()
  for name, piece in pairs {
    ["lines"] = "a\r\n", ["empty lines"] = "\r\n", ["bare LFs"] = "\n", ["bare CRs"] = "\r", ["spaces"] = " ", ["tabs"] = "\t",
    ["separators"] = "--\r\n", ["dots"] = "..\r\n", ["long lines"] = ("x"):rep(960) .. "!\r\n ", ["words"] = "a b  c ",
  } do
    it("a body of " .. name, function()
      assert_linear(function(header, body, count)
        return header .. "\r\n" .. body .. piece:rep(count)
      end, math.ceil(250000 / #piece))
    end)
  end

  for name, piece in pairs {
    ["parts"] = "--b\r\nA: b\r\n\r\n", ["delimiters that are none"] = "--b   ",
    ["parts without end"] = "--b\r\n" .. ("A: b\r\n"):rep(100),
    ["paragraphs"] = "--b\r\n\r\n" .. ("x\r\n\r\n--\r\n"):rep(20) .. "</body>\r\n",
    ["multiparts"] = "--b\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n",
  } do
    it("a multipart body of " .. name, function()
      assert_linear(function(header, _, count)
        return relayed.replace(header, "text/plain; charset=utf-8", 'multipart/mixed; boundary="b"') .. "\r\n" .. piece:rep(count)
      end, math.ceil(100000 / #piece))
    end)
  end

  for _, name in ipairs { "Subject: ", "From: ", "To: ", "Content-Type: multipart/mixed; boundary=", "Return-Path: ", "List-Id: " } do
    it("a header field " .. name .. "of any octets", function()
      for _, piece in ipairs { " ", "[a] ", "[", '"a" <', "@", "\r\n x", "a", ",", "\"" } do
        local field = relayed.PLAIN .. "x"
        assert.is_true(linear(function(count)
          relayed.check(name .. piece:rep(count) .. "\r\n" .. relayed.sign({ canonicalization = "simple/simple" }) .. field)
        end, math.ceil(20000 / #piece)), ("%q"):format(piece))
      end
    end)
  end

  it("thousands of fields", function()
    for _, field in ipairs {
      "Subject: [a] b\r\n", "List-Id: <a>\r\n", "ARC-Seal: i=1; d=a\r\n", "ARC-Authentication-Results: i=1; a; dkim=pass\r\n",
      "X-Original-From: a\r\n", "Received: a\r\n",
    } do
      assert_linear(function(header, body, count)
        return field:rep(count) .. header .. "\r\n" .. body .. "x"
      end, 1000)
    end
  end)

  it("thousands of signatures", function()
    local field = relayed.sign():match "^(DKIM%-Signature: .-\r\n)%a"
    for _, message in ipairs { relayed.PLAIN, relayed.PLAIN .. "footer\r\n" } do
      assert.is_true(linear(function(count)
        relayed.check(field:rep(count) .. message)
      end, 250))
    end
  end)
end)

describe("a message damaged at random", function()
  local pieces = {
    "\r\n", "\n", "\r", " ", "\t", ":", ";", "=", "<", ">", "@", "[", "]", "\"", "--", "--b 1", "--b 1--", "\0", "\255", "DKIM-Signature: ",
    "From: ", "Content-Type: multipart/mixed; boundary=b", "Content-Transfer-Encoding: base64\r\n", "List-Id: ", "Return-Path: <>\r\n",
    "ARC-Seal: i=1; cv=", "ARC-Authentication-Results: i=1; ", "z=From:a|", "l=1; ", "(", ")", "*", "a",
  }

  it("always gets a report", function()
    local random = corpus.random(4711)
    for round = 1, 300 do
      local canonicalization = round % 2 == 0 and "simple/simple" or "relaxed/relaxed"
      local base = round % 3 == 0 and relayed.MULTIPART or round % 3 == 1 and relayed.PLAIN or corpus.odd(round).message
      local message = relayed.sign({ canonicalization = canonicalization, copy_headers = round % 5 == 0 }, base)
      for _ = 1, random(6) do
        local at, lost = random(#message), random(4) == 1 and random(20) or 0
        message = message:sub(1, at - 1) .. pieces[random(#pieces)] .. message:sub(at + lost)
      end
      local report = relayed.check(message, { ip = "192.0.2.1", helo = "example.com" })
      assert.is_string(report.verdict.text)
      local status = report.status == "warning" and "ok" or report.status
      assert.equal(({ pass = "ok", fail = "error", unknown = "unknown" })[report.verdict.result], status)
      for _, finding in ipairs(report.findings) do
        assert.is_nil((finding.message .. finding.fix):find "%c")
      end
    end
  end)
end)

describe("of a hostile message", function()
  it("only so much is tried, and the rest is told all the same", function()
    local message = relayed.sign() .. ("a line\r\n"):rep(1000000)
    assert.equal("message_body_changed", relayed.check(message).findings[1].code)
  end)

  it("the header is explained though the body took all that may be tried", function()
    local message = relayed.replace(relayed.sign(), "Subject: ", "Subject: [x] ") .. ("a line\r\n"):rep(1000000)
    local report = relayed.check(message)
    assert.equal("message_body_changed", report.findings[1].code)
    assert.equal("message_subject_prefixed", report.findings[2].code)
  end)

  it("a malformed signature hides no good one, nor what became of another", function()
    local broken = "DKIM-Signature: v=1; a=rsa-sha256\r\n"
    local report = relayed.check(broken:rep(5) .. relayed.sign() .. "footer\r\n")
    assert.equal("fail", report.dkim[6].result)
    assert.equal("footer", report.dkim[6].changes[1].kind)
    assert.equal("pass", relayed.check(broken .. relayed.sign()).verdict.result)
  end)

  it("changes are told of the signature that they are of, also behind many broken ones", function()
    local broken = "DKIM-Signature: v=1; a=rsa-sha256\r\n"
    for count = 0, 60, 12 do
      local report = relayed.check(broken:rep(count) .. relayed.sign() .. "footer\r\n")
      for _, result in ipairs(report.dkim) do
        assert.is_true(result.changes == nil or result.domain == "example.com")
      end
    end
  end)

  it("nothing is taken for proven that a forger can make: a hash in bh= proves nothing of who signed", function()
    local field = signed.field { message = relayed.PLAIN, key = signed.rsa, b = signed.encode(("x"):rep(256)) }
    local report = relayed.check(field .. relayed.PLAIN .. "____\r\nfooter\r\n")
    assert.equal("fail", report.verdict.result)
    assert.same({ "footer", "other_key" }, { report.dkim[1].changes[1].kind, report.dkim[1].changes[2].kind })
  end)
end)
