--- The API over the wire: what nginx does before the service is asked, bodies that come as they like, and what workers know.
local http_client = require "spec.support.http_client"
local openapi = require "spec.support.openapi"
local services = require "spec.support.service"
local shell = require "spec.support.shell"

local PATH = "/v1/domains/mail.example.com"
local DOMAIN = { domain = "mail.example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } } }

local ZONE = {
  ["com"] = { { type = "NS", data = "ns.com." }, { type = "SOA", data = "ns.com. host.com. 1 3600 600 86400 60" } },
  ["ns.com"] = { { type = "A", data = "192.0.2.2" } },
  ["example.com"] = {
    { type = "SOA", data = "ns1.example.com. host.example.com. 1 3600 600 86400 60" }, { type = "NS", data = "ns1.example.com." },
    { type = "TXT", data = "v=spf1 -all" },
  },
  ["ns1.example.com"] = { { type = "A", data = "192.0.2.1" } },
}

describe("the API in #nginx", function()
  local service

  setup(function() service = services.start { workers = 2, zone = ZONE } end)
  teardown(function() service:stop() end)

  -- Asks, and holds the answer against the description.
  local function ask(method, path, body, options)
    local reply = service:request(method, path, body, options)
    openapi.check(method, path, { status = reply.status, type = reply.headers["content-type"], body = reply.body })
    return reply
  end

  it("answers HEAD as GET, without the body, and OPTIONS with what there is", function()
    local got, head = ask("GET", "/v1/providers"), ask("HEAD", "/v1/providers")
    assert.same({ 200, "", got.headers["content-length"] }, { head.status, head.body, head.headers["content-length"] })
    local options = ask("OPTIONS", "/v1/domains", nil, { token = false })
    assert.same({ 204, "GET, HEAD, OPTIONS, POST" }, { options.status, options.headers.allow })
    assert.equal("nosniff", got.headers["x-content-type-options"])
    assert.equal("no-store", got.headers["cache-control"])
  end)

  it("takes a body as it comes: in chunks, in pieces, kept in a file", function()
    local padded = (" "):rep(200000) .. '{"reason":"a pause"}'
    ask("POST", "/v1/domains", DOMAIN)
    local chunked = http_client.octets("POST", PATH .. "/disable", {
      Authorization = "Bearer " .. service.token, ["Content-Type"] = "application/json", ["Transfer-Encoding"] = "chunked",
    })
    local pieces = {}
    for at = 1, #padded, 50000 do
      local piece = padded:sub(at, at + 49999)
      pieces[#pieces + 1] = ("%x\r\n%s\r\n"):format(#piece, piece)
    end
    local answer = http_client.exchange(service.port, chunked .. table.concat(pieces) .. "0\r\n\r\n")[1]
    assert.equal(200, answer.status, answer.body)
    assert.is_false(ask("GET", PATH).json.enabled)
    assert.equal("a pause", ask("GET", PATH .. "/events").json.events[2].data.reason)
    assert.is_true(ask("POST", PATH .. "/enable").json.enabled)
    assert.equal(413, ask("POST", PATH .. "/disable", (" "):rep(1024 * 1024) .. "{}").status)
  end)

  it("answers without a body as without one", function()
    ask("POST", "/v1/domains", DOMAIN)
    local reply = ask("PUT", PATH .. "/uses/newsletter")
    assert.same({ 201, "", "0" }, { reply.status, reply.body, reply.headers["content-length"] })
    assert.is_nil(reply.headers["content-type"])
    assert.equal(204, ask("DELETE", PATH .. "/uses/newsletter").status)
  end)

  it("tells in the events at whose request something happened, whichever thread does it", function()
    local body = { domain = "audit.example.com", provider = "own" }
    local path = "/v1/domains/audit.example.com"
    assert.equal(201, ask("POST", "/v1/domains", body).status)
    assert.equal(200, ask("POST", path .. "/disable", { reason = "a pause" }).status)
    assert.equal(200, ask("POST", path .. "/verify").status)
    assert.equal(200, ask("POST", path .. "/restart").status)
    assert.equal(200, ask("DELETE", path).status)
    local kinds, actor = {}, "token " .. ask("GET", "/v1/tokens").json.tokens[1].id
    for _, event in ipairs(ask("GET", path .. "/events?after=0").json.events) do
      assert.equal(actor, event.actor, event.kind)
      kinds[#kinds + 1] = event.kind
    end
    assert.same({ "created", "key_made", "disabled", "restarted", "removed" }, kinds)
  end)

  it("tells a path as it was sent from what nginx makes of it", function()
    for path, status in pairs {
      ["/v1/domains/..%2fproviders"] = 404, ["/v1/domains/%2e%2e/providers"] = 404, ["/v1//domains"] = 404, ["/v1/domains/"] = 404,
      ["/v1/domains/mail.example.com%3f"] = 404, ["/v1/./domains"] = 404, ["/v1/domains/MAIL.example.com."] = 200,
    } do
      assert.equal(status, service:get(path).status, path)
    end
    local absolute = http_client.octets("GET", ("http://127.0.0.1:%d/v1/providers/kraiter?"):format(service.port),
      { Authorization = "Bearer " .. service.token })
    assert.equal(200, http_client.exchange(service.port, absolute)[1].status)
  end)

  it("tells what nginx refuses as all else that is refused", function()
    for octets, wanted in pairs {
      ["GET /v1/domains HTTP/1.1\r\n\r\n"] = "400 bad_request", -- no Host
      ["GET /" .. ("a"):rep(9000) .. " HTTP/1.1\r\nHost: a\r\n\r\n"] = "414 address_too_long",
      ["GET / HTTP/1.1\r\nHost: a\r\nX: " .. ("a"):rep(9000) .. "\r\n\r\n"] = "431 fields_too_large",
      ["TRACE /v1/domains HTTP/1.1\r\nHost: a\r\n\r\n"] = "405 method_not_allowed",
      ["GET / HTTP/7.0\r\nHost: a\r\n\r\n"] = "505 other_version",
      ["POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"] = "501 not_implemented",
      ["POST /v1/domains HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n"] = "413 too_large",
    } do
      local answer = http_client.exchange(service.port, octets)[1]
      assert.equal("application/problem+json", answer.headers["content-type"], wanted)
      assert.equal(wanted, ("%d %s"):format(answer.status, answer.body:match '"code":"([%l_]+)"'))
    end
    assert.equal(404, service:get("/refused").status)
    local trace = http_client.exchange(service.port, "TRACE /v1/domains?limit=1 HTTP/1.1\r\nHost: a\r\n\r\n")[1]
    assert.equal("GET, HEAD, OPTIONS, POST", trace.headers.allow)
  end)

  it("knows what has changed at once, whichever worker is asked", function()
    local connections = {}
    for i = 1, 8 do connections[i] = service:connect() end
    finally(function()
      for _, connection in ipairs(connections) do connection:close() end
    end)
    local function all_say(enabled)
      for _, connection in ipairs(connections) do
        assert.equal(enabled, service:get(PATH, { connection = connection }).json.enabled)
      end
    end
    for round = 1, 20 do
      all_say(round % 2 == 1)
      local word = round % 2 == 1 and "/disable" or "/enable"
      assert.equal(200, service:post(PATH .. word, nil, { connection = connections[round % 8 + 1] }).status)
      all_say(round % 2 == 0)
    end
  end)

  it("asks DNS without keeping others waiting", function()
    local replies = {}
    http_client.at_once(12, function(i)
      local path = ({ "/v1/check/example.com", "/v1/check/example.com/picture", "/v1/dns-hosts/example.com" })[i % 3 + 1]
      replies[i] = { path, service:get(path) }
    end)
    for _, one in ipairs(replies) do
      local reply = one[2]
      assert.equal(200, reply.status, reply.body)
      openapi.check("GET", one[1], { status = reply.status, type = reply.headers["content-type"], body = reply.body })
    end
  end)

  it("creates a domain once, however many ask for it at a time under one Idempotency-Key", function()
    local count, replies = 12, {}
    local body = { domain = "once.example.com", provider = "own" }
    http_client.at_once(count, function(i)
      local reply
      repeat
        reply = service:post("/v1/domains", body, { headers = { ["Idempotency-Key"] = "k-1" } })
      until reply.status ~= 409 or reply.json.code ~= "under_way"
      replies[i] = reply
    end)
    local first = replies[1].json
    local new = 0
    for _, reply in ipairs(replies) do
      assert.equal(201, reply.status, reply.body)
      assert.same(first, reply.json)
      new = new + (reply.headers["idempotency-replayed"] and 0 or 1)
    end
    assert.equal(1, new)
  end)

  it("creates it once, too, where the same is asked of another nginx over the same database", function()
    local directory = shell.new_directory()
    local options = { db = "sqlite:" .. directory .. "/mailseal.db", master_key = directory .. "/master.key", workers = 2 }
    local one = services.start(options)
    options.token = one.token
    local other = services.start(options)
    finally(function()
      other:stop()
      one:stop()
      shell.remove_directory(directory)
    end)
    local body, headers = { domain = "both.example.com", provider = "own" }, { ["Idempotency-Key"] = "k-2" }
    local replies = {}
    http_client.at_once(8, function(i)
      repeat
        replies[i] = (i % 2 == 0 and one or other):post("/v1/domains", body, { headers = headers })
      until replies[i].status ~= 409 or replies[i].json.code ~= "under_way"
    end)
    local new = 0
    for _, reply in ipairs(replies) do
      assert.equal(201, reply.status, reply.body)
      assert.same(replies[1].json, reply.json)
      new = new + (reply.headers["idempotency-replayed"] and 0 or 1)
    end
    assert.equal(1, new)
    -- What was refused is not kept: the same key may be used for something that can be done.
    headers["Idempotency-Key"] = "k-3"
    assert.equal(422, one:post("/v1/domains", { domain = "x.example.com", provider = "nobody" }, { headers = headers }).status)
    assert.equal(201, other:post("/v1/domains", { domain = "x.example.com", provider = "own" }, { headers = headers }).status)
    assert.equal(422, one:post("/v1/domains", body, { headers = headers }).status)
  end)
end)
