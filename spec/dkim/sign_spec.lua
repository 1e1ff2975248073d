--- Signing (RFC 6376 §5, RFC 8301, RFC 8463, RFC 8616).
local corpus = require "spec.support.corpus"
local dkim = require "mailseal.dkim"
local key_module = require "mailseal.key"
local octets = require "spec.support.octets"
local sha256 = require "spec.support.sha256"
local signed = require "spec.support.signed"

local unpack = table.unpack or unpack -- luacheck: ignore
local NOW, MESSAGE = signed.NOW, signed.MESSAGE

local function signer_of(options)
  local given = { domain = "example.com", selector = "s1", key = not (options and options.signatures) and signed.ed25519 or nil }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return dkim.signer(given)
end

local function sign(options, message)
  return (assert(assert(signer_of(options)):sign(message or MESSAGE, { now = NOW })))
end

-- A tag of a field, without its folding.
local function tag(header, name)
  local value = header:gsub("\r\n[ \t]", ""):match("[;:] *" .. name .. "=([^;]*)")
  return value and value:gsub("^%s+", ""):gsub("%s+$", "")
end

local function names(header)
  return tag(header, "h"):lower()
end

local function code_of(options)
  local signer, text, code = signer_of(options)
  assert.is_nil(signer)
  assert.is_string(text)
  return code
end

local function passes(header, message, zone)
  assert.equal("pass", signed.say(signed.result(header .. (message or MESSAGE), { zone = zone })))
end

describe("a signature field", function()
  it("has the tags of RFC 6376 §3.5, with b= last", function()
    local header = sign { identity = "news@example.com", expire = 600 }
    assert.matches("^DKIM%-Signature: v=1; ", header)
    assert.matches("\r\n$", header)
    for name, value in pairs {
      v = "1", a = "ed25519-sha256", c = "relaxed/relaxed", d = "example.com", s = "s1", i = "news@example.com", t = tostring(NOW),
      x = tostring(NOW + 600), h = "From:From:To:Subject:Date:Message-ID",
    } do
      assert.equal(value, tag(header, name), name)
    end
    assert.is_nil(tag(header, "l"))
    assert.is_nil(tag(header, "z"))
    assert.matches("; b=[%w+/=\r\n\t]+\r\n$", header)
    passes(header)
  end)

  it("names the canonicalization that was asked for", function()
    for asked, written in pairs {
      simple = "simple/simple", relaxed = "relaxed/simple", ["simple/relaxed"] = "simple/relaxed",
      ["relaxed/relaxed"] = "relaxed/relaxed",
    } do
      local header = sign { canonicalization = asked }
      assert.equal(written, tag(header, "c"))
      passes(header)
    end
  end)

  it("is the same whenever it is made, given the time", function()
    for _, loaded in ipairs { signed.ed25519, signed.rsa } do
      assert.equal(sign { key = loaded }, sign { key = loaded })
    end
    local signer = assert(signer_of())
    local first = assert(signer:sign(MESSAGE, { now = NOW }))
    assert.is_true(first ~= assert(signer:sign(MESSAGE, { now = NOW + 1 })))
    assert.equal(first, (assert(signer:sign(MESSAGE, { now = NOW }))))
  end)

  it("takes the time from the clock where none is given", function()
    local before = os.time()
    local stamp = tonumber(tag(assert(assert(signer_of()):sign(MESSAGE)), "t"))
    assert.is_true(stamp >= before and stamp <= os.time())
  end)

  it("carries times of any year", function()
    local header = assert(assert(signer_of { expire = 1 }):sign(MESSAGE, { now = 2 ^ 53 - 1 }))
    assert.equal("9007199254740991", tag(header, "t"))
    assert.equal("9007199254740992", tag(header, "x"))
    assert.equal("0", tag(assert(assert(signer_of()):sign(MESSAGE, { now = 0 })), "t"))
  end)
end)

