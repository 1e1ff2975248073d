--- Two tenants, and every route of the service: what is one's is not there for the other, and stays as it is.
--
-- The routes are those that the service has. One that names a domain, or anything else of a tenant's, is found by its path; one that
-- names nothing is to be told of here, or this fails.
local knot = require "spec.support.knot"
local routes = require "spec.support.routes"
local services = require "spec.support.service"
local shell = require "spec.support.shell"
local store = require "mailseal.store"
local tenancy = require "spec.support.tenancy"
local updates = require "spec.support.updates"

local DOMAIN = routes.DOMAIN
-- The status for a stranger where it is not 404: of what names nothing of the victim's, or what everybody may ask.
local others = {
  listDomains = 200, createDomain = 201, listEvents = 200, streamEvents = 200, checkDomain = 200, checkDomainFor = 200, drawDomain = 200,
  getDnsHost = 200, listProviders = 200, getProvider = 200, reportHealthOfMany = 200, listReleased = 200,
  forgetReleased = 200, listTokens = 200, createToken = 201, verifyMessage = 200, listWebhooks = 200, createWebhook = 201,
  pageDomains = 200, pageNewDomain = 200, pageCreateDomain = 303,
}

-- Of these there is none, for whose they would be neither; or, once another route has had it, no more.
local none = { replayDelivery = true, pageAction = true, forgetAccess = true, pageForget = true }

-- Those take a form that only the service itself makes, with a parcel in it.
local wants_parcel = { pagePublish = true, pageUnpublish = true }

local KEY = { name = "victim", algorithm = "hmac-sha256", secret = "c2VjcmV0LXRoYXQtaXMtdGhlLVZJQ1RJTXMtb3duLi4=" }

local WITH = [[
return {
  policy = { publishing = { allow_private = true, wait = 0 } }, limits = { verify = { domain = { burst = 1000, every = 0.01 } } },
}
]]

-- Those are for whoever runs the service, and no token's.
local operators = { resetHealth = true }

-- Those that make a domain: who has one of that name himself has it from then on.
local makes_domain = { createDomain = "third", pageCreateDomain = "fourth" }

describe("Of two tenants of the service in #nginx, one", function()
  local service, server, db, victim, stranger, secrets, names

  local function new_token(tenant)
    return (service:mailseal("tokens", "add", "--tenant", tenant, "--name", tenant .. "-token").out:match "ms_%x+")
  end

  -- As the victim; what fails to be done here shows nothing later.
  local function own(method, path, body, status)
    local reply = service:request(method, path, body, { token = victim })
    assert.equal(status or 200, reply.status, ("%s %s: %s"):format(method, path, reply.body))
    return reply.json
  end

  -- The victim has a domain that is verified, and something of everything. The records are taken out of DNS again: there everybody
  -- sees them.
  local function furnish()
    victim, stranger = new_token "VICTIM", service.token
    local domain = own("POST", "/v1/domains", { domain = DOMAIN, provider = "own" }, 201)
    assert(server:update("example.test", updates.add(domain.records)))
    assert.equal("verified", own("POST", "/v1/domains/" .. DOMAIN .. "/verify").status)
    assert(server:update("example.test", updates.remove(domain.records)))
    local base = "/v1/domains/" .. DOMAIN
    own("PUT", base .. "/uses/VICTIM-user", nil, 201)
    own("POST", base .. "/health", { delivered = 54321, bounced = 3 })
    own("POST", base .. "/disable", { reason = "VICTIM-reason" })
    own("POST", base .. "/holds", { mail = { "VICTIM-held", "VICTIM-waits" } })
    local keys = own("GET", base .. "/keys").keys
    names = {
      domain = DOMAIN, user = "VICTIM-user", mail = "VICTIM-held", selector = keys[1].selector, provider = "own-server",
      token = own("POST", "/v1/tokens", { name = "VICTIM-second" }, 201).id,
      action = "nothing", server = "127.0.0.1", port = tostring(server.port),
      key = ("%s:%s:%s"):format(KEY.algorithm, KEY.name, KEY.secret),
      webhook = own("POST", "/v1/webhooks", { url = "https://hooks.example.test/VICTIM" }, 201).id, delivery = "1",
    }
    secrets = { "VICTIM", KEY.secret, "54321", names.selector, names.token, names.webhook, victim }
    for _, record in ipairs(domain.records) do
      if record.purpose == "ownership" or record.purpose == "dkim" then secrets[#secrets + 1] = record.value end
    end
  end

  setup(function()
    server = assert(knot.start { zones = { ["example.test"] = knot.EMPTY }, keys = { KEY } })
    local with = server.directory .. "/with.lua"
    shell.write(with, WITH)
    service = services.start { servers = { server.address }, arguments = { "--no-worker", "--with", with } }
    furnish()
    db = assert(store.open(service.db))
  end)
  teardown(function()
    db:close()
    service:stop()
    server:stop()
  end)

  local function ask(route, token) return routes.ask(service.port, route, names, token) end

  local function tells_no_secrets(reply)
    for _, secret in ipairs(secrets) do
      for name, value in pairs(reply.headers) do assert.is_nil(value:find(secret, 1, true), name .. ": " .. value) end
      assert.is_nil(reply.body:find(secret, 1, true), reply.body)
    end
  end

  it("has no route that is not tried here", function()
    for _, route in ipairs(routes.all()) do
      local names_something = route.path:find "{" ~= nil
      assert.is_true(route.public or names_something or others[route.id] ~= nil, route.method .. " " .. route.path)
    end
  end)

  for _, route in ipairs(routes.all()) do
    if not route.public then
      it("neither sees nor changes another's by " .. route.method .. " " .. route.path, function()
        local before = tenancy.rows(db, "VICTIM")
        local other = makes_domain[route.id]
        local reply = ask(route, other and new_token(other) or stranger)
        assert.equal(others[route.id] or 404, reply.status, reply.body)
        tells_no_secrets(reply)
        assert.equal(before, tenancy.rows(db, "VICTIM"))
      end)
    end
  end

  -- So what was not found above was not merely asked for in the wrong way.
  it("whose it is does all that", function()
    for _, route in ipairs(routes.all()) do
      if not route.public then
        local reply = ask(route, victim)
        local is_done = reply.status < 400 or reply.status == 409 or none[route.id]
        if wants_parcel[route.id] then is_done = reply.status == 422 end
        if operators[route.id] then is_done = reply.status == 403 end
        assert.is_true(is_done, ("%s %s: %d %s"):format(route.method, route.path, reply.status, reply.body))
      end
    end
  end)

  -- Last, for whoever shows what is nobody's over and over is asked to wait.
  it("is nobody without a token, or with another", function()
    local before = tenancy.rows(db, "VICTIM")
    for _, route in ipairs(routes.all()) do
      if not route.public then
        for _, token in ipairs { false, "ms_" .. ("0"):rep(64) } do
          local reply = ask(route, token)
          local signs_in = reply.status == 303 and reply.headers.location:find "^/sign%-in" and reply.body == ""
          local is_refused = reply.status == 401 or token and reply.status == 429 or signs_in
          assert.is_true(is_refused, ("%s %s: %d"):format(route.method, route.path, reply.status))
          tells_no_secrets(reply)
        end
      end
    end
    assert.equal(before, tenancy.rows(db, "VICTIM"))
  end)
end)
