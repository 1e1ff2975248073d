local stages = require "spec.support.http_stage"

describe("tokens", function()
  local stage

  before_each(function() stage = stages.new() end)
  after_each(function() stage:close() end)

  it("are shown when they are made, and never again", function()
    local reply = stage:post("/v1/tokens", { name = "billing" })
    assert.equal(201, reply.status, reply.body)
    assert.matches("^ms_%x+$", reply.json.token)
    assert.equal("/v1/tokens/" .. reply.json.id, reply.headers.Location)
    local list = stage:get "/v1/tokens"
    assert.same({ reply.json.id, "billing" }, { list.json.tokens[1].id, list.json.tokens[1].name })
    assert.is_nil(list.body:find("ms_", 1, true))
    assert.is_nil(list.body:find("hash", 1, true))
  end)

  it("are told apart from the one that asks", function()
    local own, other = stage:post("/v1/tokens").json, stage:post("/v1/tokens").json
    stage.service.options.authenticate = function() return { tenant = "acme", token = own.id } end
    local yours = {}
    for _, token in ipairs(stage:get("/v1/tokens").json.tokens) do yours[token.id] = token.yours end
    assert.same({ [own.id] = true, [other.id] = false }, yours)
  end)

  it("are revoked, the one that asks too", function()
    local made = stage:post("/v1/tokens").json
    stage.service.options.authenticate = function() return (stage.registry:perform("tokens", "identify", made.token)) end
    assert.equal(204, stage:delete("/v1/tokens/" .. made.id).status)
    assert.equal(401, stage:get("/v1/tokens").status)
  end)

  it("are another tenant's own", function()
    local made = stage:post("/v1/tokens").json
    assert.equal(404, stage:as("rival"):delete("/v1/tokens/" .. made.id).status)
    assert.same({}, stage:as("rival"):get("/v1/tokens").json.tokens)
    assert.equal(1, #stage:get("/v1/tokens").json.tokens)
  end)

  it("have names that can be shown", function()
    assert.equal("bad_id", stage:post("/v1/tokens", { name = "a\nb" }).json.code)
  end)
end)
