--- The DKIM-Signature field, read (RFC 6376 §3.5, §6.1.1): what is a signature that can be evaluated, and what is wrong with one
-- that is not. Values are signed by hand, so that what is read passes, not only parses.
local canonical = require "spec.support.canonical"
local sha256 = require "spec.support.sha256"
local signed = require "spec.support.signed"

local MESSAGE = signed.MESSAGE
local HEADER, BODY = canonical.cut(MESSAGE)
local BODY_HASH = signed.encode(sha256(canonical.body(BODY, "relaxed")))
local forge, say, verdict = signed.forge, signed.say, signed.verdict

-- Each tag's values and what they come to. "pass" means that the field was read, down to the signature.
local function each(tag, rows)
  for _, row in ipairs(rows) do
    for i = 2, #row do
      assert.equal(row[1], verdict { [tag] = row[i] }, ("%s=%s"):format(tag, row[i]))
    end
  end
end

-- What a field comes to that covers From and is written out, with "@" where the signature goes, which is folded.
local function signed_as(field, way)
  -- Without what stands between "b=" and the next ";", white space and all.
  local emptied = field:gsub("([ :;\t\n]b%s*=)%s*@%s*", "%1", 1)
  local covered = canonical.header(HEADER, "from", way) .. canonical.signature(emptied, way)
  local b = signed.encode(assert(signed.ed25519:sign(sha256(covered)))):gsub("^(.........)", "%1\r\n ")
  return say(signed.result(field:gsub("@", b) .. "\r\n" .. MESSAGE))
end

