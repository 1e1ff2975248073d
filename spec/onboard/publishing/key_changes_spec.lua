-- mailseal.onboard.publishing.key_changes: what is to be changed so that a zone says of our own keys what is so.
local changes_of = require "mailseal.onboard.publishing.key_changes"
local sets = require "mailseal.publish.sets"

local NAME = "s1._domainkey.example.com"
local PUBLIC, OTHER = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa="
local KEY, REVOKED = sets.text("v=DKIM1; k=ed25519; p=" .. PUBLIC), '"v=DKIM1; p="'

local function key(state, more)
  local one = { selector = "s1", type = "ed25519", public = PUBLIC, state = state, version = 1 }
  for name, value in pairs(more or {}) do one[name] = value end
  return one
end

local function set(values, kind) return { name = NAME, type = kind or "TXT", ttl = 60, values = values } end

-- The values that there are to be; "as it is" where nothing is changed; "blocked" where something is in the way.
local function after(one, here)
  local there = { zone_of = { [NAME] = "example.com" }, zones = { ["example.com"] = here }, ttl = 3600 }
  local changes, blocked = changes_of.changes({ one }, "example.com", there)
  if blocked[1] then return "blocked" end
  local list = changes["example.com"]
  return not list and "as it is" or list[1].after and list[1].after.values or "gone"
end

describe("The record of a key of ours", function()
  it("is added while it is awaited, and where nothing else stands", function()
    assert.same({ KEY }, after(key "awaited", {}))
    assert.same({ KEY }, after(key "spreading", {}))
    assert.equal("as it is", after(key "awaited", { set { KEY } }))
    assert.equal("blocked", after(key "awaited", { set { '"something"' } }))
    assert.equal("blocked", after(key "awaited", { set({ "k1.provider.example." }, "CNAME") }))
  end)

  it("is not put back where it was taken away", function()
    assert.equal("as it is", after(key "active", {}))
    assert.equal("as it is", after(key "retiring", {}))
  end)

  it("is replaced by what says that it is revoked, however it was entered", function()
    assert.same({ REVOKED }, after(key "revoked", { set { KEY } }))
    assert.same({ REVOKED }, after(key "revoked", { set { ('"v=DKIM1;k=ed25519;" "p=%s"'):format(PUBLIC) } }))
    assert.equal("as it is", after(key "revoked", {}))
    assert.equal("as it is", after(key "revoked", { set { REVOKED } }))
    assert.equal("as it is", after(key "withdrawn", { set { REVOKED } }))
  end)

  it("is removed when it is over", function()
    assert.equal("gone", after(key "removed", { set { REVOKED } }))
    assert.equal("gone", after(key "removed", { set { KEY } }))
    assert.equal("as it is", after(key "removed", {}))
  end)

  it("leaves others' values alone", function()
    local others = ('"v=DKIM1; p=%s"'):format(OTHER)
    assert.equal("as it is", after(key "revoked", { set { others } }))
    assert.equal("as it is", after(key "removed", { set { others } }))
    assert.same({ others }, after(key "removed", { set { REVOKED, others } }))
    assert.same({ REVOKED, others }, after(key "revoked", { set { KEY, others } }))
  end)

  it("is none of the customer's zone where a CNAME leads to the operator's, nor of one that was dropped", function()
    assert.equal("as it is", after(key("awaited", { target = "x.keys.example" }), {}))
    assert.equal("as it is", after(key "dropped", { set { KEY } }))
    assert.is_false(changes_of.concerns(key("awaited", { target = "x.keys.example" })))
    assert.is_true(changes_of.concerns(key "revoked"))
    assert.is_false(changes_of.concerns(key "active"))
  end)
end)
