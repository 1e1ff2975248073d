--- check_host() beyond what the suite of RFC 7208 looks at: what the result says, identities, names, addresses, faults.
local authres = require "mailseal.authres"
local dns = require "mailseal.dns"
local helper = require "spec.support.spf"
local spf = require "mailseal.spf"

local check, verdict = helper.check, helper.verdict

describe("spf.check", function()
  it("says what decided, whose record it stands in, and how many terms it took", function()
    local result = check {
      ["example.com"] = "v=spf1 a:none.example include:_spf.example -all",
      ["_spf.example"] = "v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.0/28 ~all",
    }
    assert.equal("pass", result.result)
    assert.is_nil(result.reason)
    assert.equal("include:_spf.example", result.matched)
    assert.equal("example.com", result.matched_in)
    assert.equal("example.com lets 192.0.2.1 send its mail (include:_spf.example)", result.text)
    assert.same({ 2, 1 }, { result.lookups, result.void_lookups })
    assert.same({ "example.com", "mailfrom", "a@example.com" }, { result.domain, result.identity, result.sender })
    assert.is_nil(result.explanation)
  end)

  it("names the domain that the mail is from, and whose record decided where that is another", function()
    local result = check { ["example.com"] = "v=spf1 redirect=_spf.example", ["_spf.example"] = "v=spf1 -all" }
    assert.equal("example.com does not let 192.0.2.1 send its mail (-all of _spf.example)", result.text)
    assert.same({ "-all", "_spf.example", "example.com" }, { result.matched, result.matched_in, result.domain })
  end)

  it("tells how it came, in the order of the terms", function()
    local lines = {}
    for _, step in ipairs(check({
      ["example.com"] = "v=spf1 a:%{d2}.none include:_spf.example redirect=last.example",
      ["_spf.example"] = "v=spf1 ip4:198.51.100.0/24 -all",
      ["last.example"] = "v=spf1 ?all",
    }).trace) do
      lines[#lines + 1] = table.concat({
        step.depth, step.term or step.record, step.outcome, step.lookup or "-", tostring(step.void), step.target or "-",
        step.result or "-",
      }, " | ")
    end
    assert.same({
      "0 | v=spf1 a:%{d2}.none include:_spf.example redirect=last.example | neutral | - | nil | - | -",
      "0 | a:%{d2}.none | no match | 1 | true | example.com.none | -",
      "0 | include:_spf.example | no match | 2 | nil | _spf.example | fail",
      "1 | v=spf1 ip4:198.51.100.0/24 -all | fail | - | nil | - | -",
      "1 | ip4:198.51.100.0/24 | no match | - | nil | - | -",
      "1 | -all | match | - | nil | - | -",
      "0 | redirect=last.example | redirect | 3 | nil | last.example | neutral",
      "1 | v=spf1 ?all | neutral | - | nil | - | -",
      "1 | ?all | match | - | nil | - | -",
    }, lines)
  end)

  it("names what is wrong where the record cannot be used", function()
    for expected, names in pairs {
      ["none no_domain"] = {},
      ["none no_record"] = { ["example.com"] = "v=spf10 -all" },
      ["permerror two_records"] = { ["example.com"] = { "v=spf1 -all", "V=SPF1" } },
      ["permerror syntax"] = { ["example.com"] = "v=spf1 ip4:192.0.2.0/33 -all" },
      ["permerror include_no_record"] = { ["example.com"] = "v=spf1 include:x.example -all", ["x.example"] = "hello" },
      ["permerror include_no_domain"] = { ["example.com"] = "v=spf1 include:x.example -all" },
      ["permerror include_bad_domain"] = { ["example.com"] = "v=spf1 include:%{l1}..%{d} -all" },
      ["permerror redirect_no_record"] = { ["example.com"] = "v=spf1 redirect=x.example", ["x.example"] = "hello" },
      ["permerror redirect_no_domain"] = { ["example.com"] = "v=spf1 redirect=x.example" },
      ["permerror redirect_bad_domain"] = { ["example.com"] = "v=spf1 redirect=%{l1}..%{d}" },
      ["neutral no_match"] = { ["example.com"] = "v=spf1 ip4:198.51.100.1" },
      ["temperror servfail"] = { ["example.com"] = "error servfail" },
      ["temperror timeout"] = { ["example.com"] = "v=spf1 a:x.example -all", ["x.example"] = "error timeout" },
      ["temperror dnssec_bogus"] = { ["example.com"] = "v=spf1 exists:x.example -all", ["x.example"] = "error bogus" },
    } do
      local result = check(names)
      assert.equal(expected, result.result .. " " .. result.reason)
      assert.is_nil(result.text:find("{%l%l"), result.text)
    end
  end)

  it("points at the term of a record that is wrong", function()
    local result = check { ["example.com"] = "v=spf1 a ip4:192.0.2.0/33 -all" }
    assert.equal("ip4:192.0.2.0/33", result.matched)
    assert.matches('^the SPF record of example.com is wrong at "ip4:192.0.2.0/33": ', result.text)
    result = check { ["example.com"] = "v=spf1" .. (" x=y"):rep(3000) }
    assert.equal("permerror syntax", result.result .. " " .. result.reason)
    assert.matches("^the SPF record of example.com is wrong[:%s]", result.text)
    assert.is_nil(result.text:find('""', 1, true))
  end)

  it("does not take a fault for an answer, and says when to try again", function()
    local now = 1800000000
    local resolver = assert(dns.resolver { zone = helper.zone { ["example.com"] = "error refused" }, now = function() return now end })
    local result = assert(spf.check { ip = "192.0.2.1", sender = "a@example.com", resolver = resolver })
    assert.equal("temperror", result.result)
    assert.equal(now + 60, result.retry_at)
    assert.is_nil(check({ ["example.com"] = "v=spf1 -all" }).retry_at)
  end)

  it("asks for nothing that it does not need", function()
    local _, resolver = check {
      ["example.com"] = { "v=spf1 ip4:192.0.2.1 a mx include:x.example ~all exp=e.example", "A 192.0.2.1" },
    }
    assert.same({ "TXT example.com" }, resolver.asked)
    _, resolver = check({
      ["example.com"] = { "v=spf1 a mx a mx -all", "A 192.0.2.9", "MX 10 example.com.", "MX 20 x.example.com." },
      ["x.example.com"] = "A 192.0.2.9",
    })
    assert.same({ "TXT example.com", "A example.com", "MX example.com", "A x.example.com" }, resolver.asked)
  end)

  it("can be written into Authentication-Results", function()
    local field = authres.write {
      authserv_id = "mx.example.org",
      results = { check { ["example.com"] = "v=spf1 -all" }, (check({ ["mail.example.com"] = "v=spf1 a", }, { sender = "" })) },
    }
    local parsed = assert(authres.parse(field))
    assert.same({ "spf", "fail", { ["smtp.mailfrom"] = "example.com" } },
      { parsed.results[1].method, parsed.results[1].result, parsed.results[1].properties })
    assert.same({ ["smtp.helo"] = "mail.example.com" }, parsed.results[2].properties)
  end)
