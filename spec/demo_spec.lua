--- The demo: its customers, and the whole of it as a program that is driven over HTTP.
package.path = "examples/?.lua;" .. package.path

local child = require "spec.support.child"
local cjson = require "cjson"
local customers = require "demo.customers"
local host = require "mailseal.host"
local http_client = require "spec.support.http_client"
local internet = require "demo.internet"
local repair = require "demo.repair"
local shell = require "spec.support.shell"
local slips = require "demo.slips"

describe("the demo's Internet", function()
  it("has name servers by which their hosts are known, but for two", function()
    for id, servers in pairs(internet.HOSTS) do
      local is_known = id ~= "corner" and id ~= internet.SILENT
      assert.equal(is_known and id or nil, host.identify(servers).id)
    end
  end)

  it("has an address of its own for each name server", function()
    local seen, count = {}, 0
    for _, address in pairs(internet.addresses()) do
      assert.is_nil(seen[address])
      seen[address], count = true, count + 1
    end
    assert.is_true(count > 20)
  end)

  it("has a host and a story for each customer, and two who are still to be added", function()
    local to_add = {}
    for _, customer in ipairs(customers) do
      assert.is_table(internet.HOSTS[customer.host])
      if not customer.story then
        to_add[#to_add + 1] = customer.zone
      end
    end
    assert.same({ "pottery.example", "brewery.example" }, to_add)
  end)
end)

describe("the demo's repair", function()
  local function key_record(status)
    return {
      id = "dkim", type = "CNAME", name = "s1._domainkey.example.com", value = "s1.example.net", purpose = "dkim", status = status,
    }
  end

  it("does nothing where all is there", function()
    assert.same({}, repair.changes({ key_record "found" }, "example.com"))
  end)

  it("makes room at a record's name, and at the doubled one, and publishes it", function()
    assert.same({
      "del s1._domainkey.example.com. CNAME", "del s1._domainkey.example.com. TXT", "del s1._domainkey.example.com.example.com. CNAME",
      "del s1._domainkey.example.com.example.com. TXT", "add s1._domainkey.example.com. 60 CNAME s1.example.net.",
    }, repair.changes({ key_record "missing" }, "example.com"))
  end)

  it("takes back whatever a slip had published", function()
    local record = key_record "missing"
    for _, name in ipairs { "doubled", "quoted", "target_in_text", "wrong_key", "old_target" } do
      local removed = {}
      for _, line in ipairs(repair.changes({ record }, "example.com")) do
        removed[line] = true
      end
      for _, line in ipairs(slips[name]({ record }, "example.com")) do
        local at, type = line:match "^add (%S+) %d+ (%S+)"
        assert.is_true(removed[("del %s %s"):format(at, type)], name)
      end
    end
  end)
end)

describe("the demo's service", function()
  local directory

  before_each(function()
    directory = shell.new_directory()
    assert(shell.succeeds(("mkdir -p %s/sources/bin %s/service"):format(directory, directory)))
    local program = directory .. "/sources/bin/mailseal"
    shell.write(program, ("#!/bin/sh\necho $$ >%s/pid\necho http://127.0.0.1:1\nexec sleep 600\n"):format(directory))
    assert(shell.succeeds("chmod +x " .. program))
  end)
  after_each(function() shell.remove_directory(directory) end)

  local START = [[
    package.path = "examples/?.lua;" .. package.path
    local running = assert(require "demo.service".start {
      directory = (...) .. "/service", root = (...) .. "/sources", plan = {}, listen = "",
    })
    print "started"
    while not running:ended() do require "mailseal.async".sleep(0.05) end
    running:stop()
    print "stopped"
  ]]

  local function becomes_true(fn)
    for _ = 1, 600 do
      if fn() then return true end
      shell.output "sleep 0.05"
    end
    return false
  end

  local function pid() return tonumber(shell.read(directory .. "/pid")) end
  local function is_over(id) return not shell.succeeds(("kill -0 %d"):format(id)) end
  local function is_gone() return not shell.exists(directory .. "/service/embedded.lua") end

  it("tells when it was killed, and then nothing is left of it", function()
    local program = child.start(START, { directory })
    assert.equal("started", program:line())
    assert(shell.succeeds(("kill -9 %d"):format(pid())))
    assert.same({ "stopped" }, program:rest())
    assert.is_true(is_gone())
  end)

  it("ends with whoever started it, also where all of a terminal's processes are told to", function()
    for _, how in ipairs { "kill -9 %d", "kill -TERM -%d", "kill -HUP -%d" } do
      assert(shell.succeeds("mkdir -p " .. directory .. "/service"))
      -- Whoever runs the tests may have them ignore some signals, as nohup does.
      local program = child.start(START, { directory }, nil, "env --default-signal setsid")
      finally(function() program:kill() end)
      assert.equal("started", program:line())
      local service = pid()
      assert(shell.succeeds(how:format(program.pid)), how)
      assert.is_true(becomes_true(is_gone), how)
      assert.is_true(is_over(service), how)
      program:rest()
    end
  end)
end)

describe("the demo as a program, with #nginx", function()
  local program, port, token

  local function ask(method, path, headers, body)
    local connection = http_client.connect(port)
    local reply = connection:request(method, path, headers, body)
    connection:close()
    return reply
  end

  -- Asks the API. Returns the status, and what the JSON holds.
  local function request(method, path, data)
    local headers = { Authorization = "Bearer " .. token, ["Content-Type"] = data and "application/json" or nil }
    local reply = ask(method, path, headers, data and cjson.encode(data) or method == "POST" and "" or nil)
    return reply.status, reply.body ~= "" and cjson.decode(reply.body) or nil
  end

  local function get(domain)
    local status, found = request("GET", "/v1/domains/" .. domain)
    assert.equal(200, status, domain)
    return found
  end

  local function button(domain)
    local _, found = request("GET", ("/v1/domains/%s/actions"):format(domain))
    return found.actions[1]
  end

  local function all_found(domain)
    for _, record in ipairs(domain.records) do
      if record.status ~= "found" then
        return false
      end
    end
    return domain.status == "verified"
  end

  -- Waits until the domain is verified with all its records.
  local function await(name)
    local found
    for _ = 1, 300 do
      found = get(name)
      if all_found(found) then
        return found
      end
      shell.output "sleep 0.1"
    end
    error(name .. " is not verified: " .. cjson.encode(found))
  end

  local function press(name)
    local status, found = request("POST", ("/v1/domains/%s/actions/publish"):format(name))
    assert.equal(200, status, found.detail)
  end

  setup(function()
    program = child.start [[arg = { [0] = "examples/demo.lua" }; dofile "examples/demo.lua"]]
    for line in function() return program:line() end do
      port, token = port or line:match "http://127%.0%.0%.1:(%d+)", line:match "ms_%x+"
      if token then
        break
      end
    end
    assert(token, "the demo does not start")
    port = tonumber(port)
  end)

  teardown(function()
    os.execute(("kill -INT %d"):format(program.pid))
    program:rest()
  end)

  it("has each customer in the trouble that he was made for", function()
    for _, customer in ipairs(customers) do
      if customer.story then
        local domain, codes = get(customer.zone), {}
        for _, finding in ipairs(domain.findings) do
          codes[finding.code] = true
        end
        assert.equal(customer.status, domain.status, customer.zone)
        assert.equal(customer.health or domain.health, domain.health, customer.zone)
        assert.equal(customer.enabled ~= false, domain.enabled, customer.zone)
        assert.is_true(not customer.finding or codes[customer.finding], customer.zone)
      end
    end
  end)

  it("has a history of weeks to show", function()
    local status, found = request("GET", "/v1/domains/florist.example/events")
    assert.equal(200, status)
    local kinds = {}
    for i, event in ipairs(found.events) do
      kinds[i] = event.kind
    end
    assert.same({ "created", "ownership_proven", "verified", "drift" }, kinds)
    assert.is_true(found.events[1].at < os.time() - 10 * 86400)
    assert.is_true(found.events[4].at > os.time() - 86400)
  end)

  it("has no button where all is there, nor before a domain that has failed is started again", function()
    for _, name in ipairs { "coffee.example", "theatre.example" } do
      assert.is_nil(button(name), name)
    end
  end)

  it("has the button on the domain's page, which does the same", function()
    local origin = "http://127.0.0.1:" .. port
    local form = { Host = "127.0.0.1:" .. port, Origin = origin, ["Content-Type"] = "application/x-www-form-urlencoded" }
    form.Cookie = ask("POST", "/sign-in", form, "token=" .. token).headers["set-cookie"]:match "^[^;]+"
    local page = ask("GET", "/domains/bakery.example", { Cookie = form.Cookie })
    assert.equal(200, page.status)
    local path = page.body:match 'action="([^"]+/actions/publish)"'
    assert.equal("/domains/bakery.example/actions/publish", path)
    assert.matches("The records are published", ask("POST", path, form, "").body, 1, true)
    await "bakery.example"
  end)

  it("has customers who are set up for, after they have seen what is changed, and it is taken back", function()
    local path = "/v1/domains/garden.example/"
    local _, setup_of = request("GET", path .. "setup")
    assert.same({ "rfc2136", true }, { setup_of.ways[1].via, setup_of.ways[1].kept })
    local _, plan = request("POST", path .. "plan", { via = "rfc2136" })
    assert.equal(3, #plan.consents, plan.diff)
    local how = { via = "rfc2136", consent = plan.consents, digest = plan.digest }
    local status, done = request("POST", path .. "publish", how)
    assert.same({ 200, "published" }, { status, done.state }, cjson.encode(done))
    await "garden.example"
    status, done = request("POST", path .. "unpublish", { via = "rfc2136" })
    assert.same({ 200, "published" }, { status, done.state }, cjson.encode(done))
    local _, again = request("POST", path .. "plan", { via = "rfc2136" })
    assert.equal(plan.digest, again.digest)
    request("POST", path .. "verify")
  end)

  it("lets a domain be added, and then be published", function()
    assert.equal(201, (request("POST", "/v1/domains", { domain = "pottery.example", provider = "own" })))
    press "pottery.example"
    assert.equal("cloudflare", await("pottery.example").dns_host)
  end)

  it("lets a domain that has failed be started again, and then be published", function()
    assert.equal(200, (request("POST", "/v1/domains/theatre.example/restart")))
    press "theatre.example"
    await "theatre.example"
  end)

  it("publishes what each customer lacks when its button is pressed, so that all are verified", function()
    local pressed = {}
    for _, customer in ipairs(customers) do
      if customer.story and customer.button ~= false and customer.status ~= "failed" and customer.zone ~= "bakery.example" then
        assert.equal("publish", button(customer.zone).id, customer.zone)
        press(customer.zone)
        pressed[#pressed + 1] = customer.zone
      end
    end
    assert.is_true(#pressed >= 9)
    for _, name in ipairs(pressed) do
      await(name)
      assert.is_nil(button(name), name)
    end
  end)
end)
