--- A customer whose DNS host is known to take records by its interface: at the page, with deSEC's on this machine.
local browsers = require "spec.support.browser"
local dns_hosts = require "spec.support.dns_hosts"
local services = require "spec.support.service"
local shell = require "spec.support.shell"
local walks = require "spec.support.walks"

-- A host of its own, whose interface is here, and which takes no TTL below an hour.
local TOKEN = "i-T3b1h_OI-H9ab8tRS98stGtURe"
local DESEC = "@ 3600 SOA ns1.desec.io. get.desec.io. 1 3600 900 604800 5\n@ 3600 NS ns1.desec.io.\n@ 3600 NS ns2.desec.org.\n"
local HOST = "@ SOA ns1 hostmaster 1 3600 900 604800 5\n@ NS ns1\nns1 A 127.0.0.1\nns2 A 127.0.0.1\n"

local WITH = [[
return {
  publish = { desec = { endpoint = %q } },
  resolver = { servers = { %q }, port = %d, timeout = 1, tries = 2 },
  policy = { publishing = { allow_private = true, allow_plain = true, wait = 5 } },
}
]]

describe("A customer whose DNS host is known, by #browser,", function()
  if not walks.available() then return pending(walks.WANTED) end
  local host, service, browser, page
  local domain = "mail.florist.example"

  setup(function()
    host = dns_hosts.start("desec", {
      zones = { ["florist.example"] = DESEC }, besides = { ["desec.io"] = HOST, ["desec.org"] = HOST },
      credentials = { token = TOKEN }, minimum_ttl = 3600,
    })
    local with = host.directory .. "/with.lua"
    shell.write(with, WITH:format(("http://127.0.0.1:%d"):format(host.port), host.knot.address, host.knot.port))
    service = services.start { arguments = { "--with", with } }
    assert.equal(201, service:post("/v1/domains", { domain = domain, provider = "own-server" }).status)
    assert.equal(200, service:post("/v1/domains/" .. domain .. "/verify").status)
    browser = browsers.start()
    page = browser:open()
    page.base = service.base
    walks.sign_in(page, service.token)
  end)
  teardown(function()
    browser:stop()
    service:stop()
    host:stop()
  end)
  local it = browsers.walk(it, function() return page end)

  it("is offered to have it done there, before anything is to be entered", function()
    page:go(service.base .. "/domains/" .. domain)
    page:sees { role = "heading", name = "Your domain is hosted at deSEC" }
    assert.equal("", page:barriers())
    page:picture "setup-offer"
    page:click { role = "link", name = "Set up for me" }
    page:sees { role = "heading", name = "With an access to deSEC" }
    assert.equal(0, page:count { css = "#desec-endpoint" })
  end)

  it("looks, agrees, keeps the access, and sees the domain verified", function()
    page:fill({ css = "#desec-token" }, TOKEN)
    page:click { css = "#keep-desec" }
    page:click { role = "button", name = "Show what would be changed", within = { css = "#way-desec" } }
    page:sees { role = "heading", name = "Look before you agree" }
    page:sees { text = "deSEC", exact = false, nth = 1 }
    assert.is_nil(page:html():find(TOKEN, 1, true))
    page:click { role = "button", name = "Publish this" }
    page:sees { text = "the access is kept", exact = false, nth = 1 }
    page:sees { text = "Verified", within = { css = "#status" } }
    assert.matches("_mailseal-challenge." .. domain, host:zone "florist.example", 1, true)
    assert.is_nil(page:html():find(TOKEN, 1, true))
    assert.is_nil(service:log():find(TOKEN, 1, true))
  end)

  it("needs nothing typed the next time, and may have it forgotten", function()
    page:go(service.base .. "/domains/" .. domain .. "/setup")
    page:sees { role = "heading", name = "With the access that is kept" }
    page:click { role = "button", name = "Show what would be changed", within = { css = "#way-desec" } }
    page:sees { text = "nothing is to be changed", exact = false }
    page:go(service.base .. "/domains/" .. domain .. "/setup")
    page:click { text = "Forget this access" }
    page:click { role = "button", name = "Forget the access to deSEC" }
    page:sees { text = "The access is forgotten.", exact = false }
    assert.same({}, service:get("/v1/domains/" .. domain .. "/access").json.access)
  end)
end)
