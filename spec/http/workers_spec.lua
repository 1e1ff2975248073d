--- What befalls the workers of the service while they are asked: one is killed, all are replaced.
local async = require "mailseal.async"
local await = require "spec.support.await"
local cqueues = require "cqueues"
local http_client = require "spec.support.http_client"
local knot = require "spec.support.knot"
local services = require "spec.support.service"
local shell = require "spec.support.shell"
local updates = require "spec.support.updates"

-- A provider that makes the keys.
local KRAITER = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } }

local function create(service, domain)
  local reply = service:post("/v1/domains", { domain = domain, provider = "own" })
  assert.equal(201, reply.status, reply.body)
  return reply.json
end

describe("A worker of #nginx that is killed", function()
  local service, server

  setup(function()
    server = assert(knot.start { zones = { ["example.test"] = knot.EMPTY } })
    service = services.start { servers = { server.address }, arguments = { "--no-worker" } }
  end)
  teardown(function()
    server:silence(false)
    service:stop()
    server:stop()
  end)

  it("while it looks at a domain leaves nothing locked and nothing half done", function()
    assert(server:update("example.test", updates.add(create(service, "mail.example.test").records)))
    server:silence(true)
    local connection = service:connect()
    connection:send(http_client.octets("POST", "/v1/domains/mail.example.test/verify", { Authorization = "Bearer " .. service.token }, ""))
    async.sleep(0.3)
    local killed = service:workers()[1]
    shell.output("kill -9 " .. killed)
    local answer = connection:receive()
    assert.is_nil(answer, "there is an answer of one that is dead")
    connection:close()
    server:silence(false)
    await("there is another worker", function()
      local worker = service:workers()[1]
      return worker and worker ~= killed
    end)
    local before = service:get("/v1/domains/mail.example.test").json
    assert.equal("pending", before.status)
    local reply = service:post "/v1/domains/mail.example.test/verify"
    assert.equal(200, reply.status, reply.body)
    assert.equal("verified", reply.json.status, reply.body)
  end)

  it("while a domain is made leaves a whole one or none", function()
    for i = 1, 5 do
      local domain = ("d%d.example.test"):format(i)
      local connection = service:connect()
      connection:send(http_client.octets("POST", "/v1/domains", {
        Authorization = "Bearer " .. service.token, ["Content-Type"] = "application/json",
      }, ('{"domain":"%s","provider":"own"}'):format(domain)))
      async.sleep(0.002 * i)
      local killed = service:workers()[1]
      shell.output("kill -9 " .. killed)
      connection:close()
      await("there is another worker", function()
        local worker = service:workers()[1]
        return worker and worker ~= killed
      end)
      local found = service:get("/v1/domains/" .. domain)
      if found.status == 404 then found = service:post("/v1/domains", { domain = domain, provider = "own" }) end
      assert.is_true(found.status == 200 or found.status == 201, found.body)
      assert.is_true(#found.json.records > 0)
      assert.equal(1, #service:get("/v1/domains/" .. domain .. "/keys").json.keys)
    end
  end)
end)

describe("A reload of #nginx under load", function()
  local service
  setup(function() service = services.start { workers = 2 } end)
  teardown(function() service:stop() end)

  it("loses no request", function()
    local reloads, running, lost, done, made = 3, true, {}, 0, {}
    local loop = cqueues.new()
    local function ask(method, path, body, expected)
      local ok, reply = pcall(service.request, service, method, path, body)
      if ok and reply.status == expected then
        done = done + 1
        return true
      end
      lost[ok and ("%s %s: %d %s"):format(method, path, reply.status, reply.body) or tostring(reply)] = true
    end
    for client = 1, 6 do
      loop:wrap(function()
        local i = 0
        while running do
          i = i + 1
          if client == 1 then
            local domain = ("n%d.example.test"):format(i)
            if ask("POST", "/v1/domains", { domain = domain, provider = "kraiter", vars = KRAITER }, 201) then made[#made + 1] = domain end
          else
            ask("GET", client % 2 == 0 and "/v1/domains" or "/v1/domains?limit=1", nil, 200)
          end
        end
      end)
    end
    loop:wrap(function()
      for _ = 1, reloads do
        cqueues.sleep(0.5)
        local before = table.concat(service:workers(), " ")
        service:signal "HUP"
        for _ = 1, 100 do
          if table.concat(service:workers(), " ") ~= before then break end
          cqueues.sleep(0.05)
        end
      end
      cqueues.sleep(0.3)
      running = false
    end)
    assert(loop:loop())
    assert.same({}, lost)
    assert.is_true(done > 50 and #made > 3, done)
    for _, domain in ipairs(made) do assert.equal(200, service:get("/v1/domains/" .. domain).status) end
  end)
end)
