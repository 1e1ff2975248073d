--- Webhooks sent by the service itself: cosockets, the database in nginx's threads, the worker in a timer.
local cjson = require "cjson"
local receivers = require "spec.support.receiver"
local service = require "spec.support.service"
local shell = require "spec.support.shell"
local webhook = require "mailseal.webhook"

local ZONE = { ["hooks.example"] = { { type = "A", data = "127.0.0.1" } }, ["other.example"] = { { type = "A", data = "127.0.0.1" } } }

describe("the service's webhooks, inside #nginx,", function()
  local server, receiver, tls, certificates

  setup(function()
    certificates = receivers.certificates()
    receiver = receivers.start()
    tls = receivers.start { certificate = certificates .. "/good.pem", key = certificates .. "/good.key" }
    server = service.start {
      zone = ZONE, workers = 2, arguments = { "--allow-private-webhooks" }, environment = { SSL_CERT_FILE = certificates .. "/ca.pem" },
    }
  end)
  teardown(function()
    for _, one in ipairs { server, receiver, tls } do one:stop() end
    shell.remove_directory(certificates)
  end)
  before_each(function()
    receiver:forget()
    tls:forget()
  end)

  local count = 0

  -- Another domain, whose creation is an event.
  local function create()
    count = count + 1
    local name = ("d%d.example.com"):format(count)
    assert.equal(201, server:post("/v1/domains", {
      domain = name, provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
    }).status)
    return name
  end

  local function hook(url)
    local made = server:post("/v1/webhooks", { url = url, kinds = { "created" } })
    assert.equal(201, made.status, made.body)
    return made.json
  end

  local function remove(made) assert.equal(204, server:delete("/v1/webhooks/" .. made.id).status) end

  it("get what happens, over TLS, signed", function()
    local made = hook(("https://hooks.example:%d/x"):format(tls.port))
    local name = create()
    local request = tls:await(1)[1]
    local body = cjson.decode(request.body)
    assert.same({ "created", name, "default" }, { body.type, body.domain, body.tenant })
    assert.truthy(webhook.verify(request.headers, request.body, made.secret))
    assert.is_nil(server:log():find(made.secret:sub(8), 1, true))
    remove(made)
  end)

  it("are sent to no host whose certificate is another's", function()
    local made = hook(("https://other.example:%d/x"):format(tls.port))
    local found = server:post(("/v1/webhooks/%s/test"):format(made.id)).json
    assert.same({ false, "bad_certificate" }, { found.delivered, found.problem })
    assert.same({}, tls:requests())
    remove(made)
  end)

  it("are tried again until they are taken", function()
    receiver:behave { ["*"] = { status = 500 } }
    local made = hook(("http://hooks.example:%d/"):format(receiver.port))
    create()
    receiver:await(1)
    receiver:behave {}
    local requests = receiver:await(2)
    assert.equal(requests[1].headers["webhook-id"], requests[2].headers["webhook-id"])
    assert.equal(requests[1].body, requests[2].body)
    remove(made)
  end)

  it("that are slow hold up neither others nor the service", function()
    receiver:behave { ["/slow"] = { delay = 9 } }
    local base = ("http://hooks.example:%d"):format(receiver.port)
    local slow, fast = hook(base .. "/slow"), hook(base .. "/fast")
    for _ = 1, 8 do create() end
    receiver:await(8, "/fast")
    assert.is_true(#receiver:requests "/slow" <= 4)
    assert.equal(200, server:get("/v1/webhooks").status)
    remove(slow)
    remove(fast)
  end)

  it("come again, with the same id, where nginx's worker was killed before it noted what came of it", function()
    receiver:behave { ["/killed"] = { delay = 8, times = 1, ["then"] = {} } }
    local made = hook(("http://hooks.example:%d/killed"):format(receiver.port))
    create()
    receiver:await(1, "/killed")
    for _, pid in ipairs(server:workers()) do shell.output(("kill -9 %d"):format(pid)) end
    -- As if the time of the lease were over.
    shell.output "sleep 0.5"
    local store = assert(require "mailseal.store".open(server.db))
    assert(store:write(function(tx)
      tx:run "UPDATE deliveries SET next_at = 0 WHERE lease_owner IS NOT NULL"
      return tx:run "UPDATE webhooks SET due_at = 0"
    end))
    store:close()
    local requests = receiver:await(2, "/killed")
    assert.equal(requests[1].headers["webhook-id"], requests[2].headers["webhook-id"])
    for _ = 1, 200 do
      if #server:get(("/v1/webhooks/%s/deliveries"):format(made.id)).json.deliveries == 0 then break end
      shell.output "sleep 0.05"
    end
    assert.same({}, server:get(("/v1/webhooks/%s/deliveries"):format(made.id)).json.deliveries)
    remove(made)
  end)
end)
