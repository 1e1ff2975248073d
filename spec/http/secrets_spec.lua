--- What nobody is to see again: tokens, the cookie of a session, webhooks' secrets, private keys, the master key. Not in the database as
-- they are, not in an answer, not in a line of the log, whatever is asked for and however wrong.
local http_client = require "spec.support.http_client"
local onboard = require "mailseal.onboard"
local routes = require "spec.support.routes"
local services = require "spec.support.service"
local shell = require "spec.support.shell"
local store = require "mailseal.store"
local tokens = require "mailseal.onboard.tokens"

local TSIG = "dGhlLXNlY3JldC1vZi1hLVRTSUcta2V5LWFnYWluLi4uLg=="
local PEM = "-----BEGIN PRIVATE KEY-----"

describe("The secrets of the service in #nginx", function()
  local service, made, webhook, session, directory

  setup(function()
    directory = shell.new_directory()
    service = services.start { workers = 2, arguments = { "--no-worker", "--access-log", directory .. "/access.log" } }
    made = service:post("/v1/tokens", { name = "another" }).json
    assert.equal(201, service:post("/v1/domains", { domain = routes.DOMAIN, provider = "own" }).status)
    webhook = service:post("/v1/webhooks", { url = "https://hooks.example.test/" }).json
    local registry = assert(onboard.open { db = service.db, master_key_file = service.directory .. "/master.key" })
    session = assert(tokens.sign_in(registry, made.token)).session
    registry:close()
    assert.equal(200, service:get("/v1/domains", { token = false, headers = { Cookie = "mailseal=" .. session } }).status)
  end)
  teardown(function()
    service:stop()
    shell.remove_directory(directory)
  end)

  local function master_key() return shell.read(service.directory .. "/master.key"):match "%S+" end

  -- All that is not to be seen: of the private keys, what is kept of them sealed, too.
  local function secrets()
    local list = { service.token, made.token, session, webhook.secret, master_key(), PEM, TSIG, TSIG:gsub("=", "%%3D"):sub(1, 30) }
    local db = assert(store.open(service.db))
    db:read(function(tx)
      for _, row in ipairs(tx:rows "SELECT sealed FROM keys WHERE sealed IS NOT NULL") do list[#list + 1] = row.sealed end
      for _, row in ipairs(tx:rows "SELECT sealed FROM webhooks") do list[#list + 1] = row.sealed end
      for _, row in ipairs(tx:rows "SELECT hash FROM tokens") do list[#list + 1] = row.hash end
      for _, row in ipairs(tx:rows "SELECT hash FROM sessions") do list[#list + 1] = row.hash end
    end)
    db:close()
    assert.is_true(#list > 8)
    return list
  end

  local function has_none(text, list, where)
    for i, secret in ipairs(list) do
      local at = text:find(secret, 1, true)
      assert.is_nil(at, ("secret %d is in %s: %s"):format(i, where, text:sub(math.max(1, (at or 1) - 80), at)))
    end
  end

  it("are shown once, and kept hashed", function()
    assert.matches("^ms_" .. ("%x"):rep(64) .. "$", made.token)
    for _, token in ipairs(service:get "/v1/tokens".json.tokens) do assert.is_nil(token.token) end
    local kept = shell.output(("cat %s/mailseal.db*"):format(service.directory))
    has_none(kept, { service.token, made.token, session, service.token:sub(4), webhook.secret, PEM }, "the database")
  end)

  it("are in no answer", function()
    local keys = service:get("/v1/domains/" .. routes.DOMAIN .. "/keys").json.keys
    local names = {
      domain = routes.DOMAIN, user = "u", mail = "m", selector = keys[1].selector, code = "not_found", token = "tok_0",
      provider = "own-server", delivery = "1", webhook = webhook.id, action = "nothing", version = "0", name = "page.js",
      server = "127.0.0.1", port = "1", key = "hmac-sha256:k:" .. TSIG,
    }
    local list = secrets()
    for _, route in ipairs(routes.all()) do
      -- A token that is made is shown once, and a webhook's secret; other ones than these.
      if route.id ~= "deleteDomain" and route.id ~= "deleteWebhook" then
        local reply = routes.ask(service.port, route, names, service.token)
        has_none(reply.body, list, ("%s %s"):format(route.method, route.path))
        for name, value in pairs(reply.headers) do has_none(value, list, name) end
      end
    end
  end)

  -- Requests that are wrong in every way, each with the secrets in it.
  local function do_everything_wrong()
    local port, bearer = service.port, "Bearer " .. service.token
    local cookie = "mailseal=" .. session
    local key = PEM .. "\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY-----\n"
    local function send(method, path, headers, body) http_client.exchange(port, http_client.octets(method, path, headers, body), 1, 5) end
    for _, headers in ipairs { { Authorization = bearer }, { Cookie = cookie, Origin = service.base } } do
      headers["Content-Type"] = "application/json"
      send("POST", "/v1/domains", headers, "{" .. key)
      send("POST", "/v1/domains", headers, ('{"domain":%q,"provider":%q}'):format(service.token, session))
      send("POST", "/v1/domains", headers, ('{"domain":"a.example.com","provider":"own","vars":{"key":%q}}'):format(key:gsub("\n", " ")))
      send("POST", "/v1/check/example.com", headers, ('{"selectors":["s1"],"key":%q}'):format(key:gsub("\n", " ")))
      send("POST", "/v1/domains/" .. routes.DOMAIN .. "/sign", headers, key)
      send("POST", "/v1/messages/verify", headers, key)
      send("GET", "/v1/domains", { Authorization = headers.Authorization, Cookie = cookie .. "; a=" .. ("x"):rep(9000) })
      headers["Content-Length"] = "99999999999"
      send("POST", "/v1/domains", headers)
      headers["Content-Length"] = nil
    end
    send("GET", "/v1/domains", { Authorization = bearer .. "\0" })
    send("GET", "/v1/domains", { Authorization = bearer, ["Transfer-Encoding"] = "x", ["Content-Length"] = "1" })
    send("GET", "/v1/domains", { Authorization = { bearer, bearer }, Host = "a b" })
    send("POST", "/sign-in", { ["Content-Type"] = "application/x-www-form-urlencoded" }, "token=" .. service.token)
    send("GET", "/v1/domains?token=" .. service.token, { Authorization = bearer })
    -- In an address, and in such a way that nginx has something to say of it.
    for _, secret in ipairs { service.token, session } do
      for _, path in ipairs { "/v1/domains?token=" .. secret, "/v1/domains/" .. secret, "/sign-in?to=%2F&token=" .. secret } do
        send("POST", path, { Authorization = bearer, ["Content-Type"] = "application/json", ["Content-Length"] = "99999999999" })
        send("POST", path, { ["Transfer-Encoding"] = "chunked" }, "zz\r\n")
      end
    end
    -- A request that ends in the middle, and a worker that does.
    local connection = service:connect()
    connection:send("POST /v1/domains HTTP/1.1\r\nHost: a\r\nAuthorization: " .. bearer .. "\r\nContent-Length: 100\r\n\r\n{")
    shell.output("kill -9 " .. service:workers()[1])
    connection:close()
    assert.equal(200, service:get "/v1/domains".status)
    for _ = 1, 200 do
      if service:log():find("exited on signal 9", 1, true) then break end
      shell.output "sleep 0.05"
    end
  end

  it("are in no line of the log", function()
    do_everything_wrong()
    local log = service:log()
    assert.matches("too large body", log, 1, true)
    assert.matches("exited on signal 9", log, 1, true)
    has_none(log, secrets(), "the log")
    local access = shell.read(directory .. "/access.log")
    assert.matches('"POST /v1/domains" 413', access, 1, true)
    has_none(access, secrets(), "the log of requests")
    assert.is_nil((log .. access):find "[%z\1-\8\11-\31\127]")
  end)

  it("are not taken in an address, and who has put one there is told what to do", function()
    local reply = service:get("/v1/domains?token=" .. service.token)
    assert.same({ 400, "bad_query" }, { reply.status, reply.json.code })
    assert.matches("revoke it", reply.json.detail, 1, true)
    local connection = service:connect()
    for _ = 1, 2 do -- what it sends besides is not taken for another request
      reply = service:request("POST", "/v1/tokens?t=" .. service.token, '{"name":"x"}', { connection = connection })
      assert.equal(400, reply.status)
    end
    assert.equal(200, service:get("/v1/domains", { connection = connection }).status)
    connection:close()
  end)

  it("are in nothing that a process shows", function()
    local list = { service.token, made.token, session, webhook.secret, master_key() }
    for _, pid in ipairs { service.pid, service:nginx(), (table.unpack or unpack)(service:workers()) } do -- luacheck: ignore
      has_none(shell.output(("cat /proc/%d/cmdline /proc/%d/environ"):format(pid, pid)), list, "what ps shows")
    end
  end)

  it("are nobody's once they are revoked", function()
    assert.equal(200, service:get("/v1/domains", { token = made.token }).status)
    assert.equal(204, service:delete("/v1/tokens/" .. made.id).status)
    -- By whichever worker, at once.
    for _ = 1, 10 do
      assert.equal(401, service:get("/v1/domains", { token = made.token }).status)
      assert.is_not.equal(200, service:get("/v1/domains", { token = false, headers = { Cookie = "mailseal=" .. session } }).status)
    end
  end)
end)
