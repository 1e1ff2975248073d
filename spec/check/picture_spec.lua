--- The picture of a domain's authentication: its structure, read by an XML parser, and that nothing that DNS holds can break it.
local check = require "mailseal.check"
local cjson = require "cjson"
local dns = require "mailseal.dns"
local model = require "mailseal.check.picture.model"
local picture = require "mailseal.check.picture"
local shell = require "spec.support.shell"
local signed = require "spec.support.signed"
local situation = require "spec.support.situation"
local style = require "mailseal.check.picture.style"
local svg = require "mailseal.check.picture.svg"

local function parse(text)
  local result = shell.run("python3 spec/support/svg.py", text)
  assert.equal(0, result.status, result.err)
  return cjson.decode(result.out)
end

-- Calls `fn` with each element and those above it.
local function walk(element, fn, above)
  fn(element, above)
  for _, child in ipairs(element.children) do
    walk(child, fn, element)
  end
end

local function has_class(element, class)
  return (" " .. (element.attributes.class or "") .. " "):find(" " .. class .. " ", 1, true) ~= nil
end

local function all(root, class)
  local list = {}
  walk(root, function(element)
    if has_class(element, class) then
      list[#list + 1] = element
    end
  end)
  return list
end

-- What is written in an element, without the titles.
local function words(element)
  local list = {}
  walk(element, function(inner)
    if inner.name == "text" then
      local shown = inner.own
      for _, child in ipairs(inner.children) do
        shown = shown .. inner.text:sub(#child.text + 1)
      end
      list[#list + 1] = shown
    end
  end)
  return table.concat(list, " | ")
end

local function of_class(root, class)
  local list = {}
  for i, element in ipairs(all(root, class)) do
    list[i] = words(element)
  end
  return list
end

-- ---- Reports as checks make them

local function include(domain)
  return { kind = "mechanism", name = "include", domain = domain, text = "include:" .. domain }
end

-- A node of SPF's tree with includes of its children, and as many further terms that query.
local function node(domain, children, further)
  local terms, total = {}, further or 0
  for i, child in ipairs(children or {}) do
    terms[i], child.term, total = include(child.domain), "include:" .. child.domain, total + 1 + child.total
  end
  for _ = 1, further or 0 do
    terms[#terms + 1] = { kind = "mechanism", name = "a", text = "a" }
  end
  return { domain = domain, record = "v=spf1 -all", parsed = { terms = terms }, children = children or {}, total = total, findings = {} }
end

local function report(changes)
  local made = {
    domain = "example.com", status = "ok", findings = {},
    dkim = { selectors = { {
      selector = "s1", name = "s1._domainkey.example.com", state = "found", chain = { "s1.service.example" }, record = "v=DKIM1; …",
      key = { type = "rsa", bits = 2048 },
    } } },
    spf = { state = "ok", tree = node("example.com", { node("_spf.service.example", nil, 2) }) },
    dmarc = {
      state = "ok", result = "found", policy = "reject", tag = "p", record_domain = "example.com", parsed = { dkim_alignment = "strict" },
      path = { { domain = "example.com", name = "_dmarc.example.com", record = "v=DMARC1; p=reject" } },
    },
  }
  for name, value in pairs(changes or {}) do
    made[name] = value or nil
  end
  return made
end

local function draw(changes)
  return parse(picture.draw(report(changes)))
end

describe("a picture", function()
  it("shows the way from the domain to its keys, includes and policy", function()
    local root = draw()
    assert.same({ "From domain | example.com | ok" }, of_class(root, "ms-head"))
    assert.same({ "s1 | found | CNAME | s1.service.example | RSA, 2048 bits | key" }, of_class(root, "ms-selector"))
    assert.same({ "example.com | 3 look-ups | ok", "include:_spf.service.example | 2 look-ups | ok" }, of_class(root, "ms-node"))
    assert.same({ "_dmarc.example.com | this record applies" }, of_class(root, "ms-step"))
    assert.same({ "policy: reject | what receivers do with mail that fails | alignment: DKIM strict, SPF relaxed" },
      of_class(root, "ms-policy"))
    assert.is_truthy(words(root):find("3 of 10 look-ups, within the limit", 1, true))
  end)

  it("cuts none of its own words, nor a name of usual length", function()
    local steps = {}
    for i, problem in ipairs { "several_records", "dmarc_syntax", "dmarc_no_policy", "name_too_long", "temporary" } do
      steps[i] = { domain = "d" .. i, name = "_dmarc.mail.eu.acme-widgets.example", problem = problem }
    end
    for _, state in ipairs { "ok", "none", "misplaced", "broken", "unknown", "inherited" } do
      for _, lookups in ipairs { 0, 10, 16, 320, 999 } do
        local shown = picture.draw(report {
          dkim = { selectors = {} }, spf = { state = state, tree = node("example.com", {}, lookups) },
          dmarc = { state = state, result = "none", path = steps, reports = {
            { destination = "a.example", result = "refused" }, { destination = "a.example", result = "temperror" },
          } },
        })
        assert.is_nil(shown:find("...", 1, true), shown)
      end
    end
  end)

  it("judges nothing that there was no way to look at", function()
    local root = draw {
      dkim = { selectors = {} }, findings = { { code = "dkim_no_selector", severity = "advice", aspect = "dkim" } },
      spf = { state = "unknown", tree = { domain = "example.com", problem = "temporary", children = {}, total = 0, findings = {} } },
    }
    local shown = words(root)
    assert.is_truthy(shown:find("DKIM | not judged | no selector is known", 1, true), shown)
    assert.is_truthy(shown:find("SPF | pending | DNS did not answer", 1, true), shown)
    assert.is_nil(shown:find("of 10 look-ups", 1, true), shown)
  end)

  it("says what it shows to who does not see it", function()
    local root = draw()
    assert.same({ "img", "ms-title ms-desc" }, { root.attributes.role, root.attributes["aria-labelledby"] })
    assert.same({ "title", "ms-title", "E-mail authentication of example.com" },
      { root.children[1].name, root.children[1].attributes.id, root.children[1].text })
    assert.equal("ms-desc", root.children[2].attributes.id)
    assert.equal("The domain example.com is in order. DKIM: in order, one selector; s1: found, RSA, 2048 bits. SPF: in order, 3 of 10 "
      .. "look-ups. DMARC: in order, policy reject, found at _dmarc.example.com.", root.children[2].text)
    walk(root, function(element)
      if element.name == "g" and not has_class(element, "ms-icon") then
        assert.equal("title", element.children[1].name)
      end
    end)
  end)

  it("is drawn of a check that was made", function()
    local resolver = assert(dns.resolver { zone = {
      ["s1._domainkey.example.com"] = { { type = "CNAME", data = "key.service.example." } },
      ["key.service.example"] = { { type = "TXT", data = signed.rsa:record() } },
      ["example.com"] = { { type = "TXT", data = "v=spf1 include:_spf.service.example -all" } },
      ["_spf.service.example"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" } },
      ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject" } },
    } })
    local made = assert(check.domain("example.com", { resolver = resolver, selectors = { "s1" } }))
    local root = parse(picture.draw(made))
    assert.same({ "s1 | found | CNAME | key.service.example | RSA, 2048 bits | key" }, of_class(root, "ms-selector"))
    assert.same({ "example.com | 1 look-up | ok", "include:_spf.service.example | 0 look-ups | ok" }, of_class(root, "ms-node"))
    assert.same({ "_dmarc.example.com | this record applies", "_dmarc.com | no record" }, of_class(root, "ms-step"))
    assert.equal("policy: reject", all(root, "ms-policy")[1].children[3].text)
  end)

  it("does not lay to keys that work what name servers do", function()
    for _, name in ipairs { "name_server_silent", "name_servers_unreachable", "name_server_lame" } do
      local made = situation.play(situation.load(name))
      assert.equal("warning", made.status)
      assert.equal("ok", model.of(made).dkim.state, name)
    end
  end)

  it("says of what was not looked at that it was not", function()
    local root = parse(picture.draw { domain = "example.com", status = "ok", findings = {} })
    local _, count = words(root):gsub("not looked at", "")
    assert.equal(3, count)
  end)
end)

describe("DKIM in a picture", function()
  local function selector(changes)
    local entry = { selector = "s1", name = "s1._domainkey.example.com", state = "found", chain = {} }
    for name, value in pairs(changes) do
      entry[name] = value
    end
    return draw { dkim = { selectors = { entry } } }
  end

  it("shows each state by a sign and its word", function()
    for state, sign in pairs {
      found = "ms-ok", missing = "ms-pending", mismatch = "ms-error", migrating = "ms-warning", conflicting = "ms-error",
      propagating = "ms-pending", unknown = "ms-pending",
    } do
      local group = all(selector { state = state }, "ms-selector")[1]
      assert.equal(1, #all(group, sign), state)
      assert.is_truthy(words(group):find(state, 1, true))
    end
  end)

  it("shows what was found of a key's name", function()
    local root = draw { findings = { { code = "x", severity = "warning", name = "s1._domainkey.example.com", aspect = "dkim" } } }
    assert.equal(1, #all(all(root, "ms-selector")[1], "ms-warning"))
  end)

  it("shows a long way of CNAMEs by its ends", function()
    local root = selector { chain = { "a.example", "b.example", "c.example", "d.example", "e.example" } }
    assert.same({ "s1 | found | CNAME | a.example | 3 more | e.example | no key | key" }, of_class(root, "ms-selector"))
  end)

  it("tells a record without a key from no record", function()
    assert.is_truthy(words(selector { record = "v=DKIM1" }):find("no usable key", 1, true))
    assert.is_truthy(words(selector { state = "missing" }):find("no key", 1, true))
    assert.is_truthy(words(selector { key = { type = "ed25519", bits = 256 }, record = "v" }):find("| Ed25519 |", 1, true))
  end)

  it("says that none is known", function()
    assert.is_truthy(words(draw { dkim = { selectors = {} } }):find("no selector is known", 1, true))
  end)
end)

describe("SPF in a picture", function()
  it("marks what is past ten look-ups", function()
    local root = draw { spf = { state = "broken", tree = node("example.com", {
      node("a.example", nil, 5), node("b.example", nil, 4), node("c.example"),
    }) } }
    assert.same({
      "example.com | 12 look-ups | more than 10", "include:a.example | 5 look-ups | ok", "include:b.example | 4 look-ups | ok",
      "include:c.example | 0 look-ups | look-up 12: past 10",
    }, of_class(root, "ms-node"))
    assert.equal(10, #all(root, "ms-segment-used"))
    assert.equal(2, #all(root, "ms-segment-over"))
    assert.equal(2, #all(root, "ms-cross"))
    assert.is_truthy(words(root):find("12 of 10 look-ups, too many", 1, true))
  end)

  it("names what is the matter with a node", function()
    for problem, shown in pairs {
      no_domain = "no such domain", no_record = "no SPF record", two_records = "two SPF records", cycle = "leads in a circle",
      temporary = "DNS did not answer", syntax = "not valid",
    } do
      local child = node "a.example"
      child.problem = problem
      local root = draw { spf = { state = "broken", tree = node("example.com", { child }) } }
      assert.equal("include:a.example | 0 look-ups | " .. shown, of_class(root, "ms-node")[2])
    end
  end)

  it("says that there is no record", function()
    local none = { domain = "example.com", problem = "no_record", children = {}, total = 0 }
    local root = draw { spf = { state = "none", tree = none } }
    assert.same({}, of_class(root, "ms-node"))
    assert.is_truthy(words(root):find("SPF | warning | no record", 1, true))
  end)
end)

describe("DMARC in a picture", function()
  it("shows where the policy was found", function()
    local root = draw { dmarc = {
      state = "inherited", result = "found", policy = "quarantine", tag = "np", record_domain = "example.com", parsed = {}, tested = true,
      requested = "reject",
      path = {
        { domain = "a.b.example.com", name = "_dmarc.a.b.example.com" },
        { domain = "b.example.com", name = "_dmarc.b.example.com", problem = "several_records" },
        { domain = "example.com", name = "_dmarc.example.com", record = "v=DMARC1; p=reject" },
        { domain = "com", name = "_dmarc.com", problem = "timeout", temporary = true },
      },
      reports = { { destination = "reports.example.net", result = "authorised" }, { destination = "other.example", result = "refused" } },
    } }
    assert.same({
      "_dmarc.a.b.example.com | no record", "_dmarc.b.example.com | several records", "_dmarc.example.com | this record applies",
      "_dmarc.com | DNS did not answer",
    }, of_class(root, "ms-step"))
    assert.same({ "policy: quarantine (np=) | only tested; asked for is reject | alignment: DKIM relaxed, SPF relaxed" },
      of_class(root, "ms-policy"))
    assert.same({ "reports to | reports.example.net | authorised", "reports to | other.example | not authorised" },
      of_class(root, "ms-report"))
    assert.is_truthy(words(root):find("the policy of a domain above", 1, true))
  end)

  it("says that there is none", function()
    local root = draw { dmarc = { state = "none", result = "none", path = { { domain = "example.com", name = "_dmarc.example.com" } } } }
    assert.same({}, of_class(root, "ms-policy"))
    assert.is_truthy(words(root):find("DMARC | warning | no record", 1, true))
  end)
end)

-- ---- What may go wrong

local function rectangle(element)
  local a = element.attributes
  return { x = tonumber(a.x), y = tonumber(a.y), width = tonumber(a.width), height = tonumber(a.height) }
end

local function overlap(a, b)
  return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height
end

-- What text takes, as it was measured: above the base line and a little below.
local function area(element)
  local a, size = element.attributes, tonumber(element.attributes["font-size"])
  local bold = has_class(element, "ms-strong") or a.class:find "ms%-word" ~= nil
  return { x = tonumber(a.x), y = tonumber(a.y) - size, width = svg.measure(words(element), size, bold), height = size * 1.25 }
end

local function collect(root)
  local boxes, texts = all(root, "ms-box"), {}
  walk(root, function(element)
    if element.name == "text" then
      texts[#texts + 1] = element
    end
  end)
  return boxes, texts
end

local function first_overlap(list)
  for i, one in ipairs(list) do
    for j = 1, i - 1 do
      if overlap(one, list[j]) then
        return one, list[j]
      end
    end
  end
end

-- Boxes keep clear of each other, texts too; and all stays in the picture.
local function assert_tidy(root)
  local width, height = tonumber(root.attributes.width), tonumber(root.attributes.height)
  local boxes, texts = collect(root)
  for i, box in ipairs(boxes) do
    boxes[i] = rectangle(box)
  end
  for i, element in ipairs(texts) do
    texts[i] = area(element)
    texts[i].words = words(element)
    local one = texts[i]
    assert.is_true(one.x >= 0 and one.x + one.width <= width and one.y + one.height <= height, one.words)
    for _, box in ipairs(boxes) do
      if overlap(one, box) and not (one.x >= box.x and one.x + one.width <= box.x + box.width) then
        assert.equal("in its box", one.words)
      end
    end
  end
  assert.is_nil((first_overlap(boxes)))
  assert.is_nil((first_overlap(texts)))
end

local allowed = { svg = true, title = true, desc = true, style = true, rect = true, path = true, circle = true, g = true, text = true }
local allowed_attributes = {}
for name in ("width height viewBox role aria-labelledby id class x y rx r d font-size transform"):gmatch "%S+" do
  allowed_attributes[name] = true
end

local function assert_harmless(text)
  assert.is_nil(text:gsub("\n", ""):find "[%c\127-\255]")
  assert.is_true(#text < 100000, #text .. " octets")
  local root = parse(text)
  walk(root, function(element)
    assert.is_true(allowed[element.name], element.name)
    for name in pairs(element.attributes) do
      assert.is_true(name == "" or allowed_attributes[name], name)
    end
  end)
  assert.is_nil(text:find("url(", 1, true))
  return root
end

describe("what DNS holds", function()
  local evil = {
    "<script>alert(1)</script>", "\"/><image href='http://example.net/'/>", "&amp;&lt;&#0;", "]]><![CDATA[", "--><!--", "\0\1\27[2J",
    "\226\128\174evil\226\129\166", "\255\254\192\128", "\239\191\190\239\191\191", "\226\128\139\226\128\141\204\129\204\129", "%s%d%n",
    ("W"):rep(5000), ("\255"):rep(1000), "</text></svg>", "a\nb\rc\td", "ms-error", "",
  }

  it("cannot break out of the picture, nor make its parts overlap", function()
    for _, text in ipairs(evil) do
      local child = node(text, { node(text) })
      child.problem = text
      local root = assert_harmless(picture.draw(report {
        domain = text, status = "error", findings = { { code = text, severity = "error", name = text, aspect = text } },
        dkim = { selectors = {
          { selector = text, name = text, state = text, chain = { text, text }, key = { type = text, bits = 1 } },
          { selector = text, name = text, state = "found", chain = { text, text, text, text }, record = text },
        } },
        spf = { state = "ok", tree = node(text, { child }) },
        dmarc = {
          state = "ok", policy = text, tag = text, record_domain = text, parsed = { dkim_alignment = text }, tested = true,
          requested = text, path = { { domain = text, name = text }, { domain = "x", name = text, problem = text } },
          reports = { { destination = text, result = text } },
        },
      }))
      assert_tidy(root)
    end
  end)

  it("is shown whole in a title where it is cut", function()
    local name = ("a"):rep(60) .. "." .. ("b"):rep(60) .. "." .. ("c"):rep(60) .. ".example.com"
    local root = draw { dkim = { selectors = { { selector = "s1", name = name, state = "found", chain = { name } } } } }
    assert_tidy(root)
    local found = 0
    walk(root, function(element, above)
      if element.name == "title" and element.text == name and above.name == "text" then
        found = found + 1
        assert.is_truthy(words(above):find("^a+%.%.%..*example%.com$"))
      end
    end)
    assert.equal(1, found)
  end)

  it("makes a picture of bounded size", function()
    local selectors, nodes, path, reports, deep = {}, {}, {}, {}, node "deepest.example"
    for i = 1, 1000 do
      selectors[i] = { selector = "s" .. i, name = "s" .. i, state = "found", chain = {} }
      nodes[i] = node("n" .. i .. ".example")
      path[i] = { domain = "d" .. i, name = "_dmarc.d" .. i }
      reports[i] = { destination = "r" .. i, result = "authorised" }
    end
    for i = 1, 100 do
      deep = node("d" .. i .. ".example", { deep })
    end
    table.insert(nodes, 1, deep)
    local root = assert_harmless(picture.draw(report {
      dkim = { selectors = selectors }, spf = { state = "broken", tree = node("example.com", nodes) },
      dmarc = { state = "none", path = path, reports = reports },
    }))
    assert_tidy(root)
    assert.is_truthy(words(root):find("and 980 more selectors", 1, true))
    assert.is_truthy(words(root):find("and 1062 more records", 1, true))
    assert.is_true(tonumber(root.attributes.height) < 4000)
  end)
end)

describe("a picture's states", function()
  it("never differ in colour alone: with each comes a sign of its own shape, and a word", function()
    local shapes = {}
    local root = draw { status = "error" }
    for _, state in ipairs(style.STATES) do
      local icons = all(all(root, "ms-legend")[1], "ms-" .. state)
      assert.equal(1, #icons, state)
      local shape = ""
      for _, child in ipairs(icons[1].children) do
        shape = shape .. child.name .. (child.attributes.d or "")
      end
      assert.is_nil(shapes[shape])
      shapes[shape] = state
      assert.equal(1, #all(all(root, "ms-legend")[1], "ms-word-" .. state))
    end
    for _, class in ipairs { "ms-selector", "ms-node", "ms-step", "ms-head" } do
      for _, group in ipairs(all(root, class)) do
        assert.equal(1, #all(group, "ms-icon"), class)
      end
    end
  end)

  it("are legible by day and by night", function()
    local function channel(text)
      local value = tonumber(text, 16) / 255
      return value <= 0.03928 and value / 12.92 or ((value + 0.055) / 1.055) ^ 2.4
    end
    local function luminance(colour)
      local red, green, blue = colour:match "^#(%x%x)(%x%x)(%x%x)$"
      return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
    end
    for light, palette in pairs(style.palettes) do
      for _, name in ipairs { "ink", "soft", "ok", "warning", "error", "pending", "none" } do
        for _, ground in ipairs { "paper", "box" } do
          local a, b = luminance(palette[name]), luminance(palette[ground])
          assert.is_true((math.max(a, b) + 0.05) / (math.min(a, b) + 0.05) >= 4.5, light .. " " .. name)
        end
      end
    end
    assert.is_truthy(style.sheet():find("@media (prefers-color-scheme:dark){", 1, true))
  end)
end)
