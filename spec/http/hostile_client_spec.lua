--- What clients that are no good get from the service: slow ones, huge ones, and requests that are none. Others do not notice.
local http_client = require "spec.support.http_client"
local services = require "spec.support.service"

local exchange = http_client.exchange

local HEAD, JSON = "Host: localhost\r\n", "Content-Type: application/json"

-- A request of whatever stands in its first line and its fields.
local function octets_of(line, ...)
  local fields = table.concat({ ... }, "\r\n")
  return ("%s HTTP/1.1\r\n%s%s\r\n"):format(line, HEAD, fields == "" and "" or fields .. "\r\n")
end

-- Of all that is refused here, nothing is a fault of the service.
local function is_refused(answers, what)
  assert.is_true(#answers <= 1, what .. " is taken for several requests")
  local status = answers[1] and answers[1].status or 400
  assert.is_true(status >= 400 and status < 500 or status == 501 or status == 505, ("%s: %d"):format(what, status))
end

describe("a hostile client of the service in #nginx", function()
  local service, port, authorized, bearer

  setup(function()
    service = services.start { workers = 1 }
    port = service.port
    authorized = { Authorization = "Bearer " .. service.token }
    bearer = "Authorization: Bearer " .. service.token
  end)
  teardown(function() service:stop() end)

  -- Are others served as if nothing was?
  local function serves_others()
    local answer = service:get "/v1/domains"
    assert.equal(200, answer.status, answer.body)
  end

  after_each(function() serves_others() end)

  local function post(path, headers, body)
    local fields = { Authorization = authorized.Authorization, ["Content-Type"] = "application/json" }
    for name, value in pairs(headers or {}) do fields[name] = value end
    return http_client.octets("POST", path, fields, body)
  end

  describe("that is slow", function()
    local COUNT = 200
    local slow = {}

    -- Each has begun a request that it does not end: half of them its header, half its body.
    setup(function()
      http_client.at_once(COUNT, function(i)
        local connection = http_client.connect(port)
        slow[i] = connection
        local body = octets_of("POST /v1/domains", bearer, JSON, "Content-Length: 1000") .. "{"
        connection:send(i % 2 == 0 and body or octets_of("GET /v1/domains", "X-Slow: "):sub(1, -5))
      end)
    end)

    it("keeps nobody else waiting", function()
      local served = 0
      http_client.at_once(50, function()
        if service:get "/v1/domains".status == 200 then served = served + 1 end
      end)
      assert.equal(50, served)
      assert.is_false(slow[1]:ends(0) or slow[2]:ends(0))
    end)

    it("gains no time by a little now and then, and is left in the end", function()
      local left = 0
      http_client.at_once(COUNT, function(i)
        local connection = slow[i]
        -- The time for a header, and for a body, runs from its beginning, however often more of it comes.
        for _ = 1, 60 do
          connection:send "x"
          if connection:ends(0.5) then
            left = left + 1
            break
          end
        end
        connection:close()
      end)
      assert.equal(COUNT, left)
    end)
  end)

  it("gets a body refused that is too large, before it is sent", function()
    for _, length in ipairs { "30000000", "999999999999", "9223372036854775807" } do
      local answers = exchange(port, octets_of("POST /v1/domains", bearer, JSON, "Content-Length: " .. length) .. "{")
      assert.equal(413, answers[1].status, length)
      assert.equal("application/problem+json", answers[1].headers["content-type"])
    end
    is_refused(exchange(port, octets_of("POST /v1/domains", "Content-Length: 99999999999999999999") .. "{"), "a length past 64 bits")
  end)

  it("gets JSON refused that is too large, with its length or in chunks", function()
    local text = '{"domain":"' .. ("a"):rep(1500000) .. '"}'
    assert.equal(413, exchange(port, post("/v1/domains", nil, text))[1].status)
    local chunks = { post("/v1/domains", { ["Transfer-Encoding"] = "chunked" }) }
    for at = 1, #text, 50000 do
      local chunk = text:sub(at, at + 49999)
      chunks[#chunks + 1] = ("%x\r\n%s\r\n"):format(#chunk, chunk)
    end
    assert.equal(413, exchange(port, table.concat(chunks) .. "0\r\n\r\n")[1].status)
  end)

  it("gets JSON refused that is too deep, or of too many pieces to be anything", function()
    for _, text in ipairs { ("["):rep(100000), ('{"a":'):rep(50000) .. "1" .. ("}"):rep(50000), "[" .. ("1,"):rep(400000) .. "1]" } do
      local answer = exchange(port, post("/v1/domains", nil, text))[1]
      assert.equal(400, answer.status)
      assert.is_true(#answer.body < 1000, "the refusal repeats what was sent")
    end
  end)

  it("gets a header refused that is too large", function()
    is_refused(exchange(port, octets_of("GET /healthz", "X-Large: " .. ("a"):rep(100000))), "a large field")
    is_refused(exchange(port, octets_of("GET /healthz", ("X-Many: " .. ("a"):rep(1000) .. "\r\n"):rep(100) .. "a: b")), "many fields")
    is_refused(exchange(port, octets_of("GET /healthz", ("a:b\r\n"):rep(20000) .. "a:b")), "very many small fields")
    is_refused(exchange(port, octets_of("GET /healthz", "Authorization: Bearer " .. ("a"):rep(20000))), "a large token")
    is_refused(exchange(port, octets_of("GET /" .. ("a"):rep(100000) .. "")), "a long address")
  end)

  it("gets no more than the first fields and arguments looked at", function()
    local answers = exchange(port, octets_of("GET /v1/domains", ("X-A: b\r\n"):rep(500) .. bearer))
    assert.is_true(answers[1].status < 500)
    assert.is_true(service:get("/v1/domains?" .. ("a=b&"):rep(1500)).status < 500)
  end)

  it("gets chunks refused that are none", function()
    local head = post("/v1/domains", { ["Transfer-Encoding"] = "chunked" })
    for name, chunks in pairs {
      ["a size that is no number"] = "zz\r\n{}\r\n0\r\n\r\n", ["a size below nothing"] = "-1\r\n{}\r\n0\r\n\r\n",
      ["a size past 64 bits"] = "ffffffffffffffff1\r\n{}\r\n0\r\n\r\n", ["a chunk longer than it says"] = "1\r\n{}}}}}\r\n0\r\n\r\n",
      ["a chunk of everything"] = "7fffffffffffffff\r\n{}", ["a size in other words"] = "0x2\r\n{}\r\n0\r\n\r\n",
    } do
      is_refused(exchange(port, head .. chunks), name)
    end
    -- And one that says no more.
    local connection = http_client.connect(port)
    connection:send(head .. "5\r\n{")
    connection:close()
  end)

  it("gets its requests answered in their order, one behind another", function()
    local requests = {}
    for i = 1, 60 do
      requests[i] = octets_of("GET " .. (i % 3 == 0 and "/nowhere" or "/v1/domains"), bearer)
    end
    local answers = exchange(port, table.concat(requests), 60)
    assert.equal(60, #answers)
    for i, answer in ipairs(answers) do assert.equal(i % 3 == 0 and 404 or 200, answer.status) end
  end)

  it("gets a method refused that there is not", function()
    for _, method in ipairs { "TRACE", "CONNECT", "PROPFIND", "get", "G@T", "PRI", ("A"):rep(3000), "\0", "GET\1" } do
      is_refused(exchange(port, octets_of(method .. " /v1/domains", bearer)), method)
    end
    local answer = service:request("TRACE", "/v1/domains")
    assert.is_nil(answer.body:find(service.token, 1, true), "the request is handed back")
  end)

  it("finds nothing by a path of NULs, controls, broken UTF-8 and ways around", function()
    for _, path in ipairs {
      "/v1/domains/%00", "/v1/domains/a%00.example.com", "/v1/domains/%0d%0aX-Injected:%201", "/v1/domains/%1b%5b31m", "/v1/domains/%ff%fe",
      "/v1/domains/%c0%af", "/v1/domains/..%2f..%2fetc%2fpasswd", "/v1/domains/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
      "/v1/domains/" .. ("a"):rep(5000), "/../../../etc/passwd", "/style.css/../../../../etc/passwd", "/%252e%252e/etc/passwd",
      "/v1/domains/example.com%2frecords", "/v1/domains/%", "/v1/domains/%zz", "/v1/domains/a;b", "/v1/domains/<script>",
      "/v1/tokens/'%20OR%20'1'='1", "/v1/domains/%e2%80%ae", "//v1//domains//x",
    } do
      for _, method in ipairs { "GET", "DELETE" } do
        local answers = exchange(port, http_client.octets(method, path, authorized))
        is_refused(answers, method .. " " .. path)
        assert.is_nil(answers[1] and answers[1].headers["x-injected"], path)
        assert.is_nil(answers[1] and answers[1].body:find "root:", path)
      end
    end
    is_refused(exchange(port, octets_of "GET /v1/dom\0ains"), "NUL in the line of the request")
    is_refused(exchange(port, octets_of "GET /v1/dom\1ains"), "a control in the line of the request")
  end)

  it("is not known by a token with anything around it", function()
    for _, value in ipairs {
      "Bearer", "Bearer ", "Bearer  ", "Basic " .. service.token, "Bearer x" .. service.token, "Bearer " .. service.token .. "x",
      "Bearer " .. service.token:upper(), "Bearer " .. service.token:sub(1, -2), "Bearer " .. service.token .. ", Bearer a",
      "Bearer " .. ("0"):rep(64), "Bearer ms_" .. ("0"):rep(64), "Bearer ms_%00", "Bearer ms_' OR 1=1 --", "Bearer \1\2\127\255",
    } do
      local answer = service:get("/v1/domains", { token = false, headers = { Authorization = value } })
      assert.equal(401, answer.status, value)
      assert.matches("^Bearer", answer.headers["www-authenticate"])
    end
    is_refused(exchange(port, octets_of("GET /v1/domains", "Authorization: Bearer a\0b")), "NUL in a field")
  end)

  it("hides no request in another", function()
    local hidden = octets_of "GET /v1/hidden"
    local function fields(...) return octets_of("POST /v1/domains", ...) end
    for name, request in pairs {
      ["a length and chunks"] = fields("Content-Length: 4", "Transfer-Encoding: chunked") .. "0\r\n\r\n",
      ["two lengths"] = fields("Content-Length: 0", "Content-Length: 40"),
      ["the same length twice"] = fields("Content-Length: 0", "Content-Length: 0"),
      ["a list of lengths"] = fields "Content-Length: 0, 40",
      ["a length with a sign"] = fields "Content-Length: +0",
      ["a length in hexadecimal"] = fields "Content-Length: 0x0",
      ["a space before the colon"] = fields("Transfer-Encoding : chunked", "Content-Length: 5") .. "0\r\n\r\n",
      ["chunks twice"] = fields("Transfer-Encoding: chunked", "Transfer-Encoding: identity") .. "0\r\n\r\n",
      ["another coding"] = fields "Transfer-Encoding: xchunked" .. "0\r\n\r\n",
      ["a folded field"] = fields("X-A: b", " Content-Length: 40"),
      ["no host"] = "GET /v1/domains HTTP/1.1\r\n\r\n",
      ["two hosts"] = "GET /v1/domains HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      ["a host that is none"] = "GET /v1/domains HTTP/1.1\r\nHost: a b\r\n\r\n",
      ["HTTP/0.9"] = "GET /v1/domains\r\n",
      ["HTTP/3.0"] = "GET /v1/domains HTTP/3.0\r\n" .. HEAD .. "\r\n",
    } do
      for _, answer in ipairs(exchange(port, request .. hidden, 2, 0.3)) do
        assert.is_true(answer.status >= 400 and answer.status < 600, name)
        assert.is_nil(answer.body:find("hidden", 1, true), name)
      end
      is_refused(exchange(port, request .. hidden, 2, 0.3), name)
    end
  end)

  it("gets no field of its own into an answer", function()
    local injected = "a\r\nX-Injected: 1\r\n\r\nbody"
    local encoded = "a%0d%0aX-Injected:%201%0d%0a%0d%0abody"
    for _, request in ipairs {
      post("/v1/domains", { ["Idempotency-Key"] = encoded }, '{"domain":"a\\r\\nX-Injected: 1.example.com","provider":"own"}'),
      post("/v1/domains", nil, ('{"domain":"inject.example.com","provider":"own","vars":{"a":%q}}'):format(encoded)),
      post("/v1/tokens", nil, '{"name":"a\\r\\nX-Injected: 1"}'),
      http_client.octets("GET", "/v1/domains?after=" .. encoded, authorized),
      http_client.octets("GET", "/v1/events?after=" .. encoded, authorized),
      http_client.octets("GET", "/v1/check/" .. encoded, authorized),
      http_client.octets("GET", "/v1/domains/" .. encoded .. "/records?format=bind", authorized),
      http_client.octets("GET", "/?next=" .. encoded),
      http_client.octets("GET", "/login?next=" .. encoded),
      http_client.octets("GET", "/" .. encoded),
      http_client.octets("GET", "/", { Host = "a", Origin = encoded, Referer = encoded, Cookie = "session=" .. encoded }),
      http_client.octets("GET", "/v1/domains", { Authorization = "Bearer " .. encoded, Accept = encoded }),
      http_client.octets("GET", "/v1/domains", { Authorization = authorized.Authorization, ["X-Request-Id"] = injected }),
    } do
      for _, answer in ipairs(exchange(port, request)) do
        assert.is_nil(answer.headers["x-injected"], request)
        for name, value in pairs(answer.headers) do assert.is_nil((name .. value):find "%c", request) end
      end
    end
  end)

  it("leaves nothing behind in the log that is no line of it", function()
    local log = service:log()
    assert.matches("client intended to send too large body", log, 1, true)
    assert.is_nil(log:find "[%z\1-\8\11-\31\127]", "a control character is in the log")
    assert.is_nil(log:find("\nX-Injected", 1, true))
    for line in log:gmatch "[^\n]+" do
      assert.is_nil(line:find("[emerg]", 1, true) or line:find("[alert]", 1, true) or line:find("[crit]", 1, true), line)
      assert.is_nil(line:find("lua entry thread aborted", 1, true), line)
    end
  end)
end)