describe("the tag list", function()
  it("is read with white space in every place that has room for it (§3.2)", function()
    for _, way in ipairs { "simple", "relaxed" } do
      for _, separator in ipairs { ";", " ; ", ";\r\n\t", "\t;\r\n ", "\r\n\t;", ";\r\n \r\n ", "; \t " } do
        for _, equals in ipairs { "=", " = ", "=\r\n ", "\t=", "\r\n =\t\r\n\t" } do
          local tags = {
            "v", "1", "a", "ed25519-sha256", "c", way .. "/relaxed", "d", "example.com", "s", "s1", "h", "from", "bh", BODY_HASH,
          }
          local parts = {}
          for i = 1, #tags, 2 do
            parts[#parts + 1] = tags[i] .. equals .. tags[i + 1]
          end
          parts[#parts + 1] = "b" .. equals .. "@"
          local text = "DKIM-Signature: " .. table.concat(parts, separator)
          assert.equal("pass", signed_as(text, way), text)
        end
      end
    end
  end)

  it("may end with a semicolon, and not with two", function()
    local message = forge()
    local with_end = message:gsub("(b=[%w+/=]+)\r\n", "%1;\r\n", 1)
    assert.equal("fail signature_mismatch", say(signed.result(with_end))) -- read, but it is another header
    assert.equal("permerror signature_syntax", say(signed.result((message:gsub("(b=[%w+/=]+)\r\n", "%1;;\r\n", 1)))))
    assert.equal("pass", say(signed.result(forge { tags = { extra = "z=From:a|To:=20b" } })))
  end)

  it("has names that count, upper and lower case", function()
    assert.equal("permerror tag_missing", verdict { d = false, extra = "D=example.com" })
    assert.equal("pass", verdict { extra = "D=example.net; B=1; unknown_tag=2; r9=y" })
  end)

  it("is broken by a name that is none, or a piece that is no tag", function()
    for _, extra in ipairs { "9=a", "_a=b", "a-b=c", "=a", "a", "", "a b=c", "\195\188=1" } do
      assert.equal("permerror signature_syntax", verdict { extra = extra }, extra)
    end
  end)

  it("says in words what breaks it", function()
    local function text(tags)
      return signed.result(forge { tags = tags }).text
    end
    assert.matches("occurs twice", text { extra = "d=example.com" })
    assert.is_true(text { extra = "x" } ~= text { extra = "d=example.com" })
  end)
end)

describe("v=", function()
  it("is 1", function()
    each("v", { { "pass", "1", " 1 " }, { "permerror version_unknown", "2", "1.0", "0.5", "01", "", "DKIM1" } })
    assert.equal("permerror version_missing", verdict { v = false })
  end)
end)

describe("a required tag", function()
  it("is missed by name", function()
    for _, name in ipairs { "a", "d", "s", "h", "bh" } do
      local result = signed.result(forge { tags = { [name] = false } })
      assert.equal("permerror tag_missing", say(result))
      assert.matches("no " .. name .. "= tag", result.text)
    end
    local without = signed.result(forge { b = false })
    assert.equal("permerror tag_missing", say(without))
    assert.matches("no b= tag", without.text)
  end)
end)

describe("a=", function()
  it("is an algorithm, whatever its case", function()
    each("a", {
      { "pass", "ed25519-sha256", "ED25519-SHA256" }, { "permerror key_type_mismatch", "rsa-sha256", "RSA-Sha256" },
      { "permerror algorithm_sha1", "rsa-sha1" }, { "neutral algorithm_unknown", "ed25519-sha1", "rsa", "sha256", "", "rsa-sha256 x" },
    })
  end)
end)

describe("c=", function()
  it("is one canonicalization, or two", function()
    each("c", {
      { "pass", "simple", "relaxed", "simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed" },
      { "neutral canonicalization_unknown", "", "/", "relaxed/", "/relaxed", "nofws", "relaxed/relaxed/simple", "relaxed /simple" },
    })
    assert.equal("pass", verdict { c = false })
  end)
end)

describe("q=", function()
  it("has dns/txt among its methods", function()
    each("q", {
      { "pass", "dns/txt", "DNS/TXT", "dns/txt : http/get", "x:dns/txt", " dns/txt " },
      { "neutral query_method_unknown", "dns", "http/get", "", ":", "dns/txt/x", "dns" },
    })
  end)
end)

describe("d= and s=", function()
  it("are domain names, of any case", function()
    each("d", {
      { "pass", "example.com", "EXAMPLE.com" }, { "permerror domain_invalid", "com", ".", "-.", "example.com." },
      { "permerror key_name_missing", "ex-ample.com", "_x.example.com", "1.2.3.4", "xn--bcher-kva.example" },
    })
    each("s", {
      { "pass", "s1", "S1" }, { "permerror selector_invalid", ".", "a..b", "a." },
      { "permerror key_name_missing", "a.b.c", "2026-11", "_s", ("s"):rep(63) },
    })
  end)
end)

describe("h=", function()
  it("is a list of field names", function()
    each("h", {
      { "pass", "from", "FROM", "from:from:from", "from : to", "x-none:from", "from:\r\n to\r\n :\tsubject", "from:!#$%&'*+-/^_`{|}~" },
      { "permerror from_not_signed", "to", "x", "from-x:fro:from_" },
      { "permerror headers_invalid", "", ":", "from:", ":from", "from::to", "from to", "from:\195\188", "fr om" },
    })
  end)

  it("never covers the signature itself (§3.5)", function()
    assert.equal("pass", verdict { h = "from:dkim-signature" })
  end)

  it("covers what is not there by covering nothing", function()
    local message = forge { tags = { h = "from:from:cc:x-later" } }
    assert.equal("pass", say(signed.result(message)))
    for _, added in ipairs { "Cc: a@example.net", "X-Later:", "From: b@example.com" } do
      assert.equal("fail signature_mismatch", say(signed.result(added .. "\r\n" .. message)), added)
    end
  end)
end)

describe("i=", function()
  it("has the last @ before its domain", function()
    each("i", {
      { "pass", "@example.com", "x@example.com", "x@y@example.com", '"x@y"@example.com', "=40@a.b.example.com", "\195\188@example.com" },
      { "permerror identity_invalid", "", "example.com" },
      { "permerror identity_outside_domain", "@", "@.example.com.", "x@example.com@", "@ample.com", "@xexample.com" },
    })
  end)
end)

describe("t=, x= and l=", function()
  it("are digits, 76 at most", function()
    for tag, what in pairs { t = "timestamp", x = "expiration", l = "body_length" } do
      for _, wrong in ipairs { "", "-1", "1a", "1 1", "0x1", ("1"):rep(77) } do
        assert.equal("permerror " .. what .. "_malformed", verdict { [tag] = wrong }, tag .. "=" .. wrong)
      end
      assert.is_nil(verdict { [tag] = ("9"):rep(76) }:find("malformed", 1, true))
    end
  end)

  it("are told as they are, within what a number can hold", function()
    local result = signed.result(forge { tags = { t = "0", x = ("9"):rep(76), l = "0" } })
    assert.equal(0, result.timestamp)
    assert.equal(0, result.body_length)
    assert.is_true(result.expiration >= 2 ^ 62)
  end)
end)

describe("b=", function()
  it("is left out of what it signs, wherever it stands and however it is folded (§3.7)", function()
    local rest = "v=1; a=ed25519-sha256; c=%s/relaxed; d=example.com; s=s1; h=from; bh=" .. BODY_HASH
    for _, way in ipairs { "simple", "relaxed" } do
      for _, shape in ipairs {
        "DKIM-Signature: b=@; #", "DKIM-Signature: b=@ ; #", "DKIM-Signature: b= @\t;#", "DKIM-Signature: b\r\n =@;#",
        "DKIM-Signature:\r\n b=@;\r\n #",
        "DKIM-Signature: #; b=@", "DKIM-Signature: #; b=@;", "DKIM-Signature: #; b=@; ", "DKIM-Signature : #; b=@;\r\n ",
        "DKIM-Signature: #;xb=b=;b=@;bb=b=x",
      } do
        local field = shape:gsub("#", (rest:format(way):gsub("%%", "%%%%")))
        assert.equal("pass", signed_as(field, way), way .. ": " .. shape)
      end
    end
  end)
end)
