--- What the service tells of itself, to whoever asks.
local prometheus = require "spec.support.prometheus"
local stages = require "spec.support.http_stage"

describe("the service", function()
  local stage, asked

  before_each(function()
    stage, asked = stages.new { service = { limits = { verify = { domain = { burst = 2, every = 30 } } } } }, 0
    local perform = stage.registry.perform
    function stage.registry.perform(...)
      asked = asked + 1
      if stage.is_down then return nil, "the server is gone: 192.0.2.1", "store_unreachable" end
      return perform(...)
    end
  end)
  after_each(function() stage:close() end)

  local function figures() return prometheus.read(stage:as(nil):get("/metrics").body) end

  it("says that it answers, whoever asks, and asks nobody itself", function()
    stage.is_down = true
    local reply = stage:as(nil):get "/healthz"
    assert.same({ 200, "ok", 0 }, { reply.status, reply.json.status, asked })
  end)

  it("is ready as long as the database answers", function()
    assert.equal(200, stage:as(nil):get("/readyz").status)
    stage.is_down = true
    local reply = stage:as(nil):get "/readyz"
    assert.same({ 503, "store_unreachable" }, { reply.status, reply.json.code })
    assert.is_nil(reply.body:find("192.0.2.1", 1, true))
  end)

  it("counts requests by their route and status, and what has none together", function()
    stage:get "/v1/domains"
    stage:get "/v1/domains/a.example"
    stage:get "/v1/domains/b.example"
    for i = 1, 50 do stage:get("/nowhere/" .. i) end
    local found = figures()
    assert.equal(1, found.value 'mailseal_http_requests_total{route="listDomains",status="200"}')
    assert.equal(2, found.value 'mailseal_http_requests_total{route="getDomain",status="404"}')
    assert.equal(50, found.value 'mailseal_http_requests_total{route="none",status="404"}')
  end)

  it("tells what the database holds of looks and of what is due, asking it now and then", function()
    stage:post("/v1/domains", {
      domain = "mail.example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
    })
    stage:post "/v1/domains/mail.example.com/verify"
    local before = asked
    local found
    for _ = 1, 10 do found = figures() end
    assert.equal(before + 1, asked)
    assert.equal(1, found.value "mailseal_store_up")
    local looks = 0
    for _, sample in pairs(found.samples) do
      if sample.family == "mailseal_checks_total" then looks = looks + sample.value end
    end
    assert.equal(1, looks)
    for _, queue in ipairs { "pending", "routine", "gates", "keys", "webhooks" } do
      assert.is_number(found.value(('mailseal_queue_due{queue="%s"}'):format(queue)))
      assert.is_number(found.value(('mailseal_queue_age_seconds{queue="%s"}'):format(queue)))
    end
    assert.equal(0, found.value 'mailseal_webhook_deliveries{state="dead"}')
  end)

  it("tells its figures on its own machine alone, and to nobody elsewhere through a proxy on it", function()
    local function status(peer, headers)
      stage.peer = peer
      return stage:as(nil):get("/metrics", headers).status
    end
    local loopback = ("\0"):rep(15) .. "\1"
    for _, peer in ipairs { "\127\0\0\1", "\127\1\2\3", loopback } do assert.equal(200, status(peer)) end
    for _, peer in ipairs { "\192\0\2\1", "\126\0\0\1", ("\0"):rep(16), "\127" .. ("\0"):rep(14) .. "\1" } do
      assert.equal(403, status(peer))
    end
    for _, name in ipairs { "x-forwarded-for", "forwarded", "x-real-ip", "via" } do
      assert.equal(403, status(loopback, { [name] = "192.0.2.1" }), name)
    end
  end)

  it("takes threads that have much to do for no database that is gone", function()
    assert.equal(1, figures().value "mailseal_store_up")
    local dict = require "mailseal.http.live".of(stage.service).dict
    dict:delete "figures"
    function stage.registry.perform() return nil, "the service has more to do than it can just now", "busy" end
    assert.equal(1, figures().value "mailseal_store_up")
  end)

  it("says that the database is gone, and tells all the rest", function()
    stage:get "/healthz"
    stage.is_down = true
    local found = figures()
    assert.equal(0, found.value "mailseal_store_up")
    assert.equal(1, found.value 'mailseal_http_requests_total{route="healthz",status="200"}')
  end)

  it("believes nothing any more that it was to believe for a second, where the clock is set back", function()
    local kept = require "mailseal.http.live".of(stage.service)
    kept.dict:set("of a second", true, 1)
    kept:mind(1800000000, 50)
    kept:mind(1800000001.2, 51)
    kept:mind(1800003600, 52) -- set on
    kept:mind(1800003600.5, 53) -- a little slower than the other one
    assert.is_true(kept.dict:get "of a second")
    kept:mind(1800000010, 54)
    assert.is_nil(kept.dict:get "of a second")
    kept.dict:set("of a second", true, 1)
    kept:mind(1800000011, 55)
    assert.is_true(kept.dict:get "of a second")
  end)

  it("refuses a look that comes too soon, and says when one can make sense", function()
    stage:post("/v1/domains", {
      domain = "mail.example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
    })
    local shown
    for _ = 1, 2 do shown = stage:post "/v1/domains/mail.example.com/verify" end
    assert.equal(200, shown.status, shown.body)
    local reply = stage:post "/v1/domains/mail.example.com/verify"
    assert.same({ 429, "too_often", "30" }, { reply.status, reply.json.code, reply.headers["Retry-After"] })
    assert.equal(math.max(stage.time + 30, shown.json.retry_at or 0), reply.json.retry_at)
    assert.equal(1, figures().value 'mailseal_http_requests_total{route="verifyDomain",status="429"}')
  end)
end)
