local stages = require "spec.support.http_stage"

describe("held mail", function()
  local stage
  local HOLDS = "/v1/domains/mail.example.com/holds"

  before_each(function()
    stage = stages.new()
    assert.equal(201, stage:post("/v1/domains", {
      domain = "mail.example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
    }).status)
  end)
  after_each(function() stage:close() end)

  local function mails(list)
    local ids = {}
    for i, one in ipairs(list) do ids[i] = one.mail end
    return ids
  end

  -- As if the domain were verified, so that what is held is let go.
  local function let_go()
    assert(stage.registry.db:write(function(tx)
      return tx:run("UPDATE domains SET status = 'verified', owned_at = 1 WHERE domain = 'mail.example.com'")
    end))
    assert(stage.registry:tenant("acme"):release_holds "mail.example.com")
  end

  it("is listed in order, page by page", function()
    assert.equal(1, stage:post(HOLDS, { mail = "one" }).json.held)
    assert.equal(2, stage:post(HOLDS, { mail = { "two", "three", "one" } }).json.held)
    local page = stage:get(HOLDS .. "?limit=2").json
    assert.same({ "one", "two" }, mails(page.holds))
    local rest = stage:get(page.next).json
    assert.same({ "three" }, mails(rest.holds))
    assert.is_nil(rest.next)
  end)

  it("is called off by its id, whatever that has in it", function()
    stage:post(HOLDS, { mail = { "a/b c%ü", "other" } })
    assert.equal(204, stage:delete(HOLDS .. "/a%2Fb%20c%25%C3%BC").status)
    assert.equal(404, stage:delete(HOLDS .. "/a%2Fb%20c%25%C3%BC").status)
    assert.same({ "other" }, mails(stage:get(HOLDS).json.holds))
  end)

  it("is in the feed of what was released until that is dealt with", function()
    stage:post(HOLDS, { mail = { "one", "two", "three" } })
    let_go()
    local page = stage:get "/v1/released?limit=2".json
    assert.same({ "one", "two" }, mails(page.released))
    assert.equal("mail.example.com", page.released[1].domain)
    assert.same({ "three" }, mails(stage:get(page.next).json.released))
    assert.equal(2, stage:delete(("/v1/released?through=%d"):format(page.released[2].id)).json.forgotten)
    assert.same({ "three" }, mails(stage:get("/v1/released").json.released))
    assert.equal("bad_query", stage:delete("/v1/released").json.code)
  end)

  it("is another tenant's own", function()
    stage:post(HOLDS, { mail = { "one", "two" } })
    local rival = stage:as "rival"
    assert.equal(404, rival:get(HOLDS).status)
    assert.equal(404, rival:post(HOLDS, { mail = "three" }).status)
    assert.equal(404, rival:delete(HOLDS .. "/one").status)
    let_go()
    assert.same({}, rival:get("/v1/released").json.released)
    assert.equal(0, rival:delete("/v1/released?through=1000").json.forgotten)
    assert.equal(2, #stage:get("/v1/released").json.released)
  end)

  it("has ids that can be shown", function()
    assert.equal("bad_id", stage:post(HOLDS, { mail = "a\nb" }).json.code)
    assert.equal("bad_body", stage:post(HOLDS, { mail = {} }).json.code)
    assert.equal("bad_body", stage:post(HOLDS, {}).json.code)
  end)
end)
