--- Replies, what they are of, and whether whoever asks has them already or wants them.
local accepts = require "mailseal.http.accepts"
local bodies = require "mailseal.http.body"
local paging = require "mailseal.http.paging"
local refusal = require "mailseal.http.refusal"
local reply = require "mailseal.http.reply"
local shell = require "spec.support.shell"
local tags = require "mailseal.http.tags"

describe("a reply", function()
  it("has a status, a type, a body and fields", function()
    assert.same({ status = 201, body = '{"a":1}', type = "application/json", headers = { Location = "/a" } },
      reply.json(201, { a = 1 }, { Location = "/a" }))
    assert.same({ status = 204, headers = {} }, reply.empty(204))
    assert.equal("text/plain; charset=utf-8", reply.text(200, "a").type)
  end)

  it("has no field that another one could hide in", function()
    local headers = reply.empty(200, { A = "b\r\nSet-Cookie: c=d", B = { "e\0f", "g" }, C = 12 }).headers
    assert.same({ A = "b Set-Cookie: c=d", B = { "e f", "g" }, C = "12" }, headers)
  end)

  it("is a file under a name that leads nowhere", function()
    local made = reply.file("", "text/dns", 'a/b"\r\n.zone')
    assert.equal('attachment; filename="ab.zone"', made.headers["Content-Disposition"])
  end)
end)

describe("the field Accept", function()
  local kinds = { "application/json", "text/plain" }

  it("says which of some media types is wanted", function()
    for field, kind in pairs {
      ["*/*"] = "application/json", [""] = "application/json", ["text/*"] = "text/plain", ["TEXT/PLAIN"] = "text/plain",
      ["text/html, application/*;q=0.2"] = "application/json", ["application/json;q=0, */*"] = "text/plain",
      ["text/plain; format=flowed"] = "text/plain", ["*/*;q=0, text/plain"] = "text/plain",
      ["text/plain, */*;q=0.1"] = "text/plain", ["application/json;q=0.5, text/plain;q=0.50"] = "application/json",
      ["application/json; q=0.2, text/plain;Q=1.000"] = "text/plain", ["*/*;q=0.1, text/*;q=0.2"] = "text/plain",
      ["application/json;q=x"] = "application/json", ["text/plain;q=0.001, application/json;q=0.000"] = "text/plain",
    } do
      assert.equal(kind, accepts.suits(field, kinds), field)
    end
    assert.equal("application/json", accepts.suits(nil, kinds))
  end)

  it("may want none of them", function()
    for _, field in ipairs { "text/html", "application/json;q=0", "*/*;q=0.000", "image/*", "application/jsonp" } do
      assert.is_nil(accepts.suits(field, { "application/json" }), field)
    end
  end)
end)

describe("the field Content-Type", function()
  it("says what is sent", function()
    assert.is_true(accepts.is_one_of("application/JSON; charset=utf-8", { "application/json" }))
    for _, field in ipairs { "", "text/json", "application/json-patch+json", "application" } do
      assert.is_false(accepts.is_one_of(field, { "application/json" }))
    end
    assert.is_false(accepts.is_one_of(nil, { "application/json" }))
  end)
end)

describe("the field If-None-Match", function()
  it("names the answers that a client has", function()
    for _, field in ipairs { '"a"', 'W/"a"', '"b", "a"', '"b","a" ', "*" } do assert.is_true(tags.is_among('"a"', field), field) end
    for _, field in ipairs { '"b"', "a", "", '"b, "a', '"a*"' } do assert.is_false(tags.is_among('"a"', field), field) end
    assert.is_false(tags.is_among('"a"', nil))
  end)

  it("is about tags that differ where answers do", function()
    assert.matches("^%x+$", tags.of "a")
    assert.not_equal(tags.of "a", tags.of "b")
  end)
end)

describe("a page", function()
  local function call(target, query) return { query = query, request = { target = target } } end
  local function place_of(item) return item end

  it("says where the next one is, by all that was asked for", function()
    local one = call("/v1/things?limit=2&of=a%20b", { limit = 2, of = "a b" })
    assert.equal(3, paging.limit(one))
    local made = paging.reply(one, "things", { "x", "y&", "z" }, place_of)
    assert.equal('{"next":"/v1/things?after=y%26&limit=2&of=a%20b","things":["x","y&"]}', made.body)
  end)

  it("that is the last says so by not saying it", function()
    local made = paging.reply(call("/v1/things", { limit = 2 }), "things", { 1, 2 }, place_of, function(item) return -item end)
    assert.equal('{"things":[-1,-2]}', made.body)
    assert.equal('{"things":[]}', paging.reply(call("/v1/things", {}), "things", {}, place_of).body)
    assert.equal(101, paging.limit(call("/v1/things", {})))
  end)

  it("has places that are large numbers written out", function()
    local made = paging.reply(call("/e", { limit = 1 }), "e", { 2 ^ 52, 1 }, place_of)
    assert.matches("after=4503599627370496", made.body, 1, true)
  end)
end)

describe("a body", function()
  local text = ("0123456789"):rep(20000)

  it("comes piece by piece, from memory or from its file, and others have their turn between", function()
    local directory = shell.new_directory()
    finally(function() shell.remove_directory(directory) end)
    shell.write(directory .. "/body", text)
    local turns = 0
    local function turn() turns = turns + 1 end
    for _, from in ipairs { { octets = text }, { path = directory .. "/body", size = #text } } do
      local pieces = {}
      local body = bodies.new(from, turn)
      for piece in body:pieces() do pieces[#pieces + 1] = piece end
      assert.is_true(#pieces > 2 and #pieces[1] <= 65536)
      assert.equal(text, table.concat(pieces))
      assert.same({ text, #text }, { body:octets(), body.size })
    end
    assert.is_true(turns >= 3)
  end)

  it("may be empty", function()
    assert.is_nil(bodies.new({ octets = "" }):pieces()())
    assert.equal("", bodies.new({ octets = "" }):octets())
  end)
end)

describe("what nginx refuses", function()
  local service = { path = function(_, _, path) return path end }

  it("is told as a problem", function()
    local made = refusal.reply(service, 413)
    assert.same({ 413, "application/problem+json" }, { made.status, made.type })
    assert.matches('"code":"too_large"', made.body, 1, true)
  end)

  it("and nobody knows is a failure, which the log has", function()
    local log = require "mailseal.http.log"
    local before, line = log.write, nil
    finally(function() log.write = before end)
    log.write = function(written) line = written end
    assert.equal(500, refusal.reply(service, 502).status)
    assert.matches("nginx says 502", line, 1, true)
  end)
end)