end)

describe("the identity", function()
  local zone = { ["mail.example.com"] = "v=spf1 +all", ["example.com"] = "v=spf1 -all" }

  it("is the sender's, or that of HELO where there is no sender", function()
    assert.equal("fail", verdict(zone))
    assert.equal("fail", verdict(zone, { sender = "<a@example.com>" }))
    assert.equal("fail", verdict(zone, { sender = "@example.com" }))
    assert.equal("fail", verdict(zone, { sender = "example.com" }))
    assert.equal("fail", verdict(zone, { sender = '"a@mail.example.com"@example.com' }))
    for _, empty in ipairs { "", "<>" } do
      local result = check(zone, { sender = empty })
      assert.same({ "pass", "helo", "postmaster@mail.example.com" }, { result.result, result.identity, result.sender })
    end
    assert.equal("helo", check(zone, { identity = "helo" }).identity)
    assert.equal("pass", verdict(zone, { identity = "helo" }))
  end)

  it("is no domain where HELO is an address, one word or nothing, and then nothing is asked", function()
    for _, name in ipairs { "[192.0.2.1]", "localhost", "", "a..example", "-\0.example", "a b.example", ("x"):rep(64) .. ".example" } do
      local result, resolver = check(zone, { sender = "", helo = name })
      assert.equal("none bad_domain", result.result .. " " .. result.reason)
      assert.same({}, resolver.asked)
    end
  end)

  it("may have a dot at its end, and upper case", function()
    assert.equal("fail", verdict(zone, { sender = "a@Example.COM." }))
  end)
end)

describe("the address", function()
  it("of IPv4 in IPv6's clothes is one of IPv4", function()
    local result = check({ ["example.com"] = "v=spf1 ip6:::/0 -ip4:192.0.2.1 ?all" }, { ip = "::ffff:192.0.2.1" })
    assert.same({ "fail", "192.0.2.1" }, { result.result, result.ip })
    assert.equal("pass", verdict({ ["example.com"] = { "v=spf1 a -all", "A 192.0.2.1" } }, { ip = "::FFFF:C000:0201" }))
  end)

  it("is compared bit by bit", function()
    for prefix, expected in pairs { [0] = "pass", [7] = "pass", [24] = "pass", [25] = "pass", [26] = "fail", [32] = "fail" } do
      assert.equal(expected, verdict { ["example.com"] = "v=spf1 ip4:192.0.2.77/" .. prefix .. " -all" })
    end
    for prefix, expected in pairs { [0] = "pass", [33] = "pass", [64] = "pass", [124] = "pass", [125] = "fail", [128] = "fail" } do
      assert.equal(expected, verdict({ ["example.com"] = "v=spf1 ip6:2001:db8::8/" .. prefix .. " -all" }, { ip = "2001:db8::1" }))
    end
  end)

  it("is asked for by its own family", function()
    local zone = { ["example.com"] = { "v=spf1 a/24//64 -all", "A 192.0.2.200", "AAAA 2001:db8::ffff" } }
    local result, resolver = check(zone, { ip = "2001:db8::1" })
    assert.equal("pass", result.result)
    assert.same({ "TXT example.com", "AAAA example.com" }, resolver.asked)
  end)

  it("that is none is told", function()
    for _, address in ipairs { "", "192.0.2", "192.0.2.256", "1:2:3", "example.com", "192.0.2.1 " } do
      local result, message, code = spf.check { ip = address, sender = "a@example.com", resolver = helper.resolver {} }
      assert.is_nil(result)
      assert.equal("bad_address", code)
      assert.matches("is not an IPv4 or IPv6 address", message)
    end
  end)
end)

