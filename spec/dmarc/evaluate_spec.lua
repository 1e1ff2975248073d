--- mailseal.dmarc.evaluate: the verdict on a message (RFC 9989 §5.3), and alignment (§4.4).
local dmarc = require "mailseal.dmarc"
local dns = require "mailseal.dns"

local function resolver_of(names)
  local zone = {}
  for name, text in pairs(names) do
    zone[name] = { text == "timeout" and { error = text } or { type = "TXT", data = text } }
  end
  return assert(dns.resolver { zone = zone, now = function() return 1000 end })
end

local function evaluate(facts, names)
  facts.resolver = resolver_of(names)
  return assert(dmarc.evaluate(facts))
end

local function dkim(domain, result)
  return { domain = domain, result = result or "pass", selector = "s1" }
end

local function spf(domain, result)
  return { domain = domain, result = result or "pass", identity = "mailfrom" }
end

local REJECT = { ["_dmarc.example.com"] = "v=DMARC1; p=reject" }

local function message(...)
  return table.concat({ ... }, "\r\n") .. "\r\n\r\nbody\r\n"
end

describe("dmarc.evaluate", function()
  describe("passes", function()
    it("where DKIM passes for the author's domain, or one of its organization (§B.1.2)", function()
      local verdict = evaluate({ from = "example.com", dkim = { dkim "example.com" } }, REJECT)
      assert.same({ "pass", "none", "reject", "strict" },
        { verdict.result, verdict.disposition, verdict.policy, verdict.dkim[1].aligned })
      assert.equal("DKIM passes for example.com, which is the author's domain example.com", verdict.text)
      for author, signer in pairs { ["child.example.com"] = "example.com", ["example.com"] = "a.b.example.com",
        ["x.example.com"] = "y.example.com" } do
        verdict = evaluate({ from = author, dkim = { dkim(signer) } }, REJECT)
        assert.same({ "pass", "relaxed" }, { verdict.result, verdict.dkim[1].aligned }, author)
      end
    end)

    it("where SPF does (§B.1.1)", function()
      local verdict = evaluate({ from = "example.com", spf = spf "child.example.com" }, REJECT)
      assert.same({ "pass", "relaxed", "mailfrom" }, { verdict.result, verdict.spf.aligned, verdict.spf.identity })
      assert.equal("SPF passes for child.example.com, which is aligned with example.com", verdict.text)
    end)

    it("by one of several signatures, whatever becomes of the others", function()
      local verdict = evaluate({
        from = "example.com", spf = spf("example.com", "fail"),
        dkim = { dkim("example.com", "fail"), dkim "other.test", dkim("example.com", "permerror"), dkim "example.com" },
      }, REJECT)
      assert.equal("pass", verdict.result)
      assert.same({ "strict", false, "strict", "strict" },
        { verdict.dkim[1].aligned, verdict.dkim[2].aligned, verdict.dkim[3].aligned, verdict.dkim[4].aligned })
    end)

    it("whatever the case of names, and in U-labels", function()
      assert.equal("pass", evaluate({ from = "EXAMPLE.com", dkim = { dkim "Example.COM" } }, REJECT).result)
      assert.equal("pass", evaluate({ from = "bücher.example", dkim = { dkim "xn--bcher-kva.example" } }, {
        ["_dmarc.xn--bcher-kva.example"] = "v=DMARC1; p=reject; adkim=s",
      }).result)
    end)

    it("as §B.4.1, §B.4.2 and §B.4.3 have it", function()
      local names = { ["_dmarc.example.com"] = "v=DMARC1; p=reject", ["_dmarc.signing.example.com"] = "v=DMARC1; p=none" }
      for _, author in ipairs { "example.com", "a.b.c.d.e.f.g.h.i.j.k.example.com" } do
        local verdict = evaluate({ from = author, spf = spf "example.com", dkim = { dkim "signing.example.com" } }, names)
        assert.same({ "pass", "relaxed" }, { verdict.result, verdict.dkim[1].aligned })
        assert.truthy(verdict.spf.aligned)
      end
      names = { ["_dmarc.bank.example"] = "v=DMARC1; p=reject; psd=y", ["_dmarc.giant.bank.example"] = "v=DMARC1; p=reject" }
      local verdict = evaluate({
        from = "giant.bank.example", spf = spf "mail.giant.bank.example", dkim = { dkim "mail.mega.bank.example" },
      }, names)
      assert.same({ "pass", "relaxed", false }, { verdict.result, verdict.spf.aligned, verdict.dkim[1].aligned })
    end)
  end)

  describe("fails", function()
    it("where nothing passes, with the policy as what is to be done", function()
      for policy, disposition in pairs { reject = "reject", quarantine = "quarantine", none = "none", ["reject; t=y"] = "quarantine" } do
        local verdict = evaluate({ from = "example.com", dkim = { dkim("example.com", "fail") }, spf = spf("example.com", "softfail") },
          { ["_dmarc.example.com"] = "v=DMARC1; p=" .. policy })
        assert.same({ "fail", "not_authenticated", disposition }, { verdict.result, verdict.reason, verdict.disposition })
      end
      assert.equal("not_authenticated", evaluate({ from = "example.com" }, REJECT).reason)
    end)

    it("where what passes is of others", function()
      for _, domain in ipairs {
        "example.net", "fexample.com", "example.com.example.net", "com", "example", "example.com.", "", "a b", 5, false,
      } do
        local verdict = evaluate({ from = "example.com", dkim = { { domain = domain, result = "pass" } },
          spf = spf "mailer.test" }, REJECT)
        local expected = domain == "example.com." and "pass" or "fail"
        assert.equal(expected, verdict.result, tostring(domain))
        if expected == "fail" then
          assert.same({ "not_aligned", false }, { verdict.reason, verdict.dkim[1].aligned })
        end
      end
    end)

    it("where the domain asks for strict alignment, of each of the two for itself", function()
      local names = { ["_dmarc.example.com"] = "v=DMARC1; p=reject; adkim=s" }
      assert.equal("fail", evaluate({ from = "example.com", dkim = { dkim "m.example.com" } }, names).result)
      assert.equal("pass", evaluate({ from = "example.com", dkim = { dkim "example.com" } }, names).result)
      assert.equal("pass", evaluate({ from = "example.com", spf = spf "m.example.com" }, names).result)
      names["_dmarc.example.com"] = "v=DMARC1; p=reject; aspf=s"
      assert.equal("fail", evaluate({ from = "example.com", spf = spf "m.example.com" }, names).result)
      assert.equal("pass", evaluate({ from = "example.com", dkim = { dkim "m.example.com" } }, names).result)
    end)

    it("where a department is an organization of its own (psd=n, §11.8)", function()
      local names = { ["_dmarc.example.com"] = "v=DMARC1; p=reject", ["_dmarc.mail.example.com"] = "v=DMARC1; p=reject; psd=n" }
      assert.equal("fail", evaluate({ from = "evil.example.com", dkim = { dkim "mail.example.com" } }, names).result)
      assert.equal("pass", evaluate({ from = "a.mail.example.com", dkim = { dkim "mail.example.com" } }, names).result)
    end)

    it("with no verdict but pass counting: not policy, neutral nor what is unknown", function()
      for _, result in ipairs { "policy", "neutral", "none", "permerror", "PASS", "yes" } do
        assert.equal("fail", evaluate({ from = "example.com", dkim = { dkim("example.com", result) } }, REJECT).result, result)
      end
    end)
  end)

  it("fails where what passes names no domain", function()
    local verdict = evaluate({ from = "example.com", dkim = { { result = "pass" } } }, REJECT)
    assert.same({ "fail", "not_authenticated" }, { verdict.result, verdict.reason })
  end)

  it("says none where no record applies", function()
    local verdict = evaluate({ from = "example.net", dkim = { dkim "example.net" } }, REJECT)
    assert.same({ "none", "no_record", "none", nil }, { verdict.result, verdict.reason, verdict.disposition, verdict.policy })
    assert.equal("no_policy", evaluate({ from = "a.test" }, { ["_dmarc.a.test"] = "v=DMARC1; adkim=s" }).reason)
  end)

  describe("says temperror", function()
    it("where DNS does not say which policy applies", function()
      local verdict = evaluate({ from = "a.example.com", dkim = { dkim "a.example.com" } }, { ["_dmarc.example.com"] = "timeout" })
      assert.same({ "temperror", "dns", 1060, "none" }, { verdict.result, verdict.reason, verdict.retry_at, verdict.disposition })
    end)

    it("where it does not say whether a domain is aligned, and nothing else passes", function()
      local names = { ["_dmarc.a.example.com"] = "v=DMARC1; p=reject", ["_dmarc.example.com"] = "timeout" }
      local verdict = evaluate({ from = "a.example.com", dkim = { dkim "b.example.com" } }, names)
      assert.same({ "temperror", 1060 }, { verdict.result, verdict.retry_at })
      assert.is_nil(verdict.dkim[1].aligned)
      local open = dkim("b.example.com", "temperror")
      open.retry_at = 5000
      assert.equal(5000, evaluate({ from = "a.example.com", dkim = { open, dkim "b.example.com" } }, names).retry_at)
      assert.equal("pass", evaluate({ from = "a.example.com", dkim = { dkim "b.example.com", dkim "a.example.com" } }, names).result)
      assert.equal("fail", evaluate({ from = "a.example.com", dkim = { dkim "b.example.net" } }, names).result)
    end)

    it("where DKIM or SPF of an aligned domain does, and nothing else passes (§5.3.6)", function()
      local open = dkim("m.example.com", "temperror")
      open.retry_at = 5000
      local verdict = evaluate({ from = "example.com", dkim = { open } }, REJECT)
      assert.same({ "temperror", 5000 }, { verdict.result, verdict.retry_at })
      assert.equal("temperror", evaluate({ from = "example.com", spf = spf("example.com", "temperror") }, REJECT).result)
      assert.equal("pass", evaluate({ from = "example.com", dkim = { open }, spf = spf "example.com" }, REJECT).result)
      assert.equal("fail", evaluate({ from = "example.com", dkim = { dkim("other.test", "temperror") } }, REJECT).result)
    end)
  end)

  describe("of a message", function()
    local names = { ["_dmarc.example.com"] = "v=DMARC1; p=reject", ["_dmarc.example.net"] = "v=DMARC1; p=quarantine" }
    local both = { dkim "example.com", dkim "example.net" }

    it("finds the author", function()
      local verdict = evaluate({ message = message("Subject: x", 'From: "a@example.net" <b@example.com>'), dkim = both }, names)
      assert.same({ "pass", "example.com" }, { verdict.result, verdict.domain })
    end)

    it("takes the strictest policy of several authors that fail (§11.5)", function()
      local text = message("From: a@example.net, b@example.com, c@nobody.test")
      local verdict = evaluate({ message = text }, names)
      assert.same({ "fail", "example.com", "reject" }, { verdict.result, verdict.domain, verdict.disposition })
      assert.equal(3, #verdict.authors)
      verdict = evaluate({ message = text, dkim = { dkim "example.com" } }, names)
      assert.same({ "fail", "example.net", "quarantine" }, { verdict.result, verdict.domain, verdict.disposition })
      assert.equal("none", evaluate({ from = { "a.test", "b.test" } }, names).result)
      assert.equal("temperror", evaluate({ from = { "a.test", "example.com" }, dkim = { dkim "example.com" } },
        { ["_dmarc.a.test"] = "timeout", ["_dmarc.example.com"] = "v=DMARC1; p=none" }).result)
    end)

    it("counts mailboxes of one domain as one author", function()
      assert.equal("pass", evaluate({ message = message("From: a@example.com, b@Example.com"), dkim = both }, names).result)
      assert.equal("pass", evaluate({ from = { "example.com", "EXAMPLE.com." }, dkim = both }, names).result)
    end)
  end)

  it("asks all walks at once, each name once, and none that cannot matter", function()
    local rounds, asked, inner = 0, {}, resolver_of(REJECT)
    local watch = {
      query_all = function(_, names, kind)
        rounds = rounds + 1
        for _, name in ipairs(names) do
          asked[#asked + 1] = name
        end
        return inner:query_all(names, kind)
      end,
      query = function() error "asked one by one" end,
    }
    local verdict = dmarc.evaluate {
      from = "a.example.com", spf = spf "bounce.example.com", resolver = watch,
      dkim = { dkim "example.com", dkim "a.example.com", dkim "mailer.test", dkim("x.example.com", "fail") },
    }
    assert.equal("pass", verdict.result)
    assert.equal(1, rounds)
    table.sort(asked)
    assert.same({ "_dmarc.a.example.com", "_dmarc.bounce.example.com", "_dmarc.com", "_dmarc.example.com" }, asked)
  end)

  it("wants one of from and message", function()
    assert.has_error(function() dmarc.evaluate { resolver = resolver_of {} } end, "dmarc.evaluate wants from or message, one of both")
    assert.has_error(function()
      dmarc.evaluate { resolver = resolver_of {}, from = "a.test", message = "" }
    end, "dmarc.evaluate wants from or message, one of both")
    assert.has_error(function() dmarc.evaluate { resolver = resolver_of {}, from = 5 } end,
      "dmarc.evaluate: option 'from' cannot be a number")
  end)

  it("takes a name that is no domain for no author", function()
    assert.equal("malformed_from", evaluate({ from = "no domain" }, {}).reason)
    assert.equal("no_author", evaluate({ from = {} }, {}).reason)
  end)
end)

describe("dmarc.aligned", function()
  local options = { resolver = resolver_of { ["_dmarc.example.com"] = "v=DMARC1; p=none", ["_dmarc.slow.test"] = "timeout" } }

  it("compares domains (§4.4, table 1)", function()
    assert.equal("relaxed", dmarc.aligned("news.example.com", "foo.example.com", options))
    assert.equal("strict", dmarc.aligned("news.example.com", "News.Example.com", options))
    assert.is_false(dmarc.aligned("news.example.com", "foo.example.net", options))
    assert.is_false(dmarc.aligned("news.example.com", "foo.example.com", { resolver = options.resolver, strict = true }))
    assert.is_false(dmarc.aligned("a.other.com", "b.other.com", options)) -- without a record each is its own organization
  end)

  it("says when it cannot tell, and when a name is none", function()
    assert.same({ nil, "temperror" }, { (dmarc.aligned("a.slow.test", "b.slow.test", options)), select(3,
      dmarc.aligned("a.slow.test", "b.slow.test", options)) })
    assert.equal("bad_name", select(3, dmarc.aligned("a b", "c.test", options)))
    assert.equal("bad_name", select(3, dmarc.aligned("c.test", "a b", options)))
  end)
end)

describe("dmarc.organizational_domain", function()
  local options = { resolver = resolver_of { ["_dmarc.example.com"] = "v=DMARC1; p=none", ["_dmarc.slow.test"] = "timeout" } }

  it("walks the tree", function()
    assert.equal("example.com", dmarc.organizational_domain("a.b.Example.com", options))
    assert.equal("a.example.net", dmarc.organizational_domain("a.example.net", options))
    assert.equal("temperror", select(3, dmarc.organizational_domain("a.slow.test", options)))
    assert.equal("bad_name", select(3, dmarc.organizational_domain("", options)))
  end)
end)
