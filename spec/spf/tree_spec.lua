local async = require "mailseal.async"
local helper = require "spec.support.spf"
local spf = require "mailseal.spf"

local function tree(names, options)
  local given = { resolver = names.asked and names or helper.resolver(names) }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return assert(spf.tree("example.com", given)), given.resolver
end

-- "2 include:a.example [problem]", a line a node, deeper ones indented.
local function lines(node, list)
  list = list or {}
  list[#list + 1] = ("%s%d %s%s"):format(("  "):rep(node.depth), node.total, node.domain, node.problem and " " .. node.problem or "")
  for _, child in ipairs(node.children) do
    lines(child, list)
  end
  return list
end

local function sorted(list)
  table.sort(list)
  return list
end

describe("spf.tree", function()
  it("goes through all records, and counts what each costs, also past ten", function()
    local root = tree({
      ["example.com"] = "v=spf1 mx include:_a.example include:_b.example ip4:192.0.2.1 redirect=_c.example",
      ["_a.example"] = "v=spf1" .. (" a:x.example"):rep(7) .. " -all a:y.example redirect=z.example",
      ["_b.example"] = "v=spf1 exists:%{i}.x.example ptr include:_a.example ~all",
      ["_c.example"] = "v=spf1 ?all",
    }, { hosts = false })
    assert.same({ "21 example.com", "  7 _a.example", "  10 _b.example", "    7 _a.example", "  0 _c.example" }, lines(root))
    assert.equal(4, root.lookups)
    local terms = {}
    for i, step in ipairs(root.terms) do
      terms[i] = ("%d %s"):format(step.cost, step.term)
    end
    assert.same({ "1 mx", "8 include:_a.example", "11 include:_b.example", "1 redirect=_c.example" }, terms)
    assert.equal("include:_b.example", root.children[2].term)
    assert.equal(root, root.children[2].parent)
    assert.equal("ok", root.status)
    assert.equal("redirect", root.parsed.terms[5].name)
    assert.is_nil(root.capped)
  end)

  it("names what keeps receivers from using a record", function()
    assert.same({
      "8 example.com",
      "  0 gone.example no_domain",
      "  0 plain.example no_record",
      "  0 two.example two_records",
      "  0 wrong.example syntax",
      "  0 silent.example temporary",
      "  1 loop.example",
      "    0 example.com cycle",
      "  0 %{i}.example macro",
    }, lines((tree {
      ["example.com"] = "v=spf1 include:gone.example include:plain.example include:two.example include:wrong.example"
        .. " include:silent.example include:loop.example include:%{i}.example -all",
      ["plain.example"] = "hello", ["two.example"] = { "v=spf1", "v=spf1 -all" }, ["wrong.example"] = "v=spf1 ip4:192.0.2",
      ["silent.example"] = "error timeout", ["loop.example"] = "v=spf1 include:Example.COM",
    })))
    assert.same({ "0 example.com no_domain" }, lines((tree {})))
    assert.same({ "0 no dots bad_domain" }, lines(assert(spf.tree("no dots", { resolver = helper.resolver {} }))))
  end)

  it("expands what does not depend on the mail, and the rest where the mail is known", function()
    local names = {
      ["example.com"] = "v=spf1 include:_spf.%{d} include:%{i}.%{o} include:%{p}.example -all",
      ["_spf.example.com"] = "v=spf1 -all", ["192.0.2.1.example.com"] = "v=spf1 -all",
    }
    assert.same({ "3 example.com", "  0 _spf.example.com", "  0 %{i}.%{o} macro", "  0 %{p}.example macro" }, lines((tree(names))))
    assert.same({ "3 example.com", "  0 _spf.example.com", "  0 192.0.2.1.example.com", "  0 %{p}.example macro" },
      lines((tree(names, { ip = "192.0.2.1", sender = "a@example.com", helo = "mail.example.com" }))))
  end)

  it("counts the terms that find nothing", function()
    local root = tree {
      ["example.com"] = { "v=spf1 a mx include:gone.example include:b.example exists:%{i}.x.example -all", "A 192.0.2.1" },
      ["b.example"] = { "v=spf1 a mx:c.example exists:there.example -all" },
      ["there.example"] = "A 127.0.0.2",
      ["c.example"] = "error timeout",
    }
    assert.equal(3, root.voids)
    assert.equal(1, root.children[2].voids)
    local void = {}
    for i, step in ipairs(root.terms) do
      void[i] = ("%s %s"):format(step.term, tostring(step.void))
    end
    assert.same({ "a nil", "mx true", "include:gone.example true", "include:b.example nil", "exists:%{i}.x.example nil" }, void)
    assert.equal("192.0.2.1", root.terms[1].answers[1].records[1].address)
    assert.is_nil(root.terms[5].answers)
    assert.equal("timeout", root.children[2].terms[2].answers[1].status)
  end)

  it("asks for hosts only where it is to", function()
    local names = { ["example.com"] = "v=spf1 a mx:b.example exists:c.example include:d.example -all", ["d.example"] = "v=spf1 a -all" }
    local _, resolver = tree(names, { hosts = false })
    assert.same({ "TXT d.example", "TXT example.com" }, sorted(resolver.asked))
    _, resolver = tree(names)
    assert.same({
      "A c.example", "A d.example", "A example.com", "AAAA d.example", "AAAA example.com", "MX b.example", "TXT d.example",
      "TXT example.com",
    }, sorted(resolver.asked))
  end)

  it("asks a level at once, and no name twice", function()
    local resolver = helper.resolver {
      ["example.com"] = "v=spf1 a include:a.example include:b.example include:c.example -all",
      ["a.example"] = "v=spf1 include:c.example include:d.example -all",
      ["b.example"] = "v=spf1 mx include:c.example include:d.example -all",
      ["c.example"] = "v=spf1 include:d.example -all", ["d.example"] = "v=spf1 -all",
    }
    local query, under_way, most, rounds = resolver.query, 0, 0, 0
    function resolver:query(name, kind, options)
      if under_way == 0 then
        rounds = rounds + 1
      end
      under_way = under_way + 1
      most = math.max(most, under_way)
      async.sleep(0)
      under_way = under_way - 1
      return query(self, name, kind, options)
    end
    local root = async.run(function()
      return tree(resolver)
    end)
    assert.equal(12, root.total)
    assert.equal(3, rounds)
    assert.equal(5, most)
    assert.equal(8, #resolver.asked)
  end)

  it("has the findings of each record", function()
    local root = tree { ["example.com"] = "v=spf1 include:b.example ~all", ["b.example"] = "v=spf1 ip4:192.0.2 -all" }
    assert.equal("table", type(root.findings))
    local severities = {}
    for _, finding in ipairs(root.children[1].findings) do
      severities[finding.severity] = true
    end
    assert.is_true(severities.error)
  end)

  it("says where the resolver cannot even be asked", function()
    local result, message, code = spf.tree("example.com", { resolver = { query = function() return nil, "not here", "wrong_phase" end } })
    assert.same({ nil, "not here", "wrong_phase" }, { result, message, code })
    result, message, code = spf.check { ip = "192.0.2.1", sender = "a@example.com", resolver = { query = function()
      return nil, "not here", "wrong_phase"
    end } }
    assert.same({ nil, "not here", "wrong_phase" }, { result, message, code })
  end)
end)
