--- The routes of webhooks.
local receivers = require "spec.support.receiver"
local shell = require "spec.support.shell"
local stages = require "spec.support.http_stage"
local webhook = require "mailseal.webhook"

describe("webhooks, over HTTP", function()
  local stage, receiver, directory

  setup(function() receiver, directory = receivers.start(), shell.new_directory() end)
  teardown(function()
    receiver:stop()
    shell.remove_directory(directory)
  end)
  before_each(function()
    stage = stages.new {
      zone = { ["hooks.example"] = { { type = "A", data = "127.0.0.1" } } },
      registry = { master_key_file = directory .. "/master.key", policy = { webhooks = { allow_private = true } } },
    }
  end)
  after_each(function()
    stage:close()
    receiver:forget()
    os.remove(directory .. "/master.key")
  end)

  local function refused(reply) return ("%d %s"):format(reply.status, reply.json.code) end

  local function create(given)
    given.url = given.url or ("http://hooks.example:%d/"):format(receiver.port)
    return stage:post("/v1/webhooks", given)
  end

  local function send() return assert(require "mailseal.onboard.sending".work(stage.registry)) end

  it("are created, with a secret that is told this once, and have an address", function()
    local reply = create { kinds = { "created", "key_*" }, description = "CRM" }
    local made = reply.json
    assert.equal(201, reply.status)
    assert.equal("/v1/webhooks/" .. made.id, reply.headers.Location)
    assert.truthy(made.secret:find "^whsec_")
    made.secret = nil
    assert.same(made, stage:get(reply.headers.Location).json)
    assert.same({ webhooks = { made } }, stage:get("/v1/webhooks").json)
    assert.same({ { "created", "key_*" }, "CRM", true }, { made.kinds, made.description, made.enabled })
    assert.same({ "webhook_made", "a test" }, { stage:get("/v1/events").json.events[1].kind, stage:get("/v1/events").json.events[1].actor })
  end)

  it("are refused with what is wrong", function()
    assert.equal("422 bad_webhook", refused(create { url = "nonsense" }))
    assert.equal("422 bad_webhook", refused(create { kinds = { "No Kind" } }))
    assert.equal("400 bad_id", refused(create { description = "a\nb" }))
    assert.equal("400 bad_body", refused(create { secret = "mine" }))
    assert.equal("400 bad_body", refused(stage:post("/v1/webhooks", {})))
    for method, path in pairs { GET = "", PATCH = "", DELETE = "", POST = "/test" } do
      assert.equal("404 no_such_webhook", refused(stage:ask(method, "/v1/webhooks/wh_none" .. path, method == "PATCH" and {} or nil)))
    end
    for _, path in ipairs { "/replay", "/deliveries/1/replay" } do
      assert.equal("404 no_such_webhook", refused(stage:post("/v1/webhooks/wh_none" .. path)))
    end
    assert.equal("404 no_such_webhook", refused(stage:get "/v1/webhooks/wh_none/deliveries"))
  end)

  it("are changed, and removed", function()
    local path = create({ kinds = { "lost" } }).headers.Location
    local function change(given) return stage:ask("PATCH", path, given, { ["content-type"] = "application/json" }) end
    local changed = change('{"kinds": [], "description": "other", "enabled": false}').json
    assert.same({ nil, "other", false, "by_hand" }, { changed.kinds, changed.description, changed.enabled, changed.disabled_reason })
    assert.is_true(change({ enabled = true }).json.enabled)
    assert.truthy(change({ new_secret = true }).json.secret)
    assert.equal("422 bad_webhook", refused(change { url = "ftp://x" }))
    assert.equal(204, stage:ask("DELETE", path).status)
    assert.equal("404 no_such_webhook", refused(stage:get(path)))
  end)

  it("are another tenant's nowhere", function()
    local path = create({}).headers.Location
    local rival = stage:as "rival"
    assert.same({ webhooks = {} }, rival:get("/v1/webhooks").json)
    for _, one in ipairs { { "GET", "" }, { "PATCH", "", {} }, { "DELETE", "" }, { "POST", "/test" }, { "POST", "/replay" },
      { "GET", "/deliveries" }, { "POST", "/deliveries/1/replay" } } do
      assert.equal("404 no_such_webhook", refused(rival:ask(one[1], path .. one[2], one[3])))
    end
    assert.equal(200, stage:get(path).status)
  end)

  it("deliver, and tell what they could not deliver, which is replayed", function()
    local made = create({ kinds = { "created" } }).json
    local path = "/v1/webhooks/" .. made.id
    receiver:behave { ["*"] = { status = 500 } }
    stage:create()
    assert.equal(1, send())
    local list = stage:get(path .. "/deliveries?state=waiting").json.deliveries
    assert.same({ "created", stages.DOMAIN, "waiting", 1, 500, "http_500" },
      { list[1].kind, list[1].domain, list[1].state, list[1].attempts, list[1].status, list[1].problem })
    for _ = 1, 20 do
      stage.time = stage.time + 6 * 3600
      send()
    end
    assert.equal(1, stage:get(path).json.dead)
    assert.same({}, stage:get(path .. "/deliveries?state=waiting").json.deliveries)
    receiver:behave {}
    assert.same({ replayed = 1 }, stage:post(path .. "/replay").json)
    assert.equal(1, send())
    assert.same({ deliveries = {} }, stage:get(path .. "/deliveries").json)
    assert.equal(204, stage:post(("%s/deliveries/%d/replay"):format(path, list[1].event)).status)
    assert.equal(1, send())
    local requests = receiver:requests()
    local last = requests[#requests]
    assert.truthy(webhook.verify(last.headers, last.body, made.secret, { now = stage.time }))
    for _, event in ipairs { "2x", "9999999999999999", "7" } do
      assert.equal("404 no_such_delivery", refused(stage:post(("%s/deliveries/%s/replay"):format(path, event))))
    end
  end)

  it("are tried out", function()
    local path = create({}).headers.Location .. "/test"
    assert.same({ true, 200 }, { stage:post(path).json.delivered, stage:post(path).json.status })
    receiver:behave { ["*"] = { status = 404 } }
    assert.same({ false, "http_404" }, { stage:post(path).json.delivered, stage:post(path).json.problem })
  end)
end)
