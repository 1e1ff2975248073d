--- Checks of domains whose DNS says nothing, in the real nginx: they end in time, and hold up nobody; and a client may leave meanwhile.
local cqueues = require "cqueues"
local fault_server = require "spec.support.fault_server"
local http_client = require "spec.support.http_client"
local openapi = require "spec.support.openapi"
local services = require "spec.support.service"
local shell = require "spec.support.shell"

-- As many checks as a worker has under way at a time, see at_most of mailseal.http.api.check.
local AT_MOST = 50

describe("a check while DNS says nothing, in #nginx", function()
  local dns, service

  setup(function()
    dns = assert(fault_server.start())
    service = services.start { servers = { dns.address }, arguments = { "--no-worker" } }
  end)
  teardown(function()
    service:stop()
    dns:stop()
  end)

  -- Asks, and does not wait for the answer.
  local function begin(path)
    local connection = service:connect()
    connection:send(http_client.octets("GET", path, { Authorization = "Bearer " .. service.token }))
    return connection
  end

  it("ends by its deadline, and others are answered long before that", function()
    local path = "/v1/check/silent.a.test?deadline=3" -- DNS is given up after four seconds
    local checks, began = {}, cqueues.monotime()
    for i = 1, 3 do checks[i] = begin(path) end
    for _ = 1, 10 do
      assert.equal(200, service:get("/healthz", { token = false }).status)
      assert.equal(200, service:get("/v1/domains").status)
    end
    assert.is_true(cqueues.monotime() - began < 2)
    for _, connection in ipairs(checks) do
      local answer = connection:receive "GET"
      connection:close()
      assert.equal(504, answer.status, answer.body)
      assert.matches('"code":"timeout"', answer.body, 1, true)
      openapi.check("GET", path, { status = 504, type = answer.headers["content-type"], body = answer.body })
    end
  end)

  it("gives its place back in the end where its client leaves", function()
    for i = 1, AT_MOST do begin(("/v1/check/silent.b%d.test?deadline=3"):format(i)):close() end
    local refused, reply = 0, nil
    for _ = 1, 600 do
      reply = service:get "/v1/check/ok.c.test?only=spf&deadline=5"
      if reply.status ~= 503 then break end
      assert.equal("busy", reply.json.code)
      refused = refused + 1
      shell.output "sleep 0.1"
    end
    assert.is_true(refused > 0)
    assert.equal(200, reply.status, reply.body)
  end)
end)
