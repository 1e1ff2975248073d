local stages = require "spec.support.http_stage"

local KRAITER = { provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } } }

describe("the health of domains", function()
  local stage

  before_each(function()
    stage = stages.new()
    for _, domain in ipairs { "mail.example.com", "mail.example.org" } do
      local body = { domain = domain, provider = KRAITER.provider, vars = KRAITER.vars }
      assert.equal(201, stage:post("/v1/domains", body).status)
    end
  end)
  after_each(function() stage:close() end)

  local function health(domain) return stage:get(("/v1/domains/%s/health"):format(domain)).json end

  it("is told, with the numbers that it is judged by", function()
    local reply = stage:get "/v1/domains/mail.example.com/health"
    assert.equal(200, reply.status)
    assert.same({ "healthy", 0, 0, 0 }, { reply.json.state, reply.json.delivered, reply.json.bounced, reply.json.complained })
    assert.is_number(reply.json.policy.window)
  end)

  it("takes reports, which are added up", function()
    for _ = 1, 2 do
      local reply = stage:post("/v1/domains/mail.example.com/health", { delivered = 90, bounced = 60 })
      assert.equal(200, reply.status)
    end
    assert.same({ 180, 120, "critical" }, {
      health "mail.example.com".delivered, health "mail.example.com".bounced, health "mail.example.com".state,
    })
    assert.equal("healthy", health "mail.example.org".state)
  end)

  it("is forgotten when the operator wants it, and not when the tenant does, whom it may hold up", function()
    stage:post("/v1/domains/mail.example.com/health", { delivered = 90, bounced = 600 })
    assert.equal("403 forbidden", (function(reply) return reply.status .. " " .. reply.json.code end)(
      stage:delete "/v1/domains/mail.example.com/health"))
    assert.equal("critical", health "mail.example.com".state)
    stage.is_operator = true
    assert.equal(204, stage:delete("/v1/domains/mail.example.com/health").status)
    assert.same({ "healthy", 0 }, { health "mail.example.com".state, health "mail.example.com".bounced })
  end)

  it("takes reports of many domains, each by itself", function()
    local reply = stage:post("/v1/health", { reports = {
      { domain = "mail.example.com", delivered = 10 }, { domain = "gone.example", delivered = 1 },
      { domain = "mail.example.org", delivered = 5, at = stage.time + 86400 }, { domain = "mail.example.org", bounced = 3 },
    } })
    assert.equal(200, reply.status, reply.body)
    local told = {}
    for i, one in ipairs(reply.json.results) do told[i] = one.domain .. " " .. (one.health or one.problem.code) end
    assert.same({
      "mail.example.com healthy", "gone.example not_found", "mail.example.org in_the_future", "mail.example.org healthy",
    }, told)
    assert.equal(404, reply.json.results[2].problem.status)
    assert.same({ 10, 3 }, { health "mail.example.com".delivered, health "mail.example.org".bounced })
  end)

  it("takes a thousand reports at a time, and no more", function()
    local reports = {}
    for i = 1, 1001 do reports[i] = { domain = "mail.example.com", delivered = 1 } end
    assert.equal("400 bad_body", (function(reply) return reply.status .. " " .. reply.json.code end)(
      stage:post("/v1/health", { reports = reports })))
    reports[1001] = nil
    assert.equal(1000, #stage:post("/v1/health", { reports = reports }).json.results)
    assert.equal(1000, health "mail.example.com".delivered)
  end)

  it("says of each report whether it was taken where the database fails in the middle, so that none is sent twice", function()
    local reports, calls, tenant = {}, 0, getmetatable(stage.registry:tenant "acme").__index
    for i = 1, 120 do reports[i] = { domain = "mail.example.com", delivered = 1 } end
    local report_all = tenant.report_all
    finally(function() tenant.report_all = report_all end)
    function tenant.report_all(...)
      calls = calls + 1
      if calls == 2 then return nil, "another process holds it", "store_busy" end
      return report_all(...)
    end
    local reply = stage:post("/v1/health", { reports = reports })
    assert.equal(200, reply.status, reply.body)
    for i, result in ipairs(reply.json.results) do
      local is_taken = i <= 50 or i > 100
      assert.equal(is_taken and "healthy" or 503, is_taken and result.health or result.problem.status, i)
    end
    assert.equal(120, #reply.json.results)
    assert.equal(70, health "mail.example.com".delivered)
    calls = 1
    assert.equal(503, stage:post("/v1/health", { reports = reports }).status)
    assert.equal(70, health "mail.example.com".delivered)
  end)

  it("is another tenant's own", function()
    stage.is_operator = true
    for _, ask in ipairs { "get", "delete" } do
      assert.equal(404, stage:as "rival"[ask](stage:as "rival", "/v1/domains/mail.example.com/health").status)
    end
    assert.equal(404, stage:as("rival"):post("/v1/domains/mail.example.com/health", { delivered = 5 }).status)
    local reply = stage:as("rival"):post("/v1/health", { reports = { { domain = "mail.example.com", delivered = 5 } } })
    assert.equal("not_found", reply.json.results[1].problem.code)
    assert.equal(0, health "mail.example.com".delivered)
  end)

  it("takes no numbers that are none", function()
    for _, body in ipairs { { delivered = -1 }, { delivered = 1.5 }, { bounced = "1" }, { sent = 1 } } do
      assert.equal("bad_body", stage:post("/v1/domains/mail.example.com/health", body).json.code)
    end
  end)
end)
