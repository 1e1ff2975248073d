local api = require "mailseal.publish.api"
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local json = require "mailseal.json"
local receiver = require "spec.support.receiver"

local TOKEN = "tok_5fgh7sdfg78"

describe("a DNS host's interface", function()
  local server

  setup(function() server = receiver.start() end)
  teardown(function() server:stop() end)
  before_each(function() server:forget() end)

  local function client(options)
    local given = {
      host = "Example", endpoint = ("http://api.example:%d/v1/"):format(server.port), secrets = { TOKEN, "" },
      fetch = { allow_plain = true, allow_private = true },
      resolver = dns.resolver { zone = { ["api.example"] = { { type = "A", data = "127.0.0.1" } } } },
      authorize = function(question) question.headers.Authorization = "Bearer " .. TOKEN end,
    }
    for name, value in pairs(options or {}) do given[name] = value end
    return api.client(given)
  end

  local function get(options, behaviour)
    if behaviour then server:behave { ["*"] = behaviour } end
    return client(options):ask { path = "/x" }
  end

  it("is asked with JSON, and who asks says who he is", function()
    server:behave { ["*"] = { status = 201, headers = { ["X-A"] = "b" }, body = '{"id":7,"none":null}' } }
    local data, headers = client():ask {
      method = "POST", path = "/zones/1", query = { { "name", "a&b" } }, body = json.object("b", 1, "a", { "x" }),
      headers = { ["X-B"] = "c" },
    }
    assert.same({ id = 7 }, data)
    assert.equal("b", headers["x-a"])
    local asked = server:requests()[1]
    assert.same({ "POST", "/v1/zones/1?name=a%26b", '{"b":1,"a":["x"]}' }, { asked.method, asked.path, asked.body })
    assert.same({ "Bearer " .. TOKEN, "application/json", "application/json", "c" }, {
      asked.headers.authorization, asked.headers["content-type"], asked.headers.accept, asked.headers["x-b"],
    })
  end)

  it("may answer nothing, and other things than JSON", function()
    assert.same({}, get(nil, { status = 204 }))
    assert.same({}, get(nil, { status = 200, body = " \n" }))
    local read = { read = function(body) return { text = body } end, content_type = "text/xml" }
    assert.same({ text = "<a/>" }, get(read, { status = 200, body = "<a/>" }))
    assert.equal("text/xml", server:requests()[3].headers.accept)
    server:behave { ["*"] = { status = 200, body = "<b/>" } }
    assert(client(read):ask { method = "POST", path = "/x", body = "<c/>" })
    assert.same({ "<c/>", "text/xml" }, { server:requests()[4].body, server:requests()[4].headers["content-type"] })
  end)

  it("means something by each status", function()
    for status, code in pairs {
      [401] = "bad_credentials", [403] = "not_allowed", [404] = "no_zone", [409] = "zone_moved", [412] = "zone_moved", [410] = "no_zone",
      [400] = "bad_answer", [422] = "bad_answer", [302] = "bad_answer", [418] = "bad_answer", [423] = "server_failed",
    } do
      local data, message, found = get({ patience = 0 }, { status = status, body = "" })
      assert.same({ nil, code }, { data, found })
      assert.truthy(message:find("^Example .*%(HTTP status " .. status .. "%)$"), message)
    end
    for status, code in pairs { [400] = "refused_record", [422] = "refused_record", [413] = "refused_record", [404] = "no_zone" } do
      server:behave { ["*"] = { status = status } }
      local _, _, found, details = client():ask { method = "PUT", path = "/x", body = {} }
      assert.same({ code }, { found, details })
    end
  end)

  it("leaves a change in doubt of which no answer tells what became of it", function()
    for _, behaviour in ipairs {
      { status = 500 }, { status = 503 }, { raw = "" }, { raw = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}" },
      { raw = "nonsense\r\n\r\n" }, { status = 200, body = "<html>" }, { status = 200, body = ("x"):rep(200) },
    } do
      server:behave { ["*"] = behaviour }
      local before = #server:requests()
      local data, _, code, details = client { most = 100 }:ask { method = "DELETE", path = "/x" }
      assert.is_nil(data)
      assert.is_true(details.unsure, code)
      assert.equal(before + 1, #server:requests(), "a change is asked for once")
      local question = { method = "POST", path = "/x", reads = true }
      details = select(4, client { most = 100, patience = 0 }:ask(question))
      assert.is_nil(details and details.unsure)
    end
    local nobody = client { endpoint = "http://api.example:1" }
    local _, _, code, details = nobody:ask { method = "DELETE", path = "/x" }
    assert.same({ "unreachable" }, { code, details })
  end)

  it("is asked once more after a failure where nothing is changed by that", function()
    server:behave { ["*"] = { status = 500, times = 2, ["then"] = { status = 200, body = '{"a":1}' } } }
    assert.same({ a = 1 }, client():ask { path = "/again" })
    assert.equal(3, #server:requests())
    server:behave { ["*"] = { status = 500 } }
    assert.equal("server_failed", select(3, client():ask { path = "/y" }))
    assert.equal(3, #server:requests "/v1/y")
  end)

  it("is asked again when it says, where that is soon, also for a change, which it has not made", function()
    server:behave { ["*"] = { status = 429, headers = { ["Retry-After"] = "1" }, times = 1, ["then"] = { status = 200, body = "{}" } } }
    local began = async.now()
    assert.same({}, client():ask { method = "POST", path = "/busy", body = {} })
    assert.is_true(async.now() - began > 0.1)
    assert.equal(2, #server:requests())
  end)

  it("tells when to come again, where that is not soon, or is not told", function()
    local now = 1800000000
    local function told(behaviour, options)
      options = options or {}
      options.now = function() return now end
      local data, _, code, details = get(options, behaviour)
      assert.is_nil(data)
      return code, details.retry_at - now
    end
    assert.same({ "rate_limited", 300 }, { told { status = 429, headers = { ["Retry-After"] = "300" } } })
    assert.same({ "rate_limited", 60 }, { told { status = 429 } })
    assert.same({ "server_failed", 90 }, { told { status = 503, headers = { ["Retry-After"] = "90" } } })
    local explained = { explain = function() return "rate_limited", "is busy", { retry_after = 77 } end }
    assert.same({ "rate_limited", 77 }, { told({ status = 200, body = "{}" }, explained) })
    assert.equal(4, #server:requests())
  end)

  it("has words of its own", function()
    local seen
    local explain = function(status, data, question, answer)
      seen = { status, data, question.path, answer.headers["x-a"] }
      return data and data.code, "says no", { extra = 1 }, data and data.words
    end
    local behaviour = { status = 400, headers = { ["X-A"] = "b" }, body = '{"code":"no_zone","words":"none\\u0007 ' .. TOKEN .. '"}' }
    local _, message, code, details = get({ explain = explain }, behaviour)
    assert.same({ 400, { code = "no_zone", words = "none\7 " .. TOKEN }, "/x", "b" }, seen)
    assert.same({ "Example says no (HTTP status 400): none\\007 …", "no_zone", { extra = 1 } }, { message, code, details })
    assert.equal("no_zone", select(3, get({ explain = explain }, { status = 200, body = '{"code":"no_zone"}' })))
    assert.same({ a = 1 }, get({ explain = explain }, { status = 200, body = '{"a":1}' }))
  end)

  it("shows nothing that is secret, and not too much", function()
    local one = client()
    assert.equal("a … b …", one:say("a " .. TOKEN .. " b " .. TOKEN))
    assert.is_true(#one:say(("x"):rep(5000)) <= 300)
    assert.falsy(one:say("\27[2J\0"):find "[%c]")
  end)

  it("goes nowhere with what says who asks, wherever it is led", function()
    server:behave { ["/v1/x"] = { status = 302, headers = { Location = "/elsewhere" } } }
    local data, _, code = client { fetch = { allow_plain = true, allow_private = true, redirects = 5 } }:ask { path = "/x" }
    assert.same({ nil, "bad_answer" }, { data, code })
    assert.equal(1, #server:requests())
  end)

  it("may do yet what it was too slow for", function()
    server:behave { ["*"] = { status = 504 } }
    local _, _, code, details = client():ask { method = "POST", path = "/x", body = {} }
    assert.same({ "timeout", { unsure = true } }, { code, details })
  end)

  it("may be refused to be asked by who is to say who he is", function()
    local refused = client { authorize = function() return nil, "no key", "bad_credentials", { a = 1 } end }
    assert.same({ nil, "Example: no key", "bad_credentials", { a = 1 } }, { refused:ask { path = "/x" } })
    assert.equal(0, #server:requests())
  end)

  it("has lists of pages, which come to an end", function()
    local one = client()
    local pages = { { 1, 2 }, { 3 }, {} }
    assert.same({ 1, 2, 3 }, one:all(function(number) return pages[number], number < 3 and number end))
    assert.same({ nil, "x", "no_zone" }, { one:all(function() return nil, "x", "no_zone" end) })
    assert.equal("bad_answer", select(3, one:all(function() return { 1 }, true end)))
    assert.equal("bad_answer", select(3, one:all(function() return {}, true end)))
    local page, asked = {}, 0
    for i = 1, 30000 do page[i] = i end
    assert.equal("bad_answer", select(3, one:all(function()
      asked = asked + 1
      return page, true
    end)))
    assert.is_true(asked < 10, "it asks for more than anybody has")
  end)

  it("is asked several things side by side", function()
    local one, most, now = client(), 0, 0
    local list = one:each({ 3, 1, 2 }, function(item)
      now = now + 1
      most = math.max(most, now)
      async.sleep(0.01)
      now = now - 1
      return item * 2
    end)
    assert.same({ 6, 2, 4 }, list)
    assert.is_true(most > 1)
    local asked = 0
    assert.same({ nil, "no", "no_zone", { a = 1 } }, {
      one:each({ 1, 2, 3, 4, 5, 6, 7, 8, 9 }, function(item)
        asked = asked + 1
        if item == 2 then return nil, "no", "no_zone", { a = 1 } end
        async.sleep(0.01)
        return item
      end),
    })
    assert.is_true(asked < 9, "the others are of no use")
    assert.has_error(function() one:each({ 1 }, function() error("broken", 0) end) end, "broken")
    assert.same({}, one:each({}, function() end))
  end)
end)
