local key = require "mailseal.key"
local planned = require "spec.support.planned"
local sets = require "mailseal.publish.sets"

local NAME = "s1._domainkey.example.com"
local KEY, OTHER
local REVOKED = "v=DKIM1; p="

local function wanted(more)
  local record = { id = "dkim", type = "TXT", name = NAME, value = KEY, key = KEY, match = "dkim_key", required = true, purpose = "dkim" }
  for name, value in pairs(more or {}) do record[name] = value end
  return record
end

local function revoked(more)
  local record = { id = "revoked", type = "TXT", name = NAME, value = REVOKED, match = "exact", purpose = "dkim", required = false,
    rotation = "revoked" }
  for name, value in pairs(more or {}) do record[name] = value end
  return record
end

local function lines(...)
  local list = {}
  for i, text in ipairs { ... } do list[i] = ("%s 300 TXT %s"):format(NAME, sets.text(text)) end
  return table.concat(list, "\n")
end

local function make(text, more, given) return planned.make({ wanted(more) }, text, given) end
local function after(plan) return planned.after(plan, NAME, "TXT") end
local function ours(...)
  local row = { zone = "example.com", name = NAME, type = "TXT", added = {}, taken = {} }
  for i, text in ipairs { ... } do row.added[i] = sets.text { text:sub(1, 100), text:sub(101) } end
  return { ours = { row } }
end

describe("publishing a key", function()
  setup(function()
    KEY, OTHER = key.generate { type = "rsa", bits = 2048 }:record(), key.generate { type = "rsa", bits = 2048 }:record()
  end)

  it("adds it, split into strings", function()
    assert.same({ sets.text(KEY) }, after(make ""))
    assert.matches('" "', sets.text(KEY), 1, true)
  end)

  it("keeps it, however it is split, and whatever tags are beside it", function()
    planned.quiet(make(NAME .. " 300 TXT " .. sets.text { KEY:sub(1, 50), KEY:sub(51, 200), KEY:sub(201) }))
    planned.quiet(make(lines(KEY .. "; t=s")))
  end)

  it("asks before it takes the place of another key", function()
    local plan = planned.asks(make(lines(OTHER)), "dkim_wrong_key@" .. NAME)
    assert.same({ sets.text(KEY) }, after(plan))
    assert.equal(300, plan.changes["example.com"][1].after.ttl)
  end)

  it("asks before a key is used again that was revoked", function()
    planned.asks(make(lines(REVOKED)), "dkim_revoked@" .. NAME)
  end)

  it("asks before another key or text beside it goes", function()
    local plan = planned.asks(make(lines(OTHER, KEY)), "dkim_leftover_key@" .. NAME)
    assert.same({ sets.text(KEY) }, after(plan))
    planned.asks(make(lines(KEY, "some text")), "dkim_leftover_text@" .. NAME)
    planned.asks(make(lines "some text"), "dkim_leftover_text@" .. NAME)
  end)

  it("asks where several keys stand there", function()
    planned.asks(make(lines(OTHER, REVOKED)), "dkim_two_keys@" .. NAME)
  end)

  it("asks where a tag keeps the key from being used, and tells which", function()
    planned.asks(make(lines(KEY .. "; h=sha1")), "dkim_hash_excluded@" .. NAME)
    planned.asks(make(lines "v=DKIM1; k=rsa; p=abcde"), "dkim_p_padding@" .. NAME)
  end)

  it("mends what is the key but for an accident", function()
    local function mends(code, ...)
      local plan = make(lines(...))
      assert.same({}, plan.conflicts)
      assert.same({ sets.text(KEY) }, after(plan))
      assert.equal(code, plan.steps[1].code)
    end
    mends("dkim_cut_at_255", KEY:sub(1, 255))
    mends("dkim_key_split", KEY:sub(1, 255), KEY:sub(256))
    mends("record_altered", "\"" .. KEY:gsub("; ", ";  ") .. "\"")
    mends("record_altered", KEY:lower())
  end)

  it("makes one of the key and its copy", function()
    local plan = make(NAME .. " 300 TXT " .. sets.text(KEY) .. "\n" .. NAME .. " 300 TXT " .. sets.text { KEY:sub(1, 99), KEY:sub(100) })
    assert.same({ { sets.text(KEY) }, "dkim_two_keys" }, { after(plan), plan.steps[1].code })
  end)

  it("takes no other key of the same size for a piece of it", function()
    planned.asks(make(lines(OTHER:sub(1, 255))), "dkim_cut_at_255@" .. NAME)
    planned.asks(make(lines(KEY:sub(1, 60))), "dkim_p_truncated@" .. NAME)
  end)

  it("takes the place of keys that are ours, or were right before", function()
    assert.same({ sets.text(KEY) }, after(make(lines(OTHER), nil, ours(OTHER))))
    local plan = make(lines(OTHER), { migrations = { { from = OTHER } } })
    assert.same({ { sets.text(KEY) }, "record_migrating" }, { after(plan), plan.steps[1].code })
  end)

  it("is content with any key where none in particular is wanted", function()
    planned.quiet(make(lines(OTHER), { value = false, key = false }))
    assert.equal("leave", planned.quiet(make("", { value = false, key = false })).steps[1].action)
  end)

  describe("in a rotation", function()
    it("puts what says that it is revoked in the place of a key that is ours", function()
      local plan = planned.make({ revoked() }, lines(OTHER), ours(OTHER))
      assert.same({ '"v=DKIM1; p="' }, after(plan))
      planned.quiet(planned.make({ revoked() }, lines(REVOKED), ours(REVOKED)))
      planned.quiet(planned.make({ revoked() }, lines "p=", ours(REVOKED)))
    end)

    it("asks before somebody else's key is revoked", function()
      planned.asks(planned.make({ revoked() }, lines(OTHER), ours(KEY)), "dkim_wrong_key@" .. NAME)
    end)

    it("publishes a key that is awaited, and puts one back that is still needed", function()
      for _, state in ipairs { "awaited", "spreading", "retiring" } do
        assert.same({ sets.text(KEY) }, after(make("", { required = false, rotation = state })))
      end
    end)

    it("does not put back what may go", function()
      local plan = planned.quiet(planned.make({ revoked { rotation = "withdrawn" } }, ""))
      assert.equal("leave", plan.steps[1].action)
      planned.quiet(planned.make({ revoked { rotation = "withdrawn" } }, lines(REVOKED)))
    end)

    it("takes away what is left of ours, and nothing else", function()
      local left = { { id = "dkim_s1", type = "TXT", name = NAME, purpose = "dkim" } }
      local more = ours(REVOKED)
      more.left = left
      local plan = planned.make({}, lines(REVOKED, OTHER), more)
      assert.same({ { sets.text(OTHER) }, "change" }, { after(plan), plan.steps[1].action })
      plan = planned.make({}, lines(REVOKED), more)
      assert.same({ {}, "remove" }, { after(plan), plan.steps[1].action })
      assert.equal("leave", planned.quiet(planned.make({}, lines(OTHER), more)).steps[1].action)
      assert.same({}, planned.quiet(planned.make({}, "", more)).steps)
    end)
  end)
end)
