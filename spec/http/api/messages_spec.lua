local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local key = require "mailseal.key"
local shell = require "spec.support.shell"
local stages = require "spec.support.http_stage"

local HEAD = "From: a@mail.example.com\r\nSubject: x\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <a@b>\r\n"
local MESSAGE = HEAD .. "\r\nhello\r\n"
local SENT = { ["content-type"] = "message/rfc822" }

describe("a message to be signed", function()
  local stage, directory
  local SIGN = "/v1/domains/mail.example.com/sign"

  before_each(function()
    directory = shell.new_directory()
    stage = stages.new { registry = { master_key_file = directory .. "/master.key", policy = { keys = { type = "ed25519" } } } }
    assert.equal(201, stage:post("/v1/domains", { domain = "mail.example.com", provider = "own-server" }).status)
  end)
  after_each(function()
    stage:close()
    shell.remove_directory(directory)
  end)

  local function verify_domain()
    assert(stage.registry.db:write(function(tx)
      tx:run("UPDATE domains SET status = 'verified', owned_at = 1")
      return tx:run("UPDATE keys SET state = 'active'")
    end))
  end

  local function sign(query, message, headers)
    return stage:post(SIGN .. (query or ""), message or MESSAGE, headers or SENT)
  end

  -- The result of verifying it with the key that the domain publishes.
  local function result_of(header, message)
    local own = stage:get("/v1/domains/mail.example.com/keys").json.keys[1]
    local resolver = assert(dns.resolver { zone = { [own.name] = { { type = "TXT", data = own.text } } } })
    local results = dkim.verify(header .. message, { resolver = resolver })
    resolver:close()
    return results[1]
  end

  it("gets the field that is to stand before it, which holds", function()
    verify_domain()
    local reply = sign()
    assert.equal(200, reply.status, reply.body)
    assert.matches("^DKIM%-Signature: .+\r\n$", reply.json.header)
    assert.same({}, reply.json.findings)
    assert.equal("pass", result_of(reply.json.header, MESSAGE).result)
  end)

  it("gets the field alone where text is wanted", function()
    verify_domain()
    local reply = sign("", MESSAGE, { ["content-type"] = "message/rfc822", accept = "text/plain" })
    assert.matches("^text/plain", reply.type)
    assert.equal("pass", result_of(reply.body, MESSAGE).result)
  end)

  it("is signed as the query has it", function()
    verify_domain()
    local header = sign("?canonicalization=simple/relaxed&headers=subject:date&expire=60&identity=x@mail.example.com").json.header
    local result = result_of(header, MESSAGE)
    assert.same({ "pass", "simple/relaxed", "x@mail.example.com" }, { result.result, result.canonicalization, result.identity })
    assert.is_nil(result.headers:lower():find("message-id", 1, true))
    assert.is_number(result.expiration)
    local _, count = sign("?oversign=subject").json.header:lower():gsub("%s", ""):gsub("subject", "")
    assert.equal(2, count)
  end)

  it("is not signed before its domain is verified", function()
    local reply = sign()
    assert.same({ 409, "not_verified" }, { reply.status, reply.json.code })
  end)

  it("is not signed for another tenant", function()
    verify_domain()
    assert.equal(404, stage:as("rival"):post(SIGN, MESSAGE, SENT).status)
  end)

  it("is not signed where it is not fit for it, unless that is wanted", function()
    verify_domain()
    local unfit = MESSAGE:gsub("Date: [^\r]+\r\n", "")
    local reply = sign("", unfit)
    assert.same({ 422, "no_date" }, { reply.status, reply.json.code })
    reply = sign("?lint=report", unfit)
    assert.equal("no_date", reply.json.findings[1].code)
  end)

  it("may be asked for with options that make sense alone", function()
    verify_domain()
    for query, code in pairs {
      ["?identity=x@other.example"] = "bad_identity", ["?headers=a%20b"] = "bad_header_name", ["?expire=0"] = "bad_query",
      ["?canonicalization=none"] = "bad_query", ["?selector=s1"] = "bad_query",
    } do
      local reply = sign(query)
      assert.equal(code, reply.json.code)
      assert.is_true(reply.status == 400 or reply.status == 422)
    end
    assert.equal(415, sign("", "{}", { ["content-type"] = "application/json" }).status)
  end)

  it("may be large, so many at a time", function()
    verify_domain()
    local large = HEAD .. "\r\n" .. (("x"):rep(76) .. "\r\n"):rep(20000)
    assert.equal(200, sign("", large).status)
    stage.service.live.large = 8
    assert.same({ 503, 200 }, { sign("", large).status, sign().status })
  end)
end)

describe("a message to be verified", function()
  local stage, signing

  before_each(function()
    signing = assert(key.generate { type = "ed25519" })
    stage = stages.new { zone = { ["s1._domainkey.example.com"] = { { type = "TXT", data = signing:record() } } } }
  end)
  after_each(function() stage:close() end)

  local function signed(options)
    local signer = assert(dkim.signer { domain = "example.com", selector = "s1", key = signing, expire = options and options.expire })
    return assert(signer:sign(MESSAGE, { now = stage.time })) .. MESSAGE
  end

  local function verify(message, query, headers)
    return stage:post("/v1/messages/verify" .. (query or ""), message, headers or SENT)
  end

  it("has a result for each signature, and a field that tells them", function()
    local reply = verify(signed(), ("?time=%d&authserv_id=mx.example.org"):format(stage.time))
    assert.equal(200, reply.status, reply.body)
    local result = reply.json.results[1]
    assert.same({ "dkim", "pass", "example.com", "s1", "ed25519-sha256" }, {
      result.method, result.result, result.domain, result.selector, result.algorithm,
    })
    assert.matches("^Authentication%-Results: mx%.example%.org;%s+dkim=pass", reply.json.authentication_results)
  end)

  it("is verified as of the time that is said", function()
    local message = signed { expire = 60 }
    assert.equal("pass", verify(message, ("?time=%d"):format(stage.time + 30)).json.results[1].result)
    assert.equal("expired", verify(message, ("?time=%d"):format(stage.time + 5000)).json.results[1].reason)
  end)

  it("may have line ends as Unix keeps them", function()
    assert.equal("pass", verify((signed():gsub("\r\n", "\n")), ("?time=%d"):format(stage.time)).json.results[1].result)
  end)

  it("says none where there is no signature", function()
    assert.same({ { method = "dkim", result = "none" } }, verify(MESSAGE).json.results)
  end)

  it("has a field that ends where it ends", function()
    assert.equal("bad_query", verify(MESSAGE, "?authserv_id=a%0d%0ab").json.code)
    assert.equal("bad_query", verify(MESSAGE, "?authserv_id=").json.code)
  end)

  it("has to be a message", function()
    assert.same({ 422, "not_a_message" }, { verify("").status, verify("").json.code })
    assert.equal(415, verify(MESSAGE, "", { ["content-type"] = "text/plain" }).status)
    assert.equal("header_too_large", verify(("A: " .. ("x"):rep(900) .. "\r\n"):rep(3000)).json.code)
  end)
end)
