local expect = require "mailseal.check.expect"
local key = require "mailseal.key"
local texts = require "spec.support.dkim_texts"

local function list(options) return assert(expect.list("example.com", options)) end
local function one(expectation) return list { expect = { expectation } }[1] end
local function wrong(options)
  local found, message, code = expect.list("example.com", options)
  assert.is_nil(found)
  assert.is_string(message)
  return code
end

describe("the expectations of a check", function()
  it("have those of its selectors first, with the check's key", function()
    local found = list { selectors = { "S1", "s2" }, key = texts.good, expect = { { match = "mx" } } }
    assert.same({ "s1._domainkey.example.com", "s2._domainkey.example.com", "example.com" },
      { found[1].name, found[2].name, found[3].name })
    assert.same({ "S1", "dkim_key", "TXT", "s1", 2048, texts.good, true },
      { found[1].id, found[1].match, found[1].type, found[1].selector, found[1].key.bits, found[1].record, found[1].required })
  end)

  it("take a selector with what people write behind it for the selector", function()
    for _, selector in ipairs { "s1", "s1.", "s1._domainkey", "s1._domainkey.example.com", "s1._domainkey.example.com." } do
      local found = list { selectors = { selector } }
      assert.same({ "s1", "s1._domainkey.example.com" }, { found[1].id, found[1].name })
    end
  end)

  it("take no selector of another domain", function()
    for _, selector in ipairs { "s1._domainkey.example.org", "s1._domainkey.sub.example.com", "s1._domainkeyexample.com" } do
      assert.equal("bad_name", wrong { selectors = { selector } })
    end
  end)

  it("leave a selector out that an expectation is told for", function()
    local alias = { match = "cname_target", name = "S1._domainkey.example.com.", target = "a.B." }
    local found = list { selectors = { "s1" }, expect = { alias } }
    assert.equal(1, #found)
    assert.same({ "cname_target", "CNAME", "s1", "a.b", "s1._domainkey.example.com" },
      { found[1].match, found[1].type, found[1].selector, found[1].target, found[1].id })
  end)

  it("know the name and the type that each kind has by itself", function()
    assert.same({ "_dmarc.example.com", "TXT" }, { one({ match = "dmarc_any_valid" }).name, one({ match = "dmarc_any_valid" }).type })
    assert.same({ "example.com", "x.example" },
      { one({ match = "spf_include" }).name, one({ match = "spf_include", include = "X.example." }).include })
    assert.equal("MX", one({ match = "mx" }).type)
    assert.equal("s1._domainkey.example.com", one({ match = "dkim_key", selector = "s1" }).name)
    assert.equal("CAA", one({ match = "exact", type = "CAA", value = "0 issue ca.example" }).type)
    assert.same({ "a.example", "b.example" }, one({ match = "ns_delegation", value = { "B.example.", "a.example" } }).value)
    assert.is_false(one({ match = "mx", required = false }).required)
  end)

  it("know a form in the place of a value", function()
    local found = one { match = "cname_target", name = "a.example.com", pattern = { "u%d+%.example", "v%.example" }, shown = "u….example" }
    assert.same({ true, true, false, "u….example" },
      { found.form "u1.example", found.form "v.example", found.form "x.u1.example", found.shown })
    assert.is_nil(one({ match = "mx" }).form)
  end)

  it("take a key as an object, too", function()
    local k = assert(key.generate { type = "ed25519" })
    local found = list { selectors = { "s1" }, key = k }
    assert.same({ k:public(), k:record() }, { found[1].key.key, found[1].record })
  end)

  it("bring what was right before into the form in which it is compared", function()
    local migrations = { { from = "Old.Example.", to = "new.example" } }
    assert.same({ { from = "old.example", to = "new.example" } },
      one({ match = "cname_target", name = "a.example.com", target = "new.example", migrations = migrations }).migrations)
    local found = one { match = "dkim_key", selector = "s1", migrations = { { from = texts.ed25519 }, { from = "no key" } } }
    assert.equal("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", found.migrations[1].from.key)
    assert.equal("no key", found.migrations[2].from)
  end)

  it("are refused where a name or a key is none", function()
    assert.equal("bad_name", wrong { selectors = { "a b" } })
    assert.equal("bad_name", wrong { selectors = { ("a"):rep(64) } })
    assert.equal("bad_name", wrong { selectors = { (("a"):rep(60) .. "."):rep(4) .. "a" } })
    assert.equal("bad_name", wrong { expect = { { match = "mx", name = "" } } })
    assert.equal("bad_key", wrong { selectors = { "s1" }, key = "v=DKIM1; p=" })
    assert.equal("bad_key", wrong { selectors = { "s1" }, key = { type = "rsa", sign = function() end } })
  end)

  it("raise where they are no expectations", function()
    for problem, expectation in pairs {
      ['has a "selectro", which there is not'] = { match = "dkim_key", selectro = "s1" },
      ['has a "name" that is no string'] = { match = "mx", name = 1 },
      ['has a "value" that is no string and no list of strings'] = { match = "mx", value = { 1 } },
      ['has a "type" that DNS does not have: FOO'] = { match = "exact", type = "FOO", value = "x" },
      ['has a "match" that there is not: nonsense'] = { match = "nonsense" },
      ['has no "match"'] = {},
      ['of dkim_key needs a "selector" or a "name"'] = { match = "dkim_key" },
      ['of cname_target needs a "target", the name that the CNAME leads to, or a "pattern"'] = {
        match = "cname_target", name = "a.example.com",
      },
      ['of exact needs a "value", the text of the record, or a "pattern"'] = { match = "exact", name = "a.example.com" },
      ['of ns_delegation needs a "value", the list of the name servers'] = { match = "ns_delegation", value = "a.example" },
      ['has a "pattern" that is no string and no list of strings'] = { match = "mx", pattern = {} },
      ['has a "pattern" that has a [ without its ]'] = { match = "mx", pattern = { "a", "[" } },
      ['has a "beside" that is no list of strings'] = { match = "mx", beside = { 1 } },
      ['has one among its "alternatives" that is no string and no list of strings'] = { match = "mx", alternatives = { {} } },
      ['has a migration without a "from" that could be compared'] = {
        match = "cname_target", target = "a.example", migrations = { { from = 7 } },
      },
    } do
      local ok, message = pcall(expect.list, "example.com", { expect = { expectation } })
      assert.is_false(ok)
      assert.equal("an expectation " .. problem, (message:gsub("^.-:%d+: ", "")))
      assert.equal(problem, expect.problem(expectation))
    end
  end)
end)
