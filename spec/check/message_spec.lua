--- What check.message says of messages that were changed, delayed, forwarded or never right: each with its findings, and no other.
local catalogue = require "spec.support.catalogue"
local check = require "mailseal.check"
local dns = require "mailseal.dns"
local key = require "mailseal.key"
local relayed = require "spec.support.relayed"
local signed = require "spec.support.signed"

local NOW, sign, replace = relayed.NOW, relayed.sign, relayed.replace
local met = {}

-- The findings of a report, "severity code" each.
local function said(report)
  local list = {}
  for i, finding in ipairs(report.findings) do
    list[i] = finding.severity .. " " .. finding.code
    met[finding.code] = true
    assert.matches("^[%u%l%d_].*%.$", finding.message, finding.code)
    assert.is_nil((finding.message .. finding.fix):find "[{}%c]", finding.code)
    assert.is_true(finding.severity ~= "pending" or finding.retry_at ~= nil, finding.code .. " has no retry_at")
  end
  return list
end

-- Checks a message that is to have these findings; `fields` are of the first, and `message` a part of its sentence.
local function finds(codes, message, options, fields)
  local report = relayed.check(message, options)
  assert.same(codes, said(report))
  for name, value in pairs(fields or {}) do
    if name == "message" then
      assert.is_truthy(report.findings[1].message:find(value, 1, true), report.findings[1].message)
    else
      assert.same(value, report.findings[1][name], name)
    end
  end
  return report
end

-- A resolver that notes what it is asked for; what `allows` says no to, it cannot ask.
local function watched(allows)
  local resolver = assert(dns.resolver { zone = relayed.zone() })
  local watching = { names = {} }
  function watching.query(_, name, kind, options)
    table.insert(watching.names, kind .. " " .. name)
    if allows and not allows(name) then
      return nil, "cannot be asked", "wrong_phase"
    end
    return resolver:query(name, kind, options)
  end
  return setmetatable(watching, { __index = resolver })
end

local FROM_HERE = { ip = "192.0.2.1", helo = "mail.example.com", sender = "sender@example.com" }
local FROM_ELSEWHERE = { ip = "198.51.100.7", helo = "lists.example.net", sender = "sender@example.com" }

