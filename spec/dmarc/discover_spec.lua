--- mailseal.dmarc.discover: the tree walk and the policy it comes to (RFC 9989 §4.10).
local dmarc = require "mailseal.dmarc"
local dns = require "mailseal.dns"

-- A zone of TXT records: a text, a list of texts, or the name of a fault; true is a name that exists without TXT.
local function zone_of(names)
  local zone, faults = {}, { timeout = true, servfail = true, refused = true }
  for name, texts in pairs(names) do
    zone[name] = {}
    for i, text in ipairs(type(texts) == "table" and texts or { texts }) do
      zone[name][i] = text == true and { type = "A", data = "192.0.2.1" } or faults[text] and { error = text }
        or { type = "TXT", data = text, ttl = 300 }
    end
  end
  return zone
end

local function discover(domain, names)
  return assert(dmarc.discover(domain, { resolver = assert(dns.resolver { zone = zone_of(names), now = function() return 1000 end }) }))
end

-- A resolver that notes what it is asked, and how many questions are under way at a time.
local function watched(names)
  local inner = assert(dns.resolver { zone = zone_of(names) })
  local watch = { asked = {}, rounds = 0 }
  function watch.query(_, name, kind)
    watch.rounds = watch.rounds + 1
    watch.asked[#watch.asked + 1] = kind .. " " .. name
    return inner:query(name, kind)
  end
  function watch.query_all(_, list, kind)
    watch.rounds = watch.rounds + 1
    for _, name in ipairs(list) do
      watch.asked[#watch.asked + 1] = kind .. " " .. name
    end
    return inner:query_all(list, kind)
  end
  return watch
end

describe("dmarc.discover", function()
  describe("walks", function()
    it("from the domain to the top, as the examples of §4.10 and §5.1.8 do", function()
      assert.same({
        "_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com", "_dmarc.g.h.i.j.mail.example.com", "_dmarc.h.i.j.mail.example.com",
        "_dmarc.i.j.mail.example.com", "_dmarc.j.mail.example.com", "_dmarc.mail.example.com", "_dmarc.example.com", "_dmarc.com",
      }, discover("a.b.c.d.e.f.g.h.i.j.mail.example.com", {}).queries)
      assert.same({
        "_dmarc.mail.a.b.c.d.e.f.g.example.com", "_dmarc.c.d.e.f.g.example.com", "_dmarc.d.e.f.g.example.com",
        "_dmarc.e.f.g.example.com", "_dmarc.f.g.example.com", "_dmarc.g.example.com", "_dmarc.example.com", "_dmarc.com",
      }, discover("mail.a.b.c.d.e.f.g.example.com", {}).queries)
    end)

    it("with a query for each label of up to eight, and eight of any more", function()
      local domain = "test"
      for labels = 1, 40 do
        assert.equal(math.min(labels, 8), #discover(domain, {}).queries, domain)
        domain = "x." .. domain
      end
    end)

    it("by asking all at once, and nothing else", function()
      local resolver = watched { ["_dmarc.example.com"] = "v=DMARC1; p=reject; sp=none" }
      assert.equal("none", dmarc.discover("a.b.example.com", { resolver = resolver }).policy)
      assert.same({
        "TXT _dmarc.a.b.example.com", "TXT _dmarc.b.example.com", "TXT _dmarc.example.com", "TXT _dmarc.com",
      }, resolver.asked)
      assert.equal(1, resolver.rounds)
    end)

    it("past a name that is too long for DNS", function()
      local long = ("a"):rep(63) .. "." .. ("b"):rep(63) .. "." .. ("c"):rep(63) .. "." .. ("d"):rep(50) .. ".test"
      local found = discover(long, { ["_dmarc." .. ("d"):rep(50) .. ".test"] = "v=DMARC1; p=reject" })
      assert.equal("reject", found.policy)
      assert.equal("name_too_long", found.path[1].problem)
      assert.is_false(found.answers[1])
    end)

    it("from names in upper case, with a dot at the end, and from U-labels", function()
      local names = { ["_dmarc.xn--bcher-kva.example"] = "v=DMARC1; p=reject" }
      for _, domain in ipairs { "bücher.example", "XN--Bcher-KVA.Example.", "xn--bcher-kva.example" } do
        local found = discover(domain, names)
        assert.equal("xn--bcher-kva.example", found.domain)
        assert.equal("reject", found.policy)
      end
    end)

    it("not from what is no domain name", function()
      local resolver = watched {}
      for _, domain in ipairs { "", "a b.example", "a..example", "user@example.com", ("a"):rep(64) .. ".example", "[192.0.2.1]" } do
        local found, message, code = dmarc.discover(domain, { resolver = resolver })
        assert.same({ nil, "bad_name" }, { found, code })
        assert.is_string(message)
      end
      assert.same({}, resolver.asked)
    end)
  end)

  describe("takes as the organizational domain", function()
    -- §4.10.2
    it("the one with the fewest labels that has a record", function()
      local names = { ["_dmarc.mail.example.com"] = "v=DMARC1; p=none", ["_dmarc.example.com"] = "v=DMARC1; p=reject" }
      local found = discover("a.mail.example.com", names)
      assert.equal("example.com", found.organizational_domain)
      assert.equal("example.com", found.record_domain)
      found = discover("mail.example.com", names)
      assert.equal("example.com", found.organizational_domain)
      assert.equal("mail.example.com", found.record_domain)
      assert.equal("none", found.policy)
    end)

    it("the one with psd=n, whatever is above it", function()
      local found = discover("a.mail.example.com", {
        ["_dmarc.mail.example.com"] = "v=DMARC1; p=none; psd=n", ["_dmarc.example.com"] = "v=DMARC1; p=reject",
      })
      assert.equal("mail.example.com", found.organizational_domain)
      assert.same({ "_dmarc.a.mail.example.com", "_dmarc.mail.example.com" }, found.queries)
    end)

    it("the one below psd=y", function()
      local names = { ["_dmarc.com"] = "v=DMARC1; p=reject; psd=y" }
      assert.equal("example.com", discover("a.mail.example.com", names).organizational_domain)
      -- §B.4.3
      names = { ["_dmarc.bank.example"] = "v=DMARC1; p=reject; psd=y", ["_dmarc.giant.bank.example"] = "v=DMARC1; p=none" }
      assert.equal("giant.bank.example", discover("mail.giant.bank.example", names).organizational_domain)
      assert.equal("mega.bank.example", discover("mail.mega.bank.example", names).organizational_domain)
    end)

    it("a domain below psd=y that the walk has left out", function()
      local found = discover("a.b.c.d.e.f.g.h.i", { ["_dmarc.c.d.e.f.g.h.i"] = "v=DMARC1; p=reject; psd=y" })
      assert.equal("b.c.d.e.f.g.h.i", found.organizational_domain)
      assert.equal("c.d.e.f.g.h.i", found.record_domain)
    end)

    it("a public suffix itself, asked for itself", function()
      local found = discover("bank.example", { ["_dmarc.bank.example"] = "v=DMARC1; p=reject; psd=y; sp=none" })
      assert.equal("bank.example", found.organizational_domain)
      assert.equal("reject", found.policy)
    end)

    it("the domain itself where there is no record", function()
      assert.equal("a.example.com", discover("a.example.com", {}).organizational_domain)
    end)

    it("not one between the author's and the topmost record", function()
      local found = discover("a.b.bank.example", {
        ["_dmarc.b.bank.example"] = "v=DMARC1; p=none", ["_dmarc.example"] = "v=DMARC1; p=reject; psd=y",
      })
      assert.equal("bank.example", found.organizational_domain)
      assert.equal("example", found.record_domain)
    end)
  end)

  describe("takes as the policy", function()
    local record = "v=DMARC1; p=reject; sp=quarantine; np=none"

    it("p= of the domain's own record, sp= and np= of another's", function()
      local names = { ["_dmarc.example.com"] = record, ["sub.example.com"] = true }
      assert.same({ "reject", "p" }, { discover("example.com", names).policy, discover("example.com", names).tag })
      assert.same({ "quarantine", "sp" }, { discover("sub.example.com", names).policy, discover("sub.example.com", names).tag })
      assert.same({ "none", "np" }, { discover("ghost.example.com", names).policy, discover("ghost.example.com", names).tag })
    end)

    it("np= of NXDOMAIN alone (§A.4)", function()
      local names = {
        ["_dmarc.example.com"] = record, ["x.nodes.example.com"] = true, ["_dmarc.policy.example.com"] = "some text",
        ["_dmarc.alias.example.com"] = true,
      }
      local zone = zone_of(names)
      zone["dangling.example.com"] = { { type = "CNAME", data = "gone.example.net." } }
      local resolver = assert(dns.resolver { zone = zone })
      for domain, exists in pairs {
        ["nodes.example.com"] = true, ["policy.example.com"] = true, ["alias.example.com"] = true, ["dangling.example.com"] = true,
        ["ghost.example.com"] = false, ["x.ghost.example.com"] = false,
      } do
        local found = dmarc.discover(domain, { resolver = resolver })
        assert.equal(exists, found.exists, domain)
        assert.equal(exists and "sp" or "np", found.tag, domain)
      end
    end)

    it("without asking whether the domain exists where that does not matter", function()
      local resolver = watched { ["_dmarc.example.com"] = "v=DMARC1; p=reject; sp=none; np=none" }
      local found = dmarc.discover("ghost.example.com", { resolver = resolver })
      assert.same({ "none", nil }, { found.policy, found.exists })
      assert.equal(3, #resolver.asked)
      resolver = watched { ["_dmarc.example.com"] = record }
      assert.equal("np", dmarc.discover("ghost.example.com", { resolver = resolver }).tag)
      assert.equal("MX ghost.example.com", resolver.asked[4])
    end)

    it("sp= or p= for what does not exist, without np=", function()
      assert.equal("none", discover("ghost.example.com", { ["_dmarc.example.com"] = "v=DMARC1; p=reject; sp=none" }).policy)
      assert.equal("reject", discover("ghost.example.com", { ["_dmarc.example.com"] = "v=DMARC1; p=reject" }).policy)
    end)

    it("the next weaker one under t=y", function()
      for requested, policy in pairs { reject = "quarantine", quarantine = "none", none = "none" } do
        local found = discover("example.com", { ["_dmarc.example.com"] = "v=DMARC1; t=y; p=" .. requested })
        assert.same({ policy, requested, true }, { found.policy, found.requested, found.tested })
      end
      local found = discover("a.example.com", { ["_dmarc.example.com"] = "v=DMARC1; t=y; p=none; sp=reject" })
      assert.same({ "quarantine", "reject" }, { found.policy, found.requested })
    end)

    it("none of all, where p= is missing or a policy is none and rua= has an address (§4.10.1)", function()
      for _, tags in ipairs { "", "p=bogus;", "p=reject; sp=bogus;", "sp=reject;", "p=;" } do
        local names = { ["_dmarc.example.com"] = "v=DMARC1; " .. tags .. " rua=mailto:d@example.com" }
        assert.same({ "found", "none" }, { discover("sub.example.com", names).result, discover("example.com", names).policy })
        names["_dmarc.example.com"] = "v=DMARC1; " .. tags .. " rua=d@example.com"
        local found = discover("example.com", names)
        assert.same({ "none", "no_policy", nil }, { found.result, found.reason, found.policy })
      end
    end)

    it("that of a record which is passed over for its syntax never", function()
      for _, text in ipairs {
        "v=dmarc1; p=reject", "v=DMARC10; p=reject", " v=DMARC1; p=reject", "p=reject; v=DMARC1", "v=DMARC1 p=reject",
        "v=DMARC1; p=reject; p=none", "v=spf1 -all", "",
      } do
        local found = discover("a.example.com", { ["_dmarc.a.example.com"] = text, ["_dmarc.example.com"] = "v=DMARC1; p=none" })
        assert.same({ "found", "example.com" }, { found.result, found.record_domain }, text)
      end
    end)

    it("not that of one of several records, and goes on as without them (§4.10, step 2)", function()
      local several = { "v=DMARC1; p=reject", "v=DMARC1; p=none", "something else" }
      local found = discover("a.example.com", { ["_dmarc.a.example.com"] = several, ["_dmarc.example.com"] = "v=DMARC1; p=quarantine" })
      assert.same({ "quarantine", "example.com" }, { found.policy, found.record_domain })
      assert.same({ "several_records", 2 }, { found.path[1].problem, found.path[1].count })
      found = discover("a.example.com", { ["_dmarc.a.example.com"] = several })
      assert.same({ "none", "several_records" }, { found.result, found.reason })
    end)

    it("of a record whose strings are joined, and not of what another CNAME leads to", function()
      local zone = {
        ["_dmarc.example.com"] = { { type = "CNAME", data = "policies.example.net." } },
        ["policies.example.net"] = { { type = "TXT", data = { "v=DMARC1; p=qua", "rantine" } } },
      }
      local found = dmarc.discover("example.com", { resolver = assert(dns.resolver { zone = zone }) })
      assert.equal("quarantine", found.policy)
      assert.equal("v=DMARC1; p=quarantine", found.record)
    end)
  end)

  describe("cannot tell", function()
    local record = "v=DMARC1; p=reject"

    it("where a name that may decide gives no answer", function()
      for _, fault in ipairs { "timeout", "servfail", "refused" } do
        local found = discover("a.b.example.com", { ["_dmarc.b.example.com"] = fault, ["_dmarc.example.com"] = record })
        assert.same({ "temperror", "dns", nil, nil }, { found.result, found.reason, found.policy, found.organizational_domain })
        assert.equal(1060, found.retry_at)
        assert.equal("temperror", discover("example.com", { ["_dmarc.example.com"] = fault }).result)
      end
    end)

    it("the organizational domain, but the policy, where the domain's own record is there", function()
      local found = discover("a.example.com", { ["_dmarc.a.example.com"] = record, ["_dmarc.example.com"] = "timeout" })
      assert.same({ "found", "reject", nil }, { found.result, found.policy, found.organizational_domain })
      assert.equal(1300, found.retry_at)
    end)

    it("nothing less where what gives no answer lies above the walk's end", function()
      local found = discover("a.example.com", { ["_dmarc.example.com"] = record .. "; psd=n", ["_dmarc.com"] = "timeout" })
      assert.same({ "reject", "example.com" }, { found.policy, found.organizational_domain })
    end)

    it("whether the domain exists, where np= asks for that", function()
      local zone = zone_of { ["_dmarc.example.com"] = record .. "; np=none" }
      zone["a.example.com"] = { { type = "MX", error = "servfail" } }
      local inner = assert(dns.resolver { zone = zone })
      local outer = {
        query = function(_, name, kind) return inner:query(name, kind) end,
        query_all = function(_, names, kind)
          local answers = inner:query_all(names, kind)
          answers[1].status = "nxdomain"
          return answers
        end,
      }
      local found = dmarc.discover("a.example.com", { resolver = outer })
      assert.same({ "temperror", nil }, { found.result, found.policy })
      assert.is_number(found.retry_at)
    end)

    it("and says when a record that is not there may be", function()
      assert.equal(1060, discover("example.com", {}).retry_at)
    end)
  end)

  it("says so where nothing can be asked, as in a phase of nginx that must not wait", function()
    local resolver = {
      query_all = function(_, names)
        local found = {}
        for i in ipairs(names) do found[i] = false end
        return found
      end,
      query = function() return nil, "this phase must not wait", "wrong_phase" end,
    }
    local expected, options = { nil, "this phase must not wait", "wrong_phase" }, { resolver = resolver }
    assert.same(expected, { dmarc.discover("a.example.com", options) })
    assert.same(expected, { dmarc.organizational_domain("a.example.com", options) })
    assert.same(expected, { dmarc.aligned("a.example.com", "example.com", options) })
    assert.same(expected, { dmarc.report_authorised("a.example.com", "example.com", options) })
    assert.same(expected, { dmarc.evaluate { from = "a.example.com", resolver = resolver } })
  end)

  it("wants a resolver, and no option that there is not", function()
    assert.has_error(function() dmarc.discover("example.com", {}) end, "dmarc.discover wants a resolver, see mailseal.dns")
    assert.has_error(function() dmarc.discover("example.com") end, "dmarc.discover wants options, a table, not a nil")
    assert.has_error(function()
      dmarc.discover("example.com", { resolver = watched {}, reslover = 1 })
    end, "dmarc.discover: unknown option 'reslover'")
  end)
end)
