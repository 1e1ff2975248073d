--- Publishing by the API, within nginx: a real name server takes what is written, signed, and DNS shows it.
local cjson = require "cjson"
local http_client = require "spec.support.http_client"
local knot = require "spec.support.knot"
local now = require "mailseal.async".now
local services = require "spec.support.service"
local shell = require "spec.support.shell"
local store = require "mailseal.store"

local SECRET = "c2VjcmV0LXRoYXQtbm9ib2R5LWlzLXRvLXNlZS1hZ2Fpbg=="
local OTHER = "YW5vdGhlci1zZWNyZXQtd2hpY2gtaXMtbm90LWl0cw=="
local KEY = "hmac-sha256:mailseal:" .. SECRET
local DOMAIN, SECOND = "mail.example.test", "news.example.test"
local ZONE = "@ SOA ns hostmaster 1 3600 900 604800 5\n@ NS ns\nns A 127.0.0.1\ninside A 127.0.0.1\n@ TXT \"v=spf1 -all\"\n"

local WITH = [[
return {
  resolver = { servers = { %q }, port = %d, timeout = 1, tries = 2 }, policy = { publishing = { allow_private = %s, wait = 5 } },
  limits = { check = { tenant = { burst = 1000, every = 0.01 } } },
}
]]

describe("Publishing by the API, in #nginx,", function()
  if not knot.available() then return pending "wants Knot DNS" end
  local server, service, careful, directory

  local function start(name, allows_private)
    local own = ("%s/%s.lua"):format(directory, name)
    shell.write(own, WITH:format(server.address, server.port, tostring(allows_private)))
    return services.start {
      arguments = { "--with", own, "--no-worker" }, environment = { MAILSEAL_TSIG_KEY = KEY, MAILSEAL_DNS_SERVER = "127.0.0.1" },
    }
  end

  setup(function()
    directory = shell.new_directory()
    server = assert(knot.start {
      zones = { ["example.test"] = ZONE }, keys = {
        { name = "mailseal", algorithm = "hmac-sha256", secret = SECRET },
      },
    })
    service, careful = start("service", true), start("careful", false)
    for _, one in ipairs { service, careful } do
      for _, domain in ipairs { DOMAIN, SECOND } do
        assert.equal(201, one:post("/v1/domains", { domain = domain, provider = "own-server" }).status)
      end
    end
  end)
  teardown(function()
    service:stop()
    careful:stop()
    server:stop()
    shell.remove_directory(directory)
  end)

  local function settings() return { server = "127.0.0.1", port = tostring(server.port) } end

  local function how(more)
    local body = { via = "rfc2136", settings = settings(), credentials = { key = KEY } }
    for name, value in pairs(more or {}) do body[name] = value end
    return body
  end

  local function ask(what, body, domain) return service:post(("/v1/domains/%s/%s"):format(domain or DOMAIN, what), body) end

  -- The zone as it is, but for its serial.
  local function zone()
    local command = "kdig @127.0.0.1 -p %d example.test AXFR +noall +answer | grep -v SOA | sort"
    return shell.output(command:format(server.port))
  end

  local before

  it("tells the ways, and what each wants to know", function()
    local reply = service:get("/v1/domains/" .. DOMAIN .. "/setup")
    assert.equal(200, reply.status, reply.body)
    local ways, by_via = reply.json.ways, {}
    for _, way in ipairs(ways) do by_via[way.via] = way end
    assert.equal("manual", ways[#ways].via)
    assert.equal("key", by_via.rfc2136.credentials[1].name)
    for _, way in ipairs(ways) do
      for _, field in ipairs(way.settings) do assert.is_not.equal("endpoint", field.name) end
    end
  end)

  it("plans, and changes nothing", function()
    before = zone()
    local reply = ask("plan", how())
    assert.equal(200, reply.status, reply.body)
    assert.is_true(reply.json.to_change >= 2)
    assert.same({}, reply.json.consents)
    assert.matches("add: ", reply.json.diff, 1, true)
    assert.equal(before, zone())
  end)

  it("takes a port as a number, and as a text", function()
    for _, port in ipairs { server.port, tostring(server.port) } do
      local reply = ask("plan", how { settings = { server = "127.0.0.1", port = port } })
      assert.equal(200, reply.status, reply.body)
    end
    local reply = ask("plan", how { settings = { server = "127.0.0.1", port = { 53 } } })
    assert.same({ 400, "bad_body" }, { reply.status, reply.json.code }, reply.body)
    assert.matches("body.settings.port must be a text", reply.json.detail, 1, true)
  end)

  it("publishes, and the domain is verified", function()
    local plan = ask("plan", how()).json
    local reply = ask("publish", how { digest = plan.digest })
    assert.equal(200, reply.status, reply.body)
    assert.same({ "published", "verified" }, { reply.json.state, reply.json.domain_status })
    assert.is_true(#reply.json.changes >= 2)
    assert.is_not.equal(before, zone())
  end)

  it("changes nothing a second time", function()
    local published = zone()
    local reply = ask("publish", how())
    assert.same({ 200, "unchanged" }, { reply.status, reply.json.state })
    assert.equal(published, zone())
  end)

  it("carries out what is agreed to, and nothing else", function()
    local plan = ask("plan", how(), SECOND).json
    assert(server:update("example.test", { ("add %s. 60 TXT \"v=spf1 include:a.example -all\""):format(SECOND) }))
    local reply = ask("publish", how { digest = plan.digest }, SECOND)
    assert.same({ 409, "plan_changed" }, { reply.status, reply.json.code }, reply.body)
    assert.is_not.equal(plan.digest, reply.json.plan.digest)
    assert(server:update("example.test", { ("del %s. TXT"):format(SECOND) }))
  end)

  local consents

  it("takes nothing away without consent", function()
    local plan = ask("plan", how(), SECOND).json
    local name
    for _, step in ipairs(plan.steps) do name = step.name:find "_domainkey" and step.name or name end
    assert(server:update("example.test", { ("add %s. 60 CNAME elsewhere.example."):format(name) }))
    local reply = ask("publish", how(), SECOND)
    assert.same({ 409, "consent_needed" }, { reply.status, reply.json.code }, reply.body)
    consents = reply.json.consents
    assert.is_truthy(consents[1]:find(name, 1, true))
    assert.matches("elsewhere.example.", zone(), 1, true)
    reply = ask("publish", how { consent = consents }, SECOND)
    assert.equal(200, reply.status, reply.body)
    local first = service:get("/v1/domains/" .. SECOND .. "/publications").json.publications[1]
    assert.same(consents, first.consents)
    assert.equal("done", first.state)
  end)

  local function once(key, what, body, domain)
    return service:post(("/v1/domains/%s/%s"):format(domain or DOMAIN, what), body, { headers = { ["Idempotency-Key"] = key } })
  end

  it("answers a request that is repeated under its Idempotency-Key as it did, and does nothing again", function()
    local publication = service:get("/v1/domains/" .. SECOND .. "/publications").json.publications[1].id
    local taken = once("k-1", "unpublish", how(), SECOND)
    assert.same({ 200, "published" }, { taken.status, taken.json.state }, taken.body)
    assert.is_nil(taken.headers["idempotency-replayed"])
    local done = once("k-2", "publish", how { consent = consents }, SECOND)
    assert.same({ 200, "published" }, { done.status, done.json.state }, done.body)
    local as_it_is = zone()
    local again = once("k-1", "unpublish", how { credentials = { key = "hmac-sha256:mailseal:" .. OTHER } }, SECOND)
    assert.same({ taken.body, "true" }, { again.body, again.headers["idempotency-replayed"] })
    assert.equal(as_it_is, zone())
    local publications, ids = service:get("/v1/domains/" .. SECOND .. "/publications").json.publications, {}
    for _, one in ipairs(publications) do ids[one.id] = true end
    assert.same({ 3, { [publication] = true, [taken.json.publication] = true, [done.json.publication] = true } }, { #publications, ids })
  end)

  it("refuses an Idempotency-Key that came with something else before, and keeps no refusal", function()
    for _, other in ipairs {
      { "publish", how { consent = consents, ttl = 77 }, SECOND }, { "unpublish", how(), SECOND }, { "publish", how(), DOMAIN },
    } do
      local reply = once("k-2", other[1], other[2], other[3])
      assert.same({ 422, "key_reused" }, { reply.status, reply.json.code }, reply.body)
    end
    assert.equal(422, once("k-3", "publish", how { credentials = { key = "nonsense" } }).status)
    local reply = once("k-3", "publish", how())
    assert.same({ 200, "unchanged" }, { reply.status, reply.json.state }, reply.body)
    assert.equal(400, once(("x"):rep(300), "publish", how()).status)
  end)

  it("says for what the host refuses what is refused", function()
    local wrong = { key = "hmac-sha256:mailseal:" .. OTHER }
    for _, case in ipairs {
      { { credentials = wrong }, 422, "bad_credentials" },
      { { credentials = { key = "hmac-sha256:nobody:" .. SECRET } }, 422, "bad_credentials" },
      { { credentials = { key = "hmac-sha1:mailseal:" .. SECRET } }, 422, "weak_key" },
      { { credentials = { key = "/etc/passwd" } }, 422 },
      { { settings = { server = "127.0.0.1", port = "1" } }, 502, "unreachable" },
      { { settings = { server = "127.0.0.1", port = "x" } }, 422, "bad_setting" },
      { { via = "nobody" }, 422, "no_target" },
      { { settings = { sever = "x" } }, 422, "bad_setting" },
    } do
      local reply = ask("plan", how(case[1]))
      assert.equal(case[2], reply.status, reply.body)
      if case[3] then assert.equal(case[3], reply.json.code, reply.body) end
      for _, secret in ipairs { SECRET, OTHER, "root:" } do assert.is_nil(reply.body:find(secret, 1, true), reply.body) end
    end
  end)

  it("uses nothing of the service's own environment, and asks for what is missing", function()
    for _, body in ipairs { { via = "rfc2136", settings = settings() }, how { credentials = { key = " " }, zone = "" } } do
      local reply = ask("plan", body)
      assert.same({ 422, "credentials_missing", { "key" } }, { reply.status, reply.json.code, reply.json.wanted }, reply.body)
      assert.is_nil(reply.json.detail:find("MAILSEAL_", 1, true))
    end
  end)

  it("speaks to no server within the operator's network, by whatever name", function()
    for _, name in ipairs { "127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "inside.example.test", "0.0.0.0" } do
      for _, what in ipairs { "plan", "publish" } do
        local body = how { settings = { server = name, port = tostring(server.port) } }
        local reply = careful:post(("/v1/domains/%s/%s"):format(DOMAIN, what), body)
        assert.equal(422, reply.status, name .. " " .. reply.body)
        assert.equal("forbidden_address", reply.json.code, name)
      end
    end
    -- Nor where the zone itself names such a one.
    local reply = careful:post("/v1/domains/" .. DOMAIN .. "/plan", how { settings = { port = tostring(server.port) } })
    assert.same({ 422, "forbidden_address" }, { reply.status, reply.json.code }, reply.body)
  end)

  it("speaks to them where whoever runs the service lets it", function()
    local other = services.start { servers = { server.address }, arguments = { "--no-worker", "--allow-private-dns-hosts" } }
    finally(function() other:stop() end)
    assert.equal(201, other:post("/v1/domains", { domain = DOMAIN, provider = "own-server" }).status)
    local reply = other:post("/v1/domains/" .. DOMAIN .. "/plan", how())
    assert.equal(200, reply.status, reply.body)
  end)

  it("waits for a silent name server no longer than it is told to, and serves others meanwhile", function()
    server:silence(true)
    local ok, why = pcall(function()
      local connection, began = service:connect(), now()
      local headers = { Authorization = "Bearer " .. service.token, ["Content-Type"] = "application/json" }
      local path = "/v1/domains/" .. DOMAIN .. "/plan?deadline=3"
      connection:send(http_client.octets("POST", path, headers, cjson.encode(how())))
      assert.equal(200, service:get "/v1/domains".status)
      assert.is_true(now() - began < 2.5)
      local reply = assert(connection:receive "POST")
      connection:close()
      assert.is_truthy(reply.status == 504 or reply.status == 502, reply.body)
      assert.is_true(now() - began < 15)
    end)
    server:silence(false)
    assert(ok, why)
  end)

  it("has no endpoint but the host's own", function()
    for _, via in ipairs(require("mailseal.publish").ids()) do
      for _, name in ipairs { "endpoint", "ca_file", "fetch", "resolver", "allow_private" } do
        local reply = ask("plan", { via = via, settings = { [name] = "https://127.0.0.1/" }, credentials = {} })
        assert.equal(422, reply.status, reply.body)
        assert.equal("bad_setting", reply.json.code, via .. " " .. name)
      end
    end
  end)

  it("keeps an access only where that is asked for, and tells nobody what is secret of it", function()
    assert.same({}, service:get("/v1/domains/" .. DOMAIN .. "/access").json.access)
    assert.equal(404, service:delete("/v1/domains/" .. DOMAIN .. "/access").status)
    assert.equal(200, ask("publish", how { keep = true }).status)
    local reply = service:get("/v1/domains/" .. DOMAIN .. "/access")
    assert.equal("rfc2136", reply.json.access[1].via)
    assert.is_nil(reply.body:find("mailseal:", 1, true))
    assert.is_true(service:get("/v1/domains/" .. DOMAIN .. "/setup").json.ways[1].kept)
    assert.equal(200, ask("plan", { via = "rfc2136" }).status)
    assert.equal(204, service:delete("/v1/domains/" .. DOMAIN .. "/access?via=rfc2136").status)
    assert.equal(422, ask("plan", { via = "rfc2136", settings = settings() }).status)
  end)

  it("takes back what it has written, and only that", function()
    local reply = ask("unpublish", how { dry_run = true })
    assert.equal(200, reply.status, reply.body)
    assert.is_true(reply.json.to_change >= 2)
    assert.is_not.equal(before, zone())
    local other = ask("unpublish", how { digest = ("0"):rep(32) })
    assert.same({ 409, "plan_changed", reply.json.digest }, { other.status, other.json.code, other.json.plan.digest }, other.body)
    reply = ask("unpublish", how { digest = reply.json.digest })
    assert.same({ 200, "published" }, { reply.status, reply.json.state }, reply.body)
    local first = service:get("/v1/domains/" .. DOMAIN .. "/publications?limit=1").json
    local second = service:get(first.next).json
    local purposes = { [first.publications[1].purpose] = true, [second.publications[1].purpose] = true }
    assert.same({ { undo = true, publish = true } }, { purposes })
    assert.equal(200, ask("unpublish", how(), SECOND).status)
    for line in before:gmatch "[^\n]+" do assert.matches(line, zone(), 1, true) end
    assert.is_nil(zone():find(DOMAIN, 1, true))
  end)

  -- Last, when all of that has been done.
  it("leaves no secret in the log, in the database, or in what is told", function()
    local secrets = { SECRET, OTHER, KEY, SECRET:sub(1, 20) }
    local db = assert(store.open(service.db))
    local rows = assert(db:read(function(tx)
      local list = {}
      for _, name in ipairs { "events", "publications", "published", "accesses", "locks", "repeatable" } do
        for _, row in ipairs(tx:rows("SELECT * FROM " .. name)) do
          for column, value in pairs(row) do list[#list + 1] = name .. "." .. column .. ": " .. tostring(value) end
        end
      end
      return list
    end))
    db:close()
    assert.is_true(#rows > 50)
    local told = service:get "/v1/events?limit=500".body .. service:get("/v1/domains/" .. DOMAIN .. "/publications").body
      .. service:get("/v1/domains/" .. DOMAIN).body
    local kept = shell.output(("cat %s/mailseal.db*"):format(service.directory))
    for _, text in ipairs { table.concat(rows, "\n"), told, service:log(), careful:log(), kept } do
      for _, secret in ipairs(secrets) do assert.is_nil(text:find(secret, 1, true)) end
    end
  end)
end)
