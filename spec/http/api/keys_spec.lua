local shell = require "spec.support.shell"
local stages = require "spec.support.http_stage"

describe("the keys of a domain", function()
  local stage, directory
  local KEYS = "/v1/domains/mail.example.com/keys"

  before_each(function()
    directory = shell.new_directory()
    stage = stages.new { registry = { master_key_file = directory .. "/master.key", policy = { keys = { type = "ed25519" } } } }
    assert.equal(201, stage:post("/v1/domains", { domain = "mail.example.com", provider = "own-server" }).status)
    assert(stage.registry.db:write(function(tx)
      tx:run("UPDATE domains SET status = 'verified', owned_at = 1")
      return tx:run("UPDATE keys SET state = 'active'")
    end))
  end)
  after_each(function()
    stage:close()
    shell.remove_directory(directory)
  end)

  it("are told without what is secret of them", function()
    local reply = stage:get(KEYS)
    assert.equal(200, reply.status)
    local key = reply.json.keys[1]
    assert.same({ "active", "ed25519" }, { key.state, key.type })
    assert.matches("^v=DKIM1; k=ed25519; p=", key.text)
    assert.is_nil(reply.body:find("sealed", 1, true))
    assert.is_nil(reply.body:find("PRIVATE", 1, true))
  end)

  it("are rotated: the next one is made, one at a time", function()
    local reply = stage:post("/v1/domains/mail.example.com/rotate", { type = "rsa", bits = 2048 })
    assert.equal(201, reply.status, reply.body)
    assert.same({ "rsa", 2048 }, { reply.json.type, reply.json.bits })
    assert.equal(2, #stage:get(KEYS).json.keys)
    reply = stage:post("/v1/domains/mail.example.com/rotate")
    assert.same({ 409, "rotation_under_way" }, { reply.status, reply.json.code })
  end)

  it("are revoked, the one that signs by force alone", function()
    local selector = stage:get(KEYS).json.keys[1].selector
    local path = ("%s/%s/revoke"):format(KEYS, selector)
    local reply = stage:post(path)
    assert.same({ 409, "key_active" }, { reply.status, reply.json.code })
    reply = stage:post(path, { force = true })
    assert.equal(200, reply.status)
    assert.equal("revoked", reply.json.keys[1].state)
    assert.equal(404, stage:post(KEYS .. "/nothere/revoke").status)
  end)

  it("are another tenant's own", function()
    local rival, selector = stage:as "rival", stage:get(KEYS).json.keys[1].selector
    assert.equal(404, rival:get(KEYS).status)
    assert.equal(404, rival:post("/v1/domains/mail.example.com/rotate").status)
    assert.equal(404, rival:post(("%s/%s/revoke"):format(KEYS, selector), { force = true }).status)
    assert.equal("active", stage:get(KEYS).json.keys[1].state)
  end)

  it("have bits where they are of RSA, and sizes that are good", function()
    for body, code in pairs { ['{"bits":2048}'] = "bad_body", ['{"type":"rsa","bits":512}'] = "key_too_small" } do
      local reply = stage:post("/v1/domains/mail.example.com/rotate", body, { ["content-type"] = "application/json" })
      assert.equal(code, reply.json.code)
      assert.is_true(reply.status < 500)
    end
  end)
end)
