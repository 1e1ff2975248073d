--- From a request to a reply, without nginx: what every route has in common.
local stages = require "spec.support.http_stage"

describe("a request to the service", function()
  local stage

  before_each(function() stage = stages.new() end)
  after_each(function() stage:close() end)

  local function problem(reply)
    assert.equal("application/problem+json", reply.type)
    return reply.status .. " " .. reply.json.code, reply.json.detail
  end

  it("is answered by its route", function()
    local reply = stage:post("/v1/domains", {
      domain = "Mail.Example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
    })
    assert.equal(201, reply.status, reply.body)
    assert.equal("mail.example.com", reply.json.domain)
    assert.equal("mail.example.com", stage:get("/v1/domains/mail.example.com").json.domain)
  end)

  it("is asked who it is, before anything is read of it", function()
    local reply = stage:as(nil):post("/v1/domains", "no JSON")
    assert.equal("401 unauthorized", (problem(reply)))
    assert.matches("^Bearer", reply.headers["WWW-Authenticate"])
  end)

  it("is told what an embedder's own word on who it is comes to", function()
    for code, status in pairs { account_closed = 403, unauthorized = 401, busy = 503 } do
      local other = stages.new { described = false, service = { authenticate = function() return nil, "no", code end } }
      local reply = other:get "/v1/domains"
      other:close()
      assert.same({ status, code }, { reply.status, reply.json.code })
      assert.equal(code == "unauthorized", reply.headers["WWW-Authenticate"] ~= nil)
    end
  end)

  it("may come from nobody in particular, and from nobody whose name cannot be shown", function()
    for actor, status in pairs { [""] = 200, ["Jürgen"] = 200, ["a\nb"] = 400, [("x"):rep(256)] = 400 } do
      local other = stages.new {
        described = false, service = { authenticate = function() return { tenant = "acme", actor = actor } end },
      }
      local reply = other:get "/v1/domains"
      other:close()
      assert.equal(status, reply.status, actor)
    end
  end)

  it("finds nothing where there is no route", function()
    for _, path in ipairs { "/nowhere", "/v1/domains/", "/v1//domains", "/v1/domains/a/b/c", ("/a"):rep(40) } do
      assert.equal("404 no_route", (problem(stage:get(path))), path)
    end
  end)

  it("is told which methods there are", function()
    local reply = stage:ask("DELETE", "/v1/domains")
    assert.equal("405 method_not_allowed", (problem(reply)))
    assert.equal("GET, HEAD, OPTIONS, POST", reply.headers.Allow)
    reply = stage:options "/v1/domains"
    assert.same({ 204, "GET, HEAD, OPTIONS, POST" }, { reply.status, reply.headers.Allow })
    assert.equal(200, stage:head("/v1/domains").status)
  end)

  it("may not bring what nobody asked for, and is told the nearest name", function()
    local code, detail = problem(stage:get "/v1/domains?limt=5")
    assert.same({ "400 bad_query", 'query has no "limt": do you mean "limit"?' }, { code, detail })
    code, detail = problem(stage:post("/v1/domains", { domain = "example.com", provder = "own" }))
    assert.same({ "400 bad_body", 'body has no "provder": do you mean "provider"?' }, { code, detail })
  end)

  it("is told where something is of the wrong kind", function()
    for body, detail in pairs {
      ['{"domain":"example.com"}'] = "body.provider is missing: a text of at most 100 octets is wanted",
      ['{"domain":1,"provider":"own"}'] = "body.domain must be a text",
      ['{"domain":"a.example","provider":"own","vars":{"region":true}}'] =
        "body.vars.region must be a text of at most 4096 octets, or a list of at most 100",
      ['{"domain":"a.example","provider":"own","vars":{"tokens":["a",2]}}'] =
        "body.vars.tokens[1] must be a text of at most 4096 octets",
      ['{}'] = "body.domain is missing: a text is wanted",
      ['{"domain":"a\\u0000","provider":"own"}'] = "body.domain must be a text, and has a NUL in it",
      ['[]'] = "body must be an object",
      ['null'] = "body must be an object",
      ['{"domain":"a.example","provider":"own","vars":[]}'] = "body.vars must be an object of at most 100 members",
      ['{"domain":"a.example","provider":"own","vars":{"tokens":{}}}'] =
        "body.vars.tokens must be a list of at most 100",
      ['[1]'] = "body must be an object",
    } do
      assert.same({ "400 bad_body", detail }, { problem(stage:post("/v1/domains", body, { ["content-type"] = "application/json" })) })
    end
    local _, detail = problem(stage:get "/v1/domains?limit=0")
    assert.equal("query.limit must be a whole number from 1 to 500", detail)
  end)

  it("has to be of the media type that is wanted", function()
    for _, kind in ipairs { "text/plain", "", "application/jsonp" } do
      local reply = stage:post("/v1/domains", "{}", { ["content-type"] = kind })
      assert.equal("415 unsupported_media_type", (problem(reply)))
      assert.equal("application/json", reply.headers.Accept)
    end
    local reply = stage:post("/v1/domains", "{}", { ["content-type"] = "application/json", ["content-encoding"] = "gzip" })
    assert.same({ "415 unsupported_media_type", "what is sent must be as it is: without a Content-Encoding" }, { problem(reply) })
    assert.equal("identity", reply.headers["Accept-Encoding"])
    assert.equal("406 not_acceptable", (problem(stage:get("/v1/domains", { accept = "text/html, application/json;q=0" }))))
    assert.equal(200, stage:get("/v1/domains", { accept = "text/html, */*;q=0.1" }).status)
  end)

  it("is told what went wrong under an address of its own, and no internals", function()
    local reply = stage:get "/v1/domains/nowhere.example"
    assert.same({
      type = "/v1/problems/not_found", title = "There is nothing of that name", status = 404, code = "not_found",
      detail = "there is no such domain",
    }, reply.json)
    local told = stage:as(nil):get(reply.json.type)
    assert.same({ 200, reply.json.title, 404 }, { told.status, told.json.title, told.json.status })
    assert.equal(404, stage:get("/v1/problems/nothing").status)
  end)

  it("that fails within gets an id, which the log has beside the cause", function()
    local log, lines = require "mailseal.http.log", {}
    local before = log.write
    finally(function() log.write = before end)
    log.write = function(line) lines[#lines + 1] = line end
    stage.is_described = false
    stage.service.router:add { { method = "GET", path = "/fails", id = "fails", handler = function() error "secret\ninternals" end } }
    local reply = stage:get "/fails"
    assert.equal("500 internal", (problem(reply)))
    assert.not_matches("secret", reply.body)
    assert.equal(1, #lines)
    assert.matches(reply.json.id, lines[1], 1, true)
    assert.matches("secret\\010internals", lines[1], 1, true)
    stage.registry:close()
    reply = stage:get "/v1/domains"
    assert.equal("500 internal", (problem(reply)))
  end)

  it("may come without a body where its route can do without", function()
    stage:create()
    local path = "/v1/domains/mail.example.com/disable"
    for _, sent in ipairs { {}, { "", { ["content-length"] = "0" } }, { "", { ["content-type"] = "application/json" } }, { "{}" } } do
      local headers = sent[2] or { ["content-type"] = sent[1] and "application/json" }
      assert.equal(200, stage:post(path, sent[1], headers).status)
    end
    assert.equal("415 unsupported_media_type", (problem(stage:post(path, "{}", {}))))
    assert.equal("400 bad_json", (problem(stage:post("/v1/domains", "", { ["content-type"] = "application/json" }))))
  end)

  it("finds a place where another tenant has all that he may have under way, of a costly route", function()
    local route, told, depth = { method = "GET", path = "/costly", id = "costly", at_most = 4 }, nil, 0
    local function status(tenant) return stage:as(tenant):get("/costly").status end
    function route.handler()
      depth = depth + 1
      if depth < 3 then
        status "acme"
      elseif depth == 3 then
        told = { status "acme", status "rival" }
      end
      return { status = 204, headers = {} }
    end
    stage.is_described = false
    stage.service.router:add { route }
    assert.equal(204, status "acme")
    assert.same({ 503, 204 }, told)
    assert.same({ all = 0, of = {} }, stage.service.busy[route])
  end)

  it("is asked to come again where as many are under way as may be, of a costly route", function()
    local route, again = { method = "GET", path = "/costly", id = "costly", at_most = 2 }, nil
    local depth = 0
    function route.handler()
      depth = depth + 1
      again = stage:get "/costly"
      depth = depth - 1
      if depth == 0 then error "over" end
      return again
    end
    stage.is_described = false
    stage.service.router:add { route }
    local log = require "mailseal.http.log"
    local before, count = log.write, 0
    finally(function() log.write = before end)
    log.write = function() count = count + 1 end
    assert.equal(500, stage:get("/costly").status)
    assert.same({ "503 busy", "1" }, { (problem(again)), again.headers["Retry-After"] })
    assert.equal(500, stage:get("/costly").status) -- what raised an error is under way no more
    assert.is_true(count == 2 or count == 3) -- of the two that were refused there is a line at most: that passes
  end)

  it("may be answered by its route's own problem", function()
    stage.is_described = false
    stage.service.router:add { {
      method = "GET", path = "/page", id = "page", handler = print,
      problem = function(call, status, told)
        return { status = status, type = "text/html", headers = {}, body = call.route.path .. " " .. told.code }
      end,
    } }
    local reply = stage:as(nil):get "/page"
    assert.same({ 401, "text/html", "/page unauthorized" }, { reply.status, reply.type, reply.body })
  end)

  it("may not be larger than its route lets it be", function()
    local reply = stage:post("/v1/domains", (" "):rep(1024 * 1024) .. "{}", { ["content-type"] = "application/json" })
    assert.equal("413 too_large", (problem(reply)))
  end)
end)

describe("a service that an embedder mounts", function()
  it("is below the path that he has chosen", function()
    local stage = stages.new { service = { api = "/mail/api" } }
    finally(function() stage:close() end)
    assert.equal(200, stage:get("/mail/api/v1/domains").status)
    assert.equal(404, stage:get("/v1/domains").status)
    assert.equal("/mail/api/v1/domains", stage.service:path("api", "/v1/domains"))
  end)

  it("has no API where he wants none", function()
    local stage = stages.new { service = { api = false } }
    finally(function() stage:close() end)
    assert.equal(404, stage:get("/v1/domains").status)
    assert.is_nil(stage.service:path("api", "/v1/domains"))
  end)
end)
