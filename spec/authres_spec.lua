local authres = require "mailseal.authres"
local linear = require "spec.support.linear"

local function parse(text)
  return assert(authres.parse(text))
end

-- The field in one line, as a parser unfolds it.
local function unfolded(field)
  return (field:gsub("\r\n([ \t])", "%1"))
end

-- One field: no line break but folding and the last, no line over 998 octets, nothing outside printable ASCII.
local function assert_one_field(field)
  assert.truthy(field:find("^Authentication%-Results: "))
  assert.equal("\r\n", field:sub(-2))
  local line = unfolded(field:sub(1, -3))
  assert.is_nil(line:find("[^ -~\t]"))
  for physical in field:gmatch("[^\r\n]+") do
    assert.is_true(#physical <= 998)
    assert.truthy(physical:find("%S"))
  end
end

describe("authres.write", function()
  it("writes what dkim.verify found", function()
    local field = authres.write {
      authserv_id = "mx.example.org",
      results = {
        {
          result = "pass", domain = "example.com", identity = "@example.com", selector = "s1", algorithm = "rsa-sha256",
          key_bits = 2048, signature = "dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSb", text = "the signature is good",
        },
        {
          result = "fail", reason = "body_hash_mismatch", text = "the body was changed after it was signed", domain = "example.net",
          selector = "brisbane", algorithm = "ed25519-sha256", testing = true,
        },
      },
    }
    assert.equal(table.concat({
      "Authentication-Results: mx.example.org;",
      "\tdkim=pass (2048-bit rsa-sha256) header.d=example.com header.i=@example.com",
      "\theader.s=s1 header.a=rsa-sha256 header.b=dzdVyOfA;",
      "\tdkim=fail (testing) reason=\"the body was changed after it was signed\"",
      "\theader.d=example.net header.s=brisbane header.a=ed25519-sha256",
      "",
    }, "\r\n"), field)
  end)

  it("writes none where there is no result", function()
    assert.equal("Authentication-Results: example.org; none\r\n", authres.write { authserv_id = "example.org" })
    assert.equal("Authentication-Results: example.org 1; none\r\n",
      authres.write { authserv_id = "example.org", version = 1, results = {} })
    assert.equal("Authentication-Results: example.org;\r\n\tdkim=none\r\n",
      authres.write { authserv_id = "example.org", results = { { method = "dkim", result = "none" } } })
  end)

  it("writes results of any method", function()
    local field = authres.write {
      authserv_id = "example.com",
      results = {
        {
          method = "spf", result = "pass", reason = "fine", comments = { "the sender (or so)" },
          properties = { ["smtp.mailfrom"] = "example.net", ["smtp.helo"] = "mx" },
        },
      },
    }
    assert.equal(table.concat({
      "Authentication-Results: example.com;",
      "\tspf=pass (the sender \\(or so\\)) reason=fine smtp.helo=mx",
      "\tsmtp.mailfrom=example.net",
      "",
    }, "\r\n"), field)
  end)

  it("writes what DKIM, SPF and DMARC found together, each with its own properties", function()
    local dmarc, dns = require "mailseal.dmarc", require "mailseal.dns"
    local resolver = assert(dns.resolver { zone = { ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject" } } } })
    local dkim = {
      { method = "dkim", result = "pass", domain = "mailer.test", selector = "s1\r\nX: y" },
      { method = "dkim", result = "permerror", domain = "a;b\0c d", text = "no key\r\n\r\nhello" },
    }
    local spf = {
      method = "spf", result = "fail", domain = "mailer.test", reason = "a\nb",
      properties = { ["smtp.mailfrom"] = "x y;dmarc=pass@mailer.test\r\nX: z" },
    }
    local verdict = assert(dmarc.evaluate {
      message = "From: a@example.com\r\n\r\n", dkim = dkim, spf = spf, resolver = resolver,
    })
    local field = authres.write { authserv_id = "mx.example.org", results = { dkim[1], dkim[2], spf, verdict } }
    assert_one_field(field)
    local results = parse(field).results
    assert.equal(4, #results)
    assert.same({ "dkim", "dkim", "spf", "dmarc" }, { results[1].method, results[2].method, results[3].method, results[4].method })
    assert.same({
      method = "dmarc", result = "fail", reason = "not_aligned", comments = {},
      properties = { ["header.from"] = "example.com", ["policy.dmarc"] = "reject" },
    }, results[4])
    assert.equal("x y;dmarc=pass@mailer.test??X: z", results[3].properties["smtp.mailfrom"])
    assert.equal("a;b?c d", results[2].properties["header.d"])
  end)

  it("writes every verdict of DMARC", function()
    local dmarc, dns = require "mailseal.dmarc", require "mailseal.dns"
    local resolver = assert(dns.resolver { zone = { ["_dmarc.slow.test"] = { { error = "timeout" } } } })
    for message, expected in pairs {
      ["From: a@example.com"] = "dmarc=none reason=no_record header.from=example.com",
      ["From: a@slow.test"] = "dmarc=temperror reason=dns header.from=slow.test",
      ["From: a@example.com\r\nFrom: b@example.com"] = "dmarc=permerror reason=multiple_from",
      ["From: a@bücher.example"] = "dmarc=none reason=no_record header.from=xn--bcher-kva.example",
    } do
      local verdict = assert(dmarc.evaluate { message = message .. "\r\n\r\n", resolver = resolver })
      local field = authres.write { authserv_id = "a", results = { verdict } }
      assert.equal("Authentication-Results: a;\t" .. expected .. "\r\n", unfolded(field))
    end
  end)

  it("gives as much of b= as tells signatures apart (RFC 6008)", function()
    local field = authres.write {
      authserv_id = "a",
      results = {
        { result = "pass", signature = "AAAABBBBCCCCDDDD" },
        { result = "pass", signature = "AAAABBBBCCCCEEEE" },
        { result = "pass", signature = "ZZ\r\n\tZZYYYYXXXX" },
      },
    }
    local results = parse(field).results
    assert.equal("AAAABBBBCCCCD", results[1].properties["header.b"])
    assert.equal("AAAABBBBCCCCE", results[2].properties["header.b"])
    assert.equal("ZZZZYYYY", results[3].properties["header.b"])
  end)

  it("writes identities as addresses, and quotes what is neither that nor a token", function()
    local function property(value)
      local field = authres.write { authserv_id = "a", results = { { result = "pass", identity = value } } }
      return field:match("header%.i=(.-)\r\n")
    end
    assert.equal("@example.com", property "@example.com")
    assert.equal("a.b+c=d/e@example.com", property "a.b+c=d/e@example.com")
    assert.equal('"a b"@example.com', property '"a b"@example.com')
    assert.equal('".a@example.com"', property ".a@example.com")
    assert.equal('"a b@example.com"', property "a b@example.com")
    assert.equal('"a\\"b@example.com"', property 'a"b@example.com')
    assert.equal('"a/b"', property "a/b")
    assert.equal('""', property "")
  end)

  it("writes A-labels, or UTF-8 for an SMTPUTF8 message", function()
    local results = { { result = "fail", domain = "bücher.example", identity = "jürgen@bücher.example", text = "größer" } }
    local plain = authres.write { authserv_id = "é.example", results = results }
    assert_one_field(plain)
    assert.same({
      authserv_id = "xn--9ca.example", version = 1,
      results = {
        {
          method = "dkim", result = "fail", reason = "gr????er", comments = {},
          properties = { ["header.d"] = "xn--bcher-kva.example", ["header.i"] = "j??rgen@xn--bcher-kva.example" },
        },
      },
    }, parse(plain))
    local utf8 = parse(authres.write { authserv_id = "é.example", results = results, utf8 = true })
    assert.equal("é.example", utf8.authserv_id)
    assert.equal("größer", utf8.results[1].reason)
    assert.equal("jürgen@bücher.example", utf8.results[1].properties["header.i"])
  end)

  it("writes no octets that are no UTF-8, and nothing invisible, even for an SMTPUTF8 message", function()
    for bad, wanted in pairs {
      ["a\255b"] = "a?b", ["a\192\128"] = "a??", ["\237\160\128"] = "???", ["a\194\133b"] = "a?b", ["a\226\128\174b"] = "a?b",
      ["\244\144\128\128"] = "????", ["\195"] = "?", ["\127"] = "?",
    } do
      local field = authres.write { authserv_id = "a", utf8 = true, results = { { result = "fail", domain = bad } } }
      assert.equal(wanted, parse(field).results[1].properties["header.d"])
    end
  end)

  describe("lets nothing out of its value", function()
    local attacks = {
      "evil.example\r\nX-Injected: yes", "evil.example\nX-Injected: yes", "evil.example\rX: y", "a\0b",
      "a; spf=pass smtp.mailfrom=bank.example",
      "a\"; spf=pass", "a\\\"; spf=pass", "a\\", "\\", "\"", "a (comment", "a) comment", "(((((", "\r\n\r\n<html>",
      "a header.d=bank.example",
      "a\t\tb", ("x"):rep(5000), ("\\"):rep(400), ("a "):rep(400), ("ü"):rep(400), "\"a\\\"@b.example", "\"@b.example", "\\\"@b.example",
      "a@b.example;c@d", "\"a\r\nb\"@c.example", "none", "; none", "=", "", " ", "a  b",
    }

    it("be it a property, a reason or a comment", function()
      for _, attack in ipairs(attacks) do
        local field = authres.write {
          authserv_id = "mx.example.org",
          results = {
            {
              result = "fail", text = attack, domain = attack, identity = attack, selector = attack, algorithm = attack,
                signature = attack,
            },
            {
              method = "spf", result = "fail", reason = attack, comments = { attack, attack }, properties = {
                ["smtp.mailfrom"] = attack },
            },
            { method = "x", result = "pass", properties = {} },
          },
        }
        assert_one_field(field)
        local parsed = parse(field)
        assert.equal("mx.example.org", parsed.authserv_id)
        assert.equal(3, #parsed.results)
        for i, method in ipairs { "dkim", "spf", "x" } do
          assert.equal(method, parsed.results[i].method)
          assert.equal(i == 3 and "pass" or "fail", parsed.results[i].result)
        end
        local names = {}
        for name in pairs(parsed.results[1].properties) do
          names[#names + 1] = name
        end
        table.sort(names)
        assert.equal(attack == "" and "header.a header.d header.i header.s" or "header.a header.b header.d header.i header.s",
          table.concat(names, " "))
        assert.equal(2, #parsed.results[2].comments)
        assert.same({}, parsed.results[3].properties)
      end
    end)

    it("and what holds no control character comes back as it was", function()
      local seed = 5
      for _ = 1, 2000 do
        local octets = {}
        for i = 1, 12 do
          seed = (seed * 16807) % 2147483647
          octets[i] = seed % 3 == 0 and ('\\"();@.=, '):sub(seed % 10 + 1, seed % 10 + 1) or string.char(33 + seed % 94)
        end
        local value = table.concat(octets)
        local text = (value:gsub(" +", " "):gsub("^ ", ""):gsub(" $", ""))
        local field = authres.write {
          authserv_id = value,
          results = {
            { method = "m", result = "pass", reason = value, comments = { value }, properties = { ["a.b"] = value, ["a.c"] = value } },
          },
        }
        assert_one_field(field)
        assert.same({
          authserv_id = value, version = 1,
          results = {
            { method = "m", result = "pass", reason = text, comments = { text }, properties = { ["a.b"] = value, ["a.c"] = value } },
          },
        }, parse(field))
      end
    end)
  end)

  it("folds at 78 columns", function()
    local long = ("word "):rep(40)
    local field = authres.write {
      authserv_id = "mx.example.org",
      results = {
        { result = "fail", text = long, domain = ("d"):rep(40), selector = ("s"):rep(30), algorithm = "rsa-sha256" },
        { method = "x", result = "pass", comments = { long }, properties = { ["a.b"] = ("v"):rep(70) } },
      },
    }
    for line in field:gmatch("[^\r\n]+") do
      assert.is_true(#line <= 78, line)
    end
    assert.equal(("word "):rep(40):sub(1, -2), parse(field).results[1].reason)
    assert.equal(("word "):rep(40):sub(1, -2), parse(field).results[2].comments[1])
  end)

  it("raises where the programmer gives no proper words", function()
    for _, options in ipairs {
      {}, { authserv_id = "" }, { authserv_id = "a\r\nb" }, { authserv_id = "a", version = "x" },
      { authserv_id = "a", results = { {} } }, { authserv_id = "a", results = { { result = "pa ss" } } },
      { authserv_id = "a", results = { { method = "a=b", result = "pass" } } },
      { authserv_id = "a", results = { { method = "a", result = "pass", properties = { ["a b"] = "c" } } } },
    } do
      assert.has_error(function()
        authres.write(options)
      end)
    end
  end)
end)

describe("authres.parse", function()
  describe("reads the examples of RFC 8601, appendix B:", function()
    it("B.2, none", function()
      assert.same({ authserv_id = "example.org", version = 1, results = {} }, parse "Authentication-Results: example.org 1; none")
    end)

    it("B.3, SPF", function()
      assert.same({
        authserv_id = "example.com", version = 1,
        results = { { method = "spf", result = "pass", properties = { ["smtp.mailfrom"] = "example.net" }, comments = {} } },
      }, parse "Authentication-Results: example.com;\r\n          spf=pass smtp.mailfrom=example.net\r\n")
    end)

    it("B.4, several methods", function()
      assert.same({
        authserv_id = "example.com", version = 1,
        results = {
          { method = "auth", result = "pass", properties = { ["smtp.auth"] = "sender@example.net" }, comments = { "cram-md5" } },
          { method = "spf", result = "pass", properties = { ["smtp.mailfrom"] = "example.net" }, comments = {} },
        },
      }, parse("Authentication-Results: example.com;\r\n          auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n"
        .. "          spf=pass smtp.mailfrom=example.net\r\n"))
      assert.same({
        authserv_id = "example.com", version = 1,
        results = { { method = "iprev", result = "pass", properties = { ["policy.iprev"] = "192.0.2.200" }, comments = {} } },
      }, parse "Authentication-Results: example.com; iprev=pass\r\n          policy.iprev=192.0.2.200\r\n")
    end)

    it("B.5, a comment", function()
      assert.same({
        authserv_id = "example.com", version = 1,
        results = { { method = "dkim", result = "pass", properties = { ["header.d"] = "example.com" }, comments = {
          "good signature" } } },
      }, parse "Authentication-Results: example.com;\r\n          dkim=pass (good signature) header.d=example.com")
    end)

    it("B.6, reasons", function()
      assert.same({
        authserv_id = "example.com", version = 1,
        results = {
          {
            method = "dkim", result = "pass", reason = "good signature", comments = {},
            properties = { ["header.i"] = "@mail-router.example.net" },
          },
          {
            method = "dkim", result = "fail", reason = "bad signature", comments = {},
            properties = { ["header.i"] = "@newyork.example.com" },
          },
        },
      }, parse("Authentication-Results: example.com;\r\n      dkim=pass reason=\"good signature\"\r\n"
        .. "        header.i=@mail-router.example.net;\r\n      dkim=fail reason=\"bad signature\"\r\n"
        .. "        header.i=@newyork.example.com\r\n"))
    end)

    it("B.7, comments everywhere", function()
      assert.same({
        authserv_id = "foo.example.net", version = 1,
        results = {
          {
            method = "dkim", method_version = 1, result = "fail", properties = { ["policy.expired"] = "1362471462" },
            comments = {
              "Because I like it", "One yay", "wait for it", "A dot can go here", "like that", "this surprised me",
              "as I wasn't expecting it",
            },
          },
        },
      }, parse("Authentication-Results: foo.example.net (foobar) 1 (baz);\r\n"
        .. "    dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n"
        .. "      policy (A dot can go here) . (like that) expired\r\n"
        .. "      (this surprised me) = (as I wasn't expecting it) 1362471462\r\n"))
    end)
  end)

  it("takes the value alone, and any case of the name", function()
    assert.equal("a", parse("a; none").authserv_id)
    assert.equal("a", parse("AUTHENTICATION-RESULTS : a; NONE").authserv_id)
    assert.equal("a b", parse('"a b" 1; none').authserv_id)
    assert.equal("pass", parse("a; DKIM=PASS Header.D=Example.COM").results[1].result)
    assert.equal("Example.COM", parse("a; DKIM=PASS Header.D=Example.COM").results[1].properties["header.d"])
  end)

  it("reads quoted strings, escapes and nested comments", function()
    local result = parse('a; x=y (a (b \\) c) d) reason="a \\"b\\" \\\\ (c);" p.q="r; s=t" p.r="u v"@w.example p.s=""').results[1]
    assert.same({ "a (b ) c) d" }, result.comments)
    assert.equal('a "b" \\ (c);', result.reason)
    assert.same({ ["p.q"] = "r; s=t", ["p.r"] = '"u v"@w.example', ["p.s"] = "" }, result.properties)
  end)

  it("reads what common servers write beyond the grammar", function()
    local parsed = parse("a; dmarc=pass action=none header.from=b.example;compauth=pass reason=100; iprev=pass policy.iprev=2001:db8::1"
      .. " (x); dkim=pass header.b=a/b+c=; arc=none;")
    assert.equal(5, #parsed.results)
    assert.equal("none", parsed.results[1].properties.action)
    assert.equal("100", parsed.results[2].reason)
    assert.equal("2001:db8::1", parsed.results[3].properties["policy.iprev"])
    assert.equal("a/b+c=", parsed.results[4].properties["header.b"])
  end)

  it("tells none from a method that starts so", function()
    assert.equal("nonesuch", parse("a; nonesuch=pass").results[1].method)
  end)

  it("keeps the first of a property that comes twice", function()
    local result = parse("a; dkim=pass reason=x reason=y header.d=b header.d=c").results[1]
    assert.equal("b", result.properties["header.d"])
    assert.equal("x", result.reason)
  end)

  it("calls the rest malformed", function()
    for _, text in ipairs {
      "", ";", "a", "a;", "a 1", "a; ;", "; none", "a; none; dkim=pass", "a; none none", "a; dkim", "a; dkim=", "a; dkim pass",
      "a b; none",
      "a; dkim=pass header", "a; dkim=pass header.", "a; dkim=pass header.d", "a; dkim=pass header.d=", "a; dkim=pass header.d=;",
      "a; dkim=pass (x", "a; dkim=pass (x\\)", "a; dkim=pass reason=\"x", "a; dkim=pass reason=\"x\\\"", "a; dkim/x=pass",
        "a; dkim=pass)",
      "a; dkim=pass\0", "a; dkim=pass\r\nX: y", "a; dkim=pass\nX: y", "a; dkim=pass\r x", "a=b; none", "a; =pass",
    } do
      local parsed, words, code = authres.parse(text)
      assert.is_nil(parsed, text)
      assert.is_string(words)
      assert.equal("malformed", code)
    end
  end)

  it("takes no depth of comments", function()
    assert.is_nil((authres.parse("a; x=y " .. ("("):rep(51) .. (")"):rep(51))))
    assert.truthy(authres.parse("a; x=y " .. ("("):rep(50) .. (")"):rep(50)))
  end)

  it("takes linear time", function()
    local attacks = {
      function(n) assert.is_nil((authres.parse("a; x=y " .. ("("):rep(n)))) end,
      function(n) assert.truthy(authres.parse("a" .. ("; x=y p.q=r"):rep(n / 10))) end,
      function(n) assert.truthy(authres.parse("a; x=y " .. ("(c) "):rep(n / 10))) end,
      function(n) assert.truthy(authres.parse("a; x=y" .. (" p.q=r"):rep(n / 10))) end,
      function(n) assert.truthy(authres.parse('a; x=y reason="' .. ("\\a"):rep(n) .. '"')) end,
      function(n) assert.is_nil((authres.parse("a; x=y" .. ("\r\n "):rep(n) .. "!"))) end,
    }
    for i, attack in ipairs(attacks) do
      assert.is_true(linear(attack, 50000), i)
    end
  end)
end)

describe("authres.strip", function()
  local body = "From: a@b.example\r\n\r\nAuthentication-Results: mx.example.org; none\r\n"

  it("removes the fields that claim to be one's own, and no other (RFC 8601 section 5)", function()
    local other = "Authentication-Results: other.example;\r\n\tdkim=pass\r\n"
    local message, removed = authres.strip("Authentication-Results: mx.example.org;\r\n\tdkim=pass header.d=bank.example\r\n" .. other
      .. "authentication-results : MX.Example.ORG 1; none\r\nSubject: x\r\n"
      .. "Authentication-Results: (c)\r\n \"mx.example.org\"; none\r\n" .. body, "mx.example.org")
    assert.equal(other .. "Subject: x\r\n" .. body, message)
    assert.equal(3, removed)
  end)

  it("removes what it cannot read, and other versions", function()
    for _, field in ipairs {
      "Authentication-Results: \r\n", "Authentication-Results: (mx.example.org; none\r\n",
      "Authentication-Results: other.example 2; none\r\n", "Authentication-Results: other\0.example; none\r\n",
    } do
      assert.equal(body, (authres.strip(field .. body, "mx.example.org")), field)
    end
    local malformed = "Authentication-Results: other.example; what\r\n"
    assert.equal(malformed .. body, (authres.strip(malformed .. body, "mx.example.org")))
    assert.equal(body, (authres.strip(malformed .. body, "other.example")))
  end)

  it("removes one that hides behind a bare CR or LF, or a folded name", function()
    local forged = "Authentication-Results: mx.example.org; dkim=pass\r\n"
    assert.equal("Subject: x\n" .. body, (authres.strip("Subject: x\n" .. forged .. body, "mx.example.org")))
    assert.equal("Subject: x\r" .. body, (authres.strip("Subject: x\r" .. forged .. body, "mx.example.org")))
    assert.equal(body, (authres.strip("Authentication-Results\r\n : mx.example.org; dkim=pass\r\n" .. body, "mx.example.org")))
  end)

  it("leaves the body of a message with LF alone whole, too", function()
    local lf_body = body:gsub("\r", "")
    local forged = "Authentication-Results: mx.example.org; dkim=pass\n"
    assert.equal(lf_body, (authres.strip(forged .. lf_body, "mx.example.org")))
    assert.equal("\n" .. forged, (authres.strip("\n" .. forged, "mx.example.org")))
    assert.equal("Subject: x\n", (authres.strip("Subject: x\n" .. forged, "mx.example.org")))
  end)

  it("does not take an empty line of bare LF for the end of a header with CRLF", function()
    local forged = "Authentication-Results: mx.example.org; dkim=pass\r\n"
    assert.equal("Subject: x\n\n" .. body, (authres.strip("Subject: x\n\n" .. forged .. body, "mx.example.org")))
    assert.equal("Subject: x\n\ny\r\n", (authres.strip("Subject: x\n\ny\r\n" .. forged, "mx.example.org")))
  end)

  it("compares names as A-labels", function()
    for id, claim in pairs {
      ["bücher.example"] = "xn--bcher-kva.example", ["xn--bcher-kva.example"] = "BÜCHER.example", ["my id"] = '"My ID"',
    } do
      assert.equal(body, (authres.strip("Authentication-Results: " .. claim .. "; none\r\n" .. body, id)))
    end
  end)

  it("takes linear time", function()
    local pieces = {
      "X: y\r\n", "\r\n ", "\n", "\r", "Authentication-Results: mx.example.org; none\r\n", "Authentication-Results: (\r\n",
    }
    for i, piece in ipairs(pieces) do
      assert.is_true(linear(function(n)
        authres.strip(piece:rep(n) .. body, "mx.example.org")
      end, 5000), i)
    end
  end)

  it("leaves a message without a header, or without a body, whole", function()
    for _, message in ipairs {
      "", "\r\n", "\r\nAuthentication-Results: mx.example.org; none\r\n\r\n", "Subject: x\r\n", "Subject: x", body,
    } do
      assert.equal(message, (authres.strip(message, "mx.example.org")))
    end
  end)
end)
