--- The page in nginx, as a browser uses it: `mailseal serve`, its cookie, and who may press its buttons.
local pages = require "spec.support.pages"
local services = require "spec.support.service"

local KRAITER = "provider=kraiter&var.region=eu-west-1&var.tokens=abc&var.tokens=def&var.tokens=ghi"

describe("The page in #nginx", function()
  local service

  setup(function()
    service = services.start { zone = {
      com = { { type = "SOA", data = "a.gtld.example. h.gtld.example. 1 3600 600 86400 900" }, { type = "NS", data = "a.gtld.example." } },
      ["a.gtld.example"] = { { type = "A", data = "192.0.2.55" } },
      ["example.com"] = {
        { type = "SOA", data = "ns1.domaincontrol.com. host.example.com. 1 3600 600 86400 300" },
        { type = "NS", data = "ns1.domaincontrol.com." },
      },
      ["ns1.domaincontrol.com"] = { { type = "A", data = "192.0.2.1" } },
    } }
  end)
  teardown(function() service:stop() end)

  -- A browser: it keeps the cookie, and says from which page a form comes.
  local function browser()
    local self = {}
    local function ask(method, path, body, headers)
      local sent = { Host = service.base:match "//(.*)", Cookie = self.cookie, Accept = "text/html,application/xhtml+xml,*/*;q=0.8" }
      for name, value in pairs(headers or {}) do sent[name] = value end
      local reply = service:request(method, path, body, { token = false, type = "application/x-www-form-urlencoded", headers = sent })
      self.cookie = (reply.headers["set-cookie"] or self.cookie or ""):match "^([^;]*)"
      reply.text = pages.text(reply.body)
      return reply
    end
    function self.get(path) return ask("GET", path) end
    function self.post(path, form, origin) return ask("POST", path, form or "", { Origin = origin or service.base }) end
    return self
  end

  local function signed_in()
    local one = browser()
    assert.equal(303, one.post("/sign-in", "token=" .. service.token).status)
    return one
  end

  it("lets in who has a token, by a cookie that no script sees, and back to where he wanted to go", function()
    local one = browser()
    assert.equal("/sign-in?to=%2Fdomains%2Fnew", one.get("/domains/new").headers.location)
    local reply = one.post("/sign-in", "to=%2Fdomains%2Fnew&token=ms_" .. ("0"):rep(64))
    assert.equal(401, reply.status)
    assert.matches("That token is not known here", reply.text, 1, true)
    assert.matches('value="/domains/new"', reply.body, 1, true)
    assert.is_nil(reply.body:find("ms_0", 1, true))
    reply = one.post("/sign-in", "to=%2Fdomains%2Fnew&token=" .. service.token)
    assert.equal("/domains/new", reply.headers.location)
    assert.matches("HttpOnly; SameSite=Strict", reply.headers["set-cookie"], 1, true)
    assert.equal(200, one.get("/domains/new").status)
  end)

  it("lets nobody in any more who has signed out", function()
    local one = signed_in()
    local before = one.cookie
    assert.equal(303, one.post("/sign-out").status)
    one.cookie = before
    assert.equal("/sign-in", one.get("/").headers.location)
  end)

  it("takes no button that another site's page presses", function()
    local one = signed_in()
    local reply = one.post("/domains", "domain=forged.example.com&" .. KRAITER, "https://evil.example")
    assert.equal(403, reply.status)
    assert.equal(403, one.post("/domains", "domain=forged.example.com&" .. KRAITER, "null").status)
    assert.equal(403, browser().post("/sign-in", "token=" .. service.token, "https://evil.example").status)
    assert.equal(404, one.get("/domains/forged.example.com").status)
  end)

  it("goes the whole way: a domain is added, looked at, paused, and deleted", function()
    local one = signed_in()
    local reply = one.post("/domains", "domain=mail.example.com&" .. KRAITER)
    assert.equal("/domains/mail.example.com?done=added", reply.headers.location)
    reply = one.get(reply.headers.location)
    assert.matches("Publish 4 records at GoDaddy", reply.text, 1, true)
    assert.matches("default-src 'none'; script-src 'self'", reply.headers["content-security-policy"], 1, true)
    assert.equal("nosniff", reply.headers["x-content-type-options"])
    assert.equal("no-store", reply.headers["cache-control"])
    assert.same({}, pages.problems { reply.body }[1])
    assert.equal("/domains/mail.example.com?done=verify", one.post("/domains/mail.example.com/verify").headers.location)
    assert.matches("Missing", one.get("/domains/mail.example.com").text, 1, true)
    assert.equal(303, one.post("/domains/mail.example.com/disable", "reason=unpaid").status)
    assert.matches("Sending paused: unpaid", one.get("/domains/mail.example.com").text, 1, true)
    assert.equal("image/svg+xml", one.get("/domains/mail.example.com/picture.svg").headers["content-type"])
    assert.equal(303, one.post("/domains/mail.example.com/delete").status)
    assert.matches("mail.example.com was removed", one.get("/domains/mail.example.com").text, 1, true)
  end)

  it("gives its files to everybody, once", function()
    local path = browser().get("/sign-in").body:match 'src="(/assets/[^"]+/page.js)"'
    local reply = service:get(path, { token = false })
    assert.equal("text/javascript; charset=utf-8", reply.headers["content-type"])
    assert.equal("public, max-age=31536000, immutable", reply.headers["cache-control"])
    assert.equal(304, service:get(path, { token = false, headers = { ["If-None-Match"] = reply.headers.etag } }).status)
  end)

  it("leaves neither token nor cookie in the log", function()
    local one = signed_in()
    one.post("/sign-in", "token=" .. service.token:sub(1, 40))
    for _, secret in ipairs { service.token:sub(4, 40), one.cookie:match "=mss_(%x+)" } do
      assert.is_nil(service:log():find(secret, 1, true))
    end
  end)
end)