describe("a message that is as it was", function()
  it("passes, and nothing is found", function()
    local report = finds({}, sign(), FROM_HERE)
    assert.equal("ok", report.status)
    assert.equal("pass", report.verdict.result)
    assert.equal("example.com", report.domain)
    assert.equal("pass", report.spf.result)
    assert.equal("pass", report.dmarc.result)
    assert.equal("given", report.sender_from)
    assert.is_nil(report.dkim[1].changes)
  end)

  it("asks nothing twice, nor does one that was changed", function()
    for _, message in ipairs { sign(), sign({ domain = "service.example" }, sign()) .. "____\r\nfooter\r\n" } do
      local resolver, seen = watched(), {}
      relayed.check(message, { resolver = resolver, ip = "192.0.2.1", sender = "sender@example.com" })
      for _, name in ipairs(resolver.names) do
        assert.is_nil(seen[name], name)
        seen[name] = true
      end
      assert.is_true(seen["TXT s1._domainkey.example.com"])
    end
  end)

  it("passes as a Unix file, too", function()
    assert.is_true(finds({}, (sign():gsub("\r\n", "\n"))).normalized)
    assert.is_nil(finds({}, sign()).normalized)
  end)

  it("passes with what a copy out of a mail program has in front: empty lines, a byte order mark", function()
    for _, front in ipairs { "\r\n", "\n\n", "\239\187\191", "\239\187\191\r\n\n" } do
      assert.equal(#front, finds({}, front .. sign()).skipped)
      assert.equal(#front, finds({}, front .. sign():gsub("\r\n", "\n")).skipped)
    end
    assert.is_nil(finds({}, sign()).skipped)
  end)

  it("passes by SPF alone where that is aligned", function()
    local report = finds({ "warning message_not_signed" }, relayed.PLAIN, FROM_HERE)
    assert.equal("pass", report.verdict.result)
    assert.equal("warning", report.status)
  end)
end)

describe("the envelope sender", function()
  it("is that of Return-Path where none is given", function()
    local report = finds({}, "Return-Path: <sender@example.com>\r\n" .. sign(), { ip = "192.0.2.1" })
    assert.equal("return_path", report.sender_from)
    assert.equal("sender@example.com", report.sender)
    assert.equal("pass", report.spf.result)
  end)

  it("may be the null path, which leaves the HELO name", function()
    local report = relayed.check("Return-Path: <>\r\n" .. sign(), { ip = "192.0.2.1", helo = "example.com" })
    assert.equal("", report.sender)
    assert.equal("helo", report.spf.identity)
  end)

  it("is not guessed out of a Return-Path that cannot be read", function()
    for _, value in ipairs { "", "nobody", "<a@b", "a b@example.com", "<a@>", ("a@"):rep(2000) .. "b", "<a@b..c>" } do
      local report = relayed.check("Return-Path: " .. value .. "\r\n" .. sign(), { ip = "192.0.2.1" })
      assert.is_nil(report.spf, value)
      assert.is_nil(report.sender, value)
    end
  end)
end)

describe("a message that was changed on its way", function()
  local spf = { "error message_footer_added" }

  it("by a list's footer (requirement 24)", function()
    for _, canonicalization in ipairs { "relaxed/relaxed", "simple/simple" } do
      local message = sign { canonicalization = canonicalization } .. "_____________\r\nThe list: https://lists.example.net/\r\n"
      local report = finds(spf, message, nil, { found = "The list: https://lists.example.net/", message = "53 octets" })
      assert.equal("fail", report.verdict.result)
      assert.same({ { part = "body", kind = "footer", octets = 53, found = "The list: https://lists.example.net/" } },
        report.dkim[1].changes)
      assert.is_true(report.dkim[1].header_intact)
      assert.is_nil(report.findings[1].name) -- the key is as it should be
    end
  end)

  it("by a footer in a part of its own", function()
    local message = replace(sign(nil, relayed.MULTIPART), "--b 1--\r\n",
      "--b 1\r\nContent-Type: text/plain\r\n\r\n____\r\nA footer\r\n\r\n--b 1--\r\n")
    finds(spf, message, nil, { found = "A footer", where = "in a part of its own" })
  end)

  it("by a footer inside a part", function()
    local message = replace(sign(nil, relayed.MULTIPART), "Hello\r\n", "Hello\r\n--------\r\nA footer\r\n")
    finds(spf, message, nil, { found = "A footer", where = "inside a part" })
  end)

  -- What was written into the texts of a multipart/alternative, above or below what it stands next to.
  local function written(message, text, html)
    return replace(replace(message, "Hello\r\n", text), "<p>Hello</p>\r\n", html)
  end

  it("by a footer in each form of its text", function()
    local message = written(sign(nil, relayed.MULTIPART),
      "Hello\r\n\r\n-- \r\nYou get this because of the group.\r\n", "<p>Hello</p>\r\n<p></p>\r\n\r\n-- <br />\r\nYou get this.<br />\r\n")
    assert.same({ "error message_body_changed" }, said(relayed.check(message))) -- no paragraph ends before <p></p>
    message = replace(message, "</p>\r\n<p></p>", "</p>\r\n\r\n<p></p>")
    finds(spf, message, nil, { found = "You get this because of the group.", where = "inside 2 parts" })
  end)

  it("by a footer in one form of its text, in front of the end of HTML, too, and deep in other parts", function()
    local html = replace(relayed.MULTIPART, "<p>Hello</p>\r\n", "<body>Hello\r\n</body></html>\r\n")
    finds(spf, replace(sign(nil, html), "<body>Hello\r\n", "<body>Hello\r\n\r\n<i>A footer</i>\r\n"), nil,
      { found = "A footer", where = "inside a part", message = "19 octets" })
    local header, body = relayed.MULTIPART:match "^(.-\r\n)(Content%-Type: multipart.*)$"
    local deep = header .. "Content-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n" .. body
      .. "\r\n--out\r\nContent-Type: image/png\r\n\r\nxxxx\r\n--out--\r\n"
    finds(spf, replace(sign(nil, deep), "Hello\r\n", "Hello\r\n\r\n---\r\nChecked for viruses.\r\n"), nil,
      { found = "Checked for viruses.", where = "inside a part" })
    finds(spf, replace(sign(nil, replace(relayed.PLAIN, "A. Sender\r\n", "A.</body>\r\n")), "A.</body>", "A.\r\n--\r\nfoot\r\n</body>"),
      nil, { found = "foot" })
  end)

  it("by a banner in each form of its text, or in one", function()
    local banner = { "error message_banner_added" }
    finds(banner, written(sign(nil, relayed.MULTIPART), "CAUTION: from outside\r\n\r\nHello\r\n",
      "<b>CAUTION</b><br>\r\n<p>Hello</p>\r\n"), nil, { found = "CAUTION: from outside", where = "inside 2 parts" })
    finds(banner, written(sign(nil, relayed.MULTIPART), "Hello\r\n", "<b>CAUTION</b>\r\n<p>Hello</p>\r\n"), nil, { found = "CAUTION" })
  end)

  it("by a footer below a text that was encoded anew for it", function()
    local message = sign(nil, replace(relayed.PLAIN, "Hello,", "Grüße,"))
    local body = message:match "\r\n\r\n(.*)$"
    local encoded = signed.encode(body .. "____\r\nA footer\r\n"):gsub(("."):rep(76), "%0\r\n")
    finds({ "error message_footer_added", "error message_body_reencoded" }, replace(replace(message, body, encoded), "8bit", "base64"), nil,
      { found = "A footer" })
  end)

  it("by a new multipart around it", function()
    for _, message in ipairs { relayed.MULTIPART, relayed.PLAIN } do
      local whole = sign(nil, message)
      local header, body = whole:match "^(.-\r\n)\r\n(.*)$"
      local content = header:match "\r\n(Content%-Type: text/plain[^\r]*\r\n)" or header:match "\r\n(Content%-Type: multipart.*)"
      local encoding = header:match "\r\n(Content%-Transfer%-Encoding: 8bit\r\n)" or ""
      header = replace(replace(header, content, 'Content-Type: multipart/mixed; boundary="new"\r\n'), encoding, "")
      local wrapped = header .. "\r\n--new\r\n" .. content .. encoding .. "\r\n" .. body
        .. "\r\n--new\r\nContent-Type: text/plain\r\n\r\nA footer\r\n--new--\r\n"
      local report = relayed.check(wrapped)
      assert.equal("message_footer_added", report.findings[1].code)
      assert.equal("in a new multipart around what was signed", report.findings[1].where)
      assert.equal("A footer", report.findings[1].found)
    end
  end)

  it("by a banner above the text", function()
    local message = replace(sign(), "\r\n\r\nHello", "\r\n\r\nCAUTION: mail from outside\r\n----\r\n\r\nHello")
    finds({ "error message_banner_added" }, message, nil, { found = "CAUTION: mail from outside", message = "36 octets" })
  end)

  it("by a prefix of the subject", function()
    for _, prefix in ipairs { "[list] ", "[EXTERNAL] ", "***SPAM*** ", "EXTERNAL: ", "[EXT] [list] " } do
      local message = replace(sign(), "Subject: ", "Subject: " .. prefix)
      finds({ "error message_subject_prefixed" }, message, nil, { found = prefix:sub(1, -2) })
    end
    finds({ "error message_subject_prefixed" }, replace(sign(nil, replace(relayed.PLAIN, "the plan", "Re: the plan")), "Re: ",
      "Re: [list] "), nil, { found = "[list]" })
  end)

  it("by all that a list does", function()
    local message = sign { oversign = { "Reply-To", "List-Unsubscribe" } }
    message = replace(message, "Subject: ", "List-Id: The list <the.lists.example.net>\r\nReply-To: list@lists.example.net\r\n"
      .. "List-Unsubscribe: <https://lists.example.net/>\r\nSubject: [the] ") .. "____\r\nThe footer\r\n"
    local report = finds({ "error message_footer_added", "error message_subject_prefixed", "error message_fields_added" }, message)
    assert.equal("the.lists.example.net", report.list.id)
    assert.same({ "Reply-To", "List-Unsubscribe" }, report.dkim[1].changes[3].fields)
  end)

  it("by a field that was oversigned, or one more of a name", function()
    finds({ "error message_fields_added" }, "Reply-To: a@example.net\r\n" .. sign { oversign = { "Reply-To" } }, nil,
      { message = "Reply-To was not there" })
    finds({ "error message_fields_added" }, replace(sign(), "\r\nMIME-Version:", "\r\nSubject: another\r\nMIME-Version:"), nil,
      { message = "Subject was not there" })
  end)

  it("in a field that z= has a copy of", function()
    local message = replace(sign { copy_headers = true }, "To: List", "To: Somebody else")
    finds({ "error message_fields_changed" }, message, nil, { message = "To was changed" })
  end)

  it("in an address whose name was quoted anew", function()
    finds({ "error message_fields_changed" }, replace(sign(), '"A. Sender"', "A. Sender"), nil, { message = "From was changed" })
    finds({ "error message_fields_changed" }, replace(sign(), "List <", '"List" <'), nil, { message = "To was changed" })
  end)

  it("in a field that is kept elsewhere", function()
    local message = replace(sign(), '"A. Sender" <sender@example.com>', "A. Sender via List <list@lists.example.net>")
    local report = relayed.check('X-Original-From: "A. Sender" <sender@example.com>\r\n' .. message)
    assert.same({ { part = "header", kind = "fields_changed", fields = { "From" } } }, report.dkim[1].changes)
  end)

  it("by a list that puts its own address into From, and the author's into Reply-To or Cc", function()
    for _, name in ipairs { "Reply-To", "Cc" } do
      for _, oversign in ipairs { {}, { "Reply-To", "List-Id" } } do
        local message = replace(sign { oversign = oversign }, '"A. Sender" <sender@example.com>',
          '"A. Sender via Plan" <plan@lists.example.net>')
        message = replace(message, "Subject: ", name .. ': "A. Sender" <sender@example.com>\r\n'
          .. "List-Id: <plan.example.net>\r\nSubject: [Plan] ")
        local report = relayed.check(message .. "____\r\nfooter\r\n")
        local kinds = {}
        for i, change in ipairs(report.dkim[1].changes) do
          kinds[i] = change.kind .. " " .. (change.kind == "fields_changed" and table.concat(change.fields, ",") or "")
        end
        assert.same({ "footer ", "subject_prefix ", "fields_changed From", oversign[1] and "fields_added " }, kinds)
      end
    end
  end)

  it("in its header, nobody can tell where", function()
    finds({ "error message_header_changed" }, replace(sign(), "the plan", "the other plan"), nil, { message = "From, To, Subject" })
  end)

  it("in its header, or the key is another, where Ed25519 does not tell", function()
    finds({ "error message_header_or_key" }, replace(sign { selector = "e1", key = signed.ed25519 }, "the plan", "the other plan"))
  end)

  it("in its body, nobody can tell where", function()
    finds({ "error message_body_changed" }, replace(sign(), "the plan.", "a plan."), nil,
      { message = "it cannot be told what was changed." })
    finds({ "error message_body_changed" }, "X-BeenThere: list@lists.example.net\r\n" .. replace(sign(), "the plan.", "a plan."), nil,
      { message = "(it came through a mailing list)" })
    finds({ "error message_body_changed" }, "Resent-From: a@example.net\r\n" .. replace(sign(), "the plan.", "a plan."), nil,
      { message = "(it was forwarded)" })
  end)

  it("by a cut at its end that l= tells", function()
    local message = sign { body_length = true }
    finds({ "error message_body_cut", "warning message_length_tag" }, message:sub(1, -15))
  end)

  it("by an encoding", function()
    local message = sign(nil, replace(relayed.PLAIN, "Hello,", "Grüße,"))
    local encoded = replace(replace(message, "Grüße,", "Gr=C3=BC=C3=9Fe,"), "-- \r\n", "--=20\r\n")
    encoded = replace(encoded, "Encoding: 8bit", "Encoding: quoted-printable")
    local report = finds({ "error message_body_reencoded" }, encoded, nil, { found = "quoted-printable", expected = "8bit" })
    assert.same({ "reencoded", "encoding" }, { report.dkim[1].changes[1].kind, report.dkim[1].changes[2].kind })
    local body = message:match "\r\n\r\n(.*)$"
    local in_base64 = replace(replace(message, body, (signed.encode(body):gsub(("."):rep(76), "%0\r\n"))), "8bit", "base64")
    finds({ "error message_body_reencoded" }, in_base64, nil, { found = "base64", expected = "8bit" })
  end)
end)

describe("a multipart message", function()
  it("may have its parts encoded anew", function()
    local plain = replace(relayed.MULTIPART, "text/plain\r\n\r\nHello",
      "text/plain\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße = 1")
    plain = replace(plain, "text/html\r\n\r\n", "text/html\r\nContent-Transfer-Encoding: 8bit\r\n\r\né")
    local came = replace(replace(sign(nil, plain), "8bit\r\n\r\nGrüße = 1", "quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe =3D 1"),
      "8bit\r\n\r\né", "quoted-printable\r\n\r\n=C3=A9")
    finds({ "error message_body_reencoded" }, came, nil, { found = "quoted-printable", expected = "8bit" })
  end)

  it("may be broken in any way", function()
    local header = sign(nil, relayed.MULTIPART):match "^(.-\r\n\r\n)"
    local base64, quoted = "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: Quoted-Printable\r\n"
    for _, body in ipairs {
      "", "--b 1", "--b 1--", "--b 1\r\n--b 1", "--b 1\r\n" .. base64 .. "--b 1--\r\n", "--b 1\r\n" .. quoted .. "\r\n--b 1--",
      "--b 1--\r\n\r\n--b 1\r\n" .. base64 .. "\r\nAAAA\r\n--b 1\r\n", "--b 1\r\n\r\n\r\n--b 1\r\n\r\n--b 1  \t",
      "--b 1\r\n" .. base64 .. "\r\n=\r\n--b 1\r\n" .. base64 .. base64 .. "\r\nAA==\r\n--b 1\r\nX", "--b 1\n\n--b 1\n--b 1--\n",
    } do
      local codes = said(relayed.check(header .. body))
      assert.equal("error message_body_changed", codes[1], body)
    end
  end)
end)

describe("a message of which only white space was changed", function()
  local function simple()
    return sign { canonicalization = "simple/simple" }
  end

  -- A white space, line or line end that a relay changes, in a body without any of the kind.
  local bodies = {
    { "message_white_space_changed", "ends of lines", "plan.\r\n", "plan. \r\n", plain = "-- \r\n" },
    { "message_white_space_changed", "signature separator", "-- \r\n", "--\r\n" },
    { "message_white_space_changed", "tabs were turned", "\tthis", "        this" },
    { "message_lines_changed", "at the top", "\r\n\r\nHello", "\r\n\r\n\r\nHello" },
    { "message_lines_escaped", "From", "From here", ">From here" },
    { "message_lines_escaped", "dot", ".hidden", "..hidden" },
  }

  it("says which in the body", function()
    for _, case in ipairs(bodies) do
      local message = case.plain and replace(relayed.PLAIN, case.plain, "") or relayed.PLAIN
      local came = replace(sign({ canonicalization = "simple/simple" }, message), case[3], case[4])
      finds({ "error " .. case[1] }, came, nil, { message = case[2] })
    end
  end)

  it("says so where long lines were broken", function()
    local long = ("word "):rep(300)
    local message = sign(nil, replace(relayed.PLAIN, "Hello,", long))
    finds({ "error message_lines_changed" }, replace(message, long, long:sub(1, 990) .. "\r\n " .. long:sub(991)), nil,
      { message = "long lines were broken" })
    finds({ "error message_lines_changed" }, replace(message, long, long:sub(1, 989) .. "!\r\n " .. long:sub(990)), nil,
      { message = "exclamation mark" })
  end)

  it("says so where line ends were changed", function()
    local message = sign()
    local body = message:match "\r\n\r\n(.*)$"
    finds({ "error message_line_ends_changed" }, replace(message, body, (body:gsub("\r\n", "\n"))), nil, { message = "CR" })
    local unix = replace(relayed.PLAIN, body, (body:gsub("\r\n", "\n")))
    finds({ "error message_line_ends_changed" }, replace(sign(nil, unix), unix:match "\r\n\r\n(.*)$", body), nil, { message = "LF alone" })
  end)

  it("says which in the header", function()
    local function changed(message, what, by)
      finds({ "error message_white_space_changed" }, replace(message, what, by), nil, { message = "in the header" })
    end
    changed(simple(), "Content-Type: text/plain; charset", "Content-Type: text/plain;\r\n charset")
    changed(simple(), "Subject: the", "Subject:  the")
    changed(simple(), "Subject: the plan", "Subject: the  plan")
    changed(simple(), "Subject: the plan", "Subject: the plan ")
    changed(simple(), "\r\nMIME-Version", "\r\nMime-Version")
  end)

  it("is sure of it where a relaxed signature of the same message passes", function()
    local message = sign({ canonicalization = "simple/simple" }, sign { canonicalization = "relaxed/relaxed" })
    local report = finds({ "warning message_white_space_changed" }, replace(message, "go  there", "go there"), nil,
      { message = "tolerates white space" })
    assert.equal("pass", report.verdict.result)
    finds({ "warning message_white_space_changed" }, replace(message, "Subject: the plan\r\nDate: T", "Subject: the\r\n plan\r\nDate:   T"))
  end)
end)

describe("a signature that counts for nothing", function()
  it("because it is of another domain (requirement 24)", function()
    local report = finds({ "error message_not_aligned" }, sign { domain = "service.example" }, nil,
      { expected = "example.com", found = "service.example" })
    assert.equal("fail", report.verdict.result)
    assert.is_truthy(report.verdict.text:find("asks receivers to reject it", 1, true))
  end)

  it("because the policy wants the very domain", function()
    local zone = {
      ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=quarantine; adkim=s" } },
      ["s1._domainkey.mail.example.com"] = { { type = "TXT", data = signed.rsa:record() } },
    }
    local message = sign { domain = "mail.example.com" }
    finds({}, message, { zone = { ["s1._domainkey.mail.example.com"] = zone["s1._domainkey.mail.example.com"] } })
    finds({ "error message_not_aligned" }, message, { zone = zone }, { expected = "example.com", found = "mail.example.com" })
  end)

  it("but does no harm beside one that is aligned", function()
    finds({}, sign({ domain = "service.example" }, sign()))
    finds({ "warning message_key_missing" }, sign({ domain = "other.example" }, sign()))
  end)

  it("because its time is over, or has not come", function()
    finds({ "error message_expired" }, sign { expire = 3600 }, { now = NOW + 7200 }, { message = "2026-11-18 12:06:40 UTC" })
    finds({ "warning message_from_future" }, sign(), { now = NOW - 7200 })
  end)

  it("because l= leaves octets unsigned", function()
    finds({ "error message_body_partly_signed" }, sign { body_length = true } .. "Buy now!\r\n", nil, { message = "10 octets" })
    finds({ "warning message_length_tag" }, sign { body_length = true })
  end)

  it("because of its key", function()
    local name = "s1._domainkey.example.com"
    local function with(text)
      return { zone = { [name] = { text and { type = "TXT", data = text } } } }
    end
    finds({ "error message_key_missing" }, sign(), { zone = { [name] = false } }, { name = name })
    finds({ "error message_key_missing" }, sign(), with "v=spf1 -all")
    finds({ "error message_key_revoked" }, sign(), with "v=DKIM1; p=", { name = name })
    finds({ "error message_key_unusable" }, sign(), with "v=DKIM1; p=AAAA")
    finds({ "error message_key_of_other_kind" }, sign(), with(assert(key.generate { type = "ed25519" }):record()),
      { name = name, found = "rsa-sha256" })
    finds({ "error message_other_key" }, sign(), with(assert(key.generate { type = "rsa" }):record()), { name = name })
    finds({ "warning message_key_testing" }, sign(), with(signed.rsa:record() .. "; t=y"))
  end)

  it("because it is none", function()
    finds({ "error message_signature_invalid" }, "DKIM-Signature: v=2; nothing\r\n" .. relayed.PLAIN)
    finds({ "error message_signature_invalid" }, (sign():gsub("rsa%-sha256", "rsa-sha1", 1)), nil, { message = "SHA-1" })
    finds({ "error message_not_signed" }, relayed.PLAIN)
  end)

  it("because there are too many", function()
    local message = relayed.PLAIN
    for _ = 1, 12 do
      message = sign(nil, message)
    end
    finds({ "warning message_signatures_ignored" }, message, nil, { found = 2 })
  end)

  it("for fields that it does not cover (requirement 18)", function()
    finds({ "warning message_fields_unsigned" }, sign { headers = { "From", "Date" } }, nil, { message = "to, subject, message-id" })
    finds({}, sign({ headers = { "From", "Date" } }, "From: sender@example.com\r\nDate: Tue, 17 Nov 2026 10:00:00 +0000\r\n\r\nHello\r\n"))
  end)

  it("is told only for now where DNS does not answer", function()
    local report = finds({ "pending dns_servfail" }, sign(), { zone = { ["s1._domainkey.example.com"] = { { error = "servfail" } } } })
    assert.equal("unknown", report.status)
    assert.equal("unknown", report.verdict.result)
  end)

  it("is told only for now where DNS could not be asked at all", function()
    local report = finds({ "pending dns_servfail" }, sign(), { resolver = watched(function(name)
      return not name:find "_domainkey"
    end) })
    assert.equal(NOW + 60, report.retry_at)
  end)
end)

describe("SPF", function()
  it("that fails is told, and harmless beside a good signature", function()
    finds({ "error message_not_signed", "error message_spf_failed" }, relayed.PLAIN, FROM_ELSEWHERE)
    local report = finds({ "warning message_spf_failed" }, sign(), FROM_ELSEWHERE, { message = "198.51.100.7" })
    assert.equal("pass", report.verdict.result)
  end)

  it("that forwarding broke while DKIM survived needs nothing (requirement 24)", function()
    for _, field in ipairs {
      "X-Forwarded-To: b@example.net", "List-Id: <the.lists.example.net>", "ARC-Seal: i=1; cv=none; d=example.net",
    } do
      local report = finds({ "advice message_spf_forwarded" }, field .. "\r\n" .. sign(), FROM_ELSEWHERE)
      assert.equal("ok", report.status)
    end
  end)

  it("that passes for another domain is not aligned", function()
    finds({ "error message_not_signed", "warning message_spf_not_aligned" }, relayed.PLAIN,
      { ip = "192.0.2.1", sender = "bounce@service.example" })
    finds({}, sign(), { ip = "192.0.2.1", sender = "bounce@service.example" })
  end)

  it("may say nothing, be unusable, or be out of reach", function()
    local function with(records)
      return { ip = "192.0.2.1", sender = "sender@example.com", zone = { ["example.com"] = records } }
    end
    finds({ "error message_not_signed", "warning message_spf_neutral" }, relayed.PLAIN, with { { type = "TXT", data = "v=spf1 ?all" } })
    finds({ "error message_not_signed", "warning message_spf_neutral" }, relayed.PLAIN, with { { type = "TXT", data = "hello" } })
    finds({ "error message_not_signed", "error message_spf_unusable" }, relayed.PLAIN, with { { type = "TXT", data = "v=spf1 nonsense" } })
    local report = finds({ "pending message_spf_undecided", "warning message_not_signed" }, relayed.PLAIN, with { { error = "timeout" } })
    assert.same({ "unknown", "unknown" }, { report.verdict.result, report.status })
  end)
end)

describe("what is no message", function()
  it("is not judged as one", function()
    for _, text in ipairs { "", "\n", "\r\n\r\n", "hello world\r\n", "\127ELF\2\1\0\0:\n\0", "\239\187\191", (":\r\n"):rep(10) } do
      local report, cause, code = check.message(text, { resolver = watched(), now = NOW })
      assert.same({ nil, "that is no message: it has no header field", "not_a_message" }, { report, cause, code })
    end
  end)
end)

describe("a mailbox", function()
  local LINE = "From sender@example.com Sun Nov  1 09:30:00 2026\n"
  local function boxed(...)
    local parts = {}
    for i, text in ipairs { ... } do parts[i] = LINE .. text:gsub("\r\n", "\n") .. "\n" end
    return table.concat(parts)
  end

  it("of several messages is refused, whatever its line ends", function()
    local box = boxed(relayed.PLAIN, relayed.PLAIN)
    for _, text in ipairs { box, (box:gsub("\n", "\r\n")) } do
      local report, cause, code = check.message(text, { resolver = watched(), now = NOW })
      assert.same({ nil, "that is a mailbox of several messages: check each by itself", "several_messages" }, { report, cause, code })
    end
  end)

  it("of one message is that message, also where a line of it begins as a mailbox's does", function()
    for _, body in ipairs { "From here on\r\n", "a\r\n\r\nFrom me at 9:30, 2026\r\n\r\nb\r\n", "a\r\nFrom x 9:30 2026\r\nb: c\r\n" } do
      local text = boxed(relayed.PLAIN .. body)
      local report = assert(check.message(text, { resolver = watched(), now = NOW }))
      assert.equal("example.com", report.domain)
    end
    assert.is_table(check.message(sign() .. "\r\n" .. LINE .. "a: b\r\n", { resolver = watched(), now = NOW }))
  end)
end)

describe("a file whose line ends are mixed", function()
  local function checked(text)
    local report, cause, code = check.message(text, { resolver = watched(), now = NOW })
    return report and report.domain or code, cause
  end

  it("is refused where the header's are", function()
    local unix = sign():gsub("\r\n", "\n")
    for _, text in ipairs { (unix:gsub("\n", "\r\n", 1)), (unix:gsub("\n", "\r\n", 5)), "From: a@example.com\r\n\nb" } do
      local code, cause = checked(text)
      assert.equal("mixed_line_ends", code)
      assert.matches("LF alone", cause, 1, true)
    end
  end)

  it("is a message where a body's are, or the first line alone has none of CRLF", function()
    assert.equal("example.com", checked(sign() .. "a\n\nb\n"))
    assert.equal("example.com", checked((sign():gsub("\r\n", "\n", 1))))
  end)
end)

describe("an address that is none", function()
  it("is refused, whether or not SPF can be evaluated", function()
    for _, sender in ipairs { "a@example.com", false } do
      local _, _, code = check.message(sign(), { resolver = watched(), now = NOW, ip = "300.1.1.1", sender = sender or nil })
      assert.equal("bad_address", code)
    end
  end)
end)

describe("a status", function()
  local out_of_reach = { { error = "timeout" } }
  local function with(name)
    return { zone = { [name] = out_of_reach } }
  end

  it("is that of the verdict: what DNS did not say makes no error, and nothing open of what is proven otherwise", function()
    local other = sign({ domain = "service.example" }, sign())
    local of_key, dmarc = with "s1._domainkey.example.com", with "_dmarc.example.com"
    for _, case in ipairs {
      { "pass", "ok", sign() }, { "fail", "error", sign() .. "footer\r\n" }, { "fail", "error", relayed.PLAIN },
      { "fail", "error", sign { domain = "service.example" } },
      { "pass", "warning", sign({ selector = "e1", key = signed.ed25519 }, sign()), of_key },
      { "unknown", "unknown", other, of_key }, { "unknown", "unknown", sign(), dmarc }, { "unknown", "unknown", sign() .. "x\r\n", dmarc },
      { "unknown", "unknown", relayed.PLAIN, dmarc }, { "fail", "error", sign() .. "footer\r\n", of_key },
    } do
      local report = relayed.check(case[3], case[4])
      said(report)
      assert.same({ case[1], case[2] }, { report.verdict.result, report.status })
    end
  end)

  it("of a body that was changed needs no key", function()
    finds({ "error message_footer_added" }, sign() .. "____\r\nfooter\r\n", with "s1._domainkey.example.com")
  end)
end)

describe("DMARC", function()
  it("may be missing, or out of reach", function()
    local report = finds({ "warning message_no_dmarc" }, sign(), { zone = { ["_dmarc.example.com"] = false } })
    assert.equal("pass", report.verdict.result)
    report = finds({ "pending message_dmarc_undecided" }, sign(), { zone = { ["_dmarc.example.com"] = { { error = "timeout" } } } })
    assert.equal("unknown", report.verdict.result)
  end)

  it("needs one author", function()
    for _, from in ipairs { "From: a@example.com\r\nFrom: b@example.com", "From: nobody", "From: a@example.com, b@example.net", "X: y" } do
      local report = relayed.check(replace(relayed.PLAIN, 'From: "A. Sender" <sender@example.com>', from))
      assert.equal("fail", report.verdict.result)
      assert.is_truthy(table.concat(said(report), " "):find("error message_no_author", 1, true), from)
    end
  end)
end)

describe("a message that was sent in bulk", function()
  local bulk = "List-Unsubscribe: <https://example.com/u>\r\n" .. relayed.PLAIN

  it("should let one unsubscribe with one click", function()
    local report = finds({ "warning profile_one_click", "warning profile_list_unsubscribe" }, sign(nil, bulk))
    assert.equal("pass", report.verdict.result)
    finds({}, sign(nil, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" .. bulk))
  end)

  it("is judged by what large receivers ask, and any other, too", function()
    for _, message in ipairs { bulk, relayed.PLAIN } do
      local judged = {}
      for _, requirement in ipairs(relayed.check(sign(nil, message)).profile.requirements) do
        judged[requirement.subject] = requirement.met
      end
      assert.same({ true, true }, { judged.dkim, judged.alignment })
    end
  end)

  it("is not taken for one because of what a discussion list adds", function()
    finds({}, "List-Post: <mailto:list@lists.example.net>\r\nList-Unsubscribe: <mailto:list@lists.example.net>\r\n" .. sign())
  end)
end)

describe("ARC", function()
  local sets = "ARC-Seal: i=1; a=rsa-sha256; t=1; cv=none; d=lists.example.net; s=s1; b=AAAA\r\n"
    .. "ARC-Authentication-Results: i=1; lists.example.net;\r\n dkim=pass header.d=example.com; spf=fail\r\n"

  it("is shown for what it claims, where nothing else passes (requirement 24)", function()
    local report = finds({ "error message_footer_added", "advice message_arc_seen" }, sets .. sign() .. "____\r\nfooter\r\n")
    assert.same({ { instance = 1, domain = "lists.example.net", chain_validation = "none", authserv_id = "lists.example.net",
      claims = { "dkim=pass", "spf=fail" } } }, report.arc)
    assert.is_truthy(report.findings[2].message:find("dkim=pass, spf=fail", 1, true))
  end)

  it("that is malformed is no matter", function()
    for _, field in ipairs { "ARC-Seal: ", "ARC-Seal: i=99999; d=x", "ARC-Seal: i=0x1; d=x", "ARC-Authentication-Results: ",
      "ARC-Authentication-Results: i=1", "ARC-Authentication-Results: i=1; ;;;\255", "ARC-Seal: i=-1; d=x" } do
      assert.equal("pass", relayed.check(field .. "\r\n" .. sign()).verdict.result)
    end
    local many = {}
    for i = 1, 200 do
      many[i] = ("ARC-Seal: i=%d; d=example.net; cv=pass\r\n"):format(i % 100)
    end
    assert.equal(10, #relayed.check(table.concat(many) .. sign()).arc)
  end)
end)

describe("check.message", function()
  it("refuses what it cannot read", function()
    local resolver = assert(dns.resolver { zone = relayed.zone() })
    local report, text, code = check.message(("X: y\r\n"):rep(10000) .. "\r\n", { resolver = resolver })
    assert.is_nil(report)
    assert.equal("header_too_large", code)
    assert.is_string(text)
    report, text, code = check.message(sign(), { resolver = resolver, ip = "nowhere", sender = "a@example.com" })
    assert.is_nil(report)
    assert.equal("bad_address", code)
    assert.is_string(text)
  end)

  it("takes any octets for a message", function()
    for _, text in ipairs { "a:", "a:\r\n:\r\n\r\n", "a:\0\n", "a :" .. ("\255"):rep(1000), "From: a@example.com", "\r\r\na:\r" } do
      assert.equal("fail", relayed.check(text).verdict.result, text)
    end
  end)

  it("raises where it is used in another way than documented", function()
    assert.error_matches(function() check.message() end, "check.message wants a message")
    assert.error_matches(function() check.message("", { selectors = {} }) end, "knows no option \"selectors\"")
    assert.error_matches(function() check.message("", { ip = 1 }) end, "ip must be an address")
  end)
end)

describe("every finding about messages", function()
  it("is met here", function()
    local missing = {}
    for _, code in ipairs(catalogue.codes "^check message") do
      if not met[code] then
        missing[#missing + 1] = code
      end
    end
    assert.same({}, missing)
  end)
end)
