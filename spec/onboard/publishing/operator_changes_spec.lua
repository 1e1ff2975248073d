-- mailseal.onboard.publishing.operator_changes: what is to be done at a name in the operator's zone.
local changes = require "mailseal.onboard.publishing.operator_changes"

local ZONE, NAME = "keys.example", ("a"):rep(32) .. ".keys.example"
local PUBLIC = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
local TEXT, REVOKED = "v=DKIM1; k=ed25519; p=" .. PUBLIC, "v=DKIM1; p="

describe("At a name in the operator's zone", function()
  -- What becomes of values where a key is in a state: values; or as of `changes.of`.
  local function of(state, values, kind)
    local row = { name = NAME, target = state and NAME or nil, state = state, type = "ed25519", public = PUBLIC }
    local list = { { name = "other.keys.example", type = "TXT", ttl = 60, values = { '"x"' } } }
    if values then list[2] = { name = NAME, type = kind or "TXT", ttl = 60, values = values } end
    local change = changes.of(row, list, 3600)
    if type(change) ~= "table" then return change end
    assert.same(list[2], change.before)
    return change.after and change.after.values or "nothing"
  end
  local function quoted(...)
    local list = { ... }
    for i, text in ipairs(list) do list[i] = '"' .. text .. '"' end
    return list
  end

  it("a key comes, makes way for its revocation, and goes", function()
    assert.same(quoted(TEXT), of("awaited"))
    assert.is_true(of("active", quoted(TEXT)))
    assert.same(quoted(REVOKED), of("revoked", quoted(TEXT)))
    assert.equal("nothing", of("idle", quoted(REVOKED)))
    assert.equal("nothing", of(nil, quoted(TEXT)))
    assert.is_true(of "idle")
  end)

  it("another key is replaced, whoever has entered it, and doubled ones", function()
    assert.same(quoted(TEXT), of("awaited", quoted(REVOKED)))
    assert.same(quoted(TEXT), of("active", quoted(TEXT, REVOKED)))
  end)

  it("what is no key stays, and is in the way of one that is to come", function()
    assert.is_false(of("awaited", quoted "mine"))
    assert.is_false(of("awaited", { "elsewhere.example." }, "CNAME"))
    assert.is_true(of("active", quoted(TEXT, "mine")))
    assert.same(quoted(REVOKED, "mine"), of("revoked", quoted(TEXT, "mine")))
    assert.same(quoted "mine", of(nil, quoted(TEXT, "mine")))
    assert.is_true(of(nil, { "elsewhere.example." }, "CNAME"))
  end)

  it("is known by what was drawn by chance", function()
    assert.is_true(changes.is_ours(NAME, ZONE))
    for _, name in ipairs { "www.keys.example", NAME .. "x", ("a"):rep(32) .. ".keys.examplf", ("a"):rep(30) .. ".b.keys.example" } do
      assert.is_false(changes.is_ours(name, ZONE), name)
    end
  end)
end)
