--- What a tenant may try of the service that he is not to have: signing without proof, keys that were given up, names that deceive.
local knot = require "spec.support.knot"
local services = require "spec.support.service"
local updates = require "spec.support.updates"

local MESSAGE = "From: a@mail.example.test\r\nTo: b@example.net\r\nSubject: x\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
  .. "Message-ID: <1@mail.example.test>\r\n\r\nhello\r\n"

describe("A tenant of the service in #nginx", function()
  local service, server

  setup(function()
    server = assert(knot.start { zones = { ["example.test"] = knot.EMPTY } })
    service = services.start { servers = { server.address }, arguments = { "--no-worker" } }
  end)
  teardown(function()
    service:stop()
    server:stop()
  end)

  local function create(domain)
    local reply = service:post("/v1/domains", { domain = domain, provider = "own" })
    assert.equal(201, reply.status, reply.body)
    return reply.json
  end

  local function sign(domain)
    return service:post(("/v1/domains/%s/sign"):format(domain), MESSAGE, { type = "message/rfc822" })
  end

  local function value_of(domain, purpose)
    for _, record in ipairs(domain.records) do
      if record.purpose == purpose then return record.value, record.name end
    end
  end

  it("signs nothing for a domain that is not proven", function()
    local domain = create "mail.example.test"
    local refused = sign "mail.example.test"
    assert.is_true(refused.status >= 400 and refused.status < 500, refused.body)
    assert.is_nil(refused.body:find("DKIM-Signature", 1, true))
    assert(server:update("example.test", updates.add(domain.records)))
    assert.equal("verified", service:post "/v1/domains/mail.example.test/verify".json.status)
    local signed = sign "mail.example.test"
    assert.equal(200, signed.status, signed.body)
    assert.matches("d=mail.example.test", signed.body, 1, true)
    -- Nor for what is below it, which he has not even created.
    assert.equal(404, sign "below.mail.example.test".status)
  end)

  it("gives a domain that is removed and made again another challenge, selector and key", function()
    local before = create "again.example.test"
    assert(server:update("example.test", updates.add(before.records)))
    assert.equal("verified", service:post "/v1/domains/again.example.test/verify".json.status)
    assert.equal(200, service:delete "/v1/domains/again.example.test".status)
    local after = create "again.example.test"
    assert.is_not.equal(value_of(before, "ownership"), (value_of(after, "ownership")))
    assert.is_not.equal(value_of(before, "dkim"), (value_of(after, "dkim")))
    assert.is_not.equal((select(2, value_of(before, "dkim"))), (select(2, value_of(after, "dkim"))))
    -- What is still in DNS proves nothing.
    assert.equal("pending", service:post "/v1/domains/again.example.test/verify".json.status)
    assert.is_true(sign "again.example.test".status >= 400)
  end)

  it("keeps a name as A-labels, shows its U-labels, and is warned of mixed scripts", function()
    local domain = create "BÜCHER.Example.Test."
    assert.same({ "xn--bcher-kva.example.test", "bücher.example.test" }, { domain.domain, domain.unicode })
    assert.equal(200, service:get "/v1/domains/xn--bcher-kva.example.test".status)
    local warned
    for _, one in ipairs(create "p\208\176ypal.example.test".advice) do warned = warned or one.code:find("script", 1, true) end
    assert.truthy(warned)
  end)
end)