describe("an explanation", function()
  local function explanation(text, options)
    return check({ ["example.com"] = "v=spf1 -all exp=why.%{d}", ["why.example.com"] = text }, options).explanation
  end

  it("is what the domain says to whom it refuses", function()
    assert.equal("a@example.com from 192.0.2.1 (example.com, mail.example.com) at mx.example.org, 1800000000",
      explanation("%{s} from %{c} (%{o}, %{h}) at %{r}, %{t}", { receiver = "mx.example.org", now = 1800000000 }))
    assert.equal("at unknown", explanation "at %{r}")
  end)

  it("is empty where the domain says nothing that can be shown", function()
    assert.equal("", explanation "%{x}")
    assert.equal("", explanation "caf\\195\\169")
    assert.equal("", explanation { "one", "two" })
    assert.equal("", explanation "error servfail")
    assert.equal("", explanation "A 192.0.2.1")
    assert.equal("", check({ ["example.com"] = "v=spf1 -all" }).explanation)
  end)

  it("holds no control characters, whatever the sender is called", function()
    local text = explanation("from %{l}", { sender = "a\r\n250 ok\27[2J@example.com" })
    assert.is_nil(text:find("%c"))
  end)

  it("is not asked for unless the result is fail", function()
    local _, resolver = check({ ["example.com"] = "v=spf1 ~all exp=why.example.com" })
    assert.same({ "TXT example.com" }, resolver.asked)
  end)
end)

describe("internationalised mail (RFC 8616)", function()
  it("is evaluated for the domain in A-labels, in macros, too", function()
    local zone = {
      ["xn--bcher-kva.example"] = "v=spf1 exists:%{o}.list.example -all exp=why.example",
      ["xn--bcher-kva.example.list.example"] = "A 127.0.0.2",
    }
    local result = check(zone, { sender = "post@bücher.example" })
    assert.same({ "pass", "xn--bcher-kva.example", "post@xn--bcher-kva.example" }, { result.result, result.domain, result.sender })
    assert.equal("pass", verdict(zone, { sender = "", helo = "Bücher.example" }))
    assert.equal("none bad_domain", verdict(zone, { sender = "a@\255.example" }))
  end)

  it("with a local part beyond ASCII matches no term that has it in its name, and nothing is asked for it", function()
    local zone = {
      ["example.com"] = "v=spf1 exists:%{l}.x.example a:%{S}.x.example include:%{l}.y.example ip4:192.0.2.1 -all",
    }
    local result, resolver = check(zone, { sender = "jürgen@example.com" })
    assert.equal("pass", result.result)
    assert.equal("ip4:192.0.2.1", result.matched)
    assert.equal("ignored", result.trace[2].outcome)
    assert.same({ "TXT example.com" }, resolver.asked)
    assert.equal("neutral no_match", verdict({ ["example.com"] = "v=spf1 redirect=%{l}.x.example" }, { sender = "jürgen@example.com" }))
  end)

  it("has no explanation that would hold such a local part", function()
    local zone = { ["example.com"] = "v=spf1 -all exp=why.example", ["why.example"] = "%{l} may not" }
    assert.equal("", check(zone, { sender = "jürgen@example.com" }).explanation)
    zone["why.example"] = "%{o} may not"
    assert.equal("example.com may not", check(zone, { sender = "jürgen@example.com" }).explanation)
  end)
end)

describe("names that macros make", function()
  it("may hold octets that a host's name never has", function()
    local zone = { ["example.com"] = "v=spf1 exists:%{l}.users.example -all", ["a\\\\b\\034c\\040.users.example"] = "A 127.0.0.2" }
    assert.equal("pass", verdict(zone, { sender = 'a\\b"c(@example.com' }))
  end)

  it("are one name with those of the address, whatever the case", function()
    local zone = {
      ["example.com"] = "v=spf1 ptr:%{d2} -all",
      ["1.2.0.192.in-addr.arpa"] = "PTR Mail.EXAMPLE.com.",
      ["mail.example.com"] = "A 192.0.2.1",
    }
    assert.equal("pass", verdict(zone, { sender = "a@EXAMPLE.com" }))
  end)

  it("lead on with the name that they have made", function()
    local zone = {
      ["example.com"] = "v=spf1 include:%{l}.x.example -all",
      ["a\\040b.x.example"] = "v=spf1 exists:yes.%{d} -all",
      ["yes.a\\040b.x.example"] = "A 127.0.0.2",
    }
    assert.equal("pass", verdict(zone, { sender = "a(b@example.com" }))
  end)
end)
