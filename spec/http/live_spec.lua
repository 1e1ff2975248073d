--- What lasts longer than a request, in the real nginx with two workers: streams of events, looks that many wait for, figures.
local async = require "mailseal.async"
local await = require "spec.support.await"
local cjson = require "cjson"
local http_client = require "spec.support.http_client"
local key = require "mailseal.key"
local dkim = require "mailseal.dkim"
local knot = require "spec.support.knot"
local prometheus = require "spec.support.prometheus"
local services = require "spec.support.service"

local PATIENCE = 30

describe("what goes on beside requests in #nginx", function()
  local service, server, signing

  setup(function()
    signing = assert(key.generate { type = "ed25519" })
    server = assert(knot.start { zones = { ["example.test"] = knot.EMPTY } })
    assert(server:update("example.test", { ('add s1._domainkey.example.test. 60 TXT "%s"'):format(signing:record():gsub(";", "\\;")) }))
    service = services.start { servers = { server.address }, workers = 2 }
  end)
  teardown(function()
    server:silence(false)
    service:stop()
    server:stop()
  end)

  local created = 0
  local function create()
    created = created + 1
    local domain = ("d%d.example.test"):format(created)
    local reply = service:post("/v1/domains", {
      domain = domain, provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
    })
    assert.equal(201, reply.status, reply.body)
    return domain
  end

  local function figures() return prometheus.read(service:get("/metrics", { token = false }).body) end

  -- The sum of a metric's series.
  local function total(name, labels)
    local sum = 0
    for series, sample in pairs(figures().samples) do
      if sample.name == name and series:find(labels or "", 1, true) then sum = sum + sample.value end
    end
    return sum
  end

  -- ---- Streams.

  local function listen(options)
    options = options or {}
    local connection = service:connect()
    local headers = { Authorization = "Bearer " .. (options.token or service.token), Accept = "text/event-stream" }
    if options.cookie then headers.Authorization, headers.Cookie = nil, options.cookie end
    headers["Last-Event-ID"] = options.last and ("%d"):format(options.last)
    connection:send(http_client.octets("GET", "/v1/events/stream", headers))
    local head = connection:head()
    local stream = { connection = connection, status = head.status, headers = head.headers }
    -- The id of the next event, and what it holds; nil where the stream ends before. Where it begins is in `place`.
    function stream.next(seconds)
      while true do
        local line = connection:line(seconds)
        if not line or line == "0" then return nil end -- the last chunk is empty
        local id = line:match "^id: (%d+)$"
        stream.place = id and tonumber(id) or stream.place
        if line:find "^data: " then
          local event = cjson.decode(line:sub(7))
          assert(event.id == stream.place)
          return event.id, event
        end
      end
    end
    -- Waits until it is told where it is.
    function stream.began()
      repeat local line = assert(connection:line()) until line:find "^id: "
      return stream
    end
    return stream
  end

  it("tells events as they happen, to all who listen", function()
    local streams = {}
    for i = 1, 4 do streams[i] = listen().began() end
    assert.equal("text/event-stream", streams[1].headers["content-type"])
    assert.equal("no", streams[1].headers["x-accel-buffering"])
    local domain = create()
    for _, stream in ipairs(streams) do
      local _, event = stream.next()
      assert.same({ "created", domain }, { event.kind, event.domain })
      stream.connection:close()
    end
  end)

  it("goes on behind what was seen, in whichever worker, without a gap or a double", function()
    local last
    local stream = listen().began()
    for _ = 1, 3 do create() end
    for _ = 1, 2 do last = stream.next() end
    stream.connection:close()
    create()
    for _ = 1, 4 do
      stream = listen { last = last }
      assert.same({ last + 1, last + 2 }, { (stream.next()), (stream.next()) })
      stream.connection:close()
    end
  end)

  it("ends streams when the service is reloaded, and their clients miss nothing", function()
    local stream = listen().began()
    create()
    local last = assert(stream.next())
    service:signal "HUP"
    repeat local id = stream.next(PATIENCE) until not id
    stream.connection:close()
    create()
    stream = listen { last = last }
    assert.equal(last + 1, (stream.next()))
    stream.connection:close()
  end)

  it("ends a stream when its token is revoked, and lets in nobody by it", function()
    local made = service:post("/v1/tokens", { name = "for a while" }).json
    local stream, other = listen { token = made.token }.began(), listen().began()
    assert.equal(204, service:delete("/v1/tokens/" .. made.id).status)
    repeat local id = stream.next(PATIENCE) until not id
    assert.equal(401, listen({ token = made.token }).status)
    local domain = create()
    repeat local _, event = other.next() until event.domain == domain
    other.connection:close()
  end)

  it("ends a stream when the one who signed in signs out, and no other's", function()
    local function sign_in()
      local reply = service:post("/sign-in", "token=" .. service.token, {
        token = false, type = "application/x-www-form-urlencoded", headers = { Origin = service.base, Host = service.base:match "//(.*)" },
      })
      return assert(reply.headers["set-cookie"]:match "^[^;]+")
    end
    local cookie, other = sign_in(), sign_in()
    local stream, stays = listen { cookie = cookie }.began(), listen { cookie = other }.began()
    assert.equal(303, service:post("/sign-out", "", {
      token = false, type = "application/x-www-form-urlencoded",
      headers = { Origin = service.base, Host = service.base:match "//(.*)", Cookie = cookie },
    }).status)
    repeat local id = stream.next(PATIENCE) until not id
    assert.equal(401, listen({ cookie = cookie }).status)
    local domain = create()
    repeat local _, event = stays.next() until event.domain == domain
    stays.connection:close()
  end)

  it("frees what a stream has when its client leaves without a word", function()
    local streams = {}
    for i = 1, 30 do streams[i] = listen().began() end
    await("thirty are open", function() return total "mailseal_streams_open" >= 30 end)
    for _, stream in ipairs(streams) do stream.connection:close() end
    await("none is", function() return total "mailseal_streams_open" == 0 end)
  end)

  it("has no stream for who cannot say where he was", function()
    local reply = service:get("/v1/events/stream", { headers = { ["Last-Event-ID"] = "yesterday", Accept = "text/event-stream" } })
    assert.same({ 400, "bad_id" }, { reply.status, reply.json.code })
    assert.equal(406, service:get("/v1/events/stream", { headers = { Accept = "application/json" } }).status)
  end)

  -- ---- Looks.

  it("looks once for all who ask for a look meanwhile, in both workers", function()
    local domain = create()
    server:silence(true)
    local connections = {}
    for i = 1, 12 do
      connections[i] = service:connect()
      connections[i]:send(http_client.octets("POST", ("/v1/domains/%s/verify"):format(domain), {
        Authorization = "Bearer " .. service.token,
      }, ""))
    end
    async.sleep(1.5) -- a look at what nobody answers for lasts longer
    assert.equal(200, service:get("/healthz", { token = false }).status)
    server:silence(false)
    for _, connection in ipairs(connections) do
      local reply = connection:receive "POST"
      assert.equal(200, reply.status, reply.body)
      connection:close()
    end
    -- Twelve who asked took one of the three looks that there may be.
    local last = service:post(("/v1/domains/%s/verify"):format(domain))
    assert.equal(200, last.status)
    assert.equal(200, service:post(("/v1/domains/%s/verify"):format(domain)).status)
    local refused = service:post(("/v1/domains/%s/verify"):format(domain))
    assert.equal(429, refused.status)
    assert.is_true(tonumber(refused.headers["retry-after"]) > 0)
    assert.is_true(refused.json.retry_at > os.time())
  end)

  -- ---- Messages.

  local function signed(body)
    local message = "From: a@example.test\r\nSubject: x\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <a@b>\r\n\r\n" .. body
    local signer = assert(dkim.signer { domain = "example.test", selector = "s1", key = signing })
    return assert(signer:sign(message)) .. message
  end

  local function verify(message) return service:post("/v1/messages/verify", message, { type = "message/rfc822" }) end

  it("verifies a message as the command does", function()
    local reply = verify(signed "hello\r\n")
    assert.equal(200, reply.status, reply.body)
    assert.same({ "pass", "example.test", "s1" }, {
      reply.json.results[1].result, reply.json.results[1].domain, reply.json.results[1].selector,
    })
    assert.matches("dkim=pass", reply.json.authentication_results, 1, true)
    reply = verify((signed "hello\r\n":gsub("hello", "hallo")))
    assert.same({ "fail", "body_hash_mismatch" }, { reply.json.results[1].result, reply.json.results[1].reason })
    assert.equal("none", verify("From: a@example.test\r\n\r\nhi\r\n").json.results[1].result)
    assert.equal("not_a_message", verify("").json.code)
  end)

  it("verifies a message of twenty megabytes while others are answered", function()
    local message = signed((("x"):rep(76) .. "\r\n"):rep(math.floor(20 * 1024 * 1024 / 78)))
    local connection = service:connect()
    connection:send(http_client.octets("POST", "/v1/messages/verify", {
      Authorization = "Bearer " .. service.token, ["Content-Type"] = "message/rfc822",
    }, message))
    for _ = 1, 20 do assert.equal(200, service:get("/healthz", { token = false }).status) end
    local reply = connection:receive "POST"
    assert.equal("pass", cjson.decode(reply.body).results[1].result)
    connection:close()
    assert.equal(413, verify(("x"):rep(25 * 1024 * 1024 + 1)).status)
  end)

  it("signs for no domain that is not verified", function()
    local reply = service:post(("/v1/domains/%s/sign"):format(create()), "From: a@b\r\n\r\nhi\r\n", { type = "message/rfc822" })
    assert.equal("application/problem+json", reply.headers["content-type"])
    assert.is_true(reply.status == 409 or reply.status == 422, reply.body)
  end)

  -- ---- Figures.

  it("tells what it counts in the words of Prometheus, of both workers together", function()
    local before = total("mailseal_http_requests_total", 'route="getDomain",status="404"')
    for _ = 1, 20 do service:get "/v1/domains/nobody.example.test" end
    await("twenty are counted", function()
      return total("mailseal_http_requests_total", 'route="getDomain",status="404"') == before + 20
    end)
    assert.equal("text/plain; version=0.0.4; charset=utf-8", service:get("/metrics", { token = false }).headers["content-type"])
    -- The store is asked every five seconds.
    await("looks are counted", function() return total "mailseal_checks_total" > 0 end)
    local found = figures()
    for _, name in ipairs {
      "mailseal_checks_total", "mailseal_queue_due", "mailseal_queue_age_seconds", "mailseal_dns_query_seconds", "mailseal_verifies_total",
      "mailseal_verify_seconds", "mailseal_signs_total", "mailseal_streams_open", "mailseal_threads_busy", "mailseal_threads_queued",
      "mailseal_threads_refused_total",
    } do
      assert.is_truthy(found.types[name], name)
    end
    assert.equal(1, found.value "mailseal_store_up")
    for series in pairs(found.samples) do
      assert.is_nil(series:find("example", 1, true))
      assert.is_nil(series:find("default", 1, true))
    end
  end)

  it("is ready where the database answers", function()
    local reply = service:get("/readyz", { token = false })
    assert.same({ 200, "ok" }, { reply.status, reply.json.database })
  end)

  it("says nothing of all that in its log", function()
    for line in service:log():gmatch "[^\n]+" do
      assert.is_nil(line:find("%[alert%]") or line:find("lua:%d+:") or line:find("temporary file", 1, true), line)
      assert.is_nil(line:find("ms_%x%x%x%x"), line)
    end
  end)
end)
