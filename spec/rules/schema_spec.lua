local schema = require "mailseal.rules.schema"

local record = schema.record({
  id = schema.text { pattern = "^%l+$", words = "of lower-case letters", longest = 5 },
  required = schema.optional(schema.flag),
  kind = schema.optional(schema.one_of { "TXT", "MX" }),
  ttl = schema.optional(schema.count(0, 10)),
  names = schema.optional(schema.list(schema.text(), { most = 2 })),
  by_name = schema.optional(schema.map(schema.text { pattern = "^%l$", words = "a letter" }, schema.flag, 2)),
  either = schema.optional(schema.either(schema.text(), schema.list(schema.flag))),
}, function(value, path) return value.id == "bad" and path .. " is bad" or nil end)

local function problem(value) return schema.problem(record, value) end

describe("a rule's schema", function()
  it("takes what is as it should be", function()
    assert.is_nil(problem { id = "a", required = false, kind = "MX", ttl = 10, names = { "a", "b" }, by_name = { a = true }, either = "a" })
    assert.is_nil(problem { id = "a", either = { true } })
  end)

  it("names the place and the mistake", function()
    for words, value in pairs {
      ["id is missing"] = {},
      ["id is no text, but 1"] = { id = 1 },
      ["id is empty"] = { id = "" },
      ["id has 6 octets, and may have 5"] = { id = "abcdef" },
      ['id is "A", and must be of lower-case letters'] = { id = "A" },
      ["required is neither true nor false"] = { id = "a", required = "yes" },
      ['kind is "A", and must be one of TXT, MX'] = { id = "a", kind = "A" },
      ["ttl is 11, and must be a whole number from 0 to 10"] = { id = "a", ttl = 11 },
      ["ttl is 0.5, and must be a whole number from 0 to 10"] = { id = "a", ttl = 0.5 },
      ["names[2] is no text, but true"] = { id = "a", names = { "a", true } },
      ["names has 0 items, and is to have 1 at least"] = { id = "a", names = {} },
      ["names has more than 2 items"] = { id = "a", names = { "a", "b", "c" } },
      ["names is to be a list, and has no item 1"] = { id = "a", names = { [2] = "a" } },
      ['names is to be a list, and has "x"'] = { id = "a", names = { x = "a" } },
      ["names is no table, but \"a\""] = { id = "a", names = "a" },
      ['a name in by_name is "B", and must be a letter'] = { id = "a", by_name = { B = true } },
      ["by_name.a is neither true nor false"] = { id = "a", by_name = { a = 1 } },
      ["by_name has more than 2 members"] = { id = "a", by_name = { a = true, b = true, c = true } },
      ["by_name has 1 among its names"] = { id = "a", by_name = { true } },
      ["either[1] is neither true nor false"] = { id = "a", either = { 1 } },
      ["either is no text, but 1"] = { id = "a", either = 1 },
      [" is bad"] = { id = "bad" },
    } do
      assert.equal(words, problem(value))
    end
    assert.matches("^selectro is nothing that a rule has there: it has by_name, either, id, ", problem { id = "a", selectro = 1 })
    assert.equal("it is no table, but a function", problem(print))
  end)

  it("tells a text that would disturb a terminal in one that does not", function()
    assert.equal('id has characters that cannot be printed: "a\\027"', problem { id = "a\27" })
    assert.is_nil(schema.problem(schema.text(), "Übung: … “so”"))
    assert.matches("^id has characters that cannot be printed", problem { id = "\255" })
    assert.matches("^id has characters that cannot be printed", problem { id = "a\nb" })
  end)

  it("takes no metatables, and ends where a table holds itself", function()
    assert.equal("it has a metatable: a rule is plain data", problem(setmetatable({}, { __index = function() error "asked" end })))
    assert.equal("names has a metatable: a rule is plain data", problem { id = "a", names = setmetatable({ "a" }, {}) })
    local loop = { id = "a" }
    loop.by_name = loop
    assert.equal("by_name has more than 2 members", schema.problem(record, { id = "a", by_name = { a = true, b = true, id = loop } }))
    assert.equal("a name in by_name is \"by_name\", and must be a letter", problem(loop))
    loop = {}
    loop[1] = loop
    assert.equal("[1][1] is no text, but a table", schema.problem(schema.list(schema.list(schema.text())), loop))
  end)
end)

describe("what all rules have", function()
  local common = schema.record(schema.with_common {})
  local function rule(changes)
    local made = { id = "a-1", name = "A", source = { "https://a.example" }, checked_on = "2026-11-22", confidence = "confirmed" }
    for name, value in pairs(changes) do made[name] = value end
    return made
  end

  it("is an id, a name, sources, the day they were looked at, and how sure they are", function()
    assert.is_nil(schema.problem(common, rule { aliases = { "b" }, less_sure = { ["the window"] = "third-party" } }))
    assert.equal("source has 0 items, and is to have 1 at least", schema.problem(common, rule { source = {} }))
    assert.equal(
      'checked_on is "2026-13-01", and must be a day such as 2026-11-22', schema.problem(common, rule { checked_on = "2026-13-01" }))
    assert.equal(
      'checked_on is "2026-01-32", and must be a day such as 2026-11-22', schema.problem(common, rule { checked_on = "2026-01-32" }))
    assert.equal("checked_on is 2026, and must be a day such as 2026-11-22", schema.problem(common, rule { checked_on = 2026 }))
    assert.matches("^id is \"A\", and must be of lower%-case", schema.problem(common, rule { id = "A" }))
    assert.matches("^confidence is \"sure\", and must be one of ", schema.problem(common, rule { confidence = "sure" }))
  end)

  it("is stale a year after that day", function()
    local checked = os.time { year = 2026, month = 11, day = 22, hour = 12 }
    assert.is_false(schema.is_stale(rule {}, checked + 364 * 86400))
    assert.is_true(schema.is_stale(rule {}, checked + 367 * 86400))
  end)
end)