describe("folding", function()
  -- How wide a line looks: a TAB at its start is 8 columns.
  local function width(line)
    return #line + (line:sub(1, 1) == "\t" and 7 or 0)
  end

  local function lines_of(header)
    local lines = {}
    for line in header:gmatch("(.-)\r\n") do
      lines[#lines + 1] = line
    end
    assert.equal(header, table.concat(lines, "\r\n") .. "\r\n")
    return lines
  end

  local function fits(header)
    for i, line in ipairs(lines_of(header)) do
      assert.is_true(width(line) <= 78, line)
      assert.equal(i > 1, line:find("^[ \t]%S") ~= nil, line)
    end
  end

  it("keeps every line within 78 columns", function()
    for size = 1, 58 do
      local domain, selector = ("d"):rep(size) .. ".example", ("s"):rep(61 - size)
      local identity = ("i"):rep((58 - size) % 40) .. "@" .. domain
      for _, loaded in ipairs { signed.ed25519, signed.rsa } do
        fits(sign {
          key = loaded, domain = domain, selector = selector, identity = identity, body_length = true, copy_headers = true,
          oversign = { ("N"):rep(size) },
        })
      end
    end
  end)

  it("never breaks a header field's name, nor any tag but h=, z= and b=", function()
    local oversigned, expected = {}, {}
    for size = 1, 69 do
      oversigned[size] = ("n"):rep(size)
      expected[size] = oversigned[size]
    end
    local header = sign { headers = { "From" }, oversign = oversigned, identity = "a@example.com", expire = 1 }
    fits(header)
    local broken = header:match("h=([^;]*)")
    assert.is_nil(broken:find("[^:]\r\n"))
    assert.equal("From:From:" .. table.concat(expected, ":"), (broken:gsub("%s", "")))
    for _, one in ipairs { "v", "a", "c", "d", "s", "i", "t", "x", "bh" } do
      assert.is_nil(header:match("[;:]%s*" .. one .. "=([^;]*)"):find("%s"), one)
    end
    passes(header)
  end)

  it("leaves a name that is longer than a line in one piece", function()
    local long = ("n"):rep(200)
    local header = sign { oversign = { long } }
    assert.is_truthy(header:find("\t" .. long .. ":", 1, true) or header:find("\t" .. long .. ";", 1, true))
    passes(header)
  end)
end)

describe("h=", function()
  local function with(fields)
    return table.concat(fields, "\r\n") .. "\r\n" .. MESSAGE
  end

  it("lists by default what is worth signing, and is there", function()
    local default = dkim.default_headers()
    assert.equal("From", default[1])
    local listed = {}
    for _, name in ipairs(default) do
      assert.is_nil(listed[name:lower()])
      listed[name:lower()] = true
    end
    for _, wanted in ipairs {
      "from", "reply-to", "subject", "date", "to", "cc", "resent-date", "resent-from", "resent-to", "resent-cc", "in-reply-to",
      "references",
      "list-id", "list-help", "list-unsubscribe", "list-subscribe", "list-post", "list-owner", "list-archive", -- RFC 6376 §5.4.1
      "list-unsubscribe-post", "message-id", "mime-version", "content-type", "feedback-id",
    } do
      assert.is_true(listed[wanted], wanted)
    end
    for _, unwanted in ipairs { "received", "return-path", "comments", "keywords", "dkim-signature", "authentication-results" } do
      assert.is_nil(listed[unwanted])
    end
    assert.equal("from:from:to:subject:date:message-id:list-unsubscribe:list-unsubscribe-post",
      names(sign({}, with { "Received: x", "list-unsubscribe: <a>", "LIST-UNSUBSCRIBE-POST: b", "X-Other: c" })))
  end)

  it("lists what it is told to where it is present, and From always", function()
    assert.equal("to:from:from", names(sign { headers = { "To", "From", "Cc" } }))
    assert.equal("subject:from:from", names(sign { headers = { "subject" } }))
    assert.equal("date:from:from", names(sign { headers = { "DATE", "date", "Date" } }))
    assert.equal("from:from:to:to:cc", names(sign { headers = { "From", "To" }, oversign = { "to", "cc" } }))
    assert.equal(names(sign {}), names(sign { headers = {} }))
  end)

  it("lists a field as often as it occurs", function()
    assert.equal("from:from:to:cc:cc:cc:subject:date:message-id", names(sign({}, with { "Cc: a", "cc: b", "CC : c" })))
    assert.equal("from:from:cc:cc:cc", names(sign({ headers = { "From" }, oversign = { "Cc" } }, with { "Cc: a", "Cc: b" })))
  end)

  it("covers repeated fields from the bottom up (§5.4.2)", function()
    local function signed_over(message)
      return sign({ headers = { "Keywords" } }, message) .. message
    end
    local message = signed_over(with { "Keywords: one", "Keywords: two" })
    local swapped = message:gsub("Keywords: one\r\nKeywords: two", "Keywords: two\r\nKeywords: one")
    assert.equal("pass", signed.say(signed.result(message)))
    assert.equal("fail signature_mismatch", signed.say(signed.result(swapped)))
    assert.equal("pass", signed.say(signed.result("Keywords: zero\r\n" .. message)))
    assert.equal("fail signature_mismatch", signed.say(signed.result((message:gsub("From: ", "Keywords: three\r\nFrom: ", 1)))))
  end)

  it("is refused with a name that is none", function()
    for _, wrong in ipairs { "", "a b", "a;b", "Subject:", ":", "a\r\nb", "\195\188ber", "a\0" } do
      assert.equal("bad_header_name", code_of { headers = { wrong } }, wrong)
      assert.equal("bad_header_name", code_of { oversign = { wrong } }, wrong)
    end
  end)

  it("may say that no signature is to be added, but not where several are", function()
    local function signing(selector)
      return { domain = "example.com", selector = selector, key = signed.ed25519 }
    end
    local header = sign { oversign = { "DKIM-Signature" } }
    assert.matches(":dkim%-signature$", names(header))
    passes(header)
    local two = { signing "s1", signing "s2" }
    assert.equal("bad_header_name", code_of { oversign = { "dkim-signature" }, signatures = two })
    assert.is_truthy(signer_of { headers = { "DKIM-Signature" }, signatures = two })
  end)

  it("has 512 names at most", function()
    local many = {}
    for i = 1, 511 do
      many[i] = "X-" .. i
    end
    assert.is_truthy(signer_of { headers = many })
    many[512] = "X-512"
    assert.equal("too_many_headers", code_of { headers = many })
    assert.equal("too_many_headers", code_of { oversign = many })
    local signer = assert(signer_of { headers = { "Keywords" } })
    local _, text, code = signer:sign(("Keywords: a\r\n"):rep(511) .. MESSAGE, { now = NOW })
    assert.equal("too_many_headers", code)
    assert.matches("512", text)
    passes(assert(signer:sign(("Keywords: a\r\n"):rep(510) .. MESSAGE, { now = NOW })), ("Keywords: a\r\n"):rep(510) .. MESSAGE)
  end)
end)

describe("i=", function()
  it("is written in dkim-quoted-printable (§2.11)", function()
    assert.equal("@example.com", tag(sign { identity = "@example.com" }, "i"))
    assert.equal("a=20b=3B=3D=7C+c@example.com", tag(sign { identity = "a b;=|+c@example.com" }, "i"))
    assert.equal("=C3=BC@mail.example.com", tag(sign { identity = "\195\188@mail.example.com" }, "i"))
    assert.equal("a@b@example.com", tag(sign { identity = "a@b@example.com" }, "i"))
    passes(sign { identity = "a b;=|\195\188@sub.example.com" })
  end)

  it("is within the signing domain", function()
    assert.equal("bad_identity", code_of { identity = "a@example.net" })
    assert.equal("bad_identity", code_of { identity = "a@fexample.com" })
    assert.equal("bad_identity", code_of { identity = "a@com" })
    assert.equal("bad_identity", code_of { identity = "a" })
    assert.equal("bad_identity", code_of { identity = "a@" })
    assert.equal("bad_identity", code_of { identity = "a@b c.example.com" })
  end)
end)

describe("U-labels", function()
  it("become A-labels in d=, s= and i= (RFC 8616)", function()
    local header = sign {
      domain = "b\195\188cher.example", selector = "schl\195\188ssel", identity = "j\195\188rgen@post.b\195\188cher.example",
    }
    assert.equal("xn--bcher-kva.example", tag(header, "d"))
    assert.equal("xn--schlssel-95a", tag(header, "s"))
    assert.equal("j=C3=BCrgen@post.xn--bcher-kva.example", tag(header, "i"))
    passes(header, MESSAGE, signed.zone(nil, "xn--schlssel-95a._domainkey.xn--bcher-kva.example"))
  end)

  it("go with messages in UTF-8 (RFC 6532)", function()
    local message = MESSAGE:gsub("Sender", "J\195\188rgen"):gsub("a  subject", "Gr\195\188\195\159e \226\130\172")
    passes(sign({}, message), message)
  end)
end)

describe("z=", function()
  -- dkim-quoted-printable, decoded.
  local function decode(text)
    return (text:gsub("%s", ""):gsub("=(%x%x)", function(pair) return string.char(tonumber(pair, 16)) end))
  end

  local function copies(header)
    local list = {}
    for copy in (tag(header, "z") .. "|"):gmatch("(.-)|") do
      list[#list + 1] = decode(copy)
    end
    return list
  end

  it("has the covered fields as they were", function()
    assert.same({
      "From: Sender <sender@example.com>", "To: reader@example.net", "Subject: a  subject", "Date: Tue, 17 Nov 2026 10:00:00 +0000",
      "Message-ID: <1@example.com>",
    }, copies(sign { copy_headers = true }))
  end)

  it("quotes what would end it, and every octet that is not printable", function()
    local message = "Subject: a|b;c=d\r\n\te\195\188\127 \r\nX-Other: no\r\n" .. MESSAGE:gsub("Subject:[^\r]*\r\n", "")
    local header = sign({ copy_headers = true, headers = { "Subject", "From" } }, message)
    assert.same({ "Subject: a|b;c=d\r\n\te\195\188\127 ", "From: Sender <sender@example.com>" }, copies(header))
    assert.matches("Subject:=20a=7Cb=3Bc=3Dd=0D=0A=09e=C3=BC=7F=20", (tag(header, "z"):gsub("%s", "")))
    passes(header, message)
  end)

  it("is there only where it was asked for", function()
    assert.is_nil(tag(sign {}, "z"))
  end)
end)

describe("l=", function()
  it("is the size of the canonical body, where it was asked for", function()
    local header = sign { body_length = true, canonicalization = "relaxed/simple" }
    assert.equal(tostring(#MESSAGE:match("\r\n\r\n(.*)$") - 2), tag(header, "l"))
    passes(header)
    assert.equal("2", tag(sign({ body_length = true, canonicalization = "simple/simple" }, MESSAGE:match("^.-\r\n\r\n")), "l"))
    assert.equal("0", tag(sign({ body_length = true }, MESSAGE:match("^.-\r\n\r\n")), "l"))
  end)
end)

describe("several signings", function()
  local both = {
    { selector = "rsa", key = signed.rsa },
    { selector = "s1", key = signed.ed25519, domain = "example.net", identity = "@example.net" },
  }

  it("are made in one call, in their order, each as if alone", function()
    local header = sign { signatures = both }
    local first = sign { selector = "rsa", key = signed.rsa }
    local second = sign { domain = "example.net", identity = "@example.net" }
    assert.equal(first .. second, header)
  end)

  it("read the body once", function()
    local reads, message = 0, MESSAGE
    local signer = assert(signer_of { signatures = both })
    local stream = signer:stream { now = NOW }
    for at = 1, #message, 50 do
      stream:write(message:sub(at, at + 49))
      reads = reads + 1
    end
    assert.equal(sign { signatures = both }, (assert(stream:finish())))
    assert.equal(math.ceil(#message / 50), reads)
  end)

  it("need a domain, a selector and a key each", function()
    assert.has_error(function() dkim.signer { domain = "example.com", signatures = { { selector = "s1" } } } end)
    assert.has_error(function() dkim.signer { domain = "example.com", signatures = { { key = signed.rsa } } } end)
    assert.equal("bad_domain", code_of { signatures = { both[1], { domain = "a b", key = signed.rsa } } })
  end)
end)

describe("the lint", function()
  local broken = {
    bare_cr = MESSAGE .. "a\rb\r\n", bare_lf = MESSAGE .. "a\nb\r\n", nul = MESSAGE .. "a\0b\r\n",
    line_too_long = MESSAGE .. ("a"):rep(999) .. "\r\n",
    no_from = MESSAGE:gsub("From: [^\r]*\r\n", ""), multiple_from = "From: a@example.com\r\n" .. MESSAGE,
    no_date = MESSAGE:gsub("Date: [^\r]*\r\n", ""), no_message_id = MESSAGE:gsub("Message%-ID: [^\r]*\r\n", ""),
    header_malformed = "no field\r\n" .. MESSAGE,
  }

  it("refuses a message that is not fit to be signed", function()
    local signer = assert(signer_of())
    for wanted, message in pairs(broken) do
      local header, text, code = signer:sign(message, { now = NOW })
      assert.is_nil(header)
      assert.is_string(text)
      assert.equal(wanted, code)
    end
    assert.is_truthy(signer:sign(MESSAGE, { now = NOW }))
  end)

  it("reports it and signs all the same, where that was asked for", function()
    local signer = assert(signer_of { lint = "report" })
    for wanted, message in pairs(broken) do
      local header, findings = signer:sign(message, { now = NOW })
      assert.is_string(header)
      local found = {}
      for _, finding in ipairs(findings) do
        found[finding.code] = finding
      end
      assert.equal("error", found[wanted].severity)
    end
    local _, findings = assert(signer:sign(MESSAGE, { now = NOW }))
    assert.same({}, findings)
  end)

  it("keeps silent where that was asked for", function()
    local signer = assert(signer_of { lint = "off" })
    for _, message in pairs(broken) do
      local header, findings = signer:sign(message, { now = NOW })
      assert.is_string(header)
      assert.is_nil(findings)
    end
  end)

  it("signs what others verify as it is, line ends and all", function()
    for code, message in pairs(broken) do
      if code ~= "no_from" then
        passes(sign({ lint = "off" }, message), message)
      end
    end
  end)
end)

describe("normalize", function()
  it("mends line ends before it signs, and gives the mended message", function()
    local signer = assert(signer_of { normalize = true })
    local unix = MESSAGE:gsub("\r\n", "\n")
    local header, findings, mended = assert(signer:sign(unix, { now = NOW }))
    assert.equal(MESSAGE, mended)
    assert.same({}, findings)
    assert.equal(sign {}, header)
    passes(header, mended)
  end)

  it("does not mend what is missing", function()
    local signer = assert(signer_of { normalize = true })
    local _, _, code = signer:sign("Subject: a\n\nb", { now = NOW })
    assert.equal("no_from", code)
  end)

  it("gives no message where it was not asked for", function()
    local _, _, mended = assert(assert(signer_of()):sign(MESSAGE, { now = NOW }))
    assert.is_nil(mended)
  end)
end)

describe("a message without a body", function()
  it("is signed, with an empty line or without one", function()
    for _, canonicalization in ipairs { "simple/simple", "relaxed/relaxed" } do
      local header = MESSAGE:match("^.-\r\n\r\n")
      passes(sign({ canonicalization = canonicalization }, header), header)
      local open = header:sub(1, -3)
      passes(sign({ canonicalization = canonicalization }, open), open)
      local unended = open:sub(1, -3)
      local field = sign({ canonicalization = canonicalization }, unended)
      passes(field, unended)
      passes(field, open) -- which is what a relay makes of it
    end
  end)
end)

describe("a signing callback", function()
  local function callback(loaded, around)
    return {
      type = loaded:type(),
      sign = function(text, info)
        if around then
          around(text, info)
        end
        return loaded:sign(loaded:type() == "rsa" and sha256(text) or text)
      end,
    }
  end

  it("signs as the key itself does", function()
    for _, loaded in ipairs { signed.rsa, signed.ed25519 } do
      assert.equal(sign { key = loaded }, sign { key = callback(loaded) })
    end
  end)

  it("is told what to sign, for whom and with what", function()
    for _, loaded in ipairs { signed.rsa, signed.ed25519 } do
      local seen
      sign { key = callback(loaded, function(text, info) seen = { text = text, info = info } end) }
      assert.equal(loaded:algorithm(), seen.info.algorithm)
      assert.equal("example.com", seen.info.domain)
      assert.equal("s1", seen.info.selector)
      assert.equal(32, #seen.info.digest)
      assert.equal(seen.info.digest, loaded:type() == "rsa" and sha256(seen.text) or seen.text)
      if loaded:type() == "rsa" then
        assert.matches("^from:Sender <sender@example.com>\r\n", seen.text)
        assert.matches("; b=$", seen.text)
      end
    end
  end)

  it("may yield, and messages that are signed meanwhile do not disturb it", function()
    for _, loaded in ipairs { signed.rsa, signed.ed25519 } do
      local signer = assert(signer_of { signatures = {
        { selector = "s1", key = callback(loaded, coroutine.yield) }, { selector = "s2", key = callback(loaded, coroutine.yield) },
      } })
      local plain = assert(signer_of { signatures = { { selector = "s1", key = loaded }, { selector = "s2", key = loaded } } })
      local jobs, headers = {}, {}
      for i = 1, 6 do
        local message = corpus.odd(i).message
        jobs[i] = coroutine.create(function()
          if i % 2 == 0 then
            return assert(signer:sign(message, { now = NOW + i }))
          end
          local stream = signer:stream { now = NOW + i }
          for at = 1, #message, 100 do
            stream:write(message:sub(at, at + 99))
            coroutine.yield()
          end
          return assert(stream:finish())
        end)
      end
      local running = #jobs
      while running > 0 do
        for i, job in ipairs(jobs) do
          if not headers[i] then
            local ok, header = coroutine.resume(job)
            assert(ok, header)
            if coroutine.status(job) == "dead" then
              headers[i], running = header, running - 1
            end
          end
        end
      end
      for i = 1, 6 do
        assert.equal((assert(plain:sign(corpus.odd(i).message, { now = NOW + i }))), headers[i])
      end
    end
  end)

  it("that fails makes signing fail, with its own words", function()
    local answer
    local signer = assert(signer_of { key = { type = "rsa", sign = function() return unpack(answer, 1, 3) end } })
    local function failure(...)
      answer = { ... }
      local header, text, code = signer:sign(MESSAGE, { now = NOW })
      assert.is_nil(header)
      return code .. ": " .. text
    end
    assert.equal("hsm_locked: the HSM is locked", failure(nil, "the HSM is locked", "hsm_locked"))
    assert.equal("sign_failed: no", failure(nil, "no"))
    assert.equal("sign_failed: the signing callback returned no signature", failure())
    assert.equal("sign_failed: the signing callback returned no signature", failure(42))
    assert.matches("^bad_signature: .* 3 octets", failure "abc")
    assert.matches("^bad_signature: ", failure "")
    assert.matches("^bad_signature: ", failure(("x"):rep(1025)))
    answer = { ("x"):rep(256) }
    assert.is_string(signer:sign(MESSAGE, { now = NOW }))
  end)

  it("of Ed25519 returns 64 octets", function()
    for size, good in pairs { [63] = false, [64] = true, [65] = false, [256] = false } do
      local signer = assert(signer_of { key = { type = "ed25519", sign = function() return ("x"):rep(size) end } })
      local header, _, code = signer:sign(MESSAGE, { now = NOW })
      assert.equal(good, header ~= nil)
      assert.equal(not good and "bad_signature" or nil, not good and code or nil)
    end
  end)

  it("that raises, raises; the signer signs on", function()
    local fail = true
    local signer = assert(signer_of { key = callback(signed.ed25519, function() if fail then error "no such slot" end end) })
    assert.has_error(function() signer:sign(MESSAGE, { now = NOW }) end)
    fail = false
    assert.equal(sign {}, (assert(signer:sign(MESSAGE, { now = NOW }))))
  end)

  it("is asked for its own signing alone", function()
    local asked = 0
    local header = sign { signatures = {
      { selector = "s1", key = signed.rsa },
      { selector = "s2", key = callback(signed.ed25519, function(_, info)
        asked = asked + 1
        assert.equal("s2", info.selector)
      end) },
    } }
    assert.equal(1, asked)
    assert.equal(sign { key = signed.rsa } .. sign { selector = "s2" }, header)
  end)
end)

describe("after an error", function()
  it("a signer signs as before", function()
    local signer = assert(signer_of { copy_headers = true })
    local good = assert(signer:sign(MESSAGE, { now = NOW }))
    for _, bad in ipairs { "\0", "From: a\r\n", ("a: b\r\n"):rep(9000) .. "\r\n", ("x"):rep(2 ^ 21), "" } do
      assert.is_nil((signer:sign(bad, { now = NOW })))
      assert.equal(good, (assert(signer:sign(MESSAGE, { now = NOW }))))
      local stream = signer:stream { now = NOW }
      local fed = stream:write(bad)
      if fed then
        assert.is_nil((stream:finish()))
      else
        assert.has_error(function() stream:finish() end)
      end
      assert.equal(good, (assert(signer:sign(MESSAGE, { now = NOW }))))
    end
  end)
end)

describe("a header section that is too large", function()
  local signer = assert(signer_of { lint = "off" })

  local function code_in_pieces(message, size)
    local stream = signer:stream { now = NOW }
    for at = 1, #message, size do
      local ok, _, code = stream:write(message:sub(at, at + size - 1))
      if not ok then
        return code
      end
    end
    local header, _, code = stream:finish()
    return header and "signed" or code
  end

  it("is refused from the first octet over 1 MB on, in whatever pieces it comes", function()
    local start = "From: a@example.com\r\nSubject: \r\n"
    for _, over in ipairs { -1, 0, 1, 2, 5000 } do
      local wanted = over > 0 and "header_too_large" or "signed"
      local section = start .. (" " .. ("x"):rep(1000 - 3) .. "\r\n"):rep(1000)
      section = section .. " " .. ("x"):rep(2 ^ 20 + over - #section - 3) .. "\r\n"
      assert.equal(2 ^ 20 + over, #section)
      for _, rest in ipairs { "\r\n", "\r\nbody\r\n", "" } do
        local header, text, code = signer:sign(section .. rest, { now = NOW })
        assert.equal(wanted, header and "signed" or code, "at once, " .. over)
        assert.is_true(header ~= nil or type(text) == "string")
        for _, size in ipairs { 4095, 4096, 4097, 100000, #section - 1, #section, #section + 1 } do
          assert.equal(wanted, code_in_pieces(section .. rest, size), over .. " by " .. size)
        end
      end
    end
  end)

  it("is not kept: memory is bounded", function()
    local stream = signer:stream { now = NOW }
    local chunk, taken = ("x"):rep(5000), 0
    while stream:write(chunk) do
      taken = taken + 5000
      assert.is_true(taken < 2 ^ 21)
    end
    assert.is_true(taken >= 2 ^ 20 - 5000)
  end)
end)

describe("wrong use of signing", function()
  -- Where the error says that it is, and what it says.
  local function blames_caller(wanted, misuse)
    local ok, message = pcall(misuse)
    assert.is_false(ok)
    assert.matches("sign_spec%.lua:%d+: .*" .. wanted, message)
  end

  it("raises where the caller stands", function()
    local function signer(name, value)
      return function()
        local options = { domain = "example.com", selector = "s1", key = signed.ed25519 }
        options[name] = value
        local made = dkim.signer(options)
        return made
      end
    end
    blames_caller("unknown option 'domian'", signer("domian", "example.com"))
    blames_caller("'domain' is to be a string", signer("domain", 1))
    blames_caller("unknown canonicalization", signer("canonicalization", "relaxed/nofws"))
    blames_caller("unknown lint", signer("lint", "refuze"))
    blames_caller("'expire'", signer("expire", 0))
    blames_caller("'expire'", signer("expire", 1.5))
    blames_caller("'expire'", signer("expire", 2 ^ 53))
    blames_caller("'headers' is to be a list", signer("headers", { 1 }))
    blames_caller("'oversign' is to be a list", signer("oversign", { "Cc", true }))
    blames_caller("'headers' is to be a table", signer("headers", "Cc"))
    blames_caller("'key' is to be", signer("key", { type = "rsa" }))
    blames_caller("signing callback needs", signer("key", { sign = print }))
    blames_caller("signing callback needs", signer("key", { type = "dsa", sign = print }))
    blames_caller("needs 'domain'", function()
      local made = dkim.signer { selector = "s1", key = signed.ed25519 }
      return made
    end)
    blames_caller("unknown option 'slector'", signer("signatures", { { slector = "s1" } }))
    blames_caller("table", function()
      local made = dkim.signer()
      return made
    end)
    blames_caller("table", signer("signatures", { 1 }))
  end)

  it("raises for what is no message and no time", function()
    local signer = assert(signer_of())
    for _, misuse in ipairs {
      function() return (signer:sign(nil)) end, function() return (signer:sign(42)) end,
      function() return (signer:sign(MESSAGE, { now = "1" })) end,
      function() return (signer:sign(MESSAGE, { now = -1 })) end, function() return (signer:sign(MESSAGE, { now = 2 ^ 53 })) end,
      function() return (signer:sign(MESSAGE, { now = 0 / 0 })) end, function() return (signer:stream { now = {} }) end,
      function() return (signer:sign(MESSAGE, 5)) end, function() return (signer:sign(MESSAGE, { nwo = 5 })) end,
      function() return (signer:stream():write(nil)) end, function() return (signer:stream():write {}) end,
    } do
      blames_caller("", misuse)
    end
  end)
end)

describe("the private key", function()
  it("is kept by the signer", function()
    local function made()
      local loaded = assert(key_module.load(signed.ed25519:pem()))
      return assert(signer_of { key = loaded })
    end
    local signer = made()
    collectgarbage()
    collectgarbage()
    assert.equal(sign {}, (assert(signer:sign(MESSAGE, { now = NOW }))))
  end)

  it("never shows in a field, nor in an error", function()
    local secret = octets.to_hex(signed.decode((signed.ed25519:pem():gsub("%-%-%-%-%-[^\n]*", ""))):sub(-32))
    local header = sign { copy_headers = true }
    assert.is_nil(octets.to_hex(signed.decode(tag(header, "b"):gsub("%s", ""))):find(secret, 1, true))
    assert.is_nil(tostring(signed.ed25519):find(secret, 1, true))
  end)
end)

describe("the names of header fields given to a signer", function()
  it("are refused one by one where they are none", function()
    for _, option in ipairs { "headers", "oversign" } do
      for _, name in ipairs { "", "from: x", "a:b", "su bject", "a\r\nb", "a;b", "caf\195\169" } do
        local options = { domain = "example.com", selector = "s", key = signed.ed25519, [option] = { "to", name } }
        local signer, message, code = dkim.signer(options)
        assert.is_nil(signer)
        assert.equal("bad_header_name", code)
        assert.is_truthy(message:find("is not the name of a header field", 1, true))
      end
    end
  end)
end)
