local render = require "mailseal.domain_connect.provider.render"

-- What a template of these records is with these values, each record a line; or why it is none.
local function lines(records, values, scope)
  scope = scope or {}
  local rendered, message, code = render.records {
    template = { records = records }, values = values or {}, groups = scope.groups, domain = "example.com", host = scope.host,
    name = (scope.host and scope.host .. "." or "") .. "example.com",
  }
  if not rendered then return message, code end
  local list = {}
  for i, one in ipairs(rendered.records) do list[i] = ("%s %d %s %s"):format(one.name, one.ttl, one.type, one.value) end
  for _, rule in ipairs(rendered.rules) do list[#list + 1] = ("%s SPFM %s"):format(rule.name, table.concat(rule.terms, " ")) end
  return table.concat(list, "\n")
end

local function cname(host, to) return { type = "CNAME", host = host, pointsTo = to, ttl = 60 } end
local function txt(host, data) return { type = "TXT", host = host, data = data, ttl = 60 } end
local function spfm(rules) return { type = "SPFM", host = "@", spfRules = rules } end

describe("a template with values", function()
  it("stands where the request is about", function() -- the specification's §9.3.3
    local records = { cname("www", "@"), { type = "A", host = "@", pointsTo = "192.0.2.1", ttl = 1800 } }
    assert.equal("www.example.com 60 CNAME example.com.\nexample.com 1800 A 192.0.2.1", lines(records))
    assert.equal("www.bar.example.com 60 CNAME bar.example.com.\nbar.example.com 1800 A 192.0.2.1", lines(records, {}, { host = "bar" }))
    assert.equal('_dmarc.example.com 60 TXT "x"', lines({ txt("_dmarc.%domain%.", "x") }, {}, { host = "bar" }))
    assert.equal('bar.bar.example.com 60 TXT "bar.example.com example.com bar"',
      lines({ txt("%host%", "%fqdn% %domain% %host%") }, {}, { host = "bar" }))
  end)

  it("has each value put in once", function()
    assert.equal('example.com 60 TXT "%domain% %b% x%"', lines({ txt("@", "%a% %b%%c%") }, { a = "%domain%", b = "%b% x", c = "%" }))
    assert.equal("example.com 60 A 198.51.100.2",
      lines({ { type = "A", host = "@", pointsTo = "198.51.100.%srv%", ttl = 10 } }, { srv = "2" }))
  end)

  it("has what stands in texts as octets within their character-strings", function()
    assert.equal([[example.com 60 TXT "a\" \"b"]], lines({ txt("@", "a%x%b") }, { x = [[" "]] }))
    assert.equal([[example.com 60 TXT "a\"b" "c"]], lines({ txt("@", [["a%x%b" "c"]]) }, { x = [["]] }))
    assert.equal([[example.com 60 TXT "\" \195\164"]], lines({ txt("@", "%x%") }, { x = [[\034 \195\164]] }))
    assert.equal([[example.com 60 TXT "; $ORIGIN @ ( \\"]], lines({ txt("@", "%x%") }, { x = [[; $ORIGIN @ ( \\]] }))
    assert.equal([[example.com 60 TXT "\\n \\092 \\300"]], lines({ txt("@", "%x%") }, { x = [[\092n \\092 \300]] })) -- each escape once
    assert.equal([[example.com 60 TXT "\\092"]], lines({ txt("@", "%x%092") }, { x = [[\]] }))
    local long = ("x"):rep(300)
    assert.equal(('example.com 60 TXT "%s" "%s"'):format(long:sub(1, 255), long:sub(256)), lines({ txt("@", "%x%") }, { x = long }))
  end)

  it("has no value that is more than a part of a name", function()
    assert.equal("s1._domainkey.example.com 60 CNAME s1.dkim.example.net.", lines({ cname("%s%._domainkey", "%s%.dkim.example.net") },
      { s = "s1" }))
    for _, value in ipairs {
      "victim.example.org.", "a..b", ".a", "a.", "a b", "*", "@", "a\\.b", "a/b", "<script>", "a;b", "a\"b", ("a"):rep(64), "%domain%.",
    } do
      local _, code = lines({ cname("%s%._domainkey", "a.example.net") }, { s = value })
      assert.equal("bad_request", code, value)
      _, code = lines({ cname("a", "%s%.example.net") }, { s = value })
      assert.equal("bad_request", code, value)
    end
    assert.equal("bad_request", (select(2, lines({ cname("%s%", "a.example.net") }, { s = "www.example.org." }))))
    assert.equal("bad_request", (select(2, lines({ cname("www.example.org.", "a.example.net") }))))
    assert.equal("bad_request", (select(2, lines({ cname("a", "%s%") }, { s = "" }))))
  end)

  it("has no value that is more than a part of one rule of SPF", function()
    assert.equal("example.com SPFM include:a.example.net ip4:192.0.2.0/24", lines({ spfm "include:%a%.example.net ip4:192.0.2.0/24" },
      { a = "a" }))
    assert.equal("example.com SPFM include:a.example.net mx", lines({ spfm "%rules%" }, { rules = "include:a.example.net mx" }))
    for _, value in ipairs { "x +all", "x.y all", "a:b", "a/0", "redirect=x", "", "%{i}" } do
      assert.equal("bad_request", (select(2, lines({ spfm "include:%a%" }, { a = value }))), value)
    end
    for _, value in ipairs { "+all", "include:a.example -all", "redirect=a.example", "exp=a.example", "v=spf1", "nonsense", " " } do
      assert.equal("bad_request", (select(2, lines({ spfm "%a%" }, { a = value }))), value)
    end
  end)

  it("is none of what cannot be in a zone", function()
    for _, records in ipairs {
      { cname("@", "a.example.net") }, { { type = "NS", host = "@", pointsTo = "a.example.net" } },
      { cname("a", "b.example.net"), txt("a", "x") }, { cname("a", "b.example.net"), cname("a", "c.example.net") },
      { txt("a", "x"), cname("a", "b.example.net") }, { cname("a", "b.example.net"), { type = "SPFM", host = "a", spfRules = "mx" } },
      { { type = "A", host = "a", pointsTo = "2001:db8::1" } }, { { type = "AAAA", host = "a", pointsTo = "192.0.2.1" } },
      { { type = "A", host = "a", pointsTo = "%x%" } }, { { type = "MX", host = "a", pointsTo = "b.example", priority = "70000" } },
      { { type = "MX", host = "a", pointsTo = "10 b.example", priority = 5 } }, { txt("@", ("x"):rep(5000)) }, { txt("@", "%missing%") },
      { { type = "SRV", name = "@", service = "sip", protocol = "_tcp", target = "a.example", priority = 1, weight = 1, port = 1 } },
    } do
      local message, code = lines(records, { x = "192.0.2.1 192.0.2.2" })
      assert.equal("bad_request", code, message)
      assert.is_nil(message:find "%c")
    end
    -- beside the zone's own name a CNAME is one of a host
    assert.equal("sub.example.com 60 CNAME a.example.net.", lines({ cname("@", "a.example.net") }, {}, { host = "sub" }))
  end)

  it("has TTLs that make sense, and numbers as texts", function()
    local function ttl(given)
      return lines({ { type = "TXT", host = "@", data = "x", ttl = given } }, { t = "120", bad = "x" }):match " (%d+) "
    end
    for given, found in pairs {
      [0] = "60", [300] = "300", ["1800"] = "1800", [2147483647] = "86400", ["%t%"] = "120", ["%bad%"] = "3600",
    } do
      assert.equal(found, ttl(given), tostring(given))
    end
    assert.equal("3600", ttl(nil))
    assert.equal("m.example.com 60 MX 10 a.example.net.", lines({
      { type = "MX", host = "m", pointsTo = "A.Example.NET.", priority = "%p%", ttl = 60 },
    }, { p = "10" }))
  end)

  it("has the records of the groups that were asked for, and of none", function()
    local function grouped(group, data) return { type = "TXT", host = "@", data = data, ttl = 60, groupId = group } end
    local records = { grouped("a", "1"), grouped("b", "%missing%"), grouped(nil, "3") }
    assert.equal('example.com 60 TXT "1"\nexample.com 60 TXT "3"', lines(records, {}, { groups = { a = true } }))
  end)
end)
