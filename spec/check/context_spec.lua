local async = require "mailseal.async"
local contexts = require "mailseal.check.context"
local dns = require "mailseal.dns"

-- A context over a zone, and a list of the questions that reach the resolver behind it.
local function context_over(zone, options)
  local resolver, asked = assert(dns.resolver { zone = zone }), {}
  local query = resolver.query
  function resolver.query(self, name, type, query_options)
    asked[#asked + 1] = type .. " " .. name
    async.sleep(0)
    return query(self, name, type, query_options)
  end
  local common = contexts.share {
    domain = "example.com", options = options or {}, selectors = {}, expect = {}, now = 1000, resolver = resolver,
  }
  return contexts.new(common, "mx", function() end), asked, common
end

describe("mailseal.check.context", function()
  it("asks each question once, whoever asks and whenever", function()
    local context, asked, common = context_over { ["example.com"] = { { type = "TXT", data = "here" } } }
    local other = contexts.new(common, "spf", function() end)
    async.run(function()
      local answers = context:asks { { "example.com", "TXT" }, { "EXAMPLE.com.", "TXT" }, { "example.com", "MX" } }
      assert.equal("here", answers[1].text[1])
      assert.equal(answers[1], answers[2])
      assert.equal("nodata", answers[3].status)
      assert.equal(answers[1], other:ask("example.com", "TXT"))
      assert.equal(answers[1], other.resolver:query("example.com", "TXT", { fresh = true }))
    end)
    table.sort(asked)
    assert.same({ "MX example.com", "TXT example.com" }, asked)
  end)

  it("leaves nothing of the domain's own names in the resolver's cache where it is told not to keep it", function()
    local zone = {
      ["example.com"] = { { type = "TXT", data = "own" } }, ["example.net"] = { { type = "TXT", data = "else" } },
      ["example.com._report._dmarc.example.net"] = { { type = "TXT", data = "v=DMARC1" } },
    }
    for keep, from_cache in pairs { [true] = true, [false] = false } do
      local resolver = assert(dns.resolver { zone = zone, cache = true })
      local common = contexts.share {
        domain = "example.com", options = { keep = keep }, selectors = {}, expect = {}, now = 1000, resolver = resolver,
      }
      local context = contexts.new(common, "mx", function() end)
      async.run(function()
        context:asks {
          { "example.com", "TXT" }, { "example.net", "TXT" }, { "notexample.com", "TXT" },
          { "example.com._report._dmarc.example.net", "TXT" },
        }
      end)
      assert.equal(from_cache, resolver:query("example.com", "TXT").from_cache or false)
      assert.equal(from_cache, resolver:query("example.com._report._dmarc.example.net", "TXT").from_cache or false)
      assert.is_true(resolver:query("example.net", "TXT").from_cache)
    end
  end)

  it("asks nobody, and starts nothing, for what the resolver's cache has", function()
    local resolver = assert(dns.resolver { zone = { ["example.net"] = { { type = "TXT", data = "else" } } }, cache = true })
    resolver:query("example.net", "TXT")
    function resolver.query() error "asked" end
    local context = contexts.new(contexts.share {
      domain = "example.com", options = {}, selectors = {}, expect = {}, now = 1000, resolver = resolver,
    }, "mx", function() end)
    local answers = context:asks { { "Example.NET.", "TXT" }, { "example.net", "TXT" } }
    assert.same({ "else" }, answers[1].text)
    assert.equal(answers[1], answers[2])
    assert.equal(answers[1], context:ask("example.net", "TXT"))
  end)

  it("lets another ask where the one who asked was cancelled", function()
    local context, asked = context_over { ["example.com"] = { { type = "TXT", data = "here" } } }
    async.run(function()
      local first = async.start(function() return context:ask("example.com", "TXT") end)
      local second = async.start(function() return context:ask("example.com", "TXT") end)
      first:cancel()
      assert.equal("ok", second:join().status)
    end)
    assert.is_true(#asked <= 2)
  end)

  it("tells a finding in the catalogue's words, printable whatever it holds", function()
    local context = context_over {}
    local finding = context:find("dns_timeout", { name = "a\27[2J.example", type = "TXT", where = "s", retry_at = 5 })
    assert.same({
      code = "dns_timeout", severity = "pending", aspect = "mx", name = "a\27[2J.example", where = "s", retry_at = 5,
      message = "No DNS server answered in time for a\\027[2J.example TXT, so that nobody can tell yet what is there.",
      fix = "Ask again later; where it stays so, see whether the zone's name servers can be reached.",
    }, finding)
    assert.same({ finding }, context.findings)
    assert.has_error(function() context:find("no_such_code") end, "the catalogue has no finding no_such_code")
  end)

  it("tells of a temporary fault as pending, and of nothing where the answer is definitive", function()
    local context = context_over {
      ["timeout.example"] = { { error = "timeout" } }, ["servfail.example"] = { { error = "servfail" } },
      ["refused.example"] = { { error = "refused" } },
      ["loop.example"] = { { type = "CNAME", data = "loop.example." } },
    }
    for name, code in pairs {
      ["timeout.example"] = "dns_timeout", ["servfail.example"] = "dns_servfail", ["refused.example"] = "dns_refused",
      ["loop.example"] = "dns_cname_loop",
    } do
      local answer = context:ask(name, "TXT")
      local finding = context:temporary(answer)
      assert.same({ code, "pending", name, answer.recheck_at },
        { finding.code, finding.severity, finding.name, finding.retry_at })
    end
    assert.is_nil(context:temporary(context:ask("gone.example", "TXT")))
  end)
end)
